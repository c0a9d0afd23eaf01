// Package jmessage is a client of the JMessage REST API.
package jmessage

import (
	"context"
	"encoding/base64"
	"maps"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// title is the platform's name in a sentence.
const title = "JMessage"

// clockGrain is how much earlier than its registration a user may seem to be created:
// the platform writes whole seconds, by a clock that its Date header need not share.
const clockGrain = 2 * time.Second

// client makes the calls of one application.
type client struct {
	rest          *rest.Client
	appKey        string
	authorization string
	// downloads fetches files that were uploaded.
	downloads *resty.Client
	// alone is set once the platform has said that the application may not see users of
	// other applications.
	alone atomic.Bool
}

// New returns the service of an application, or an ErrInvalid that says what of the
// configuration is wrong. It makes no request.
func New(config Config) (*chat.Service, error) {
	if err := CheckAppKey(config.AppKey); err != nil {
		return nil, err
	}
	if err := CheckMasterSecret(config.MasterSecret); err != nil {
		return nil, err
	}
	if config.REST.BaseURL == "" {
		config.REST.BaseURL = DefaultBaseURL
	}
	r, err := rest.New(config.REST)
	if err != nil {
		return nil, err
	}
	credentials := base64.StdEncoding.EncodeToString([]byte(config.AppKey + ":" + config.MasterSecret))
	r.Hide(config.MasterSecret, credentials)
	c := &client{rest: r, appKey: config.AppKey, authorization: "Basic " + credentials, downloads: newDownloader(config.REST)}
	rules := chat.Rules{}
	for _, of := range []chat.Rules{userRules, contactRules, groupRules, roomRules, groupIDRules, wordRules, mediaRules, messageRules, appKeyRules} {
		maps.Copy(rules, of)
	}
	return &chat.Service{
		Platform: &chat.Platform{
			Name: "jmessage", Title: title, AppKey: config.AppKey,
			// The platform does not say that case is ignored.
			UserKey: func(username string) string { return username },
			Rules:   rules, Users: userLimits, Groups: groupLimits, Rooms: roomLimits,
			ClockGrain: clockGrain, Clock: r,
		},
		Users:        users{c},
		Contacts:     contacts{c},
		Blocks:       blocks{c},
		Groups:       groups{c},
		Rooms:        rooms{c},
		GroupMembers: groupMembers{c},
		RoomMembers:  roomMembers{c},
		Statuses:     statuses{devices{c}},
		Devices:      devices{c},
		Words:        words{c},
		Quiet:        quiet{c},
		Shields:      shields{c},
		Settings:     appSettings{c},
		Media:        media{c},
		Messages:     messages{c},
		Pacer:        r,
		Grace:        r.Grace,
	}, nil
}

// send makes one call and returns the platform's answer, whatever it is. The error
// says that there was none.
func (c *client) send(ctx context.Context, req rest.Request) (*rest.Response, error) {
	req.Header = http.Header{"Authorization": {c.authorization}}
	req.Retry, req.Unclear = asksToRetry, isUnclear
	if req.Once {
		req.Retry = wasNotTried
	}
	return c.rest.Do(ctx, req)
}

// exchange makes a call that is answered with a document, and decodes it.
func (c *client) exchange(ctx context.Context, req rest.Request, into any) (*rest.Response, error) {
	res, err := c.send(ctx, req)
	if err != nil {
		return nil, err
	}
	if err := c.failure(res, req); err != nil {
		return nil, err
	}
	return res, rest.Decode(res, req, into)
}

// read is exchange for those who need nothing but the document.
func (c *client) read(ctx context.Context, req rest.Request, into any) error {
	_, err := c.exchange(ctx, req, into)
	return err
}

// write makes a call that is answered without a document.
func (c *client) write(ctx context.Context, req rest.Request) error {
	res, err := c.send(ctx, req)
	if err != nil {
		return err
	}
	return c.failure(res, req)
}

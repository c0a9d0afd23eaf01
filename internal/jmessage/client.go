// Package jmessage speaks the JMessage REST API.
package jmessage

import (
	"context"
	"encoding/base64"
	"maps"
	"net/http"
	"time"

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
	authorization string
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
	c := &client{rest: r, authorization: "Basic " + credentials}
	rules := chat.Rules{}
	for _, of := range []chat.Rules{userRules, contactRules} {
		maps.Copy(rules, of)
	}
	return &chat.Service{
		Platform: &chat.Platform{
			Name: "jmessage", Title: title, AppKey: config.AppKey,
			// The platform does not say that case is ignored.
			UserKey: func(username string) string { return username },
			Rules:   rules, Users: userLimits, ClockGrain: clockGrain,
		},
		Users:    users{c},
		Contacts: contacts{c},
		Blocks:   blocks{c},
		Statuses: statuses{c},
		Pacer:    r,
		Grace:    r.Grace,
	}, nil
}

// send makes one call and returns the platform's answer, whatever it is. The error
// says that there was none.
func (c *client) send(ctx context.Context, req rest.Request) (*rest.Response, error) {
	req.Header = http.Header{"Authorization": {c.authorization}}
	req.Retry = asksToRetry
	return c.rest.Do(ctx, req)
}

// read makes a call that is answered with a document, and decodes it.
func (c *client) read(ctx context.Context, req rest.Request, into any) error {
	res, err := c.send(ctx, req)
	if err != nil {
		return err
	}
	if err := c.failure(res, req); err != nil {
		return err
	}
	return rest.Decode(res, req, into)
}

// write makes a call that is answered without a document.
func (c *client) write(ctx context.Context, req rest.Request) error {
	res, err := c.send(ctx, req)
	if err != nil {
		return err
	}
	return c.failure(res, req)
}

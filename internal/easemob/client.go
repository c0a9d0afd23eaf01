// Package easemob is a client of the Chat Platform API, which is also sold as Easemob REST.
package easemob

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// title is the platform's name in a sentence.
const title = "the Chat Platform API (Easemob)"

// client makes the calls of one application.
type client struct {
	rest   *rest.Client
	org    string
	app    string
	tokens tokens
}

// New returns the service of an application, or an ErrInvalid that says what of the
// configuration is wrong. It makes no request.
func New(config Config) (*chat.Service, error) {
	org, app, err := ParseAppKey(config.AppKey)
	if err != nil {
		return nil, err
	}
	if config.Token == "" && (config.ClientID == "" || config.ClientSecret == "") {
		return nil, chat.Refuse("The platform needs a client ID and a client secret, or a token.")
	}
	r, err := rest.New(config.REST)
	if err != nil {
		return nil, err
	}
	r.Hide(config.ClientSecret, config.Token)
	c := &client{rest: r, org: org, app: app}
	if config.Token != "" {
		c.tokens.given = &token{Token: chat.Token{Value: config.Token}}
	}
	c.tokens.fetch = func(ctx context.Context) (*chat.Token, error) {
		return c.fetchAppToken(ctx, config.ClientID, config.ClientSecret)
	}
	rules := chat.Rules{}
	for _, of := range []chat.Rules{userRules, profileRules, contactRules, blockRules, groupRules, roomRules, quietRules, messageRules} {
		maps.Copy(rules, of)
	}
	return &chat.Service{
		Platform: &chat.Platform{
			Name: "easemob", Title: title, AppKey: config.AppKey,
			UserKey: userKey, Rules: rules, ClockGrain: clockGrain, Clock: r,
			Users: userLimits, Groups: plainGroups.limits, Rooms: chatRooms.limits,
		},
		Users:           users{c},
		Profiles:        profiles{c},
		Contacts:        contacts{c},
		ContactNotes:    contactNotes{c},
		Blocks:          blocks{c},
		Groups:          groups{c, plainGroups},
		Rooms:           groups{c, chatRooms},
		GroupMembers:    members{c, plainGroups},
		RoomMembers:     roomMembers{members{c, chatRooms}},
		Quiet:           quiet{c},
		Messages:        messages{c},
		Statuses:        statuses{c},
		Tokens:          issuer{c},
		Sessions:        sessions{c},
		OfflineMessages: offlineMessages{c},
		Pacer:           r,
		Grace:           r.Grace,
	}, nil
}

// clockGrain is how much the clocks of the platform's servers may differ.
const clockGrain = 100 * time.Millisecond

// sending is what is known of a call however it ended.
type sending struct {
	// at is when the first attempt that may count was sent, by the clock of this machine.
	at time.Time
	// maybeApplied reports whether an attempt may have taken effect without saying so.
	maybeApplied bool
	// unanswered reports whether the platform did not answer such an attempt.
	unanswered bool
}

// call makes a call with the application's token, and decodes a successful answer.
func (c *client) call(ctx context.Context, request rest.Request, into any) error {
	_, err := c.send(ctx, request, into)
	return err
}

// send is call, and returns what is known of the sending. A token that is refused is
// replaced once.
func (c *client) send(ctx context.Context, request rest.Request, into any) (sending, error) {
	var s sending
	request.Path = slices.Concat([]string{c.org, c.app}, request.Path)
	request.Final = outOfQuota
	err := c.exchange(ctx, request, into, &s)
	var failure *chat.Error
	if errors.As(err, &failure) {
		failure.MaybeApplied, failure.Unanswered, failure.SentAt = s.maybeApplied, s.unanswered, s.at
	}
	return s, err
}

// exchange makes a call, and notes in s what may have taken effect.
func (c *client) exchange(ctx context.Context, request rest.Request, into any, s *sending) error {
	t, err := c.tokens.get(ctx)
	if err != nil {
		return tokenError(request, err)
	}
	resp, err := c.attempt(ctx, request, t, s)
	if err == nil && resp.Status == http.StatusUnauthorized {
		other, missing := c.tokens.replace(ctx, t)
		switch {
		case missing == nil:
			resp, err = c.attempt(ctx, request, other, s)
		case !errors.Is(missing, errRefused):
			return tokenError(request, missing)
		}
	}
	if err != nil {
		return err
	}
	if resp.Status < 200 || resp.Status > 299 {
		failure := c.failure(resp, request)
		if resp.Status == http.StatusUnauthorized && c.tokens.given != nil {
			failure.Text = strings.TrimSuffix(failure.Text, ".") + ". The token given in the configuration is refused or has expired; " +
				"give a new one, or a client ID and a client secret."
		}
		return failure
	}
	c.noteClock(resp)
	err = rest.Decode(resp, request, into)
	s.noteError(err)
	return err
}

// attempt makes a call with the given token, and notes in s what may have taken effect.
func (c *client) attempt(ctx context.Context, request rest.Request, t *token, s *sending) (*rest.Response, error) {
	request.Header = http.Header{"Authorization": {"Bearer " + t.Value}}
	resp, err := c.rest.Do(ctx, request)
	if err == nil {
		s.note(resp.Sent, resp.MaybeApplied, resp.Unanswered)
	}
	s.noteError(err)
	return resp, err
}

// note notes when an attempt was sent, whether it may have taken effect, and whether it
// was not answered.
func (s *sending) note(at time.Time, maybeApplied, unanswered bool) {
	if !s.maybeApplied {
		s.at = at
	}
	s.maybeApplied = s.maybeApplied || maybeApplied
	s.unanswered = s.unanswered || unanswered
}

// noteError notes what an error says about what was sent.
func (s *sending) noteError(err error) {
	var failure *chat.Error
	if errors.As(err, &failure) {
		s.note(failure.SentAt, failure.MaybeApplied, failure.Unanswered)
	}
}

// longAnswer is how many bytes make an answer too long to read it for its time only.
const longAnswer = 16 << 10

// noteClock reads the platform's clock from an answer ("timestamp", in milliseconds).
func (c *client) noteClock(resp *rest.Response) {
	var reply struct {
		Timestamp loose `json:"timestamp"`
	}
	if len(resp.Body) > longAnswer || json.Unmarshal(resp.Body, &reply) != nil {
		return
	}
	if now := reply.Timestamp.time(); !now.IsZero() {
		c.rest.NoteClock(resp, now)
	}
}

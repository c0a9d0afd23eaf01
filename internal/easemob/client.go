// Package easemob speaks the Chat Platform API, which is also sold as Easemob REST.
package easemob

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// Client is one application on the platform. It implements chat.Service,
// chat.TokenIssuer, chat.Disconnector, chat.OfflineMessages and chat.Pacer.
type Client struct {
	rules
	rest   *rest.Client
	org    string
	app    string
	tokens tokens
}

// The seams the client fills.
var (
	_ chat.Service         = (*Client)(nil)
	_ chat.TokenIssuer     = (*Client)(nil)
	_ chat.Disconnector    = (*Client)(nil)
	_ chat.OfflineMessages = (*Client)(nil)
	_ chat.Pacer           = (*Client)(nil)
)

// Config says which application to speak for.
type Config struct {
	// AppKey is org_name#app_name.
	AppKey string
	// ClientID and ClientSecret are exchanged for a token when the first call needs one.
	ClientID     string
	ClientSecret string
	// Token is used instead of them where it is set, and is never renewed.
	Token string
	// REST says how to reach the platform.
	REST rest.Config
}

// New returns a client, or an ErrInvalid that says what of the configuration is
// wrong. It makes no request.
func New(config Config) (*Client, error) {
	org, app, err := ParseAppKey(config.AppKey)
	if err != nil {
		return nil, err
	}
	if config.Token == "" && (config.ClientID == "" || config.ClientSecret == "") {
		return nil, chat.Rule("The platform needs a client ID and a client secret, or a token.")
	}
	r, err := rest.New(config.REST)
	if err != nil {
		return nil, err
	}
	r.Hide(config.ClientSecret, config.Token)
	c := &Client{rules: rules{appKey: config.AppKey}, rest: r, org: org, app: app}
	if config.Token != "" {
		c.tokens.given = &token{Token: chat.Token{Value: config.Token}}
	}
	c.tokens.fetch = func(ctx context.Context) (*chat.Token, error) {
		return c.fetchAppToken(ctx, config.ClientID, config.ClientSecret)
	}
	return c, nil
}

var appKeyPart = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// ParseAppKey splits an app key into the name of the organization and that of the
// application ("Appkey data structure"). Its error is ErrInvalid and says the rule.
func ParseAppKey(appKey string) (org, app string, err error) {
	org, app, found := strings.Cut(appKey, "#")
	if !found || !appKeyPart.MatchString(org) || !appKeyPart.MatchString(app) || len(app) > 32 {
		return "", "", chat.Rule("An app key is org_name#app_name, such as chat-demo#testapp: "+
			"both of letters, digits, hyphens and underscores, app_name of at most 32; not %q.", appKey)
	}
	return org, app, nil
}

var dataCenters = []struct{ name, url string }{
	{"cn1", "https://a1.easemob.com"},
	{"cn2", "https://a31.easemob.com"},
	{"sgp1", "https://a1-sgp.easemob.com"},
	{"use1", "https://a41.easemob.com"},
	{"fra1", "https://a51.easemob.com"},
}

// DataCenters returns the names of the platform's data centers.
func DataCenters() []string {
	names := make([]string, len(dataCenters))
	for i, dc := range dataCenters {
		names[i] = dc.name
	}
	return names
}

// DataCenterURL returns the base URL of a data center ("Request Domain").
func DataCenterURL(name string) (string, bool) {
	for _, dc := range dataCenters {
		if dc.name == name {
			return dc.url, true
		}
	}
	return "", false
}

// Platform implements chat.Service.
func (c *Client) Platform() chat.Platform { return c.rules }

// Admit implements chat.Pacer.
func (c *Client) Admit(ctx context.Context) (context.Context, func(), error) {
	return c.rest.Admit(ctx)
}

// sending is what is known of a call whatever its end.
type sending struct {
	// firstSent is when the first attempt that may count was sent, in our time.
	firstSent time.Time
	// maybeApplied tells that an attempt may have taken effect without saying so.
	maybeApplied bool
}

// call makes a call with the application's token, and decodes a successful answer.
// A token that is refused is renewed once.
func (c *Client) call(ctx context.Context, request rest.Request, into any) (sending, error) {
	var s sending
	request.Path = slices.Concat([]string{c.org, c.app}, request.Path)
	request.Final = outOfQuota
	request.FirstSent = func(at time.Time) {
		if !s.maybeApplied {
			s.firstSent = at
		}
	}
	t, err := c.tokens.get(ctx, nil)
	if err != nil {
		return s, tokenError(request, err, false)
	}
	resp, err := c.send(ctx, request, t)
	if err == nil && resp.Status == http.StatusUnauthorized && c.tokens.renewable(t) {
		s.maybeApplied = resp.MaybeApplied
		if t, err = c.tokens.get(ctx, t); err != nil {
			return s, tokenError(request, err, s.maybeApplied)
		}
		resp, err = c.send(ctx, request, t)
	}
	if err != nil {
		var failure *chat.Error
		if errors.As(err, &failure) {
			failure.MaybeApplied = failure.MaybeApplied || s.maybeApplied
			s.maybeApplied = failure.MaybeApplied
		}
		return s, err
	}
	s.maybeApplied = s.maybeApplied || resp.MaybeApplied
	resp.MaybeApplied = s.maybeApplied
	if resp.Status < 200 || resp.Status > 299 {
		failure := c.failure(resp, request)
		if resp.Status == http.StatusUnauthorized && c.tokens.given != nil {
			failure.Text = strings.TrimSuffix(failure.Text, ".") + ". The token given in the configuration is refused or has expired; " +
				"give a new one, or a client ID and a client secret."
		}
		return s, failure
	}
	if err := rest.Decode(resp, request, into); err != nil {
		s.maybeApplied = true
		return s, err
	}
	return s, nil
}

func (c *Client) send(ctx context.Context, request rest.Request, t *token) (*rest.Response, error) {
	request.Header = http.Header{"Authorization": {"Bearer " + t.Value}}
	resp, err := c.rest.Do(ctx, request)
	if err == nil && resp.Status != http.StatusUnauthorized {
		t.accepted.Store(true)
	}
	return resp, err
}

// tokenError is the error of a call that failed for want of a token.
func tokenError(request rest.Request, err error, maybeApplied bool) error {
	var failure *chat.Error
	if errors.As(err, &failure) {
		mine := *failure
		mine.MaybeApplied = maybeApplied
		return &mine
	}
	return &chat.Error{
		Kind:         chat.ErrUnavailable,
		Op:           request.Op,
		Users:        request.Users,
		MaybeApplied: maybeApplied,
		Err:          fmt.Errorf("cancelled while waiting for a token: %w", err),
	}
}

// tooMany returns an ErrTooLarge where a call holds more than its limit.
func tooMany(op string, names []string, limit int) error {
	if len(names) <= limit {
		return nil
	}
	return &chat.Error{
		Kind:  chat.ErrTooLarge,
		Op:    op,
		Users: names,
		Text:  fmt.Sprintf("%d at once, where the platform takes %d", len(names), limit),
	}
}

// each gives the end of a call for n inputs: the error of one input is its own, of
// several the call's.
func each(n int, err error) ([]error, error) {
	if err != nil && n > 1 {
		return nil, err
	}
	ends := make([]error, n)
	if err != nil {
		ends[0] = err
	}
	return ends, nil
}

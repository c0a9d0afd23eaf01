// Package jmessage speaks the JMessage REST API. Its Client is a chat.Service.
package jmessage

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// DefaultBaseURL is the address of the hosted platform.
const DefaultBaseURL = "https://api.im.jpush.cn"

// Config is what a Client needs to know.
type Config struct {
	// AppKey is the application's key; see CheckAppKey.
	AppKey string
	// MasterSecret is the application's secret; see CheckMasterSecret.
	MasterSecret string
	// REST is how requests are sent. An empty BaseURL means DefaultBaseURL.
	REST rest.Config
}

// Client is one application on JMessage. It is safe for concurrent use.
type Client struct {
	rest          *rest.Client
	platform      platform
	authorization string
}

var (
	_ chat.Service      = (*Client)(nil)
	_ chat.OffsetLister = (*Client)(nil)
	_ chat.Pacer        = (*Client)(nil)
)

// New returns a client for one application. It makes no request. The error is a
// chat.ErrInvalid that says what is wrong with the configuration.
func New(config Config) (*Client, error) {
	if err := CheckAppKey(config.AppKey); err != nil {
		return nil, err
	}
	if err := CheckMasterSecret(config.MasterSecret); err != nil {
		return nil, err
	}
	if config.REST.BaseURL == "" {
		config.REST.BaseURL = DefaultBaseURL
	}
	sender, err := rest.New(config.REST)
	if err != nil {
		return nil, err
	}
	credentials := base64.StdEncoding.EncodeToString([]byte(config.AppKey + ":" + config.MasterSecret))
	sender.Hide(config.MasterSecret, credentials)
	return &Client{
		rest:          sender,
		platform:      platform{appKey: config.AppKey},
		authorization: "Basic " + credentials,
	}, nil
}

// Platform describes JMessage and the application.
func (c *Client) Platform() chat.Platform { return c.platform }

// Admit waits until the pace lets a call go; see chat.Pacer.
func (c *Client) Admit(ctx context.Context) (context.Context, func(), error) {
	return c.rest.Admit(ctx)
}

// send makes one call and returns the platform's answer, whatever it is. The error
// tells that there was none.
func (c *Client) send(ctx context.Context, req rest.Request) (*rest.Response, error) {
	req.Header = http.Header{"Authorization": {c.authorization}}
	req.Retry = busy
	return c.rest.Do(ctx, req)
}

// read makes a call that is answered with a document, and decodes it.
func (c *Client) read(ctx context.Context, req rest.Request, into any) error {
	res, err := c.send(ctx, req)
	if err != nil {
		return err
	}
	if err := c.refusal(res, req); err != nil {
		return err
	}
	return rest.Decode(res, req, into)
}

// write makes a call that is answered without a document.
func (c *Client) write(ctx context.Context, req rest.Request) error {
	res, err := c.send(ctx, req)
	if err != nil {
		return err
	}
	return c.refusal(res, req)
}

// everyone is the path of all users. The document ends it with a slash, the
// platform does not need it.
func everyone() []string { return []string{"v1", "users"} }

// user is the path of a user and what is under it.
func user(username string, under ...string) []string {
	return append([]string{"v1", "users", username}, under...)
}

// fits refuses more inputs than one call takes.
func fits(op string, usernames []string, limit chat.Limit) error {
	if len(usernames) <= limit.Items {
		return nil
	}
	return &chat.Error{
		Kind: chat.ErrTooLarge, Op: op, Users: usernames,
		Text: fmt.Sprintf("%s takes at most %d names in one call, not %d.", title, limit.Items, len(usernames)),
	}
}

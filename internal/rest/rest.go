// Package rest is what the clients of all platforms share around HTTP: retries,
// the pace, redaction of secrets, and answers that are not what they should be.
package rest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-resty/resty/v2"

	"terraform-provider-chat/internal/chat"
)

// DefaultTimeout is how long one attempt may take where Config says nothing.
const DefaultTimeout = 30 * time.Second

// maxBody is how many bytes of an answer are read.
const maxBody = 10 << 20

// What resty waits between two attempts. A longer Retry-After is kept by the pace.
const (
	minBackoff = 500 * time.Millisecond
	maxBackoff = 30 * time.Second
)

// Config says how to reach a platform.
type Config struct {
	// BaseURL is where the platform answers: http or https, without a query.
	BaseURL string
	// UserAgent is what the client calls itself.
	UserAgent string
	// Timeout bounds one attempt, waiting for the pace not included. 0 is DefaultTimeout.
	Timeout time.Duration
	// MaxRetries is how often a call is repeated after its first attempt.
	MaxRetries int
	// RequestsPerSecond is an upper bound; 0 is only what the platform asks for.
	RequestsPerSecond float64
	// Transport sends the requests; nil is one that verifies TLS and keeps enough
	// connections for concurrent use.
	Transport http.RoundTripper
	// Log is told of every attempt: method, path with names escaped, status, attempt,
	// duration; never bodies, headers or secrets. nil is silence.
	Log func(ctx context.Context, msg string, fields map[string]any)
}

// Client makes the calls to one platform. It is safe for concurrent use.
type Client struct {
	resty *resty.Client
	base  string
	log   func(ctx context.Context, msg string, fields map[string]any)
	pace  *pace

	mu      sync.Mutex
	secrets []string
	// ahead is how far the server's clock is ahead of ours, at least.
	ahead time.Duration
}

// New returns a client, or an ErrInvalid that says what of the configuration is
// wrong. It makes no request.
func New(config Config) (*Client, error) {
	base, err := parseBaseURL(config.BaseURL)
	if err != nil {
		return nil, err
	}
	switch {
	case config.Timeout < 0:
		return nil, chat.Rule("The timeout of a request must be positive, not %s.", config.Timeout)
	case config.MaxRetries < 0:
		return nil, chat.Rule("The number of retries must be 0 or more, not %d.", config.MaxRetries)
	case config.RequestsPerSecond < 0:
		return nil, chat.Rule("The number of requests per second must be more than 0, not %v.", config.RequestsPerSecond)
	}
	if config.Timeout == 0 {
		config.Timeout = DefaultTimeout
	}
	if config.Transport == nil {
		config.Transport = defaultTransport()
	}
	c := &Client{base: base, log: config.Log, pace: newPace(config.RequestsPerSecond)}
	c.resty = resty.NewWithClient(&http.Client{Transport: &transport{
		next:    config.Transport,
		pace:    c.pace,
		timeout: config.Timeout,
	}})
	c.resty.
		SetLogger(silence{}).
		SetDisableWarn(true).
		SetHeader("Accept", "application/json").
		SetHeader("User-Agent", config.UserAgent).
		// A redirect would turn a POST into a GET and carry the credentials elsewhere.
		SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		})).
		SetResponseBodyLimit(maxBody).
		SetRetryCount(config.MaxRetries).
		SetRetryWaitTime(minBackoff).
		SetRetryMaxWaitTime(maxBackoff).
		SetRetryAfter(retryAfter)
	return c, nil
}

func parseBaseURL(text string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case text == "":
		return "", chat.Rule("The base URL is empty; it is a URL such as https://host.example.")
	case err != nil:
		return "", chat.Rule("The base URL is not a URL; it is one such as https://host.example.")
	case u.User != nil:
		return "", chat.Rule("The base URL must not hold a user name or password.")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Hostname() == "":
		return "", chat.Rule("The base URL %q must begin with https:// or http:// and name a host.", text)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", chat.Rule("The base URL %q must not hold a query or fragment.", text)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// PlainHTTPWarning tells whether credentials sent to baseURL could be read on the
// way: it is http to anything but this machine.
func PlainHTTPWarning(baseURL string) bool {
	u, err := url.Parse(strings.TrimSpace(baseURL))
	if err != nil || !strings.EqualFold(u.Scheme, "http") {
		return false
	}
	host := u.Hostname()
	if strings.EqualFold(host, "localhost") {
		return false
	}
	ip := net.ParseIP(host)
	return ip == nil || !ip.IsLoopback()
}

func defaultTransport() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t = t.Clone()
	t.MaxIdleConns = 64
	t.MaxIdleConnsPerHost = 64
	t.MaxConnsPerHost = 64
	return t
}

// silence keeps resty from writing URLs and errors to standard error.
type silence struct{}

func (silence) Errorf(string, ...any) {}
func (silence) Warnf(string, ...any)  {}
func (silence) Debugf(string, ...any) {}

// ServerTime translates an instant of our clock to the server's, as far as its
// Date headers tell. The result is up to a second early, never late.
func (c *Client) ServerTime(local time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return local.Add(c.ahead)
}

func (c *Client) noteDate(header http.Header) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = time.Until(date)
}

// Admit implements chat.Pacer.
func (c *Client) Admit(ctx context.Context) (context.Context, func(), error) {
	if err := c.pace.admit(ctx); err != nil {
		return nil, nil, &chat.Error{
			Kind: chat.ErrUnavailable,
			Op:   "wait for the pace of the platform",
			Err:  fmt.Errorf("cancelled: %w", err),
		}
	}
	a := &admission{client: c}
	release := func() {
		if a.use() {
			c.pace.giveBack()
		}
	}
	return context.WithValue(ctx, admissionKey{}, a), release, nil
}

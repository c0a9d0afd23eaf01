// Package rest is what the clients of all platforms share around HTTP: retries, the pace
// of requests, redaction of secrets, and the handling of invalid answers.
package rest

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-resty/resty/v2"

	"terraform-provider-chat/internal/chat"
)

// DefaultTimeout is how long one attempt may take if Config does not say.
const DefaultTimeout = 30 * time.Second

// maxBody is how many bytes of an answer are read.
const maxBody = 10 << 20

// Config is the configuration of a client: how to reach a platform.
type Config struct {
	// BaseURL is the address of the platform: http or https, without a query.
	BaseURL string
	// UserAgent is sent with every request.
	UserAgent string
	// Timeout bounds one attempt, without the wait for the pace, and how long a write
	// that is on its way outlives its context. 0 is DefaultTimeout.
	Timeout time.Duration
	// MaxRetries is how often a call is repeated after its first attempt.
	MaxRetries int
	// RequestsPerSecond is an upper bound; 0 means only what the platform requests.
	RequestsPerSecond float64
	// Transport sends the requests; nil is one that verifies TLS and keeps enough
	// connections for concurrent use.
	Transport http.RoundTripper
	// Log is called at the end of every attempt, with method, host, escaped path,
	// status, number and duration, and for long waits; never with bodies, headers or
	// secrets. nil logs nothing.
	Log Log
}

// Client makes the calls to one platform. It is safe for concurrent use.
type Client struct {
	resty      *resty.Client
	base, host string
	timeout    time.Duration
	log        Log
	pace       *pace
	clock      clock

	mu      sync.Mutex
	secrets []string
}

// New returns a client, or an ErrInvalid that says what is wrong with the
// configuration. It makes no request.
func New(config Config) (*Client, error) {
	base, host, err := parseBaseURL(config.BaseURL)
	if err != nil {
		return nil, err
	}
	switch {
	case config.Timeout < 0:
		return nil, chat.Refuse("The timeout of a request must be positive, not %s.", config.Timeout)
	case config.MaxRetries < 0:
		return nil, chat.Refuse("The number of retries must be 0 or more, not %d.", config.MaxRetries)
	case config.RequestsPerSecond < 0:
		return nil, chat.Refuse("The number of requests per second must be more than 0, not %v.", config.RequestsPerSecond)
	}
	if config.Timeout == 0 {
		config.Timeout = DefaultTimeout
	}
	if config.Transport == nil {
		config.Transport = defaultTransport()
	}
	c := &Client{base: base, host: host, timeout: config.Timeout, log: config.Log, pace: newPace(config.RequestsPerSecond)}
	c.pace.held = c.reportHold
	c.resty = resty.NewWithClient(&http.Client{Transport: &transport{client: c, next: config.Transport}})
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
		SetRetryMaxWaitTime(maxWait).
		SetRetryAfter(func(_ *resty.Client, resp *resty.Response) (time.Duration, error) {
			cl, _ := resp.Request.Context().Value(callKey{}).(*call)
			return cl.wait, nil
		})
	return c, nil
}

// parseBaseURL returns the base URL without a slash at its end, and its host.
func parseBaseURL(text string) (base, host string, err error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case text == "":
		return "", "", chat.Refuse("The base URL is empty; it must be a URL such as https://host.example.")
	case err != nil:
		return "", "", chat.Refuse("The base URL must be a URL, such as https://host.example.")
	case u.User != nil:
		return "", "", chat.Refuse("The base URL must not contain a user name or password.")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Hostname() == "":
		return "", "", chat.Refuse("The base URL %q must begin with https:// or http:// and contain a host.", text)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", "", chat.Refuse("The base URL %q must not contain a query or fragment.", text)
	}
	return strings.TrimRight(u.String(), "/"), u.Host, nil
}

// PlainHTTPWarning reports whether credentials sent to baseURL could be read on the
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

// Admit implements chat.Pacer. Its error is ErrUnavailable and the context's if that
// ended, ErrThrottled if the platform asks to wait for longer than ten minutes.
func (c *Client) Admit(ctx context.Context) (context.Context, func(), error) {
	if err := c.pace.admit(ctx); err != nil {
		cl := &call{request: Request{Op: "wait for the pace of the platform"}, redact: c.redactor(nil)}
		return nil, nil, c.failure(ctx, cl, err)
	}
	a := &admission{client: c}
	release := func() {
		if a.use() {
			c.pace.giveBack()
		}
	}
	return context.WithValue(ctx, admissionKey{}, a), release, nil
}

package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"

	"terraform-provider-chat/internal/chat"
)

// Request is one call to a platform.
type Request struct {
	// Op and Users are what an error says was tried, and for whom.
	Op    string
	Users []string

	Method string
	// Path holds the segments after the base URL; each is escaped, none may be empty.
	Path   []string
	Query  url.Values
	Header http.Header
	// Body is sent as JSON; nil is none.
	Body any
	// Secrets are removed from every error and log of this request, beside those
	// given to Client.Hide.
	Secrets []string

	// Unpaced requests do not wait for the pace, nor change it; they are still
	// retried politely.
	Unpaced bool
	// Final may say that a status which would be retried is not worth it.
	Final func(status int, body []byte) bool
	// Retry may say that a status which would not be retried is worth it.
	Retry func(status int, body []byte) bool
	// RetryAfter may read how long to wait from headers of the platform's own.
	RetryAfter func(http.Header) (time.Duration, bool)
	// FirstSent is called when the first attempt is sent, with our own time.
	FirstSent func(time.Time)
}

// Response is what the platform answered at last.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	// MaybeApplied tells that an attempt of this request, this one or one before,
	// may have taken effect although its answer did not say so: a timeout, a broken
	// connection, a 5xx.
	MaybeApplied bool
	// FirstSent is when the first attempt was sent, in the server's time as far as
	// its Date headers tell; up to a second early, never late.
	FirstSent time.Time

	redact func(string) string
}

// call is one Do: what its attempts have in common.
type call struct {
	request Request
	secrets func(string) string
	unpaced bool
	// sent is when the latest attempt was sent, firstSent the first one; zero before.
	sent, firstSent time.Time
	attempts        int
	// pending is set from sending an attempt until it is judged.
	pending bool
	maybe   bool
}

type callKey struct{}

type admissionKey struct{}

// admission is the right to send one request without waiting for the pace.
type admission struct {
	client *Client
	used   atomic.Bool
}

func (a *admission) use() bool { return a.used.CompareAndSwap(false, true) }

// Do makes a call and repeats it while that is worth it: for throttling, 5xx,
// timeouts and broken connections. Every answer, a 4xx and the last 5xx included,
// is a Response. No answer at all, one too long to read, or a cancelled context is
// a *chat.Error, ErrUnavailable, with MaybeApplied set where it may be so; where the
// context ended, it is also the context's error.
func (c *Client) Do(ctx context.Context, request Request) (*Response, error) {
	failure := &chat.Error{Op: request.Op, Users: request.Users}
	target, err := c.url(request)
	if err != nil {
		failure.Kind, failure.Err = chat.ErrInvalid, err
		return nil, failure
	}
	cl := &call{
		request: request,
		secrets: c.redactor(request.Secrets),
		unpaced: request.Unpaced,
	}
	r := c.resty.R().SetContext(context.WithValue(ctx, callKey{}, cl))
	for name, values := range request.Header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	if request.Body != nil {
		var body bytes.Buffer
		encoder := json.NewEncoder(&body)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(request.Body); err != nil {
			failure.Kind, failure.Err = chat.ErrInvalid, errors.New(cl.secrets(err.Error()))
			return nil, failure
		}
		r.SetBody(bytes.TrimRight(body.Bytes(), "\n"))
	}
	if request.Method != http.MethodGet {
		r.SetHeader("Content-Type", "application/json")
	}
	r.AddRetryCondition(func(resp *resty.Response, err error) bool { return c.judge(ctx, cl, resp, err) })

	resp, err := r.Execute(request.Method, target)
	if cl.pending {
		// resty asks no condition without retries, or after the context ended.
		c.judge(ctx, cl, resp, err)
	}
	if err != nil {
		failure.Kind, failure.MaybeApplied = chat.ErrUnavailable, cl.maybe
		failure.Err = c.cause(ctx, cl, err)
		return nil, failure
	}
	return &Response{
		Status:       resp.StatusCode(),
		Header:       resp.Header(),
		Body:         resp.Body(),
		MaybeApplied: cl.maybe,
		FirstSent:    c.ServerTime(cl.firstSent),
		redact:       cl.secrets,
	}, nil
}

func (c *Client) url(request Request) (string, error) {
	var b strings.Builder
	b.WriteString(c.base)
	for _, segment := range request.Path {
		// These would reach another resource than the one meant, such as all users.
		if segment == "" || segment == "." || segment == ".." {
			return "", fmt.Errorf("%q cannot be part of a path", segment)
		}
		b.WriteByte('/')
		b.WriteString(url.PathEscape(segment))
	}
	if len(request.Query) > 0 {
		b.WriteByte('?')
		b.WriteString(request.Query.Encode())
	}
	return b.String(), nil
}

// judge learns from the end of an attempt and tells whether it is worth another.
func (c *Client) judge(ctx context.Context, cl *call, resp *resty.Response, err error) bool {
	answered := err == nil
	again := false
	status, body := 0, []byte(nil)
	if resp != nil && resp.RawResponse != nil {
		status, body = resp.StatusCode(), resp.Body()
		c.noteDate(resp.Header())
	}
	throttled := false
	if answered {
		final := cl.request.Final != nil && cl.request.Final(status, body)
		again = retriable(status)
		switch {
		case again && final:
			again = false
		case !again && cl.request.Retry != nil:
			again = cl.request.Retry(status, body)
		}
		throttled = !final && (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable)
	} else {
		again = worthAnother(err)
	}
	if cl.pending {
		cl.pending = false
		if answered {
			cl.maybe = cl.maybe || status >= 500 || status == http.StatusRequestTimeout
		} else {
			cl.maybe = cl.maybe || !neverArrived(err)
		}
		if !cl.unpaced {
			c.pace.answered(cl.sent, answered && status < 500 && !throttled, throttled, c.asks(cl, resp))
		}
		c.tell(ctx, cl, status, err)
	}
	return again && ctx.Err() == nil
}

func retriable(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// worthAnother tells whether an attempt without an answer may end better the next time.
func worthAnother(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		dns         *net.DNSError
	)
	switch {
	case errors.Is(err, resty.ErrResponseBodyTooLarge),
		errors.As(err, &certificate),
		errors.As(err, &dns) && dns.IsNotFound:
		return false
	}
	return true
}

// neverArrived tells whether the platform cannot have seen the request.
func neverArrived(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		op          *net.OpError
	)
	return errors.As(err, &certificate) || errors.As(err, &op) && op.Op == "dial"
}

// cause is the reason why there is no answer, for a person.
func (c *Client) cause(ctx context.Context, cl *call, err error) error {
	if ended := ctx.Err(); ended != nil {
		if errors.Is(ended, context.DeadlineExceeded) {
			return fmt.Errorf("given up when the time allowed for the operation ran out: %w", ended)
		}
		return fmt.Errorf("cancelled: %w", ended)
	}
	var (
		wrapped *url.Error
		text    string
	)
	switch {
	case errors.Is(err, resty.ErrResponseBodyTooLarge):
		text = fmt.Sprintf("the answer is longer than %d MB", maxBody>>20)
	case errors.Is(err, io.ErrUnexpectedEOF):
		text = "the answer was cut short"
	case errors.Is(err, io.EOF):
		text = "the connection was closed before an answer came"
	case errors.As(err, &wrapped):
		text = wrapped.Err.Error()
	default:
		text = err.Error()
	}
	if cl.attempts > 1 {
		text = fmt.Sprintf("no answer in %d attempts: %s", cl.attempts, text)
	}
	return errors.New(cl.secrets(text))
}

// tell logs an attempt.
func (c *Client) tell(ctx context.Context, cl *call, status int, err error) {
	if c.log == nil {
		return
	}
	path := make([]string, len(cl.request.Path))
	for i, segment := range cl.request.Path {
		path[i] = url.PathEscape(segment)
	}
	fields := map[string]any{
		"method":      cl.request.Method,
		"path":        cl.secrets("/" + strings.Join(path, "/")),
		"attempt":     cl.attempts,
		"duration_ms": time.Since(cl.sent).Milliseconds(),
	}
	if status != 0 {
		fields["status"] = status
	}
	if err != nil {
		fields["error"] = cl.secrets(err.Error())
	}
	c.log(ctx, "platform call: "+cl.request.Op, fields)
}

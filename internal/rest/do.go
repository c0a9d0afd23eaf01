package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	// Op is the operation and its object in errors, as a verb phrase.
	Op string

	Method string
	// Read marks a request of another method than GET that changes nothing on the
	// platform, Write a GET that changes something.
	Read, Write bool
	// Once marks a request that must not take effect twice: it is not repeated after an
	// attempt that may have taken effect.
	Once bool
	// Path holds the segments after the base URL; each is escaped, none may be empty.
	Path   []string
	Query  url.Values
	Header http.Header
	// Body is sent as JSON; nil is none. Form or Multipart are sent in its place.
	Body      any
	Form      url.Values
	Multipart *Multipart
	// Secrets are removed from every error and log of this request, in addition to
	// those given to Client.Hide.
	Secrets []string
	// Confidential marks a request whose answer holds a secret: no error quotes it.
	Confidential bool

	// Unpaced requests do not wait for the pace and do not change it. Their retries
	// wait like those of any request.
	Unpaced bool
	// Final reports whether an answer that would be retried is final. It may be nil.
	Final func(status int, body []byte) bool
	// Retry reports whether an answer that would be final is retried. It may be nil.
	Retry func(status int, body []byte) bool
	// Unclear reports whether an answer, whatever its status, leaves open if the request
	// took effect, as a 5xx does. It may be nil.
	Unclear func(status int, body []byte) bool
	// RetryAfter reads how long to wait from the platform's own headers. It may be nil.
	RetryAfter func(http.Header) (time.Duration, bool)
}

// reads reports whether the request changes nothing on the platform.
func (r Request) reads() bool {
	return r.Read || r.Method == http.MethodGet && !r.Write
}

// empty reports whether the request has no body.
func (r Request) empty() bool { return r.Body == nil && len(r.Form) == 0 && r.Multipart == nil }

// Response is the platform's last answer.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	// MaybeApplied reports whether an attempt of this request, this one or an earlier
	// one, may have taken effect although its answer did not say so: a timeout, a
	// broken connection, a 5xx, or what Request.Unclear reports. It is never set for a read.
	MaybeApplied bool
	// Unanswered reports whether an attempt that may have taken effect had no answer of
	// the platform: a timeout, a broken connection, a 408 or a 504. It may still take
	// effect. It is never set for a read.
	Unanswered bool
	// Sent is when the first attempt was sent, Answered when the last answer had
	// arrived, both by our clock.
	Sent, Answered time.Time

	// lastSent is when the attempt that was answered was sent.
	lastSent time.Time
	redact   func(string) string
}

// call is what the attempts of one Do have in common.
type call struct {
	request Request
	redact  func(string) string
	// begun is when the first attempt was made, sent the latest one, and firstSent
	// the first one that found a connection; zero before.
	begun, sent, firstSent time.Time
	// attempts is how many were made, unreached how many of them found no connection.
	attempts, unreached int
	// connecting is set while the attempt looks for a connection.
	connecting atomic.Bool
	// upload is the body of the call, if it is a Multipart.
	upload *upload
	// pending is set from sending an attempt until it is judged.
	pending bool
	// status is that of the last answer, answered when it had arrived.
	status   int
	answered time.Time
	// maybe and unanswered are MaybeApplied and Unanswered of the Response.
	maybe, unanswered bool
	// wait is how long to wait before the next attempt.
	wait time.Duration
	// tooLong is how long the platform asks to wait, if that is too long.
	tooLong time.Duration
	// interrupted is set if only the end of the context prevents another attempt.
	interrupted bool
}

type callKey struct{}

// Do makes a call and repeats it after throttling, a 5xx, a timeout or a broken
// connection; a read also after a 2xx answer that is not JSON. It returns every
// answer, a 4xx and the last 5xx included, as a Response. Its errors are
// *chat.Error:
//   - ErrUnavailable if no answer arrived, if the answer to a write is too long to read,
//     or if the context ended; then the error is also the context's.
//   - ErrTooLarge if the answer to a read is too long to read.
//   - ErrThrottled if the platform asks to wait for longer than ten minutes.
//   - ErrInvalid if the request cannot be sent.
//
// When the context ends, a call that waits ends immediately, and so does a read. A write
// that was sent is waited for, at most as long as Grace allows, and is not repeated.
func (c *Client) Do(ctx context.Context, request Request) (*Response, error) {
	cl := &call{request: request, redact: c.redactor(request.Secrets)}
	r, target, err := c.prepare(ctx, cl)
	if err != nil {
		return nil, &chat.Error{Kind: chat.ErrInvalid, Op: request.Op, Err: err}
	}
	if cl.upload != nil {
		defer cl.upload.end()
	}
	resp, err := r.Execute(request.Method, target)
	if cl.pending {
		// resty does not call it without retries, or after the context ended.
		c.judge(ctx, cl, resp, err)
	}
	if failure := c.failure(ctx, cl, err); failure != nil {
		return nil, failure
	}
	return &Response{
		Status:       resp.StatusCode(),
		Header:       resp.Header(),
		Body:         resp.Body(),
		MaybeApplied: cl.maybe,
		Unanswered:   cl.unanswered,
		Sent:         cl.firstSent,
		Answered:     cl.answered,
		lastSent:     cl.sent,
		redact:       cl.redact,
	}, nil
}

// prepare returns the request as resty sends it, and its URL.
func (c *Client) prepare(ctx context.Context, cl *call) (*resty.Request, string, error) {
	target, err := c.url(cl.request)
	if err != nil {
		return nil, "", err
	}
	r := c.resty.R().SetContext(context.WithValue(ctx, callKey{}, cl))
	for name, values := range cl.request.Header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	if cl.request.Method != http.MethodGet {
		r.SetHeader("Content-Type", "application/json")
	}
	switch {
	case cl.request.Multipart != nil:
		if cl.upload, err = newUpload(cl.request.Multipart); err != nil {
			return nil, "", err
		}
		r.SetHeader("Content-Type", cl.upload.contentType)
	case len(cl.request.Form) > 0:
		r.SetHeader("Content-Type", "application/x-www-form-urlencoded")
		r.SetBody([]byte(cl.request.Form.Encode()))
	case cl.request.Body != nil:
		var body bytes.Buffer
		encoder := json.NewEncoder(&body)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(cl.request.Body); err != nil {
			return nil, "", errors.New(cl.redact(err.Error()))
		}
		r.SetBody(bytes.TrimRight(body.Bytes(), "\n"))
	}
	r.AddRetryCondition(func(resp *resty.Response, err error) bool { return c.judge(ctx, cl, resp, err) })
	return r, target, nil
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

package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// transport sends single attempts.
type transport struct {
	client *Client
	next   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	cl, _ := ctx.Value(callKey{}).(*call)
	if cl == nil {
		return nil, errors.Join(errors.New("a request outside of a call"), closeBody(request))
	}
	if cl.upload != nil {
		// Before the turn, which counts the request as sent.
		request = request.WithContext(ctx)
		if err := cl.upload.fill(request); err != nil {
			return nil, err
		}
	}
	if err := t.client.turn(ctx, cl); err != nil {
		return nil, errors.Join(err, closeBody(request))
	}
	cl.attempt(time.Now())
	a := t.client.start(ctx, cl)
	request = request.WithContext(a.ctx)
	if cl.request.empty() && cl.request.Method != http.MethodGet {
		// resty passes an empty body of unknown length, which would be sent chunked.
		// Without "identity", net/http sends no Content-Length for a DELETE.
		request.Body, request.GetBody, request.ContentLength = http.NoBody, nil, 0
		request.TransferEncoding = []string{"identity"}
	}
	response, err := t.next.RoundTrip(request)
	if err != nil {
		err = a.explain(err)
		a.release()
		return nil, err
	}
	response.Body = &body{ReadCloser: response.Body, attempt: a}
	return response, nil
}

func closeBody(request *http.Request) error {
	if request.Body == nil {
		return nil
	}
	return request.Body.Close()
}

// admission is the right to send one request without waiting for the pace.
type admission struct {
	client *Client
	used   atomic.Bool
}

func (a *admission) use() bool { return a.used.CompareAndSwap(false, true) }

type admissionKey struct{}

// turn waits until the pace lets the call send an attempt. Its error is that of the
// context, or a *heldError.
func (c *Client) turn(ctx context.Context, cl *call) error {
	if err := ctx.Err(); err != nil || cl.request.Unpaced {
		return err
	}
	a, ok := ctx.Value(admissionKey{}).(*admission)
	return c.pace.send(ctx, ok && a.client == c && a.use())
}

// attempt notes that an attempt is sent.
func (cl *call) attempt(now time.Time) {
	cl.attempts++
	cl.pending = true
	cl.connecting.Store(false)
	cl.sent = now
	if cl.begun.IsZero() {
		cl.begun = now
	}
	if cl.firstSent.IsZero() {
		cl.firstSent = now
	}
}

// attempt limits the time of one request.
type attempt struct {
	// base ends if nobody waits for the answer any more, ctx also if it takes too long.
	base, ctx context.Context
	release   context.CancelFunc
}

// start begins an attempt. One that reads ends with ctx. One that writes ends with ctx
// only as long as it has no connection, so that nothing was sent.
func (c *Client) start(ctx context.Context, cl *call) attempt {
	base, leave := ctx, context.CancelFunc(func() {})
	if !cl.request.reads() {
		base, leave = c.Grace(ctx)
	}
	base, abandon := context.WithCancel(base)
	timed, stop := context.WithTimeoutCause(base, c.timeout, fmt.Errorf("no answer within %s", c.timeout))
	connected := func() bool { return true }
	traced := httptrace.WithClientTrace(timed, &httptrace.ClientTrace{
		GetConn: func(string) {
			cl.connecting.Store(true)
			connected = context.AfterFunc(ctx, abandon)
		},
		GotConn: func(httptrace.GotConnInfo) {
			connected()
			cl.connecting.Store(false)
		},
	})
	return attempt{base: base, ctx: traced, release: func() {
		connected()
		stop()
		abandon()
		leave()
	}}
}

// explain returns the reason of an attempt that failed because its time ran out.
func (a attempt) explain(err error) error {
	if a.base.Err() == nil && a.ctx.Err() != nil {
		return context.Cause(a.ctx)
	}
	return err
}

// body is the body of an answer, which must be read within the time of its attempt.
type body struct {
	io.ReadCloser
	attempt attempt
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.attempt.explain(err)
	}
	return n, err
}

func (b *body) Close() error {
	defer b.attempt.release()
	return b.ReadCloser.Close()
}

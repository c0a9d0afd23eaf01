package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// transport sends single attempts: each waits for the pace, and has a time of its own.
type transport struct {
	next    http.RoundTripper
	pace    *pace
	timeout time.Duration
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	cl, _ := ctx.Value(callKey{}).(*call)
	if cl == nil {
		return nil, errors.Join(errors.New("a request outside of a call"), closeBody(request))
	}
	if !cl.unpaced {
		a, ok := ctx.Value(admissionKey{}).(*admission)
		if err := t.pace.send(ctx, ok && a.client.pace == t.pace && a.use()); err != nil {
			return nil, errors.Join(err, closeBody(request))
		}
	}
	cl.attempts++
	cl.pending = true
	cl.sent = time.Now()
	if cl.firstSent.IsZero() {
		cl.firstSent = cl.sent
		if cl.request.FirstSent != nil {
			cl.request.FirstSent(cl.sent)
		}
	}
	attempt, cancel := context.WithTimeoutCause(ctx, t.timeout, fmt.Errorf("no answer within %s", t.timeout))
	response, err := t.next.RoundTrip(request.WithContext(attempt))
	if err != nil {
		err = lateness(ctx, attempt, err)
		cancel()
		return nil, err
	}
	response.Body = &body{ReadCloser: response.Body, ctx: ctx, attempt: attempt, cancel: cancel}
	return response, nil
}

func closeBody(request *http.Request) error {
	if request.Body == nil {
		return nil
	}
	return request.Body.Close()
}

// lateness says it plainly where an attempt failed because its time ran out.
func lateness(ctx, attempt context.Context, err error) error {
	if ctx.Err() == nil && attempt.Err() != nil {
		return context.Cause(attempt)
	}
	return err
}

// body is the body of an answer, which must be read within the time of its attempt.
type body struct {
	io.ReadCloser
	ctx, attempt context.Context
	cancel       context.CancelFunc
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = lateness(b.ctx, b.attempt, err)
	}
	return n, err
}

func (b *body) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

package rest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// slowly answers at once, but the body arrives so late, unless the request ends before.
func slowly(d time.Duration, body string) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		resp := answer(200, "")
		reader, writer := io.Pipe()
		go func() {
			select {
			case <-time.After(d):
				_, _ = io.WriteString(writer, body)
				_ = writer.Close()
			case <-r.Context().Done():
				_ = writer.CloseWithError(r.Context().Err())
			}
		}()
		resp.Body, resp.ContentLength = reader, -1
		return resp, nil
	})
}

// A write that was sent is waited for when its context ends, and not sent again; a
// read, and whatever waits, ends at once.
func TestInterrupted(t *testing.T) {
	const at = 2 * time.Second
	get := rest.Request{Op: "read user", Method: http.MethodGet, Path: []string{"users"}}
	query := post
	query.Read = true
	act := get
	act.Write = true
	ok := gives(200, `{"ok":true}`)
	hold := gives(429, "{}", "Retry-After", "60")
	type steps []http.RoundTripper
	for _, tt := range []struct {
		name    string
		request rest.Request
		steps   steps
		// other is when another call is made, 0 if none is.
		other time.Duration
		// sent is how many attempts are sent.
		sent int
		ends time.Duration
		// status is 0 if the call ends with an error.
		status int
		maybe  bool
	}{
		{name: "a write in flight", request: post, steps: steps{after(10*time.Second, ok)}, sent: 1, ends: 10 * time.Second, status: 200},
		{name: "a GET that writes", request: act, steps: steps{after(10*time.Second, ok)}, sent: 1, ends: 10 * time.Second, status: 200},
		{name: "a write in flight that is refused", request: post, steps: steps{after(10*time.Second, gives(400, "{}"))}, sent: 1, ends: 10 * time.Second, status: 400},
		{name: "a write in flight that fails", request: post, steps: steps{after(10*time.Second, gives(500, "{}")), ok}, sent: 1, ends: 10 * time.Second, maybe: true},
		{name: "a write in flight that is throttled", request: post, steps: steps{after(10*time.Second, gives(429, "{}")), ok}, sent: 1, ends: 10 * time.Second},
		{name: "a write in flight that breaks", request: post, steps: steps{after(10*time.Second, breaks(io.EOF)), ok}, sent: 1, ends: 10 * time.Second, maybe: true},
		{name: "a write in flight without an answer", request: post, steps: steps{hangs}, sent: 1, ends: 30 * time.Second, maybe: true},
		{name: "a write whose answer is read", request: post, steps: steps{slowly(10*time.Second, `{"ok":true}`)}, sent: 1, ends: 10 * time.Second, status: 200},
		{name: "a write whose answer never ends", request: post, steps: steps{slowly(time.Hour, `{}`)}, sent: 1, ends: 30 * time.Second, maybe: true},
		{name: "a second attempt in flight", request: post, steps: steps{gives(500, "{}"), after(10*time.Second, ok)}, sent: 2, ends: 10500 * time.Millisecond, status: 200, maybe: true},
		{name: "a read in flight", request: get, steps: steps{after(10*time.Second, ok)}, sent: 1, ends: at},
		{name: "a POST that reads in flight", request: query, steps: steps{after(10*time.Second, ok)}, sent: 1, ends: at},
		{name: "a read whose answer is read", request: get, steps: steps{slowly(10*time.Second, `{"ok":true}`)}, sent: 1, ends: at},
		{name: "back-off", request: post, steps: steps{gives(500, "{}", "Retry-After", "30"), ok}, sent: 1, ends: at, maybe: true},
		{name: "back-off of a read", request: get, steps: steps{gives(500, "{}", "Retry-After", "30"), ok}, sent: 1, ends: at},
		{name: "throttled", request: post, steps: steps{hold, ok}, sent: 1, ends: at},
		{name: "held back", request: post, steps: steps{hold, ok}, other: -1, ends: at},
		{name: "held back after an attempt", request: post, steps: steps{after(time.Second, gives(500, "{}")), hold, ok}, other: time.Second / 2, sent: 1, ends: at, maybe: true},
	} {
		for name, kind := range map[string]error{"cancelled": context.Canceled, "out of time": context.DeadlineExceeded} {
			t.Run(tt.name+", "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &script{steps: tt.steps}
					c := client(t, s)
					start := time.Now()
					ctx, cancel := context.WithTimeout(t.Context(), at)
					defer cancel()
					if errors.Is(kind, context.Canceled) {
						ctx, cancel = context.WithCancel(t.Context())
						time.AfterFunc(at, cancel)
					}
					others, stop := context.WithTimeout(t.Context(), at)
					defer stop()
					if tt.other != 0 {
						go func() {
							time.Sleep(tt.other)
							_, _ = c.Do(others, rest.Request{Op: "other", Method: http.MethodGet, Path: []string{"other"}})
						}()
						synctest.Wait()
					}
					resp, err := c.Do(ctx, tt.request)
					if took := time.Since(start); took != tt.ends {
						t.Errorf("ended after %s, want %s", took, tt.ends)
					}
					sent := 0
					for _, r := range s.seen {
						if r.URL.Path == "/users" {
							sent++
						}
					}
					if sent != tt.sent {
						t.Errorf("%d attempts, want %d", sent, tt.sent)
					}
					if tt.status != 0 {
						if err != nil || resp.Status != tt.status || resp.MaybeApplied != tt.maybe {
							t.Errorf("%+v, %v, want status %d, MaybeApplied %v", resp, err, tt.status, tt.maybe)
						}
						return
					}
					var failure *chat.Error
					if !errors.As(err, &failure) || !errors.Is(err, kind) || !errors.Is(err, chat.ErrUnavailable) {
						t.Fatalf("%+v, error %v, want %v and unavailable", resp, err, kind)
					}
					if failure.MaybeApplied != tt.maybe {
						t.Errorf("MaybeApplied %v, want %v", failure.MaybeApplied, tt.maybe)
					}
					if failure.SentAt.IsZero() != (tt.sent == 0) {
						t.Errorf("sent at %s", failure.SentAt)
					}

					before := len(s.seen)
					for _, unpaced := range []bool{false, true} {
						again := tt.request
						again.Unpaced = unpaced
						_, err = c.Do(ctx, again)
						if !errors.As(err, &failure) || !errors.Is(err, kind) || failure.MaybeApplied || !failure.SentAt.IsZero() {
							t.Errorf("a call under an ended context, unpaced %v: %#v", unpaced, err)
						}
					}
					if len(s.seen) != before {
						t.Error("a call was sent under an ended context")
					}
					if _, _, err := c.Admit(ctx); !errors.Is(err, kind) {
						t.Errorf("an admission under an ended context: %v", err)
					}
				})
			})
		}
	}
}

// A call that waits for a connection was not sent, and is not sent any more.
func TestInterruptedWithoutConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dialled := make(chan net.Conn)
		transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			select {
			case conn := <-dialled:
				return conn, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}}
		defer transport.CloseIdleConnections()
		c := client(t, transport)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := c.Do(ctx, post)
		var failure *chat.Error
		if !errors.As(err, &failure) || !errors.Is(err, context.Canceled) || failure.MaybeApplied || !failure.SentAt.IsZero() {
			t.Errorf("%#v", err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("ended after %s", took)
		}
	})
}

type valueKey struct{}

func TestGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(t, roundTrip(nil), func(c *rest.Config) { c.Timeout = 7 * time.Second })
		ctx, end := context.WithCancel(context.WithValue(t.Context(), valueKey{}, "kept"))
		grace, release := c.Grace(ctx)
		defer release()
		if grace.Value(valueKey{}) != "kept" {
			t.Error("the values of the context are lost")
		}
		inner, stop := context.WithTimeout(grace, time.Minute)
		defer stop()
		nested, releaseNested := c.Grace(inner)
		defer releaseNested()
		early, releaseEarly := c.Grace(ctx)

		time.Sleep(time.Hour)
		if grace.Err() != nil || early.Err() != nil {
			t.Error("it ended before the context did")
		}
		if nested.Err() == nil {
			t.Error("a grace within a grace outlived its own context by more than the timeout")
		}
		end()
		releaseEarly()
		if early.Err() == nil {
			t.Error("its function does not end it")
		}
		fresh, stopFresh := context.WithTimeout(grace, time.Minute)
		defer stopFresh()
		within, releaseWithin := c.Grace(fresh)
		defer releaseWithin()
		time.Sleep(6 * time.Second)
		if grace.Err() != nil || within.Err() != nil {
			t.Error("it ended before the timeout")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if grace.Err() == nil {
			t.Error("it did not end with the timeout")
		}
		if within.Err() == nil {
			t.Error("a grace within a grace outlived it")
		}
	})
}

// A write under a grace has no grace of its own.
func TestGraceOfWritesDoesNotAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(t, hangs)
		ctx, end := context.WithCancel(t.Context())
		grace, release := c.Grace(ctx)
		defer release()
		end()
		start := time.Now()
		time.Sleep(20 * time.Second)
		_, err := c.Do(grace, post)
		if took := time.Since(start); took != 30*time.Second || !errors.Is(err, context.Canceled) {
			t.Errorf("ended after %s with %v", took, err)
		}
	})
}

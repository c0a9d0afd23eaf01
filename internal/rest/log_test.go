package rest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/rest"
)

var refused = &net.OpError{Op: "dial", Err: errors.New("connection refused")}

const saysRefused = `Post "http://chat.test/users": dial: connection refused`

// log collects a line for each call. A wait that depends on chance is "soon".
type log struct {
	mu    sync.Mutex
	lines []string
}

func (l *log) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}

func (l *log) write(_ context.Context, level slog.Level, msg string, fields map[string]any) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s, ", level, msg)
	if wait, ok := fields["wait"]; ok {
		fmt.Fprintf(&b, "%s: %s", fields["host"], wait)
	} else {
		fmt.Fprintf(&b, "%s %s%s: attempt %d", fields["method"], fields["host"], fields["path"], fields["attempt"])
	}
	if most, ok := fields["attempts"]; ok {
		fmt.Fprintf(&b, " of %d", most)
	}
	if status, ok := fields["status"]; ok {
		fmt.Fprintf(&b, ", status %d", status)
	}
	if err, ok := fields["error"]; ok {
		fmt.Fprintf(&b, ", %s", err)
	}
	if next, ok := fields["next_in"].(string); ok {
		if d, err := time.ParseDuration(next); err == nil && d%(500*time.Millisecond) != 0 {
			next = "soon"
		}
		fmt.Fprintf(&b, ", next in %s", next)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, b.String())
}

func TestLog(t *testing.T) {
	for _, tt := range []struct {
		name    string
		request rest.Request
		steps   []http.RoundTripper
		want    []string
	}{
		{
			"attempts", rest.Request{Op: "read user", Method: http.MethodGet, Path: []string{"users", "a b"}},
			[]http.RoundTripper{gives(500, ""), breaks(io.EOF), gives(200, ""), gives(200, "{}")},
			[]string{
				"WARN platform call failed: read user, GET chat.test/users/a%20b: attempt 1 of 9, status 500, next in 500ms",
				`WARN platform call failed: read user, GET chat.test/users/a%20b: attempt 2 of 9, Get "http://chat.test/users/a%20b": EOF, next in soon`,
				"WARN platform call failed: read user, GET chat.test/users/a%20b: attempt 3 of 9, status 200, next in soon",
				"DEBUG platform call: read user, GET chat.test/users/a%20b: attempt 4, status 200",
			},
		},
		{
			"answers", post, []http.RoundTripper{gives(404, "{}")},
			[]string{"DEBUG platform call: register user \"ann\", POST chat.test/users: attempt 1, status 404"},
		},
		{
			"throttled", post, []http.RoundTripper{gives(429, "{}"), gives(429, "{}", "Retry-After", "60"), gives(200, "{}")},
			[]string{
				"DEBUG platform call: register user \"ann\", POST chat.test/users: attempt 1, status 429, next in 500ms",
				"WARN platform call failed: register user \"ann\", POST chat.test/users: attempt 2 of 9, status 429, next in 1m0s",
				"DEBUG platform call: register user \"ann\", POST chat.test/users: attempt 3, status 200",
			},
		},
		{
			"no connection", post, []http.RoundTripper{gives(503, ""), breaks(refused)},
			[]string{
				"WARN platform call failed: register user \"ann\", POST chat.test/users: attempt 1 of 9, status 503, next in 500ms",
				"WARN platform call failed: register user \"ann\", POST chat.test/users: attempt 2 of 4, " + saysRefused + ", next in 500ms",
				"WARN platform call failed: register user \"ann\", POST chat.test/users: attempt 3 of 4, " + saysRefused + ", next in soon",
				"WARN platform call failed: register user \"ann\", POST chat.test/users: attempt 4 of 4, " + saysRefused,
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var logged log
				c := client(t, &script{steps: tt.steps}, func(c *rest.Config) { c.Log = logged.write })
				if _, err := c.Do(t.Context(), tt.request); (err != nil) != (tt.name == "no connection") {
					t.Fatal(err)
				}
				if lines := logged.all(); !slices.Equal(lines, tt.want) {
					t.Errorf("logged\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(tt.want, "\n"))
				}
			})
		})
	}
}

// A cancelled read is nothing to warn of.
func TestLogOfCancelledReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged log
		c := client(t, hangs, func(c *rest.Config) { c.Log = logged.write })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Do(ctx, rest.Request{Op: "read", Method: http.MethodGet, Path: []string{"a"}}); err == nil {
			t.Error("no error")
		}
		if lines := logged.all(); len(lines) != 1 || !strings.HasPrefix(lines[0], "DEBUG platform call: read,") {
			t.Errorf("logged %q", lines)
		}
	})
}

// A long wait of all calls is logged once, before it begins.
func TestLogOfLongWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged log
		s := &script{steps: []http.RoundTripper{gives(429, "{}", "Retry-After", "60"), gives(200, "{}")}}
		c := client(t, s, func(c *rest.Config) { c.Log = logged.write })
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if _, err := c.Do(t.Context(), post); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		time.Sleep(time.Second)
		want := []string{
			"WARN platform call failed: register user \"ann\", POST chat.test/users: attempt 1 of 9, status 429, next in 1m0s",
			"WARN all calls wait as the platform asked, chat.test: 1m0s",
		}
		if lines := logged.all(); !slices.Equal(lines, want) {
			t.Errorf("logged %q, want %q", lines, want)
		}
		wg.Wait()
	})
}

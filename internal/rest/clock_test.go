package rest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/rest"
)

// platformClock is a platform whose clock is ahead of ours, and that takes some time to
// answer. It says what time it is half way through, in its Date header.
type platformClock struct {
	ahead, latency time.Duration
	silent         bool // whether it sends no Date header
}

func (p *platformClock) now() time.Time { return time.Now().Add(p.ahead) }

func (p *platformClock) RoundTrip(*http.Request) (*http.Response, error) {
	time.Sleep(p.latency / 2)
	resp := answer(200, "{}")
	if !p.silent {
		resp.Header.Set("Date", p.now().UTC().Format(http.TimeFormat))
	}
	time.Sleep(p.latency / 2)
	return resp, nil
}

func ask(t *testing.T, c *rest.Client) *rest.Response {
	t.Helper()
	resp, err := c.Do(t.Context(), rest.Request{Op: "read user", Method: http.MethodGet, Path: []string{"users"}})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// checkLocal checks that a time of the platform's clock is translated to bounds that
// hold the instant now, and that are so far apart.
func checkLocal(t *testing.T, c *rest.Client, p *platformClock, grain, width time.Duration) {
	t.Helper()
	since, until := c.LocalTime(p.now().Truncate(grain), grain)
	if now := time.Now(); since.After(now) || until.Before(now) {
		t.Errorf("%s is not between %s and %s", now, since, until)
	}
	if apart := until.Sub(since); apart != width {
		t.Errorf("the bounds are %s apart, want %s", apart, width)
	}
}

func TestLocalTime_withoutKnowledgeOfTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platformClock{silent: true}
		c := client(t, p)
		checkLocal(t, c, p, time.Second, time.Second)
		ask(t, c)
		checkLocal(t, c, p, time.Millisecond, time.Millisecond)
	})
}

func TestLocalTime_byDateHeaders(t *testing.T) {
	for _, ahead := range []time.Duration{0, -3 * time.Hour, time.Hour, 400 * time.Millisecond} {
		t.Run(ahead.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &platformClock{ahead: ahead, latency: 200 * time.Millisecond}
				c := client(t, p)
				ask(t, c)
				// The header is exact to a second, and may have been written at any time
				// between sending and answering.
				checkLocal(t, c, p, time.Second, time.Second+1200*time.Millisecond)
			})
		})
	}
}

// Every answer narrows the bounds, although each is exact only to a second.
func TestLocalTime_boundsNarrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platformClock{ahead: -3 * time.Hour, latency: 200 * time.Millisecond}
		c := client(t, p)
		for range 20 {
			ask(t, c)
			time.Sleep(37 * time.Millisecond)
		}
		// Headers written shortly before and shortly after a whole second leave a
		// fraction of it.
		since, until := c.LocalTime(p.now(), time.Millisecond)
		if apart := until.Sub(since); apart > 300*time.Millisecond {
			t.Errorf("after 20 answers the bounds are %s apart", apart)
		}
		if now := time.Now(); since.After(now) || until.Before(now) {
			t.Errorf("%s is not between %s and %s", now, since, until)
		}
	})
}

func TestNoteClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platformClock{ahead: time.Hour, latency: 20 * time.Millisecond}
		c := client(t, p)
		time.Sleep(300 * time.Millisecond)
		resp := ask(t, c)
		c.NoteClock(resp, resp.Answered.Add(p.ahead-7*time.Millisecond).Truncate(time.Millisecond))
		checkLocal(t, c, p, time.Millisecond, 22*time.Millisecond)
		ask(t, c) // a header that says it less exactly changes nothing
		checkLocal(t, c, p, time.Millisecond, 22*time.Millisecond)
	})
}

// The time that an answer gives for itself belongs to the attempt that was answered.
func TestNoteClock_afterRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platformClock{ahead: time.Hour, latency: 20 * time.Millisecond, silent: true}
		c := client(t, &script{steps: []http.RoundTripper{gives(500, ""), p}})
		resp := ask(t, c)
		c.NoteClock(resp, resp.Answered.Add(p.ahead))
		checkLocal(t, c, p, time.Millisecond, 22*time.Millisecond)
	})
}

// If an answer contradicts what was known, a clock was set, and only the answer counts.
func TestLocalTime_afterAClockWasSet(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -time.Hour, 5 * time.Second} {
		t.Run(by.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &platformClock{latency: 200 * time.Millisecond}
				c := client(t, p)
				ask(t, c)
				p.ahead = by
				ask(t, c)
				checkLocal(t, c, p, time.Second, time.Second+1200*time.Millisecond)
			})
		})
	}
}

func TestLocalTime_withoutReadableDates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platformClock{silent: true}
		c := client(t, gives(200, "{}", "Date", "yesterday"))
		ask(t, c)
		checkLocal(t, c, p, time.Second, time.Second)
	})
}

// A date is exact to a second: the platform's clock shows at least what is said of it.
func TestPlatformTime(t *testing.T) {
	for _, ahead := range []time.Duration{0, time.Hour, -time.Hour, 400 * time.Millisecond, 999 * time.Millisecond} {
		t.Run(ahead.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &platformClock{ahead: ahead, latency: 200 * time.Millisecond}
				c := client(t, p)
				now := time.Now()
				if at, known := c.PlatformTime(now); !at.Equal(now) || known {
					t.Errorf("before any answer, the platform's time is %s, known: %v", at.Sub(now), known)
				}
				ask(t, c)
				at, known := c.PlatformTime(time.Now())
				if behind := p.now().Sub(at); behind < 0 || behind > 1200*time.Millisecond || !known {
					t.Errorf("the platform's time is %s after what is said of it, known: %v", behind, known)
				}
			})
		})
	}
}

package rest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/rest"
)

// roundTrip is a platform without sockets.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, body string, header ...string) *http.Response {
	resp := &http.Response{
		StatusCode:    status,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)),
	}
	for i := 0; i+1 < len(header); i += 2 {
		resp.Header.Set(header[i], header[i+1])
	}
	return resp
}

// limited takes so many calls a second, and so many at once.
type limited struct {
	perSecond, burst float64
	latency          time.Duration
	header           []string

	mu        sync.Mutex
	tokens    float64
	last      time.Time
	accepted  []time.Time
	throttled []time.Time
}

func (l *limited) RoundTrip(*http.Request) (*http.Response, error) {
	time.Sleep(l.latency / 2)
	defer time.Sleep(l.latency / 2)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.last.IsZero() {
		l.tokens = l.burst
	} else {
		l.tokens = min(l.burst, l.tokens+l.perSecond*now.Sub(l.last).Seconds())
	}
	l.last = now
	if l.tokens < 1 {
		l.throttled = append(l.throttled, now)
		return answer(http.StatusTooManyRequests, `{"error":"reach_limit"}`, l.header...), nil
	}
	l.tokens--
	l.accepted = append(l.accepted, now)
	return answer(http.StatusOK, `{}`), nil
}

func client(t *testing.T, transport http.RoundTripper, change ...func(*rest.Config)) *rest.Client {
	t.Helper()
	config := rest.Config{BaseURL: "http://chat.test", MaxRetries: 8, Transport: transport}
	for _, f := range change {
		f(&config)
	}
	c, err := rest.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// hammer makes calls as fast as they go for the given time, and counts their ends.
func hammer(c *rest.Client, workers int, how time.Duration) (good, bad int64) {
	var wg sync.WaitGroup
	var ok, not atomic.Int64
	end := time.Now().Add(how)
	for range workers {
		wg.Go(func() {
			for time.Now().Before(end) {
				resp, err := c.Do(context.Background(), rest.Request{Op: "call", Method: http.MethodGet, Path: []string{"a"}})
				if err == nil && resp.Status == http.StatusOK {
					ok.Add(1)
				} else {
					not.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return ok.Load(), not.Load()
}

func TestPaceFindsTheLimitOfThePlatform(t *testing.T) {
	for _, tt := range []struct {
		name               string
		perSecond, burst   float64
		latency            time.Duration
		workers            int
		header             []string
		atLeast, wastedMax float64
	}{
		{name: "ten a second", perSecond: 10, burst: 10, latency: 20 * time.Millisecond, workers: 10, atLeast: 7.5, wastedMax: 0.12},
		{name: "without a burst", perSecond: 10, burst: 1, latency: 20 * time.Millisecond, workers: 10, atLeast: 5, wastedMax: 0.2},
		{name: "far away", perSecond: 10, burst: 10, latency: 400 * time.Millisecond, workers: 10, atLeast: 7.5, wastedMax: 0.12},
		{name: "a large burst", perSecond: 10, burst: 100, latency: 20 * time.Millisecond, workers: 10, atLeast: 7.5, wastedMax: 0.2},
		{name: "a hundred a second", perSecond: 100, burst: 100, latency: 20 * time.Millisecond, workers: 30, atLeast: 70, wastedMax: 0.1},
		{name: "one a second", perSecond: 1, burst: 2, latency: 20 * time.Millisecond, workers: 5, atLeast: 0.7, wastedMax: 0.6},
		{name: "with Retry-After", perSecond: 10, burst: 10, latency: 20 * time.Millisecond, workers: 10, header: []string{"Retry-After", "1"}, atLeast: 6.5, wastedMax: 0.12},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &limited{perSecond: tt.perSecond, burst: tt.burst, latency: tt.latency, header: tt.header}
				c := client(t, server)
				start := time.Now()
				good, bad := hammer(c, tt.workers, time.Minute)
				rate := float64(good) / time.Since(start).Seconds()
				wasted := float64(len(server.throttled)) / float64(len(server.accepted))
				t.Logf("%.1f calls/s, %.0f%% wasted", rate, 100*wasted)
				if bad > 0 {
					t.Errorf("%d calls failed", bad)
				}
				if rate < tt.atLeast {
					t.Errorf("%.1f calls a second, want at least %v", rate, tt.atLeast)
				}
				if wasted > tt.wastedMax {
					t.Errorf("%.0f%% of the calls were wasted, want at most %.0f%%", 100*wasted, 100*tt.wastedMax)
				}
			})
		})
	}
}

func TestPaceIsUnlimitedUntilThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(t, roundTrip(func(*http.Request) (*http.Response, error) {
			time.Sleep(10 * time.Millisecond)
			return answer(200, `{}`), nil
		}))
		if good, _ := hammer(c, 10, time.Second); good < 950 {
			t.Errorf("%d calls in a second, want 1000", good)
		}
	})
}

func TestPaceForgetsAnEpisode(t *testing.T) {
	for name, late := range map[string]time.Duration{
		"throttled at the same time": 0,
		// By then the others have sent their next calls.
		"throttled later than the others are accepted": time.Millisecond,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var throttle atomic.Bool
				throttle.Store(true)
				c := client(t, roundTrip(func(*http.Request) (*http.Response, error) {
					throttled := throttle.Swap(false)
					time.Sleep(10 * time.Millisecond)
					if throttled {
						time.Sleep(late)
						return answer(503, `busy`), nil
					}
					return answer(200, `{}`), nil
				}))
				if good, _ := hammer(c, 10, time.Second); good > 30 {
					t.Errorf("%d calls in the second of the throttling, want few", good)
				}
				time.Sleep(20 * time.Second)
				if good, _ := hammer(c, 10, time.Second); good < 950 {
					t.Errorf("%d calls in a second after 20 calm ones, want 1000", good)
				}
			})
		})
	}
}

func TestPaceCeiling(t *testing.T) {
	for _, perSecond := range []float64{0.5, 5, 50, 500} {
		t.Run(fmt.Sprint(perSecond), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &limited{perSecond: 1e6, burst: 1e6, latency: 5 * time.Millisecond}
				c := client(t, server, func(c *rest.Config) { c.RequestsPerSecond = perSecond })
				hammer(c, 10, 10*time.Second)
				for i, first := range server.accepted {
					n := 0
					for _, at := range server.accepted[i:] {
						if at.Sub(first) >= time.Second {
							break
						}
						n++
					}
					if float64(n) > perSecond*1.05+1 {
						t.Fatalf("%d calls within a second, and %v are allowed", n, perSecond)
					}
				}
				if got := float64(len(server.accepted)); got < 9*perSecond {
					t.Errorf("%v calls in ten seconds, and %v are allowed", got, 10*perSecond)
				}
			})
		})
	}
}

// windowed takes so many calls per minute and says how many are left.
type windowed struct {
	limit, used         int
	opened              time.Time
	accepted, throttled int
	mu                  sync.Mutex
}

func (w *windowed) RoundTrip(*http.Request) (*http.Response, error) {
	time.Sleep(10 * time.Millisecond)
	defer time.Sleep(10 * time.Millisecond)
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := time.Now(); now.Sub(w.opened) >= time.Minute {
		w.opened, w.used = now, 0
	}
	status := http.StatusTooManyRequests
	if w.used < w.limit {
		w.used++
		w.accepted++
		status = http.StatusOK
	} else {
		w.throttled++
	}
	left := time.Until(w.opened.Add(time.Minute))
	return answer(status, `{}`,
		"X-Rate-Limit-Limit", fmt.Sprint(w.limit),
		"X-Rate-Limit-Remaining", fmt.Sprint(w.limit-w.used),
		"X-Rate-Limit-Reset", fmt.Sprint(int((left+time.Second-1)/time.Second))), nil
}

func TestPaceKeepsToTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &windowed{limit: 100}
		c := client(t, server)
		_, bad := hammer(c, 10, 170*time.Second)
		if bad != 0 || server.throttled > 0 {
			t.Errorf("%d calls failed and %d were throttled, want none", bad, server.throttled)
		}
		if server.accepted < 300 {
			t.Errorf("%d calls in three windows of 100", server.accepted)
		}
	})
}

// Admissions are spread over what is left of a window, so that whoever gathers
// inputs meanwhile never stands still until the next one.
func TestAdmissionsAreSpreadOverTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &windowed{limit: 60}
		c := client(t, server)
		var longest time.Duration
		for begun := time.Now(); time.Since(begun) < 3*time.Minute; {
			asked := time.Now()
			admitted, _, err := c.Admit(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			longest = max(longest, time.Since(asked))
			if _, err := c.Do(admitted, rest.Request{Op: "call", Method: http.MethodGet, Path: []string{"a"}}); err != nil {
				t.Fatal(err)
			}
		}
		if server.throttled > 0 {
			t.Errorf("%d calls were throttled", server.throttled)
		}
		if longest > 5*time.Second {
			t.Errorf("an admission took %s, and 60 are due every minute", longest)
		}
		if server.accepted < 150 {
			t.Errorf("%d calls in three windows of 60", server.accepted)
		}
	})
}

func TestAdmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &limited{perSecond: 1e6, burst: 1e6}
		c := client(t, server, func(c *rest.Config) { c.RequestsPerSecond = 1 })
		call := func(ctx context.Context) time.Duration {
			start := time.Now()
			if _, err := c.Do(ctx, rest.Request{Op: "call", Method: http.MethodGet, Path: []string{"a"}}); err != nil {
				t.Error(err)
			}
			return time.Since(start)
		}
		call(t.Context())
		start := time.Now()
		admitted, release, err := c.Admit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited != time.Second {
			t.Errorf("admission took %s, want 1s", waited)
		}
		if d := call(admitted); d != 0 {
			t.Errorf("the admitted call waited %s", d)
		}
		if d := call(admitted); d != time.Second {
			t.Errorf("the second call of an admission waited %s, want 1s", d)
		}
		release()
		if d := call(t.Context()); d != time.Second {
			t.Errorf("after the release of a used admission the call waited %s, want 1s", d)
		}

		_, release, err = c.Admit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		release()
		release()
		if d := call(t.Context()); d != 0 {
			t.Errorf("the call that took over an admission waited %s", d)
		}
		if d := call(t.Context()); d != time.Second {
			t.Errorf("an admission was given back twice: the call waited %s", d)
		}

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := c.Admit(ctx); err == nil {
			t.Error("a cancelled context was admitted")
		}
	})
}

func TestUnpacedDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(t, &limited{perSecond: 1e6, burst: 1e6}, func(c *rest.Config) { c.RequestsPerSecond = 0.1 })
		start := time.Now()
		for range 5 {
			if _, err := c.Do(t.Context(), rest.Request{Op: "token", Method: http.MethodPost, Path: []string{"token"}, Unpaced: true}); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("waited %s", d)
		}
	})
}

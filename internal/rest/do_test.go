package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// script answers one request after the other, the last answer again and again.
type script struct {
	steps []http.RoundTripper

	mu   sync.Mutex
	sent []time.Time
	seen []*http.Request
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	return s.next(r).RoundTrip(r)
}

func (s *script) next(r *http.Request) http.RoundTripper {
	s.mu.Lock()
	defer s.mu.Unlock()
	step := s.steps[min(len(s.sent), len(s.steps)-1)]
	s.sent = append(s.sent, time.Now())
	s.seen = append(s.seen, r)
	return step
}

func gives(status int, body string, header ...string) http.RoundTripper {
	return roundTrip(func(*http.Request) (*http.Response, error) { return answer(status, body, header...), nil })
}

func breaks(err error) http.RoundTripper {
	return roundTrip(func(*http.Request) (*http.Response, error) { return nil, err })
}

var hangs = roundTrip(func(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
})

// after answers so late, unless the request ends before.
func after(d time.Duration, step http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return step.RoundTrip(r)
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	})
}

type brokenBody struct{ err error }

func (b brokenBody) Read([]byte) (int, error) { return 0, b.err }
func (brokenBody) Close() error               { return nil }

var cut = roundTrip(func(*http.Request) (*http.Response, error) {
	resp := answer(200, "")
	resp.Body, resp.ContentLength = brokenBody{io.ErrUnexpectedEOF}, 100
	return resp, nil
})

var post = rest.Request{Op: `register user "ann"`, Method: http.MethodPost, Path: []string{"users"}, Body: map[string]string{"a": "b"}}

func TestRetries(t *testing.T) {
	quota := post
	quota.Final = func(status int, body []byte) bool { return status == 429 && strings.Contains(string(body), "quota") }
	stubborn := post
	stubborn.Retry = func(status int, body []byte) bool { return status == 400 && strings.Contains(string(body), "later") }
	unclear := stubborn
	unclear.Unclear = stubborn.Retry
	once := post
	once.Once = true
	ok := gives(200, `{"ok":true}`)
	for _, tt := range []struct {
		name    string
		request rest.Request
		steps   []http.RoundTripper
		sent    int
		status  int
		maybe   bool
		// unanswered is set if an attempt had no answer of the platform.
		unanswered bool
		err        string
		// late says that the first attempt found no connection, so that the second was sent first.
		late bool
	}{
		{name: "at once", request: post, steps: []http.RoundTripper{ok}, sent: 1, status: 200},
		{name: "throttled", request: post, steps: []http.RoundTripper{gives(429, "{}"), gives(429, "{}"), ok}, sent: 3, status: 200},
		{name: "server errors", request: post, steps: []http.RoundTripper{gives(500, ""), gives(502, ""), gives(503, ""), gives(504, ""), gives(408, ""), ok}, sent: 6, status: 200, maybe: true, unanswered: true},
		{name: "timeout", request: post, steps: []http.RoundTripper{hangs, ok}, sent: 2, status: 200, maybe: true, unanswered: true},
		{name: "broken connection", request: post, steps: []http.RoundTripper{breaks(io.EOF), ok}, sent: 2, status: 200, maybe: true, unanswered: true},
		{name: "broken body", request: post, steps: []http.RoundTripper{cut, ok}, sent: 2, status: 200, maybe: true, unanswered: true},
		{name: "refused connection", request: post, steps: []http.RoundTripper{breaks(refused), ok}, sent: 2, status: 200, late: true},
		{name: "a gateway that gave up", request: post, steps: []http.RoundTripper{gives(504, ""), gives(400, "{}")}, sent: 2, status: 400, maybe: true, unanswered: true},
		{name: "a request timeout", request: post, steps: []http.RoundTripper{gives(408, ""), ok}, sent: 2, status: 200, maybe: true, unanswered: true},
		{name: "other server errors", request: post, steps: []http.RoundTripper{gives(500, ""), gives(502, ""), gives(503, ""), ok}, sent: 4, status: 200, maybe: true},
		{name: "throttled after a broken connection", request: post, steps: []http.RoundTripper{breaks(io.EOF), gives(429, "busy")}, sent: 4, status: 429, maybe: true, unanswered: true},
		{name: "a read without an answer", request: rest.Request{Op: "read", Method: http.MethodGet}, steps: []http.RoundTripper{hangs, gives(504, ""), ok}, sent: 3, status: 200},
		{name: "client errors are final", request: post, steps: []http.RoundTripper{gives(400, "{}")}, sent: 1, status: 400},
		{name: "after an unclear one", request: post, steps: []http.RoundTripper{gives(500, ""), gives(400, "{}")}, sent: 2, status: 400, maybe: true},
		{name: "redirects are not followed", request: post, steps: []http.RoundTripper{gives(302, "", "Location", "http://elsewhere.test/")}, sent: 1, status: 302},
		{name: "quota", request: quota, steps: []http.RoundTripper{gives(429, "quota")}, sent: 1, status: 429},
		{name: "no quota", request: quota, steps: []http.RoundTripper{gives(429, "busy"), ok}, sent: 2, status: 200},
		{name: "unclear", request: unclear, steps: []http.RoundTripper{gives(400, "later"), gives(400, "no")}, sent: 2, status: 400, maybe: true},
		{name: "clear", request: unclear, steps: []http.RoundTripper{gives(400, "no")}, sent: 1, status: 400},
		{name: "worth it", request: stubborn, steps: []http.RoundTripper{gives(400, "later"), ok}, sent: 2, status: 200},
		{name: "once, and throttled before", request: once, steps: []http.RoundTripper{gives(429, "{}"), breaks(refused), ok}, sent: 3, status: 200},
		{name: "once, and broken", request: once, steps: []http.RoundTripper{gives(503, "{}"), ok}, sent: 1, status: 503, maybe: true},
		{name: "once, and lost", request: once, steps: []http.RoundTripper{breaks(io.EOF), ok}, sent: 1, maybe: true, unanswered: true, err: `register user "ann": unavailable: no answer from chat.test in 1 attempt: the connection was closed before an answer came`},
		{name: "the last 5xx is an answer", request: post, steps: []http.RoundTripper{gives(500, "broken")}, sent: 4, status: 500, maybe: true},
		{name: "never throttled out", request: post, steps: []http.RoundTripper{gives(429, "busy")}, sent: 4, status: 429},
		{name: "no answer", request: post, steps: []http.RoundTripper{breaks(io.EOF)}, sent: 4, maybe: true, unanswered: true, err: `register user "ann": unavailable: no answer from chat.test in 4 attempts within %s: the connection was closed before an answer came`},
		{name: "no answer in time", request: post, steps: []http.RoundTripper{hangs}, sent: 4, maybe: true, unanswered: true, err: `register user "ann": unavailable: no answer from chat.test in 4 attempts within %s: no answer within 30s`},
		{name: "too long", request: post, steps: []http.RoundTripper{gives(200, strings.Repeat("x", 11<<20))}, sent: 1, maybe: true, unanswered: true, err: `register user "ann": unavailable: the answer is longer than 10 MB`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: tt.steps}
				retries := 3
				if tt.status == 200 {
					retries = 8
				}
				c := client(t, s, func(c *rest.Config) { c.MaxRetries = retries })
				start := time.Now()
				resp, err := c.Do(t.Context(), tt.request)
				if len(s.sent) != tt.sent {
					t.Errorf("%d attempts, want %d", len(s.sent), tt.sent)
				}
				for i := 1; i < len(s.sent); i++ {
					if gap := s.sent[i].Sub(s.sent[i-1]); gap < 500*time.Millisecond || gap > time.Minute {
						t.Errorf("attempt %d came %s after the one before", i+1, gap)
					}
				}
				if tt.err != "" {
					var failure *chat.Error
					if !errors.As(err, &failure) || !errors.Is(err, chat.ErrUnavailable) {
						t.Fatalf("error %v is not ErrUnavailable", err)
					}
					took := time.Since(start).Round(100 * time.Millisecond)
					if want := strings.ReplaceAll(tt.err, "%s", took.String()); err.Error() != want {
						t.Errorf("error %q, want %q", err, want)
					}
					if failure.MaybeApplied != tt.maybe || failure.Unanswered != tt.unanswered {
						t.Errorf("MaybeApplied %v, Unanswered %v", failure.MaybeApplied, failure.Unanswered)
					}
					if !failure.SentAt.Equal(start) {
						t.Errorf("sent at %s, want %s", failure.SentAt, start)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if resp.Status != tt.status || resp.MaybeApplied != tt.maybe || resp.Unanswered != tt.unanswered {
					t.Errorf("status %d, MaybeApplied %v, Unanswered %v; want %d, %v, %v",
						resp.Status, resp.MaybeApplied, resp.Unanswered, tt.status, tt.maybe, tt.unanswered)
				}
				sent := start
				if tt.late {
					sent = s.sent[1]
				}
				if !resp.Sent.Equal(sent) {
					t.Errorf("first sent at %s, want %s", resp.Sent, sent)
				}
				if !resp.Answered.Equal(time.Now()) {
					t.Errorf("answered at %s, want %s", resp.Answered, time.Now())
				}
			})
		})
	}
}

func TestNoRetries(t *testing.T) {
	s := &script{steps: []http.RoundTripper{gives(503, "busy")}}
	c := client(t, s, func(c *rest.Config) { c.MaxRetries = 0 })
	resp, err := c.Do(t.Context(), post)
	if err != nil || resp.Status != 503 || !resp.MaybeApplied || len(s.sent) != 1 {
		t.Errorf("%+v, %v after %d attempts", resp, err, len(s.sent))
	}
}

func TestRetryAfter(t *testing.T) {
	special := post
	special.RetryAfter = func(h http.Header) (time.Duration, bool) {
		d, err := time.ParseDuration(h.Get("X-Wait"))
		return d, err == nil
	}
	for _, tt := range []struct {
		name     string
		request  rest.Request
		header   []string
		from, to time.Duration
	}{
		{"seconds", post, []string{"Retry-After", "7"}, 7 * time.Second, 9 * time.Second},
		{"minutes", post, []string{"Retry-After", "600"}, 10 * time.Minute, 10*time.Minute + 2*time.Second},
		{"date", post, []string{"Retry-After", "Sat, 01 Jan 2000 00:00:40 GMT", "Date", "Sat, 01 Jan 2000 00:00:00 GMT"}, 40 * time.Second, 42 * time.Second},
		{"nonsense", post, []string{"Retry-After", "soon"}, 500 * time.Millisecond, 2 * time.Second},
		{"the platform's own", special, []string{"X-Wait", "5s"}, 5 * time.Second, 7 * time.Second},
		{"window", post, []string{"X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "30"}, 30 * time.Second, 31 * time.Second},
	} {
		for _, unpaced := range []bool{false, true} {
			if unpaced && tt.name == "window" {
				continue
			}
			t.Run(fmt.Sprintf("%s, unpaced %v", tt.name, unpaced), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &script{steps: []http.RoundTripper{gives(429, "{}", tt.header...), gives(200, "{}")}}
					tt.request.Unpaced = unpaced
					if _, err := client(t, s).Do(t.Context(), tt.request); err != nil {
						t.Fatal(err)
					}
					if d := s.sent[1].Sub(s.sent[0]); d < tt.from || d > tt.to {
						t.Errorf("waited %s, want %s to %s", d, tt.from, tt.to)
					}
				})
			})
		}
	}
}

// What asks for more than ten minutes is an error, at once and for every call.
func TestRetryAfterTooLong(t *testing.T) {
	unpaced := post
	unpaced.Unpaced = true
	for _, tt := range []struct {
		name    string
		request rest.Request
		status  int
		header  []string
		wait    string
		others  bool
	}{
		{"throttled", post, 429, []string{"Retry-After", "601"}, "10m1s", true},
		{"unpaced", unpaced, 429, []string{"Retry-After", "86400"}, "24h0m0s", false},
		{"server error", post, 500, []string{"Retry-After", "3600"}, "1h0m0s", false},
		{"window", post, 429, []string{"X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "3000"}, "50m0s", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				s := &script{steps: []http.RoundTripper{gives(tt.status, "{}", tt.header...), gives(200, "{}")}}
				c := client(t, s)
				_, err := c.Do(t.Context(), tt.request)
				want := fmt.Sprintf("register user \"ann\": throttled: HTTP %d: the platform asks to wait %s before the next call, "+
					"longer than the 10m0s that the provider waits; try again later", tt.status, tt.wait)
				var failure *chat.Error
				if !errors.Is(err, chat.ErrThrottled) || !errors.As(err, &failure) || err.Error() != want {
					t.Fatalf("error %v, want %q", err, want)
				}
				if failure.MaybeApplied != (tt.status == 500) || !failure.SentAt.Equal(start) {
					t.Errorf("MaybeApplied %v, sent at %s", failure.MaybeApplied, failure.SentAt)
				}

				_, err = c.Do(t.Context(), post)
				_, release, admitErr := c.Admit(t.Context())
				if !tt.others {
					if err != nil || admitErr != nil {
						t.Errorf("another call: %v, %v", err, admitErr)
					}
					release()
				} else {
					want = "the platform asks to wait " + tt.wait
					if !errors.Is(err, chat.ErrThrottled) || !strings.Contains(err.Error(), want) || errors.As(err, &failure) && !failure.SentAt.IsZero() {
						t.Errorf("another call: %v, want %q", err, want)
					}
					if !errors.Is(admitErr, chat.ErrThrottled) || !strings.Contains(admitErr.Error(), want) {
						t.Errorf("another admission: %v, want %q", admitErr, want)
					}
					if len(s.sent) != 1 {
						t.Errorf("%d calls were sent, want 1", len(s.sent))
					}
				}
				if waited := time.Since(start); waited != 0 {
					t.Errorf("waited %s", waited)
				}
			})
		})
	}
}

// The right to send a call is no right to send it against the platform's wish.
func TestAdmittedCallsAreHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []http.RoundTripper{gives(429, "{}", "Retry-After", "3600"), gives(200, "{}")}}
		c := client(t, s)
		ctx, release, err := c.Admit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		for _, ctx := range []context.Context{t.Context(), ctx} {
			if _, err := c.Do(ctx, post); !errors.Is(err, chat.ErrThrottled) || !strings.Contains(err.Error(), "the platform asks to wait 1h0m0s") {
				t.Errorf("error %v", err)
			}
		}
		if len(s.sent) != 1 {
			t.Errorf("%d calls were sent, want 1", len(s.sent))
		}
	})
}

// A quota that is used up concerns one kind of call; what it says about waiting holds
// no other call back.
func TestFinalAnswersHoldNothingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quota := post
		quota.Final = func(int, []byte) bool { return true }
		s := &script{steps: []http.RoundTripper{gives(429, "{}", "Retry-After", "3600"), gives(200, "{}")}}
		c := client(t, s)
		start := time.Now()
		for _, want := range []int{429, 200} {
			if resp, err := c.Do(t.Context(), quota); err != nil || resp.Status != want {
				t.Errorf("%+v, %v, want status %d", resp, err, want)
			}
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("waited %s", waited)
		}
	})
}

// An error says when the call was first sent, by our clock, whatever the platform's
// clock shows.
func TestSentAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []http.RoundTripper{
			roundTrip(func(*http.Request) (*http.Response, error) {
				return answer(200, "{}", "Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)), nil
			}),
			after(time.Second, breaks(io.EOF)),
		}}
		c := client(t, s, func(c *rest.Config) { c.MaxRetries = 2 })
		if _, err := c.Do(t.Context(), post); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err := c.Do(t.Context(), post)
		var failure *chat.Error
		if !errors.As(err, &failure) || !failure.SentAt.Equal(start) {
			t.Errorf("%#v, want it sent at %s", err, start)
		}
		if time.Since(start) < 4*time.Second {
			t.Errorf("three attempts took %s", time.Since(start))
		}
	})
}

func TestPathsAreEscaped(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, r.Method+" "+r.RequestURI+" "+string(body)+" "+r.Header.Get("User-Agent"))
	}))
	defer server.Close()
	c, err := rest.New(rest.Config{BaseURL: server.URL + "/proxy/", UserAgent: "test/1"})
	if err != nil {
		t.Fatal(err)
	}
	request := rest.Request{Op: "x", Method: http.MethodDelete, Path: []string{"a/b", "?c#%2e", "{d}"}, Query: url.Values{"q": {"a&b"}}, Body: []string{"<é>"}}
	if _, err := c.Do(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	want := `DELETE /proxy/a%2Fb/%3Fc%23%252e/%7Bd%7D?q=a%26b ["<é>"] test/1`
	if !slices.Equal(got, []string{want}) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, bad := range []string{"", ".", ".."} {
		_, err := c.Do(t.Context(), rest.Request{Op: "delete user", Method: http.MethodDelete, Path: []string{"users", bad}})
		if !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("path segment %q: %v", bad, err)
		}
	}
	if len(got) != 1 {
		t.Errorf("requests were made: %q", got[1:])
	}
}

func TestConfig(t *testing.T) {
	for _, base := range []string{"", "a1.easemob.com", "ftp://host", "https://", "https://:443", "https://host?x=1", "https://host#x", "https://ann:secret@host", "http://%zz"} {
		_, err := rest.New(rest.Config{BaseURL: base})
		if !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("base URL %q: %v", base, err)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("base URL %q: %v", base, err)
		}
	}
	for _, config := range []rest.Config{{MaxRetries: -1}, {Timeout: -1}, {RequestsPerSecond: -1}} {
		config.BaseURL = "https://host"
		if _, err := rest.New(config); !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("%+v: %v", config, err)
		}
	}
	for base, want := range map[string]bool{
		"http://a1.easemob.com": true, "HTTP://10.0.0.1:80": true, "http://localhost.example": true,
		"https://a1.easemob.com": false, "http://localhost:7420": false, "http://127.0.0.1": false, "http://[::1]:1": false, "http://127.9.9.9": false,
	} {
		if got := rest.PlainHTTPWarning(base); got != want {
			t.Errorf("PlainHTTPWarning(%q) = %v", base, got)
		}
	}
}

func TestRedact(t *testing.T) {
	const secret = `p&"ss<wörd>/1`
	c := client(t, roundTrip(nil))
	c.Hide(secret, "app-master-secret", "")
	quoted, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(secret); err != nil {
		t.Fatal(err)
	}
	basic := func(user string) string {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.SetBasicAuth(user, "app-master-secret")
		return r.Header.Get("Authorization")
	}
	for _, text := range []string{
		secret, "it was " + secret + ".", string(quoted), plain.String(), url.QueryEscape(secret), url.PathEscape(secret),
		"app-master-secret-1", basic("key"), basic("keyy"), basic("keyyy"),
	} {
		got := c.Redact(text)
		if !strings.Contains(got, "[hidden]") || strings.Contains(got, "ss<w") || strings.Contains(got, "master") || strings.Contains(got, "p%26") ||
			len(got) > len("Basic a2V5eXk6")+len("[hidden]") {
			t.Errorf("Redact(%q) = %q", text, got)
		}
	}
	for _, tt := range []struct{ text, secret, want string }{
		{"the user 123 has 12345, and (123)", "123", "the user [hidden] has 12345, and ([hidden])"},
		{"aba", "a", "aba"},
		{"a b a", "a", "[hidden] b [hidden]"},
		{"12 1", "1", "12 [hidden]"},
		{"123123 123", "123", "123123 [hidden]"},
		{"wide open", "open", "wide [hidden]"},
		{"reopened", "open", "re[hidden]ed"},
	} {
		if got := c.Redact(tt.text, tt.secret); got != tt.want {
			t.Errorf("Redact(%q, %q) = %q, want %q", tt.text, tt.secret, got, tt.want)
		}
	}
	for _, tt := range []struct{ text, secret, want string }{
		{`password [se\/cret\/word]`, "se/cret/word", "password [[hidden]]"},
		{`password [se\u003dcret\u0027word]`, "se=cret'word", "password [[hidden]]"},
		{`password [gehe\u00EFm]`, "geheïm", "password [[hidden]]"},
		{`password [\ud83d\ude00smile]`, "\U0001F600smile", "password [[hidden]]"},
		{`password [tab\u0009 and\nline]`, "tab\t and\nline", "password [[hidden]]"},
		{`{"request":"{\"password\":\"se\\/cret\"}"}`, "se/cret", `{"request":"{"password":"[hidden]"}"}`},
		{`C:\/users \u00e`, "secret", `C:\/users \u00e`}, // nothing is hidden, and nothing changed
	} {
		if got := c.Redact(tt.text, tt.secret); got != tt.want {
			t.Errorf("Redact(%q, %q) = %q, want %q", tt.text, tt.secret, got, tt.want)
		}
	}
	if got := c.Redact("xyzw-long xyzw", "xyzw", "xyzw-long"); got != "[hidden] [hidden]" {
		t.Errorf("a secret within a secret: %q", got)
	}
}

func TestNoSecretIsTold(t *testing.T) {
	const canary = "canary-secret"
	request := post
	request.Secrets = []string{"other-secret"}
	request.Header = http.Header{"Authorization": {"Bearer " + canary}}
	request.Body = map[string]string{"password": "other-secret"}
	for name, step := range map[string]http.RoundTripper{
		"error":   breaks(errors.New("malformed answer " + canary + " other-secret")),
		"body":    gives(500, "<p>"+canary+"</p> other-secret"),
		"text":    gives(400, `{"x":"`+canary+` other-secret"`),
		"success": gives(200, `{"x":"`+canary+` other-secret"`),
	} {
		synctest.Test(t, func(t *testing.T) {
			var told []string
			c := client(t, &script{steps: []http.RoundTripper{step}}, func(c *rest.Config) {
				c.MaxRetries = 1
				c.Log = func(_ context.Context, _ slog.Level, msg string, fields map[string]any) {
					told = append(told, fmt.Sprint(msg, fields))
				}
			})
			c.Hide(canary)
			resp, err := c.Do(t.Context(), request)
			if err == nil {
				err = rest.Decode(resp, request, &struct{}{})
				told = append(told, rest.Excerpt(resp, request))
			}
			for ; err != nil; err = errors.Unwrap(err) {
				told = append(told, fmt.Sprintf("%v %+v", err, err))
			}
			if len(told) < 2 {
				t.Errorf("%s: told only %q", name, told)
			}
			for _, text := range told {
				if strings.Contains(text, canary) || strings.Contains(text, "other-secret") {
					t.Errorf("%s: a secret in %q", name, text)
				}
			}
		})
	}
}

// What must not take effect twice is repeated only as long as it cannot have taken effect.
func TestOnce(t *testing.T) {
	ok := gives(201, "{}")
	for _, tt := range []struct {
		name   string
		steps  []http.RoundTripper
		sent   int
		status int // 0 if there is no answer
		maybe  bool
	}{
		{"at once", []http.RoundTripper{ok}, 1, 201, false},
		{"throttled", []http.RoundTripper{gives(429, "{}"), ok}, 2, 201, false},
		{"no connection", []http.RoundTripper{breaks(refused), ok}, 2, 201, false},
		{"a server error", []http.RoundTripper{gives(500, ""), ok}, 1, 500, true},
		{"unavailable", []http.RoundTripper{gives(503, ""), ok}, 1, 503, true},
		{"a broken connection", []http.RoundTripper{breaks(io.EOF), ok}, 1, 0, true},
		{"no answer", []http.RoundTripper{hangs, ok}, 1, 0, true},
		{"a server error after throttling", []http.RoundTripper{gives(429, "{}"), gives(500, ""), ok}, 2, 500, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: tt.steps}
				request := post
				request.Once = true
				resp, err := client(t, s).Do(t.Context(), request)
				status, maybe := 0, false
				if err == nil {
					status, maybe = resp.Status, resp.MaybeApplied
				} else {
					_, maybe = chat.Unsettled(err)
				}
				if len(s.sent) != tt.sent || status != tt.status || maybe != tt.maybe {
					t.Errorf("%d, %v after %d attempts, may have taken effect: %v", status, err, len(s.sent), maybe)
				}
			})
		})
	}
}

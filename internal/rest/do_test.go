package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// script answers one request after the other, the last answer again and again.
type script struct {
	steps []http.RoundTripper
	sent  []time.Time
	seen  []*http.Request
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	step := s.steps[min(len(s.sent), len(s.steps)-1)]
	s.sent = append(s.sent, time.Now())
	s.seen = append(s.seen, r)
	return step.RoundTrip(r)
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

type brokenBody struct{ err error }

func (b brokenBody) Read([]byte) (int, error) { return 0, b.err }
func (brokenBody) Close() error               { return nil }

var cut = roundTrip(func(*http.Request) (*http.Response, error) {
	resp := answer(200, "")
	resp.Body, resp.ContentLength = brokenBody{io.ErrUnexpectedEOF}, 100
	return resp, nil
})

var post = rest.Request{Op: "register user", Users: []string{"ann"}, Method: http.MethodPost, Path: []string{"users"}, Body: map[string]string{"a": "b"}}

func TestRetries(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	quota := post
	quota.Final = func(status int, body []byte) bool { return status == 429 && strings.Contains(string(body), "quota") }
	stubborn := post
	stubborn.Retry = func(status int, body []byte) bool { return status == 400 && strings.Contains(string(body), "later") }
	ok := gives(200, `{"ok":true}`)
	for _, tt := range []struct {
		name    string
		request rest.Request
		steps   []http.RoundTripper
		sent    int
		status  int
		maybe   bool
		err     string
	}{
		{name: "at once", request: post, steps: []http.RoundTripper{ok}, sent: 1, status: 200},
		{name: "throttled", request: post, steps: []http.RoundTripper{gives(429, "{}"), gives(429, "{}"), ok}, sent: 3, status: 200},
		{name: "server errors", request: post, steps: []http.RoundTripper{gives(500, ""), gives(502, ""), gives(503, ""), gives(504, ""), gives(408, ""), ok}, sent: 6, status: 200, maybe: true},
		{name: "timeout", request: post, steps: []http.RoundTripper{hangs, ok}, sent: 2, status: 200, maybe: true},
		{name: "broken connection", request: post, steps: []http.RoundTripper{breaks(io.EOF), ok}, sent: 2, status: 200, maybe: true},
		{name: "broken body", request: post, steps: []http.RoundTripper{cut, ok}, sent: 2, status: 200, maybe: true},
		{name: "refused connection", request: post, steps: []http.RoundTripper{breaks(refused), ok}, sent: 2, status: 200},
		{name: "client errors are final", request: post, steps: []http.RoundTripper{gives(400, "{}")}, sent: 1, status: 400},
		{name: "after an unclear one", request: post, steps: []http.RoundTripper{gives(500, ""), gives(400, "{}")}, sent: 2, status: 400, maybe: true},
		{name: "redirects are not followed", request: post, steps: []http.RoundTripper{gives(302, "", "Location", "http://elsewhere.test/")}, sent: 1, status: 302},
		{name: "quota", request: quota, steps: []http.RoundTripper{gives(429, "quota")}, sent: 1, status: 429},
		{name: "no quota", request: quota, steps: []http.RoundTripper{gives(429, "busy"), ok}, sent: 2, status: 200},
		{name: "worth it", request: stubborn, steps: []http.RoundTripper{gives(400, "later"), ok}, sent: 2, status: 200},
		{name: "the last 5xx is an answer", request: post, steps: []http.RoundTripper{gives(500, "broken")}, sent: 4, status: 500, maybe: true},
		{name: "never throttled out", request: post, steps: []http.RoundTripper{gives(429, "busy")}, sent: 4, status: 429},
		{name: "no answer", request: post, steps: []http.RoundTripper{breaks(io.EOF)}, sent: 4, maybe: true, err: `register user "ann": unavailable: no answer in 4 attempts: the connection was closed before an answer came`},
		{name: "no answer in time", request: post, steps: []http.RoundTripper{hangs}, sent: 4, maybe: true, err: `register user "ann": unavailable: no answer in 4 attempts: no answer within 30s`},
		{name: "no connection", request: post, steps: []http.RoundTripper{breaks(refused)}, sent: 4, err: `register user "ann": unavailable: no answer in 4 attempts: dial: connection refused`},
		{name: "no such host", request: post, steps: []http.RoundTripper{breaks(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "chat.test", IsNotFound: true}})}, sent: 1, err: `register user "ann": unavailable: dial: lookup chat.test: no such host`},
		{name: "too long", request: post, steps: []http.RoundTripper{gives(200, strings.Repeat("x", 11<<20))}, sent: 1, maybe: true, err: `register user "ann": unavailable: the answer is longer than 10 MB`},
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
					if err.Error() != tt.err {
						t.Errorf("error %q, want %q", err, tt.err)
					}
					if failure.MaybeApplied != tt.maybe {
						t.Errorf("MaybeApplied %v", failure.MaybeApplied)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if resp.Status != tt.status || resp.MaybeApplied != tt.maybe {
					t.Errorf("status %d, MaybeApplied %v; want %d, %v", resp.Status, resp.MaybeApplied, tt.status, tt.maybe)
				}
				if !resp.FirstSent.Equal(start) {
					t.Errorf("first sent at %s, want %s", resp.FirstSent, start)
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
	unpaced := post
	unpaced.Unpaced = true
	for _, tt := range []struct {
		name     string
		request  rest.Request
		header   []string
		from, to time.Duration
	}{
		{"seconds", post, []string{"Retry-After", "7"}, 7 * time.Second, 9 * time.Second},
		{"date", post, []string{"Retry-After", "Sat, 01 Jan 2000 00:00:40 GMT", "Date", "Sat, 01 Jan 2000 00:00:00 GMT"}, 40 * time.Second, 42 * time.Second},
		{"far too long", post, []string{"Retry-After", "86400"}, time.Minute, 2 * time.Minute},
		{"nonsense", post, []string{"Retry-After", "soon"}, 500 * time.Millisecond, 2 * time.Second},
		{"the platform's own", special, []string{"X-Wait", "5s"}, 5 * time.Second, 7 * time.Second},
		{"unpaced", unpaced, []string{"Retry-After", "7"}, 7 * time.Second, 7 * time.Second},
		{"window", post, []string{"X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "30"}, 30 * time.Second, 31 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: []http.RoundTripper{gives(429, "{}", tt.header...), gives(200, "{}")}}
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

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []http.RoundTripper{hangs}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := client(t, s).Do(ctx, post)
		var failure *chat.Error
		if !errors.As(err, &failure) || !errors.Is(err, context.DeadlineExceeded) || !failure.MaybeApplied {
			t.Errorf("error %#v", err)
		}
		if time.Since(start) != time.Second || len(s.sent) != 1 {
			t.Errorf("%d attempts in %s", len(s.sent), time.Since(start))
		}

		_, err = client(t, s).Do(ctx, post)
		if !errors.As(err, &failure) || failure.MaybeApplied || len(s.sent) != 1 {
			t.Errorf("a call under an ended context: %#v, %d attempts", err, len(s.sent))
		}
	})
}

func TestServerTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		behind := -3 * time.Hour
		s := &script{steps: []http.RoundTripper{roundTrip(func(*http.Request) (*http.Response, error) {
			return answer(200, "{}", "Date", time.Now().Add(behind).UTC().Format(http.TimeFormat)), nil
		})}}
		time.Sleep(300 * time.Millisecond)
		resp, err := client(t, s).Do(t.Context(), post)
		if err != nil {
			t.Fatal(err)
		}
		if early := time.Now().Add(behind).Sub(resp.FirstSent); early < 0 || early > time.Second {
			t.Errorf("FirstSent is %s early, want 0 to 1s", early)
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
				c.Log = func(_ context.Context, msg string, fields map[string]any) {
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

func TestLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		s := &script{steps: []http.RoundTripper{gives(500, ""), breaks(io.EOF), gives(200, "{}")}}
		c := client(t, s, func(c *rest.Config) {
			c.Log = func(_ context.Context, msg string, fields map[string]any) {
				told = append(told, fmt.Sprint(msg, " ", fields["method"], " ", fields["path"], " ", fields["status"], " ", fields["attempt"], " ", fields["error"]))
			}
		})
		if _, err := c.Do(t.Context(), rest.Request{Op: "read user", Method: http.MethodGet, Path: []string{"users", "a b"}}); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"platform call: read user GET /users/a%20b 500 1 <nil>",
			`platform call: read user GET /users/a%20b <nil> 2 Get "http://chat.test/users/a%20b": EOF`,
			"platform call: read user GET /users/a%20b 200 3 <nil>",
		}
		if !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}

func TestDecode(t *testing.T) {
	for _, tt := range []struct {
		name, contentType, body string
		status                  int
		want                    string
	}{
		{"json", "application/json", `{"a":1}`, 200, ""},
		{"json under any name", "text/plain", ` {"a":1} `, 200, ""},
		{"empty", "application/json", " \n", 200, "HTTP 200: an empty answer"},
		{"html", "text/html", "<html><head><title>x</title></head><body><script>evil()</script><h1>502&nbsp;Bad\nGateway</h1></body></html>", 502, "HTTP 502: answered with HTML instead of JSON: 502 Bad Gateway"},
		{"html under another name", "application/json", "<p>busy</p>", 200, "HTTP 200: answered with HTML instead of JSON: busy"},
		{"cut short", "application/json", `{"a":{"b":[1,2`, 200, `HTTP 200: an answer cut short: {"a":{"b":[1,2`},
		{"another form", "application/json", `{"a":"x"}`, 200, `HTTP 200: an answer of an unexpected form: {"a":"x"}`},
		{"text", "text/plain", "go away", 403, "HTTP 403: an answer that is not JSON: go away"},
		{"long", "text/plain", "x" + strings.Repeat("ä", 1000), 403, "HTTP 403: an answer that is not JSON: x" + strings.Repeat("ä", 199) + "..."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var into struct{ A int }
			resp := &rest.Response{Status: tt.status, Header: http.Header{"Content-Type": {tt.contentType}}, Body: []byte(tt.body)}
			err := rest.Decode(resp, post, &into)
			if tt.want == "" {
				if err != nil || into.A != 1 {
					t.Errorf("%v, %+v", err, into)
				}
				return
			}
			var failure *chat.Error
			if !errors.As(err, &failure) || !errors.Is(err, chat.ErrUnavailable) || failure.Said() != tt.want {
				t.Fatalf("said %v, want %q", err, tt.want)
			}
			if failure.MaybeApplied != (tt.status == 200) {
				t.Errorf("MaybeApplied %v", failure.MaybeApplied)
			}
		})
	}
}

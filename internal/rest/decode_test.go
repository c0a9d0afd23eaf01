package rest_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// A read that is answered with success but not with JSON is made again. A write is not:
// it may have taken effect.
func TestUnusableAnswers(t *testing.T) {
	get := rest.Request{Op: "read user", Method: http.MethodGet, Path: []string{"users"}}
	query := post
	query.Read = true
	act := get
	act.Write = true
	for _, tt := range []struct {
		name   string
		answer http.RoundTripper
		says   string
	}{
		{"empty", gives(200, ""), "HTTP 200: an empty answer"},
		{"no content", gives(204, ""), "HTTP 204: an empty answer"},
		{"blank", gives(200, " \n"), "HTTP 200: an empty answer"},
		{"cut short", gives(200, `{"ok":tr`), `HTTP 200: an answer cut short: {"ok":tr`},
		{"HTML", gives(200, "<p>log in to the network</p>", "Content-Type", "text/html"), "HTTP 200: answered with HTML instead of JSON: log in to the network"},
		{"cut short in a text", gives(200, `{"ok":"yes \" and \\","of":"what is le`), `HTTP 200: an answer cut short: {"ok":"yes \" and \\","of":"...`},
		{"text", gives(200, "OK"), "HTTP 200: an answer that is not JSON: OK"},
		{"two answers", gives(200, `{"ok":true}{"ok":true}`), `HTTP 200: an answer that is not JSON: {"ok":true}{"ok":true}`},
	} {
		for name, request := range map[string]rest.Request{"GET": get, "POST that reads": query, "POST": post, "GET that writes": act} {
			reads := name == "GET" || name == "POST that reads"
			t.Run(fmt.Sprintf("%s, %s", tt.name, name), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var into struct{ OK bool }
					s := &script{steps: []http.RoundTripper{tt.answer, tt.answer, gives(200, `{"ok":true}`)}}
					resp, err := client(t, s).Do(t.Context(), request)
					if err == nil {
						err = rest.Decode(resp, request, &into)
					}
					want := 1
					if reads {
						want = 3
					}
					if len(s.sent) != want || (err == nil) != reads || into.OK != reads {
						t.Errorf("%d attempts, want %d: %+v, %v", len(s.sent), want, into, err)
					}

					s = &script{steps: []http.RoundTripper{tt.answer}}
					resp, err = client(t, s, func(c *rest.Config) { c.MaxRetries = 2 }).Do(t.Context(), request)
					if err != nil {
						t.Fatal(err)
					}
					err = rest.Decode(resp, request, &into)
					var failure *chat.Error
					if !errors.As(err, &failure) || !errors.Is(err, chat.ErrUnavailable) || failure.Said() != tt.says {
						t.Fatalf("error %v, want %q", err, tt.says)
					}
					if failure.MaybeApplied == reads || !failure.SentAt.Equal(s.sent[0]) {
						t.Errorf("MaybeApplied %v, sent at %s", failure.MaybeApplied, failure.SentAt)
					}
					if len(s.sent) != want {
						t.Errorf("%d attempts, want %d", len(s.sent), want)
					}
				})
			})
		}
	}
}

// Only success has to be JSON: a refusal that is not is final all the same.
func TestRefusalsAreFinal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, status := range []int{302, 400, 403, 404} {
			s := &script{steps: []http.RoundTripper{gives(status, "<p>no</p>", "Content-Type", "text/html")}}
			resp, err := client(t, s).Do(t.Context(), rest.Request{Op: "read", Method: http.MethodGet, Path: []string{"a"}})
			if err != nil || resp.Status != status || len(s.sent) != 1 {
				t.Errorf("%+v, %v after %d attempts", resp, err, len(s.sent))
			}
		}
	})
}

// What is too long is not read, and not asked for again. Of a read, less may be asked for.
func TestHugeAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for method, maybe := range map[string]bool{http.MethodGet: false, http.MethodPost: true} {
			kind := chat.ErrTooLarge
			if maybe {
				kind = chat.ErrUnavailable
			}
			s := &script{steps: []http.RoundTripper{gives(200, "["+strings.Repeat("1,", 6<<20)+"1]")}}
			_, err := client(t, s).Do(t.Context(), rest.Request{Op: "call", Method: method, Path: []string{"a"}})
			var failure *chat.Error
			if !errors.As(err, &failure) || !errors.Is(err, kind) || failure.Said() != "the answer is longer than 10 MB" ||
				failure.MaybeApplied != maybe || len(s.sent) != 1 {
				t.Errorf("%s: %#v after %d attempts", method, err, len(s.sent))
			}
		}
	})
}

// The beginning of a secret is one as well.
func TestSecretsOnTheEdgeAreNotQuoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		request := post
		request.Secrets = []string{"very-long-secret"}
		for _, body := range []string{
			`{"error":"illegal","description":"password very-long-sec`, `{}{"description":"very-long-sec`, `["very\u002dlong\u002dsec\u00`,
		} {
			resp, err := client(t, gives(400, body)).Do(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			err = rest.Decode(resp, request, &struct{}{})
			if text := rest.Excerpt(resp, request); err == nil || strings.Contains(text+err.Error(), "very") {
				t.Errorf("%q, %v", text, err)
			}
		}
	})
}

// Nothing is quoted of an answer that is a secret.
func TestConfidentialAnswersAreNotQuoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		request := post
		request.Confidential = true
		for body, want := range map[string]string{
			`{"token":"secret`: "an answer cut short", `["secret"]`: "an answer of an unexpected form",
			"secret": "an answer that is not JSON", "<p>secret</p>": "answered with HTML instead of JSON",
		} {
			resp, err := client(t, gives(200, body)).Do(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			err = rest.Decode(resp, request, &struct{}{})
			if text := rest.Excerpt(resp, request); text != "" || err == nil || !strings.HasSuffix(err.Error(), ": "+want) {
				t.Errorf("%q, %v, want %q", text, err, want)
			}
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

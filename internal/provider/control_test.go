package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// control is the emulator's own API, under /_emulator.
type control struct {
	t   *testing.T
	url string
}

// fault is an answer that the emulator gives in place of its own. Its fields are
// described with the emulator's API.
type fault struct {
	Method      string `json:"method,omitempty"`
	Path        string `json:"path"`
	When        string `json:"when,omitempty"`
	Status      int    `json:"status,omitempty"`
	Body        string `json:"body,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Drop        bool   `json:"drop,omitempty"`
	Times       int    `json:"times,omitempty"`
}

// refusal is the body of an answer with which Easemob refuses an input.
const refusal = `{"error":"illegal_argument","error_description":"no"}`

// faults replaces all faults; without arguments it ends them.
func (c *control) faults(faults ...fault) {
	c.t.Helper()
	c.call(http.MethodPut, "/faults", faults, nil)
}

// advance moves the emulator's clock.
func (c *control) advance(d time.Duration) {
	c.t.Helper()
	c.call(http.MethodPost, "/clock", map[string]string{"advance": d.String()}, nil)
}

// merge replaces one part of the state of a platform, such as "users".
func (c *control) merge(platform, part string, value any) {
	c.t.Helper()
	var state map[string]map[string]any
	c.call(http.MethodGet, "/state", nil, &state)
	state[platform][part] = value
	c.call(http.MethodPut, "/state", state, nil)
}

// requests returns how many calls were counted since it was called last.
func (c *control) requests() counts {
	c.t.Helper()
	var n counts
	c.call(http.MethodGet, "/requests", nil, &n)
	c.call(http.MethodDelete, "/requests", nil, nil)
	return n
}

// counts are numbers of calls, in total and by route.
type counts struct {
	Total, Throttled, Tokens int
	Routes                   map[string]int
}

// writes returns how many calls changed something, without those for tokens.
func (n counts) writes() int {
	total := 0
	for route, count := range n.Routes {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodGet && !strings.HasSuffix(path, "/token") && !strings.HasSuffix(path, "/status") {
			total += count
		}
	}
	return total
}

// userReads returns how many pages of the listing of users were read, and how many users
// were read by their names.
func (n counts) userReads() (pages, single int) {
	for route, count := range n.Routes {
		switch {
		case !strings.HasPrefix(route, "GET "):
		case strings.HasSuffix(strings.TrimSuffix(route, "/"), "/users"):
			pages += count
		case strings.Contains(route, "/users/"):
			single += count
		}
	}
	return pages, single
}

// call sends a call to the emulator's API. Its body is sent as JSON and the answer is
// decoded into the variable, if they are not nil.
func (c *control) call(method, path string, body, into any) {
	c.t.Helper()
	var reader io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		reader = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.url+"/_emulator"+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("X-Emulator-Control", "test")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		c.t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, answer, err)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			c.t.Fatal(err)
		}
	}
}

// forgetRequests sets the counts of calls to zero.
func (w *world) forgetRequests() {
	if w.emulator != nil {
		w.emulator.requests()
	}
}

// held returns the emulator's state of the application.
func (w *world) held() map[string]any {
	w.t.Helper()
	var platforms map[string]map[string]any
	w.emulator.call(http.MethodGet, "/state", nil, &platforms)
	held := platforms[w.platform]
	applications, _ := held["applications"].(map[string]any)
	if application, ok := applications[w.appKey].(map[string]any); ok {
		return application
	}
	delete(held, "applications")
	return held
}

// hidden returns the emulator's state of a user, with what no call returns, such as the password.
func (w *world) hidden(name string) map[string]any {
	w.t.Helper()
	return findUser(w.held(), w.name(name))
}

// findUser returns the first object below node that is a user of that name, or nil.
func findUser(node any, name string) map[string]any {
	switch node := node.(type) {
	case map[string]any:
		if node["username"] == name && node["password"] != nil {
			return node
		}
		for _, child := range node {
			if found := findUser(child, name); found != nil {
				return found
			}
		}
	case []any:
		for _, child := range node {
			if found := findUser(child, name); found != nil {
				return found
			}
		}
	}
	return nil
}

// proxy stands between the provider and the emulator. It hands every call to a function
// of the test, which may watch, delay, answer or drop it.
type proxy struct {
	next  http.Handler
	watch atomic.Pointer[func(w http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter))]
}

// onCall sets the function for every call from now on, without those to the emulator's
// own API. The function passes the call on with forward. A nil function passes on every call.
func (p *proxy) onCall(watch func(w http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter))) {
	if watch == nil {
		p.watch.Store(nil)
		return
	}
	p.watch.Store(&watch)
}

// ServeHTTP implements http.Handler.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	forward := func(w http.ResponseWriter) { p.next.ServeHTTP(w, r) }
	if watch := p.watch.Load(); watch != nil && !strings.HasPrefix(r.URL.Path, "/_emulator/") {
		(*watch)(w, r, forward)
		return
	}
	forward(w)
}

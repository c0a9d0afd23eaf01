package jmessage_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"

	"terraform-provider-chat/internal/jmessage"
	"terraform-provider-chat/internal/rest"
)

const (
	appKey        = "4f7aef34fb361292c566a1cd"
	masterSecret  = "demo-master-secret-00000"
	authorization = "Basic NGY3YWVmMzRmYjM2MTI5MmM1NjZhMWNkOmRlbW8tbWFzdGVyLXNlY3JldC0wMDAwMA=="
)

// answer is how the scripted platform answers one call.
type answer struct {
	status int
	body   string
	header http.Header
	// drop breaks the connection instead.
	drop bool
	// html makes the body a page.
	html bool
}

// script is a platform that gives its answers in order and remembers what it was asked.
type script struct {
	mu      sync.Mutex
	answers []answer
	// Calls are "METHOD path?query body".
	Calls []string
	// Stray are calls without the right credentials.
	Stray []string
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	line := r.Method + " " + r.URL.RequestURI()
	if len(body) > 0 {
		line += " " + string(body)
	}
	s.mu.Lock()
	s.Calls = append(s.Calls, line)
	if r.Header.Get("Authorization") != authorization {
		s.Stray = append(s.Stray, line)
	}
	next := answer{status: http.StatusTeapot, body: `{"error":{"code":1,"message":"the script is over"}}`}
	if len(s.answers) > 0 {
		next, s.answers = s.answers[0], s.answers[1:]
	}
	s.mu.Unlock()
	if next.drop {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if next.html {
		w.Header().Set("Content-Type", "text/html")
	}
	for name, values := range next.header {
		w.Header()[name] = values
	}
	w.WriteHeader(next.status)
	_, _ = io.WriteString(w, next.body)
}

// run calls f with a client of the handler, in a bubble where waiting takes no time.
func run(t *testing.T, handler http.Handler, f func(t *testing.T, c *jmessage.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		server := &httptest.Server{Listener: network, Config: &http.Server{Handler: handler}}
		server.Start()
		defer server.Close()
		transport := &http.Transport{DialContext: network.dial}
		defer transport.CloseIdleConnections()
		c, err := jmessage.New(jmessage.Config{
			AppKey: appKey, MasterSecret: masterSecret,
			REST: rest.Config{BaseURL: server.URL, MaxRetries: 3, Transport: transport},
		})
		if err != nil {
			t.Fatal(err)
		}
		f(t, c)
	})
}

// pipes is a network with one server, in memory.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func ptr[T any](v T) *T { return &v }

// refuse is the platform's ordinary way to say no.
func refuse(status, code int) answer {
	return answer{status: status, body: fmt.Sprintf(`{"error":{"code":%d,"message":"the platform's words"}}`, code)}
}

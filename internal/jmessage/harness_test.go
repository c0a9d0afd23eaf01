package jmessage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
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
	// slow is how long the answer takes.
	slow time.Duration
}

// unanswered reports whether an answer is not one of the platform.
func unanswered(a answer) bool { return a.drop || a.status == 408 || a.status == 504 }

// script is a platform that gives its answers in order and remembers what it was asked.
type script struct {
	mu      sync.Mutex
	answers []answer
	// repeat is its answer after that, if it has a status.
	repeat answer
	// Calls are "METHOD path?query body".
	Calls []string
	// Headers holds what is wrong with the headers of calls.
	Headers []string
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	line := r.Method + " " + r.URL.RequestURI()
	if len(body) > 0 {
		line += " " + string(body)
	}
	s.mu.Lock()
	s.Calls = append(s.Calls, line)
	if wrong := wrongHeaders(r, len(body)); wrong != "" {
		s.Headers = append(s.Headers, line+": "+wrong)
	}
	next := answer{status: http.StatusTeapot, body: `{"error":{"code":1,"message":"the script is over"}}`}
	if s.repeat.status != 0 {
		next = s.repeat
	}
	if len(s.answers) > 0 {
		next, s.answers = s.answers[0], s.answers[1:]
	}
	s.mu.Unlock()
	select {
	case <-time.After(next.slow):
	case <-r.Context().Done():
	}
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

// wrongHeaders says what of a call's headers is not as the document asks for.
func wrongHeaders(r *http.Request, size int) string {
	want := map[string]string{"Accept": "application/json", "Authorization": authorization}
	if r.Method != http.MethodGet {
		want["Content-Type"] = "application/json"
		want["Content-Length"] = strconv.Itoa(size)
	}
	for name, value := range want {
		if got := r.Header.Get(name); got != value {
			return fmt.Sprintf("%s is %q", name, got)
		}
	}
	if len(r.TransferEncoding) > 0 {
		return fmt.Sprintf("Transfer-Encoding is %q", r.TransferEncoding)
	}
	return ""
}

// run calls f with a service whose platform is the handler, in a bubble where waiting
// takes no time.
func run(t *testing.T, handler http.Handler, f func(t *testing.T, s *chat.Service)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		server := &httptest.Server{Listener: network, Config: &http.Server{Handler: handler}}
		server.Start()
		defer server.Close()
		transport := &http.Transport{DialContext: network.dial}
		defer transport.CloseIdleConnections()
		service, err := jmessage.New(jmessage.Config{
			AppKey: appKey, MasterSecret: masterSecret,
			REST: rest.Config{BaseURL: server.URL, MaxRetries: 3, Transport: transport},
		})
		if err != nil {
			t.Fatal(err)
		}
		f(t, service)
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

// kinds are all kinds of errors.
var kinds = []error{
	chat.ErrNotFound, chat.ErrAlreadyExists, chat.ErrUnauthorized, chat.ErrThrottled, chat.ErrQuota,
	chat.ErrUnsupported, chat.ErrInvalid, chat.ErrTooLarge, chat.ErrUnavailable,
}

// checkKind fails the test unless err is a *chat.Error of exactly that kind; nil is one
// of none.
func checkKind(t *testing.T, err, kind error) {
	t.Helper()
	var e *chat.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *chat.Error", err)
	}
	for _, each := range kinds {
		if errors.Is(err, each) != errors.Is(kind, each) {
			t.Errorf("got %q, want the kind %v", err, kind)
			return
		}
	}
}

// refuse is the platform's ordinary error answer.
func refuse(status, code int) answer {
	return answer{status: status, body: fmt.Sprintf(`{"error":{"code":%d,"message":"the platform's words"}}`, code)}
}

// newService returns a service whose platform is not there.
func newService(t *testing.T) *chat.Service {
	t.Helper()
	s, err := jmessage.New(jmessage.Config{AppKey: appKey, MasterSecret: masterSecret})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// callTest is a call of a method, what the platform answers to the requests that it
// makes, the requests, and what the method returns.
type callTest struct {
	name    string
	call    func(context.Context, *chat.Service) (any, error)
	answers []answer
	calls   []string
	want    any
}

func checkCalls(t *testing.T, tests []callTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			platform := &script{answers: tt.answers}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				got, err := tt.call(t.Context(), s)
				wantEqual(t, tt.want, got, err)
			})
			if diff := cmp.Diff(tt.calls, platform.Calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if len(platform.Headers) > 0 {
				t.Errorf("wrong headers: %q", platform.Headers)
			}
		})
	}
}

// nothing is the result of a call that returns nothing but an error.
func nothing(err error) (any, error) { return nil, err }

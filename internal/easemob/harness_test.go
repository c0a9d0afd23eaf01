package easemob_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/easemob"
	"terraform-provider-chat/internal/rest"
)

// memory carries requests to a handler without a socket, so that time can be made up.
type memory struct{ handler http.Handler }

func (m memory) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer func() {
		switch what := recover(); what {
		case nil:
		case http.ErrAbortHandler:
			resp, err = nil, io.EOF
			if r.Context().Err() != nil {
				err = r.Context().Err()
			} else if w.Body.Len() > 0 {
				err = io.ErrUnexpectedEOF
			}
		default:
			panic(what)
		}
	}()
	m.handler.ServeHTTP(w, in)
	return w.Result(), nil
}

// platform is scripted: it answers a call with what the documents print.
type platform struct {
	mu sync.Mutex
	// answers holds what is left to answer to a method and path; the last one stays.
	answers map[string][]reply
	calls   []string
	// headers holds what is wrong with the headers of calls that came over a network.
	headers []string
	issued  int
}

type reply struct {
	status int
	body   string
	drop   bool
}

// unanswered reports whether a reply is not one of the platform.
func unanswered(r reply) bool { return r.drop || r.status == 408 || r.status == 504 }

// missing is the platform's usual answer about a user that does not exist.
const missing = `{"error":"service_resource_not_found","timestamp":1542799099701,"duration":0,"exception":"org.apache.usergrid.services.exceptions.ServiceResourceNotFoundException","error_description":"Service resource not found"}`

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	p.mu.Lock()
	call := r.Method + " " + strings.TrimPrefix(r.RequestURI, "/chat-demo/testapp")
	line := call
	if len(body) > 0 {
		line += " " + string(body)
	}
	p.calls = append(p.calls, line)
	if wrong := wrongHeaders(r, len(body)); wrong != "" {
		p.headers = append(p.headers, line+": "+wrong)
	}
	var answer reply
	switch list := p.answers[call]; {
	case len(list) > 1:
		answer, p.answers[call] = list[0], list[1:]
	case len(list) == 1:
		answer = list[0]
	case call == "POST /token":
		p.issued++
		answer = reply{body: fmt.Sprintf(`{"access_token":"token-%d","expires_in":5184000,"application":"8be024f0"}`, p.issued)}
	default:
		answer = reply{status: 404, body: missing}
	}
	p.mu.Unlock()
	if answer.drop {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(answer.body, "<") {
		w.Header().Set("Content-Type", "text/html")
	}
	if answer.status != 0 {
		w.WriteHeader(answer.status)
	}
	_, _ = io.WriteString(w, answer.body)
}

// wrongHeaders says what of a call's headers is not as the document asks for.
func wrongHeaders(r *http.Request, size int) string {
	want := map[string]string{"Accept": "application/json", "Authorization": "Bearer token-1"}
	if r.Method != http.MethodGet {
		want["Content-Type"] = "application/json"
		want["Content-Length"] = strconv.Itoa(size)
	}
	if r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/metadata/user/") {
		want["Content-Type"] = "application/x-www-form-urlencoded"
	}
	if strings.HasSuffix(r.URL.Path, "/token") {
		want["Authorization"] = ""
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

// sent returns the calls but those for tokens.
func (p *platform) sent() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var calls []string
	for _, call := range p.calls {
		if !strings.HasPrefix(call, "POST /token") {
			calls = append(calls, call)
		}
	}
	return calls
}

// count returns how often a method and path was called.
func (p *platform) count(call string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, line := range p.calls {
		if line == call || strings.HasPrefix(line, call+" ") {
			n++
		}
	}
	return n
}

// connect returns the service of an application whose platform is the handler.
func connect(t *testing.T, handler http.Handler, change ...func(*easemob.Config)) *chat.Service {
	t.Helper()
	config := easemob.Config{
		AppKey:       "chat-demo#testapp",
		ClientID:     "demo-client-id",
		ClientSecret: "demo-client-secret",
		REST:         rest.Config{BaseURL: "http://chat.test", MaxRetries: 2, Transport: memory{handler}},
	}
	for _, f := range change {
		f(&config)
	}
	service, err := easemob.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// network is an option of connect for a server that is reached over a network.
func network(server *httptest.Server) func(*easemob.Config) {
	return func(c *easemob.Config) { c.REST.BaseURL, c.REST.Transport = server.URL, nil }
}

func read(ctx context.Context, service *chat.Service) error {
	_, err := service.Users.Get(ctx, "ann", chat.Basic)
	return err
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// kinds are all kinds of errors.
var kinds = []error{
	chat.ErrNotFound, chat.ErrAlreadyExists, chat.ErrUnauthorized, chat.ErrThrottled, chat.ErrQuota, chat.ErrFeatureOff,
	chat.ErrUnsupported, chat.ErrInvalid, chat.ErrTooLarge, chat.ErrUnavailable,
}

// hasKind reports whether err is a *chat.Error of exactly that kind; nil is one of none.
func hasKind(err, kind error) bool {
	var failure *chat.Error
	if !errors.As(err, &failure) {
		return false
	}
	for _, k := range kinds {
		if errors.Is(err, k) != errors.Is(kind, k) {
			return false
		}
	}
	return true
}

// wait waits, or breaks the connection if the request ends before.
func wait(r *http.Request, d time.Duration) {
	select {
	case <-time.After(d):
	case <-r.Context().Done():
		panic(http.ErrAbortHandler)
	}
}

func ptr[T any](v T) *T { return &v }

func marshal(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

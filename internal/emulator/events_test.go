package emulator_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

// event is what the tests look at of a call.
type event struct {
	ID                        int64
	Time                      time.Time
	Platform, Method          string
	Path, Route               string
	Status                    int
	Milliseconds              float64
	Request, Answer           string
	Throttled, Fault, Dropped bool
	Changes                   bool
}

// reader reads the events of an emulator until the test ends.
type reader struct {
	t     *testing.T
	lines *bufio.Scanner
	// changes are the control calls that changed something, as far as events were read.
	changes []string
}

func readEvents(t *testing.T, s *emulatortest.Easemob, last string) *reader {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/_emulator/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		request.Header.Set("Last-Event-ID", last)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	if got := response.Header.Get("Content-Type"); response.StatusCode != 200 || got != "text/event-stream" {
		t.Fatalf("got %d %s", response.StatusCode, got)
	}
	return &reader{t: t, lines: bufio.NewScanner(response.Body)}
}

// next returns the next call, and false at the end.
func (r *reader) next() (event, bool) {
	r.t.Helper()
	var lines []string
	for r.lines.Scan() {
		line := r.lines.Text()
		if line != "" {
			lines = append(lines, line)
			continue
		}
		if len(lines) == 3 {
			var e event
			data, isData := strings.CutPrefix(lines[2], "data: ")
			if err := json.Unmarshal([]byte(data), &e); err != nil || !isData || lines[0] != fmt.Sprintf("id: %d", e.ID) || lines[1] != "event: call" {
				r.t.Fatalf("got %q, %v", lines, err)
			}
			return e, true
		}
		if len(lines) == 2 && lines[0] == "event: change" {
			r.changes = append(r.changes, lines[1])
		}
		lines = nil // the beginning, or a sign of life
	}
	return event{}, false
}

// want returns the next call and checks its method, path and status.
func (r *reader) want(status int, method, path string) event {
	r.t.Helper()
	e, ok := r.next()
	if !ok || e.Status != status || e.Method != method || e.Path != path {
		r.t.Fatalf("got %+v %v, want %d %s %s", e, ok, status, method, path)
	}
	return e
}

func TestEvents(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{RPS: 1000})
	s.Register("ann")
	events := readEvents(t, s, "")
	login := events.want(200, "POST", appPath+"/token") // what came before
	if login.ID != 1 || login.Platform != "easemob" || login.Route != "POST /{org}/{app}/token" || time.Since(login.Time).Abs() > time.Hour {
		t.Errorf("got %+v", login)
	}
	register := events.want(200, "POST", appPath+"/users")
	if register.Request != `{"username":"ann","password":"[hidden]"}` || !strings.Contains(register.Answer, `"username":"ann"`) {
		t.Errorf("got %+v", register)
	}

	s.Want(404, "GET", appPath+"/users/zoe?a=b%20c", "") // as it happens
	if e := events.want(404, "GET", appPath+"/users/zoe?a=b%20c"); e.Changes {
		t.Errorf("got %+v", e)
	}
	s.Want(200, "GET", appPath+"/users/ann/disconnect", "")
	if e := events.want(200, "GET", appPath+"/users/ann/disconnect"); !e.Changes {
		t.Errorf("got %+v", e)
	}
	s.Want(200, "GET", "/_emulator/state", "") // is no call of a platform
	s.Call("GET", "/v1/users/ann", "")
	if e := events.want(401, "GET", "/v1/users/ann"); e.Platform != "jmessage" || e.Route != "GET /v1/users/{username}" {
		t.Errorf("got %+v", e)
	}

	s.Want(204, "PUT", "/_emulator/faults", `[{"status":503,"body":"<html>","content_type":"text/html"},{"drop":true},{"when":"after","drop":true,"body":"{\"act"}]`)
	s.Want(503, "GET", appPath+"/users", "")
	if e := events.want(503, "GET", appPath+"/users"); !e.Fault || e.Answer != "[6 bytes of text/html]" {
		t.Errorf("got %+v", e)
	}
	for _, status := range []int{0, 200} {
		if answer, err := s.Try("PUT", appPath+"/users/ann", `{"nickname":"Ann"}`); err == nil {
			t.Fatalf("got %+v, want no answer", answer)
		}
		if e := events.want(status, "PUT", appPath+"/users/ann"); !e.Fault || !e.Dropped || e.Throttled {
			t.Errorf("got %+v", e)
		}
	}
	s.Want(204, "PUT", "/_emulator/limits", `{"rps":0.001}`)
	s.Want(200, "GET", appPath+"/users", "")
	s.Want(429, "GET", appPath+"/users", "")
	events.want(200, "GET", appPath+"/users")
	last := events.want(429, "GET", appPath+"/users")
	if !last.Throttled || last.Fault {
		t.Errorf("got %+v", last)
	}

	// Somebody who comes back gets what was missed, and everything from a new emulator.
	again := readEvents(t, s, fmt.Sprint(last.ID-1))
	again.want(429, "GET", appPath+"/users")
	readEvents(t, s, "12345").want(200, "POST", appPath+"/token")
}

// TestEventsOfControlCalls covers that readers learn of every change that is no call of a
// platform.
func TestEventsOfControlCalls(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	events := readEvents(t, s, "")
	events.want(200, "POST", appPath+"/token")
	var want []string
	for _, call := range []struct{ method, name, body string }{
		{"PUT", "state", `{"easemob":{}}`}, {"PUT", "settings", `{"easemob":{"max_groups":1}}`}, {"POST", "clock", `{"advance":"1s"}`},
		{"PUT", "limits", `{"latency":"1ms"}`}, {"PUT", "faults", `[]`}, {"DELETE", "requests", ""}, {"POST", "reset", ""},
	} {
		s.Want(204, call.method, "/_emulator/"+call.name, call.body)
		want = append(want, `data: {"control":"`+call.name+`"}`)
	}
	s.Want(400, "PUT", "/_emulator/state", `{"easemob":7}`) // changes nothing
	s.Want(200, "GET", "/_emulator/state", "")
	s.Call("GET", "/v1/users/ann", "")
	events.want(401, "GET", "/v1/users/ann")
	if diff := cmp.Diff(want, events.changes); diff != "" {
		t.Errorf("the changes (-want +got):\n%s", diff)
	}
}

func TestEventsHideSecrets(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	const secret = "pa$$-\\\"word é"
	body := emulatortest.JSON(t, map[string]any{
		"username": "ann", "password": secret, "about": "my " + secret, "list": []any{1, nil, true, 2.50, map[string]any{}},
		"new_password": secret, "Client-Secret": map[string]any{"deep": []string{secret}, "none": nil, "n": 7}, "grant_type": "password",
	})
	s.Call("POST", appPath+"/users", body)
	s.Call("POST", appPath+"/users", body[:strings.Index(body, `"new_password"`)+20]) // cut within the secret
	s.Call("POST", appPath+"/users", "password="+secret)
	s.Call("POST", appPath+"/users", emulatortest.JSON(t, secret))
	s.Call("POST", appPath+"/users?client_secret=abc&limit=2&%61ccess_token=abc", `[{"username":"bob","password":"abc"}]`)
	s.Want(204, "PUT", "/_emulator/faults", `[{"status":500,"body":`+emulatortest.JSON(t, emulatortest.JSON(t, map[string]string{"error": "you sent " + secret}))+`}]`)
	s.Call("PUT", appPath+"/users/ann/password", `{"newpassword":`+emulatortest.JSON(t, secret)+`}`)

	events := readEvents(t, s, "")
	login := events.want(200, "POST", appPath+"/token")
	if login.Request != `{"grant_type":"client_credentials","client_id":"demo-client-id","client_secret":"[hidden]"}` ||
		!strings.Contains(login.Answer, `"access_token":"[hidden]"`) {
		t.Errorf("got %+v", login)
	}
	full, ok := events.next()
	want := map[string]any{
		"username": "ann", "password": "[hidden]", "about": "my [hidden]", "list": []any{1., nil, true, 2.5, map[string]any{}},
		"new_password": "[hidden]", "Client-Secret": map[string]any{"deep": []any{"[hidden]"}, "none": nil, "n": "[hidden]"}, "grant_type": "password",
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(full.Request), &got); err != nil || !ok {
		t.Fatalf("%v in %s", err, full.Request)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the body (-want +got):\n%s", diff)
	}
	cut, _ := events.next()
	if !strings.HasSuffix(cut.Request, `"new_password":…`) {
		t.Errorf("the cut body is %s", cut.Request)
	}
	form, _ := events.next()
	text, _ := events.next()
	if form.Request != "[23 bytes of application/json]" || !strings.HasSuffix(text.Request, " bytes of application/json]") {
		t.Errorf("the bodies are %s and %s", form.Request, text.Request)
	}
	query, _ := events.next()
	if query.Path != appPath+"/users?client_secret=[hidden]&limit=2&%61ccess_token=[hidden]" {
		t.Errorf("the path is %s", query.Path)
	}
	quoted, _ := events.next()
	if quoted.Answer != `{"error":"you sent [hidden]"}` {
		t.Errorf("the answer is %s", quoted.Answer)
	}
}

// TestEventsAreBounded covers how much is kept, of a body and of the past.
func TestEventsAreBounded(t *testing.T) {
	server := emulator.New(emulator.Options{})
	s := emulatortest.Serve(t, server)
	users := make([]string, 60)
	for i := range users {
		users[i] = fmt.Sprintf(`{"username":"user%03d","password":"1","nickname":"%s"}`, i, strings.Repeat("n", 100))
	}
	s.Want(204, "PUT", "/_emulator/state", `{"easemob":{"users":[`+strings.Join(users, ",")+`]}}`)
	s.Login(appPath)
	for range 250 {
		request := httptest.NewRequestWithContext(t.Context(), "GET", appPath+"/users?limit=60", nil)
		s.Authorize(request)
		server.ServeHTTP(httptest.NewRecorder(), request) // is over when it returns, even with a long answer
	}
	events := readEvents(t, s, "")
	first, _ := events.next()
	if first.ID != 52 { // of 251
		t.Errorf("the oldest call has the id %d", first.ID)
	}
	if n := len(first.Answer); n > 9000 || n < 5000 || !strings.HasSuffix(first.Answer, "…") {
		t.Errorf("%d bytes are shown: %s", n, first.Answer)
	}
}

// TestSlowReader covers that a reader who does not keep up is dropped, and others are not.
func TestSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := emulator.New(emulator.Options{})
		slow := &stream{ResponseRecorder: httptest.NewRecorder(), resume: make(chan struct{})}
		quick := &stream{ResponseRecorder: httptest.NewRecorder()}
		slowEnded, quickEnded := false, false
		ctx, cancel := context.WithCancel(t.Context())
		read := func(w http.ResponseWriter, ended *bool) {
			server.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "http://localhost/_emulator/events", nil))
			*ended = true
		}
		go read(slow, &slowEnded)
		go read(quick, &quickEnded)
		synctest.Wait()
		const calls = 300
		for range calls {
			server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", "/v1/users", nil))
			synctest.Wait()
		}
		close(slow.resume)
		synctest.Wait()
		if !slowEnded || quickEnded {
			t.Errorf("the slow reader has ended: %v, the quick one: %v", slowEnded, quickEnded)
		}
		if n := strings.Count(quick.text(), "event: call"); n != calls {
			t.Errorf("the quick reader has %d calls, want %d", n, calls)
		}
		if n := strings.Count(slow.text(), "event: call"); n >= calls {
			t.Errorf("the slow reader has %d calls, want fewer than %d", n, calls)
		}
		// A reader without news gets a sign of life, and can leave.
		before := len(quick.text())
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if got := quick.text()[before:]; got != strings.Repeat(":\n\n", 4) {
			t.Errorf("in a minute the reader got %q", got)
		}
		cancel()
		synctest.Wait()
		if !quickEnded {
			t.Error("a reader who left is still served")
		}
	})
}

// stream is an answer that is read while it is written. With resume it takes nothing
// after the beginning until it may go on.
type stream struct {
	*httptest.ResponseRecorder
	resume chan struct{}
	mu     sync.Mutex
	begun  bool
}

func (s *stream) Write(p []byte) (int, error) {
	if s.begun && s.resume != nil {
		<-s.resume
	}
	s.begun = true
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ResponseRecorder.Write(p)
}

func (s *stream) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Body.String()
}

// TestManyReaders covers the limit of readers, and that Close ends them.
func TestManyReaders(t *testing.T) {
	server := emulator.New(emulator.Options{})
	s := emulatortest.Serve(t, server)
	var readers []*reader
	for range 32 {
		readers = append(readers, readEvents(t, s, ""))
	}
	s.Want(503, "GET", "/_emulator/events", "")
	server.Close()
	for _, r := range readers {
		if e, ok := r.next(); ok {
			t.Errorf("got %+v, want the end", e)
		}
	}
	s.Want(503, "GET", "/_emulator/events", "")
}

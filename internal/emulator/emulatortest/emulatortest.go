// Package emulatortest calls an emulator over HTTP, for the tests of the emulator and
// its platforms.
package emulatortest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
)

// Server is an emulator and somebody who calls it.
type Server struct {
	// T is the test that fails if a call does not go as it should.
	T testing.TB
	// URL is where the emulator listens.
	URL string
	// Authorize gives a call the caller's credentials.
	Authorize func(*http.Request)

	client *http.Client
}

// Start starts an emulator that ends with the test.
func Start(t testing.TB, options emulator.Options) *Server {
	t.Helper()
	return serve(t, emulator.New(options))
}

func serve(t testing.TB, e *emulator.Server) *Server {
	server := httptest.NewServer(e)
	t.Cleanup(func() {
		e.Close() // events have no end of their own
		server.Close()
	})
	return &Server{T: t, URL: server.URL, Authorize: func(*http.Request) {}, client: server.Client()}
}

// In returns the server for a subtest.
func (s *Server) In(t testing.TB) *Server {
	other := *s
	other.T = t
	return &other
}

// Answer is an answer of the emulator.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Try sends a call, as JSON and with the caller's credentials unless an edit changes
// that. It returns an error if there is no whole answer.
func (s *Server) Try(method, path, body string, edits ...func(*http.Request)) (Answer, error) {
	s.T.Helper()
	request, err := http.NewRequestWithContext(s.T.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.T.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Emulator-Control", "test")
	s.Authorize(request)
	for _, edit := range edits {
		edit(request)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return Answer{}, err
	}
	text, err := io.ReadAll(response.Body)
	if closeErr := response.Body.Close(); err == nil {
		err = closeErr
	}
	return Answer{response.StatusCode, response.Header, string(text)}, err
}

// Call sends a call that is answered.
func (s *Server) Call(method, path, body string, edits ...func(*http.Request)) Answer {
	s.T.Helper()
	answer, err := s.Try(method, path, body, edits...)
	if err != nil {
		s.T.Fatalf("%s %s: %v", method, path, err)
	}
	return answer
}

// Want sends a call that is answered with the status.
func (s *Server) Want(status int, method, path, body string, edits ...func(*http.Request)) Answer {
	s.T.Helper()
	answer := s.Call(method, path, body, edits...)
	if answer.Status != status {
		s.T.Fatalf("%s %s %s: got %d %s, want %d", method, path, body, answer.Status, answer.Body, status)
	}
	return answer
}

// Restore replaces the state of one platform.
func (s *Server) Restore(platform, state string) {
	s.T.Helper()
	s.Want(http.StatusNoContent, http.MethodPut, "/_emulator/state", `{"`+platform+`":`+state+`}`)
}

// State returns the state of one platform.
func (s *Server) State(platform string) string {
	s.T.Helper()
	var document map[string]json.RawMessage
	answer := s.Want(http.StatusOK, http.MethodGet, "/_emulator/state", "")
	if err := json.Unmarshal([]byte(answer.Body), &document); err != nil {
		s.T.Fatal(err)
	}
	return string(document[platform])
}

// Advance moves the emulated clock.
func (s *Server) Advance(by string) {
	s.T.Helper()
	s.Want(http.StatusNoContent, http.MethodPost, "/_emulator/clock", `{"advance":"`+by+`"}`)
}

// Counts are the calls since the start or since they were cleared.
type Counts struct {
	Total, Throttled, Tokens int
	Routes                   map[string]int
}

// Counts returns the counts of calls.
func (s *Server) Counts() (counts Counts) {
	s.T.Helper()
	answer := s.Want(http.StatusOK, http.MethodGet, "/_emulator/requests", "")
	if err := json.Unmarshal([]byte(answer.Body), &counts); err != nil {
		s.T.Fatal(err)
	}
	return counts
}

// Parse reads JSON and keeps numbers apart from text.
func Parse(t testing.TB, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return value
}

// JSON returns a value as JSON.
func JSON(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

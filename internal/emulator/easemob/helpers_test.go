package easemob_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

const appPath = emulatortest.EasemobPath

// server is an emulator and an application that calls its Chat Platform API.
type server struct{ *emulatortest.Easemob }

func serve(t testing.TB, options emulator.Options) *server {
	t.Helper()
	return &server{emulatortest.StartEasemob(t, options)}
}

// in returns the server for a subtest.
func (s *server) in(t testing.TB) *server {
	return &server{&emulatortest.Easemob{Server: s.In(t)}}
}

// fails sends a call that fails with the status and the error.
func (s *server) fails(status int, code, description, method, path, body string, edits ...func(*http.Request)) {
	s.T.Helper()
	answer := s.Want(status, method, path, body, edits...)
	failure := emulatortest.Parse(s.T, answer.Body).(map[string]any)
	if failure["error"] != code || !strings.Contains(failure["error_description"].(string), description) {
		s.T.Errorf("%s %s: got %s, want %s with %q", method, path, answer.Body, code, description)
	}
}

// restore replaces the platform's state.
func (s *server) restore(state string) {
	s.T.Helper()
	s.Restore("easemob", state)
}

// data returns the data of an answer, as JSON.
func (s *server) data(path string) string {
	s.T.Helper()
	var reply struct{ Data json.RawMessage }
	if err := json.Unmarshal([]byte(s.Want(200, "GET", appPath+path, "").Body), &reply); err != nil {
		s.T.Fatal(err)
	}
	return string(reply.Data)
}

// page returns the names of a page of users and the cursor of the next.
func (s *server) page(query string) (names []string, cursor string) {
	s.T.Helper()
	var reply struct {
		Entities []struct{ Username string }
		Cursor   string
		Count    int
	}
	if err := json.Unmarshal([]byte(s.Want(200, "GET", appPath+"/users?"+query, "").Body), &reply); err != nil {
		s.T.Fatal(err)
	}
	for _, user := range reply.Entities {
		names = append(names, user.Username)
	}
	if reply.Count != len(names) {
		s.T.Errorf("count is %d, want %d", reply.Count, len(names))
	}
	return names, reply.Cursor
}

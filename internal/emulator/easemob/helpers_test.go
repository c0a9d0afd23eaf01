package easemob_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

const appPath = "/chat-demo/testapp"

// server is an emulator and an application that calls its Chat Platform API.
type server struct{ *emulatortest.Server }

func serve(t testing.TB, options emulator.Options) *server {
	t.Helper()
	s := &server{emulatortest.Start(t, options)}
	s.login(appPath)
	return s
}

// in returns the server for a subtest.
func (s *server) in(t testing.TB) *server { return &server{s.In(t)} }

// login makes the server's calls those of an application.
func (s *server) login(app string) {
	s.T.Helper()
	answer := s.Want(200, "POST", app+"/token",
		`{"grant_type":"client_credentials","client_id":"demo-client-id","client_secret":"demo-client-secret"}`)
	s.Authorize = bearer(emulatortest.Parse(s.T, answer.Body).(map[string]any)["access_token"].(string))
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

// register makes users whose password is "1".
func (s *server) register(names ...string) {
	s.T.Helper()
	for _, name := range names {
		s.Want(200, "POST", appPath+"/users", `{"username":"`+name+`","password":"1"}`)
	}
}

// restore replaces the platform's state.
func (s *server) restore(state string) {
	s.T.Helper()
	s.Restore("easemob", state)
}

// user returns a user's entity.
func (s *server) user(name string) map[string]any {
	s.T.Helper()
	return s.entities("GET", appPath+"/users/"+name, "")[0]
}

// entities returns the entities of an answer.
func (s *server) entities(method, path, body string) []map[string]any {
	s.T.Helper()
	var reply struct{ Entities []map[string]any }
	if err := json.Unmarshal([]byte(s.Want(200, method, path, body).Body), &reply); err != nil {
		s.T.Fatal(err)
	}
	return reply.Entities
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

// bearer replaces the token; an empty one leaves none.
func bearer(token string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del("Authorization")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
	}
}

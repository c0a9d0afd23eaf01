package emulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
)

const emApp = "/chat-demo/testapp"

// emServer is an emulator and an application that calls its Chat Platform API.
type emServer struct {
	t     testing.TB
	url   string
	token string
}

// emAnswer is an answer of it.
type emAnswer struct {
	status int
	header http.Header
	body   string
}

func emServe(t testing.TB, options emulator.Options) *emServer {
	t.Helper()
	server := httptest.NewServer(emulator.New(options))
	t.Cleanup(server.Close)
	s := &emServer{t: t, url: server.URL}
	s.login()
	return s
}

// login fetches the application's token.
func (s *emServer) login() {
	s.t.Helper()
	s.token = ""
	answer := s.want(200, "POST", emApp+"/token",
		`{"grant_type":"client_credentials","client_id":"demo-client-id","client_secret":"demo-client-secret"}`)
	s.token = emParse(s.t, answer.body).(map[string]any)["access_token"].(string)
}

// try sends a call, as JSON and with the token where there is one.
func (s *emServer) try(method, path, body string, edits ...func(*http.Request)) (emAnswer, error) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	for _, edit := range edits {
		edit(request)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return emAnswer{}, err
	}
	text, err := io.ReadAll(response.Body)
	if closeErr := response.Body.Close(); err == nil {
		err = closeErr
	}
	return emAnswer{response.StatusCode, response.Header, string(text)}, err
}

// call sends a call that is answered.
func (s *emServer) call(method, path, body string, edits ...func(*http.Request)) emAnswer {
	s.t.Helper()
	answer, err := s.try(method, path, body, edits...)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer
}

// want sends a call that is answered with the status.
func (s *emServer) want(status int, method, path, body string, edits ...func(*http.Request)) emAnswer {
	s.t.Helper()
	answer := s.call(method, path, body, edits...)
	if answer.status != status {
		s.t.Fatalf("%s %s: got %d %s, want %d", method, path, answer.status, answer.body, status)
	}
	return answer
}

// fails sends a call that fails with the status and the error.
func (s *emServer) fails(status int, code, description, method, path, body string, edits ...func(*http.Request)) {
	s.t.Helper()
	answer := s.want(status, method, path, body, edits...)
	failure := emParse(s.t, answer.body).(map[string]any)
	if failure["error"] != code || !strings.Contains(failure["error_description"].(string), description) {
		s.t.Errorf("%s %s: got %s, want %s with %q", method, path, answer.body, code, description)
	}
}

// register makes users whose password is "1".
func (s *emServer) register(names ...string) {
	s.t.Helper()
	for _, name := range names {
		s.want(200, "POST", emApp+"/users", `{"username":"`+name+`","password":"1"}`)
	}
}

// restore replaces the platform's state.
func (s *emServer) restore(state string) {
	s.t.Helper()
	s.want(204, "PUT", "/_emulator/state", `{"easemob":`+state+`}`)
}

// user returns a user's entity.
func (s *emServer) user(name string) map[string]any {
	s.t.Helper()
	return s.entities("GET", emApp+"/users/"+name, "")[0]
}

// entities returns the entities of an answer.
func (s *emServer) entities(method, path, body string) []map[string]any {
	s.t.Helper()
	var reply struct{ Entities []map[string]any }
	if err := json.Unmarshal([]byte(s.want(200, method, path, body).body), &reply); err != nil {
		s.t.Fatal(err)
	}
	return reply.Entities
}

// data returns the data of an answer, as JSON.
func (s *emServer) data(path string) string {
	s.t.Helper()
	var reply struct{ Data json.RawMessage }
	if err := json.Unmarshal([]byte(s.want(200, "GET", emApp+path, "").body), &reply); err != nil {
		s.t.Fatal(err)
	}
	return string(reply.Data)
}

// page returns the names of a page of users and the cursor of the next.
func (s *emServer) page(query string) (names []string, cursor string) {
	s.t.Helper()
	var reply struct {
		Entities []struct{ Username string }
		Cursor   string
		Count    int
	}
	if err := json.Unmarshal([]byte(s.want(200, "GET", emApp+"/users?"+query, "").body), &reply); err != nil {
		s.t.Fatal(err)
	}
	for _, user := range reply.Entities {
		names = append(names, user.Username)
	}
	if reply.Count != len(names) {
		s.t.Errorf("count is %d, want %d", reply.Count, len(names))
	}
	return names, reply.Cursor
}

// counts returns the counts of calls.
func (s *emServer) counts() (counts struct {
	Total, Throttled, Tokens int
	Routes                   map[string]int
}) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.want(200, "GET", "/_emulator/requests", "").body), &counts); err != nil {
		s.t.Fatal(err)
	}
	return counts
}

// emParse reads JSON and keeps numbers apart from text.
func emParse(t testing.TB, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return value
}

// emBearer replaces the token; an empty one leaves none.
func emBearer(token string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del("Authorization")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
	}
}

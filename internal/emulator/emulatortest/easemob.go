package emulatortest

import (
	"encoding/json"
	"net/http"
	"testing"

	"terraform-provider-chat/internal/emulator"
)

// EasemobPath begins the paths of the application with which the emulator starts.
const EasemobPath = "/chat-demo/testapp"

// Easemob is an emulator and an application that calls its Chat Platform API.
type Easemob struct{ *Server }

// StartEasemob starts an emulator that ends with the test. The application with which it
// starts is the caller.
func StartEasemob(t testing.TB, options emulator.Options) *Easemob {
	t.Helper()
	s := &Easemob{Start(t, options)}
	s.Login(EasemobPath)
	return s
}

// Serve is StartEasemob for an existing emulator, without a login.
func Serve(t testing.TB, e *emulator.Server) *Easemob {
	t.Helper()
	return &Easemob{serve(t, e)}
}

// Login makes the application whose paths begin with a prefix the caller.
func (s *Easemob) Login(prefix string) {
	s.T.Helper()
	answer := s.Want(http.StatusOK, http.MethodPost, prefix+"/token",
		`{"grant_type":"client_credentials","client_id":"demo-client-id","client_secret":"demo-client-secret"}`)
	s.Authorize = Bearer(Parse(s.T, answer.Body).(map[string]any)["access_token"].(string))
}

// Register registers users whose password is "1".
func (s *Easemob) Register(names ...string) {
	s.T.Helper()
	for _, name := range names {
		s.Want(http.StatusOK, http.MethodPost, EasemobPath+"/users", `{"username":"`+name+`","password":"1"}`)
	}
}

// Entities returns the entities of an answer.
func (s *Easemob) Entities(method, path, body string) []map[string]any {
	s.T.Helper()
	var reply struct{ Entities []map[string]any }
	if err := json.Unmarshal([]byte(s.Want(http.StatusOK, method, path, body).Body), &reply); err != nil {
		s.T.Fatal(err)
	}
	return reply.Entities
}

// User returns the entity of a user.
func (s *Easemob) User(name string) map[string]any {
	s.T.Helper()
	return s.Entities(http.MethodGet, EasemobPath+"/users/"+name, "")[0]
}

// Bearer returns an edit that replaces the token of a call; an empty one leaves none.
func Bearer(token string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del("Authorization")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
	}
}

package jmessage_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

const (
	firstKey  = "4f7aef34fb361292c566a1cd"
	secondKey = "a1b2c3d4e5f6a7b8c9d0e1f2"
	sampleKey = "dcf71ef5082057832bd44fbd" // the document's, made by the tests' states
)

const statesV2 = "/v2/users/statuser" //nolint:misspell // the platform spells it so

const masterSecret = "demo-master-secret-00000"

// server is an emulator and the application that calls it.
type server struct {
	*emulatortest.Server
	key string
}

// secondApp is the application that the emulators of the tests have besides the first.
var secondApp = []emulator.App{{Platform: "jmessage", Key: secondKey}}

func serve(t testing.TB) *server {
	t.Helper()
	return serveWith(t, emulator.Options{Apps: secondApp})
}

func serveWith(t testing.TB, options emulator.Options) *server {
	t.Helper()
	return (&server{Server: emulatortest.Start(t, options)}).as(firstKey)
}

// as returns the server as another application sees it.
func (s *server) as(key string) *server {
	other := &server{Server: s.In(s.T), key: key}
	other.Authorize = func(r *http.Request) { r.SetBasicAuth(key, masterSecret) }
	return other
}

// in returns the server for a subtest.
func (s *server) in(t testing.TB) *server {
	return &server{Server: s.In(t), key: s.key}
}

// fails sends a call that has to fail with that status and code.
func (s *server) fails(status, code int, method, path, body string) {
	s.T.Helper()
	answer := s.Want(status, method, path, body)
	var failure struct {
		Error struct {
			Code    int     `json:"code"`
			Message *string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal([]byte(answer.Body), &failure); err != nil {
		s.T.Fatalf("%s %s %s: %v: %s", method, path, body, err, answer.Body)
	}
	if failure.Error.Code != code || failure.Error.Message == nil {
		s.T.Fatalf("%s %s %s: want code %d: %s", method, path, body, code, answer.Body)
	}
}

// reads sends a GET that has to be answered with that JSON.
func (s *server) reads(path, want string) {
	s.T.Helper()
	same(s.T, s.Want(http.StatusOK, http.MethodGet, path, "").Body, want)
}

// register registers users who have nothing but names.
func (s *server) register(names ...string) {
	s.T.Helper()
	users := make([]map[string]string, len(names))
	for i, name := range names {
		users[i] = map[string]string{"username": name, "password": "password"}
	}
	s.Want(http.StatusCreated, http.MethodPost, "/v1/users/", emulatortest.JSON(s.T, users))
}

// createGroup returns the id of a new group.
func (s *server) createGroup(owner string, members ...string) string {
	s.T.Helper()
	answer := s.Want(http.StatusCreated, http.MethodPost, "/v1/groups/", emulatortest.JSON(s.T, map[string]any{
		"owner_username": owner, "name": "group", "members_username": members,
	}))
	return number(s.T, answer.Body, "gid")
}

// createRoom returns the id of a new chat room.
func (s *server) createRoom(owner string, members ...string) string {
	s.T.Helper()
	answer := s.Want(http.StatusCreated, http.MethodPost, "/v1/chatroom/", emulatortest.JSON(s.T, map[string]any{
		"owner_username": owner, "name": "room", "members_username": members,
	}))
	return number(s.T, answer.Body, "chatroom_id")
}

// restore replaces the state of JMessage.
func (s *server) restore(document string) {
	s.T.Helper()
	s.Restore("jmessage", document)
}

// state returns the state of JMessage.
func (s *server) state() string {
	s.T.Helper()
	return s.State("jmessage")
}

// hidden returns a part of the state of an application, such as "users" or "groups".
func (s *server) hidden(part string) []map[string]any {
	s.T.Helper()
	var document struct {
		Applications map[string]map[string]json.RawMessage `json:"applications"`
	}
	if err := json.Unmarshal([]byte(s.state()), &document); err != nil {
		s.T.Fatal(err)
	}
	var items []map[string]any
	if err := json.Unmarshal(document.Applications[s.key][part], &items); err != nil {
		s.T.Fatal(err)
	}
	return items
}

// someNames returns n names, and the JSON array of them.
func someNames(t testing.TB, prefix string, n int) (string, []string) {
	t.Helper()
	names := make([]string, n)
	for i := range names {
		names[i] = prefix + strconv.Itoa(i)
	}
	return emulatortest.JSON(t, names), names
}

// number returns the number that the object text has under key.
func number(t testing.TB, text, key string) string {
	t.Helper()
	object, _ := emulatortest.Parse(t, text).(map[string]any)
	number, ok := object[key].(json.Number)
	if !ok {
		t.Fatalf("no number %q in %s", key, text)
	}
	return number.String()
}

// same compares JSON: the same keys, types and values. In want, "<number>" and
// "<string>" stand for any of that type, and "<time>" for any time.
func same(t testing.TB, got, want string) {
	t.Helper()
	wanted := emulatortest.Parse(t, want)
	if diff := cmp.Diff(wanted, volatile(emulatortest.Parse(t, got), wanted)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

// volatile replaces the values that want does not fix.
func volatile(got, want any) any {
	switch got := got.(type) {
	case map[string]any:
		wanted, _ := want.(map[string]any)
		for key, value := range got {
			got[key] = volatile(value, wanted[key])
		}
	case []any:
		wanted, _ := want.([]any)
		for i := range min(len(got), len(wanted)) {
			got[i] = volatile(got[i], wanted[i])
		}
	case json.Number:
		if want == "<number>" {
			return want
		}
	case string:
		if want == "<string>" && got != "" {
			return want
		}
		if want == "<time>" && len(got) == len("2006-01-02 15:04:05") {
			return want
		}
	}
	return got
}

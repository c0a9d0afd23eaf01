package emulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator"
)

const (
	jmKey       = "4f7aef34fb361292c566a1cd"
	jmSecondKey = "a1b2c3d4e5f6a7b8c9d0e1f2"
	jmSampleKey = "dcf71ef5082057832bd44fbd" // the document's, made by the tests' states
)

const jmStatesV2 = "/v2/users/statuser" //nolint:misspell // the platform spells it so

var jmSecrets = map[string]string{
	jmKey:       "demo-master-secret-00000",
	jmSecondKey: "demo-master-secret-00001",
	jmSampleKey: "demo-master-secret-00002",
}

// jmServer is an emulator and the application that calls it.
type jmServer struct {
	t      testing.TB
	client *http.Client
	url    string
	key    string
}

// jmAnswer is an answer of it.
type jmAnswer struct {
	status int
	header http.Header
	body   string
}

func jmServe(t testing.TB) *jmServer {
	t.Helper()
	return jmServeWith(t, emulator.Options{})
}

func jmServeWith(t testing.TB, options emulator.Options) *jmServer {
	t.Helper()
	server := httptest.NewServer(emulator.New(options))
	t.Cleanup(server.Close)
	return &jmServer{t: t, client: server.Client(), url: server.URL, key: jmKey}
}

// as returns the server as another application sees it.
func (s *jmServer) as(key string) *jmServer {
	other := *s
	other.key = key
	return &other
}

// in returns the server for a subtest.
func (s *jmServer) in(t testing.TB) *jmServer {
	other := *s
	other.t = t
	return &other
}

// try sends a call and does not judge the answer.
func (s *jmServer) try(method, path, body string, edits ...func(*http.Request)) jmAnswer {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.SetBasicAuth(s.key, jmSecrets[strings.ToLower(s.key)])
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	for _, edit := range edits {
		edit(request)
	}
	response, err := s.client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	data, err := io.ReadAll(response.Body)
	if closeErr := response.Body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return jmAnswer{status: response.StatusCode, header: response.Header, body: string(data)}
}

// call sends a call that has to be answered with that status.
func (s *jmServer) call(status int, method, path, body string) jmAnswer {
	s.t.Helper()
	answer := s.try(method, path, body)
	if answer.status != status {
		s.t.Fatalf("%s %s %s: status %d, want %d: %s", method, path, body, answer.status, status, answer.body)
	}
	return answer
}

// fails sends a call that has to fail with that status and code.
func (s *jmServer) fails(status, code int, method, path, body string) {
	s.t.Helper()
	answer := s.call(status, method, path, body)
	var failure struct {
		Error struct {
			Code    int     `json:"code"`
			Message *string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal([]byte(answer.body), &failure); err != nil {
		s.t.Fatalf("%s %s %s: %v: %s", method, path, body, err, answer.body)
	}
	if failure.Error.Code != code || failure.Error.Message == nil {
		s.t.Fatalf("%s %s %s: want code %d: %s", method, path, body, code, answer.body)
	}
}

// reads sends a GET that has to be answered with that JSON.
func (s *jmServer) reads(path, want string) {
	s.t.Helper()
	jmSame(s.t, s.call(http.StatusOK, http.MethodGet, path, "").body, want)
}

// register registers users who have nothing but names.
func (s *jmServer) register(names ...string) {
	s.t.Helper()
	users := make([]map[string]string, len(names))
	for i, name := range names {
		users[i] = map[string]string{"username": name, "password": "password"}
	}
	s.call(http.StatusCreated, http.MethodPost, "/v1/users/", jmJSON(s.t, users))
}

// createGroup returns the id of a new group.
func (s *jmServer) createGroup(owner string, members ...string) string {
	s.t.Helper()
	answer := s.call(http.StatusCreated, http.MethodPost, "/v1/groups/", jmJSON(s.t, map[string]any{
		"owner_username": owner, "name": "group", "members_username": members,
	}))
	return jmNumber(s.t, answer.body, "gid")
}

// createRoom returns the id of a new chat room.
func (s *jmServer) createRoom(owner string, members ...string) string {
	s.t.Helper()
	answer := s.call(http.StatusCreated, http.MethodPost, "/v1/chatroom/", jmJSON(s.t, map[string]any{
		"owner_username": owner, "name": "room", "members_username": members,
	}))
	return jmNumber(s.t, answer.body, "chatroom_id")
}

// restore replaces the state of JMessage.
func (s *jmServer) restore(document string) {
	s.t.Helper()
	s.call(http.StatusNoContent, http.MethodPut, "/_emulator/state", `{"jmessage":`+document+`}`)
}

// state returns the state of JMessage.
func (s *jmServer) state() string {
	s.t.Helper()
	var document struct {
		JMessage json.RawMessage `json:"jmessage"`
	}
	answer := s.call(http.StatusOK, http.MethodGet, "/_emulator/state", "")
	if err := json.Unmarshal([]byte(answer.body), &document); err != nil {
		s.t.Fatal(err)
	}
	return string(document.JMessage)
}

// hidden returns a part of the state of an application, such as "users" or "groups".
func (s *jmServer) hidden(part string) []map[string]any {
	s.t.Helper()
	var document struct {
		Applications map[string]map[string]json.RawMessage `json:"applications"`
	}
	if err := json.Unmarshal([]byte(s.state()), &document); err != nil {
		s.t.Fatal(err)
	}
	var items []map[string]any
	if err := json.Unmarshal(document.Applications[s.key][part], &items); err != nil {
		s.t.Fatal(err)
	}
	return items
}

// advance moves the emulated clock.
func (s *jmServer) advance(by string) {
	s.t.Helper()
	s.call(http.StatusNoContent, http.MethodPost, "/_emulator/clock", `{"advance":"`+by+`"}`)
}

func jmJSON(t testing.TB, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// jmNames returns a JSON array of n names.
func jmNames(t testing.TB, prefix string, n int) (string, []string) {
	t.Helper()
	names := make([]string, n)
	for i := range names {
		names[i] = prefix + strconv.Itoa(i)
	}
	return jmJSON(t, names), names
}

func jmParse(t testing.TB, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return value
}

// jmNumber returns the number that the object text has under key.
func jmNumber(t testing.TB, text, key string) string {
	t.Helper()
	object, _ := jmParse(t, text).(map[string]any)
	number, ok := object[key].(json.Number)
	if !ok {
		t.Fatalf("no number %q in %s", key, text)
	}
	return number.String()
}

// jmSame compares JSON: the same keys, types and values. In want, "<number>" and
// "<string>" stand for any of that type, and "<time>" for any time.
func jmSame(t testing.TB, got, want string) {
	t.Helper()
	wanted := jmParse(t, want)
	if diff := cmp.Diff(wanted, jmVolatile(jmParse(t, got), wanted)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

// jmVolatile replaces the values that want does not fix.
func jmVolatile(got, want any) any {
	switch got := got.(type) {
	case map[string]any:
		wanted, _ := want.(map[string]any)
		for key, value := range got {
			got[key] = jmVolatile(value, wanted[key])
		}
	case []any:
		wanted, _ := want.([]any)
		for i := range min(len(got), len(wanted)) {
			got[i] = jmVolatile(got[i], wanted[i])
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

package easemob_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

// TestLargestBodies covers calls whose documents allow more than the 5 KB that a body has
// elsewhere.
func TestLargestBodies(t *testing.T) {
	s := serve(t, emulator.Options{})
	var users, names []string
	for i := range 100 {
		name := fmt.Sprintf("u%063d", i) // 64 bytes
		users = append(users, `{"username":"`+name+`"}`)
		names = append(names, `"`+name+`"`)
	}
	s.restore(`{"users":[{"username":"ann"},` + strings.Join(users, ",") + `],
		"groups":[{"id":"1","owner":"ann"}],"chatrooms":[{"id":"2","owner":"ann"}],
		"push_labels":[{"name":"l","description":"","createdAt":1}]}`)
	list := `[` + strings.Join(names, ",") + `]`
	usernames := `{"usernames":` + list + `}`
	custom := strings.Repeat("c", 8<<10)
	var attributes []string
	for i := range 10 {
		attributes = append(attributes, fmt.Sprintf(`"key%d":"%s"`, i, strings.Repeat("深", 4096)))
	}
	for _, test := range []struct{ method, path, body string }{
		{"POST", "/users/batch/status", usernames},
		{"POST", "/users/ann/blocks/users", usernames},
		{"POST", "/chatgroups", `{"groupname":"g","description":"d","public":true,"owner":"ann","custom":"` + custom + `","members":` + list + `}`},
		{"PUT", "/chatgroups/1", `{"custom":"` + custom + `"}`},
		{"POST", "/chatrooms", `{"name":"g","description":"d","owner":"ann","custom":"` + custom + `","members":` + list + `}`},
		{"POST", "/chatgroups/1/users", usernames},
		{"POST", "/chatgroups/1/white/users", usernames},
		{"POST", "/chatgroups/1/blocks/users", usernames},
		{"POST", "/chatrooms/2/users", usernames},
		{"POST", "/chatrooms/2/white/users", usernames},
		{"POST", "/chatrooms/2/blocks/users", usernames},
		{"PUT", "/metadata/chatroom/2/user/ann", `{"metaData":{` + strings.Join(attributes, ",") + `}}`},
		{"PUT", "/metadata/chatgroup/1/user/ann", `{"metaData":{"k":"` + strings.Repeat(`\u6df1`, 170) + `","l":"` + strings.Repeat(`\u6df1`, 170) +
			`","m":"` + strings.Repeat(`\u6df1`, 170) + `","n":"` + strings.Repeat(`\u6df1`, 170) + `","o":"` + strings.Repeat(`\u6df1`, 170) + `"}}`},
		{"POST", "/metadata/user/get", `{"targets":` + list + `,"properties":["nickname"]}`},
		{"POST", "/push/label/l/user", usernames},
		{"DELETE", "/push/label/l/user", usernames},
	} {
		if answer := s.Call(test.method, appPath+test.path, test.body); answer.Status != 200 {
			t.Errorf("%s %s with %d bytes: got %d %s", test.method, test.path, len(test.body), answer.Status, answer.Body)
		}
	}
	form := "sign=" + url.QueryEscape(strings.Repeat("深", 2044/3)) // 2 KB with its key
	s.Want(200, "PUT", appPath+"/metadata/user/ann", form, asForm)

	newer := serve(t, emulator.Options{EasemobEra: 2025}) // takes 100 names here
	newer.restore(`{"users":[{"username":"ann"},` + strings.Join(users, ",") + `],"groups":[{"id":"1","owner":"ann","members":` + list + `}]}`)
	newer.Want(200, "POST", appPath+"/chatgroups/1/mute", `{"mute_duration":-1,"usernames":`+list+`}`)
}

// TestBodiesAreCheckedLast covers the order of checks: application, token, body.
func TestBodiesAreCheckedLast(t *testing.T) {
	s := serve(t, emulator.Options{})
	long := `{"usernames":["` + strings.Repeat("x", 6<<10) + `"]}`
	asXML := func(r *http.Request) { r.Header.Set("Content-Type", "text/xml") }
	noToken := emulatortest.Bearer("")
	for _, test := range []struct {
		status       int
		method, path string
		edits        []func(*http.Request)
	}{
		{404, "POST", "/chat-demo/other/users", nil},
		{404, "POST", "/chat-demo/other/users", []func(*http.Request){asXML}},
		{401, "PUT", appPath + "/users/ann", []func(*http.Request){noToken}},
		{401, "PUT", appPath + "/users/ann", []func(*http.Request){noToken, asXML}},
		{405, "PATCH", appPath + "/users/ann", nil},
		{500, "POST", appPath + "/what/ever", nil},
		{413, "PUT", appPath + "/users/ann", nil},
		{413, "PUT", appPath + "/users/ann", []func(*http.Request){asXML}},
	} {
		if answer := s.Call(test.method, test.path, long, test.edits...); answer.Status != test.status {
			t.Errorf("%s %s: got %d %s, want %d", test.method, test.path, answer.Status, answer.Body, test.status)
		}
	}
	s.Want(401, "PUT", appPath+"/users/ann", "{}", noToken, asXML)
	s.Want(415, "PUT", appPath+"/users/ann", "{}", asXML)
}

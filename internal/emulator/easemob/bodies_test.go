package easemob_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
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

package easemob_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

// TestNotifications covers how users are notified of conversations.
func TestNotifications(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann", "bob")
	const bob, self, group = "/users/ann/notification/user/bob", "/users/ann/notification/user/ann", "/users/ann/notification/chatgroup/66021836783617"
	for _, path := range []string{bob, self, group, "/users/ann/notification/language", "/users/ann/notification/template"} {
		s.check("GET "+path, good(`{}`)) // never set
	}
	for _, path := range []string{bob, self, group} {
		for range 2 {
			s.check("PUT "+path+` {"type":"NONE"}`, good(`{"type":"NONE"}`))
		}
		s.check("GET "+path, good(`{"type":"NONE"}`))
		s.check("PUT "+path+` {"type":"AT"}`, good(`{"type":"AT"}`))
	}
	s.check("PUT "+bob+` {"type":"DEFAULT","ignoreInterval":"","ignoreDuration":0}`, good(`{"type":"DEFAULT","ignoreInterval":"","ignoreDuration":0}`))
	s.check("PUT "+self+` {"ignoreInterval":"21:30-08:00"}`, good(`{"type":"AT","ignoreInterval":"21:30-08:00"}`))
	s.check("PUT "+self+` {"type":"ALL","ignoreInterval":""}`, good(`{"type":"ALL","ignoreInterval":""}`))
	s.check("PUT "+bob+` {"ignoreDuration":86400000}`, good(`{"type":"DEFAULT","ignoreInterval":"","ignoreDuration":"<ms>"}`))
	s.check("GET "+bob, good(`{"type":"DEFAULT","ignoreInterval":"","ignoreDuration":"<ms>"}`))
	s.check("GET /users/bob/notification/user/ann", good(`{}`)) // one direction

	now := emulatortest.Parse(t, s.Want(200, "GET", appPath+bob, "").Body).(map[string]any)
	until, err := now["data"].(map[string]any)["ignoreDuration"].(json.Number).Int64()
	if err != nil {
		t.Fatal(err)
	}
	at, err := now["timestamp"].(json.Number).Int64()
	if err != nil {
		t.Fatal(err)
	}
	if left := until - at; left < 86_300_000 || left > 86_400_000 {
		t.Errorf("the duration ends in %d ms, want a time a day from now", left)
	}
	if got, want := s.keys("GET", bob, ""), "action application applicationName data duration organization path timestamp uri"; got != want {
		t.Errorf("an answer has the keys %s, want %s", got, want)
	}

	s.check(`PUT /users/ann/notification/language {"translationLanguage":"EU"}`, good(`{"language":"EU"}`))
	s.check(`GET /users/ann/notification/language`, good(`{"language":"EU"}`))
	s.check(`PUT /users/ann/notification/language {"translationLanguage":""}`, good(`{"language":""}`))
	s.check(`PUT /users/ann/notification/template {"templateName":"hello"}`, good(`{"templateName":"hello"}`))
	s.check(`GET /users/ann/notification/template`, good(`{"templateName":"hello"}`))

	for _, call := range []string{
		"PUT " + bob + ` {"type":"SOME"}`, "PUT " + self + ` {"type":"DEFAULT"}`, "PUT " + bob + ` {"ignoreInterval":"08:00-09:00"}`,
		"PUT " + self + ` {"ignoreInterval":"8:00-9:00"}`, "PUT " + self + ` {"ignoreInterval":"08:00-24:00"}`,
		"PUT " + bob + ` {"ignoreDuration":-1}`, "PUT " + bob + ` {"ignoreDuration":604800001}`, "PUT " + bob + ` {"type":1}`,
		"PUT /users/ann/notification/language {}", "PUT /users/ann/notification/template {}",
	} {
		method, path, body := splitCall(call)
		s.fails(400, "illegal_argument", "parameters is invalid : ", method, appPath+path, body)
	}
	for _, call := range []string{
		`PUT /users/zoe/notification/user/ann {"type":"NONE"}`, "GET /users/zoe/notification/user/ann", "GET /users/zoe/notification/chatgroup/1",
		`PUT /users/zoe/notification/language {"translationLanguage":"EU"}`, "GET /users/zoe/notification/language",
		`PUT /users/zoe/notification/template {"templateName":"x"}`, "GET /users/zoe/notification/template",
	} {
		method, path, body := splitCall(call)
		s.fails(400, "required_property_not_found", "Entity user requires a property named username", method, appPath+path, body)
	}
	s.fails(401, "unauthorized", "Unable to authenticate (OAuth)", "GET", appPath+bob, "", emulatortest.Bearer(""))
	login := s.Want(200, "POST", appPath+"/token", `{"grant_type":"password","username":"ann","password":"1"}`)
	asAnn := emulatortest.Bearer(emulatortest.Parse(t, login.Body).(map[string]any)["access_token"].(string))
	s.Want(200, "GET", appPath+bob, "", asAnn)
	s.Want(401, "GET", appPath+"/users/bob/notification/language", "", asAnn)
	s.Want(204, "PUT", "/_emulator/settings", `{"easemob":{"features_off":["push"]}}`)
	s.fails(403, "forbidden_op", "push is not used for this app", "GET", appPath+bob, "")
}

// TestTemplates covers push templates.
func TestTemplates(t *testing.T) {
	s := serve(t, emulator.Options{})
	const path = "/notification/template"
	body := func(name, title string) string {
		return `{"name":"` + name + `","title_pattern":"` + title + `","content_pattern":"c {0}"}`
	}
	shown := func(title string) answerOf {
		return good(`{"name":"hello1","createAt":"<ms>","updateAt":"<ms>","title_pattern":"` + title + `","content_pattern":"c {0}"}`)
	}
	s.check("POST "+path+" "+body("hello1", "t"), shown("t"))
	s.check("POST "+path+" "+body("hello1", "again"), shown("again"))
	s.check("GET "+path+"/hello1", shown("again"))
	for range 2 {
		s.check("PUT "+path+`/hello1 {"title_pattern":"new"}`, shown("new"))
	}
	if got, want := s.keys("GET", path+"/hello1", ""), "action application applicationName data duration organization timestamp uri"; got != want {
		t.Errorf("an answer has the keys %s, want %s", got, want)
	}
	s.check("DELETE "+path+"/hello1", shown("new"))
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		s.fails(400, "entity_not_found", "hello1 template is not exist", method, appPath+path+"/hello1", body("hello1", "t"))
	}
	for _, bad := range []string{
		body("", "t"), body("hello-1", "t"), body(strings.Repeat("x", 65), "t"), body("hello1", ""),
		`{"name":"hello1","title_pattern":"t"}`, `x`,
	} {
		s.fails(400, "illegal_argument", "parameters is invalid : ", "POST", appPath+path, bad)
	}
	s.check("POST "+path+" "+body("hello1", "t"), shown("t"))
	s.fails(400, "illegal_argument", "parameters is invalid : content_pattern", "PUT", appPath+path+"/hello1", `{"content_pattern":""}`)
	s.check("GET "+path+"/hello1", shown("t"))
	s.fails(401, "unauthorized", "Unable to authenticate (OAuth)", "GET", appPath+path+"/hello1", "", emulatortest.Bearer(strangeToken))
}

// TestLabels covers push labels.
func TestLabels(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann", "bob", "cat")
	const path = "/push/label"
	s.check("GET "+path, good(`[]`))
	s.check("POST "+path+` {"name":"post-90s","description":"d"}`, good(`{"name":"post-90s","description":"d","createdAt":"<ms>"}`))
	s.check("POST "+path+` {"name":"Post-90s"}`, good(`{"name":"Post-90s","description":"","createdAt":"<ms>"}`)) // case matters
	s.check("POST "+path+`/post-90s/user {"usernames":["ann","Bob","zoe"]}`, good(`{"success":["ann","bob"],"fail":{"zoe":"user not found"}}`))
	s.check("POST "+path+`/post-90s/user {"usernames":["ann"]}`, good(`{"success":["ann"],"fail":{}}`))
	s.check("GET "+path+"/post-90s", good(`{"name":"post-90s","description":"d","createdAt":"<ms>","count":2}`))
	s.check("GET "+path, good(`[{"name":"post-90s","description":"d","createdAt":"<ms>","count":2},{"name":"Post-90s","description":"","createdAt":"<ms>","count":0}]`))
	s.check("GET "+path+"/post-90s/user/bob", good(`{"username":"bob","created":"<ms>"}`))
	s.check("GET "+path+"/post-90s/user?limit=1", good(`[{"username":"ann","created":"<ms>"}]`))
	s.check("GET "+path+"/post-90s/user?limit=1&cursor=1", good(`[{"username":"bob","created":"<ms>"}]`))
	if got, want := s.keys("GET", path+"/post-90s/user?limit=1", ""), "cursor data duration timestamp"; got != want {
		t.Errorf("a page has the keys %s, want %s", got, want)
	}
	if got, want := s.keys("GET", path+"/post-90s/user?limit=1&cursor=1", ""), "data duration timestamp"; got != want {
		t.Errorf("the last page has the keys %s, want %s", got, want)
	}
	before := s.State("easemob")
	s.Want(204, "POST", "/_emulator/reset", "")
	s.restore(before)
	s.Want(200, "DELETE", appPath+"/users/bob", "") // the label goes with its user
	s.check("GET "+path+"/post-90s/user", good(`[{"username":"ann","created":"<ms>"}]`))
	s.check("DELETE "+path+`/post-90s/user {"usernames":["ann","cat","zoe"]}`, good(`{"success":["ann","cat"],"fail":{"zoe":"user not found"}}`))
	s.check("GET "+path+"/post-90s/user", good(`[]`))

	s.fails(400, "illegal_argument", "name", "POST", appPath+path, `{"name":"post-90s"}`)
	for _, body := range []string{`{"name":""}`, `{"name":"a b"}`, `{"name":"` + strings.Repeat("x", 65) + `"}`, `{"name":"a","description":"` + strings.Repeat("x", 256) + `"}`, `x`} {
		s.fails(400, "illegal_argument", "parameters is invalid : ", "POST", appPath+path, body)
	}
	for _, call := range []string{
		"POST " + path + "/post-90s/user {}", "DELETE " + path + "/post-90s/user " + namesBody(101),
		"GET " + path + "/post-90s/user?limit=0", "GET " + path + "/post-90s/user?limit=101", "GET " + path + "/post-90s/user?cursor=x",
	} {
		method, at, body := splitCall(call)
		s.fails(400, "illegal_argument", "parameters is invalid : ", method, appPath+at, body)
	}
	s.fails(400, "required_property_not_found", "", "GET", appPath+path+"/post-90s/user/zoe", "")
	s.check("DELETE "+path+"/post-90s", good(`"success"`))
	for _, call := range []string{"GET " + path + "/post-90s", "DELETE " + path + "/post-90s", "GET " + path + "/post-90s/user", `POST ` + path + `/post-90s/user {"usernames":["ann"]}`} {
		method, at, body := splitCall(call)
		s.fails(400, "entity_not_found", "post-90s label is not exist", method, appPath+at, body)
	}
	for i := range 99 {
		s.Want(200, "POST", appPath+path, fmt.Sprintf(`{"name":"l%d"}`, i))
	}
	s.fails(400, "illegal_argument", "label", "POST", appPath+path, `{"name":"more"}`)
}

// TestLabelPageBehindTheEnd covers cursors that point behind the last user.
func TestLabelPageBehindTheEnd(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.restore(`{"users":[{"username":"ann"}],"push_labels":[{"name":"l","description":"","createdAt":1,"users":[{"username":"ann","created":1}]}]}`)
	for _, cursor := range []string{"1", "9223372036854775807"} {
		answer := s.Want(200, "GET", appPath+"/push/label/l/user?limit=100&cursor="+cursor, "")
		if !strings.Contains(answer.Body, `"data":[]`) || strings.Contains(answer.Body, "cursor") {
			t.Errorf("cursor %s: got %s, want an empty last page", cursor, answer.Body)
		}
	}
}

// TestGlobalMutes covers section 7 of what is known of the platform.
func TestGlobalMutes(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann", "bob", "cat")
	shown := func(chat, group, room string) string {
		return `{"userid":"chat-demo#testapp_ann","chat":` + chat + `,"groupchat":` + group + `,"chatroom":` + room + `}`
	}
	expect := func(want string) {
		t.Helper()
		data := emulatortest.Parse(t, s.data("/mutes/ann")).(map[string]any)
		if _, ok := data["unixtime"].(json.Number); !ok {
			t.Errorf("no unixtime in %v", data)
		}
		delete(data, "unixtime")
		if got := emulatortest.JSON(t, data); got != emulatortest.JSON(t, emulatortest.Parse(t, want)) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	expect(shown("0", "0", "0"))
	for range 2 {
		s.check(`POST /mutes {"username":"Ann","chat":-1,"groupchat":-1}`, good(`{"result":"ok"}`))
	}
	expect(shown("-1", "-1", "0"))
	s.check(`POST /mutes {"username":"ann","groupchat":0}`, good(`{"result":"ok"}`))
	expect(shown("-1", "0", "0"))
	s.check(`POST /mutes {"username":"ann","chatroom":3600}`, good(`{"result":"ok"}`))
	s.Advance("30m")
	room := emulatortest.Parse(t, s.data("/mutes/ann")).(map[string]any)["chatroom"].(json.Number)
	if left, err := room.Int64(); err != nil || left > 1800 || left < 1700 {
		t.Errorf("half an hour is left of an hour, got %s seconds", room)
	}
	s.Advance("31m")
	expect(shown("-1", "0", "0"))

	s.check(`POST /mutes {"username":"bob","chat":-1}`, good(`{"result":"ok"}`))
	list := func(query, want string) {
		t.Helper()
		var data struct{ Data json.RawMessage }
		if err := json.Unmarshal([]byte(s.data("/mutes"+query)), &data); err != nil {
			t.Fatal(err)
		}
		if string(data.Data) != want {
			t.Errorf("/mutes%s lists %s, want %s", query, data.Data, want)
		}
	}
	const first = `{"chat":-1,"username":"ann"},{"groupchat":0,"username":"ann"}`
	list("", `[`+first+`,{"chatroom":0,"username":"ann"},{"chat":-1,"username":"bob"}]`)
	list("?pageNum=1&pageSize=2", `[`+first+`]`)
	list("?pageNum=2&pageSize=2", `[{"chatroom":0,"username":"ann"},{"chat":-1,"username":"bob"}]`)
	list("?pageNum=3&pageSize=2", `[]`)

	s.fails(400, "required_property_not_found", "", "POST", appPath+"/mutes", `{"username":"zoe","chat":-1}`)
	s.fails(400, "required_property_not_found", "", "GET", appPath+"/mutes/zoe", "")
	s.fails(400, "illegal_argument", "chat is not legal", "POST", appPath+"/mutes", `{"username":"ann","chat":2147483648}`)
	s.fails(400, "illegal_argument", "groupchat is not legal", "POST", appPath+"/mutes", `{"username":"ann","groupchat":-2}`)
	s.fails(400, "invalid_parameter", "pageNum [0]", "GET", appPath+"/mutes?pageNum=0", "")
	s.Want(200, "DELETE", appPath+"/users/ann", "")
	list("", `[{"chat":-1,"username":"bob"}]`)
	s.Want(204, "PUT", "/_emulator/settings", `{"easemob":{"features_off":["mutes"]}}`)
	s.fails(403, "forbidden_op", "user_mute is not used for this app", "GET", appPath+"/mutes", "")
}

// TestNotificationsEndWithWhatTheyName covers section 12: what is deleted leaves no
// settings behind.
func TestNotificationsEndWithWhatTheyName(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.restore(`{"users":[{"username":"ann","notification_ignore":{"1":true,"2":true},
			"notifications":{"user/cat":{"type":"NONE"},"chatgroup/2":{"type":"AT"}}},
		{"username":"bob"},{"username":"cat"}],
		"groups":[{"id":"1","owner":"bob"},{"id":"2","owner":"cat"},{"id":"3","owner":"cat"}]}`)
	for _, path := range []string{"user/bob", "chatgroup/1", "chatgroup/3", "user/ann"} {
		s.Want(200, "PUT", appPath+"/users/ann/notification/"+path, `{"type":"NONE"}`)
	}
	want := func(path, data string) {
		t.Helper()
		s.check("GET /users/ann/notification/"+path, good(data))
	}
	s.Want(200, "DELETE", appPath+"/users/bob", "") // and with it group 1
	want("user/bob", `{}`)
	want("chatgroup/1", `{}`)
	want("chatgroup/3", `{"type":"NONE"}`)
	want("user/cat", `{"type":"NONE"}`)
	if user := s.User("ann"); user["notification_ignore_1"] != nil || user["notification_ignore_2"] != true {
		t.Errorf("got %v, want group 2 to be ignored and group 1 to be gone", user)
	}
	s.Want(200, "DELETE", appPath+"/chatgroups/3", "")
	want("chatgroup/3", `{}`)
	s.Want(200, "DELETE", appPath+"/users/cat", "")
	want("user/cat", `{}`) // what was restored is no exception
	want("chatgroup/2", `{}`)
	s.Want(200, "DELETE", appPath+"/users/ann", "")
	s.Register("ann")
	want("user/ann", `{}`)
}

package easemob_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

// send sends a message and returns its id.
func (s *server) send(path, to, more string) string {
	s.T.Helper()
	answer := s.Want(200, "POST", appPath+path, `{"to":["`+to+`"],"type":"txt","body":{"msg":"hi"}`+more+`}`)
	return emulatortest.Parse(s.T, answer.Body).(map[string]any)["data"].(map[string]any)[to].(string)
}

// TestMessages covers messages as they are sent today and as they were sent in 2018.
func TestMessages(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.restore(`{"users":[{"username":"ann"},{"username":"bob"},{"username":"cat","online":true}]}`)
	const text = `"type":"txt","body":{"msg":"hi"}`
	const ids = `{"bob":"<id>","zoe":"<id>"}`
	s.check(`POST /messages/users {"from":"ann","to":["bob","zoe"],`+text+`,"ext":{"a":1},"sync_device":true,"routetype":"ROUTE_ONLINE"}`, good(ids))
	s.check(`POST /messages/users {"to":["bob","zoe"],`+text+`}`, good(ids))
	s.check(`POST /messages/chatgroups {"from":"ann","to":["1","2","3"],`+text+`}`, good(`{"1":"<id>","2":"<id>","3":"<id>"}`))
	s.check(`POST /messages/chatrooms {"from":"ann","to":["1"],"type":"custom","body":{"customEvent":"e"}}`, good(`{"1":"<id>"}`))
	s.check(`POST /messages {"target_type":"users","target":["bob","zoe"],"msg":{"type":"txt","msg":"hi"},"from":"ann"}`, good(`{"bob":"success","zoe":"success"}`))
	s.check(`POST /messages {"target_type":"chatgroups","target":["1"],"msg":{"type":"img","url":"u"},"from":"ann","ext":{}}`, good(`{"1":"success"}`))
	if got, want := s.keys("POST", "/messages/users", `{"to":["zoe"],`+text+`}`), "action application applicationName data duration organization path timestamp uri"; got != want {
		t.Errorf("an answer has the keys %s, want %s", got, want)
	}
	if first, second := s.send("/messages/users", "bob", ""), s.send("/messages/users", "bob", ""); first >= second {
		t.Errorf("the ids %s and %s do not rise", first, second)
	}

	// What waits for bob: all but the first, which was for who is online only.
	if got := s.data("/users/bob/offline_msg_count"); got != `{"bob":4}` {
		t.Errorf("bob has %s offline messages", got)
	}
	s.send("/messages/users", "cat", "")
	if got := s.data("/users/cat/offline_msg_count"); got != `{"cat":0}` {
		t.Errorf("cat, who is online, has %s offline messages", got)
	}
	s.Want(200, "POST", appPath+"/users/bob/blocks/users", `{"usernames":["ann"]}`)
	s.send("/messages/users", "bob", `,"from":"Ann"`) // is no error, but does not arrive
	if got := s.data("/users/bob/offline_msg_count"); got != `{"bob":4}` {
		t.Errorf("with a message of somebody blocked bob has %s offline messages", got)
	}
	id := s.send("/messages/users", "bob", "")
	if got := s.data("/users/bob/offline_msg_status/" + id); got != `{"`+id+`":"undelivered"}` {
		t.Errorf("the message is %s", got)
	}

	for call, want := range map[string]string{
		`POST /messages/users {"from":"","to":["bob"],` + text + `}`:                                                 "param from can't be empty",
		`POST /messages/users {"to":[],` + text + `}`:                                                                "param to can't be empty",
		`POST /messages/users {` + text + `}`:                                                                        "param to can't be empty",
		`POST /messages/users {"to":["b"` + strings.Repeat(`,"b"`, 600) + `],` + text + `}`:                          "param to exceed limit",
		`POST /messages/chatgroups {"to":["1","2","3","4"],` + text + `}`:                                            "param to exceed limit",
		`POST /messages/chatrooms {"to":["1"` + strings.Repeat(`,"1"`, 10) + `],` + text + `}`:                       "param to exceed limit",
		`POST /messages/users {"to":["bob"],"type":"smell","body":{}}`:                                               "param type is not legal",
		`POST /messages/users {"to":["bob"],"body":{"msg":"hi"}}`:                                                    "param type is not legal",
		`POST /messages/users {"to":["bob"],"type":"txt"}`:                                                           "param body can't be empty",
		`POST /messages/users {"to":["bob"],"type":"txt","body":"hi"}`:                                               "param body can't be empty",
		`POST /messages/users {"to":["bob"],"type":"txt","body":{}}`:                                                 "param msg can't be empty",
		`POST /messages/users {"to":["bob"],` + text + `,"ext":null}`:                                                "param ext is not legal",
		`POST /messages {"target_type":"walls","target":["bob"],"msg":{"type":"txt","msg":"hi"}}`:                    "param target_type is not legal",
		`POST /messages {"target_type":"users","target":["bob"]}`:                                                    "param type is not legal",
		`POST /messages {"target_type":"users","target":["bob"],"msg":{"type":"txt","msg":"hi"},"from":"","ext":{}}`: "param from can't be empty",
	} {
		s.check(call, bad(400, "message_send_error", want))
	}
	s.fails(413, "Request Entity Too Large", "5 KB", "POST", appPath+"/messages/users", `{"to":["bob"],"type":"txt","body":{"msg":"`+strings.Repeat("x", 5<<10)+`"}}`)
	s.fails(401, "unauthorized", "Unable to authenticate (OAuth)", "POST", appPath+"/messages/users", `{}`, emulatortest.Bearer(""))
}

// TestRecall covers the two minutes in which a message may be recalled.
func TestRecall(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann", "bob")
	recall := func(id, to, chatType, force string) string {
		return `POST /messages/msg_recall {"msg_id":"` + id + `","to":"` + to + `","chat_type":"` + chatType + `","from":"ann","force":` + force + `}`
	}
	recalled := func(id, to, chatType, from string) answerOf {
		return good(`{"recalled":"yes","chattype":"` + chatType + `","from":"` + from + `","to":"` + to + `","msg_id":"` + id + `"}`)
	}
	notFound := bad(403, "message_recall_error", "not_found msg")
	first := s.send("/messages/users", "bob", `,"from":"ann"`)
	s.check(recall(first, "ann", "chat", "false"), bad(400, "message_recall_error", "can't find msg to"))
	s.check(recall(first, "bob", "groupchat", "false"), bad(400, "message_recall_error", "can't find msg to"))
	s.check(recall(first, "BOB", "chat", "false"), recalled(first, "bob", "chat", "ann"))
	s.check(recall(first, "bob", "chat", "false"), notFound)
	s.check(recall("7", "bob", "chat", "true"), notFound)
	if got := s.data("/users/bob/offline_msg_count"); got != `{"bob":0}` {
		t.Errorf("bob has %s offline messages", got)
	}
	group := s.send("/messages/chatgroups", "66021836783617", "")
	s.check(`POST /messages/recall {"msg_id":"`+group+`","to":"66021836783617","chat_type":"groupchat","force":false}`, recalled(group, "66021836783617", "groupchat", "admin"))
	room := s.send("/messages/chatrooms", "1", "")
	late := s.send("/messages/users", "bob", "")
	s.Advance("1m")
	s.check(recall(room, "1", "chatroom", "false"), recalled(room, "1", "chatroom", "ann"))
	s.Advance("1m1s")
	s.check(recall(late, "bob", "chat", "false"), bad(403, "message_recall_error", "exceed recall time limit"))
	s.check(recall(late, "bob", "chat", "true"), recalled(late, "bob", "chat", "ann"))

	for body, want := range map[string]string{
		`{"to":"bob","chat_type":"chat","force":true}`:              "param msg_id can't be empty",
		`{"msg_id":"1","chat_type":"chat","force":true}`:            "param to can't be empty",
		`{"msg_id":"1","to":"bob","chat_type":"","force":true}`:     "param chat_type can't be empty",
		`{"msg_id":"1","to":"bob","chat_type":"chat","from":"ann"}`: "param force can't be empty",
	} {
		s.check("POST /messages/msg_recall "+body, bad(400, "message_recall_error", want))
	}
	s.Want(204, "PUT", "/_emulator/settings", `{"easemob":{"features_off":["recall"]}}`)
	s.check(recall(late, "bob", "chat", "true"), bad(403, "forbidden_op", "message recall service is unopened"))
}

// TestMessagesEndWithTheirUsers covers the messages of a user who is deleted: those it
// sent, and those it received.
func TestMessagesEndWithTheirUsers(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.restore(`{"users":[{"username":"ann","offline_messages":{"5":"undelivered"}},{"username":"bob"},{"username":"cat"}],
		"messages":[{"msg_id":"5","chat_type":"chat","from":"bob","to":"ann","type":"txt","body":{"msg":"hi"},"timestamp":1}]}`)
	recall := func(id, to, chatType string) string {
		return `POST /messages/msg_recall {"msg_id":"` + id + `","to":"` + to + `","chat_type":"` + chatType + `","force":true}`
	}
	toBob := s.send("/messages/users", "bob", `,"from":"ann"`)
	toAnn := s.send("/messages/users", "ann", `,"from":"bob"`)
	toGroup := s.send("/messages/chatgroups", "1", `,"from":"bob"`)
	toOther := s.send("/messages/users", "cat", `,"from":"ann"`)
	s.Want(200, "DELETE", appPath+"/users/bob", "")
	notFound := bad(403, "message_recall_error", "not_found msg")
	s.check(recall("5", "ann", "chat"), notFound)
	s.check(recall(toBob, "bob", "chat"), notFound)
	s.check(recall(toAnn, "ann", "chat"), notFound)
	s.check(recall(toGroup, "1", "groupchat"), notFound)
	if got := s.data("/users/ann/offline_msg_count"); got != `{"ann":0}` {
		t.Errorf("ann still has %s messages", got)
	}
	s.Register("bob") // is somebody else
	s.check(recall(toBob, "bob", "chat"), notFound)
	s.Want(200, "POST", appPath+"/messages/msg_recall", `{"msg_id":"`+toOther+`","to":"cat","chat_type":"chat","force":true}`)
}

// TestFiles covers files that messages can name.
func TestFiles(t *testing.T) {
	s := serve(t, emulator.Options{})
	form := func(field string, content []byte) (string, func(*http.Request)) {
		t.Helper()
		var body bytes.Buffer
		writer := multipart.NewWriter(&body)
		part, err := writer.CreateFormFile(field, "a.png")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
		return body.String(), func(r *http.Request) { r.Header.Set("Content-Type", writer.FormDataContentType()) }
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	upload := func(content []byte, edits ...func(*http.Request)) map[string]any {
		t.Helper()
		body, asForm := form("file", content)
		answer := s.Want(200, "POST", appPath+"/chatfiles", body, append(edits, asForm)...)
		return emulatortest.Parse(t, answer.Body).(map[string]any)
	}
	content := bytes.Repeat([]byte("large"), 200_000) // more than other bodies may have
	reply := upload(content, header("restrict-access", "true"))
	entity := reply["entities"].([]any)[0].(map[string]any)
	path := appPath + "/chatfiles/" + fmt.Sprint(entity["uuid"])
	secret, _ := entity["share-secret"].(string)
	if reply["path"] != "/chatfiles" || entity["type"] != "chatfile" || secret == "" {
		t.Errorf("the answer is %v", reply)
	}
	answer := s.Want(200, "GET", path, "", header("share-secret", secret), header("thumbnail", "true"))
	if answer.Body != string(content) || answer.Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("got %d bytes of %s", len(answer.Body), answer.Header.Get("Content-Type"))
	}
	s.fails(401, "unauthorized", "share-secret", "GET", path, "")
	s.fails(401, "unauthorized", "share-secret", "GET", path, "", header("share-secret", "x"))

	open := upload([]byte("small"))["entities"].([]any)[0].(map[string]any)
	if _, ok := open["share-secret"]; ok || open["uuid"] == entity["uuid"] {
		t.Errorf("the second file is %v", open)
	}
	s.Want(200, "GET", appPath+"/chatfiles/"+fmt.Sprint(open["uuid"]), "")

	body, asForm := form("other", []byte("x"))
	s.fails(400, "illegal_argument", "file is required", "POST", appPath+"/chatfiles", body, asForm)
	s.fails(415, "web_application", "", "POST", appPath+"/chatfiles", `{}`)
	body, asForm = form("file", make([]byte, 10<<20+1))
	s.fails(413, "Request Entity Too Large", "10 MB", "POST", appPath+"/chatfiles", body, asForm)
	body, asForm = form("file", make([]byte, 11<<20))
	s.fails(413, "Request Entity Too Large", "10 MB", "POST", appPath+"/chatfiles", body, asForm)
	s.fails(404, "service_resource_not_found", "", "GET", appPath+"/chatfiles/x", "")
	s.Advance("167h")
	s.Want(200, "GET", path, "", header("share-secret", secret))
	s.Advance("2h") // a file is kept for seven days
	s.fails(404, "service_resource_not_found", "", "GET", path, "", header("share-secret", secret))
}

// TestRecordsState covers that messages, files, attributes and settings are in the
// state document.
func TestRecordsState(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann", "bob")
	s.Want(200, "PUT", appPath+"/metadata/user/ann", "nickname=A", asForm)
	s.Want(200, "POST", appPath+"/users/ann/contacts/users/bob", "")
	s.Want(200, "PUT", appPath+"/user/ann/contacts/users/bob", `{"remark":"B"}`)
	s.Want(200, "PUT", appPath+"/users/ann/notification/user/bob", `{"type":"NONE","ignoreDuration":1000}`)
	s.Want(200, "PUT", appPath+"/users/ann/notification/language", `{"translationLanguage":"EU"}`)
	s.Want(200, "PUT", appPath+"/users/ann/notification/template", `{"templateName":"hello"}`)
	s.Want(200, "POST", appPath+"/notification/template", `{"name":"hello","title_pattern":"t","content_pattern":"c"}`)
	s.Want(200, "POST", appPath+"/mutes", `{"username":"ann","chat":-1,"chatroom":60}`)
	id := s.send("/messages/users", "bob", `,"from":"ann","ext":{"a":1}`)
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	if part, err := writer.CreateFormFile("file", "a.txt"); err != nil {
		t.Fatal(err)
	} else if _, err := part.Write([]byte("text")); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	s.Want(200, "POST", appPath+"/chatfiles", body.String(), func(r *http.Request) { r.Header.Set("Content-Type", writer.FormDataContentType()) })

	before := s.State("easemob")
	s.Want(204, "POST", "/_emulator/reset", "")
	s.restore(before)
	if diff := cmp.Diff(emulatortest.Parse(t, before), emulatortest.Parse(t, s.State("easemob"))); diff != "" {
		t.Errorf("the state after a round trip (-want +got):\n%s", diff)
	}
	if next := s.send("/messages/users", "bob", ""); next <= id {
		t.Errorf("the id %s was given away before", next)
	}
	s.check("GET /user/ann/contacts?needReturnRemark=true", good(`{"contacts":[{"username":"bob","remark":"B"}]}`))
	for name, state := range map[string]string{
		"a remark of nobody":       `"remarks":{"zoe":{}}`,
		"a remark about nobody":    `"remarks":{"ann":{"zoe":"x"}}`,
		"a remark about a user":    `"remarks":{"ann":{"bob":"x"}}`,
		"a mute of nobody":         `"global_mutes":[{"username":"zoe","until":{}}]`,
		"a message twice":          `"messages":[{"msg_id":"1"},{"msg_id":"1"}]`,
		"a file without a uuid":    `"files":[{}]`,
		"an unknown key of a user": `"users":[{"username":"cat","attribute":{}}]`,
	} {
		if answer := s.Call("PUT", "/_emulator/state", `{"easemob":{"users":[{"username":"ann"},{"username":"bob"}],`+state+`}}`); answer.Status != 400 {
			t.Errorf("%s: got %d %s", name, answer.Status, answer.Body)
		}
	}
}

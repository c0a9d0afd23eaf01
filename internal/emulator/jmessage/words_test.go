package jmessage_test

import (
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator/emulatortest"
)

func TestWords(t *testing.T) {
	server := serve(t)
	words := func(want string) {
		t.Helper()
		same(t, server.Want(200, "GET", "/v1/sensitiveword?start=0&count=2000", "").Body, want)
	}
	server.Want(204, "POST", "/v1/sensitiveword", `["FUCK", "`+strings.Repeat("汉", 10)+`", "FUCK"]`)
	server.Want(204, "POST", "/v1/sensitiveword", `["FUCK"]`) // no error
	server.fails(400, 899003, "POST", "/v1/sensitiveword", `["`+strings.Repeat("汉", 11)+`"]`)
	server.fails(400, 899003, "POST", "/v1/sensitiveword", `["fine", ""]`)
	server.fails(400, 899003, "POST", "/v1/sensitiveword", `{"word": "fine"}`)
	words(`{"start": 0, "count": 2, "words": [{"name": "FUCK", "itime": "<time>"}, {"name": "` + strings.Repeat("汉", 10) + `", "itime": "<time>"}], "total": 2}`)
	server.Want(204, "DELETE", "/v1/sensitiveword", `{"word": "`+strings.Repeat("汉", 10)+`"}`)
	server.Want(204, "PUT", "/v1/sensitiveword", `{"old_word": "FUCK", "new_word": "fuck"}`)
	server.fails(400, 899003, "PUT", "/v1/sensitiveword", `{"old_word": "FUCK", "new_word": "fuck"}`)
	server.fails(400, 899003, "PUT", "/v1/sensitiveword", `{"old_word": "fuck"}`)
	server.fails(400, 899003, "DELETE", "/v1/sensitiveword", `{"word": "FUCK"}`)
	server.fails(400, 899003, "DELETE", "/v1/sensitiveword", `{}`)
	words(`{"start": 0, "count": 1, "words": [{"name": "fuck", "itime": "<time>"}], "total": 1}`)

	many, _ := someNames(t, "w", 99)
	server.Want(204, "POST", "/v1/sensitiveword", many)
	server.fails(403, 899003, "POST", "/v1/sensitiveword", `["one more"]`)
	server.as(secondKey).reads("/v1/sensitiveword?start=0&count=1", `{"start": 0, "count": 0, "words": [], "total": 0}`)
}

func TestSwitches(t *testing.T) {
	for path, first := range map[string]string{"/v1/sensitiveword/status": "0", "/v1/sdkregister/status": "1"} {
		t.Run(path, func(t *testing.T) {
			server := serve(t)
			server.reads(path, `{"status": `+first+`}`)
			for _, status := range []string{"1", "1", "0", "0"} {
				server.Want(204, "PUT", path+"?status="+status, "")
				server.reads(path, `{"status": `+status+`}`)
			}
			server.fails(400, 899003, "PUT", path, "")
			server.fails(400, 899003, "PUT", path+"?status=true", "")
			server.as(secondKey).reads(path, `{"status": `+first+`}`)
		})
	}
}

// TestMessages covers what a message needs.
func TestMessages(t *testing.T) {
	server := serve(t)
	server.register("anna", "bert")
	gid, room := server.createGroup("anna"), server.createRoom("anna")
	fields := map[string]any{
		"version": 1, "target_type": "single", "target_id": "bert", "from_type": "user", "from_id": "anna",
		"msg_type": "text", "msg_body": map[string]any{"text": "Hello"},
	}
	media := map[string]any{"media_id": "qiniu/voice/j/A9", "media_crc32": 1, "fsize": 1, "duration": 1}
	for _, test := range []struct {
		title        string
		change       map[string]any
		status, code int
	}{
		{"everything optional", map[string]any{
			"from_name": "Anna", "target_name": "Bert", "no_offline": true, "no_notification": false,
			"notification": map[string]string{"title": "a", "alert": "b"}, "target_appkey": nil, "other": 1,
		}, 201, 0},
		{"to a group", map[string]any{"target_type": "group", "target_id": gid}, 201, 0},
		{"to a chat room by number", map[string]any{"target_type": "chatroom", "target_id": 20000000001}, 201, 0},
		{"to a missing group", map[string]any{"target_type": "group", "target_id": room}, 403, 899002},
		{"to a missing chat room", map[string]any{"target_type": "chatroom", "target_id": gid}, 403, 899002},
		{"to a group without number", map[string]any{"target_type": "group", "target_id": "bert"}, 400, 899003},
		{"to another kind", map[string]any{"target_type": "all", "target_id": gid}, 400, 899003},
		{"from nobody", map[string]any{"from_id": "nobody"}, 403, 899002},
		{"from another kind", map[string]any{"from_type": "robot"}, 400, 899003},
		{"without target", map[string]any{"target_id": nil}, 400, 899003},
		{"of another version", map[string]any{"version": 2}, 400, 899003},
		{"of another type", map[string]any{"msg_type": "video"}, 400, 899003},
		{"without body", map[string]any{"msg_body": nil}, 400, 899003},
		{"with a body that is text", map[string]any{"msg_body": "Hello"}, 400, 899003},
		{"without text", map[string]any{"msg_body": map[string]any{}}, 400, 899003},
		{"with extras that are no object", map[string]any{"msg_body": map[string]any{"text": "a", "extras": 1}}, 400, 899003},
		{"voice", map[string]any{"msg_type": "voice", "msg_body": media}, 201, 0},
		{"image without its fields", map[string]any{"msg_type": "image", "msg_body": media}, 400, 899003},
		{"custom of the greatest length", map[string]any{"msg_type": "custom", "msg_body": map[string]string{"a": strings.Repeat("a", 4088)}}, 201, 0},
		{"custom too long", map[string]any{"msg_type": "custom", "msg_body": map[string]string{"a": strings.Repeat("a", 4089)}}, 400, 899003},
	} {
		t.Run(test.title, func(t *testing.T) {
			server := server.in(t)
			message := map[string]any{}
			for _, part := range []map[string]any{fields, test.change} {
				for key, value := range part {
					message[key] = value
				}
			}
			if test.status == 201 {
				same(t, server.Want(201, "POST", "/v1/messages", emulatortest.JSON(t, message)).Body, `{"msg_id": "<number>", "msg_ctime": "<number>"}`)
				return
			}
			server.fails(test.status, test.code, "POST", "/v1/messages", emulatortest.JSON(t, message))
		})
	}
}

// TestRetract covers the three minutes in which a message may be taken back.
func TestRetract(t *testing.T) {
	server := serve(t)
	server.register("anna", "bert")
	send := func() string {
		t.Helper()
		answer := server.Want(201, "POST", "/v1/messages", `{"version": 1, "target_type": "single", "target_id": "bert",
			"from_type": "user", "from_id": "anna", "msg_type": "text", "msg_body": {"text": "Hello"}}`)
		return number(t, answer.Body, "msg_id")
	}
	first, second := send(), send()
	server.Advance("2m30s")
	server.fails(403, 855002, "POST", "/v1/messages/bert/"+first+"/retract", "")
	server.Want(204, "POST", "/v1/messages/anna/"+first+"/retract", "")
	server.fails(403, 855004, "POST", "/v1/messages/anna/"+first+"/retract", "")
	server.Advance("30s")
	server.fails(403, 855001, "POST", "/v1/messages/anna/"+second+"/retract", "")
	server.fails(403, 855004, "POST", "/v1/messages/anna/"+first+"/retract", "")
	server.fails(403, 855003, "POST", "/v1/messages/anna/7/retract", "")
	server.fails(400, 899003, "POST", "/v1/messages/anna/x/retract", "")
	server.fails(403, 899002, "POST", "/v1/messages/nobody/"+first+"/retract", "")
	if messages := server.hidden("messages"); messages[0]["retracted"] != true || messages[1]["retracted"] != false {
		t.Errorf("messages %v", messages)
	}
}

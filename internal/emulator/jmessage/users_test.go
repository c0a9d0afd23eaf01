package jmessage_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator/emulatortest"
)

// TestRegister covers what one registration answers.
func TestRegister(t *testing.T) {
	const exists = `{"code": 899001, "message": "User exist"}`
	const invalid = `{"code": 899003, "message": "parameter invalid"}`
	for _, test := range []struct {
		title  string
		body   string
		status int
		want   string
	}{
		{
			"some fail", `[{"username": "bert", "password": "password"}, {"username": "anna", "password": "password"}]`,
			201, `[{"username": "bert"}, {"username": "anna", "error": ` + exists + `}]`,
		},
		{
			"all fail", `[{"username": "anna", "password": "password"}, {"username": "bert"}]`,
			403, `[{"username": "anna", "error": ` + exists + `}, {"username": "bert", "error": ` + invalid + `}]`,
		},
		{"all exist", `[{"username": "anna", "password": "password"}]`, 403, `[{"username": "anna", "error": ` + exists + `}]`},
		{"all malformed", `[{"username": "bert"}, {"password": "password"}]`, 400, `[{"username": "bert", "error": ` + invalid + `}, {"error": ` + invalid + `}]`},
		{
			"twice in one call", `[{"username": "bert", "password": "password"}, {"username": "bert", "password": "password"}]`,
			201, `[{"username": "bert"}, {"username": "bert", "error": ` + exists + `}]`,
		},
		{
			"elements that are no objects", `[null, 7, "bert", {"username": 7, "password": "password"}, {"username": "bert", "password": "password"}]`,
			201, `[{"error": ` + invalid + `}, {"error": ` + invalid + `}, {"error": ` + invalid + `}, {"error": ` + invalid + `}, {"username": "bert"}]`,
		},
		{
			"names that differ by case are two", `[{"username": "Anna", "password": "password"}]`,
			201, `[{"username": "Anna"}]`,
		},
		{"no array", `{"username": "bert", "password": "password"}`, 400, `{"error": ` + invalid + `}`},
		{"nothing", ``, 400, `{"error": ` + invalid + `}`},
		{"null", `null`, 400, `{"error": ` + invalid + `}`},
		{"empty array", `[]`, 400, `{"error": ` + invalid + `}`},
		{"cut short", `[{"username": "bert", "password": "password"}`, 400, `{"error": ` + invalid + `}`},
		{"more than JSON", `[{"username": "bert", "password": "password"}] and`, 400, `{"error": ` + invalid + `}`},
	} {
		t.Run(test.title, func(t *testing.T) {
			server := serve(t)
			server.register("anna")
			same(t, server.Want(test.status, "POST", "/v1/users/", test.body).Body, test.want)
		})
	}
}

func TestRegisterLimit(t *testing.T) {
	server := serve(t)
	_, names := someNames(t, "user", 500)
	server.register(names...)
	_, names = someNames(t, "other", 501)
	users := make([]map[string]string, len(names))
	for i, name := range names {
		users[i] = map[string]string{"username": name, "password": "password"}
	}
	server.fails(403, 899013, "POST", "/v1/users/", emulatortest.JSON(t, users))
	server.fails(403, 899002, "GET", "/v1/users/other0", "")
}

// TestFields covers the limits of fields, which are bytes: 汉 has three.
func TestFields(t *testing.T) {
	han := func(n int) string { return strings.Repeat("汉", n) }
	for _, test := range []struct {
		field string
		value any
		ok    bool
	}{
		{"username", "anna", true},
		{"username", "1.a-b_c@d", true},
		{"username", "ann", false},
		{"username", "_anna", false},
		{"username", "anna!", false},
		{"username", "an na", false},
		{"username", "anna\n", false},
		{"username", "汉汉汉", false},
		{"username", strings.Repeat("a", 128), true},
		{"username", strings.Repeat("a", 129), false},
		{"username", nil, false},
		{"password", "1234", true},
		{"password", "123", false},
		{"password", " \n💬", true},
		{"password", han(42), true},
		{"password", han(43), false},
		{"password", nil, false},
		{"nickname", han(21) + "a", true},
		{"nickname", han(22), false},
		{"nickname", "a\nb", false},
		{"nickname", "a\rb", false},
		{"nickname", "", true},
		{"nickname", 7, false},
		{"signature", "💬\n" + han(81), true},
		{"signature", han(84), false},
		{"region", strings.Repeat("a", 250), true},
		{"region", strings.Repeat("a", 251), false},
		{"address", strings.Repeat("a", 250), true},
		{"address", strings.Repeat("a", 251), false},
		{"avatar", "no such media", true},
		{"gender", 2, true},
		{"gender", 3, false},
		{"gender", -1, false},
		{"gender", "1", false},
		{"birthday", "1990-01-24", true},
		{"birthday", "1990-01-24 00:00:00", true},
		{"birthday", "1990-02-30", false},
		{"birthday", "24.01.1990", false},
		{"extras", map[string]string{"key": strings.Repeat("a", 502)}, true},
		{"extras", map[string]string{"key": strings.Repeat("a", 503)}, false},
		{"extras", []string{"key"}, false},
		{"extras", "{}", false},
		{"extras", nil, true},
		{"gender", nil, true},
		{"nickname", nil, true},
		{"unknown", 1, true},
	} {
		t.Run(fmt.Sprintf("%s=%.30v", test.field, test.value), func(t *testing.T) {
			server := serve(t)
			user := map[string]any{"username": "anna", "password": "password"}
			user[test.field] = test.value
			answer := server.Call("POST", "/v1/users/", emulatortest.JSON(t, []any{user}))
			if ok := answer.Status == http.StatusCreated; ok != test.ok {
				t.Fatalf("registered: %t, want %t: %s", ok, test.ok, answer.Body)
			}
			if test.field == "username" || test.field == "password" {
				return
			}
			server.register("bert")
			answer = server.Call("PUT", "/v1/users/bert", emulatortest.JSON(t, map[string]any{test.field: test.value}))
			if ok := answer.Status == http.StatusNoContent; ok != test.ok {
				t.Fatalf("updated: %t, want %t: %s", ok, test.ok, answer.Body)
			}
			if !test.ok {
				server.reads("/v1/users/bert", `{"username": "bert", "mtime": "<time>", "ctime": "<time>"}`)
			}
		})
	}
}

// TestUpdateUser covers what an update changes and what it leaves alone.
func TestUpdateUser(t *testing.T) {
	server := serve(t)
	server.Want(201, "POST", "/v1/users/", `[{"username": "anna", "password": "password", "nickname": "Anna", "gender": 2,
		"birthday": "1990-01-24", "region": "<&>", "extras": {"a": 1, "b": {"c": [true]}}}]`)
	const rest = `"username": "anna", "gender": 2, "birthday": "1990-01-24 00:00:00", "region": "<&>", "mtime": "<time>", "ctime": "<time>"`
	server.reads("/v1/users/anna", `{`+rest+`, "nickname": "Anna", "extras": {"a": 1, "b": {"c": [true]}}}`)

	if body := server.Want(200, "GET", "/v1/users/anna", "").Body; !strings.Contains(body, `"region":"<&>"`) {
		t.Errorf("escaped more than JSON needs: %s", body)
	}

	server.Want(204, "PUT", "/v1/users/anna", `{"extras": {"z": 9}, "nickname": null, "username": "bert", "password": "other"}`)
	server.reads("/v1/users/anna", `{`+rest+`, "nickname": "Anna", "extras": {"z": 9}}`)
	if password := server.hidden("users")[0]["password"]; password != "password" {
		t.Errorf("password %v", password)
	}

	server.Want(204, "PUT", "/v1/users/anna", `{"nickname": "", "extras": {}}`)
	server.reads("/v1/users/anna", `{`+rest+`, "extras": {}}`)
	server.fails(400, 899003, "PUT", "/v1/users/anna", `{"nickname": "fits", "gender": 9}`)
	server.reads("/v1/users/anna", `{`+rest+`, "extras": {}}`)

	server.fails(400, 899003, "PUT", "/v1/users/anna", ``)
	server.fails(400, 899003, "PUT", "/v1/users/anna", `[]`)
	server.fails(403, 899002, "PUT", "/v1/users/nobody", `{}`)
}

// TestHiddenUser covers what no call reads back.
func TestHiddenUser(t *testing.T) {
	server := serve(t)
	server.register("anna")
	server.Want(204, "PUT", "/v1/users/anna/password", `{"new_password": "654321"}`)
	server.Want(204, "PUT", "/v1/users/anna/password", `{"new_password": "654321"}`)
	server.Want(204, "PUT", "/v1/users/anna/forbidden?disable=True", "")
	server.Want(204, "PUT", "/v1/users/anna/forbidden?disable=TRUE", "")
	if user := server.hidden("users")[0]; user["password"] != "654321" || user["disabled"] != true {
		t.Errorf("state %v", user)
	}
	server.reads("/v1/users/anna", `{"username": "anna", "mtime": "<time>", "ctime": "<time>"}`)
	server.Want(204, "PUT", "/v1/users/anna/forbidden?disable=false", "")
	if user := server.hidden("users")[0]; user["disabled"] != false {
		t.Errorf("state %v", user)
	}

	server.fails(400, 899003, "PUT", "/v1/users/anna/forbidden", "")
	server.fails(400, 899003, "PUT", "/v1/users/anna/forbidden?disable=1", "")
	server.fails(403, 899002, "PUT", "/v1/users/nobody/forbidden?disable=true", "")
	server.fails(400, 899003, "PUT", "/v1/users/anna/password", `{"new_password": "123"}`)
	server.fails(400, 899003, "PUT", "/v1/users/anna/password", `{}`)
	server.fails(403, 899002, "PUT", "/v1/users/nobody/password", `{"new_password": "654321"}`)
}

// TestDeleteUser covers that nothing of a user stays.
func TestDeleteUser(t *testing.T) {
	server := serve(t)
	other := server.as(secondKey)
	server.register("anna", "bert", "carl")
	other.register("dora")
	server.Want(201, "POST", "/v1/users/anna/friends", `["bert"]`)
	server.Want(201, "POST", "/v1/cross/users/anna/friends", `{"appkey": "`+secondKey+`", "users": ["dora"]}`)
	server.Want(204, "PUT", "/v1/users/bert/blacklist", `["anna"]`)
	server.Want(204, "POST", "/v1/users/bert/nodisturb", `{"single": {"add": ["anna"]}}`)
	group := server.createGroup("anna", "bert", "carl")
	alone := server.createGroup("anna")
	room := server.createRoom("anna", "carl")
	server.Want(204, "POST", "/v1/users/carl/groupsShield", `{"add": [`+alone+`]}`)

	server.Want(204, "DELETE", "/v1/users/anna", "")
	server.fails(403, 899002, "GET", "/v1/users/anna", "")
	server.fails(403, 899002, "DELETE", "/v1/users/anna", "")
	server.reads("/v1/users/bert/friends", `[]`)
	other.reads("/v1/users/dora/friends", `[]`)
	server.reads("/v1/users/bert/blacklist", `[]`)
	server.reads("/v1/groups/"+group+"/members/", `[{"username": "bert", "flag": 1}, {"username": "carl", "flag": 0}]`)
	server.fails(403, 899006, "GET", "/v1/groups/"+alone, "")
	if rooms := server.hidden("chatrooms"); len(rooms) != 1 || rooms[0]["owner"] != "carl" {
		t.Errorf("chat rooms %v, want one of carl", rooms)
	}
	server.Want(204, "DELETE", "/v1/users/carl", "")
	same(t, server.Want(200, "POST", "/v1/chatroom/batch", "["+room+"]").Body, `[]`)

	server.register("anna") // the name is free again, and the user is another
	server.reads("/v1/users/anna/friends", `[]`)
	server.fails(403, 899019, "DELETE", "/v1/users/bert/blacklist", `["anna"]`)
	server.fails(403, 899044, "POST", "/v1/users/bert/nodisturb", `{"single": {"remove": ["anna"]}}`)
}

func TestDeleteUsers(t *testing.T) {
	server := serve(t)
	all, names := someNames(t, "user", 101)
	server.register(names...)
	server.fails(400, 899003, "DELETE", "/v1/users/", all)
	server.fails(400, 899003, "DELETE", "/v1/users/", `[]`)
	server.fails(400, 899003, "DELETE", "/v1/users/", `["no"]`)
	server.fails(403, 899002, "DELETE", "/v1/users/", `["user0", "nobody"]`)
	server.Want(200, "GET", "/v1/users/user0", "")
	server.Want(200, "DELETE", "/v1/users/", emulatortest.JSON(t, names[:100]))
	server.reads("/v1/users?start=0&count=500", `{"total": 1, "start": 0, "count": 1,
		"users": [{"username": "user100", "mtime": "<time>", "ctime": "<time>"}]}`)
}

// TestPaging covers start and count.
func TestPaging(t *testing.T) {
	server := serve(t)
	_, names := someNames(t, "user", 5)
	server.register(names...)
	for _, name := range names {
		server.createGroup(name)
		server.createRoom(name)
	}
	server.Want(204, "POST", "/v1/sensitiveword", emulatortest.JSON(t, names))
	room := server.createRoom("user0", "user1", "user2", "user3", "user4")
	server.Want(204, "DELETE", "/v1/chatroom/"+room, "")
	room = server.createRoom("user0", "user1", "user2", "user3", "user4")
	server.Want(204, "DELETE", "/v1/users/user2", "")
	server.register("user2") // now the youngest

	for _, list := range []struct {
		path, items string
		total, most int
	}{
		{"/v1/users/", "users", 5, 500},
		{"/v1/groups/", "groups", 4, 500},
		{"/v1/chatroom", "rooms", 5, 500},
		{"/v1/chatroom/" + room + "/members", "users", 4, 500},
		{"/v1/sensitiveword", "words", 5, 2000},
	} {
		t.Run(list.path, func(t *testing.T) {
			server := server.in(t)
			for _, page := range []struct{ start, count, want int }{
				{0, 2, 2}, {1, 2, 2}, {list.total - 1, 2, 1}, {list.total, 2, 0}, {1000000, 2, 0}, {0, list.most, list.total},
			} {
				answer := server.Want(200, "GET", fmt.Sprintf("%s?start=%d&count=%d", list.path, page.start, page.count), "")
				got, _ := emulatortest.Parse(t, answer.Body).(map[string]any)
				items, isList := got[list.items].([]any)
				if !isList || len(items) != page.want || len(got) != 4 {
					t.Errorf("start %d, count %d: %s", page.start, page.count, answer.Body)
				}
				for key, want := range map[string]int{"total": list.total, "start": page.start, "count": page.want} {
					if got := number(t, answer.Body, key); got != fmt.Sprint(want) {
						t.Errorf("start %d, count %d: %s is %s, want %d", page.start, page.count, key, got, want)
					}
				}
			}
			for _, query := range []string{
				"", "?start=0", "?count=2", "?start=-1&count=2", "?start=0&count=0", "?start=a&count=2",
				fmt.Sprintf("?start=0&count=%d", list.most+1),
			} {
				server.fails(400, 899003, "GET", list.path+query, "")
			}
		})
	}
	answer := server.Want(200, "GET", "/v1/users?start=3&count=2", "").Body
	same(t, answer, `{"total": 5, "start": 3, "count": 2, "users": [
		{"username": "user4", "mtime": "<time>", "ctime": "<time>"}, {"username": "user2", "mtime": "<time>", "ctime": "<time>"}]}`)
}

// TestAdmins covers the calls only the vendor's clients still know.
func TestAdmins(t *testing.T) {
	server := serve(t)
	server.register("anna")
	if answer := server.Want(201, "POST", "/v1/admins/", `{"username": "boss", "password": "password"}`); answer.Body != "" {
		t.Errorf("body %q, want none", answer.Body)
	}
	server.fails(403, 899001, "POST", "/v1/admins/", `{"username": "boss", "password": "password"}`)
	server.fails(403, 899001, "POST", "/v1/admins/", `{"username": "anna", "password": "password"}`)
	server.fails(400, 899003, "POST", "/v1/admins/", `[{"username": "bert", "password": "password"}]`)
	server.reads("/v1/admins?start=0&count=10", `{"total": 1, "start": 0, "count": 1,
		"users": [{"username": "boss", "mtime": "<time>", "ctime": "<time>"}]}`)
	server.fails(403, 899018, "PUT", "/v1/users/anna/blacklist", `["boss"]`)
	server.Want(201, "POST", "/v1/messages", `{"version": 1, "target_type": "single", "target_id": "anna",
		"from_type": "admin", "from_id": "boss", "msg_type": "text", "msg_body": {"text": "Hello"}}`)
	server.Want(204, "DELETE", "/v1/users/boss", "")
	server.reads("/v1/admins?start=0&count=10", `{"total": 0, "start": 0, "count": 0, "users": []}`)
}

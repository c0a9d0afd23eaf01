package jmessage_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator/emulatortest"
)

// TestBlacklist covers repeats, which are errors, and that a call is done whole or not at all.
func TestBlacklist(t *testing.T) {
	server := serve(t)
	server.register("anna", "bert", "carl")
	server.Want(204, "PUT", "/v1/users/anna/blacklist", `["bert"]`)
	server.fails(403, 899017, "PUT", "/v1/users/anna/blacklist", `["bert"]`)
	server.fails(403, 899017, "PUT", "/v1/users/anna/blacklist", `["carl", "bert"]`)
	server.fails(403, 899002, "PUT", "/v1/users/anna/blacklist", `["carl", "nobody"]`)
	server.fails(403, 899002, "PUT", "/v1/users/nobody/blacklist", `["carl"]`)
	server.fails(400, 899003, "PUT", "/v1/users/anna/blacklist", `["anna"]`)
	server.fails(400, 899003, "PUT", "/v1/users/anna/blacklist", `["carl", "no"]`)
	server.fails(400, 899003, "PUT", "/v1/users/anna/blacklist", `[]`)
	server.fails(400, 899003, "PUT", "/v1/users/anna/blacklist", `{"username": "carl"}`)
	const bert = `[{"username": "bert", "mtime": "<time>", "ctime": "<time>"}]`
	server.reads("/v1/users/anna/blacklist", bert)
	server.reads("/v1/users/bert/blacklist", `[]`) // it works one way
	server.fails(403, 899019, "DELETE", "/v1/users/anna/blacklist", `["bert", "carl"]`)
	server.reads("/v1/users/anna/blacklist", bert)
	server.Want(204, "DELETE", "/v1/users/anna/blacklist", `["bert"]`)
	server.fails(403, 899019, "DELETE", "/v1/users/anna/blacklist", `["bert"]`)
	server.fails(403, 899002, "DELETE", "/v1/users/anna/blacklist", `["nobody"]`)
	server.fails(403, 899002, "GET", "/v1/users/nobody/blacklist", "")
	server.reads("/v1/users/anna/blacklist", `[]`)
}

func TestFriends(t *testing.T) {
	server := serve(t)
	server.register("anna", "bert", "carl")
	const times = `"mtime": "<time>", "ctime": "<time>", "appkey": "` + firstKey + `"`
	server.Want(201, "POST", "/v1/users/anna/friends", `["bert"]`)
	server.reads("/v1/users/anna/friends", `[{"username": "bert", `+times+`}]`)
	server.reads("/v1/users/bert/friends", `[{"username": "anna", `+times+`}]`) // it is mutual
	server.fails(403, 899070, "POST", "/v1/users/anna/friends", `["bert"]`)
	server.fails(403, 899070, "POST", "/v1/users/bert/friends", `["anna"]`)
	server.fails(403, 899070, "POST", "/v1/users/anna/friends", `["carl", "bert"]`)
	server.fails(403, 899002, "POST", "/v1/users/anna/friends", `["carl", "nobody"]`)
	server.fails(400, 899003, "POST", "/v1/users/anna/friends", `["anna"]`)
	server.reads("/v1/users/carl/friends", `[]`)

	// Notes belong to one direction; what is left out stays.
	server.Want(204, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "note_name": "B", "others": "old\nfriend"}]`)
	server.Want(204, "PUT", "/v1/users/anna/friends", `{"username": "bert", "note_name": "Bert", "others": null}`)
	server.reads("/v1/users/anna/friends", `[{"username": "bert", "note_name": "Bert", "others": "old\nfriend", `+times+`}]`)
	server.reads("/v1/users/bert/friends", `[{"username": "anna", `+times+`}]`)
	server.fails(403, 899071, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "note_name": "X"}, {"username": "carl"}]`)
	server.fails(400, 899003, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "note_name": "a\nb"}]`)
	server.fails(400, 899003, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "note_name": "`+strings.Repeat("汉", 22)+`"}]`)
	server.fails(400, 899003, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "others": "`+strings.Repeat("汉", 84)+`"}]`)
	server.reads("/v1/users/anna/friends", `[{"username": "bert", "note_name": "Bert", "others": "old\nfriend", `+times+`}]`)
	server.Want(204, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "note_name": "1"}, {"username": "bert", "others": "2"}]`)
	server.reads("/v1/users/anna/friends", `[{"username": "bert", "note_name": "1", "others": "2", `+times+`}]`)
	server.Want(204, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "note_name": "", "others": ""}]`)
	server.reads("/v1/users/anna/friends", `[{"username": "bert", `+times+`}]`)

	server.Want(204, "DELETE", "/v1/users/bert/friends", `["anna"]`)
	server.Want(204, "DELETE", "/v1/users/bert/friends", `["anna"]`) // no error, unlike other repeats
	server.reads("/v1/users/anna/friends", `[]`)
	server.fails(403, 899002, "DELETE", "/v1/users/nobody/friends", `["anna"]`)

	all, names := someNames(t, "user", 500)
	server.register(names...)
	server.Want(201, "POST", "/v1/users/anna/friends", all)
	server.fails(400, 899003, "POST", "/v1/users/bert/friends", strings.Replace(all, "[", `["carl", `, 1))
}

// settings is what the state says of the no-disturb settings and the shield of the first user.
func (s *server) settings() map[string]any {
	s.T.Helper()
	user := s.hidden("users")[0]
	return map[string]any{"no_disturb": user["no_disturb"], "group_shield": user["group_shield"]}
}

// TestNoDisturb covers settings that no call reads and whose repeats are errors.
func TestNoDisturb(t *testing.T) {
	const path = "/v1/users/anna/nodisturb"
	for _, test := range []struct {
		title string
		first string
		then  string
		code  int
	}{
		{"single twice", `{"single": {"add": ["bert"]}}`, `{"single": {"add": ["bert"]}}`, 899043},
		{"single not set", `{"single": {"add": ["bert"]}}`, `{"single": {"remove": ["carl"]}}`, 899044},
		{"single missing", `{}`, `{"single": {"add": ["nobody"]}}`, 899002},
		{"group twice", `{"group": {"add": [GID]}}`, `{"group": {"add": [GID]}}`, 899052},
		{"group not set", `{"group": {"add": [GID]}}`, `{"group": {"remove": [OTHER]}}`, 899053},
		{"group missing", `{}`, `{"group": {"remove": [7]}}`, 899051},
		{"mixed", `{"group": {"add": [GID]}}`, `{"single": {"add": ["bert"]}, "group": {"add": [GID]}, "global": 1}`, 899052},
	} {
		t.Run(test.title, func(t *testing.T) {
			server := serve(t)
			server.register("anna", "bert", "carl")
			ids := strings.NewReplacer("GID", server.createGroup("anna"), "OTHER", server.createGroup("bert"))
			server.Want(204, "POST", path, ids.Replace(test.first))
			before := server.settings()
			server.fails(403, test.code, "POST", path, ids.Replace(test.then))
			if diff := cmp.Diff(before, server.settings()); diff != "" {
				t.Errorf("a call that failed changed something:\n%s", diff)
			}
		})
	}

	server := serve(t)
	server.register("anna", "bert", "carl")
	gid := server.createGroup("anna")
	server.Want(204, "POST", path, `{"single": {"add": ["bert", "carl"], "remove": null}, "group": {"add": [`+gid+`]}, "global": 1, "other": 1}`)
	server.Want(204, "POST", path, `{"single": {"remove": ["bert"]}, "group": null, "global": null}`)
	server.Want(204, "POST", "/v1/users/anna/groupsShield", `{"add": [`+gid+`]}`)
	want := emulatortest.Parse(t, `{"no_disturb": {"single": ["carl"], "group": [10000000001], "global": true}, "group_shield": [10000000001]}`)
	if diff := cmp.Diff(want, emulatortest.Parse(t, emulatortest.JSON(t, server.settings()))); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	server.fails(403, 899052, "POST", "/v1/users/anna/groupsShield", `{"add": [`+gid+`]}`)
	server.fails(403, 899051, "POST", "/v1/users/anna/groupsShield", `{"add": [7]}`)
	server.fails(403, 899053, "POST", "/v1/users/bert/groupsShield", `{"remove": [`+gid+`]}`)
	server.fails(403, 899002, "POST", "/v1/users/nobody/groupsShield", `{"add": [`+gid+`]}`)
	server.fails(400, 899003, "POST", "/v1/users/anna/groupsShield", `{"add": ["x"]}`)
	server.fails(400, 899003, "POST", path, `{"global": 2}`)
	server.fails(400, 899003, "POST", path, `{"single": ["bert"]}`)
	server.fails(400, 899003, "POST", path, ``)

	// A deleted group leaves the settings.
	server.Want(204, "DELETE", "/v1/groups/"+gid, "")
	want = emulatortest.Parse(t, `{"no_disturb": {"single": ["carl"], "global": true}, "group_shield": null}`)
	if diff := cmp.Diff(want, emulatortest.Parse(t, emulatortest.JSON(t, server.settings()))); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

// TestNoDisturbGlobal covers that the global setting may be set to what it is.
func TestNoDisturbGlobal(t *testing.T) {
	server := serve(t)
	server.register("anna")
	for _, global := range []string{"0", "0", "1", "1", "0"} {
		server.Want(204, "POST", "/v1/users/anna/nodisturb", `{"global": `+global+`}`)
		quiet, _ := server.settings()["no_disturb"].(map[string]any)
		if quiet["global"] != (global == "1") {
			t.Errorf("after %s the setting is %v", global, quiet["global"])
		}
	}
}

// TestDocumentedNoDisturbCodes covers the switch to the codes of the vendor's list.
func TestDocumentedNoDisturbCodes(t *testing.T) {
	server := serve(t)
	server.restore(`{"documented_no_disturb_codes": true, "applications": {"` + firstKey + `": {
		"users": [{"username": "anna"}, {"username": "bert"}],
		"groups": [{"gid": 5, "owner": "anna"}, {"gid": 6, "owner": "bert"}]}}}`)
	const path = "/v1/users/anna/nodisturb"
	server.fails(403, 899045, "POST", path, `{"group": {"add": [7]}}`)
	server.fails(403, 899046, "POST", path, `{"group": {"add": [6]}}`)
	server.fails(403, 899049, "POST", path, `{"group": {"remove": [5]}}`)
	server.Want(204, "POST", path, `{"group": {"add": [5]}}`)
	server.fails(403, 899047, "POST", path, `{"group": {"add": [5]}}`)
}

// TestCross covers calls that name users of another application.
func TestCross(t *testing.T) {
	server := serve(t)
	other := server.as(secondKey)
	server.register("anna", "bert")
	other.register("anna", "dora")
	const foreign = `"mtime": "<time>", "ctime": "<time>", "appkey": "` + secondKey + `"`
	const own = `"mtime": "<time>", "ctime": "<time>", "appkey": "` + firstKey + `"`

	t.Run("friends", func(t *testing.T) {
		server, other := server.in(t), other.in(t)
		const path = "/v1/cross/users/anna/friends"
		dora := `{"appkey": "` + strings.ToUpper(secondKey) + `", "users": ["dora"]}`
		server.Want(201, "POST", path, dora)
		server.fails(403, 899070, "POST", path, dora)
		server.Want(204, "PUT", path, `[{"appkey": "`+secondKey+`", "username": "dora", "note_name": "D"}]`)
		server.fails(403, 899071, "PUT", path, `{"appkey": "`+secondKey+`", "username": "anna"}`)
		server.fails(400, 899003, "PUT", path, `[{"username": "dora"}]`)
		server.reads("/v1/users/anna/friends", `[{"username": "dora", "note_name": "D", `+foreign+`}]`)
		other.reads("/v1/users/dora/friends", `[{"username": "anna", `+own+`}]`)
		server.fails(400, 899009, "POST", path, `{"appkey": "000000000000000000000000", "users": ["dora"]}`)
		server.fails(400, 899003, "POST", path, `{"users": ["dora"]}`)
		server.fails(400, 899003, "POST", path, `{"appkey": "`+secondKey+`"}`)
		server.fails(403, 899002, "POST", path, `{"appkey": "`+secondKey+`", "users": ["bert"]}`)
		server.Want(204, "DELETE", path, dora)
		server.Want(204, "DELETE", path, dora)
		other.reads("/v1/users/dora/friends", `[]`)
	})
	t.Run("blacklist", func(t *testing.T) {
		server := server.in(t)
		const path = "/v1/cross/users/anna/blacklist"
		both := `[{"appkey": "` + secondKey + `", "usernames": ["anna", "dora"]}, {"appkey": "` + firstKey + `", "usernames": ["bert"]}]`
		server.Want(204, "PUT", path, both)
		server.fails(403, 899017, "PUT", path, both)
		server.reads(path, `[{"username": "anna", `+foreign+`}, {"username": "dora", `+foreign+`}, {"username": "bert", `+own+`}]`)
		server.reads("/v1/users/anna/blacklist", `[{"username": "bert", "mtime": "<time>", "ctime": "<time>"}]`)
		server.fails(400, 899009, "PUT", path, `[{"appkey": "000000000000000000000000", "usernames": ["dora"]}]`)
		server.fails(400, 899003, "PUT", path, `[{"appkey": "`+secondKey+`"}]`)
		server.Want(204, "DELETE", path, both)
		server.fails(403, 899019, "DELETE", path, both)
		server.reads(path, `[]`)
	})
	t.Run("nodisturb", func(t *testing.T) {
		server, other := server.in(t), other.in(t)
		const path = "/v1/cross/users/anna/nodisturb"
		gid := other.createGroup("dora")
		body := `[{"appkey": "` + secondKey + `", "single": {"add": ["dora"]}, "group": {"add": [` + gid + `]}}]`
		server.Want(204, "POST", path, body)
		server.fails(403, 899043, "POST", path, body)
		want := emulatortest.Parse(t, `{"single": [{"appkey": "`+secondKey+`", "username": "dora"}], "group": [`+gid+`], "global": false}`)
		if diff := cmp.Diff(want, emulatortest.Parse(t, emulatortest.JSON(t, server.settings()["no_disturb"]))); diff != "" {
			t.Errorf("settings (-want +got):\n%s", diff)
		}
		server.fails(403, 899051, "POST", "/v1/users/anna/nodisturb", `{"group": {"remove": [`+gid+`]}}`)
	})
	t.Run("groups", func(t *testing.T) {
		server, other := server.in(t), other.in(t)
		gid := server.createGroup("anna")
		path := "/v1/cross/groups/" + gid + "/members"
		server.Want(204, "POST", path, `[{"appkey": "`+secondKey+`", "add": ["anna", "dora"]}]`)
		server.fails(400, 899011, "POST", path, `[{"appkey": "`+secondKey+`", "add": ["dora"]}]`)
		server.fails(403, 899021, "GET", "/v1/groups/"+gid+"/members", "")
		server.reads(path, `[{"username": "anna", "flag": 1, "appkey": "`+firstKey+`"},
			{"username": "anna", "flag": 0, "appkey": "`+secondKey+`"}, {"username": "dora", "flag": 0, "appkey": "`+secondKey+`"}]`)
		other.fails(403, 899006, "GET", "/v1/groups/"+gid, "")
		other.fails(403, 899006, "POST", path, `[{"appkey": "`+secondKey+`", "remove": ["dora"]}]`)
		other.reads("/v1/users/anna/groups", `[]`)
		// The sample has the key twice: that of the group and, last, that of the member.
		if body := other.Want(200, "GET", "/v1/cross/users/anna/groups", "").Body; strings.Index(body, `"appkey":"`+firstKey) > strings.Index(body, `"appkey":"`+secondKey) ||
			!strings.Contains(body, firstKey) {
			t.Errorf("got %s, want both app keys", body)
		}
		other.reads("/v1/cross/users/anna/groups", `[{"gid": `+gid+`, "name": "group", "desc": "", "appkey": "`+secondKey+`",
			"max_member_count": 500, "mtime": "<time>", "ctime": "<time>"}]`)
		server.fails(403, 899014, "POST", path, `[{"appkey": "`+firstKey+`", "remove": ["bert"]}]`)
		server.Want(204, "POST", path, `[{"appkey": "`+secondKey+`", "remove": ["anna", "dora"]}]`)
		server.reads("/v1/groups/"+gid+"/members", `[{"username": "anna", "flag": 1}]`)
	})
	t.Run("chat rooms", func(t *testing.T) {
		server := server.in(t)
		room := server.createRoom("anna")
		path := "/v1/cross/chatroom/" + room + "/members"
		server.Want(204, "POST", path, `[{"appkey": "`+secondKey+`", "add": ["dora"]}]`)
		server.Want(204, "POST", path, `[{"appkey": "`+secondKey+`", "add": ["dora"]}]`)
		answer := server.Want(200, "GET", "/v1/chatroom/"+room+"/members?start=0&count=10", "")
		if total := number(t, answer.Body, "total"); total != "2" {
			t.Errorf("%s members, want 2", total)
		}
		server.Want(204, "POST", path, `[{"appkey": "`+secondKey+`", "remove": ["dora"]}]`)
		server.fails(403, 899082, "POST", path, `[{"appkey": "`+secondKey+`", "remove": ["dora"]}]`)
		server.fails(403, 899081, "POST", "/v1/cross/chatroom/7/members", `[{"appkey": "`+secondKey+`", "add": ["dora"]}]`)
	})
	t.Run("refused", func(t *testing.T) {
		server := serve(t)
		server.register("anna", "bert")
		server.as(secondKey).register("dora")
		gid, room := server.createGroup("anna"), server.createRoom("anna")
		server.Want(204, "PUT", "/_emulator/settings", `{"jmessage": {"refuse_other_applications": true}}`)
		for _, call := range []struct{ method, path, body string }{
			{"POST", "/v1/cross/users/anna/friends", `{"appkey": "%s", "users": ["dora"]}`},
			{"PUT", "/v1/cross/users/anna/friends", `[{"appkey": "%s", "username": "dora"}]`},
			{"PUT", "/v1/cross/users/anna/blacklist", `[{"appkey": "%s", "usernames": ["dora"]}]`},
			{"POST", "/v1/cross/users/anna/nodisturb", `[{"appkey": "%s", "single": {"add": ["dora"]}}]`},
			{"POST", "/v1/cross/groups/" + gid + "/members", `[{"appkey": "%s", "add": ["dora"]}]`},
			{"POST", "/v1/cross/chatroom/" + room + "/members", `[{"appkey": "%s", "add": ["dora"]}]`},
			{"PUT", "/v1/groups/owner/" + gid, `{"appkey": "%s", "username": "dora"}`},
			{"PUT", "/v1/groups/owner/" + gid, `{"appKey": "%s", "username": "dora"}`},
		} {
			server.fails(403, 899020, call.method, call.path, strings.ReplaceAll(call.body, "%s", secondKey))
			server.fails(400, 899009, call.method, call.path, strings.ReplaceAll(call.body, "%s", "000000000000000000000000"))
		}
		server.Want(204, "PUT", "/v1/cross/users/anna/blacklist", `[{"appkey": "`+firstKey+`", "usernames": ["bert"]}]`)
	})
	t.Run("messages", func(t *testing.T) {
		server := server.in(t)
		const message = `{"version": 1, "target_type": "single", "target_id": "dora", "target_appkey": "%s",
			"from_type": "user", "from_id": "bert", "msg_type": "text", "msg_body": {"text": "Hello"}}`
		server.Want(201, "POST", "/v1/messages", strings.ReplaceAll(message, "%s", secondKey))
		server.fails(403, 899002, "POST", "/v1/messages", strings.ReplaceAll(message, "%s", firstKey))
		server.fails(400, 899009, "POST", "/v1/messages", strings.ReplaceAll(message, "%s", "000000000000000000000000"))
	})
}

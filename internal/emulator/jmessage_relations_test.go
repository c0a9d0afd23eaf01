package emulator_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestJMessageBlacklist covers repeats, which are errors, and that a call is done whole or not at all.
func TestJMessageBlacklist(t *testing.T) {
	server := jmServe(t)
	server.register("anna", "bert", "carl")
	server.call(204, "PUT", "/v1/users/anna/blacklist", `["bert"]`)
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
	server.call(204, "DELETE", "/v1/users/anna/blacklist", `["bert"]`)
	server.fails(403, 899019, "DELETE", "/v1/users/anna/blacklist", `["bert"]`)
	server.fails(403, 899002, "DELETE", "/v1/users/anna/blacklist", `["nobody"]`)
	server.fails(403, 899002, "GET", "/v1/users/nobody/blacklist", "")
	server.reads("/v1/users/anna/blacklist", `[]`)
}

func TestJMessageFriends(t *testing.T) {
	server := jmServe(t)
	server.register("anna", "bert", "carl")
	const times = `"mtime": "<time>", "ctime": "<time>", "appkey": "` + jmKey + `"`
	server.call(201, "POST", "/v1/users/anna/friends", `["bert"]`)
	server.reads("/v1/users/anna/friends", `[{"username": "bert", `+times+`}]`)
	server.reads("/v1/users/bert/friends", `[{"username": "anna", `+times+`}]`) // it is mutual
	server.fails(403, 899070, "POST", "/v1/users/anna/friends", `["bert"]`)
	server.fails(403, 899070, "POST", "/v1/users/bert/friends", `["anna"]`)
	server.fails(403, 899070, "POST", "/v1/users/anna/friends", `["carl", "bert"]`)
	server.fails(403, 899002, "POST", "/v1/users/anna/friends", `["carl", "nobody"]`)
	server.fails(400, 899003, "POST", "/v1/users/anna/friends", `["anna"]`)
	server.reads("/v1/users/carl/friends", `[]`)

	// Notes belong to one direction; what is left out stays.
	server.call(204, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "note_name": "B", "others": "old\nfriend"}]`)
	server.call(204, "PUT", "/v1/users/anna/friends", `{"username": "bert", "note_name": "Bert", "others": null}`)
	server.reads("/v1/users/anna/friends", `[{"username": "bert", "note_name": "Bert", "others": "old\nfriend", `+times+`}]`)
	server.reads("/v1/users/bert/friends", `[{"username": "anna", `+times+`}]`)
	server.fails(403, 899071, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "note_name": "X"}, {"username": "carl"}]`)
	server.fails(400, 899003, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "note_name": "a\nb"}]`)
	server.fails(400, 899003, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "note_name": "`+strings.Repeat("汉", 22)+`"}]`)
	server.fails(400, 899003, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "others": "`+strings.Repeat("汉", 84)+`"}]`)
	server.reads("/v1/users/anna/friends", `[{"username": "bert", "note_name": "Bert", "others": "old\nfriend", `+times+`}]`)
	server.call(204, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "note_name": "1"}, {"username": "bert", "others": "2"}]`)
	server.reads("/v1/users/anna/friends", `[{"username": "bert", "note_name": "1", "others": "2", `+times+`}]`)
	server.call(204, "PUT", "/v1/users/anna/friends", `[{"username": "bert", "note_name": "", "others": ""}]`)
	server.reads("/v1/users/anna/friends", `[{"username": "bert", `+times+`}]`)

	server.call(204, "DELETE", "/v1/users/bert/friends", `["anna"]`)
	server.call(204, "DELETE", "/v1/users/bert/friends", `["anna"]`) // no error, unlike other repeats
	server.reads("/v1/users/anna/friends", `[]`)
	server.fails(403, 899002, "DELETE", "/v1/users/nobody/friends", `["anna"]`)

	all, names := jmNames(t, "user", 500)
	server.register(names...)
	server.call(201, "POST", "/v1/users/anna/friends", all)
	server.fails(400, 899003, "POST", "/v1/users/bert/friends", strings.Replace(all, "[", `["carl", `, 1))
}

// jmSettings is what the state says of the no-disturb settings and the shield of the first user.
func (s *jmServer) settings() map[string]any {
	s.t.Helper()
	user := s.hidden("users")[0]
	return map[string]any{"no_disturb": user["no_disturb"], "group_shield": user["group_shield"]}
}

// TestJMessageNoDisturb covers settings that no call reads and whose repeats are errors.
func TestJMessageNoDisturb(t *testing.T) {
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
		{"global twice", `{"global": 1}`, `{"global": 1}`, 899048},
		{"global not set", `{}`, `{"global": 0}`, 899050},
		{"mixed", `{"global": 1}`, `{"single": {"add": ["bert"]}, "group": {"add": [GID]}, "global": 1}`, 899048},
	} {
		t.Run(test.title, func(t *testing.T) {
			server := jmServe(t)
			server.register("anna", "bert", "carl")
			ids := strings.NewReplacer("GID", server.createGroup("anna"), "OTHER", server.createGroup("bert"))
			server.call(204, "POST", path, ids.Replace(test.first))
			before := server.settings()
			server.fails(403, test.code, "POST", path, ids.Replace(test.then))
			if diff := cmp.Diff(before, server.settings()); diff != "" {
				t.Errorf("a call that failed changed something:\n%s", diff)
			}
		})
	}

	server := jmServe(t)
	server.register("anna", "bert", "carl")
	gid := server.createGroup("anna")
	server.call(204, "POST", path, `{"single": {"add": ["bert", "carl"], "remove": null}, "group": {"add": [`+gid+`]}, "global": 1, "other": 1}`)
	server.call(204, "POST", path, `{"single": {"remove": ["bert"]}, "group": null, "global": null}`)
	server.call(204, "POST", "/v1/users/anna/groupsShield", `{"add": [`+gid+`]}`)
	want := jmParse(t, `{"no_disturb": {"single": ["carl"], "group": [10000000001], "global": true}, "group_shield": [10000000001]}`)
	if diff := cmp.Diff(want, jmParse(t, jmJSON(t, server.settings()))); diff != "" {
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
	server.call(204, "DELETE", "/v1/groups/"+gid, "")
	want = jmParse(t, `{"no_disturb": {"single": ["carl"], "global": true}, "group_shield": null}`)
	if diff := cmp.Diff(want, jmParse(t, jmJSON(t, server.settings()))); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

// TestJMessageDocumentedNoDisturbCodes covers the switch to the codes of the vendor's list.
func TestJMessageDocumentedNoDisturbCodes(t *testing.T) {
	server := jmServe(t)
	server.restore(`{"documented_no_disturb_codes": true, "applications": {"` + jmKey + `": {
		"users": [{"username": "anna"}, {"username": "bert"}],
		"groups": [{"gid": 5, "owner": "anna"}, {"gid": 6, "owner": "bert"}]}}}`)
	const path = "/v1/users/anna/nodisturb"
	server.fails(403, 899045, "POST", path, `{"group": {"add": [7]}}`)
	server.fails(403, 899046, "POST", path, `{"group": {"add": [6]}}`)
	server.fails(403, 899049, "POST", path, `{"group": {"remove": [5]}}`)
	server.call(204, "POST", path, `{"group": {"add": [5]}}`)
	server.fails(403, 899047, "POST", path, `{"group": {"add": [5]}}`)
}

// TestJMessageCross covers calls that name users of another application.
func TestJMessageCross(t *testing.T) {
	server := jmServe(t)
	other := server.as(jmSecondKey)
	server.register("anna", "bert")
	other.register("anna", "dora")
	const foreign = `"mtime": "<time>", "ctime": "<time>", "appkey": "` + jmSecondKey + `"`
	const own = `"mtime": "<time>", "ctime": "<time>", "appkey": "` + jmKey + `"`

	t.Run("friends", func(t *testing.T) {
		server, other := server.in(t), other.in(t)
		const path = "/v1/cross/users/anna/friends"
		dora := `{"appkey": "` + strings.ToUpper(jmSecondKey) + `", "users": ["dora"]}`
		server.call(201, "POST", path, dora)
		server.fails(403, 899070, "POST", path, dora)
		server.call(204, "PUT", path, `[{"appKey": "`+jmSecondKey+`", "username": "dora", "note_name": "D"}]`)
		server.fails(403, 899071, "PUT", path, `{"appkey": "`+jmSecondKey+`", "username": "anna"}`)
		server.fails(400, 899003, "PUT", path, `[{"username": "dora"}]`)
		server.reads("/v1/users/anna/friends", `[{"username": "dora", "note_name": "D", `+foreign+`}]`)
		other.reads("/v1/users/dora/friends", `[{"username": "anna", `+own+`}]`)
		server.fails(400, 899009, "POST", path, `{"appkey": "000000000000000000000000", "users": ["dora"]}`)
		server.fails(400, 899003, "POST", path, `{"users": ["dora"]}`)
		server.fails(400, 899003, "POST", path, `{"appkey": "`+jmSecondKey+`"}`)
		server.fails(403, 899002, "POST", path, `{"appkey": "`+jmSecondKey+`", "users": ["bert"]}`)
		server.call(204, "DELETE", path, dora)
		server.call(204, "DELETE", path, dora)
		other.reads("/v1/users/dora/friends", `[]`)
	})
	t.Run("blacklist", func(t *testing.T) {
		server := server.in(t)
		const path = "/v1/cross/users/anna/blacklist"
		both := `[{"appkey": "` + jmSecondKey + `", "usernames": ["anna", "dora"]}, {"appkey": "` + jmKey + `", "usernames": ["bert"]}]`
		server.call(204, "PUT", path, both)
		server.fails(403, 899017, "PUT", path, both)
		server.reads(path, `[{"username": "anna", `+foreign+`}, {"username": "dora", `+foreign+`}, {"username": "bert", `+own+`}]`)
		server.reads("/v1/users/anna/blacklist", `[{"username": "bert", "mtime": "<time>", "ctime": "<time>"}]`)
		server.fails(400, 899009, "PUT", path, `[{"appkey": "000000000000000000000000", "usernames": ["dora"]}]`)
		server.fails(400, 899003, "PUT", path, `[{"appkey": "`+jmSecondKey+`"}]`)
		server.call(204, "DELETE", path, both)
		server.fails(403, 899019, "DELETE", path, both)
		server.reads(path, `[]`)
	})
	t.Run("nodisturb", func(t *testing.T) {
		server, other := server.in(t), other.in(t)
		const path = "/v1/cross/users/anna/nodisturb"
		gid := other.createGroup("dora")
		body := `[{"appkey": "` + jmSecondKey + `", "single": {"add": ["dora"]}, "group": {"add": [` + gid + `]}}]`
		server.call(204, "POST", path, body)
		server.fails(403, 899043, "POST", path, body)
		want := jmParse(t, `{"single": [{"appkey": "`+jmSecondKey+`", "username": "dora"}], "group": [`+gid+`], "global": false}`)
		if diff := cmp.Diff(want, jmParse(t, jmJSON(t, server.settings()["no_disturb"]))); diff != "" {
			t.Errorf("settings (-want +got):\n%s", diff)
		}
		server.fails(403, 899051, "POST", "/v1/users/anna/nodisturb", `{"group": {"remove": [`+gid+`]}}`)
	})
	t.Run("groups", func(t *testing.T) {
		server, other := server.in(t), other.in(t)
		gid := server.createGroup("anna")
		path := "/v1/cross/groups/" + gid + "/members"
		server.call(204, "POST", path, `[{"appkey": "`+jmSecondKey+`", "add": ["anna", "dora"]}]`)
		server.fails(400, 899011, "POST", path, `[{"appkey": "`+jmSecondKey+`", "add": ["dora"]}]`)
		server.fails(403, 899021, "GET", "/v1/groups/"+gid+"/members", "")
		server.reads(path, `[{"username": "anna", "flag": 1, "appkey": "`+jmKey+`"},
			{"username": "anna", "flag": 0, "appkey": "`+jmSecondKey+`"}, {"username": "dora", "flag": 0, "appkey": "`+jmSecondKey+`"}]`)
		other.fails(403, 899006, "GET", "/v1/groups/"+gid, "")
		other.fails(403, 899006, "POST", path, `[{"appkey": "`+jmSecondKey+`", "remove": ["dora"]}]`)
		other.reads("/v1/users/anna/groups", `[]`)
		other.reads("/v1/cross/users/anna/groups", `[{"gid": `+gid+`, "name": "group", "desc": "", "appkey": "`+jmKey+`",
			"max_member_count": 500, "mtime": "<time>", "ctime": "<time>"}]`)
		server.fails(403, 899014, "POST", path, `[{"appkey": "`+jmKey+`", "remove": ["bert"]}]`)
		server.call(204, "POST", path, `[{"appkey": "`+jmSecondKey+`", "remove": ["anna", "dora"]}]`)
		server.reads("/v1/groups/"+gid+"/members", `[{"username": "anna", "flag": 1}]`)
	})
	t.Run("chat rooms", func(t *testing.T) {
		server := server.in(t)
		room := server.createRoom("anna")
		path := "/v1/cross/chatroom/" + room + "/members"
		server.call(204, "POST", path, `[{"appkey": "`+jmSecondKey+`", "add": ["dora"]}]`)
		server.call(204, "POST", path, `[{"appkey": "`+jmSecondKey+`", "add": ["dora"]}]`)
		answer := server.call(200, "GET", "/v1/chatroom/"+room+"/members?start=0&count=10", "")
		if total := jmNumber(t, answer.body, "total"); total != "2" {
			t.Errorf("%s members, want 2", total)
		}
		server.call(204, "POST", path, `[{"appkey": "`+jmSecondKey+`", "remove": ["dora"]}]`)
		server.fails(403, 899082, "POST", path, `[{"appkey": "`+jmSecondKey+`", "remove": ["dora"]}]`)
		server.fails(403, 899081, "POST", "/v1/cross/chatroom/7/members", `[{"appkey": "`+jmSecondKey+`", "add": ["dora"]}]`)
	})
	t.Run("messages", func(t *testing.T) {
		server := server.in(t)
		const message = `{"version": 1, "target_type": "single", "target_id": "dora", "target_appkey": "%s",
			"from_type": "user", "from_id": "bert", "msg_type": "text", "msg_body": {"text": "Hello"}}`
		server.call(201, "POST", "/v1/messages", strings.ReplaceAll(message, "%s", jmSecondKey))
		server.fails(403, 899002, "POST", "/v1/messages", strings.ReplaceAll(message, "%s", jmKey))
		server.fails(400, 899009, "POST", "/v1/messages", strings.ReplaceAll(message, "%s", "000000000000000000000000"))
	})
}

package jmessage_test

import (
	"strconv"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator/emulatortest"
)

// flags returns the members of a group with their flags, "anna:1 bert:0".
func (s *server) flags(gid string) string {
	s.T.Helper()
	members, _ := emulatortest.Parse(s.T, s.Want(200, "GET", "/v1/groups/"+gid+"/members", "").Body).([]any)
	var texts []string
	for _, member := range members {
		fields, _ := member.(map[string]any)
		texts = append(texts, strings.Join([]string{text(fields["username"]), text(fields["flag"])}, ":"))
	}
	return strings.Join(texts, " ")
}

func text(value any) string {
	if text, ok := value.(interface{ String() string }); ok {
		return text.String()
	}
	text, _ := value.(string)
	return text
}

func (s *server) wantFlags(gid, want string) {
	s.T.Helper()
	if got := s.flags(gid); got != want {
		s.T.Errorf("members %q, want %q", got, want)
	}
}

// TestGroupMembers covers that adding comes before removing and stays when removing fails.
func TestGroupMembers(t *testing.T) {
	server := serve(t)
	server.register("anna", "bert", "carl", "dora")
	gid := server.createGroup("anna", "anna", "bert")
	path := "/v1/groups/" + gid + "/members"
	server.wantFlags(gid, "anna:1 bert:0")
	server.fails(400, 899011, "POST", path, `{"add": ["bert"]}`)
	server.fails(400, 899011, "POST", path, `{"add": ["carl", "bert"], "remove": ["anna"]}`)
	server.wantFlags(gid, "anna:1 bert:0")
	server.fails(403, 899014, "POST", path, `{"add": ["carl"], "remove": ["dora"]}`)
	server.wantFlags(gid, "anna:1 bert:0 carl:0")
	server.fails(403, 899014, "POST", path, `{"remove": ["bert", "dora"]}`)
	server.wantFlags(gid, "anna:1 bert:0 carl:0")
	server.fails(403, 899002, "POST", path, `{"add": ["dora"], "remove": ["nobody"]}`)
	server.fails(400, 899003, "POST", path, `{"add": ["no"]}`)
	server.fails(400, 899003, "POST", path, `{"add": [], "remove": null}`)
	server.fails(400, 899003, "POST", path, `{"item": ["dora"]}`)
	server.fails(400, 899003, "POST", "/v1/groups/x/members", `{"add": ["dora"]}`)
	server.fails(403, 899006, "POST", "/v1/groups/7/members", `{"add": ["dora"]}`)
	server.wantFlags(gid, "anna:1 bert:0 carl:0")

	server.Want(204, "POST", "/v2/groups/"+gid+"/addMembers", `["dora"]`)
	server.fails(400, 899011, "POST", "/v2/groups/"+gid+"/addMembers", `["dora"]`)
	server.Want(204, "POST", "/v2/groups/"+gid+"/delMembers", `["dora"]`)
	server.fails(403, 899014, "POST", "/v2/groups/"+gid+"/delMembers", `["dora"]`)

	server.Want(204, "POST", path, `{"remove": ["anna"]}`) // the oldest member inherits
	server.wantFlags(gid, "bert:1 carl:0")
	server.reads("/v1/users/anna/groups", `[]`)
	server.Want(204, "POST", path, `{"add": ["anna"], "remove": ["bert", "carl"]}`)
	server.wantFlags(gid, "anna:1")
	server.Want(204, "POST", path, `{"remove": ["anna"]}`) // a group without members is deleted
	server.fails(403, 899006, "GET", "/v1/groups/"+gid, "")
	server.fails(403, 899006, "DELETE", "/v1/groups/"+gid, "")
}

func TestGroups(t *testing.T) {
	server := serve(t)
	server.register("anna", "bert", "carl")
	for _, test := range []struct {
		body         string
		status, code int
	}{
		{`{"name": "group"}`, 400, 899003},
		{`{"owner_username": "anna"}`, 400, 899003},
		{`{"owner_username": "nobody", "name": "group"}`, 403, 899002},
		{`{"owner_username": "anna", "name": "group", "members_username": ["nobody"]}`, 403, 899002},
		{`{"owner_username": "anna", "name": "group", "flag": 3}`, 400, 899003},
		{`{"owner_username": "anna", "name": "` + strings.Repeat("汉", 22) + `"}`, 400, 899003},
		{`{"owner_username": "anna", "name": "group", "desc": "` + strings.Repeat("汉", 84) + `"}`, 400, 899003},
		{`[]`, 400, 899003},
	} {
		server.fails(test.status, test.code, "POST", "/v1/groups/", test.body)
	}
	for flag, want := range map[string]string{"null": "1", "0": "1", "1": "1", "2": "2"} {
		server.Want(201, "POST", "/v1/groups", `{"owner_username": "anna", "name": "two\nlines", "avatar": null, "flag": `+flag+`}`)
		groups := server.hidden("groups")
		if got := emulatortest.JSON(t, groups[len(groups)-1]["flag"]); got != want {
			t.Errorf("flag %s became %s, want %s", flag, got, want)
		}
	}

	answer := server.Want(201, "POST", "/v1/groups/", `{"owner_username": "anna", "name": "group", "members_username": ["bert", "anna", "bert"]}`)
	same(t, answer.Body, `{"gid": "<number>", "owner_username": "anna", "name": "group", "members_username": ["bert"], "desc": "", "MaxMemberCount": 500}`)
	answer = server.Want(201, "POST", "/v1/groups/", `{"owner_username": "anna", "name": "group"}`)
	same(t, answer.Body, `{"gid": "<number>", "owner_username": "anna", "name": "group", "members_username": [], "desc": "", "MaxMemberCount": 500}`)
	gid := number(t, answer.Body, "gid")
	if id, err := strconv.ParseInt(gid, 10, 64); err != nil || id>>32 == 0 {
		t.Errorf("gid %s fits 32 bits", gid)
	}
	server.Want(204, "PUT", "/v1/groups/"+gid, `{"desc": "all", "avatar": "qiniu/image/1"}`)
	server.Want(204, "PUT", "/v1/groups/"+gid, `{"name": "new", "desc": null}`)
	server.fails(400, 899003, "PUT", "/v1/groups/"+gid, `{"desc": "lost", "name": "`+strings.Repeat("a", 65)+`"}`)
	server.reads("/v1/groups/"+gid, `{"gid": `+gid+`, "name": "new", "desc": "all", "avatar": "qiniu/image/1",
		"appkey": "`+firstKey+`", "MaxMemberCount": 500, "mtime": "<time>", "ctime": "<time>"}`)
	server.fails(400, 899003, "GET", "/v1/groups/x", "")
	server.fails(403, 899006, "GET", "/v1/groups/7", "")
	server.fails(403, 899006, "PUT", "/v1/groups/7", `{"name": "new"}`)
	server.fails(403, 899002, "GET", "/v1/users/nobody/groups", "")

	server.fails(403, 899014, "PUT", "/v1/groups/owner/"+gid, `{"username": "bert"}`)
	server.fails(403, 899002, "PUT", "/v1/groups/owner/"+gid, `{"username": "nobody"}`)
	server.fails(400, 899003, "PUT", "/v1/groups/owner/x", `{"username": "bert"}`)
	server.fails(400, 899003, "PUT", "/v1/groups/owner/"+gid, `{"Username": "bert"}`) // keys have one spelling
	server.Want(204, "POST", "/v1/groups/"+gid+"/members", `{"add": ["bert"]}`)
	server.Want(204, "PUT", "/v1/groups/owner/"+gid, `{"username": "bert"}`)
	server.Want(204, "PUT", "/v1/groups/owner/"+gid, `{"username": "bert", "appKey": "`+firstKey+`"}`)
	server.wantFlags(gid, "anna:0 bert:1")

	const silence = "/v1/groups/messages/"
	server.Want(204, "PUT", silence+gid+"/silence?status=True", `["anna"]`)
	server.Want(204, "PUT", silence+gid+"/silence?status=true", `["anna"]`)
	groups := server.hidden("groups")
	if got, want := emulatortest.JSON(t, groups[len(groups)-1]["members"]), `[{"silenced":true,"username":"anna"},{"silenced":false,"username":"bert"}]`; got != want {
		t.Errorf("members %s, want %s", got, want)
	}
	server.fails(403, 899014, "PUT", silence+gid+"/silence?status=true", `["carl"]`)
	server.fails(400, 899003, "PUT", silence+gid+"/silence?status=1", `["anna"]`)
	server.fails(403, 899006, "PUT", silence+"7/silence?status=true", `["anna"]`)
}

// TestGroupLimits covers full groups and users who are in too many.
func TestGroupLimits(t *testing.T) {
	server := serve(t)
	server.register("anna", "bert")
	all, names := someNames(t, "user", 499)
	server.register(names...)
	full := server.createGroup("anna", names...)
	server.fails(403, 899012, "POST", "/v1/groups/"+full+"/members", `{"add": ["bert"]}`)
	server.fails(403, 899012, "POST", "/v1/cross/groups/"+full+"/members", `[{"appkey": "`+firstKey+`", "add": ["bert"]}]`)
	server.fails(403, 899012, "POST", "/v1/groups/", `{"owner_username": "anna", "name": "group", "members_username": `+
		strings.Replace(all, "[", `["bert",`, 1)+`}`)
	for range 500 {
		server.createGroup("bert")
	}
	server.fails(403, 899015, "POST", "/v1/groups/", `{"owner_username": "bert", "name": "group"}`)
	server.reads("/v1/users/anna/groups", `[{"gid": `+full+`, "name": "group", "desc": "", "appkey": "`+firstKey+`",
		"MaxMemberCount": 500, "mtime": "<time>", "ctime": "<time>"}]`)
}

func TestRooms(t *testing.T) {
	server := serve(t)
	server.register("anna", "bert", "carl")
	for _, test := range []struct {
		body         string
		status, code int
	}{
		{`{"name": "room"}`, 400, 899003},
		{`{"owner_username": "anna"}`, 400, 899003},
		{`{"owner_username": "nobody", "name": "room"}`, 403, 899002},
		{`{"owner_username": "anna", "name": "` + strings.Repeat("汉", 22) + `"}`, 400, 899003},
		{`{"owner_username": "anna", "name": "room", "description": "` + strings.Repeat("汉", 84) + `"}`, 400, 899003},
	} {
		server.fails(test.status, test.code, "POST", "/v1/chatroom/", test.body)
	}
	id := server.createRoom("anna", "anna", "bert")
	path := "/v1/chatroom/" + id
	room := func(owner, name, total string) string {
		return `[{"id": ` + id + `, "owner_username": "` + owner + `", "max_member_count": 10000, "appkey": "` + firstKey + `",
			"name": "` + name + `", "description": "", "total_member_count": ` + total + `, "ctime": "<time>"}]`
	}
	same(t, server.Want(200, "POST", "/v1/chatroom/batch", `[7, `+id+`]`).Body, room("anna", "room", "2"))
	server.fails(400, 899003, "POST", "/v1/chatroom/batch", `["x"]`)

	server.Want(204, "PUT", path+"/members", `["carl", "bert"]`)
	server.Want(204, "PUT", path+"/members", `["carl"]`) // no error, unlike in groups
	server.reads("/v1/users/carl/chatroom", room("anna", "room", "3"))
	server.Want(204, "PUT", path+"/forbidden/carl?status=1", "")
	answer := server.Want(200, "GET", path+"/members?start=2&count=1", "")
	same(t, answer.Body, `{"total": 3, "users": [{"username": "carl", "flag": 1, "room_ctime": "<time>", "mtime": "<time>", "ctime": "<time>"}],
		"count": 1, "start": 2}`)
	server.Want(204, "PUT", path+"/forbidden/carl?status=0", "")
	server.fails(400, 899003, "PUT", path+"/forbidden/carl?status=true", "")
	server.fails(403, 899002, "PUT", path+"/forbidden/nobody?status=1", "")
	server.fails(403, 899081, "PUT", "/v1/chatroom/7/forbidden/carl?status=1", "")

	server.Want(204, "DELETE", path+"/members", `["carl"]`)
	server.fails(403, 899082, "DELETE", path+"/members", `["bert", "carl"]`)
	server.fails(403, 899082, "PUT", path+"/forbidden/carl?status=1", "")
	server.fails(400, 899003, "DELETE", path+"/members", `["anna"]`) // the owner stays
	server.fails(403, 899002, "PUT", path+"/members", `["nobody"]`)
	server.fails(403, 899082, "PUT", path, `{"owner_username": "carl"}`)
	server.fails(403, 899002, "PUT", path, `{"owner_username": "nobody"}`)
	server.fails(400, 899003, "PUT", path, `{"owner_username": "bert", "name": "`+strings.Repeat("a", 65)+`"}`)
	server.Want(204, "PUT", path, `{"owner_username": "bert", "name": "new", "description": null}`)
	same(t, server.Want(200, "POST", "/v1/chatroom/batch", `[`+id+`]`).Body, room("bert", "new", "2"))

	server.fails(403, 899081, "PUT", "/v1/chatroom/7", `{"name": "new"}`)
	server.fails(403, 899081, "GET", "/v1/chatroom/7/members?start=0&count=1", "")
	server.fails(400, 899003, "DELETE", "/v1/chatroom/x", "")
	server.Want(204, "DELETE", path, "")
	server.fails(403, 899081, "DELETE", path, "")
	server.reads("/v1/users/anna/chatroom", `[]`)
	server.reads("/v1/chatroom?start=0&count=10", `{"total": 0, "rooms": [], "start": 0, "count": 0}`)
}

func TestRoomBatch(t *testing.T) {
	server := serve(t)
	server.register("anna")
	id := server.createRoom("anna")
	for i := range 6 {
		_, names := someNames(t, "user"+strconv.Itoa(i)+"_", 500)
		server.register(names...)
	}
	var names []string
	for i := range 3000 {
		names = append(names, "user"+strconv.Itoa(i/500)+"_"+strconv.Itoa(i%500))
	}
	path := "/v1/chatroom/" + id + "/members"
	server.Want(204, "PUT", path, emulatortest.JSON(t, names))
	server.fails(400, 899003, "PUT", path, emulatortest.JSON(t, append(names, "anna")))
	server.Want(204, "DELETE", path, emulatortest.JSON(t, names))
	answer := server.Want(200, "GET", path+"?start=0&count=500", "")
	if total := number(t, answer.Body, "total"); total != "1" {
		t.Errorf("%s members, want 1", total)
	}
}

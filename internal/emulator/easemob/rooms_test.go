package easemob_test

import (
	"fmt"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
)

// TestRooms covers section 3 of what is known of the platform: chat rooms themselves.
func TestRooms(t *testing.T) {
	path := "/chatrooms/" + roomID
	const some = `"name":"r","description":"d","owner":"ann"`
	detail := `[{"id":"` + roomID + `","name":"lobby","description":"d","membersonly":false,"allowinvites":false,"maxusers":200,"owner":"ann",
		"created":1542356598609,"custom":"","affiliations_count":4,"affiliations":[{"member":"bob"},{"member":"cat"},{"member":"dan"},{"owner":"ann"}],
		"public":true,"mute":false}]`
	listed := `[{"id":"` + roomID + `","name":"lobby","owner":"ann","affiliations_count":4}]`
	both := []groupCase{
		{title: "create", call: `POST /chatrooms {"maxusers":300,"members":["bob"],"custom":"c",` + some + `}`, want: good(`{"id":"<id>"}`), again: andAgain(good(`{"id":"<id>"}`))},
		{title: "create with an id", call: `POST /chatrooms {"roomid":"own7",` + some + `}`, want: good(`{"id":"own7"}`), again: andAgain(bad(400, "illegal_argument", "group ID own7 already exists!"))},
		{title: "create without name", call: `POST /chatrooms {"description":"d","owner":"ann"}`, want: invalid("chatroom must contain title/name field!")},
		{title: "create without description", call: `POST /chatrooms {"name":"r","owner":"ann"}`, want: invalid("chatroom must contain description field!")},
		{title: "create without owner", call: `POST /chatrooms {"name":"r","description":"d"}`, want: invalid("owner must be provided")},
		{title: "create for nobody", call: `POST /chatrooms {"name":"r","description":"d","owner":"zoe"}`, want: missingUser("zoe")},
		{title: "create with nobody", call: `POST /chatrooms {"members":["zoe"],` + some + `}`, want: missingUser("zoe")},
		{title: "create with a long name", call: `POST /chatrooms {"name":"` + strings.Repeat("x", 129) + `","description":"d","owner":"ann"}`, want: bad(403, "exceed_limit", "title cannot exceed to 128")},
		{title: "create too large", call: `POST /chatrooms {"maxusers":10001,` + some + `}`, want: bad(403, "exceed_limit", "maxUsers cannot exceed 10000")},
		{title: "create one too many", settings: `{"max_groups":1}`, call: `POST /chatrooms {` + some + `}`, want: bad(403, "exceed_limit", "appKey:chat-demo#testapp has create too many chatrooms!")},
		{title: "create without the feature", settings: `{"features_off":["chatrooms"]}`, call: `POST /chatrooms {` + some + `}`, want: forbidden("chatroom is not used for this app")},
		{title: "list without the feature", settings: `{"features_off":["chatrooms"]}`, call: `GET /chatrooms`, want: forbidden("chatroom is not used for this app")},

		{title: "detail", call: "GET " + path, want: good(detail)},
		{title: "details, one missing", call: "GET " + path + ",1", want: good(detail)},
		{title: "detail of nothing", call: "GET /chatrooms/1", want: bad(404, "service_resource_not_found", "do not find this group:1")},
		{title: "detail of a group", call: "GET /chatrooms/" + groupID, want: bad(404, "service_resource_not_found", "do not find this group:"+groupID)},
		{title: "list", call: "GET /chatrooms", want: good(listed)},
		{title: "list a page", call: "GET /chatrooms?limit=1", want: good(listed)},
		{title: "list with a bad limit", call: "GET /chatrooms?limit=x", want: invalid("limit [x] is not legal")},
		{title: "joined by nobody", call: "GET /users/zoe/joined_chatrooms", want: missingUser("zoe")},
		{title: "joined, behind the end", call: "GET /users/dan/joined_chatrooms?pagenum=2&pagesize=1000", want: good(`[]`)},

		{
			title: "change", call: "PUT " + path + ` {"name":"n","description":"e","maxusers":4}`,
			want:  good(`{"groupname":true,"description":true,"maxusers":true}`),
			again: andAgain(good(`{"groupname":true,"description":true,"maxusers":true}`)),
		},
		{title: "changed", before: "PUT " + path + ` {"name":"a/b"}`, call: "GET /users/dan/joined_chatrooms?pagesize=0", want: invalid("pagesize [0] is not legal")},
		{title: "change nothing", call: `PUT /chatrooms/1 {"name":"n"}`, want: missingGroup("1")},
		{title: "change an unknown field", call: "PUT " + path + ` {"custom":"c","groupname":"n"}`, want: invalid("some of [custom, groupname] are not valid fields")},
		{title: "change to a long description", call: "PUT " + path + ` {"description":"` + strings.Repeat("x", 513) + `"}`, want: bad(403, "exceed_limit", "desc cannot exceed to 512")},
		{title: "change to more than there can be", call: "PUT " + path + ` {"maxusers":10001}`, want: bad(403, "exceed_limit", "maxUsers cannot exceed 10000")},
		{title: "change to fewer than are in it", call: "PUT " + path + ` {"maxusers":3}`, want: forbidden("current user count is larger than the maxUsers that you want to update !")},

		{title: "transfer", call: "PUT " + path + ` {"newowner":"dan"}`, want: good(`{"newowner":true}`), again: andAgain(forbidden("new owner and old owner are the same"))},
		{title: "transfer to nobody", call: "PUT " + path + ` {"newowner":"zoe"}`, want: missingUser("zoe")},
		{title: "transfer to a stranger", call: "PUT " + path + ` {"newowner":"fay"}`, want: forbidden("user: fay doesn't exist in group: " + roomID)},
		{title: "transfer of nothing", call: `PUT /chatrooms/1 {"newowner":"bob"}`, want: missingGroup("1")},
		{title: "delete", call: "DELETE " + path, want: good(`{"success":true,"id":"` + roomID + `"}`), again: andAgain(missingGroup(roomID))},

		{title: "add a super admin", call: `POST /chatrooms/super_admin {"superadmin":"cat"}`, want: good(`{"result":"success","resource":""}`), again: andAgain(good(`{"result":"success","resource":""}`))},
		{title: "add nobody as super admin", call: `POST /chatrooms/super_admin {"superadmin":"zoe"}`, want: missingUser("zoe")},
		{title: "add no super admin", call: `POST /chatrooms/super_admin {}`, want: invalid("superadmin must be provided")},
		{title: "super admins", before: `POST /chatrooms/super_admin {"superadmin":"cat"}`, call: "GET /chatrooms/super_admin?pagenum=1&pagesize=10", want: good(`["bob","cat"]`)},
		{title: "super admins, the second page", before: `POST /chatrooms/super_admin {"superadmin":"cat"}`, call: "GET /chatrooms/super_admin?pagenum=2&pagesize=1", want: good(`["cat"]`)},
		{title: "super admins, behind the end", call: "GET /chatrooms/super_admin?pagenum=3", want: good(`[]`)},
		{title: "remove a super admin", call: "DELETE /chatrooms/super_admin/bob", want: good(`{"newSuperAdmin":"bob","resource":""}`), again: andAgain(good(`{"newSuperAdmin":"bob","resource":""}`))},
		{title: "remove nobody from the super admins", call: "DELETE /chatrooms/super_admin/zoe", want: missingUser("zoe")},
	}
	runGroupCases(t, 2018, both)
	runGroupCases(t, 2025, both)
	runGroupCases(t, 2018, []groupCase{
		{title: "joined", call: "GET /users/dan/joined_chatrooms?pagenum=1&pagesize=10", want: good(`[{"id":"` + roomID + `","name":"lobby"}]`)},
	})
	runGroupCases(t, 2025, []groupCase{
		{title: "joined", call: "GET /users/dan/joined_chatrooms", want: good(`[{"id":"` + roomID + `","name":"lobby","disabled":"false"}]`)},
	})
	for era, usual := range map[int]string{2018: "200", 2025: "1000"} {
		s := serve(t, emulator.Options{EasemobEra: era})
		s.Register("ann")
		s.Want(200, "POST", appPath+"/chatrooms", `{"roomid":"r1",`+some+`,"maxusers":5,"custom":"c","members":[]}`)
		if got := s.detail("/chatrooms/r1"); got["custom"] != "c" || fmt.Sprint(got["maxusers"]) != "5" {
			t.Errorf("the chat room is %v", got)
		}
		s.Want(200, "POST", appPath+"/chatrooms", `{"roomid":"r2",`+some+`}`)
		if got := fmt.Sprint(s.detail("/chatrooms/r2")["maxusers"]); got != usual {
			t.Errorf("%d: a chat room has room for %s, want %s", era, got, usual)
		}
	}
}

// TestRoomsWithoutPages covers that the older list has all chat rooms.
func TestRoomsWithoutPages(t *testing.T) {
	for era, want := range map[int]int{2018: 12, 2025: 10} {
		s := serve(t, emulator.Options{EasemobEra: era})
		s.Register("ann")
		for range 12 {
			s.Want(200, "POST", appPath+"/chatrooms", `{"name":"r","description":"","owner":"ann"}`)
		}
		if got := strings.Count(s.data("/chatrooms"), `"id"`); got != want {
			t.Errorf("%d: the list has %d chat rooms, want %d", era, got, want)
		}
	}
}

// TestRoomDropOut covers that who is offline for two minutes leaves a chat room, if the
// switch is on.
func TestRoomDropOut(t *testing.T) {
	s := serve(t, emulator.Options{})
	path := "/chatrooms/" + roomID
	// ann owns it, bob is an admin, cat is on the allow list, dan is online, eve was named
	// when it was created, fay as well but was online since, gus joined later.
	s.restore(`{"users":[{"username":"ann"},{"username":"bob"},{"username":"cat"},{"username":"dan","online":true},{"username":"eve"},
			{"username":"fay","offline_since":1542356598609},{"username":"gus"},{"username":"hal"}],
		"chatrooms":[{"id":"` + roomID + `","name":"lobby","owner":"ann","created":1542356598609,"admins":["bob"],"allow_list":["cat"],
			"members":["bob","cat","dan",{"username":"eve","founding":true},{"username":"fay","founding":true},"gus"]}]}`)
	members := func() string { return s.data(path + "/users") }
	all := `[{"owner":"ann"},{"member":"bob"},{"member":"cat"},{"member":"dan"},{"member":"eve"},{"member":"fay"},{"member":"gus"}]`
	if got := members(); got != all {
		t.Errorf("without the switch the members are %s", got)
	}
	s.Want(204, "PUT", "/_emulator/settings", `{"easemob":{"room_drop_out":true}}`)
	s.Want(200, "POST", appPath+path+"/users/hal", "") // has two minutes from now
	kept := `[{"owner":"ann"},{"member":"bob"},{"member":"cat"},{"member":"dan"},{"member":"eve"}`
	if got := members(); got != kept+`,{"member":"hal"}]` {
		t.Errorf("the members are %s", got)
	}
	s.Advance("1m")
	if got := members(); got != kept+`,{"member":"hal"}]` {
		t.Errorf("after a minute the members are %s", got)
	}
	s.Advance("1m1s")
	if got := s.data("/users/hal/joined_chatrooms"); got != `[]` {
		t.Errorf("after two minutes hal is in %s", got)
	}
	s.Want(200, "GET", appPath+"/users/dan/disconnect", "")
	s.Advance("1m")
	if got := members(); got != kept+`]` {
		t.Errorf("a minute after dan left the members are %s", got)
	}
	s.Advance("1m1s")
	if state := s.State("easemob"); strings.Contains(state[strings.Index(state, `"members"`):], "dan") {
		t.Errorf("dan is still a member: %s", state)
	}
	s.Want(200, "DELETE", appPath+path+"/white/users/cat", "")
	if got := members(); got != `[{"owner":"ann"},{"member":"bob"},{"member":"eve"}]` {
		t.Errorf("without the allow list the members are %s", got)
	}
}

package easemob_test

import (
	"fmt"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
)

// sides are a group and a chat room with the names that their answers use.
var sides = []struct {
	room             bool
	path, id         string
	memberKey, inKey string
}{
	{false, "/chatgroups/" + groupID, groupID, "groupid", "groupid"},
	{true, "/chatrooms/" + roomID, roomID, "id", "chatroomid"},
}

// TestMembers covers section 4 of what is known of the platform, which is the same for
// groups and chat rooms but for a few answers.
func TestMembers(t *testing.T) {
	for _, side := range sides {
		t.Run(side.path[1:10], func(t *testing.T) {
			member := func(action, name string, ok bool) string { return outcome(side.memberKey, side.id, action, name, ok) }
			listed := func(action, name string, ok bool) string { return outcome(side.inKey, side.id, action, name, ok) }
			list := func(items ...string) answerOf { return good("[" + strings.Join(items, ",") + "]") }
			gone := strings.Replace(side.path, side.id, "1", 1)
			added := func(names string) answerOf {
				return good(`{"newmembers":[` + names + `],"action":"add_member","` + side.memberKey + `":"` + side.id + `"}`)
			}
			full := "exceed_limit"
			tooMany := "user fay has joined too many groups!"
			if side.room {
				full, tooMany = "exceeded_limit", "can not join this group, reason:user fay has joined too many chatrooms!"
			}
			blocked := forbidden("can not join this group, reason:user: eve is in the blacklist of group: " + side.id)
			both := []groupCase{
				{title: "announcement", call: "GET " + side.path + "/announcement", want: good(`{"announcement":""}`)},
				{title: "set the announcement", call: "POST " + side.path + `/announcement {"announcement":"hi"}`, want: good(`{"id":"` + side.id + `","result":true}`), again: andAgain(good(`{"id":"` + side.id + `","result":true}`))},
				{title: "the announcement that was set", before: "POST " + side.path + `/announcement {"announcement":"hi"}`, call: "GET " + side.path + "/announcement", want: good(`{"announcement":"hi"}`)},
				{title: "take the announcement back", before: "POST " + side.path + `/announcement {"announcement":""}`, call: "GET " + side.path + "/announcement", want: good(`{"announcement":""}`)},
				{title: "announcement of nothing", call: "GET " + gone + "/announcement", want: missingGroup("1")},
				{title: "set the announcement of nothing", call: "POST " + gone + `/announcement {"announcement":"hi"}`, want: missingGroup("1")},
				{title: "set no announcement", call: "POST " + side.path + `/announcement {}`, want: bad(400, "illegal_argument", "announcement is null")},
				{title: "set a long announcement", call: "POST " + side.path + `/announcement {"announcement":"` + strings.Repeat("x", 513) + `"}`, want: bad(403, "FORBIDDEN", "announce info length exceeds limit!")},

				{title: "list members", call: "GET " + side.path + "/users?pagenum=1&pagesize=10", want: list(`{"owner":"ann"}`, `{"member":"bob"}`, `{"member":"cat"}`, `{"member":"dan"}`)},
				{title: "list members, the first page", call: "GET " + side.path + "/users?pagenum=1&pagesize=2", want: list(`{"owner":"ann"}`, `{"member":"bob"}`)},
				{title: "list members, the second page", call: "GET " + side.path + "/users?pagenum=2&pagesize=2", want: list(`{"member":"cat"}`, `{"member":"dan"}`)},
				{title: "list members, behind the end", call: "GET " + side.path + "/users?pagenum=3&pagesize=2", want: list()},
				{title: "list members with a bad page", call: "GET " + side.path + "/users?pagesize=x", want: invalid("pagesize [x] is not legal")},
				{title: "list members of nothing", call: "GET " + gone + "/users", want: bad(404, "service_resource_not_found", "do not find this group:1")},

				{title: "add nobody", call: "POST " + side.path + "/users/zoe", want: missingUser("zoe")},
				{title: "add to nothing", call: "POST " + gone + "/users/fay", want: missingGroup("1")},
				{title: "add somebody who is blocked", call: "POST " + side.path + "/users/eve", want: blocked},
				{title: "add to a full one", before: "PUT " + side.path + ` {"maxusers":4}`, call: "POST " + side.path + "/users/fay", want: bad(403, full, "members size is greater than max user size !")},
				{title: "add somebody who is in too many", settings: `{"max_joined":1}`, before: joins(side.room), call: "POST " + side.path + "/users/fay", want: bad(403, full, tooMany)},

				{title: "add several", call: "POST " + side.path + `/users {"usernames":["fay","dan"]}`, want: added(`"fay"`)},
				{title: "add several, one nobody", call: "POST " + side.path + `/users {"usernames":["fay","zoe"]}`, want: missingUser("zoe")},
				{title: "add several, one blocked", call: "POST " + side.path + `/users {"usernames":["fay","eve"]}`, want: blocked},
				{title: "add several to a full one", before: "PUT " + side.path + ` {"maxusers":5}` + "\nPOST /users" + ` {"username":"gus","password":"1"}`, call: "POST " + side.path + `/users {"usernames":["fay","gus"]}`, want: bad(403, full, "members size is greater than max user size !")},
				{title: "add several to nothing", call: "POST " + gone + `/users {"usernames":["fay"]}`, want: missingGroup("1")},
				{title: "add none", call: "POST " + side.path + `/users {"usernames":[]}`, want: invalid("usernames must be provided")},
				{title: "add 101", call: "POST " + side.path + `/users ` + namesBody(101), want: invalid("addMembers: addMembers number more than maxSize : 100")},
				{title: "add in words", call: "POST " + side.path + `/users {"usernames":"fay"}`, want: invalid("usernames is not legal")},

				{title: "remove the owner", call: "DELETE " + side.path + "/users/ann", want: onOwner},
				{title: "remove from nothing", call: "DELETE " + gone + "/users/dan", want: missingGroup("1")},
				{
					title: "remove several", call: "DELETE " + side.path + "/users/dan,fay,cat",
					want: list(member("remove_member", "dan", true), member("remove_member", "fay", false), member("remove_member", "cat", true)),
				},
				{title: "remove several, escaped", call: "DELETE " + side.path + "/users/dan%2Ccat", want: list(member("remove_member", "dan", true), member("remove_member", "cat", true))},
				{title: "remove several, one the owner", call: "DELETE " + side.path + "/users/dan,ann", want: onOwner},
				{title: "remove 61", call: "DELETE " + side.path + "/users/" + namesPath(61), want: invalid("kickMember: kickMembers number more than maxSize : 60")},
				{title: "who is removed leaves the other lists", before: "DELETE " + side.path + "/users/bob,cat", call: "GET " + side.path + "/white/users", want: list(`"ann"`)},

				{title: "admins", call: "GET " + side.path + "/admin", want: list(`"bob"`)},
				{title: "admins of nothing", call: "GET " + gone + "/admin", want: missingGroup("1")},
				{title: "add an admin", call: "POST " + side.path + `/admin {"newadmin":"dan"}`, want: good(`{"result":"success","newadmin":"dan"}`), again: andAgain(good(`{"result":"success","newadmin":"dan"}`))},
				{title: "admins are members", before: "POST " + side.path + `/admin {"newadmin":"dan"}`, call: "GET " + side.path + "/users?pagenum=2&pagesize=3", want: list(`{"member":"dan"}`)},
				{title: "add a stranger as admin", call: "POST " + side.path + `/admin {"newadmin":"fay"}`, want: bad(404, "resource_not_found", "user: fay doesn't exist in group: "+side.id)},
				{title: "add nobody as admin", call: "POST " + side.path + `/admin {"newadmin":"zoe"}`, want: bad(404, "resource_not_found", "user: zoe doesn't exist in group: "+side.id)},
				{title: "add the owner as admin", call: "POST " + side.path + `/admin {"newadmin":"ann"}`, want: onOwner},
				{title: "add no admin", call: "POST " + side.path + `/admin {}`, want: invalid("newadmin must be provided")},
				{title: "add an admin to nothing", call: "POST " + gone + `/admin {"newadmin":"dan"}`, want: missingGroup("1")},
				{title: "an admin is on the allow list once", before: "POST " + side.path + `/admin {"newadmin":"cat"}`, call: "GET " + side.path + "/white/users", want: list(`"ann"`, `"bob"`, `"cat"`)},
				{title: "a new owner is muted no more", before: "PUT " + side.path + ` {"newowner":"cat"}`, call: "GET " + side.path + "/mute", want: list()},
				{title: "a new owner is no admin", before: "PUT " + side.path + ` {"newowner":"bob"}`, call: "GET " + side.path + "/admin", want: list()},
				{title: "remove an admin", call: "DELETE " + side.path + "/admin/bob", want: good(`{"result":"success","oldadmin":"bob"}`), again: andAgain(forbidden("user:bob is not admin of group:" + side.id))},
				{title: "remove an admin who is none", call: "DELETE " + side.path + "/admin/dan", want: forbidden("user:dan is not admin of group:" + side.id)},
				{title: "remove an admin from nothing", call: "DELETE " + gone + "/admin/bob", want: missingGroup("1")},

				{title: "block list", call: "GET " + side.path + "/blocks/users", want: list(`"eve"`)},
				{title: "block list of nothing", call: "GET " + gone + "/blocks/users", want: missingGroup("1")},
				{title: "block", call: "POST " + side.path + "/blocks/users/dan", want: good(listed("add_blocks", "dan", true)), again: andAgain(noMembers(403, "forbidden_op", "dan"))},
				{title: "who is blocked is no member", before: "POST " + side.path + "/blocks/users/dan", call: "GET " + side.path + "/users?pagenum=1&pagesize=10", want: list(`{"owner":"ann"}`, `{"member":"bob"}`, `{"member":"cat"}`)},
				{title: "block a stranger", call: "POST " + side.path + "/blocks/users/fay", want: noMembers(403, "forbidden_op", "fay")},
				{title: "block the owner", call: "POST " + side.path + "/blocks/users/ann", want: onOwner},
				{title: "block for nothing", call: "POST " + gone + "/blocks/users/dan", want: missingGroup("1")},
				{
					title: "block several", call: "POST " + side.path + `/blocks/users {"usernames":["dan","fay"]}`,
					want:  list(listed("add_blocks", "dan", true), listed("add_blocks", "fay", false)),
					again: andAgain(list(listed("add_blocks", "dan", false), listed("add_blocks", "fay", false))),
				},
				{title: "block several strangers", call: "POST " + side.path + `/blocks/users {"usernames":["fay","zoe"]}`, want: noMembers(403, "forbidden_op", "fay, zoe")},
				{title: "block several, one the owner", call: "POST " + side.path + `/blocks/users {"usernames":["dan","ann"]}`, want: onOwner},
				{title: "block 101", call: "POST " + side.path + `/blocks/users ` + namesBody(101), want: invalid("addBlacklist: list size more than max limit : 100")},
				{title: "unblock", call: "DELETE " + side.path + "/blocks/users/eve", want: good(listed("remove_blocks", "eve", true)), again: andAgain(noMembers(403, "forbidden_op", "eve"))},
				{title: "unblocking brings nobody back", before: "DELETE " + side.path + "/blocks/users/eve", call: "GET " + side.path + "/users?pagenum=1&pagesize=10", want: list(`{"owner":"ann"}`, `{"member":"bob"}`, `{"member":"cat"}`, `{"member":"dan"}`)},
				{title: "unblock nobody", call: "DELETE " + side.path + "/blocks/users/zoe", want: missingUser("zoe")},
				{title: "unblock several", call: "DELETE " + side.path + "/blocks/users/eve,dan", want: list(listed("remove_blocks", "eve", true), listed("remove_blocks", "dan", false))},
				{title: "unblock several who are not", call: "DELETE " + side.path + "/blocks/users/fay,dan", want: noMembers(403, "forbidden_op", "fay, dan")},
				{title: "unblock 61", call: "DELETE " + side.path + "/blocks/users/" + namesPath(61), want: invalid("removeBlacklist: list size more than max limit : 60")},
				{title: "unblock for nothing", call: "DELETE " + gone + "/blocks/users/eve", want: missingGroup("1")},

				{title: "allow list", call: "GET " + side.path + "/white/users", want: list(`"ann"`, `"bob"`, `"cat"`)},
				{title: "allow list of nothing", call: "GET " + gone + "/white/users", want: missingGroup("1")},
				{title: "allow", call: "POST " + side.path + "/white/users/dan", want: good(listed("add_user_whitelist", "dan", true)), again: andAgain(good(listed("add_user_whitelist", "dan", true)))},
				{title: "allow a stranger", call: "POST " + side.path + "/white/users/fay", want: noMembers(403, "forbidden_op", "fay")},
				{title: "allow for nothing", call: "POST " + gone + "/white/users/dan", want: missingGroup("1")},
				{title: "allow several", call: "POST " + side.path + `/white/users {"usernames":["dan","fay"]}`, want: list(listed("add_user_whitelist", "dan", true), listed("add_user_whitelist", "fay", false))},
				{title: "allow several strangers", call: "POST " + side.path + `/white/users {"usernames":["fay","zoe"]}`, want: noMembers(403, "forbidden_op", "fay, zoe")},
				{title: "allow 101", call: "POST " + side.path + `/white/users ` + namesBody(101), want: invalid("addWhitelist size is more than max limit : 100")},
				{title: "the allow list that was added to", before: "POST " + side.path + `/white/users {"usernames":["dan","bob"]}`, call: "GET " + side.path + "/white/users", want: list(`"ann"`, `"bob"`, `"cat"`, `"dan"`)},
				{title: "disallow", call: "DELETE " + side.path + "/white/users/cat", want: list(listed("remove_user_whitelist", "cat", true))},
				{title: "disallow several", call: "DELETE " + side.path + "/white/users/cat,dan", want: list(listed("remove_user_whitelist", "cat", true), listed("remove_user_whitelist", "dan", false))},
				{title: "disallow 61", call: "DELETE " + side.path + "/white/users/" + namesPath(61), want: invalid("removeWhitelist size is more than max limit : 60")},
				{title: "disallow for nothing", call: "DELETE " + gone + "/white/users/cat", want: missingGroup("1")},

				{title: "mute list", call: "GET " + side.path + "/mute", want: list(`{"user":"cat","expire":4638873600000}`)},
				{title: "mute list of nothing", call: "GET " + gone + "/mute", want: missingGroup("1")},
				{
					title: "mute for ever", call: "POST " + side.path + `/mute {"usernames":["dan","bob"],"mute_duration":-1}`,
					want:  list(`{"result":true,"expire":4638873600000,"user":"dan"}`, `{"result":true,"expire":4638873600000,"user":"bob"}`),
					again: andAgain(list(`{"result":true,"expire":4638873600000,"user":"dan"}`, `{"result":true,"expire":4638873600000,"user":"bob"}`)),
				},
				{title: "mute for a while", call: "POST " + side.path + `/mute {"usernames":["dan"],"mute_duration":86400000}`, want: list(`{"result":true,"expire":"<ms>","user":"dan"}`)},
				{title: "lift a mute", call: "POST " + side.path + `/mute {"usernames":["cat"],"mute_duration":0}`, want: list(`{"result":true,"expire":0,"user":"cat"}`)},
				{title: "the mute list after", before: "POST " + side.path + `/mute {"usernames":["cat"],"mute_duration":0}`, call: "GET " + side.path + "/mute", want: list()},
				{title: "mute without an end or none", call: "POST " + side.path + `/mute {"usernames":["dan"]}`, want: invalid("mute_duration must be provided")},
				{title: "mute the owner", call: "POST " + side.path + `/mute {"usernames":["ann"],"mute_duration":-1}`, want: onOwner},
				{title: "mute for nothing", call: "POST " + gone + `/mute {"usernames":["dan"],"mute_duration":-1}`, want: missingGroup("1")},
				{title: "a mute outlasts the membership", before: "DELETE " + side.path + "/users/cat\nPOST " + side.path + "/users/cat", call: "GET " + side.path + "/mute", want: list(`{"user":"cat","expire":4638873600000}`)},
				{title: "unmute", call: "DELETE " + side.path + "/mute/cat", want: list(`{"result":true,"user":"cat"}`), again: andAgain(list(`{"result":true,"user":"cat"}`))},
				{title: "unmute several", call: "DELETE " + side.path + "/mute/cat,fay", want: list(`{"result":true,"user":"cat"}`, `{"result":true,"user":"fay"}`)},
				{title: "unmute 61", call: "DELETE " + side.path + "/mute/" + namesPath(61), want: invalid("userNames size is more than max limit : 60")},
				{title: "unmute for nothing", call: "DELETE " + gone + "/mute/cat", want: missingGroup("1")},
				{title: "mute all", call: "POST " + side.path + "/ban", want: good(`{"mute":true}`), again: andAgain(good(`{"mute":true}`))},
				{title: "unmute all", call: "DELETE " + side.path + "/ban", want: good(`{"mute":false}`), again: andAgain(good(`{"mute":false}`))},
				{title: "mute all leaves the mute list alone", before: "POST " + side.path + "/ban\nDELETE " + side.path + "/ban", call: "GET " + side.path + "/mute", want: list(`{"user":"cat","expire":4638873600000}`)},
				{title: "mute all of nothing", call: "POST " + gone + "/ban", want: missingGroup("1")},
				{title: "unmute all of nothing", call: "DELETE " + gone + "/ban", want: missingGroup("1")},
			}
			if side.room {
				both = append(both,
					groupCase{title: "add", call: "POST " + side.path + "/users/fay", want: good(member("add_member", "fay", true)), again: andAgain(good(member("add_member", "fay", true)))},
					groupCase{title: "add several who are in it", call: "POST " + side.path + `/users {"usernames":["bob","dan"]}`, want: added("")},
					groupCase{title: "remove nobody", call: "DELETE " + side.path + "/users/zoe", want: missingUser("zoe")},
					groupCase{title: "remove nobody from the admins", call: "DELETE " + side.path + "/admin/zoe", want: missingUser("zoe")},
				)
			} else {
				both = append(both,
					groupCase{title: "add", call: "POST " + side.path + "/users/FAY", want: good(member("add_member", "fay", true)), again: andAgain(alreadyIn("fay", side.id))},
					groupCase{title: "add the owner", call: "POST " + side.path + "/users/ann", want: alreadyIn("ann", side.id)},
					groupCase{title: "add several who are in it", call: "POST " + side.path + `/users {"usernames":["bob","dan"]}`, want: alreadyIn("dan", side.id)},
					groupCase{title: "remove nobody", call: "DELETE " + side.path + "/users/zoe", want: noMembers(403, "forbidden_op", "zoe")},
					groupCase{title: "remove nobody from the admins", call: "DELETE " + side.path + "/admin/zoe", want: forbidden("user:zoe is not admin of group:" + side.id)},
					groupCase{title: "list members with times", call: "GET " + side.path + "/users?pagenum=2&pagesize=2&joined_time=true", want: list(`{"member":"cat","joined_time":1542356598609}`, `{"member":"dan","joined_time":1542356599000}`)},
				)
			}
			runGroupCases(t, 2018, both)
			runGroupCases(t, 2025, both)

			// What the eras answer in different ways.
			runGroupCases(t, 2018, []groupCase{
				{title: "remove", call: "DELETE " + side.path + "/users/dan", want: good(member("remove_member", "dan", true)), again: andAgain(noMembers(403, "forbidden_op", "dan"))},
				{title: "remove several strangers", call: "DELETE " + side.path + "/users/fay,eve", want: noMembers(403, "forbidden_op", "fay, eve")},
				{title: "disallow again", before: "DELETE " + side.path + "/white/users/cat", call: "DELETE " + side.path + "/white/users/cat", want: noMembers(403, "forbidden_op", "cat")},
				{title: "disallow an admin", call: "DELETE " + side.path + "/white/users/bob", want: noMembers(403, "forbidden_op", "bob")},
				{title: "mute a stranger", call: "POST " + side.path + `/mute {"usernames":["dan","fay"],"mute_duration":-1}`, want: noMembers(400, "invalid_parameter", "fay")},
				{title: "mute nobody", call: "POST " + side.path + `/mute {"usernames":["zoe"],"mute_duration":-1}`, want: noMembers(400, "invalid_parameter", "zoe")},
				{title: "mute 11", call: "POST " + side.path + `/mute ` + strings.Replace(namesBody(11), "}", `,"mute_duration":-1}`, 1), want: invalid("userNames size is more than max limit : 10")},
			})
			status := 403
			if side.room {
				status = 400
			}
			runGroupCases(t, 2025, []groupCase{
				{title: "remove", call: "DELETE " + side.path + "/users/dan", want: good(member("remove_member", "dan", true)), again: andAgain(noMembers(status, "forbidden_op", "dan"))},
				{title: "remove several strangers", call: "DELETE " + side.path + "/users/fay,eve", want: noMembers(status, "forbidden_op", "fay, eve")},
				{title: "disallow again", before: "DELETE " + side.path + "/white/users/cat", call: "DELETE " + side.path + "/white/users/cat", want: noMembers(status, "forbidden_op", "cat")},
				{title: "mute a stranger", call: "POST " + side.path + `/mute {"usernames":["fay"],"mute_duration":-1}`, want: noMembers(status, "forbidden_op", "fay")},
				{title: "mute 101", call: "POST " + side.path + `/mute ` + strings.Replace(namesBody(101), "}", `,"mute_duration":-1}`, 1), want: invalid("userNames size is more than max limit : 100")},
			})
		})
	}
}

// joins makes fay a member of one other group, or of one other chat room.
func joins(room bool) string {
	if room {
		return `POST /chatrooms {"name":"r","description":"d","owner":"fay"}`
	}
	return `POST /chatgroups {"groupname":"g","description":"d","public":true,"owner":"fay"}`
}

// TestMemberPages covers how many members a page holds if the call does not say, and
// at most.
func TestMemberPages(t *testing.T) {
	for _, test := range []struct {
		era         int
		path        string
		usual, most int
	}{
		{2018, "/chatgroups/g", 10, 100},
		{2018, "/chatrooms/r", 1000, 1000},
		{2025, "/chatgroups/g", 1000, 1000},
		{2025, "/chatrooms/r", 1000, 1000},
	} {
		s := serve(t, emulator.Options{EasemobEra: test.era})
		var users, members []string
		for i := range 1200 {
			users = append(users, fmt.Sprintf(`{"username":"u%d"}`, i))
			members = append(members, fmt.Sprintf(`"u%d"`, i))
		}
		body := `"owner":"ann","maxusers":3000,"members":[` + strings.Join(members, ",") + `]}]`
		s.restore(`{"users":[{"username":"ann"},` + strings.Join(users, ",") + `],"groups":[{"id":"g",` + body + `,"chatrooms":[{"id":"r",` + body + `}`)
		for query, want := range map[string]int{"": test.usual, "?pagesize=5000": test.most, fmt.Sprintf("?pagenum=2&pagesize=%d", test.most): min(1201-test.most, test.most)} {
			data := s.data(test.path + "/users" + query)
			if got := strings.Count(data, `"member"`) + strings.Count(data, `"owner"`); got != want {
				t.Errorf("%d: %s%s holds %d, want %d", test.era, test.path, query, got, want)
			}
		}
	}
}

// TestMuteEnds covers that a mute ends by itself.
func TestMuteEnds(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.restore(groupFixture)
	path := "/chatgroups/" + groupID + "/mute"
	s.Want(200, "POST", appPath+path, `{"usernames":["dan"],"mute_duration":60000}`)
	s.Want(200, "POST", appPath+path, `{"usernames":["bob"],"mute_duration":9223372036854775807}`)
	muted := func() (names []string) {
		for _, name := range []string{"bob", "cat", "dan"} {
			if strings.Contains(s.data(path), `"user":"`+name+`"`) {
				names = append(names, name)
			}
		}
		return names
	}
	if got := fmt.Sprint(muted()); got != "[bob cat dan]" {
		t.Errorf("%s are muted", got)
	}
	s.Advance("1m")
	if got := fmt.Sprint(muted()); got != "[bob cat]" {
		t.Errorf("after a minute %s are muted", got)
	}
}

// TestStateHasNoPastMutes covers a mute whose time is over.
func TestStateHasNoPastMutes(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.restore(groupFixture)
	s.Want(200, "POST", appPath+"/chatgroups/"+groupID+"/mute", `{"usernames":["dan"],"mute_duration":60000}`)
	if state := s.State("easemob"); !strings.Contains(state, `"dan":`) {
		t.Errorf("the mute is not in %s", state)
	}
	s.Advance("61s")
	if state := s.State("easemob"); strings.Contains(state, `"dan":`) {
		t.Errorf("the mute is still in %s", state)
	}
}

// TestGroupActions covers the actions that answers name in one way or another.
func TestGroupActions(t *testing.T) {
	for _, test := range []struct {
		era                int
		method, path, want string
	}{
		{2018, "GET", "/chatgroups/" + groupID + "/mute", "post"},
		{2025, "GET", "/chatgroups/" + groupID + "/mute", "get"},
		{2018, "POST", "/chatgroups/" + groupID + "/ban", "put"},
		{2025, "POST", "/chatgroups/" + groupID + "/ban", "post"},
		{2018, "POST", "/chatrooms/" + roomID + "/ban", "put"},
		{2025, "POST", "/chatrooms/" + roomID + "/ban", "put"},
		{2018, "DELETE", "/chatrooms/" + roomID + "/ban", "put"},
		{2018, "PUT", "/chatrooms/" + roomID, "put"},
	} {
		s := serve(t, emulator.Options{EasemobEra: test.era})
		s.restore(groupFixture)
		if body := s.Want(200, test.method, appPath+test.path, `{"name":"n"}`).Body; !strings.Contains(body, `"action":"`+test.want+`"`) {
			t.Errorf("%d %s %s: got %s, want the action %s", test.era, test.method, test.path, body, test.want)
		}
	}
}

// TestAdminLimit covers that there are 99 admins at most.
func TestAdminLimit(t *testing.T) {
	s := serve(t, emulator.Options{})
	var users, members []string
	for i := range 100 {
		users = append(users, fmt.Sprintf(`{"username":"u%d"}`, i))
		members = append(members, fmt.Sprintf(`"u%d"`, i))
	}
	s.restore(`{"users":[{"username":"ann"},` + strings.Join(users, ",") + `],"groups":[{"id":"g","owner":"ann",
		"members":[` + strings.Join(members, ",") + `],"admins":[` + strings.Join(members[:99], ",") + `]}]}`)
	s.check(`POST /chatgroups/g/admin {"newadmin":"u99"}`, bad(403, "exceed_limit", "admins size is greater than max admin size !"))
	s.check(`POST /chatgroups/g/admin {"newadmin":"u98"}`, good(`{"result":"success","newadmin":"u98"}`))
}

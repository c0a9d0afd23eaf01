package easemob_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/emulator"
)

func TestMemberCalls(t *testing.T) {
	type method = func(context.Context, *chat.Service) (any, error)
	add := func(names ...string) method {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return results(s.GroupMembers.Add(ctx, group, chat.Refs(names...)))
		}
	}
	remove := func(names ...string) method {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return results(s.GroupMembers.Remove(ctx, group, chat.Refs(names...)))
		}
	}
	set := func(state chat.MemberState, on bool, names ...string) method {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return results(s.GroupMembers.Set(ctx, group, state, chat.Refs(names...), on))
		}
	}
	having := func(state chat.MemberState) method {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return s.GroupMembers.Having(ctx, group, state)
		}
	}
	list := func(ctx context.Context, s *chat.Service) (any, error) { return s.GroupMembers.List(ctx, group) }
	const (
		in      = "/chatgroups/66016455491585"
		adding  = "POST " + in + "/users "
		muting  = "POST " + in + "/mute "
		noGroup = "grpID 66016455491585 does not exist!"
	)
	already := func(name string) string {
		return "can not join this group, reason:user: " + name + " already in group: 66016455491585\n"
	}
	gone := func(name string) string { return "user: " + name + " doesn't exist in group: 66016455491585" }
	done := func(texts ...string) any { return texts }

	testWire(t, []wireTest{
		{
			name: "list members", call: list,
			exchanges: []exchange{works("GET "+in+"/users?pagenum=1&pagesize=100", envelope(`[{"owner":"ann"},{"member":"bob"},{"member":"Cat"}]`))},
			want:      []chat.Member{{Ref: chat.Ref{Username: "ann"}, Owner: true}, {Ref: chat.Ref{Username: "bob"}}, {Ref: chat.Ref{Username: "Cat"}}},
		},
		{
			name: "list members of a missing group", call: list,
			exchanges: []exchange{fails("GET "+in+"/users?pagenum=1&pagesize=100", 404, "service_resource_not_found", "do not find this group:66016455491585")},
			want:      []chat.Member(nil), kind: chat.ErrNotFound,
			text: `list the members of group "66016455491585": not found: HTTP 404 service_resource_not_found: do not find this group:66016455491585`,
		},

		{
			name: "add members", call: add("Bob", "cat"),
			exchanges: []exchange{works(adding+`{"usernames":["bob","cat"]}`, envelope(`{"newmembers":["bob"],"groupid":"66016455491585","action":"add_member"}`))},
			want:      done("", ""),
		},
		{
			name: "add a member who is one", call: add("bob"),
			exchanges: []exchange{fails(adding+`{"usernames":["bob"]}`, 403, "forbidden_op", already("bob"))}, want: done(""),
		},
		{
			name: "add members who all are", call: add("bob", "cat"),
			exchanges: []exchange{fails(adding+`{"usernames":["bob","cat"]}`, 403, "forbidden_op", already("cat"))}, want: done("", ""),
		},
		{
			name: "add nobody's name", call: add("bob"),
			exchanges: []exchange{fails(adding+`{"usernames":["bob"]}`, 404, "resource_not_found", "username bob doesn't exist!")},
			want:      done(`add user "bob" to group "66016455491585": not found: HTTP 404 resource_not_found: username bob doesn't exist!`),
		},
		{
			name: "add members of whom one does not exist", call: add("bob", "cat"),
			exchanges: []exchange{fails(adding+`{"usernames":["bob","cat"]}`, 404, "resource_not_found", "username cat doesn't exist!")},
			want:      []string(nil), kind: chat.ErrNotFound,
			text: `add user "bob" and 1 more to group "66016455491585": not found: HTTP 404 resource_not_found: username cat doesn't exist!`,
		},
		{
			name: "add members to a missing group", call: add("bob", "cat"),
			exchanges: []exchange{fails(adding+`{"usernames":["bob","cat"]}`, 404, "resource_not_found", noGroup)}, want: []string(nil), kind: chat.ErrNotFound,
		},
		{
			name: "add members to a full group", call: add("bob", "cat"),
			exchanges: []exchange{fails(adding+`{"usernames":["bob","cat"]}`, 403, "exceed_limit", "members size is greater than max user size !")},
			want:      []string(nil), kind: chat.ErrQuota,
		},
		{
			name: "add a blocked user", call: add("bob", "cat"),
			exchanges: []exchange{fails(adding+`{"usernames":["bob","cat"]}`, 403, "forbidden_op", "can not join this group, reason:user: bob is in the blacklist of group: 1")},
			want:      []string(nil), kind: chat.ErrInvalid,
		},
		{
			name: "add members of whom two are in too many groups", call: add("Bob", "cat", "Dan", "eve"),
			exchanges: []exchange{
				fails(adding+`{"usernames":["bob","cat","dan","eve"]}`, 403, "exceed_limit", "user dan has joined too many groups!"),
				fails(adding+`{"usernames":["bob","cat","eve"]}`, 403, "exceed_limit", "user bob has joined too many groups!"),
				works(adding+`{"usernames":["cat","eve"]}`, envelope(`{"newmembers":["cat","eve"]}`)),
			},
			want: done(
				`add user "Bob" to group "66016455491585": quota exceeded: HTTP 403 exceed_limit: user bob has joined too many groups!`, "",
				`add user "Dan" to group "66016455491585": quota exceeded: HTTP 403 exceed_limit: user dan has joined too many groups!`, "",
			),
		},
		{
			name: "add members of whom one is in too many groups and one does not exist", call: add("bob", "cat", "dan"),
			exchanges: []exchange{
				fails(adding+`{"usernames":["bob","cat","dan"]}`, 403, "exceed_limit", "user dan has joined too many groups!"),
				fails(adding+`{"usernames":["bob","cat"]}`, 404, "resource_not_found", "username cat doesn't exist!"),
			},
			want: []string(nil), kind: chat.ErrNotFound,
		},
		{
			name: "add a member who is in too many groups", call: add("bob"),
			exchanges: []exchange{fails(adding+`{"usernames":["bob"]}`, 403, "exceed_limit", "user bob has joined too many groups!")},
			want:      done(`add user "bob" to group "66016455491585": quota exceeded: HTTP 403 exceed_limit: user bob has joined too many groups!`),
		},

		{
			name: "remove a member", call: remove("Bob"),
			exchanges: []exchange{works("DELETE "+in+"/users/bob", envelope(`{"result":true,"action":"remove_member","user":"bob","groupid":"66016455491585"}`))},
			want:      done(""),
		},
		{
			name: "remove members of whom one is none", call: remove("bob", "Cat", "dan"),
			exchanges: []exchange{works("DELETE "+in+"/users/bob%2Ccat%2Cdan", envelope(
				`[{"result":false,"action":"remove_member","user":"bob","reason":"`+gone("bob")+`"},{"result":true,"user":"cat"},{"result":"true","user":"dan"}]`,
			))},
			want: done("", "", ""),
		},
		{
			name: "remove members in part", call: remove("bob", "cat", "dan"),
			exchanges: []exchange{works("DELETE "+in+"/users/bob%2Ccat%2Cdan", envelope(
				`[{"result":false,"user":"bob","reason":"`+strings.Repeat("r", 600)+`"},{"result":false,"user":"dan"}]`,
			))},
			want: done(
				`remove user "bob" from group "66016455491585": HTTP 200: `+strings.Repeat("r", 500)+"...",
				`remove user "cat" from group "66016455491585": unavailable: HTTP 200: the response does not say whether the call succeeded`,
				`remove user "dan" from group "66016455491585": HTTP 200: the platform refused it`,
			),
		},
		{
			name: "remove who is no member", call: remove("bob"),
			exchanges: []exchange{fails("DELETE "+in+"/users/bob", 403, "forbidden_op", "users [bob] are not members of this group!")}, want: done(""),
		},
		{
			name: "remove many of whom none is a member", call: remove(longNames(50)...),
			exchanges: []exchange{fails(
				"DELETE "+in+"/users/"+strings.Join(longNames(50), "%2C"), 403, "forbidden_op", "users ["+strings.Join(longNames(50), ", ")+"] are not members of this group!",
			)},
			want: make([]string, 50),
		},
		{
			name: "remove a user who does not exist", call: remove("bob"),
			exchanges: []exchange{fails("DELETE "+in+"/users/bob", 404, "resource_not_found", "username bob doesn't exist!")}, want: done(""),
		},
		{
			name: "remove users of whom one does not exist", call: remove("bob", "cat"),
			exchanges: []exchange{fails("DELETE "+in+"/users/bob%2Ccat", 404, "resource_not_found", "username bob doesn't exist!")},
			want:      []string(nil), kind: chat.ErrNotFound,
		},
		{
			name: "remove members of a missing group", call: remove("bob", "cat"),
			exchanges: []exchange{fails("DELETE "+in+"/users/bob%2Ccat", 404, "resource_not_found", noGroup)}, want: done("", ""),
		},
		{
			name: "remove the owner", call: remove("ann", "bob"),
			exchanges: []exchange{fails("DELETE "+in+"/users/ann%2Cbob", 403, "forbidden_op", "forbidden operation on group owner!")},
			want:      []string(nil), kind: chat.ErrInvalid,
		},

		{
			name: "who is muted without an end", call: having(chat.Muted),
			exchanges: []exchange{works("GET "+in+"/mute", envelope(
				`[{"expire":4638873600000,"user":"bob"},{"expire":1642356598609,"user":"cat"},{"expire":"4638873600000","user":"dan"},{"user":"eve"}]`,
			))},
			want: []string{"bob", "dan"},
		},
		{name: "nobody is muted", call: having(chat.Muted), exchanges: []exchange{works("GET "+in+"/mute", envelope(`[]`))}, want: []string(nil)},
		{
			name: "who is muted in a missing group", call: having(chat.Muted),
			exchanges: []exchange{fails("GET "+in+"/mute", 404, "resource_not_found", noGroup)}, want: []string(nil),
			kind: chat.ErrNotFound, text: `list who is muted in group "66016455491585": not found: HTTP 404 resource_not_found: ` + noGroup,
		},
		{name: "who is an admin", call: having(chat.Admin), exchanges: []exchange{works("GET "+in+"/admin", envelope(`["bob"]`))}, want: []string{"bob"}},
		{
			name: "who is an admin of a missing group", call: having(chat.Admin),
			exchanges: []exchange{fails("GET "+in+"/admin", 404, "resource_not_found", noGroup)}, want: []string(nil),
			kind: chat.ErrNotFound, text: `list the admins of group "66016455491585": not found: HTTP 404 resource_not_found: ` + noGroup,
		},

		{
			name: "mute members", call: set(chat.Muted, true, "Bob", "cat"),
			exchanges: []exchange{works(muting+`{"mute_duration":-1,"usernames":["bob","cat"]}`, envelope(
				`[{"result":true,"expire":4638873600000,"user":"bob"},{"result":true,"expire":4638873600000,"user":"cat"}]`,
			))},
			want: done("", ""),
		},
		{
			name: "mute in part", call: set(chat.Muted, true, "bob", "cat"),
			exchanges: []exchange{works(muting+`{"mute_duration":-1,"usernames":["bob","cat"]}`, envelope(`[{"result":false,"user":"bob","reason":"`+gone("bob")+`"},{"result":true,"user":"cat"}]`))},
			want:      done(`mute user "bob" in group "66016455491585": not found: HTTP 200: `+gone("bob"), ""),
		},
		{
			name: "mute who is no member, in 2018", call: set(chat.Muted, true, "bob"),
			exchanges: []exchange{fails(muting+`{"mute_duration":-1,"usernames":["bob"]}`, 400, "invalid_parameter", "users [bob] are not members of this group!")},
			want:      done(`mute user "bob" in group "66016455491585": not found: HTTP 400 invalid_parameter: users [bob] are not members of this group!`),
		},
		{
			name: "mute users of whom one is no member", call: set(chat.Muted, true, "bob", "cat"),
			exchanges: []exchange{fails(muting+`{"mute_duration":-1,"usernames":["bob","cat"]}`, 403, "forbidden_op", "users [bob] are not members of this group!")},
			want:      []string(nil), kind: chat.ErrNotFound,
		},
		{
			name: "mute the owner", call: set(chat.Muted, true, "ann"),
			exchanges: []exchange{fails(muting+`{"mute_duration":-1,"usernames":["ann"]}`, 403, "forbidden_op", "forbidden operation on group owner!")},
			want:      done(`mute user "ann" in group "66016455491585": invalid: HTTP 403 forbidden_op: forbidden operation on group owner!`),
		},
		{
			name: "unmute members", call: set(chat.Muted, false, "bob", "cat"),
			exchanges: []exchange{works("DELETE "+in+"/mute/bob%2Ccat", envelope(`[{"result":true,"user":"bob"},{"result":true,"user":"cat"}]`))}, want: done("", ""),
		},
		{
			name: "unmute in a missing group", call: set(chat.Muted, false, "bob", "cat"),
			exchanges: []exchange{fails("DELETE "+in+"/mute/bob%2Ccat", 404, "resource_not_found", noGroup)}, want: done("", ""),
		},
		{
			name: "unmute without effect", call: set(chat.Muted, false, "bob"),
			exchanges: []exchange{works("DELETE "+in+"/mute/bob", envelope(`[{"result":false,"user":"bob"}]`))},
			want:      done(`unmute user "bob" in group "66016455491585": HTTP 200: the platform refused it`),
		},

		{
			name: "make admins, one a call", call: set(chat.Admin, true, "Bob", "cat", "dan"),
			exchanges: []exchange{
				works("POST "+in+`/admin {"newadmin":"bob"}`, envelope(`{"result":"success","newadmin":"bob"}`)),
				fails("POST "+in+`/admin {"newadmin":"cat"}`, 404, "resource_not_found", gone("cat")),
				fails("POST "+in+`/admin {"newadmin":"dan"}`, 403, "exceed_limit", "admins size is greater than max admin size !"),
			},
			want: done(
				"", `make user "cat" an admin of group "66016455491585": not found: HTTP 404 resource_not_found: `+gone("cat"),
				`make user "dan" an admin of group "66016455491585": quota exceeded: HTTP 403 exceed_limit: admins size is greater than max admin size !`,
			),
		},
		{
			name: "make an admin without effect", call: set(chat.Admin, true, "bob"),
			exchanges: []exchange{works("POST "+in+`/admin {"newadmin":"bob"}`, envelope(`{"result":"failed","reason":"no"}`))},
			want:      done(`make user "bob" an admin of group "66016455491585": HTTP 200: no`),
		},
		{
			name: "make an admin of a missing group", call: set(chat.Admin, true, "bob"),
			exchanges: []exchange{fails("POST "+in+`/admin {"newadmin":"bob"}`, 404, "resource_not_found", noGroup)},
			want:      done(`make user "bob" an admin of group "66016455491585": not found: HTTP 404 resource_not_found: ` + noGroup),
		},
		{
			name: "remove admins", call: set(chat.Admin, false, "Bob", "cat", "dan"),
			exchanges: []exchange{
				works("DELETE "+in+"/admin/bob", envelope(`{"result":"success","oldadmin":"bob"}`)),
				fails("DELETE "+in+"/admin/cat", 403, "forbidden_op", "user:cat is not admin of group:66016455491585"),
				fails("DELETE "+in+"/admin/dan", 403, "forbidden", "ip not allowed"),
			},
			want: done("", "", `remove user "dan" as an admin of group "66016455491585": HTTP 403 forbidden: ip not allowed`),
		},
		{
			name: "remove an admin of a missing group", call: set(chat.Admin, false, "bob"),
			exchanges: []exchange{fails("DELETE "+in+"/admin/bob", 404, "resource_not_found", noGroup)}, want: done(""),
		},
	})
}

// longNames are names that are as long as the platform takes.
func longNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s%02d", strings.Repeat("n", 62), i)
	}
	return names
}

func TestRoomMemberCalls(t *testing.T) {
	type method = func(context.Context, *chat.Service) (any, error)
	add := func(names ...string) method {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return results(s.RoomMembers.Add(ctx, room, chat.Refs(names...)))
		}
	}
	remove := func(names ...string) method {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return results(s.RoomMembers.Remove(ctx, room, chat.Refs(names...)))
		}
	}
	set := func(state chat.MemberState, on bool, names ...string) method {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return results(s.RoomMembers.Set(ctx, room, state, chat.Refs(names...), on))
		}
	}
	list := func(ctx context.Context, s *chat.Service) (any, error) { return s.RoomMembers.List(ctx, room) }
	const in = "/chatrooms/66213271109633"
	const noRoom = "grpID 66213271109633 does not exist!"
	allow := func(names ...string) string {
		return "POST " + in + `/white/users {"usernames":["` + strings.Join(names, `","`) + `"]}`
	}
	put := func(names ...string) string {
		return "POST " + in + `/users {"usernames":["` + strings.Join(names, `","`) + `"]}`
	}
	strangers := func(names string) string { return "users [" + names + "] are not members of this group!" }
	outcomes := func(outcomes ...string) string {
		for i, o := range outcomes {
			name, reason, failed := strings.Cut(o, ": ")
			outcomes[i] = fmt.Sprintf(`{"result":%v,"user":%q,"reason":%q,"chatroomid":"66213271109633"}`, !failed, name, reason)
		}
		return envelope("[" + strings.Join(outcomes, ",") + "]")
	}
	done := func(texts ...string) any { return texts }

	testWire(t, []wireTest{
		{
			name: "list members", call: list,
			exchanges: []exchange{
				works("GET "+in, envelope(`[{"id":"66213271109633","name":"lobby","owner":"ann","affiliations_count":4,"affiliations":[{"owner":"ann"},{"member":"bob"},{"member":"cat"},{"member":"dan"}]}]`)),
				works("GET "+in+"/white/users", envelope(`["cat","Ann","bob"]`)),
			},
			want: []chat.Member{{Ref: chat.Ref{Username: "ann"}, Owner: true}, {Ref: chat.Ref{Username: "cat"}}, {Ref: chat.Ref{Username: "bob"}}},
		},
		{
			name: "list members of a missing chat room", call: list,
			exchanges: []exchange{fails("GET "+in, 404, "service_resource_not_found", "do not find this group:66213271109633")},
			want:      []chat.Member(nil), kind: chat.ErrNotFound,
			text: `list the members of chat room "66213271109633": not found: HTTP 404 service_resource_not_found: do not find this group:66213271109633`,
		},
		{
			name: "list members of a chat room that is gone meanwhile", call: list,
			exchanges: []exchange{
				works("GET "+in, envelope(`[{"id":"66213271109633","owner":"ann"}]`)),
				fails("GET "+in+"/white/users", 404, "resource_not_found", noRoom),
			},
			want: []chat.Member(nil), kind: chat.ErrNotFound,
		},
		{
			name: "list members where the answer is about another", call: list,
			exchanges: []exchange{works("GET "+in, envelope(`[{"id":"1","owner":"ann"}]`))}, want: []chat.Member(nil), kind: chat.ErrUnavailable,
		},

		{
			name: "add members", call: add("Bob", "cat"),
			exchanges: []exchange{
				works(put("bob", "cat"), envelope(`{"newmembers":["bob","cat"],"id":"66213271109633","action":"add_member"}`)),
				works(allow("bob", "cat"), outcomes("bob", "cat")),
			},
			want: done("", ""),
		},
		{
			name: "add who is in the chat room, in 2018", call: add("bob"),
			exchanges: []exchange{
				fails(put("bob"), 403, "forbidden_op", "can not join this group, reason:user: bob already in group: 66213271109633\n"),
				works(allow("bob"), envelope(`{"result":true,"action":"add_user_whitelist","user":"bob","chatroomid":"66213271109633"}`)),
			},
			want: done(""),
		},
		{
			name: "add who is in the chat room, in 2023", call: add("bob"),
			exchanges: []exchange{
				fails(put("bob"), 400, "forbidden_op", "can not join this group, reason:user: bob already in group: 66213271109633\n"),
				works(allow("bob"), outcomes("bob")),
			},
			want: done(""),
		},
		{
			name: "add a user who does not exist", call: add("bob"),
			exchanges: []exchange{fails(put("bob"), 404, "resource_not_found", "username bob doesn't exist!")},
			want:      done(`add user "bob" to chat room "66213271109633": not found: HTTP 404 resource_not_found: username bob doesn't exist!`),
		},
		{
			name: "add members to a full chat room", call: add("bob", "cat"),
			exchanges: []exchange{fails(put("bob", "cat"), 403, "exceeded_limit", "members size is greater than max user size !")},
			want:      []string(nil), kind: chat.ErrQuota,
		},
		{
			name: "add members of whom one is in too many chat rooms", call: add("bob", "cat"),
			exchanges: []exchange{
				fails(put("bob", "cat"), 403, "exceeded_limit", "can not join this group, reason:user bob has joined too many chatrooms!"),
				works(put("cat"), envelope(`{"newmembers":["cat"]}`)),
				works(allow("cat"), outcomes("cat")),
			},
			want: done(`add user "bob" to chat room "66213271109633": quota exceeded: HTTP 403 exceeded_limit: can not join this group, reason:user bob has joined too many chatrooms!`, ""),
		},
		{
			name: "add members of whom one leaves at once", call: add("bob", "cat"),
			exchanges: []exchange{
				works(put("bob", "cat"), envelope(`{"newmembers":["bob","cat"]}`)),
				works(allow("bob", "cat"), outcomes("bob: user: bob doesn't exist in group: 1", "cat")),
			},
			want: done(`put user "bob" on the allow list of chat room "66213271109633": not found: HTTP 200: user: bob doesn't exist in group: 1`, ""),
		},
		{
			name: "add members who all leave at once", call: add("bob", "cat"),
			exchanges: []exchange{
				works(put("bob", "cat"), envelope(`{"newmembers":["bob","cat"]}`)),
				fails(allow("bob", "cat"), 403, "forbidden_op", strangers("bob, cat")),
			},
			want: []string(nil), kind: chat.ErrNotFound,
		},

		{
			name: "remove members", call: remove("Bob", "cat"),
			exchanges: []exchange{
				works("DELETE "+in+"/users/bob%2Ccat", outcomes("bob", "cat")),
				works("DELETE "+in+"/white/users/bob%2Ccat", outcomes("bob", "cat")),
			},
			want: done("", ""),
		},
		{
			name: "remove a member whom the allow list forgets at once", call: remove("bob"),
			exchanges: []exchange{
				works("DELETE "+in+"/users/bob", envelope(`{"result":true,"action":"remove_member","user":"bob","id":"66213271109633"}`)),
				fails("DELETE "+in+"/white/users/bob", 400, "forbidden_op", strangers("bob")),
			},
			want: done(""),
		},
		{
			name: "remove who dropped out but is on the allow list", call: remove("bob"),
			exchanges: []exchange{
				fails("DELETE "+in+"/users/bob", 400, "forbidden_op", strangers("bob")),
				works("DELETE "+in+"/white/users/bob", outcomes("bob")),
			},
			want: done(""),
		},
		{
			name: "remove a user who does not exist", call: remove("bob"),
			exchanges: []exchange{
				fails("DELETE "+in+"/users/bob", 404, "resource_not_found", "username bob doesn't exist!"),
				fails("DELETE "+in+"/white/users/bob", 404, "resource_not_found", "username bob doesn't exist!"),
			},
			want: done(""),
		},
		{
			name: "remove members of a missing chat room", call: remove("bob", "cat"),
			exchanges: []exchange{
				fails("DELETE "+in+"/users/bob%2Ccat", 404, "resource_not_found", noRoom),
				fails("DELETE "+in+"/white/users/bob%2Ccat", 404, "resource_not_found", noRoom),
			},
			want: done("", ""),
		},
		{
			name: "remove members in part", call: remove("bob", "cat"),
			exchanges: []exchange{
				works("DELETE "+in+"/users/bob%2Ccat", outcomes("bob: no", "cat")),
				works("DELETE "+in+"/white/users/cat", outcomes("cat: user: cat doesn't exist in group: 1")),
			},
			want: done(`remove user "bob" from chat room "66213271109633": HTTP 200: no`, ""),
		},
		{
			name: "remove the owner", call: remove("ann"),
			exchanges: []exchange{fails("DELETE "+in+"/users/ann", 403, "forbidden_op", "forbidden operation on group owner!")},
			want:      done(`remove user "ann" from chat room "66213271109633": invalid: HTTP 403 forbidden_op: forbidden operation on group owner!`),
		},
		{
			name: "remove a member who stays on the allow list", call: remove("bob", "cat"),
			exchanges: []exchange{
				works("DELETE "+in+"/users/bob%2Ccat", outcomes("bob", "cat")),
				fails("DELETE "+in+"/white/users/bob%2Ccat", 403, "forbidden", "ip not allowed"),
			},
			want: []string(nil), text: `take user "bob" and 1 more off the allow list of chat room "66213271109633": HTTP 403 forbidden: ip not allowed`,
		},

		{
			name: "mute a member", call: set(chat.Muted, true, "bob"),
			exchanges: []exchange{works("POST "+in+`/mute {"mute_duration":-1,"usernames":["bob"]}`, envelope(`[{"result":true,"expire":4638873600000,"user":"bob"}]`))}, want: done(""),
		},
		{
			name: "unmute a member", call: set(chat.Muted, false, "bob"),
			exchanges: []exchange{works("DELETE "+in+"/mute/bob", envelope(`[{"result":true,"user":"bob"}]`))}, want: done(""),
		},
		{
			name: "make an admin", call: set(chat.Admin, true, "bob"),
			exchanges: []exchange{works("POST "+in+`/admin {"newadmin":"bob"}`, envelope(`{"result":"success","newadmin":"bob"}`))}, want: done(""),
		},
		{
			name: "remove admins, who stay members", call: set(chat.Admin, false, "bob", "cat", "dan", "eve"),
			exchanges: []exchange{
				works("DELETE "+in+"/admin/bob", envelope(`{"result":"success","oldadmin":"bob"}`)),
				fails("DELETE "+in+"/admin/cat", 403, "forbidden_op", "user:cat is not admin of group:1"),
				fails("DELETE "+in+"/admin/dan", 404, "resource_not_found", "username dan doesn't exist!"),
				works("DELETE "+in+"/admin/eve", envelope(`{"result":"success","oldadmin":"eve"}`)),
				works(put("bob", "eve"), envelope(`{"newmembers":["eve"]}`)),
				works(allow("bob", "eve"), outcomes("bob", "eve")),
			},
			want: done("", "", "", ""),
		},
		{
			name: "remove an admin who cannot be added again", call: set(chat.Admin, false, "bob", "cat"),
			exchanges: []exchange{
				works("DELETE "+in+"/admin/bob", envelope(`{"result":"success","oldadmin":"bob"}`)),
				fails("DELETE "+in+"/admin/cat", 403, "forbidden", "ip not allowed"),
				fails(put("bob"), 403, "forbidden", "ip not allowed"),
			},
			want: done(
				`add user "bob" to chat room "66213271109633": HTTP 403 forbidden: ip not allowed`,
				`remove user "cat" as an admin of chat room "66213271109633": HTTP 403 forbidden: ip not allowed`,
			),
		},
		{
			name: "remove an admin who is deleted meanwhile", call: set(chat.Admin, false, "bob"),
			exchanges: []exchange{
				works("DELETE "+in+"/admin/bob", envelope(`{"result":"success","oldadmin":"bob"}`)),
				fails(put("bob"), 404, "resource_not_found", "username bob doesn't exist!"),
			},
			want: done(""),
		},
		{
			name: "remove an admin of a missing chat room", call: set(chat.Admin, false, "bob"),
			exchanges: []exchange{fails("DELETE "+in+"/admin/bob", 404, "resource_not_found", noRoom)}, want: done(""),
		},
		{
			name: "who is muted and who is an admin",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				muted, err := s.RoomMembers.Having(ctx, room, chat.Muted)
				if err != nil {
					return nil, err
				}
				admins, err := s.RoomMembers.Having(ctx, room, chat.Admin)
				return append(muted, admins...), err
			},
			exchanges: []exchange{
				works("GET "+in+"/mute", envelope(`[{"expire":4638873600000,"user":"bob"}]`)),
				works("GET "+in+"/admin", envelope(`["cat"]`)),
			},
			want: []string{"bob", "cat"},
		},
	})
}

// Members who leave while a list of several pages is read hide nobody else.
func TestMembersWhoLeaveHideNobody(t *testing.T) {
	eras(t, func(t *testing.T, e http.Handler, service *chat.Service) {
		create(t, service, "ann")
		id := establish(t, service.Groups, "ann", chat.GroupSettings{Name: ptr("team"), MaxMembers: ptr(int64(500))}).ID
		var names []string
		for i := range 240 {
			names = append(names, fmt.Sprintf("user%03d", i))
		}
		for i := 0; i < len(names); i += 60 {
			create(t, service, names[i:i+60]...)
			if err := all(service.GroupMembers.Add(t.Context(), id, chat.Refs(names[i:i+60]...))); err != nil {
				t.Fatal(err)
			}
		}
		pages := 0
		other := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("pagenum") == "2" {
				if pages++; pages <= 3 {
					err := all(service.GroupMembers.Remove(t.Context(), id, chat.Refs(names[10*pages:10*pages+3]...)))
					if err == nil {
						err = all(service.GroupMembers.Add(t.Context(), id, chat.Refs(names[10*pages])))
					}
					if err != nil {
						t.Error(err)
					}
				}
			}
			e.ServeHTTP(w, r)
		}))
		list, err := other.GroupMembers.List(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		listed := map[string]bool{}
		for _, member := range list {
			listed[member.Username] = true
		}
		for i, name := range names {
			left := i/10 >= 1 && i/10 <= 3 && (i%10 == 1 || i%10 == 2)
			if listed[name] == left {
				t.Errorf("%s is listed: %v", name, !left)
			}
		}
		if len(list) != 1+240-6 || !list[0].Owner || list[0].Username != "ann" {
			t.Errorf("%d members, the first is %+v", len(list), list[0])
		}
	})
}

// Who was an admin of a chat room stays a member if the answer that says so is lost: the
// next attempt is refused because the user is no admin any more.
func TestAdminOfARoomStaysAMemberIfAnAnswerIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.New(emulator.Options{})
		s := connect(t, e)
		create(t, s, "ann", "bob")
		id := establish(t, s.Rooms, "ann", chat.GroupSettings{Name: ptr("lobby")}).ID
		for _, step := range []func() ([]error, error){
			func() ([]error, error) { return s.RoomMembers.Add(t.Context(), id, chat.Refs("bob")) },
			func() ([]error, error) { return s.RoomMembers.Set(t.Context(), id, chat.Admin, chat.Refs("bob"), true) },
			func() ([]error, error) {
				control(t, e, http.MethodPut, "faults", `[{"method":"DELETE","path":"/admin/bob","when":"after","status":500,"times":1}]`, nil)
				return s.RoomMembers.Set(t.Context(), id, chat.Admin, chat.Refs("bob"), false)
			},
		} {
			if err := chat.Single(step()); err != nil {
				t.Fatal(err)
			}
		}
		if list, err := s.RoomMembers.List(t.Context(), id); err != nil || len(list) != 2 {
			t.Errorf("the members are %v, %v", list, err)
		}
		if admins, err := s.RoomMembers.Having(t.Context(), id, chat.Admin); err != nil || len(admins) != 0 {
			t.Errorf("the admins are %v, %v", admins, err)
		}
	})
}

// A change of a chat room that takes two calls may have taken effect if the second fails.
func TestRoomIsChangedIfOnlyTheSecondCallFails(t *testing.T) {
	const in = "/chatrooms/" + room
	busy := reply{status: 429, body: `{"error":"reach_limit"}`}
	for name, tt := range map[string]struct {
		first  string
		second string
		change func(context.Context, *chat.Service) ([]error, error)
	}{
		"remove": {"DELETE " + in + "/users/bob", "DELETE " + in + "/white/users/bob", func(ctx context.Context, s *chat.Service) ([]error, error) {
			return s.RoomMembers.Remove(ctx, room, chat.Refs("bob"))
		}},
		"remove several": {"DELETE " + in + "/users/bob%2Ccat", "DELETE " + in + "/white/users/bob%2Ccat", func(ctx context.Context, s *chat.Service) ([]error, error) {
			return s.RoomMembers.Remove(ctx, room, chat.Refs("bob", "cat"))
		}},
		"make no admin": {"DELETE " + in + "/admin/bob", "POST " + in + "/users", func(ctx context.Context, s *chat.Service) ([]error, error) {
			return s.RoomMembers.Set(ctx, room, chat.Admin, chat.Refs("bob"), false)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				done := reply{body: envelope(`{"result":"success"}`)}
				if strings.Contains(tt.first, "/users/") {
					done.body = envelope(`[{"result":true,"user":"bob"},{"result":true,"user":"cat"}]`)
				}
				p := &platform{answers: map[string][]reply{tt.first: {done}, tt.second: {busy}}}
				err := chat.Single(tt.change(t.Context(), connect(t, p)))
				if sentAt, unsettled := chat.Unsettled(err); !hasKind(err, chat.ErrThrottled) || !unsettled || sentAt.IsZero() {
					t.Errorf("error %v, unsettled %v, sent at %s", err, unsettled, sentAt)
				}
			})
		})
	}
}

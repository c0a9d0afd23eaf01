package easemob_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
)

// The ids of the document's group and chat room.
const (
	group = "66016455491585"
	room  = "66213271109633"
)

// detailOf is a group as the document of 2018 shows it.
const detailOf = `{"id":"66016455491585","name":"team","description":"d","membersonly":false,"allowinvites":false,"maxusers":200,"owner":"ann","created":1542356598609,"custom":"c","affiliations_count":2,"affiliations":[{"member":"bob"},{"owner":"ann"}],"public":true}`

// envelope is the answer around data.
func envelope(data string) string {
	return `{"action":"get","application":"8be024f0-e978-11e8-b697-5d598d5f8402","uri":"http://a1.easecdn.com/x","entities":[],"data":` + data +
		`,"timestamp":1542363546590,"duration":0,"organization":"chat-demo","applicationName":"testapp","count":1}`
}

// settings are the settings of groups that were read.
func settings(groups []*chat.Group, err error) (any, error) {
	var list []any
	for _, g := range groups {
		if g == nil {
			list = append(list, nil)
			continue
		}
		g.Registration = chat.Registration{}
		list = append(list, *g)
	}
	return list, err
}

// groupCalls is a call of every method that makes one and may repeat it, by method and path.
func groupCalls() map[string]func(s *chat.Service) error {
	ctx := context.Background()
	return map[string]func(s *chat.Service) error{
		"GET /chatgroups/1":         func(s *chat.Service) error { _, err := s.Groups.Get(ctx, []string{"1"}); return err },
		"GET /chatgroups?limit=100": func(s *chat.Service) error { _, err := s.Groups.List(ctx, "", ""); return err },
		"GET /users/ann/joined_chatgroups?pagenum=1&pagesize=100": func(s *chat.Service) error { _, err := s.Groups.List(ctx, "ann", ""); return err },
		"GET /chatgroups/1/announcement":                          func(s *chat.Service) error { _, err := s.Groups.Announcement(ctx, "1"); return err },
		"PUT /chatgroups/1":                                       func(s *chat.Service) error { return s.Groups.Update(ctx, "1", chat.GroupSettings{Name: ptr("n")}) },
		"POST /chatgroups/1/announcement": func(s *chat.Service) error {
			return s.Groups.Update(ctx, "1", chat.GroupSettings{Announcement: ptr("a")})
		},
		"POST /chatgroups/1/ban":                         func(s *chat.Service) error { return s.Groups.Update(ctx, "1", chat.GroupSettings{Muted: ptr(true)}) },
		"DELETE /chatgroups/1/ban":                       func(s *chat.Service) error { return s.Groups.Update(ctx, "1", chat.GroupSettings{Muted: ptr(false)}) },
		"PUT /chatgroups/2":                              func(s *chat.Service) error { return s.Groups.Transfer(ctx, "2", "ann") },
		"DELETE /chatgroups/1":                           func(s *chat.Service) error { return s.Groups.Delete(ctx, "1") },
		"GET /chatgroups/1/users?pagenum=1&pagesize=100": func(s *chat.Service) error { _, err := s.GroupMembers.List(ctx, "1"); return err },
		"POST /chatgroups/1/users":                       func(s *chat.Service) error { return chat.Single(s.GroupMembers.Add(ctx, "1", chat.Refs("ann"))) },
		"DELETE /chatgroups/1/users/ann":                 func(s *chat.Service) error { return chat.Single(s.GroupMembers.Remove(ctx, "1", chat.Refs("ann"))) },
		"GET /chatgroups/1/mute":                         func(s *chat.Service) error { _, err := s.GroupMembers.Having(ctx, "1", chat.Muted); return err },
		"GET /chatgroups/1/admin":                        func(s *chat.Service) error { _, err := s.GroupMembers.Having(ctx, "1", chat.Admin); return err },
		"POST /chatgroups/1/mute": func(s *chat.Service) error {
			return chat.Single(s.GroupMembers.Set(ctx, "1", chat.Muted, chat.Refs("ann"), true))
		},
		"DELETE /chatgroups/1/mute/ann": func(s *chat.Service) error {
			return chat.Single(s.GroupMembers.Set(ctx, "1", chat.Muted, chat.Refs("ann"), false))
		},
		"POST /chatgroups/1/admin": func(s *chat.Service) error {
			return chat.Single(s.GroupMembers.Set(ctx, "1", chat.Admin, chat.Refs("ann"), true))
		},
		"DELETE /chatgroups/1/admin/ann": func(s *chat.Service) error {
			return chat.Single(s.GroupMembers.Set(ctx, "1", chat.Admin, chat.Refs("ann"), false))
		},
		"GET /chatrooms/1":              func(s *chat.Service) error { _, err := s.RoomMembers.List(ctx, "1"); return err },
		"POST /chatrooms/1/users":       func(s *chat.Service) error { return chat.Single(s.RoomMembers.Add(ctx, "1", chat.Refs("ann"))) },
		"DELETE /chatrooms/1/users/ann": func(s *chat.Service) error { return chat.Single(s.RoomMembers.Remove(ctx, "1", chat.Refs("ann"))) },
	}
}

func TestGroupCalls(t *testing.T) {
	nothing := func(err error) (any, error) { return nil, err }
	get := func(ids ...string) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) { return settings(s.Groups.Get(ctx, ids)) }
	}
	create := func(g chat.NewGroup) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			created, err := s.Groups.Create(ctx, g)
			if err != nil {
				return nil, err
			}
			return created.GroupSettings, nil
		}
	}
	update := func(settings chat.GroupSettings) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return nothing(s.Groups.Update(ctx, group, settings))
		}
	}
	updateRoom := func(settings chat.GroupSettings) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return nothing(s.Rooms.Update(ctx, room, settings))
		}
	}
	transfer := func(ctx context.Context, s *chat.Service) (any, error) {
		return nothing(s.Groups.Transfer(ctx, group, "Bob"))
	}
	remove := func(ctx context.Context, s *chat.Service) (any, error) { return nothing(s.Groups.Delete(ctx, group)) }
	announcement := func(ctx context.Context, s *chat.Service) (any, error) { return s.Groups.Announcement(ctx, group) }
	put := "PUT /chatgroups/" + group
	transferring := put + ` {"newowner":"bob"}`
	joining := "POST /chatgroups/" + group + `/users {"usernames":["bob"]}`
	teams := []any{chat.Group{
		ID: group, Owner: "ann",
		GroupSettings: chat.GroupSettings{
			Name: ptr("team"), Description: ptr("d"), Public: ptr(true), MaxMembers: ptr(int64(200)),
			AllowInvites: ptr(false), MembersOnly: ptr(false), Custom: ptr("c"),
		},
		Members: []chat.Member{{Ref: chat.Ref{Username: "bob"}}, {Ref: chat.Ref{Username: "ann"}, Owner: true}},
	}}

	testWire(t, []wireTest{
		{
			name: "create a group", call: create(chat.NewGroup{Owner: "Ann", GroupSettings: chat.GroupSettings{
				Name: ptr("R&D"), Description: ptr("<d>"), Avatar: ptr("https://x/a.png"), Public: ptr(true), MaxMembers: ptr(int64(300)),
				AllowInvites: ptr(true), MembersOnly: ptr(true), Custom: ptr("c"), Announcement: ptr("a"), Muted: ptr(true),
			}}),
			exchanges: []exchange{works(
				`POST /chatgroups {"allowinvites":true,"avatar":"https://x/a.png","custom":"c","description":"<d>","groupname":"R&D","maxusers":300,"membersonly":true,"owner":"ann","public":true}`,
				envelope(`{"groupid":"66021836783617"}`),
			)},
			want: chat.GroupSettings{
				Name: ptr("R&D"), Description: ptr("<d>"), Avatar: ptr("https://x/a.png"), Public: ptr(true), MaxMembers: ptr(int64(300)),
				AllowInvites: ptr(false), MembersOnly: ptr(true), Custom: ptr("c"), Muted: ptr(false),
			},
		},
		{
			name: "create a group with a name only", call: create(chat.NewGroup{Owner: "ann", GroupSettings: chat.GroupSettings{Name: ptr("team")}}),
			exchanges: []exchange{works(`POST /chatgroups {"description":"","groupname":"team","owner":"ann","public":false}`, envelope(`{"groupid":"1"}`))},
			want:      chat.GroupSettings{Name: ptr("team"), Public: ptr(false), Muted: ptr(false)},
		},
		{
			name: "create a private group whose members may add others",
			call: create(chat.NewGroup{Owner: "ann", GroupSettings: chat.GroupSettings{Name: ptr("team"), Description: ptr(""), AllowInvites: ptr(true)}}),
			exchanges: []exchange{works(
				`POST /chatgroups {"allowinvites":true,"description":"","groupname":"team","owner":"ann","public":false}`, envelope(`{"groupid":"1"}`),
			)},
			want: chat.GroupSettings{Name: ptr("team"), Public: ptr(false), AllowInvites: ptr(true), Muted: ptr(false)},
		},
		{
			name: "create a chat room",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				created, err := s.Rooms.Create(ctx, chat.NewGroup{Owner: "Ann", GroupSettings: chat.GroupSettings{
					Name: ptr("lobby"), MaxMembers: ptr(int64(10000)), Custom: ptr("c"), Announcement: ptr("a"), Muted: ptr(true),
				}})
				if err != nil {
					return nil, err
				}
				return created.ID + created.Owner, nil
			},
			exchanges: []exchange{works(`POST /chatrooms {"custom":"c","description":"","maxusers":10000,"name":"lobby","owner":"ann"}`, envelope(`{"id":"66213271109633"}`))},
			want:      room + "Ann",
		},
		{
			name: "create a group of a missing user", call: create(chat.NewGroup{Owner: "ann", GroupSettings: chat.GroupSettings{Name: ptr("team")}}),
			exchanges: []exchange{fails(`POST /chatgroups {"description":"","groupname":"team","owner":"ann","public":false}`, 404, "resource_not_found", "username ann doesn't exist!")},
			kind:      chat.ErrNotFound, text: `create group "team" of user "ann": not found: HTTP 404 resource_not_found: username ann doesn't exist!`,
		},
		{
			name: "create one group too many", call: create(chat.NewGroup{Owner: "ann", GroupSettings: chat.GroupSettings{Name: ptr("team")}}),
			exchanges: []exchange{fails(`POST /chatgroups {"description":"","groupname":"team","owner":"ann","public":false}`, 403, "exceed_limit", "appKey:chat-demo#testapp has create too many groups!")},
			kind:      chat.ErrQuota, text: `create group "team" of user "ann": quota exceeded: HTTP 403 exceed_limit: appKey:chat-demo#testapp has create too many groups!`,
		},
		{
			name: "create a chat room where there are none",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				_, err := s.Rooms.Create(ctx, chat.NewGroup{Owner: "ann", GroupSettings: chat.GroupSettings{Name: ptr("lobby")}})
				return nothing(err)
			},
			exchanges: []exchange{fails(`POST /chatrooms {"description":"","name":"lobby","owner":"ann"}`, 403, "forbidden_op", "chatroom is not used for this app")},
			kind:      chat.ErrFeatureOff, text: `create chat room "lobby" of user "ann": feature is off: HTTP 403 forbidden_op: chatroom is not used for this app`,
		},

		{name: "read a group", call: get(group), exchanges: []exchange{works("GET /chatgroups/"+group, envelope("["+detailOf+"]"))}, want: teams},
		{
			name: "read a group that is written as an object", call: get(group),
			exchanges: []exchange{works("GET /chatgroups/"+group, envelope(detailOf))}, want: teams,
		},
		{
			name: "read groups, of which one is missing, in any order", call: get("1", group, "3"),
			exchanges: []exchange{works("GET /chatgroups/1%2C"+group+"%2C3", envelope(
				`[{"id":"3","name":"","description":"","custom":"","avatar":"https://x/a.png","membersonly":true,"allowinvites":"true","maxusers":"500","created":"1542356598609","public":false,"mute":true,"disabled":true,"affiliations_count":3,"affiliations":[{"owner":"chat-demo#testapp_cat"},{"member":"dan"}],"invite_need_confirm":true},`+detailOf+`]`,
			))},
			want: []any{nil, teams[0], chat.Group{
				ID: "3", Owner: "cat",
				GroupSettings: chat.GroupSettings{Avatar: ptr("https://x/a.png"), Public: ptr(false), MaxMembers: ptr(int64(500)), AllowInvites: ptr(true), Muted: ptr(true)},
			}},
		},
		{
			name: "read a missing group", call: get("1"),
			exchanges: []exchange{fails("GET /chatgroups/1", 404, "service_resource_not_found", "do not find this group:1")}, want: []any{nil},
		},
		{
			name: "read groups from a server that refuses all of them if one is missing", call: get("1", group),
			exchanges: []exchange{
				fails("GET /chatgroups/1%2C"+group, 404, "service_resource_not_found", "do not find this group:1"),
				fails("GET /chatgroups/1", 404, "service_resource_not_found", "do not find this group:1"),
				works("GET /chatgroups/"+group, envelope("["+detailOf+"]")),
			},
			want: []any{nil, teams[0]},
		},
		{
			name: "read groups where there is none", call: get("1", "2"),
			exchanges: []exchange{
				fails("GET /chatgroups/1%2C2", 404, "resource_not_found", "grpID 1,2 does not exist!"),
				fails("GET /chatgroups/1", 404, "resource_not_found", "grpID 1 does not exist!"),
				fails("GET /chatgroups/2", 404, "resource_not_found", "grpID 2 does not exist!"),
			},
			want: []any{nil, nil},
		},
		{
			name: "read groups that are too large for one answer", call: get("1", group),
			exchanges: []exchange{
				works("GET /chatgroups/1%2C"+group, "["+strings.Repeat("1,", 6<<20)+"1]"),
				fails("GET /chatgroups/1", 404, "service_resource_not_found", "do not find this group:1"),
				works("GET /chatgroups/"+group, envelope("["+detailOf+"]")),
			},
			want: []any{nil, teams[0]},
		},
		{
			name: "read groups, of which some cannot be read", call: get("1", "2", "3", "4"),
			exchanges: []exchange{
				fails("GET /chatgroups/1%2C2%2C3%2C4", 404, "service_resource_not_found", "do not find this group:1"),
				fails("GET /chatgroups/1%2C2", 403, "forbidden", "ip not allowed"),
			},
			want: []any(nil), text: `read group "1" and 1 more: HTTP 403 forbidden: ip not allowed`,
		},
		{name: "read no group", call: get(), want: []any(nil)},
		{
			name: "read a chat room",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return settings(s.Rooms.Get(ctx, []string{room}))
			},
			exchanges: []exchange{works("GET /chatrooms/"+room, envelope(
				`[{"id":"66213271109633","name":"lobby","description":"d","membersonly":false,"allowinvites":false,"maxusers":1000,"owner":"ann","created":1542544296075,"custom":"c","mute":false,"affiliations_count":2,"affiliations":[{"member":"bob"},{"owner":"ann"}],"public":true}]`,
			))},
			want: []any{chat.Group{ID: room, Owner: "ann", GroupSettings: chat.GroupSettings{
				Name: ptr("lobby"), Description: ptr("d"), MaxMembers: ptr(int64(1000)), Custom: ptr("c"), Muted: ptr(false),
			}}},
		},

		{
			name: "list groups",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				page, err := s.Groups.List(ctx, "", "")
				return *page, err
			},
			exchanges: []exchange{works("GET /chatgroups?limit=100", `{"data":[{"owner":"chat-demo#testapp_user1","groupid":"100743775682561","affiliations":2,"type":"group","last_modified":"1542361730243","groupname":"g"}],"cursor":"Y2hh+/=","count":1}`)},
			want: chat.Page[chat.Group]{Total: -1, Next: "Y2hh+/=", Items: []chat.Group{
				{ID: "100743775682561", Owner: "user1", GroupSettings: chat.GroupSettings{Name: ptr("g")}},
			}},
		},
		{
			name: "list more groups, as newer servers do",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				page, err := s.Groups.List(ctx, "", "Y2hh+/=")
				return page.Next + page.Items[0].CreatedAt.Format(time.RFC3339Nano), err
			},
			exchanges: []exchange{works("GET /chatgroups?cursor=Y2hh%2B%2F%3D&limit=100", `{"data":[{"groupid":"1","groupname":"g","owner":"CHAT-demo#testapp_user1","affiliations":"2","type":"group","lastModified":1542361730243,"created":1542361730243}]}`)},
			want:      "2018-11-16T09:48:50.243Z",
		},
		{
			name: "list chat rooms",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				page, err := s.Rooms.List(ctx, "", "")
				return *page, err
			},
			exchanges: []exchange{works("GET /chatrooms?limit=100", `{"data":[{"id":"66213271109633","name":"lobby","owner":"ann","affiliations_count":1}],"count":1}`)},
			want:      chat.Page[chat.Group]{Total: -1, Items: []chat.Group{{ID: room, Owner: "ann", GroupSettings: chat.GroupSettings{Name: ptr("lobby")}}}},
		},
		{
			name: "list the groups of a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				page, err := s.Groups.List(ctx, "Ann", "")
				return *page, err
			},
			exchanges: []exchange{works("GET /users/ann/joined_chatgroups?pagenum=1&pagesize=100", envelope(`[{"groupid":"66016455491585","groupname":"team"}]`))},
			want:      chat.Page[chat.Group]{Total: -1, Items: []chat.Group{{ID: group, GroupSettings: chat.GroupSettings{Name: ptr("team")}}}},
		},
		{
			name: "list the chat rooms of a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				page, err := s.Rooms.List(ctx, "ann", "")
				return *page, err
			},
			exchanges: []exchange{works("GET /users/ann/joined_chatrooms?pagenum=1&pagesize=100", envelope(`[{"id":"66213271109633","name":"lobby","disabled":"false"}]`))},
			want:      chat.Page[chat.Group]{Total: -1, Items: []chat.Group{{ID: room, GroupSettings: chat.GroupSettings{Name: ptr("lobby")}}}},
		},
		{
			name: "list the groups of a missing user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				_, err := s.Groups.List(ctx, "ann", "")
				return nil, err
			},
			exchanges: []exchange{fails("GET /users/ann/joined_chatgroups?pagenum=1&pagesize=100", 404, "resource_not_found", "username ann doesn't exist!")},
			kind:      chat.ErrNotFound, text: `list the groups of user "ann": not found: HTTP 404 resource_not_found: username ann doesn't exist!`,
		},

		{
			name: "read an announcement", call: announcement,
			exchanges: []exchange{works("GET /chatgroups/"+group+"/announcement", envelope(`{"announcement":"hello"}`))}, want: "hello",
		},
		{
			name: "read the announcement of a missing group", call: announcement,
			exchanges: []exchange{fails("GET /chatgroups/"+group+"/announcement", 404, "resource_not_found", "grpID "+group+" does not exist!")},
			want:      "", kind: chat.ErrNotFound, text: `read the announcement of group "66016455491585": not found: HTTP 404 resource_not_found: grpID 66016455491585 does not exist!`,
		},

		{
			name: "update everything",
			call: update(chat.GroupSettings{
				Name: ptr("n"), Description: ptr(""), Avatar: ptr("https://x"), Public: ptr(true), MaxMembers: ptr(int64(300)), AllowInvites: ptr(true),
				MembersOnly: ptr(false), Custom: ptr("<c>"), Announcement: ptr("a"), Muted: ptr(true),
			}),
			exchanges: []exchange{
				works(put+` {"allowinvites":true,"avatar":"https://x","custom":"<c>","description":"","groupname":"n","maxusers":300,"membersonly":false,"public":true}`,
					envelope(`{"allowinvites":true,"avatar":true,"custom":true,"description":true,"groupname":true,"maxusers":true,"membersonly":true,"public":true}`)),
				works("POST /chatgroups/"+group+`/announcement {"announcement":"a"}`, envelope(`{"id":"66016455491585","result":true}`)),
				works("POST /chatgroups/"+group+"/ban", envelope(`{"mute":true}`)),
			},
		},
		{name: "update nothing", call: update(chat.GroupSettings{})},
		{
			name: "clear an announcement, and unmute", call: update(chat.GroupSettings{Announcement: ptr(""), Muted: ptr(false)}),
			exchanges: []exchange{
				works("POST /chatgroups/"+group+`/announcement {"announcement":""}`, envelope(`{"id":"66016455491585","result":true}`)),
				works("DELETE /chatgroups/"+group+"/ban", envelope(`{"mute":false}`)),
			},
		},
		{
			name: "update a chat room",
			call: updateRoom(chat.GroupSettings{Name: ptr("n"), Description: ptr("d"), MaxMembers: ptr(int64(1)), Announcement: ptr("a"), Muted: ptr(true)}),
			exchanges: []exchange{
				works("PUT /chatrooms/"+room+` {"description":"d","maxusers":1,"name":"n"}`, envelope(`{"groupname":true,"description":true,"maxusers":true}`)),
				works("POST /chatrooms/"+room+`/announcement {"announcement":"a"}`, envelope(`{"id":"66213271109633","result":true}`)),
				works("POST /chatrooms/"+room+"/ban", envelope(`{"mute":true}`)),
			},
		},
		{
			name: "update the name of a chat room, which is confirmed as it was sent", call: updateRoom(chat.GroupSettings{Name: ptr("n")}),
			exchanges: []exchange{works("PUT /chatrooms/"+room+` {"name":"n"}`, envelope(`{"name":true}`))},
		},
		{
			name: "an update of which a part was not done", call: update(chat.GroupSettings{Name: ptr("n"), Description: ptr("d")}),
			exchanges: []exchange{works(put+` {"description":"d","groupname":"n"}`, envelope(`{"description":true,"groupname":false}`))},
			text:      `update group "66016455491585": HTTP 200: the platform did not change groupname`,
		},
		{
			name: "an update of which a part is not confirmed", call: update(chat.GroupSettings{Name: ptr("n"), Description: ptr("d")}),
			exchanges: []exchange{works(put+` {"description":"d","groupname":"n"}`, envelope(`{"description":true}`))},
			kind:      chat.ErrUnavailable, text: `update group "66016455491585": unavailable: HTTP 200: the response does not say whether the call succeeded`,
		},
		{
			name: "an update of a missing group", call: update(chat.GroupSettings{Name: ptr("n"), Muted: ptr(true)}),
			exchanges: []exchange{fails(put+` {"groupname":"n"}`, 404, "resource_not_found", "grpID "+group+" does not exist!")},
			kind:      chat.ErrNotFound, text: `update group "66016455491585": not found: HTTP 404 resource_not_found: grpID 66016455491585 does not exist!`,
		},
		{
			name: "an update with a field that the platform does not know", call: update(chat.GroupSettings{Avatar: ptr("")}),
			exchanges: []exchange{fails(put+` {"avatar":""}`, 400, "invalid_parameter", "some of [avatar] are not valid fields")},
			kind:      chat.ErrInvalid,
		},
		{
			name: "too few members", call: updateRoom(chat.GroupSettings{MaxMembers: ptr(int64(1))}),
			exchanges: []exchange{fails("PUT /chatrooms/"+room+` {"maxusers":1}`, 403, "forbidden_op", "current user count is larger than the maxUsers that you want to update !")},
			kind:      chat.ErrInvalid,
		},
		{
			name: "too many members for the plan", call: updateRoom(chat.GroupSettings{MaxMembers: ptr(int64(9000))}),
			exchanges: []exchange{fails("PUT /chatrooms/"+room+` {"maxusers":9000}`, 403, "exceed_limit", "maxUsers cannot exceed 5000")},
			kind:      chat.ErrQuota,
		},
		{
			name: "a name that is not allowed", call: update(chat.GroupSettings{Name: ptr("n")}),
			exchanges: []exchange{fails(put+` {"groupname":"n"}`, 403, "group_name_violation", "group name is violation, please change it.")},
			kind:      chat.ErrInvalid,
		},
		{
			name: "an announcement that is not allowed", call: update(chat.GroupSettings{Announcement: ptr("a"), Muted: ptr(true)}),
			exchanges: []exchange{fails("POST /chatgroups/"+group+`/announcement {"announcement":"a"}`, 403, "group_announce_violation", "announce is violation, please change it.")},
			kind:      chat.ErrInvalid, text: `write the announcement of group "66016455491585": invalid: HTTP 403 group_announce_violation: announce is violation, please change it.`,
		},
		{
			name: "an announcement that is too long", call: update(chat.GroupSettings{Announcement: ptr("a")}),
			exchanges: []exchange{fails("POST /chatgroups/"+group+`/announcement {"announcement":"a"}`, 403, "FORBIDDEN", "announce info length exceeds limit!")},
			kind:      chat.ErrInvalid,
		},
		{
			name: "an announcement without effect", call: update(chat.GroupSettings{Announcement: ptr("a")}),
			exchanges: []exchange{works("POST /chatgroups/"+group+`/announcement {"announcement":"a"}`, envelope(`{"result":false}`))},
			text:      `write the announcement of group "66016455491585": HTTP 200: the platform did not change result`,
		},
		{
			name: "muting without effect", call: update(chat.GroupSettings{Muted: ptr(true)}),
			exchanges: []exchange{works("POST /chatgroups/"+group+"/ban", envelope(`{"mute":false}`))},
			text:      `mute all members of group "66016455491585": HTTP 200: the platform refused it`,
		},
		{
			name: "unmuting that is not confirmed", call: update(chat.GroupSettings{Muted: ptr(false)}),
			exchanges: []exchange{works("DELETE /chatgroups/"+group+"/ban", envelope(`{}`))},
			kind:      chat.ErrUnavailable, text: `unmute all members of group "66016455491585": unavailable: HTTP 200: the response does not say whether the call succeeded`,
		},
		{
			name: "muting in a missing group", call: update(chat.GroupSettings{Muted: ptr(true)}),
			exchanges: []exchange{fails("POST /chatgroups/"+group+"/ban", 404, "resource_not_found", "grpID "+group+" does not exist!")},
			kind:      chat.ErrNotFound, text: `mute all members of group "66016455491585": not found: HTTP 404 resource_not_found: grpID 66016455491585 does not exist!`,
		},
		{name: "update what a chat room does not have", call: updateRoom(chat.GroupSettings{Public: ptr(true)}), kind: chat.ErrUnsupported,
			text: `update chat room "66213271109633": unsupported: The Chat Platform API (Easemob) does not support public of chat rooms.`},
		{name: "update what a chat room keeps", call: updateRoom(chat.GroupSettings{Custom: ptr("c")}), kind: chat.ErrUnsupported,
			text: `update chat room "66213271109633": unsupported: The Chat Platform API (Easemob) does not support changes of custom of chat rooms.`},
		{
			name: "create a chat room with what it does not have",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				_, err := s.Rooms.Create(ctx, chat.NewGroup{Owner: "ann", GroupSettings: chat.GroupSettings{Name: ptr("lobby"), Avatar: ptr("https://x")}})
				return nothing(err)
			},
			kind: chat.ErrUnsupported, text: `create chat room "lobby" of user "ann": unsupported: The Chat Platform API (Easemob) does not support avatar of chat rooms.`,
		},

		{name: "transfer a group", call: transfer, exchanges: []exchange{works(transferring, envelope(`{"newowner":true}`))}},
		{
			name: "transfer a group to its owner", call: transfer,
			exchanges: []exchange{fails(transferring, 403, "forbidden_op", "new owner and old owner are the same")},
		},
		{
			name: "transfer a group to somebody else", call: transfer,
			exchanges: []exchange{
				fails(transferring, 403, "forbidden_op", "user: bob doesn't exist in group: "+group),
				works(joining, envelope(`{"newmembers":["bob"],"groupid":"66016455491585","action":"add_member"}`)),
				works(transferring, envelope(`{"newowner":true}`)),
			},
		},
		{
			name: "transfer a group to somebody else who becomes the owner meanwhile", call: transfer,
			exchanges: []exchange{
				fails(transferring, 403, "forbidden_op", "user: bob doesn't exist in group: "+group),
				fails(joining, 403, "forbidden_op", "can not join this group, reason:user: bob already in group: "+group+"\n"),
				fails(transferring, 403, "forbidden_op", "new owner and old owner are the same"),
			},
		},
		{
			name: "transfer a group to somebody for whom there is no room", call: transfer,
			exchanges: []exchange{
				fails(transferring, 403, "forbidden_op", "user: bob doesn't exist in group: "+group),
				fails(joining, 403, "exceed_limit", "members size is greater than max user size !"),
			},
			kind: chat.ErrQuota, text: `add user "Bob" to group "66016455491585": quota exceeded: HTTP 403 exceed_limit: members size is greater than max user size !`,
		},
		{
			name: "transfer a group to nobody", call: transfer,
			exchanges: []exchange{fails(transferring, 404, "resource_not_found", "username bob doesn't exist!")},
			kind:      chat.ErrNotFound, text: `make user "Bob" the owner of group "66016455491585": not found: HTTP 404 resource_not_found: username bob doesn't exist!`,
		},
		{
			name: "transfer a missing group", call: transfer,
			exchanges: []exchange{fails(transferring, 404, "resource_not_found", "grpID "+group+" does not exist!")}, kind: chat.ErrNotFound,
		},
		{
			name: "transfer a group without effect", call: transfer,
			exchanges: []exchange{works(transferring, envelope(`{"newowner":false}`))},
			text:      `make user "Bob" the owner of group "66016455491585": HTTP 200: the platform did not change newowner`,
		},

		{name: "delete a group", call: remove, exchanges: []exchange{works("DELETE /chatgroups/"+group, envelope(`{"success":true,"groupid":"66016455491585"}`))}},
		{
			name: "delete a missing group", call: remove,
			exchanges: []exchange{fails("DELETE /chatgroups/"+group, 404, "resource_not_found", "grpID "+group+" does not exist!")},
		},
		{
			name:      "delete a chat room",
			call:      func(ctx context.Context, s *chat.Service) (any, error) { return nothing(s.Rooms.Delete(ctx, room)) },
			exchanges: []exchange{works("DELETE /chatrooms/"+room, envelope(`{"success":true,"id":"66213271109633"}`))},
		},
		{
			name: "delete a group without effect", call: remove,
			exchanges: []exchange{works("DELETE /chatgroups/"+group, envelope(`{"success":false}`))},
			text:      `delete group "66016455491585": HTTP 200: the platform did not change success`,
		},
		{
			name: "delete a group where the answer is not to be understood", call: remove,
			exchanges: []exchange{works("DELETE /chatgroups/"+group, envelope(`{}`))},
			kind:      chat.ErrUnavailable,
		},
	})
}

// A creation is sent once: names are not unique, and a second one would make a second
// group. Its error says whether there may be a group.
func TestGroupsAreCreatedOnce(t *testing.T) {
	for _, tt := range []struct {
		answers []reply
		calls   int
		kind    error
		open    bool
	}{
		{[]reply{{body: envelope(`{"groupid":"1"}`)}}, 1, nil, false},
		{[]reply{{drop: true}, {body: envelope(`{"groupid":"1"}`)}}, 1, chat.ErrUnavailable, true},
		{[]reply{{status: 500, body: "{}"}, {body: envelope(`{"groupid":"1"}`)}}, 1, chat.ErrUnavailable, true},
		{[]reply{{status: 503}, {body: envelope(`{"groupid":"1"}`)}}, 1, chat.ErrThrottled, true},
		{[]reply{{body: "<html>"}, {body: envelope(`{"groupid":"1"}`)}}, 1, chat.ErrUnavailable, true},
		{[]reply{{body: ""}}, 1, chat.ErrUnavailable, true},
		{[]reply{{body: envelope(`{}`)}}, 1, chat.ErrUnavailable, true},
		{[]reply{{body: `{}`}}, 1, chat.ErrUnavailable, true},
		{[]reply{{status: 400, body: errorBody("invalid_parameter", "group must contain public field!")}}, 1, chat.ErrInvalid, false},
		// These have no effect and are sent again.
		{[]reply{{status: 429, body: errorBody("reach_limit", "later")}, {body: envelope(`{"groupid":"1"}`)}}, 2, nil, false},
		{[]reply{{status: 401, body: refused}, {body: envelope(`{"groupid":"1"}`)}}, 2, nil, false},
	} {
		t.Run(fmt.Sprint(tt.answers), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &platform{answers: map[string][]reply{"POST /chatgroups": tt.answers}}
				service := connect(t, p)
				start := time.Now()
				g, err := service.Groups.Create(t.Context(), chat.NewGroup{Owner: "ann", GroupSettings: chat.GroupSettings{Name: ptr("team")}})
				if n := p.count("POST /chatgroups"); n != tt.calls {
					t.Errorf("%d calls, want %d", n, tt.calls)
				}
				if tt.kind == nil {
					if err != nil || g.ID != "1" {
						t.Errorf("%+v, %v", g, err)
					}
					return
				}
				sentAt, open := chat.Unsettled(err)
				if !hasKind(err, tt.kind) || open != tt.open || open && !sentAt.Equal(start) {
					t.Errorf("%v: open %v, sent at %s; want %v, %v, %s", err, open, sentAt, tt.kind, tt.open, start)
				}
			})
		})
	}
}

// What is known of the time of a creation fits the group that is read later.
func TestCreationTimes(t *testing.T) {
	for _, ahead := range []string{"0s", "3h"} {
		synctest.Test(t, func(t *testing.T) {
			e, service := inEra(t, 2018)
			control(t, e, http.MethodPost, "clock", fmt.Sprintf(`{"advance":%q}`, ahead), nil)
			create(t, service, "ann")
			time.Sleep(time.Minute)
			before := time.Now()
			control(t, e, http.MethodPut, "faults", `[{"method":"POST","path":"/chat(groups|rooms)$","when":"after","delay":"5s","times":2}]`, nil)
			for what, groups := range map[string]chat.Groups{"group": service.Groups, "chat room": service.Rooms} {
				created := establish(t, groups, "ann", chat.GroupSettings{Name: ptr("team")})
				read, err := groups.Get(t.Context(), []string{created.ID})
				if err != nil || read[0] == nil {
					t.Fatalf("%s: %v, %v", what, read, err)
				}
				if !created.Approximate || created.Until.Sub(created.Since) != 5*time.Second || created.Differs(read[0].Registration) || !created.Known() {
					t.Errorf("%s: created %+v, read %+v", what, created.Registration, read[0].Registration)
				}
				if !read[0].CreatedSince(before, service.Platform.ClockGrain) || read[0].CreatedSince(time.Now(), service.Platform.ClockGrain) {
					t.Errorf("%s: created between %s and %s, want after %s", what, read[0].Since, read[0].Until, before)
				}
			}
		})
	}
}

// A creation whose answer does not say what time it is is dated by our clock.
func TestCreationTimeWithoutATimestamp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := connect(t, &platform{answers: map[string][]reply{"POST /chatgroups": {{body: `{"data":{"groupid":"1"}}`}}}})
		created := establish(t, service.Groups, "ann", chat.GroupSettings{Name: ptr("team")})
		if !created.CreatedAt.Equal(time.Now()) || !created.Since.Equal(time.Now()) || !created.Until.Equal(time.Now()) || !created.Approximate {
			t.Errorf("%+v", created.Registration)
		}
	})
}

// A server that repeats a group for each page, or never comes to an end, is an error after
// bounded work.
func TestEndlessLists(t *testing.T) {
	page := func(call int) string {
		var items []string
		for i := range 100 {
			items = append(items, fmt.Sprintf(`{"groupid":"%d","member":"user%d"}`, call*1000+i, call*1000+i))
		}
		return envelope("[" + strings.Join(items, ",") + "]")
	}
	for name, answer := range map[string]func(call int) string{
		"the same page": func(int) string { return page(0) },
		"other items with every reading": func(call int) string {
			if call%3 == 2 {
				return envelope("[]")
			}
			return page(call)
		},
	} {
		t.Run(name, func(t *testing.T) {
			for what, list := range map[string]func(*chat.Service) error{
				"groups":  func(s *chat.Service) error { _, err := s.Groups.List(t.Context(), "ann", ""); return err },
				"members": func(s *chat.Service) error { _, err := s.GroupMembers.List(t.Context(), group); return err },
			} {
				calls := 0
				err := list(connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/token") {
						_, _ = w.Write([]byte(`{"access_token":"t","expires_in":3600}`))
						return
					}
					_, _ = w.Write([]byte(answer(calls)))
					calls++
				})))
				if !hasKind(err, chat.ErrUnavailable) || calls > 30 {
					t.Errorf("%s: %v after %d calls", what, err, calls)
				}
			}
		})
	}
}

func TestGroupRules(t *testing.T) {
	rules := connect(t, nil).Platform.Rules
	for _, tt := range []struct {
		field chat.Field
		value any
		want  string // the error, empty if there is none
	}{
		{"group.name", "R&D", ""},
		{"group.name", strings.Repeat("安", 128), ""},
		{"group.name", strings.Repeat("安", 129), "The name of a group must have 1 to 128 characters; this one has 129."},
		{"group.name", "", "The name of a group must have 1 to 128 characters; this one has 0."},
		{"group.name", "a/b", `The name of a group must not contain "/".`},
		{"group.description", strings.Repeat("安", 512), ""},
		{"group.description", strings.Repeat("安", 513), "The description of a group must have at most 512 characters; this one has 513."},
		{"group.avatar", "", ""},
		{"group.avatar", "https://host/" + strings.Repeat("a", 1011), ""},
		{"group.avatar", "https://host/" + strings.Repeat("a", 1012), "The avatar of a group must be a URL that begins with https:// or http:// and has at most 1024 characters."},
		{"group.avatar", "qiniu/image/j/EC1", "The avatar of a group must be a URL that begins with https:// or http:// and has at most 1024 characters."},
		{"group.avatar", "https:///a", "The avatar of a group must be a URL that begins with https:// or http:// and has at most 1024 characters."},
		{"group.max_members", int64(1), ""},
		{"group.max_members", int64(5000), ""},
		{"group.max_members", int64(0), "max_members must be at least 1, because the owner counts; it is 0. The highest value depends on your plan on the platform."},
		{"group.max_members", nil, ""},
		{"group.custom", strings.Repeat("c", 8192), ""},
		{"group.custom", strings.Repeat("安", 2731), "The custom data of a group must have at most 8192 bytes; this one has 8193."},
		{"group.announcement", strings.Repeat("安", 512), ""},
		{"group.announcement", strings.Repeat("安", 513), "The announcement of a group must have at most 512 characters; this one has 513."},
		{"group.public", true, ""},
		{"group.members_only", true, ""},
		{"group_member.muted", true, ""},
		{"group_member.user_app_key", "a#b", "The Chat Platform API (Easemob) does not support user_app_key."},

		{"room.name", "a/b", ""},
		{"room.name", "", "The name of a chat room must have 1 to 128 characters; this one has 0."},
		{"room.name", strings.Repeat("n", 129), "The name of a chat room must have 1 to 128 characters; this one has 129."},
		{"room.description", strings.Repeat("d", 513), "The description of a chat room must have at most 512 characters; this one has 513."},
		{"room.avatar", nil, "The Chat Platform API (Easemob) does not support avatar of chat rooms."},
		{"room.max_members", int64(1), ""},
		{"room.max_members", int64(10000), ""},
		{"room.max_members", int64(0), "max_members must be a whole number from 1 to 10000; it is 0."},
		{"room.max_members", int64(10001), "max_members must be a whole number from 1 to 10000; it is 10001."},
		{"room.custom", strings.Repeat("c", 8193), "The custom data of a chat room must have at most 8192 bytes; this one has 8193."},
		{"room.announcement", strings.Repeat("a", 513), "The announcement of a chat room must have at most 512 characters; this one has 513."},
		{"room_member.user_app_key", nil, "The Chat Platform API (Easemob) does not support user_app_key."},
		{"contact.contact_app_key", nil, "The Chat Platform API (Easemob) does not support contact_app_key."},
		{"block.blocked_app_key", nil, "The Chat Platform API (Easemob) does not support blocked_app_key."},
	} {
		err := rules.Check(tt.field, tt.value)
		text := ""
		if err != nil {
			text = err.Error()
		}
		kind := chat.ErrInvalid
		if strings.Contains(text, "support") {
			kind = chat.ErrUnsupported
		}
		if text != tt.want || err != nil && !errors.Is(err, kind) {
			t.Errorf("%s = %.40v: %q, want %q", tt.field, tt.value, text, tt.want)
		}
	}
}

func TestGroupLimits(t *testing.T) {
	p := &platform{}
	service := connect(t, p)
	details := chat.Limit{Items: 100, Bytes: 3500}
	same(t, "groups", service.Platform.Groups, chat.GroupLimits{Get: details, ListsMembers: true})
	same(t, "chat rooms", service.Platform.Rooms, chat.GroupLimits{Get: details})
	limits := chat.EdgeLimits{
		Add: chat.Limit{Items: 60, Bytes: 5000}, Remove: chat.Limit{Items: 60, Bytes: 3500}, Set: chat.Limit{Items: 10, Bytes: 3500},
	}
	ids := func(n, length int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("%0*d", length, i)
		}
		return list
	}
	for what, members := range map[string]chat.Members{"group": service.GroupMembers, "chat room": service.RoomMembers} {
		same(t, "limits of members of a "+what, members.Limits(), limits)
		for name, call := range map[string]func() ([]error, error){
			"add":         func() ([]error, error) { return members.Add(t.Context(), "1", chat.Refs(ids(61, 2)...)) },
			"remove":      func() ([]error, error) { return members.Remove(t.Context(), "1", chat.Refs(ids(61, 2)...)) },
			"remove long": func() ([]error, error) { return members.Remove(t.Context(), "1", chat.Refs(ids(60, 64)...)) },
			"mute": func() ([]error, error) {
				return members.Set(t.Context(), "1", chat.Muted, chat.Refs(ids(11, 2)...), true)
			},
			"unmute": func() ([]error, error) {
				return members.Set(t.Context(), "1", chat.Muted, chat.Refs(ids(11, 2)...), false)
			},
			"make admins": func() ([]error, error) {
				return members.Set(t.Context(), "1", chat.Admin, chat.Refs(ids(11, 2)...), true)
			},
		} {
			if errs, err := call(); errs != nil || !hasKind(err, chat.ErrTooLarge) {
				t.Errorf("%s in a %s: %v, %v", name, what, errs, err)
			}
		}
		foreign := []chat.Ref{{AppKey: "other#app", Username: "bob"}}
		for name, call := range map[string]func() ([]error, error){
			"add":    func() ([]error, error) { return members.Add(t.Context(), "1", foreign) },
			"remove": func() ([]error, error) { return members.Remove(t.Context(), "1", foreign) },
			"mute":   func() ([]error, error) { return members.Set(t.Context(), "1", chat.Muted, foreign, true) },
		} {
			if err := chat.Single(call()); !hasKind(err, chat.ErrUnsupported) {
				t.Errorf("%s a user of another application in a %s: %v", name, what, err)
			}
		}
		for name, call := range map[string]func() ([]error, error){
			"add":    func() ([]error, error) { return members.Add(t.Context(), "1", nil) },
			"remove": func() ([]error, error) { return members.Remove(t.Context(), "1", nil) },
			"mute":   func() ([]error, error) { return members.Set(t.Context(), "1", chat.Muted, nil, true) },
		} {
			if errs, err := call(); errs != nil || err != nil {
				t.Errorf("%s nobody in a %s: %v, %v", name, what, errs, err)
			}
		}
	}
	for what, groups := range map[string]chat.Groups{"groups": service.Groups, "chat rooms": service.Rooms} {
		for _, tooMany := range [][]string{ids(101, 14), ids(100, 64)} {
			if _, err := groups.Get(t.Context(), tooMany); !hasKind(err, chat.ErrTooLarge) {
				t.Errorf("read %d %s: %v", len(tooMany), what, err)
			}
		}
		for _, bad := range [][]string{{"1", ""}, {"1,2"}, {"1", "2,3"}} {
			if _, err := groups.Get(t.Context(), bad); !hasKind(err, chat.ErrInvalid) {
				t.Errorf("read %s %q: %v", what, bad, err)
			}
		}
	}
	for _, bad := range []string{"", "bob,cat"} {
		for name, call := range map[string]func() ([]error, error){
			"remove": func() ([]error, error) { return service.GroupMembers.Remove(t.Context(), "1", chat.Refs("ann", bad)) },
			"unmute": func() ([]error, error) {
				return service.GroupMembers.Set(t.Context(), "1", chat.Muted, chat.Refs("ann", bad), false)
			},
		} {
			if _, err := call(); !hasKind(err, chat.ErrInvalid) {
				t.Errorf("%s %q: %v", name, bad, err)
			}
		}
	}
	if len(p.calls) > 0 {
		t.Errorf("calls were made: %q", p.calls)
	}
}

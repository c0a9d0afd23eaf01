package jmessage_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"terraform-provider-chat/internal/chat"
)

// An id is a number in the body of a call, and a call for another is not made.
func TestRoomIDs(t *testing.T) {
	platform := &script{}
	run(t, platform, func(t *testing.T, s *chat.Service) {
		for _, id := range []string{"", "hall", "1.5", "0", "-1", "1e3", "99999999999999999999", " 1"} {
			for what, err := range map[string]error{
				"read":         roomError(s.Rooms.Get(t.Context(), []string{"1", id})),
				"update":       s.Rooms.Update(t.Context(), id, chat.GroupSettings{Name: ptr("x")}),
				"list members": memberError(s.RoomMembers.List(t.Context(), id)),
			} {
				if err == nil {
					t.Fatalf("%s with the id %q succeeds", what, id)
				}
				checkKind(t, err, chat.ErrInvalid)
			}
		}
	})
	if len(platform.Calls) > 0 {
		t.Errorf("calls were made: %q", platform.Calls)
	}
}

func roomError(_ []*chat.Group, err error) error   { return err }
func memberError(_ []chat.Member, err error) error { return err }

// room is a room as the platform writes it.
func room(id int, owner, name, description string) string {
	return fmt.Sprintf(`{"id":%d,"owner_username":%q,"max_member_count":10000,"appkey":"4f7aef34fb361292c566a1cd","name":%q,`+
		`"description":%q,"total_member_count":2,"ctime":"2017-11-27 18:38:25"}`, id, owner, name, description)
}

func roomMember(name string, flag int) string {
	return fmt.Sprintf(`{"username":%q,"flag":%d,"room_ctime":"2017-11-17 08:57:54","mtime":"2017-10-30 17:24:17","ctime":"2017-10-30 17:24:17"}`, name, flag)
}

func TestRoomCalls(t *testing.T) {
	read := chat.Group{
		ID: "10000001", Owner: "xiaoming", Registration: createdAt(time.Date(2017, 11, 27, 10, 38, 25, 0, time.UTC)),
		GroupSettings: chat.GroupSettings{Name: ptr("test"), Description: ptr("test"), MaxMembers: ptr(int64(10000))},
	}
	sample := room(10000001, "xiaoming", "test", "test")
	checkCalls(t, []callTest{
		{
			name: "create a room",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Rooms.Create(ctx, chat.NewGroup{Owner: "liming", GroupSettings: chat.GroupSettings{Name: ptr("测试聊天室"), Description: ptr("测试")}})
			},
			answers: []answer{{status: 201, body: `{"chatroom_id": 1000000}`}},
			calls:   []string{`POST /v1/chatroom {"owner_username":"liming","name":"测试聊天室","description":"测试"}`},
			want:    &chat.Group{ID: "1000000", Owner: "liming", Registration: confirmed()},
		},
		{
			name: "create a room without a description",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Rooms.Create(ctx, chat.NewGroup{Owner: "liming", GroupSettings: chat.GroupSettings{Name: ptr("a"), Description: ptr("")}})
			},
			answers: []answer{{status: 201, body: `{"chatroom_id": "20000000001"}`}},
			calls:   []string{`POST /v1/chatroom {"owner_username":"liming","name":"a"}`},
			want:    &chat.Group{ID: "20000000001", Owner: "liming", Registration: confirmed()},
		},
		{
			name: "read rooms",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Rooms.Get(ctx, []string{"7", "10000001", "20000000002", "10000001"})
			},
			answers: []answer{{status: 200, body: `[` + room(20000000002, "tom", "a", "") + `,` + sample + `]`}},
			calls:   []string{`POST /v1/chatroom/batch [7,10000001,20000000002,10000001]`},
			want: []*chat.Group{nil, &read, {
				ID: "20000000002", Owner: "tom", Registration: read.Registration,
				GroupSettings: chat.GroupSettings{Name: ptr("a"), MaxMembers: ptr(int64(10000))},
			}, &read},
		},
		{
			name:    "read a room that is gone",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Rooms.Get(ctx, []string{"7"}) },
			answers: []answer{refuse(403, 899081)},
			calls:   []string{`POST /v1/chatroom/batch [7]`},
			want:    []*chat.Group{nil},
		},
		{
			name: "read no room",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Rooms.Get(ctx, nil) },
			want: []*chat.Group(nil),
		},
		{
			name:    "list rooms",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Rooms.List(ctx, "", "") },
			answers: []answer{{status: 200, body: bodyOf("rooms", 0, 2, sample)}},
			calls:   []string{"GET /v1/chatroom?count=500&start=0"},
			want:    &chat.Page[chat.Group]{Items: []chat.Group{read}, Next: "1", Total: 2, Skip: strconv.Itoa},
		},
		{
			name:    "list the rooms of a user",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Rooms.List(ctx, "xiaoming", "") },
			answers: []answer{{status: 200, body: `[` + sample + `]`}},
			calls:   []string{"GET /v1/users/xiaoming/chatroom"},
			want:    &chat.Page[chat.Group]{Items: []chat.Group{read}, Total: 1},
		},
		{
			name: "rename a room",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Rooms.Update(ctx, "10000001", chat.GroupSettings{Name: ptr("中国人")}))
			},
			answers: []answer{{status: 200, body: `[` + sample + `]`}, {status: 204}},
			calls: []string{
				`POST /v1/chatroom/batch [10000001]`,
				`PUT /v1/chatroom/10000001 {"owner_username":"xiaoming","name":"中国人","description":"test"}`,
			},
		},
		{
			name: "clear the description of a room",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Rooms.Update(ctx, "10000001", chat.GroupSettings{Description: ptr("")}))
			},
			answers: []answer{{status: 200, body: `[` + sample + `]`}, {status: 204}},
			calls: []string{
				`POST /v1/chatroom/batch [10000001]`,
				`PUT /v1/chatroom/10000001 {"owner_username":"xiaoming","name":"test","description":""}`,
			},
		},
		{
			name: "update nothing of a room",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Rooms.Update(ctx, "10000001", chat.GroupSettings{}))
			},
		},
		{
			name: "transfer a room",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Rooms.Transfer(ctx, "10000001", "135380113231"))
			},
			answers: []answer{{status: 200, body: `[` + room(10000001, "xiaoming", "test", "") + `]`}, {status: 204}},
			calls: []string{
				`POST /v1/chatroom/batch [10000001]`,
				`PUT /v1/chatroom/10000001 {"owner_username":"135380113231","name":"test","description":""}`,
			},
		},
		{
			name: "transfer a room to a user who is not in it",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Rooms.Transfer(ctx, "10000001", "tom"))
			},
			answers: []answer{{status: 200, body: `[` + sample + `]`}, refuse(403, 899082), {status: 204}, {status: 204}},
			calls: []string{
				`POST /v1/chatroom/batch [10000001]`,
				`PUT /v1/chatroom/10000001 {"owner_username":"tom","name":"test","description":"test"}`,
				`PUT /v1/chatroom/10000001/members ["tom"]`,
				`PUT /v1/chatroom/10000001 {"owner_username":"tom","name":"test","description":"test"}`,
			},
		},
		{
			name: "transfer a room to its owner",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Rooms.Transfer(ctx, "10000001", "xiaoming"))
			},
			answers: []answer{{status: 200, body: `[` + sample + `]`}},
			calls:   []string{`POST /v1/chatroom/batch [10000001]`},
		},
		{
			name:    "delete a room",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return nothing(s.Rooms.Delete(ctx, "100000")) },
			answers: []answer{{status: 204}},
			calls:   []string{"DELETE /v1/chatroom/100000"},
		},
		{
			name:    "delete a room that is gone",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return nothing(s.Rooms.Delete(ctx, "100000")) },
			answers: []answer{refuse(403, 899081)},
			calls:   []string{"DELETE /v1/chatroom/100000"},
		},
	})
}

func TestRoomMemberCalls(t *testing.T) {
	mute := func(ctx context.Context, s *chat.Service, on bool) (any, error) {
		return s.RoomMembers.Set(ctx, "100000", chat.Muted, chat.Refs("caiyh"), on)
	}
	remove := func(ctx context.Context, s *chat.Service, names ...string) (any, error) {
		return s.RoomMembers.Remove(ctx, "7", chat.Refs(names...))
	}
	checkCalls(t, []callTest{
		{
			name: "list the members of a room",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.RoomMembers.List(ctx, "7") },
			answers: []answer{
				{status: 200, body: `[` + room(7, "xia_12", "", "") + `]`},
				{status: 200, body: bodyOf("users", 0, 3, roomMember("13538013231", 1), roomMember("xia_12", 0))},
				{status: 200, body: bodyOf("users", 1, 3, roomMember("xia_12", 0), roomMember("tom", 0))},
			},
			calls: []string{
				"POST /v1/chatroom/batch [7]", "GET /v1/chatroom/7/members?count=500&start=0", "GET /v1/chatroom/7/members?count=500&start=1",
			},
			want: []chat.Member{
				{Ref: chat.Ref{Username: "13538013231"}, Muted: ptr(true)},
				{Ref: chat.Ref{Username: "xia_12"}, Owner: true, Muted: ptr(false)},
				{Ref: chat.Ref{Username: "tom"}, Muted: ptr(false)},
			},
		},
		{
			name: "an owner who is not listed among the members",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.RoomMembers.List(ctx, "7") },
			answers: []answer{
				{status: 200, body: `[` + room(7, "xia_12", "", "") + `]`},
				{status: 200, body: bodyOf("users", 0, 0)},
			},
			calls: []string{"POST /v1/chatroom/batch [7]", "GET /v1/chatroom/7/members?count=500&start=0"},
			want:  []chat.Member{{Ref: chat.Ref{Username: "xia_12"}, Owner: true}},
		},
		{
			name: "add members to a room",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.RoomMembers.Add(ctx, "7", chat.Refs("test1", "test2"))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/chatroom/7/members ["test1","test2"]`},
			want:    []error{nil, nil},
		},
		{
			name:    "remove members from a room",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return remove(ctx, s, "test1", "test2") },
			answers: []answer{{status: 204}},
			calls:   []string{`DELETE /v1/chatroom/7/members ["test1","test2"]`},
			want:    []error{nil, nil},
		},
		{
			name:    "remove a user who is not in the room",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return remove(ctx, s, "test1") },
			answers: []answer{refuse(403, 899082)},
			calls:   []string{`DELETE /v1/chatroom/7/members ["test1"]`},
			want:    []error{nil},
		},
		{
			name:    "remove a user who does not exist from a room",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return remove(ctx, s, "test1") },
			answers: []answer{refuse(403, 899002)},
			calls:   []string{`DELETE /v1/chatroom/7/members ["test1"]`},
			want:    []error{nil},
		},
		{
			name:    "remove members from a room that is gone",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return remove(ctx, s, "test1", "test2") },
			answers: []answer{refuse(403, 899081)},
			calls:   []string{`DELETE /v1/chatroom/7/members ["test1","test2"]`},
			want:    []error{nil, nil},
		},
		{
			name:    "mute a member of a room",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return mute(ctx, s, true) },
			answers: []answer{{status: 204}},
			calls:   []string{"PUT /v1/chatroom/100000/forbidden/caiyh?status=1"},
			want:    []error{nil},
		},
		{
			name:    "unmute a member of a room",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return mute(ctx, s, false) },
			answers: []answer{{status: 204}},
			calls:   []string{"PUT /v1/chatroom/100000/forbidden/caiyh?status=0"},
			want:    []error{nil},
		},
		{
			name:    "unmute a user who is not in the room",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return mute(ctx, s, false) },
			answers: []answer{refuse(403, 899082)},
			calls:   []string{"PUT /v1/chatroom/100000/forbidden/caiyh?status=0"},
			want:    []error{nil},
		},
		{
			name:    "unmute in a room that is gone",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return mute(ctx, s, false) },
			answers: []answer{refuse(403, 899081)},
			calls:   []string{"PUT /v1/chatroom/100000/forbidden/caiyh?status=0"},
			want:    []error{nil},
		},
	})
}

// A change of a room that reads it first says of the part that writes whether it may
// have taken effect.
func TestRoomChangesThatFail(t *testing.T) {
	change := map[string]func(context.Context, *chat.Service) error{
		"update": func(ctx context.Context, s *chat.Service) error {
			return s.Rooms.Update(ctx, "7", chat.GroupSettings{Name: ptr("a")})
		},
		"transfer": func(ctx context.Context, s *chat.Service) error { return s.Rooms.Transfer(ctx, "7", "bert") },
	}
	there := answer{status: 200, body: `[` + room(7, "tom", "", "") + `]`}
	for name, call := range change {
		for _, tt := range []struct {
			answers []answer
			kind    error
			maybe   bool
		}{
			{[]answer{refuse(403, 899000)}, chat.ErrUnavailable, false},
			{[]answer{there, refuse(403, 899000)}, chat.ErrUnavailable, true},
			{[]answer{there, refuse(403, 899081)}, chat.ErrNotFound, false},
			{[]answer{there, refuse(403, 899002)}, chat.ErrNotFound, false},
			{[]answer{there, {status: http.StatusBadRequest}}, chat.ErrUnavailable, false},
		} {
			run(t, &script{answers: tt.answers}, func(t *testing.T, s *chat.Service) {
				err := call(t.Context(), s)
				checkKind(t, err, tt.kind)
				if _, maybe := chat.Unsettled(err); maybe != tt.maybe {
					t.Errorf("%s: %v, may have taken effect: %v", name, err, maybe)
				}
			})
		}
	}
}

// A room of more members than fit on a page, while members come and go.
func TestRoomMembersAreAllListed(t *testing.T) {
	names := make([]string, 1203)
	for i := range names {
		names[i] = fmt.Sprintf("user%04d", i)
	}
	platform := &roomOf{names: names}
	run(t, platform, func(t *testing.T, s *chat.Service) {
		members, err := s.RoomMembers.List(t.Context(), "7")
		if err != nil {
			t.Fatal(err)
		}
		listed := map[string]bool{}
		for _, m := range members {
			listed[m.Username] = true
		}
		for _, name := range names[1:] {
			if !listed[name] {
				t.Errorf("%s is missing", name)
			}
		}
	})
}

// roomOf is a platform with one room, which its first member leaves after the first page.
type roomOf struct{ names []string }

func (p *roomOf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		_, _ = fmt.Fprintf(w, "[%s]", room(7, "user0001", "", ""))
		return
	}
	start, _ := strconv.Atoi(r.URL.Query().Get("start"))
	count, _ := strconv.Atoi(r.URL.Query().Get("count"))
	var page []string
	for _, name := range p.names[min(start, len(p.names)):min(start+count, len(p.names))] {
		page = append(page, roomMember(name, 0))
	}
	_, _ = fmt.Fprint(w, bodyOf("users", start, len(p.names), page...))
	if p.names[0] == "user0000" {
		p.names = p.names[1:]
	}
}

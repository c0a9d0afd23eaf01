package jmessage_test

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"terraform-provider-chat/internal/chat"
)

// sampleGroup is the group of the document's samples.
const sampleGroup = `{"gid":12345,"name":"jpush","desc":"push","appkey":"dcf71ef5082057832bd44fbd","MaxMemberCount":500,` +
	`"mtime":"2014-07-01 00:00:00","ctime":"2014-06-05 00:00:00"}`

// createdAt is what a time of the platform says if its clock is ours.
func createdAt(at time.Time) chat.Registration {
	return chat.Registration{CreatedAt: at, Since: at.Add(-time.Second), Until: at.Add(time.Second)}
}

// confirmed is the registration of what was created at the beginning of a test, whose
// answer says no more than its Date.
func confirmed() chat.Registration {
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	return chat.Registration{CreatedAt: at, Since: at, Until: at, Approximate: true}
}

// bodyOf returns a page of a counted list, as it is written.
func bodyOf(list string, offset, total int, items ...string) string {
	return fmt.Sprintf(`{"total":%d,"start":%d,"count":%d,%q:[%s]}`, total, offset, len(items), list, strings.Join(items, ","))
}

func TestGroupCalls(t *testing.T) {
	jpush := chat.Group{
		ID: "12345", Registration: createdAt(time.Date(2014, 6, 4, 16, 0, 0, 0, time.UTC)),
		GroupSettings: chat.GroupSettings{Name: ptr("jpush"), Description: ptr("push"), MaxMembers: ptr(int64(500))},
	}
	checkCalls(t, []callTest{
		{
			name: "create a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Groups.Create(ctx, chat.NewGroup{Owner: "tom", GroupSettings: chat.GroupSettings{Name: ptr("群聊天室"), Description: ptr("运动")}})
			},
			answers: []answer{{status: 201, body: `{"gid":12345,"owner_username":123456,"name":"display_name","members_username":[],"desc":"doubi","MaxMemberCount":500}`}},
			calls:   []string{`POST /v1/groups {"owner_username":"tom","name":"群聊天室","desc":"运动"}`},
			want: &chat.Group{
				ID: "12345", Owner: "tom", Registration: confirmed(),
				GroupSettings: chat.GroupSettings{Name: ptr("display_name"), Description: ptr("doubi"), MaxMembers: ptr(int64(500))},
			},
		},
		{
			name: "create a private group with everything",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Groups.Create(ctx, chat.NewGroup{Owner: "tom", GroupSettings: chat.GroupSettings{
					Name: ptr("a"), Description: ptr(""), Avatar: ptr("qiniu/image/CE0ACD035CBF71F8"), Public: ptr(false),
				}})
			},
			answers: []answer{{status: 201, body: `{"gid":43143728109,"ctime":"2014-06-05 00:00:00"}`}},
			calls:   []string{`POST /v1/groups {"owner_username":"tom","name":"a","avatar":"qiniu/image/CE0ACD035CBF71F8","flag":1}`},
			want:    &chat.Group{ID: "43143728109", Owner: "tom", Registration: jpush.Registration},
		},
		{
			name: "create a public group without a name",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Groups.Create(ctx, chat.NewGroup{Owner: "tom", GroupSettings: chat.GroupSettings{Public: ptr(true)}})
			},
			answers: []answer{{status: 201, body: `{"gid":1}`}},
			calls:   []string{`POST /v1/groups {"owner_username":"tom","name":"","flag":2}`},
			want:    &chat.Group{ID: "1", Owner: "tom", Registration: confirmed()},
		},
		{
			name:    "read a group",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Groups.Get(ctx, []string{"12345"}) },
			answers: []answer{{status: 200, body: sampleGroup}},
			calls:   []string{"GET /v1/groups/12345"},
			want:    []*chat.Group{&jpush},
		},
		{
			name: "read a group that shows its owner and avatar",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Groups.Get(ctx, []string{"43143728109"})
			},
			answers: []answer{{status: 200, body: `{"gid":43143728109,"owner_username":"tom","name":"","desc":null,"avatar":"qiniu/image/1","ctime":"soon"}`}},
			calls:   []string{"GET /v1/groups/43143728109"},
			want:    []*chat.Group{{ID: "43143728109", Owner: "tom", GroupSettings: chat.GroupSettings{Avatar: ptr("qiniu/image/1")}}},
		},
		{
			name:    "read a group that is gone",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Groups.Get(ctx, []string{"12345"}) },
			answers: []answer{refuse(403, 899006)},
			calls:   []string{"GET /v1/groups/12345"},
			want:    []*chat.Group{nil},
		},
		{
			name: "read no group",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Groups.Get(ctx, nil) },
			want: []*chat.Group(nil),
		},
		{
			name:    "list groups",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Groups.List(ctx, "", "1100") },
			answers: []answer{{status: 200, body: bodyOf("groups", 1100, 1233, sampleGroup)}},
			calls:   []string{"GET /v1/groups?count=500&start=1100"},
			want:    &chat.Page[chat.Group]{Items: []chat.Group{jpush}, Next: "1101", Total: 1233, Skip: strconv.Itoa},
		},
		{
			name:    "the last page of groups",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Groups.List(ctx, "", "") },
			answers: []answer{{status: 200, body: bodyOf("groups", 0, 1, sampleGroup)}},
			calls:   []string{"GET /v1/groups?count=500&start=0"},
			want:    &chat.Page[chat.Group]{Items: []chat.Group{jpush}, Total: 1, Skip: strconv.Itoa},
		},
		{
			name:    "list the groups of a user",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Groups.List(ctx, "a@b/c", "") },
			answers: []answer{{status: 200, body: `[` + sampleGroup + `]`}},
			calls:   []string{"GET /v1/users/a@b%2Fc/groups"},
			want:    &chat.Page[chat.Group]{Items: []chat.Group{jpush}, Total: 1},
		},
		{
			name: "update a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Groups.Update(ctx, "12345", chat.GroupSettings{Name: ptr("a"), Description: ptr(""), Avatar: ptr("")}))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/groups/12345 {"name":"a","desc":"","avatar":""}`},
		},
		{
			name: "update one setting of a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Groups.Update(ctx, "12345", chat.GroupSettings{Description: ptr("b")}))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/groups/12345 {"desc":"b"}`},
		},
		{
			name: "update nothing of a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Groups.Update(ctx, "12345", chat.GroupSettings{}))
			},
		},
		{
			name: "transfer a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Groups.Transfer(ctx, "12345", "eddie"))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/groups/owner/12345 {"username":"eddie"}`},
		},
		{
			name: "transfer a group to a user who is no member",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Groups.Transfer(ctx, "12345", "eddie"))
			},
			answers: []answer{refuse(403, 899014), {status: 204}, {status: 204}},
			calls: []string{
				`PUT /v1/groups/owner/12345 {"username":"eddie"}`, `POST /v1/groups/12345/members {"add":["eddie"]}`,
				`PUT /v1/groups/owner/12345 {"username":"eddie"}`,
			},
		},
		{
			name: "transfer a group that is refused for no clear reason",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				err := s.Groups.Transfer(ctx, "12345", "eddie")
				return err.Error(), nil
			},
			answers: []answer{refuse(400, 899003), refuse(400, 899011), refuse(400, 899003)},
			calls: []string{
				`PUT /v1/groups/owner/12345 {"username":"eddie"}`, `POST /v1/groups/12345/members {"add":["eddie"]}`,
				`PUT /v1/groups/owner/12345 {"username":"eddie"}`,
			},
			want: `make user "eddie" the owner of group "12345": invalid: HTTP 400 899003: the platform's words`,
		},
		{
			name: "transfer a group that is full",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				err := s.Groups.Transfer(ctx, "12345", "eddie")
				return err.Error(), nil
			},
			answers: []answer{refuse(403, 899014), refuse(403, 899012)},
			calls:   []string{`PUT /v1/groups/owner/12345 {"username":"eddie"}`, `POST /v1/groups/12345/members {"add":["eddie"]}`},
			want:    `make user "eddie" the owner of group "12345": quota exceeded: HTTP 403 899012: the platform's words (the group has as many members as it may have)`,
		},
		{
			name:    "delete a group",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return nothing(s.Groups.Delete(ctx, "12345")) },
			answers: []answer{{status: 204}},
			calls:   []string{"DELETE /v1/groups/12345"},
		},
		{
			name:    "delete a group that is gone",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return nothing(s.Groups.Delete(ctx, "12345")) },
			answers: []answer{refuse(403, 899006)},
			calls:   []string{"DELETE /v1/groups/12345"},
		},
	})
}

func TestGroupMemberCalls(t *testing.T) {
	silence := func(ctx context.Context, s *chat.Service, on bool, names ...string) (any, error) {
		return s.GroupMembers.Set(ctx, "12345", chat.Muted, chat.Refs(names...), on)
	}
	checkCalls(t, []callTest{
		{
			name: "list the members of a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.GroupMembers.List(ctx, "12345") },
			answers: []answer{{status: 200, body: `[{"username":"javen","nickname":"hello","avatar":"/avatar","birthday":"1990-01-24 00:00:00",` +
				`"gender":0,"signature":"orz","region":"shenzhen","address":"shenzhen","flag":0,"appkey":"appkey"},` +
				`{"username":"tom","flag":1,"appkey":"` + appKey + `"},{"username":"eddie","flag":2}]`}},
			calls: []string{"GET /v1/cross/groups/12345/members"},
			want: []chat.Member{
				{Ref: chat.Ref{AppKey: "appkey", Username: "javen"}}, {Ref: chat.Ref{Username: "tom"}, Owner: true}, {Ref: chat.Ref{Username: "eddie"}},
			},
		},
		{
			name: "add members to a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.GroupMembers.Add(ctx, "12345", chat.Refs("test1", "test2"))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`POST /v1/groups/12345/members {"add":["test1","test2"]}`},
			want:    []error{nil, nil},
		},
		{
			name: "add a member of a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.GroupMembers.Add(ctx, "12345", chat.Refs("test1"))
			},
			answers: []answer{refuse(400, 899011)},
			calls:   []string{`POST /v1/groups/12345/members {"add":["test1"]}`},
			want:    []error{nil},
		},
		{
			name: "remove members from a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.GroupMembers.Remove(ctx, "12345", chat.Refs("test3", "test4"))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`POST /v1/groups/12345/members {"remove":["test3","test4"]}`},
			want:    []error{nil, nil},
		},
		{
			name: "remove a user who is no member of a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.GroupMembers.Remove(ctx, "12345", chat.Refs("test3"))
			},
			answers: []answer{refuse(403, 899014)},
			calls:   []string{`POST /v1/groups/12345/members {"remove":["test3"]}`},
			want:    []error{nil},
		},
		{
			name: "remove a user who does not exist from a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.GroupMembers.Remove(ctx, "12345", chat.Refs("test3"))
			},
			answers: []answer{refuse(403, 899002)},
			calls:   []string{`POST /v1/groups/12345/members {"remove":["test3"]}`},
			want:    []error{nil},
		},
		{
			name: "remove members from a group that is gone",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.GroupMembers.Remove(ctx, "12345", chat.Refs("test3", "test4"))
			},
			answers: []answer{refuse(403, 899006)},
			calls:   []string{`POST /v1/groups/12345/members {"remove":["test3","test4"]}`},
			want:    []error{nil, nil},
		},
		{
			name: "mute members of a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return silence(ctx, s, true, "username1", "username2")
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/groups/messages/12345/silence?status=true ["username1","username2"]`},
			want:    []error{nil, nil},
		},
		{
			name:    "unmute a member of a group",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return silence(ctx, s, false, "username1") },
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/groups/messages/12345/silence?status=false ["username1"]`},
			want:    []error{nil},
		},
		{
			name:    "unmute a user who is no member of a group",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return silence(ctx, s, false, "username1") },
			answers: []answer{refuse(403, 899014)},
			calls:   []string{`PUT /v1/groups/messages/12345/silence?status=false ["username1"]`},
			want:    []error{nil},
		},
		{
			name: "unmute in a group that is gone",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return silence(ctx, s, false, "username1", "username2")
			},
			answers: []answer{refuse(403, 899006)},
			calls:   []string{`PUT /v1/groups/messages/12345/silence?status=false ["username1","username2"]`},
			want:    []error{nil, nil},
		},
		{
			name: "mute nobody",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return silence(ctx, s, true) },
			want: []error(nil),
		},
	})
}

// A group or room is created once, whatever becomes of the answer: names are not unique,
// and a second call would make a second one.
func TestCreationIsSentOnce(t *testing.T) {
	for name, create := range map[string]func(context.Context, *chat.Service) (*chat.Group, error){
		"group": func(ctx context.Context, s *chat.Service) (*chat.Group, error) {
			return s.Groups.Create(ctx, chat.NewGroup{Owner: "tom"})
		},
		"room": func(ctx context.Context, s *chat.Service) (*chat.Group, error) {
			return s.Rooms.Create(ctx, chat.NewGroup{Owner: "tom"})
		},
	} {
		for _, tt := range []struct {
			what    string
			answers []answer
			calls   int
			kind    error
			maybe   bool
		}{
			{"a broken connection", []answer{{drop: true}}, 1, chat.ErrUnavailable, true},
			{"a server error", []answer{{status: 500}}, 1, chat.ErrUnavailable, true},
			{"a busy server", []answer{refuse(503, 899030)}, 1, chat.ErrUnavailable, true},
			{"a busy server with another status", []answer{refuse(403, 899030)}, 1, chat.ErrUnavailable, true},
			{"HTML", []answer{{status: 201, body: "<html>", html: true}}, 1, chat.ErrUnavailable, true},
			{"an answer without an id", []answer{{status: 201, body: "{}"}}, 1, chat.ErrUnavailable, true},
			{"an answer with a null", []answer{{status: 201, body: `{"gid":null,"chatroom_id":null}`}}, 1, chat.ErrUnavailable, true},
			{"an empty answer", []answer{{status: 201}}, 1, chat.ErrUnavailable, true},
			{"no such owner", []answer{refuse(403, 899002)}, 1, chat.ErrNotFound, false},
			{"an owner in too many groups", []answer{refuse(403, 899015)}, 1, chat.ErrQuota, false},
			{"a refusal after throttling", []answer{refuse(429, 2002), refuse(403, 2002), refuse(400, 899003)}, 3, chat.ErrInvalid, false},
		} {
			platform := &script{answers: tt.answers}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				start := time.Now()
				created, err := create(t.Context(), s)
				if err == nil {
					t.Fatalf("%s, %s: created %+v", name, tt.what, created)
				}
				checkKind(t, err, tt.kind)
				sentAt, maybe := chat.Unsettled(err)
				if maybe != tt.maybe || maybe && !sentAt.Equal(start) || len(platform.Calls) != tt.calls {
					t.Errorf("%s, %s: %v after %d calls, sent at %s, may have taken effect: %v", name, tt.what, err, len(platform.Calls), sentAt, maybe)
				}
				if !strings.HasPrefix(err.Error(), fmt.Sprintf(`create %s "" of user "tom": `, name)) {
					t.Errorf("got %q", err)
				}
			})
		}
	}
}

// What the platform does not have is refused without a call.
func TestGroupsLack(t *testing.T) {
	platform := &script{}
	run(t, platform, func(t *testing.T, s *chat.Service) {
		ctx := t.Context()
		both := map[string]chat.GroupSettings{
			"max_members":   {MaxMembers: ptr(int64(3))},
			"allow_invites": {AllowInvites: ptr(true)},
			"members_only":  {MembersOnly: ptr(true)},
			"custom":        {Custom: ptr("")},
			"announcement":  {Announcement: ptr("")},
			"muted":         {Muted: ptr(false)},
		}
		for noun, each := range map[string]chat.Groups{"group": s.Groups, "room": s.Rooms} {
			lacking := maps.Clone(both)
			if noun == "room" {
				lacking["avatar"], lacking["public"] = chat.GroupSettings{Avatar: ptr("")}, chat.GroupSettings{Public: ptr(false)}
			}
			for name, settings := range lacking {
				_, err := each.Create(ctx, chat.NewGroup{Owner: "tom", GroupSettings: settings})
				checkKind(t, err, chat.ErrUnsupported)
				err = each.Update(ctx, "1", settings)
				checkKind(t, err, chat.ErrUnsupported)
				if !strings.Contains(err.Error(), "JMessage does not support "+name) {
					t.Errorf("%s: got %q", name, err)
				}
				rule := s.Platform.Rules.Check(chat.Field(noun+"."+name), nil)
				if rule == nil || !strings.Contains(err.Error(), rule.Error()) {
					t.Errorf("%s.%s: the rule says %v", noun, name, rule)
				}
			}
			_, err := each.Announcement(ctx, "1")
			checkKind(t, err, chat.ErrUnsupported)
		}
		checkKind(t, s.Groups.Update(ctx, "1", chat.GroupSettings{Public: ptr(true)}), chat.ErrUnsupported)
		for noun, each := range map[string]chat.Members{"group": s.GroupMembers, "room": s.RoomMembers} {
			_, err := each.Having(ctx, "1", chat.Muted)
			checkKind(t, err, chat.ErrUnsupported)
			_, err = each.Set(ctx, "1", chat.Admin, chat.Refs("bert"), true)
			checkKind(t, err, chat.ErrUnsupported)
			checkKind(t, chat.Single(each.Set(ctx, "1", chat.Muted, foreign("bert"), true)), chat.ErrUnsupported)
			if err := s.Platform.Rules.Check(chat.Field(noun+"_member.admin"), true); err == nil {
				t.Errorf("there is no rule about admins of a %s", noun)
			}
		}
	})
	if len(platform.Calls) > 0 {
		t.Errorf("calls were made: %q", platform.Calls)
	}
}

func TestGroupErrors(t *testing.T) {
	tests := []struct {
		name   string
		call   func(context.Context, *chat.Service) error
		answer answer
		kind   error
		says   string
	}{
		{
			"a group of a user who does not exist",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Groups.Create(ctx, chat.NewGroup{Owner: "tom", GroupSettings: chat.GroupSettings{Name: ptr("team")}})
				return err
			},
			refuse(403, 899002), chat.ErrNotFound, `create group "team" of user "tom": not found: HTTP 403 899002`,
		},
		{
			"another group than the one asked for",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Groups.Get(ctx, []string{"1"})
				return err
			},
			answer{status: 200, body: sampleGroup}, chat.ErrUnavailable, `read group "1": unavailable: HTTP 200: the answer does not hold the group`,
		},
		{
			"a malformed id",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Groups.Get(ctx, []string{"team"})
				return err
			},
			refuse(400, 899003), chat.ErrInvalid, `read group "team": invalid: HTTP 400 899003`,
		},
		{
			"the groups of a user who does not exist",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Groups.List(ctx, "tom", "")
				return err
			},
			refuse(403, 899002), chat.ErrNotFound, `list the groups of user "tom"`,
		},
		{
			"an update of a group that is gone",
			func(ctx context.Context, s *chat.Service) error {
				return s.Groups.Update(ctx, "1", chat.GroupSettings{Name: ptr("")})
			},
			refuse(403, 899006), chat.ErrNotFound, `update group "1"`,
		},
		{
			"a transfer of a group that is gone",
			func(ctx context.Context, s *chat.Service) error { return s.Groups.Transfer(ctx, "1", "bert") },
			refuse(403, 899006), chat.ErrNotFound, `make user "bert" the owner of group "1"`,
		},
		{
			"a group that cannot be deleted",
			func(ctx context.Context, s *chat.Service) error { return s.Groups.Delete(ctx, "1") },
			refuse(400, 899010), nil, `delete group "1": HTTP 400 899010`,
		},
		{
			"the members of a group that is gone",
			func(ctx context.Context, s *chat.Service) error { _, err := s.GroupMembers.List(ctx, "1"); return err },
			refuse(403, 899006), chat.ErrNotFound, `list the members of group "1"`,
		},
		{
			"a member of a group that is gone",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.GroupMembers.Add(ctx, "1", chat.Refs("bert")))
			},
			refuse(403, 899006), chat.ErrNotFound, `add user "bert" to group "1": not found: HTTP 403 899006`,
		},
		{
			"a member who does not exist",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.GroupMembers.Add(ctx, "1", chat.Refs("bert")))
			},
			refuse(403, 899002), chat.ErrNotFound, `add user "bert" to group "1": not found: HTTP 403 899002`,
		},
		{
			"one of several is a member",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.GroupMembers.Add(ctx, "1", chat.Refs("bert", "carl")))
			},
			refuse(400, 899011), chat.ErrAlreadyExists, `add user "bert" and 1 more to group "1"`,
		},
		{
			"one of several is no member",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.GroupMembers.Remove(ctx, "1", chat.Refs("bert", "carl")))
			},
			refuse(403, 899014), chat.ErrNotFound, `remove user "bert" and 1 more from group "1"`,
		},
		{
			"a group that is full",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.GroupMembers.Add(ctx, "1", chat.Refs("bert", "carl")))
			},
			refuse(403, 899012), chat.ErrQuota, `(the group has as many members as it may have)`,
		},
		{
			"a user who is in too many groups",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.GroupMembers.Add(ctx, "1", chat.Refs("bert")))
			},
			refuse(403, 899015), chat.ErrQuota, `(a user is in as many groups as a user may be in)`,
		},
		{
			"one of several who is in too many groups",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.GroupMembers.Add(ctx, "1", chat.Refs("bert", "carl")))
			},
			refuse(403, 899015), chat.ErrTooLarge, `add user "bert" and 1 more to group "1"`,
		},
		{
			"to mute in a group that is gone",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.GroupMembers.Set(ctx, "1", chat.Muted, chat.Refs("bert"), true))
			},
			refuse(403, 899006), chat.ErrNotFound, `mute user "bert" in group "1"`,
		},
		{
			"to mute a user who is no member",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.GroupMembers.Set(ctx, "1", chat.Muted, chat.Refs("bert"), true))
			},
			refuse(403, 899014), chat.ErrNotFound, `mute user "bert" in group "1"`,
		},
		{
			"to unmute several, one of whom is no member",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.GroupMembers.Set(ctx, "1", chat.Muted, chat.Refs("bert", "carl"), false))
			},
			refuse(403, 899014), chat.ErrNotFound, `unmute user "bert" and 1 more in group "1"`,
		},
		{
			"a room of a user who does not exist",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Rooms.Create(ctx, chat.NewGroup{Owner: "tom", GroupSettings: chat.GroupSettings{Name: ptr("hall")}})
				return err
			},
			refuse(403, 899002), chat.ErrNotFound, `create room "hall" of user "tom"`,
		},
		{
			"the rooms of a user who does not exist",
			func(ctx context.Context, s *chat.Service) error { _, err := s.Rooms.List(ctx, "tom", ""); return err },
			refuse(403, 899002), chat.ErrNotFound, `list the rooms of user "tom"`,
		},
		{
			"the members of a room that is gone",
			func(ctx context.Context, s *chat.Service) error { _, err := s.RoomMembers.List(ctx, "1"); return err },
			answer{status: 200, body: "[]"}, chat.ErrNotFound, `list the members of room "1": not found: there is no such room`,
		},
		{
			"an update of a room that is gone",
			func(ctx context.Context, s *chat.Service) error {
				return s.Rooms.Update(ctx, "1", chat.GroupSettings{Name: ptr("")})
			},
			answer{status: 200, body: "[]"}, chat.ErrNotFound, `update room "1"`,
		},
		{
			"a transfer of a room that is gone",
			func(ctx context.Context, s *chat.Service) error { return s.Rooms.Transfer(ctx, "1", "bert") },
			refuse(403, 899081), chat.ErrNotFound, `make user "bert" the owner of room "1"`,
		},
		{
			"a member of a room that is gone",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.RoomMembers.Add(ctx, "1", chat.Refs("bert")))
			},
			refuse(403, 899081), chat.ErrNotFound, `add user "bert" to room "1"`,
		},
		{
			"one of several is not in the room",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.RoomMembers.Remove(ctx, "1", chat.Refs("bert", "carl")))
			},
			refuse(403, 899082), chat.ErrNotFound, `remove user "bert" and 1 more from room "1"`,
		},
		{
			"to mute a user who is not in the room",
			func(ctx context.Context, s *chat.Service) error {
				return chat.Single(s.RoomMembers.Set(ctx, "1", chat.Muted, chat.Refs("bert"), true))
			},
			refuse(403, 899082), chat.ErrNotFound, `mute user "bert" in room "1"`,
		},
		{
			"a cursor of another platform",
			func(ctx context.Context, s *chat.Service) error { _, err := s.Groups.List(ctx, "", "abc"); return err },
			answer{}, chat.ErrInvalid, "cursor",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			platform := &script{answers: []answer{tt.answer}}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				err := tt.call(t.Context(), s)
				checkKind(t, err, tt.kind)
				if !strings.Contains(err.Error(), tt.says) {
					t.Errorf("got %q, want something about %q", err, tt.says)
				}
			})
			if len(platform.Calls) > 1 {
				t.Errorf("%d calls: %q", len(platform.Calls), platform.Calls)
			}
		})
	}
}

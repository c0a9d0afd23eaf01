package jmessage_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/jmessage"
	"terraform-provider-chat/internal/rest"
)

func TestNew(t *testing.T) {
	good := jmessage.Config{AppKey: appKey, MasterSecret: masterSecret}
	tests := map[string]struct {
		change func(*jmessage.Config)
		says   string
	}{
		"no app key":         {func(c *jmessage.Config) { c.AppKey = "" }, "24 letters or digits"},
		"a short app key":    {func(c *jmessage.Config) { c.AppKey = appKey[1:] }, "24 letters or digits"},
		"an app key with #":  {func(c *jmessage.Config) { c.AppKey = "chat-demo#testapp0000000" }, "24 letters or digits"},
		"no secret":          {func(c *jmessage.Config) { c.MasterSecret = "" }, "24 letters, digits"},
		"a long secret":      {func(c *jmessage.Config) { c.MasterSecret += "1" }, "24 letters, digits"},
		"a secret on a line": {func(c *jmessage.Config) { c.MasterSecret = masterSecret[1:] + "\n" }, "24 letters, digits"},
		"a bad base URL":     {func(c *jmessage.Config) { c.REST.BaseURL = "ftp://example.com" }, "ftp://example.com"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			config := good
			tt.change(&config)
			_, err := jmessage.New(config)
			if !errors.Is(err, chat.ErrInvalid) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want an ErrInvalid about %q", err, tt.says)
			}
			if err != nil && strings.Contains(err.Error(), "demo-master") {
				t.Errorf("%q quotes the secret", err)
			}
		})
	}
	for _, config := range []jmessage.Config{
		good,
		{AppKey: strings.ToUpper(appKey), MasterSecret: "aA0aA0aA0aA0aA0aA0aA0aA0", REST: rest.Config{BaseURL: "http://127.0.0.1:7420"}},
	} {
		if _, err := jmessage.New(config); err != nil {
			t.Errorf("%+v: %v", config, err)
		}
	}
}

func TestPlatform(t *testing.T) {
	s := newService(t)
	p := s.Platform
	if p.Name != "jmessage" || p.Title != "JMessage" || p.AppKey != appKey {
		t.Errorf("got %q, %q, %q", p.Name, p.Title, p.AppKey)
	}
	if p.UserKey("Alice") == p.UserKey("alice") {
		t.Error("names that differ by case are different users")
	}
	if p.ClockGrain < time.Second || p.ClockGrain > 5*time.Second {
		t.Errorf("times are compared to %s, but the platform writes whole seconds", p.ClockGrain)
	}
	if s.Tokens != nil || s.Sessions != nil || s.OfflineMessages != nil {
		t.Errorf("the platform lacks tokens, sessions and offline messages: %+v", s)
	}
	if s.Pacer == nil || s.Grace == nil || s.Words == nil || s.Settings == nil || s.Quiet == nil || s.Shields == nil ||
		s.Media == nil || s.Messages == nil || s.Devices == nil {
		t.Errorf("a member is missing: %+v", s)
	}
	for what, tt := range map[string]struct{ got, want any }{
		"registration": {p.Users.Create, chat.Limit{Items: 500}},
		"deletion":     {p.Users.Delete, chat.Limit{Items: 100}},
		"page":         {p.Users.Page, 500},
		"profiles":     {p.Users.ReadsProfile, true},
		"contacts":     {s.Contacts.Limits(), chat.EdgeLimits{Add: chat.Limit{Items: 500}, Remove: chat.Limit{Items: 500}, Mutual: true}},
		"blocks":       {s.Blocks.Limits(), chat.EdgeLimits{Add: chat.Limit{Items: 100}, Remove: chat.Limit{Items: 100}}},
		"statuses":     {s.Statuses.Limit(), chat.Limit{Items: 100}},
		"devices":      {s.Devices.Limit(), chat.Limit{Items: 100}},
		"words":        {s.Words.Limits(), chat.WordLimits{Add: chat.Limit{Items: 100}, Words: 100}},
		"groups":       {p.Groups, chat.GroupLimits{Get: chat.Limit{Items: 1}, PublicIsFixed: true}},
		"rooms":        {p.Rooms, chat.GroupLimits{Get: chat.Limit{Items: 100}}},
		"group members": {s.GroupMembers.Limits(), chat.EdgeLimits{
			Add: chat.Limit{Items: 500}, Remove: chat.Limit{Items: 500}, Set: chat.Limit{Items: 100}, RemovesOwner: true,
		}},
		"room members": {s.RoomMembers.Limits(), chat.EdgeLimits{
			Add: chat.Limit{Items: 3000}, Remove: chat.Limit{Items: 3000}, Set: chat.Limit{Items: 1}, HidesApplications: true,
		}},
		"size": {p.Users.Size(chat.NewUser{Username: "alice", Password: "password"}), len(`{"username":"alice","password":"password"},`)},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

// sameCursors compares what pages say of the cursors of others.
var sameCursors = cmp.Comparer(func(a, b func(int) string) bool {
	return (a == nil) == (b == nil) && (a == nil || a(1234) == b(1234))
})

// Every method of every member makes the call that the document describes, with the
// headers that it asks for, and understands the document's answer.
func TestCalls(t *testing.T) {
	created := time.Date(2014, 12, 31, 16, 0, 0, 0, time.UTC) // eight hours later in Beijing
	exact := chat.Registration{CreatedAt: created, Since: created.Add(-time.Second), Until: created.Add(time.Second)}
	const javen = `{
		"username": "javen",
		"nickname": "hello",
		"avatar": "/avatar",
		"birthday": "1990-01-24 00:00:00",
		"gender": 0,
		"signature": "orz",
		"region": "shenzhen",
		"address": "shenzhen",
		"mtime": "2015-01-01 00:00:00",
		"ctime": "2015-01-01 00:00:00",
		"extras": {
			"key": "value"
		}
	}`
	// The answer to a registration holds no time of its own; its Date does.
	midnight := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	approximate := chat.Registration{CreatedAt: midnight, Since: midnight, Until: midnight, Approximate: true}
	const none = `{"username":"javen","nickname":"","avatar":null,"gender":2,"birthday":null,"signature":"",
		"extras":"","mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"}`
	tests := []callTest{
		{
			name: "register users",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Users.Create(ctx, []chat.NewUser{
					{Username: "dev_fang", Password: "password"},
					{Username: "javen", Password: "password2", Nickname: ptr("hello"), Profile: &chat.Profile{
						Avatar: ptr("/avatar"), Birthday: ptr("1990-01-24"), Gender: ptr("male"), Signature: ptr("orz"),
						Region: ptr(""), Extras: ptr(`{"key": "value"}`),
					}},
				})
			},
			answers: []answer{{status: 201, body: `[{"username": "dev_fang"},{"username": "javen"}]`}},
			calls: []string{`POST /v1/users [{"username":"dev_fang","password":"password"},` +
				`{"username":"javen","password":"password2","nickname":"hello","avatar":"/avatar","birthday":"1990-01-24","gender":1,` +
				`"signature":"orz","extras":{"key":"value"}}]`},
			want: []chat.UserResult{{User: &chat.User{Username: "dev_fang", Registration: approximate}}, {User: &chat.User{Username: "javen", Registration: approximate}}},
		},
		{
			name: "register nobody",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Users.Create(ctx, nil) },
			want: []chat.UserResult(nil),
		},
		{
			name: "read a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Users.Get(ctx, "javen", chat.Basic)
			},
			answers: []answer{{status: 200, body: javen}},
			calls:   []string{"GET /v1/users/javen"},
			want: &chat.User{Username: "javen", Registration: exact, Settings: chat.Settings{
				Nickname: ptr("hello"),
				Profile: &chat.Profile{
					Avatar: ptr("/avatar"), Birthday: ptr("1990-01-24"), Gender: ptr("unknown"), Signature: ptr("orz"),
					Region: ptr("shenzhen"), Address: ptr("shenzhen"), Extras: ptr(`{"key":"value"}`),
				},
			}},
		},
		{
			name: "empty texts and nulls are unset",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Users.Get(ctx, "javen", chat.Basic)
			},
			answers: []answer{{status: 200, body: none}},
			calls:   []string{"GET /v1/users/javen"},
			want: &chat.User{Username: "javen", Registration: exact, Settings: chat.Settings{
				Profile: &chat.Profile{Gender: ptr("female")},
			}},
		},
		{
			name: "a user that shows nothing has an empty profile",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Users.Get(ctx, "a@b.c-d", chat.WithProfile)
			},
			answers: []answer{{status: 200, body: `{"username":"a@b.c-d","mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"}`}},
			calls:   []string{"GET /v1/users/a@b.c-d"},
			want:    &chat.User{Username: "a@b.c-d", Registration: exact, Settings: chat.Settings{Profile: &chat.Profile{}}},
		},
		{
			name: "list users",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Users.List(ctx, "1100") },
			answers: []answer{{status: 200, body: `{"total":12580,"start":1100,"count":2,"users":[` +
				`{"username":"cai","nickname":"hello","mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"},` +
				`{"username":"yi","gender":0,"mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"}]}`}},
			calls: []string{"GET /v1/users?count=500&start=1100"},
			want: &chat.Page[chat.User]{Total: 12580, Next: "1102", Skip: strconv.Itoa, Items: []chat.User{
				{Username: "cai", Registration: exact, Settings: chat.Settings{Nickname: ptr("hello")}},
				{Username: "yi", Registration: exact, Settings: chat.Settings{Profile: &chat.Profile{Gender: ptr("unknown")}}},
			}},
		},
		{
			name:    "the last page",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Users.List(ctx, "2") },
			answers: []answer{{status: 200, body: `{"total":3,"start":2,"count":1,"users":[{"username":"yi","mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"}]}`}},
			calls:   []string{"GET /v1/users?count=500&start=2"},
			want:    &chat.Page[chat.User]{Total: 3, Skip: strconv.Itoa, Items: []chat.User{{Username: "yi", Registration: exact}}},
		},
		{
			name:    "a page past the end",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Users.List(ctx, "") },
			answers: []answer{{status: 200, body: `{"total":7,"start":0,"count":0,"users":[]}`}},
			calls:   []string{"GET /v1/users?count=500&start=0"},
			want:    &chat.Page[chat.User]{Total: 7, Skip: strconv.Itoa, Items: []chat.User{}},
		},
		{
			name: "update a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.Update(ctx, "javen", chat.Settings{Nickname: ptr("Hello JMessage")}))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/users/javen {"nickname":"Hello JMessage"}`},
		},
		{
			name: "clear a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.Update(ctx, "javen", chat.Settings{Nickname: ptr(""), Profile: &chat.Profile{
					Avatar: ptr(""), Birthday: ptr(""), Gender: ptr(""), Extras: ptr(""), Signature: ptr(""),
				}}))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/users/javen {"nickname":"","avatar":"","birthday":"","gender":0,"signature":"","extras":{}}`},
		},
		{
			name: "update nothing",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.Update(ctx, "javen", chat.Settings{Profile: &chat.Profile{}}))
			},
		},
		{
			name: "change a password",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.SetPassword(ctx, "javen", "654321"))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/users/javen/password {"new_password":"654321"}`},
		},
		{
			name: "deactivate, with an answer that was lost although it took effect",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.SetActivated(ctx, "javen", false))
			},
			answers: []answer{{status: 500, body: "<html>", html: true}, {status: 204}},
			calls:   []string{"PUT /v1/users/javen/forbidden?disable=true", "PUT /v1/users/javen/forbidden?disable=true"},
		},
		{
			name: "activate",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.SetActivated(ctx, "javen", true))
			},
			answers: []answer{{status: 204}},
			calls:   []string{"PUT /v1/users/javen/forbidden?disable=false"},
		},
		{
			name: "delete a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Users.Delete(ctx, []string{"javen"})
			},
			answers: []answer{{status: 204}},
			calls:   []string{"DELETE /v1/users/javen"},
			want:    []error{nil},
		},
		{
			name: "delete a user that is gone",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Users.Delete(ctx, []string{"javen"})
			},
			answers: []answer{refuse(403, 899002)},
			calls:   []string{"DELETE /v1/users/javen"},
			want:    []error{nil},
		},
		{
			name: "delete nobody",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Users.Delete(ctx, nil) },
			want: []error(nil),
		},
		{
			name: "delete users",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Users.Delete(ctx, []string{"USER1", "USER2"})
			},
			answers: []answer{{status: 200}},
			calls:   []string{`DELETE /v1/users ["USER1","USER2"]`},
			want:    []error{nil, nil},
		},
		{
			name: "list contacts",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Contacts.List(ctx, "alice") },
			answers: []answer{{status: 200, body: `[{"username":"javen","gender":0,"mtime":"2015-01-01 00:00:00",` +
				`"note_name":"= =","others":"test","appkey":"pojkasouduioadk"},{"username":"bert","note_name":"","others":null},` +
				`{"username":"carl","appkey":"4F7AEF34FB361292C566A1CD"}]`}},
			calls: []string{"GET /v1/users/alice/friends"},
			want: []chat.Contact{
				{Ref: chat.Ref{AppKey: "pojkasouduioadk", Username: "javen"}, Notes: chat.Notes{NoteName: ptr("= ="), Note: ptr("test")}},
				{Ref: chat.Ref{Username: "bert"}},
				{Ref: chat.Ref{Username: "carl"}},
			},
		},
		{
			name: "add contacts",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Contacts.Add(ctx, "alice", chat.Refs("user01", "user02"))
			},
			answers: []answer{{status: 201}},
			calls:   []string{`POST /v1/users/alice/friends ["user01","user02"]`},
			want:    []error{nil, nil},
		},
		{
			name: "add a contact that is one",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Contacts.Add(ctx, "alice", chat.Refs("bert"))
			},
			answers: []answer{refuse(403, 899070)},
			calls:   []string{`POST /v1/users/alice/friends ["bert"]`},
			want:    []error{nil},
		},
		{
			name: "note of a contact",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Contacts.SetNotes(ctx, "alice", chat.Ref{Username: "user01"}, chat.Notes{NoteName: ptr("new note name"), Note: ptr("")}))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/users/alice/friends [{"username":"user01","note_name":"new note name","others":""}]`},
		},
		{
			name: "note nothing",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Contacts.SetNotes(ctx, "alice", chat.Ref{Username: "user01"}, chat.Notes{}))
			},
		},
		{
			name: "remove contacts",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Contacts.Remove(ctx, "alice", chat.Refs("user01", "user02"))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`DELETE /v1/users/alice/friends ["user01","user02"]`},
			want:    []error{nil, nil},
		},
		{
			name: "remove a contact that is gone",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Contacts.Remove(ctx, "alice", chat.Refs("bert"))
			},
			answers: []answer{refuse(403, 899002)},
			calls:   []string{`DELETE /v1/users/alice/friends ["bert"]`},
			want:    []error{nil},
		},
		{
			name: "list blocks",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Blocks.List(ctx, "alice") },
			answers: []answer{{status: 200, body: `[{"username":"javen","nickname":"hello","avatar":"/avatar",` +
				`"birthday":"1990-01-24 00:00:00","gender":0,"mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00","appkey":"` + appKey + `"},` +
				`{"username":"bert","appkey":"appkey"}]`}},
			calls: []string{"GET /v1/cross/users/alice/blacklist"},
			want:  []chat.Ref{{Username: "javen"}, {AppKey: "appkey", Username: "bert"}},
		},
		{
			name: "add blocks",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Blocks.Add(ctx, "alice", chat.Refs("test1", "test2"))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/users/alice/blacklist ["test1","test2"]`},
			want:    []error{nil, nil},
		},
		{
			name: "add a block that is there",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Blocks.Add(ctx, "alice", chat.Refs("test1"))
			},
			answers: []answer{refuse(403, 899017)},
			calls:   []string{`PUT /v1/users/alice/blacklist ["test1"]`},
			want:    []error{nil},
		},
		{
			name: "remove a contact that is none",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Contacts.Remove(ctx, "alice", chat.Refs("bert"))
			},
			answers: []answer{refuse(403, 899071)},
			calls:   []string{`DELETE /v1/users/alice/friends ["bert"]`},
			want:    []error{nil},
		},
		{
			name: "remove blocks",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Blocks.Remove(ctx, "alice", chat.Refs("test1", "test2"))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`DELETE /v1/users/alice/blacklist ["test1","test2"]`},
			want:    []error{nil, nil},
		},
		{
			name: "remove a block that is gone",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Blocks.Remove(ctx, "alice", chat.Refs("test1"))
			},
			answers: []answer{refuse(403, 899019)},
			calls:   []string{`DELETE /v1/users/alice/blacklist ["test1"]`},
			want:    []error{nil},
		},
		{
			name: "remove a block of a user that does not exist",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Blocks.Remove(ctx, "alice", chat.Refs("test1"))
			},
			answers: []answer{refuse(403, 899002)},
			calls:   []string{`DELETE /v1/users/alice/blacklist ["test1"]`},
			want:    []error{nil},
		},
		{
			name: "add and remove nothing",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				var all []error
				for _, change := range []func(context.Context, string, []chat.Ref) ([]error, error){s.Contacts.Add, s.Contacts.Remove, s.Blocks.Add, s.Blocks.Remove} {
					errs, err := change(ctx, "alice", nil)
					all = append(append(all, errs...), err)
				}
				return len(all), errors.Join(all...)
			},
			want: 4,
		},
		{
			name: "the status of a single user that does not exist",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Statuses.Of(ctx, []string{"nobody"})
			},
			answers: []answer{refuse(403, 899002)},
			calls:   []string{`POST /v2/users/statuser ["nobody"]`},
			want:    []chat.Status{chat.Offline},
		},
		{
			name: "the status of nobody",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Statuses.Of(ctx, nil) },
			want: []chat.Status(nil),
		},
		{
			name: "online statuses",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Statuses.Of(ctx, []string{"Rauly", "caiyh01", "busy", "Rauly"})
			},
			answers: []answer{{status: 200, body: devicesAnswer}},
			calls:   []string{`POST /v2/users/statuser ["Rauly","caiyh01","busy","Rauly"]`},
			want:    []chat.Status{chat.Offline, chat.Offline, chat.Online, chat.Offline},
		},
		{
			name: "devices",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Devices.Of(ctx, []string{"Rauly", "caiyh01", "busy", "Rauly"})
			},
			answers: []answer{{status: 200, body: devicesAnswer}},
			calls:   []string{`POST /v2/users/statuser ["Rauly","caiyh01","busy","Rauly"]`},
			want: [][]chat.Device{{{Platform: "android"}}, nil, {
				{Platform: "android", LoggedIn: true}, {Platform: "ios", LoggedIn: true, Online: true},
				{Platform: "web", Online: true}, {Platform: "windows"}, {Platform: "x"},
			}, {{Platform: "android"}}},
		},
		{
			name: "the devices of a single user that does not exist",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Devices.Of(ctx, []string{"nobody"})
			},
			answers: []answer{refuse(403, 899002)},
			calls:   []string{`POST /v2/users/statuser ["nobody"]`},
			want:    [][]chat.Device{nil},
		},
		{
			name: "the devices of nobody",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Devices.Of(ctx, nil) },
			want: [][]chat.Device(nil),
		},
	}
	checkCalls(t, tests)
}

// devicesAnswer is the platform's answer about the devices of users.
const devicesAnswer = `[{"devices":[],"username":"caiyh01","statuscode":1,"statusmsg":"no_exist"},` +
	`{"devices":[{"login":true,"online":false,"platform":"a"},{"login":true,"online":true,"platform":"i"},` +
	`{"login":false,"online":true,"platform":"j"},{"login":false,"online":false,"platform":"w"},{"platform":"x"}],"username":"busy","statuscode":0},` +
	`{"devices":[{"login":false,"online":false,"platform":"a"}],"username":"Rauly","statuscode":0}]`

// callsAbout are the calls whose path holds a name or an id.
var callsAbout = map[string]func(ctx context.Context, s *chat.Service, name string) error{
	"GET /v1/users/%s": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.Users.Get(ctx, name, chat.Basic)
		return err
	},
	"PUT /v1/users/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Users.Update(ctx, name, chat.Settings{Nickname: ptr("x")})
	},
	"PUT /v1/users/%s/password": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Users.SetPassword(ctx, name, "password")
	},
	"PUT /v1/users/%s/forbidden?disable=true": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Users.SetActivated(ctx, name, false)
	},
	"DELETE /v1/users/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Users.Delete(ctx, []string{name}))
	},
	"GET /v1/users/%s/friends": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.Contacts.List(ctx, name)
		return err
	},
	"POST /v1/users/%s/friends": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Contacts.Add(ctx, name, chat.Refs("bert")))
	},
	"DELETE /v1/users/%s/friends": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Contacts.Remove(ctx, name, chat.Refs("bert")))
	},
	"PUT /v1/users/%s/friends": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Contacts.SetNotes(ctx, name, chat.Ref{Username: "bert"}, chat.Notes{Note: ptr("x")})
	},
	"GET /v1/cross/users/%s/blacklist": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.Blocks.List(ctx, name)
		return err
	},
	"PUT /v1/users/%s/blacklist": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Blocks.Add(ctx, name, chat.Refs("bert")))
	},
	"DELETE /v1/users/%s/blacklist": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Blocks.Remove(ctx, name, chat.Refs("bert")))
	},
	"GET /v1/groups/%s": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.Groups.Get(ctx, []string{name})
		return err
	},
	"PUT /v1/groups/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Groups.Update(ctx, name, chat.GroupSettings{Name: ptr("x")})
	},
	"PUT /v1/groups/owner/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Groups.Transfer(ctx, name, "bert")
	},
	"DELETE /v1/groups/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Groups.Delete(ctx, name)
	},
	"GET /v1/cross/groups/%s/members": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.GroupMembers.List(ctx, name)
		return err
	},
	"POST /v1/groups/%s/members": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.GroupMembers.Add(ctx, name, chat.Refs("bert")))
	},
	"POST /v1/cross/groups/%s/members": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.GroupMembers.Remove(ctx, name, foreign("bert")))
	},
	"PUT /v1/groups/messages/%s/silence?status=true": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.GroupMembers.Set(ctx, name, chat.Muted, chat.Refs("bert"), true))
	},
	"DELETE /v1/chatroom/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Rooms.Delete(ctx, name)
	},
	"PUT /v1/chatroom/%s/members": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.RoomMembers.Add(ctx, name, chat.Refs("bert")))
	},
	"DELETE /v1/chatroom/%s/members": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.RoomMembers.Remove(ctx, name, chat.Refs("bert")))
	},
	"POST /v1/cross/chatroom/%s/members": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.RoomMembers.Add(ctx, name, foreign("bert")))
	},
	"PUT /v1/chatroom/%s/forbidden/bert?status=0": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.RoomMembers.Set(ctx, name, chat.Muted, chat.Refs("bert"), false))
	},
	"PUT /v1/chatroom/1/forbidden/%s?status=1": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.RoomMembers.Set(ctx, "1", chat.Muted, chat.Refs(name), true))
	},
	"POST /v1/cross/users/%s/friends": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Contacts.Add(ctx, name, foreign("bert")))
	},
	"PUT /v1/cross/users/%s/friends": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Contacts.SetNotes(ctx, name, foreign("bert")[0], chat.Notes{Note: ptr("x")})
	},
	"DELETE /v1/cross/users/%s/blacklist": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Blocks.Remove(ctx, name, foreign("bert")))
	},
	"POST /v1/users/%s/nodisturb": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Quiet.Set(ctx, name, chat.QuietTarget{}, true)
	},
	"POST /v1/cross/users/%s/nodisturb": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Quiet.Set(ctx, name, chat.QuietTarget{Contact: foreign("bert")[0]}, true)
	},
	"POST /v1/users/%s/groupsShield": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Shields.Set(ctx, name, "7", true)
	},
	"POST /v1/messages/%s/7/retract": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Messages.Retract(ctx, sentBy(name, "7"))
	},
	"POST /v1/messages/alice/%s/retract": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Messages.Retract(ctx, sentBy("alice", name))
	},
}

func TestNamesAreEscapedAndNeverEmpty(t *testing.T) {
	for call, do := range callsAbout {
		platform := &script{}
		run(t, platform, func(t *testing.T, s *chat.Service) {
			_ = do(t.Context(), s, "A/b?c#%2F é") // what the platform answers does not matter
			for _, name := range []string{"", ".", ".."} {
				err := do(t.Context(), s, name)
				if err == nil {
					t.Fatalf("%s with the name %q succeeds", call, name)
				}
				checkKind(t, err, chat.ErrInvalid)
			}
		})
		want := strings.Replace(call, "%s", "A%2Fb%3Fc%23%252F%20%C3%A9", 1)
		if len(platform.Calls) != 1 || platform.Calls[0] != want && !strings.HasPrefix(platform.Calls[0], want+" ") {
			t.Errorf("sent %q, want %q", platform.Calls, want)
		}
	}
}

func TestBulkCallsAreBounded(t *testing.T) {
	platform := &script{}
	run(t, platform, func(t *testing.T, s *chat.Service) {
		names := make([]string, 3001)
		for i := range names {
			names[i] = fmt.Sprintf("user%d", i)
		}
		ctx := t.Context()
		for what, tt := range map[string]struct {
			items int
			call  func(names []string) error
		}{
			"register": {s.Platform.Users.Create.Items, func(n []string) error {
				_, err := s.Users.Create(ctx, make([]chat.NewUser, len(n)))
				return err
			}},
			"delete":               {s.Platform.Users.Delete.Items, func(n []string) error { _, err := s.Users.Delete(ctx, n); return err }},
			"add contacts":         {s.Contacts.Limits().Add.Items, func(n []string) error { _, err := s.Contacts.Add(ctx, "alice", chat.Refs(n...)); return err }},
			"remove contacts":      {s.Contacts.Limits().Remove.Items, func(n []string) error { _, err := s.Contacts.Remove(ctx, "alice", chat.Refs(n...)); return err }},
			"add blocks":           {s.Blocks.Limits().Add.Items, func(n []string) error { _, err := s.Blocks.Add(ctx, "alice", chat.Refs(n...)); return err }},
			"remove blocks":        {s.Blocks.Limits().Remove.Items, func(n []string) error { _, err := s.Blocks.Remove(ctx, "alice", chat.Refs(n...)); return err }},
			"add group members":    {s.GroupMembers.Limits().Add.Items, func(n []string) error { _, err := s.GroupMembers.Add(ctx, "1", chat.Refs(n...)); return err }},
			"remove group members": {s.GroupMembers.Limits().Remove.Items, func(n []string) error { _, err := s.GroupMembers.Remove(ctx, "1", chat.Refs(n...)); return err }},
			"mute group members": {s.GroupMembers.Limits().Set.Items, func(n []string) error {
				_, err := s.GroupMembers.Set(ctx, "1", chat.Muted, chat.Refs(n...), true)
				return err
			}},
			"add room members":    {s.RoomMembers.Limits().Add.Items, func(n []string) error { _, err := s.RoomMembers.Add(ctx, "1", chat.Refs(n...)); return err }},
			"remove room members": {s.RoomMembers.Limits().Remove.Items, func(n []string) error { _, err := s.RoomMembers.Remove(ctx, "1", chat.Refs(n...)); return err }},
			"mute room members": {s.RoomMembers.Limits().Set.Items, func(n []string) error {
				_, err := s.RoomMembers.Set(ctx, "1", chat.Muted, chat.Refs(n...), true)
				return err
			}},
			"read groups":   {s.Platform.Groups.Get.Items, func(n []string) error { _, err := s.Groups.Get(ctx, n); return err }},
			"read rooms":    {s.Platform.Rooms.Get.Items, func(n []string) error { _, err := s.Rooms.Get(ctx, n); return err }},
			"read statuses": {s.Statuses.Limit().Items, func(n []string) error { _, err := s.Statuses.Of(ctx, n); return err }},
		} {
			err := tt.call(names[:tt.items+1])
			if err == nil {
				t.Fatalf("%s: no error", what)
			}
			checkKind(t, err, chat.ErrTooLarge)
		}
	})
	if len(platform.Calls) > 0 {
		t.Errorf("calls were made: %d", len(platform.Calls))
	}
}

// A throttled call waits for the platform's window.
func TestRateWindow(t *testing.T) {
	throttled := refuse(429, 2002)
	throttled.header = http.Header{
		"X-Rate-Limit-Limit": {"600"}, "X-Rate-Limit-Remaining": {"0"}, "X-Rate-Limit-Reset": {"42"},
	}
	run(t, &script{answers: []answer{throttled, {status: 204}}}, func(t *testing.T, s *chat.Service) {
		start := time.Now()
		if err := s.Users.SetActivated(t.Context(), "alice", true); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < 42*time.Second || waited > 50*time.Second {
			t.Errorf("waited %s, want the 42s of X-Rate-Limit-Reset", waited)
		}
	})
}

// A platform repeats what it was sent; no error does.
func TestNoSecretIsQuoted(t *testing.T) {
	const password = "pa$$ \"wörd\" 1"
	echoes := []answer{
		{status: 403, body: `{"error":{"code":899003,"message":"bad: pa$$ \"wörd\" 1, ` + masterSecret + `, ` + authorization + `"}}`},
		{status: 403, body: `{"sent":"pa$$ \"wörd\" 1 ` + authorization + `"}`},
		{status: 404, body: `<html><p>` + masterSecret + ` {"new_password":"pa$$ \"wörd\" 1"}</html>`, html: true},
		{status: 400, body: `[{"username":"alice","error":{"code":899003,"message":"bad: pa$$ \"wörd\" 1 ` + authorization + `"}}]`},
	}
	for _, echo := range echoes {
		calls := map[string]func(*testing.T, *chat.Service) error{
			"set a password": func(t *testing.T, s *chat.Service) error {
				return s.Users.SetPassword(t.Context(), "alice", password)
			},
			"register": func(t *testing.T, s *chat.Service) error {
				results, err := s.Users.Create(t.Context(), []chat.NewUser{{Username: "alice", Password: password}})
				if err != nil {
					return err
				}
				return results[0].Err
			},
		}
		for name, call := range calls {
			run(t, &script{answers: []answer{echo}}, func(t *testing.T, s *chat.Service) {
				err := call(t, s)
				if err == nil {
					t.Fatalf("%s: no error for %s", name, echo.body)
				}
				for _, secret := range []string{"wörd", masterSecret, strings.TrimPrefix(authorization, "Basic ")} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("%s: %q holds a secret", name, err)
					}
				}
			})
		}
	}
}

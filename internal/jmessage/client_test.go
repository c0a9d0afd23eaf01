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
	if s.Pacer == nil || s.Grace == nil {
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
		"size":         {p.Users.Size(chat.NewUser{Username: "alice", Password: "password"}), len(`{"username":"alice","password":"password"},`)},
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
	nothing := func(err error) (any, error) { return nil, err }

	tests := []struct {
		name    string
		call    func(context.Context, *chat.Service) (any, error)
		answers []answer
		calls   []string
		want    any
	}{
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
				`"note_name":"= =","others":"test","appkey":"pojkasouduioadk"},{"username":"bert","note_name":"","others":null}]`}},
			calls: []string{"GET /v1/users/alice/friends"},
			want: []chat.Contact{
				{Ref: chat.Ref{Username: "javen"}, Notes: chat.Notes{NoteName: ptr("= ="), Note: ptr("test")}},
				{Ref: chat.Ref{Username: "bert"}},
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
				`"birthday":"1990-01-24 00:00:00","gender":0,"mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"}]`}},
			calls: []string{"GET /v1/users/alice/blacklist"},
			want:  chat.Refs("javen"),
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
			answers: []answer{{status: 200, body: `[{"devices":[],"username":"caiyh01","statuscode":1,"statusmsg":"no_exist"},` +
				`{"devices":[{"login":true,"online":false,"platform":"a"},{"login":true,"online":true,"platform":"i"}],"username":"busy","statuscode":0},` +
				`{"devices":[{"login":false,"online":false,"platform":"a"}],"username":"Rauly","statuscode":0}]`}},
			calls: []string{`POST /v2/users/statuser ["Rauly","caiyh01","busy","Rauly"]`},
			want:  []chat.Status{chat.Offline, chat.Offline, chat.Online, chat.Offline},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			platform := &script{answers: tt.answers}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				got, err := tt.call(t.Context(), s)
				if err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(tt.want, got, sameCursors); diff != "" {
					t.Errorf("result (-want +got):\n%s", diff)
				}
			})
			if diff := cmp.Diff(tt.calls, platform.Calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if len(platform.Headers) > 0 {
				t.Errorf("wrong headers: %q", platform.Headers)
			}
		})
	}
}

// callsAbout are the calls whose path holds a name.
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
		return only(s.Users.Delete(ctx, []string{name}))
	},
	"GET /v1/users/%s/friends": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.Contacts.List(ctx, name)
		return err
	},
	"POST /v1/users/%s/friends": func(ctx context.Context, s *chat.Service, name string) error {
		return only(s.Contacts.Add(ctx, name, chat.Refs("bert")))
	},
	"DELETE /v1/users/%s/friends": func(ctx context.Context, s *chat.Service, name string) error {
		return only(s.Contacts.Remove(ctx, name, chat.Refs("bert")))
	},
	"PUT /v1/users/%s/friends": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Contacts.SetNotes(ctx, name, chat.Ref{Username: "bert"}, chat.Notes{Note: ptr("x")})
	},
	"GET /v1/users/%s/blacklist": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.Blocks.List(ctx, name)
		return err
	},
	"PUT /v1/users/%s/blacklist": func(ctx context.Context, s *chat.Service, name string) error {
		return only(s.Blocks.Add(ctx, name, chat.Refs("bert")))
	},
	"DELETE /v1/users/%s/blacklist": func(ctx context.Context, s *chat.Service, name string) error {
		return only(s.Blocks.Remove(ctx, name, chat.Refs("bert")))
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

func TestUsersOfOtherApplications(t *testing.T) {
	platform := &script{}
	run(t, platform, func(t *testing.T, s *chat.Service) {
		others := []chat.Ref{{AppKey: "0123456789abcdef01234567", Username: "bert"}}
		for _, change := range []func(context.Context, string, []chat.Ref) ([]error, error){
			s.Contacts.Add, s.Contacts.Remove, s.Blocks.Add, s.Blocks.Remove,
		} {
			_, err := change(t.Context(), "alice", others)
			checkKind(t, err, chat.ErrUnsupported)
		}
	})
	if len(platform.Calls) > 0 {
		t.Errorf("calls were made: %q", platform.Calls)
	}
}

func TestBulkCallsAreBounded(t *testing.T) {
	platform := &script{}
	run(t, platform, func(t *testing.T, s *chat.Service) {
		names := make([]string, 501)
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
			"delete":          {s.Platform.Users.Delete.Items, func(n []string) error { _, err := s.Users.Delete(ctx, n); return err }},
			"add contacts":    {s.Contacts.Limits().Add.Items, func(n []string) error { _, err := s.Contacts.Add(ctx, "alice", chat.Refs(n...)); return err }},
			"remove contacts": {s.Contacts.Limits().Remove.Items, func(n []string) error { _, err := s.Contacts.Remove(ctx, "alice", chat.Refs(n...)); return err }},
			"add blocks":      {s.Blocks.Limits().Add.Items, func(n []string) error { _, err := s.Blocks.Add(ctx, "alice", chat.Refs(n...)); return err }},
			"remove blocks":   {s.Blocks.Limits().Remove.Items, func(n []string) error { _, err := s.Blocks.Remove(ctx, "alice", chat.Refs(n...)); return err }},
			"read statuses":   {s.Statuses.Limit().Items, func(n []string) error { _, err := s.Statuses.Of(ctx, n); return err }},
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

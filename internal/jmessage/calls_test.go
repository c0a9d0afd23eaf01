package jmessage_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/jmessage"
)

// TestCalls compares what each method asks with the platform's document, and feeds
// it the document's answers.
func TestCalls(t *testing.T) {
	beijing := time.FixedZone("", 8*60*60)
	created := time.Date(2015, 1, 1, 0, 0, 0, 0, beijing)
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
	// What a registration answers with holds no time of its own; its Date does.
	registered := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	const none = `{"username":"javen","nickname":"","avatar":null,"gender":2,"birthday":null,"signature":"",
		"extras":"","mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"}`
	fail := func(err error) (any, error) { return nil, err }

	tests := []struct {
		name    string
		call    func(context.Context, *jmessage.Client) (any, error)
		answers []answer
		calls   []string
		want    any
	}{
		{
			name: "register users",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.CreateUsers(ctx, []chat.NewUser{
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
			want: []chat.UserResult{{User: &chat.User{Username: "dev_fang", CreatedAt: registered}}, {User: &chat.User{Username: "javen", CreatedAt: registered}}},
		},
		{
			name: "register nobody",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) { return c.CreateUsers(ctx, nil) },
			want: []chat.UserResult(nil),
		},
		{
			name:    "read a user",
			call:    func(ctx context.Context, c *jmessage.Client) (any, error) { return c.GetUser(ctx, "javen", chat.Basic) },
			answers: []answer{{status: 200, body: javen}},
			calls:   []string{"GET /v1/users/javen"},
			want: &chat.User{Username: "javen", CreatedAt: created, Settings: chat.Settings{
				Nickname: ptr("hello"),
				Profile: &chat.Profile{
					Avatar: ptr("/avatar"), Birthday: ptr("1990-01-24"), Gender: ptr("unknown"), Signature: ptr("orz"),
					Region: ptr("shenzhen"), Address: ptr("shenzhen"), Extras: ptr(`{"key":"value"}`),
				},
			}},
		},
		{
			name:    "empty texts and nulls are unset",
			call:    func(ctx context.Context, c *jmessage.Client) (any, error) { return c.GetUser(ctx, "javen", chat.Basic) },
			answers: []answer{{status: 200, body: none}},
			calls:   []string{"GET /v1/users/javen"},
			want: &chat.User{Username: "javen", CreatedAt: created, Settings: chat.Settings{
				Profile: &chat.Profile{Gender: ptr("female")},
			}},
		},
		{
			name: "a user that shows nothing has an empty profile",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.GetUser(ctx, "a@b.c-d", chat.WithProfile)
			},
			answers: []answer{{status: 200, body: `{"username":"a@b.c-d","mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"}`}},
			calls:   []string{"GET /v1/users/a@b.c-d"},
			want:    &chat.User{Username: "a@b.c-d", CreatedAt: created, Settings: chat.Settings{Profile: &chat.Profile{}}},
		},
		{
			name:    "names are escaped in paths",
			call:    func(ctx context.Context, c *jmessage.Client) (any, error) { return c.Blocks(ctx, "a/b?c d") },
			answers: []answer{{status: 200, body: `[]`}},
			calls:   []string{"GET /v1/users/a%2Fb%3Fc%20d/blacklist"},
			want:    []string{},
		},
		{
			name: "list users",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) { return c.ListUsers(ctx, "1100") },
			answers: []answer{{status: 200, body: `{"total":12580,"start":1100,"count":2,"users":[` +
				`{"username":"cai","nickname":"hello","mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"},` +
				`{"username":"yi","gender":0,"mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"}]}`}},
			calls: []string{"GET /v1/users?count=500&start=1100"},
			want: &chat.UserPage{Total: 12580, Next: "1102", Users: []chat.User{
				{Username: "cai", CreatedAt: created, Settings: chat.Settings{Nickname: ptr("hello")}},
				{Username: "yi", CreatedAt: created, Settings: chat.Settings{Profile: &chat.Profile{Gender: ptr("unknown")}}},
			}},
		},
		{
			name:    "the last page",
			call:    func(ctx context.Context, c *jmessage.Client) (any, error) { return c.ListUsersAt(ctx, 2) },
			answers: []answer{{status: 200, body: `{"total":3,"start":2,"count":1,"users":[{"username":"yi","mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"}]}`}},
			calls:   []string{"GET /v1/users?count=500&start=2"},
			want:    &chat.UserPage{Total: 3, Users: []chat.User{{Username: "yi", CreatedAt: created}}},
		},
		{
			name:    "a page past the end",
			call:    func(ctx context.Context, c *jmessage.Client) (any, error) { return c.ListUsers(ctx, "") },
			answers: []answer{{status: 200, body: `{"total":7,"start":0,"count":0,"users":[]}`}},
			calls:   []string{"GET /v1/users?count=500&start=0"},
			want:    &chat.UserPage{Total: 7, Users: []chat.User{}},
		},
		{
			name: "update a user",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return fail(c.UpdateUser(ctx, "javen", chat.Settings{Nickname: ptr("Hello JMessage")}))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/users/javen {"nickname":"Hello JMessage"}`},
		},
		{
			name: "clear a user",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return fail(c.UpdateUser(ctx, "javen", chat.Settings{Nickname: ptr(""), Profile: &chat.Profile{
					Avatar: ptr(""), Birthday: ptr(""), Gender: ptr(""), Extras: ptr(""), Signature: ptr(""),
				}}))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/users/javen {"nickname":"","avatar":"","birthday":"","gender":0,"signature":"","extras":{}}`},
		},
		{
			name: "update nothing",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return fail(c.UpdateUser(ctx, "javen", chat.Settings{Profile: &chat.Profile{}}))
			},
		},
		{
			name: "change a password",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return fail(c.SetPassword(ctx, "javen", "654321"))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/users/javen/password {"new_password":"654321"}`},
		},
		{
			name: "deactivate, with an answer that was lost although it took effect",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return fail(c.SetActivated(ctx, "javen", false))
			},
			answers: []answer{{status: 500, body: "<html>", html: true}, {status: 204}},
			calls:   []string{"PUT /v1/users/javen/forbidden?disable=true", "PUT /v1/users/javen/forbidden?disable=true"},
		},
		{
			name: "activate",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return fail(c.SetActivated(ctx, "javen", true))
			},
			answers: []answer{{status: 204}},
			calls:   []string{"PUT /v1/users/javen/forbidden?disable=false"},
		},
		{
			name: "delete a user",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.DeleteUsers(ctx, []string{"javen"})
			},
			answers: []answer{{status: 204}},
			calls:   []string{"DELETE /v1/users/javen"},
			want:    []error{nil},
		},
		{
			name: "delete a user that is gone",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.DeleteUsers(ctx, []string{"javen"})
			},
			answers: []answer{refuse(403, 899002)},
			calls:   []string{"DELETE /v1/users/javen"},
			want:    []error{nil},
		},
		{
			name: "delete users",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.DeleteUsers(ctx, []string{"USER1", "USER2"})
			},
			answers: []answer{{status: 200}},
			calls:   []string{`DELETE /v1/users ["USER1","USER2"]`},
			want:    []error{nil, nil},
		},
		{
			name: "list contacts",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) { return c.Contacts(ctx, "alice") },
			answers: []answer{{status: 200, body: `[{"username":"javen","gender":0,"mtime":"2015-01-01 00:00:00",` +
				`"note_name":"= =","others":"test","appkey":"pojkasouduioadk"},{"username":"bert","note_name":"","others":null}]`}},
			calls: []string{"GET /v1/users/alice/friends"},
			want: []chat.Contact{
				{Username: "javen", Notes: chat.Notes{NoteName: ptr("= ="), Note: ptr("test")}},
				{Username: "bert"},
			},
		},
		{
			name: "add contacts",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.AddContacts(ctx, "alice", []string{"user01", "user02"})
			},
			answers: []answer{{status: 201}},
			calls:   []string{`POST /v1/users/alice/friends ["user01","user02"]`},
			want:    []error{nil, nil},
		},
		{
			name: "add a contact that is one",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.AddContacts(ctx, "alice", []string{"bert"})
			},
			answers: []answer{refuse(403, 899070)},
			calls:   []string{`POST /v1/users/alice/friends ["bert"]`},
			want:    []error{nil},
		},
		{
			name: "note of a contact",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return fail(c.UpdateContact(ctx, "alice", "user01", chat.Notes{NoteName: ptr("new note name"), Note: ptr("")}))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/users/alice/friends [{"username":"user01","note_name":"new note name","others":""}]`},
		},
		{
			name: "note nothing",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return fail(c.UpdateContact(ctx, "alice", "user01", chat.Notes{}))
			},
		},
		{
			name: "remove contacts",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.RemoveContacts(ctx, "alice", []string{"user01", "user02"})
			},
			answers: []answer{{status: 204}},
			calls:   []string{`DELETE /v1/users/alice/friends ["user01","user02"]`},
			want:    []error{nil, nil},
		},
		{
			name: "remove a contact that is gone",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.RemoveContacts(ctx, "alice", []string{"bert"})
			},
			answers: []answer{refuse(403, 899002)},
			calls:   []string{`DELETE /v1/users/alice/friends ["bert"]`},
			want:    []error{nil},
		},
		{
			name: "list blocks",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) { return c.Blocks(ctx, "alice") },
			answers: []answer{{status: 200, body: `[{"username":"javen","nickname":"hello","avatar":"/avatar",` +
				`"birthday":"1990-01-24 00:00:00","gender":0,"mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"}]`}},
			calls: []string{"GET /v1/users/alice/blacklist"},
			want:  []string{"javen"},
		},
		{
			name: "add blocks",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.AddBlocks(ctx, "alice", []string{"test1", "test2"})
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/users/alice/blacklist ["test1","test2"]`},
			want:    []error{nil, nil},
		},
		{
			name: "add a block that is there",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.AddBlocks(ctx, "alice", []string{"test1"})
			},
			answers: []answer{refuse(403, 899017)},
			calls:   []string{`PUT /v1/users/alice/blacklist ["test1"]`},
			want:    []error{nil},
		},
		{
			name: "remove blocks",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.RemoveBlocks(ctx, "alice", []string{"test1", "test2"})
			},
			answers: []answer{{status: 204}},
			calls:   []string{`DELETE /v1/users/alice/blacklist ["test1","test2"]`},
			want:    []error{nil, nil},
		},
		{
			name: "remove a block that is gone",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.RemoveBlocks(ctx, "alice", []string{"test1"})
			},
			answers: []answer{refuse(403, 899019)},
			calls:   []string{`DELETE /v1/users/alice/blacklist ["test1"]`},
			want:    []error{nil},
		},
		{
			name: "online statuses",
			call: func(ctx context.Context, c *jmessage.Client) (any, error) {
				return c.Statuses(ctx, []string{"Rauly", "caiyh01", "busy", "Rauly"})
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
			s := &script{answers: tt.answers}
			run(t, s, func(t *testing.T, c *jmessage.Client) {
				got, err := tt.call(t.Context(), c)
				if err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("result (-want +got):\n%s", diff)
				}
			})
			if diff := cmp.Diff(tt.calls, s.Calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if len(s.Stray) > 0 {
				t.Errorf("calls without the credentials: %q", s.Stray)
			}
		})
	}
}

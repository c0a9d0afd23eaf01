package easemob_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/easemob"
	"terraform-provider-chat/internal/rest"
)

func TestConfig(t *testing.T) {
	for _, key := range []string{"", "a", "a#", "#b", "a#b#c", "a b#c", "a/..#c", "org#" + strings.Repeat("x", 33)} {
		if _, _, err := easemob.ParseAppKey(key); !errors.Is(err, chat.ErrInvalid) || !strings.Contains(err.Error(), "org_name#app_name") {
			t.Errorf("ParseAppKey(%q): %v", key, err)
		}
	}
	for _, key := range []string{"chat-demo#testapp", "1112171214115068#Test_App-1", "a#" + strings.Repeat("x", 32)} {
		org, app, err := easemob.ParseAppKey(key)
		if err != nil || org+"#"+app != key {
			t.Errorf("ParseAppKey(%q) = %q, %q, %v", key, org, app, err)
		}
	}
	good := easemob.Config{AppKey: "a#b", Token: "t", REST: rest.Config{BaseURL: "https://host"}}
	if _, err := easemob.New(good); err != nil {
		t.Error(err)
	}
	for _, bad := range []easemob.Config{
		{AppKey: "a", Token: "t", REST: good.REST},
		{AppKey: "a#b", REST: good.REST},
		{AppKey: "a#b", ClientID: "x", REST: good.REST},
		{AppKey: "a#b", ClientSecret: "x", REST: good.REST},
		{AppKey: "a#b", Token: "t"},
	} {
		if _, err := easemob.New(bad); !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	same(t, "data centers", easemob.DataCenters(), []string{"cn1", "cn2", "sgp1", "use1", "fra1"})
	for name, want := range map[string]string{
		"cn1": "https://a1.easemob.com", "cn2": "https://a31.easemob.com", "sgp1": "https://a1-sgp.easemob.com",
		"use1": "https://a41.easemob.com", "fra1": "https://a51.easemob.com", "mars": "",
	} {
		if got, ok := easemob.DataCenterURL(name); got != want || ok != (want != "") {
			t.Errorf("DataCenterURL(%q) = %q, %v", name, got, ok)
		}
	}
}

func TestNewMakesNoRequest(t *testing.T) {
	var calls atomic.Int64
	connect(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	if calls.Load() > 0 {
		t.Error("New makes a request")
	}
}

func TestPlatform(t *testing.T) {
	service := connect(t, &platform{})
	p := service.Platform
	if p.Name != "easemob" || p.Title != "the Chat Platform API (Easemob)" || p.AppKey != "chat-demo#testapp" {
		t.Errorf("%q, %q, %q", p.Name, p.Title, p.AppKey)
	}
	if p.UserKey("AnN") != p.UserKey("aNn") || p.UserKey("ann") == p.UserKey("bob") {
		t.Error("names are not compared without case")
	}
	if p.ClockGrain <= 0 || p.ClockGrain > time.Second {
		t.Errorf("times are compared to %s, but the platform writes milliseconds", p.ClockGrain)
	}
	same(t, "registration", p.Users.Create, chat.Limit{Items: 60, Bytes: 5000})
	same(t, "deletion", p.Users.Delete, chat.Limit{Items: 1})
	same(t, "page", p.Users.Page, 100)
	same(t, "profiles", p.Users.ReadsProfile, true)
	same(t, "profiles", service.Profiles.Limit(), chat.Limit{Items: 100, Bytes: 4800})
	same(t, "contacts", service.Contacts.Limits(), chat.EdgeLimits{Add: chat.Limit{Items: 1}, Remove: chat.Limit{Items: 1}, Mutual: true})
	same(t, "blocks", service.Blocks.Limits(), chat.EdgeLimits{Add: chat.Limit{Items: 60, Bytes: 5000}, Remove: chat.Limit{Items: 1}})
	same(t, "statuses", service.Statuses.Limit(), chat.Limit{Items: 100, Bytes: 5000})
	if service.ContactNotes == nil || service.Quiet == nil || service.Messages == nil || service.Tokens == nil || service.Sessions == nil || service.OfflineMessages == nil || service.Pacer == nil || service.Grace == nil {
		t.Errorf("a member is missing: %+v", service)
	}
}

// Every method of every member makes the call that the document describes, over a
// network and with the headers that it asks for, and understands the document's answer.
func TestCalls(t *testing.T) {
	const put = `{"action":"put","application":"8be024f0-e978-11e8-b697-5d598d5f8402","path":"/users","uri":"https://a1.easecdn.com/chat-demo/testapp/users","entities":[{"uuid":"4759aa70-eba5-11e8-925f-6fa0510823ba","type":"user","created":1542595573399,"modified":1542596083687,"username":"user1","activated":true,"nickname":"testuser"}],"timestamp":1542596083685,"duration":6,"organization":"chat-demo","applicationName":"testapp"}`
	const entity = `{"action":"delete","entities":[{"uuid":"ab90eff0-f1f6-11e8-9b8b-0f0dba3ef7a0","type":"user","username":"user2","activated":true}],"timestamp":1542867601595}`
	nothing := func(err error) (any, error) { return nil, err }

	tests := []struct {
		name string
		call func(context.Context, *chat.Service) (any, error)
		// request is the call without the one for the token, empty if there is none.
		request string
		answer  string
		want    any
	}{
		{
			name: "register one user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				results, err := s.Users.Create(ctx, []chat.NewUser{{Username: "User1", Password: "123", Nickname: ptr("测试用户")}})
				return uuids(results), err
			},
			request: `POST /users {"username":"user1","password":"123","nickname":"测试用户"}`,
			answer:  `{"action":"post","path":"/users","entities":[{"uuid":"0ffe2d80-ed76-11e8-8d66-279e3e1c214b","type":"user","created":1542795196504,"modified":1542795196504,"username":"user1","activated":true,"nickname":"testuser"}],"timestamp":1542795196515,"duration":0}`,
			want:    []string{"user1 0ffe2d80-ed76-11e8-8d66-279e3e1c214b"},
		},
		{
			name: "register several users",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				results, err := s.Users.Create(ctx, []chat.NewUser{{Username: "user1", Password: "123"}, {Username: "USER2", Password: "<&>"}})
				return uuids(results), err
			},
			request: `POST /users [{"username":"user1","password":"123"},{"username":"user2","password":"<&>"}]`,
			answer:  `{"action":"post","path":"/users","entities":[{"uuid":"278b5e60-e27b-11e8-8f9b-d5d83ebec806","username":"user1"},{"uuid":"278bac80-e27b-11e8-b192-73e4cd5078a5","username":"user2"}],"data":[],"timestamp":1541587920714}`,
			want:    []string{"user1 278b5e60-e27b-11e8-8f9b-d5d83ebec806", "user2 278bac80-e27b-11e8-b192-73e4cd5078a5"},
		},
		{
			name: "register nobody",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Users.Create(ctx, nil) },
			want: []chat.UserResult(nil),
		},
		{
			name: "read a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				user, err := s.Users.Get(ctx, "USER1", chat.Basic)
				return user.Username, err
			},
			request: "GET /users/user1",
			answer:  `{"action":"get","path":"/users","entities":[{"uuid":"4759aa70-eba5-11e8-925f-6fa0510823ba","username":"user1"}],"timestamp":1542596083685,"count":1}`,
			want:    "user1",
		},
		{
			name: "list users",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				page, err := s.Users.List(ctx, "")
				return page.Next, err
			},
			request: "GET /users?limit=100",
			answer:  `{"action":"get","params":{"limit":["100"]},"path":"/users","entities":[],"timestamp":1542558467056,"cursor":"LTgzNDAxMjM3OToxTEFRaFNHMEVlaVphOWREOUNuNnd3","count":0}`,
			want:    "LTgzNDAxMjM3OToxTEFRaFNHMEVlaVphOWREOUNuNnd3",
		},
		{
			name: "list more users",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				page, err := s.Users.List(ctx, "LTgz+/=&")
				return page.Next, err
			},
			request: "GET /users?cursor=LTgz%2B%2F%3D%26&limit=100",
			answer:  `{"action":"get","entities":[]}`,
			want:    "",
		},
		{
			name: "update a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.Update(ctx, "user1", chat.Settings{Nickname: ptr("<Ann>"), Push: &chat.Push{
					DisplayStyle: ptr("detail"), DoNotDisturb: ptr(true), Start: ptr(int64(0)), End: ptr(int64(23)),
				}}))
			},
			request: `PUT /users/user1 {"nickname":"<Ann>","notification_display_style":"1","notification_no_disturbing":true,"notification_no_disturbing_end":"23","notification_no_disturbing_start":"0"}`,
			answer:  put,
		},
		{
			name: "clear a nickname",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.Update(ctx, "user1", chat.Settings{Nickname: ptr("")}))
			},
			request: `PUT /users/user1 {"nickname":""}`,
			answer:  put,
		},
		{
			name: "update one of the push settings",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.Update(ctx, "user1", chat.Settings{Push: &chat.Push{DisplayStyle: ptr("summary")}}))
			},
			request: `PUT /users/user1 {"notification_display_style":"0"}`,
			answer:  put,
		},
		{
			name: "turn do-not-disturb off",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.Update(ctx, "user1", chat.Settings{Push: &chat.Push{DoNotDisturb: ptr(false)}}))
			},
			request: `PUT /users/user1 {"notification_no_disturbing":false}`,
			answer:  put,
		},
		{
			name: "update nothing",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(errors.Join(s.Users.Update(ctx, "user1", chat.Settings{}), s.Users.Update(ctx, "user1", chat.Settings{Push: &chat.Push{}})))
			},
		},
		{
			name: "change a password",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.SetPassword(ctx, "User1", "pa&ss"))
			},
			request: `PUT /users/user1/password {"newpassword":"pa&ss"}`,
			answer:  `{"action":"set user password","timestamp":1542595598924,"duration":8}`,
		},
		{
			name: "deactivate a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.SetActivated(ctx, "User1", false))
			},
			request: "POST /users/user1/deactivate",
			answer:  `{"action":"Deactivate user","entities":[{"uuid":"4759aa70-eba5-11e8-925f-6fa0510823ba","username":"user1","activated":false}],"timestamp":1542602157258,"duration":12}`,
		},
		{
			name: "activate a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Users.SetActivated(ctx, "User1", true))
			},
			request: "POST /users/user1/activate",
			answer:  `{"action":"activate user","timestamp":1542602404132,"duration":9}`,
		},
		{
			name: "delete a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Users.Delete(ctx, []string{"User2"})
			},
			request: "DELETE /users/user2",
			answer:  entity,
			want:    []error{nil},
		},
		{
			name: "delete nobody",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Users.Delete(ctx, nil) },
			want: []error(nil),
		},
		{
			name:    "list contacts",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Contacts.List(ctx, "User1") },
			request: "GET /users/user1/contacts/users",
			answer:  `{"action":"get","uri":"http://a1.easecdn.com/chat-demo/testapp/users/user1/contacts/users","entities":[],"data":["user3","user2"],"timestamp":1543819826513,"duration":12,"count":2}`,
			want:    []chat.Contact{{Ref: chat.Ref{Username: "user3"}}, {Ref: chat.Ref{Username: "user2"}}},
		},
		{
			name: "add a contact",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Contacts.Add(ctx, "User1", chat.Refs("User2"))
			},
			request: "POST /users/user1/contacts/users/user2",
			answer:  entity,
			want:    []error{nil},
		},
		{
			name: "remove a contact",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Contacts.Remove(ctx, "User1", chat.Refs("User2"))
			},
			request: "DELETE /users/user1/contacts/users/user2",
			answer:  entity,
			want:    []error{nil},
		},
		{
			name: "add and remove no contact, and note nothing",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				added, err := s.Contacts.Add(ctx, "user1", nil)
				removed, err2 := s.Contacts.Remove(ctx, "user1", nil)
				return len(added) + len(removed), errors.Join(err, err2, s.Contacts.SetNotes(ctx, "user1", chat.Ref{Username: "user2"}, chat.Notes{}))
			},
			want: 0,
		},
		{
			name:    "list blocks",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Blocks.List(ctx, "User1") },
			request: "GET /users/user1/blocks/users",
			answer:  `{"action":"get","uri":"http://a1.easecdn.com/chat-demo/testapp/users/user1/blocks/users","entities":[],"data":["user2"],"timestamp":1542599978751,"duration":4,"count":1}`,
			want:    chat.Refs("user2"),
		},
		{
			name: "add blocks",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Blocks.Add(ctx, "User1", chat.Refs("User2", "user3"))
			},
			request: `POST /users/user1/blocks/users {"usernames":["user2","user3"]}`,
			answer:  `{"action":"post","uri":"https://a1.easecdn.com/chat-demo/testapp","entities":[],"data":["user2","user3"],"timestamp":1542600372046,"duration":11}`,
			want:    []error{nil, nil},
		},
		{
			name: "remove a block",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Blocks.Remove(ctx, "User1", chat.Refs("User2"))
			},
			request: "DELETE /users/user1/blocks/users/user2",
			answer:  entity,
			want:    []error{nil},
		},
		{
			name: "add and remove no block",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				added, err := s.Blocks.Add(ctx, "user1", nil)
				removed, err2 := s.Blocks.Remove(ctx, "user1", nil)
				return len(added) + len(removed), errors.Join(err, err2)
			},
			want: 0,
		},
		{
			name: "read who is online",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Statuses.Of(ctx, []string{"user1", "User2", "user1"})
			},
			request: `POST /users/batch/status {"usernames":["user1","user2","user1"]}`,
			answer:  `{"action":"get batch user status","data":[{"user2":"online"},{"user1":"offline"},{"user1":"offline"}],"timestamp":1552280231926,"duration":4}`,
			want:    []chat.Status{chat.Offline, chat.Online, chat.Offline},
		},
		{
			name: "read whether nobody is online",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Statuses.Of(ctx, nil) },
			want: []chat.Status(nil),
		},
		{
			name: "disconnect a user",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Sessions.Disconnect(ctx, "User1"))
			},
			request: "GET /users/user1/disconnect",
			answer:  `{"action":"get","entities":[],"data":{"result":true},"timestamp":1542602601332,"duration":6,"count":0}`,
		},
		{
			name:    "count offline messages",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.OfflineMessages.Count(ctx, "User1") },
			request: "GET /users/user1/offline_msg_count",
			answer:  `{"action":"get","entities":[],"data":{"user1":7},"timestamp":1542601518137,"duration":3,"count":0}`,
			want:    int64(7),
		},
		{
			name: "read the status of an offline message",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.OfflineMessages.Status(ctx, "User1", "123")
			},
			request: "GET /users/user1/offline_msg_status/123",
			answer:  `{"action":"get","entities":[],"data":{"123":"undelivered"},"timestamp":1542601830084,"duration":5,"count":0}`,
			want:    "undelivered",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &platform{}
			var requests []string
			if tt.request != "" {
				requests = []string{tt.request}
				method, rest, _ := strings.Cut(tt.request, " ")
				target, _, _ := strings.Cut(rest, " ")
				p.answers = map[string][]reply{method + " " + target: {{body: tt.answer}}}
			}
			server := httptest.NewServer(p)
			defer server.Close()
			got, err := tt.call(t.Context(), connect(t, nil, network(server)))
			if err != nil {
				t.Error(err)
			}
			same(t, "result", got, tt.want)
			same(t, "calls", p.sent(), requests)
			same(t, "wrong headers", p.headers, []string(nil))
			if asked := slices.Index(p.calls, `POST /token {"client_id":"demo-client-id","client_secret":"demo-client-secret","grant_type":"client_credentials"}`); tt.request != "" && asked != 0 {
				t.Errorf("the token is not asked for first: %q", p.calls)
			}
		})
	}
}

// uuids are the names and identifiers of registered users, or their errors.
func uuids(results []chat.UserResult) []string {
	var list []string
	for _, r := range results {
		if r.Err != nil {
			list = append(list, r.Err.Error())
			continue
		}
		list = append(list, r.User.Username+" "+r.User.UUID)
	}
	return list
}

// callsAbout are the calls whose path holds a name.
var callsAbout = map[string]func(ctx context.Context, s *chat.Service, name string) error{
	"GET /users/%s": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.Users.Get(ctx, name, chat.Basic)
		return err
	},
	"PUT /users/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Users.Update(ctx, name, chat.Settings{Nickname: ptr("x")})
	},
	"PUT /users/%s/password": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Users.SetPassword(ctx, name, "pw")
	},
	"POST /users/%s/activate": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Users.SetActivated(ctx, name, true)
	},
	"POST /users/%s/deactivate": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Users.SetActivated(ctx, name, false)
	},
	"DELETE /users/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Users.Delete(ctx, []string{name}))
	},
	"GET /users/%s/contacts/users": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.Contacts.List(ctx, name)
		return err
	},
	"POST /users/%s/contacts/users/bob": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Contacts.Add(ctx, name, chat.Refs("bob")))
	},
	"POST /users/ann/contacts/users/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Contacts.Add(ctx, "ann", chat.Refs(name)))
	},
	"DELETE /users/%s/contacts/users/bob": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Contacts.Remove(ctx, name, chat.Refs("bob")))
	},
	"DELETE /users/ann/contacts/users/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Contacts.Remove(ctx, "ann", chat.Refs(name)))
	},
	"GET /users/%s/blocks/users": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.Blocks.List(ctx, name)
		return err
	},
	"POST /users/%s/blocks/users": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Blocks.Add(ctx, name, chat.Refs("bob")))
	},
	"DELETE /users/%s/blocks/users/bob": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Blocks.Remove(ctx, name, chat.Refs("bob")))
	},
	"DELETE /users/ann/blocks/users/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.Blocks.Remove(ctx, "ann", chat.Refs(name)))
	},
	"GET /users/%s/disconnect": func(ctx context.Context, s *chat.Service, name string) error { return s.Sessions.Disconnect(ctx, name) },
	"GET /users/%s/offline_msg_count": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.OfflineMessages.Count(ctx, name)
		return err
	},
	"GET /users/%s/offline_msg_status/1": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.OfflineMessages.Status(ctx, name, "1")
		return err
	},
	"GET /users/ann/offline_msg_status/%s": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.OfflineMessages.Status(ctx, "ann", name)
		return err
	},
	"PUT /metadata/user/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Profiles.Set(ctx, name, chat.Profile{Birthday: ptr("")})
	},
	"PUT /user/%s/contacts/users/bob": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Contacts.SetNotes(ctx, name, chat.Ref{Username: "bob"}, chat.Notes{NoteName: ptr("B")})
	},
	"PUT /user/ann/contacts/users/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Contacts.SetNotes(ctx, "ann", chat.Ref{Username: name}, chat.Notes{NoteName: ptr("B")})
	},
	"GET /user/%s/contacts?limit=50&needReturnRemark=true": func(ctx context.Context, s *chat.Service, name string) error {
		_, err := s.ContactNotes.Of(ctx, name)
		return err
	},
	"PUT /users/%s/notification/user/bob": func(ctx context.Context, s *chat.Service, name string) error {
		return s.Quiet.Set(ctx, name, chat.QuietTarget{Contact: chat.Ref{Username: "bob"}}, true)
	},
	"GET /chatgroups/%s": func(ctx context.Context, s *chat.Service, id string) error {
		_, err := s.Groups.Get(ctx, []string{id})
		return err
	},
	"PUT /chatgroups/%s": func(ctx context.Context, s *chat.Service, id string) error {
		return s.Groups.Update(ctx, id, chat.GroupSettings{Name: ptr("n")})
	},
	"DELETE /chatgroups/%s": func(ctx context.Context, s *chat.Service, id string) error { return s.Groups.Delete(ctx, id) },
	"GET /chatgroups/%s/announcement": func(ctx context.Context, s *chat.Service, id string) error {
		_, err := s.Groups.Announcement(ctx, id)
		return err
	},
	"GET /chatgroups/%s/users?pagenum=1&pagesize=100": func(ctx context.Context, s *chat.Service, id string) error {
		_, err := s.GroupMembers.List(ctx, id)
		return err
	},
	"POST /chatgroups/%s/users": func(ctx context.Context, s *chat.Service, id string) error {
		return chat.Single(s.GroupMembers.Add(ctx, id, chat.Refs("bob")))
	},
	"DELETE /chatgroups/%s/users/bob": func(ctx context.Context, s *chat.Service, id string) error {
		return chat.Single(s.GroupMembers.Remove(ctx, id, chat.Refs("bob")))
	},
	"DELETE /chatgroups/1/users/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.GroupMembers.Remove(ctx, "1", chat.Refs(name)))
	},
	"DELETE /chatgroups/1/mute/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.GroupMembers.Set(ctx, "1", chat.Muted, chat.Refs(name), false))
	},
	"DELETE /chatgroups/1/admin/%s": func(ctx context.Context, s *chat.Service, name string) error {
		return chat.Single(s.GroupMembers.Set(ctx, "1", chat.Admin, chat.Refs(name), false))
	},
	"GET /chatrooms/%s": func(ctx context.Context, s *chat.Service, id string) error {
		_, err := s.RoomMembers.List(ctx, id)
		return err
	},
}

func TestNamesAreEscapedAndNeverEmpty(t *testing.T) {
	for call, do := range callsAbout {
		p := &platform{}
		service := connect(t, p)
		_ = do(t.Context(), service, "a/b?c#%2f é") // what the platform answers does not matter
		method, path, _ := strings.Cut(call, " ")
		want := method + " " + fmt.Sprintf(path, "a%2Fb%3Fc%23%252f%20%C3%A9")
		if sent := p.sent(); len(sent) != 1 || sent[0] != want && !strings.HasPrefix(sent[0], want+" ") {
			t.Errorf("sent %q, want %q", sent, want)
		}
		for _, name := range []string{"", ".", ".."} {
			if err := do(t.Context(), service, name); !hasKind(err, chat.ErrInvalid) {
				t.Errorf("%s with the name %q: %v", call, name, err)
			}
		}
		if n := len(p.sent()); n != 1 {
			t.Errorf("%s: %d calls, want 1", call, n)
		}
	}
}

func TestUsersOfOtherApplications(t *testing.T) {
	p := &platform{}
	service := connect(t, p)
	others := []chat.Ref{{AppKey: "other#app", Username: "bob"}}
	for what, change := range map[string]func(context.Context, string, []chat.Ref) ([]error, error){
		"add a contact": service.Contacts.Add, "remove a contact": service.Contacts.Remove,
		"add a block": service.Blocks.Add, "remove a block": service.Blocks.Remove,
	} {
		if err := chat.Single(change(t.Context(), "ann", others)); !hasKind(err, chat.ErrUnsupported) ||
			!strings.Contains(err.Error(), "The Chat Platform API (Easemob) does not support users of other applications.") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if len(p.calls) > 0 {
		t.Errorf("calls were made: %q", p.calls)
	}
}

func TestBulkCallsAreBounded(t *testing.T) {
	p := &platform{}
	service := connect(t, p)
	ctx := t.Context()
	names := func(n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("user%d", i)
		}
		return list
	}
	users := func(n, length int) []chat.NewUser {
		var list []chat.NewUser
		for _, name := range names(n) {
			list = append(list, chat.NewUser{Username: name, Password: strings.Repeat("p", length)})
		}
		return list
	}
	for what, call := range map[string]func() error{
		"register": func() error {
			_, err := service.Users.Create(ctx, users(service.Platform.Users.Create.Items+1, 1))
			return err
		},
		"register with long passwords": func() error { _, err := service.Users.Create(ctx, users(60, 64)); return err },
		"delete": func() error {
			_, err := service.Users.Delete(ctx, names(service.Platform.Users.Delete.Items+1))
			return err
		},
		"add contacts": func() error {
			_, err := service.Contacts.Add(ctx, "ann", chat.Refs(names(service.Contacts.Limits().Add.Items+1)...))
			return err
		},
		"remove contacts": func() error {
			_, err := service.Contacts.Remove(ctx, "ann", chat.Refs(names(service.Contacts.Limits().Remove.Items+1)...))
			return err
		},
		"add blocks": func() error {
			_, err := service.Blocks.Add(ctx, "ann", chat.Refs(names(service.Blocks.Limits().Add.Items+1)...))
			return err
		},
		"remove blocks": func() error {
			_, err := service.Blocks.Remove(ctx, "ann", chat.Refs(names(service.Blocks.Limits().Remove.Items+1)...))
			return err
		},
		"read statuses": func() error {
			_, err := service.Statuses.Of(ctx, names(service.Statuses.Limit().Items+1))
			return err
		},
	} {
		if err := call(); !hasKind(err, chat.ErrTooLarge) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if len(p.calls) > 0 {
		t.Errorf("calls were made: %q", p.calls)
	}
}

func TestNoSecretIsQuoted(t *testing.T) {
	const canary = "canary-4711"
	// A platform that repeats all it was sent, in every kind of answer.
	for _, status := range []int{200, 302, 400, 401, 403, 404, 413, 429, 500, 503} {
		for _, kind := range []string{"json", "html", "cut", "drop"} {
			synctest.Test(t, func(t *testing.T) {
				var quoted []string
				var mu sync.Mutex
				service := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					if strings.HasSuffix(r.URL.Path, "/token") && strings.Contains(string(body), "client_credentials") && status != 401 && status != 403 {
						_, _ = io.WriteString(w, `{"access_token":"`+canary+`-token","expires_in":"3600"}`)
						return
					}
					said := string(body) + r.Header.Get("Authorization")
					w.Header().Set("Location", "http://x/"+canary+"-client")
					w.WriteHeader(status)
					switch kind {
					case "json":
						encoded, err := json.Marshal(said)
						if err != nil {
							t.Error(err)
						}
						_, _ = fmt.Fprintf(w, `{"error":%s,"error_description":%s,"data":[{"username":"ann","registerUserFailReason":%s}]}`, encoded, encoded, encoded)
					case "html":
						_, _ = io.WriteString(w, "<p>"+said+"</p>")
					case "cut":
						_, _ = io.WriteString(w, `{"entities":["`+said)
					case "drop":
						panic(http.ErrAbortHandler)
					}
				}), func(config *easemob.Config) {
					config.ClientSecret = canary + "-client"
					config.REST.MaxRetries = 1
					config.REST.Log = func(_ context.Context, _ slog.Level, msg string, fields map[string]any) {
						mu.Lock()
						defer mu.Unlock()
						quoted = append(quoted, fmt.Sprint(msg, fields))
					}
				})
				quote := func(err error) {
					for ; err != nil; err = errors.Unwrap(err) {
						quoted = append(quoted, fmt.Sprintf("%v %+v %#v", err, err, err))
					}
				}
				ctx := t.Context()
				for _, users := range [][]chat.NewUser{
					{{Username: "ann", Password: canary + "-one"}},
					{{Username: "ann", Password: canary + "-two"}, {Username: "bob", Password: canary + "-three"}},
				} {
					results, err := service.Users.Create(ctx, users)
					quote(err)
					for _, result := range results {
						quote(result.Err)
					}
				}
				quote(service.Users.SetPassword(ctx, "ann", canary+"-four"))
				_, err := service.Tokens.ForUser(ctx, "ann", canary+"-five", time.Hour)
				quote(err)
				if len(quoted) < 4 {
					t.Errorf("status %d, %s: only %q", status, kind, quoted)
				}
				for _, text := range quoted {
					if strings.Contains(text, canary) {
						t.Errorf("status %d, %s: a secret in %s", status, kind, text)
					}
				}
			})
		}
	}
}

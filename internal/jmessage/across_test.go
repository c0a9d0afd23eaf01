package jmessage_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/emulator"
)

// otherKey and thirdKey are other applications.
const (
	otherKey = "0123456789abcdef01234567"
	thirdKey = "0123456789abcdef0123456a"
)

// foreign names users of another application, by a key in upper case.
func foreign(names ...string) []chat.Ref {
	refs := chat.Refs(names...)
	for i := range refs {
		refs[i].AppKey = strings.ToUpper(otherKey)
	}
	return refs
}

// others are the same users as lists name them.
func others(names ...string) []chat.Ref {
	refs := foreign(names...)
	for i := range refs {
		refs[i].AppKey = otherKey
	}
	return refs
}

func TestCallsAcrossApplications(t *testing.T) {
	mixed := append(foreign("user01", "user02"), chat.Ref{AppKey: thirdKey, Username: "user01"}, chat.Ref{AppKey: otherKey, Username: "user03"})
	const both = `[{"appkey":"0123456789abcdef01234567","%[1]s":["user01","user02","user03"]},{"appkey":"0123456789abcdef0123456a","%[1]s":["user01"]}]`
	list := `[{"username":"javen","nickname":"hello","mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00","appkey":"` + strings.ToUpper(otherKey) + `"}]`
	checkCalls(t, []callTest{
		{
			name: "add members to a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.GroupMembers.Add(ctx, "12345", mixed)
			},
			answers: []answer{{status: 204}},
			calls:   []string{"POST /v1/cross/groups/12345/members " + fmt.Sprintf(both, "add")},
			want:    []error{nil, nil, nil, nil},
		},
		{
			name: "remove members from a group",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.GroupMembers.Remove(ctx, "12345", mixed)
			},
			answers: []answer{{status: 204}},
			calls:   []string{"POST /v1/cross/groups/12345/members " + fmt.Sprintf(both, "remove")},
			want:    []error{nil, nil, nil, nil},
		},
		{
			name:    "add members to a room",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.RoomMembers.Add(ctx, "7", mixed) },
			answers: []answer{{status: 204}},
			calls:   []string{"POST /v1/cross/chatroom/7/members " + fmt.Sprintf(both, "add")},
			want:    []error{nil, nil, nil, nil},
		},
		{
			name:    "remove members from a room",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.RoomMembers.Remove(ctx, "7", mixed) },
			answers: []answer{{status: 204}},
			calls:   []string{"POST /v1/cross/chatroom/7/members " + fmt.Sprintf(both, "remove")},
			want:    []error{nil, nil, nil, nil},
		},
		{
			name:    "add blocks",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Blocks.Add(ctx, "alice", mixed) },
			answers: []answer{{status: 204}},
			calls:   []string{"PUT /v1/cross/users/alice/blacklist " + fmt.Sprintf(both, "usernames")},
			want:    []error{nil, nil, nil, nil},
		},
		{
			name:    "remove blocks",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Blocks.Remove(ctx, "alice", mixed) },
			answers: []answer{{status: 204}},
			calls:   []string{"DELETE /v1/cross/users/alice/blacklist " + fmt.Sprintf(both, "usernames")},
			want:    []error{nil, nil, nil, nil},
		},
		{
			name: "add contacts",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Contacts.Add(ctx, "alice", foreign("user01", "user02"))
			},
			answers: []answer{{status: 201}},
			calls:   []string{`POST /v1/cross/users/alice/friends {"appkey":"0123456789abcdef01234567","users":["user01","user02"]}`},
			want:    []error{nil, nil},
		},
		{
			name: "add a contact that is one",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Contacts.Add(ctx, "alice", foreign("user01"))
			},
			answers: []answer{refuse(403, 899070)},
			calls:   []string{`POST /v1/cross/users/alice/friends {"appkey":"0123456789abcdef01234567","users":["user01"]}`},
			want:    []error{nil},
		},
		{
			name: "remove contacts",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Contacts.Remove(ctx, "alice", foreign("user01", "user02"))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`DELETE /v1/cross/users/alice/friends {"appkey":"0123456789abcdef01234567","users":["user01","user02"]}`},
			want:    []error{nil, nil},
		},
		{
			name: "note of a contact",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return nothing(s.Contacts.SetNotes(ctx, "alice", foreign("user01")[0], chat.Notes{NoteName: ptr("new note name"), Note: ptr("")}))
			},
			answers: []answer{{status: 204}},
			calls:   []string{`PUT /v1/cross/users/alice/friends [{"appkey":"0123456789abcdef01234567","username":"user01","note_name":"new note name","others":""}]`},
		},
		{
			name: "the own key names no other application",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.GroupMembers.Add(ctx, "7", []chat.Ref{{AppKey: " " + strings.ToUpper(appKey), Username: "alice"}, {Username: "bert"}})
			},
			answers: []answer{{status: 204}},
			calls:   []string{`POST /v1/groups/7/members {"add":["alice","bert"]}`},
			want:    []error{nil, nil},
		},
		{
			name: "remove a user of an application that does not exist",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				var all []error
				for _, remove := range removals(s) {
					errs, err := remove(ctx, "7", foreign("user01"))
					all = append(append(all, errs...), err)
				}
				return all, nil
			},
			answers: []answer{refuse(400, 899009), refuse(400, 899009), refuse(400, 899009), refuse(400, 899009)},
			calls: []string{
				`DELETE /v1/cross/users/7/friends {"appkey":"0123456789abcdef01234567","users":["user01"]}`,
				`DELETE /v1/cross/users/7/blacklist [{"appkey":"0123456789abcdef01234567","usernames":["user01"]}]`,
				`POST /v1/cross/groups/7/members [{"appkey":"0123456789abcdef01234567","remove":["user01"]}]`,
				`POST /v1/cross/chatroom/7/members [{"appkey":"0123456789abcdef01234567","remove":["user01"]}]`,
			},
			want: []error{nil, nil, nil, nil, nil, nil, nil, nil},
		},
		{
			name: "a list across applications without users of the own one",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Blocks.List(ctx, "alice") },
			answers: []answer{
				{status: 200, body: list}, {status: 200, body: `[{"username":"bert","mtime":"2015-01-01 00:00:00","ctime":"2015-01-01 00:00:00"}]`},
			},
			calls: []string{"GET /v1/cross/users/alice/blacklist", "GET /v1/users/alice/blacklist"},
			want:  []chat.Ref{{Username: "bert"}, {AppKey: otherKey, Username: "javen"}},
		},
		{
			name:    "a group that has only members of other applications",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.GroupMembers.List(ctx, "7") },
			answers: []answer{{status: 200, body: list}, refuse(403, 899021)},
			calls:   []string{"GET /v1/cross/groups/7/members", "GET /v1/groups/7/members"},
			want:    []chat.Member{{Ref: chat.Ref{AppKey: otherKey, Username: "javen"}}},
		},
		{
			name: "an application that may not see others, which is asked once",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				blocked, err := s.Blocks.List(ctx, "alice")
				if err != nil {
					return nil, err
				}
				members, err := s.GroupMembers.List(ctx, "7")
				return []any{blocked, members}, err
			},
			answers: []answer{refuse(403, 899020), {status: 200, body: `[{"username":"bert"}]`}, {status: 200, body: `[{"username":"tom","flag":1}]`}},
			calls:   []string{"GET /v1/cross/users/alice/blacklist", "GET /v1/users/alice/blacklist", "GET /v1/groups/7/members"},
			want:    []any{chat.Refs("bert"), []chat.Member{{Ref: chat.Ref{Username: "tom"}, Owner: true}}},
		},
		{
			name:    "a platform without the call",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Blocks.List(ctx, "alice") },
			answers: []answer{{status: 404, body: "<html>", html: true}, {status: 200, body: `[{"username":"bert"}]`}},
			calls:   []string{"GET /v1/cross/users/alice/blacklist", "GET /v1/users/alice/blacklist"},
			want:    chat.Refs("bert"),
		},
		{
			name:    "a user who blocks nobody",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Blocks.List(ctx, "alice") },
			answers: []answer{{status: 200, body: `[]`}, {status: 200, body: `[]`}},
			calls:   []string{"GET /v1/cross/users/alice/blacklist", "GET /v1/users/alice/blacklist"},
			want:    []chat.Ref{},
		},
	})
}

func additions(s *chat.Service) []func(context.Context, string, []chat.Ref) ([]error, error) {
	return []func(context.Context, string, []chat.Ref) ([]error, error){s.Contacts.Add, s.Blocks.Add, s.GroupMembers.Add, s.RoomMembers.Add}
}

func removals(s *chat.Service) []func(context.Context, string, []chat.Ref) ([]error, error) {
	return []func(context.Context, string, []chat.Ref) ([]error, error){s.Contacts.Remove, s.Blocks.Remove, s.GroupMembers.Remove, s.RoomMembers.Remove}
}

// Users of different applications that do not fit into one call are refused without a
// call, so that smaller ones can be made.
func TestUsersOfDifferentApplications(t *testing.T) {
	platform := &script{}
	run(t, platform, func(t *testing.T, s *chat.Service) {
		for _, change := range append(additions(s), removals(s)...) {
			_, err := change(t.Context(), "7", append(foreign("bert"), chat.Refs("alice")...))
			checkKind(t, err, chat.ErrTooLarge)
		}
		_, err := s.Contacts.Add(t.Context(), "alice", append(foreign("bert"), chat.Ref{AppKey: thirdKey, Username: "bert"}))
		checkKind(t, err, chat.ErrTooLarge)
	})
	if len(platform.Calls) > 0 {
		t.Errorf("calls were made: %q", platform.Calls)
	}
}

// The codes that only calls across applications are answered with.
func TestCodesAcrossApplications(t *testing.T) {
	for _, tt := range []struct {
		status, code int
		kind         error
		says         string
	}{
		{400, 899009, chat.ErrNotFound, "there is no application with this key"},
		{403, 899020, chat.ErrInvalid, "this application has no access to users of that one"},
		{403, 899021, chat.ErrInvalid, "the user is one of another application"},
		{403, 899002, chat.ErrNotFound, "the platform's words"},
	} {
		run(t, &script{repeat: refuse(tt.status, tt.code)}, func(t *testing.T, s *chat.Service) {
			ctx := t.Context()
			errs := []error{s.Contacts.SetNotes(ctx, "alice", foreign("bert")[0], chat.Notes{Note: ptr("")})}
			for _, add := range additions(s) {
				errs = append(errs, chat.Single(add(ctx, "7", foreign("bert"))))
			}
			for _, remove := range removals(s) {
				errs = append(errs, chat.Single(remove(ctx, "7", foreign("bert", "carl"))))
			}
			for _, err := range errs {
				checkKind(t, err, tt.kind)
				if !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), `"bert/`+strings.ToUpper(otherKey)+`"`) {
					t.Errorf("got %q, want it to name the user and to say %q", err, tt.says)
				}
			}
		})
	}
}

// registerElsewhere registers users of another application.
func registerElsewhere(t *testing.T, e http.Handler, names ...string) {
	t.Helper()
	for _, name := range names {
		r := httptest.NewRequest(http.MethodPost, "/v1/users/", strings.NewReader(`[{"username":"`+name+`","password":"password"}]`))
		r.SetBasicAuth(otherKey, masterSecret)
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code != http.StatusCreated {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}

func TestEmulatedApplications(t *testing.T) {
	e := emulator.New(emulator.Options{Apps: []emulator.App{{Platform: "jmessage", Key: otherKey}}})
	run(t, e, func(t *testing.T, s *chat.Service) {
		ctx := t.Context()
		register(t, s, "alice", "bert")
		registerElsewhere(t, e, "bert", "carl")

		succeed(t, 2)(s.Contacts.Add(ctx, "alice", foreign("bert", "carl")))
		succeed(t, 1)(s.Contacts.Add(ctx, "alice", foreign("carl")))
		succeed(t, 1)(s.Contacts.Add(ctx, "alice", chat.Refs("bert")))
		if err := s.Contacts.SetNotes(ctx, "alice", foreign("bert")[0], chat.Notes{NoteName: ptr("the other Bert")}); err != nil {
			t.Error(err)
		}
		contacts, err := s.Contacts.List(ctx, "alice")
		wantEqual(t, []chat.Contact{
			{Ref: others("bert")[0], Notes: chat.Notes{NoteName: ptr("the other Bert")}}, {Ref: others("carl")[0]}, {Ref: chat.Ref{Username: "bert"}},
		}, contacts, err)
		succeed(t, 2)(s.Contacts.Remove(ctx, "alice", foreign("bert", "carl")))
		succeed(t, 1)(s.Contacts.Remove(ctx, "alice", foreign("bert")))
		contacts, err = s.Contacts.List(ctx, "alice")
		wantEqual(t, []chat.Contact{{Ref: chat.Ref{Username: "bert"}}}, contacts, err)

		succeed(t, 2)(s.Blocks.Add(ctx, "alice", foreign("bert", "carl")))
		succeed(t, 1)(s.Blocks.Add(ctx, "alice", foreign("carl")))
		blocks, err := s.Blocks.List(ctx, "alice")
		wantEqual(t, others("bert", "carl"), blocks, err)
		succeed(t, 1)(s.Blocks.Add(ctx, "alice", chat.Refs("bert")))
		succeed(t, 1)(s.Blocks.Remove(ctx, "alice", foreign("bert")))
		succeed(t, 1)(s.Blocks.Remove(ctx, "alice", foreign("bert")))
		blocks, err = s.Blocks.List(ctx, "alice")
		wantEqual(t, append(others("carl"), chat.Refs("bert")...), blocks, err)

		team, err := s.Groups.Create(ctx, chat.NewGroup{Owner: "alice", GroupSettings: chat.GroupSettings{Name: ptr("team")}})
		if err != nil {
			t.Fatal(err)
		}
		succeed(t, 2)(s.GroupMembers.Add(ctx, team.ID, foreign("bert", "carl")))
		succeed(t, 1)(s.GroupMembers.Add(ctx, team.ID, foreign("carl")))
		_, err = s.GroupMembers.Add(ctx, team.ID, foreign("carl", "bert"))
		checkKind(t, err, chat.ErrAlreadyExists)
		succeed(t, 1)(s.GroupMembers.Add(ctx, team.ID, chat.Refs("bert")))
		members, err := s.GroupMembers.List(ctx, team.ID)
		wantEqual(t, []chat.Member{
			{Ref: chat.Ref{Username: "alice"}, Owner: true}, {Ref: others("bert")[0]}, {Ref: others("carl")[0]}, {Ref: chat.Ref{Username: "bert"}},
		}, members, err)
		succeed(t, 2)(s.GroupMembers.Remove(ctx, team.ID, foreign("bert", "carl")))
		succeed(t, 1)(s.GroupMembers.Remove(ctx, team.ID, foreign("bert")))
		members, err = s.GroupMembers.List(ctx, team.ID)
		wantEqual(t, []chat.Member{{Ref: chat.Ref{Username: "alice"}, Owner: true}, {Ref: chat.Ref{Username: "bert"}}}, members, err)

		hall, err := s.Rooms.Create(ctx, chat.NewGroup{Owner: "alice", GroupSettings: chat.GroupSettings{Name: ptr("hall")}})
		if err != nil {
			t.Fatal(err)
		}
		succeed(t, 1)(s.RoomMembers.Add(ctx, hall.ID, foreign("carl")))
		members, err = s.RoomMembers.List(ctx, hall.ID)
		wantEqual(t, []chat.Member{
			{Ref: chat.Ref{Username: "alice"}, Owner: true, Muted: ptr(false)}, {Ref: chat.Ref{Username: "carl"}, Muted: ptr(false)},
		}, members, err)
		succeed(t, 1)(s.RoomMembers.Remove(ctx, hall.ID, foreign("carl")))
		succeed(t, 1)(s.RoomMembers.Remove(ctx, hall.ID, foreign("carl")))

		for what, add := range additions(s) {
			owner := []string{"alice", "alice", team.ID, hall.ID}[what]
			_, err := add(ctx, owner, []chat.Ref{{AppKey: thirdKey, Username: "bert"}})
			checkKind(t, err, chat.ErrNotFound)
			_, err = add(ctx, owner, foreign("nobody"))
			checkKind(t, err, chat.ErrNotFound)
		}
		control(t, e, http.MethodPut, "settings", `{"jmessage":{"refuse_other_applications":true}}`, nil)
		_, err = s.GroupMembers.Add(ctx, team.ID, foreign("carl"))
		checkKind(t, err, chat.ErrInvalid)
	})
}

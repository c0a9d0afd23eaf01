package jmessage_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/emulator"
)

// control makes a call to the emulator's controls and decodes the answer, if any.
func control(t *testing.T, e http.Handler, method, path, body string, into any) {
	t.Helper()
	w := httptest.NewRecorder()
	request := httptest.NewRequest(method, "http://localhost/_emulator/"+path, strings.NewReader(body))
	request.Header.Set("X-Emulator-Control", "test")
	e.ServeHTTP(w, request)
	if w.Code >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatal(err)
		}
	}
}

// hidden is the part of a user, in the emulator's state, that no call reads.
type hidden struct {
	Password  string  `json:"password"`
	Disabled  bool    `json:"disabled"`
	NoDisturb quieted `json:"no_disturb"`
	Shield    []int64 `json:"group_shield"`
}

type quieted struct {
	Single []any   `json:"single"`
	Group  []int64 `json:"group"`
	Global bool    `json:"global"`
}

// hiddenGroup is that part of a group.
type hiddenGroup struct {
	Flag    int `json:"flag"`
	Members []struct {
		Username string `json:"username"`
		Silenced bool   `json:"silenced"`
	} `json:"members"`
}

// sentMessage is a message in the emulator's state.
type sentMessage struct {
	ID        int64           `json:"msg_id"`
	From      string          `json:"from_id"`
	Target    string          `json:"target_id"`
	TargetApp string          `json:"target_appkey"`
	Type      string          `json:"msg_type"`
	Body      json.RawMessage `json:"msg_body"`
	Retracted bool            `json:"retracted"`
}

// emulated is the application in the emulator's state.
type emulated struct {
	Users []struct {
		Username string `json:"username"`
		hidden
	} `json:"users"`
	Groups []struct {
		Name string `json:"name"`
		hiddenGroup
	} `json:"groups"`
	Messages []sentMessage `json:"messages"`
}

func stateOf(t *testing.T, e http.Handler) emulated {
	t.Helper()
	var state struct {
		JMessage struct {
			Applications map[string]emulated `json:"applications"`
		} `json:"jmessage"`
	}
	control(t, e, http.MethodGet, "state", "", &state)
	return state.JMessage.Applications[appKey]
}

func hiddenOf(t *testing.T, e http.Handler, username string) hidden {
	t.Helper()
	for _, u := range stateOf(t, e).Users {
		if u.Username == username {
			return u.hidden
		}
	}
	t.Fatalf("the emulator has no user %q", username)
	return hidden{}
}

func hiddenGroupOf(t *testing.T, e http.Handler, name string) hiddenGroup {
	t.Helper()
	for _, g := range stateOf(t, e).Groups {
		if g.Name == name {
			return g.hiddenGroup
		}
	}
	t.Fatalf("the emulator has no group %q", name)
	return hiddenGroup{}
}

func register(t *testing.T, s *chat.Service, names ...string) {
	t.Helper()
	users := make([]chat.NewUser, len(names))
	for i, name := range names {
		users[i] = chat.NewUser{Username: name, Password: "password"}
	}
	results, err := s.Users.Create(t.Context(), users)
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range results {
		if result.Err != nil {
			t.Fatal(result.Err)
		}
	}
}

// succeed fails the test unless a bulk call of n inputs succeeded for all of them.
func succeed(t *testing.T, n int) func([]error, error) {
	return func(errs []error, err error) {
		t.Helper()
		if err = errors.Join(append(errs, err)...); err != nil || len(errs) != n {
			t.Errorf("%d results for %d inputs, %v", len(errs), n, err)
		}
	}
}

func wantEqual(t *testing.T, want, got any, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(want, got, sameCursors); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEmulatedUsers(t *testing.T) {
	e := emulator.New(emulator.Options{})
	run(t, e, func(t *testing.T, s *chat.Service) {
		ctx := t.Context()
		full := chat.Settings{Nickname: ptr("Alice <a&b>"), Profile: &chat.Profile{
			Avatar: ptr("qiniu/image/CE0ACD035CBF71F8"), Birthday: ptr("1990-01-24"), Gender: ptr("female"),
			Signature: ptr("🙂\nhi"), Region: ptr("深圳"), Address: ptr("1 \"Road\""), Extras: ptr(`{"b":1,"a":[true,null]}`),
		}}
		registered := chat.Registration{CreatedAt: time.Now(), Since: time.Now().Add(-time.Second), Until: time.Now().Add(time.Second)}
		results, err := s.Users.Create(ctx, []chat.NewUser{
			{Username: "alice", Password: "password", Nickname: full.Nickname, Profile: full.Profile},
			{Username: "b@d name", Password: "password"},
			{Username: "bert", Password: "password"},
			{Username: "bert", Password: "password"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if results[0].Err != nil || results[2].Err != nil ||
			!errors.Is(results[1].Err, chat.ErrInvalid) || !errors.Is(results[3].Err, chat.ErrAlreadyExists) {
			t.Fatalf("got %+v", results)
		}

		alice, err := s.Users.Get(ctx, "alice", chat.WithProfile)
		wantEqual(t, &chat.User{Username: "alice", Registration: registered, Settings: full}, alice, err)
		bert, err := s.Users.Get(ctx, "bert", chat.Basic)
		wantEqual(t, &chat.User{Username: "bert", Registration: registered, Settings: chat.Settings{Profile: &chat.Profile{}}}, bert, err)

		page, err := s.Users.List(ctx, "")
		wantEqual(t, &chat.Page[chat.User]{Total: 2, Skip: strconv.Itoa, Items: []chat.User{
			{Username: "alice", Registration: registered, Settings: full}, {Username: "bert", Registration: registered},
		}}, page, err)
		page, err = s.Users.List(ctx, "1")
		wantEqual(t, &chat.Page[chat.User]{Total: 2, Skip: strconv.Itoa, Items: []chat.User{{Username: "bert", Registration: registered}}}, page, err)

		if err := s.Users.Update(ctx, "alice", chat.Settings{Profile: &chat.Profile{Signature: ptr("bye"), Extras: ptr(`{"c": 2}`)}}); err != nil {
			t.Error(err)
		}
		full.Profile.Signature, full.Profile.Extras = ptr("bye"), ptr(`{"c":2}`)
		alice, err = s.Users.Get(ctx, "alice", chat.WithProfile)
		wantEqual(t, &chat.User{Username: "alice", Registration: registered, Settings: full}, alice, err)

		if err := s.Users.Update(ctx, "alice", chat.Settings{Nickname: ptr(""), Profile: &chat.Profile{
			Avatar: ptr(""), Birthday: ptr(""), Gender: ptr("unknown"), Signature: ptr(""), Region: ptr(""), Address: ptr(""), Extras: ptr(`{}`),
		}}); err != nil {
			t.Error(err)
		}
		alice, err = s.Users.Get(ctx, "alice", chat.WithProfile)
		wantEqual(t, chat.Settings{Profile: &chat.Profile{Gender: ptr("unknown"), Extras: ptr("{}")}}, alice.Settings, err)

		if err := errors.Join(s.Users.SetPassword(ctx, "alice", "密码 2"), s.Users.SetActivated(ctx, "alice", false)); err != nil {
			t.Error(err)
		}
		wantEqual(t, hidden{Password: "密码 2", Disabled: true}, hiddenOf(t, e, "alice"), nil)
		if err := s.Users.SetActivated(ctx, "alice", true); err != nil {
			t.Error(err)
		}
		wantEqual(t, hidden{Password: "密码 2"}, hiddenOf(t, e, "alice"), nil)

		statuses, err := s.Statuses.Of(ctx, []string{"nobody", "bert"})
		wantEqual(t, []chat.Status{chat.Offline, chat.Offline}, statuses, err)

		register(t, s, "carl", "dora")
		succeed(t, 1)(s.Users.Delete(ctx, []string{"alice"}))
		succeed(t, 1)(s.Users.Delete(ctx, []string{"alice"}))
		_, err = s.Users.Delete(ctx, []string{"bert", "alice"})
		checkKind(t, err, chat.ErrNotFound)
		succeed(t, 2)(s.Users.Delete(ctx, []string{"bert", "carl"}))
		page, err = s.Users.List(ctx, "")
		if err != nil || len(page.Items) != 1 || page.Items[0].Username != "dora" {
			t.Errorf("got %+v, %v, want dora alone", page, err)
		}

		for what, err := range map[string]error{
			"set a password": s.Users.SetPassword(ctx, "alice", "password"),
			"activate":       s.Users.SetActivated(ctx, "alice", true),
			"update":         s.Users.Update(ctx, "alice", chat.Settings{Nickname: ptr("a")}),
		} {
			if !errors.Is(err, chat.ErrNotFound) {
				t.Errorf("%s of a user that is gone: %v, want ErrNotFound", what, err)
			}
		}
	})
}

func TestEmulatedPages(t *testing.T) {
	run(t, emulator.New(emulator.Options{}), func(t *testing.T, s *chat.Service) {
		var names []string
		for i := range 1001 {
			names = append(names, fmt.Sprintf("user%04d", i))
		}
		register(t, s, names[:500]...)
		register(t, s, names[500:1000]...)
		register(t, s, names[1000])
		var got []string
		pages, cursor := 0, ""
		for {
			page, err := s.Users.List(t.Context(), cursor)
			if err != nil {
				t.Fatal(err)
			}
			if page.Total != len(names) {
				t.Errorf("total %d, want %d", page.Total, len(names))
			}
			for _, u := range page.Items {
				got = append(got, u.Username)
			}
			pages++
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		wantEqual(t, names, got, nil)
		if pages != 3 {
			t.Errorf("%d pages, want 3", pages)
		}
	})
}

func TestEmulatedRelations(t *testing.T) {
	e := emulator.New(emulator.Options{})
	run(t, e, func(t *testing.T, s *chat.Service) {
		ctx := t.Context()
		register(t, s, "alice", "bert", "carl", "dora")

		succeed(t, 2)(s.Contacts.Add(ctx, "alice", chat.Refs("bert", "carl")))
		succeed(t, 1)(s.Contacts.Add(ctx, "alice", chat.Refs("bert")))
		_, err := s.Contacts.Add(ctx, "alice", chat.Refs("dora", "bert"))
		checkKind(t, err, chat.ErrAlreadyExists)
		_, err = s.Contacts.Add(ctx, "alice", chat.Refs("nobody"))
		checkKind(t, err, chat.ErrNotFound)

		if err := s.Contacts.SetNotes(ctx, "alice", chat.Ref{Username: "carl"}, chat.Notes{NoteName: ptr("= ="), Note: ptr("tall")}); err != nil {
			t.Error(err)
		}
		if err := s.Contacts.SetNotes(ctx, "alice", chat.Ref{Username: "carl"}, chat.Notes{NoteName: ptr("")}); err != nil {
			t.Error(err)
		}
		checkKind(t, s.Contacts.SetNotes(ctx, "alice", chat.Ref{Username: "dora"}, chat.Notes{Note: ptr("tall")}), chat.ErrNotFound)
		contacts, err := s.Contacts.List(ctx, "alice")
		wantEqual(t, []chat.Contact{{Ref: chat.Ref{Username: "bert"}}, {Ref: chat.Ref{Username: "carl"}, Notes: chat.Notes{Note: ptr("tall")}}}, contacts, err)

		succeed(t, 1)(s.Contacts.Remove(ctx, "alice", chat.Refs("dora")))
		succeed(t, 1)(s.Contacts.Remove(ctx, "alice", chat.Refs("nobody")))
		succeed(t, 1)(s.Contacts.Remove(ctx, "nobody", chat.Refs("alice")))
		succeed(t, 2)(s.Contacts.Remove(ctx, "alice", chat.Refs("bert", "carl")))
		contacts, err = s.Contacts.List(ctx, "alice")
		wantEqual(t, []chat.Contact{}, contacts, err)
		_, err = s.Contacts.List(ctx, "nobody")
		checkKind(t, err, chat.ErrNotFound)

		succeed(t, 2)(s.Blocks.Add(ctx, "alice", chat.Refs("bert", "carl")))
		succeed(t, 1)(s.Blocks.Add(ctx, "alice", chat.Refs("bert")))
		_, err = s.Blocks.Add(ctx, "alice", chat.Refs("dora", "bert"))
		checkKind(t, err, chat.ErrAlreadyExists)
		blocks, err := s.Blocks.List(ctx, "alice")
		wantEqual(t, chat.Refs("bert", "carl"), blocks, err)
		_, err = s.Blocks.Remove(ctx, "alice", chat.Refs("bert", "dora"))
		checkKind(t, err, chat.ErrNotFound)
		succeed(t, 1)(s.Blocks.Remove(ctx, "alice", chat.Refs("dora")))
		succeed(t, 1)(s.Blocks.Remove(ctx, "alice", chat.Refs("nobody")))
		succeed(t, 2)(s.Blocks.Remove(ctx, "alice", chat.Refs("bert", "carl")))
		blocks, err = s.Blocks.List(ctx, "alice")
		wantEqual(t, []chat.Ref{}, blocks, err)
		_, err = s.Blocks.List(ctx, "nobody")
		checkKind(t, err, chat.ErrNotFound)
	})
}

// Registrations go wrong once or for good, before and after they took effect, by a clock
// that is not ours. What is said of each user must be true, and what is left open must be
// such that reading the user can settle it.
func TestEmulatedFaults(t *testing.T) {
	names := []string{"anna", "bert", "carl", "dora", "emil"}
	for _, fault := range []struct {
		name, what string
		// certain reports whether one such fault leaves nothing open.
		certain bool
	}{
		{"dropped before", `"when":"before","drop":true`, false},
		{"dropped after", `"when":"after","drop":true`, false},
		{"500 before", `"when":"before","status":500,"body":""`, false},
		{"500 after", `"when":"after","status":500,"body":"<html>","content_type":"text/html"`, false},
		{"busy", `"status":503,"body":"{\"error\":{\"code\":899030,\"message\":\"time out\"}}"`, false},
		{"too late", `"when":"after","delay":"45s"`, false},
		{"throttled", `"status":429,"body":"{\"error\":{\"code\":2002,\"message\":\"Rate limit exceeded\"}}"`, true},
		{"cut short", `"when":"after","status":201,"body":"[{\"username\":\"an"`, false},
		{"a page", `"when":"after","status":201,"body":"<html>","content_type":"text/html"`, false},
		{"empty", `"when":"after","status":201,"body":""`, false},
		{"another document", `"when":"after","status":201,"body":"{}"`, false},
	} {
		for _, times := range []int{1, -1} {
			for _, taken := range []int{0, 2, len(names)} {
				for _, ahead := range []string{"0s", "3h"} {
					t.Run(fmt.Sprint(fault.name, times, taken, ahead), func(t *testing.T) {
						e := emulator.New(emulator.Options{})
						run(t, e, func(t *testing.T, s *chat.Service) {
							control(t, e, http.MethodPost, "clock", fmt.Sprintf(`{"advance":%q}`, ahead), nil)
							if taken > 0 {
								register(t, s, names[:taken]...)
								time.Sleep(time.Minute)
							}
							control(t, e, http.MethodPut, "faults", fmt.Sprintf(`[{"method":"POST","path":"^/v1/users/?$","times":%d,%s}]`, times, fault.what), nil)
							users := make([]chat.NewUser, len(names))
							for i, name := range names {
								users[i] = chat.NewUser{Username: name, Password: "password"}
							}
							start := time.Now()
							results, err := s.Users.Create(t.Context(), users)
							control(t, e, http.MethodPut, "faults", "[]", nil)
							for i, name := range names {
								user, readErr := s.Users.Get(t.Context(), name, chat.Basic)
								there, ours := readErr == nil, readErr == nil && i >= taken
								own := err
								if err == nil {
									own = results[i].Err
								}
								sentAt, open := chat.Unsettled(own)
								switch {
								case own == nil:
									if !ours || results[i].User.Differs(user.Registration) {
										t.Errorf("%s was not registered", name)
									}
								case open:
									if sentAt.Before(start) {
										t.Errorf("%s: sent at %s, but called at %s", name, sentAt, start)
									}
									if there && user.CreatedSince(sentAt, s.Platform.ClockGrain) != ours {
										t.Errorf("%s: the creation between %s and %s says the wrong about ours (%v), sent at %s", name, user.Since, user.Until, ours, sentAt)
									}
									if fault.certain {
										t.Errorf("%s is left open: %v", name, own)
									}
								case ours:
									t.Errorf("%s was registered, but failed: %v", name, own)
								case times == 1 && (i >= taken || !errors.Is(own, chat.ErrAlreadyExists)):
									t.Errorf("%s failed for good after one fault: %v", name, own)
								}
							}
						})
					})
				}
			}
		}
	}
}

// The answer to each call that changes something is lost once, after it took effect: the
// call is repeated and succeeds.
func TestEmulatedRepeats(t *testing.T) {
	e := emulator.New(emulator.Options{})
	run(t, e, func(t *testing.T, s *chat.Service) {
		ctx := t.Context()
		register(t, s, "alice", "bert")
		group, err := s.Groups.Create(ctx, chat.NewGroup{Owner: "alice"})
		if err != nil {
			t.Fatal(err)
		}
		room, err := s.Rooms.Create(ctx, chat.NewGroup{Owner: "alice"})
		if err != nil {
			t.Fatal(err)
		}
		kept, err := s.Groups.Create(ctx, chat.NewGroup{Owner: "alice"})
		if err != nil {
			t.Fatal(err)
		}
		message, err := s.Messages.Send(ctx, chat.Message{Conversation: from("alice", chat.TargetUser, "bert"), Text: ptr("hi")})
		if err != nil {
			t.Fatal(err)
		}
		control(t, e, http.MethodDelete, "requests", "", nil)
		for _, step := range []struct {
			method, name string
			call         func() error
		}{
			{"PUT", "update", func() error { return s.Users.Update(ctx, "alice", chat.Settings{Nickname: ptr("a")}) }},
			{"PUT", "set a password", func() error { return s.Users.SetPassword(ctx, "alice", "password2") }},
			{"PUT", "deactivate", func() error { return s.Users.SetActivated(ctx, "alice", false) }},
			{"POST", "add a contact", func() error { return chat.Single(s.Contacts.Add(ctx, "alice", chat.Refs("bert"))) }},
			{"PUT", "write notes", func() error {
				return s.Contacts.SetNotes(ctx, "alice", chat.Ref{Username: "bert"}, chat.Notes{Note: ptr("tall")})
			}},
			{"DELETE", "remove a contact", func() error { return chat.Single(s.Contacts.Remove(ctx, "alice", chat.Refs("bert"))) }},
			{"PUT", "update a group", func() error { return s.Groups.Update(ctx, group.ID, chat.GroupSettings{Name: ptr("a")}) }},
			{"POST", "add a group member", func() error { return chat.Single(s.GroupMembers.Add(ctx, group.ID, chat.Refs("bert"))) }},
			{"PUT", "mute a group member", func() error {
				return chat.Single(s.GroupMembers.Set(ctx, group.ID, chat.Muted, chat.Refs("bert"), true))
			}},
			{"PUT", "transfer a group", func() error { return s.Groups.Transfer(ctx, group.ID, "bert") }},
			{"POST", "remove a group member", func() error { return chat.Single(s.GroupMembers.Remove(ctx, group.ID, chat.Refs("alice"))) }},
			{"DELETE", "delete a group", func() error { return s.Groups.Delete(ctx, group.ID) }},
			{"PUT", "add a room member", func() error { return chat.Single(s.RoomMembers.Add(ctx, room.ID, chat.Refs("bert"))) }},
			{"PUT", "mute a room member", func() error { return chat.Single(s.RoomMembers.Set(ctx, room.ID, chat.Muted, chat.Refs("bert"), true)) }},
			{"PUT", "update a room", func() error { return s.Rooms.Update(ctx, room.ID, chat.GroupSettings{Name: ptr("a")}) }},
			{"PUT", "transfer a room", func() error { return s.Rooms.Transfer(ctx, room.ID, "bert") }},
			{"DELETE", "remove a room member", func() error { return chat.Single(s.RoomMembers.Remove(ctx, room.ID, chat.Refs("alice"))) }},
			{"DELETE", "delete a room", func() error { return s.Rooms.Delete(ctx, room.ID) }},
			{"POST", "add a word", func() error { return chat.Single(s.Words.Add(ctx, []string{"a"})) }},
			{"PUT", "rename a word", func() error { return s.Words.Rename(ctx, "a", "b") }},
			{"DELETE", "remove a word", func() error { return s.Words.Remove(ctx, "b") }},
			{"PUT", "turn a setting on", func() error { return s.Settings.Set(ctx, chat.SensitiveWordFilter, true) }},
			{"POST", "quiet", func() error {
				return s.Quiet.Set(ctx, "alice", chat.QuietTarget{Contact: chat.Ref{Username: "bert"}}, true)
			}},
			{"POST", "disturb", func() error {
				return s.Quiet.Set(ctx, "alice", chat.QuietTarget{Contact: chat.Ref{Username: "bert"}}, false)
			}},
			{"POST", "shield", func() error { return s.Shields.Set(ctx, "alice", kept.ID, true) }},
			{"POST", "end a shield", func() error { return s.Shields.Set(ctx, "alice", kept.ID, false) }},
			{"POST", "upload", func() error {
				_, err := s.Media.Upload(ctx, chat.MediaFile{Name: "a", Type: chat.MediaAny, Size: 3, Content: strings.NewReader("abc")}, nil)
				return err
			}},
			{"POST", "retract", func() error { return s.Messages.Retract(ctx, sentBy("alice", message)) }},
			{"PUT", "add a block", func() error { return chat.Single(s.Blocks.Add(ctx, "alice", chat.Refs("bert"))) }},
			{"DELETE", "remove a block", func() error { return chat.Single(s.Blocks.Remove(ctx, "alice", chat.Refs("bert"))) }},
			{"DELETE", "delete a user", func() error { return chat.Single(s.Users.Delete(ctx, []string{"alice"})) }},
		} {
			control(t, e, http.MethodPut, "faults", `[{"method":"`+step.method+`","when":"after","drop":true}]`, nil)
			if err := step.call(); err != nil {
				t.Errorf("%s: %v", step.name, err)
			}
			var counted struct {
				Routes map[string]int `json:"routes"`
			}
			control(t, e, http.MethodGet, "requests", "", &counted)
			control(t, e, http.MethodDelete, "requests", "", nil)
			sent := 0
			for route, n := range counted.Routes {
				if strings.HasPrefix(route, step.method+" ") {
					sent += n
				}
			}
			if sent != 2 {
				t.Errorf("%s: %d calls, want it to be repeated once", step.name, sent)
			}
		}
	})
}

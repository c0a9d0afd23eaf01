package jmessage_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/jmessage"
)

// control makes a call to the emulator's controls and decodes the answer, if any.
func control(t *testing.T, e http.Handler, method, path, body string, into any) {
	t.Helper()
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(method, "/_emulator/"+path, strings.NewReader(body)))
	if w.Code >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatal(err)
		}
	}
}

// hidden is the part of the emulator's state that no call reads.
type hidden struct {
	Password string `json:"password"`
	Disabled bool   `json:"disabled"`
}

func hiddenOf(t *testing.T, e http.Handler, username string) hidden {
	t.Helper()
	var state struct {
		JMessage struct {
			Applications map[string]struct {
				Users []struct {
					Username string `json:"username"`
					hidden
				} `json:"users"`
			} `json:"applications"`
		} `json:"jmessage"`
	}
	control(t, e, http.MethodGet, "state", "", &state)
	for _, u := range state.JMessage.Applications[appKey].Users {
		if u.Username == username {
			return u.hidden
		}
	}
	t.Fatalf("the emulator has no user %q", username)
	return hidden{}
}

func register(t *testing.T, c *jmessage.Client, names ...string) {
	t.Helper()
	users := make([]chat.NewUser, len(names))
	for i, name := range names {
		users[i] = chat.NewUser{Username: name, Password: "password"}
	}
	results, err := c.CreateUsers(t.Context(), users)
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
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEmulatedUsers(t *testing.T) {
	e := emulator.New(emulator.Options{})
	run(t, e, func(t *testing.T, c *jmessage.Client) {
		ctx := t.Context()
		full := chat.Settings{Nickname: ptr("Alice <a&b>"), Profile: &chat.Profile{
			Avatar: ptr("qiniu/image/CE0ACD035CBF71F8"), Birthday: ptr("1990-01-24"), Gender: ptr("female"),
			Signature: ptr("🙂\nhi"), Region: ptr("深圳"), Address: ptr("1 \"Road\""), Extras: ptr(`{"b":1,"a":[true,null]}`),
		}}
		created := time.Now().Truncate(time.Second)
		results, err := c.CreateUsers(ctx, []chat.NewUser{
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

		alice, err := c.GetUser(ctx, "alice", chat.WithProfile)
		wantEqual(t, &chat.User{Username: "alice", CreatedAt: created, Settings: full}, alice, err)
		bert, err := c.GetUser(ctx, "bert", chat.Basic)
		wantEqual(t, &chat.User{Username: "bert", CreatedAt: created, Settings: chat.Settings{Profile: &chat.Profile{}}}, bert, err)

		page, err := c.ListUsers(ctx, "")
		wantEqual(t, &chat.UserPage{Total: 2, Users: []chat.User{
			{Username: "alice", CreatedAt: created, Settings: full}, {Username: "bert", CreatedAt: created},
		}}, page, err)
		page, err = c.ListUsersAt(ctx, 1)
		wantEqual(t, &chat.UserPage{Total: 2, Users: []chat.User{{Username: "bert", CreatedAt: created}}}, page, err)

		if err := c.UpdateUser(ctx, "alice", chat.Settings{Profile: &chat.Profile{Signature: ptr("bye"), Extras: ptr(`{"c": 2}`)}}); err != nil {
			t.Error(err)
		}
		full.Profile.Signature, full.Profile.Extras = ptr("bye"), ptr(`{"c":2}`)
		alice, err = c.GetUser(ctx, "alice", chat.WithProfile)
		wantEqual(t, &chat.User{Username: "alice", CreatedAt: created, Settings: full}, alice, err)

		if err := c.UpdateUser(ctx, "alice", chat.Settings{Nickname: ptr(""), Profile: &chat.Profile{
			Avatar: ptr(""), Birthday: ptr(""), Gender: ptr("unknown"), Signature: ptr(""), Region: ptr(""), Address: ptr(""), Extras: ptr(`{}`),
		}}); err != nil {
			t.Error(err)
		}
		alice, err = c.GetUser(ctx, "alice", chat.WithProfile)
		wantEqual(t, chat.Settings{Profile: &chat.Profile{Gender: ptr("unknown"), Extras: ptr("{}")}}, alice.Settings, err)

		if err := errors.Join(c.SetPassword(ctx, "alice", "密码 2"), c.SetActivated(ctx, "alice", false)); err != nil {
			t.Error(err)
		}
		wantEqual(t, hidden{Password: "密码 2", Disabled: true}, hiddenOf(t, e, "alice"), nil)
		if err := c.SetActivated(ctx, "alice", true); err != nil {
			t.Error(err)
		}
		wantEqual(t, hidden{Password: "密码 2"}, hiddenOf(t, e, "alice"), nil)

		statuses, err := c.Statuses(ctx, []string{"nobody", "bert"})
		wantEqual(t, []chat.Status{chat.Offline, chat.Offline}, statuses, err)

		register(t, c, "carl", "dora")
		succeed(t, 1)(c.DeleteUsers(ctx, []string{"alice"}))
		succeed(t, 1)(c.DeleteUsers(ctx, []string{"alice"}))
		_, err = c.DeleteUsers(ctx, []string{"bert", "alice"})
		checkKind(t, err, chat.ErrNotFound)
		succeed(t, 2)(c.DeleteUsers(ctx, []string{"bert", "carl"}))
		page, err = c.ListUsers(ctx, "")
		if err != nil || len(page.Users) != 1 || page.Users[0].Username != "dora" {
			t.Errorf("got %+v, %v, want dora alone", page, err)
		}

		for what, err := range map[string]error{
			"SetPassword":  c.SetPassword(ctx, "alice", "password"),
			"SetActivated": c.SetActivated(ctx, "alice", true),
			"UpdateUser":   c.UpdateUser(ctx, "alice", chat.Settings{Nickname: ptr("a")}),
		} {
			if !errors.Is(err, chat.ErrNotFound) {
				t.Errorf("%s of a user that is gone: %v, want ErrNotFound", what, err)
			}
		}
	})
}

func TestEmulatedPages(t *testing.T) {
	run(t, emulator.New(emulator.Options{}), func(t *testing.T, c *jmessage.Client) {
		var names []string
		for i := range 1001 {
			names = append(names, fmt.Sprintf("user%04d", i))
		}
		register(t, c, names[:500]...)
		register(t, c, names[500:1000]...)
		register(t, c, names[1000])
		var got []string
		pages, cursor := 0, ""
		for {
			page, err := c.ListUsers(t.Context(), cursor)
			if err != nil {
				t.Fatal(err)
			}
			if page.Total != len(names) {
				t.Errorf("total %d, want %d", page.Total, len(names))
			}
			for _, u := range page.Users {
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
	run(t, e, func(t *testing.T, c *jmessage.Client) {
		ctx := t.Context()
		register(t, c, "alice", "bert", "carl", "dora")

		succeed(t, 2)(c.AddContacts(ctx, "alice", []string{"bert", "carl"}))
		succeed(t, 1)(c.AddContacts(ctx, "alice", []string{"bert"}))
		_, err := c.AddContacts(ctx, "alice", []string{"dora", "bert"})
		checkKind(t, err, chat.ErrAlreadyExists)
		_, err = c.AddContacts(ctx, "alice", []string{"nobody"})
		checkKind(t, err, chat.ErrNotFound)

		if err := c.UpdateContact(ctx, "alice", "carl", chat.Notes{NoteName: ptr("= ="), Note: ptr("tall")}); err != nil {
			t.Error(err)
		}
		if err := c.UpdateContact(ctx, "alice", "carl", chat.Notes{NoteName: ptr("")}); err != nil {
			t.Error(err)
		}
		checkKind(t, c.UpdateContact(ctx, "alice", "dora", chat.Notes{Note: ptr("tall")}), chat.ErrNotFound)
		contacts, err := c.Contacts(ctx, "alice")
		wantEqual(t, []chat.Contact{{Username: "bert"}, {Username: "carl", Notes: chat.Notes{Note: ptr("tall")}}}, contacts, err)

		succeed(t, 1)(c.RemoveContacts(ctx, "alice", []string{"dora"}))
		succeed(t, 1)(c.RemoveContacts(ctx, "alice", []string{"nobody"}))
		succeed(t, 1)(c.RemoveContacts(ctx, "nobody", []string{"alice"}))
		succeed(t, 2)(c.RemoveContacts(ctx, "alice", []string{"bert", "carl"}))
		contacts, err = c.Contacts(ctx, "alice")
		wantEqual(t, []chat.Contact{}, contacts, err)
		_, err = c.Contacts(ctx, "nobody")
		checkKind(t, err, chat.ErrNotFound)

		succeed(t, 2)(c.AddBlocks(ctx, "alice", []string{"bert", "carl"}))
		succeed(t, 1)(c.AddBlocks(ctx, "alice", []string{"bert"}))
		_, err = c.AddBlocks(ctx, "alice", []string{"dora", "bert"})
		checkKind(t, err, chat.ErrAlreadyExists)
		blocks, err := c.Blocks(ctx, "alice")
		wantEqual(t, []string{"bert", "carl"}, blocks, err)
		_, err = c.RemoveBlocks(ctx, "alice", []string{"bert", "dora"})
		checkKind(t, err, chat.ErrNotFound)
		succeed(t, 1)(c.RemoveBlocks(ctx, "alice", []string{"dora"}))
		succeed(t, 1)(c.RemoveBlocks(ctx, "alice", []string{"nobody"}))
		succeed(t, 2)(c.RemoveBlocks(ctx, "alice", []string{"bert", "carl"}))
		blocks, err = c.Blocks(ctx, "alice")
		wantEqual(t, []string{}, blocks, err)
		_, err = c.Blocks(ctx, "nobody")
		checkKind(t, err, chat.ErrNotFound)
	})
}

// TestEmulatedFaults lets registrations go wrong once or for good, before and after
// they took effect, by a clock that is not ours.
func TestEmulatedFaults(t *testing.T) {
	names := []string{"anna", "bert", "carl", "dora", "emil"}
	const (
		ours    = "ours"
		another = "another's"
		none    = "none"
	)
	tests := []struct {
		name  string
		fault string
		times int
		// clock is how far the platform's clock is ahead.
		clock string
		// taken is how many of the names somebody registered a minute before.
		taken int
		want  string
	}{
		{"dropped once before", `"when":"before","drop":true`, 1, "0s", 0, ours},
		{"dropped once after", `"when":"after","drop":true`, 1, "0s", 0, ours},
		{"dropped once after, its clock ahead", `"when":"after","drop":true`, 1, "3h", 0, ours},
		{"dropped for good after", `"when":"after","drop":true`, -1, "0s", 0, ours},
		{"dropped for good before", `"when":"before","drop":true`, -1, "0s", 0, none},
		{"500 once after", `"when":"after","status":500,"body":"<html>","content_type":"text/html"`, 1, "0s", 0, ours},
		{"500 for good after", `"when":"after","status":500,"body":""`, -1, "3h", 0, ours},
		{"500 for good before", `"when":"before","status":500,"body":""`, -1, "0s", 0, none},
		{"busy once", `"status":503,"body":"{\"error\":{\"code\":899030,\"message\":\"time out\"}}"`, 1, "0s", 0, ours},
		{"too late once after", `"when":"after","delay":"45s"`, 1, "0s", 0, ours},
		{"throttled once", `"status":429,"body":"{\"error\":{\"code\":2002,\"message\":\"Rate limit exceeded\"}}"`, 1, "0s", 0, ours},
		{"cut short after", `"when":"after","status":201,"body":"[{\"username\":\"an"`, 1, "0s", 0, ours},
		{"a page after", `"when":"after","status":201,"body":"<html>","content_type":"text/html"`, 1, "0s", 0, ours},
		{"empty after", `"when":"after","status":201,"body":""`, 1, "0s", 0, ours},
		{"dropped once after, some taken", `"when":"after","drop":true`, 1, "0s", 2, another},
		{"dropped once after, some taken, its clock ahead", `"when":"after","drop":true`, 1, "3h", 2, another},
		{"dropped for good after, some taken", `"when":"after","drop":true`, -1, "0s", 2, another},
		{"dropped for good after, some taken, its clock ahead", `"when":"after","drop":true`, -1, "3h", 2, another},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := emulator.New(emulator.Options{})
			run(t, e, func(t *testing.T, c *jmessage.Client) {
				control(t, e, http.MethodPost, "clock", fmt.Sprintf(`{"advance":%q}`, tt.clock), nil)
				if tt.taken > 0 {
					register(t, c, names[:tt.taken]...)
					time.Sleep(time.Minute)
				}
				control(t, e, http.MethodPut, "faults", fmt.Sprintf(`[{"method":"POST","path":"^/v1/users/?$","times":%d,%s}]`, tt.times, tt.fault), nil)
				users := make([]chat.NewUser, len(names))
				for i, name := range names {
					users[i] = chat.NewUser{Username: name, Password: "password"}
				}
				results, err := c.CreateUsers(t.Context(), users)
				if tt.want == none {
					checkKind(t, err, chat.ErrUnavailable)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				for i, result := range results {
					switch {
					case i < tt.taken && !errors.Is(result.Err, chat.ErrAlreadyExists):
						t.Errorf("%s: got %+v, want ErrAlreadyExists", names[i], result)
					case i >= tt.taken && result.Err != nil:
						t.Errorf("%s: got %v, want success", names[i], result.Err)
					}
				}
				control(t, e, http.MethodPut, "faults", "[]", nil)
				page, err := c.ListUsers(t.Context(), "")
				if err != nil || page.Total != len(names) {
					t.Errorf("got %+v, %v, want %d users", page, err, len(names))
				}
			})
		})
	}
}

// TestEmulatedRepeats loses the answer of each call that changes something once,
// after it took effect: the client must end where it should all the same.
func TestEmulatedRepeats(t *testing.T) {
	e := emulator.New(emulator.Options{})
	run(t, e, func(t *testing.T, c *jmessage.Client) {
		ctx := t.Context()
		register(t, c, "alice", "bert")
		one := func(errs []error, err error) error { return errors.Join(append(errs, err)...) }
		for _, step := range []struct {
			name string
			call func() error
		}{
			{"UpdateUser", func() error { return c.UpdateUser(ctx, "alice", chat.Settings{Nickname: ptr("a")}) }},
			{"SetPassword", func() error { return c.SetPassword(ctx, "alice", "password2") }},
			{"SetActivated", func() error { return c.SetActivated(ctx, "alice", false) }},
			{"AddContacts", func() error { return one(c.AddContacts(ctx, "alice", []string{"bert"})) }},
			{"UpdateContact", func() error { return c.UpdateContact(ctx, "alice", "bert", chat.Notes{Note: ptr("tall")}) }},
			{"RemoveContacts", func() error { return one(c.RemoveContacts(ctx, "alice", []string{"bert"})) }},
			{"AddBlocks", func() error { return one(c.AddBlocks(ctx, "alice", []string{"bert"})) }},
			{"RemoveBlocks", func() error { return one(c.RemoveBlocks(ctx, "alice", []string{"bert"})) }},
			{"DeleteUsers", func() error { return one(c.DeleteUsers(ctx, []string{"alice"})) }},
		} {
			control(t, e, http.MethodPut, "faults", `[{"path":"^/v1/users","when":"after","drop":true}]`, nil)
			if err := step.call(); err != nil {
				t.Errorf("%s: %v", step.name, err)
			}
			var counted struct {
				Total int `json:"total"`
			}
			control(t, e, http.MethodGet, "requests", "", &counted)
			control(t, e, http.MethodDelete, "requests", "", nil)
			if counted.Total < 2 {
				t.Errorf("%s: %d calls, want it to be repeated", step.name, counted.Total)
			}
		}
	})
}

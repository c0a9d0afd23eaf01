package easemob_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/easemob"
	"terraform-provider-chat/internal/emulator"
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

type counted struct {
	Total, Throttled, Tokens int
	Routes                   map[string]int
}

func count(t *testing.T, e http.Handler) counted {
	t.Helper()
	var n counted
	control(t, e, http.MethodGet, "requests", "", &n)
	return n
}

// create registers users and fails the test where one is not registered.
func create(t *testing.T, c *easemob.Client, names ...string) []chat.User {
	t.Helper()
	var users []chat.NewUser
	for _, name := range names {
		users = append(users, chat.NewUser{Username: name, Password: "pw-" + name})
	}
	results, err := c.CreateUsers(t.Context(), users)
	if err != nil {
		t.Fatal(err)
	}
	var created []chat.User
	for _, result := range results {
		if result.Err != nil {
			t.Fatal(result.Err)
		}
		created = append(created, *result.User)
	}
	return created
}

// one is the end of a bulk call for one input.
func one(errs []error, err error) error {
	if err == nil && len(errs) == 1 {
		return errs[0]
	}
	return err
}

func TestEveryMethod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.New(emulator.Options{})
		c := connect(t, e)
		ctx := t.Context()
		good := func(what string, err error) {
			t.Helper()
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}

		created := create(t, c, "Ann")
		created = append(created, create(t, c, "bob", "cat", "dan")...)
		user, err := c.GetUser(ctx, "ANN", chat.Basic)
		good("read", err)
		same(t, "what was created and what is read", user, &created[0])
		if created[0].UUID == "" || !created[0].CreatedAt.Equal(time.Now()) || !*created[0].Activated {
			t.Errorf("created %+v", created[0])
		}
		results, err := c.CreateUsers(ctx, []chat.NewUser{{Username: "aNN", Password: "x"}})
		good("register again", err)
		if !errors.Is(results[0].Err, chat.ErrAlreadyExists) {
			t.Errorf("registered twice: %+v", results[0])
		}
		results, err = c.CreateUsers(ctx, []chat.NewUser{{Username: "bob", Password: "x"}, {Username: "eve", Password: "x", Nickname: ptr("Eve")}})
		good("register some again", err)
		if !errors.Is(results[0].Err, chat.ErrAlreadyExists) || results[1].Err != nil || *results[1].User.Nickname != "Eve" {
			t.Errorf("%+v", results)
		}

		settings := chat.Settings{Nickname: ptr("Ann <3"), Push: &chat.Push{DisplayStyle: ptr("detail"), DoNotDisturb: ptr(true), Start: ptr(int64(22)), End: ptr(int64(7))}}
		good("update", c.UpdateUser(ctx, "ann", settings))
		user, err = c.GetUser(ctx, "ann", chat.Basic)
		good("read", err)
		same(t, "settings", user.Settings, settings)
		good("update in part", c.UpdateUser(ctx, "ann", chat.Settings{Nickname: ptr(""), Push: &chat.Push{DoNotDisturb: ptr(false)}}))
		settings.Nickname, settings.Push.DoNotDisturb = nil, ptr(false)
		user, err = c.GetUser(ctx, "ann", chat.Basic)
		good("read", err)
		same(t, "settings", user.Settings, settings)

		good("change password", c.SetPassword(ctx, "ann", "pw-2"))
		token, err := c.IssueUserToken(ctx, "ann", "pw-2", time.Hour)
		good("log in", err)
		if token.Value == "" || time.Until(token.ExpiresAt) != time.Hour {
			t.Errorf("token %+v", token)
		}
		if _, err = c.IssueUserToken(ctx, "ann", "pw-ann", 0); !errors.Is(err, chat.ErrUnauthorized) {
			t.Errorf("the old password: %v", err)
		}
		if _, err = c.IssueUserToken(ctx, "nobody", "pw", 0); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("nobody's password: %v", err)
		}

		good("deactivate", c.SetActivated(ctx, "ann", false))
		good("deactivate again", c.SetActivated(ctx, "ann", false))
		user, err = c.GetUser(ctx, "ann", chat.Basic)
		good("read", err)
		if *user.Activated {
			t.Error("still active")
		}
		good("activate", c.SetActivated(ctx, "ann", true))

		good("add contact", one(c.AddContacts(ctx, "ann", []string{"BOB"})))
		good("add contact again", one(c.AddContacts(ctx, "bob", []string{"ann"})))
		good("add contact", one(c.AddContacts(ctx, "ann", []string{"cat"})))
		contacts, err := c.Contacts(ctx, "ANN")
		good("contacts", err)
		same(t, "contacts", contacts, []chat.Contact{{Username: "cat"}, {Username: "bob"}})
		contacts, err = c.Contacts(ctx, "bob")
		good("contacts", err)
		same(t, "contacts", contacts, []chat.Contact{{Username: "ann"}})
		good("remove contact", one(c.RemoveContacts(ctx, "bob", []string{"ann"})))
		good("remove contact again", one(c.RemoveContacts(ctx, "ann", []string{"bob"})))
		good("remove nobody", one(c.RemoveContacts(ctx, "ann", []string{"nobody"})))
		if err := one(c.AddContacts(ctx, "ann", []string{"nobody"})); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("add nobody: %v", err)
		}

		errs, err := c.AddBlocks(ctx, "ann", []string{"Bob", "cat", "dan"})
		good("block", err)
		same(t, "blocks", errs, []error{nil, nil, nil})
		good("block again", one(c.AddBlocks(ctx, "ann", []string{"bob"})))
		blocks, err := c.Blocks(ctx, "ann")
		good("blocks", err)
		slices.Sort(blocks)
		same(t, "blocks", blocks, []string{"bob", "cat", "dan"})
		good("unblock", one(c.RemoveBlocks(ctx, "ann", []string{"CAT"})))
		good("unblock again", one(c.RemoveBlocks(ctx, "ann", []string{"cat"})))
		good("unblock nobody", one(c.RemoveBlocks(ctx, "ann", []string{"nobody"})))
		if _, err := c.AddBlocks(ctx, "ann", []string{"cat", "nobody"}); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("block nobody: %v", err)
		}
		blocks, err = c.Blocks(ctx, "bob")
		good("blocks", err)
		if len(blocks) > 0 {
			t.Errorf("bob blocks %q", blocks)
		}

		statuses, err := c.Statuses(ctx, []string{"nobody", "Ann"})
		good("statuses", err)
		same(t, "statuses", statuses, []chat.Status{chat.Offline, chat.Offline})
		good("disconnect", c.Disconnect(ctx, "ann"))
		if n, err := c.OfflineMessageCount(ctx, "Ann"); err != nil || n != 0 {
			t.Errorf("offline messages: %d, %v", n, err)
		}
		if s, err := c.OfflineMessageStatus(ctx, "ann", "123"); err != nil || s != "delivered" {
			t.Errorf("offline message: %q, %v", s, err)
		}

		good("delete", one(c.DeleteUsers(ctx, []string{"Ann"})))
		good("delete again", one(c.DeleteUsers(ctx, []string{"ann"})))
		for what, err := range map[string]error{
			"read":           func() error { _, err := c.GetUser(ctx, "ann", chat.Basic); return err }(),
			"update":         c.UpdateUser(ctx, "ann", chat.Settings{Nickname: ptr("x")}),
			"password":       c.SetPassword(ctx, "ann", "x"),
			"activate":       c.SetActivated(ctx, "ann", true),
			"deactivate":     c.SetActivated(ctx, "ann", false),
			"contacts":       func() error { _, err := c.Contacts(ctx, "ann"); return err }(),
			"blocks":         func() error { _, err := c.Blocks(ctx, "ann"); return err }(),
			"block":          one(c.AddBlocks(ctx, "ann", []string{"bob"})),
			"disconnect":     c.Disconnect(ctx, "ann"),
			"message count":  func() error { _, err := c.OfflineMessageCount(ctx, "ann"); return err }(),
			"message status": func() error { _, err := c.OfflineMessageStatus(ctx, "ann", "1"); return err }(),
		} {
			if !errors.Is(err, chat.ErrNotFound) {
				t.Errorf("%s of a deleted user: %v", what, err)
			}
		}
		if n := count(t, e); n.Tokens != 4 {
			t.Errorf("%d calls for tokens, want one for the application and three for users", n.Tokens)
		}
	})
}

func TestPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.New(emulator.Options{})
		c := connect(t, e)
		var want []string
		for i := range 5 {
			var some []string
			for j := range 50 {
				some = append(some, fmt.Sprintf("user%03d", 50*i+j))
			}
			create(t, c, some...)
			want = append(want, some...)
		}
		var got []string
		pages := 0
		for cursor := ""; ; pages++ {
			page, err := c.ListUsers(t.Context(), cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, user := range page.Users {
				got = append(got, user.Username)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		same(t, "users", got, want)
		if pages != 2 {
			t.Errorf("%d more pages, want 2", pages)
		}
	})
}

// TestRegisterThroughFaults loses the answer to a registration in every way. Whatever
// the caller is told must be true.
func TestRegisterThroughFaults(t *testing.T) {
	for _, fault := range []string{
		`"when":"before","drop":true`,
		`"when":"after","drop":true`,
		`"when":"before","status":500,"body":"{}"`,
		`"when":"after","status":502,"content_type":"text/html","body":"<h1>Bad Gateway</h1>"`,
		`"when":"after","status":503,"body":""`,
		`"when":"after","status":200,"body":""`,
		`"when":"after","status":200,"body":"<html>ok</html>","content_type":"text/html"`,
		`"when":"after","status":200,"body":"{\"entities\":[{\"uu"`,
		`"when":"before","status":200,"body":"{}"`,
		`"when":"after","status":200,"body":"{}"`,
		`"when":"after","delay":"1m"`,
		`"when":"before","delay":"1m"`,
		`"when":"before","status":401,"body":"{\"error\":\"unauthorized\"}"`,
	} {
		for _, times := range []int{1, 10} {
			for _, names := range [][]string{{"new"}, {"old"}, {"new", "newer"}, {"new", "old", "newer"}} {
				t.Run(fmt.Sprint(fault, times, names), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						e := emulator.New(emulator.Options{})
						c := connect(t, e)
						old := create(t, c, "old")[0]
						time.Sleep(time.Second)
						control(t, e, http.MethodPut, "faults", fmt.Sprintf(`[{"method":"POST","path":"/users$","times":%d,%s}]`, times, fault), nil)
						var users []chat.NewUser
						for _, name := range names {
							users = append(users, chat.NewUser{Username: name, Password: "pw"})
						}
						results, err := c.CreateUsers(t.Context(), users)
						control(t, e, http.MethodPut, "faults", `[]`, nil)
						for i, name := range names {
							user, readErr := c.GetUser(t.Context(), name, chat.Basic)
							there := readErr == nil && user.UUID != old.UUID
							switch {
							case err != nil:
								if there {
									t.Errorf("%s was registered, but the call failed: %v", name, err)
								}
							case results[i].Err == nil:
								if !there || results[i].User.UUID != user.UUID {
									t.Errorf("%s was not registered: %+v", name, results[i].User)
								}
							case name == "old":
								if times == 1 && !errors.Is(results[i].Err, chat.ErrAlreadyExists) {
									t.Errorf("%s: %v", name, results[i].Err)
								}
							case there:
								t.Errorf("%s was registered, but failed: %v", name, results[i].Err)
							}
						}
						if err != nil && times == 1 && !strings.Contains(fault, `"status":200`) {
							t.Errorf("failed for good after one fault: %v", err)
						}
					})
				})
			}
		}
	}
}

func TestCancelledRegistrationIsSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.New(emulator.Options{})
		c := connect(t, e)
		create(t, c, "old")
		control(t, e, http.MethodPut, "faults", `[{"method":"POST","path":"/users$","when":"after","delay":"20s"}]`, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		results, err := c.CreateUsers(ctx, []chat.NewUser{{Username: "ann", Password: "pw"}})
		if err != nil || results[0].Err != nil || results[0].User.Username != "ann" {
			t.Errorf("%+v, %v", results, err)
		}
	})
}

func TestExpiredTokensAreRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.New(emulator.Options{TokenTTL: time.Hour})
		c := connect(t, e)
		create(t, c, "ann")
		for range 3 {
			control(t, e, http.MethodPost, "clock", `{"advance":"61m"}`, nil)
			control(t, e, http.MethodDelete, "requests", "", nil)
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() {
					if _, err := c.GetUser(t.Context(), "ann", chat.Basic); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if n := count(t, e); n.Tokens != 1 {
				t.Errorf("%d tokens, want 1", n.Tokens)
			}
		}
	})
}

func TestThrottledCallsSucceed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.New(emulator.Options{RPS: 10, Latency: 20 * time.Millisecond})
		c := connect(t, e, func(c *easemob.Config) { c.REST.MaxRetries = 8 })
		create(t, c, "ann")
		start := time.Now()
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				for range 20 {
					if _, err := c.GetUser(t.Context(), "ann", chat.Basic); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		took, n := time.Since(start), count(t, e)
		if took > 200*time.Second/7 {
			t.Errorf("200 calls took %s where 10 a second are allowed", took)
		}
		if n.Throttled > 30 {
			t.Errorf("%d of %d calls were throttled", n.Throttled, n.Total)
		}
	})
}

func TestOverHTTP(t *testing.T) {
	server := httptest.NewServer(emulator.New(emulator.Options{}))
	defer server.Close()
	c := connect(t, nil, func(c *easemob.Config) { c.REST.BaseURL, c.REST.Transport = server.URL, nil })
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			name := fmt.Sprintf("user%d", i)
			results, err := c.CreateUsers(t.Context(), []chat.NewUser{{Username: name, Password: "pw"}})
			if err != nil || results[0].Err != nil {
				t.Error(results, err)
			}
			if err := one(c.DeleteUsers(t.Context(), []string{name})); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if page, err := c.ListUsers(t.Context(), ""); err != nil || len(page.Users) != 0 {
		t.Errorf("%+v, %v", page, err)
	}
}

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

// create registers users and fails the test if one is not registered.
func create(t *testing.T, service *chat.Service, names ...string) []chat.User {
	t.Helper()
	var users []chat.NewUser
	for _, name := range names {
		users = append(users, chat.NewUser{Username: name, Password: "pw-" + name})
	}
	results, err := service.Users.Create(t.Context(), users)
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

func TestEveryMethod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.New(emulator.Options{})
		service := connect(t, e)
		ctx := t.Context()
		good := func(what string, err error) {
			t.Helper()
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}

		created := create(t, service, "Ann")
		created = append(created, create(t, service, "bob", "cat", "dan")...)
		user, err := service.Users.Get(ctx, "ANN", chat.Basic)
		good("read", err)
		same(t, "what was created and what is read", user, &created[0])
		if created[0].UUID == "" || !created[0].CreatedAt.Equal(time.Now()) || !*created[0].Activated {
			t.Errorf("created %+v", created[0])
		}
		results, err := service.Users.Create(ctx, []chat.NewUser{{Username: "aNN", Password: "x"}})
		good("register again", err)
		if !errors.Is(results[0].Err, chat.ErrAlreadyExists) {
			t.Errorf("registered twice: %+v", results[0])
		}
		results, err = service.Users.Create(ctx, []chat.NewUser{{Username: "bob", Password: "x"}, {Username: "eve", Password: "x", Nickname: ptr("Eve")}})
		good("register some again", err)
		if !errors.Is(results[0].Err, chat.ErrAlreadyExists) || results[1].Err != nil || *results[1].User.Nickname != "Eve" {
			t.Errorf("%+v", results)
		}

		settings := chat.Settings{Nickname: ptr("Ann <3"), Push: &chat.Push{DisplayStyle: ptr("detail"), DoNotDisturb: ptr(true), Start: ptr(int64(22)), End: ptr(int64(7))}}
		good("update", service.Users.Update(ctx, "ann", settings))
		user, err = service.Users.Get(ctx, "ann", chat.Basic)
		good("read", err)
		same(t, "settings", user.Settings, settings)
		good("update in part", service.Users.Update(ctx, "ann", chat.Settings{Nickname: ptr(""), Push: &chat.Push{DoNotDisturb: ptr(false)}}))
		settings.Nickname, settings.Push.DoNotDisturb = nil, ptr(false)
		user, err = service.Users.Get(ctx, "ann", chat.Basic)
		good("read", err)
		same(t, "settings", user.Settings, settings)

		good("change password", service.Users.SetPassword(ctx, "ann", "pw-2"))
		token, err := service.Tokens.ForUser(ctx, "ann", "pw-2", time.Hour)
		good("log in", err)
		if token.Value == "" || time.Until(token.ExpiresAt) != time.Hour {
			t.Errorf("token %+v", token)
		}
		if _, err = service.Tokens.ForUser(ctx, "ann", "pw-ann", 0); !errors.Is(err, chat.ErrUnauthorized) {
			t.Errorf("the old password: %v", err)
		}
		if _, err = service.Tokens.ForUser(ctx, "nobody", "pw", 0); !errors.Is(err, chat.ErrNotFound) && !errors.Is(err, chat.ErrUnauthorized) {
			t.Errorf("nobody's password: %v", err)
		}

		good("deactivate", service.Users.SetActivated(ctx, "ann", false))
		good("deactivate again", service.Users.SetActivated(ctx, "ann", false))
		user, err = service.Users.Get(ctx, "ann", chat.Basic)
		good("read", err)
		if *user.Activated {
			t.Error("still active")
		}
		good("activate", service.Users.SetActivated(ctx, "ann", true))

		good("add contact", chat.Single(service.Contacts.Add(ctx, "ann", chat.Refs("BOB"))))
		good("add contact again", chat.Single(service.Contacts.Add(ctx, "bob", chat.Refs("ann"))))
		good("add contact", chat.Single(service.Contacts.Add(ctx, "ann", chat.Refs("cat"))))
		contacts, err := service.Contacts.List(ctx, "ANN")
		good("contacts", err)
		same(t, "contacts", contacts, []chat.Contact{{Ref: chat.Ref{Username: "cat"}}, {Ref: chat.Ref{Username: "bob"}}})
		contacts, err = service.Contacts.List(ctx, "bob")
		good("contacts", err)
		same(t, "contacts", contacts, []chat.Contact{{Ref: chat.Ref{Username: "ann"}}})
		good("remove contact", chat.Single(service.Contacts.Remove(ctx, "bob", chat.Refs("ann"))))
		good("remove contact again", chat.Single(service.Contacts.Remove(ctx, "ann", chat.Refs("bob"))))
		good("remove nobody", chat.Single(service.Contacts.Remove(ctx, "ann", chat.Refs("nobody"))))
		if err := chat.Single(service.Contacts.Add(ctx, "ann", chat.Refs("nobody"))); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("add nobody: %v", err)
		}

		errs, err := service.Blocks.Add(ctx, "ann", chat.Refs("Bob", "cat", "dan"))
		good("block", err)
		same(t, "blocks", errs, []error{nil, nil, nil})
		good("block again", chat.Single(service.Blocks.Add(ctx, "ann", chat.Refs("bob"))))
		blocks, err := service.Blocks.List(ctx, "ann")
		good("blocks", err)
		names := chat.Usernames(blocks)
		slices.Sort(names)
		same(t, "blocks", names, []string{"bob", "cat", "dan"})
		good("unblock", chat.Single(service.Blocks.Remove(ctx, "ann", chat.Refs("CAT"))))
		good("unblock again", chat.Single(service.Blocks.Remove(ctx, "ann", chat.Refs("cat"))))
		good("unblock nobody", chat.Single(service.Blocks.Remove(ctx, "ann", chat.Refs("nobody"))))
		if _, err := service.Blocks.Add(ctx, "ann", chat.Refs("cat", "nobody")); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("block nobody: %v", err)
		}
		blocks, err = service.Blocks.List(ctx, "bob")
		good("blocks", err)
		if len(blocks) > 0 {
			t.Errorf("bob blocks %v", blocks)
		}

		statuses, err := service.Statuses.Of(ctx, []string{"nobody", "Ann"})
		good("statuses", err)
		same(t, "statuses", statuses, []chat.Status{chat.Offline, chat.Offline})
		good("disconnect", service.Sessions.Disconnect(ctx, "ann"))
		if n, err := service.OfflineMessages.Count(ctx, "Ann"); err != nil || n != 0 {
			t.Errorf("offline messages: %d, %v", n, err)
		}
		if s, err := service.OfflineMessages.Status(ctx, "ann", "123"); err != nil || s != "delivered" {
			t.Errorf("offline message: %q, %v", s, err)
		}

		good("delete", chat.Single(service.Users.Delete(ctx, []string{"Ann"})))
		good("delete again", chat.Single(service.Users.Delete(ctx, []string{"ann"})))
		for what, err := range map[string]error{
			"read":           func() error { _, err := service.Users.Get(ctx, "ann", chat.Basic); return err }(),
			"update":         service.Users.Update(ctx, "ann", chat.Settings{Nickname: ptr("x")}),
			"password":       service.Users.SetPassword(ctx, "ann", "x"),
			"activate":       service.Users.SetActivated(ctx, "ann", true),
			"deactivate":     service.Users.SetActivated(ctx, "ann", false),
			"contacts":       func() error { _, err := service.Contacts.List(ctx, "ann"); return err }(),
			"blocks":         func() error { _, err := service.Blocks.List(ctx, "ann"); return err }(),
			"block":          chat.Single(service.Blocks.Add(ctx, "ann", chat.Refs("bob"))),
			"disconnect":     service.Sessions.Disconnect(ctx, "ann"),
			"message count":  func() error { _, err := service.OfflineMessages.Count(ctx, "ann"); return err }(),
			"message status": func() error { _, err := service.OfflineMessages.Status(ctx, "ann", "1"); return err }(),
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
		service := connect(t, e)
		var want []string
		for i := range 5 {
			var some []string
			for j := range 50 {
				some = append(some, fmt.Sprintf("user%03d", 50*i+j))
			}
			create(t, service, some...)
			want = append(want, some...)
		}
		var got []string
		pages := 0
		for cursor := ""; ; pages++ {
			page, err := service.Users.List(t.Context(), cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, user := range page.Items {
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

// A registration goes wrong in every way, once or for good. What is said of each user must
// be true, and what is left open must be such that reading the user can settle it.
func TestRegisterThroughFaults(t *testing.T) {
	for _, fault := range []struct {
		what string
		// harmless faults are over with the next attempt, or the next token.
		harmless bool
	}{
		{`"when":"before","drop":true`, false},
		{`"when":"after","drop":true`, false},
		{`"when":"before","status":500,"body":"{}"`, false},
		{`"when":"after","status":502,"content_type":"text/html","body":"<h1>Bad Gateway</h1>"`, false},
		{`"when":"after","status":503,"body":""`, false},
		{`"when":"before","status":429,"body":"{\"error\":\"reach_limit\"}"`, true},
		{`"when":"after","status":200,"body":""`, false},
		{`"when":"after","status":200,"body":"<html>ok</html>","content_type":"text/html"`, false},
		{`"when":"after","status":200,"body":"{\"entities\":[{\"uu"`, false},
		{`"when":"before","status":200,"body":"{}"`, false},
		{`"when":"after","status":200,"body":"{}"`, false},
		{`"when":"after","delay":"1m"`, false},
		{`"when":"before","delay":"1m"`, false},
		{`"when":"before","status":401,"body":"{\"error\":\"unauthorized\"}"`, true},
	} {
		for _, times := range []int{1, 10} {
			for _, names := range [][]string{{"new"}, {"old"}, {"new", "newer"}, {"new", "old", "newer"}} {
				for _, ahead := range []string{"0s", "3h"} {
					t.Run(fmt.Sprint(fault.what, times, names, ahead), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							e := emulator.New(emulator.Options{})
							control(t, e, http.MethodPost, "clock", fmt.Sprintf(`{"advance":%q}`, ahead), nil)
							service := connect(t, e)
							old := create(t, service, "old")[0]
							time.Sleep(time.Second)
							control(t, e, http.MethodPut, "faults", fmt.Sprintf(`[{"method":"POST","path":"/users$","times":%d,%s}]`, times, fault.what), nil)
							var users []chat.NewUser
							for _, name := range names {
								users = append(users, chat.NewUser{Username: name, Password: "pw"})
							}
							start := time.Now()
							results, err := service.Users.Create(t.Context(), users)
							control(t, e, http.MethodPut, "faults", `[]`, nil)
							for i, name := range names {
								user, readErr := service.Users.Get(t.Context(), name, chat.Basic)
								ours := readErr == nil && user.UUID != old.UUID
								own := err
								if err == nil {
									own = results[i].Err
								}
								sentAt, open := chat.Unsettled(own)
								switch {
								case own == nil:
									if !ours || results[i].User.UUID != user.UUID {
										t.Errorf("%s was not registered: %+v", name, results[i].User)
									}
								case open:
									if sentAt.Before(start) {
										t.Errorf("%s: sent at %s, but called at %s", name, sentAt, start)
									}
									if readErr == nil && user.CreatedSince(sentAt, service.Platform.ClockGrain) != ours {
										t.Errorf("%s: the creation between %s and %s says the wrong about ours (%v), sent at %s", name, user.Since, user.Until, ours, sentAt)
									}
									if fault.harmless {
										t.Errorf("%s is left open: %v", name, own)
									}
								case ours:
									t.Errorf("%s was registered, but failed: %v", name, own)
								case times == 1 && name != "old" && !errors.Is(own, chat.ErrAlreadyExists):
									t.Errorf("%s failed for good after one fault: %v", name, own)
								}
								if times == 1 && name == "old" && err == nil && own == nil {
									t.Errorf("%s was registered twice", name)
								}
							}
						})
					})
				}
			}
		}
	}
}

// A registration that is on its way is waited for, also if its context ends.
func TestCancelledRegistration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.New(emulator.Options{})
		service := connect(t, e)
		create(t, service, "old")
		control(t, e, http.MethodPut, "faults", `[{"method":"POST","path":"/users$","when":"after","delay":"20s"}]`, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		results, err := service.Users.Create(ctx, []chat.NewUser{{Username: "ann", Password: "pw"}})
		if err != nil || results[0].Err != nil || results[0].User.Username != "ann" {
			t.Errorf("%+v, %v", results, err)
		}
	})
}

func TestExpiredTokensAreRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.New(emulator.Options{TokenTTL: time.Hour})
		service := connect(t, e)
		create(t, service, "ann")
		for range 3 {
			control(t, e, http.MethodPost, "clock", `{"advance":"61m"}`, nil)
			control(t, e, http.MethodDelete, "requests", "", nil)
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() {
					if _, err := service.Users.Get(t.Context(), "ann", chat.Basic); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if n := count(t, e); n.Tokens != 1 {
				t.Errorf("%d tokens, want 1", n.Tokens)
			}
			// A refusal buys one token a minute.
			time.Sleep(time.Minute)
		}
	})
}

func TestThrottledCallsSucceed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.New(emulator.Options{RPS: 10, Latency: 20 * time.Millisecond})
		service := connect(t, e, func(c *easemob.Config) { c.REST.MaxRetries = 8 })
		create(t, service, "ann")
		start := time.Now()
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				for range 20 {
					if _, err := service.Users.Get(t.Context(), "ann", chat.Basic); err != nil {
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
	service := connect(t, nil, network(server))
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			name := fmt.Sprintf("user%d", i)
			results, err := service.Users.Create(t.Context(), []chat.NewUser{{Username: name, Password: "pw"}})
			if err != nil || results[0].Err != nil {
				t.Error(results, err)
			}
			if err := chat.Single(service.Users.Delete(t.Context(), []string{name})); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if page, err := service.Users.List(t.Context(), ""); err != nil || len(page.Items) != 0 {
		t.Errorf("%+v, %v", page, err)
	}
}

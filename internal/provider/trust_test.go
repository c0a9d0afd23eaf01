package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"terraform-provider-chat/internal/chat"
)

// What belongs to somebody else is left alone, and what is ours is recognized.

// JMessage's registration call does not return the creation time: it is the time of the
// answer, which may come late or from a clock that differs.
func TestAccJMessageUser_registrationTimeMayDiffer(t *testing.T) {
	t.Parallel()
	for name, date := range map[string]func(time.Time) time.Time{
		"answered late":      func(now time.Time) time.Time { return now.Add(8 * time.Second) },
		"clocks that differ": func(now time.Time) time.Time { return now.Add(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, "jmessage")
			// The answers to registrations say another time than the registrations have.
			w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
				if r.Method != http.MethodPost {
					forward(rw)
					return
				}
				answer := httptest.NewRecorder()
				forward(answer)
				for header, values := range answer.Header() {
					rw.Header()[header] = values
				}
				rw.Header().Set("Date", date(time.Now()).UTC().Format(http.TimeFormat))
				rw.WriteHeader(answer.Code)
				_, _ = rw.Write(answer.Body.Bytes())
			})
			config := w.config(`
resource "chat_user" "alice" {
  username            = "{@alice}"
  password_wo         = "pass-1"
  password_wo_version = 1
}

resource "chat_users" "team" {
  users = {
    "{@bobby}" = {}
    "{@carol}" = {}
  }
  password_wo         = "pass-1"
  password_wo_version = 1
}
`)
			w.run(
				resource.TestStep{Config: config},
				resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
				// The exact time has been read now, and another registration is noticed.
				resource.TestStep{
					PreConfig: func() {
						w.proxy.onCall(nil)
						w.reregister("alice", "another")
						w.reregister("bobby", "another")
					},
					Config: config,
					Check:  all(w.hasPassword("alice", "pass-1"), w.hasPassword("bobby", "pass-1")),
				},
			)
		})
	}
}

// If somebody else registered a user again, the plan warns and a destroy leaves it alone.
func TestAccReregistered_usersAreNotDestroyed(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+w.named(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}

resource "chat_users" "team" {
  users       = { "{@bobby}" = {} }
  password_wo = "pass-1"
}
`))
		c.apply()
		w.reregister("alice", "another")
		w.reregister("bobby", "another")
		for _, args := range [][]string{{"plan", "-no-color"}, {"plan", "-destroy", "-no-color"}} {
			out := onOneLine(c.run(args...))
			for _, want := range []string{
				fmt.Sprintf(`User "%s" is not the one in the state`, w.name("alice")),
				`Users are not the ones in the state`,
				`deleted and registered again outside of Terraform: "` + w.name("bobby") + `"`,
			} {
				if !strings.Contains(out, want) {
					t.Errorf("%v: want %s in\n%s", args, want, out)
				}
			}
		}
		c.destroy()
		for _, name := range []string{"alice", "bobby"} {
			if err := w.expectPassword(name, "another"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if out := c.run("state", "list"); strings.TrimSpace(out) != "" {
			t.Errorf("the state still holds %s", out)
		}
	})
}

// The same if the user was registered again after the plan, however short that was ago.
func TestReregistered_usersAreNotDestroyedByAnOldPlan(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		users := attrs{"password_wo": "pass-1", "users": attrs{w.name("bobby"): attrs{}}}
		user := identifiedResources[0].config(w)
		for kind, config := range map[string]attrs{"chat_user": user, "chat_users": users} {
			created, problems := w.wire().apply(kind, instance{}, config)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			planning := w.wire()
			read, _ := planning.read(kind, created)
			planned := planning.planned(kind, read, nil)
			name := map[string]string{"chat_user": "alice", "chat_users": "bobby"}[kind]
			w.reregister(name, "another")
			destroyed, problems := w.wire().applyPlan(kind, planned)
			if destroyed.state != nil || len(problems) > 0 {
				t.Errorf("%s: %v, %v", kind, destroyed.state, problems)
			}
			if err := w.expectPassword(name, "another"); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	})
}

// Users that were imported need no password, also if somebody else registered them again:
// they are taken over with the passwords that they have.
func TestReregistered_usersWithoutADeclaredPasswordAreTakenOver(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.register("alice", "before")
		team, problems := w.wire().imported("chat_users", w.name("alice"))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		w.reregister("alice", "another")
		r := w.wire()
		if team, problems = r.read("chat_users", team); len(problems) > 0 {
			t.Fatal(problems)
		}
		team, problems = r.apply("chat_users", team, attrs{"users": attrs{w.name("alice"): attrs{"nickname": "Alice"}}})
		if users, _ := team.state["users"].(attrs); len(users) != 1 || len(problems) > 0 {
			t.Errorf("the state is %v: %v", team.state, problems)
		}
		if err := all(w.hasNickname("alice", "Alice"), w.hasPassword("alice", "another"))(nil); err != nil {
			t.Error(err)
		}
	})
}

// A plan that was saved removes a user who was registered again since: the new account is
// left alone.
func TestReregistered_removedUserIsLeftAloneByAnOldPlan(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		config := func(names ...string) attrs {
			users := attrs{}
			for _, name := range names {
				users[w.name(name)] = attrs{}
			}
			return attrs{"users": users, "password_wo": "pass-1"}
		}
		r := w.wire()
		team, problems := r.apply("chat_users", instance{}, config("alice", "bobby", "carol"))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		planned := w.wire().planned("chat_users", team, config("alice"))
		w.reregister("bobby", "another")
		team, problems = w.wire().applyPlan("chat_users", planned)
		if users, _ := team.state["users"].(attrs); len(users) != 1 {
			t.Errorf("the state is %v: %v", team.state, problems)
		}
		if err := w.expectPassword("bobby", "another"); err != nil {
			t.Error(err)
		}
		if !w.gone("carol") {
			t.Error("carol still exists")
		}
		if len(problems) != 0 && !strings.Contains(strings.Join(problems, " "), "Users are not the ones in the state") {
			t.Error(problems)
		}
	})
}

// The same without a refresh, which reads nothing before the destroy.
func TestAccReregistered_usersAreNotDestroyedWithoutARefresh(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		c := newCLI(t, "", environmentOf(w))
		c.write("users.csv", "username\n"+w.name("carol")+"\n")
		c.write("main.tf", requireChat+w.named(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}

resource "chat_users" "team" {
  users       = { "{@bobby}" = {} }
  password_wo = "pass-1"
}

resource "chat_users" "file" {
  source      = "users.csv"
  password_wo = "pass-1"
}
`))
		c.apply()
		for _, name := range []string{"alice", "bobby", "carol"} {
			w.reregister(name, "another")
		}
		c.run("destroy", "-auto-approve", "-no-color", "-refresh=false")
		for _, name := range []string{"alice", "bobby", "carol"} {
			if err := w.expectPassword(name, "another"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if out := c.run("state", "list"); strings.TrimSpace(out) != "" {
			t.Errorf("the state still holds %s", out)
		}
	})
}

// A registration whose outcome is unknown is settled by a destroy that no refresh came
// before: a user of our own is deleted, and an older one is left alone.
func TestUnfinished_registrationIsSettledByADestroy(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		user := attrs{"username": w.name("alice"), "password": "pass-1", "deactivate_on_destroy": false}
		users := attrs{"users": attrs{w.name("alice"): attrs{}}, "password_wo": "pass-1"}
		for name, c := range map[string]struct {
			kind   string
			config attrs
			older  bool
		}{
			"a user of our own":       {"chat_user", user, false},
			"many of our own":         {"chat_users", users, false},
			"a user of somebody else": {"chat_user", user, true},
		} {
			t.Run(name, func(t *testing.T) {
				w := w.in(t)
				if c.older {
					w.register("alice", "another")
					w.emulator.advance(time.Hour)
				}
				r := w.wireWith(fewRetries)
				r.data("chat_users", attrs{}) // from now on, the platform's clock is known
				w.loseRegistration(!c.older)
				unfinished, problems := r.apply(c.kind, instance{}, c.config)
				w.proxy.onCall(nil)
				if unfinished.state == nil || len(problems) == 0 {
					t.Fatal(unfinished.state, problems)
				}
				destroyed, problems := w.wire().apply(c.kind, unfinished, nil)
				if destroyed.state != nil || len(problems) > 0 {
					t.Error(destroyed.state, problems)
				}
				if !c.older {
					if !w.gone("alice") {
						t.Error("the user is left, in no state")
					}
					return
				}
				if err := w.expectPassword("alice", "another"); err != nil {
					t.Error(err)
				}
				w.remove("alice")
			})
		}
	})
}

// The same if no call of the run is answered, so that nothing is known of the platform's clock,
// which is ahead of the one of this machine.
func TestUnfinished_registrationIsSettledWithoutThePlatformsClock(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		for _, ours := range []bool{true, false} {
			w.emulator.advance(time.Hour)
			if !ours {
				w.register("alice", "another")
			}
			w.emulator.advance(time.Hour)
			w.loseRegistration(ours)
			created, problems := w.wireWith(fewRetries).apply("chat_user", instance{}, attrs{"username": w.name("alice"), "password": "pass-1", "deactivate_on_destroy": false})
			w.proxy.onCall(nil)
			if created.state == nil || len(problems) == 0 {
				t.Fatal(created.state, problems)
			}
			read, problems := w.wire().read("chat_user", created)
			if len(problems) > 0 || (read.state != nil) != ours {
				t.Errorf("ours: %v: %v, %v", ours, read.state, problems)
			}
			w.remove("alice")
		}
	})
}

// fewRetries makes the provider give up soon.
var fewRetries = map[string]tftypes.Value{"max_retries": tftypes.NewValue(tftypes.Number, 0), "request_timeout": str("5s")}

// loseRegistration loses the answer to the next registration, which takes effect or not, and
// the answers to all later calls.
func (w *world) loseRegistration(takesEffect bool) {
	var sent atomic.Bool
	w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
		if r.Method == http.MethodPost && strings.HasSuffix(strings.TrimSuffix(r.URL.Path, "/"), "/users") && !sent.Swap(true) && takesEffect {
			forward(httptest.NewRecorder())
		}
		if sent.Load() {
			panic(http.ErrAbortHandler)
		}
		forward(rw)
	})
}

// A user whose creation failed half way is deleted also with deactivate_on_destroy, so that
// the next apply can create it.
func TestAccDeactivateOnDestroy_halfCreatedUserIsDeleted(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(`
resource "chat_user" "alice" {
  username              = "{@alice}"
  password              = "pass-1"
  activated             = false
  deactivate_on_destroy = true
}
`)
		w.run(
			resource.TestStep{
				PreConfig: func() {
					w.emulator.faults(fault{Path: "/(deactivate|forbidden)$", Status: http.StatusBadRequest, Body: refusal})
				},
				Config:      config,
				ExpectError: regexp.MustCompile(`(?s)Created user.*could not set it up`),
			},
			resource.TestStep{
				Config:           config,
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionReplace),
				Check:            all(w.isActivated("alice", false), w.hasPassword("alice", "pass-1")),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
		w.remove("alice")
	})
}

// A user that the provider deactivated is activated when the provider takes it over again.
func TestAccDeactivateOnDestroy_adoptedUserIsActivated(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+w.named(`
provider "chat" {
  adopt_existing = true
}

resource "chat_user" "alice" {
  username              = "{@alice}"
  password_wo           = "pass-1"
  deactivate_on_destroy = true
}
`))
		c.apply()
		c.apply("-replace=chat_user.alice")
		if err := w.expectActivated("alice", true); err != nil {
			t.Errorf("after a replacement: %v", err)
		}
		c.destroy()
		if err := w.expectActivated("alice", false); err != nil {
			t.Errorf("after a destroy: %v", err)
		}
		c.apply()
		if err := w.expectActivated("alice", true); err != nil {
			t.Errorf("after another apply: %v", err)
		}
		c.expectNoChanges()
	})
}

// A user that a replacement deactivates is taken over by the same run, also without
// adopt_existing, and is not lost if that fails.
func TestAccDeactivateOnDestroy_userIsReplaced(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+w.named(`
resource "chat_user" "alice" {
  username              = "{@alice}"
  password_wo           = "pass-1"
  deactivate_on_destroy = true
}
`))
		c.apply()
		before := w.user("alice").Registration
		w.emulator.faults(fault{Method: http.MethodPut, Path: "/password$", Status: http.StatusBadRequest, Body: refusal})
		if out, code := c.try("apply", "-auto-approve", "-no-color", "-replace=chat_user.alice"); code != 1 || !strings.Contains(out, "Could not take over user") {
			t.Errorf("a failure: exit code %d\n%s", code, out)
		}
		w.emulator.faults()
		for _, args := range [][]string{nil, {"-replace=chat_user.alice"}} {
			c.apply(args...)
			if err := w.expectActivated("alice", true); err != nil {
				t.Errorf("%v: %v", args, err)
			}
			c.expectNoChanges()
		}
		if before.Differs(w.user("alice").Registration) {
			t.Error("alice was deleted and registered again")
		}
		if err := w.expectPassword("alice", "pass-1"); err != nil {
			t.Error(err)
		}
	})
}

// No user is missing from a listing although others are deleted while its pages are read.
func TestAccJMessageUsers_listingIsCompleteDespiteDeletions(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.registerNumbered(1200)
	for name, change := range map[string]func(){
		"the total changes": func() {
			w.remove("number-0003")
			w.remove("number-0004")
		},
		"the total stays the same": func() {
			w.remove("number-0010")
			w.register("newcomer", "pass-1")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			var pages atomic.Int32
			w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
				if r.Method == http.MethodGet && r.URL.Query().Has("start") {
					if pages.Add(1) == 2 {
						watch := w.proxy.watch.Swap(nil)
						change()
						w.proxy.watch.Store(watch)
					}
				}
				forward(rw)
			})
			defer w.proxy.onCall(nil)
			got, problems := w.wire().data("chat_users", attrs{})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			listed := map[any]bool{}
			for _, name := range got["usernames"].([]any) {
				listed[name] = true
			}
			w.proxy.onCall(nil)
			for _, name := range w.usernames() {
				if !listed[name] && !strings.HasSuffix(name, "newcomer") {
					t.Errorf("%s existed all the time and is missing", name)
				}
			}
		})
	}
}

func TestAccUsersResource_passwordOfARemovedUserIsIgnored(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.run(
			resource.TestStep{Config: w.config(`
resource "chat_users" "team" {
  users     = { "{@alice}" = {}, "{@bobby}" = {} }
  passwords = { "{@alice}" = "pass-1", "{@bobby}" = "pass-1" }
}
`)},
			resource.TestStep{
				Config: w.config(`
resource "chat_users" "team" {
  users     = { "{@alice}" = {} }
  passwords = { "{@alice}" = "pass-1", "{@bobby}" = "pass-2" }
}
`),
				Check: all(w.there("alice"), w.notThere("bobby")),
			},
		)
	})
}

// A write-only password without a version that replaces passwords in the state is written once.
func TestAccUsersResource_writeOnlyPasswordReplacesPasswords(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		writeOnly := w.config(`
resource "chat_users" "team" {
  users       = { "{@alice}" = {}, "{@bobby}" = {} }
  password_wo = "pass-2"
}
`)
		w.run(
			resource.TestStep{Config: w.config(`
resource "chat_users" "team" {
  users     = { "{@alice}" = {}, "{@bobby}" = {} }
  passwords = { "{@alice}" = "pass-1", "{@bobby}" = "pass-1" }
}
`)},
			resource.TestStep{Config: writeOnly, Check: all(w.hasPassword("alice", "pass-2"), w.hasPassword("bobby", "pass-2"))},
			resource.TestStep{Config: writeOnly, ConfigPlanChecks: expectNothing},
		)
	})
}

// An import plans no change, whatever is omitted, and declaring what exists plans none either.
func TestAccUsersResource_importPlansNoChange(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		for _, name := range []string{"alice", "bobby", "carol"} {
			w.register(name, "before")
		}
		w.setNickname("alice", "Alice")
		w.run(
			resource.TestStep{
				Config: w.config(`
import {
  to = chat_users.team
  id = "{@alice},{@bobby},{@carol}"
}

resource "chat_users" "team" {
  users = {
    "{@alice}" = {}
    "{@bobby}" = {}
    "{@carol}" = {}
  }
}
`),
				ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionNoop),
			},
			resource.TestStep{
				Config: w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = { nickname = "Alice" }
    "{@bobby}" = {}
    "{@carol}" = {}
  }
}
`),
				ConfigPlanChecks: expectNothing,
			},
			// A later change leaves alone what is omitted.
			resource.TestStep{
				PreConfig: w.forgetRequests,
				Config: w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = {}
    "{@bobby}" = { nickname = "Bob" }
    "{@carol}" = {}
  }
}
`),
				Check: all(w.wrote(1), w.hasNickname("alice", "Alice"), w.hasNickname("bobby", "Bob")),
			},
		)
	})
}

// An example of the documentation: one resource for all users of an application.
func TestAccUsersResource_importOfAllUsersPlansNoChange(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		for _, name := range []string{"alice", "bobby"} {
			w.register(name, "before")
		}
		w.must(w.admin.Users.SetActivated(context.Background(), w.name("bobby"), false))
		w.run(resource.TestStep{
			Config: w.config(`
data "chat_users" "all" {
  username_prefix = "{@}"
}

import {
  to = chat_users.team
  id = "{@alice},{@bobby}"
}

resource "chat_users" "team" {
  users = { for u in data.chat_users.all.users : u.username => { nickname = u.nickname, activated = u.activated } }
}
`),
			ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionNoop),
		})
	})
}

// If somebody deleted an imported user, the error of the plan says so and what to do.
func TestAccImported_deletedUserNeedsAPassword(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		for _, name := range []string{"alice", "bobby", "carol"} {
			w.register(name, "before")
		}
		user := w.config(`
import {
  to = chat_user.alice
  id = "{@alice}"
}

resource "chat_user" "alice" {
  username = "{@alice}"
}
`)
		team := w.config(`
import {
  to = chat_users.team
  id = "{@bobby},{@carol}"
}

resource "chat_users" "team" {
  users = {
    "{@bobby}" = {}
    "{@carol}" = {}
  }
}
`)
		w.run(
			resource.TestStep{Config: user},
			resource.TestStep{
				PreConfig: func() { w.remove("alice") },
				Config:    user,
				ExpectError: regexp.MustCompile(`(?s)User "` + w.name("alice") + `"\s+is\s+in\s+the\s+state,\s+but\s+was\s+deleted\s+outside\s+of\s+Terraform.*` +
					`set\s+password_wo:\s+without\s+password_wo_version`),
			},
			resource.TestStep{
				Config: w.config(`
import {
  to = chat_user.alice
  id = "{@alice}"
}

resource "chat_user" "alice" {
  username    = "{@alice}"
  password_wo = "pass-1"
}
`),
				Check: all(w.hasPassword("alice", "pass-1")),
			},
			resource.TestStep{Config: team},
			resource.TestStep{
				PreConfig:   func() { w.remove("carol") },
				Config:      team,
				ExpectError: regexp.MustCompile(`(?s)Missing passwords.*` + w.name("carol") + `.*Set\s+passwords_wo.*deleted\s+outside\s+of\s+Terraform`),
			},
			resource.TestStep{
				Config: w.config(`
import {
  to = chat_users.team
  id = "{@bobby},{@carol}"
}

resource "chat_users" "team" {
  users = {
    "{@bobby}" = {}
    "{@carol}" = {}
  }
  password_wo = "pass-1"
}
`),
				Check: all(w.hasPassword("carol", "pass-1"), w.hasPassword("bobby", "before")),
			},
		)
	})
}

// A declared empty note clears the one that a contact had before it was declared.
func TestAccJMessageContact_emptyNoteClearsAnEarlierOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "jmessage")
	w.run(
		resource.TestStep{Config: w.config(threeUsers), Check: func(*state) error {
			ctx := context.Background()
			if err := chat.Single(w.admin.Contacts.Add(ctx, w.name("alice"), chat.Refs(w.name("bobby")))); err != nil {
				return err
			}
			return w.admin.Contacts.SetNotes(ctx, w.name("alice"), chat.Ref{Username: w.name("bobby")}, chat.Notes{NoteName: ptr("Bob"), Note: ptr("from before")})
		}},
		resource.TestStep{
			Config: w.config(threeUsers + `
resource "chat_contact" "e" {
  owner     = chat_user.alice.id
  contact   = chat_user.bobby.id
  note_name = ""
}
`),
			Check: func(*state) error {
				contacts, err := w.admin.Contacts.List(context.Background(), w.name("alice"))
				if err != nil {
					return err
				}
				if note := contacts[0].NoteName; note != nil {
					return fmt.Errorf("the note name is still %q", *note)
				}
				if note := contacts[0].Note; note == nil || *note != "from before" {
					return fmt.Errorf("the note, which is not declared, is %v", note)
				}
				return nil
			},
		},
	)
}

func TestImport_needsNoMoreRequestsThanAPlan(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerNumbered(600)
		r := w.wire()
		w.emulator.requests()
		type result struct {
			name     string
			problems []string
		}
		results := make(chan result)
		for i := range 600 {
			go func() {
				name := w.name(fmt.Sprintf("number-%04d", i))
				_, problems := r.imported("chat_user", name)
				results <- result{name, problems}
			}()
		}
		for range 600 {
			if r := <-results; len(r.problems) > 0 {
				t.Errorf("%s: %v", r.name, r.problems)
			}
		}
		n := w.emulator.requests()
		if w.platform == "easemob" && n.Total > 6+8+1+8 { // pages, users whose page was not there yet, the token, profiles
			t.Errorf("%d requests: %v", n.Total, n.Routes)
		}
	})
}

// If the configuration of the provider is not known yet, everything is deferred, provided
// that the command line can do that.
func TestConfigure_unknownConfigurationDefersThePlan(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	r := w.rpcUnconfigured()
	block := r.schemas.Provider.ValueType().(tftypes.Object)
	config := r.value(block, map[string]tftypes.Value{
		"easemob": tftypes.NewValue(block.AttributeTypes["easemob"], tftypes.UnknownValue),
	})
	resp, err := r.server.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{
		Config: config, ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true},
	})
	w.must(err)
	expectDiagnostics(t, resp.Diagnostics, "")
	of := r.schemas.ResourceSchemas["chat_user"].ValueType()
	none, err := tfprotov6.NewDynamicValue(of, tftypes.NewValue(of, nil))
	w.must(err)
	planned, err := r.server.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName:           "chat_user",
		Config:             r.value(of, map[string]tftypes.Value{"username": str("alice"), "password": str("pass-1")}),
		ProposedNewState:   r.value(of, map[string]tftypes.Value{"username": str("alice"), "password": str("pass-1")}),
		PriorState:         &none,
		ClientCapabilities: &tfprotov6.PlanResourceChangeClientCapabilities{DeferralAllowed: true},
	})
	w.must(err)
	expectDiagnostics(t, planned.Diagnostics, "")
	if planned.Deferred == nil || planned.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
		t.Errorf("the plan is not deferred: %+v", planned.Deferred)
	}
}

func TestErrors_wrongNameIsSaidToBeChecked(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		_, problems := w.wire().list(query{kind: "chat_contact", config: attrs{"owner": w.name("nobody")}})
		if len(problems) != 1 || !strings.Contains(problems[0], "Check the name") || strings.Contains(problems[0], "Declare it") {
			t.Errorf("a missing owner: %v", problems)
		}
	})
}

func TestErrors_interruptedReadIsNotSaidToBeRetried(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		r := w.wire()
		w.proxy.onCall(func(rw http.ResponseWriter, req *http.Request, forward func(http.ResponseWriter)) {
			if req.Method != http.MethodGet { // the application's token
				forward(rw)
				return
			}
			go r.stop()
			<-req.Context().Done()
		})
		_, problems := r.data("chat_users", attrs{})
		if len(problems) != 1 || !strings.Contains(problems[0], "interrupted") || strings.Contains(problems[0], "max_retries") {
			t.Errorf("an interrupted read: %v", problems)
		}
	})
}

package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"terraform-provider-chat/internal/chat"
)

// What is not ours is left alone, and what is ours is not taken for somebody else's.

// A registration is dated by its answer on JMessage, which may come late, by a clock
// that differs.
func TestAccJMessageUser_slowRegistration(t *testing.T) {
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
				// The exact time is known now: another registration is noticed.
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

// A user that somebody else registered again: the plan warns, an update takes it over,
// and a destroy leaves it alone.
func TestAccReregistered_destroyLeavesAlone(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		env := environmentOf(w)
		c := newCLI(t, "", env)
		body := w.named(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}

resource "chat_users" "team" {
  users       = { "{@bobby}" = {} }
  password_wo = "pass-1"
}
`)
		c.write("main.tf", requireChat+body)
		c.run("apply", "-auto-approve", "-no-color")
		w.reregister("alice", "another")
		w.reregister("bobby", "another")
		for _, args := range [][]string{{"plan", "-no-color"}, {"plan", "-destroy", "-no-color"}} {
			out := flat(c.run(args...))
			for _, want := range []string{
				fmt.Sprintf(`User "%s" is not the one in the state`, w.name("alice")),
				`Users are not the ones in the state`,
				w.name("bobby") + `": deleted and registered again`,
			} {
				if !strings.Contains(out, want) {
					t.Errorf("%v: want %s in\n%s", args, want, out)
				}
			}
		}
		c.run("destroy", "-auto-approve", "-no-color")
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

// A destroy whose plan waited, or read nothing, looks first.
func TestReregistered_afterThePlan(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		users := attrs{"password_wo": "pass-1", "users": attrs{w.name("bobby"): attrs{}}}
		user := identifiedResources[0].config(w)
		for kind, config := range map[string]attrs{"chat_user": user, "chat_users": users} {
			created, problems := w.wire().apply(kind, instance{}, config)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			read, _ := w.wire().read(kind, created)
			name := map[string]string{"chat_user": "alice", "chat_users": "bobby"}[kind]
			w.reregister(name, "another")
			destroyed, problems := w.wire().applied(kind, read, nil)
			if destroyed.state != nil || len(problems) > 0 {
				t.Errorf("%s: %v, %v", kind, destroyed.state, problems)
			}
			if err := w.expectPassword(name, "another"); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	})
}

// A user whose creation failed half way is deleted, whatever is declared for its
// destruction: the next apply creates it again.
func TestAccDeactivateOnDestroy_halfCreated(t *testing.T) {
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
					w.emulator.faults(fault{Path: "/(deactivate|forbidden)$", Status: http.StatusBadRequest, Body: `{"error":"illegal_argument"}`})
				},
				Config:      config,
				ExpectError: regexp.MustCompile(`(?s)Created user.*could not set it up`),
			},
			resource.TestStep{
				Config:           config,
				ConfigPlanChecks: expectAction("chat_user.alice", plancheck.ResourceActionReplace),
				Check:            all(w.isActivated("alice", false), w.hasPassword("alice", "pass-1")),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
		w.remove("alice")
	})
}

// Whatever this provider deactivated, it activates again when it takes the user back.
func TestAccDeactivateOnDestroy_takenBack(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		c := newCLI(t, "", environmentOf(w))
		user := requireChat + "provider \"chat\" {\n  adopt_existing = true\n}\n" + w.named(`
resource "chat_user" "alice" {
  username              = "{@alice}"
  password_wo           = "pass-1"
  deactivate_on_destroy = true
}
`)
		c.write("main.tf", user)
		c.run("apply", "-auto-approve", "-no-color")
		c.run("apply", "-auto-approve", "-no-color", "-replace=chat_user.alice")
		if err := w.expectActivated("alice", true); err != nil {
			t.Errorf("after a replacement: %v", err)
		}
		c.run("destroy", "-auto-approve", "-no-color")
		if err := w.expectActivated("alice", false); err != nil {
			t.Errorf("after a destroy: %v", err)
		}
		c.run("apply", "-auto-approve", "-no-color")
		if err := w.expectActivated("alice", true); err != nil {
			t.Errorf("after another apply: %v", err)
		}
		if out, code := c.try("plan", "-detailed-exitcode", "-no-color"); code != 0 {
			t.Errorf("exit code %d\n%s", code, out)
		}
	})
}

// Users who are deleted while the pages of the listing are read hide nobody.
func TestAccJMessageUsers_deletedBetweenPages(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.crowd(1200)
	for name, gone := range map[string]func(){
		"the total changes": func() { w.removeNamed(w.name("number-0003"), w.name("number-0004")) },
		"the total stays the same": func() {
			w.removeNamed(w.name("number-0010"))
			w.register("newcomer", "pass-1")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.t = t
			pages := 0
			w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
				if r.Method == http.MethodGet && r.URL.Query().Has("start") {
					if pages++; pages == 2 {
						watch := w.proxy.watch.Swap(nil)
						gone()
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
					t.Errorf("%s was there all the time, but is missing", name)
				}
			}
		})
	}
}

// A password that is kept for a name that is no longer one of the users.
func TestAccUsersResource_removedUserWithPassword(t *testing.T) {
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

// A write-only password without a version takes over from passwords in the state, once.
func TestAccUsersResource_writeOnlyTakesOver(t *testing.T) {
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

// Importing plans nothing, whatever is omitted, and declaring what is there plans nothing either.
func TestAccUsersResource_importPlansNothing(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		for _, name := range []string{"alice", "bobby", "carol"} {
			w.register(name, "before")
		}
		w.must(w.admin.Users.Update(context.Background(), w.name("alice"), chat.Settings{Nickname: ptr("Alice")}))
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
				ConfigPlanChecks: expectAction("chat_users.team", plancheck.ResourceActionNoop),
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
			// What is omitted is left alone in later changes as well.
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

// A recipe of the documentation: all users of an application in one resource.
func TestAccUsersResource_importAll(t *testing.T) {
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
			ConfigPlanChecks: expectAction("chat_users.team", plancheck.ResourceActionNoop),
		})
	})
}

// An imported user that somebody deleted: the plan names it, says that it is gone, and
// what to do.
func TestAccImported_deletedRemotely(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		for _, name := range []string{"alice", "bobby", "carol"} {
			w.register(name, "before")
		}
		user := func(arguments string) string {
			return w.config(`
import {
  to = chat_user.alice
  id = "{@alice}"
}

resource "chat_user" "alice" {
  username = "{@alice}"
` + arguments + `
}
`)
		}
		team := func(arguments string) string {
			return w.config(`
import {
  to = chat_users.team
  id = "{@bobby},{@carol}"
}

resource "chat_users" "team" {
  users = {
    "{@bobby}" = {}
    "{@carol}" = {}
  }
` + arguments + `
}
`)
		}
		w.run(
			resource.TestStep{Config: user("")},
			resource.TestStep{
				PreConfig: func() { w.remove("alice") },
				Config:    user(""),
				ExpectError: regexp.MustCompile(`(?s)User "` + w.name("alice") + `"\s+is\s+in\s+the\s+state,\s+but\s+was\s+deleted\s+outside\s+of\s+Terraform.*` +
					`set\s+password_wo:\s+without\s+password_wo_version`),
			},
			resource.TestStep{Config: user(`  password_wo = "pass-1"`), Check: all(w.hasPassword("alice", "pass-1"))},
			resource.TestStep{Config: team("")},
			resource.TestStep{
				PreConfig:   func() { w.remove("carol") },
				Config:      team(""),
				ExpectError: regexp.MustCompile(`(?s)Missing passwords.*` + w.name("carol") + `.*Set\s+passwords_wo.*deleted\s+outside\s+of\s+Terraform`),
			},
			resource.TestStep{Config: team(`  password_wo = "pass-1"`), Check: all(w.hasPassword("carol", "pass-1"), w.hasPassword("bobby", "before"))},
		)
	})
}

// A declared empty note clears one that a contact had before it was declared.
func TestAccJMessageContact_clearsOldNotes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "jmessage")
	w.run(
		resource.TestStep{Config: w.config(threeUsers), Check: func(*state) error {
			ctx := context.Background()
			if err := only(w.admin.Contacts.Add(ctx, w.name("alice"), chat.Refs(w.name("bobby")))); err != nil {
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

// Importing costs no more requests than a plan.
func TestImport_requests(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.crowd(600)
		r := w.wire()
		w.emulator.requests()
		type end struct {
			name     string
			problems []string
		}
		ends := make(chan end)
		for i := range 600 {
			go func() {
				name := w.name(fmt.Sprintf("number-%04d", i))
				_, problems := r.imported("chat_user", name)
				ends <- end{name, problems}
			}()
		}
		for range 600 {
			if e := <-ends; len(e.problems) > 0 {
				t.Errorf("%s: %v", e.name, e.problems)
			}
		}
		n := w.emulator.requests()
		if w.platform == "easemob" && n.Total > 6+8+1 {
			t.Errorf("%d requests: %v", n.Total, n.Routes)
		}
	})
}

// flat is output without line breaks and frames.
func flat(out string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", "", "╷", "", "╵", "").Replace(out)), " ")
}

// removeNamed deletes users behind Terraform's back.
func (w *world) removeNamed(names ...string) {
	w.t.Helper()
	for _, name := range names {
		w.must(only(w.admin.Users.Delete(context.Background(), []string{name})))
	}
}

// An unknown provider configuration is deferred if the command line allows it.
func TestConfigure_deferred(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	server, err := factories()["chat"]()
	w.must(err)
	schemas, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	w.must(err)
	r := &rpc{t: t, server: server, schemas: schemas}
	config := r.value(schemas.Provider.ValueType(), map[string]tftypes.Value{
		"easemob": tftypes.NewValue(schemas.Provider.ValueType().(tftypes.Object).AttributeTypes["easemob"], tftypes.UnknownValue),
	})
	resp, err := server.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{
		Config: config, ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true},
	})
	w.must(err)
	expectDiagnostics(t, resp.Diagnostics, "")
	of := schemas.ResourceSchemas["chat_user"].ValueType()
	planned, err := server.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName:           "chat_user",
		Config:             r.value(of, map[string]tftypes.Value{"username": str("alice"), "password": str("pass-1")}),
		ProposedNewState:   r.value(of, map[string]tftypes.Value{"username": str("alice"), "password": str("pass-1")}),
		PriorState:         nullOf(t, of),
		ClientCapabilities: &tfprotov6.PlanResourceChangeClientCapabilities{DeferralAllowed: true},
	})
	w.must(err)
	expectDiagnostics(t, planned.Diagnostics, "")
	if planned.Deferred == nil || planned.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
		t.Errorf("the plan is not deferred: %+v", planned.Deferred)
	}
}

func nullOf(t *testing.T, of tftypes.Type) *tfprotov6.DynamicValue {
	t.Helper()
	v, err := tfprotov6.NewDynamicValue(of, tftypes.NewValue(of, nil))
	if err != nil {
		t.Fatal(err)
	}
	return &v
}

// What is asked for by a wrong name, or interrupted, gets advice that helps.
func TestAdvice(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		_, problems := w.wire().list(query{kind: "chat_contact", config: attrs{"owner": w.name("nobody")}})
		if len(problems) != 1 || !strings.Contains(problems[0], "Check the name") || strings.Contains(problems[0], "Declare it") {
			t.Errorf("a missing owner: %v", problems)
		}
		r := w.wire()
		w.proxy.onCall(func(rw http.ResponseWriter, req *http.Request, forward func(http.ResponseWriter)) {
			if req.Method != http.MethodGet { // the application's token
				forward(rw)
				return
			}
			go func() { _, _ = r.server.StopProvider(context.Background(), &tfprotov6.StopProviderRequest{}) }()
			<-req.Context().Done()
		})
		_, problems = r.data("chat_users", attrs{})
		if len(problems) != 1 || !strings.Contains(problems[0], "interrupted") || strings.Contains(problems[0], "max_retries") {
			t.Errorf("an interrupted read: %v", problems)
		}
	})
}

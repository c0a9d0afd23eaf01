package provider_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// An error names the users for whom a call failed, and the state holds the others.

// hideUsers makes the listing of users look empty once, as if the users were registered
// after it was read.
func (w *world) hideUsers() {
	body := `{"entities":[]}`
	if w.platform == "jmessage" {
		body = `{"total":0,"start":0,"count":0,"users":[]}`
	}
	w.emulator.faults(fault{Method: http.MethodGet, Path: "/users$", Status: http.StatusOK, Body: body})
}

// numberedUsers returns a configuration of the users user-000, user-001 and so on.
func (w *world) numberedUsers(count int) string {
	return w.config(numberedUsers(count))
}

func numberedUsers(count int) string {
	return fmt.Sprintf(`
resource "chat_users" "team" {
  users       = { for i in range(%d) : format("{@user}-%%03d", i) => {} }
  password_wo = "pass-1"
}
`, count)
}

// If one of many users cannot be created, the others are. The next apply replaces them
// all, unless the resource is untainted.
func TestAccUsersFaults_usersThatCannotBeCreatedAreNamed(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.register("user-004", "before")
		w.emulator.advance(time.Hour)
		config := w.numberedUsers(10)
		w.run(
			resource.TestStep{
				PreConfig: w.hideUsers,
				Config:    config,
				ExpectError: regexp.MustCompile(`(?s)Could not create 1 of 10 users.*"` + w.name("user-004") + `":.*already\s+exists.*adopt_existing.*` +
					`9 users were created and are in the state.*terraform\s+untaint`),
			},
			resource.TestStep{
				PreConfig: func() {
					if err := all(w.there("user-003", "user-005"), w.hasPassword("user-004", "before"))(nil); err != nil {
						t.Error(err)
					}
					w.remove("user-004")
				},
				Config:           config,
				ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionReplace),
				Check:            all(w.hasPassword("user-004", "pass-1"), w.hasPassword("user-003", "pass-1")),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
	})
}

func TestAccUsersFaults_untaintedUsersAreKept(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	c := newCLI(t, "", environmentOf(w))
	c.write("main.tf", requireChat+`
resource "chat_users" "team" {
  users     = { for i in range(90) : format("user-%03d", i) => { activated = i != 0 } }
  passwords = { for i in range(90) : format("user-%03d", i) => "canary-password" }
}
`)
	w.prefix = ""
	// The quota refuses one of the two calls as a whole.
	w.emulator.faults(fault{Method: "POST", Path: "/users$", Status: 429,
		Body: `{"error":"resource_limited","error_description":"You have exceeded the limit of the Free edition, canary-password"}`})
	out, code := c.try("apply", "-auto-approve", "-no-color")
	out = onOneLine(out)
	failed := regexp.MustCompile(`Could not create (\d+) of 90 users`).FindStringSubmatch(out)
	if code == 0 || failed == nil || !strings.Contains(out, "resource_limited") || !strings.Contains(out, "quota exceeded") || strings.Contains(out, "canary") {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	for _, pattern := range []string{`(, "user-\d\d\d"){19} and \d+ more: register user: quota exceeded`, `\d+ users were created and are in the state`} {
		if !regexp.MustCompile(pattern).MatchString(out) {
			t.Errorf("want %s in\n%s", pattern, out)
		}
	}
	created := w.uuids(90)
	if fmt.Sprint(90-len(created)) != failed[1] {
		t.Errorf("%s failed, but %d exist", failed[1], len(created))
	}
	c.run("untaint", "chat_users.team")
	w.emulator.requests()
	c.apply()
	if n := w.emulator.requests(); n.Routes["POST /{org}/{app}/users"] != 1 || n.Routes["DELETE /{org}/{app}/users/{username}"] != 0 {
		t.Errorf("want only the missing users to be created, got %v", n.Routes)
	}
	for name, uuid := range w.uuids(90) {
		if before, ok := created[name]; ok && before != uuid {
			t.Errorf("%s was replaced", name)
		}
	}
	c.expectNoChanges()
	if err := w.expectActivated("user-000", false); err != nil {
		t.Error(err)
	}
	c.destroy()
	if left := w.uuids(90); len(left) > 0 {
		t.Errorf("after the destroy there are still %v", left)
	}
}

// uuids returns the UUIDs of those of the users user-000, user-001 and so on that exist.
func (w *world) uuids(count int) map[string]string {
	uuids := map[string]string{}
	for i := range count {
		name := fmt.Sprintf("user-%03d", i)
		if !w.gone(name) {
			uuids[name] = w.user(name).UUID
		}
	}
	return uuids
}

func TestAccUsersFaults_resourceIsNotTaintedIfNoUserWasCreated(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := w.numberedUsers(3)
	w.run(
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "POST", Path: "/users$", Status: 400, Body: refusal, Times: -1})
			},
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)Could not create 3 of 3 users.*"` + w.name("user-000") + `",\s+"` + w.name("user-001") + `",\s+"` + w.name("user-002") + `":.*illegal_argument: no`),
		},
		resource.TestStep{
			PreConfig:        func() { w.emulator.faults() },
			Config:           config,
			ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionCreate),
		},
	)
}

// Users that existed before are not registered again because a creation failed.
func TestAccUsersFaults_adoptedUsersAreKept(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.register("user-000", "before")
	config := w.configWith("adopt_existing = true", `
resource "chat_users" "team" {
  users = {
    "{@user-000}" = {}
    "{@user-001}" = { activated = false }
  }
  password_wo = "pass-1"
}
`)
	w.run(
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "POST", Path: "/deactivate$", Status: 400, Body: refusal})
			},
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)Could not deactivate 1 of 1 users.*` + w.name("user-001") + `.*1 users were created`),
		},
		resource.TestStep{
			Config:            config,
			ConfigPlanChecks:  expectAction(teamAddress, plancheck.ResourceActionReplace),
			ConfigStateChecks: []statecheck.StateCheck{w.expectUsers("user-000", "user-001")},
			Check:             all(w.isActivated("user-001", false), w.hasPassword("user-000", "pass-1"), w.hasUUID("user-000", w.user("user-000").UUID)),
		},
	)
}

// An update changes what it can, and the next one changes only the rest.
func TestAccUsersFaults_nextUpdateChangesOnlyTheRest(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	before := w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = { nickname = "A", activated = true }
    "{@bob}"   = { nickname = "B" }
    "{@carol}" = { nickname = "C" }
    "{@dave}"  = {}
    "{@erin}"  = {}
  }
  passwords = {
    "{@alice}" = "pass-1"
    "{@bob}"   = "pass-1"
    "{@carol}" = "pass-1"
    "{@dave}"  = "pass-1"
    "{@erin}"  = "pass-1"
  }
}
`)
	after := w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = { nickname = "Alice", activated = false }
    "{@bob}"   = { nickname = "Bob" }
    "{@carol}" = { nickname = "Carol" }
    "{@frank}" = {}
    "{@grace}" = {}
  }
  passwords = {
    "{@alice}" = "pass-2"
    "{@bob}"   = "pass-2"
    "{@carol}" = "pass-2"
    "{@frank}" = "pass-2"
    "{@grace}" = "pass-2"
  }
}
`)
	var created string
	w.run(
		resource.TestStep{Config: before},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(
					fault{Method: "PUT", Path: "/" + w.name("alice") + "/password$", Status: 400, Body: refusal},
					fault{Method: "PUT", Path: "/" + w.name("bob") + "$", Status: 400, Body: `{"error":"illegal_argument","error_description":"pass-2 is no nickname"}`},
					fault{Method: "DELETE", Path: "/" + w.name("dave") + "$", Status: 400, Body: refusal},
					fault{Method: "POST", Path: "/users$", Status: 400, Body: refusal, Times: 2},
				)
			},
			Config: after,
			ExpectError: regexp.MustCompile(`(?s)Could not delete 1 of 2 users.*"` + w.name("dave") + `":.*` +
				`Could not create 1 of 2 users.*"` + w.name("(frank|grace)") + `":.*` +
				`Could not change 2 of 3 users.*"` + w.name("alice") + `": set the password.*"` + w.name("bob") + `": update user`),
		},
		resource.TestStep{
			PreConfig: func() {
				if err := all(
					w.notThere("erin"), w.there("dave"),
					w.hasNickname("alice", "Alice"), w.isActivated("alice", false), w.hasPassword("alice", "pass-1"),
					w.hasNickname("bob", "B"), w.hasPassword("bob", "pass-1"),
					w.hasNickname("carol", "Carol"), w.hasPassword("carol", "pass-2"),
				)(nil); err != nil {
					t.Error(err)
				}
				for _, name := range []string{"frank", "grace"} {
					if !w.gone(name) {
						created = name
					}
				}
				w.forgetRequests()
			},
			Config:            after,
			ConfigPlanChecks:  expectAction(teamAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{w.expectUsers("alice", "bob", "carol", "frank", "grace")},
			// Two passwords, a nickname, a deletion and a registration.
			Check: all(w.wrote(5), w.notThere("dave"), w.hasPassword("alice", "pass-2"), w.hasNickname("bob", "Bob"), w.hasPassword("bob", "pass-2"), w.there("frank", "grace")),
		},
		resource.TestStep{Config: after, ConfigPlanChecks: expectNothing},
	)
	if created == "" {
		t.Error("the first update created no user")
	}
}

// If a write-only password could not be written, its version in the state stays.
func TestAccUsersFaults_failedWriteOnlyPasswordIsWrittenAgain(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := func(version int) string {
		return w.config(fmt.Sprintf(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = {}
    "{@bob}"   = {}
  }
  password_wo         = "pass-%[1]d"
  password_wo_version = %[1]d
}
`, version))
	}
	w.run(
		resource.TestStep{Config: config(1)},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "PUT", Path: "/" + w.name("bob") + "/password$", Status: 400, Body: refusal})
			},
			Config:      config(2),
			ExpectError: regexp.MustCompile(`Could not change 1 of 2 users`),
		},
		resource.TestStep{
			Config:           config(2),
			ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionUpdate),
			Check:            all(w.hasPassword("alice", "pass-2"), w.hasPassword("bob", "pass-2")),
		},
		resource.TestStep{Config: config(2), ConfigPlanChecks: expectNothing},
	)
}

func TestAccUsersFaults_usersAreCreatedInSpiteOfOneFault(t *testing.T) {
	t.Parallel()
	for platform, path := range map[string]string{"easemob": "/users$", "jmessage": "/v1/users/?$"} {
		for name, f := range map[string]fault{
			"answer lost":   {When: "after", Drop: true},
			"answer broken": {When: "after", Status: 502, Body: "<html>bad gateway</html>", ContentType: "text/html"},
			"not reached":   {When: "before", Drop: true},
			"unavailable":   {Status: 503, Body: "<html>busy</html>", ContentType: "text/html"},
		} {
			t.Run(platform+" "+name, func(t *testing.T) {
				t.Parallel()
				w := emulatorWorld(t, platform)
				config := w.numberedUsers(70)
				f.Method, f.Path = http.MethodPost, path
				w.emulator.faults(f)
				w.run(
					resource.TestStep{Config: config, Check: all(w.hasPassword("user-000", "pass-1"), w.hasPassword("user-069", "pass-1"))},
					resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
				)
			})
		}
	}
}

// The users that could not be deleted stay in the state, and no others.
func TestAccUsersFaults_nextDestroyDeletesOnlyTheRest(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = {}
    "{@bob}"   = {}
  }
  password_wo = "pass-1"
}
`)
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "DELETE", Path: "/" + w.name("bob") + "$", Status: 400, Body: refusal})
			},
			Config:      config,
			Destroy:     true,
			ExpectError: regexp.MustCompile(`(?s)Could not delete 1 of 2 users.*"` + w.name("bob") + `"`),
		},
		resource.TestStep{
			PreConfig: w.forgetRequests,
			Config:    config,
			Destroy:   true,
		},
	)
	if n := w.emulator.requests().Routes["DELETE /{org}/{app}/users/{username}"]; n != 1 {
		t.Errorf("%d users were deleted again, want 1", n)
	}
}

func TestAccUsersFaults_failedReadKeepsTheUsersInTheState(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := w.configWith("max_retries = 0", numberedUsers(3))
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "GET", Path: "/users", Status: 500, Times: -1, Body: "<html><body>Oops</body></html>", ContentType: "text/html"})
			},
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)Could not read 3 of 3 users.*HTTP 500.*run\s+the\s+command\s+again`),
		},
		resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: config, ConfigPlanChecks: expectNothing},
	)
}

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

// What fails for some of many users is told by name, and the state holds the rest.

const refusal = `{"error":"illegal_argument","error_description":"no"}`

// hideUsers makes the listing of users look empty once, as if they were registered
// between it and the registration.
func (w *world) hideUsers() {
	body := `{"entities":[]}`
	if w.platform == "jmessage" {
		body = `{"total":0,"start":0,"count":0,"users":[]}`
	}
	w.emulator.faults(fault{Method: http.MethodGet, Path: "/users$", Status: http.StatusOK, Body: body})
}

// numbered are n lines of users.
func numbered(n int) string {
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "\"{@user}-%03d\" = {}\n", i)
	}
	return lines.String()
}

// One user of many exists after all: the others are created, and the next apply
// starts anew unless it is told to keep them.
func TestAccUsersFaults_partialCreate(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"easemob", "jmessage"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, platform)
			w.register("user-004", "before")
			w.emulator.advance(time.Hour)
			config := w.team(numbered(10), onePassword)
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
}

func TestAccUsersFaults_untaintKeepsUsers(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	c := newCLI(t, "", environmentOf(w))
	c.write("main.tf", `
terraform {
  required_providers {
    chat = { source = "chat/chat" }
  }
}
resource "chat_users" "team" {
  users     = { for i in range(90) : format("user-%03d", i) => { activated = i != 0 } }
  passwords = { for i in range(90) : format("user-%03d", i) => "canary-password" }
}
`)
	w.prefix = ""
	// A quota ends one of the two calls, whichever comes last, without anybody to blame.
	w.emulator.faults(fault{Method: "POST", Path: "/users$", Status: 429,
		Body: `{"error":"resource_limited","error_description":"You have exceeded the limit of the Free edition, canary-password"}`})
	out, code := c.try("apply", "-auto-approve", "-no-color")
	out = strings.Join(strings.Fields(strings.ReplaceAll(out, "│", "")), " ")
	told := regexp.MustCompile(`Could not create (\d+) of 90 users`).FindStringSubmatch(out)
	if code == 0 || told == nil || !strings.Contains(out, "resource_limited") || !strings.Contains(out, "quota is used up") || strings.Contains(out, "canary") {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	for _, pattern := range []string{`(, "user-\d\d\d"){19} and \d+ more: register user: quota exceeded`, `\d+ users were created and are in the state`} {
		if !regexp.MustCompile(pattern).MatchString(out) {
			t.Errorf("want %s in\n%s", pattern, out)
		}
	}
	kept := w.survivors(90)
	if fmt.Sprint(90-len(kept)) != told[1] {
		t.Errorf("%s failed, but %d are there", told[1], len(kept))
	}
	c.run("untaint", "chat_users.team")
	w.emulator.requests()
	c.run("apply", "-auto-approve", "-no-color")
	if n := w.emulator.requests(); n.Routes["POST /{org}/{app}/users"] != 1 || n.Routes["DELETE /{org}/{app}/users/{username}"] != 0 {
		t.Errorf("only those that were missing were to be created: %v", n.Routes)
	}
	for name, uuid := range w.survivors(90) {
		if before, ok := kept[name]; ok && before != uuid {
			t.Errorf("%s was replaced", name)
		}
	}
	if out, code := c.try("plan", "-detailed-exitcode", "-no-color"); code != 0 {
		t.Errorf("the second apply left something to do:\n%s", out)
	}
	if err := w.expectActivated("user-000", false); err != nil {
		t.Error(err)
	}
	c.run("destroy", "-auto-approve", "-no-color")
	if left := w.survivors(90); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// survivors are the uuids of the numbered users that are there.
func (w *world) survivors(n int) map[string]string {
	there := map[string]string{}
	for i := range n {
		name := fmt.Sprintf("user-%03d", i)
		if !w.gone(name) {
			there[name] = w.user(name).UUID
		}
	}
	return there
}

// Where nothing was created, nothing is tainted.
func TestAccUsersFaults_nothingCreated(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := w.team(numbered(3), onePassword)
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

// Users that were there before are not lost with a creation that failed.
func TestAccUsersFaults_adoptedAreNotTainted(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.register("user-000", "before")
	uuid := w.user("user-000").UUID
	config := w.configWith("adopt_existing = true", teamBlock("\"{@user}-000\" = {}\n\"{@user}-001\" = { activated = false }", onePassword))
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
			Check: all(w.isActivated("user-001", false), w.hasPassword("user-000", "pass-1"), func() error {
				if got := w.user("user-000").UUID; got != uuid {
					return fmt.Errorf("the user was replaced: %s became %s", uuid, got)
				}
				return nil
			}),
		},
	)
}

// An update does what it can, and the next one only the rest.
func TestAccUsersFaults_partialUpdate(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	passwords := func(version int) string {
		return fmt.Sprintf("passwords = { for name in [\"alice\", \"bob\", \"carol\", \"dave\", \"erin\"] : \"{@}${name}\" => \"pass-%d\" }", version)
	}
	before := w.team(`"{@alice}" = { nickname = "A", activated = true }
"{@bob}" = { nickname = "B" }
"{@carol}" = { nickname = "C" }
"{@dave}" = {}
"{@erin}" = {}`, passwords(1))
	after := w.team(`"{@alice}" = { nickname = "Alice", activated = false }
"{@bob}" = { nickname = "Bob" }
"{@carol}" = { nickname = "Carol" }
"{@frank}" = {}
"{@grace}" = {}`, `passwords = { for name in ["alice", "bob", "carol", "frank", "grace"] : "{@}${name}" => "pass-2" }`)
	var frank string
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
						frank = name
					}
				}
				w.forgetRequests()
			},
			Config:            after,
			ConfigPlanChecks:  expectAction(teamAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{w.expectUsers("alice", "bob", "carol", "frank", "grace")},
			// Two passwords, a nickname, a user less and a user more.
			Check: all(w.wrote(5), w.notThere("dave"), w.hasPassword("alice", "pass-2"), w.hasNickname("bob", "Bob"), w.hasPassword("bob", "pass-2"), w.there("frank", "grace")),
		},
		resource.TestStep{Config: after, ConfigPlanChecks: expectNothing},
	)
	if frank == "" {
		t.Error("nobody was created the first time")
	}
}

// Where a write-only password could not be set, its version stays what it was.
func TestAccUsersFaults_writeOnlyVersion(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := func(version int) string {
		return w.team("\"{@alice}\" = {}\n\"{@bob}\" = {}", fmt.Sprintf("password_wo = \"pass-%d\"\npassword_wo_version = %d", version, version))
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

func TestAccUsersFaults_createSurvives(t *testing.T) {
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
				config := w.team(numbered(70), onePassword)
				f := f
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

// Users that could not be deleted stay in the state, and no others.
func TestAccUsersFaults_partialDelete(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := w.team("\"{@alice}\" = {}\n\"{@bob}\" = {}", onePassword)
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

func TestAccUsersFaults_readFails(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := w.configWith("max_retries = 0", teamBlock(numbered(3), onePassword))
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "GET", Path: "/users", Status: 500, Times: -1, Body: "<html><body>Oops</body></html>", ContentType: "text/html"})
			},
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)Could not read 3 of 3 users.*HTTP 500.*Apply\s+again`),
		},
		// All are still in the state.
		resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: config, ConfigPlanChecks: expectNothing},
	)
}

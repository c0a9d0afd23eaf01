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
)

// After any single fault the state says what is true, and the next apply ends with what
// is declared.

func TestAccFaults_userIsCreatedInSpiteOfOneFault(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	for name, f := range map[string]fault{
		"answer lost":      {Method: "POST", Path: "/users$", When: "after", Drop: true},
		"answer broken":    {Method: "POST", Path: "/users$", When: "after", Status: 502, Body: "<html>bad gateway</html>", ContentType: "text/html"},
		"answer cut short": {Method: "POST", Path: "/users$", When: "after", Status: 200, Body: `{"action":"post","entities":[{"uu`},
		"not reached":      {Method: "POST", Path: "/users$", When: "before", Drop: true},
		"unavailable":      {Method: "POST", Path: "/users$", Status: 503, Body: "<html>busy</html>", ContentType: "text/html"},
		"throttled":        {Method: "POST", Path: "/users$", Status: 429, Body: `{"error":"reach_limit","error_description":"This request has reached api limit"}`},
		"read unavailable": {Method: "GET", Path: "/users/", Status: 500, Body: ``},
	} {
		t.Run(name, func(t *testing.T) {
			w.emulator.faults(f)
			w.in(t).run(
				resource.TestStep{Config: w.config(oneUser), Check: all(w.hasPassword("alice", "pass-1"))},
				resource.TestStep{Config: w.config(oneUser), ConfigPlanChecks: expectNothing},
			)
		})
	}
}

// A user that existed before is not taken for our own although the answer to the
// registration was lost.
func TestAccFaults_lostAnswerDoesNotTakeOverAnExistingUser(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.register("alice", "before")
	w.emulator.advance(time.Hour)
	w.emulator.faults(fault{Method: "POST", Path: "/users$", When: "after", Drop: true})
	w.run(resource.TestStep{
		Config:      w.config(oneUser),
		ExpectError: regexp.MustCompile(`(?s)already\s+exists`),
	})
	if err := w.expectPassword("alice", "before"); err != nil {
		t.Error(err)
	}
}

func TestAccFaults_exceededQuotaIsNotRetried(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.emulator.faults(fault{Method: "POST", Path: "/users$", Status: 429, Times: -1,
		Body: `{"error":"resource_limited","error_description":"You have exceeded the limit of the Free edition"}`})
	w.run(resource.TestStep{
		Config:      w.config(oneUser),
		ExpectError: regexp.MustCompile(`(?s)resource_limited.*Free\s+edition.*quota`),
	})
	if n := w.emulator.requests().Routes["POST /{org}/{app}/users"]; n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
}

// The first call that succeeds puts the user in the state. If a later one fails, the
// user is tainted and not lost.
func TestAccFaults_halfCreatedUserIsTainted(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := w.config(`
resource "chat_user" "alice" {
  username  = "{@alice}"
  password  = "pass-1"
  activated = false
  push      = { display_style = "detail" }
}
`)
	w.run(
		resource.TestStep{
			PreConfig:   func() { w.emulator.faults(fault{Method: "PUT", Path: "/users/", Status: 400, Body: refusal}) },
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)Created user .* but could not set it up as declared.*illegal_argument: no`),
		},
		resource.TestStep{
			PreConfig:   func() { w.emulator.faults(fault{Method: "POST", Path: "/deactivate$", Status: 400, Body: refusal}) },
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)but could not set it up as declared`),
		},
		resource.TestStep{
			Config:           config,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionReplace),
			Check:            all(w.isActivated("alice", false)),
		},
	)
}

func TestAccFaults_halfUpdatedUserKeepsWhatWasWritten(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	after := w.config(`
resource "chat_user" "alice" {
  username  = "{@alice}"
  password  = "pass-2"
  nickname  = "Alice"
  activated = false
}
`)
	w.run(
		resource.TestStep{Config: w.config(`
resource "chat_user" "alice" {
  username  = "{@alice}"
  password  = "pass-1"
  nickname  = "Al"
  activated = true
}
`)},
		resource.TestStep{
			PreConfig:   func() { w.emulator.faults(fault{Method: "PUT", Path: "/password$", Status: 400, Body: refusal}) },
			Config:      after,
			ExpectError: regexp.MustCompile(`Could not update user`),
		},
		resource.TestStep{
			PreConfig: func() { w.emulator.requests() },
			Config:    after,
			Check: func(*state) error {
				n := w.emulator.requests()
				if n.writes() != 1 || n.Routes["PUT /{org}/{app}/users/{username}/password"] != 1 {
					return fmt.Errorf("only the password was left to write, but: %v", n.Routes)
				}
				return w.expectPassword("alice", "pass-2")
			},
		},
	)
}

func TestAccFaults_failedAdoptionIsRepeated(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.register("alice", "before")
	config := w.configWith("adopt_existing = true", `
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  nickname = "Alice"
}
`)
	w.run(
		resource.TestStep{
			PreConfig:   func() { w.emulator.faults(fault{Method: "PUT", Path: "/password$", Status: 400, Body: refusal}) },
			Config:      config,
			ExpectError: regexp.MustCompile(`Could not take over user`),
		},
		resource.TestStep{
			Config:           config,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionCreate),
			Check:            all(w.hasUUID("alice", w.user("alice").UUID), w.hasPassword("alice", "pass-1")),
		},
	)
}

func TestAccFaults_failedReadKeepsTheUserInTheState(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := w.configWith("max_retries = 0", oneUser)
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "GET", Path: "/users", Status: 500, Times: -1, Body: "<html><body>Oops</body></html>", ContentType: "text/html"})
			},
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)Could not read user.*HTTP 500.*run\s+the\s+command\s+again`),
		},
		resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: config, ConfigPlanChecks: expectNothing},
	)
}

// Easemob answers in four ways that there is no such user.
func TestAccFaults_deletedUserIsRecognizedByEveryAnswer(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	for code, status := range map[string]int{
		"service_resource_not_found":  404,
		"entity_not_found":            404,
		"required_property_not_found": 400,
		"management":                  400,
	} {
		w.run(
			resource.TestStep{Config: w.config(oneUser)},
			resource.TestStep{
				PreConfig: func() {
					w.emulator.faults(fault{
						Method: "DELETE", Path: "/users/", When: "after", Status: status, Times: 1,
						Body: fmt.Sprintf(`{"error":%q,"error_description":"User null not found"}`, code),
					})
				},
				Config:  w.config(oneUser),
				Destroy: true,
			},
		)
	}
}

func TestAccFaults_unreadableAnswersAreDescribed(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	for name, c := range map[string]struct {
		fault fault
		want  string
	}{
		"HTML":      {fault{Status: 200, Body: "<!DOCTYPE html><html><body>Please log in</body></html>", ContentType: "text/html"}, `(?i)HTML`},
		"empty":     {fault{Status: 200}, `(?i)empty`},
		"cut short": {fault{Status: 200, Body: `{"entities":[{"username":"al`}, `(?i)cut\s+short`},
		"huge":      {fault{Status: 200, Body: `{"entities":[],"x":"` + strings.Repeat("x", 11<<20) + `"}`}, `(?i)10\s+MB|too\s+large|larger`},
	} {
		t.Run(name, func(t *testing.T) {
			f := c.fault
			f.Method, f.Path, f.Times = http.MethodGet, "/users", -1
			w.emulator.faults(f)
			w.in(t).run(resource.TestStep{
				Config: w.configWith("max_retries = 0", `
data "chat_user" "x" {
  username = "{@alice}"
}
`),
				ExpectError: regexp.MustCompile(c.want),
			})
		})
	}
}

func TestAccToken_isFetchedOnceARunAndRenewedOnce(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	users := w.config(`
resource "chat_user" "u" {
  count    = 12
  username = "{@user}-${count.index}"
  password = "pass-1"
}
`)
	w.run(
		resource.TestStep{Config: users},
		resource.TestStep{
			// Every run of the provider fetches a token of its own.
			PreConfig: func() { w.emulator.requests() },
			Config:    users,
			PlanOnly:  true,
		},
		resource.TestStep{
			PreConfig: func() {
				if n := w.emulator.requests(); n.Tokens == 0 || n.Tokens > 3 {
					t.Errorf("plan and refresh fetched %d tokens", n.Tokens)
				}
				w.emulator.faults(fault{Method: "GET", Path: "/users", Status: 401, Times: -1, Body: `{"error":"unauthorized","error_description":"Unable to authenticate (OAuth)"}`})
			},
			Config:      users,
			ExpectError: regexp.MustCompile(`(?s)unauthorized.*Check the credentials`),
		},
		resource.TestStep{
			PreConfig: func() {
				if n := w.emulator.requests(); n.Tokens > 4 {
					t.Errorf("a refused token was renewed %d times", n.Tokens)
				}
				w.emulator.faults()
			},
			Config: users,
		},
	)
}

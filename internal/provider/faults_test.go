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

// After any single fault the state tells the truth and the next apply ends where
// the configuration says.

func TestAccFaults_createSurvives(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	for name, f := range map[string]fault{
		"answer lost":      {Method: "POST", Path: "/users$", When: "after", Drop: true},
		"answer broken":    {Method: "POST", Path: "/users$", When: "after", Status: 502, Body: "<html>bad gateway</html>", ContentType: "text/html"},
		"not reached":      {Method: "POST", Path: "/users$", When: "before", Drop: true},
		"unavailable":      {Method: "POST", Path: "/users$", Status: 503, Body: "<html>busy</html>", ContentType: "text/html"},
		"throttled":        {Method: "POST", Path: "/users$", Status: 429, Body: `{"error":"reach_limit","error_description":"This request has reached api limit"}`},
		"read unavailable": {Method: "GET", Path: "/users/", Status: 500, Body: ``},
		"cut short":        {Method: "POST", Path: "/users$", When: "after", Status: 200, Body: `{"action":"post","entities":[{"uu`},
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.t = t
			w.emulator.faults(f)
			w.run(
				resource.TestStep{Config: w.alice(`password = "pass-1"`), Check: func(*state) error { return w.expectPassword("alice", "pass-1") }},
				resource.TestStep{Config: w.alice(`password = "pass-1"`), ConfigPlanChecks: expectNothing},
			)
		})
	}
}

// A user of the same name that was there before is not taken for our own, although
// an answer was lost on the way.
func TestAccFaults_lostAnswerIsNoClaim(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.register("alice", "before")
	w.emulator.advance(time.Hour)
	w.emulator.faults(fault{Method: "POST", Path: "/users$", When: "after", Drop: true})
	w.run(resource.TestStep{
		Config:      w.alice(`password = "pass-1"`),
		ExpectError: regexp.MustCompile(`(?s)already\s+exists`),
	})
	if err := w.expectPassword("alice", "before"); err != nil {
		t.Error(err)
	}
}

func TestAccFaults_quotaIsFinal(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.emulator.faults(fault{Method: "POST", Path: "/users$", Status: 429, Times: -1,
		Body: `{"error":"resource_limited","error_description":"You have exceeded the limit of the Free edition"}`})
	w.run(resource.TestStep{
		Config:      w.alice(`password = "pass-1"`),
		ExpectError: regexp.MustCompile(`(?s)resource_limited.*Free\s+edition.*quota`),
	})
	if n := w.emulator.requests().Routes["POST /{org}/{app}/users"]; n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
}

// The first successful call puts the user in the state; what fails after it taints
// the user instead of losing it.
func TestAccFaults_halfCreated(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := w.alice("password = \"pass-1\"\nactivated = false\npush = { display_style = \"detail\" }")
	refuse := `{"error":"illegal_argument","error_description":"no"}`
	w.run(
		resource.TestStep{
			PreConfig:   func() { w.emulator.faults(fault{Method: "PUT", Path: "/users/", Status: 400, Body: refuse}) },
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)Created user .* but could not set it up as declared.*illegal_argument: no`),
		},
		resource.TestStep{
			PreConfig:   func() { w.emulator.faults(fault{Method: "POST", Path: "/deactivate$", Status: 400, Body: refuse}) },
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)but could not set it up as declared`),
		},
		resource.TestStep{
			Config:           config,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionReplace),
			Check:            func(*state) error { return w.expectActivated("alice", false) },
		},
	)
}

// What an update wrote before it failed is kept.
func TestAccFaults_halfUpdated(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	after := w.alice("password = \"pass-2\"\nnickname = \"Alice\"\nactivated = false")
	w.run(
		resource.TestStep{Config: w.alice("password = \"pass-1\"\nnickname = \"Al\"\nactivated = true")},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "PUT", Path: "/password$", Status: 400, Body: `{"error":"illegal_argument"}`})
			},
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

func TestAccFaults_adoptionIsRepeated(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.register("alice", "before")
	uuid := w.user("alice").UUID
	config := w.configWith("adopt_existing = true", aliceBlock("password = \"pass-1\"\nnickname = \"Alice\""))
	w.run(
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "PUT", Path: "/password$", Status: 400, Body: `{"error":"illegal_argument"}`})
			},
			Config:      config,
			ExpectError: regexp.MustCompile(`Could not take over user`),
		},
		resource.TestStep{
			Config:           config,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionCreate),
			Check: func(*state) error {
				if got := w.user("alice").UUID; got != uuid {
					return fmt.Errorf("the user was replaced: %s became %s", uuid, got)
				}
				return w.expectPassword("alice", "pass-1")
			},
		},
	)
}

func TestAccFaults_readFails(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := w.configWith("max_retries = 0", aliceBlock(`password = "pass-1"`))
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "GET", Path: "/users", Status: 500, Times: -1, Body: "<html><body>Oops</body></html>", ContentType: "text/html"})
			},
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)Could not read user.*HTTP 500.*Apply again`),
		},
		// The user is still in the state.
		resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: config, ConfigPlanChecks: expectNothing},
	)
}

// "No such user" has four faces; each means gone.
func TestAccFaults_goneHasFourFaces(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	faces := map[string]fault{
		"service_resource_not_found":  {Method: "DELETE", Path: "/users/", Status: 404},
		"entity_not_found":            {Method: "DELETE", Path: "/users/", Status: 404},
		"required_property_not_found": {Method: "DELETE", Path: "/users/", Status: 400},
		"management":                  {Method: "DELETE", Path: "/users/", Status: 400},
	}
	for code, f := range faces {
		f.Body, f.Times = fmt.Sprintf(`{"error":%q,"error_description":"User null not found"}`, code), 1
		f.When = "after"
		w.run(
			resource.TestStep{Config: w.alice(`password = "pass-1"`)},
			resource.TestStep{PreConfig: func() { w.emulator.faults(f) }, Config: w.alice(`password = "pass-1"`), Destroy: true},
		)
	}
}

func TestAccFaults_badAnswers(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	for name, c := range map[string]struct {
		fault fault
		want  string
	}{
		"html":      {fault{Status: 200, Body: "<!DOCTYPE html><html><body>Please log in</body></html>", ContentType: "text/html"}, `(?i)HTML`},
		"empty":     {fault{Status: 200}, `(?i)empty`},
		"cut short": {fault{Status: 200, Body: `{"entities":[{"username":"al`}, `(?i)cut\s+short`},
		"huge":      {fault{Status: 200, Body: `{"entities":[],"x":"` + strings.Repeat("x", 11<<20) + `"}`}, `(?i)10\s+MB|too\s+large|larger`},
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.t = t
			f := c.fault
			f.Method, f.Path, f.Times = http.MethodGet, "/users", -1
			w.emulator.faults(f)
			w.run(resource.TestStep{
				Config:      w.configWith("max_retries = 0", `data "chat_user" "x" { username = "{@alice}" }`),
				ExpectError: regexp.MustCompile(c.want),
			})
		})
	}
}

// One token serves a whole process, and a token that died is renewed once.
func TestAccToken(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	users := w.config("resource \"chat_user\" \"u\" {\n count = 12\n username = \"{@user}-${count.index}\"\n password = \"pass-1\"\n}\n")
	w.run(
		resource.TestStep{Config: users},
		resource.TestStep{
			// The calls before have died with their tokens; every process fetches one.
			PreConfig: func() { w.emulator.requests() },
			Config:    users,
			PlanOnly:  true,
		},
		resource.TestStep{
			PreConfig: func() {
				n := w.emulator.requests()
				if n.Tokens == 0 || n.Tokens > 3 {
					t.Errorf("plan and refresh fetched %d tokens", n.Tokens)
				}
				w.emulator.faults(fault{Method: "GET", Path: "/users", Status: 401, Times: -1, Body: `{"error":"unauthorized","error_description":"Unable to authenticate (OAuth)"}`})
			},
			Config:      users,
			ExpectError: regexp.MustCompile(`(?s)unauthorized.*Check the credentials`),
		},
		resource.TestStep{
			PreConfig: func() {
				n := w.emulator.requests()
				if n.Tokens > 4 {
					t.Errorf("a refused token was renewed %d times", n.Tokens)
				}
				w.emulator.faults()
			},
			Config: users,
		},
	)
}

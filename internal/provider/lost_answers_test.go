package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// If the answer to a write is lost on every attempt, it is not known whether the write took
// effect, and the state says so.

// lost returns a fault that loses every answer to a write that took effect.
func lost(method, path string) fault {
	return fault{Method: method, Path: path, When: "after", Drop: true, Times: -1}
}

// unreadable returns a fault that fails every read of users.
func (w *world) unreadable() fault {
	return fault{Method: http.MethodGet, Path: "/users", Status: http.StatusInternalServerError, Times: -1}
}

// configFewRetries is config with few retries, so that the provider gives up soon.
func (w *world) configFewRetries(body string) string {
	return w.configWith(`max_retries     = 1
  request_timeout = "5s"`, body)
}

// A change whose outcome is unknown, and that is declared no longer, is undone on the
// platform as well.
func TestAccLostAnswers_unknownChangeIsUndone(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		for name, c := range map[string]struct {
			before, after string
			lost          fault
			// undone checks that the platform holds what before declares.
			undone func() error
		}{
			"password": {
				before: `
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}
`,
				after: `
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-2"
}
`,
				lost:   lost("PUT", "/password$"),
				undone: w.hasPassword("alice", "pass-1"),
			},
			"write-only password": {
				before: `
resource "chat_user" "alice" {
  username            = "{@alice}"
  password_wo         = "pass-1"
  password_wo_version = 1
}
`,
				after: `
resource "chat_user" "alice" {
  username            = "{@alice}"
  password_wo         = "pass-2"
  password_wo_version = 2
}
`,
				lost:   lost("PUT", "/password$"),
				undone: w.hasPassword("alice", "pass-1"),
			},
			"activated": {
				before: `
resource "chat_user" "alice" {
  username  = "{@alice}"
  password  = "pass-1"
  activated = true
}
`,
				after: `
resource "chat_user" "alice" {
  username  = "{@alice}"
  password  = "pass-1"
  activated = false
}
`,
				lost:   lost("", "/(deactivate|forbidden)$"),
				undone: w.isActivated("alice", true),
			},
			"passwords of many": {
				before: `
resource "chat_users" "team" {
  users     = { "{@alice}" = {}, "{@bobby}" = {} }
  passwords = { "{@alice}" = "pass-1", "{@bobby}" = "pass-1" }
}
`,
				after: `
resource "chat_users" "team" {
  users     = { "{@alice}" = {}, "{@bobby}" = {} }
  passwords = { "{@alice}" = "pass-2", "{@bobby}" = "pass-2" }
}
`,
				lost:   lost("PUT", "/"+w.name("alice")+"/password$"),
				undone: func() error { return all(w.hasPassword("alice", "pass-1"), w.hasPassword("bobby", "pass-1"))(nil) },
			},
			"write-only password of many": {
				before: `
resource "chat_users" "team" {
  users               = { "{@alice}" = {}, "{@bobby}" = {} }
  password_wo         = "pass-1"
  password_wo_version = 1
}
`,
				after: `
resource "chat_users" "team" {
  users               = { "{@alice}" = {}, "{@bobby}" = {} }
  password_wo         = "pass-2"
  password_wo_version = 2
}
`,
				lost:   lost("PUT", "/"+w.name("alice")+"/password$"),
				undone: func() error { return all(w.hasPassword("alice", "pass-1"), w.hasPassword("bobby", "pass-1"))(nil) },
			},
			"activated of many": {
				before: `
resource "chat_users" "team" {
  users       = { "{@alice}" = { activated = true }, "{@bobby}" = {} }
  password_wo = "pass-1"
}
`,
				after: `
resource "chat_users" "team" {
  users       = { "{@alice}" = { activated = false }, "{@bobby}" = {} }
  password_wo = "pass-1"
}
`,
				lost:   lost("", "/(deactivate|forbidden)$"),
				undone: w.isActivated("alice", true),
			},
		} {
			t.Run(name, func(t *testing.T) {
				w := w.in(t)
				w.run(
					resource.TestStep{Config: w.configFewRetries(c.before)},
					resource.TestStep{
						PreConfig:   func() { w.emulator.faults(c.lost) },
						Config:      w.configFewRetries(c.after),
						ExpectError: regexp.MustCompile(`Could not (update user|change 1 of)`),
					},
					resource.TestStep{
						PreConfig: func() { w.emulator.faults() },
						Config:    w.configFewRetries(c.before),
						Check:     func(*state) error { return c.undone() },
					},
					resource.TestStep{Config: w.configFewRetries(c.before), ConfigPlanChecks: expectNothing},
				)
			})
		}
	})
}

// If the outcome is unknown for one of many passwords, the next run writes only that one.
func TestAccLostAnswers_onlyUnknownPasswordsAreWrittenAgain(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		team := func(version int) string {
			return w.configFewRetries(fmt.Sprintf(`
resource "chat_users" "team" {
  users               = { for i in range(20) : format("{@user}-%%02d", i) => {} }
  password_wo         = "pass-%[1]d"
  password_wo_version = %[1]d
}
`, version))
		}
		w.run(
			resource.TestStep{Config: team(1)},
			resource.TestStep{
				PreConfig:   func() { w.emulator.faults(lost("PUT", "/"+w.name("user-07")+"/password$")) },
				Config:      team(2),
				ExpectError: regexp.MustCompile(`Could not change 1 of 20 users`),
			},
			resource.TestStep{
				PreConfig: func() { w.emulator.faults(); w.emulator.requests() },
				Config:    team(2),
				Check:     all(w.wrote(1), w.hasPassword("user-07", "pass-2"), w.hasPassword("user-08", "pass-2")),
			},
			resource.TestStep{Config: team(2), ConfigPlanChecks: expectNothing},
		)
	})
}

// A password whose outcome is unknown, and that is declared no longer, is forgotten: it is
// neither written nor planned again.
func TestAccLostAnswers_unknownPasswordThatIsDeclaredNoLongerIsForgotten(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		team := func(version int, passwords string) string {
			return w.configFewRetries(fmt.Sprintf(`
resource "chat_users" "team" {
  users               = { "{@alice}" = {}, "{@bobby}" = {} }
  passwords_wo        = { %s }
  password_wo_version = %d
}
`, passwords, version))
		}
		bobby := team(2, `"{@bobby}" = "pass-2"`)
		w.run(
			resource.TestStep{Config: team(1, `"{@alice}" = "pass-1", "{@bobby}" = "pass-1"`)},
			resource.TestStep{
				PreConfig:   func() { w.emulator.faults(lost("PUT", "/"+w.name("alice")+"/password$")) },
				Config:      team(2, `"{@alice}" = "pass-2", "{@bobby}" = "pass-2"`),
				ExpectError: regexp.MustCompile(`Could not change 1 of 2 users`),
			},
			resource.TestStep{PreConfig: func() { w.emulator.faults(); w.forgetRequests() }, Config: bobby, Check: all(w.wrote(0))},
			resource.TestStep{Config: bobby, ConfigPlanChecks: expectNothing},
		)
	})
}

// If the answer to a creation is lost and the user cannot be read either, the next run
// finds the user and knows that it is ours.
func TestAccLostAnswers_createdUserIsRecognized(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		config := w.configFewRetries(`
resource "chat_user" "alice" {
  username              = "{@alice}"
  password              = "pass-1"
  nickname              = "Alice"
  deactivate_on_destroy = true
}
`)
		w.run(
			resource.TestStep{
				PreConfig:   func() { w.emulator.faults(lost("POST", "/users/?$"), w.unreadable()) },
				Config:      config,
				ExpectError: regexp.MustCompile(`(?s)Could not determine whether user.*alice" was\s+created`),
			},
			resource.TestStep{
				PreConfig: func() { w.emulator.faults() },
				Config:    config,
				Check:     all(w.there("alice"), w.hasPassword("alice", "pass-1"), w.isActivated("alice", true), w.hasNickname("alice", "Alice")),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
	})
}

// A user that somebody else registered before our call was sent is left alone.
func TestAccLostAnswers_existingUserIsNotTakenOver(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.register("alice", "a stranger's")
		w.emulator.advance(time.Hour)
		config := w.configFewRetries(oneUser)
		expectUnchanged := func() {
			if err := w.expectPassword("alice", "a stranger's"); err != nil {
				t.Error(err)
			}
		}
		w.run(
			resource.TestStep{
				PreConfig:   func() { w.emulator.faults(lost("POST", "/users/?$"), w.unreadable()) },
				Config:      config,
				ExpectError: regexp.MustCompile(`Could not (determine\s+whether|create) user`),
			},
			resource.TestStep{
				PreConfig:   func() { w.emulator.faults() },
				Config:      config,
				ExpectError: regexp.MustCompile(`(?s)already\s+exists`),
			},
			resource.TestStep{PreConfig: expectUnchanged, Config: w.config(""), Check: all(w.hasPassword("alice", "a stranger's"))},
		)
		expectUnchanged()
	})
}

// The same for many users, of whom some are registered by calls whose answers are lost.
func TestAccLostAnswers_createdUsersOfManyAreRecognized(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		team := func(users int) string {
			return w.configFewRetries(fmt.Sprintf(`
resource "chat_users" "team" {
  users       = { for i in range(%d) : format("{@user}-%%03d", i) => { nickname = "User" } }
  password_wo = "pass-1"
}
`, users))
		}
		complete := func(users int) func() error {
			return func() error {
				if n := len(w.usernames()); n != users {
					return fmt.Errorf("%d users, not %d", n, users)
				}
				return nil
			}
		}
		w.run(
			// In the first apply, after which the resource is tainted.
			resource.TestStep{
				PreConfig:   w.loseRegistrations,
				Config:      team(74),
				ExpectError: regexp.MustCompile(`Could not create \d+ of 74 users`),
			},
			resource.TestStep{PreConfig: w.repair, Config: team(74), Check: all(complete(74), w.hasPassword("user-073", "pass-1"))},
			resource.TestStep{Config: team(74), ConfigPlanChecks: expectNothing},
			// In an update that adds users.
			resource.TestStep{
				PreConfig:   w.loseRegistrations,
				Config:      team(148),
				ExpectError: regexp.MustCompile(`Could not create \d+ of 74 users`),
			},
			resource.TestStep{PreConfig: w.repair, Config: team(148), Check: all(complete(148), w.hasPassword("user-147", "pass-1"))},
			resource.TestStep{Config: team(148), ConfigPlanChecks: expectNothing},
			// For users that are no longer declared in the next run.
			resource.TestStep{
				PreConfig:   w.loseRegistrations,
				Config:      team(160),
				ExpectError: regexp.MustCompile(`Could not create \d+ of 12 users`),
			},
			resource.TestStep{PreConfig: w.repair, Config: team(148), Check: all(complete(148))},
			resource.TestStep{Config: team(148), ConfigPlanChecks: expectNothing},
		)
	})
}

// loseRegistrations loses the answer to every registration from now on. After the first of
// them it fails every read of users.
func (w *world) loseRegistrations() {
	w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
		path := strings.TrimSuffix(r.URL.Path, "/")
		switch {
		case r.Method == http.MethodPost && strings.HasSuffix(path, "/users"):
			forward(httptest.NewRecorder())
			w.emulator.faults(w.unreadable())
			panic(http.ErrAbortHandler)
		default:
			forward(rw)
		}
	})
}

// repair ends what loseRegistrations began.
func (w *world) repair() {
	w.proxy.onCall(nil)
	w.emulator.faults()
}

// A user who may have been deactivated by a destroy is activated if it is declared again.
func TestAccLostAnswers_unknownDeactivationIsUndone(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		config := w.configFewRetries(userToDeactivate)
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig:   func() { w.emulator.faults(lost("", "/(deactivate|forbidden)$")) },
				Config:      w.configFewRetries(""),
				ExpectError: regexp.MustCompile(`Could not deactivate user`),
			},
			resource.TestStep{
				PreConfig:        func() { w.emulator.faults() },
				Config:           config,
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				Check:            all(w.isActivated("alice", true)),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
	})
}

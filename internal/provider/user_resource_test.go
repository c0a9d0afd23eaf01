package provider_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

func TestAccUser_isCreatedUpdatedReplacedAndDeleted(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.run(
			resource.TestStep{
				Config: w.config(oneUser),
				ConfigStateChecks: []statecheck.StateCheck{
					w.expect("id", knownvalue.StringExact(w.name("alice"))),
					w.expect("created_at", knownvalue.StringRegexp(regexp.MustCompile(`^20\d\d-\d\d-\d\dT.*Z$`))),
					w.expect("nickname", knownvalue.Null()),
					w.expect("push", knownvalue.Null()),
					w.expect("profile", knownvalue.Null()),
					w.expect("deactivate_on_destroy", knownvalue.Bool(false)),
				},
			},
			resource.TestStep{
				Config:            w.config(oneUser),
				ResourceName:      aliceAddress,
				ImportState:       true,
				ImportStateId:     w.name("alice"),
				ImportStateVerify: true,
				// A password cannot be read back; the creation time of a new user may be
				// the register call's until the first refresh.
				ImportStateVerifyIgnore: []string{"password", "created_at"},
			},
			resource.TestStep{Config: w.config(oneUser), PlanOnly: true},
			resource.TestStep{
				Config: w.config(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  nickname = "Alice"
}
`),
				ConfigPlanChecks:  expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{w.expect("nickname", knownvalue.StringExact("Alice"))},
			},
			resource.TestStep{
				Config: w.config(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-2"
  nickname = ""
}
`),
				ConfigPlanChecks:  expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{w.expect("nickname", knownvalue.StringExact(""))},
				Check:             all(w.hasNoNickname("alice"), w.hasPassword("alice", "pass-2")),
			},
			resource.TestStep{
				Config: w.config(`
resource "chat_user" "alice" {
  username = "{@anna}"
  password = "pass-2"
}
`),
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionReplace),
				Check:            all(w.notThere("alice"), w.there("anna")),
			},
		)
		if !w.gone("anna") {
			t.Error("the user still exists after the destroy")
		}
	})
}

func TestAccUser_importBlockPlansNoChange(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.register("alice", "pass-1")
		w.setNickname("alice", "Alice")
		w.run(resource.TestStep{
			Config: w.config(`
import {
  to = chat_user.alice
  id = "{@alice}"
}

resource "chat_user" "alice" {
  username = "{@alice}"
  nickname = "Alice"
}
`),
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{
				w.expect("nickname", knownvalue.StringExact("Alice")),
				w.expect("password", knownvalue.Null()),
			},
		})
	})
}

func TestAccUser_importOfMissingUserFails(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.run(resource.TestStep{
			Config:        w.config(oneUser),
			ResourceName:  aliceAddress,
			ImportState:   true,
			ImportStateId: w.name("nobody"),
			ExpectError:   regexp.MustCompile(`(?s)Cannot import non-existent remote object`),
		})
	})
}

func TestAccUser_writeOnlyPasswordIsWrittenWhenItsVersionChanges(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		step := func(password string, version int) resource.TestStep {
			return resource.TestStep{
				Config: w.config(fmt.Sprintf(`
resource "chat_user" "alice" {
  username            = "{@alice}"
  password_wo         = %q
  password_wo_version = %d
}
`, password, version)),
				ConfigStateChecks: []statecheck.StateCheck{
					w.expect("password", knownvalue.Null()),
					w.expect("password_wo", knownvalue.Null()),
				},
				Check: all(w.hasPassword("alice", fmt.Sprint("pass-", version))),
			}
		}
		unchanged := step("pass-9", 1)
		unchanged.ConfigPlanChecks = expectNothing
		raised := step("pass-2", 2)
		raised.ConfigPlanChecks = expectAction(aliceAddress, plancheck.ResourceActionUpdate)
		w.run(step("pass-1", 1), unchanged, raised)
	})
}

func TestAccUser_omittedAttributesAreLeftAlone(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.run(
			resource.TestStep{Config: w.config(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  nickname = "Alice"
}
`)},
			// What is no longer declared stays.
			resource.TestStep{
				Config:           w.config(oneUser),
				ConfigPlanChecks: expectNothing,
				Check:            all(w.hasNickname("alice", "Alice")),
			},
			// What is not declared may be changed by somebody else, and an update leaves it alone.
			resource.TestStep{
				PreConfig: func() { w.setNickname("alice", "Al") },
				Config: w.config(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-2"
}
`),
				Check: all(w.hasNickname("alice", "Al")),
			},
		)
	})
}

func TestAccUser_changedNicknameIsRepaired(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  nickname = "Alice"
}
`)
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig:        func() { w.setNickname("alice", "Mallory") },
				Config:           config,
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				Check:            all(w.hasNickname("alice", "Alice")),
			},
		)
	})
}

func TestAccUser_deletedUserIsPlannedForCreation(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.run(
			resource.TestStep{Config: w.config(oneUser)},
			resource.TestStep{
				PreConfig:        func() { w.remove("alice") },
				Config:           w.config(oneUser),
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionCreate),
			},
			// Destroying a user that does not exist succeeds.
			resource.TestStep{PreConfig: func() { w.remove("alice") }, Config: w.config(oneUser), Destroy: true},
		)
	})
}

func TestAccUser_reregisteredUserIsTakenOver(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(`
resource "chat_user" "alice" {
  username  = "{@alice}"
  password  = "pass-1"
  nickname  = "Alice"
  activated = true
}
`)
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig:        func() { w.reregister("alice", "another") },
				Config:           config,
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				Check:            all(w.hasNickname("alice", "Alice"), w.hasPassword("alice", "pass-1")),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
	})
}

func TestAccUser_reregisteredUserGetsWriteOnlyPasswordWithoutVersion(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(`
resource "chat_user" "alice" {
  username    = "{@alice}"
  password_wo = "pass-1"
}
`)
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig:        func() { w.reregister("alice", "another") },
				Config:           config,
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				Check:            all(w.hasPassword("alice", "pass-1")),
			},
		)
	})
}

// userToDeactivate declares alice, who is deactivated instead of deleted.
const userToDeactivate = `
resource "chat_user" "alice" {
  username              = "{@alice}"
  password              = "pass-1"
  deactivate_on_destroy = true
}
`

func TestAccUser_deactivateOnDestroyDeactivatesTheUser(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		t.Cleanup(func() { w.remove("alice") })
		w.run(resource.TestStep{Config: w.config(userToDeactivate)})
		if w.gone("alice") {
			t.Fatal("the user was deleted")
		}
		if err := w.expectActivated("alice", false); err != nil {
			t.Error(err)
		}
	})
}

func TestAccUser_deactivateOnDestroySucceedsForDeletedUser(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(userToDeactivate)
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{PreConfig: func() { w.remove("alice") }, Config: config, Destroy: true},
		)
	})
}

func TestAccUser_activatedIsWritten(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		step := func(activated bool, action plancheck.ResourceActionType) resource.TestStep {
			return resource.TestStep{
				Config: w.config(fmt.Sprintf(`
resource "chat_user" "alice" {
  username  = "{@alice}"
  password  = "pass-1"
  activated = %t
}
`, activated)),
				ConfigPlanChecks:  expectAction(aliceAddress, action),
				ConfigStateChecks: []statecheck.StateCheck{w.expect("activated", knownvalue.Bool(activated))},
				Check:             all(w.isActivated("alice", activated)),
			}
		}
		w.run(
			step(false, plancheck.ResourceActionCreate),
			step(true, plancheck.ResourceActionUpdate),
			step(false, plancheck.ResourceActionUpdate),
		)
	})
}

func TestAccUser_existingUserIsRefused(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.register("alice", "before")
		t.Cleanup(func() { w.remove("alice") })
		w.run(resource.TestStep{
			Config:      w.config(oneUser),
			ExpectError: regexp.MustCompile(`(?s)Could not create user.*already\s+exists.*adopt_existing`),
		})
		if err := w.expectPassword("alice", "before"); err != nil {
			t.Error(err)
		}
	})
}

func TestAccUser_adoptExistingTakesOverTheUserAsDeclared(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.register("alice", "before")
		w.must(w.admin.Users.SetActivated(context.Background(), w.name("alice"), false))
		w.setNickname("alice", "Old")
		w.run(resource.TestStep{
			Config: w.configWith("adopt_existing = true", `
resource "chat_user" "alice" {
  username  = "{@alice}"
  password  = "pass-1"
  nickname  = "Alice"
  activated = true
}
`),
			Check: all(w.hasNickname("alice", "Alice"), w.isActivated("alice", true), w.hasPassword("alice", "pass-1")),
		})
	})
}

func TestAccUser_invalidConfigurationFailsThePlan(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		for name, c := range map[string]struct{ config, want string }{
			"password missing": {`
resource "chat_user" "alice" {
  username = "{@alice}"
}
`, `Missing password`},
			"password and password_wo": {`
resource "chat_user" "alice" {
  username    = "{@alice}"
  password    = "pass-1"
  password_wo = "pass-1"
}
`, `Invalid Attribute Combination`},
			"password_wo_version without password_wo": {`
resource "chat_user" "alice" {
  username            = "{@alice}"
  password            = "pass-1"
  password_wo_version = 1
}
`, `Invalid Attribute Combination`},
			"password empty": {`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = ""
}
`, `(?s)password.*characters|bytes`},
			"password too long": {fmt.Sprintf(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = %q
}
`, strings.Repeat("p", 129)), `(?s)password`},
			"password_wo too long": {fmt.Sprintf(`
resource "chat_user" "alice" {
  username    = "{@alice}"
  password_wo = %q
}
`, strings.Repeat("p", 129)), `(?s)password`},
			"nickname too long": {fmt.Sprintf(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  nickname = %q
}
`, strings.Repeat("n", 101)), `(?s)nickname`},
			"username with a blank": {`
resource "chat_user" "alice" {
  username = "al ice"
  password = "pass-1"
}
`, `(?s)username`},
			"username with a slash": {`
resource "chat_user" "alice" {
  username = "ali/ce"
  password = "pass-1"
}
`, `(?s)username`},
			"username in Chinese": {`
resource "chat_user" "alice" {
  username = "爱丽丝爱丽丝"
  password = "pass-1"
}
`, `(?s)username`},
			"username empty": {`
resource "chat_user" "alice" {
  username = ""
  password = "pass-1"
}
`, `(?s)username`},
			"username too long": {fmt.Sprintf(`
resource "chat_user" "alice" {
  username = %q
  password = "pass-1"
}
`, strings.Repeat("a", 129)), `(?s)username`},
			"hour after 23": {`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  push     = { do_not_disturb_start = 24 }
}
`, `(?s)do_not_disturb_start.*between 0 and 23`},
			"hour negative": {`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  push     = { do_not_disturb_end = -1 }
}
`, `(?s)do_not_disturb_end.*between 0 and 23`},
			"display_style unknown": {`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  push     = { display_style = "loud" }
}
`, `(?s)display_style.*summary`},
			"gender unknown": {`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  profile  = { gender = "x" }
}
`, `(?s)gender.*unknown`},
			"contact with oneself": {`
resource "chat_contact" "c" {
  owner   = "alice"
  contact = "alice"
}
`, `(?s)two\s+different\s+users`},
			"block of oneself": {`
resource "chat_block" "b" {
  owner   = "alice"
  blocked = "alice"
}
`, `(?s)two\s+different\s+users`},
			"contact with an invalid name": {`
resource "chat_contact" "c" {
  owner   = "alice"
  contact = "b b"
}
`, `(?s)contact`},
			"block with an invalid name": {`
resource "chat_block" "b" {
  owner   = "al#ice"
  blocked = "bobby"
}
`, `(?s)owner`},
		} {
			t.Run(name, func(t *testing.T) {
				w.in(t).run(resource.TestStep{Config: w.config(c.config), PlanOnly: true, ExpectError: regexp.MustCompile(c.want)})
			})
		}
		w.expectNoRequests()
	})
}

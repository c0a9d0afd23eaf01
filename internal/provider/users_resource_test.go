package provider_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"terraform-provider-chat/internal/chat"
)

func TestAccUsersResource_isCreatedUpdatedAndDeleted(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		var uuid string
		w.register("bystander", "pass-0")
		t.Cleanup(func() { w.remove("bystander") })
		unchanged := statecheck.CompareValue(sameValue{})
		id := func() statecheck.StateCheck { return unchanged.AddStateValue(teamAddress, tfjsonpath.New("id")) }
		first := w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = { nickname = "Alice", activated = true }
    "{@bobby}" = { activated = false }
  }
  passwords = {
    "{@alice}" = "pass-1"
    "{@bobby}" = "pass-2"
  }
}
`)
		nobody := w.config(`
resource "chat_users" "team" {
  users = {}
}
`)
		w.run(
			resource.TestStep{
				Config:           first,
				ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					id(),
					w.expectUsers("alice", "bobby"),
					w.expectUser("alice", "nickname", knownvalue.StringExact("Alice")),
					w.expectUser("bobby", "nickname", knownvalue.Null()),
					w.expectUser("bobby", "activated", knownvalue.Bool(false)),
				},
				Check: all(w.hasNickname("alice", "Alice"), w.isActivated("alice", true), w.isActivated("bobby", false),
					w.hasPassword("alice", "pass-1"), w.hasPassword("bobby", "pass-2")),
			},
			resource.TestStep{
				PreConfig:        func() { uuid = w.user("alice").UUID; w.forgetRequests() },
				Config:           first,
				ConfigPlanChecks: expectNothing,
				Check:            all(w.wrote(0)),
			},
			// Only what changed is written: a nickname, a password, a new user.
			resource.TestStep{
				PreConfig: w.forgetRequests,
				Config: w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = { nickname = "Al", activated = true }
    "{@bobby}" = { activated = false }
    "{@carol}" = { nickname = "Carol" }
  }
  passwords = {
    "{@alice}" = "pass-1"
    "{@bobby}" = "pass-3"
    "{@carol}" = "pass-4"
  }
}
`),
				ConfigPlanChecks:  expectAction(teamAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{id(), w.expectUsers("alice", "bobby", "carol")},
				Check: all(w.wrote(3), w.hasNickname("alice", "Al"), w.hasPassword("bobby", "pass-3"), w.isActivated("bobby", false),
					w.hasNickname("carol", "Carol"), w.hasPassword("carol", "pass-4")),
			},
			// A user that is no longer declared is deleted, and no other.
			resource.TestStep{
				PreConfig: w.forgetRequests,
				Config: w.config(`
resource "chat_users" "team" {
  users = {
    "{@bobby}" = { activated = true }
    "{@carol}" = { nickname = "" }
  }
  passwords = {
    "{@bobby}" = "pass-3"
    "{@carol}" = "pass-4"
  }
}
`),
				ConfigPlanChecks:  expectAction(teamAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{id(), w.expectUsers("bobby", "carol"), w.expectUser("carol", "nickname", knownvalue.StringExact(""))},
				Check: all(w.wrote(3), w.notThere("alice"), w.there("bobby", "carol", "bystander"), w.isActivated("bobby", true),
					w.hasNoNickname("carol")),
			},
			resource.TestStep{
				Config:            nobody,
				ConfigStateChecks: []statecheck.StateCheck{id(), w.expectUsers()},
				Check:             all(w.notThere("alice", "bobby", "carol"), w.there("bystander")),
			},
			resource.TestStep{Config: nobody, ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: first, ConfigStateChecks: []statecheck.StateCheck{id()}},
		)
		if err := w.notThere("alice", "bobby", "carol")(); err != nil {
			t.Error(err)
		}
		if w.platform == "easemob" && uuid == "" {
			t.Error("no uuid")
		}
	})
}

// sameValue checks that a value is set and never changes.
type sameValue struct{}

func (sameValue) CompareValues(values ...any) error {
	for _, value := range values {
		if value != values[0] || value == nil || value == "" {
			return fmt.Errorf("%v", values)
		}
	}
	return nil
}

func TestAccUsersResource_omittedAttributesAreLeftAlone(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		nothingDeclared := w.config(`
resource "chat_users" "team" {
  users       = { "{@alice}" = {} }
  password_wo = "pass-1"
}
`)
		w.run(
			resource.TestStep{Config: w.config(`
resource "chat_users" "team" {
  users       = { "{@alice}" = { nickname = "Alice", activated = false } }
  password_wo = "pass-1"
}
`)},
			// What is no longer declared stays.
			resource.TestStep{
				PreConfig: w.forgetRequests,
				Config:    nothingDeclared,
				Check:     all(w.wrote(0), w.hasNickname("alice", "Alice"), w.isActivated("alice", false)),
			},
			// What is not declared may be changed by somebody else.
			resource.TestStep{
				PreConfig:        func() { w.setNickname("alice", "Al") },
				Config:           nothingDeclared,
				ConfigPlanChecks: expectNothing,
			},
			// An empty string clears what somebody else wrote.
			resource.TestStep{
				Config: w.config(`
resource "chat_users" "team" {
  users       = { "{@alice}" = { nickname = "" } }
  password_wo = "pass-1"
}
`),
				Check: all(w.hasNoNickname("alice")),
			},
			// A user may be null, and one that exists needs no password.
			resource.TestStep{
				Config: w.config(`
resource "chat_users" "team" {
  users = { "{@alice}" = null }
}
`),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("users"), knownvalue.MapExact(map[string]knownvalue.Check{w.name("alice"): knownvalue.Null()})),
				},
			},
		)
	})
}

func TestAccUsersResource_changedAndDeletedUsersAreRepaired(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = { nickname = "Alice" }
    "{@bobby}" = { nickname = "Bob" }
    "{@carol}" = {}
  }
  password_wo = "pass-1"
}
`)
		var alice, carol string
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig:        func() { w.setNickname("alice", "Mallory"); w.forgetRequests() },
				Config:           config,
				ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionUpdate),
				Check:            all(w.wrote(1), w.hasNickname("alice", "Alice")),
			},
			// A deleted user is created, and the others are left alone.
			resource.TestStep{
				PreConfig: func() {
					w.remove("bobby")
					alice, carol = w.user("alice").UUID, w.user("carol").UUID
					w.forgetRequests()
				},
				Config:            config,
				ConfigPlanChecks:  expectAction(teamAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{w.expectUsers("alice", "bobby", "carol")},
				Check: all(w.wrote(1), w.hasNickname("bobby", "Bob"), w.hasPassword("bobby", "pass-1"),
					func() error { return all(w.hasUUID("alice", alice), w.hasUUID("carol", carol))(nil) }),
			},
			resource.TestStep{
				PreConfig: func() {
					for _, name := range []string{"alice", "bobby", "carol"} {
						w.remove(name)
					}
				},
				Config:           config,
				ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionCreate),
				Check:            all(w.there("alice", "bobby", "carol")),
			},
			// Destroying users of whom some do not exist succeeds.
			resource.TestStep{PreConfig: func() { w.remove("bobby") }, Config: config, Destroy: true},
		)
	})
}

func TestAccUsersResource_changedActivationIsRepaired(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	config := w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = { activated = true }
    "{@bobby}" = {}
  }
  password_wo = "pass-1"
}
`)
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: w.do(func(ctx context.Context) error {
				w.must(w.admin.Users.SetActivated(ctx, w.name("bobby"), false))
				return w.admin.Users.SetActivated(ctx, w.name("alice"), false)
			}),
			Config:           config,
			ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionUpdate),
			Check:            all(w.isActivated("alice", true), w.isActivated("bobby", false)),
		},
	)
}

// A name that somebody else registered again is forgotten once it is declared no longer. If
// it is declared later, it is an account that exists already.
func TestAccUsersResource_reregisteredUserThatIsGivenUpIsForgotten(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		team := func(users string) string {
			return w.config(`
resource "chat_users" "team" {
  users       = { ` + users + ` }
  password_wo = "pass-1"
}
`)
		}
		both, alice := team(`"{@alice}" = {}, "{@bobby}" = {}`), team(`"{@alice}" = {}`)
		w.run(
			resource.TestStep{Config: both},
			resource.TestStep{
				PreConfig:        func() { w.reregister("bobby", "a stranger") },
				Config:           alice,
				ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionUpdate),
				Check:            all(w.hasPassword("bobby", "a stranger")),
			},
			resource.TestStep{Config: alice, ConfigPlanChecks: expectNothing},
			resource.TestStep{
				PreConfig:   func() { w.reregister("bobby", "another one") },
				Config:      both,
				ExpectError: regexp.MustCompile(`1 of 1 new users exist already`),
			},
		)
		if err := w.expectPassword("bobby", "another one"); err != nil {
			t.Error(err)
		}
	})
}

// Users that somebody else registered again are taken over, with their passwords, also
// without adopt_existing: the names were in the state.
func TestAccUsersResource_reregisteredUsersAreTakenOver(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		again := func(names ...string) func() {
			return func() {
				for _, name := range names {
					w.remove(name)
				}
				if w.emulator != nil {
					w.emulator.advance(time.Hour)
				}
				for _, name := range names {
					w.register(name, "another")
				}
			}
		}
		config := w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = { nickname = "Alice", activated = true }
    "{@bobby}" = {}
  }
  password_wo = "pass-1"
}
`)
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig:         again("alice"),
				Config:            config,
				ConfigPlanChecks:  expectAction(teamAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{w.expectUsers("alice", "bobby")},
				Check:             all(w.hasNickname("alice", "Alice"), w.hasPassword("alice", "pass-1"), w.isActivated("alice", true)),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
			// The same if every user was registered again.
			resource.TestStep{
				PreConfig:        again("alice", "bobby"),
				Config:           config,
				ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionUpdate),
				Check:            all(w.hasNickname("alice", "Alice"), w.hasPassword("alice", "pass-1"), w.hasPassword("bobby", "pass-1")),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
	})
}

func TestAccUsersResource_existingUsersAreRefused(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.register("bobby", "before")
		t.Cleanup(func() { w.remove("bobby") })
		w.run(resource.TestStep{
			PreConfig: w.forgetRequests,
			Config: w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = {}
    "{@bobby}" = {}
  }
  password_wo = "pass-1"
}
`),
			ExpectError: regexp.MustCompile(`(?s)1 of 2 new users exist already.*` + w.name("bobby") + `.*Nothing\s+was\s+created.*adopt_existing`),
		})
		if err := all(w.wrote(0), w.notThere("alice"), w.hasPassword("bobby", "before"))(nil); err != nil {
			t.Error(err)
		}
		// Nothing is changed or deleted either if an existing user is added to others.
		before := w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = {}
    "{@carol}" = {}
  }
  password_wo = "pass-1"
}
`)
		w.run(
			resource.TestStep{Config: before},
			resource.TestStep{
				PreConfig: w.forgetRequests,
				Config: w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = { nickname = "Alice" }
    "{@bobby}" = {}
  }
  password_wo = "pass-1"
}
`),
				ExpectError: regexp.MustCompile(`1 of 1 new users exist already`),
			},
			resource.TestStep{Config: before, ConfigPlanChecks: expectNothing},
		)
		if err := w.expectPassword("bobby", "before"); err != nil {
			t.Error(err)
		}
	})
}

func TestAccUsersResource_adoptExistingTakesOverUsersAsDeclared(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.register("bobby", "before")
		w.must(w.admin.Users.SetActivated(context.Background(), w.name("bobby"), false))
		w.setNickname("bobby", "Old")
		config := w.configWith("adopt_existing = true", `
resource "chat_users" "team" {
  users = {
    "{@alice}" = {}
    "{@bobby}" = { nickname = "Bob", activated = true }
  }
  password_wo = "pass-1"
}
`)
		w.run(
			resource.TestStep{
				Config: config,
				Check: all(w.there("alice"), w.hasNickname("bobby", "Bob"), w.isActivated("bobby", true), w.hasPassword("bobby", "pass-1"),
					w.hasUUID("bobby", w.user("bobby").UUID)),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
			resource.TestStep{
				PreConfig: func() { w.register("carol", "before") },
				Config: w.configWith("adopt_existing = true", `
resource "chat_users" "team" {
  users = {
    "{@alice}" = {}
    "{@bobby}" = {}
    "{@carol}" = {}
  }
  password_wo = "pass-1"
}
`),
				Check: all(w.hasPassword("carol", "pass-1"), w.hasNickname("bobby", "Bob")),
			},
		)
	})
}

func TestAccUsersResource_writeOnlyPasswordsAreWrittenWhenTheirVersionChanges(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		// passwords declares a write-only password for each of two users.
		passwords := func(alice, bobby string, version int) string {
			return w.config(fmt.Sprintf(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = {}
    "{@bobby}" = {}
  }
  passwords_wo = {
    "{@alice}" = %q
    "{@bobby}" = %q
  }
  password_wo_version = %d
}
`, alice, bobby, version))
		}
		// three declares a write-only password for three users together.
		three := func(password string, version int) string {
			return w.config(fmt.Sprintf(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = {}
    "{@bobby}" = {}
    "{@carol}" = {}
  }
  password_wo         = %q
  password_wo_version = %d
}
`, password, version))
		}
		notInState := []statecheck.StateCheck{
			statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("passwords"), knownvalue.Null()),
			statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("passwords_wo"), knownvalue.Null()),
			statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("password_wo"), knownvalue.Null()),
		}
		w.run(
			resource.TestStep{
				Config:            passwords("pass-1", "pass-2", 1),
				ConfigStateChecks: notInState,
				Check:             all(w.hasPassword("alice", "pass-1"), w.hasPassword("bobby", "pass-2")),
			},
			resource.TestStep{Config: passwords("pass-8", "pass-9", 1), ConfigPlanChecks: expectNothing},
			resource.TestStep{
				Config:           passwords("pass-3", "pass-4", 2),
				ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionUpdate),
				Check:            all(w.hasPassword("alice", "pass-3"), w.hasPassword("bobby", "pass-4")),
			},
			resource.TestStep{
				Config: w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = {}
    "{@bobby}" = {}
  }
  password_wo         = "pass-5"
  password_wo_version = 2
}
`),
				ConfigPlanChecks: expectNothing,
			},
			// A new user gets its password although the version stays.
			resource.TestStep{
				Config: three("pass-5", 2),
				Check:  all(w.hasPassword("carol", "pass-5"), w.hasPassword("alice", "pass-3")),
			},
			resource.TestStep{
				Config:            three("pass-6", 3),
				ConfigStateChecks: notInState,
				Check:             all(w.hasPassword("carol", "pass-6"), w.hasPassword("alice", "pass-6"), w.hasPassword("bobby", "pass-6")),
			},
			// From a write-only password to one in the state.
			resource.TestStep{
				Config: w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = {}
    "{@bobby}" = {}
  }
  passwords = {
    "{@alice}" = "pass-7"
  }
}
`),
				Check: all(w.hasPassword("alice", "pass-7"), w.hasPassword("bobby", "pass-6")),
			},
		)
	})
}

func TestAccUsersResource_isImportedByNames(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = { nickname = "Alice" }
    "{@bobby}" = {}
  }
  password_wo = "pass-1"
}
`)
		refused := func(id, want string) resource.TestStep {
			return resource.TestStep{Config: config, ResourceName: teamAddress, ImportState: true, ImportStateId: w.named(id), ExpectError: regexp.MustCompile(want)}
		}
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				Config: config, ResourceName: teamAddress, ImportState: true, ImportStateId: w.named(" {@bobby} ,{@alice}"),
				ImportStateVerify: true,
				// An import reads what is not declared as well.
				ImportStateVerifyIgnore: []string{"users." + w.name("alice") + ".activated", "users." + w.name("bobby") + ".activated"},
			},
			refused("{@alice},{@nobody},{@alice-b}", `(?s)Cannot import users that do not exist.*`+w.name("alice-b")+`.*`+w.name("nobody")),
			refused("{@alice},,{@bobby}", `(?s)Invalid import ID.*alice,bob`),
			refused("{@alice},{@bobby},{@alice}", `(?s)Invalid import ID.*same\s+user`),
			refused("{@alice};{@bobby}", `Invalid import ID`),
		)
	})
}

func TestAccUsersResource_importedUsersNeedNoPassword(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.register("alice", "before")
		w.register("bobby", "before")
		w.setNickname("alice", "Alice")
		// JMessage does not return whether a user is activated.
		activated := map[string]string{"easemob": "true", "jmessage": "null"}[w.platform]
		w.run(
			resource.TestStep{
				Config: w.config(fmt.Sprintf(`
import {
  to = chat_users.team
  id = "{@alice},{@bobby}"
}

resource "chat_users" "team" {
  users = {
    "{@alice}" = { nickname = "Alice", activated = %[1]s }
    "{@bobby}" = { nickname = null, activated = %[1]s }
  }
}
`, activated)),
				ConfigPlanChecks:  expectAction(teamAddress, plancheck.ResourceActionNoop),
				ConfigStateChecks: []statecheck.StateCheck{w.expectUsers("alice", "bobby")},
			},
			// A new user needs a password.
			resource.TestStep{
				Config: w.config(fmt.Sprintf(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = { nickname = "Alice", activated = %[1]s }
    "{@bobby}" = { nickname = null, activated = %[1]s }
    "{@carol}" = {}
  }
}
`, activated)),
				ExpectError: regexp.MustCompile(`(?s)Missing passwords.*` + w.name("carol")),
			},
			resource.TestStep{
				Config: w.config(fmt.Sprintf(`
resource "chat_users" "team" {
  users = {
    "{@alice}" = { nickname = "Alice", activated = %[1]s }
    "{@bobby}" = { nickname = null, activated = %[1]s }
    "{@carol}" = {}
  }
  passwords = {
    "{@carol}" = "pass-1"
  }
}
`, activated)),
				Check: all(w.hasPassword("carol", "pass-1"), w.hasPassword("alice", "before")),
			},
		)
	})
}

func TestAccUsersResource_invalidConfigurationFailsThePlan(t *testing.T) {
	t.Parallel()
	type invalid struct{ config, want string }
	onEachPlatform(t, func(t *testing.T, w *world) {
		cases := map[string]invalid{
			"no passwords": {`
resource "chat_users" "team" {
  users = { for i in range(25) : format("user-%02d", i) => {} }
}
`, `(?s)Missing passwords.*"user-00", .*"user-19"\s+and\s+5\s+more`},
			"no password for one of two": {`
resource "chat_users" "team" {
  users = {
    alice = {}
    bobby = {}
  }
  passwords = { alice = "pass-1" }
}
`, `(?s)Missing passwords.*for\s+"bobby"`},
			"a password is null": {`
resource "chat_users" "team" {
  users        = { alice = {} }
  passwords_wo = { alice = null }
}
`, `(?s)Missing passwords.*for\s+"alice"`},
			"passwords and password_wo": {`
resource "chat_users" "team" {
  users       = { alice = {} }
  passwords   = { alice = "pass-1" }
  password_wo = "pass-1"
}
`, `(?s)Invalid Attribute Combination.*password_wo,\s+passwords`},
			"passwords_wo and password_wo": {`
resource "chat_users" "team" {
  users        = { alice = {} }
  passwords_wo = { alice = "pass-1" }
  password_wo  = "pass-1"
}
`, `(?s)Invalid Attribute Combination.*password_wo,\s+passwords_wo`},
			"password_wo_version without password_wo": {`
resource "chat_users" "team" {
  users               = { alice = {} }
  passwords           = { alice = "pass-1" }
  password_wo_version = 1
}
`, `Invalid Attribute Combination`},
			"password too long": {fmt.Sprintf(`
resource "chat_users" "team" {
  users     = { alice = {} }
  passwords = { alice = %q }
}
`, strings.Repeat("x", 129)), `(?s)Invalid value for user "alice".*password`},
			"passwords_wo too long": {fmt.Sprintf(`
resource "chat_users" "team" {
  users        = { alice = {} }
  passwords_wo = { alice = %q }
}
`, strings.Repeat("x", 129)), `(?s)Invalid value for user "alice".*password`},
			"password_wo too long": {fmt.Sprintf(`
resource "chat_users" "team" {
  users       = { alice = {} }
  password_wo = %q
}
`, strings.Repeat("x", 129)), `(?s)password`},
			"nickname too long": {fmt.Sprintf(`
resource "chat_users" "team" {
  users       = { alice = { nickname = %q } }
  password_wo = "pass-1"
}
`, strings.Repeat("x", 129)), `(?s)Invalid value for user "alice".*nickname`},
			"username with a blank": {`
resource "chat_users" "team" {
  users       = { "al ice" = {} }
  password_wo = "pass-1"
}
`, `Invalid value for user "al ice"`},
			"username empty": {`
resource "chat_users" "team" {
  users       = { "" = {} }
  password_wo = "pass-1"
}
`, `Invalid value`},
			"a thousand invalid usernames": {`
resource "chat_users" "team" {
  users       = { for i in range(1000) : "us er ${i}" => {} }
  password_wo = "pass-1"
}
`, `980 more values are invalid`},
		}
		if w.platform == "easemob" {
			cases["the same user in two spellings"] = invalid{`
resource "chat_users" "team" {
  users = {
    alice = {}
    Alice = {}
  }
  password_wo = "pass-1"
}
`, `(?s)"Alice"\s+and\s+"alice"\s+are\s+the\s+same\s+user`}
			cases["passwords for two spellings of a user"] = invalid{`
resource "chat_users" "team" {
  users = { alice = {} }
  passwords = {
    alice = "pass-1"
    Alice = "pass-2"
  }
}
`, `(?s)"Alice"\s+and\s+"alice"\s+are\s+the\s+same\s+user`}
		}
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				w.in(t).run(resource.TestStep{Config: w.config(c.config), PlanOnly: true, ExpectError: regexp.MustCompile(c.want)})
			})
		}
		w.expectNoRequests()
	})
}

// What is known only after the apply is not refused before, and is checked then.
func TestAccUsersResource_unknownValuesAreCheckedDuringTheApply(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		for name, config := range map[string]string{
			"nickname": `
resource "terraform_data" "later" {
  input = "Alice"
}

resource "chat_users" "team" {
  users       = { "{@alice}" = { nickname = terraform_data.later.output } }
  password_wo = "pass-1"
}
`,
			"one user": `
resource "terraform_data" "later" {
  input = { nickname = "Alice" }
}

resource "chat_users" "team" {
  users       = { "{@alice}" = terraform_data.later.output }
  password_wo = "pass-1"
}
`,
			"all users": `
resource "terraform_data" "later" {
  input = { "{@alice}" = { nickname = "Alice" } }
}

resource "chat_users" "team" {
  users       = terraform_data.later.output
  password_wo = "pass-1"
}
`,
			"one of passwords": `
resource "terraform_data" "later" {
  input = "pass-1"
}

resource "chat_users" "team" {
  users     = { "{@alice}" = { nickname = "Alice" } }
  passwords = { "{@alice}" = terraform_data.later.output }
}
`,
			"passwords_wo": `
resource "terraform_data" "later" {
  input = { "{@alice}" = "pass-1" }
}

resource "chat_users" "team" {
  users        = { "{@alice}" = { nickname = "Alice" } }
  passwords_wo = terraform_data.later.output
}
`,
			"password_wo": `
resource "terraform_data" "later" {
  input = "pass-1"
}

resource "chat_users" "team" {
  users       = { "{@alice}" = { nickname = "Alice" } }
  password_wo = terraform_data.later.output
}
`,
			"all users and their passwords": `
resource "terraform_data" "later" {
  input = { "{@alice}" = { nickname = "Alice" } }
}

resource "chat_users" "team" {
  users     = terraform_data.later.output
  passwords = { for name, user in terraform_data.later.output : name => "pass-1" }
}
`,
		} {
			t.Run(name, func(t *testing.T) {
				w.in(t).run(
					resource.TestStep{Config: w.config(config), Check: all(w.hasNickname("alice", "Alice"), w.hasPassword("alice", "pass-1"))},
					resource.TestStep{Config: w.config(config), ConfigPlanChecks: expectNothing},
				)
			})
		}
		for name, c := range map[string]struct{ config, want string }{
			"no password": {`
resource "terraform_data" "later" {
  input = { value = null }
}

resource "chat_users" "team" {
  users       = { "{@alice}" = {} }
  password_wo = terraform_data.later.output.value
}
`, `(?s)Missing passwords.*` + w.name("alice")},
			"invalid username": {`
resource "terraform_data" "later" {
  input = { "al ice" = {} }
}

resource "chat_users" "team" {
  users       = terraform_data.later.output
  password_wo = "pass-1"
}
`, `Invalid value for user "al ice"`},
		} {
			t.Run(name, func(t *testing.T) {
				w := w.in(t)
				w.forgetRequests()
				w.run(resource.TestStep{Config: w.config(c.config), ExpectError: regexp.MustCompile(c.want)})
				if err := w.wrote(0)(); err != nil {
					t.Error(err)
				}
			})
		}
	})
}

func TestAccEasemobUsers_caseOfNamesIsIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	lower, upper := w.name("alice"), strings.ToUpper(w.name("alice"))
	// spelled declares alice in one spelling and her password in another.
	spelled := func(user, password string) string {
		return w.config(fmt.Sprintf(`
resource "chat_users" "team" {
  users = {
    %q         = { nickname = "Alice" }
    "{@bobby}" = {}
  }
  passwords = {
    %q         = "pass-1"
    "{@bobby}" = "pass-1"
  }
}
`, user, password))
	}
	expectUsers := func(alice string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("users"),
			knownvalue.MapExact(map[string]knownvalue.Check{alice: knownvalue.NotNull(), w.name("bobby"): knownvalue.NotNull()}))}
	}
	w.run(
		resource.TestStep{Config: spelled(upper, lower), ConfigStateChecks: expectUsers(upper)},
		resource.TestStep{Config: spelled(upper, lower), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: spelled(lower, upper), ConfigPlanChecks: expectNothing},
		// A change of something else takes the new spelling into the state, and writes no more.
		resource.TestStep{
			PreConfig:         w.forgetRequests,
			Config:            strings.Replace(spelled(lower, upper), `"Alice"`, `"Ally"`, 1),
			ConfigStateChecks: expectUsers(lower),
			Check:             all(w.wrote(1), w.hasNickname("alice", "Ally"), w.hasPassword("alice", "pass-1")),
		},
		resource.TestStep{Config: strings.Replace(spelled(upper, lower), `"Alice"`, `"Ally"`, 1), ConfigPlanChecks: expectNothing},
	)
}

// An import takes the names in any spelling.
func TestAccEasemobUsers_importInAnotherSpellingPlansNoChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	w.register("alice", "pass-1")
	w.register("bobby", "pass-1")
	w.run(resource.TestStep{
		Config: w.config(fmt.Sprintf(`
import {
  to = chat_users.team
  id = "%s,{@bobby}"
}

resource "chat_users" "team" {
  users = { "{@alice}" = {}, "{@bobby}" = {} }
}
`, strings.ToUpper(w.name("alice")))),
		ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionNoop),
	})
}

func TestAccUsersResource_manyUsersNeedFewRequests(t *testing.T) {
	t.Parallel()
	for platform, most := range map[string]struct{ register, remove, plan int }{
		"easemob":  {register: 6, remove: 300, plan: 8},
		"jmessage": {register: 1, remove: 3, plan: 6},
	} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, platform)
			users := func(n int, nickname string) resource.TestStep {
				return resource.TestStep{
					Config: w.config(`
variable "count_of_users" {
  type = number
}

variable "nickname" {
  type = string
}

resource "chat_users" "team" {
  users       = { for i in range(var.count_of_users) : format("{@user}-%03d", i) => { nickname = var.nickname } }
  password_wo = "pass-1"
}
`),
					ConfigVariables: config.Variables{
						"count_of_users": config.IntegerVariable(n),
						"nickname":       config.StringVariable(nickname),
					},
				}
			}
			created := users(300, "One")
			created.Check = func(*state) error {
				if n := w.emulator.requests(); n.writes() > most.register {
					return fmt.Errorf("creation: %v", n.Routes)
				}
				return nil
			}
			planned := users(300, "One")
			planned.PreConfig = w.forgetRequests
			planned.PlanOnly = true
			fewer := users(200, "One")
			fewer.PreConfig = func() {
				// The test framework plans more than once in a step.
				if n := w.emulator.requests(); n.writes() != 0 || n.Total-n.Tokens > 3*most.plan {
					t.Errorf("plan: %v", n.Routes)
				}
			}
			fewer.Check = func(*state) error {
				if n := w.emulator.requests(); n.writes() > max(1, most.remove/3) {
					return fmt.Errorf("removal: %v", n.Routes)
				}
				return nil
			}
			renamed := users(200, "Two")
			renamed.Check = all(w.wrote(200))
			w.run(created, planned, fewer, renamed)
		})
	}
}

// In an application with many more users than are new, the new names are looked up one
// by one instead of in the listing.
func TestAccUsersResource_fewNewUsersNeedFewRequestsInALargeApplication(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	var existing []chat.NewUser
	for i := range 300 {
		existing = append(existing, chat.NewUser{Username: w.name(fmt.Sprintf("user-%03d", i)), Password: "before"})
	}
	w.registerAll(existing)
	// users declares 16 users from a number.
	users := func(from int) string {
		return w.config(fmt.Sprintf(`
resource "chat_users" "team" {
  users       = { for i in range(%d, %d) : format("{@user}-%%03d", i) => {} }
  password_wo = "pass-1"
}
`, from, from+16))
	}
	w.forgetRequests()
	w.run(
		resource.TestStep{Config: users(299), ExpectError: regexp.MustCompile(`(?s)1 of 16 new users exist already.*` + w.name("user-299"))},
		resource.TestStep{
			PreConfig: func() {
				if n := w.emulator.requests(); n.writes() != 0 || n.Total > 16+2+8+1 {
					t.Errorf("refusal: %v", n.Routes)
				}
			},
			Config: users(300),
			Check:  all(w.wrote(1), w.hasPassword("user-299", "before"), w.hasPassword("user-300", "pass-1")),
		},
	)
}

// One map of passwords may serve several resources.
func TestAccUsersResource_passwordsOfOtherUsersAreIgnored(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(`
resource "chat_users" "team" {
  users = { "{@alice}" = {} }
  passwords = {
    "{@alice}"   = "pass-1"
    "{@mallory}" = "pass-2"
  }
}
`)
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
		if !w.gone("mallory") {
			t.Error("a password created a user")
		}
	})
}

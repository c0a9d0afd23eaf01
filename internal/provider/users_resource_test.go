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

const (
	teamAddress = "chat_users.team"
	// onePassword is the password of every user of a team.
	onePassword = `password_wo = "pass-1"`
)

// team is a configuration of users: lines of a map, and more arguments.
func (w *world) team(users, arguments string) string { return w.config(teamBlock(users, arguments)) }

func teamBlock(users, arguments string) string {
	return fmt.Sprintf("resource \"chat_users\" \"team\" {\n users = {\n %s\n }\n %s\n}\n", users, arguments)
}

// expectUsers checks which users the state holds.
func (w *world) expectUsers(names ...string) statecheck.StateCheck {
	users := map[string]knownvalue.Check{}
	for _, name := range names {
		users[w.name(name)] = knownvalue.NotNull()
	}
	return statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("users"), knownvalue.MapExact(users))
}

// expectUser checks what the state holds of one user.
func (w *world) expectUser(name, attribute string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("users").AtMapKey(w.name(name)).AtMapKey(attribute), want)
}

// all runs checks until one fails.
func all(checks ...func() error) resource.TestCheckFunc {
	return func(*state) error {
		for _, check := range checks {
			if err := check(); err != nil {
				return err
			}
		}
		return nil
	}
}

func (w *world) there(names ...string) func() error {
	return func() error {
		for _, name := range names {
			if w.gone(name) {
				return fmt.Errorf("user %s is not there", name)
			}
		}
		return nil
	}
}

func (w *world) notThere(names ...string) func() error {
	return func() error {
		for _, name := range names {
			if !w.gone(name) {
				return fmt.Errorf("user %s is there", name)
			}
		}
		return nil
	}
}

func (w *world) hasNickname(name, want string) func() error {
	return func() error { return w.expectNickname(name, want) }
}

func (w *world) hasPassword(name, want string) func() error {
	return func() error { return w.expectPassword(name, want) }
}

func (w *world) isActivated(name string, want bool) func() error {
	return func() error { return w.expectActivated(name, want) }
}

// writes checks how many calls that change something were made since the last look.
func (w *world) wrote(want int) func() error {
	return func() error {
		if w.emulator == nil {
			return nil
		}
		if n := w.emulator.requests(); n.writes() != want {
			return fmt.Errorf("%d calls wrote something, want %d: %v", n.writes(), want, n.Routes)
		}
		return nil
	}
}

func (w *world) forgetRequests() {
	if w.emulator != nil {
		w.emulator.requests()
	}
}

func TestAccUsersResource_lifecycle(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		passwords := func(alice, bob, carol string) string {
			lines := ""
			for name, password := range map[string]string{"alice": alice, "bobby": bob, "carol": carol} {
				if password != "" {
					lines += fmt.Sprintf("\"{@%s}\" = %q\n", name, password)
				}
			}
			return "passwords = {\n" + lines + "}"
		}
		var uuid string
		w.register("bystander", "pass-0")
		t.Cleanup(func() { w.remove("bystander") })
		unchanged := statecheck.CompareValue(sameValue{})
		id := func() statecheck.StateCheck { return unchanged.AddStateValue(teamAddress, tfjsonpath.New("id")) }
		first := w.team(`"{@alice}" = { nickname = "Alice", activated = true }
 "{@bobby}" = { activated = false }`, passwords("pass-1", "pass-2", ""))
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
				Config: w.team(`"{@alice}" = { nickname = "Al", activated = true }
 "{@bobby}" = { activated = false }
 "{@carol}" = { nickname = "Carol" }`, passwords("pass-1", "pass-3", "pass-4")),
				ConfigPlanChecks:  expectAction(teamAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{id(), w.expectUsers("alice", "bobby", "carol")},
				Check: all(w.wrote(3), w.hasNickname("alice", "Al"), w.hasPassword("bobby", "pass-3"), w.isActivated("bobby", false),
					w.hasNickname("carol", "Carol"), w.hasPassword("carol", "pass-4")),
			},
			// A key less is a user less, and no other.
			resource.TestStep{
				PreConfig: w.forgetRequests,
				Config: w.team(`"{@bobby}" = { activated = true }
 "{@carol}" = { nickname = "" }`, passwords("", "pass-3", "pass-4")),
				ConfigPlanChecks:  expectAction(teamAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{id(), w.expectUsers("bobby", "carol"), w.expectUser("carol", "nickname", knownvalue.StringExact(""))},
				Check: all(w.wrote(3), w.notThere("alice"), w.there("bobby", "carol", "bystander"), w.isActivated("bobby", true),
					func() error {
						if n := w.user("carol").Nickname; n != nil && *n != "" {
							return fmt.Errorf("nickname %q was not cleared", *n)
						}
						return nil
					}),
			},
			resource.TestStep{
				Config:            w.team("", ""),
				ConfigStateChecks: []statecheck.StateCheck{id(), w.expectUsers()},
				Check:             all(w.notThere("alice", "bobby", "carol"), w.there("bystander")),
			},
			resource.TestStep{Config: w.team("", ""), ConfigPlanChecks: expectNothing},
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

// sameValue compares values that must never change.
type sameValue struct{}

func (sameValue) CompareValues(values ...any) error {
	for _, value := range values {
		if value != values[0] || value == nil || value == "" {
			return fmt.Errorf("%v", values)
		}
	}
	return nil
}

func TestAccUsersResource_omittedIsLeftAlone(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.run(
			resource.TestStep{Config: w.team(`"{@alice}" = { nickname = "Alice", activated = false }`, onePassword)},
			// What is no longer declared stays.
			resource.TestStep{
				PreConfig: w.forgetRequests,
				Config:    w.team(`"{@alice}" = {}`, onePassword),
				Check:     all(w.wrote(0), w.hasNickname("alice", "Alice"), w.isActivated("alice", false)),
			},
			// What is not declared may change elsewhere.
			resource.TestStep{
				PreConfig: w.do(func(ctx context.Context) error {
					return w.admin.Users.Update(ctx, w.name("alice"), chat.Settings{Nickname: ptr("Al")})
				}),
				Config:           w.team(`"{@alice}" = {}`, onePassword),
				ConfigPlanChecks: expectNothing,
			},
			// Declaring an empty string clears what was set elsewhere.
			resource.TestStep{
				Config: w.team(`"{@alice}" = { nickname = "" }`, onePassword),
				Check: all(func() error {
					if n := w.user("alice").Nickname; n != nil && *n != "" {
						return fmt.Errorf("nickname %q was not cleared", *n)
					}
					return nil
				}),
			},
			// No users is not the same as no password.
			resource.TestStep{Config: w.team(`"{@alice}" = null`, ""), ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("users"), knownvalue.MapExact(map[string]knownvalue.Check{w.name("alice"): knownvalue.Null()})),
			}},
		)
	})
}

func TestAccUsersResource_drift(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.team(`"{@alice}" = { nickname = "Alice" }
 "{@bobby}" = { nickname = "Bob" }
 "{@carol}" = {}`, onePassword)
		var uuids map[string]string
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig: func() {
					w.must(w.admin.Users.Update(context.Background(), w.name("alice"), chat.Settings{Nickname: ptr("Mallory")}))
					w.forgetRequests()
				},
				Config:           config,
				ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionUpdate),
				Check:            all(w.wrote(1), w.hasNickname("alice", "Alice")),
			},
			// One that is gone is created; the others are left as they are.
			resource.TestStep{
				PreConfig: func() {
					w.remove("bobby")
					uuids = map[string]string{"alice": w.user("alice").UUID, "carol": w.user("carol").UUID}
					w.forgetRequests()
				},
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(teamAddress, plancheck.ResourceActionUpdate),
				}},
				ConfigStateChecks: []statecheck.StateCheck{w.expectUsers("alice", "bobby", "carol")},
				Check: all(w.wrote(1), w.hasNickname("bobby", "Bob"), w.hasPassword("bobby", "pass-1"), func() error {
					for name, uuid := range uuids {
						if got := w.user(name).UUID; got != uuid {
							return fmt.Errorf("%s was replaced: %s became %s", name, uuid, got)
						}
					}
					return nil
				}),
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
			// Destroying users of whom some are gone succeeds.
			resource.TestStep{PreConfig: func() { w.remove("bobby") }, Config: config, Destroy: true},
		)
	})
}

func TestAccUsersResource_activationDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	config := w.team("\"{@alice}\" = { activated = true }\n\"{@bobby}\" = {}", onePassword)
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

// A user that somebody else registered again is taken over, with its password, and
// no adopt_existing is needed: the name was ours.
func TestAccUsersResource_reregistered(t *testing.T) {
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
		config := w.team("\"{@alice}\" = { nickname = \"Alice\", activated = true }\n\"{@bobby}\" = {}", onePassword)
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
			// All of them at once are no reason to forget that they were ours.
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

func TestAccUsersResource_exists(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.register("bobby", "before")
		t.Cleanup(func() { w.remove("bobby") })
		two := "\"{@alice}\" = {}\n\"{@bobby}\" = {}"
		refused := resource.TestStep{
			PreConfig:   w.forgetRequests,
			Config:      w.team(two, onePassword),
			ExpectError: regexp.MustCompile(`(?s)1 of 2 new users exist already.*` + w.name("bobby") + `.*Nothing\s+was\s+created.*adopt_existing`),
		}
		w.run(refused)
		if err := all(w.wrote(0), w.notThere("alice"), w.hasPassword("bobby", "before"))(nil); err != nil {
			t.Error(err)
		}
		// Nor is anything changed or deleted when users are added to others.
		added := refused
		added.ExpectError = regexp.MustCompile(`1 of 1 new users exist already`)
		added.Config = w.team("\"{@alice}\" = { nickname = \"Alice\" }\n\"{@bobby}\" = {}", onePassword)
		w.run(
			resource.TestStep{Config: w.team("\"{@alice}\" = {}\n\"{@carol}\" = {}", onePassword)},
			added,
			resource.TestStep{Config: w.team("\"{@alice}\" = {}\n\"{@carol}\" = {}", onePassword), ConfigPlanChecks: expectNothing},
		)
		if err := w.hasPassword("bobby", "before")(); err != nil {
			t.Error(err)
		}
	})
}

func TestAccUsersResource_adoptExisting(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.register("bobby", "before")
		w.must(w.admin.Users.SetActivated(context.Background(), w.name("bobby"), false))
		w.must(w.admin.Users.Update(context.Background(), w.name("bobby"), chat.Settings{Nickname: ptr("Old")}))
		uuid := w.user("bobby").UUID
		adopt := func(users string) string {
			return w.configWith("adopt_existing = true", teamBlock(users, onePassword))
		}
		config := adopt("\"{@alice}\" = {}\n\"{@bobby}\" = { nickname = \"Bob\", activated = true }")
		w.run(
			resource.TestStep{
				Config: config,
				Check: all(w.there("alice"), w.hasNickname("bobby", "Bob"), w.isActivated("bobby", true), w.hasPassword("bobby", "pass-1"), func() error {
					if got := w.user("bobby").UUID; got != uuid {
						return fmt.Errorf("the user was replaced: %s became %s", uuid, got)
					}
					return nil
				}),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
			resource.TestStep{
				PreConfig: func() { w.register("carol", "before") },
				Config:    adopt("\"{@alice}\" = {}\n\"{@bobby}\" = {}\n\"{@carol}\" = {}"),
				Check:     all(w.hasPassword("carol", "pass-1"), w.hasNickname("bobby", "Bob")),
			},
		)
	})
}

func TestAccUsersResource_writeOnly(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		users := "\"{@alice}\" = {}\n\"{@bobby}\" = {}"
		each := func(alice, bob string, version int) string {
			return w.team(users, fmt.Sprintf("passwords_wo = {\n\"{@alice}\" = %q\n\"{@bobby}\" = %q\n}\npassword_wo_version = %d", alice, bob, version))
		}
		secret := []statecheck.StateCheck{
			statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("passwords"), knownvalue.Null()),
			statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("passwords_wo"), knownvalue.Null()),
			statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("password_wo"), knownvalue.Null()),
		}
		w.run(
			resource.TestStep{
				Config:            each("pass-1", "pass-2", 1),
				ConfigStateChecks: secret,
				Check:             all(w.hasPassword("alice", "pass-1"), w.hasPassword("bobby", "pass-2")),
			},
			resource.TestStep{Config: each("pass-8", "pass-9", 1), ConfigPlanChecks: expectNothing},
			resource.TestStep{
				Config:           each("pass-3", "pass-4", 2),
				ConfigPlanChecks: expectAction(teamAddress, plancheck.ResourceActionUpdate),
				Check:            all(w.hasPassword("alice", "pass-3"), w.hasPassword("bobby", "pass-4")),
			},
			resource.TestStep{Config: w.team(users, "password_wo = \"pass-5\"\npassword_wo_version = 2"), ConfigPlanChecks: expectNothing},
			// A new user gets its password although the version stays.
			resource.TestStep{
				Config: w.team(users+"\n\"{@carol}\" = {}", "password_wo = \"pass-5\"\npassword_wo_version = 2"),
				Check:  all(w.hasPassword("carol", "pass-5"), w.hasPassword("alice", "pass-3")),
			},
			resource.TestStep{
				Config:            w.team(users+"\n\"{@carol}\" = {}", "password_wo = \"pass-6\"\npassword_wo_version = 3"),
				ConfigStateChecks: secret,
				Check:             all(w.hasPassword("carol", "pass-6"), w.hasPassword("alice", "pass-6"), w.hasPassword("bobby", "pass-6")),
			},
			// From the one to the state.
			resource.TestStep{
				Config: w.team(users, "passwords = {\n\"{@alice}\" = \"pass-7\"\n}"),
				Check:  all(w.hasPassword("alice", "pass-7"), w.hasPassword("bobby", "pass-6")),
			},
		)
	})
}

func TestAccUsersResource_import(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.team(`"{@alice}" = { nickname = "Alice" }
 "{@bobby}" = {}`, onePassword)
		refused := func(id, want string) resource.TestStep {
			return resource.TestStep{Config: config, ResourceName: teamAddress, ImportState: true, ImportStateId: w.named(id), ExpectError: regexp.MustCompile(want)}
		}
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				Config: config, ResourceName: teamAddress, ImportState: true, ImportStateId: w.named(" {@bobby} ,{@alice}"),
				ImportStateVerify: true,
				// What is not declared is not in the state, but in that of an import.
				ImportStateVerifyIgnore: []string{"users." + w.name("alice") + ".activated", "users." + w.name("bobby") + ".activated"},
			},
			refused("{@alice},{@nobody},{@alice-b}", `(?s)Cannot import users that do not exist.*`+w.name("alice-b")+`.*`+w.name("nobody")),
			refused("{@alice},,{@bobby}", `(?s)Invalid import ID.*alice,bob`),
			refused("{@alice},{@bobby},{@alice}", `(?s)Invalid import ID.*same\s+user`),
			refused("{@alice};{@bobby}", `Invalid import ID`),
		)
	})
}

func TestAccUsersResource_importBlock(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.register("alice", "before")
		w.register("bobby", "before")
		w.must(w.admin.Users.Update(context.Background(), w.name("alice"), chat.Settings{Nickname: ptr("Alice")}))
		activated := ", activated = true"
		if w.platform == "jmessage" {
			activated = ""
		}
		imported := "import {\n to = chat_users.team\n id = \"{@alice},{@bobby}\"\n}\n"
		users := fmt.Sprintf("\"{@alice}\" = { nickname = \"Alice\"%s }\n\"{@bobby}\" = { nickname = null%s }", activated, activated)
		w.run(
			resource.TestStep{
				Config:            w.config(imported + teamBlock(users, "")),
				ConfigPlanChecks:  expectAction(teamAddress, plancheck.ResourceActionNoop),
				ConfigStateChecks: []statecheck.StateCheck{w.expectUsers("alice", "bobby")},
			},
			// A user more needs a password, those that are there do not.
			resource.TestStep{
				Config:      w.team(users+"\n\"{@carol}\" = {}", ""),
				ExpectError: regexp.MustCompile(`(?s)Missing passwords.*` + w.name("carol")),
			},
			resource.TestStep{
				Config: w.team(users+"\n\"{@carol}\" = {}", "passwords = { \"{@carol}\" = \"pass-1\" }"),
				Check:  all(w.hasPassword("carol", "pass-1"), w.hasPassword("alice", "before")),
			},
		)
	})
}

func TestAccUsersResource_planTimeErrors(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		many := make([]string, 25)
		for i := range many {
			many[i] = fmt.Sprintf("user-%02d = {}", i)
		}
		long := strings.Repeat("x", 129)
		cases := map[string]struct{ users, arguments, want string }{
			"passwords missing":      {strings.Join(many, "\n"), "", `(?s)Missing passwords.*"user-00", .*"user-19"\s+and\s+5\s+more`},
			"a password missing":     {"alice = {}\nbobby = {}", `passwords = { alice = "pass-1" }`, `(?s)Missing passwords.*for\s+"bobby"`},
			"a password is null":     {"alice = {}", `passwords_wo = { alice = null }`, `(?s)Missing passwords.*for\s+"alice"`},
			"two places":             {"alice = {}", `passwords = { alice = "pass-1" }` + "\n" + `password_wo = "pass-1"`, `(?s)Invalid Attribute Combination.*password_wo,\s+passwords`},
			"two write-only places":  {"alice = {}", `passwords_wo = { alice = "pass-1" }` + "\n" + `password_wo = "pass-1"`, `(?s)Invalid Attribute Combination.*password_wo,\s+passwords_wo`},
			"version without secret": {"alice = {}", `passwords = { alice = "pass-1" }` + "\n" + `password_wo_version = 1`, `Invalid Attribute Combination`},
			"password too long":      {"alice = {}", `passwords = { alice = "` + long + `" }`, `(?s)Invalid value for user "alice".*password`},
			"write-only too long":    {"alice = {}", `passwords_wo = { alice = "` + long + `" }`, `(?s)Invalid value for user "alice".*password`},
			"one for all too long":   {"alice = {}", `password_wo = "` + long + `"`, `(?s)password`},
			"nickname too long":      {`alice = { nickname = "` + long + `" }`, onePassword, `(?s)Invalid value for user "alice".*nickname`},
			"name with a blank":      {`"al ice" = {}`, onePassword, `Invalid value for user "al ice"`},
			"name empty":             {`"" = {}`, onePassword, `Invalid value`},
		}
		if w.platform == "easemob" {
			cases["the same user twice"] = struct{ users, arguments, want string }{"alice = {}\nAlice = {}", onePassword, `(?s)"Alice"\s+and\s+"alice"\s+are\s+the\s+same\s+user`}
			cases["two passwords"] = struct{ users, arguments, want string }{"alice = {}", `passwords = { alice = "pass-1", Alice = "pass-2" }`, `(?s)"Alice"\s+and\s+"alice"\s+are\s+the\s+same\s+user`}
		}
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				w := *w
				w.t = t
				w.run(resource.TestStep{Config: w.team(c.users, c.arguments), PlanOnly: true, ExpectError: regexp.MustCompile(c.want)})
			})
		}
		t.Run("thousands of bad values", func(t *testing.T) {
			w := *w
			w.t = t
			w.run(resource.TestStep{
				Config: w.config(`resource "chat_users" "team" {
 users       = { for i in range(1000) : "us er ${i}" => {} }
 password_wo = "pass-1"
}`),
				PlanOnly: true, ExpectError: regexp.MustCompile(`980 more values are invalid`),
			})
		})
		if w.emulator != nil {
			if n := w.emulator.requests(); n.Total != 0 {
				t.Errorf("refused input made %d requests: %v", n.Total, n.Routes)
			}
		}
	})
}

// What is known only after apply is neither refused too soon nor let through.
func TestAccUsersResource_unknown(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		later := "resource \"terraform_data\" \"later\" {\n input = %s\n}\n"
		unknown := func(value, users, arguments string) string {
			return w.config(fmt.Sprintf(later, value) + "resource \"chat_users\" \"team\" {\n users = " + users + "\n " + arguments + "\n}\n")
		}
		output := "terraform_data.later.output"
		for name, config := range map[string]string{
			"nickname":       unknown(`"Alice"`, `{ "{@alice}" = { nickname = `+output+` } }`, onePassword),
			"one user":       unknown(`{ nickname = "Alice" }`, `{ "{@alice}" = `+output+` }`, onePassword),
			"all users":      unknown(`{ "{@alice}" = { nickname = "Alice" } }`, output, onePassword),
			"password":       unknown(`"pass-1"`, `{ "{@alice}" = { nickname = "Alice" } }`, `passwords = { "{@alice}" = `+output+` }`),
			"all passwords":  unknown(`{ "{@alice}" = "pass-1" }`, `{ "{@alice}" = { nickname = "Alice" } }`, "passwords_wo = "+output),
			"one for all":    unknown(`"pass-1"`, `{ "{@alice}" = { nickname = "Alice" } }`, "password_wo = "+output),
			"really anybody": unknown(`{ "{@alice}" = { nickname = "Alice" } }`, output, "passwords = { for name, user in "+output+" : name => \"pass-1\" }"),
		} {
			t.Run(name, func(t *testing.T) {
				w := *w
				w.t = t
				w.run(
					resource.TestStep{Config: config, Check: all(w.hasNickname("alice", "Alice"), w.hasPassword("alice", "pass-1"))},
					resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
				)
			})
		}
		for name, c := range map[string]struct{ config, want string }{
			"no password": {unknown(`{ value = null }`, `{ "{@alice}" = {} }`, "password_wo = "+output+".value"), `(?s)Missing passwords.*` + w.name("alice")},
			"bad name":    {unknown(`{ "al ice" = {} }`, output, onePassword), `Invalid value for user "al ice"`},
		} {
			t.Run(name, func(t *testing.T) {
				w := *w
				w.t = t
				w.forgetRequests()
				w.run(resource.TestStep{Config: c.config, ExpectError: regexp.MustCompile(c.want)})
				if err := w.wrote(0)(); err != nil {
					t.Error(err)
				}
			})
		}
	})
}

func TestAccEasemobUsers_caseOfNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	upper := strings.ToUpper(w.name("alice"))
	spelled := func(user, password string) string {
		return w.team(fmt.Sprintf("%q = { nickname = \"Alice\" }\n\"{@bobby}\" = {}", user),
			fmt.Sprintf("passwords = {\n%q = \"pass-1\"\n\"{@bobby}\" = \"pass-1\"\n}", password))
	}
	users := func(alice string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("users"),
			knownvalue.MapExact(map[string]knownvalue.Check{alice: knownvalue.NotNull(), w.name("bobby"): knownvalue.NotNull()}))}
	}
	w.run(
		resource.TestStep{Config: spelled(upper, w.name("alice")), ConfigStateChecks: users(upper)},
		resource.TestStep{Config: spelled(upper, w.name("alice")), ConfigPlanChecks: expectNothing},
		// Another spelling is written to the state and nowhere else.
		resource.TestStep{
			PreConfig:         w.forgetRequests,
			Config:            spelled(w.name("alice"), upper),
			ConfigStateChecks: users(w.name("alice")),
			Check:             all(w.wrote(0), w.hasPassword("alice", "pass-1")),
		},
		resource.TestStep{Config: spelled(w.name("alice"), upper), ConfigPlanChecks: expectNothing},
	)
}

// Thousands of users in few calls: the numbers for 300.
func TestAccUsersResource_requests(t *testing.T) {
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
					Config: w.config(`variable "n" {
 type = number
}
resource "chat_users" "team" {
 users       = { for i in range(var.n) : format("{@user}-%03d", i) => { nickname = "` + nickname + `" } }
 password_wo = "pass-1"
}`),
					ConfigVariables: config.Variables{"n": config.IntegerVariable(n)},
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
				// The shim plans more than once; see the command line's numbers for one plan.
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

// In an application that is large beside the new names, those are asked for singly.
func TestAccUsersResource_largeApplication(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	for from := range 6 {
		users := make([]chat.NewUser, 50)
		for i := range users {
			users[i] = chat.NewUser{Username: w.name(fmt.Sprintf("user-%03d", 50*from+i)), Password: "before"}
		}
		_, err := w.admin.Users.Create(context.Background(), users)
		w.must(err)
	}
	users := func(from int) string {
		return w.config(fmt.Sprintf(`resource "chat_users" "team" {
 users       = { for i in range(%d, %d) : format("{@user}-%%03d", i) => {} }
 password_wo = "pass-1"
}`, from, from+16))
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

// One map of passwords may serve several resources: what has no user is ignored.
func TestAccUsersResource_passwordsOfOthers(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.team("\"{@alice}\" = {}", "passwords = { \"{@alice}\" = \"pass-1\", \"{@mallory}\" = \"pass-2\" }")
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
		if !w.gone("mallory") {
			t.Error("a password made a user")
		}
	})
}

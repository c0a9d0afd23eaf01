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
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"terraform-provider-chat/internal/chat"
)

const aliceAddress = "chat_user.alice"

// alice is a configuration of one user with more arguments.
func (w *world) alice(arguments string) string {
	return w.config(aliceBlock(arguments))
}

func aliceBlock(arguments string) string {
	return fmt.Sprintf("resource \"chat_user\" \"alice\" {\n username = \"{@alice}\"\n %s\n}\n", arguments)
}

func (w *world) expect(attribute string, value knownvalue.Check) statecheck.StateCheck {
	at := tfjsonpath.New(strings.Split(attribute, ".")[0])
	for _, step := range strings.Split(attribute, ".")[1:] {
		at = at.AtMapKey(step)
	}
	return statecheck.ExpectKnownValue(aliceAddress, at, value)
}

func expectAction(address string, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}}
}

var expectNothing = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}

func TestAccUser_lifecycle(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.run(
			resource.TestStep{
				Config: w.alice(`password = "pass-1"`),
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
				Config:            w.alice(`password = "pass-1"`),
				ResourceName:      aliceAddress,
				ImportState:       true,
				ImportStateId:     w.name("alice"),
				ImportStateVerify: true,
				// A password cannot be read back; the creation time of a new user may be
				// the register call's until the first refresh.
				ImportStateVerifyIgnore: []string{"password", "created_at"},
			},
			resource.TestStep{
				Config: w.alice(`password = "pass-1"`), PlanOnly: true,
			},
			resource.TestStep{
				Config:            w.alice("password = \"pass-1\"\nnickname = \"Alice\""),
				ConfigPlanChecks:  expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{w.expect("nickname", knownvalue.StringExact("Alice"))},
			},
			resource.TestStep{
				Config:           w.alice("password = \"pass-2\"\nnickname = \"\""),
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					w.expect("nickname", knownvalue.StringExact("")),
				},
				Check: func(_ *state) error {
					if n := w.user("alice").Nickname; n != nil && *n != "" {
						return fmt.Errorf("nickname %q was not cleared", *n)
					}
					return w.expectPassword("alice", "pass-2")
				},
			},
			resource.TestStep{
				Config:           w.config(strings.ReplaceAll(aliceBlock(`password = "pass-2"`), "{@alice}", "{@anna}")),
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionReplace),
				Check: func(_ *state) error {
					if !w.gone("alice") || w.gone("anna") {
						return fmt.Errorf("the old user must be gone and the new one there")
					}
					return nil
				},
			},
		)
		if !w.gone("anna") {
			t.Error("destroy left the user behind")
		}
	})
}

func TestAccUser_importBlock(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.register("alice", "pass-1")
		w.must(w.admin.Users.Update(context.Background(), w.name("alice"), chat.Settings{Nickname: ptr("Alice")}))
		w.run(resource.TestStep{
			Config:           w.config("import {\n to = chat_user.alice\n id = \"{@alice}\"\n}\n") + w.named(aliceBlock(`nickname = "Alice"`)),
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{
				w.expect("nickname", knownvalue.StringExact("Alice")),
				w.expect("password", knownvalue.Null()),
			},
		})
	})
}

func TestAccUser_importMissing(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.run(resource.TestStep{
			Config:        w.alice(`password = "pass-1"`),
			ResourceName:  aliceAddress,
			ImportState:   true,
			ImportStateId: w.name("nobody"),
			ExpectError:   regexp.MustCompile(`(?s)Cannot import non-existent remote object`),
		})
	})
}

func TestAccUser_writeOnlyPassword(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		step := func(password string, version int) resource.TestStep {
			return resource.TestStep{
				Config: w.alice(fmt.Sprintf("password_wo = %q\npassword_wo_version = %d", password, version)),
				ConfigStateChecks: []statecheck.StateCheck{
					w.expect("password", knownvalue.Null()),
					w.expect("password_wo", knownvalue.Null()),
				},
				Check: func(_ *state) error { return w.expectPassword("alice", "pass-"+fmt.Sprint(version)) },
			}
		}
		unchanged := step("pass-9", 1)
		unchanged.ConfigPlanChecks = expectNothing
		raised := step("pass-2", 2)
		raised.ConfigPlanChecks = expectAction(aliceAddress, plancheck.ResourceActionUpdate)
		w.run(step("pass-1", 1), unchanged, raised)
	})
}

func TestAccUser_omittedIsLeftAlone(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.run(
			resource.TestStep{Config: w.alice("password = \"pass-1\"\nnickname = \"Alice\"")},
			// What is no longer declared stays.
			resource.TestStep{
				Config:           w.alice(`password = "pass-1"`),
				ConfigPlanChecks: expectNothing,
				Check:            func(_ *state) error { return w.expectNickname("alice", "Alice") },
			},
			// What was never declared may change elsewhere, and other changes do not touch it.
			resource.TestStep{
				PreConfig: w.do(func(ctx context.Context) error {
					return w.admin.Users.Update(ctx, w.name("alice"), chat.Settings{Nickname: ptr("Al")})
				}),
				Config: w.alice(`password = "pass-2"`),
				Check:  func(_ *state) error { return w.expectNickname("alice", "Al") },
			},
		)
	})
}

func TestAccUser_nicknameDrift(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.alice("password = \"pass-1\"\nnickname = \"Alice\"")
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig: w.do(func(ctx context.Context) error {
					return w.admin.Users.Update(ctx, w.name("alice"), chat.Settings{Nickname: ptr("Mallory")})
				}),
				Config:           config,
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				Check:            func(_ *state) error { return w.expectNickname("alice", "Alice") },
			},
		)
	})
}

func TestAccUser_goneIsPlannedForCreation(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.alice(`password = "pass-1"`)
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig:        func() { w.remove("alice") },
				Config:           config,
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionCreate),
			},
			// Destroying a user that is gone succeeds.
			resource.TestStep{PreConfig: func() { w.remove("alice") }, Config: config, Destroy: true},
		)
	})
}

func TestAccUser_reregisteredIsDrift(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.alice("password = \"pass-1\"\nnickname = \"Alice\"\nactivated = true")
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig:        func() { w.reregister("alice", "another") },
				Config:           config,
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				Check: func(_ *state) error {
					if err := w.expectNickname("alice", "Alice"); err != nil {
						return err
					}
					return w.expectPassword("alice", "pass-1")
				},
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
	})
}

func TestAccUser_reregisteredIsDriftWithoutVersion(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.alice(`password_wo = "pass-1"`)
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig:        func() { w.reregister("alice", "another") },
				Config:           config,
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				Check:            func(_ *state) error { return w.expectPassword("alice", "pass-1") },
			},
		)
	})
}

func TestAccUser_deactivateOnDestroy(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		t.Cleanup(func() { w.remove("alice") })
		w.run(resource.TestStep{Config: w.alice("password = \"pass-1\"\ndeactivate_on_destroy = true")})
		if w.gone("alice") {
			t.Fatal("the user was deleted")
		}
		if err := w.expectActivated("alice", false); err != nil {
			t.Error(err)
		}
	})
}

func TestAccUser_deactivateOnDestroyGone(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		config := w.alice("password = \"pass-1\"\ndeactivate_on_destroy = true")
		w.run(
			resource.TestStep{Config: config},
			resource.TestStep{PreConfig: func() { w.remove("alice") }, Config: config, Destroy: true},
		)
	})
}

func TestAccUser_activated(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		step := func(activated bool, action plancheck.ResourceActionType) resource.TestStep {
			return resource.TestStep{
				Config:            w.alice(fmt.Sprintf("password = \"pass-1\"\nactivated = %t", activated)),
				ConfigPlanChecks:  expectAction(aliceAddress, action),
				ConfigStateChecks: []statecheck.StateCheck{w.expect("activated", knownvalue.Bool(activated))},
				Check:             func(_ *state) error { return w.expectActivated("alice", activated) },
			}
		}
		w.run(
			step(false, plancheck.ResourceActionCreate),
			step(true, plancheck.ResourceActionUpdate),
			step(false, plancheck.ResourceActionUpdate),
		)
	})
}

func TestAccUser_exists(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.register("alice", "before")
		t.Cleanup(func() { w.remove("alice") })
		w.run(resource.TestStep{
			Config:      w.alice(`password = "pass-1"`),
			ExpectError: regexp.MustCompile(`(?s)Could not create user.*already\s+exists.*adopt_existing`),
		})
		if err := w.expectPassword("alice", "before"); err != nil {
			t.Error(err)
		}
	})
}

func TestAccUser_adoptExisting(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		w.register("alice", "before")
		w.must(w.admin.Users.SetActivated(context.Background(), w.name("alice"), false))
		w.must(w.admin.Users.Update(context.Background(), w.name("alice"), chat.Settings{Nickname: ptr("Old")}))
		w.run(resource.TestStep{
			Config: w.configWith("adopt_existing = true", aliceBlock("password = \"pass-1\"\nnickname = \"Alice\"\nactivated = true")),
			Check: func(_ *state) error {
				if err := w.expectNickname("alice", "Alice"); err != nil {
					return err
				}
				if err := w.expectActivated("alice", true); err != nil {
					return err
				}
				return w.expectPassword("alice", "pass-1")
			},
		})
	})
}

func TestAccUser_planTimeErrors(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		cases := map[string]struct{ config, want string }{
			"password missing":        {aliceBlock(""), `Missing password`},
			"both kinds of password":  {aliceBlock(`password = "pass-1"` + "\n" + `password_wo = "pass-1"`), `Invalid Attribute Combination`},
			"version without secret":  {aliceBlock(`password = "pass-1"` + "\n" + `password_wo_version = 1`), `Invalid Attribute Combination`},
			"password empty":          {aliceBlock(`password = ""`), `(?s)password.*characters|bytes`},
			"password too long":       {aliceBlock(`password = "` + strings.Repeat("p", 129) + `"`), `(?s)password`},
			"write-only too long":     {aliceBlock(`password_wo = "` + strings.Repeat("p", 129) + `"`), `(?s)password`},
			"nickname too long":       {aliceBlock(`password = "pass-1"` + "\n" + `nickname = "` + strings.Repeat("n", 101) + `"`), `(?s)nickname`},
			"name with a blank":       {strings.Replace(aliceBlock(`password = "pass-1"`), "{@alice}", "al ice", 1), `(?s)username`},
			"name with a slash":       {strings.Replace(aliceBlock(`password = "pass-1"`), "{@alice}", "ali/ce", 1), `(?s)username`},
			"name in Chinese":         {strings.Replace(aliceBlock(`password = "pass-1"`), "{@alice}", "爱丽丝爱丽丝", 1), `(?s)username`},
			"name empty":              {strings.Replace(aliceBlock(`password = "pass-1"`), "{@alice}", "", 1), `(?s)username`},
			"name too long":           {strings.Replace(aliceBlock(`password = "pass-1"`), "{@alice}", strings.Repeat("a", 129), 1), `(?s)username`},
			"hour out of range":       {aliceBlock(`password = "pass-1"` + "\n" + `push = { do_not_disturb_start = 24 }`), `(?s)do_not_disturb_start.*between 0 and 23`},
			"hour negative":           {aliceBlock(`password = "pass-1"` + "\n" + `push = { do_not_disturb_end = -1 }`), `(?s)do_not_disturb_end.*between 0 and 23`},
			"display style":           {aliceBlock(`password = "pass-1"` + "\n" + `push = { display_style = "loud" }`), `(?s)display_style.*summary`},
			"gender":                  {aliceBlock(`password = "pass-1"` + "\n" + `profile = { gender = "x" }`), `(?s)gender.*unknown`},
			"contact of oneself":      {`resource "chat_contact" "c" {` + "\n" + `owner = "alice"` + "\n" + `contact = "alice"` + "\n}", `(?s)two\s+different\s+users`},
			"blocking oneself":        {`resource "chat_block" "b" {` + "\n" + `owner = "alice"` + "\n" + `blocked = "alice"` + "\n}", `(?s)two\s+different\s+users`},
			"contact with a bad name": {`resource "chat_contact" "c" {` + "\n" + `owner = "alice"` + "\n" + `contact = "b b"` + "\n}", `(?s)contact`},
			"block with a bad name":   {`resource "chat_block" "b" {` + "\n" + `owner = "al#ice"` + "\n" + `blocked = "bobby"` + "\n}", `(?s)owner`},
		}
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				w := *w
				w.t = t
				w.run(resource.TestStep{Config: w.config(c.config), PlanOnly: true, ExpectError: regexp.MustCompile(c.want)})
			})
		}
		if w.emulator != nil {
			if n := w.emulator.requests(); n.Total != 0 {
				t.Errorf("refused input made %d requests: %v", n.Total, n.Routes)
			}
		}
	})
}

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

	"terraform-provider-chat/internal/chat"
)

// Tests of what only Easemob has.

func TestAccEasemobUser_pushIsWrittenAndRepairedAsFarAsDeclared(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	everything := w.config(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  push = {
    display_style        = "detail"
    do_not_disturb       = true
    do_not_disturb_start = 22
    do_not_disturb_end   = 0
  }
}
`)
	displayStyle := w.config(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  push = {
    display_style = "summary"
  }
}
`)
	// push changes the settings without Terraform.
	push := func(settings chat.Push) func() {
		return w.do(func(ctx context.Context) error {
			return w.admin.Users.Update(ctx, w.name("alice"), chat.Settings{Push: &settings})
		})
	}
	hasPush := func(want chat.Push) func() error {
		return func() error {
			if got := w.user("alice").Push; describe(got) != describe(&want) {
				return fmt.Errorf("push is %s, not %s", describe(got), describe(&want))
			}
			return nil
		}
	}
	w.run(
		resource.TestStep{
			Config: everything,
			ConfigStateChecks: []statecheck.StateCheck{
				w.expect("uuid", knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f-]{36}$`))),
				w.expect("activated", knownvalue.Bool(true)),
				w.expect("push.display_style", knownvalue.StringExact("detail")),
				w.expect("push.do_not_disturb", knownvalue.Bool(true)),
				w.expect("push.do_not_disturb_start", knownvalue.Int64Exact(22)),
				w.expect("push.do_not_disturb_end", knownvalue.Int64Exact(0)),
			},
			Check: all(hasPush(chat.Push{DisplayStyle: ptr("detail"), DoNotDisturb: ptr(true), Start: ptr(int64(22)), End: ptr(int64(0))})),
		},
		resource.TestStep{
			Config:                  everything,
			ResourceName:            aliceAddress,
			ImportState:             true,
			ImportStateId:           w.name("alice"),
			ImportStateVerify:       true,
			ImportStateVerifyIgnore: []string{"password"},
		},
		// Only what is declared is written; the hours stay.
		resource.TestStep{
			Config:           displayStyle,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				w.expect("push.do_not_disturb_start", knownvalue.Int64Exact(22)),
			},
			Check: all(hasPush(chat.Push{DisplayStyle: ptr("summary"), DoNotDisturb: ptr(true), Start: ptr(int64(22)), End: ptr(int64(0))})),
		},
		// A declared setting that somebody else changed is repaired.
		resource.TestStep{
			PreConfig:        push(chat.Push{DisplayStyle: ptr("detail")}),
			Config:           displayStyle,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
			Check:            all(hasPush(chat.Push{DisplayStyle: ptr("summary"), DoNotDisturb: ptr(true), Start: ptr(int64(22)), End: ptr(int64(0))})),
		},
		// One that is not declared is left alone.
		resource.TestStep{
			PreConfig:        push(chat.Push{Start: ptr(int64(7))}),
			Config:           displayStyle,
			ConfigPlanChecks: expectNothing,
		},
		resource.TestStep{Config: w.config(oneUser), ConfigPlanChecks: expectNothing},
	)
}

// describe returns push settings as a text.
func describe(p *chat.Push) string {
	if p == nil {
		return "unset"
	}
	return fmt.Sprintf("{display_style %s, do_not_disturb %s, start %s, end %s}", text(p.DisplayStyle), text(p.DoNotDisturb), text(p.Start), text(p.End))
}

func TestAccEasemobUser_emptyPushPlansNoChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	config := w.config(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  push     = {}
}
`)
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
	)
}

func TestAccEasemobUser_changedActivationIsRepaired(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	config := w.config(`
resource "chat_user" "alice" {
  username  = "{@alice}"
  password  = "pass-1"
  activated = true
}
`)
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig:        w.do(func(ctx context.Context) error { return w.admin.Users.SetActivated(ctx, w.name("alice"), false) }),
			Config:           config,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
			Check:            all(w.isActivated("alice", true)),
		},
	)
}

func TestAccEasemobUser_caseOfNameIsIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	lower, upper := w.name("alice"), strings.ToUpper(w.name("alice"))
	spelled := func(alice string) string {
		return w.config(fmt.Sprintf(`
resource "chat_user" "alice" {
  username = %q
  password = "pass-1"
}

resource "chat_user" "bobby" {
  username = "{@bobby}"
  password = "pass-1"
}

resource "chat_contact" "c" {
  owner      = chat_user.alice.id
  contact    = upper("{@bobby}")
  depends_on = [chat_user.bobby]
}
`, alice))
	}
	w.run(
		resource.TestStep{
			Config:            spelled(upper),
			ConfigStateChecks: []statecheck.StateCheck{w.expect("username", knownvalue.StringExact(upper)), w.expect("id", knownvalue.StringExact(upper))},
		},
		resource.TestStep{Config: spelled(upper), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: spelled(lower), ConfigPlanChecks: expectNothing},
		resource.TestStep{
			Config: spelled(lower) + w.named(`
resource "chat_user" "same" {
  username = upper("{@alice}")
  password = "pass-1"
}
`),
			ExpectError: regexp.MustCompile(`(?s)already\s+exists`),
		},
	)
}

func TestAccEasemobUser_invalidNameFailsThePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	for name, want := range map[string]string{
		"11111111-0000-11ee-8000-0123456789ab": `(?s)UUID`,
		"alice@example.com":                    `(?s)is not a valid user name`,
		strings.Repeat("a", 65):                `(?s)64`,
	} {
		w.run(resource.TestStep{
			Config: w.config(fmt.Sprintf(`
resource "chat_user" "alice" {
  username = %q
  password = "pass-1"
}
`, name)),
			ExpectError: regexp.MustCompile(want),
			PlanOnly:    true,
		})
	}
}

func TestAccEasemob_unsupportedAttributesFailThePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	for config, want := range map[string]string{
		`
resource "chat_contact" "c" {
  owner   = "alice"
  contact = "bobby"
  note    = "nice"
}
`: `(?s)Easemob.*does\s+not\s+support\s+note`,
	} {
		w.run(resource.TestStep{Config: w.config(config), ExpectError: regexp.MustCompile(want), PlanOnly: true})
	}
}

// The custom data of a room cannot be changed. To declare it empty where there is none is no
// change: the room is not replaced.
func TestAccEasemobRoom_emptyCustomDataReplacesNothing(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	room := func(arguments string) string {
		return w.config(threeUsers + fmt.Sprintf(`
resource "chat_room" "team" {
  name  = "The team"
  owner = chat_user.alice.id
  %s
}
`, arguments))
	}
	w.run(
		resource.TestStep{Config: room("")},
		resource.TestStep{Config: room(`custom = ""`), ConfigPlanChecks: expectAction("chat_room.team", plancheck.ResourceActionUpdate)},
		resource.TestStep{Config: room(`custom = ""`), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: room(`custom = "x"`), ConfigPlanChecks: expectAction("chat_room.team", plancheck.ResourceActionReplace)},
		resource.TestStep{Config: room(`description = "y"`), ConfigPlanChecks: expectAction("chat_room.team", plancheck.ResourceActionUpdate)},
	)
}

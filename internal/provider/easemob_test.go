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

// What only Easemob has.

func TestAccEasemobUser_push(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	full := `push = {
  display_style        = "detail"
  do_not_disturb       = true
  do_not_disturb_start = 22
  do_not_disturb_end   = 0
 }`
	expectPush := func(want chat.Push) resource.TestCheckFunc {
		return func(*state) error {
			if got := fmt.Sprint(show(w.user("alice").Push)); got != fmt.Sprint(show(&want)) {
				return fmt.Errorf("push is %s, not %s", got, show(&want))
			}
			return nil
		}
	}
	w.run(
		resource.TestStep{
			Config: w.alice("password = \"pass-1\"\n" + full),
			ConfigStateChecks: []statecheck.StateCheck{
				w.expect("uuid", knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f-]{36}$`))),
				w.expect("activated", knownvalue.Bool(true)),
				w.expect("push.display_style", knownvalue.StringExact("detail")),
				w.expect("push.do_not_disturb", knownvalue.Bool(true)),
				w.expect("push.do_not_disturb_start", knownvalue.Int64Exact(22)),
				w.expect("push.do_not_disturb_end", knownvalue.Int64Exact(0)),
			},
			Check: expectPush(chat.Push{DisplayStyle: ptr("detail"), DoNotDisturb: ptr(true), Start: ptr(int64(22)), End: ptr(int64(0))}),
		},
		resource.TestStep{
			Config:                  w.alice("password = \"pass-1\"\n" + full),
			ResourceName:            aliceAddress,
			ImportState:             true,
			ImportStateId:           w.name("alice"),
			ImportStateVerify:       true,
			ImportStateVerifyIgnore: []string{"password"},
		},
		// Only what is declared is written; the hours stay.
		resource.TestStep{
			Config:           w.alice("password = \"pass-1\"\npush = { display_style = \"summary\" }"),
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				w.expect("push.do_not_disturb_start", knownvalue.Int64Exact(22)),
			},
			Check: expectPush(chat.Push{DisplayStyle: ptr("summary"), DoNotDisturb: ptr(true), Start: ptr(int64(22)), End: ptr(int64(0))}),
		},
		// Drift of a declared setting is repaired.
		resource.TestStep{
			PreConfig: w.do(func(ctx context.Context) error {
				return w.admin.Users.Update(ctx, w.name("alice"), chat.Settings{Push: &chat.Push{DisplayStyle: ptr("detail")}})
			}),
			Config:           w.alice("password = \"pass-1\"\npush = { display_style = \"summary\" }"),
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
			Check:            expectPush(chat.Push{DisplayStyle: ptr("summary"), DoNotDisturb: ptr(true), Start: ptr(int64(22)), End: ptr(int64(0))}),
		},
		// Drift of one that is not is left alone.
		resource.TestStep{
			PreConfig: w.do(func(ctx context.Context) error {
				return w.admin.Users.Update(ctx, w.name("alice"), chat.Settings{Push: &chat.Push{Start: ptr(int64(7))}})
			}),
			Config:           w.alice("password = \"pass-1\"\npush = { display_style = \"summary\" }"),
			ConfigPlanChecks: expectNothing,
		},
		resource.TestStep{
			Config:           w.alice(`password = "pass-1"`),
			ConfigPlanChecks: expectNothing,
		},
	)
}

func show(p *chat.Push) string {
	if p == nil {
		return "nothing"
	}
	return fmt.Sprintln(text(p.DisplayStyle), text(p.DoNotDisturb), text(p.Start), text(p.End))
}

func text[T any](p *T) string {
	if p == nil {
		return "unset"
	}
	return fmt.Sprint(*p)
}

func TestAccEasemobUser_emptyPush(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	config := w.alice("password = \"pass-1\"\npush = {}")
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
	)
}

func TestAccEasemobUser_activationDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	config := w.alice("password = \"pass-1\"\nactivated = true")
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig:        w.do(func(ctx context.Context) error { return w.admin.Users.SetActivated(ctx, w.name("alice"), false) }),
			Config:           config,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
			Check:            func(*state) error { return w.expectActivated("alice", true) },
		},
	)
}

func TestAccEasemobUser_caseOfName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	spelled := func(name string) string {
		return w.config(strings.ReplaceAll(aliceBlock(`password = "pass-1"`), "{@alice}", name) + `
resource "chat_user" "bobby" {
  username = "{@bobby}"
  password = "pass-1"
}
resource "chat_contact" "c" {
  owner   = chat_user.alice.username
  contact = "` + strings.ToUpper(w.name("bobby")) + `"
  depends_on = [chat_user.bobby]
}
`)
	}
	upper, lower := strings.ToUpper(w.name("alice")), w.name("alice")
	w.run(
		resource.TestStep{
			Config:            spelled(upper),
			ConfigStateChecks: []statecheck.StateCheck{w.expect("username", knownvalue.StringExact(upper)), w.expect("id", knownvalue.StringExact(upper))},
		},
		resource.TestStep{Config: spelled(upper), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: spelled(lower), ConfigPlanChecks: expectNothing},
		resource.TestStep{
			Config:      spelled(lower) + w.named(strings.NewReplacer("{@alice}", upper, `"alice"`, `"twin"`).Replace(aliceBlock(`password = "pass-1"`))),
			ExpectError: regexp.MustCompile(`(?s)already\s+exists`),
		},
	)
}

func TestAccEasemobUser_nameRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	for name, want := range map[string]string{
		"11111111-0000-11ee-8000-0123456789ab": `(?s)UUID`,
		"alice@example.com":                    `(?s)e-mail|letters`,
		strings.Repeat("a", 65):                `(?s)64`,
	} {
		w.run(resource.TestStep{
			Config:      w.config(strings.ReplaceAll(aliceBlock(`password = "pass-1"`), "{@alice}", name)),
			ExpectError: regexp.MustCompile(want),
			PlanOnly:    true,
		})
	}
}

func TestAccEasemob_unsupported(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "easemob")
	for config, want := range map[string]string{
		aliceBlock("password = \"pass-1\"\nprofile = { region = \"Oslo\" }"):                                     `(?s)Easemob.*does\s+not\s+support\s+profile`,
		"resource \"chat_contact\" \"c\" {\n owner = \"alice\"\n contact = \"bobby\"\n note_name = \"Bob\"\n}\n": `(?s)Easemob.*does\s+not\s+support\s+note_name`,
		"resource \"chat_contact\" \"c\" {\n owner = \"alice\"\n contact = \"bobby\"\n note = \"nice\"\n}\n":     `(?s)Easemob.*does\s+not\s+support\s+note`,
	} {
		w.run(resource.TestStep{Config: w.config(config), ExpectError: regexp.MustCompile(want), PlanOnly: true})
	}
}

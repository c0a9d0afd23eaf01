package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"terraform-provider-chat/internal/chat"
)

// quietForms declares do-not-disturb for alice in every form, with a group of hers.
const quietForms = `
resource "chat_group" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}

resource "chat_do_not_disturb" "everything" {
  username = chat_user.alice.id
}

resource "chat_do_not_disturb" "bobby" {
  username = chat_user.alice.id
  contact  = chat_user.bobby.id
}

resource "chat_do_not_disturb" "group" {
  username = chat_user.alice.id
  group    = chat_group.team.id
}
`

// quietOf returns what does not disturb a user: "everything", names of users, and "group"
// if there is a group.
func (w *world) quietOf(name string) []string {
	w.t.Helper()
	quiet := []string{}
	if w.platform == "easemob" {
		for _, target := range []chat.QuietTarget{{}, {Contact: chat.Ref{Username: w.name("bobby")}}, {Contact: chat.Ref{Username: w.name("carol")}}} {
			on, err := w.admin.Quiet.Get(context.Background(), w.name(name), target)
			w.must(err)
			switch {
			case on && target == chat.QuietTarget{}:
				quiet = append(quiet, "everything")
			case on:
				quiet = append(quiet, strings.TrimPrefix(target.Contact.Username, w.prefix))
			}
		}
		for _, group := range assemblies[0].list(w, name) {
			on, err := w.admin.Quiet.Get(context.Background(), w.name(name), chat.QuietTarget{Group: group.ID})
			w.must(err)
			if on {
				quiet = append(quiet, "group")
			}
		}
		return quiet
	}
	held, _ := w.hidden(name)["no_disturb"].(map[string]any)
	if held["global"] == true {
		quiet = append(quiet, "everything")
	}
	single, _ := held["single"].([]any)
	for _, user := range single {
		name := fmt.Sprint(user) // or an object, if it is a user of another application
		if foreign, ok := user.(map[string]any); ok {
			name = fmt.Sprintf("%s/%s", foreign["username"], foreign["appkey"])
		}
		quiet = append(quiet, strings.TrimPrefix(name, w.prefix))
	}
	if groups, _ := held["group"].([]any); len(groups) > 0 {
		quiet = append(quiet, "group")
	}
	return quiet
}

// isQuiet checks what does not disturb a user.
func (w *world) isQuiet(name string, want ...string) func() error {
	return func() error {
		if diff := cmp.Diff(append([]string{}, want...), w.quietOf(name)); diff != "" {
			return fmt.Errorf("what does not disturb %s (-want +got):\n%s", name, diff)
		}
		return nil
	}
}

// disturb turns do-not-disturb off without Terraform.
func (w *world) disturb(name string, target chat.QuietTarget) {
	w.t.Helper()
	w.must(w.admin.Quiet.Set(context.Background(), w.name(name), target, false))
}

func TestAccDoNotDisturb_everyFormIsSetImportedAndTurnedOff(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(threeUsers + quietForms)
		imports := func(name string) resource.TestStep {
			return resource.TestStep{
				Config: config, ResourceName: "chat_do_not_disturb." + name, ImportState: true, ImportStateVerify: true,
				ImportStateIdFunc: func(s *state) (string, error) { // the id is what an import takes
					return s.RootModule().Resources["chat_do_not_disturb."+name].Primary.ID, nil
				},
			}
		}
		hasID := func(name, id string) statecheck.StateCheck {
			return statecheck.ExpectKnownValue("chat_do_not_disturb."+name, tfjsonpath.New("id"), knownvalue.StringRegexp(regexp.MustCompile("^"+id+"$")))
		}
		w.run(
			resource.TestStep{
				Config: config,
				ConfigStateChecks: []statecheck.StateCheck{
					hasID("everything", w.name("alice")),
					hasID("bobby", w.name("alice")+"/contact/"+w.name("bobby")),
					hasID("group", w.name("alice")+"/group/[0-9]+"),
				},
				Check: all(w.isQuiet("alice", "everything", "bobby", "group")),
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
			imports("everything"), imports("bobby"), imports("group"),
			// Another contact replaces it, and the others stay.
			resource.TestStep{
				Config:           strings.ReplaceAll(config, "contact  = chat_user.bobby.id", "contact  = chat_user.carol.id"),
				ConfigPlanChecks: expectAction("chat_do_not_disturb.bobby", plancheck.ResourceActionReplace),
				Check:            all(w.isQuiet("alice", "everything", "carol", "group")),
			},
			// What somebody else turned off is no error to destroy.
			resource.TestStep{
				PreConfig: func() { w.disturb("alice", chat.QuietTarget{}) },
				Config:    w.config(threeUsers),
				Check:     all(w.isQuiet("alice")),
			},
		)
	})
}

func TestAccDoNotDisturb_isRepairedAsFarAsItCanBeRead(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(threeUsers + quietForms)
		steps := []resource.TestStep{{
			// One that is set already is a success.
			PreConfig: func() {
				w.registerMissing("alice")
				w.must(w.admin.Quiet.Set(context.Background(), w.name("alice"), chat.QuietTarget{}, true))
			},
			Config: w.configWith("adopt_existing = true", threeUsers+quietForms),
		}}
		for name, target := range map[string]chat.QuietTarget{"everything": {}, "bobby": {Contact: chat.Ref{Username: w.name("bobby")}}} {
			step := resource.TestStep{PreConfig: func() { w.disturb("alice", target) }, Config: config, ConfigPlanChecks: expectNothing}
			if w.platform == "easemob" {
				step.ConfigPlanChecks = expectAction("chat_do_not_disturb."+name, plancheck.ResourceActionCreate)
				step.Check = all(w.isQuiet("alice", "everything", "bobby", "group"))
			}
			steps = append(steps, step)
		}
		// A user who is gone, and one who does not disturb, take the setting with them.
		steps = append(steps,
			resource.TestStep{
				PreConfig:        func() { w.remove("bobby") },
				Config:           config,
				ConfigPlanChecks: map[string]resource.ConfigPlanChecks{"jmessage": expectAction("chat_do_not_disturb.bobby", plancheck.ResourceActionCreate)}[w.platform],
			},
			resource.TestStep{
				PreConfig:        func() { w.remove("alice") },
				Config:           config,
				ConfigPlanChecks: expectAction("chat_do_not_disturb.everything", plancheck.ResourceActionCreate),
				Check:            all(w.isQuiet("alice", "everything", "bobby", "group")),
			},
			resource.TestStep{PreConfig: func() { w.remove("alice") }, Config: config, Destroy: true},
		)
		w.run(steps...)
	})
}

// The names of users come from resources that are created in the same run, and the form may
// depend on them.
func TestAccDoNotDisturb_unknownValuesArePlanned(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(threeUsers + `
resource "terraform_data" "friend" {
  input = chat_user.bobby.id
}

resource "chat_do_not_disturb" "d" {
  username = chat_user.alice.id
  contact  = terraform_data.friend.output
}
`)
		w.run(
			resource.TestStep{Config: config, Check: all(w.isQuiet("alice", "bobby"))},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
	})
}

func TestAccDoNotDisturb_badInputFailsThePlan(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		cases := map[string]string{
			`contact = "{@bobby}"` + "\n" + `group = "10000001"`: `(?s)"group"\s+cannot\s+be\s+specified\s+when\s+"contact"`,
			`contact = "{@alice}"`:                               `(?s)must\s+be\s+two\s+different\s+users`,
			`contact = "a b"`:                                    `(?s)Invalid value.*user ?name`,
			`group = ""`:                                         `(?s)id\s+of\s+a.*group\s+or\s+room`,
			`contact_app_key = "0123456789abcdef01234567"`:       `(?s)contact.*must\s+be\s+specified`,
		}
		if w.platform == "easemob" {
			cases[`contact = "{@bobby}"`+"\n"+`contact_app_key = "other#app"`] = `(?s)does\s+not\s+support\s+contact_app_key`
			cases[`contact = "{@ALICE}"`] = ""
		}
		w.emulator.requests()
		for arguments, want := range cases {
			if want == "" {
				arguments, want = fmt.Sprintf("contact = %q", strings.ToUpper(w.name("alice"))), `(?s)must\s+be\s+two\s+different\s+users`
			}
			w.run(resource.TestStep{
				Config: w.config(fmt.Sprintf(`
resource "chat_do_not_disturb" "d" {
  username = "{@alice}"
  %s
}
`, arguments)), ExpectError: regexp.MustCompile(want), PlanOnly: true,
			})
		}
		w.expectNoRequests()
	})
}

func TestDoNotDisturb_invalidImportIDs(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		for _, id := range []string{"/", "alice/bob", "alice/contact", "alice/contact/", "alice/room/1", "alice/group/1/2", "alice/contact/bob/key/more"} {
			_, problems := w.wire().imported("chat_do_not_disturb", id)
			expectProblem(t, problems, `The id must be a user name such as alice`)
		}
	})
}

func TestAccDoNotDisturb_missingUserIsAnError(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.run(resource.TestStep{
			Config: w.config(`
resource "chat_do_not_disturb" "d" {
  username = "{@nobody}"
}
`), ExpectError: regexp.MustCompile(`(?s)Could not turn on\s+do-not-disturb of user.*nobody.*not\s+found`),
		})
	})
}

// If the answer is lost, the state knows of the setting, and the next run ends as declared.
func TestAccDoNotDisturb_lostAnswerIsSettled(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("alice")
		config := w.configFewRetries(`
resource "chat_do_not_disturb" "d" {
  username = "{@alice}"
}
`)
		gone := lost(map[string]string{"easemob": http.MethodPut, "jmessage": http.MethodPost}[w.platform], "/(notification|nodisturb)")
		w.run(
			resource.TestStep{
				PreConfig:   func() { w.emulator.faults(gone) },
				Config:      config,
				ExpectError: regexp.MustCompile(`(?s)Could not turn on\s+do-not-disturb`),
			},
			resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: config, Check: all(w.isQuiet("alice", "everything"))},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
			resource.TestStep{
				PreConfig:   func() { w.emulator.faults(gone) },
				Config:      w.configFewRetries(""),
				ExpectError: regexp.MustCompile(`(?s)Could not turn off\s+do-not-disturb`),
			},
			resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: w.configFewRetries(""), Check: all(w.isQuiet("alice"))},
		)
		// After a creation whose answer was lost and that is declared no longer, nothing is left.
		w.run(
			resource.TestStep{
				PreConfig:   func() { w.emulator.faults(gone) },
				Config:      config,
				ExpectError: regexp.MustCompile(`(?s)Could not turn on\s+do-not-disturb`),
			},
			resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: w.configFewRetries(""), Check: all(w.isQuiet("alice"))},
		)
	})
}

// A destroy whose answer was lost may have turned it off: if it stays declared, it is turned
// on again.
func TestAccLostAnswers_doNotDisturbIsTurnedOnAgain(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		without := w.configFewRetries(threeUsers)
		config := w.configFewRetries(threeUsers + `
resource "chat_do_not_disturb" "bobby" {
  username = chat_user.alice.id
  contact  = chat_user.bobby.id
}
`)
		w.run(
			resource.TestStep{Config: config, Check: all(w.isQuiet("alice", "bobby"))},
			resource.TestStep{
				PreConfig: func() { w.emulator.faults(lost("POST", "/nodisturb$"), lost("PUT", "/notification/")) }, Config: without,
				ExpectError: regexp.MustCompile(`Could not turn off do-not-disturb`),
			},
			resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: config, Check: all(w.isQuiet("alice", "bobby"))},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
	})
}

// A resource that is renamed is destroyed and created in any order, and stays set.
func TestAccDoNotDisturb_renamedResourceStaysSet(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("alice", "bobby")
		config := func(name string) string {
			return w.config(fmt.Sprintf(`
resource "chat_do_not_disturb" %q {
  username = "{@alice}"
  contact  = "{@bobby}"
}
`, name))
		}
		w.run(
			resource.TestStep{Config: config("before")},
			resource.TestStep{Config: config("after"), Check: all(w.isQuiet("alice", "bobby"))},
		)
	})
}

// If the old one of a renamed resource could not be destroyed, the next run destroys it: it
// must not turn off what the new one has turned on, which nobody would notice.
func TestRenamed_isNotCreatedAfterAFailedDestroy(t *testing.T) {
	t.Parallel()
	w := emulated(t, "jmessage")
	w.registerMissing("alice", "bobby")
	group, err := w.admin.Groups.Create(context.Background(), chat.NewGroup{Owner: w.name("alice"), GroupSettings: chat.GroupSettings{Name: ptr("The team")}})
	w.must(err)
	for kind, c := range map[string]struct {
		config attrs
		on     func() error
	}{
		"chat_do_not_disturb": {attrs{"username": w.name("alice"), "contact": w.name("bobby")}, w.isQuiet("alice", "bobby")},
		"chat_group_shield":   {attrs{"username": w.name("bobby"), "group": group.ID}, w.shielded("bobby", 1)},
	} {
		t.Run(kind, func(t *testing.T) {
			before, problems := w.wire().apply(kind, instance{}, c.config)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			r := w.wireWith(map[string]tftypes.Value{"max_retries": tftypes.NewValue(tftypes.Number, 0)})
			w.emulator.faults(lost("POST", "/(nodisturb|groupsShield)$"))
			before, problems = r.apply(kind, before, nil)
			w.emulator.faults()
			if before.state == nil || len(problems) == 0 {
				t.Fatal("the resource was destroyed")
			}
			if after, problems := r.apply(kind, instance{}, c.config); after.state != nil || !strings.Contains(strings.Join(problems, " "), "next run destroys that one") {
				t.Errorf("created after a failed destroy: %v, %v", after.state, problems)
			}
			r = w.wire()
			before, problems = r.apply(kind, before, nil)
			_, more := r.apply(kind, instance{}, c.config)
			if before.state != nil || len(problems)+len(more) > 0 {
				t.Error(problems, more)
			}
			if err := c.on(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A contact of another application.
func TestAccJMessageDoNotDisturb_contactOfAnotherApplication(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.registerMissing("alice", "bobby")
	w.other().registerMissing("bobby")
	config := w.config(fmt.Sprintf(`
resource "chat_do_not_disturb" "d" {
  username        = "{@alice}"
  contact         = "{@bobby}"
  contact_app_key = %q
}
`, jmessageOtherKey))
	w.run(
		resource.TestStep{Config: config, Check: all(w.isQuiet("alice", "bobby/"+jmessageOtherKey))},
		resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		resource.TestStep{
			Config: config, ResourceName: "chat_do_not_disturb.d", ImportState: true, ImportStateVerify: true,
			ImportStateId: w.name("alice") + "/contact/" + w.name("bobby") + "/" + jmessageOtherKey,
		},
		resource.TestStep{Config: w.config(""), Check: all(w.isQuiet("alice"))},
		resource.TestStep{
			Config:      strings.ReplaceAll(config, jmessageOtherKey, "aaaaaaaaaaaaaaaaaaaaaaaa"),
			ExpectError: regexp.MustCompile(`(?s)899009.*there\s+is\s+no\s+application\s+with\s+this\s+key`),
		},
	)
}

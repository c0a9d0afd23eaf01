package provider_test

import (
	"context"
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

const shieldAddress = "chat_group_shield.s"

// oneShield declares a group of alice's, and a shield of bobby's from it.
const oneShield = oneUser + `
resource "chat_user" "bobby" {
  username = "{@bobby}"
  password = "pass-1"
}

resource "chat_group" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}

resource "chat_group_shield" "s" {
  username = chat_user.bobby.id
  group    = chat_group.team.id
}
`

// shielded checks from how many groups a user is shielded. The platform does not say: the
// emulator is asked.
func (w *world) shielded(name string, want int) func() error {
	return func() error {
		if got, _ := w.hidden(name)["group_shield"].([]any); len(got) != want {
			return fmt.Errorf("the shields are %v, want %d", got, want)
		}
		return nil
	}
}

func TestAccGroupShield_isSetKeptAndEnded(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	id := func() string { return assemblies[0].only(w).ID }
	shield := func(on bool) func() {
		return w.do(func(ctx context.Context) error { return w.admin.Shields.Set(ctx, w.name("bobby"), id(), on) })
	}
	config := w.config(oneShield)
	w.run(
		resource.TestStep{Config: config, Check: all(w.shielded("bobby", 1))},
		resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		resource.TestStep{
			Config: config, ResourceName: shieldAddress, ImportState: true, ImportStateVerify: true,
			ImportStateIdFunc: func(*state) (string, error) { return w.name("bobby") + "/" + id(), nil },
		},
		resource.TestStep{Config: config, ResourceName: shieldAddress, ImportState: true, ImportStateId: "bobby", ExpectError: regexp.MustCompile(`username/group`)},
		// It cannot be read.
		resource.TestStep{PreConfig: shield(false), Config: config, ConfigPlanChecks: expectNothing},
		// Not set any more, and set already: both are a success.
		resource.TestStep{Config: w.config(oneUser + `
resource "chat_user" "bobby" {
  username = "{@bobby}"
  password = "pass-1"
}

resource "chat_group" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}
`), Check: all(w.shielded("bobby", 0))},
		resource.TestStep{PreConfig: shield(true), Config: config, Check: all(w.shielded("bobby", 1))},
		// It is gone with the user.
		resource.TestStep{
			PreConfig: func() { w.remove("bobby") }, Config: config,
			ConfigPlanChecks: expectAction(shieldAddress, plancheck.ResourceActionCreate), Check: all(w.shielded("bobby", 1)),
		},
		// It is gone with the group.
		resource.TestStep{
			PreConfig: func() { w.must(w.admin.Groups.Delete(context.Background(), id())) }, Config: config,
			ConfigPlanChecks: expectAction(shieldAddress, plancheck.ResourceActionCreate), Check: all(w.shielded("bobby", 1)),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
	)
}

func TestAccGroupShield_invalidOnesAreRefused(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.register("alice", "pass-1")
	shield := func(username, group string) string {
		return w.config(fmt.Sprintf(`
resource "chat_group_shield" "s" {
  username = %q
  group    = %q
}
`, username, group))
	}
	w.run(
		resource.TestStep{Config: shield("abc", "1"), PlanOnly: true, ExpectError: regexp.MustCompile(`4`)},
		resource.TestStep{Config: shield("{@alice}", "the team"), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)whole\s+number`)},
		resource.TestStep{Config: shield("{@alice}", "7"), ExpectError: regexp.MustCompile(`(?s)Could not shield user.*not found`)},
	)
}

// A change whose answer was lost is made again, and no shield is forgotten.
func TestAccLostAnswers_groupShield(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	config := w.configFewRetries(oneShield)
	lose := func() { w.emulator.faults(lost("POST", "/groupsShield$")) }
	repair := func() { w.emulator.faults() }
	w.run(
		resource.TestStep{PreConfig: lose, Config: config, ExpectError: regexp.MustCompile(`Could not shield user`)},
		resource.TestStep{PreConfig: repair, Config: config, Check: all(w.shielded("bobby", 1))},
		resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		resource.TestStep{PreConfig: lose, Config: config, Destroy: true, ExpectError: regexp.MustCompile(`Could not end the shield`)},
		resource.TestStep{PreConfig: repair, Config: config, Check: all(w.shielded("bobby", 1))},
	)
}

package provider_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// Checks of the plan.

// expectAction checks what the plan does with a resource.
func expectAction(address string, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}}
}

// expectNothing checks that the plan is empty.
var expectNothing = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}

// Checks of the state.

// The test framework's types of a state and of a resource in it.
type (
	state         = terraform.State
	instanceState = terraform.InstanceState
)

// expect checks an attribute of chat_user.alice; dots lead into objects.
func (w *world) expect(attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(aliceAddress, atPath(attribute), value)
}

// atPath is the path of an attribute; dots lead into objects.
func atPath(attribute string) tfjsonpath.Path {
	at := tfjsonpath.New(strings.Split(attribute, ".")[0])
	for _, step := range strings.Split(attribute, ".")[1:] {
		at = at.AtMapKey(step)
	}
	return at
}

// expectUsers checks which users chat_users.team has.
func (w *world) expectUsers(names ...string) statecheck.StateCheck {
	users := map[string]knownvalue.Check{}
	for _, name := range names {
		users[w.name(name)] = knownvalue.NotNull()
	}
	return statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("users"), knownvalue.MapExact(users))
}

// expectUser checks an attribute of a user of chat_users.team.
func (w *world) expectUser(name, attribute string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(teamAddress, tfjsonpath.New("users").AtMapKey(w.name(name)).AtMapKey(attribute), want)
}

// Checks of the application. The methods whose names begin with expect check at once;
// the others return a check for all.

// all returns a step's check that runs several until one fails.
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

// there checks that users exist.
func (w *world) there(names ...string) func() error {
	return func() error {
		for _, name := range names {
			if w.gone(name) {
				return fmt.Errorf("user %s does not exist", name)
			}
		}
		return nil
	}
}

// notThere checks that users do not exist.
func (w *world) notThere(names ...string) func() error {
	return func() error {
		for _, name := range names {
			if !w.gone(name) {
				return fmt.Errorf("user %s exists", name)
			}
		}
		return nil
	}
}

// hasNickname checks a user's nickname.
func (w *world) hasNickname(name, want string) func() error {
	return func() error { return w.expectNickname(name, want) }
}

func (w *world) expectNickname(name, want string) error {
	if got := w.user(name).Nickname; got == nil || *got != want {
		return fmt.Errorf("the nickname is %s, not %q", text(got), want)
	}
	return nil
}

// hasNoNickname checks that a user has no nickname or an empty one.
func (w *world) hasNoNickname(name string) func() error {
	return func() error {
		if got := w.user(name).Nickname; got != nil && *got != "" {
			return fmt.Errorf("the nickname %q was not cleared", *got)
		}
		return nil
	}
}

// hasPassword checks a user's password. A real application is asked for a token; one
// whose platform has no tokens for users is not checked.
func (w *world) hasPassword(name, want string) func() error {
	return func() error { return w.expectPassword(name, want) }
}

func (w *world) expectPassword(name, want string) error {
	if w.emulator != nil {
		if got := w.hidden(name)["password"]; got != want {
			return fmt.Errorf("the password is %q, not %q", got, want)
		}
		return nil
	}
	if w.admin.Tokens == nil {
		return nil
	}
	_, err := w.admin.Tokens.ForUser(context.Background(), w.name(name), want, time.Hour)
	return err
}

// isActivated checks whether a user is activated. A real application is not checked if
// its platform does not return that.
func (w *world) isActivated(name string, want bool) func() error {
	return func() error { return w.expectActivated(name, want) }
}

func (w *world) expectActivated(name string, want bool) error {
	if got := w.user(name).Activated; got != nil {
		if *got != want {
			return fmt.Errorf("activated is %t, not %t", *got, want)
		}
		return nil
	}
	if w.emulator != nil {
		if disabled := w.hidden(name)["disabled"] == true; disabled == want {
			return fmt.Errorf("disabled is %t", disabled)
		}
	}
	return nil
}

// hasUUID checks that a user is still the same registration.
func (w *world) hasUUID(name, want string) func() error {
	return func() error {
		if got := w.user(name).UUID; got != want {
			return fmt.Errorf("user %s was registered again: its UUID was %s and is %s", name, want, got)
		}
		return nil
	}
}

// wrote checks how many calls changed something since the calls were counted last. A
// real application is not checked.
func (w *world) wrote(want int) func() error {
	return func() error {
		if w.emulator == nil {
			return nil
		}
		if n := w.emulator.requests(); n.writes() != want {
			return fmt.Errorf("%d calls changed something, want %d: %v", n.writes(), want, n.Routes)
		}
		return nil
	}
}

// expectNoRequests checks that no call was made since the calls were counted last. A real
// application is not checked.
func (w *world) expectNoRequests() {
	w.t.Helper()
	if w.emulator == nil {
		return
	}
	if n := w.emulator.requests(); n.Total != 0 {
		w.t.Errorf("want no requests, got %d: %v", n.Total, n.Routes)
	}
}

// Checks of what the provider answers over the protocol.

// expectDiagnostics checks that the diagnostics together match a regular expression, or
// that there are none if it is empty.
func expectDiagnostics(t *testing.T, diagnostics []*tfprotov6.Diagnostic, want string) {
	t.Helper()
	var all strings.Builder
	for _, d := range diagnostics {
		fmt.Fprintf(&all, "%s: %s: %s\n", d.Attribute, d.Summary, d.Detail)
	}
	if got := all.String(); (want == "") != (got == "") || !regexp.MustCompile(want).MatchString(got) {
		t.Errorf("got the diagnostics %q, want %q", got, want)
	}
}

// expectProblem checks that there is one problem and that it matches a regular expression.
func expectProblem(t *testing.T, problems []string, want string) {
	t.Helper()
	if len(problems) != 1 || !regexp.MustCompile(want).MatchString(problems[0]) {
		t.Errorf("want one problem like %s, got %q", want, problems)
	}
}

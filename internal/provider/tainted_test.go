package provider_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Terraform gives no private state to the Delete of a tainted resource that is replaced. It
// deletes only what a refresh in the plan showed to be ours.

// taintedResources are one resource of each kind whose Delete could harm somebody else.
const taintedResources = `
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}

resource "chat_users" "team" {
  users       = { "{@teamer}" = {} }
  password_wo = "pass-1"
}

resource "chat_contacts" "owner" {
  owner    = "{@owner}"
  contacts = { "{@bobby}" = {} }
}

resource "chat_group" "team" {
  name  = "team"
  owner = "{@owner}"
}
`

var taintedAddresses = []string{"chat_user.alice", "chat_users.team", "chat_contacts.owner", "chat_group.team"}

// taint taints resources.
func (c *cli) taint(addresses ...string) {
	c.t.Helper()
	for _, address := range addresses {
		c.run("taint", address)
	}
}

// configure sets an environment variable of the command line.
func (c *cli) configure(name, value string) { c.env = append(c.env, name+"="+value) }

// expectSame checks that an application holds what held returned before.
func (w *world) expectSame(before map[string]any) {
	w.t.Helper()
	if diff := cmp.Diff(before, w.held()); diff != "" {
		w.t.Errorf("%s changed (-before +after):\n%s", w.appKey, diff)
	}
}

func TestAccTaint_resourcesAreReplaced(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("owner", "bobby", "carol")
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+w.named(taintedResources))
		c.apply()
		c.taint(taintedAddresses...)
		if out := c.apply(); !strings.Contains(out, "4 added, 0 changed, 4 destroyed") {
			t.Error(out)
		}
		c.expectNoChanges()
		// The same from a saved plan, with other names.
		c.taint(taintedAddresses...)
		c.write("main.tf", requireChat+w.named(strings.NewReplacer(
			`"{@alice}"`, `"{@alison}"`, `{ "{@teamer}" = {} }`, `{ "{@teamer}" = {}, "{@teamster}" = {} }`, "{@bobby}", "{@carol}",
		).Replace(taintedResources)))
		c.run("plan", "-out=tfplan", "-no-color")
		if out := c.run("apply", "-no-color", "tfplan"); !strings.Contains(out, "4 added, 0 changed, 4 destroyed") {
			t.Error(out)
		}
		c.expectNoChanges()
		if !w.gone("alice") {
			t.Error("alice was not deleted")
		}
	})
}

// Without a refresh it is not known to which application a tainted resource belongs, nor whose
// users have the names in the state.
func TestAccTaint_nothingIsDeletedWithoutARefresh(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("owner", "bobby")
		other := w.other()
		for _, name := range []string{"alice", "teamer", "owner", "bobby", "carol"} {
			other.register(name, "another")
		}
		other.must(edges[0].add(context.Background(), other, "owner", "carol"))
		strangers := other.held()
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+w.named(taintedResources))
		c.apply()
		c.taint(taintedAddresses...)
		ours := w.held()
		appKey := strings.ToUpper(w.platform) + "_APP_KEY"
		const unknownApplication = "It is not known which application the resource belongs to"
		for _, run := range []struct {
			appKey, want string
			args         []string
		}{
			{w.appKey, unknownApplication, []string{"-refresh=false"}},
			{other.appKey, unknownApplication, []string{"-refresh=false"}},
			{other.appKey, "The state belongs to another application", nil},
		} {
			c.configure(appKey, run.appKey)
			out, code := c.try(append([]string{"apply", "-auto-approve", "-no-color"}, run.args...)...)
			if code != 1 || !strings.Contains(onOneLine(out), run.want) {
				t.Errorf("%v in %s: exit code %d\n%s", run.args, run.appKey, code, out)
			}
		}
		// The application is also compared if it changes after the plan.
		c.configure(appKey, w.appKey)
		c.run("plan", "-out=tfplan", "-no-color")
		c.configure(appKey, other.appKey)
		if out, code := c.try("apply", "-no-color", "tfplan"); code != 1 || !strings.Contains(out, "The state belongs to another application") {
			t.Errorf("a saved plan: exit code %d\n%s", code, out)
		}
		w.expectSame(ours)
		other.expectSame(strangers)
		c.configure(appKey, w.appKey)
		c.apply()
		c.expectNoChanges()
	})
}

// A tainted user whose name somebody else registered again is not deleted, whether that was
// before or after the plan.
func TestAccTaint_somebodyElsesAccountIsLeftAlone(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("owner", "bobby")
		for when, args := range map[string][]string{"before": {"-auto-approve"}, "after": {"tfplan"}} {
			c := newCLI(t, "", environmentOf(w))
			c.write("main.tf", requireChat+w.named(taintedResources))
			c.apply()
			c.taint("chat_user.alice", "chat_users.team")
			if when == "after" {
				c.run("plan", "-out=tfplan", "-no-color")
			}
			for _, name := range []string{"alice", "teamer"} {
				w.reregister(name, "another")
			}
			out, code := c.try(append([]string{"apply", "-no-color"}, args...)...)
			if code != 1 || !strings.Contains(out, "exist already") || !strings.Contains(out, "Could not create user") {
				t.Errorf("registered again %s the plan: exit code %d\n%s", when, code, out)
			}
			for _, name := range []string{"alice", "teamer"} {
				if err := w.expectPassword(name, "another"); err != nil {
					t.Errorf("registered again %s the plan: %s: %v", when, name, err)
				}
				w.remove(name)
			}
		}
	})
}

// A registration whose outcome is unknown is not forgotten by an apply without a refresh.
func TestAccTaint_unfinishedUsersAreNotForgotten(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+w.named(`
provider "chat" {
  max_retries     = 0
  request_timeout = "5s"
}

resource "chat_users" "team" {
  users       = { "{@alice}" = {} }
  password_wo = "pass-1"
}
`))
		for _, takesEffect := range []bool{true, false} {
			w.loseRegistration(takesEffect)
			c.try("apply", "-auto-approve", "-no-color")
			w.proxy.onCall(nil)
			if out, code := c.try("apply", "-auto-approve", "-no-color", "-refresh=false"); code != 1 {
				t.Errorf("takes effect: %v: exit code %d\n%s", takesEffect, code, out)
			}
			c.apply()
			c.expectNoChanges()
			if err := w.expectPassword("alice", "pass-1"); err != nil {
				t.Errorf("takes effect: %v: %v", takesEffect, err)
			}
			c.destroy()
		}
	})
}

// If none of the users of a tainted resource is declared any longer, nothing shows which
// resource a new one replaces. The error says how to go on.
func TestAccTaint_usersWhoAreAllRenamed(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	c := newCLI(t, "", environmentOf(w))
	users := `
resource "chat_users" "team" {
  users       = { "{@alice}" = {} }
  password_wo = "pass-1"
}
`
	c.write("main.tf", requireChat+w.named(users))
	c.apply()
	c.taint("chat_users.team")
	c.write("main.tf", requireChat+w.named(strings.Replace(users, "alice", "alison", 1)))
	out, code := c.try("apply", "-auto-approve", "-no-color")
	if code != 1 || !strings.Contains(onOneLine(out), "It is not known which users are managed") || w.gone("alice") || !w.gone("alison") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	c.run("untaint", "chat_users.team")
	c.apply()
	c.expectNoChanges()
	if !w.gone("alice") || w.gone("alison") {
		t.Error("want alison and not alice")
	}
}

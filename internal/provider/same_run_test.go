package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// In one run, a destroy never removes what a create of the same run confirmed.

func TestAccSameRun_edges(t *testing.T) {
	t.Parallel()
	onEachEdge(t, func(t *testing.T, w *world, e edge) {
		// edge declares an edge under a name.
		edge := func(name, owner, target string) string {
			return fmt.Sprintf(`
resource %q %q {
  owner = chat_user.%s.id
  %s    = chat_user.%s.id
}
`, e.kind, name, owner, e.target, target)
		}
		config := func(edges ...string) string { return w.config(threeUsers + strings.Join(edges, "")) }
		there := func(owner, target string) func() error {
			return func() error {
				if list := e.list(w, owner); len(list) != 1 || list[0] != w.name(target) {
					return fmt.Errorf("%s has %v, not %s", owner, list, target)
				}
				return nil
			}
		}
		w.run(
			resource.TestStep{Config: config(edge("a", "alice", "bobby")), Check: all(there("alice", "bobby"))},
			// Another name of the resource, as with a renamed key of for_each.
			resource.TestStep{Config: config(edge("b", "alice", "bobby")), Check: all(there("alice", "bobby"))},
			resource.TestStep{Config: config(edge("b", "alice", "bobby")), ConfigPlanChecks: expectNothing},
			// One of two that are the same.
			resource.TestStep{Config: config(edge("b", "alice", "bobby"), edge("c", "alice", "bobby"))},
			resource.TestStep{Config: config(edge("d", "alice", "bobby")), Check: all(there("alice", "bobby"))},
			// The other direction.
			resource.TestStep{Config: config(edge("e", "bobby", "alice")), Check: all(there("bobby", "alice"))},
			resource.TestStep{Config: config(edge("e", "bobby", "alice")), ConfigPlanChecks: expectNothing},
		)
	})
}

func TestAccSameRun_createBeforeDestroy(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"easemob", "jmessage"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, platform)
			c := newCLI(t, "", environmentOf(w))
			c.write("main.tf", w.named(requireChat+`
resource "chat_user" "alice" {
  username    = "{@alice}"
  password_wo = "pass-1"
}

resource "chat_user" "bobby" {
  username    = "{@bobby}"
  password_wo = "pass-1"
}

resource "chat_contact" "e" {
  owner   = chat_user.alice.id
  contact = chat_user.bobby.id
  lifecycle {
    create_before_destroy = true
  }
}

resource "chat_block" "e" {
  owner   = chat_user.alice.id
  blocked = chat_user.bobby.id
  lifecycle {
    create_before_destroy = true
  }
}
`))
			c.run("apply", "-auto-approve", "-no-color")
			c.run("apply", "-auto-approve", "-no-color", "-replace=chat_contact.e", "-replace=chat_block.e")
			for _, e := range edges {
				if list := e.list(w, "alice"); len(list) != 1 {
					t.Errorf("%s: %v", e.kind, list)
				}
			}
			if out, code := c.try("plan", "-detailed-exitcode", "-no-color"); code != 0 {
				t.Errorf("exit code %d\n%s", code, out)
			}
		})
	}
}

// With adopt_existing a renamed resource registers no user anew, and loses none.
func TestAccSameRun_adoptedUsers(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		user := func(name string) string {
			return w.configWith("adopt_existing = true", fmt.Sprintf(`
resource "chat_user" %q {
  username              = "{@alice}"
  password              = "pass-1"
  deactivate_on_destroy = %t
}
`, name, name == "deactivated"))
		}
		team := w.configWith("adopt_existing = true", `
resource "chat_users" "team" {
  users       = { "{@alice}" = {} }
  password_wo = "pass-1"
}
`)
		here := all(w.there("alice"), w.isActivated("alice", true), w.hasPassword("alice", "pass-1"))
		w.run(
			resource.TestStep{Config: user("a"), Check: here},
			resource.TestStep{Config: user("deactivated"), Check: here},
			resource.TestStep{Config: user("b"), Check: here},
			resource.TestStep{Config: user("b"), ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: team, Check: here},
			resource.TestStep{Config: team, ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: user("c"), Check: here},
		)
	})
}

// A replaced user gets its contacts and blocks back in the same run, if they refer to
// its id.
func TestAccSameRun_replacedUser(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"easemob", "jmessage"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, platform)
			c := newCLI(t, "", environmentOf(w))
			c.write("main.tf", w.named(requireChat+`
resource "chat_user" "alice" {
  username    = "{@alice}"
  password_wo = "pass-1"
}

resource "chat_user" "bobby" {
  username    = "{@bobby}"
  password_wo = "pass-1"
}

resource "chat_contact" "e" {
  owner   = chat_user.alice.id
  contact = chat_user.bobby.id
}

resource "chat_block" "e" {
  owner   = chat_user.alice.id
  blocked = chat_user.bobby.id
}
`))
			c.run("apply", "-auto-approve", "-no-color")
			c.run("apply", "-auto-approve", "-no-color", "-replace=chat_user.alice")
			for _, e := range edges {
				if list := e.list(w, "alice"); len(list) != 1 {
					t.Errorf("%s: %v", e.kind, list)
				}
			}
			if out, code := c.try("plan", "-detailed-exitcode", "-no-color"); code != 0 {
				t.Errorf("exit code %d\n%s", code, out)
			}
		})
	}
}

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"terraform-provider-chat/internal/chat"
)

// In one run, a destroy never removes what a create of the same run confirmed.

func TestAccSameRun_renamedAndReversedEdgesExistAfterwards(t *testing.T) {
	t.Parallel()
	onEachEdge(t, func(t *testing.T, w *world, e edge) {
		config := func(edges ...string) string { return w.config(threeUsers + strings.Join(edges, "")) }
		aliceToBobby := all(e.has(w, "alice", "bobby"))
		w.run(
			resource.TestStep{Config: config(e.declare("a", "alice", "bobby")), Check: aliceToBobby},
			// Another name of the resource, as with a renamed key of for_each.
			resource.TestStep{Config: config(e.declare("b", "alice", "bobby")), Check: aliceToBobby},
			resource.TestStep{Config: config(e.declare("b", "alice", "bobby")), ConfigPlanChecks: expectNothing},
			// One of two resources that declare the same edge.
			resource.TestStep{Config: config(e.declare("b", "alice", "bobby"), e.declare("c", "alice", "bobby"))},
			resource.TestStep{Config: config(e.declare("d", "alice", "bobby")), Check: aliceToBobby},
			// The other direction.
			resource.TestStep{Config: config(e.declare("e", "bobby", "alice")), Check: all(e.has(w, "bobby", "alice"))},
			resource.TestStep{Config: config(e.declare("e", "bobby", "alice")), ConfigPlanChecks: expectNothing},
		)
	})
}

func TestAccSameRun_edgesReplacedWithCreateBeforeDestroyExistAfterwards(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.expectEdgesAfterReplacing(t, `
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
`, "chat_contact.e", "chat_block.e")
	})
}

// A replaced user gets its contacts and blocks back in the same run, if they refer to
// its id.
func TestAccSameRun_edgesOfAReplacedUserExistAfterwards(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.expectEdgesAfterReplacing(t, `
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
`, "chat_user.alice")
	})
}

// expectEdgesAfterReplacing applies a configuration, replaces resources of it, and checks
// that alice still has a contact and a block.
func (w *world) expectEdgesAfterReplacing(t *testing.T, body string, addresses ...string) {
	t.Helper()
	c := newCLI(t, "", environmentOf(w))
	c.write("main.tf", requireChat+w.named(body))
	c.apply()
	var replace []string
	for _, address := range addresses {
		replace = append(replace, "-replace="+address)
	}
	c.apply(replace...)
	for _, e := range edges {
		if list := e.list(w, "alice"); len(list) != 1 {
			t.Errorf("%s: %v", e.kind, list)
		}
	}
	c.expectNoChanges()
}

// A replaced user is in the complete sets that refer to its id when the run ends.
func TestAccSameRun_completeSetsHoldAReplacedUserAfterwards(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+w.named(threeUsers+`
resource "chat_contacts" "all" {
  owner    = chat_user.alice.id
  contacts = { (chat_user.bobby.id) = { note_name = "Bob" }, (chat_user.carol.id) = {} }
}

resource "chat_blocks" "all" {
  owner     = chat_user.alice.id
  usernames = [chat_user.bobby.id, chat_user.carol.id]
}

resource "chat_group" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}

resource "chat_group_members" "all" {
  group   = chat_group.team.id
  members = { (chat_user.bobby.id) = { muted = true }, (chat_user.carol.id) = {} }
}

resource "chat_room" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}

resource "chat_room_members" "all" {
  room    = chat_room.team.id
  members = { (chat_user.bobby.id) = { muted = true }, (chat_user.carol.id) = {} }
}
`))
		c.apply()
		c.apply("-replace=chat_user.bobby")
		for _, s := range completeSets {
			if err := s.hasExactly(w, "bobby", "carol")(); err != nil {
				t.Error(err)
			}
		}
		for _, a := range assemblies {
			if err := all(a.has(w, "bobby", "carol"), a.having(w, chat.Muted, "bobby"))(nil); err != nil {
				t.Errorf("%s: %v", a.noun, err)
			}
		}
		c.expectNoChanges()
	})
}

func TestAccSameRun_renamedUserExistsAfterwardsIfItIsAdopted(t *testing.T) {
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
		existsAsDeclared := all(w.there("alice"), w.isActivated("alice", true), w.hasPassword("alice", "pass-1"))
		w.run(
			resource.TestStep{Config: user("a"), Check: existsAsDeclared},
			resource.TestStep{Config: user("deactivated"), Check: existsAsDeclared},
			resource.TestStep{Config: user("b"), Check: existsAsDeclared},
			resource.TestStep{Config: user("b"), ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: team, Check: existsAsDeclared},
			resource.TestStep{Config: team, ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: user("c"), Check: existsAsDeclared},
		)
	})
}

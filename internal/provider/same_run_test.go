package provider_test

import (
	"fmt"
	"regexp"
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

// A platform may delete what a user owns together with the user. The plan warns, and the run
// that does it does not report success.
func TestAccSameRun_groupOfAReplacedOwnerIsNotLostUnnoticed(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		c := newCLI(t, "", environmentOf(w))
		body := threeUsers + strings.ReplaceAll(oneAssembly, "GROUP", a.noun)
		c.write("main.tf", requireChat+w.named(body))
		c.apply()
		id := a.only(w).ID
		out, code := c.try("apply", "-auto-approve", "-no-color", "-replace=chat_user.alice")
		if want := fmt.Sprintf("Warning: %s %q may be deleted with user %q", capitalized(a.noun), id, w.name("alice")); !strings.Contains(onOneLine(out), want) {
			t.Errorf("want %q in\n%s", want, out)
		}
		expectGone(t, a, id, out, code)
		c.apply()
		c.expectNoChanges()
	})
}

// On JMessage, another member owns the group of a deleted user. A replaced owner gets it back.
func TestAccSameRun_replacedOwnerGetsTheGroupBack(t *testing.T) {
	t.Parallel()
	w, a := emulatorWorld(t, "jmessage"), assemblies[0]
	c := newCLI(t, "", environmentOf(w))
	c.write("main.tf", requireChat+w.named(threeUsers+strings.ReplaceAll(oneAssembly, "GROUP", a.noun)+`
resource "chat_group_members" "team" {
  group   = chat_group.team.id
  members = { (chat_user.bobby.id) = {}, (chat_user.carol.id) = {} }
}
`))
	c.apply()
	c.apply("-replace=chat_user.alice")
	if err := w.ownerOf(a, "alice"); err != nil {
		t.Error(err)
	}
	c.expectNoChanges()
}

// The same if the group gets another owner in that run: Terraform deletes the user first.
func TestAccSameRun_groupOfADeletedOwnerIsNotLostUnnoticed(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		for kind, users := range map[string]string{
			"chat_user": `
resource "chat_user" "each" {
  for_each = toset(%s)
  username = each.key
  password = "pass-1"
}
`,
			"chat_users": `
resource "chat_users" "each" {
  users       = { for name in %s : name => {} }
  password_wo = "pass-1"
}
`,
		} {
			t.Run(kind, func(t *testing.T) {
				w := emulatorWorld(t, w.platform)
				config := func(owner, names string) string {
					return requireChat + w.named(fmt.Sprintf(users, names)+fmt.Sprintf(`
resource "chat_%s" "team" {
  name       = "The team"
  owner      = %q
  depends_on = [%s.each]
}
`, a.noun, "{@"+owner+"}", kind))
				}
				c := newCLI(t, "", environmentOf(w))
				c.write("main.tf", config("alice", `["{@alice}", "{@bobby}"]`))
				c.apply()
				id := a.only(w).ID
				c.write("main.tf", config("bobby", `["{@bobby}"]`))
				out, code := c.try("apply", "-auto-approve", "-no-color")
				if want := fmt.Sprintf("Warning: %s %q may be deleted with user %q", capitalized(a.noun), id, w.name("alice")); !strings.Contains(onOneLine(out), want) {
					t.Errorf("want %q in\n%s", want, out)
				}
				expectGone(t, a, id, out, code)
				c.apply()
				if err := w.in(t).ownerOf(a, "bobby"); err != nil {
					t.Error(err)
				}
				c.expectNoChanges()
			})
		}
	})
}

// expectGone checks that a run failed because a group is gone.
func expectGone(t *testing.T, a assembly, id, out string, code int) {
	t.Helper()
	if want := fmt.Sprintf("Error: %s %q no longer exists", capitalized(a.noun), id); code == 0 || !strings.Contains(onOneLine(out), want) {
		t.Errorf("want %q in\n%s", want, out)
	}
}

// ownerOf checks that a user owns the only group or room that the user is in.
func (w *world) ownerOf(a assembly, name string) error {
	list := a.list(w, name)
	if len(list) != 1 {
		return fmt.Errorf("%s is in %d, not in one", name, len(list))
	}
	if owner := a.owner(w, list[0].ID); owner != w.name(name) {
		return fmt.Errorf("the owner is %s", owner)
	}
	return nil
}

// capitalized begins a sentence with a word.
func capitalized(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

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

// A user that one resource creates is not taken over by another one of the same run.
func TestAccSameRun_userOfAnotherResourceIsRefused(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		alice := `
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}
`
		w.run(
			resource.TestStep{
				Config: w.config(alice + `
resource "chat_users" "team" {
  users       = { "{@alice}" = {} }
  password_wo = "pass-2"
  depends_on  = [chat_user.alice]
}
`),
				ExpectError: regexp.MustCompile(`exist already`),
			},
			resource.TestStep{Config: w.config(alice), Check: all(w.there("alice"), w.hasPassword("alice", "pass-1"))},
			resource.TestStep{Config: w.config(alice), ConfigPlanChecks: expectNothing},
		)
	})
}

// A process of the provider may serve several runs, as that of "terraform test" does: what
// an earlier run created is destroyed.
func TestSameProcess_laterRunDestroysWhatWasCreated(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("bobby")
		r := w.wire()
		for _, i := range identifiedOn(w.platform) {
			if i.kind != "chat_user" {
				w.registerMissing("alice")
			}
			created, problems := r.apply(i.kind, instance{}, i.config(w))
			if len(problems) > 0 {
				t.Fatalf("%s: %v", i.kind, problems)
			}
			w.emulator.requests()
			if left, problems := r.apply(i.kind, created, nil); left.state != nil || len(problems) > 0 {
				t.Errorf("destroying %s: %v, %v", i.kind, left.state, problems)
			}
			writes := 0
			for route, count := range w.emulator.requests().Routes {
				if !strings.HasPrefix(route, "GET ") {
					writes += count
				}
			}
			if writes == 0 && i.kind != "chat_application_settings" {
				t.Errorf("nothing was written to destroy %s", i.kind)
			}
		}
	})
}

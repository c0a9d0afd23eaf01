package provider_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"terraform-provider-chat/internal/chat"
)

// foreignEdge is a resource that relates an owner to a user of another application.
type foreignEdge struct {
	kind string
	// owner, other and appKey are its attributes.
	owner, other, appKey string
	// ofUser reports whether the owner is alice; it is a group or room of hers otherwise.
	ofUser bool
	of     func(s *chat.Service) chat.Edges[chat.Ref]
}

var foreignEdges = []foreignEdge{
	{"chat_contact", "owner", "contact", "contact_app_key", true, func(s *chat.Service) chat.Edges[chat.Ref] {
		return refsOf[chat.Contact]{s.Contacts, func(c chat.Contact) chat.Ref { return c.Ref }}
	}},
	{"chat_block", "owner", "blocked", "blocked_app_key", true, func(s *chat.Service) chat.Edges[chat.Ref] { return s.Blocks }},
	{"chat_group_member", "group", "username", "user_app_key", false, func(s *chat.Service) chat.Edges[chat.Ref] {
		return refsOf[chat.Member]{s.GroupMembers, func(m chat.Member) chat.Ref { return m.Ref }}
	}},
	{"chat_room_member", "room", "username", "user_app_key", false, func(s *chat.Service) chat.Edges[chat.Ref] {
		return refsOf[chat.Member]{s.RoomMembers, func(m chat.Member) chat.Ref { return m.Ref }}
	}},
}

// refsOf are the users of a relation.
type refsOf[T any] struct {
	chat.Edges[T]
	ref func(T) chat.Ref
}

// List implements chat.Edges.
func (r refsOf[T]) List(ctx context.Context, owner string) ([]chat.Ref, error) {
	list, err := r.Edges.List(ctx, owner)
	refs := make([]chat.Ref, len(list))
	for i, edge := range list {
		refs[i] = r.ref(edge)
	}
	return refs, err
}

// ownerOf returns the name or id of the owner.
func (e foreignEdge) ownerOf(w *world) string {
	switch e.kind {
	case "chat_group_member":
		return assemblies[0].of(w)
	case "chat_room_member":
		return assemblies[1].of(w)
	}
	return w.name("alice")
}

// onEachForeignEdge runs an acceptance test of every resource that takes users of other
// applications, in an application with alice and bobby; foreign is a user of another one.
func onEachForeignEdge(t *testing.T, test func(t *testing.T, w *world, e foreignEdge)) {
	t.Helper()
	for _, e := range foreignEdges {
		t.Run(e.kind, func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, "jmessage")
			w.registerMissing("alice", "bobby")
			w.other().registerMissing("foreign")
			test(t, w, e)
		})
	}
}

// declare returns the resource in HCL.
func (e foreignEdge) declare(w *world, user, appKey string) string {
	return w.config(fmt.Sprintf("\nresource %q \"e\" {\n  %s = %q\n  %s = \"{@%s}\"\n  %s = %q\n}\n",
		e.kind, e.owner, e.ownerOf(w), e.other, user, e.appKey, appKey))
}

func TestAccOtherApplication_usersAreRelatedImportedAndRemoved(t *testing.T) {
	t.Parallel()
	onEachForeignEdge(t, func(t *testing.T, w *world, e foreignEdge) {
		owner, address := e.ownerOf(w), e.kind+".e"
		related := func(want bool) func() error {
			return func() error {
				refs, err := e.of(w.admin).List(context.Background(), owner)
				if err != nil {
					return err
				}
				there := slices.ContainsFunc(refs, func(ref chat.Ref) bool {
					return ref.Username == w.name("foreign") && (ref.AppKey == jmessageOtherKey || e.kind == "chat_room_member")
				})
				if there != want {
					return fmt.Errorf("%s: %v; related is %t, want %t", e.kind, refs, there, want)
				}
				return nil
			}
		}
		remove := w.do(func(ctx context.Context) error {
			return chat.Single(e.of(w.admin).Remove(ctx, owner, []chat.Ref{{AppKey: jmessageOtherKey, Username: w.name("foreign")}}))
		})
		config := e.declare(w, "foreign", jmessageOtherKey)
		id := owner + "/" + w.name("foreign") + "/" + jmessageOtherKey
		w.run(
			resource.TestStep{
				Config: config, Check: all(related(true)),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(id))},
			},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
			resource.TestStep{
				Config: config, ResourceName: address, ImportState: true, ImportStateId: id, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"muted"}, // is read by an import only
			},
			resource.TestStep{PreConfig: remove, Config: config, ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate), Check: all(related(true))},
			// Another application is another user.
			resource.TestStep{Config: e.declare(w, "bobby", jmessageAppKey), ConfigPlanChecks: expectAction(address, plancheck.ResourceActionReplace), Check: all(related(false))},
			resource.TestStep{Config: e.declare(w, "bobby", jmessageAppKey), ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: config, Check: all(related(true))},
			resource.TestStep{PreConfig: remove, Config: w.config(""), Check: all(related(false))},
		)
	})
}

// What the platform says about another application is explained.
func TestAccOtherApplication_refusalsAreExplained(t *testing.T) {
	t.Parallel()
	onEachForeignEdge(t, func(t *testing.T, w *world, e foreignEdge) {
		config := e.declare(w, "foreign", jmessageOtherKey)
		steps := []resource.TestStep{
			{Config: e.declare(w, "foreign", "xyz"), ExpectError: regexp.MustCompile(`(?s)app\s+key\s+must\s+have\s+24\s+letters\s+or\s+digits`), PlanOnly: true},
			// The emulator's own answers.
			{Config: e.declare(w, "foreign", "aaaaaaaaaaaaaaaaaaaaaaaa"), ExpectError: regexp.MustCompile(`(?s)899009.*there\s+is\s+no\s+application\s+with\s+this\s+key`)},
			{Config: e.declare(w, "nobody", jmessageOtherKey), ExpectError: regexp.MustCompile(`(?s)899002.*does\s+not\s+exist`)},
		}
		for code, want := range map[int]string{
			899020: `this application has no access to users of that one`,
			899021: `the user is one of another application, whose key has to be given`,
		} {
			steps = append(steps, resource.TestStep{
				PreConfig: func() {
					w.emulator.faults(fault{Path: "/cross/", Status: 403, Body: fmt.Sprintf(`{"error":{"code":%d,"message":"no"}}`, code), Times: -1})
				},
				Config: config, ExpectError: regexp.MustCompile(fmt.Sprintf(`(?s)%d.*%s`, code, strings.ReplaceAll(want, " ", `\s+`))),
			})
		}
		steps = append(steps, resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: config})
		w.run(steps...)
	})
}

// Members of other applications cannot be muted: the plan says so.
func TestAccOtherApplication_membersAreNotMuted(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	for _, e := range foreignEdges[2:] {
		w.run(resource.TestStep{
			Config:      w.config(fmt.Sprintf("\nresource %q \"e\" {\n  %s = \"1\"\n  username = \"foreign\"\n  user_app_key = %q\n  muted = true\n}\n", e.kind, e.owner, jmessageOtherKey)),
			ExpectError: regexp.MustCompile(`(?s)"user_app_key"\s+cannot\s+be\s+specified\s+when\s+"muted"`), PlanOnly: true,
		})
	}
}

func TestAccOtherApplication_notesAboutAContact(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.registerMissing("alice", "foreign")
	w.other().registerMissing("foreign")
	config := func(note string) string {
		return w.config(fmt.Sprintf(`
resource "chat_contact" "own" {
  owner     = "{@alice}"
  contact   = "{@foreign}"
  note_name = "Ours"
}

resource "chat_contact" "e" {
  owner           = "{@alice}"
  contact         = "{@foreign}"
  contact_app_key = %q
  note_name       = %q
}
`, jmessageOtherKey, note))
	}
	called := func(want string) func() error {
		return func() error {
			names := w.noteNames("alice")
			if names["foreign/"+jmessageOtherKey] != want || names["foreign"] != "Ours" {
				return fmt.Errorf("note names are %v", names)
			}
			return nil
		}
	}
	w.run(
		resource.TestStep{Config: config("Theirs"), Check: all(called("Theirs"))},
		resource.TestStep{Config: config("Others"), ConfigPlanChecks: expectAction("chat_contact.e", plancheck.ResourceActionUpdate), Check: all(called("Others"))},
		resource.TestStep{Config: config("Others"), ConfigPlanChecks: expectNothing},
	)
}

// Easemob has no users of other applications: the plan says so.
func TestAccEasemob_otherApplicationsFailThePlan(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	for _, e := range foreignEdges {
		config := w.config(fmt.Sprintf("\nresource %q \"e\" {\n  %s = \"alice\"\n  %s = \"bobby\"\n  %s = \"other#app\"\n}\n", e.kind, e.owner, e.other, e.appKey))
		w.run(resource.TestStep{Config: config, ExpectError: regexp.MustCompile(`(?s)does\s+not\s+support\s+` + e.appKey), PlanOnly: true})
	}
}

package provider_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"terraform-provider-chat/internal/chat"
)

// edge is a resource that connects an owner with another user: chat_contact or chat_block.
type edge struct {
	// kind is the type of the resource, target the attribute that names the other user.
	kind, target string
	// list returns the users that an owner is connected with.
	list func(w *world, owner string) []string
	// add and remove change the edge without Terraform.
	add, remove func(ctx context.Context, w *world, owner, target string) error
}

var edges = []edge{
	{
		kind: "chat_contact", target: "contact",
		list: func(w *world, owner string) []string {
			contacts, err := w.admin.Contacts.List(context.Background(), w.name(owner))
			w.must(err)
			var names []string
			for _, c := range contacts {
				names = append(names, c.Username)
			}
			return names
		},
		add: func(ctx context.Context, w *world, owner, target string) error {
			return chat.Single(w.admin.Contacts.Add(ctx, w.name(owner), chat.Refs(w.name(target))))
		},
		remove: func(ctx context.Context, w *world, owner, target string) error {
			return chat.Single(w.admin.Contacts.Remove(ctx, w.name(owner), chat.Refs(w.name(target))))
		},
	},
	{
		kind: "chat_block", target: "blocked",
		list: func(w *world, owner string) []string {
			refs, err := w.admin.Blocks.List(context.Background(), w.name(owner))
			w.must(err)
			return chat.Usernames(refs)
		},
		add: func(ctx context.Context, w *world, owner, target string) error {
			return chat.Single(w.admin.Blocks.Add(ctx, w.name(owner), chat.Refs(w.name(target))))
		},
		remove: func(ctx context.Context, w *world, owner, target string) error {
			return chat.Single(w.admin.Blocks.Remove(ctx, w.name(owner), chat.Refs(w.name(target))))
		},
	},
}

// declare returns the resource in HCL, for users that are resources of the same
// configuration.
func (e edge) declare(name, owner, target string) string {
	return fmt.Sprintf(`
resource %q %q {
  owner   = chat_user.%s.id
  %s = chat_user.%s.id
}
`, e.kind, name, owner, e.target, target)
}

// onEachEdge runs an acceptance test of both resources on every platform in parallel.
func onEachEdge(t *testing.T, test func(t *testing.T, w *world, e edge)) {
	t.Helper()
	for _, e := range edges {
		t.Run(e.kind, func(t *testing.T) {
			t.Parallel()
			onEachPlatform(t, func(t *testing.T, w *world) { test(t, w, e) })
		})
	}
}

// has checks which users an owner is connected with.
func (e edge) has(w *world, owner string, want ...string) func() error {
	return func() error {
		var names []string
		for _, name := range want {
			names = append(names, w.name(name))
		}
		if got := e.list(w, owner); !slices.Equal(got, names) {
			return fmt.Errorf("%s of %s: got %v, want %v", e.kind, owner, got, names)
		}
		return nil
	}
}

func TestAccEdge_isCreatedReplacedImportedAndDeleted(t *testing.T) {
	t.Parallel()
	onEachEdge(t, func(t *testing.T, w *world, e edge) {
		address := e.kind + ".e"
		bobby := w.config(threeUsers + e.declare("e", "alice", "bobby"))
		carol := w.config(threeUsers + e.declare("e", "alice", "carol"))
		removeCarol := w.do(func(ctx context.Context) error { return e.remove(ctx, w, "alice", "carol") })
		w.run(
			resource.TestStep{
				Config: bobby,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(w.name("alice")+"/"+w.name("bobby"))),
				},
				Check: all(e.has(w, "alice", "bobby")),
			},
			resource.TestStep{
				Config:            bobby,
				ResourceName:      address,
				ImportState:       true,
				ImportStateId:     w.name("alice") + "/" + w.name("bobby"),
				ImportStateVerify: true,
			},
			resource.TestStep{
				Config:        bobby,
				ResourceName:  address,
				ImportState:   true,
				ImportStateId: w.name("alice"),
				ExpectError:   regexp.MustCompile(`(?s)The id must be owner/`),
			},
			resource.TestStep{
				Config:           carol,
				ConfigPlanChecks: expectAction(address, plancheck.ResourceActionReplace),
				Check:            all(e.has(w, "alice", "carol")),
			},
			// An edge that somebody else removed is planned for creation.
			resource.TestStep{
				PreConfig:        removeCarol,
				Config:           carol,
				ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate),
				Check:            all(e.has(w, "alice", "carol")),
			},
			// Destroying an edge that does not exist succeeds, and so does creating one that exists.
			resource.TestStep{PreConfig: removeCarol, Config: w.config(threeUsers), Check: all(e.has(w, "alice"))},
			resource.TestStep{
				PreConfig: w.do(func(ctx context.Context) error { return e.add(ctx, w, "alice", "bobby") }),
				Config:    bobby,
				Check:     all(e.has(w, "alice", "bobby")),
			},
			// The edges of a deleted owner are planned for creation, or destroyed without an error.
			resource.TestStep{
				PreConfig:        func() { w.remove("alice") },
				Config:           bobby,
				ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate),
				Check:            all(e.has(w, "alice", "bobby")),
			},
			resource.TestStep{PreConfig: func() { w.remove("alice") }, Config: bobby, Destroy: true},
		)
	})
}

func TestAccEdge_importBlockPlansNoChange(t *testing.T) {
	t.Parallel()
	onEachEdge(t, func(t *testing.T, w *world, e edge) {
		w.run(
			resource.TestStep{Config: w.config(threeUsers), Check: func(*state) error {
				return e.add(context.Background(), w, "alice", "bobby")
			}},
			resource.TestStep{
				Config: w.config(threeUsers + e.declare("e", "alice", "bobby") + fmt.Sprintf(`
import {
  to = %s.e
  id = "{@alice}/{@bobby}"
}
`, e.kind)),
				ConfigPlanChecks: expectAction(e.kind+".e", plancheck.ResourceActionNoop),
			},
		)
	})
}

func TestAccEdge_missingUserIsNamedInTheError(t *testing.T) {
	t.Parallel()
	onEachEdge(t, func(t *testing.T, w *world, e edge) {
		w.run(resource.TestStep{
			Config: w.config(threeUsers + fmt.Sprintf(`
resource %q "e" {
  owner   = chat_user.alice.id
  %s = "{@nobody}"
}
`, e.kind, e.target)),
			ExpectError: regexp.MustCompile(`(?s)Could not add.*not\s+found.*Declare\s+it\s+as\s+a\s+chat_user`),
		})
	})
}

func TestAccContact_bothDirectionsCanBeDeclared(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		both := w.config(threeUsers + `
resource "chat_contact" "there" {
  owner   = chat_user.alice.id
  contact = chat_user.bobby.id
}

resource "chat_contact" "back" {
  owner   = chat_user.bobby.id
  contact = chat_user.alice.id
}
`)
		w.run(
			resource.TestStep{Config: both},
			resource.TestStep{Config: both, ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: w.config(threeUsers), Check: all(edges[0].has(w, "alice"))},
		)
	})
}

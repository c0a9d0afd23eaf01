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

// edge is what chat_contact and chat_block are tested by alike.
type edge struct {
	kind, target string
	list         func(w *world, owner string) []string
	add, remove  func(ctx context.Context, w *world, owner, target string) error
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
			return only(w.admin.Contacts.Add(ctx, w.name(owner), chat.Refs(w.name(target))))
		},
		remove: func(ctx context.Context, w *world, owner, target string) error {
			return only(w.admin.Contacts.Remove(ctx, w.name(owner), chat.Refs(w.name(target))))
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
			return only(w.admin.Blocks.Add(ctx, w.name(owner), chat.Refs(w.name(target))))
		},
		remove: func(ctx context.Context, w *world, owner, target string) error {
			return only(w.admin.Blocks.Remove(ctx, w.name(owner), chat.Refs(w.name(target))))
		},
	},
}

func only(errs []error, err error) error {
	if err != nil {
		return err
	}
	return errs[0]
}

const threeUsers = `
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}
resource "chat_user" "bobby" {
  username = "{@bobby}"
  password = "pass-1"
}
resource "chat_user" "carol" {
  username = "{@carol}"
  password = "pass-1"
}
`

// block is an edge in HCL between users declared by threeUsers.
func (e edge) block(owner, target string) string {
	return fmt.Sprintf("resource %q \"e\" {\n owner = chat_user.%s.username\n %s = chat_user.%s.username\n}\n", e.kind, owner, e.target, target)
}

func onEachEdge(t *testing.T, test func(t *testing.T, w *world, e edge)) {
	t.Helper()
	for _, e := range edges {
		t.Run(e.kind, func(t *testing.T) {
			t.Parallel()
			onEachPlatform(t, func(t *testing.T, w *world) { test(t, w, e) })
		})
	}
}

func TestAccEdge_lifecycle(t *testing.T) {
	t.Parallel()
	onEachEdge(t, func(t *testing.T, w *world, e edge) {
		address := e.kind + ".e"
		expect := func(want ...string) resource.TestCheckFunc {
			return func(*state) error {
				for i := range want {
					want[i] = w.name(want[i])
				}
				if got := e.list(w, "alice"); !slices.Equal(got, want) {
					return fmt.Errorf("alice has %v, not %v", got, want)
				}
				return nil
			}
		}
		w.run(
			resource.TestStep{
				Config: w.config(threeUsers + e.block("alice", "bobby")),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(w.name("alice")+"/"+w.name("bobby"))),
				},
				Check: expect("bobby"),
			},
			resource.TestStep{
				Config:            w.config(threeUsers + e.block("alice", "bobby")),
				ResourceName:      address,
				ImportState:       true,
				ImportStateId:     w.name("alice") + "/" + w.name("bobby"),
				ImportStateVerify: true,
			},
			resource.TestStep{
				Config:        w.config(threeUsers + e.block("alice", "bobby")),
				ResourceName:  address,
				ImportState:   true,
				ImportStateId: w.name("alice"),
				ExpectError:   regexp.MustCompile(`(?s)The id must be owner/`),
			},
			resource.TestStep{
				Config:           w.config(threeUsers + e.block("alice", "carol")),
				ConfigPlanChecks: expectAction(address, plancheck.ResourceActionReplace),
				Check:            expect("carol"),
			},
			// What is removed elsewhere is planned for creation.
			resource.TestStep{
				PreConfig:        w.do(func(ctx context.Context) error { return e.remove(ctx, w, "alice", "carol") }),
				Config:           w.config(threeUsers + e.block("alice", "carol")),
				ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate),
				Check:            expect("carol"),
			},
			// Destroying what is gone succeeds, and so does creating what is there.
			resource.TestStep{
				PreConfig: w.do(func(ctx context.Context) error { return e.remove(ctx, w, "alice", "carol") }),
				Config:    w.config(threeUsers),
				Check:     expect(),
			},
			resource.TestStep{
				PreConfig: w.do(func(ctx context.Context) error { return e.add(ctx, w, "alice", "bobby") }),
				Config:    w.config(threeUsers + e.block("alice", "bobby")),
				Check:     expect("bobby"),
			},
			// An owner that is gone takes its edges along.
			resource.TestStep{
				PreConfig:        func() { w.remove("alice") },
				Config:           w.config(threeUsers + e.block("alice", "bobby")),
				ConfigPlanChecks: expectAction(address, plancheck.ResourceActionCreate),
				Check:            expect("bobby"),
			},
			resource.TestStep{
				PreConfig: func() { w.remove("alice") },
				Config:    w.config(threeUsers + e.block("alice", "bobby")),
				Destroy:   true,
			},
		)
	})
}

func TestAccEdge_importBlock(t *testing.T) {
	t.Parallel()
	onEachEdge(t, func(t *testing.T, w *world, e edge) {
		w.run(
			resource.TestStep{Config: w.config(threeUsers), Check: func(*state) error {
				return e.add(context.Background(), w, "alice", "bobby")
			}},
			resource.TestStep{
				Config: w.config(threeUsers + e.block("alice", "bobby") +
					fmt.Sprintf("import {\n to = %s.e\n id = \"{@alice}/{@bobby}\"\n}\n", e.kind)),
				ConfigPlanChecks: expectAction(e.kind+".e", plancheck.ResourceActionNoop),
			},
		)
	})
}

func TestAccEdge_missingUser(t *testing.T) {
	t.Parallel()
	onEachEdge(t, func(t *testing.T, w *world, e edge) {
		literal := strings.ReplaceAll(e.block("alice", "nobody"), `chat_user.nobody.username`, `"{@nobody}"`)
		w.run(resource.TestStep{
			Config:      w.config(threeUsers + literal),
			ExpectError: regexp.MustCompile(`(?s)Could not add.*not\s+found.*Declare it as a chat_user`),
		})
	})
}

func TestAccContact_bothDirections(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		contact := edges[0]
		reverse := strings.Replace(contact.block("bobby", "alice"), `"e"`, `"reverse"`, 1)
		w.run(
			resource.TestStep{Config: w.config(threeUsers + contact.block("alice", "bobby") + reverse)},
			resource.TestStep{Config: w.config(threeUsers + contact.block("alice", "bobby") + reverse), ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: w.config(threeUsers), Check: func(*state) error {
				if got := contact.list(w, "alice"); len(got) != 0 {
					return fmt.Errorf("alice still has %v", got)
				}
				return nil
			}},
		)
	})
}

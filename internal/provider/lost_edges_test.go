package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"terraform-provider-chat/internal/chat"
)

// writesOfEdges are the paths of calls that add and remove contacts, blocks and members.
const writesOfEdges = "/(contacts|friends|blocks|blacklist|members|addMembers|white|users)(/|$)"

// An edge that is no longer declared after its creation was lost does not stay at the
// platform.
func TestAccLostAnswers_createdEdgesAreNotForgotten(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		base := threeUsers + `
resource "chat_group" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}

resource "chat_room" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}
`
		for name, c := range map[string]struct {
			body string
			has  func(names ...string) func() error
		}{
			"contact": {edges[0].declare("e", "alice", "bobby"), func(names ...string) func() error { return edges[0].has(w, "alice", names...) }},
			"block":   {edges[1].declare("e", "alice", "bobby"), func(names ...string) func() error { return edges[1].has(w, "alice", names...) }},
			"group member": {`
resource "chat_group_member" "e" {
  group    = chat_group.team.id
  username = chat_user.bobby.id
}
`, func(names ...string) func() error { return assemblies[0].has(w, names...) }},
			"room member": {`
resource "chat_room_member" "e" {
  room     = chat_room.team.id
  username = chat_user.bobby.id
}
`, func(names ...string) func() error { return assemblies[1].has(w, names...) }},
		} {
			t.Run(name, func(t *testing.T) {
				w := w.in(t)
				without, config := w.configFewRetries(base), w.configFewRetries(base+c.body)
				unsettled := func() {
					var lostAny atomic.Bool
					w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
						switch {
						case r.Method != http.MethodGet && regexp.MustCompile(writesOfEdges).MatchString(r.URL.Path):
							lostAny.Store(true)
							forward(discarded{})
							panic(http.ErrAbortHandler)
						case lostAny.Load() && r.Method == http.MethodGet:
							rw.WriteHeader(http.StatusInternalServerError)
						default:
							forward(rw)
						}
					})
				}
				settled := func() { w.proxy.onCall(nil) }
				w.run(
					resource.TestStep{Config: without},
					// The answer is lost, but reading works: it is there.
					resource.TestStep{
						PreConfig: func() { w.emulator.faults(fault{Path: writesOfEdges, When: "after", Drop: true, Times: 2}) }, Config: config,
						Check: all(c.has("bobby")),
					},
					resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: config, ConfigPlanChecks: expectNothing},
					resource.TestStep{Config: without, Check: all(c.has())},
					// Reading fails too.
					resource.TestStep{PreConfig: unsettled, Config: config, ExpectError: regexp.MustCompile(`Could not add`)},
					resource.TestStep{PreConfig: settled, Config: without, Check: all(c.has())},
					// The same if it stays declared.
					resource.TestStep{PreConfig: unsettled, Config: config, ExpectError: regexp.MustCompile(`Could not add`)},
					resource.TestStep{PreConfig: settled, Config: config, Check: all(c.has("bobby"))},
					resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
				)
			})
		}
	})
}

// discarded is an answer that nobody gets.
type discarded struct{}

func (discarded) Header() http.Header         { return http.Header{} }
func (discarded) Write(p []byte) (int, error) { return len(p), nil }
func (discarded) WriteHeader(int)             {}

// The state of a member whose creation was lost does not say what was never written.
func TestLostAnswers_memberThatMayHaveBeenAddedIsNotMuted(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("alice", "bobby")
		for _, a := range assemblies {
			owner, problems := w.wire().apply("chat_"+a.noun, instance{}, attrs{"name": "The team", "owner": w.name("alice")})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			var lostAny atomic.Bool
			w.proxy.onCall(func(rw http.ResponseWriter, r *http.Request, forward func(http.ResponseWriter)) {
				if r.Method != http.MethodGet && regexp.MustCompile(writesOfEdges).MatchString(r.URL.Path) && !lostAny.Swap(true) {
					forward(discarded{})
				}
				if lostAny.Load() {
					panic(http.ErrAbortHandler)
				}
				forward(rw)
			})
			member, problems := w.wireWith(fewRetries).apply("chat_"+a.noun+"_member", instance{}, attrs{
				a.noun: owner.state["id"], "username": w.name("bobby"), "muted": true,
			})
			w.proxy.onCall(nil)
			if len(problems) == 0 || member.state == nil {
				t.Fatal(member.state, problems)
			}
			read, problems := w.wire().read("chat_"+a.noun+"_member", member)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			for when, state := range map[string]attrs{"creation": member.state, "refresh": read.state} {
				if state["muted"] == true {
					t.Errorf("%s: after the %s, the state says that the member is muted", a.noun, when)
				}
			}
		}
	})
}

// A member whose mute was lifted, but who could not be removed, is muted again if it stays
// declared.
func TestAccLostAnswers_memberWhoCouldNotBeRemovedIsMutedAgain(t *testing.T) {
	t.Parallel()
	onEachAssembly(t, func(t *testing.T, w *world, a assembly) {
		without := a.hcl(w, oneAssembly)
		config := a.hcl(w, oneAssembly+`
resource "chat_GROUP_member" "bobby" {
  GROUP    = chat_GROUP.team.id
  username = chat_user.bobby.id
  muted    = true
}
`)
		w.run(
			resource.TestStep{Config: config, Check: all(a.having(w, chat.Muted, "bobby"))},
			resource.TestStep{
				PreConfig: func() {
					w.emulator.faults(
						fault{Method: http.MethodPost, Path: "/(members|delMembers)$", Status: http.StatusForbidden, Body: `{"error":{"code":899000,"message":"no"}}`, Times: -1},
						fault{Method: http.MethodDelete, Path: "/(members|users/[^/]+)$", Status: http.StatusForbidden, Body: `{"error":{"code":899000,"message":"no"}}`, Times: -1},
					)
				},
				Config: without, ExpectError: regexp.MustCompile(`Could not remove`),
			},
			resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: config, Check: all(a.having(w, chat.Muted, "bobby"))},
			resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		)
	})
}

// A complete set of which nothing could be added is not in the state: Terraform would taint
// it, and remove what was there before. Of one that was added in part, a warning says how
// to keep it.
func TestAccSet_failedCreationRemovesNothing(t *testing.T) {
	t.Parallel()
	onEachSet(t, func(t *testing.T, w *world, s completeSet) {
		w.registerMissing("alice", "bobby", "carol")
		w.must(s.add(context.Background(), w, "alice", "bobby"))
		set := func(names ...string) string {
			quoted := make([]string, len(names))
			for i, name := range names {
				quoted[i] = fmt.Sprintf("%q", w.name(name))
			}
			return w.config(strings.ReplaceAll(s.declare(quoted...), "chat_user.alice.id", fmt.Sprintf("%q", w.name("alice"))))
		}
		w.run(
			resource.TestStep{Config: set("bobby", "nobody"), ExpectError: regexp.MustCompile(`(?s)Could not add 1 of 1 users`)},
			resource.TestStep{Config: set("bobby"), ConfigPlanChecks: expectAction(s.address(), plancheck.ResourceActionCreate)},
			resource.TestStep{Config: set("bobby"), ConfigPlanChecks: expectNothing},
		)
		w.must(s.add(context.Background(), w, "alice", "bobby"))
		c := newCLI(t, "", environmentOf(w))
		write := func(names ...string) {
			_, body, _ := strings.Cut(set(names...), "\nresource ")
			c.write("main.tf", requireChat+"\nresource "+body)
		}
		write("bobby", "carol", "nobody")
		out, code := c.try("apply", "-auto-approve", "-no-color")
		if code == 0 || !strings.Contains(out, "terraform untaint") {
			t.Errorf("want the advice to untaint it in\n%s", out)
		}
		c.run("untaint", s.address())
		write("bobby", "carol")
		c.expectNoChanges()
		w.must(s.hasExactly(w, "bobby", "carol")())
	})
}

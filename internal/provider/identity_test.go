package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-chat/internal/chat"
)

// identified is a resource with an identity, and how the tests declare it.
type identified struct {
	kind string
	// config is the configuration, for the users alice and bobby.
	config func(w *world) attrs
	// names is the identity, without the application's key if an import may leave it out.
	names func(w *world) attrs
	// id is the import ID.
	id func(w *world) string
	// exist creates the resource without Terraform, vanish deletes it; nil if it is always there.
	exist, vanish func(w *world)
	// only is the platform that has the resource; empty if all have it.
	only string
}

var identifiedResources = []identified{
	{
		kind: "chat_user",
		config: func(w *world) attrs {
			return attrs{"username": w.name("alice"), "password": "pass-1", "deactivate_on_destroy": false}
		},
		names:  func(w *world) attrs { return attrs{"username": w.name("alice")} },
		id:     func(w *world) string { return w.name("alice") },
		exist:  func(w *world) {},
		vanish: func(w *world) { w.remove("alice") },
	},
	identifiedEdge(edges[0]),
	identifiedEdge(edges[1]),
	identifiedSet(edges[0], "chat_contacts", func(w *world) attrs { return attrs{"contacts": attrs{w.name("bobby"): attrs{}}} }),
	identifiedSet(edges[1], "chat_blocks", func(w *world) attrs { return attrs{"usernames": []any{w.name("bobby")}} }),
	identifiedMember(assemblies[0]),
	identifiedMember(assemblies[1]),
	identifiedMembers(assemblies[0]),
	identifiedMembers(assemblies[1]),
	{
		kind:   "chat_do_not_disturb",
		config: func(w *world) attrs { return attrs{"username": w.name("alice")} },
		names:  func(w *world) attrs { return attrs{"username": w.name("alice")} },
		id:     func(w *world) string { return w.name("alice") },
		exist: func(w *world) {
			w.must(w.admin.Quiet.Set(context.Background(), w.name("alice"), chat.QuietTarget{}, true))
		},
		vanish: func(w *world) { w.remove("alice") },
	},
	{
		kind:   "chat_sensitive_word",
		config: func(*world) attrs { return attrs{"word": "spam"} },
		names:  func(*world) attrs { return attrs{"word": "spam"} },
		id:     func(*world) string { return "spam" },
		exist:  func(w *world) { w.addWords("spam") },
		vanish: func(w *world) { w.removeWords("spam") },
		only:   "jmessage",
	},
	{
		kind:   "chat_sensitive_words",
		config: func(*world) attrs { return attrs{"words": []any{"spam"}} },
		names:  func(w *world) attrs { return attrs{"app_key": w.appKey} },
		id:     func(w *world) string { return w.appKey },
		exist:  func(w *world) { w.addWords("spam") },
		only:   "jmessage",
	},
	{
		kind:   "chat_application_settings",
		config: func(*world) attrs { return attrs{"sensitive_word_filter": true} },
		names:  func(w *world) attrs { return attrs{"app_key": w.appKey} },
		id:     func(w *world) string { return w.appKey },
		exist:  func(*world) {},
		only:   "jmessage",
	},
	{
		kind:   "chat_group_shield",
		config: shieldNames, names: shieldNames,
		id:     func(w *world) string { return w.name("bobby") + "/" + assemblies[0].of(w) },
		exist:  func(*world) {},
		vanish: func(w *world) { w.remove("bobby") },
		only:   "jmessage",
	},
}

// shieldNames are the names of a shield of bobby's from a group of alice's.
func shieldNames(w *world) attrs {
	return attrs{"username": w.name("bobby"), "group": assemblies[0].of(w)}
}

// identifiedOn returns the resources with an identity that a platform has.
func identifiedOn(platform string) []identified {
	return slices.DeleteFunc(slices.Clone(identifiedResources), func(i identified) bool { return i.only != "" && i.only != platform })
}

// identifiedEdge is identified for an edge from alice to bobby.
func identifiedEdge(e edge) identified {
	names := func(w *world) attrs { return attrs{"owner": w.name("alice"), e.target: w.name("bobby")} }
	return identified{
		kind: e.kind, config: names, names: names,
		id:     func(w *world) string { return w.name("alice") + "/" + w.name("bobby") },
		exist:  func(w *world) { w.must(e.add(context.Background(), w, "alice", "bobby")) },
		vanish: func(w *world) { w.must(e.remove(context.Background(), w, "alice", "bobby")) },
	}
}

// identifiedSet is identified for all edges of alice: the one to bobby.
func identifiedSet(e edge, kind string, elements func(w *world) attrs) identified {
	single := identifiedEdge(e)
	return identified{
		kind: kind,
		config: func(w *world) attrs {
			config := elements(w)
			config["owner"] = w.name("alice")
			return config
		},
		names: func(w *world) attrs { return attrs{"owner": w.name("alice")} },
		id:    func(w *world) string { return w.name("alice") },
		exist: single.exist, vanish: func(w *world) { w.remove("alice") },
	}
}

// identifiedMember is identified for bobby in a group or room of alice's.
func identifiedMember(a assembly) identified {
	names := func(w *world) attrs { return attrs{a.noun: a.of(w), "username": w.name("bobby")} }
	members := func(w *world) chat.Members { return a.members(w.admin) }
	return identified{
		kind: "chat_" + a.noun + "_member", config: names, names: names,
		id: func(w *world) string { return a.of(w) + "/" + w.name("bobby") },
		exist: func(w *world) {
			w.must(chat.Single(members(w).Add(context.Background(), a.of(w), chat.Refs(w.name("bobby")))))
		},
		vanish: func(w *world) {
			w.must(chat.Single(members(w).Remove(context.Background(), a.of(w), chat.Refs(w.name("bobby")))))
		},
	}
}

// identifiedMembers is identified for all members of a group or room of alice's: bobby.
func identifiedMembers(a assembly) identified {
	return identified{
		kind:   "chat_" + a.noun + "_members",
		config: func(w *world) attrs { return attrs{a.noun: a.of(w), "members": attrs{w.name("bobby"): attrs{}}} },
		names:  func(w *world) attrs { return attrs{a.noun: a.of(w)} },
		id:     func(w *world) string { return a.of(w) },
		exist:  identifiedMember(a).exist,
		vanish: func(w *world) { w.must(a.groups(w.admin).Delete(context.Background(), a.of(w))) },
	}
}

// address is the address at which the tests declare the resource.
func (i identified) address() string {
	if i.kind == "chat_user" {
		return aliceAddress
	}
	return i.kind + ".e"
}

// importBlock returns an import block by an identity.
func (i identified) importBlock(identity attrs) string {
	var lines strings.Builder
	for attribute, name := range identity {
		fmt.Fprintf(&lines, "    %s = %q\n", attribute, name)
	}
	return fmt.Sprintf(`
import {
  to = %s
  identity = {
%s  }
}
`, i.address(), lines.String())
}

// onEachIdentity runs a test of every resource with an identity on every platform, in an
// application with the user bobby, and alice unless she is the resource. The test gets
// the identity that it should see.
func onEachIdentity(t *testing.T, test func(t *testing.T, w *world, i identified, want attrs)) {
	t.Helper()
	for platform := range platformsUnderTest {
		for _, i := range identifiedOn(platform) {
			t.Run(i.kind+"/"+platform, func(t *testing.T) {
				t.Parallel()
				w := emulated(t, platform)
				w.register("bobby", "pass-1")
				if i.kind != "chat_user" {
					w.register("alice", "pass-1")
				}
				want := i.names(w)
				want["app_key"] = w.appKey
				test(t, w, i, want)
			})
		}
	}
}

// expectIdentity checks an identity after a call that had no problems.
func expectIdentity(t *testing.T, after string, got instance, problems []string, want attrs) {
	t.Helper()
	if len(problems) > 0 {
		t.Fatalf("%s: %v", after, problems)
	}
	if diff := cmp.Diff(want, got.identity); diff != "" {
		t.Errorf("the identity after %s (-want +got):\n%s", after, diff)
	}
}

func TestIdentity_isSetByCreateAndRead(t *testing.T) {
	t.Parallel()
	onEachIdentity(t, func(t *testing.T, w *world, i identified, want attrs) {
		r := w.wire()
		created, problems := r.apply(i.kind, instance{}, i.config(w))
		expectIdentity(t, "create", created, problems, want)
		read, problems := r.read(i.kind, created)
		expectIdentity(t, "read", read, problems, want)

		// A state that an older version of the provider or of the command line wrote.
		old := instance{state: created.state, private: created.private}
		read, problems = r.read(i.kind, old)
		expectIdentity(t, "read of an old state", read, problems, want)

		if i.vanish == nil {
			return
		}
		i.vanish(w)
		for after, before := range map[string]instance{"gone": created, "gone from an old state": old} {
			read, problems := w.wire().read(i.kind, before)
			expectIdentity(t, after, read, problems, want)
			if read.state != nil {
				t.Errorf("%s: the state is still %v", after, read.state)
			}
		}
	})
}

func TestIdentity_destroyLeavesNothing(t *testing.T) {
	t.Parallel()
	onEachIdentity(t, func(t *testing.T, w *world, i identified, _ attrs) {
		r := w.wire()
		created, _ := r.apply(i.kind, instance{}, i.config(w))
		destroyed, problems := r.apply(i.kind, created, nil)
		if destroyed.state != nil || len(problems) > 0 {
			t.Errorf("destroy left %v, %v", destroyed.state, problems)
		}
	})
}

func TestIdentity_isKeptByUpdate(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		r := w.wire()
		config := identifiedResources[0].config(w)
		want := attrs{"app_key": w.appKey, "username": w.name("alice")}
		created, problems := r.apply("chat_user", instance{}, config)
		expectIdentity(t, "create", created, problems, want)

		config["nickname"] = "Alice"
		updated, problems := r.apply("chat_user", created, config)
		expectIdentity(t, "update", updated, problems, want)
		config["nickname"] = "Al"
		updated, problems = r.apply("chat_user", instance{state: updated.state, private: updated.private}, config)
		expectIdentity(t, "update of an old state", updated, problems, want)
	})
}

func TestIdentity_isSetByAdoption(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.register("alice", "before")
		adopted, problems := w.wireWith(map[string]tftypes.Value{"adopt_existing": tftypes.NewValue(tftypes.Bool, true)}).apply("chat_user", instance{}, identifiedResources[0].config(w))
		expectIdentity(t, "adoption", adopted, problems, attrs{"app_key": w.appKey, "username": w.name("alice")})
	})
}

// A user that somebody registered again has the same identity.
func TestIdentity_isKeptByReregistration(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		config := identifiedResources[0].config(w)
		want := attrs{"app_key": w.appKey, "username": w.name("alice")}
		created, problems := w.wire().apply("chat_user", instance{}, config)
		expectIdentity(t, "create", created, problems, want)
		w.reregister("alice", "another")
		r := w.wire()
		read, problems := r.read("chat_user", created)
		expectIdentity(t, "read", read, problems, want)
		updated, problems := r.apply("chat_user", read, config)
		expectIdentity(t, "update", updated, problems, want)
	})
}

func TestIdentity_isSetByHalfACreate(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	w.emulator.faults(fault{Method: "PUT", Path: "/users/", Status: 400, Body: refusal})
	config := identifiedResources[0].config(w)
	config["push"] = attrs{"display_style": "detail"}
	created, problems := w.wire().apply("chat_user", instance{}, config)
	if len(problems) == 0 || created.state == nil {
		t.Fatalf("want a state and an error, got %v, %v", created.state, problems)
	}
	expectIdentity(t, "half a create", created, nil, attrs{"app_key": easemobAppKey, "username": w.name("alice")})
}

// The identity spells a name as the state does.
func TestIdentity_keepsTheSpellingOfTheName(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	w.register("alice", "pass-1")
	r := w.wire()
	name := strings.ToUpper(w.name("alice"))
	want := attrs{"app_key": easemobAppKey, "username": name}
	for _, by := range []any{name, attrs{"username": name}} {
		got, problems := r.imported("chat_user", by)
		expectIdentity(t, "import", got, problems, want)
		got, problems = r.apply("chat_user", got, attrs{"username": w.name("alice"), "nickname": fmt.Sprint(by), "deactivate_on_destroy": false})
		expectIdentity(t, "update", got, problems, want)
		if got.state["username"] != name {
			t.Errorf("the state spells the name %v", got.state["username"])
		}
	}
}

func TestIdentity_importsByIdentityAsByID(t *testing.T) {
	t.Parallel()
	onEachIdentity(t, func(t *testing.T, w *world, i identified, want attrs) {
		if i.kind == "chat_user" {
			w.register("alice", "pass-1")
		}
		i.exist(w)
		r := w.wire()
		byID, problems := r.imported(i.kind, i.id(w))
		expectIdentity(t, "import by id", byID, problems, want)
		for name, identity := range map[string]attrs{"names": i.names(w), "names and application": want} {
			got, problems := r.imported(i.kind, identity)
			expectIdentity(t, "import by "+name, got, problems, want)
			if diff := cmp.Diff(byID.state, got.state); diff != "" {
				t.Errorf("imported by %s and by id differ:\n%s", name, diff)
			}
		}

		other := i.names(w)
		other["app_key"] = "other#app"
		_, problems = r.imported(i.kind, other)
		expectProblem(t, problems, `"other#app".*"`+regexp.QuoteMeta(w.appKey))
		for attribute := range i.names(w) {
			if attribute == "app_key" {
				continue // it names another application
			}
			empty := i.names(w)
			empty[attribute] = ""
			_, problems = r.imported(i.kind, empty)
			expectProblem(t, problems, "Invalid import identity.*"+attribute)
		}
	})
}

// expectIdentity checks an identity in the state; names are the identity without the
// application's key.
func (w *world) expectIdentity(address string, names attrs) statecheck.StateCheck {
	want := map[string]knownvalue.Check{"app_key": knownvalue.StringExact(w.appKey)}
	kind, _, _ := strings.Cut(address, ".")
	if attribute := map[string]string{"chat_contact": "contact_app_key", "chat_block": "blocked_app_key"}[kind]; attribute != "" {
		want[attribute] = knownvalue.Null()
	}
	for attribute, name := range names {
		want[attribute] = knownvalue.StringExact(fmt.Sprint(name))
	}
	return statecheck.ExpectIdentity(address, want)
}

func TestAccIdentity_isInTheStateAndImports(t *testing.T) {
	t.Parallel()
	skipBelow(t, tfversion.Version1_12_0)
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(threeUsers + edges[0].declare("e", "alice", "bobby") + edges[1].declare("e", "alice", "bobby"))
		step := resource.TestStep{Config: config}
		identified := identifiedResources[:3] // the sets of contacts and blocks would fight with these
		for _, i := range identified {
			step.ConfigStateChecks = append(step.ConfigStateChecks, w.expectIdentity(i.address(), i.names(w)))
		}
		steps := []resource.TestStep{step}
		for _, i := range identified {
			steps = append(steps, resource.TestStep{
				Config: config, ResourceName: i.address(), ImportState: true,
				ImportStateKind: resource.ImportBlockWithResourceIdentity,
				// The password cannot be read back, so it is planned to be set.
				ExpectNonEmptyPlan: i.kind == "chat_user",
			})
		}
		w.run(steps...)
	})
}

func TestAccIdentity_importBlockPlansNoChange(t *testing.T) {
	t.Parallel()
	skipBelow(t, tfversion.Version1_12_0)
	if live() {
		t.Skip("needs the emulator")
	}
	onEachEdge(t, func(t *testing.T, w *world, e edge) {
		w.register("alice", "pass-1")
		w.register("bobby", "pass-1")
		w.must(e.add(context.Background(), w, "alice", "bobby"))
		i := identifiedEdge(e)
		declared := fmt.Sprintf(`
resource %q "e" {
  owner   = "{@alice}"
  %s = "{@bobby}"
}
`, e.kind, e.target)
		wrong := i.names(w)
		wrong["app_key"] = "other#app"
		w.run(
			resource.TestStep{Config: w.config(declared + i.importBlock(wrong)), ExpectError: regexp.MustCompile(`(?s)Cannot import from another application`)},
			resource.TestStep{
				Config:            w.config(declared + i.importBlock(i.names(w))),
				ConfigPlanChecks:  expectAction(i.address(), plancheck.ResourceActionNoop),
				ConfigStateChecks: []statecheck.StateCheck{w.expectIdentity(i.address(), i.names(w))},
			},
		)
	})
}

// The command line accepts what the provider does with a state that has no identity, or one
// that names another application. To which application a resource belongs is in its
// private state (see TestAccApplication_anotherOneIsRefusedAndNotCalled).
func TestAccIdentity_missingOrWrongOneInTheStateIsReplaced(t *testing.T) {
	t.Parallel()
	skipBelow(t, tfversion.Version1_12_0)
	for name, test := range map[string]struct {
		edit    func(instance map[string]any)
		deleted bool
		want    string
	}{
		"missing":                                {withoutIdentity, false, "No changes"},
		"missing, of a deleted user":             {withoutIdentity, true, "1 to add, 0 to change, 0 to destroy"},
		"right, of a deleted user":               {func(map[string]any) {}, true, "1 to add, 0 to change, 0 to destroy"},
		"another application, of a deleted user": {withOtherApplication, true, "1 to add, 0 to change, 0 to destroy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, "easemob")
			c := newCLI(t, "", environmentOf(w))
			c.write("main.tf", requireChat+w.named(oneUser))
			c.apply()
			c.editInstance(test.edit)
			if test.deleted {
				w.remove("alice")
			}
			if out := c.run("plan", "-no-color"); !strings.Contains(out, test.want) {
				t.Errorf("want %q in\n%s", test.want, out)
			}
			c.apply()
			c.expectNoChanges()
			c.editInstance(func(instance map[string]any) {
				if got := instance["identity"].(map[string]any)["app_key"]; got != w.appKey {
					t.Errorf("the identity names the application %v", got)
				}
			})
		})
	}
}

// withoutIdentity makes a resource of a state what an older command line wrote.
func withoutIdentity(instance map[string]any) {
	delete(instance, "identity")
	delete(instance, "identity_schema_version")
}

// withOtherApplication makes the identity of a resource of a state name another application.
func withOtherApplication(instance map[string]any) {
	instance["identity"].(map[string]any)["app_key"] = "other#app"
}

// editInstance changes the only resource in the state, which must have an identity.
func (c *cli) editInstance(edit func(instance map[string]any)) {
	c.t.Helper()
	path := filepath.Join(c.dir, "terraform.tfstate")
	text, err := os.ReadFile(path)
	if err != nil {
		c.t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(text, &state); err != nil {
		c.t.Fatal(err)
	}
	resource := state["resources"].([]any)[0].(map[string]any)
	instance := resource["instances"].([]any)[0].(map[string]any)
	if instance["identity"] == nil {
		c.t.Fatalf("no identity in the state:\n%s", text)
	}
	edit(instance)
	edited, err := json.Marshal(state)
	if err != nil {
		c.t.Fatal(err)
	}
	c.writeTo(path, string(edited))
}

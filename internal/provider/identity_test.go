package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// identified is what has an identity: a resource and how to declare it.
type identified struct {
	kind string
	// config declares the resource on users alice and bobby; names are its identity without the application.
	config func(w *world) attrs
	names  func(w *world) attrs
	// exist makes it behind Terraform's back, vanish ends it.
	exist, vanish func(w *world)
}

var identifiedResources = []identified{
	{
		kind: "chat_user",
		config: func(w *world) attrs {
			return attrs{"username": w.name("alice"), "password": "pass-1", "deactivate_on_destroy": false}
		},
		names:  func(w *world) attrs { return attrs{"username": w.name("alice")} },
		exist:  func(w *world) {},
		vanish: func(w *world) { w.remove("alice") },
	},
	identifiedEdge(edges[0]),
	identifiedEdge(edges[1]),
}

func identifiedEdge(e edge) identified {
	names := func(w *world) attrs { return attrs{"owner": w.name("alice"), e.target: w.name("bobby")} }
	return identified{
		kind: e.kind, config: names, names: names,
		exist:  func(w *world) { w.must(e.add(context.Background(), w, "alice", "bobby")) },
		vanish: func(w *world) { w.must(e.remove(context.Background(), w, "alice", "bobby")) },
	}
}

// onEachIdentity runs a test for every resource with an identity on every platform,
// in applications that have bobby, and alice where the resource is not alice herself.
func onEachIdentity(t *testing.T, test func(t *testing.T, w *world, i identified, want attrs)) {
	t.Helper()
	for _, i := range identifiedResources {
		for platform := range platformsUnderTest {
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

// expectIdentity checks an identity, and that nothing went wrong.
func expectIdentity(t *testing.T, after string, got instance, problems []string, want attrs) {
	t.Helper()
	if len(problems) > 0 {
		t.Fatalf("%s: %v", after, problems)
	}
	if diff := cmp.Diff(want, got.identity); diff != "" {
		t.Errorf("the identity after %s (-want +got):\n%s", after, diff)
	}
}

func TestIdentity_lifecycle(t *testing.T) {
	t.Parallel()
	onEachIdentity(t, func(t *testing.T, w *world, i identified, want attrs) {
		r := w.wire()
		created, problems := r.apply(i.kind, instance{}, i.config(w))
		expectIdentity(t, "create", created, problems, want)
		read, problems := r.read(i.kind, created)
		expectIdentity(t, "read", read, problems, want)

		// The state of a version without identities, or of an older command line.
		old := instance{state: created.state, private: created.private}
		read, problems = r.read(i.kind, old)
		expectIdentity(t, "read of an old state", read, problems, want)

		i.vanish(w)
		for after, before := range map[string]instance{"gone": created, "gone from an old state": old} {
			read, problems := w.wire().read(i.kind, before)
			expectIdentity(t, after, read, problems, want)
			if read.state != nil {
				t.Errorf("%s: still in the state: %v", after, read.state)
			}
		}
	})
}

func TestIdentity_destroy(t *testing.T) {
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

func TestIdentity_update(t *testing.T) {
	t.Parallel()
	for platform := range platformsUnderTest {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := emulated(t, platform)
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
}

func TestIdentity_adoption(t *testing.T) {
	t.Parallel()
	for platform := range platformsUnderTest {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := emulated(t, platform)
			w.register("alice", "before")
			adopted, problems := w.wireWith(map[string]tftypes.Value{"adopt_existing": tftypes.NewValue(tftypes.Bool, true)}).apply("chat_user", instance{}, identifiedResources[0].config(w))
			expectIdentity(t, "adoption", adopted, problems, attrs{"app_key": w.appKey, "username": w.name("alice")})
		})
	}
}

// A user deleted and registered again is another registration of the same identity.
func TestIdentity_reregistration(t *testing.T) {
	t.Parallel()
	for platform := range platformsUnderTest {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := emulated(t, platform)
			config := identifiedResources[0].config(w)
			want := attrs{"app_key": w.appKey, "username": w.name("alice")}
			created, problems := w.wire().apply("chat_user", instance{}, config)
			expectIdentity(t, "create", created, problems, want)
			w.remove("alice")
			w.emulator.advance(3600e9)
			w.register("alice", "another")
			r := w.wire()
			read, problems := r.read("chat_user", created)
			expectIdentity(t, "read", read, problems, want)
			updated, problems := r.apply("chat_user", read, config)
			expectIdentity(t, "update", updated, problems, want)
		})
	}
}

// A create that fails half way keeps the identity along with the state.
func TestIdentity_partialCreate(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	w.emulator.faults(fault{Method: "PUT", Path: "/users/", Status: 400, Body: `{"error":"illegal_argument"}`})
	config := identifiedResources[0].config(w)
	config["push"] = attrs{"display_style": "detail"}
	created, problems := w.wire().apply("chat_user", instance{}, config)
	if len(problems) == 0 || created.state == nil {
		t.Fatalf("want a state and an error, got %v, %v", created.state, problems)
	}
	expectIdentity(t, "half a create", created, nil, attrs{"app_key": easemobAppKey, "username": w.name("alice")})
}

// The state keeps its spelling of a name, and the identity does with it.
func TestIdentity_spelling(t *testing.T) {
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

func TestIdentity_import(t *testing.T) {
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

		elsewhere := i.names(w)
		elsewhere["app_key"] = "other#app"
		_, problems = r.imported(i.kind, elsewhere)
		expectProblem(t, problems, `"other#app".*"`+regexp.QuoteMeta(w.appKey))
		for attribute := range i.names(w) {
			empty := i.names(w)
			empty[attribute] = ""
			_, problems = r.imported(i.kind, empty)
			expectProblem(t, problems, "Invalid import identity.*"+attribute)
		}
	})
}

func expectProblem(t *testing.T, problems []string, want string) {
	t.Helper()
	if len(problems) != 1 || !regexp.MustCompile(want).MatchString(problems[0]) {
		t.Errorf("want one problem like %s, got %q", want, problems)
	}
}

// commandLine is the command line under test: Terraform or OpenTofu.
func commandLine() string {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	return "terraform"
}

var commandLineVersion = sync.OnceValues(func() (*version.Version, error) {
	out, err := exec.Command(commandLine(), "version", "-json").Output()
	if err != nil {
		return nil, err
	}
	var v struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(out, &v); err != nil {
		return nil, err
	}
	return version.NewVersion(v.Version)
})

// skipBelow skips a test of what came with a version of both Terraform and OpenTofu.
func skipBelow(t *testing.T, minimum *version.Version) {
	t.Helper()
	if os.Getenv(resource.EnvTfAcc) == "" {
		t.Skipf("acceptance tests need %s", resource.EnvTfAcc)
	}
	got, err := commandLineVersion()
	if err != nil {
		t.Fatal(err)
	}
	if got.LessThan(minimum) {
		t.Skipf("needs %s, %s is %s", minimum, commandLine(), got)
	}
}

// commandLineProduct is "Terraform" or "OpenTofu".
var commandLineProduct = sync.OnceValues(func() (string, error) {
	out, err := exec.Command(commandLine(), "version").Output()
	product, _, _ := strings.Cut(string(out), " ")
	return product, err
})

// skipOn skips a test on the versions of a product that have a defect in its way.
func skipOn(t *testing.T, product, versions, defect string) {
	t.Helper()
	skipBelow(t, tfversion.Version1_0_0)
	under, err := commandLineProduct()
	if err != nil {
		t.Fatal(err)
	}
	got, err := commandLineVersion()
	if err != nil {
		t.Fatal(err)
	}
	if under == product && version.MustConstraints(version.NewConstraint(versions)).Check(got.Core()) {
		t.Skipf("%s %s: %s", product, versions, defect)
	}
}

// skipWithout skips a test of a command that not every command line has, whatever
// its version: OpenTofu's numbers say nothing of Terraform's commands.
func skipWithout(t *testing.T, command string) {
	t.Helper()
	skipBelow(t, tfversion.Version1_0_0)
	out, _ := exec.Command(commandLine(), "-help").CombinedOutput()
	if !regexp.MustCompile(`(?m)^\s+` + command + `\s`).Match(out) {
		t.Skipf("%s has no command %s", commandLine(), command)
	}
}

func (w *world) expectIdentity(address string, n attrs) statecheck.StateCheck {
	want := map[string]knownvalue.Check{"app_key": knownvalue.StringExact(w.appKey)}
	for attribute, name := range n {
		want[attribute] = knownvalue.StringExact(fmt.Sprint(name))
	}
	return statecheck.ExpectIdentity(address, want)
}

func TestAccIdentity(t *testing.T) {
	t.Parallel()
	skipBelow(t, tfversion.Version1_12_0)
	for platform := range platformsUnderTest {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, platform)
			config := w.config(threeUsers + edges[0].block("alice", "bobby") + edges[1].block("alice", "bobby"))
			step := resource.TestStep{Config: config}
			for _, i := range identifiedResources {
				step.ConfigStateChecks = append(step.ConfigStateChecks, w.expectIdentity(i.address(), i.names(w)))
			}
			steps := []resource.TestStep{step}
			for _, i := range identifiedResources {
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
}

func (i identified) address() string {
	if i.kind == "chat_user" {
		return aliceAddress
	}
	return i.kind + ".e"
}

// id is what the resource is imported by where it is not its identity.
func (i identified) id(w *world) string {
	if i.kind == "chat_user" {
		return w.name("alice")
	}
	return w.name("alice") + "/" + w.name("bobby")
}

func (i identified) importBlock(identity attrs) string {
	var b strings.Builder
	for attribute, name := range identity {
		fmt.Fprintf(&b, "  %s = %q\n", attribute, name)
	}
	return fmt.Sprintf("import {\n to = %s\n identity = {\n%s}\n}\n", i.address(), b.String())
}

func TestAccIdentity_importBlock(t *testing.T) {
	t.Parallel()
	skipBelow(t, tfversion.Version1_12_0)
	for platform := range platformsUnderTest {
		for _, e := range edges {
			t.Run(platform+"/"+e.kind, func(t *testing.T) {
				t.Parallel()
				w := emulatorWorld(t, platform)
				w.register("alice", "pass-1")
				w.register("bobby", "pass-1")
				w.must(e.add(context.Background(), w, "alice", "bobby"))
				i := identifiedEdge(e)
				declared := fmt.Sprintf("resource %q \"e\" {\n owner = \"{@alice}\"\n %s = \"{@bobby}\"\n}\n", e.kind, e.target)
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
	}
}

// The command line agrees with what Read does for states that are old, and for
// states of another application.
func TestAccIdentity_state(t *testing.T) {
	t.Parallel()
	skipBelow(t, tfversion.Version1_12_0)
	for name, test := range map[string]struct {
		edit func(instance map[string]any)
		gone bool
		want string
	}{
		"old":          {withoutIdentity, false, "No changes"},
		"old and gone": {withoutIdentity, true, "1 to add, 0 to change, 0 to destroy"},
		"gone":         {func(map[string]any) {}, true, "1 to add, 0 to change, 0 to destroy"},
		"other application": {func(instance map[string]any) {
			instance["identity"].(map[string]any)["app_key"] = "other#app"
		}, true, "The state is of another application"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, "easemob")
			c := newCLI(t, "", environmentOf(w))
			c.write("main.tf", requireChat+w.named(aliceBlock(`password = "pass-1"`)))
			c.run("apply", "-auto-approve", "-no-color")
			c.editInstance(test.edit)
			if test.gone {
				w.remove("alice")
			}
			if out := c.run("plan", "-no-color"); !strings.Contains(out, test.want) {
				t.Errorf("want %q in\n%s", test.want, out)
			}
			c.run("apply", "-auto-approve", "-no-color")
			if out := c.run("plan", "-no-color"); !strings.Contains(out, "No changes") {
				t.Errorf("not stable:\n%s", out)
			}
		})
	}
}

func withoutIdentity(instance map[string]any) {
	delete(instance, "identity")
	delete(instance, "identity_schema_version")
}

// editInstance changes the only instance in the state, which must have an identity.
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

const requireChat = `
terraform {
  required_providers {
    chat = { source = "chat/chat" }
  }
}
`

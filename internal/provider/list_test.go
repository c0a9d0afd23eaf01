package provider_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-chat/internal/chat"
)

// query is a list block.
type query struct {
	kind   string
	config attrs
	// include asks for the resource and not only for its identity.
	include bool
	limit   int64
	// stop ends the reading after so many results, as a command line may. 0 reads all.
	stop int
	// first is called after the first result.
	first func()
}

// found is one result of a list.
type found struct {
	Name            string
	Identity, State attrs
}

// list runs a query. It returns the problems that were errors.
func (r *wire) list(q query) ([]found, []string) {
	r.t.Helper()
	ctx := context.Background()
	server := r.server.(tfprotov6.ListResourceServer)
	config := r.encode(r.schemas.ListResourceSchemas[q.kind].ValueType(), q.config)
	validated, err := server.ValidateListResourceConfig(ctx, &tfprotov6.ValidateListResourceConfigRequest{TypeName: q.kind, Config: config})
	r.must(err, nil)
	if len(validated.Diagnostics) > 0 {
		return nil, summaries(validated.Diagnostics)
	}
	stream, err := server.ListResource(ctx, &tfprotov6.ListResourceRequest{
		TypeName: q.kind, Config: config, IncludeResource: q.include, Limit: q.limit,
	})
	r.must(err, nil)
	var all []found
	var problems []string
	for result := range stream.Results {
		if len(result.Diagnostics) > 0 {
			problems = append(problems, summaries(result.Diagnostics)...)
			continue
		}
		all = append(all, found{result.DisplayName, r.decodeIdentity(q.kind, result.Identity), r.decode(r.states[q.kind], result.Resource)})
		if len(all) == 1 && q.first != nil {
			q.first()
		}
		if len(all) == q.stop {
			break
		}
	}
	return all, problems
}

// mustList is list for a query that must have no problems.
func (r *wire) mustList(q query) []found {
	r.t.Helper()
	all, problems := r.list(q)
	if len(problems) > 0 {
		r.t.Fatal(problems)
	}
	return all
}

// displayNames returns the names under which results are displayed.
func displayNames(all []found) []string {
	var n []string
	for _, f := range all {
		n = append(n, f.Name)
	}
	return n
}

func TestList_usersAreListedWithTheirIdentities(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerDetailed()
		var want []found
		for _, name := range []string{"alice", "bobby", "carol"} {
			want = append(want, found{w.name(name), attrs{"app_key": w.appKey, "username": w.name(name)}, nil})
		}
		if diff := cmp.Diff(want, w.wire().mustList(query{kind: "chat_user"})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// A list holds what an import would write to the state, so that the configuration that is
// generated from it plans no change.
func TestList_holdsWhatAnImportReads(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerDetailed()
		queries := []query{
			{kind: "chat_user", include: true},
			{kind: "chat_contact", include: true, config: attrs{"owner": w.name("alice")}},
			{kind: "chat_block", include: true, config: attrs{"owner": w.name("alice")}},
		}
		for _, a := range assemblies {
			id := a.registerDetailed(w)
			a.registerDetailed(w)
			queries = append(queries, query{kind: "chat_" + a.noun, include: true},
				query{kind: "chat_" + a.noun, include: true, config: attrs{"member": w.name("bobby")}},
				query{kind: "chat_" + a.noun + "_member", include: true, config: attrs{a.noun: id}})
		}
		for _, q := range queries {
			all := w.wire().mustList(q)
			if len(all) != 2 && (q.kind != "chat_user" || len(all) != 3) {
				t.Errorf("%s: listed %v", q.kind, all)
			}
			for _, f := range all {
				imported, problems := w.wire().imported(q.kind, f.Identity)
				expectIdentity(t, "import", imported, problems, f.Identity)
				if diff := cmp.Diff(imported.state, f.State); diff != "" {
					t.Errorf("%s %s (-imported +listed):\n%s", q.kind, f.Name, diff)
				}
				// Declaring it changes nothing.
				planned, problems := w.wire().apply(q.kind, imported, declarable(f.State))
				if diff := cmp.Diff(imported.state, planned.state); diff != "" || len(problems) > 0 {
					t.Errorf("%s %s: declaring it changes it, %v:\n%s", q.kind, f.Name, problems, diff)
				}
			}
		}
	})
}

// declarable returns a state without its read-only attributes, as a generated
// configuration declares it.
func declarable(state attrs) attrs {
	config := attrs{}
	for name, value := range state {
		if name != "id" && name != "uuid" && name != "created_at" {
			config[name] = value
		}
	}
	return config
}

func TestList_holdsEveryAttributeOfAUser(t *testing.T) {
	t.Parallel()
	want := map[string]attrs{
		"easemob":  {"activated": true, "push": attrs{"display_style": "detail", "do_not_disturb": true, "do_not_disturb_start": int64(22), "do_not_disturb_end": int64(7)}},
		"jmessage": {},
	}
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerDetailed()
		got := w.wire().mustList(query{kind: "chat_user", include: true, limit: 1})[0].State
		for _, name := range []string{"created_at", "uuid"} {
			delete(got, name)
		}
		want := want[w.platform]
		want["profile"] = attrs{"region": "Shenzhen", "gender": "female", "extras": `{"team":"qa"}`}
		want["id"], want["username"], want["nickname"], want["deactivate_on_destroy"] = w.name("alice"), w.name("alice"), "Alice", false
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestList_usersAreFilteredByPrefix(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerNumbered(20)
		w.register("alice", "pass-1")
		prefix := w.name("number-001")
		if w.platform == "easemob" {
			prefix = strings.ToUpper(prefix)
		}
		for limit, want := range map[int64]int{0: 10, 3: 3, 30: 10} {
			got := displayNames(w.wire().mustList(query{kind: "chat_user", config: attrs{"username_prefix": prefix}, limit: limit}))
			if len(got) != want || got[0] != w.name("number-0010") {
				t.Errorf("limit %d: %v", limit, got)
			}
		}
		if got := w.wire().mustList(query{kind: "chat_user", config: attrs{"username_prefix": "nobody"}}); len(got) != 0 {
			t.Errorf("found %v", got)
		}
	})
}

func TestList_readsOnlyThePagesThatAreNeeded(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		page := w.admin.Platform.Users.Page
		w.registerNumbered(page + 100)
		for name, c := range map[string]struct {
			query       query
			want, pages int
		}{
			"limit":           {query{limit: 50}, 50, 1},
			"limit of a page": {query{limit: int64(page)}, page, 1},
			"stopped":         {query{stop: 7}, 7, 1},
			"beyond a page":   {query{limit: int64(page) + 1}, page + 1, 2},
			"all":             {query{}, page + 100, 2},
		} {
			r := w.wire()
			w.emulator.requests()
			c.query.kind = "chat_user"
			got := r.mustList(c.query)
			if pages, single := w.emulator.requests().userReads(); len(got) != c.want || pages != c.pages || single != 0 {
				t.Errorf("%s: %d users from %d pages and %d single reads, want %d users from %d pages", name, len(got), pages, single, c.want, c.pages)
			}
		}
	})
}

// JMessage's listing lacks most profiles: those of the requested users are read one by one.
// On Easemob, they are read in batches.
func TestList_readsProfilesOfTheRequestedUsersOnly(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerNumbered(100)
		if w.platform == "jmessage" {
			// The listing holds this user's profile.
			w.must(w.admin.Users.Update(context.Background(), w.name("number-0007"), chat.Settings{Profile: &chat.Profile{Region: ptr("Shenzhen")}}))
		}
		r := w.wire()
		w.emulator.requests()
		got := r.mustList(query{kind: "chat_user", include: true, limit: 50})
		_, single := w.emulator.requests().userReads()
		want := map[string]int{"easemob": 0, "jmessage": 49}[w.platform]
		if len(got) != 50 || single != want {
			t.Errorf("%d users with %d single reads, want %d", len(got), single, want)
		}
		for i, f := range got {
			if name := w.name(fmt.Sprintf("number-%04d", i)); f.Name != name || f.State["username"] != name {
				t.Fatalf("result %d is %s: %v", i, f.Name, f.State)
			}
		}
	})
}

// A user that is deleted between the listing and the read of its profile is left out.
func TestList_leavesOutUsersThatAreDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	w := emulated(t, "jmessage")
	w.registerNumbered(20)
	w.emulator.faults(fault{Method: "GET", Path: "/users/" + w.name("number-0003") + "$", Status: 400, Body: `{"error":{"code":899002,"message":"no such user"}}`})
	got := displayNames(w.wire().mustList(query{kind: "chat_user", include: true}))
	if len(got) != 19 || slices.Contains(got, w.name("number-0003")) {
		t.Errorf("listed %v", got)
	}
}

// A group that is deleted between the listing and the read of its announcement is left
// out, and only that group.
func TestList_leavesOutGroupsThatAreDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	w.registerNumbered(1)
	var ids []string
	for _, name := range []string{"first", "second", "third"} {
		group, err := w.admin.Groups.Create(context.Background(), chat.NewGroup{Owner: w.name("number-0000"), GroupSettings: chat.GroupSettings{Name: &name}})
		w.must(err)
		ids = append(ids, group.ID)
	}
	w.emulator.faults(fault{Method: "GET", Path: "/chatgroups/" + ids[1] + "/announcement$", Status: 404,
		Body: `{"error":"resource_not_found","error_description":"grpid ` + ids[1] + ` does not exist!"}`})
	got := displayNames(w.wire().mustList(query{kind: "chat_group", include: true}))
	slices.Sort(got)
	if want := []string{"first", "third"}; !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
}

func TestList_edgesAreListedByOwner(t *testing.T) {
	t.Parallel()
	for _, e := range edges {
		t.Run(e.kind, func(t *testing.T) {
			t.Parallel()
			emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
				w.registerDetailed()
				q := query{kind: e.kind, config: attrs{"owner": w.name("alice")}}
				var want []found
				for _, name := range []string{"bobby", "carol"} {
					id := w.name("alice") + "/" + w.name(name)
					want = append(want, found{id, attrs{"app_key": w.appKey, "owner": w.name("alice"), e.target: w.name(name)}, nil})
				}
				// The order is the platform's.
				sorted := func(all []found) []found {
					slices.SortFunc(all, func(a, b found) int { return strings.Compare(a.Name, b.Name) })
					return all
				}
				if diff := cmp.Diff(want, sorted(w.wire().mustList(q))); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				q.include = true
				for i, name := range []string{"bobby", "carol"} {
					want[i].State = attrs{"id": want[i].Name, "owner": w.name("alice"), e.target: w.name(name)}
				}
				if e.kind == "chat_contact" {
					want[0].State["note_name"] = "Bob"
				}
				if w.platform == "jmessage" && e.kind == "chat_contact" {
					want[0].State["note"] = "met at work"
				}
				if diff := cmp.Diff(want, sorted(w.wire().mustList(q))); diff != "" {
					t.Errorf("with the resource (-want +got):\n%s", diff)
				}
				q.limit = 1
				if got := w.wire().mustList(q); len(got) != 1 {
					t.Errorf("limit 1: %v", displayNames(got))
				}
				q = query{kind: e.kind, config: attrs{"owner": w.name("nobody")}}
				_, problems := w.wire().list(q)
				expectProblem(t, problems, `^Could not list .*nobody(.|\n)*not found`)
				for want, config := range map[string]attrs{"owner.*at least 1": {"owner": ""}, "configuration value for the owner": {}, "for the owner attribute": nil} {
					_, problems = w.wire().list(query{kind: e.kind, config: config})
					expectProblem(t, problems, want)
				}
			})
		})
	}
}

func TestList_returnsWhatWasReadBeforeAFailure(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		page := w.admin.Platform.Users.Page
		w.registerNumbered(page + 1)
		got, problems := w.wire().list(query{kind: "chat_user", first: func() {
			w.emulator.faults(fault{Method: "GET", Path: "/users/?$", Status: 401, Body: `{}`, Times: 100})
		}})
		if len(got) != page {
			t.Errorf("%d users before the failure, want %d", len(got), page)
		}
		expectProblem(t, problems, `^Could not list the users: (.|\n)*unauthorized`)
	})
}

// Every example lists something in an application that has what it names: over the
// protocol, and with the command line if it has the command.
func TestList_examplesFindSomething(t *testing.T) {
	t.Parallel()
	for name, example := range listExamples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emulated(t, exampleOn(example))
			w.prefix = ""
			for _, q := range parseQueries(t, w.registerExample(example)) {
				if got := w.wire().mustList(q); len(got) == 0 {
					t.Errorf("%v found nothing", q)
				}
			}
		})
	}
}

// listExamples returns the examples of list resources by file.
func listExamples(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(examples + "/list-resources/chat_*/*.tfquery.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("examples: %v %v", files, err)
	}
	all := map[string]string{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[file] = string(body)
	}
	return all
}

// parseQueries reads the list blocks of an example.
func parseQueries(t *testing.T, example string) []query {
	t.Helper()
	parsed, diags := hclparse.NewParser().ParseHCL([]byte(example), "example.tfquery.hcl")
	fail := func(diags hcl.Diagnostics) {
		t.Helper()
		if diags.HasErrors() {
			t.Fatal(diags)
		}
	}
	fail(diags)
	content, diags := parsed.Body.Content(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "list", LabelNames: []string{"type", "name"}}}})
	fail(diags)
	var queries []query
	for _, block := range content.Blocks {
		q := query{kind: block.Labels[0], config: attrs{}}
		list, diags := block.Body.Content(&hcl.BodySchema{
			Attributes: []hcl.AttributeSchema{{Name: "provider", Required: true}, {Name: "limit"}, {Name: "include_resource"}},
			Blocks:     []hcl.BlockHeaderSchema{{Type: "config"}},
		})
		fail(diags)
		if a, ok := list.Attributes["limit"]; ok {
			v, diags := a.Expr.Value(nil)
			fail(diags)
			q.limit, _ = v.AsBigFloat().Int64()
		}
		if a, ok := list.Attributes["include_resource"]; ok {
			v, diags := a.Expr.Value(nil)
			fail(diags)
			q.include = v.True()
		}
		for _, config := range list.Blocks {
			attributes, diags := config.Body.JustAttributes()
			fail(diags)
			for name, a := range attributes {
				v, diags := a.Expr.Value(nil)
				fail(diags)
				q.config[name] = v.AsString()
			}
		}
		queries = append(queries, q)
	}
	return queries
}

func TestAccList_examplesFindSomething(t *testing.T) {
	t.Parallel()
	skipWithout(t, "query")
	for name, example := range listExamples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, exampleOn(example))
			w.prefix = ""
			c := newCLI(t, "", environmentOf(w))
			c.write("main.tf", requireChat+`
provider "chat" {}
`)
			c.write("all.tfquery.hcl", w.registerExample(example))
			if out := c.run("query", "-no-color"); !strings.Contains(out, w.appKey) {
				t.Errorf("found nothing:\n%s", out)
			}
		})
	}
}

func TestAccList_queryReturnsResourcesAndIdentities(t *testing.T) {
	t.Parallel()
	skipWithout(t, "query")
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		identity := map[string]knownvalue.Check{
			"app_key": knownvalue.StringExact(w.appKey), "username": knownvalue.StringExact(w.name("alice")),
		}
		declared := resource.TestStep{Config: w.config(threeUsers + edges[0].declare("e", "alice", "bobby"))}
		w.run(declared, resource.TestStep{
			Query: true,
			// The configuration of the step before, with its provider block, stays in place.
			Config: w.named(`
list "chat_user" "all" {
  provider         = chat
  include_resource = true
}

list "chat_contact" "alice" {
  provider = chat
  config {
    owner = "{@alice}"
  }
}
`),
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength("chat_user.all", 3),
				querycheck.ExpectLength("chat_contact.alice", 1),
				querycheck.ExpectIdentity("chat_user.all", identity),
				querycheck.ExpectResourceKnownValues("chat_user.all", queryfilter.ByResourceIdentity(identity), []querycheck.KnownValueCheck{
					{Path: tfjsonpath.New("id"), KnownValue: knownvalue.StringExact(w.name("alice"))},
					{Path: tfjsonpath.New("password"), KnownValue: knownvalue.Null()},
				}),
			},
		})
	})
}

// Applying the configuration that the command line generates imports and changes nothing.
func TestAccList_generatedConfigurationPlansNoChange(t *testing.T) {
	t.Parallel()
	skipWithout(t, "query")
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerDetailed()
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+`
provider "chat" {}
`)
		c.write("all.tfquery.hcl", w.named(`
list "chat_user" "all" {
  provider = chat
}

list "chat_contact" "alice" {
  provider = chat
  config {
    owner = "{@alice}"
  }
}

list "chat_block" "alice" {
  provider = chat
  config {
    owner = "{@alice}"
  }
}
`))
		c.run("query", "-generate-config-out=generated.tf", "-no-color")
		c.expectImport(7)
	})
}

// The same with import blocks, for command lines without queries. An import block may name
// its provider, but only until the configuration is generated.
func TestAccImport_generatedConfigurationPlansNoChange(t *testing.T) {
	t.Parallel()
	for platform := range platformsUnderTest {
		for _, by := range []string{"id", "identity", "id and provider", "identity and provider"} {
			t.Run(platform+"/by "+by, func(t *testing.T) {
				t.Parallel()
				by, _, named := strings.Cut(by, " and ")
				if by == "identity" {
					skipBelow(t, tfversion.Version1_12_0)
				}
				if !named {
					skipOn(t, "Terraform", ">= 1.16", "looks for the provider in registry.terraform.io/hashicorp if the import block names none (hashicorp/terraform issue 39144)")
				}
				w := emulatorWorld(t, platform)
				w.registerDetailed()
				for _, i := range identifiedOn(platform) {
					i.exist(w)
				}
				c := newCLI(t, "", environmentOf(w))
				config := requireChat
				for _, i := range identifiedOn(platform) {
					if by == "identity" {
						config += i.importBlock(i.names(w))
					} else {
						config += fmt.Sprintf(`
import {
  to = %s
  id = %q
}
`, i.address(), i.id(w))
					}
				}
				generating := config
				if named {
					generating = strings.ReplaceAll(config, "import {", `import {
  provider = chat`)
				}
				c.write("main.tf", generating)
				c.run("plan", "-generate-config-out=generated.tf", "-no-color")
				c.write("main.tf", config)
				c.expectImport(len(identifiedOn(platform)))
			})
		}
	}
}

// The example that imports the users of a data source, for command lines without queries.
func TestAccExamples_existingApplicationIsImported(t *testing.T) {
	t.Parallel()
	skipBelow(t, tfversion.Version1_7_0)
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerDetailed()
		newCLI(t, filepath.Join(examples, "existing-application"), environmentOf(w)).expectImport(3)
	})
}

// expectImport applies a configuration and checks that it imports so many resources and
// changes none.
func (c *cli) expectImport(count int) {
	c.t.Helper()
	out := c.apply()
	if !strings.Contains(out, fmt.Sprintf("%d imported, 0 added, 0 changed, 0 destroyed", count)) {
		generated, err := os.ReadFile(filepath.Join(c.dir, "generated.tf"))
		c.t.Errorf("want %d resources to be imported and nothing else:\n%s\n%s\n%v", count, out, generated, err)
	}
	c.expectNoChanges()
}

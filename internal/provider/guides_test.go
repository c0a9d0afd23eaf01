package provider_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-chat/internal/chat"
)

// The commands of the guides are run as they are written, with the built provider and the
// emulator. A test names the commands of its guide; one that the guide does not have, or
// that no test runs, is a failure.

// guide is a guide of the documentation.
type guide struct {
	t    *testing.T
	text string
	// open are the commands that have not been run.
	open []command
}

// command is a line of a shell block.
type command struct {
	line string
	// shows is what the comment behind the command says that it prints.
	shows string
}

var fence = regexp.MustCompile("(?ms)^ *```([a-z]+)\n(.*?)^ *```$")

// readGuide reads a guide as it is published.
func readGuide(t *testing.T, name string) *guide {
	t.Helper()
	return readCommands(t, "docs/guides/"+name+".md")
}

// readCommands reads a document of the repository that has commands.
func readCommands(t *testing.T, path string) *guide {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, path))
	if err != nil {
		t.Fatal(err)
	}
	g := &guide{t: t, text: string(text)}
	for _, block := range fence.FindAllStringSubmatch(g.text, -1) {
		if block[1] != "shell" {
			continue
		}
		for line := range strings.Lines(block[2]) {
			line, shows, _ := strings.Cut(strings.TrimSpace(line), "# ")
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "export ") {
				g.open = append(g.open, command{line, shows})
			}
		}
	}
	return g
}

// block returns the shortest block of a language that contains a text.
func (g *guide) block(language, containing string) string {
	g.t.Helper()
	var found string
	for _, block := range fence.FindAllStringSubmatch(g.text, -1) {
		if block[1] == language && strings.Contains(block[2], containing) && (found == "" || len(block[2]) < len(found)) {
			found = block[2]
		}
	}
	if found == "" {
		g.t.Fatalf("no block of %s contains %s", language, containing)
	}
	return found
}

// take takes a command from those that have not been run.
func (g *guide) take(line string) command {
	g.t.Helper()
	i := slices.IndexFunc(g.open, func(c command) bool { return c.line == line })
	if i < 0 {
		g.t.Fatalf("the guide has no command %q any more; left are %v", line, g.open)
	}
	c := g.open[i]
	g.open = slices.Delete(g.open, i, i+1)
	return c
}

// skip takes commands that are run elsewhere, or cannot be run.
func (g *guide) skip(lines ...string) {
	g.t.Helper()
	for _, line := range lines {
		g.take(line)
	}
}

// done checks that all commands of the guide were run.
func (g *guide) done() {
	g.t.Helper()
	if len(g.open) > 0 {
		g.t.Errorf("no test runs these commands of the guide: %v", g.open)
	}
}

// session is a folder in which commands of a guide are run. Terraform installs the
// provider there with init.
type session struct {
	*cli
	guide *guide
}

// session opens a copy of an example's folder, or an empty one, as an environment that
// configures the provider for the world's application.
func (g *guide) session(t *testing.T, example string, w *world) *session {
	t.Helper()
	if example != "" {
		example = filepath.Join(examples, example)
	}
	c := newCLI(t, example, environmentOf(w))
	binaries := t.TempDir()
	terraform, err := exec.LookPath(commandLine())
	if err == nil {
		terraform, err = filepath.Abs(terraform)
	}
	if err == nil {
		err = os.Symlink(terraform, filepath.Join(binaries, "terraform"))
	}
	if err != nil {
		t.Fatal(err)
	}
	rc := filepath.Join(binaries, "cli.tfrc")
	c.writeTo(rc, fmt.Sprintf("provider_installation {\n filesystem_mirror {\n path = %q\n }\n}\n", filepath.ToSlash(mirror(t))))
	c.env = append(c.env, "TF_CLI_CONFIG_FILE="+rc, "PATH="+binaries+string(filepath.ListSeparator)+os.Getenv("PATH"),
		"TF_CLI_ARGS_apply=-auto-approve", "TF_CLI_ARGS_destroy=-auto-approve")
	return &session{cli: c, guide: g}
}

// exampleVersion is the version of the provider that the examples ask for.
const exampleVersion = "0.1.0"

// mirror is a folder from which init installs the built provider.
func mirror(t *testing.T) string {
	t.Helper()
	built, err := buildProvider()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		folder := filepath.Join(dir, host, "chat", "chat", exampleVersion, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(built, "terraform-provider-chat"), filepath.Join(folder, "terraform-provider-chat_v"+exampleVersion)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var colors = regexp.MustCompile("\x1b\\[[0-9;]*m")

// shell runs a command line and returns what it printed, and its exit code.
func (s *session) shell(line string) (string, int) {
	s.t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		s.t.Fatal(err)
	}
	return colors.ReplaceAllString(string(out), ""), cmd.ProcessState.ExitCode()
}

// follow runs a command of the guide, which must end with an exit code and print what the
// guide says.
func (s *session) follow(line string, code int) string {
	s.t.Helper()
	c := s.guide.take(line)
	out, got := s.shell(line)
	if got != code {
		s.t.Fatalf("%s: exit code %d, not %d\n%s", line, got, code, out)
	}
	if c.shows != "" && !strings.Contains(out, c.shows) {
		s.t.Errorf("%s: the guide says that it prints %q:\n%s", line, c.shows, out)
	}
	return out
}

// also runs a command that is not one of the guide's.
func (s *session) also(line string, code int) string {
	s.t.Helper()
	out, got := s.shell(line)
	if got != code {
		s.t.Fatalf("%s: exit code %d, not %d\n%s", line, got, code, out)
	}
	return out
}

// stable checks that a plan has nothing to do.
func (s *session) stable() {
	s.t.Helper()
	s.also("terraform plan -detailed-exitcode", 0)
}

// edit changes a file as the guide describes.
func (s *session) edit(name string, change func(text string) string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	changed := change(string(text))
	if changed == string(text) {
		s.t.Fatalf("%s has nothing to change:\n%s", name, text)
	}
	s.writeTo(path, changed)
}

// dropping returns a change that removes what matches.
func dropping(pattern string) func(string) string {
	return func(text string) string { return regexp.MustCompile(`(?ms)`+pattern).ReplaceAllString(text, "") }
}

// hasCommand reports whether the command line has a command, whatever its version.
func hasCommand(command string) bool {
	out, _ := exec.Command(commandLine(), "-help").CombinedOutput()
	return regexp.MustCompile(`(?m)^\s+` + command + `\s`).Match(out)
}

// isCommandLine reports whether the tests run a product in one of some versions.
func isCommandLine(product, versions string) bool {
	under, err := commandLineProduct()
	got, problem := commandLineVersion()
	return err == nil && problem == nil && under == product && version.MustConstraints(version.NewConstraint(versions)).Check(got.Core())
}

// guideWorld is an application with the names of the guides in it. Windows has no shell
// and no symbolic links for this.
func guideWorld(t *testing.T, platform string) *world {
	t.Helper()
	skipBelow(t, tfversion.Version1_11_0)
	if _, err := exec.LookPath("sh"); err != nil || runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	w := emulatorWorld(t, platform)
	w.prefix = ""
	return w
}

func TestAccGuide_seedingStaging(t *testing.T) {
	t.Parallel()
	for platform := range platformsUnderTest {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w, ctx := guideWorld(t, platform), context.Background()
			w.register("stranger", "pass-1")
			g := readGuide(t, "seeding-staging")
			s := g.session(t, "seed-staging", w)
			s.follow("terraform init", 0)
			s.follow("terraform apply", 0)
			// Easemob deletes the group with its owner, which the apply reports.
			s.also(`terraform apply -replace='chat_user.staff["alice"]'`, map[string]int{"easemob": 1, "jmessage": 0}[platform])
			s.also("terraform apply", 0)
			s.stable()

			// What others do to what is not declared is no drift.
			w.register("another", "pass-1")
			w.must(chat.Single(w.admin.Contacts.Add(ctx, "alice", chat.Refs("stranger"))))
			w.must(chat.Single(w.admin.Blocks.Add(ctx, "alice", chat.Refs("another"))))
			s.follow("terraform plan -detailed-exitcode", 0)
			w.must(w.admin.Users.Update(ctx, "alice", chat.Settings{Nickname: ptr("Somebody")}))
			s.also("terraform plan -detailed-exitcode", 2)
			s.also("terraform apply", 0)
			team := w.chatGroup("Team").ID
			w.must(chat.Single(w.admin.GroupMembers.Remove(ctx, team, chat.Refs("bruno"))))
			w.must(chat.Single(w.admin.GroupMembers.Add(ctx, team, chat.Refs("stranger"))))
			s.also("terraform plan -detailed-exitcode", 2)
			s.also("terraform apply", 0)
			if got := w.memberNames(team); !slices.Equal(got, []string{"alice", "bruno", "chiara", "farah"}) {
				t.Errorf("the members of the group are %v", got)
			}

			s.follow("terraform -chdir=report init", 0)
			if out := s.follow("terraform -chdir=report apply", 0); !strings.Contains(out, `"another",`) || !strings.Contains(out, `"stranger",`) {
				t.Errorf("the report does not name the others:\n%s", out)
			}

			s.also("terraform apply", 0)
			s.edit("users.csv", dropping(`^farah,.*?\n`))
			if out := onOneLine(s.follow("terraform plan", 0)); !strings.Contains(out, "Skipped, because they name a user who is not in users.csv, or a chat that is not in chats.csv: Team/farah, alice/farah, bruno/farah, dmitri/farah, emeka/farah.") {
				t.Errorf("no warning of the rows that are skipped:\n%s", out)
			}
			s.follow("terraform apply", 0)
			if !w.gone("farah") || w.gone("emeka") {
				t.Error("removing a line did not delete its user, or deleted others")
			}
			s.edit("contacts.csv", dropping(`^[a-z]+,farah\n`))
			s.edit("blocks.csv", dropping(`^[a-z]+,farah\n`))
			s.edit("members.csv", dropping(`^Team,farah\n`))
			if out := s.also("terraform plan -detailed-exitcode", 0); strings.Contains(out, "Skipped") {
				t.Errorf("the check still warns:\n%s", out)
			}

			// A group keeps its other members when its owner is removed, if it got another one first.
			s.edit("chats.csv", func(text string) string { return strings.Replace(text, "Team,group,alice", "Team,group,bruno", 1) })
			s.edit("members.csv", dropping(`^Team,bruno\n`))
			s.also("terraform apply", 0)
			s.also("terraform apply", 0)
			s.stable()
			s.edit("users.csv", dropping(`^alice,.*?\n`))
			s.also("terraform apply", 0)
			if after := w.chatGroup("Team"); after.ID != team || !slices.Equal(w.memberNames(after.ID), []string{"bruno", "chiara"}) {
				t.Errorf("the group was not kept: %+v with the members %v", after, w.memberNames(after.ID))
			}

			s.follow("terraform destroy", 0)
			if w.gone("stranger") || w.gone("another") || !w.gone("alice") {
				t.Error("the destroy deleted other users, or not those in the state")
			}
			g.done()
		})
	}
}

// chatGroup returns the only group of the application, which has a name.
func (w *world) chatGroup(name string) *chat.Group {
	w.t.Helper()
	ctx := context.Background()
	list, err := w.admin.Groups.List(ctx, "", "")
	w.must(err)
	if len(list.Items) != 1 {
		w.t.Fatalf("the application has %d groups, not one", len(list.Items))
	}
	groups, err := w.admin.Groups.Get(ctx, []string{list.Items[0].ID})
	w.must(err)
	if groups[0] == nil || groups[0].Name == nil || *groups[0].Name != name {
		w.t.Fatalf("the group of the application is %+v", groups[0])
	}
	return groups[0]
}

// memberNames returns the names of all members of a group, sorted.
func (w *world) memberNames(group string) []string {
	w.t.Helper()
	members, err := w.admin.GroupMembers.List(context.Background(), group)
	w.must(err)
	var names []string
	for _, member := range members {
		names = append(names, member.Username)
	}
	slices.Sort(names)
	return names
}

func TestAccGuide_existingApplication(t *testing.T) {
	t.Parallel()
	w, ctx := guideWorld(t, "easemob"), context.Background()
	for _, name := range []string{"alice", "bob"} {
		w.register(name, "theirs")
	}
	w.must(w.admin.Users.Update(ctx, "alice", chat.Settings{Nickname: ptr("Alice")}))
	w.must(chat.Single(w.admin.Contacts.Add(ctx, "alice", chat.Refs("bob"))))
	w.must(chat.Single(w.admin.Blocks.Add(ctx, "bob", chat.Refs("alice"))))
	before := w.held()
	g := readGuide(t, "existing-application")

	if s := g.session(t, "existing-application/query", w); hasCommand("query") {
		s.also("terraform init", 0)
		out := onOneLine(s.follow("terraform query", 0))
		for line := range strings.Lines(g.block("text", "list.chat_user.all")) {
			if line = onOneLine(line); !strings.Contains(out, line) {
				t.Errorf("the guide says that %q is printed:\n%s", line, out)
			}
		}
		s.follow("terraform query -generate-config-out=application.tf", 0)
		s.edit("application.tf", func(generated string) string {
			if part := g.block("terraform", `resource "chat_user" "all_0"`); !strings.Contains(generated, part) {
				t.Errorf("the guide says that this is generated:\n%s\ngot\n%s", part, generated)
			}
			oneDirection := `^resource "chat_contact" "\w+" \{[^}]*owner += "bob"[^}]*\}\s*^import \{.*?^\}\n`
			return dropping(oneDirection)(generated)
		})
		s.follow("terraform plan", 0)
		s.follow("terraform apply", 0)
		s.stable()
	} else {
		g.skip("terraform query", "terraform query -generate-config-out=application.tf", "terraform plan", "terraform apply")
	}

	s := g.session(t, "", w)
	single := g.block("terraform", "import {\n  to = chat_user.alice\n  id = \"alice\"")
	generating := single
	if isCommandLine("Terraform", ">= 1.16") {
		generating = strings.Replace(single, "import {", "import {\n  provider = chat", 1)
	}
	s.write("main.tf", requireChat+generating)
	s.also("terraform init", 0)
	s.follow("terraform plan -generate-config-out=application.tf", 0)
	s.write("main.tf", requireChat+single)
	s.also("terraform apply", 0)
	s.stable()

	s = g.session(t, "existing-application", w)
	s.also("terraform init", 0)
	s.follow("terraform apply", 0)
	s.follow("terraform output -json usernames > users.json", 0)
	s.edit("main.tf", func(text string) string {
		text = strings.ReplaceAll(text, "data.chat_users.all.usernames", `jsondecode(file("users.json"))`)
		for _, block := range []string{"data", "output", "import"} {
			text = dropping(`^` + block + ` .*?^\}\n`)(text)
		}
		return text
	})
	s.also("terraform apply", 0)
	w.register("newcomer", "theirs")
	s.stable()
	w.remove("newcomer")
	if diff := cmp.Diff(before, w.held()); diff != "" {
		t.Errorf("importing changed the application (-before +after):\n%s", diff)
	}

	w.registerNumbered(4998) // with alice and bob, as many as the guide speaks of
	before = w.held()
	s = g.session(t, "existing-application/many", w)
	s.also("terraform init", 0)
	w.emulator.requests()
	s.follow("terraform plan", 0)
	if n := w.emulator.requests(); n.Total > 2*50+1 {
		t.Errorf("the plan read the 50 pages of the list more than twice: %v", n.Routes)
	}
	s.follow("terraform apply", 0)
	s.follow("terraform output -json users > users.json", 0)
	s.edit("main.tf", func(text string) string {
		for _, block := range []string{"data", "output", "import"} {
			text = dropping(`^` + block + ` .*?^\}\n`)(text)
		}
		return regexp.MustCompile(`users       = .*`).ReplaceAllString(text, `users = jsondecode(file("users.json"))`)
	})
	s.also("terraform apply", 0)
	s.stable()
	if diff := cmp.Diff(before, w.held()); diff != "" {
		t.Errorf("importing changed the application (-before +after):\n%s", diff)
	}
	g.done()
}

// Moving users from chat_user to chat_users changes nothing on the platform.
func TestAccGuide_largeApplications(t *testing.T) {
	t.Parallel()
	for platform := range platformsUnderTest {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := guideWorld(t, platform)
			g := readGuide(t, "large-applications")
			g.skip("TF_LOG_PROVIDER=INFO TF_LOG_PATH=apply.log terraform apply")
			g.skip("tail -f apply.log | grep --line-buffered ' per second'")
			s := g.session(t, "move-to-chat-users/before", w)
			s.also("terraform init", 0)
			s.follow("terraform apply -parallelism=60", 0)
			before := w.held()
			w.emulator.requests()
			after, err := os.ReadFile(filepath.Join(examples, "move-to-chat-users", "after", "main.tf"))
			w.must(err)
			s.write("main.tf", string(after))
			if platform == "jmessage" {
				// Whether a user is activated cannot be read, so that it is set once.
				g.skip("terraform plan")
			} else {
				s.follow("terraform plan", 0)
			}
			s.follow("terraform apply", 0)
			n := w.emulator.requests()
			if platform == "easemob" && n.writes() > 0 {
				t.Errorf("the move wrote: %v", n.Routes)
			}
			delete(n.Routes, "PUT /v1/users/{username}/forbidden")
			if n.writes() > 0 {
				t.Errorf("the move wrote more than activations: %v", n.Routes)
			}
			if diff := cmp.Diff(before, w.held()); diff != "" {
				t.Errorf("the move changed the application (-before +after):\n%s", diff)
			}
			s.edit("main.tf", dropping(`^(removed|import) \{.*?^\}\n`))
			s.stable()

			// All users are created again, and so are the contacts, in the same run.
			s.also("terraform apply -replace=chat_users.all", 0)
			s.stable()
			if list, err := w.admin.Contacts.List(context.Background(), "support"); err != nil || len(list) != 3 {
				t.Errorf("after a replacement, support has %d contacts: %v", len(list), err)
			}
			g.done()
		})
	}
}

// The snippets of the guide are one configuration.
func TestAccGuide_largeApplicationsSnippets(t *testing.T) {
	t.Parallel()
	w := guideWorld(t, "easemob")
	w.register("support", "pass-1")
	g := readGuide(t, "large-applications")
	s := g.session(t, "", w)
	s.write("users.csv", "username,nickname\nload-1,One\nload-2,Two\n")
	s.write("main.tf", requireChat+g.block("terraform", `resource "chat_users" "load_test"`)+g.block("terraform", `resource "chat_contact" "support" {
  for_each = local.users`)+g.block("terraform", "requests_per_second = 20"))
	s.also("terraform init", 0)
	s.also("terraform apply", 0)
	s.stable()
}

func TestAccGuide_ciAndPipelines(t *testing.T) {
	t.Parallel()
	w := guideWorld(t, "easemob")
	g := readGuide(t, "ci-and-pipelines")
	s := g.session(t, "seed-staging", w)
	s.follow("terraform init -input=false", 0)
	s.follow("terraform plan -input=false -out=tfplan", 0)
	s.follow("terraform init -input=false", 0)
	out := onOneLine(s.also("env -u TF_VAR_initial_password terraform apply -input=false tfplan", 1))
	if want := "No value for required variable"; !strings.Contains(out, want) || !strings.Contains(g.text, want) {
		t.Errorf("the guide says that %q is printed:\n%s", want, out)
	}
	s.follow("terraform apply -input=false tfplan", 0)
	if out := s.also("terraform apply -input=false tfplan", 1); !strings.Contains(out, "Saved plan is stale") {
		t.Errorf("the guide says that the plan is stale:\n%s", out)
	}
	plan, err := os.ReadFile(filepath.Join(s.dir, "tfplan"))
	w.must(err)
	if strings.Contains(string(plan), "pass-1") {
		t.Error("the password is in the plan")
	}
	const drift = "terraform plan -input=false -lock=false -detailed-exitcode"
	s.follow(drift, 0)
	w.remove("emeka")
	s.also(drift, 2)
	w.emulator.faults(fault{Path: "/users", Status: http.StatusUnauthorized, Body: "{}", Times: 1000})
	s.also(drift, 1)
	w.emulator.faults()
	s.follow("terraform apply -input=false -lock-timeout=5m", 0)
	s.also(drift, 0)
	g.skip("make install VERSION=0.1.0") // TestAccREADME runs it
	g.done()
}

func TestAccGuide_environments(t *testing.T) {
	t.Parallel()
	w := guideWorld(t, "easemob")
	other := w.other()
	g := readGuide(t, "environments")
	s := g.session(t, "workspaces", w)
	s.follow("terraform init", 0)
	if out := s.also("terraform plan", 1); !strings.Contains(out, "Invalid index") || !strings.Contains(g.text, "fails with `Invalid index`") {
		t.Errorf("the guide says that the plan of the workspace default fails with an invalid index:\n%s", out)
	}
	for _, application := range []struct {
		name string
		w    *world
	}{{"staging", w}, {"production", other}} {
		s.follow("terraform workspace new "+application.name, 0)
		s.follow("terraform apply", 0)
		if application.w.gone("support") {
			t.Errorf("%s did not get its user", application.name)
		}
	}
	if other.gone("support") || w.gone("support") {
		t.Error("a workspace changed the application of another")
	}
	s.edit("main.tf", func(text string) string {
		return strings.Replace(text, "app_key = local.app_keys[terraform.workspace]", "", 1)
	})
	s.also("terraform workspace select production", 0)
	// The environment still names the application of the other workspace.
	if out := s.also("terraform plan", 1); !strings.Contains(out, "The state belongs to another application") {
		t.Errorf("the plan is not refused:\n%s", out)
	}

	s = g.session(t, "two-applications", w)
	for variable, values := range map[string]string{"client_ids": easemobClientID, "client_secrets": easemobClientSecret} {
		s.env = append(s.env, fmt.Sprintf(`TF_VAR_%s={"testapp":%q,"otherapp":%q}`, variable, values, values))
	}
	w.remove("support")
	other.remove("support")
	s.env = append(s.env, "TF_VAR_base_url="+w.emulator.url)
	s.also("terraform init", 0)
	s.also("terraform apply", 0)
	if w.gone("support") || other.gone("support") {
		t.Error("the two provider blocks do not serve two applications")
	}
	s.stable()
	s.edit("main.tf", func(text string) string { return strings.Replace(text, "provider = chat.other", "", 1) })
	if out := s.also("terraform plan", 1); !strings.Contains(out, "The state belongs to another application") {
		t.Errorf("the plan is not refused:\n%s", out)
	}
	g.done()
}

func TestAccGuide_failures(t *testing.T) {
	t.Parallel()
	w := guideWorld(t, "easemob")
	g := readGuide(t, "failures")
	s := g.session(t, "", w)
	s.write("main.tf", requireChat+`
resource "chat_users" "team" {
  users       = { for i in range(90) : format("user-%03d", i) => {} }
  password_wo = "pass-1"
}
`)
	s.also("terraform init", 0)
	w.emulator.faults(fault{Method: http.MethodPost, Path: "/users$", Status: http.StatusTooManyRequests,
		Body: `{"error":"resource_limited","error_description":"You have exceeded the limit of the Free edition"}`})
	s.also("terraform apply", 1)
	kept := w.uuids(90)
	s.follow("terraform untaint chat_users.team", 0)
	s.also("terraform apply", 0)
	s.stable()
	for name, uuid := range w.uuids(90) {
		if before, ok := kept[name]; ok && before != uuid {
			t.Errorf("%s was created again", name)
		}
	}
	if len(kept) == 0 || len(kept) == 90 {
		t.Errorf("%d of 90 users were created first", len(kept))
	}

	// As after a killed run with a file: users exist that are in no state.
	killed := g.session(t, "", w)
	killed.write("users.csv", "username\nuser-000\nuser-001\nlater\n")
	killed.write("main.tf", requireChat+`
resource "chat_users" "team" {
  source      = "users.csv"
  password_wo = "pass-2"
}
`)
	killed.also("terraform init", 0)
	if out := killed.also("terraform apply", 1); !strings.Contains(out, "exist already") {
		t.Errorf("users were taken over without an import:\n%s", out)
	}
	before := w.uuids(90)
	killed.follow("terraform import chat_users.team users.csv", 0)
	killed.also("terraform apply", 0)
	killed.stable()
	if !maps.Equal(before, w.uuids(90)) || w.gone("later") {
		t.Error("the import and the apply did not keep the users and create the missing one")
	}

	s.env = append(s.env, "EASEMOB_APP_KEY="+easemobOtherKey)
	want := onOneLine(g.block("text", "Error: The state belongs to another application"))
	_, detail, _ := strings.Cut(want, "application This")
	if out := onOneLine(s.also("terraform plan", 1)); !strings.Contains(out, "Error: The state belongs to another application") || !strings.Contains(out, detail) {
		t.Errorf("the guide says that this is printed:\n%s\ngot\n%s", want, out)
	}
	g.done()
}

// With the triggers of the guide, a group and its members are there again after a run that
// replaces a user.
func TestAccGuide_failuresTriggers(t *testing.T) {
	t.Parallel()
	for platform := range platformsUnderTest {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := guideWorld(t, platform)
			g := readGuide(t, "failures")
			s := g.session(t, "", w)
			s.write("main.tf", requireChat+`
resource "chat_user" "alice" {
  username = "alice"
  password = "pass-1"
}

resource "chat_user" "bob" {
  username = "bobby"
  password = "pass-1"
}
`+g.block("terraform", `owner   = chat_user.alice.id`)+g.block("terraform", `resource "chat_group" "team"`))
			s.also("terraform init", 0)
			s.also("terraform apply", 0)
			for _, replaced := range []string{"alice", "bob"} {
				s.also("terraform apply -replace=chat_user."+replaced, 0)
				s.stable()
				if got := w.memberNames(w.chatGroup("Team").ID); !slices.Equal(got, []string{"alice", "bobby"}) {
					t.Errorf("after the replacement of %s, the members are %v", replaced, got)
				}
			}
		})
	}
}

func TestAccGuide_genericRESTProvider(t *testing.T) {
	t.Parallel()
	w := guideWorld(t, "easemob")
	for name, nickname := range map[string]string{"alice": "Alice", "bruno": "Bruno"} {
		w.register(name, "theirs")
		w.must(w.admin.Users.Update(context.Background(), name, chat.Settings{Nickname: ptr(nickname)}))
	}
	w.must(chat.Single(w.admin.Contacts.Add(context.Background(), "alice", chat.Refs("bruno"))))
	before := w.held()
	g := readGuide(t, "generic-rest-provider")
	s := g.session(t, "from-generic-rest", w)
	s.also("terraform init", 0)
	s.follow("terraform plan", 0)
	s.follow("terraform apply", 0)
	if diff := cmp.Diff(before, w.held()); diff != "" {
		t.Errorf("the move changed the application (-before +after):\n%s", diff)
	}
	s.edit("main.tf", dropping(`^(removed|import) \{.*?^\}\n`))
	s.stable()
	g.done()
}

func TestAccGuide_troubleshooting(t *testing.T) {
	t.Parallel()
	w := guideWorld(t, "easemob")
	g := readGuide(t, "troubleshooting")
	s := g.session(t, "seed-staging", w)
	s.also("terraform init", 0)
	s.also("terraform apply", 0)
	out := s.follow("TF_LOG_PROVIDER=DEBUG terraform plan", 0)
	if !strings.Contains(out, "platform call: ") || !strings.Contains(out, "/chat-demo/testapp/users") {
		t.Errorf("the log has no requests:\n%s", out)
	}
	g.done()
}

func TestAccGuide_upgrading(t *testing.T) {
	t.Parallel()
	w := guideWorld(t, "easemob")
	g := readGuide(t, "upgrading")
	s := g.session(t, "", w)
	s.write("main.tf", g.block("terraform", `version = "~> `)+`
resource "chat_user" "alice" {
  username = "alice"
  password = "pass-1"
}
`)
	s.also("terraform init", 0)
	s.also("terraform apply", 0)
	s.follow("terraform init -upgrade", 0)
	if out := s.follow("terraform plan", 0); !strings.Contains(out, "No changes.") {
		t.Errorf("the plan is not empty:\n%s", out)
	}
	g.done()
}

// Guides whose commands no test above runs have none.
func TestGuides_commandsAreRun(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var tests []byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests = append(tests, text...)
	}
	for _, name := range guideNames(t) {
		if g := readGuide(t, name); len(g.open) > 0 && !strings.Contains(string(tests), fmt.Sprintf("readGuide(t, %q)", name)) {
			t.Errorf("no test runs the commands of the guide %s: %v", name, g.open)
		}
	}
}

// guideNames are the names of all guides.
func guideNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../docs/guides/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no guides: %v", err)
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".md"))
	}
	return names
}

// The README leads from a checkout to a seeded application, and "make install" puts the
// provider where init finds it without further configuration.
func TestAccREADME(t *testing.T) {
	t.Parallel()
	w := guideWorld(t, "easemob")
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("needs make")
	}
	g := readCommands(t, "README.md")
	g.skip("make demo", "make test") // CI runs both
	s := g.session(t, "", w)
	folder := filepath.Join(s.dir, "examples", "seed-staging")
	w.must(os.CopyFS(folder, os.DirFS(filepath.Join(examples, "seed-staging"))))
	home := t.TempDir()
	environment := map[string]string{"HOME": home, "TF_CLI_CONFIG_FILE": os.DevNull}
	for _, variable := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS"} {
		value, err := exec.Command("go", "env", variable).Output()
		w.must(err)
		environment[variable] = strings.TrimSpace(string(value))
	}
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		s.env = append(s.env, name+"="+environment[name])
	}
	checkout := s.dir
	s.dir = repository
	s.follow("make install VERSION=0.1.0", 0)
	s.dir = checkout
	if isCommandLine("OpenTofu", ">= 0") {
		s.edit("examples/seed-staging/main.tf", func(text string) string {
			return strings.Replace(text, `"chat/chat"`, `"registry.terraform.io/chat/chat"`, 1)
		})
	}
	s.follow("terraform -chdir=examples/seed-staging init", 0)
	s.follow("terraform -chdir=examples/seed-staging apply", 0)
	if w.gone("alice") {
		t.Error("the application was not seeded")
	}
	if out := s.follow("terraform -chdir=examples/seed-staging output", 0); !strings.Contains(out, "Alice Archer") {
		t.Errorf("the outputs do not show the users:\n%s", out)
	}
	s.follow("terraform -chdir=examples/seed-staging plan -detailed-exitcode", 0)
	s.follow("terraform -chdir=examples/seed-staging destroy", 0)
	if !w.gone("alice") {
		t.Error("the application was not emptied")
	}
	g.done()
}

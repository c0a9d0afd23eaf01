package provider_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-chat/internal/chat"
)

// sourceWorld is a command line with a resource that takes its users from users.csv.
type sourceWorld struct {
	*world
	*cli
}

// emulatedSources runs a test on an emulator of each platform.
func emulatedSources(t *testing.T, test func(t *testing.T, s *sourceWorld)) {
	t.Helper()
	skipBelow(t, tfversion.Version1_11_0)
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		test(t, newSourceWorld(t, w))
	})
}

func newSourceWorld(t *testing.T, w *world) *sourceWorld {
	t.Helper()
	w.prefix = ""
	s := &sourceWorld{world: w, cli: newCLI(t, "", environmentOf(w))}
	s.declare("users.csv", `password_wo = "pass-1"`)
	return s
}

// run runs a command that must succeed and returns its output.
func (s *sourceWorld) run(args ...string) string { return s.cli.run(args...) }

// declare writes the configuration: the path of the file and further arguments.
func (s *sourceWorld) declare(source, arguments string) {
	s.declareWith("", source, arguments)
}

// declareWith is declare with arguments of the provider.
func (s *sourceWorld) declareWith(provider, source, arguments string) {
	s.world.t.Helper()
	s.write("main.tf", requireChat+fmt.Sprintf(`
provider "chat" {
  %s
}

resource "chat_users" "team" {
  source = %q
  %s
}
`, provider, source, arguments))
}

// csv writes users.csv.
func (s *sourceWorld) csv(lines ...string) {
	s.world.t.Helper()
	s.write("users.csv", strings.Join(lines, "\n")+"\n")
}

// numbered writes users.csv with the users user-000, user-001 and so on.
func (s *sourceWorld) numbered(count int) {
	s.world.t.Helper()
	lines := []string{"username"}
	for i := range count {
		lines = append(lines, fmt.Sprintf("user-%03d", i))
	}
	s.csv(lines...)
}

// attributes are those of the resource in the state.
func (s *sourceWorld) attributes() map[string]any {
	s.world.t.Helper()
	var state struct {
		Resources []struct {
			Instances []struct {
				Attributes map[string]any `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	text, err := os.ReadFile(filepath.Join(s.dir, "terraform.tfstate"))
	if err == nil {
		err = json.Unmarshal(text, &state)
	}
	if err != nil {
		s.world.t.Fatal(err)
	}
	for _, r := range state.Resources {
		return r.Instances[0].Attributes
	}
	return nil
}

// expect checks results of world's checks.
func (s *sourceWorld) expect(checks ...func() error) {
	s.world.t.Helper()
	if err := all(checks...)(nil); err != nil {
		s.world.t.Error(err)
	}
}

// expectThere checks that exactly these users exist.
func (s *sourceWorld) expectThere(count int) {
	s.world.t.Helper()
	if names := s.usernames(); len(names) != count {
		s.world.t.Errorf("want %d users, got %d: %v", count, len(names), names)
	}
}

// refused runs a command that must fail with an error that matches.
func (s *sourceWorld) refused(pattern string, args ...string) string {
	s.world.t.Helper()
	out, code := s.try(append(args, "-no-color")...)
	out = onOneLine(out)
	if code == 0 || !regexp.MustCompile(pattern).MatchString(out) {
		s.world.t.Errorf("%v: exit code %d, want an error like %q in\n%s", args, code, pattern, out)
	}
	return out
}

// printed checks that an output matches.
func (s *sourceWorld) printed(out string, patterns ...string) {
	s.world.t.Helper()
	out = onOneLine(out)
	for _, pattern := range patterns {
		if !regexp.MustCompile(pattern).MatchString(out) {
			s.world.t.Errorf("want %q in\n%s", pattern, out)
		}
	}
}

func TestAccUsersSource_lifecycle(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.csv("username,nickname,activated", "alice,Alice,", "bobby,,false", `carol,"Ca, ""rol""",true`)
		s.apply()
		s.expect(s.hasNickname("alice", "Alice"), s.hasNickname("carol", `Ca, "rol"`), s.hasPassword("bobby", "pass-1"))
		if err := s.expectActivated("bobby", false); err != nil {
			t.Error(err)
		}
		if a := s.attributes(); a["user_count"] != 3.0 || a["users"] != nil || fmt.Sprint(a["drift"]) != "map[changed:0 missing:0]" || len(fmt.Sprint(a["content_sha256"])) != 64 {
			t.Errorf("state: %v", a)
		}
		s.expectNoChanges()

		s.csv("username,nickname,activated", "alice,Alicia,", "bobby,,true", "dave,Dave,")
		s.printed(s.apply(), `create 1, change 2, delete 1`, `create: "dave"\. change: "alice", "bobby"\. delete: "carol"`)
		s.expect(s.hasNickname("alice", "Alicia"), s.hasNickname("dave", "Dave"))
		if err := s.expectActivated("bobby", true); err != nil {
			t.Error(err)
		}
		if !s.gone("carol") {
			t.Error("carol still exists")
		}
		s.expectNoChanges()

		s.printed(s.destroy(), `delete 3`)
		s.expectThere(0)
	})
}

func TestAccUsersSource_whatIsOmittedIsLeftAlone(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.csv("username,nickname", "alice,", "bobby,Bob")
		s.apply()
		s.setNickname("alice", "Ally")
		s.expectNoChanges()
		s.csv("username", "alice", "bobby")
		s.forgetRequests()
		s.apply()
		s.expect(s.wrote(0), s.hasNickname("alice", "Ally"), s.hasNickname("bobby", "Bob"))
		// JSON Lines tell an empty nickname from none.
		s.write("users.jsonl", `{"username": "alice", "nickname": ""}`+"\n"+`{"username": "bobby", "nickname": null}`+"\n")
		s.declare("users.jsonl", `password_wo = "pass-1"`)
		s.forgetRequests()
		s.apply()
		s.expect(s.wrote(1), s.hasNickname("bobby", "Bob"))
		if nickname := s.user("alice").Nickname; nickname != nil && *nickname != "" {
			t.Errorf("alice is still called %q", *nickname)
		}
		s.expectNoChanges()
	})
}

func TestAccUsersSource_driftIsPlannedBack(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.csv("username,nickname", "alice,Alice", "bobby,Bob", "carol,", "dave,Dave", "erin,")
		s.apply()
		s.setNickname("bobby", "Robert")
		s.remove("carol")
		s.remove("dave")
		out := s.run("plan", "-no-color")
		s.printed(out, `missing = 2 -> 0`, `changed = 1 -> 0`, `create 2, change 1`, `create: "carol", "dave"\. change: "bobby"`)
		s.run("apply", "-refresh-only", "-auto-approve", "-no-color")
		if drift := fmt.Sprint(s.attributes()["drift"]); drift != "map[changed:1 missing:2]" {
			t.Errorf("drift: %v", drift)
		}
		s.apply()
		s.expect(s.hasNickname("bobby", "Bob"), s.hasNickname("dave", "Dave"), s.hasPassword("carol", "pass-1"))
		if drift := fmt.Sprint(s.attributes()["drift"]); drift != "map[changed:0 missing:0]" {
			t.Errorf("drift: %v", drift)
		}
		s.expectNoChanges()
	})
}

func TestAccUsersSource_reregisteredUsersAreTakenOverAndNotDestroyed(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.csv("username", "alice", "bobby")
		s.apply()
		s.reregister("alice", "theirs")
		s.printed(s.run("plan", "-no-color"), `Users are not the ones in the state.*"alice"`, `take over 1`, `changed = 1 -> 0`)
		s.apply()
		s.expect(s.hasPassword("alice", "pass-1"))
		s.expectNoChanges()
		s.reregister("bobby", "theirs")
		s.printed(s.destroy(), `Users are not the ones in the state.*"bobby"`)
		s.expectThere(1)
		s.expect(s.hasPassword("bobby", "theirs"))
	})
}

func TestAccUsersSource_passwords(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.csv("username,password", "alice,canary-a", "bobby,")
		s.apply()
		s.expect(s.hasPassword("alice", "canary-a"), s.hasPassword("bobby", "pass-1"))
		// Another password of a user that exists is written with another version.
		s.csv("username,password", "alice,canary-b", "bobby,", "carol,canary-c")
		s.apply()
		s.expect(s.hasPassword("alice", "canary-a"), s.hasPassword("carol", "canary-c"))
		s.declare("users.csv", `
  password_wo         = "pass-2"
  password_wo_version = 2`)
		s.printed(s.apply(), `change 3`)
		s.expect(s.hasPassword("alice", "canary-b"), s.hasPassword("bobby", "pass-2"), s.hasPassword("carol", "canary-c"))
		s.expectNoChanges()
		// Nothing of the passwords is in the state or a plan, at whatever level of encoding.
		s.csv("username,password", "alice,canary-d", "bobby,canary-e", "carol,canary-c", "dave,canary-f")
		s.run("plan", "-out", "plan.bin", "-no-color")
		for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
			text, err := os.ReadFile(filepath.Join(s.dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "canary") {
				t.Errorf("%s has a password", name)
			}
		}
		if out := s.run("show", "-json", "plan.bin"); strings.Contains(out, "canary") {
			t.Error("the plan has a password")
		}
		private := s.privateRoster()
		s.csv("username,password", "alice,canary-x", "bobby,canary-y", "carol,canary-z")
		s.run("apply", "-refresh-only", "-auto-approve", "-no-color")
		if s.privateRoster() != private {
			t.Error("the private state depends on passwords")
		}
		s.declare("users.csv", `passwords = { alice = "pass-3" }`)
		s.csv("username", "alice", "bobby", "carol", "erin")
		s.refused(`Missing passwords.*for 1 users: line 5: "erin"`, "plan")
	})
}

// privateRoster is the roster in the private state.
func (s *sourceWorld) privateRoster() string {
	s.world.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "terraform.tfstate"))
	if err != nil {
		s.world.t.Fatal(err)
	}
	encoded := regexp.MustCompile(`"private": "([^"]+)"`).FindSubmatch(text)
	if encoded == nil {
		s.world.t.Fatal("there is no private state")
	}
	decoded, err := base64.StdEncoding.DecodeString(string(encoded[1]))
	if err != nil {
		s.world.t.Fatal(err)
	}
	var keys map[string][]byte
	if err := json.Unmarshal(decoded, &keys); err != nil {
		s.world.t.Fatal(err)
	}
	return string(keys["roster"])
}

func TestAccUsersSource_renamedFileTouchesNobody(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.csv("username,nickname", "alice,Alice", "bobby,")
		s.apply()
		s.write("others.ndjson", "\xEF\xBB\xBF"+`{"nickname":"Alice","username":"alice"}`+"\r\n\r\n"+`{"username":"bobby","password":"pass-9"}`)
		s.declare("others.ndjson", `password_wo = "pass-1"`)
		before := s.attributes()["content_sha256"]
		s.forgetRequests()
		s.apply()
		s.expect(s.wrote(0))
		if after := s.attributes(); after["content_sha256"] != before || after["source"] != "others.ndjson" {
			t.Errorf("state: %v", after)
		}
		s.expectNoChanges()
	})
}

func TestAccUsersSource_switchingTouchesNobody(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		inState := func(users string) {
			s.write("main.tf", requireChat+fmt.Sprintf(`
resource "chat_users" "team" {
  users       = { %s }
  password_wo = "pass-1"
}
`, users))
		}
		inState(`alice = { nickname = "Alice", activated = false }, bobby = {}`)
		s.apply()
		s.setNickname("bobby", "Bob")
		s.csv("username,nickname,activated", "alice,Alice,false", "bobby,,")
		s.declare("users.csv", `password_wo = "pass-2"`)
		s.forgetRequests()
		s.apply()
		s.expect(s.wrote(0), s.hasPassword("alice", "pass-1"))
		s.expectNoChanges()
		inState(`alice = { nickname = "Alice", activated = false }, bobby = {}`)
		s.forgetRequests()
		s.apply()
		s.expect(s.wrote(0), s.hasPassword("alice", "pass-1"), s.hasNickname("bobby", "Bob"))
		if a := s.attributes(); a["user_count"] != nil || a["content_sha256"] != nil || a["drift"] != nil {
			t.Errorf("state: %v", a)
		}
		s.expectNoChanges()
		// A switch does what differs, and only that.
		s.csv("username,nickname,activated", "alice,Alicia,false", "carol,,")
		s.declare("users.csv", `password_wo = "pass-2"`)
		s.printed(s.apply(), `create 1, change 1, delete 1`)
		s.expect(s.hasPassword("carol", "pass-2"), s.hasNickname("alice", "Alicia"))
		s.expectThere(2)
		inState(`alice = { nickname = "Al" }, dave = {}`)
		s.apply()
		s.expect(s.hasNickname("alice", "Al"), s.hasPassword("dave", "pass-1"))
		s.expectThere(2)
		s.destroy()
		s.expectThere(0)
	})
}

func TestAccUsersSource_fileThatChangedSinceThePlanIsRefused(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.csv("username", "alice")
		s.run("plan", "-out", "plan.bin", "-no-color")
		s.csv("username", "alice", "bobby")
		s.refused(`Provider produced inconsistent final plan.*content_sha256`, "apply", "plan.bin")
		s.expectThere(0)
		s.apply()
		s.csv("username", "alice")
		s.run("plan", "-out", "plan.bin", "-no-color")
		s.csv("username", "bobby")
		s.refused(`Provider produced inconsistent final plan.*content_sha256`, "apply", "plan.bin")
		s.expectThere(2)
	})
}

// The provider itself refuses a file that changes after Terraform has compared the plans.
func TestUsersSource_fileThatChangesDuringTheApplyIsRefused(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		file := filepath.Join(t.TempDir(), "users.csv")
		write := func(text string) {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("username\nalice\n")
		r := w.wire()
		config := attrs{"source": file, "password_wo": "pass-1"}
		plan := r.planned("chat_users", instance{}, config)
		write("username\nalice\nbobby\n")
		if _, problems := r.applyPlan("chat_users", plan); len(problems) != 1 || !strings.Contains(problems[0], "has changed since the plan") {
			t.Errorf("problems: %q", problems)
		}
		if names := w.usernames(); len(names) > 0 {
			t.Errorf("there are %v", names)
		}
	})
}

func TestAccUsersSource_invalidConfigurationsAndFilesAreRefused(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.csv("username", "alice")
		s.apply()
		s.forgetRequests()
		for _, c := range []struct{ source, arguments, want string }{
			{"users.csv", `users = { bobby = {} }`, `only one of them can be set`},
			{"users.txt", ``, `Unknown kind of file.*\.csv, \.jsonl or \.ndjson`},
			{"nowhere.csv", ``, `The file does not exist.*nowhere\.csv`},
			{"users.csv", `password_wo_version = 1`, ``},
		} {
			s.declare(c.source, c.arguments)
			if c.want != "" {
				s.refused(c.want, "plan")
			} else {
				s.run("validate")
			}
		}
		s.write("main.tf", requireChat+`resource "chat_users" "team" {}`)
		s.refused(`one of them must be set`, "plan")

		s.declare("users.csv", `password_wo = "pass-1"`)
		for want, text := range map[string]string{
			`The file has 3 errors\. Nothing was changed.*line 2, column 1: .*line 3, column 9: .*line 5, column 1: "alice" is in line 4`: "username,nickname\nal ice,\n\"bobby\"," +
				strings.Repeat("x", 300) + "\nalice,\nalice,\n",
			`The file has 1 error\. .*line 1, column 10: The header may have the columns username, nickname, activated, password`: "username,phone\nalice,1\n",
			`line 2, column 1: The row has 2 fields and the header 1`:                                                             "username\nalice,1\n",
			`Missing passwords.*`: "",
		} {
			if text == "" {
				s.declare("users.csv", "")
				text = "username\nalice\nbobby\n"
			}
			s.write("users.csv", text)
			s.refused(want, "plan")
		}
		if s.platform == "easemob" {
			s.declare("users.csv", `password_wo = "pass-1"`)
			s.csv("username", "alice", "Alice")
			s.refused(`"Alice" is the same user as "alice" in line 2`, "plan")
		}
		s.expect(s.wrote(0))
		// An empty file deletes nobody, and does not keep the resource from being destroyed.
		s.csv("username")
		s.printed(s.run("plan", "-no-color"), `The file has no users.*the apply will fail`)
		s.refused(`The file has no users`, "apply", "-auto-approve")
		s.expectThere(1)
		s.destroy()
		s.expectThere(0)
	})
}

func TestAccUsersSource_existingUsersAreRefusedOrAdopted(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.register("bobby", "before")
		s.csv("username,nickname", "alice,", "bobby,Bob")
		s.printed(s.run("plan", "-no-color"), `1 of 2 new users exist already.*"bobby": Unless they are gone by then, the apply will change nothing`)
		s.refused(`1 of 2 new users exist already.*"bobby"\. Nothing was changed.*terraform import`, "apply", "-auto-approve")
		s.expectThere(1)
		s.declareWith("adopt_existing = true", "users.csv", `password_wo = "pass-1"`)
		s.printed(s.apply(), `The apply takes them over as declared`)
		s.expect(s.hasPassword("bobby", "pass-1"), s.hasNickname("bobby", "Bob"))
		s.expectNoChanges()
	})
}

func TestAccUsersSource_importByPath(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.csv("username,nickname", "alice,Alice", "bobby,Bob", "carol,")
		s.refused(`Cannot import users that do not exist`, "import", "chat_users.team", "users.csv")
		for _, name := range []string{"alice", "bobby", "carol"} {
			s.register(name, "before")
		}
		s.setNickname("alice", "Alice")
		s.setNickname("bobby", "Bob")
		s.forgetRequests()
		s.run("import", "chat_users.team", "users.csv")
		s.expectNoChanges()
		s.expect(s.wrote(0), s.hasPassword("alice", "before"))

		s.run("state", "rm", "chat_users.team")
		s.remove("carol")
		s.setNickname("bobby", "Robert")
		s.run("import", "chat_users.team", "users.csv")
		s.printed(s.apply(), `create 1, change 1.*create: "carol"\. change: "bobby"`)
		s.expect(s.hasNickname("bobby", "Bob"), s.hasPassword("bobby", "before"), s.hasPassword("carol", "pass-1"))
		s.expectNoChanges()
		s.run("state", "rm", "chat_users.team")
		s.refused(`The file does not exist`, "import", "chat_users.team", "nowhere.csv")
	})
}

// An apply that fails for some rows reports them by line, keeps the others, and is
// completed by the next one.
func TestAccUsersSource_failedRowsAreReportedByLine(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.csv("username,nickname", "alice,Alice", "bobby,Bob")
		s.apply()
		s.emulator.faults(fault{Method: "PUT", Path: "/users/bobby$", Status: 400, Body: refusal, Times: -1})
		s.csv("username,nickname", "alice,Alicia", "carol,", "bobby,Robert")
		s.refused(`Could not change 1 of 2 users.*line 4: "bobby"`, "apply", "-auto-approve")
		s.expect(s.hasNickname("alice", "Alicia"), s.hasNickname("bobby", "Bob"))
		if a := s.attributes(); a["content_sha256"] != nil || a["user_count"] != 3.0 {
			t.Errorf("state: %v", a)
		}
		s.emulator.faults()
		s.forgetRequests()
		s.printed(s.apply(), `: change 1.*change: "bobby"`)
		s.expect(s.wrote(1), s.hasNickname("bobby", "Robert"))
		s.expectNoChanges()
	})
}

// loseHalf makes the second half of a creation of 90 users fail.
func (s *sourceWorld) loseHalf() {
	s.world.t.Helper()
	s.numbered(90)
	if s.platform == "jmessage" {
		// One call takes all: half of the users are there already, and hidden once.
		for i := 45; i < 90; i++ {
			s.register(fmt.Sprintf("user-%03d", i), "before")
		}
		s.emulator.advance(time.Hour)
		s.emulator.faults(
			// The plan, the plan of the apply, and the creation look for existing users.
			fault{Method: "GET", Path: "/users$", Status: 200, Body: `{"total":0,"start":0,"count":0,"users":[]}`, Times: 3},
		)
		return
	}
	s.emulator.faults(fault{Method: "POST", Path: "/users$", Status: 429, Body: `{"error":"resource_limited","error_description":"You have exceeded the limit of the Free edition"}`})
}

// removeHalf ends what loseHalf did.
func (s *sourceWorld) removeHalf() {
	s.world.t.Helper()
	s.emulator.faults()
	if s.platform != "jmessage" {
		return
	}
	for i := 45; i < 90; i++ {
		s.remove(fmt.Sprintf("user-%03d", i))
	}
}

// created are the creation times of users, which tell if one was registered again.
func (s *sourceWorld) created() map[string]chat.Registration {
	s.world.t.Helper()
	created := map[string]chat.Registration{}
	for _, name := range s.usernames() {
		created[name] = s.user(name).Registration
	}
	return created
}

// expectKept checks that users were not registered again.
func (s *sourceWorld) expectKept(before map[string]chat.Registration) {
	s.world.t.Helper()
	after := s.created()
	for name, registration := range before {
		if now, ok := after[name]; !ok || registration.Differs(now) {
			s.world.t.Errorf("%s was replaced", name)
		}
	}
}

// A creation that fails half way taints the resource. The next apply does the rest and
// deletes nobody, although Terraform shows a replacement.
func TestAccUsersSource_unfinishedCreationIsCompleted(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.loseHalf()
		s.refused(`Could not create \d+ of 90 users.*\d+ users were created and are kept.*no user is deleted`, "apply", "-auto-approve")
		s.removeHalf()
		before := s.created()
		if len(before) == 0 || len(before) == 90 {
			t.Fatalf("%d users were created", len(before))
		}
		s.emulator.advance(time.Hour)
		s.forgetRequests()
		s.printed(s.run("plan", "-no-color"), `is tainted, so (it )?must be replaced`, fmt.Sprintf(`None of the %d users that it created is deleted`, len(before)),
			fmt.Sprintf(`create %d\b`, 90-len(before)))
		s.apply()
		s.expectKept(before)
		s.expectThere(90)
		n := s.emulator.requests()
		for route, count := range n.Routes {
			if strings.HasPrefix(route, "DELETE") {
				t.Errorf("%d %s", count, route)
			}
		}
		s.expectNoChanges()
		s.destroy()
		s.expectThere(0)
	})
}

func TestAccUsersSource_unfinishedCreationIsDestroyed(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.loseHalf()
		s.refused(`users were created and are kept`, "apply", "-auto-approve")
		s.removeHalf()
		s.destroy()
		s.expectThere(0)
	})
}

// The same with another file, a plan that is saved, and once more a failure.
func TestAccUsersSource_unfinishedCreationFailsAgain(t *testing.T) {
	t.Parallel()
	s := newSourceWorld(t, emulatorWorld(t, "easemob"))
	s.loseHalf()
	s.refused(`users were created and are kept`, "apply", "-auto-approve")
	s.removeHalf()
	before := s.created()

	// Terraform finds only after the Delete that the file has changed: the Delete refuses.
	s.run("plan", "-out", "plan.bin", "-no-color")
	s.numbered(91)
	s.refused(`The file has changed since the plan`, "apply", "plan.bin")
	s.expectKept(before)
	// Without a refresh nobody knows whose users these are.
	s.refused(`It is not known which application the resource belongs to.*terraform untaint`, "apply", "-refresh=false", "-auto-approve")
	s.expectKept(before)

	s.emulator.faults(fault{Method: "POST", Path: "/users$", Status: 429, Body: `{"error":"resource_limited","error_description":"no"}`, Times: -1})
	s.refused(`Could not create \d+ of .* users were created and are kept`, "apply", "-auto-approve")
	s.emulator.faults()
	s.expectKept(before)
	// Another file, in which some of the created users are no longer.
	var lines []string
	for name := range before {
		lines = append(lines, name)
	}
	s.write("new.csv", "username\nzoe\n"+strings.Join(lines[1:], "\n")+"\n")
	s.declare("new.csv", `password_wo = "pass-1"`)
	s.printed(s.apply(), `create 1, delete 1`)
	gone := lines[0]
	delete(before, gone)
	s.expectKept(before)
	if !s.gone(gone) || s.gone("zoe") {
		t.Errorf("want zoe and not %s", gone)
	}
	s.expectNoChanges()
}

func TestAccUsersSource_untaintedCreationIsCompleted(t *testing.T) {
	t.Parallel()
	s := newSourceWorld(t, emulatorWorld(t, "easemob"))
	s.loseHalf()
	s.refused(`users were created and are kept`, "apply", "-auto-approve")
	s.removeHalf()
	before := s.created()
	s.run("untaint", "chat_users.team")
	s.printed(s.apply(), `0 added, 1 changed, 0 destroyed`)
	s.expectKept(before)
	s.expectThere(90)
	s.expectNoChanges()
}

// Whoever taints or replaces a resource that was created wholly wants its users anew.
func TestAccUsersSource_taintAndReplaceCreateAnew(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.csv("username", "alice", "bobby")
		s.apply()
		for _, replace := range []func(){
			func() { s.run("taint", "chat_users.team"); s.apply() },
			func() { s.apply("-replace=chat_users.team") },
		} {
			before := s.created()
			s.emulator.advance(time.Hour)
			replace()
			for name, now := range s.created() {
				if !before[name].Differs(now) {
					t.Errorf("%s was kept", name)
				}
			}
			s.expectThere(2)
			s.expectNoChanges()
		}
	})
}

func TestAccUsersSource_resourceIsNotTaintedIfNoUserWasCreated(t *testing.T) {
	t.Parallel()
	s := newSourceWorld(t, emulatorWorld(t, "easemob"))
	s.csv("username", "alice", "bobby")
	s.emulator.faults(fault{Method: "POST", Path: "/users$", Status: 400, Body: refusal, Times: -1})
	s.refused(`Could not create 2 of 2 users.*line 2: "alice", line 3: "bobby"`, "apply", "-auto-approve")
	s.emulator.faults()
	s.printed(s.apply(), `1 added, 0 changed, 0 destroyed`)
}

// A lost answer of a registration is settled by the next refresh.
func TestAccUsersSource_lostAnswersAreSettled(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		few := "max_retries = 1\n  request_timeout = \"5s\""
		s.declareWith(few, "users.csv", `password_wo = "pass-1"`)
		s.csv("username,activated", "alice,", "bobby,false", "carol,", "dave,", "erin,")
		s.loseRegistrations()
		s.refused(`Could not create 5 of 5 users.*users were created and are kept`, "apply", "-auto-approve")
		s.repair()
		s.expectThere(5)
		before := s.created()
		s.apply()
		s.expectKept(before)
		if err := s.expectActivated("bobby", false); err != nil {
			t.Error(err)
		}
		s.expectNoChanges()
		// And in an update, of users that are declared no longer in the next run.
		s.csv("username,activated", "alice,", "bobby,false", "carol,", "dave,", "erin,", "frank,")
		s.loseRegistrations()
		s.refused(`Could not create 1 of 1 users.*line 7: "frank"`, "apply", "-auto-approve")
		s.repair()
		s.csv("username,activated", "alice,", "bobby,false", "carol,", "dave,", "erin,")
		s.apply()
		s.expectThere(5)
		s.expectNoChanges()
		s.destroy()
		s.expectThere(0)
	})
}

// A password whose outcome is unknown, and that is declared no longer, is forgotten.
func TestAccUsersSource_unknownPasswordThatIsDeclaredNoLongerIsForgotten(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		declare := func(version, passwords string) {
			s.declareWith("max_retries = 1\n  request_timeout = \"5s\"", "users.csv", `
  passwords_wo        = { `+passwords+` }
  password_wo_version = `+version)
		}
		s.csv("username", "alice", "bobby")
		declare("1", `alice = "pass-1", bobby = "pass-1"`)
		s.apply()
		s.emulator.faults(lost("PUT", "/alice/password$"))
		declare("2", `alice = "pass-2", bobby = "pass-2"`)
		s.refused(`Could not change 1 of 2 users.*"alice"`, "apply", "-auto-approve")
		s.emulator.faults()
		declare("2", `bobby = "pass-2"`)
		s.apply()
		s.expectNoChanges()
	})
}

// A run that is killed leaves users that no state knows. An import by the path of the file
// takes them in, and the next apply does the rest.
func TestAccUsersSource_killedCreationConverges(t *testing.T) {
	t.Parallel()
	emulatedSources(t, func(t *testing.T, s *sourceWorld) {
		s.numbered(90)
		for i := range 60 { // as the killed run did
			s.register(fmt.Sprintf("user-%03d", i), "pass-1")
		}
		before := s.created()
		s.refused(`60 of 90 new users exist already.*earlier run of this resource was killed.*terraform import`, "apply", "-auto-approve")
		s.run("import", "chat_users.team", "users.csv")
		s.apply()
		s.expectKept(before)
		s.expectThere(90)
		s.expectNoChanges()
	})
}

// The error is reported once, and Terraform accepts the plans of the other resources.
func TestAccUsersResource_severalInAnotherApplicationAreReportedOnce(t *testing.T) {
	t.Parallel()
	s := newSourceWorld(t, emulatorWorld(t, "easemob"))
	s.write("main.tf", requireChat+`
resource "chat_users" "one" {
  users       = { alice = { nickname = "Alice" } }
  password_wo = "pass-1"
}

resource "chat_users" "two" {
  users       = { bobby = {} }
  password_wo = "pass-1"
}

resource "chat_users" "three" {
  source      = "users.csv"
  password_wo = "pass-1"
}

resource "chat_users" "four" {
  source      = "users.csv"
  password_wo = "pass-1"
  depends_on  = [chat_users.three]
}
`)
	s.csv("username", "carol")
	s.run("apply", "-auto-approve", "-target=chat_users.one", "-target=chat_users.two", "-target=chat_users.three")
	s.run("import", "chat_users.four", "users.csv")
	s.env = append(s.env, "EASEMOB_APP_KEY=other#application")
	if out := s.refused(`The state belongs to another application`, "plan"); strings.Count(out, "Error: ") != 1 {
		t.Errorf("want one error in\n%s", out)
	}
}

// With create_before_destroy, nothing can be handed over: the error says what to do.
func TestAccUsersSource_unfinishedCreationWithCreateBeforeDestroy(t *testing.T) {
	t.Parallel()
	s := newSourceWorld(t, emulatorWorld(t, "easemob"))
	s.declare("users.csv", `
  password_wo = "pass-1"
  lifecycle {
    create_before_destroy = true
  }`)
	s.loseHalf()
	s.refused(`users were created and are kept`, "apply", "-auto-approve")
	s.removeHalf()
	before := s.created()
	s.refused(`new users exist already.*terraform untaint`, "apply", "-auto-approve")
	s.expectKept(before)
	s.run("untaint", "chat_users.team")
	s.apply()
	s.expectKept(before)
	s.expectThere(90)
	s.expectNoChanges()
}

func TestAccUsersSource_belongsToOneApplication(t *testing.T) {
	t.Parallel()
	s := newSourceWorld(t, emulatorWorld(t, "easemob"))
	s.csv("username", "alice")
	s.apply()
	s.env = append(s.env, "EASEMOB_APP_KEY=other#application")
	s.refused(`The state belongs to another application`, "plan")
	s.refused(`The state belongs to another application`, "destroy", "-auto-approve")
}

package provider_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// buildProvider builds the provider's binary once, for the tests that run it as
// Terraform does. It returns its folder.
var buildProvider = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "terraform-provider-chat-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "terraform-provider-chat")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", binary, "../..").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if built {
		if dir, err := buildProvider(); err == nil {
			_ = os.RemoveAll(dir)
		}
	}
	os.Exit(code)
}

var built bool

// cli runs the real command line with the real binary in a folder of its own.
type cli struct {
	t   *testing.T
	dir string
	env []string
}

// newCLI copies the files of a folder, or none, next to which the commands run.
func newCLI(t *testing.T, from string, env map[string]string) *cli {
	t.Helper()
	built = true
	binary, err := buildProvider()
	if err != nil {
		t.Fatal(err)
	}
	c := &cli{t: t, dir: t.TempDir()}
	if from != "" {
		if err := os.CopyFS(c.dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	home := t.TempDir()
	rc := filepath.Join(home, "cli.tfrc")
	c.writeTo(rc, fmt.Sprintf("provider_installation {\n dev_overrides {\n \"chat/chat\" = %q\n }\n direct {}\n}\n", filepath.ToSlash(binary)))
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); !strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "EASEMOB_") && !strings.HasPrefix(name, "JMESSAGE_") {
			c.env = append(c.env, entry)
		}
	}
	c.env = append(c.env, "TF_CLI_CONFIG_FILE="+rc, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	for name, value := range env {
		c.env = append(c.env, name+"="+value)
	}
	return c
}

func (c *cli) writeTo(path, text string) {
	c.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cli) write(name, text string) { c.t.Helper(); c.writeTo(filepath.Join(c.dir, name), text) }

// try runs a command and returns all that it printed and its exit code.
func (c *cli) try(args ...string) (string, int) {
	c.t.Helper()
	binary := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if binary == "" {
		binary = "terraform"
	}
	cmd := exec.Command(binary, args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if cmd.ProcessState == nil {
		c.t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// run is try for commands that must succeed.
func (c *cli) run(args ...string) string {
	c.t.Helper()
	out, code := c.try(args...)
	if code != 0 {
		c.t.Fatalf("%s: exit code %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// Root modules that name their provider are applied as a reader would.
func TestAccExamples_modules(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"provider", "seed-staging"} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			env := environmentOf(emulatorWorld(t, "easemob"))
			c := newCLI(t, filepath.Join(examples, folder), env)
			c.run("apply", "-auto-approve", "-no-color")
			if out, code := c.try("plan", "-detailed-exitcode", "-no-color"); code != 0 {
				t.Errorf("the example is not stable: exit code %d\n%s", code, out)
			}
			c.run("destroy", "-auto-approve", "-no-color")
		})
	}
}

const plainHTTP = `
provider "chat" {
  easemob = {
    app_key       = "chat-demo#testapp"
    base_url      = %q
    client_id     = "demo-client-id"
    client_secret = "demo-client-secret"
  }
}
terraform {
  required_providers {
    chat = { source = "chat/chat" }
  }
}
data "chat_users" "all" {
  count = 0
}
`

func TestAccProvider_plainHTTPWarns(t *testing.T) {
	t.Parallel()
	if os.Getenv(resource.EnvTfAcc) == "" {
		t.Skip("runs the command line")
	}
	for url, warns := range map[string]bool{
		"http://a1.example.com":  true,
		"https://a1.example.com": false,
		"http://127.0.0.1:7420":  false,
		"http://localhost:7420":  false,
	} {
		c := newCLI(t, "", nil)
		c.write("main.tf", fmt.Sprintf(plainHTTP, url))
		if out := c.run("plan", "-no-color"); strings.Contains(out, "Credentials travel in the clear") != warns {
			t.Errorf("%s: want a warning: %t, got\n%s", url, warns, out)
		}
	}
}

// No password, secret or token reaches a log, the output, the plan or, where it is
// write-only, the state: at the most talkative level, through every kind of call,
// in success and in failure.
func TestAccSecrets(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	env := environmentOf(w)
	env["TF_LOG"] = "TRACE"
	c := newCLI(t, "", env)
	env["TF_LOG_PATH"] = filepath.Join(c.dir, "trace.log")
	c.env = append(c.env, "TF_LOG_PATH="+env["TF_LOG_PATH"])
	module := func(password, version string) {
		c.write("main.tf", fmt.Sprintf(`
terraform {
  required_providers {
    chat = { source = "chat/chat" }
  }
}
resource "chat_user" "alice" {
  username = "alice"
  password = "canary-state-%[1]s"
  nickname = "Alice %[1]s"
}
resource "chat_user" "bob" {
  username            = "bob"
  password_wo         = "canary-wo-%[1]s"
  password_wo_version = %[2]s
}
resource "chat_contact" "c" {
  owner   = chat_user.alice.username
  contact = chat_user.bob.username
}
resource "chat_block" "b" {
  owner   = chat_user.bob.username
  blocked = chat_user.alice.username
}
data "chat_user_status" "s" {
  usernames = [chat_user.alice.username, chat_user.bob.username]
}
`, password, version))
	}
	var printed strings.Builder
	module("one", "1")
	printed.WriteString(c.run("apply", "-auto-approve", "-no-color"))
	module("two", "2")
	// Failures whose text quotes the password, as the platform does for duplicates.
	var faults []fault
	for name, password := range map[string]string{"alice": "canary-state-two", "bob": "canary-wo-two"} {
		path := "/" + name + "/password$"
		faults = append(faults,
			fault{Method: "PUT", Path: path, Status: 500, Body: "<html>" + password + "</html>", ContentType: "text/html"},
			fault{Method: "PUT", Path: path, Status: 400, Body: fmt.Sprintf(`{"error":"illegal_argument","error_description":"refused: %s"}`, password)})
	}
	w.emulator.faults(faults...)
	out, code := c.try("apply", "-auto-approve", "-no-color")
	if code == 0 || !strings.Contains(out, "illegal_argument") {
		t.Errorf("the refused change went through: %d\n%s", code, out)
	}
	printed.WriteString(out)
	printed.WriteString(c.run("plan", "-out=plan", "-no-color"))
	printed.WriteString(c.run("apply", "-no-color", "plan"))
	printed.WriteString(c.run("destroy", "-auto-approve", "-no-color"))

	trace, err := os.ReadFile(env["TF_LOG_PATH"])
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(trace, []byte("/chat-demo/testapp/users")) {
		t.Error("the trace does not tell of the requests: is it on?")
	}
	// Every token of the emulator, as of the platform, begins with YWMt.
	for _, secret := range []string{"canary-state-one", "canary-state-two", "canary-wo-one", "canary-wo-two", easemobClientSecret, "YWMt"} {
		if bytes.Contains(trace, []byte(secret)) {
			t.Errorf("%q is in the trace", secret)
		}
		if strings.Contains(printed.String(), secret) {
			t.Errorf("%q is in the output", secret)
		}
	}
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		state, err := os.ReadFile(filepath.Join(c.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(state, []byte("canary-wo")) {
			t.Errorf("a write-only password is in %s", name)
		}
	}
}

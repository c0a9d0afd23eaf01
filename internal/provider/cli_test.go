package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// requireChat is what a configuration for newCLI begins with.
const requireChat = `
terraform {
  required_providers {
    chat = { source = "chat/chat" }
  }
}
`

// cli runs the command line with the provider's binary in a folder of its own.
type cli struct {
	t   *testing.T
	dir string
	env []string
}

// newCLI returns a command line whose folder holds a copy of another folder, or nothing
// if from is empty. Of the environment it passes on what configures neither the command
// line nor the provider; env is added to that.
func newCLI(t *testing.T, from string, env map[string]string) *cli {
	t.Helper()
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
	rc := filepath.Join(t.TempDir(), "cli.tfrc")
	c.writeTo(rc, fmt.Sprintf(`
provider_installation {
  dev_overrides {
    "chat/chat" = %q
  }
  direct {}
}
`, filepath.ToSlash(binary)))
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

// environmentOf returns the variables that configure the provider for the emulator, and
// the one that the examples need.
func environmentOf(w *world) map[string]string {
	env := map[string]map[string]string{
		"easemob": {
			"EASEMOB_APP_KEY": easemobAppKey, "EASEMOB_BASE_URL": w.emulator.url,
			"EASEMOB_CLIENT_ID": easemobClientID, "EASEMOB_CLIENT_SECRET": easemobClientSecret,
		},
		"jmessage": {"JMESSAGE_APP_KEY": jmessageAppKey, "JMESSAGE_BASE_URL": w.emulator.url, "JMESSAGE_MASTER_SECRET": jmessageSecret},
	}[w.platform]
	env["TF_VAR_initial_password"] = "pass-1"
	return env
}

// write writes a file of the folder.
func (c *cli) write(name, text string) {
	c.t.Helper()
	c.writeTo(filepath.Join(c.dir, name), text)
}

// writeTo writes a file anywhere.
func (c *cli) writeTo(path, text string) {
	c.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// apply runs "apply" and returns its output.
func (c *cli) apply(args ...string) string {
	c.t.Helper()
	return c.run(append([]string{"apply", "-auto-approve", "-no-color"}, args...)...)
}

// destroy runs "destroy" and returns its output.
func (c *cli) destroy() string {
	c.t.Helper()
	return c.run("destroy", "-auto-approve", "-no-color")
}

// expectNoChanges checks that a plan is empty.
func (c *cli) expectNoChanges() {
	c.t.Helper()
	if out, code := c.try("plan", "-detailed-exitcode", "-no-color"); code != 0 {
		c.t.Errorf("the plan is not empty: exit code %d\n%s", code, out)
	}
}

// run runs a command that must succeed and returns its output.
func (c *cli) run(args ...string) string {
	c.t.Helper()
	out, code := c.try(args...)
	if code != 0 {
		c.t.Fatalf("%s: exit code %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// try runs a command and returns its output, errors included, and its exit code.
func (c *cli) try(args ...string) (string, int) {
	c.t.Helper()
	cmd := exec.Command(commandLine(), args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if cmd.ProcessState == nil {
		c.t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// onOneLine joins the lines of an output that Terraform wrapped and framed.
func onOneLine(out string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", "", "╷", "", "╵", "").Replace(out)), " ")
}

// buildProvider builds the provider's binary at its first call and returns its folder.
var buildProvider = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(binaryFolder, "terraform-provider-chat")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", binary, "../..").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return binaryFolder, err
})

// binaryFolder is where buildProvider builds.
var binaryFolder string

// TestMain makes the folder of the provider's binary, and deletes it after the tests.
func TestMain(m *testing.M) {
	var err error
	if binaryFolder, err = os.MkdirTemp("", "terraform-provider-chat-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(binaryFolder)
	os.Exit(code)
}

// commandLine returns the command line under test: that of Terraform or of OpenTofu.
func commandLine() string {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	return "terraform"
}

// commandLineVersion returns the version of the command line under test.
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

// commandLineProduct returns "Terraform" or "OpenTofu".
var commandLineProduct = sync.OnceValues(func() (string, error) {
	out, err := exec.Command(commandLine(), "version").Output()
	product, _, _ := strings.Cut(string(out), " ")
	return product, err
})

// skipBelow skips a test of what came to both Terraform and OpenTofu with a version.
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

// skipOn skips a test on those versions of a product that have a defect.
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

// skipWithout skips a test of a command that the command line may lack. Its version does
// not say: OpenTofu's numbers are not Terraform's.
func skipWithout(t *testing.T, command string) {
	t.Helper()
	skipBelow(t, tfversion.Version1_0_0)
	out, _ := exec.Command(commandLine(), "-help").CombinedOutput()
	if !regexp.MustCompile(`(?m)^\s+` + command + `\s`).Match(out) {
		t.Skipf("%s has no command %s", commandLine(), command)
	}
}

package provider_test

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// expectEcho checks an attribute of an ephemeral resource. It is not in the state, but
// the provider "echo" writes to its own state what its attribute data refers to.
func expectEcho(attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey(attribute), value)
}

// aToken checks that a value is a token. Every token of the emulator begins with the
// same letters, as the platform's do.
var aToken = knownvalue.StringRegexp(regexp.MustCompile(`^YWMt`))

// aboutFromNow checks that a value is a time in RFC 3339 about so far ahead.
func aboutFromNow(ahead time.Duration) knownvalue.Check {
	return knownvalue.StringFunc(func(value string) error {
		at, err := time.Parse(time.RFC3339, value)
		if err != nil {
			return err
		}
		if off := time.Until(at) - ahead; off.Abs() > time.Minute {
			return fmt.Errorf("%s is %s from being %s ahead", value, off, ahead)
		}
		return nil
	})
}

// readWithToken reads a user with a token, which must be good for that.
func (w *world) readWithToken(token, name string) error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, w.emulator.url+"/chat-demo/testapp/users/"+w.name(name), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New("the platform answers " + resp.Status)
	}
	return nil
}

func TestAccUserToken_isGoodForItsUserOnly(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.register("alice", "pass-1")
	w.register("bobby", "pass-1")
	w.runSince(tfversion.Version1_10_0, resource.TestStep{
		Config: w.config(`
ephemeral "chat_user_token" "alice" {
  username = "{@alice}"
  password = "pass-1"
  ttl      = "90m"
}

provider "echo" {
  data = ephemeral.chat_user_token.alice
}

resource "echo" "test" {}
`),
		ConfigStateChecks: []statecheck.StateCheck{expectEcho("token", aToken), expectEcho("expires_at", aboutFromNow(90*time.Minute))},
		Check: resource.TestCheckResourceAttrWith("echo.test", "data.token", func(token string) error {
			if err := w.readWithToken(token, "bobby"); err == nil {
				return errors.New("the token is good for another user")
			}
			return w.readWithToken(token, "alice")
		}),
	})
}

func TestAccUserToken_withoutTTLThePlatformDecides(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.register("alice", "pass-1")
	w.runSince(tfversion.Version1_10_0, resource.TestStep{
		Config: w.config(`
ephemeral "chat_user_token" "alice" {
  username = upper("{@alice}")
  password = "pass-1"
}

provider "echo" {
  data = ephemeral.chat_user_token.alice
}

resource "echo" "test" {}
`),
		ConfigStateChecks: []statecheck.StateCheck{expectEcho("token", aToken), expectEcho("expires_at", aboutFromNow(1440*time.Hour)), expectEcho("ttl", knownvalue.Null())},
	})
}

func TestAccUserToken_waitsForAUserOfTheSameConfiguration(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.runSince(tfversion.Version1_10_0, resource.TestStep{
		Config: w.config(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}

ephemeral "chat_user_token" "alice" {
  username = chat_user.alice.id
  password = "pass-1"
}

provider "echo" {
  data = ephemeral.chat_user_token.alice
}

resource "echo" "test" {}
`),
		ConfigStateChecks: []statecheck.StateCheck{expectEcho("token", aToken)},
	})
}

// appToken declares the application's token and echoes it.
const appToken = `
ephemeral "chat_app_token" "app" {}

provider "echo" {
  data = ephemeral.chat_app_token.app
}

resource "echo" "test" {}
`

func TestAccAppToken_isGoodForEveryUser(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.register("alice", "pass-1")
	w.runSince(tfversion.Version1_10_0, resource.TestStep{
		Config:            w.config(appToken),
		ConfigStateChecks: []statecheck.StateCheck{expectEcho("token", aToken), expectEcho("expires_at", aboutFromNow(1440*time.Hour))},
		Check:             resource.TestCheckResourceAttrWith("echo.test", "data.token", func(token string) error { return w.readWithToken(token, "alice") }),
	})
}

// If the provider block holds a token, that one is returned; when it expires is not known.
func TestAccAppToken_isTheConfiguredOne(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	token, err := w.admin.Tokens.ForApp(context.Background())
	w.must(err)
	w.block = fmt.Sprintf(`
  easemob = {
    app_key  = %q
    base_url = %q
    token    = %q
  }`, easemobAppKey, w.emulator.url, token.Value)
	w.runSince(tfversion.Version1_10_0, resource.TestStep{
		Config: w.config(appToken),
		ConfigStateChecks: []statecheck.StateCheck{
			expectEcho("token", knownvalue.StringExact(token.Value)), expectEcho("expires_at", knownvalue.Null()),
		},
	})
}

func TestAccTokens_refusedLoginsAndInvalidArgumentsAreErrors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ platform, config, want string }{
		"wrong password": {"easemob", `
ephemeral "chat_user_token" "x" {
  username = "{@alice}"
  password = "canary-1"
}
`, `(?s)Could not log in as "[^"]*alice".*unauthorized.*invalid_grant.*Check the\s+password`},
		"missing user": {"easemob", `
ephemeral "chat_user_token" "x" {
  username = "{@nobody}"
  password = "canary-1"
}
`, `(?s)Could not log in as "[^"]*nobody".*unauthorized.*invalid_grant.*set\s+username\s+to\s+the\s+id`},
		"invalid name": {"easemob", `
ephemeral "chat_user_token" "x" {
  username = "alice@example.com"
  password = "canary-1"
}
`, `(?s)Invalid value.*is not a valid user`},
		"empty password": {"easemob", `
ephemeral "chat_user_token" "x" {
  username = "{@alice}"
  password = ""
}
`, `(?s)Invalid value.*password\s+must\s+have\s+1\s+to`},
		"ttl of half a second": {"easemob", `
ephemeral "chat_user_token" "x" {
  username = "{@alice}"
  password = "canary-1"
  ttl      = "500ms"
}
`, `(?s)whole\s+number\s+of\s+seconds.*"500ms"`},
		"ttl with a fraction of a second": {"easemob", `
ephemeral "chat_user_token" "x" {
  username = "{@alice}"
  password = "canary-1"
  ttl      = "1.5s"
}
`, `(?s)whole\s+number\s+of\s+seconds`},
		"ttl of zero": {"easemob", `
ephemeral "chat_user_token" "x" {
  username = "{@alice}"
  password = "canary-1"
  ttl      = "0s"
}
`, `(?s)whole\s+number\s+of\s+seconds`},
		"ttl that is no duration": {"easemob", `
ephemeral "chat_user_token" "x" {
  username = "{@alice}"
  password = "canary-1"
  ttl      = "soon"
}
`, `(?s)ttl`},
		"platform without tokens of users": {"jmessage", `
ephemeral "chat_user_token" "x" {
  username = "alice"
  password = "canary-1"
}
`, `JMessage does not support chat_user_token\.`},
		"platform without tokens of applications": {"jmessage", `
ephemeral "chat_app_token" "x" {}
`, `JMessage does not support chat_app_token\.`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, tt.platform)
			if tt.platform == "easemob" {
				w.register("alice", "pass-1")
			}
			w.runSince(tfversion.Version1_10_0, resource.TestStep{
				Config: w.config(tt.config), PlanOnly: true, ExpectError: regexp.MustCompile(tt.want),
			})
		})
	}
}

// open opens an ephemeral resource.
func (r *rpc) open(name string, set map[string]tftypes.Value) (map[string]tftypes.Value, []*tfprotov6.Diagnostic) {
	r.t.Helper()
	of := r.schemas.EphemeralResourceSchemas[name].ValueType()
	resp, err := r.server.OpenEphemeralResource(context.Background(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: name, Config: r.value(of, set)})
	if err != nil {
		r.t.Fatal(err)
	}
	if len(resp.Diagnostics) > 0 {
		return nil, resp.Diagnostics
	}
	value, err := resp.Result.Unmarshal(of)
	if err != nil {
		r.t.Fatal(err)
	}
	var result map[string]tftypes.Value
	if err := value.As(&result); err != nil {
		r.t.Fatal(err)
	}
	return result, nil
}

// login returns the arguments of a chat_user_token.
func login(name, password string) map[string]tftypes.Value {
	return map[string]tftypes.Value{"username": str(name), "password": str(password)}
}

// A login is made once in a run, and the token of the application is the one that the
// provider itself uses.
func TestTokens_areFetchedOnceARun(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	w.register("alice", "pass-1")
	r := w.rpc()
	// requestsOfMany opens an ephemeral resource many times at once and returns the calls.
	requestsOfMany := func(name string, set map[string]tftypes.Value) counts {
		w.emulator.requests()
		var wg sync.WaitGroup
		for range 30 {
			wg.Go(func() {
				if _, diagnostics := r.open(name, set); len(diagnostics) > 0 {
					t.Error(diagnostics[0].Detail)
				}
			})
		}
		wg.Wait()
		return w.emulator.requests()
	}
	if n := requestsOfMany("chat_user_token", login(w.name("alice"), "pass-1")); n.Tokens != 1 || n.Total != 1 {
		t.Errorf("one login made %d requests: %v", n.Total, n.Routes)
	}
	if n := requestsOfMany("chat_app_token", nil); n.Tokens != 1 || n.Total != 1 {
		t.Errorf("one application's token made %d requests: %v", n.Total, n.Routes)
	}
	if _, _, diagnostics := r.disconnect(str(w.name("alice"))); len(diagnostics) > 0 {
		t.Error(diagnostics[0].Detail)
	}
	if n := w.emulator.requests(); n.Tokens != 0 {
		t.Errorf("the provider fetched %d tokens of its own", n.Tokens)
	}
}

// A wrong password is tried once, and the error is at the attribute and does not quote it.
func TestUserToken_refusedLoginIsNotRepeated(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	w.register("alice", "pass-1")
	r := w.rpc()
	w.emulator.requests()
	for range 5 {
		_, diagnostics := r.open("chat_user_token", login(w.name("alice"), "canary-1"))
		expectDiagnostics(t, diagnostics, `AttributeName\("password"\): Could not log in as`)
		for _, d := range diagnostics {
			if strings.Contains(d.Summary+d.Detail, "canary") {
				t.Errorf("the error quotes the password: %s: %s", d.Summary, d.Detail)
			}
		}
	}
	if n := w.emulator.requests(); n.Tokens != 1 {
		t.Errorf("a wrong password was tried %d times", n.Tokens)
	}
	w.emulator.faults(fault{Method: "POST", Path: "/token$", Status: 404, Body: `{"error":"entity_not_found","error_description":"User null not found"}`})
	_, diagnostics := r.open("chat_user_token", login(w.name("nobody"), "canary-1"))
	expectDiagnostics(t, diagnostics, `AttributeName\("username"\): Could not log in as`)

	w.emulator.faults(fault{Method: "POST", Path: "/token$", Status: 403, Body: `{"error":"forbidden","error_description":"canary-2 not today"}`, Times: 2})
	_, diagnostics = r.open("chat_user_token", login(w.name("alice"), "canary-2"))
	expectDiagnostics(t, diagnostics, `Could not log in as.*not today`)
	_, diagnostics = r.open("chat_app_token", nil)
	expectDiagnostics(t, diagnostics, `Could not get a token for the application.*not today`)
}

// No token and no password is in the plan, the state, the output or the log.
func TestAccTokens_areStoredNowhere(t *testing.T) {
	t.Parallel()
	skipBelow(t, tfversion.Version1_10_0)
	w := emulatorWorld(t, "easemob")
	w.register("alice", "canary-login")
	env := environmentOf(w)
	env["TF_VAR_password"] = "canary-login"
	c := newCLI(t, "", env)
	trace := filepath.Join(t.TempDir(), "trace.log")
	c.env = append(c.env, "TF_LOG=TRACE", "TF_LOG_PATH="+trace)
	c.write("main.tf", requireChat+w.named(`
variable "password" {
  type      = string
  ephemeral = true
}

ephemeral "chat_user_token" "alice" {
  username = "{@alice}"
  password = var.password
}

ephemeral "chat_app_token" "app" {}

resource "terraform_data" "use" {
  provisioner "local-exec" {
    command = "echo used: ${length(ephemeral.chat_user_token.alice.token) + length(ephemeral.chat_app_token.app.token)}"
  }
}
`))
	printed := c.run("plan", "-out=plan", "-no-color") + c.run("show", "-json", "plan") + c.run("apply", "-no-color", "plan") + c.run("show", "-json")
	stored := map[string]string{"output": printed}
	for name, path := range map[string]string{"log": trace, "state": filepath.Join(c.dir, "terraform.tfstate")} {
		content, err := os.ReadFile(path)
		w.must(err)
		stored[name] = string(content)
	}
	plan, err := zip.OpenReader(filepath.Join(c.dir, "plan"))
	w.must(err)
	for _, file := range plan.File {
		reader, err := file.Open()
		w.must(err)
		content, err := io.ReadAll(reader)
		w.must(err)
		w.must(reader.Close())
		stored["plan's "+file.Name] = string(content)
	}
	w.must(plan.Close())
	if !strings.Contains(stored["log"], "/chat-demo/testapp/token") {
		t.Error("the log does not contain the logins: is it on?")
	}
	for place, content := range stored {
		for _, secret := range []string{"canary-login", "YWMt", easemobClientSecret} {
			if strings.Contains(content, secret) {
				t.Errorf("%q is in the %s", secret, place)
			}
		}
	}
}

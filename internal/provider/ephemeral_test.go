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

// echo shows what is never kept, in a state of its own.
func echo(address string) string {
	return "provider \"echo\" {\n data = " + address + "\n}\nresource \"echo\" \"test\" {}\n"
}

func expectEcho(attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey(attribute), value)
}

// Every token of the emulator begins with the same letters, as the platform's do.
var aToken = knownvalue.StringRegexp(regexp.MustCompile(`^YWMt`))

// about checks a time in RFC 3339 that lies a while ahead.
func about(ahead time.Duration) knownvalue.Check {
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

// lets tells whether the platform takes a token in a call about a user.
func (w *world) lets(token, name string) error {
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

func TestAccUserToken(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.register("alice", "pass-1")
	w.register("bobby", "pass-1")
	config := func(arguments string) string {
		return w.config("ephemeral \"chat_user_token\" \"alice\" {\n username = \"{@alice}\"\n password = \"pass-1\"\n" + arguments + "\n}\n" + echo("ephemeral.chat_user_token.alice"))
	}
	w.runSince(tfversion.Version1_10_0,
		resource.TestStep{
			Config:            config(`ttl = "90m"`),
			ConfigStateChecks: []statecheck.StateCheck{expectEcho("token", aToken), expectEcho("expires_at", about(90*time.Minute))},
			Check: resource.TestCheckResourceAttrWith("echo.test", "data.token", func(token string) error {
				if err := w.lets(token, "bobby"); err == nil {
					return errors.New("the token is good for others than its user")
				}
				return w.lets(token, "alice")
			}),
		},
	)
}

// Without a ttl the platform decides.
func TestAccUserToken_platformsLifetime(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.register("alice", "pass-1")
	w.runSince(tfversion.Version1_10_0, resource.TestStep{
		Config:            w.config("ephemeral \"chat_user_token\" \"alice\" {\n username = upper(\"{@alice}\")\n password = \"pass-1\"\n}\n" + echo("ephemeral.chat_user_token.alice")),
		ConfigStateChecks: []statecheck.StateCheck{expectEcho("token", aToken), expectEcho("expires_at", about(1440*time.Hour)), expectEcho("ttl", knownvalue.Null())},
	})
}

// The user is made by the same configuration: the login waits for it.
func TestAccUserToken_ofNewUser(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	config := w.alice(`password = "pass-1"`) + `
ephemeral "chat_user_token" "alice" {
  username = chat_user.alice.id
  password = "pass-1"
}
` + echo("ephemeral.chat_user_token.alice")
	w.runSince(tfversion.Version1_10_0, resource.TestStep{
		Config:            config,
		ConfigStateChecks: []statecheck.StateCheck{expectEcho("token", aToken)},
	})
}

func TestAccAppToken(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.register("alice", "pass-1")
	w.runSince(tfversion.Version1_10_0, resource.TestStep{
		Config:            w.config("ephemeral \"chat_app_token\" \"app\" {}\n" + echo("ephemeral.chat_app_token.app")),
		ConfigStateChecks: []statecheck.StateCheck{expectEcho("token", aToken), expectEcho("expires_at", about(1440*time.Hour))},
		Check:             resource.TestCheckResourceAttrWith("echo.test", "data.token", func(token string) error { return w.lets(token, "alice") }),
	})
}

// A token that the configuration gives is given on; its end is not known.
func TestAccAppToken_given(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	token, err := w.admin.Tokens.ForApp(context.Background())
	w.must(err)
	w.block = fmt.Sprintf("easemob = {\n app_key = %q\n base_url = %q\n token = %q\n}", easemobAppKey, w.emulator.url, token.Value)
	w.runSince(tfversion.Version1_10_0, resource.TestStep{
		Config: w.config("ephemeral \"chat_app_token\" \"app\" {}\n" + echo("ephemeral.chat_app_token.app")),
		ConfigStateChecks: []statecheck.StateCheck{
			expectEcho("token", knownvalue.StringExact(token.Value)), expectEcho("expires_at", knownvalue.Null()),
		},
	})
}

func TestAccTokens_errors(t *testing.T) {
	t.Parallel()
	userToken := func(arguments string) string {
		return "ephemeral \"chat_user_token\" \"x\" {\n" + arguments + "\n}\n"
	}
	for name, tt := range map[string]struct{ platform, config, want string }{
		"wrong password":    {"easemob", userToken("username = \"{@alice}\"\n password = \"canary-1\""), `(?s)Could not log in as "[^"]*alice".*unauthorized.*invalid_grant.*Check the\s+password`},
		"no such user":      {"easemob", userToken("username = \"{@nobody}\"\n password = \"canary-1\""), `(?s)Could not log in as "[^"]*nobody".*unauthorized.*invalid_grant.*set\s+username\s+to\s+the\s+id`},
		"illegal name":      {"easemob", userToken("username = \"alice@example.com\"\n password = \"canary-1\""), `(?s)Invalid value.*e-mail`},
		"empty password":    {"easemob", userToken("username = \"{@alice}\"\n password = \"\""), `(?s)Invalid value.*password\s+has\s+1\s+to`},
		"half a second":     {"easemob", userToken("username = \"{@alice}\"\n password = \"canary-1\"\n ttl = \"500ms\""), `(?s)whole\s+number\s+of\s+seconds.*"500ms"`},
		"parts of a second": {"easemob", userToken("username = \"{@alice}\"\n password = \"canary-1\"\n ttl = \"1.5s\""), `(?s)whole\s+number\s+of\s+seconds`},
		"no time":           {"easemob", userToken("username = \"{@alice}\"\n password = \"canary-1\"\n ttl = \"0s\""), `(?s)whole\s+number\s+of\s+seconds`},
		"no duration":       {"easemob", userToken("username = \"{@alice}\"\n password = \"canary-1\"\n ttl = \"soon\""), `(?s)ttl`},
		"no platform":       {"jmessage", userToken("username = \"alice\"\n password = \"canary-1\""), `JMessage does not support chat_user_token\.`},
		"no app token":      {"jmessage", `ephemeral "chat_app_token" "x" {}`, `JMessage does not support chat_app_token\.`},
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

func login(name, password string) map[string]tftypes.Value {
	return map[string]tftypes.Value{"username": str(name), "password": str(password)}
}

// The same login is made once in a run, and the application's token is the one
// that the provider itself uses.
func TestTokens_areShared(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	w.register("alice", "pass-1")
	r := w.rpc()
	w.emulator.requests()
	everywhere := func(open func()) counts {
		var wg sync.WaitGroup
		for range 30 {
			wg.Go(open)
		}
		wg.Wait()
		return w.emulator.requests()
	}
	if n := everywhere(func() {
		if _, diagnostics := r.open("chat_user_token", login(w.name("alice"), "pass-1")); len(diagnostics) > 0 {
			t.Error(diagnostics[0].Detail)
		}
	}); n.Tokens != 1 || n.Total != 1 {
		t.Errorf("one login made %d requests: %v", n.Total, n.Routes)
	}
	if n := everywhere(func() {
		if _, diagnostics := r.open("chat_app_token", nil); len(diagnostics) > 0 {
			t.Error(diagnostics[0].Detail)
		}
	}); n.Tokens != 1 || n.Total != 1 {
		t.Errorf("one application's token made %d requests: %v", n.Total, n.Routes)
	}
	if _, _, diagnostics := r.disconnect(str(w.name("alice"))); len(diagnostics) > 0 {
		t.Error(diagnostics[0].Detail)
	}
	if n := w.emulator.requests(); n.Tokens != 0 {
		t.Errorf("the provider fetched %d tokens of its own", n.Tokens)
	}
}

// A wrong password is tried once, is told at its attribute, and is not quoted.
func TestUserToken_refused(t *testing.T) {
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
func TestAccTokens_areKeptNowhere(t *testing.T) {
	t.Parallel()
	skipBelow(t, tfversion.Version1_10_0)
	w := emulatorWorld(t, "easemob")
	w.register("alice", "canary-login")
	env := environmentOf(w)
	env["TF_VAR_password"] = "canary-login"
	c := newCLI(t, "", env)
	trace := filepath.Join(t.TempDir(), "trace.log")
	c.env = append(c.env, "TF_LOG=TRACE", "TF_LOG_PATH="+trace)
	c.write("main.tf", w.named(`
terraform {
  required_providers {
    chat = { source = "chat/chat" }
  }
}
ephemeral "chat_user_token" "alice" {
  username = "{@alice}"
  password = var.password
}
ephemeral "chat_app_token" "app" {}
variable "password" {
  type      = string
  ephemeral = true
}
resource "terraform_data" "use" {
  provisioner "local-exec" {
    command = "echo used: ${length(ephemeral.chat_user_token.alice.token) + length(ephemeral.chat_app_token.app.token)}"
  }
}
`))
	printed := c.run("plan", "-out=plan", "-no-color") + c.run("show", "-json", "plan") + c.run("apply", "-no-color", "plan") + c.run("show", "-json")
	kept := map[string]string{"output": printed}
	for name, path := range map[string]string{"log": trace, "state": filepath.Join(c.dir, "terraform.tfstate")} {
		content, err := os.ReadFile(path)
		w.must(err)
		kept[name] = string(content)
	}
	plan, err := zip.OpenReader(filepath.Join(c.dir, "plan"))
	w.must(err)
	for _, file := range plan.File {
		reader, err := file.Open()
		w.must(err)
		content, err := io.ReadAll(reader)
		w.must(err)
		w.must(reader.Close())
		kept["plan's "+file.Name] = string(content)
	}
	w.must(plan.Close())
	if !strings.Contains(kept["log"], "/chat-demo/testapp/token") {
		t.Error("the trace does not tell of the logins: is it on?")
	}
	for where, content := range kept {
		for _, secret := range []string{"canary-login", "YWMt", easemobClientSecret} {
			if strings.Contains(content, secret) {
				t.Errorf("%q is in the %s", secret, where)
			}
		}
	}
}

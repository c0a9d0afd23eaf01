package provider_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// configureWith lists the users with a provider that is configured by an environment and
// a configuration. It expects an error, or success if want is empty.
func (w *world) configureWith(environment map[string]string, config, want string) {
	w.t.Helper()
	for _, name := range []string{
		"EASEMOB_APP_KEY", "EASEMOB_BASE_URL", "EASEMOB_CLIENT_ID", "EASEMOB_CLIENT_SECRET", "EASEMOB_TOKEN",
		"JMESSAGE_APP_KEY", "JMESSAGE_BASE_URL", "JMESSAGE_MASTER_SECRET",
	} {
		w.t.Setenv(name, environment[name])
	}
	step := resource.TestStep{Config: config + `
data "chat_users" "all" {}
`}
	if want != "" {
		step.ExpectError = regexp.MustCompile(want)
	}
	w.run(step)
}

// with returns the variables with one of them changed.
func with(variables map[string]string, name, value string) map[string]string {
	changed := maps.Clone(variables)
	changed[name] = value
	return changed
}

// without returns the variables without some of them.
func without(variables map[string]string, names ...string) map[string]string {
	changed := maps.Clone(variables)
	for _, name := range names {
		delete(changed, name)
	}
	return changed
}

func TestAccProvider_easemobIsConfiguredByBlockAndEnvironment(t *testing.T) {
	w := emulatorWorld(t, "easemob")
	url := w.emulator.url
	environment := map[string]string{
		"EASEMOB_APP_KEY": easemobAppKey, "EASEMOB_BASE_URL": url,
		"EASEMOB_CLIENT_ID": easemobClientID, "EASEMOB_CLIENT_SECRET": easemobClientSecret,
	}
	const nothing = `
provider "chat" {}
`
	const emptyBlock = `
provider "chat" {
  easemob = {}
}
`
	for name, c := range map[string]struct {
		environment  map[string]string
		config, want string
	}{
		"block": {nil, fmt.Sprintf(`
provider "chat" {
  easemob = {
    app_key       = "chat-demo#testapp"
    base_url      = %q
    client_id     = "demo-client-id"
    client_secret = "demo-client-secret"
  }
}
`, url), ""},
		"environment":            {environment, nothing, ""},
		"block over environment": {environment, emptyBlock, ""},
		"secret from the environment": {without(environment, "EASEMOB_CLIENT_ID"), `
provider "chat" {
  easemob = { client_id = "demo-client-id" }
}
`, ""},
		"nothing":               {nil, nothing, `(?s)No chat platform is configured`},
		"app key missing":       {without(environment, "EASEMOB_APP_KEY"), emptyBlock, `(?s)Missing app key.*Set\s+app_key`},
		"app key without app":   {with(environment, "EASEMOB_APP_KEY", "chat-demo"), nothing, `(?s)Invalid app key.*#`},
		"app name too long":     {with(environment, "EASEMOB_APP_KEY", "org#"+strings.Repeat("a", 33)), nothing, `(?s)Invalid app key.*32`},
		"address missing":       {without(environment, "EASEMOB_BASE_URL"), nothing, `(?s)Set base_url.*data_center`},
		"address without https": {with(environment, "EASEMOB_BASE_URL", "a1.easemob.com"), nothing, `(?s)https://`},
		"unknown data center": {environment, `
provider "chat" {
  easemob = { data_center = "mars1" }
}
`, `(?s)data_center.*"cn1"`},
		"address and data center": {environment, fmt.Sprintf(`
provider "chat" {
  easemob = {
    data_center = "cn1"
    base_url    = %q
  }
}
`, url), `(?s)Invalid Attribute Combination`},
		"credentials missing": {without(environment, "EASEMOB_CLIENT_ID", "EASEMOB_CLIENT_SECRET"), nothing, `(?s)Missing credentials`},
		"secret missing":      {without(environment, "EASEMOB_CLIENT_SECRET"), nothing, `(?s)Missing client secret`},
		"id missing":          {without(environment, "EASEMOB_CLIENT_ID"), nothing, `(?s)Missing client id`},
		"token and credentials": {nil, fmt.Sprintf(`
provider "chat" {
  easemob = {
    app_key       = "chat-demo#testapp"
    base_url      = %q
    client_id     = "demo-client-id"
    client_secret = "demo-client-secret"
    token         = "x"
  }
}
`, url), `(?s)Invalid Attribute Combination`},
		"token and credentials in the environment": {with(environment, "EASEMOB_TOKEN", "x"), nothing, `(?s)Two kinds of credentials`},
		"token wrong": {nil, fmt.Sprintf(`
provider "chat" {
  easemob = {
    app_key  = "chat-demo#testapp"
    base_url = %q
    token    = "nonsense"
  }
}
`, url), `(?s)unauthorized`},
		"secret wrong":        {with(environment, "EASEMOB_CLIENT_SECRET", "canary-wrong-secret"), nothing, `(?s)unauthorized.*invalid_grant`},
		"application missing": {with(environment, "EASEMOB_APP_KEY", "chat-demo#other"), nothing, `(?s)organization_application_not_found|Could not find application`},
		"secret unknown": {nil, fmt.Sprintf(`
resource "terraform_data" "x" {
  input = "5"
}

provider "chat" {
  easemob = {
    app_key       = "chat-demo#testapp"
    base_url      = %q
    client_id     = "x"
    client_secret = terraform_data.x.output
  }
}
`, url), `(?s)not known yet`},
		"block unknown": {nil, `
resource "terraform_data" "x" {
  input = {}
}

provider "chat" {
  easemob = terraform_data.x.output
}
`, `(?s)not known yet`},
		"max_retries unknown": {environment, `
resource "terraform_data" "x" {
  input = "5"
}

provider "chat" {
  max_retries = terraform_data.x.output
}
`, `(?s)not known yet`},
		"max_retries negative": {environment, `
provider "chat" {
  max_retries = -1
}
`, `(?s)max_retries.*between 0`},
		"request_timeout no duration": {environment, `
provider "chat" {
  request_timeout = "soon"
}
`, `(?s)request_timeout`},
		"request_timeout zero": {environment, `
provider "chat" {
  request_timeout = "0s"
}
`, `(?s)longer than zero`},
		"requests_per_second zero": {environment, `
provider "chat" {
  requests_per_second = 0
}
`, `(?s)requests_per_second.*at least`},
	} {
		t.Run(name, func(t *testing.T) { w.in(t).configureWith(c.environment, c.config, c.want) })
	}
}

func TestAccProvider_planOfNewUserNeedsNoRequest(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.run(resource.TestStep{Config: w.config(oneUser), PlanOnly: true, ExpectNonEmptyPlan: true})
	w.expectNoRequests()
}

func TestAccProvider_plainHTTPIsAWarning(t *testing.T) {
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
		c.write("main.tf", requireChat+fmt.Sprintf(`
provider "chat" {
  easemob = {
    app_key       = "chat-demo#testapp"
    base_url      = %q
    client_id     = "demo-client-id"
    client_secret = "demo-client-secret"
  }
}

data "chat_users" "all" {
  count = 0
}
`, url))
		if out := c.run("plan", "-no-color"); strings.Contains(out, "Credentials are sent without encryption") != warns {
			t.Errorf("%s: want a warning: %t, got\n%s", url, warns, out)
		}
	}
}

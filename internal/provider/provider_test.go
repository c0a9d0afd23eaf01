package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// environment clears the variables that configure a platform and sets some.
func environment(t *testing.T, set map[string]string) {
	t.Helper()
	for _, name := range []string{
		"EASEMOB_APP_KEY", "EASEMOB_BASE_URL", "EASEMOB_CLIENT_ID", "EASEMOB_CLIENT_SECRET", "EASEMOB_TOKEN",
		"JMESSAGE_APP_KEY", "JMESSAGE_MASTER_SECRET", "JMESSAGE_BASE_URL",
	} {
		t.Setenv(name, set[name])
	}
}

func TestAccProvider_configuration(t *testing.T) {
	w := emulatorWorld(t, "easemob")
	url := w.emulator.url
	app := fmt.Sprintf("app_key = %q\n", easemobAppKey)
	credentials := fmt.Sprintf("client_id = %q\nclient_secret = %q\n", easemobClientID, easemobClientSecret)
	base := fmt.Sprintf("base_url = %q\n", url)
	env := map[string]string{
		"EASEMOB_APP_KEY": easemobAppKey, "EASEMOB_BASE_URL": url,
		"EASEMOB_CLIENT_ID": easemobClientID, "EASEMOB_CLIENT_SECRET": easemobClientSecret,
	}
	without := func(names ...string) map[string]string {
		out := map[string]string{}
		for name, value := range env {
			if !strings.Contains(strings.Join(names, " "), name) {
				out[name] = value
			}
		}
		return out
	}
	with := func(name, value string) map[string]string {
		out := without()
		out[name] = value
		return out
	}
	for name, c := range map[string]struct {
		env   map[string]string
		block string
		want  string // empty: it works
	}{
		"literal":                   {nil, "easemob = {\n" + app + base + credentials + "}", ""},
		"environment":               {env, "", ""},
		"block over environment":    {env, "easemob = {}", ""},
		"secret from environment":   {without("EASEMOB_CLIENT_ID"), fmt.Sprintf("easemob = { client_id = %q }", easemobClientID), ""},
		"nothing":                   {nil, "", `(?s)No chat platform is configured`},
		"no app key":                {without("EASEMOB_APP_KEY"), "easemob = {}", `(?s)Missing app key.*Set\s+app_key`},
		"malformed app key":         {with("EASEMOB_APP_KEY", "chat-demo"), "", `(?s)Invalid app key.*#`},
		"long app name":             {with("EASEMOB_APP_KEY", "org#"+strings.Repeat("a", 33)), "", `(?s)Invalid app key.*32`},
		"no address":                {without("EASEMOB_BASE_URL"), "", `(?s)Set base_url.*data_center`},
		"bad address":               {with("EASEMOB_BASE_URL", "a1.easemob.com"), "", `(?s)https://`},
		"unknown data center":       {env, `easemob = { data_center = "mars1" }`, `(?s)data_center.*"cn1"`},
		"address and data center":   {env, "easemob = {\ndata_center = \"cn1\"\n" + base + "}", `(?s)Invalid Attribute Combination`},
		"no credentials":            {without("EASEMOB_CLIENT_ID", "EASEMOB_CLIENT_SECRET"), "", `(?s)Missing credentials`},
		"no secret":                 {without("EASEMOB_CLIENT_SECRET"), "", `(?s)Missing client secret`},
		"no id":                     {without("EASEMOB_CLIENT_ID"), "", `(?s)Missing client id`},
		"token and credentials":     {nil, "easemob = {\n" + app + base + credentials + "token = \"x\"\n}", `(?s)Invalid Attribute Combination`},
		"both kinds in environment": {with("EASEMOB_TOKEN", "x"), "", `(?s)Two kinds of credentials`},
		"bad token":                 {nil, "easemob = {\n" + app + base + "token = \"nonsense\"\n}", `(?s)unauthorized`},
		"wrong secret":              {with("EASEMOB_CLIENT_SECRET", "canary-wrong-secret"), "", `(?s)unauthorized.*invalid_grant`},
		"wrong application":         {with("EASEMOB_APP_KEY", "chat-demo#other"), "", `(?s)organization_application_not_found|Could not find application`},
		"unknown value":             {nil, "easemob = {\n" + app + base + "client_id = \"x\"\nclient_secret = terraform_data.x.output\n}", `(?s)not known yet`},
		"unknown block":             {nil, "easemob = terraform_data.y.output", `(?s)not known yet`},
		"unknown retries":           {env, "max_retries = terraform_data.x.output", `(?s)not known yet`},
		"negative retries":          {env, "max_retries = -1", `(?s)max_retries.*between 0`},
		"bad timeout":               {env, `request_timeout = "soon"`, `(?s)request_timeout`},
		"zero timeout":              {env, `request_timeout = "0s"`, `(?s)longer than zero`},
		"zero pace":                 {env, `requests_per_second = 0`, `(?s)requests_per_second.*at least`},
	} {
		t.Run(name, func(t *testing.T) {
			environment(t, c.env)
			step := resource.TestStep{
				Config: fmt.Sprintf("provider \"chat\" {\n%s\n}\ndata \"chat_users\" \"all\" {}\nresource \"terraform_data\" \"x\" {\n input = \"5\"\n}\nresource \"terraform_data\" \"y\" {\n input = {}\n}\n", c.block),
			}
			if c.want != "" {
				step.ExpectError = regexp.MustCompile(c.want)
			}
			w := *w
			w.t = t
			w.run(step)
		})
	}
}

// No request is made before one is needed, and validation and planning of new
// resources need none.
func TestAccProvider_asksNothingEarly(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.run(resource.TestStep{Config: w.alice(`password = "pass-1"`), PlanOnly: true, ExpectNonEmptyPlan: true})
	if n := w.emulator.requests(); n.Total != 0 {
		t.Errorf("planning a new user made %d requests: %v", n.Total, n.Routes)
	}
}

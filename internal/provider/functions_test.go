package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/easemob"
	"terraform-provider-chat/internal/jmessage"
	"terraform-provider-chat/internal/rest"
)

func TestAccFunctions_returnValuesWithoutRequests(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.runSince(tfversion.Version1_8_0, resource.TestStep{
		Config: w.config(`
output "key" {
  value = provider::chat::parse_app_key("chat-demo#testapp")
}

output "name" {
  value = provider::chat::username_from("alice@example.com")
}

output "chinese" {
  value = provider::chat::username_from("张三@例子.中国")
}
`),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("key", knownvalue.ObjectExact(map[string]knownvalue.Check{
				"org": knownvalue.StringExact("chat-demo"), "app": knownvalue.StringExact("testapp"),
			})),
			statecheck.ExpectKnownOutputValue("name", knownvalue.StringExact("alice-example.com-76gzqgp4byjl6dje")),
			statecheck.ExpectKnownOutputValue("chinese", knownvalue.StringExact("user-qfn7zl7smfgjf4an")),
		},
	})
	w.expectNoRequests()
}

func TestAccFunctions_invalidArgumentsAreErrors(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	for call, want := range map[string]string{
		`parse_app_key("chat-demo")`:              `(?s)app_key.*org_name#app_name.*It is\s+"chat-demo"\.\s`,
		`parse_app_key("chat-demo#test#app")`:     `(?s)org_name#app_name`,
		`parse_app_key("")`:                       `(?s)org_name#app_name`,
		`parse_app_key(null)`:                     `(?s)null`,
		`username_from("")`:                       `(?s)account.*at\s+least\s+one\s+character`,
		`username_from(null)`:                     `(?s)null`,
		`username_from("alice", "bob")`:           `(?s)Too many`,
		`parse_app_key("4f7aef34fb361292c566a1")`: `(?s)org_name#app_name`,
	} {
		w.runSince(tfversion.Version1_8_0, resource.TestStep{
			Config: w.config(fmt.Sprintf(`
output "x" {
  value = provider::chat::%s
}
`, call)),
			ExpectError: regexp.MustCompile(want),
		})
	}
}

func TestUsernameFrom_isValidOnEveryPlatform(t *testing.T) {
	t.Parallel()
	jmessageService := jmessageClient(t, jmessage.Config{AppKey: jmessageAppKey, MasterSecret: jmessageSecret})
	easemobService := easemobClient(t, easemob.Config{AppKey: easemobAppKey, Token: "token", REST: rest.Config{BaseURL: "https://host.example"}})
	for _, platform := range []*chat.Platform{easemobService.Platform, jmessageService.Platform} {
		for _, account := range []string{
			"a", "me", ".", "..", "_", "-x", "Alice@Example.com", "张三", "\xff", "11111111-0000-11ee-8000-0123456789ab",
			strings.Repeat("long", 100), strings.Repeat("-", 100), strings.Repeat("a", 46) + ".-_b",
		} {
			name, err := chat.UsernameFrom(account)
			if err != nil {
				t.Fatal(err)
			}
			if err := platform.Rules.Check(chat.FieldUsername, name); err != nil {
				t.Errorf("%q gives %q on %s: %v", account, name, platform.Title, err)
			}
			if platform.UserKey(name) != name {
				t.Errorf("%q gives %q, which is also %q on %s", account, name, platform.UserKey(name), platform.Title)
			}
		}
	}
}

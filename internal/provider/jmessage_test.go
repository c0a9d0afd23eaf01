package provider_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"terraform-provider-chat/internal/chat"
)

// What only JMessage has.

func TestAccJMessageUser_profile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "jmessage")
	full := w.alice(`password = "pass-1"
 profile = {
  avatar    = "qiniu/image/0123456789abcdef"
  birthday  = "1990-01-24"
  gender    = "female"
  signature = "爱生活 🎈"
  region    = "shenzhen"
  address   = "Nanshan"
  extras    = jsonencode({ team = "red", level = 3 })
 }`)
	some := w.alice(`password = "pass-1"
 profile = {
  region = "beijing"
  extras = jsonencode({ level = 3, team = "red" })
 }`)
	w.run(
		resource.TestStep{
			Config: full,
			ConfigStateChecks: []statecheck.StateCheck{
				w.expect("uuid", knownvalue.Null()),
				w.expect("activated", knownvalue.Null()),
				w.expect("push", knownvalue.Null()),
				w.expect("profile.birthday", knownvalue.StringExact("1990-01-24")),
				w.expect("profile.gender", knownvalue.StringExact("female")),
			},
		},
		resource.TestStep{Config: full, ConfigPlanChecks: expectNothing},
		resource.TestStep{
			Config:                  full,
			ResourceName:            aliceAddress,
			ImportState:             true,
			ImportStateId:           w.name("alice"),
			ImportStateVerify:       true,
			ImportStateVerifyIgnore: []string{"password", "created_at"},
		},
		// What is omitted inside the profile is left alone.
		resource.TestStep{
			Config:           some,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				w.expect("profile.region", knownvalue.StringExact("beijing")),
				w.expect("profile.birthday", knownvalue.StringExact("1990-01-24")),
			},
		},
		// Extras are compared by meaning: another order of keys is no drift.
		resource.TestStep{
			PreConfig: w.do(func(ctx context.Context) error {
				return w.admin.Users.Update(ctx, w.name("alice"), chat.Settings{Profile: &chat.Profile{Extras: ptr(`{"team": "red", "level": 3}`)}})
			}),
			Config:           some,
			ConfigPlanChecks: expectNothing,
		},
		// Drift of what is declared is repaired.
		resource.TestStep{
			PreConfig: w.do(func(ctx context.Context) error {
				return w.admin.Users.Update(ctx, w.name("alice"), chat.Settings{Profile: &chat.Profile{Extras: ptr(`{"team":"blue"}`), Region: ptr("")}})
			}),
			Config:           some,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
			Check: func(*state) error {
				if p := w.user("alice").Profile; text(p.Region) != "beijing" || !strings.Contains(text(p.Extras), "red") {
					return fmt.Errorf("region %s, extras %s", text(p.Region), text(p.Extras))
				}
				return nil
			},
		},
		// Empty strings clear, and stay what the configuration says.
		resource.TestStep{
			Config: w.alice("password = \"pass-1\"\nprofile = {\n region = \"\"\n extras = \"{}\"\n gender = \"unknown\"\n}"),
			Check: func(*state) error {
				if p := w.user("alice").Profile; text(p.Region) != "unset" || strings.Contains(text(p.Extras), "red") {
					return fmt.Errorf("region %s, extras %s", text(p.Region), text(p.Extras))
				}
				return nil
			},
		},
	)
}

// Whether a user is disabled cannot be read back: it is kept in the state and
// written again when the declared value changes.
func TestAccJMessageUser_activatedIsStateOnly(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	active := w.alice("password = \"pass-1\"\nactivated = true")
	w.run(
		resource.TestStep{Config: active},
		resource.TestStep{
			PreConfig:        w.do(func(ctx context.Context) error { return w.admin.Users.SetActivated(ctx, w.name("alice"), false) }),
			Config:           active,
			ConfigPlanChecks: expectNothing,
		},
		resource.TestStep{Config: w.alice("password = \"pass-1\"\nactivated = false"), Check: func(*state) error { return w.expectActivated("alice", false) }},
		resource.TestStep{Config: active, Check: func(*state) error { return w.expectActivated("alice", true) }},
		resource.TestStep{
			Config: active, ResourceName: aliceAddress, ImportState: true, ImportStateId: w.name("alice"),
			ImportStateCheck: func(states []*instanceState) error {
				if got, ok := states[0].Attributes["activated"]; ok {
					return fmt.Errorf("import claims to know activated: %q", got)
				}
				return nil
			},
		},
	)
}

// A failure to disable a new user is not forgotten, although nothing could be read.
func TestAccJMessageUser_activationFails(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.run(
		resource.TestStep{Config: w.alice("password = \"pass-1\"")},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "PUT", Path: "/forbidden", Status: 400, Body: `{"error":{"code":899003,"message":"parameter invalid"}}`})
			},
			Config:      w.alice("password = \"pass-1\"\nnickname = \"Alice\"\nactivated = false"),
			ExpectError: regexp.MustCompile(`(?s)Could not update user.*899003`),
		},
		resource.TestStep{
			Config:           w.alice("password = \"pass-1\"\nnickname = \"Alice\"\nactivated = false"),
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
			Check:            func(*state) error { return w.expectActivated("alice", false) },
		},
	)
}

func TestAccJMessageContact_notes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "jmessage")
	address := "chat_contact.e"
	contact := func(notes string) string {
		return w.config(threeUsers + "resource \"chat_contact\" \"e\" {\n owner = chat_user.alice.username\n contact = chat_user.bobby.username\n" + notes + "\n}\n")
	}
	expect := func(attribute, value string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), knownvalue.StringExact(value))
	}
	remote := func(noteName, note string) resource.TestCheckFunc {
		return func(*state) error {
			contacts, err := w.admin.Contacts.List(context.Background(), w.name("alice"))
			if err != nil || len(contacts) != 1 || text(contacts[0].NoteName) != noteName || text(contacts[0].Note) != note {
				return fmt.Errorf("contacts are %v: %w", contacts, err)
			}
			return nil
		}
	}
	w.run(
		resource.TestStep{
			Config:            contact("note_name = \"Bob\"\nnote = \"from school\""),
			ConfigStateChecks: []statecheck.StateCheck{expect("note_name", "Bob"), expect("note", "from school")},
			Check:             remote("Bob", "from school"),
		},
		resource.TestStep{
			Config:            contact("note_name = \"Bob\"\nnote = \"from school\""),
			ResourceName:      address,
			ImportState:       true,
			ImportStateId:     w.name("alice") + "/" + w.name("bobby"),
			ImportStateVerify: true,
		},
		resource.TestStep{
			Config:           contact("note_name = \"Bobby\""),
			ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate),
			Check:            remote("Bobby", "from school"),
		},
		resource.TestStep{
			PreConfig: w.do(func(ctx context.Context) error {
				return w.admin.Contacts.SetNotes(ctx, w.name("alice"), chat.Ref{Username: w.name("bobby")}, chat.Notes{NoteName: ptr("X"), Note: ptr("Y")})
			}),
			Config:           contact("note_name = \"Bobby\""),
			ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate),
			Check:            remote("Bobby", "Y"),
		},
		resource.TestStep{
			Config:            contact("note_name = \"\"\nnote = \"\""),
			ConfigStateChecks: []statecheck.StateCheck{expect("note_name", ""), expect("note", "")},
			Check:             remote("unset", "unset"),
		},
	)
}

func TestAccJMessageContact_notesFail(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	config := w.config(threeUsers + "resource \"chat_contact\" \"e\" {\n owner = chat_user.alice.username\n contact = chat_user.bobby.username\n note_name = \"Bob\"\n}\n")
	w.run(
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "PUT", Path: "/friends", Status: 400, Body: `{"error":{"code":899003,"message":"parameter invalid"}}`})
			},
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)could not set it up as.*write the notes.*899003`),
		},
		// The contact is in the state, tainted, and not orphaned.
		resource.TestStep{Config: config, ConfigPlanChecks: expectAction("chat_contact.e", plancheck.ResourceActionReplace)},
	)
}

func TestAccJMessage_refusedAtPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "jmessage")
	user := func(arguments string) string { return aliceBlock("password = \"pass-1\"\n" + arguments) }
	contact := func(notes string) string {
		return "resource \"chat_contact\" \"c\" {\n owner = \"alice\"\n contact = \"bobby\"\n" + notes + "\n}\n"
	}
	for name, c := range map[string]struct{ config, want string }{
		"push":                {user(`push = { display_style = "detail" }`), `(?s)JMessage.*does\s+not\s+support\s+push`},
		"push unknown":        {user(`push = terraform_data.x.output`) + "resource \"terraform_data\" \"x\" {\n input = {}\n}\n", `(?s)JMessage.*does\s+not\s+support\s+push`},
		"name too short":      {strings.ReplaceAll(user(""), "{@alice}", "abc"), `(?s)4`},
		"name begins wrongly": {strings.ReplaceAll(user(""), "{@alice}", "-abcd"), `(?s)username`},
		"password too short":  {aliceBlock(`password = "abc"`), `(?s)4`},
		"nickname bytes":      {user(`nickname = "` + strings.Repeat("爱", 22) + `"`), `(?s)64\s+bytes`},
		"nickname line break": {user(`nickname = "a\nb"`), `(?s)line\s+break`},
		"birthday":            {user(`profile = { birthday = "24.1.1990" }`), `(?s)yyyy-MM-dd`},
		"signature bytes":     {user(`profile = { signature = "` + strings.Repeat("爱", 84) + `"}`), `(?s)250\s+bytes`},
		"extras no object":    {user(`profile = { extras = "[1]" }`), `(?s)JSON\s+object`},
		"extras no JSON":      {user(`profile = { extras = "{" }`), `(?s)JSON`},
		"extras too long":     {user(`profile = { extras = jsonencode({ a = "` + strings.Repeat("x", 512) + `"}) }`), `(?s)512`},
		"note name bytes":     {contact(`note_name = "` + strings.Repeat("爱", 22) + `"`), `(?s)64\s+bytes`},
		"note bytes":          {contact(`note = "` + strings.Repeat("x", 251) + `"`), `(?s)250\s+bytes`},
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.t = t
			w.run(resource.TestStep{Config: w.config(c.config), ExpectError: regexp.MustCompile(c.want), PlanOnly: true})
		})
	}
}

// Names that differ by case are different users.
func TestAccJMessageUser_caseOfName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "jmessage")
	w.run(
		resource.TestStep{Config: w.alice(`password = "pass-1"`)},
		resource.TestStep{
			Config:           w.config(strings.ReplaceAll(aliceBlock(`password = "pass-1"`), "{@alice}", strings.ToUpper(w.name("alice")))),
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionReplace),
		},
	)
}

func TestAccProvider_jmessageConfiguration(t *testing.T) {
	w := emulatorWorld(t, "jmessage")
	good := map[string]string{"JMESSAGE_APP_KEY": jmessageAppKey, "JMESSAGE_MASTER_SECRET": jmessageSecret, "JMESSAGE_BASE_URL": w.emulator.url}
	with := func(name, value string) map[string]string {
		out := map[string]string{}
		for k, v := range good {
			out[k] = v
		}
		out[name] = value
		return out
	}
	easemobToo := with("EASEMOB_APP_KEY", easemobAppKey)
	for name, c := range map[string]struct {
		env   map[string]string
		block string
		want  string
	}{
		"environment":               {good, "", ""},
		"empty block":               {good, "jmessage = {}", ""},
		"block over environment":    {easemobToo, "jmessage = {}", ""},
		"both in the environment":   {easemobToo, "", `(?s)More than one chat platform.*environment`},
		"both in the configuration": {good, "jmessage = {}\neasemob = {}", `(?s)More than one chat platform.*alias`},
		"no app key":                {with("JMESSAGE_APP_KEY", ""), "jmessage = {}", `(?s)Missing app key`},
		"bad app key":               {with("JMESSAGE_APP_KEY", "123"), "", `(?s)Invalid app key.*24`},
		"no secret":                 {with("JMESSAGE_MASTER_SECRET", ""), "", `(?s)Missing master secret`},
		"bad secret":                {with("JMESSAGE_MASTER_SECRET", "canary"), "", `(?s)Invalid master secret.*24`},
		"wrong secret":              {with("JMESSAGE_MASTER_SECRET", "canary-master-secret-000"), "", `(?s)unauthorized.*Check\s+the\s+credentials`},
	} {
		t.Run(name, func(t *testing.T) {
			environment(t, c.env)
			step := resource.TestStep{Config: fmt.Sprintf("provider \"chat\" {\n%s\n}\ndata \"chat_users\" \"all\" {}\n", c.block)}
			if c.want != "" {
				step.ExpectError = regexp.MustCompile(c.want)
			}
			w := *w
			w.t = t
			w.run(step)
		})
	}
}

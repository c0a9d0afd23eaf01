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

// Tests of what only JMessage has.

func TestAccJMessageUser_profileIsWrittenAndRepairedAsFarAsDeclared(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "jmessage")
	everything := w.config(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  profile = {
    avatar    = "qiniu/image/0123456789abcdef"
    birthday  = "1990-01-24"
    gender    = "female"
    signature = "爱生活 🎈"
    region    = "shenzhen"
    address   = "Nanshan"
    extras    = jsonencode({ team = "red", level = 3 })
  }
}
`)
	some := w.config(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  profile = {
    region = "beijing"
    extras = jsonencode({ level = 3, team = "red" })
  }
}
`)
	// profile changes the profile without Terraform.
	profile := func(settings chat.Profile) func() {
		return w.do(func(ctx context.Context) error {
			return w.admin.Users.Update(ctx, w.name("alice"), chat.Settings{Profile: &settings})
		})
	}
	w.run(
		resource.TestStep{
			Config: everything,
			ConfigStateChecks: []statecheck.StateCheck{
				w.expect("uuid", knownvalue.Null()),
				w.expect("activated", knownvalue.Null()),
				w.expect("push", knownvalue.Null()),
				w.expect("profile.birthday", knownvalue.StringExact("1990-01-24")),
				w.expect("profile.gender", knownvalue.StringExact("female")),
			},
		},
		resource.TestStep{Config: everything, ConfigPlanChecks: expectNothing},
		resource.TestStep{
			Config:                  everything,
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
		// Extras are compared as JSON: another order of keys is no change.
		resource.TestStep{
			PreConfig:        profile(chat.Profile{Extras: ptr(`{"team": "red", "level": 3}`)}),
			Config:           some,
			ConfigPlanChecks: expectNothing,
		},
		// What is declared and somebody else changed is repaired.
		resource.TestStep{
			PreConfig:        profile(chat.Profile{Extras: ptr(`{"team":"blue"}`), Region: ptr("")}),
			Config:           some,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
			Check: func(*state) error {
				if p := w.user("alice").Profile; text(p.Region) != "beijing" || !strings.Contains(text(p.Extras), "red") {
					return fmt.Errorf("region %s, extras %s", text(p.Region), text(p.Extras))
				}
				return nil
			},
		},
		// Empty strings clear, and stay in the state as they are declared.
		resource.TestStep{
			Config: w.config(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  profile = {
    region = ""
    extras = "{}"
    gender = "unknown"
  }
}
`),
			Check: func(*state) error {
				if p := w.user("alice").Profile; text(p.Region) != "unset" || strings.Contains(text(p.Extras), "red") {
					return fmt.Errorf("region %s, extras %s", text(p.Region), text(p.Extras))
				}
				return nil
			},
		},
	)
}

// activatedUser declares alice as activated, deactivatedUser as deactivated.
const (
	activatedUser = `
resource "chat_user" "alice" {
  username  = "{@alice}"
  password  = "pass-1"
  activated = true
}
`
	deactivatedUser = `
resource "chat_user" "alice" {
  username  = "{@alice}"
  password  = "pass-1"
  activated = false
}
`
)

// JMessage does not return whether a user is disabled: activated is kept in the state and
// written when the declared value changes.
func TestAccJMessageUser_activatedIsWrittenOnlyWhenTheDeclaredValueChanges(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.run(
		resource.TestStep{Config: w.config(activatedUser)},
		resource.TestStep{
			PreConfig:        w.do(func(ctx context.Context) error { return w.admin.Users.SetActivated(ctx, w.name("alice"), false) }),
			Config:           w.config(activatedUser),
			ConfigPlanChecks: expectNothing,
		},
		resource.TestStep{Config: w.config(deactivatedUser), Check: all(w.isActivated("alice", false))},
		resource.TestStep{Config: w.config(activatedUser), Check: all(w.isActivated("alice", true))},
		resource.TestStep{
			Config: w.config(activatedUser), ResourceName: aliceAddress, ImportState: true, ImportStateId: w.name("alice"),
			ImportStateCheck: func(states []*instanceState) error {
				if got, ok := states[0].Attributes["activated"]; ok {
					return fmt.Errorf("the import set activated to %q", got)
				}
				return nil
			},
		},
	)
}

func TestAccJMessageUser_failedDeactivationIsRepeated(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	deactivated := w.config(`
resource "chat_user" "alice" {
  username  = "{@alice}"
  password  = "pass-1"
  nickname  = "Alice"
  activated = false
}
`)
	w.run(
		resource.TestStep{Config: w.config(oneUser)},
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "PUT", Path: "/forbidden", Status: 400, Body: `{"error":{"code":899003,"message":"parameter invalid"}}`})
			},
			Config:      deactivated,
			ExpectError: regexp.MustCompile(`(?s)Could not update user.*899003`),
		},
		resource.TestStep{
			Config:           deactivated,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
			Check:            all(w.isActivated("alice", false)),
		},
	)
}

func TestAccJMessageContact_notesAreWrittenAndRepairedAsFarAsDeclared(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "jmessage")
	const address = "chat_contact.e"
	bothNotes := w.config(threeUsers + `
resource "chat_contact" "e" {
  owner     = chat_user.alice.id
  contact   = chat_user.bobby.id
  note_name = "Bob"
  note      = "from school"
}
`)
	oneNote := w.config(threeUsers + `
resource "chat_contact" "e" {
  owner     = chat_user.alice.id
  contact   = chat_user.bobby.id
  note_name = "Bobby"
}
`)
	emptyNotes := w.config(threeUsers + `
resource "chat_contact" "e" {
  owner     = chat_user.alice.id
  contact   = chat_user.bobby.id
  note_name = ""
  note      = ""
}
`)
	expect := func(attribute, value string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), knownvalue.StringExact(value))
	}
	hasNotes := func(noteName, note string) func() error {
		return func() error {
			contacts, err := w.admin.Contacts.List(context.Background(), w.name("alice"))
			if err != nil || len(contacts) != 1 || text(contacts[0].NoteName) != noteName || text(contacts[0].Note) != note {
				return fmt.Errorf("contacts are %v: %w", contacts, err)
			}
			return nil
		}
	}
	w.run(
		resource.TestStep{
			Config:            bothNotes,
			ConfigStateChecks: []statecheck.StateCheck{expect("note_name", "Bob"), expect("note", "from school")},
			Check:             all(hasNotes("Bob", "from school")),
		},
		resource.TestStep{
			Config:            bothNotes,
			ResourceName:      address,
			ImportState:       true,
			ImportStateId:     w.name("alice") + "/" + w.name("bobby"),
			ImportStateVerify: true,
		},
		resource.TestStep{
			Config:           oneNote,
			ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate),
			Check:            all(hasNotes("Bobby", "from school")),
		},
		resource.TestStep{
			PreConfig: w.do(func(ctx context.Context) error {
				return w.admin.Contacts.SetNotes(ctx, w.name("alice"), chat.Ref{Username: w.name("bobby")}, chat.Notes{NoteName: ptr("X"), Note: ptr("Y")})
			}),
			Config:           oneNote,
			ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate),
			Check:            all(hasNotes("Bobby", "Y")),
		},
		resource.TestStep{
			Config:            emptyNotes,
			ConfigStateChecks: []statecheck.StateCheck{expect("note_name", ""), expect("note", "")},
			Check:             all(hasNotes("unset", "unset")),
		},
	)
}

func TestAccJMessageContact_failedNotesTaintTheContact(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	config := w.config(threeUsers + `
resource "chat_contact" "e" {
  owner     = chat_user.alice.id
  contact   = chat_user.bobby.id
  note_name = "Bob"
}
`)
	w.run(
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: "PUT", Path: "/friends", Status: 400, Body: `{"error":{"code":899003,"message":"parameter invalid"}}`})
			},
			Config:      config,
			ExpectError: regexp.MustCompile(`(?s)could not set it up as.*write the notes.*899003`),
		},
		// The contact is in the state, tainted.
		resource.TestStep{Config: config, ConfigPlanChecks: expectAction("chat_contact.e", plancheck.ResourceActionReplace)},
	)
}

func TestAccJMessage_invalidConfigurationFailsThePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "jmessage")
	for name, c := range map[string]struct{ config, want string }{
		"push": {`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  push     = { display_style = "detail" }
}
`, `(?s)JMessage.*does\s+not\s+support\s+push`},
		"push that is unknown": {`
resource "terraform_data" "x" {
  input = {}
}

resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  push     = terraform_data.x.output
}
`, `(?s)JMessage.*does\s+not\s+support\s+push`},
		"username too short": {`
resource "chat_user" "alice" {
  username = "abc"
  password = "pass-1"
}
`, `(?s)4`},
		"username that begins with a hyphen": {`
resource "chat_user" "alice" {
  username = "-abcd"
  password = "pass-1"
}
`, `(?s)username`},
		"password too short": {`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "abc"
}
`, `(?s)4`},
		"nickname with too many bytes": {fmt.Sprintf(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  nickname = %q
}
`, strings.Repeat("爱", 22)), `(?s)64\s+bytes`},
		"nickname with a line break": {`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  nickname = "a\nb"
}
`, `(?s)line\s+break`},
		"birthday in another format": {`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  profile  = { birthday = "24.1.1990" }
}
`, `(?s)yyyy-MM-dd`},
		"signature with too many bytes": {fmt.Sprintf(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  profile  = { signature = %q }
}
`, strings.Repeat("爱", 84)), `(?s)250\s+bytes`},
		"extras that are no object": {`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  profile  = { extras = "[1]" }
}
`, `(?s)JSON\s+object`},
		"extras that are no JSON": {`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  profile  = { extras = "{" }
}
`, `(?s)JSON`},
		"extras too long": {fmt.Sprintf(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  profile  = { extras = jsonencode({ a = %q }) }
}
`, strings.Repeat("x", 512)), `(?s)512`},
		"note_name with too many bytes": {fmt.Sprintf(`
resource "chat_contact" "c" {
  owner     = "alice"
  contact   = "bobby"
  note_name = %q
}
`, strings.Repeat("爱", 22)), `(?s)64\s+bytes`},
		"note with too many bytes": {fmt.Sprintf(`
resource "chat_contact" "c" {
  owner   = "alice"
  contact = "bobby"
  note    = %q
}
`, strings.Repeat("x", 251)), `(?s)250\s+bytes`},
	} {
		t.Run(name, func(t *testing.T) {
			w.in(t).run(resource.TestStep{Config: w.config(c.config), ExpectError: regexp.MustCompile(c.want), PlanOnly: true})
		})
	}
}

func TestAccJMessageUser_namesThatDifferByCaseAreDifferentUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "jmessage")
	w.run(
		resource.TestStep{Config: w.config(oneUser)},
		resource.TestStep{
			Config: w.config(`
resource "chat_user" "alice" {
  username = upper("{@alice}")
  password = "pass-1"
}
`),
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionReplace),
		},
	)
}

func TestAccProvider_jmessageIsConfiguredByBlockAndEnvironment(t *testing.T) {
	w := emulatorWorld(t, "jmessage")
	environment := map[string]string{
		"JMESSAGE_APP_KEY": jmessageAppKey, "JMESSAGE_BASE_URL": w.emulator.url,
		"JMESSAGE_MASTER_SECRET": jmessageSecret,
	}
	both := with(environment, "EASEMOB_APP_KEY", easemobAppKey)
	const (
		nothing = `
provider "chat" {}
`
		emptyBlock = `
provider "chat" {
  jmessage = {}
}
`
		twoBlocks = `
provider "chat" {
  easemob  = {}
  jmessage = {}
}
`
	)
	for name, c := range map[string]struct {
		environment  map[string]string
		config, want string
	}{
		"environment":               {environment, nothing, ""},
		"empty block":               {environment, emptyBlock, ""},
		"block over environment":    {both, emptyBlock, ""},
		"both in the environment":   {both, nothing, `(?s)More than one chat platform.*environment`},
		"both in the configuration": {environment, twoBlocks, `(?s)More than one chat platform.*alias`},
		"app key missing":           {with(environment, "JMESSAGE_APP_KEY", ""), emptyBlock, `(?s)Missing app key`},
		"app key too short":         {with(environment, "JMESSAGE_APP_KEY", "123"), nothing, `(?s)Invalid app key.*24`},
		"secret missing":            {with(environment, "JMESSAGE_MASTER_SECRET", ""), nothing, `(?s)Missing master secret`},
		"secret too short":          {with(environment, "JMESSAGE_MASTER_SECRET", "canary"), nothing, `(?s)Invalid master secret.*24`},
		"secret wrong":              {with(environment, "JMESSAGE_MASTER_SECRET", "canary-master-secret-000"), nothing, `(?s)unauthorized.*Check\s+the\s+credentials`},
	} {
		t.Run(name, func(t *testing.T) { w.in(t).configureWith(c.environment, c.config, c.want) })
	}
}

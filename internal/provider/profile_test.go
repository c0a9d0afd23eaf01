package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"terraform-provider-chat/internal/chat"
)

// aliceWith declares alice with a profile.
func aliceWith(profile string) string {
	return fmt.Sprintf(`
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
  profile = {
    %s
  }
}
`, profile)
}

// writeProfile changes a profile without Terraform.
func (w *world) writeProfile(name string, profile chat.Profile) func() {
	return w.do(func(ctx context.Context) error {
		return w.admin.Users.Update(ctx, w.name(name), chat.Settings{Profile: &profile})
	})
}

// hasProfile checks a profile as far as want is set; empty is unset.
func (w *world) hasProfile(name string, want map[string]string) func() error {
	return func() error {
		p := w.user(name).Profile
		if p == nil {
			p = &chat.Profile{}
		}
		have := map[string]*string{
			"avatar": p.Avatar, "birthday": p.Birthday, "gender": p.Gender, "signature": p.Signature, "region": p.Region,
			"address": p.Address, "extras": p.Extras, "phone": p.Phone, "email": p.Email,
		}
		for attribute, value := range want {
			got := have[attribute]
			if got == nil {
				got = ptr("")
			}
			if *got != value {
				return fmt.Errorf("%s of the profile is %q, not %q", attribute, *got, value)
			}
		}
		return nil
	}
}

// One configuration keeps a profile on every platform.
func TestAccProfile_isWrittenImportedRepairedAndCleared(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		everything := w.config(aliceWith(`
    avatar    = "qiniu/image/0123456789abcdef"
    birthday  = "1990-01-24"
    gender    = "female"
    signature = "爱生活 & <more> = 100%"
    region    = "shenzhen"
    address   = "Nanshan"
    extras    = jsonencode({ team = "red" })`))
		some := w.config(aliceWith(`region = "beijing"`))
		everyPart := map[string]string{
			"avatar": "qiniu/image/0123456789abcdef", "birthday": "1990-01-24", "gender": "female", "signature": "爱生活 & <more> = 100%",
			"region": "shenzhen", "address": "Nanshan", "extras": `{"team":"red"}`,
		}
		w.run(
			resource.TestStep{Config: everything, Check: all(w.hasProfile("alice", everyPart))},
			resource.TestStep{Config: everything, ConfigPlanChecks: expectNothing},
			resource.TestStep{
				Config: everything, ResourceName: aliceAddress, ImportState: true, ImportStateId: w.name("alice"),
				ImportStateVerify: true, ImportStateVerifyIgnore: []string{"password", "created_at"},
			},
			// What is omitted is left alone.
			resource.TestStep{
				Config: some, ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				Check: all(w.hasProfile("alice", map[string]string{"region": "beijing", "birthday": "1990-01-24", "gender": "female"})),
			},
			// What is declared and somebody else changed is repaired, the rest is left alone.
			resource.TestStep{
				PreConfig: w.writeProfile("alice", chat.Profile{Region: ptr("oslo"), Address: ptr("Karl Johans gate")}),
				Config:    some, ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				Check: all(w.hasProfile("alice", map[string]string{"region": "beijing", "address": "Karl Johans gate"})),
			},
			resource.TestStep{
				PreConfig: w.writeProfile("alice", chat.Profile{Region: ptr("")}),
				Config:    some, ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
				Check: all(w.hasProfile("alice", map[string]string{"region": "beijing"})),
			},
			// An empty string clears.
			resource.TestStep{
				Config: w.config(aliceWith("region = \"\"\n    gender = \"unknown\"")),
				Check:  all(w.hasProfile("alice", map[string]string{"region": "", "birthday": "1990-01-24"})),
				ConfigStateChecks: []statecheck.StateCheck{
					w.expect("profile.region", knownvalue.StringExact("")), w.expect("profile.gender", knownvalue.StringExact("unknown")),
				},
			},
			resource.TestStep{Config: w.config(aliceWith("region = \"\"\n    gender = \"unknown\"")), ConfigPlanChecks: expectNothing},
			// A user without a declared profile keeps its own.
			resource.TestStep{
				Config: w.config(oneUser), ConfigPlanChecks: expectNothing,
				Check: all(w.hasProfile("alice", map[string]string{"birthday": "1990-01-24"})),
			},
		)
	})
}

// Whatever part of a profile is declared after an import, nothing is planned.
func TestAccProfile_importedAndDeclaredInPartsPlansNoChange(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{``, `profile = { region = "oslo" }`, `profile = { gender = "female", signature = "hi" }`, `profile = {}`} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
				w.register("alice", "pass-1")
				w.writeProfile("alice", chat.Profile{Region: ptr("oslo"), Gender: ptr("female"), Signature: ptr("hi"), Extras: ptr(`{"a":1}`)})()
				w.run(resource.TestStep{
					Config: w.config(fmt.Sprintf(`
import {
  to = chat_user.alice
  id = "{@alice}"
}

resource "chat_user" "alice" {
  username = "{@alice}"
  %s
}
`, profile)),
					ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionNoop),
				})
			})
		})
	}
}

// Easemob has attributes of users that no profile has: they are left alone.
func TestAccEasemobProfile_phoneAndEmailAndOtherAttributes(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	attributes := func() map[string]any {
		held, _ := w.hidden("alice")["attributes"].(map[string]any)
		return held
	}
	config := w.config(aliceWith(`
    phone  = "+49 30 123456"
    email  = "alice@example.com"
    gender = "male"`))
	w.run(
		resource.TestStep{
			PreConfig: func() {
				w.emulator.merge("easemob", "users", []map[string]any{{
					"username": w.name("alice"), "password": "before", "attributes": map[string]any{"nickname": "Al", "score": "7", "mail": "old"},
				}})
			},
			Config: w.configWith("adopt_existing = true", aliceWith(`
    phone  = "+49 30 123456"
    email  = "alice@example.com"
    gender = "male"`)),
			Check: func(*state) error {
				want := map[string]any{"nickname": "Al", "score": "7", "mail": "alice@example.com", "phone": "+49 30 123456", "gender": "1"}
				if diff := cmp.Diff(want, attributes()); diff != "" {
					return fmt.Errorf("attributes (-want +got):\n%s", diff)
				}
				return nil
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: expectNothing},
		// An empty string removes the attribute.
		resource.TestStep{
			Config: w.config(aliceWith(`phone = ""`)),
			Check: func(*state) error {
				if _, there := attributes()["phone"]; there || attributes()["mail"] != "alice@example.com" {
					return fmt.Errorf("attributes are %v", attributes())
				}
				return nil
			},
		},
	)
}

// Profiles are read for those users only whose state holds one, many in one call.
func TestAccEasemobProfile_isReadInBatchesAndOnlyIfDeclared(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	const route = "POST /{org}/{app}/metadata/user/get"
	users := func(profile string) string {
		return w.config(fmt.Sprintf(`
resource "chat_user" "u" {
  count    = 40
  username = "{@u}${count.index}"
  password = "pass-1"
  %s
}
`, profile))
	}
	reads := func(least, most int) func() error {
		return func() error {
			n := w.emulator.requests()
			found := 0
			for name, count := range n.Routes {
				if strings.HasSuffix(name, "/metadata/user/get") {
					found += count
				}
			}
			if found < least || found > most {
				return fmt.Errorf("%s: %d calls, want %d to %d: %v", route, found, least, most, n.Routes)
			}
			return nil
		}
	}
	w.run(
		resource.TestStep{Config: users("")},
		resource.TestStep{PreConfig: w.forgetRequests, Config: users(""), PlanOnly: true},
		resource.TestStep{
			PreConfig: func() { w.must(reads(0, 0)()) },
			Config:    users(`profile = { region = "oslo" }`),
		},
		resource.TestStep{PreConfig: w.forgetRequests, Config: users(`profile = { region = "oslo" }`), ConfigPlanChecks: expectNothing, Check: all(reads(1, 12))},
	)
}

func TestAccProfile_badInputFailsThePlan(t *testing.T) {
	t.Parallel()
	cases := map[string]map[string]string{
		"easemob": {
			`birthday = "24.1.1990"`: `(?s)profile\.birthday\s+must\s+be`,
			`gender = "x"`:           `(?s)gender`,
			fmt.Sprintf(`avatar = %q`, strings.Repeat("a", 257)):    `(?s)at\s+most\s+256`,
			fmt.Sprintf(`signature = %q`, strings.Repeat("a", 257)): `(?s)at\s+most\s+256`,
			fmt.Sprintf(`phone = %q`, strings.Repeat("1", 33)):      `(?s)at\s+most\s+32`,
			fmt.Sprintf(`email = %q`, strings.Repeat("a", 65)):      `(?s)at\s+most\s+64`,
			`extras = "[1]"`: `(?s)JSON\s+object`,
			`extras = "{"`:   `(?s)JSON`,
		},
		"jmessage": {
			`phone = "1"`:                     `(?s)JMessage\s+does\s+not\s+support\s+profile\.phone`,
			`email = terraform_data.later.id`: `(?s)JMessage\s+does\s+not\s+support\s+profile\.email`,
		},
	}
	for platform, inputs := range cases {
		w := emulatorWorld(t, platform)
		for input, want := range inputs {
			w.run(resource.TestStep{
				Config:      w.config("resource \"terraform_data\" \"later\" {}\n" + aliceWith(input)),
				ExpectError: regexp.MustCompile(want), PlanOnly: true,
			})
		}
	}
}

// All attributes of a user together have at most 2 KB. What is too large fails the plan, and
// what is not is accepted.
func TestAccEasemobProfile_largestProfile(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	// The names and values of the attributes, the gender as a number.
	others := len("sign") + len("Zoë") + len("gender") + len("1")
	profile := func(size int, letter string) string {
		count := (size - others - len("ext") - len(`{"a":""}`)) / len(letter)
		return aliceWith(fmt.Sprintf("signature = \"Zoë\"\n    gender = \"male\"\n    extras = jsonencode({ a = %q })", strings.Repeat(letter, count)))
	}
	const later = "resource \"terraform_data\" \"later\" {\n  input = \"oslo\"\n}\n"
	w.run(
		resource.TestStep{Config: w.config(profile(2049, "x")), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)attributes\s+of\s+a\s+user\s+must\s+have\s+at\s+most\s+2048\s+bytes.*2049`)},
		// Without what is not known yet, it may fit; with it, it cannot.
		resource.TestStep{
			Config:   w.config(later + strings.Replace(profile(2049, "x"), "profile = {", "profile = {\n    region = terraform_data.later.output", 1)),
			PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)at\s+most\s+2048\s+bytes`),
		},
		// It is sent as a form, in which such a letter takes nine bytes.
		resource.TestStep{Config: w.config(profile(2000, "深")), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)at\s+most\s+5000\s+bytes`)},
		resource.TestStep{Config: w.config(profile(2048, "x"))},
		resource.TestStep{Config: w.config(profile(2048, "x")), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: w.config(profile(1600, "深"))},
	)
}

// A profile that cannot be written after the user was registered leaves a user that the
// state knows; one whose answer is lost is read.
func TestAccEasemobProfile_failuresAreSettled(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	oslo, rome := w.configFewRetries(aliceWith(`region = "oslo"`)), w.configFewRetries(aliceWith(`region = "rome"`))
	w.run(
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: http.MethodPut, Path: "/metadata/user/", Status: 403, Body: `{"error":"FORBIDDEN","desc":"exceeds allowed user metadata"}`})
			},
			Config:      oslo,
			ExpectError: regexp.MustCompile(`(?s)Created user .*but could not set it up.*write the profile.*exceeds\s+allowed`),
		},
		resource.TestStep{
			PreConfig: func() { w.emulator.faults() }, Config: oslo,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionReplace),
			Check:            all(w.hasProfile("alice", map[string]string{"region": "oslo"})),
		},
		// Lost after it took effect: the refresh finds it.
		resource.TestStep{
			PreConfig:   func() { w.emulator.faults(lost(http.MethodPut, "/metadata/user/")) },
			Config:      rome,
			ExpectError: regexp.MustCompile(`(?s)Could not update user.*write the profile`),
		},
		resource.TestStep{
			PreConfig: func() { w.emulator.faults() }, Config: oslo,
			ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionUpdate),
			Check:            all(w.hasProfile("alice", map[string]string{"region": "oslo"})),
		},
		// The nickname that was written before the profile failed is in the state.
		resource.TestStep{
			PreConfig: func() {
				w.emulator.faults(fault{Method: http.MethodPut, Path: "/metadata/user/", Status: 403, Body: `{"error":"FORBIDDEN","desc":"exceeds allowed user metadata"}`})
			},
			Config:      strings.Replace(rome, `password = "pass-1"`, "password = \"pass-1\"\n  nickname = \"Al\"", 1),
			ExpectError: regexp.MustCompile(`(?s)Could not update user`),
		},
		resource.TestStep{
			PreConfig: func() { w.emulator.faults() },
			Config:    strings.Replace(rome, `password = "pass-1"`, "password = \"pass-1\"\n  nickname = \"Al\"", 1),
			Check:     all(w.hasNickname("alice", "Al"), w.hasProfile("alice", map[string]string{"region": "rome"})),
		},
	)
}

func TestAccProfile_dataSourceAndDeletedUser(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		config := w.config(aliceWith(`region = "oslo"`) + `
data "chat_user" "alice" {
  username = chat_user.alice.id
}
`)
		read := func() []statecheck.StateCheck {
			return []statecheck.StateCheck{statecheck.ExpectKnownValue("data."+aliceAddress, atPath("profile.region"), knownvalue.StringExact("oslo"))}
		}
		w.run(
			resource.TestStep{Config: config, ConfigStateChecks: read()},
			resource.TestStep{
				PreConfig: func() { w.remove("alice") }, Config: config,
				ConfigPlanChecks: expectAction(aliceAddress, plancheck.ResourceActionCreate),
				Check:            all(w.hasProfile("alice", map[string]string{"region": "oslo"})),
			},
		)
	})
}

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

// noteNames returns the note names that an owner has for contacts, by the names of the tests.
func (w *world) noteNames(owner string) map[string]string {
	w.t.Helper()
	var list []chat.Contact
	var err error
	if w.admin.ContactNotes != nil {
		list, err = w.admin.ContactNotes.Of(context.Background(), w.name(owner))
	} else {
		list, err = w.admin.Contacts.List(context.Background(), w.name(owner))
	}
	w.must(err)
	names := map[string]string{}
	for _, contact := range list {
		names[strings.TrimPrefix(contact.String(), w.prefix)] = text(contact.NoteName)
	}
	return names
}

// callsBob checks the only note name of alice, for bobby.
func (w *world) callsBob(want string) func() error {
	return func() error {
		if got := w.noteNames("alice"); fmt.Sprint(got) != fmt.Sprint(map[string]string{"bobby": want}) {
			return fmt.Errorf("note names are %v, want %s for bobby", got, want)
		}
		return nil
	}
}

// callBob changes it without Terraform.
func (w *world) callBob(name string) func() {
	return w.do(func(ctx context.Context) error {
		return w.admin.Contacts.SetNotes(ctx, w.name("alice"), chat.Ref{Username: w.name("bobby")}, chat.Notes{NoteName: &name})
	})
}

// onEachNotedContact runs a test with both resources that hold note names, on each platform.
func onEachNotedContact(t *testing.T, test func(t *testing.T, w *world, address string, declare func(note string) string)) {
	t.Helper()
	for kind, body := range map[string]string{
		"chat_contact":  "contact = chat_user.bobby.id\n  %s",
		"chat_contacts": "contacts = { (chat_user.bobby.id) = { %s } }",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			onEachPlatform(t, func(t *testing.T, w *world) {
				test(t, w, kind+".e", func(note string) string {
					return w.config(threeUsers + fmt.Sprintf("resource %q \"e\" {\n  owner = chat_user.alice.id\n  "+body+"\n}\n", kind, note))
				})
			})
		})
	}
}

func TestAccNoteName_isWrittenRepairedAndCleared(t *testing.T) {
	t.Parallel()
	onEachNotedContact(t, func(t *testing.T, w *world, address string, declare func(note string) string) {
		bob, bobby, none, empty := declare(`note_name = "Bob 🎈"`), declare(`note_name = "Bobby"`), declare(""), declare(`note_name = ""`)
		w.run(
			resource.TestStep{Config: bob, Check: all(w.callsBob("Bob 🎈"))},
			resource.TestStep{Config: bob, ConfigPlanChecks: expectNothing},
			resource.TestStep{Config: bobby, ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate), Check: all(w.callsBob("Bobby"))},
			// Changed by somebody else.
			resource.TestStep{
				PreConfig: w.callBob("Robert"), Config: bobby,
				ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate), Check: all(w.callsBob("Bobby")),
			},
			// What is not declared is left alone.
			resource.TestStep{Config: none, ConfigPlanChecks: expectNothing, Check: all(w.callsBob("Bobby"))},
			resource.TestStep{PreConfig: w.callBob("Robert"), Config: none, Check: all(w.callsBob("Robert"))},
			resource.TestStep{Config: empty, Check: all(w.callsBob("unset"))},
			resource.TestStep{Config: empty, ConfigPlanChecks: expectNothing},
			// The contact was removed and added again: the note name is gone with it.
			resource.TestStep{
				PreConfig: w.do(func(ctx context.Context) error {
					w.callBob("Robert")()
					if err := edges[0].remove(ctx, w, "alice", "bobby"); err != nil {
						return err
					}
					return edges[0].add(ctx, w, "alice", "bobby")
				}),
				Config: bobby, ConfigPlanChecks: expectAction(address, plancheck.ResourceActionUpdate), Check: all(w.callsBob("Bobby")),
			},
		)
	})
}

// Whatever of a contact is declared after an import, nothing is planned.
func TestAccNoteName_importedPlansNoChange(t *testing.T) {
	t.Parallel()
	for _, note := range []string{"", `note_name = "Bob"`} {
		t.Run(note, func(t *testing.T) {
			t.Parallel()
			onEachNotedContact(t, func(t *testing.T, w *world, address string, declare func(note string) string) {
				id := w.name("alice")
				if address == "chat_contact.e" {
					id += "/" + w.name("bobby")
				}
				w.run(
					resource.TestStep{Config: w.config(threeUsers), Check: func(*state) error {
						if err := edges[0].add(context.Background(), w, "alice", "bobby"); err != nil {
							return err
						}
						w.callBob("Bob")()
						return nil
					}},
					resource.TestStep{
						Config:           declare(note) + fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id),
						ConfigPlanChecks: expectAction(address, plancheck.ResourceActionNoop),
					},
				)
			})
		})
	}
}

// One list of an owner serves all contacts; without a note name in the state, none is read.
func TestAccEasemobNoteName_oneListServesAllContacts(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.registerMissing("alice")
	w.registerNumbered(20)
	config := func(note string) string {
		return w.config(fmt.Sprintf(`
resource "chat_contact" "e" {
  count   = 20
  owner   = "{@alice}"
  contact = format("{@number}-%%04d", count.index)
  %s
}
`, note))
	}
	lists := func(want int) {
		w.t.Helper()
		if n := w.emulator.requests(); n.Routes["GET /{org}/{app}/user/{username}/contacts"] != want {
			w.t.Errorf("want %d lists of notes: %v", want, n.Routes)
		}
	}
	w.run(
		resource.TestStep{Config: config("")},
		resource.TestStep{PreConfig: w.forgetRequests, Config: config(""), PlanOnly: true},
		resource.TestStep{PreConfig: func() { lists(0) }, Config: config(`note_name = "n${count.index}"`)},
		resource.TestStep{PreConfig: w.forgetRequests, Config: config(`note_name = "n${count.index}"`), PlanOnly: true},
		resource.TestStep{PreConfig: func() { lists(1) }, Config: config(`note_name = "n${count.index}"`)},
	)
}

func TestAccNoteName_badInputFailsThePlan(t *testing.T) {
	t.Parallel()
	onEachNotedContact(t, func(t *testing.T, w *world, _ string, declareUsers func(note string) string) {
		// Names that are known, so that the values of the map are.
		declare := func(note string) string {
			return strings.NewReplacer("chat_user.alice.id", `"alice"`, "chat_user.bobby.id", `"bobby"`).Replace(declareUsers(note))
		}
		long, want := strings.Repeat("爱", 101), `(?s)at\s+most\s+100\s+characters`
		if w.platform == "jmessage" {
			long, want = strings.Repeat("爱", 22), `(?s)at\s+most\s+64\s+bytes`
		} else {
			w.run(resource.TestStep{Config: declare(`note = "x"`), ExpectError: regexp.MustCompile(`(?s)does\s+not\s+support\s+note`), PlanOnly: true})
		}
		w.run(resource.TestStep{Config: declare(fmt.Sprintf("note_name = %q", long)), ExpectError: regexp.MustCompile(want), PlanOnly: true})
	})
}

// A note name that is lost on its way is written, or read, by the next run.
func TestAccNoteName_lostAnswerIsSettled(t *testing.T) {
	t.Parallel()
	onEachNotedContact(t, func(t *testing.T, w *world, address string, declare func(note string) string) {
		if w.emulator == nil {
			t.Skip("needs the emulator")
		}
		few := func(config string) string {
			return strings.Replace(config, "provider \"chat\" {", "provider \"chat\" {\n  max_retries = 1\n", 1)
		}
		bob, bobby := few(declare(`note_name = "Bob"`)), few(declare(`note_name = "Bobby"`))
		w.run(
			resource.TestStep{Config: bob},
			resource.TestStep{
				PreConfig:   func() { w.emulator.faults(lost("PUT", "(/contacts/users/|/friends)")) },
				Config:      bobby,
				ExpectError: regexp.MustCompile(`(?s)Could not (change|set up 1 of)`),
			},
			resource.TestStep{
				PreConfig: func() { w.emulator.faults() }, Config: bob,
				ConfigPlanChecks:  expectAction(address, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("owner"), knownvalue.StringExact(w.name("alice")))},
				Check:             all(w.callsBob("Bob")),
			},
			resource.TestStep{Config: bob, ConfigPlanChecks: expectNothing},
		)
	})
}

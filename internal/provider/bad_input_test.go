package provider_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// What the platform would refuse fails the plan.
func TestAccBadInput_failsThePlan(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		steps := []resource.TestStep{}
		refuse := func(body, reason string) {
			steps = append(steps, resource.TestStep{Config: w.config(body), PlanOnly: true, ExpectError: regexp.MustCompile(reason)})
		}
		ids := map[string][]string{"easemob": {""}, "jmessage": {"", "the team"}}[w.platform]
		for _, id := range ids {
			for _, noun := range []string{"group", "room"} {
				refuse(fmt.Sprintf(`
resource "chat_%[1]s_member" "m" {
  %[1]s    = %[2]q
  username = "{@alice}"
}
`, noun, id), `(?s)id\s+of\s+a.*group\s+or\s+room`)
				refuse(fmt.Sprintf(`
resource "chat_%[1]s_members" "m" {
  %[1]s   = %[2]q
  members = {}
}
`, noun, id), `(?s)id\s+of\s+a.*group\s+or\s+room`)
			}
			refuse(fmt.Sprintf(`
resource "chat_do_not_disturb" "m" {
  username = "{@alice}"
  group    = %q
}
`, id), `(?s)id\s+of\s+a.*group\s+or\s+room`)
		}
		refuse(`
resource "chat_blocks" "all" {
  owner     = "{@alice}"
  usernames = [null]
}
`, `(?s)null`)
		refuse(`
resource "chat_contact" "c" {
  owner           = "{@alice}"
  contact         = "{@bobby}"
  contact_app_key = ""
}
`, `contact_app_key`)
		for _, nouns := range []string{"groups", "rooms"} {
			refuse(fmt.Sprintf("data \"chat_%s\" \"all\" {\n  member = \"\"\n}\n", nouns), `member`)
		}
		w.run(steps...)
	})
}

// An empty complete set of an owner who does not exist is not created.
func TestAccBadInput_emptySetsNeedAnOwner(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		for _, body := range []string{
			"resource \"chat_group_members\" \"all\" {\n  group = \"7\"\n  members = {}\n}\n",
			"resource \"chat_room_members\" \"all\" {\n  room = \"7\"\n  members = {}\n}\n",
			"resource \"chat_contacts\" \"all\" {\n  owner = \"{@nobody}\"\n  contacts = {}\n}\n",
			"resource \"chat_blocks\" \"all\" {\n  owner = \"{@nobody}\"\n  usernames = []\n}\n",
		} {
			w.run(resource.TestStep{Config: w.config(body), ExpectError: regexp.MustCompile(`(?s)does\s+not\s+exist`)})
		}
	})
}

package provider_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

func TestAccOfflineMessages_countsAndStatusesAreRead(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.emulator.merge("easemob", "users", []map[string]any{
		{"username": w.name("alice"), "password": "pass-1", "offline_messages": map[string]string{
			"101": "undelivered", "102": "undelivered", "103": "delivered",
		}},
		{"username": w.name("bobby"), "password": "pass-1"},
	})
	status := func(name, want string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.chat_offline_message_status."+name, tfjsonpath.New("status"), knownvalue.StringExact(want))
	}
	w.run(resource.TestStep{
		Config: w.config(`
data "chat_offline_messages" "some" {
  usernames = ["{@alice}", "{@bobby}", upper("{@alice}"), "{@alice}"]
}

data "chat_offline_messages" "none" {
  usernames = []
}

data "chat_offline_message_status" "undelivered" {
  username   = "{@alice}"
  message_id = "101"
}

data "chat_offline_message_status" "delivered" {
  username   = "{@alice}"
  message_id = "103"
}

data "chat_offline_message_status" "unknown" {
  username   = "{@bobby}"
  message_id = "a/b?c"
}

output "count_by_upper_case_name" {
  value = data.chat_offline_messages.some.counts[upper("{@alice}")]
}
`),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.chat_offline_messages.some", tfjsonpath.New("counts"), knownvalue.MapPartial(map[string]knownvalue.Check{
				w.name("alice"): knownvalue.Int64Exact(2), w.name("bobby"): knownvalue.Int64Exact(0),
			})),
			statecheck.ExpectKnownValue("data.chat_offline_messages.some", tfjsonpath.New("counts"), knownvalue.MapSizeExact(3)),
			statecheck.ExpectKnownOutputValue("count_by_upper_case_name", knownvalue.Int64Exact(2)),
			statecheck.ExpectKnownValue("data.chat_offline_messages.none", tfjsonpath.New("counts"), knownvalue.MapSizeExact(0)),
			status("undelivered", "undelivered"), status("delivered", "delivered"), status("unknown", "delivered"),
		},
	})
}

func TestAccOfflineMessages_areCountedForManyUsers(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	var users []map[string]any
	for i := range 120 {
		users = append(users, map[string]any{"username": fmt.Sprintf("user-%04d", i), "offline_messages": map[string]string{fmt.Sprint(i): "undelivered"}})
	}
	w.emulator.merge("easemob", "users", users)
	w.run(resource.TestStep{
		Config: w.config(`
data "chat_offline_messages" "all" {
  usernames = formatlist("user-%04d", range(120))
}

output "total" {
  value = sum(values(data.chat_offline_messages.all.counts))
}
`),
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("total", knownvalue.Int64Exact(120))},
	})
}

func TestAccOfflineMessages_missingUsersAndInvalidArgumentsAreErrors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ platform, config, want string }{
		"counts of missing users": {"easemob", `
data "chat_offline_messages" "x" {
  usernames = ["{@nobody}", "{@none}"]
}
`, `(?s)offline messages of\s+"[^"]*nobody".*offline messages of\s+"[^"]*none"`},
		"counts of an invalid name": {"easemob", `
data "chat_offline_messages" "x" {
  usernames = ["alice@example.com"]
}
`, `(?s)Invalid value.*is not a valid user`},
		"counts of null": {"easemob", `
data "chat_offline_messages" "x" {
  usernames = [null]
}
`, `(?s)null`},
		"status for a missing user": {"easemob", `
data "chat_offline_message_status" "x" {
  username   = "{@nobody}"
  message_id = "1"
}
`, `(?s)status of message "1" to\s+"[^"]*nobody"`},
		"status for an invalid name": {"easemob", `
data "chat_offline_message_status" "x" {
  username   = "alice@example.com"
  message_id = "1"
}
`, `(?s)Invalid value.*is not a valid user`},
		"status of an empty message_id": {"easemob", `
data "chat_offline_message_status" "x" {
  username   = "{@nobody}"
  message_id = ""
}
`, `(?s)message_id.*at least 1`},
		"status of a message_id of dots": {"easemob", `
data "chat_offline_message_status" "x" {
  username   = "{@nobody}"
  message_id = ".."
}
`, `(?s)message_id.*none of`},
		"counts on another platform": {"jmessage", `
data "chat_offline_messages" "x" {
  usernames = ["alice"]
}
`, `JMessage does not support chat_offline_messages\.`},
		"status on another platform": {"jmessage", `
data "chat_offline_message_status" "x" {
  username   = "alice"
  message_id = "1"
}
`, `JMessage does not support chat_offline_message_status\.`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, tt.platform)
			w.run(resource.TestStep{Config: w.config(tt.config), ExpectError: regexp.MustCompile(tt.want), PlanOnly: true})
		})
	}
}

func TestAccOfflineMessages_refusedReadsAreErrors(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.emulator.faults(fault{Path: "/offline_msg_", Status: 403, Body: `{"error":"forbidden","error_description":"not today"}`, Times: 100})
	for config, want := range map[string]string{
		`
data "chat_offline_messages" "x" {
  usernames = ["{@alice}", "{@bobby}"]
}
`: `(?s)Could not count offline messages.*not today`,
		`
data "chat_offline_message_status" "x" {
  username   = "{@alice}"
  message_id = "1"
}
`: `(?s)Could not read the status of message "1".*not today`,
	} {
		w.run(resource.TestStep{Config: w.config(config), ExpectError: regexp.MustCompile(want), PlanOnly: true})
	}
}

package provider_test

import (
	"context"
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"terraform-provider-chat/internal/chat"
)

func TestAccDataSources_readWhatTheApplicationHolds(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		usernames := func(names ...string) knownvalue.Check {
			var checks []knownvalue.Check
			for _, name := range names {
				checks = append(checks, knownvalue.StringExact(w.name(name)))
			}
			return knownvalue.ListExact(checks)
		}
		expect := func(address, attribute string, value knownvalue.Check) statecheck.StateCheck {
			return statecheck.ExpectKnownValue("data."+address, tfjsonpath.New(attribute), value)
		}
		for _, name := range []string{"alice", "bobby", "carol"} {
			w.register(name, "pass-1")
			t.Cleanup(func() { w.remove(name) })
		}
		w.setNickname("alice", "Alice")
		ctx := context.Background()
		w.must(chat.Single(w.admin.Contacts.Add(ctx, w.name("alice"), chat.Refs(w.name("bobby")))))
		w.must(w.admin.Contacts.SetNotes(ctx, w.name("alice"), chat.Ref{Username: w.name("bobby")}, chat.Notes{NoteName: ptr("Bob")}))
		w.must(chat.Single(w.admin.Blocks.Add(ctx, w.name("alice"), chat.Refs(w.name("carol")))))
		w.run(resource.TestStep{
			Config: w.config(`
data "chat_user" "alice" {
  username = "{@alice}"
}

data "chat_users" "all" {
  username_prefix = "{@}"
}

data "chat_users" "two" {
  username_prefix = "{@}"
  limit           = 2
}

data "chat_users" "none" {
  username_prefix = "{@nobody-}"
}

data "chat_user_status" "some" {
  usernames = ["{@alice}", "{@nobody}"]
}

data "chat_contacts" "alice" {
  owner = "{@alice}"
}

data "chat_blocks" "alice" {
  owner = "{@alice}"
}

data "chat_blocks" "bobby" {
  owner = "{@bobby}"
}
`),
			ConfigStateChecks: []statecheck.StateCheck{
				expect("chat_user.alice", "id", knownvalue.StringExact(w.name("alice"))),
				expect("chat_user.alice", "nickname", knownvalue.StringExact("Alice")),
				expect("chat_user.alice", "created_at", knownvalue.NotNull()),
				expect("chat_users.all", "usernames", usernames("alice", "bobby", "carol")),
				statecheck.ExpectKnownValue("data.chat_users.all", tfjsonpath.New("users").AtSliceIndex(0).AtMapKey("nickname"), knownvalue.StringExact("Alice")),
				expect("chat_users.two", "usernames", usernames("alice", "bobby")),
				expect("chat_users.none", "usernames", knownvalue.ListExact(nil)),
				expect("chat_users.none", "users", knownvalue.ListExact(nil)),
				expect("chat_user_status.some", "statuses", knownvalue.MapExact(map[string]knownvalue.Check{
					w.name("alice"): knownvalue.StringExact("offline"), w.name("nobody"): knownvalue.StringExact("offline"),
				})),
				expect("chat_contacts.alice", "usernames", usernames("bobby")),
				expect("chat_contacts.alice", "contacts", knownvalue.MapExact(map[string]knownvalue.Check{
					w.name("bobby"): knownvalue.ObjectExact(map[string]knownvalue.Check{"note_name": knownvalue.StringExact("Bob"), "note": knownvalue.Null()}),
				})),
				expect("chat_blocks.alice", "usernames", usernames("carol")),
				expect("chat_blocks.bobby", "usernames", knownvalue.ListExact(nil)),
			},
		})
	})
}

func TestAccDataSources_missingUsersAndInvalidArgumentsAreErrors(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		for config, want := range map[string]string{
			`
data "chat_user" "x" {
  username = "{@nobody}"
}
`: `(?s)User "[^"]*nobody" does not exist`,
			`
data "chat_contacts" "x" {
  owner = "{@nobody}"
}
`: `(?s)Could not read the contacts of`,
			`
data "chat_blocks" "x" {
  owner = "{@nobody}"
}
`: `(?s)Could not read the blocks of`,
			`
data "chat_users" "x" {
  limit = 0
}
`: `(?s)at least 1`,
			`
data "chat_user_status" "x" {
  usernames = [null]
}
`: `(?s)null`,
		} {
			w.run(resource.TestStep{Config: w.config(config), ExpectError: regexp.MustCompile(want)})
		}
	})
}

func TestAccUserStatus_readsManyUsers(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.run(resource.TestStep{
		Config: w.config(`
data "chat_user_status" "all" {
  usernames = [for i in range(250) : "{@u}${i}"]
}
`),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.chat_user_status.all", tfjsonpath.New("statuses"), knownvalue.MapSizeExact(250)),
		},
	})
}

// On JMessage, the status comes with the devices, in one request.
func TestAccUserStatus_readsDevices(t *testing.T) {
	t.Parallel()
	onEachPlatform(t, func(t *testing.T, w *world) {
		if w.emulator == nil {
			t.Skip("needs the emulator")
		}
		w.register("alice", "pass-1")
		w.register("bobby", "pass-1")
		var devices knownvalue.Check = knownvalue.Null()
		online := "offline"
		if w.platform == "jmessage" {
			held := w.held()
			findUser(held, w.name("alice"))["devices"] = []map[string]any{
				{"platform": "a", "login": true, "online": false}, {"platform": "i", "login": true, "online": true},
				{"platform": "j", "login": false, "online": false}, {"platform": "w", "login": false, "online": false},
			}
			w.emulator.merge("jmessage", "applications", map[string]any{w.appKey: held})
			device := func(platform string, online, loggedIn bool) knownvalue.Check {
				return knownvalue.ObjectExact(map[string]knownvalue.Check{
					"platform": knownvalue.StringExact(platform), "online": knownvalue.Bool(online), "logged_in": knownvalue.Bool(loggedIn),
				})
			}
			none := knownvalue.ListExact([]knownvalue.Check{})
			devices, online = knownvalue.MapExact(map[string]knownvalue.Check{
				w.name("alice"): knownvalue.ListExact([]knownvalue.Check{
					device("android", false, true), device("ios", true, true), device("web", false, false), device("windows", false, false),
				}),
				w.name("bobby"): none, w.name("nobody"): none,
			}), "online"
		}
		w.emulator.requests()
		config := w.config(`
data "chat_user_status" "some" {
  usernames = ["{@alice}", "{@bobby}", "{@nobody}"]
}
`)
		const address = "data.chat_user_status.some"
		w.run(resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("devices"), devices),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("statuses").AtMapKey(w.name("alice")), knownvalue.StringExact(online)),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("statuses").AtMapKey(w.name("bobby")), knownvalue.StringExact("offline")),
			},
		})
	})
}

// One request reads the devices of up to 100 users.
func TestUserStatus_devicesTakeOneRequestPerBatch(t *testing.T) {
	t.Parallel()
	w := emulated(t, "jmessage")
	var names []any
	for i := range 250 {
		names = append(names, w.name(fmt.Sprintf("user-%03d", i)))
	}
	r := w.wire()
	w.emulator.requests()
	got, problems := r.data("chat_user_status", attrs{"usernames": names})
	if devices, _ := got["devices"].(attrs); len(devices) != 250 || len(problems) > 0 {
		t.Errorf("%d users, %v", len(devices), problems)
	}
	if n := w.emulator.requests(); n.Total != 3 {
		t.Errorf("%d requests: %v", n.Total, n.Routes)
	}
}

func TestAccUsersDataSource_readsEveryPage(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	var users []map[string]any
	for i := range 350 {
		users = append(users, map[string]any{"username": fmt.Sprintf("user-%04d", i), "password": "pass-1"})
	}
	w.emulator.merge("easemob", "users", users)
	w.run(resource.TestStep{
		Config: w.config(`
data "chat_users" "all" {}

data "chat_users" "few" {
  limit = 150
}
`),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.chat_users.all", tfjsonpath.New("usernames"), knownvalue.ListSizeExact(350)),
			statecheck.ExpectKnownValue("data.chat_users.all", tfjsonpath.New("usernames").AtSliceIndex(349), knownvalue.StringExact("user-0349")),
			statecheck.ExpectKnownValue("data.chat_users.few", tfjsonpath.New("users"), knownvalue.ListSizeExact(150)),
		},
	})
}

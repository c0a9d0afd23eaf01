package provider_test

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// A state belongs to one application: if the provider is configured for another, nothing
// is read or written.

// resourcesTogether declares resources of both platforms, as far as they can be declared
// together. TestApplication_anotherOneIsRefusedByEveryCall has every kind.
const resourcesTogether = `
resource "chat_user" "alice" {
  username = "{@alice}"
  password = "pass-1"
}

resource "chat_users" "team" {
  users = {
    "{@bobby}" = { nickname = "Bob" }
    "{@carol}" = {}
  }
  password_wo         = "pass-1"
  password_wo_version = 1
}

resource "chat_contact" "alice_bobby" {
  owner      = chat_user.alice.id
  contact    = "{@bobby}"
  depends_on = [chat_users.team]
}

resource "chat_block" "alice_carol" {
  owner      = chat_user.alice.id
  blocked    = "{@carol}"
  depends_on = [chat_users.team]
}

resource "chat_blocks" "bobby" {
  owner      = "{@bobby}"
  usernames  = ["{@carol}"]
  depends_on = [chat_users.team]
}

resource "chat_do_not_disturb" "alice" {
  username = chat_user.alice.id
}

resource "chat_group" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}

resource "chat_group_member" "bobby" {
  group      = chat_group.team.id
  username   = "{@bobby}"
  depends_on = [chat_users.team]
}

resource "chat_room" "support" {
  name  = "Support"
  owner = chat_user.alice.id
}

resource "chat_room_members" "support" {
  room       = chat_room.support.id
  members    = { "{@bobby}" = {} }
  depends_on = [chat_users.team]
}
`

func TestAccApplication_anotherOneIsRefusedAndNotCalled(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		other := w.other()
		for _, name := range []string{"alice", "bobby", "carol"} {
			other.register(name, "a stranger's")
		}
		strangers := other.held()
		refused := regexp.MustCompile(`(?s)The state belongs to another application.*` +
			regexp.QuoteMeta(w.appKey) + `.*` + regexp.QuoteMeta(other.appKey))
		// unharmed checks that neither application was called and the other one is as before.
		unharmed := func() {
			w.expectNoRequests()
			if diff := cmp.Diff(strangers, other.held()); diff != "" {
				t.Errorf("the other application changed (-before +after):\n%s", diff)
			}
		}
		inThis, inOther := w.config(resourcesTogether), other.config(resourcesTogether)
		w.run(
			resource.TestStep{Config: inThis},
			resource.TestStep{PreConfig: func() { w.emulator.requests() }, Config: inOther, ExpectError: refused},
			resource.TestStep{PreConfig: unharmed, Config: inOther, PlanOnly: true, ExpectError: refused},
			resource.TestStep{PreConfig: unharmed, Config: inOther, Destroy: true, ExpectError: refused},
			resource.TestStep{PreConfig: unharmed, Config: other.config(""), ExpectError: refused},
			resource.TestStep{PreConfig: unharmed, Config: inThis, ConfigPlanChecks: expectNothing},
		)
	})
}

// Every call about every resource is refused, also if no plan came before it. A refresh and
// a plan fail as a whole, so that the error is returned once a run.
func TestApplication_anotherOneIsRefusedByEveryCall(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		for _, name := range []string{"alice", "bobby"} {
			w.other().register(name, "a stranger's")
		}
		kinds := map[string]attrs{"chat_users": {"password_wo": "pass-1", "users": attrs{w.name("carol"): attrs{}}}}
		for _, a := range assemblies {
			kinds["chat_"+a.noun] = attrs{"name": "The team", "owner": w.name("bobby")}
		}
		if w.platform == "jmessage" {
			kinds["chat_media"] = attrs{"source": writePicture(t, "logo.png")}
		}
		w.registerMissing("alice", "bobby")
		for _, i := range identifiedOn(w.platform) {
			kinds[i.kind] = i.config(w)
		}
		inThis := w.wire()
		for kind := range inThis.schemas.ResourceSchemas {
			if _, ok := kinds[kind]; !ok && (w.platform == "jmessage" || !slices.Contains(jmessageOnly, kind)) {
				t.Errorf("%s is not tested", kind)
			}
		}
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			if kind != "chat_user" {
				w.registerMissing("alice", "bobby")
			} else if !w.gone("alice") {
				w.remove("alice")
			}
			created, problems := inThis.apply(kind, instance{}, kinds[kind])
			if len(problems) > 0 {
				t.Fatalf("%s: %v", kind, problems)
			}
			w.emulator.requests()
			for call, repeat := range map[string]func(inOther *wire) (instance, []string){
				"read":    func(inOther *wire) (instance, []string) { return inOther.read(kind, created) },
				"update":  func(inOther *wire) (instance, []string) { return inOther.applied(kind, created, kinds[kind]) },
				"destroy": func(inOther *wire) (instance, []string) { return inOther.applied(kind, created, nil) },
			} {
				inOther := w.other().wire()
				got, problems := repeat(inOther)
				expectProblem(t, problems, regexp.QuoteMeta(w.appKey)+".*"+regexp.QuoteMeta(w.other().appKey))
				if !reflect.DeepEqual(got.state, created.state) || string(got.private) != string(created.private) {
					t.Errorf("%s %s: the state became %v", call, kind, got.state)
				}
			}
			inOther := w.other().wire()
			if _, problems := inOther.read(kind, created); len(problems) != 1 {
				t.Errorf("reading %s: %v", kind, problems)
			}
			got, problems := inOther.read(kind, created)
			if len(problems) > 0 || !reflect.DeepEqual(got.state, created.state) {
				t.Errorf("reading %s again in the same run: %v, %v", kind, got.state, problems)
			}
			if n := w.emulator.requests(); n.Total != 0 {
				t.Errorf("%s: %v", kind, n.Routes)
			}
			if got, problems := inThis.apply(kind, created, nil); got.state != nil || len(problems) > 0 {
				t.Errorf("destroying %s in its own application: %v, %v", kind, got.state, problems)
			}
		}
	})
}

// A plan that does not refresh fails with the error alone, however many resources there are.
func TestAccApplication_anotherOneIsRefusedWithoutRefresh(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("alice", "bobby")
		c := newCLI(t, "", environmentOf(w))
		c.write("main.tf", requireChat+w.named(`
resource "chat_users" "teams" {
  count       = 3
  users       = { "{@carol}${count.index}" = { nickname = "Carol" } }
  password_wo = "pass-1"
}

resource "chat_contacts" "each" {
  for_each   = toset(["{@alice}", "{@bobby}"])
  owner      = each.key
  contacts   = { "{@carol}0" = {} }
  depends_on = [chat_users.teams]
}
`))
		c.apply()
		w.emulator.requests()
		c.env = append(c.env, strings.ToUpper(w.platform)+"_APP_KEY="+w.other().appKey)
		for _, args := range [][]string{{"plan", "-no-color", "-refresh=false"}, {"plan", "-no-color", "-destroy", "-refresh=false"}} {
			output, code := c.try(args...)
			if code != 1 || strings.Count(output, "Error: ") != 1 || !strings.Contains(output, "Error: The state belongs to another application") {
				t.Errorf("%v: exit code %d\n%s", args, code, output)
			}
		}
		w.expectNoRequests()
	})
}

package provider_test

import (
	"context"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// A state belongs to one application: configured for another, nothing is read or written.

// everyResource declares one resource of each kind on users alice and bobby.
const everyResource = `
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
  owner   = chat_user.alice.id
  contact = "{@bobby}"
  depends_on = [chat_users.team]
}

resource "chat_block" "alice_carol" {
  owner   = chat_user.alice.id
  blocked = "{@carol}"
  depends_on = [chat_users.team]
}
`

func TestAccApplication_mismatch(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		other := w.other()
		for _, name := range []string{"alice", "bobby", "carol"} {
			other.register(name, "a stranger's")
		}
		strangers := other.held()
		refused := regexp.MustCompile(`(?s)The state belongs to another application.*` +
			regexp.QuoteMeta(w.appKey) + `.*` + regexp.QuoteMeta(other.appKey))
		// unharmed checks that the other application was neither asked nor changed.
		unharmed := func() {
			if n := w.emulator.requests(); n.Total != 0 {
				t.Errorf("%d requests: %v", n.Total, n.Routes)
			}
			if diff := cmp.Diff(strangers, other.held()); diff != "" {
				t.Errorf("the other application changed (-before +after):\n%s", diff)
			}
		}
		there, elsewhere := w.config(everyResource), other.config(everyResource)
		w.run(
			resource.TestStep{Config: there},
			resource.TestStep{PreConfig: func() { w.emulator.requests() }, Config: elsewhere, ExpectError: refused},
			resource.TestStep{PreConfig: unharmed, Config: elsewhere, PlanOnly: true, ExpectError: refused},
			resource.TestStep{PreConfig: unharmed, Config: elsewhere, Destroy: true, ExpectError: refused},
			resource.TestStep{PreConfig: unharmed, Config: other.config(""), ExpectError: refused},
			resource.TestStep{PreConfig: unharmed, Config: there, ConfigPlanChecks: expectNothing},
		)
	})
}

// Every call about every resource refuses, also one that no plan came before. A refresh
// and a plan say it once a run: they fail as a whole.
func TestApplication_everyCall(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		for _, name := range []string{"alice", "bobby"} {
			w.other().register(name, "a stranger's")
		}
		kinds := map[string]attrs{"chat_users": {"password_wo": "pass-1", "users": attrs{w.name("carol"): attrs{}}}}
		for _, i := range identifiedResources {
			kinds[i.kind] = i.config(w)
		}
		here := w.wire()
		for kind := range here.schemas.ResourceSchemas {
			if _, ok := kinds[kind]; !ok {
				t.Errorf("%s is not tested", kind)
			}
		}
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			if kind != "chat_user" {
				w.ensure("alice", "bobby")
			} else if !w.gone("alice") {
				w.remove("alice")
			}
			created, problems := here.apply(kind, instance{}, kinds[kind])
			if len(problems) > 0 {
				t.Fatalf("%s: %v", kind, problems)
			}
			w.emulator.requests()
			for call, again := range map[string]func(there *wire) (instance, []string){
				"read":    func(there *wire) (instance, []string) { return there.read(kind, created) },
				"update":  func(there *wire) (instance, []string) { return there.applied(kind, created, kinds[kind]) },
				"destroy": func(there *wire) (instance, []string) { return there.applied(kind, created, nil) },
			} {
				there := w.other().wire()
				got, problems := again(there)
				expectProblem(t, problems, regexp.QuoteMeta(w.appKey)+".*"+regexp.QuoteMeta(w.other().appKey))
				if !reflect.DeepEqual(got.state, created.state) || string(got.private) != string(created.private) {
					t.Errorf("%s %s: the state became %v", call, kind, got.state)
				}
			}
			there := w.other().wire()
			if _, problems := there.read(kind, created); len(problems) != 1 {
				t.Errorf("reading %s: %v", kind, problems)
			}
			got, problems := there.read(kind, created)
			if len(problems) > 0 || !reflect.DeepEqual(got.state, created.state) {
				t.Errorf("reading %s again in the same run: %v, %v", kind, got.state, problems)
			}
			if n := w.emulator.requests(); n.Total != 0 {
				t.Errorf("%s: %v", kind, n.Routes)
			}
			if got, problems := here.apply(kind, created, nil); got.state != nil || len(problems) > 0 {
				t.Errorf("destroying %s in its own application: %v, %v", kind, got.state, problems)
			}
		}
	})
}

// applied applies a change without a plan before it. The problems are errors.
func (r *wire) applied(kind string, i instance, config attrs) (instance, []string) {
	r.t.Helper()
	planned := config
	if config != nil {
		planned = i.state
	}
	of := r.states[kind]
	resp, err := r.server.ApplyResourceChange(context.Background(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: kind, Config: r.encode(of, planned), PriorState: r.encode(of, i.state),
		PlannedState: r.encode(of, planned), PlannedIdentity: r.identity(kind, i.identity), PlannedPrivate: i.private,
	})
	r.must(err, nil)
	return instance{r.decode(of, resp.NewState), r.decodeIdentity(kind, resp.NewIdentity), resp.Private}, summaries(resp.Diagnostics)
}

// ensure registers users that do not exist.
func (w *world) ensure(names ...string) {
	w.t.Helper()
	for _, name := range names {
		if w.gone(name) {
			w.register(name, "pass-1")
		}
	}
}

package provider_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// A write that was sent is waited for when the run is interrupted, and what became of
// it is in the state.
func TestInterrupt_everyWrite(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.ensure("bobby", "carol")
		// interrupted applies a change in a run of its own. When its first write has taken
		// effect, the run is interrupted, and only then the platform answers.
		interrupted := func(kind string, i instance, config attrs) (instance, []string) {
			t.Helper()
			r := w.wire()
			sent, stopped := make(chan struct{}), make(chan struct{})
			first := true
			w.proxy.onCall(func(rw http.ResponseWriter, req *http.Request, forward func(http.ResponseWriter)) {
				forward(rw)
				if req.Method != http.MethodGet && !strings.HasSuffix(req.URL.Path, "/token") && first {
					first = false
					close(sent)
					<-stopped
				}
			})
			defer w.proxy.onCall(nil)
			go func() {
				<-sent
				if _, err := r.server.StopProvider(context.Background(), &tfprotov6.StopProviderRequest{}); err != nil {
					t.Error(err)
				}
				close(stopped)
			}()
			return r.apply(kind, i, config)
		}

		alice := attrs{"username": w.name("alice"), "password": "pass-1", "deactivate_on_destroy": false}
		user, problems := interrupted("chat_user", instance{}, alice)
		if user.state["username"] != alice["username"] || len(problems) > 0 {
			t.Fatalf("creating a user: %v, %v", user.state, problems)
		}
		for _, change := range []attrs{{"password": "pass-2"}, {"nickname": "Alice"}, {"activated": false}} {
			maps.Copy(alice, change)
			user, problems = interrupted("chat_user", user, alice)
			for attribute, value := range change {
				if user.state[attribute] != value {
					t.Errorf("changing %s: the state has %v", attribute, user.state[attribute])
				}
			}
			if len(problems) > 0 {
				t.Errorf("changing %v: %v", slices.Collect(maps.Keys(change)), problems)
			}
		}
		if err := w.expectPassword("alice", "pass-2"); err != nil {
			t.Error(err)
		}
		for _, i := range identifiedResources[1:] {
			edge, problems := interrupted(i.kind, instance{}, i.config(w))
			if edge.state == nil || len(problems) > 0 {
				t.Errorf("creating %s: %v, %v", i.kind, edge.state, problems)
			}
			edge, problems = interrupted(i.kind, edge, nil)
			if edge.state != nil || len(problems) > 0 {
				t.Errorf("destroying %s: %v, %v", i.kind, edge.state, problems)
			}
		}
		user, problems = interrupted("chat_user", user, nil)
		if user.state != nil || len(problems) > 0 || !w.gone("alice") {
			t.Errorf("destroying the user: %v, %v", user.state, problems)
		}
	})
}

// Many users: what was sent is in the state, the rest is not sent, and the next run
// does only the rest.
func TestInterrupt_manyUsers(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		r := w.wire()
		config := attrs{"password_wo": "pass-1", "users": attrs{}}
		names := map[string]bool{}
		for i := range 6000 {
			name := w.name("user-" + string(rune('a'+i/676)) + string(rune('a'+i/26%26)) + string(rune('a'+i%26)))
			config["users"].(attrs)[name], names[name] = attrs{}, true
		}
		stop := func() {
			if _, err := r.server.StopProvider(context.Background(), &tfprotov6.StopProviderRequest{}); err != nil {
				t.Error(err)
			}
		}
		var once bool
		w.proxy.onCall(func(rw http.ResponseWriter, req *http.Request, forward func(http.ResponseWriter)) {
			forward(rw)
			if req.Method == http.MethodPost && strings.HasSuffix(strings.TrimSuffix(req.URL.Path, "/"), "/users") && !once {
				once = true
				stop()
			}
		})
		team, problems := r.apply("chat_users", instance{}, config)
		w.proxy.onCall(nil)
		if len(problems) == 0 || !strings.Contains(strings.Join(problems, "\n"), "interrupted") {
			t.Errorf("problems %v", problems)
		}
		there := w.usernames()
		if len(there) == 0 || len(there) == len(names) {
			t.Fatalf("%d of %d users were created", len(there), len(names))
		}
		held, _ := team.state["users"].(attrs)
		if len(held) != len(there) {
			t.Errorf("the state holds %d users, the platform %d", len(held), len(there))
		}
		w.emulator.requests()
		next, problems := w.wire().apply("chat_users", team, config) // as after terraform untaint
		if held, _ := next.state["users"].(attrs); len(held) != len(names) || len(problems) > 0 {
			t.Errorf("the next run: %d users, %v", len(held), problems)
		}
		if got := len(w.usernames()); got != len(names) {
			t.Errorf("%d users in the end", got)
		}
	})
}

// usernames are the names of all users of the application.
func (w *world) usernames() []string {
	w.t.Helper()
	var names []string
	for user, err := range w.admin.AllUsers(context.Background()) {
		w.must(err)
		names = append(names, user.Username)
	}
	return names
}

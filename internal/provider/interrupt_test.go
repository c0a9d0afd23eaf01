package provider_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// If a run is interrupted, it waits for a write that was sent, and the state holds the result.
func TestInterrupt_sentWritesAreInTheState(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("bobby", "carol")
		// interrupted applies a change in a run of its own. The run is interrupted after its
		// first write took effect and before the write is answered.
		interrupted := func(kind string, i instance, config attrs) (instance, []string) {
			t.Helper()
			r := w.wire()
			sent, stopped := make(chan struct{}), make(chan struct{})
			var begun atomic.Bool
			w.proxy.onCall(func(rw http.ResponseWriter, req *http.Request, forward func(http.ResponseWriter)) {
				forward(rw)
				writes := req.Method != http.MethodGet && !strings.HasSuffix(req.URL.Path, "/token") &&
					!strings.HasSuffix(req.URL.Path, "/chatroom/batch") // reads chat rooms
				if writes && !begun.Swap(true) {
					close(sent)
					<-stopped
				}
			})
			defer w.proxy.onCall(nil)
			go func() {
				<-sent
				r.stop()
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
		for _, i := range identifiedOn(w.platform)[1:] {
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

// If many users are being created, those that were sent are in the state, the others are
// not sent, and the next run creates only those.
func TestInterrupt_unsentUsersAreCreatedByTheNextRun(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		r := w.wire()
		config := attrs{"password_wo": "pass-1", "users": attrs{}}
		names := map[string]bool{}
		for i := range 6000 {
			name := w.name("user-" + string(rune('a'+i/676)) + string(rune('a'+i/26%26)) + string(rune('a'+i%26)))
			config["users"].(attrs)[name], names[name] = attrs{}, true
		}
		// No registration is answered before the interruption: a caller waits for its answer.
		var interrupt sync.Once
		w.proxy.onCall(func(rw http.ResponseWriter, req *http.Request, forward func(http.ResponseWriter)) {
			if req.Method == http.MethodPost && strings.HasSuffix(strings.TrimSuffix(req.URL.Path, "/"), "/users") {
				interrupt.Do(r.stop)
			}
			forward(rw)
		})
		team, problems := r.apply("chat_users", instance{}, config)
		w.proxy.onCall(nil)
		if len(problems) == 0 || !strings.Contains(strings.Join(problems, "\n"), "interrupted") {
			t.Errorf("problems %v", problems)
		}
		created := w.usernames()
		if len(created) == 0 || len(created) == len(names) {
			t.Fatalf("%d of %d users were created", len(created), len(names))
		}
		held, _ := team.state["users"].(attrs)
		if len(held) != len(created) {
			t.Errorf("the state holds %d users, the platform %d", len(held), len(created))
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

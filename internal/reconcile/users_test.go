package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

// many are n declared users.
func many(n int) map[string]user {
	users := map[string]user{}
	for i := range n {
		users[nth(i)] = user{password: "pw"}
	}
	return users
}

func TestApply_nothing(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		r := newResource(p)
		if work := r.mustApply(t, nil); !work.Begun || work.Added != 0 || p.count() != 0 {
			t.Errorf("%+v, %q", work, p.requests)
		}
	})
}

// If a new user exists already, nothing is written, and the error names all of them.
func TestApply_existing(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		p.put("ann", "theirs")
		p.put("eve", "theirs")
		r := newResource(p)
		work := r.apply(t.Context(), t, map[string]user{"Ann": {password: "pw"}, "bob": {password: "pw"}, "eve": {password: "pw"}})
		if !slices.Equal(work.Existing, []string{"Ann", "eve"}) || work.Begun || work.Added != 3 || len(work.Have) > 0 || len(work.Failed) > 0 {
			t.Errorf("%+v", work)
		}
		if p.written() != 0 || len(p.users) != 2 {
			t.Errorf("%q", p.requests)
		}
	})
}

// A failing search for users that exist writes nothing either.
func TestApply_unknownIfTheyExist(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		r := newResource(p)
		p.breaks(func(string) fault { return refused })
		work := r.apply(t.Context(), t, map[string]user{"ann": {password: "pw"}, "bob": {password: "pw"}})
		if work.Begun || p.written() != 0 || !slices.Equal(names(work.Failed), []string{"look for ann", "look for bob"}) || work.Failed[0].Total != 2 {
			t.Errorf("%+v, %q", work.Failed, p.requests)
		}
	})
}

// Users that exist are taken over as declared, and only those are reported as taken.
func TestApply_takesOver(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		p.put("ann", "theirs").active = false
		p.put("bob", "theirs").nickname = pointer("theirs")
		r := newResource(p)
		r.adopt, r.deactivated = true, map[string]bool{"ann": true}
		account := r.account(t)
		account.Change("bob", func(n *reconcile.Note) { n.Foreign, n.Unset, n.Deactivated = true, true, true }) // which is to be taken back
		r.keep(t, account)
		want := map[string]user{"ann": {password: "pw"}, "bob": {password: "pw", activated: pointer(false)}, "eve": {password: "pw"}}
		work := r.mustApply(t, want)
		if !slices.Equal(work.Taken, []string{"ann"}) {
			t.Errorf("taken over: %v", work.Taken)
		}
		if !p.users["ann"].active || *p.users["bob"].nickname != "theirs" {
			t.Error("ann, whom this run deactivated, or the nickname of bob is not as it should be")
		}
		if note := r.account(t).Users["bob"]; note.Foreign || note.Unset || note.Deactivated {
			t.Errorf("bob is written as declared, and the account says %+v", note)
		}
		r.checkDone(t, "in the end", want)
		work.Disown("ann")
		if _, there := work.Have["ann"]; there || work.Account.Users["ann"] != (reconcile.Note{}) {
			t.Error("ann is still ours")
		}
	})
}

// An account that was registered again is taken over as long as it is the one that was
// read, and that the plan has warned of.
func TestApply_takesOverOnlyTheForeignAccountThatWasRead(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		r := newResource(p)
		want := map[string]user{"ann": {password: "pw"}, "bob": {password: "pw"}}
		r.mustApply(t, want)
		again := func(password string) {
			p.drop("bob")
			time.Sleep(time.Hour)
			p.put("bob", password)
		}
		again("a stranger's")
		r.refresh(t.Context(), t)
		again("another one's")
		if work := r.apply(t.Context(), t, want); work.Begun || !slices.Equal(work.Existing, []string{"bob"}) || p.users["bob"].password != "another one's" {
			t.Errorf("begun: %v, existing: %v, the password is %s", work.Begun, work.Existing, p.users["bob"].password)
		}
		r.refresh(t.Context(), t)
		r.mustApply(t, want)
		r.checkDone(t, "in the end", want)
	})
}

// A user that comes between the search and the registration is taken over, or reported.
func TestApply_raceWithAnother(t *testing.T) {
	for _, adopt := range []bool{false, true} {
		eachPlatform(t, func(t *testing.T, p *platform) {
			r := newResource(p)
			r.adopt = adopt
			p.breaks(func(request string) fault {
				if strings.HasPrefix(request, "Create") && p.users["bob"] == nil {
					p.put("bob", "theirs").created = time.Now().Add(-time.Minute)
				}
				return none
			})
			want := map[string]user{"ann": {password: "pw"}, "bob": {password: "pw"}}
			work := r.apply(t.Context(), t, want)
			if adopt {
				if len(work.Failed) > 0 || !slices.Equal(work.Taken, []string{"bob"}) {
					t.Errorf("%+v, taken %v", work.Failed, work.Taken)
				}
				r.checkDone(t, "in the end", want)
				return
			}
			if !errors.Is(failure(work.Failed, "bob"), chat.ErrAlreadyExists) || len(names(work.Failed)) != 1 || len(r.have) != 1 || p.users["bob"].password != "theirs" {
				t.Errorf("%v, %v", names(work.Failed), r.have)
			}
		})
	}
}

// Each step fails for some users only: the others are done, and the error names those.
func TestApply_failuresByUser(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		r := newResource(p)
		r.mustApply(t, map[string]user{"a1": {password: "pw"}, "a2": {password: "pw"}, "b1": {password: "pw"}, "b2": {password: "pw"}})
		p.put("c1", "theirs")
		p.put("c2", "theirs")
		r.adopt = true
		p.breaks(func(request string) fault {
			_, about, _ := strings.Cut(request, " ")
			if !isRead(request) && (strings.Contains(about, "1") && !strings.Contains(about, "2")) {
				return refused
			}
			return none
		})
		work := r.apply(t.Context(), t, map[string]user{
			"b1": {password: "pw", nickname: pointer("b")}, "b2": {password: "pw", nickname: pointer("b")}, // changed
			"c1": {password: "pw"}, "c2": {password: "pw"}, // taken over
			"d1": {password: "pw", activated: pointer(false)}, "d2": {password: "pw", activated: pointer(false)}, // created
		})
		want := []string{"change b1", "deactivate d1", "take over c1"}
		if !p.likeJMessage { // which deletes in bulk
			want = []string{"change b1", "deactivate d1", "delete a1", "take over c1"}
		}
		if diff := cmp.Diff(want, names(work.Failed)); diff != "" {
			t.Error(diff)
		}
		for _, failures := range work.Failed {
			if failures.Total < 2 {
				t.Errorf("%s of %d", failures.Doing, failures.Total)
			}
		}
		for _, name := range []string{"b2", "c2", "d1", "d2"} {
			if _, there := r.have[name]; !there {
				t.Errorf("%s is not there", name)
			}
		}
		if *p.users["b2"].nickname != "b" || p.users["c2"].password != "pw" || p.users["d2"].active || p.users["a2"] != nil {
			t.Error("the others are not done")
		}
	})
}

// What is not known to be written counts as neither the old nor the new.
func TestApply_unwrittenPasswords(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		r := newResource(p)
		want := map[string]user{}
		for _, name := range []string{"lost", "refused", "unread", "fine"} {
			want[name] = user{password: "old"}
		}
		delete(want, "unread")
		r.mustApply(t, want)
		for name := range want {
			want[name] = user{password: "new"}
		}
		want["unread"] = user{password: "new"}
		p.breaks(func(request string) fault {
			switch request {
			case "SetPassword lost", "Create unread":
				return after
			case "SetPassword refused":
				return refused
			case "Get unread":
				if slices.Contains(p.requests, "Create unread") {
					return refused
				}
			}
			return none
		})
		work := r.apply(t.Context(), t, want)
		if diff := cmp.Diff(map[string]reconcile.Unwritten{"lost": reconcile.MaybeWritten, "refused": reconcile.NotWritten, "unread": reconcile.MaybeWritten}, work.Unwritten); diff != "" {
			t.Error(diff)
		}
		unset := map[string]bool{}
		for key, note := range work.Account.Users {
			if note.Unset {
				unset[key] = true
			}
		}
		if diff := cmp.Diff(map[string]bool{"lost": true, "refused": true}, unset); diff != "" {
			t.Errorf("unset: %s", diff)
		}
		if !work.Account.Users["unread"].Unfinished() || len(work.Have) != 3 {
			t.Errorf("%+v, %v", work.Account.Users["unread"], work.Have)
		}
		p.breaks(nil)
		r.refresh(t.Context(), t)
		r.mustApply(t, want)
		r.checkDone(t, "in the end", want)
	})
}

// Within a run, no destroy removes what a create confirmed: another resource now has it.
func TestApply_keepsWhatTheRunConfirmed(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		old, other := newResource(p), newResource(p)
		old.mustApply(t, map[string]user{"ann": {password: "pw"}, "bob": {password: "pw"}})
		run := new(reconcile.Run)
		// The other resource creates what is being replaced, and one more.
		other.adopt = true
		other.applyIn(t.Context(), t, run, map[string]user{"Ann": {password: "new"}, "eve": {password: "pw"}})
		work := old.applyIn(t.Context(), t, run, nil)
		if len(work.Failed) > 0 || len(old.have) > 0 || len(old.account(t).Users) > 0 {
			t.Errorf("%+v, %v", work.Failed, old.have)
		}
		if diff := cmp.Diff(map[string]string{"ann": "new", "eve": "pw"}, p.passwords()); diff != "" {
			t.Error(diff)
		}
		// A third resource does not share what another one created.
		third := newResource(p)
		work = third.applyIn(t.Context(), t, run, map[string]user{"eve": {password: "newer"}})
		if diff := cmp.Diff([]string{"eve"}, work.Existing); diff != "" {
			t.Error(diff)
		}
		if p.users["eve"].password != "pw" || len(third.have) != 0 {
			t.Errorf("%v", p.passwords())
		}
	})
}

// A create and a destroy of the same user wait for each other, whichever comes first.
func TestApply_waitsForTheSameUser(t *testing.T) {
	for _, later := range []time.Duration{-2500 * time.Millisecond, -500 * time.Millisecond, 500 * time.Millisecond, 1500 * time.Millisecond, 2500 * time.Millisecond} {
		t.Run(later.String(), func(t *testing.T) {
			eachPlatform(t, func(t *testing.T, p *platform) {
				old, other := newResource(p), newResource(p)
				other.adopt = true
				old.mustApply(t, map[string]user{"ann": {password: "old", nickname: pointer("old")}})
				run := new(reconcile.Run)
				want := map[string]user{"ann": {password: "new", nickname: pointer("new"), activated: pointer(false)}}
				var wg sync.WaitGroup
				wg.Go(func() {
					time.Sleep(max(0, -later))
					if work := other.applyIn(t.Context(), t, run, want); len(work.Failed) > 0 {
						t.Errorf("%+v", work.Failed)
					}
				})
				wg.Go(func() {
					time.Sleep(max(0, later))
					if work := old.applyIn(t.Context(), t, run, nil); len(work.Failed) > 0 {
						t.Errorf("%+v", work.Failed)
					}
				})
				wg.Wait()
				other.checkDone(t, "in the end", want)
			})
		})
	}
}

// Another spelling, or an empty text where there is none, is known and not written.
func TestApply_anotherSpelling(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		r := newResource(p)
		r.mustApply(t, map[string]user{"ann": {password: "pw"}})
		written := p.written()
		r.mustApply(t, map[string]user{"ANN": {password: "pw", nickname: pointer("")}})
		if diff := cmp.Diff(map[string]reconcile.User{"ann": {Name: "ANN", Nickname: pointer("")}}, r.have); diff != "" || p.written() != written {
			t.Errorf("%d writes, %s", p.written()-written, diff)
		}
	})
}

func TestDelete(t *testing.T) {
	eachPlatform(t, func(t *testing.T, p *platform) {
		p.put("stranger", "theirs")
		r := newResource(p)
		r.mustApply(t, many(150))
		p.drop(nth(3)) // which is no failure
		failing := true
		p.breaks(func(request string) fault {
			if failing && strings.HasPrefix(request, "Delete") && strings.Contains(request, nth(7)) {
				return before
			}
			return none
		})
		remove := func() *reconcile.Users {
			work := &reconcile.Users{Service: p.service(), Run: new(reconcile.Run), Have: maps.Clone(r.have), Account: r.account(t)}
			work.Delete(t.Context())
			r.have = work.Have
			r.keep(t, work.Account)
			return work
		}
		work := remove()
		if len(work.Failed) != 1 || work.Failed[0].Doing != "delete" || failure(work.Failed, nth(7)) == nil || work.Failed[0].Total != 150 {
			t.Errorf("%+v", work.Failed)
		}
		if len(work.Have) != len(work.Failed[0].Users) || len(work.Account.Users) != len(work.Have) {
			t.Errorf("%d users are left, %d noted", len(work.Have), len(work.Account.Users))
		}
		p.mu.Lock()
		failing = false
		p.mu.Unlock()
		if work := remove(); len(work.Failed) > 0 || len(work.Have) > 0 || len(work.Account.Users) > 0 {
			t.Errorf("%+v, %v", work.Failed, work.Have)
		}
		if diff := cmp.Diff(map[string]string{"stranger": "theirs"}, p.passwords()); diff != "" {
			t.Error(diff)
		}
	})
}

// Between chunks nothing more is begun if the run is interrupted; what was sent counts.
func TestApply_interruptedBetweenCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(false)
		r := newResource(p)
		ctx, cancel := context.WithCancel(t.Context())
		p.breaks(func(request string) fault {
			if strings.HasPrefix(request, "Create") && strings.Contains(request, nth(0)) {
				cancel()
			}
			return none
		})
		work := r.apply(ctx, t, many(6000))
		if len(r.have) != len(p.users) || len(r.have) == 0 || len(r.have) > 3000 {
			t.Errorf("%d users, %d of them known", len(p.users), len(r.have))
		}
		if failed := len(work.Failed[0].Users); failed+len(r.have) != 6000 || work.Failed[0].Total != 6000 {
			t.Errorf("%d failed", failed)
		}
		for _, f := range work.Failed[0].Users {
			if !errors.Is(f.Err, context.Canceled) {
				t.Errorf("%s: %v", f.Name, f.Err)
			}
			if _, unsettled := chat.Unsettled(f.Err); unsettled {
				t.Errorf("%s is unsettled", f.Name)
			}
		}
		p.breaks(nil)
		r.refresh(t.Context(), t)
		r.mustApply(t, many(6000))
		r.checkDone(t, "in the end", many(6000))
	})
}

// Thousands of users are written in a few calls.
func TestApply_calls(t *testing.T) {
	for likeJMessage, most := range map[bool]int{false: 1 + 50, true: 1 + 6} {
		synctest.Test(t, func(t *testing.T) {
			p := newPlatform(likeJMessage)
			newResource(p).mustApply(t, many(3000))
			if p.count() > most {
				t.Errorf("like JMessage %v: %d calls", likeJMessage, p.count())
			}
		})
	}
}

// Long work says in the log how much of it is done.
func TestApply_logsProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(false)
		p.slow = 2 * time.Second // so that a change takes 3 seconds
		r := newResource(p)
		r.mustApply(t, many(64))
		var mu sync.Mutex
		var lines []string
		changed := pointer("changed")
		want := map[string]reconcile.User{}
		for key, u := range r.have {
			want[key] = reconcile.User{Name: u.Name, Nickname: changed}
		}
		work := &reconcile.Users{
			Service: p.service(), Run: new(reconcile.Run), Want: want, Have: r.have, Account: r.account(t),
			ChangedPassword: func(string) *string { return nil },
			Log: func(_ context.Context, message string, fields map[string]any) {
				mu.Lock()
				defer mu.Unlock()
				lines = append(lines, fmt.Sprint(message, "; ", fields["done"], " ", fields["total"], " ", fields["per_second"]))
			},
		}
		work.Apply(t.Context())
		time.Sleep(time.Minute) // nothing is logged when the work is done
		// 16 at once take 3 seconds: after 5 and 10 of 12 seconds.
		if want := []string{"Changing users: 16 of 64, 3 per second; 16 64 3", "Changing users: 48 of 64, 4 per second; 48 64 4"}; !slices.Equal(lines, want) {
			t.Errorf("logged %q, want %q", lines, want)
		}
	})
}

package reconcile_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/reconcile"
)

// user is a declared user; nil is what is not declared.
type user struct {
	nickname  *string
	activated *bool
	password  string
}

func pointer[T any](v T) *T { return &v }

// resource is what a resource with users keeps from one run of the provider to the next.
type resource struct {
	p           *platform
	adopt       bool
	have        map[string]reconcile.User
	document    []byte            // the account
	passwords   map[string]string // that are known to be set, by key
	deactivated map[string]bool
}

func newResource(p *platform) *resource {
	return &resource{p: p, have: map[string]reconcile.User{}, passwords: map[string]string{}}
}

func (r *resource) account(t *testing.T) *reconcile.Account {
	t.Helper()
	account, err := reconcile.ParseAccount(r.document)
	if err != nil {
		t.Fatal(err)
	}
	return account
}

func (r *resource) keep(t *testing.T, account *reconcile.Account) {
	t.Helper()
	document, err := account.Encode()
	if err != nil {
		t.Fatal(err)
	}
	r.document = document
}

// refresh reads the users in a run of its own.
func (r *resource) refresh(ctx context.Context, t *testing.T) reconcile.Seen {
	t.Helper()
	time.Sleep(time.Minute)
	account := r.account(t)
	seen := reconcile.ReadUsers(ctx, r.p.service(), nil, r.have, account, false)
	if len(seen.Failed) == 0 {
		r.have = seen.Users
		r.keep(t, account)
	}
	return seen
}

// apply makes the users as declared in a run of its own.
func (r *resource) apply(ctx context.Context, t *testing.T, want map[string]user) *reconcile.Users {
	t.Helper()
	return r.applyIn(ctx, t, new(reconcile.Run), want)
}

func (r *resource) applyIn(ctx context.Context, t *testing.T, run *reconcile.Run, want map[string]user) *reconcile.Users {
	t.Helper()
	time.Sleep(time.Minute)
	declared := map[string]reconcile.User{}
	passwords := map[string]string{}
	for name, u := range want {
		declared[key(name)] = reconcile.User{Name: name, Nickname: u.nickname, Activated: u.activated}
		passwords[key(name)] = u.password
	}
	work := &reconcile.Users{
		Service: r.p.service(), Run: run, Adopt: r.adopt, Want: declared, Have: maps.Clone(r.have), Account: r.account(t),
		Deactivated: func(key string) bool { return r.deactivated[key] },
		NewPassword: func(key string) string { return passwords[key] },
		ChangedPassword: func(key string) *string {
			if set, known := r.passwords[key]; known && set == passwords[key] {
				return nil
			}
			return pointer(passwords[key])
		},
	}
	work.Apply(ctx)
	if !work.Begun {
		return work
	}
	for key := range r.passwords {
		if _, declared := declared[key]; !declared {
			delete(r.passwords, key)
		}
	}
	for key := range declared {
		switch work.Unwritten[key] {
		case 0:
			r.passwords[key] = passwords[key]
		case reconcile.MaybeWritten:
			delete(r.passwords, key)
		case reconcile.NotWritten:
		}
	}
	r.have = work.Have
	r.keep(t, work.Account)
	return work
}

// mustApply applies, and nothing may fail.
func (r *resource) mustApply(t *testing.T, want map[string]user) *reconcile.Users {
	t.Helper()
	work := r.apply(t.Context(), t, want)
	for _, failures := range work.Failed {
		t.Errorf("could not %s: %v", failures.Doing, failures.Users)
	}
	if len(work.Existing) > 0 {
		t.Errorf("%v exist", work.Existing)
	}
	return work
}

// checkTruth checks that what the resource keeps is true, and that it knows of every
// user that it registered.
func (r *resource) checkTruth(t *testing.T, when string) {
	t.Helper()
	account := r.account(t)
	for k, a := range r.p.users {
		if _, there := r.have[k]; a.ours && !there && !account.Users[k].Unfinished() {
			t.Errorf("%s: %s is lost", when, k)
		}
	}
	for k, u := range r.have {
		a := r.p.users[k]
		if a == nil {
			continue // somebody deleted it, or the answer to its deletion was lost
		}
		if u.Activated != nil && *u.Activated != a.active {
			t.Errorf("%s: %s counts as activated: %v", when, k, *u.Activated)
		}
		if set, known := r.passwords[k]; known && set != a.password {
			t.Errorf("%s: the password of %s counts as %q, and is %q", when, k, set, a.password)
		}
	}
}

// checkDone checks that the users are as declared, that nobody else was touched, and that
// there is nothing left to do.
func (r *resource) checkDone(t *testing.T, when string, want map[string]user, strangers ...string) {
	t.Helper()
	passwords := map[string]string{}
	for name, u := range want {
		k := key(name)
		passwords[k] = u.password
		a := r.p.users[k]
		if a == nil {
			continue
		}
		if u.nickname != nil && *u.nickname != *orZero(&a.nickname) || u.activated != nil && *u.activated != a.active {
			t.Errorf("%s: %s has the nickname %v and is active: %v", when, name, a.nickname, a.active)
		}
	}
	for _, name := range strangers {
		passwords[name] = "theirs"
	}
	if diff := cmp.Diff(passwords, r.p.passwords()); diff != "" {
		t.Errorf("%s: users and passwords (want, got): %s", when, diff)
	}
	if got, want := slices.Sorted(maps.Keys(r.have)), sortedKeys(want); !slices.Equal(got, want) {
		t.Errorf("%s: the users are %v, want %v", when, got, want)
	}
	r.checkTruth(t, when)
	for k, note := range r.account(t).Users {
		if note.Unfinished() || note.Foreign || note.Unset && r.passwords[k] == "" || r.have[k].Name == "" {
			t.Errorf("%s: the account of %s holds %+v", when, k, note)
		}
	}

	before := r.p.written()
	r.refresh(t.Context(), t)
	r.mustApply(t, want)
	if n := r.p.written() - before; n != 0 {
		t.Errorf("%s: %d writes when nothing is left to do: %v", when, n, r.p.requests)
	}
}

func sortedKeys(want map[string]user) []string {
	var keys []string
	for name := range want {
		keys = append(keys, key(name))
	}
	slices.Sort(keys)
	return keys
}

func orZero(p **string) *string {
	if *p == nil {
		return new(string)
	}
	return *p
}

// names are the users of failures, with what failed for them.
func names(failed []reconcile.Failures) []string {
	var all []string
	for _, failures := range failed {
		for _, f := range failures.Users {
			all = append(all, fmt.Sprint(failures.Doing, " ", f.Name))
		}
	}
	slices.Sort(all)
	return all
}

// failure is why something failed for a user.
func failure(failed []reconcile.Failures, name string) error {
	for _, failures := range failed {
		for _, f := range failures.Users {
			if f.Name == name {
				return f.Err
			}
		}
	}
	return nil
}

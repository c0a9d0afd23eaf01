package reconcile_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/reconcile"
)

// sourced is a resource that takes its users from a file.
type sourced struct {
	p        *platform
	document []byte
}

// roster reads what the last run kept.
func (s *sourced) roster(t *testing.T) *reconcile.Roster {
	t.Helper()
	if s.document == nil {
		roster := reconcile.NewRoster()
		roster.ID = "id"
		return roster
	}
	roster, err := reconcile.ParseRoster(s.document, key)
	if err != nil {
		t.Fatal(err)
	}
	return roster
}

// keep saves a roster for the next run.
func (s *sourced) keep(t *testing.T, roster *reconcile.Roster) {
	t.Helper()
	document, err := roster.Encode()
	if err != nil {
		t.Fatal(err)
	}
	s.document = document
}

// refresh reads the users, and returns how many are missing and changed.
func (s *sourced) refresh(t *testing.T) (missing, changed int) {
	t.Helper()
	roster := s.roster(t)
	if failed := roster.Refresh(t.Context(), s.p.service(), nil); len(failed) > 0 {
		t.Fatalf("failed: %v", failed)
	}
	s.keep(t, roster)
	return roster.Drift()
}

// apply makes users as declared, and returns what differed and the failures.
func (s *sourced) apply(t *testing.T, want map[string]reconcile.User) (reconcile.Difference, []reconcile.Failures) {
	t.Helper()
	roster := s.roster(t)
	var keys []string
	for k := range want {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	of := func(key string) reconcile.User { return want[key] }
	d := roster.Compare(keys, of, func(string) bool { return false })
	work := &reconcile.Users{
		Service: s.p.service(), Run: new(reconcile.Run), Account: roster.Account, Deactivated: func(string) bool { return false },
		NewPassword: func(string) string { return "pass-1" }, ChangedPassword: func(string) *string { return nil },
	}
	work.Want, work.Have = roster.Prepare(d, of)
	work.Apply(t.Context())
	roster.Settle(work, d, keys, of)
	s.keep(t, roster)
	return d, work.Failed
}

func named(names ...string) map[string]reconcile.User {
	users := map[string]reconcile.User{}
	for _, name := range names {
		users[key(name)] = reconcile.User{Name: name}
	}
	return users
}

// A second apply of the same has nothing to do, also after everything that the first one
// kept was encoded and read again.
func TestRoster_convergesAfterEveryFault(t *testing.T) {
	t.Parallel()
	for _, f := range []fault{refused, before, after} {
		t.Run(fmt.Sprint(f), func(t *testing.T) {
			eachPlatform(t, func(t *testing.T, p *platform) {
				s := &sourced{p: p}
				s.apply(t, named("alice", "Bobby", "carol", "dave"))
				want := map[string]reconcile.User{
					"alice": {Name: "alice", Nickname: pointer("Alice")},
					"bobby": {Name: "bobby", Activated: pointer(false)},
					"erin":  {Name: "erin", Nickname: pointer("Erin"), Activated: pointer(false)},
					"frank": {Name: "frank", Activated: pointer(true)},
				}
				p.breaks(func(request string) fault {
					if isRead(request) {
						return none
					}
					return f
				})
				if _, failed := s.apply(t, want); len(failed) == 0 && f != after {
					t.Error("nothing failed")
				}
				p.breaks(nil)
				s.refresh(t)
				if _, failed := s.apply(t, want); len(failed) > 0 {
					t.Errorf("failed: %v", failed)
				}
				if missing, changed := s.refresh(t); missing+changed > 0 {
					t.Errorf("%d missing, %d changed", missing, changed)
				}
				if d, _ := s.apply(t, want); !d.Empty() {
					t.Errorf("left to do: %+v", d)
				}
				if got := slices.Sorted(slices.Values(p.order)); !slices.Equal(got, []string{"alice", "bobby", "erin", "frank"}) {
					t.Errorf("there are %v", got)
				}
				if p.users["bobby"].active || p.users["erin"].active || !p.users["frank"].active || *p.users["erin"].nickname != "Erin" {
					t.Error("users are not as declared")
				}
			})
		})
	}
}

func TestRoster_findsDrift(t *testing.T) {
	t.Parallel()
	eachPlatform(t, func(t *testing.T, p *platform) {
		s := &sourced{p: p}
		want := named("alice", "bobby", "carol", "dave")
		want["alice"] = reconcile.User{Name: "alice", Nickname: pointer("Alice")}
		s.apply(t, want)
		p.users["alice"].nickname = pointer("Ally")
		p.users["bobby"].nickname = pointer("Bob") // not declared
		p.drop("carol")
		p.drop("dave")
		time.Sleep(time.Hour)
		p.put("dave", "theirs")
		if missing, changed := s.refresh(t); missing != 1 || changed != 2 {
			t.Errorf("%d missing, %d changed", missing, changed)
		}
		// What is found again is no drift.
		p.users["alice"].nickname = pointer("Alice")
		if missing, changed := s.refresh(t); missing != 1 || changed != 1 {
			t.Errorf("%d missing, %d changed", missing, changed)
		}
		if foreign := s.roster(t).Foreign(); !slices.Equal(foreign, []string{"dave"}) {
			t.Errorf("foreign: %v", foreign)
		}
		p.drop("dave")
		time.Sleep(time.Hour)
		p.put("dave", "another one's")
		if d, failed := s.apply(t, want); len(failed) > 0 || !cmp.Equal(d.Retake, []string{"dave"}) || p.users["dave"].password != "another one's" {
			t.Errorf("did %+v, failed: %v, the password is %s", d, failed, p.users["dave"].password)
		}
		s.refresh(t)
		d, failed := s.apply(t, want)
		if len(failed) > 0 || !cmp.Equal(d, reconcile.Difference{Create: []string{"carol"}, Retake: []string{"dave"}}) {
			t.Errorf("did %+v, failed: %v", d, failed)
		}
		if missing, changed := s.refresh(t); missing+changed > 0 || p.users["dave"].password != "pass-1" {
			t.Errorf("%d missing, %d changed, password %s", missing, changed, p.users["dave"].password)
		}
	})
}

func TestRoster_isKeptAsItIs(t *testing.T) {
	t.Parallel()
	full := reconcile.NewRoster()
	full.ID, full.Version, full.Unfinished = "abc", pointer[int64](7), true
	full.Account.PartialVersion = pointer[int64](6)
	full.Users["alice"] = reconcile.Managed{Name: "Alice", Written: reconcile.Values{Nickname: 99, Activated: 1}, Found: reconcile.Values{Nickname: 98, Activated: 2}}
	full.Users["bobby"] = reconcile.Managed{Name: "bobby", Missing: true, Written: reconcile.Values{Nickname: 1}, Found: reconcile.Values{Nickname: 1}}
	full.Users["carol"] = reconcile.Managed{Name: "carol"}
	full.Users["dave"] = reconcile.Managed{Name: "dave", Written: reconcile.Values{Nickname: 5}}
	full.Account.Users["alice"] = reconcile.Note{UUID: "0f8fad5b-d9cb-469f-a165-70867728950e", Unset: true}
	full.Account.Users["bobby"] = reconcile.Note{UUID: "another", Deactivated: true}
	full.Account.Users["carol"] = reconcile.Note{Created: 1700000000, Since: 1700000000001, Until: 1700000000009}
	full.Account.Users["dave"] = reconcile.Note{Foreign: true}
	full.Account.Users["erin"] = reconcile.Note{SentAt: 1700000000123}
	full.Account.Users["fred"] = reconcile.Note{SentAt: 1700000000123, MachineTime: true}
	for name, roster := range map[string]*reconcile.Roster{"full": full, "empty": reconcile.NewRoster()} {
		document, err := roster.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := reconcile.ParseRoster(document, key)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(roster, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// A damaged document is an error, never a panic or a roster of fewer users.
func TestRoster_damagedDocumentIsRefused(t *testing.T) {
	t.Parallel()
	roster := reconcile.NewRoster()
	for i := range 50 {
		name := fmt.Sprintf("user-%d", i)
		roster.Add(name, reconcile.User{Name: name, Nickname: &name}, reconcile.Note{UUID: "0f8fad5b-d9cb-469f-a165-70867728950e"})
	}
	document, err := roster.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var packed []byte
	if err := json.Unmarshal(document, &packed); err != nil {
		t.Fatal(err)
	}
	damaged := [][]byte{nil, []byte(`{}`), []byte(`"?"`), []byte(`""`)}
	for n := range len(packed) - 1 {
		damaged = append(damaged, []byte(`"`+base64.StdEncoding.EncodeToString(packed[:n])+`"`))
	}
	for _, document := range damaged {
		if got, err := reconcile.ParseRoster(document, key); err == nil || !strings.Contains(err.Error(), "cannot be read") {
			t.Fatalf("%d bytes: %v, %v", len(document), got, err)
		}
	}
}

// A hundred thousand users take a few megabytes.
func TestRoster_isSmall(t *testing.T) {
	t.Parallel()
	roster := reconcile.NewRoster()
	const count = 10_000
	for i := range count {
		name := fmt.Sprintf("user-%06d", i)
		roster.Add(name, reconcile.User{Name: name, Nickname: &name}, reconcile.Note{UUID: fmt.Sprintf("%08x-d9cb-469f-a165-7086%08x", i*2654435761, i*40503)})
	}
	document, err := roster.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if most := 40 * count; len(document) > most {
		t.Errorf("%d bytes, want at most %d", len(document), most)
	}
}

// An import of many users of whom few exist does not ask for each.
func TestRoster_importNeedsFewRequests(t *testing.T) {
	t.Parallel()
	eachPlatform(t, func(t *testing.T, p *platform) {
		roster := reconcile.NewRoster()
		for i := range 500 {
			name := fmt.Sprintf("user-%03d", i)
			roster.Import(name, reconcile.User{Name: name})
			if i < 50 {
				p.put(name, "before")
			}
		}
		if failed := roster.Refresh(t.Context(), p.service(), nil); len(failed) > 0 {
			t.Fatalf("failed: %v", failed)
		}
		if missing, _ := roster.Drift(); missing != 450 || p.count() > 2 {
			t.Errorf("%d missing after %d requests", missing, p.count())
		}
	})
}

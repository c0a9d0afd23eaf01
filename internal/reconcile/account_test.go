package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

var registered = time.Date(2026, 3, 1, 12, 0, 0, 123_456_789, time.UTC)

// stored is an account after it was written and read again.
func stored(t *testing.T, account *reconcile.Account) *reconcile.Account {
	t.Helper()
	document, err := account.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := reconcile.ParseAccount(document)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(account, again); diff != "" {
		t.Errorf("stored, it is another: %s", diff)
	}
	return again
}

func TestAccount_isStored(t *testing.T) {
	account := reconcile.NewAccount()
	account.Remember("ann", chat.Registration{UUID: "uuid-1", CreatedAt: registered})
	account.Remember("bob", chat.Registration{CreatedAt: registered, Since: registered.Add(-time.Second), Until: registered.Add(time.Minute), Approximate: true})
	account.Sent("eve", registered, &chat.Platform{})
	account.Change("fay", func(n *reconcile.Note) { n.Foreign = true })
	account.Change("gus", func(n *reconcile.Note) { n.Unset, n.Deactivated = true, true })
	account.PartialVersion = pointer(int64(7))
	again := stored(t, account)

	if r := again.Users["ann"].Registration(); r.UUID != "uuid-1" || !r.CreatedAt.Equal(registered.Truncate(time.Second)) || r.Approximate {
		t.Errorf("ann is %+v", r)
	}
	bob := again.Users["bob"].Registration()
	if !bob.Approximate || !bob.Since.Equal(registered.Add(-time.Second).Truncate(time.Millisecond)) || !bob.Until.Equal(registered.Add(time.Minute).Truncate(time.Millisecond)) {
		t.Errorf("bob is %+v", bob)
	}
	if bob.Differs(chat.Registration{CreatedAt: registered.Add(30 * time.Second)}) || !bob.Differs(chat.Registration{CreatedAt: registered.Add(time.Hour)}) {
		t.Error("the bounds of bob are lost")
	}
	eve := again.Users["eve"]
	if !eve.Unfinished() || again.Users["ann"].Unfinished() || eve.Registration().Known() {
		t.Errorf("eve is %+v", eve)
	}
	if r := again.Users["nobody"].Registration(); r.Known() || r.Differs(bob) {
		t.Errorf("nobody is %+v", r)
	}
}

func TestAccount_withoutNotesIsSmall(t *testing.T) {
	account := reconcile.NewAccount()
	account.Remember("ann", chat.Registration{})
	account.Change("bob", func(n *reconcile.Note) { n.Unset = true })
	account.Change("bob", func(n *reconcile.Note) { n.Unset = false })
	account.Remember("eve", chat.Registration{UUID: "a"})
	account.Forget("eve")
	if document, err := account.Encode(); err != nil || string(document) != "{}" {
		t.Errorf("%s, %v", document, err)
	}
	for _, document := range []string{"", "{}", `{"users":null}`} {
		account, err := reconcile.ParseAccount([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		account.Sent("ann", registered, &chat.Platform{}) // there is a place for it
		if len(account.Users) != 1 {
			t.Errorf("%q: %+v", document, account)
		}
	}
	if _, err := reconcile.ParseAccount([]byte("x")); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("got %v", err)
	}
}

func TestAccount_remembersTheLatestRegistration(t *testing.T) {
	account := reconcile.NewAccount()
	approximate := chat.Registration{CreatedAt: registered, Since: registered, Until: registered.Add(time.Minute), Approximate: true}
	exact := chat.Registration{CreatedAt: registered.Add(5 * time.Second)}
	account.Sent("ann", registered, &chat.Platform{})
	account.Change("ann", func(n *reconcile.Note) { n.Foreign, n.Unset, n.Deactivated = true, true, true })
	account.Remember("ann", approximate)
	if note := account.Users["ann"]; note.Unfinished() || note.Foreign || !note.Deactivated || !note.Unset || !note.Registration().Approximate {
		t.Errorf("after an answer: %+v", note)
	}
	account.Remember("ann", chat.Registration{}) // of which nothing is known
	if r := account.Users["ann"].Registration(); !r.Approximate || !r.Known() {
		t.Errorf("after a read that says nothing: %+v", r)
	}
	account.Remember("ann", exact)
	if r := account.Users["ann"].Registration(); r.Approximate || !r.CreatedAt.Equal(exact.CreatedAt.Truncate(time.Second)) || !r.Until.IsZero() {
		t.Errorf("after a read: %+v", r)
	}
}

// The first of several registrations whose outcome is unknown counts: the user may be
// that of any of them.
func TestAccount_firstSentCounts(t *testing.T) {
	account := reconcile.NewAccount()
	account.Sent("ann", registered, &chat.Platform{})
	account.Sent("ann", registered.Add(time.Hour), &chat.Platform{})
	note := stored(t, account).Users["ann"]
	platform := &chat.Platform{ClockGrain: 2 * time.Second}
	for since, want := range map[time.Duration]bool{
		0: true, time.Minute: true, 2 * time.Hour: true, -time.Second: true,
		-time.Minute: false,
	} {
		made := chat.Registration{CreatedAt: registered.Add(since)}
		if got := note.Settles(made, platform); got != want {
			t.Errorf("a user registered %s later is ours: %v, want %v", since, got, want)
		}
		if (reconcile.Note{}).Settles(made, platform) {
			t.Error("a note of nothing unfinished settles a user")
		}
	}
	if note.Settles(chat.Registration{UUID: "a"}, platform) {
		t.Error("a user without a time is ours")
	}
}

// ahead is a platform's clock that is so far ahead of this machine's.
type ahead time.Duration

func (a ahead) PlatformTime(machine time.Time) (time.Time, bool) {
	return machine.Add(time.Duration(a)), true
}

// unanswered is a platform's clock of which nothing is known.
type unanswered struct{}

func (unanswered) PlatformTime(machine time.Time) (time.Time, bool) { return machine, false }

// If no call was answered, a user that is read later is compared by the clock of this machine.
func TestAccount_sentBeforeThePlatformsClockWasKnown(t *testing.T) {
	grain := 2 * time.Second
	account := reconcile.NewAccount()
	account.Sent("ann", registered, &chat.Platform{ClockGrain: grain, Clock: unanswered{}})
	note := stored(t, account).Users["ann"]
	for _, clock := range []time.Duration{0, time.Hour, -time.Hour} {
		for since, want := range map[time.Duration]bool{0: true, time.Minute: true, -time.Minute: false} {
			at := registered.Add(since)
			made := chat.Registration{CreatedAt: at.Add(clock), Since: at.Add(-time.Second), Until: at.Add(time.Second)}
			if got := note.Settles(made, &chat.Platform{ClockGrain: grain, Clock: ahead(clock)}); got != want {
				t.Errorf("a user registered %s later is ours, with a clock that is %s ahead: %v, want %v", since, clock, got, want)
			}
		}
	}
	account.Remember("ann", chat.Registration{UUID: "a"})
	if note := account.Users["ann"]; note.MachineTime {
		t.Errorf("a settled registration is remembered as %+v", note)
	}
}

// The next run may be on a machine with another clock.
func TestAccount_sentByThePlatformsClock(t *testing.T) {
	grain := 2 * time.Second
	account := reconcile.NewAccount()
	account.Sent("ann", registered, &chat.Platform{ClockGrain: grain, Clock: ahead(time.Minute)})
	note := stored(t, account).Users["ann"]
	later := &chat.Platform{ClockGrain: grain, Clock: ahead(3 * time.Minute)}
	for since, want := range map[time.Duration]bool{0: true, -time.Minute: false} {
		if got := note.Settles(chat.Registration{CreatedAt: registered.Add(time.Minute + since)}, later); got != want {
			t.Errorf("a user registered %s later is ours: %v, want %v", since, got, want)
		}
	}
}

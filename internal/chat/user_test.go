package chat_test

import (
	"testing"
	"time"

	"terraform-provider-chat/internal/chat"
)

// now is an instant of the clock of this machine.
var now = time.Date(2026, 3, 1, 12, 0, 0, 300_000_000, time.UTC)

// exactly is a registration as a user that was read shows it: by the platform's clock,
// which is ahead of ours, in whole seconds. What is known of the platform's clock is
// exact to half a second.
func exactly(at time.Time, ahead time.Duration) chat.Registration {
	created := at.Add(ahead).Truncate(time.Second)
	return chat.Registration{
		CreatedAt: created,
		Since:     created.Add(-ahead - 500*time.Millisecond),
		Until:     created.Add(-ahead + 1500*time.Millisecond),
	}
}

// answered is a registration as the answer to it shows it: it was sent and answered by
// our clock, and dated by the platform's clock when it was answered.
func answered(sent, answered time.Time, ahead time.Duration) chat.Registration {
	return chat.Registration{
		CreatedAt: answered.Add(ahead).Truncate(time.Second), Since: sent, Until: answered, Approximate: true,
	}
}

func TestDiffers(t *testing.T) {
	uuid := func(uuid string, r chat.Registration) chat.Registration {
		r.UUID = uuid
		return r
	}
	second := exactly(now, 0)
	for name, tt := range map[string]struct {
		a, b chat.Registration
		want bool
	}{
		"unknown ones":                              {chat.Registration{}, chat.Registration{}, false},
		"an unknown one":                            {chat.Registration{}, second, false},
		"the same":                                  {second, second, false},
		"the same second":                           {second, chat.Registration{CreatedAt: second.CreatedAt.Add(999 * time.Millisecond)}, false},
		"another second":                            {second, exactly(now.Add(time.Second), 0), true},
		"the same in another zone":                  {second, chat.Registration{CreatedAt: second.CreatedAt.In(time.FixedZone("CST", 8*60*60))}, false},
		"the same identifier":                       {uuid("a", second), uuid("a", exactly(now.Add(time.Hour), 0)), false},
		"another identifier":                        {uuid("a", second), uuid("b", second), true},
		"one without an identifier":                 {uuid("a", second), second, false},
		"one of another time without an identifier": {uuid("a", second), exactly(now.Add(time.Hour), 0), true},
		"only an identifier, and only a time":       {chat.Registration{UUID: "a"}, second, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, got := range []bool{tt.a.Differs(tt.b), tt.b.Differs(tt.a)} {
				if got != tt.want {
					t.Errorf("differs: %v, want %v", got, tt.want)
				}
			}
		})
	}
}

// The first time that a user is read after its registration was answered, any creation
// time between sending and answering is that of the registration. The clock that dates
// the platform's answers need not be the one that dates its users: then what is known
// of the platform's clock says nothing about the users'.
func TestDiffers_approximate(t *testing.T) {
	const slow = 40 * time.Second // from sending to answering
	for name, clocks := range map[string]struct{ users, answers time.Duration }{
		"clocks that are ours":            {0, 0},
		"clocks an hour ahead":            {time.Hour, time.Hour},
		"clocks an hour behind":           {-time.Hour, -time.Hour},
		"only the answers' an hour ahead": {0, time.Hour},
		"only the answers' behind":        {0, -time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			of := answered(now, now.Add(slow), clocks.answers)
			for registered, differs := range map[time.Duration]bool{
				0: false, slow / 2: false, slow: false,
				-2 * time.Second: false, slow + 2*time.Second: false, // clocks of a platform's servers differ
				-time.Minute: true, slow + time.Minute: true,
				-20 * time.Minute: true, slow + 20*time.Minute: true,
				-24 * time.Hour: true, slow + 24*time.Hour: true,
			} {
				read := exactly(now.Add(registered), clocks.users)
				read.Since = read.Since.Add(clocks.users - clocks.answers)
				read.Until = read.Until.Add(clocks.users - clocks.answers)
				if of.Differs(read) != differs || read.Differs(of) != differs {
					t.Errorf("a user registered %s after sending differs: %v and %v, want %v", registered, of.Differs(read), read.Differs(of), differs)
				}
			}
		})
	}
}

// An answer may also be dated by the clock that dates the users while nothing is known
// of that clock yet.
func TestDiffers_approximateWithoutKnowledgeOfTheClock(t *testing.T) {
	of := answered(now, now.Add(time.Second), time.Hour)
	for registered, differs := range map[time.Duration]bool{0: false, time.Minute: true} {
		read := exactly(now.Add(registered), time.Hour)
		read.Since, read.Until = time.Time{}, time.Time{}
		if of.Differs(read) != differs {
			t.Errorf("a user registered %s after sending differs: %v, want %v", registered, !differs, differs)
		}
	}
}

// Two answers about the same name are two registrations only if they are far apart.
func TestDiffers_bothApproximate(t *testing.T) {
	first := answered(now, now.Add(time.Second), 0)
	for after, want := range map[time.Duration]bool{0: false, time.Second: false, time.Minute: true} {
		other := answered(now.Add(after), now.Add(after+time.Second), 0)
		if got := first.Differs(other); got != want {
			t.Errorf("%s later differs: %v, want %v", after, got, want)
		}
	}
}

func TestCreatedSince(t *testing.T) {
	const grain = 2 * time.Second
	for _, ahead := range []time.Duration{0, time.Hour, -time.Hour} {
		for before, want := range map[time.Duration]bool{
			0: true, -time.Hour: true, // registered after the instant
			time.Second:      true, // within what can be compared
			10 * time.Second: false, time.Minute: false, 24 * time.Hour: false,
		} {
			if got := exactly(now.Add(-before), ahead).CreatedSince(now, grain); got != want {
				t.Errorf("clock %s ahead: registered %s before is since: %v, want %v", ahead, before, got, want)
			}
		}
		// An answer confirms what was registered between sending and answering.
		for instant, want := range map[time.Time]bool{
			now: true, now.Add(30 * time.Second): true, now.Add(time.Minute): true, now.Add(time.Minute + grain): true,
			now.Add(time.Minute + grain + 1): false, now.Add(time.Hour): false,
		} {
			if got := answered(now, now.Add(time.Minute), ahead).CreatedSince(instant, grain); got != want {
				t.Errorf("clock %s ahead: answered a minute later is since %s: %v, want %v", ahead, instant.Sub(now), got, want)
			}
		}
	}
	unknown := chat.Registration{UUID: "a"}
	if unknown.CreatedSince(now, grain) || unknown.CreatedSince(time.Time{}, grain) {
		t.Error("a registration without a time is since any instant")
	}
}

func TestKnown(t *testing.T) {
	for _, r := range []chat.Registration{{UUID: "a"}, {CreatedAt: now}} {
		if !r.Known() {
			t.Errorf("%+v is not known", r)
		}
	}
	if (chat.Registration{Since: now, Until: now}).Known() {
		t.Error("a registration of which nothing is known is known")
	}
}

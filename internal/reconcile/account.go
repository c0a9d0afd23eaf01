// Package reconcile changes many users, or all users of a relation, to what is declared.
// It compares what is declared with what exists, makes the calls in the right order, and
// keeps account of what is true after every step. It does not depend on Terraform.
package reconcile

import (
	"encoding/json"
	"fmt"
	"time"

	"terraform-provider-chat/internal/chat"
)

// Account is what a resource stores about its users in addition to its state:
// registrations that are unfinished, values that are unknown, and accounts that somebody
// else registered. It is stored as JSON.
type Account struct {
	// Users are notes on users, by chat.Platform's UserKey.
	Users map[string]Note `json:"users,omitempty"`
	// PartialVersion is the version of the write-only passwords that was written for some
	// users but not for those whose note says Unset.
	PartialVersion *int64 `json:"partial_version,omitempty"`
}

// Note is what a resource remembers of a user.
type Note struct {
	// UUID and Created (seconds since 1970, by the platform's clock) distinguish the
	// registration from others under the same name.
	UUID    string `json:"uuid,omitempty"`
	Created int64  `json:"created,omitempty"`
	// Since and Until (milliseconds since 1970, by the clock of the machine that sent the
	// call) are set if Created is approximate: the registration lies between them.
	Since int64 `json:"since,omitempty"`
	Until int64 `json:"until,omitempty"`
	// SentAt (milliseconds since 1970, the earliest by the platform's clock) is set if
	// a registration was sent whose outcome is unknown: a user that was registered since
	// is ours, an older one is somebody else's.
	SentAt int64 `json:"sent_at,omitempty"`
	// MachineTime reports that SentAt is by the clock of the machine that sent the call,
	// because nothing was known of the platform's: no call had been answered.
	MachineTime bool `json:"machine_time,omitempty"`
	// Foreign reports that somebody registered the name again. The registration is then
	// that of the new account, as it was when it was last read.
	Foreign bool `json:"foreign,omitempty"`
	// Unset reports that the declared password may not be the one that is set.
	Unset bool `json:"unset,omitempty"`
	// Deactivated reports that a destroy deactivated the user, or may have.
	Deactivated bool `json:"deactivated,omitempty"`
}

// NewAccount returns an account with nothing to remember.
func NewAccount() *Account { return &Account{Users: map[string]Note{}} }

// ParseAccount reads what Encode wrote. An empty document is an empty account.
func ParseAccount(document []byte) (*Account, error) {
	a := NewAccount()
	if len(document) == 0 {
		return a, nil
	}
	if err := json.Unmarshal(document, a); err != nil {
		return nil, fmt.Errorf("the private state of this resource cannot be read: %w", err)
	}
	if a.Users == nil {
		a.Users = map[string]Note{}
	}
	return a, nil
}

// Encode returns the account as JSON.
func (a *Account) Encode() ([]byte, error) { return json.Marshal(a) }

// Remember notes that the user is ours, with the registration it has now. What may have
// been written of it stays noted.
func (a *Account) Remember(key string, registration chat.Registration) {
	note := a.Users[key]
	note.Foreign, note.SentAt = false, 0
	if registration.Known() {
		note.UUID, note.Created, note.Since, note.Until = registration.UUID, 0, 0, 0
		if !registration.CreatedAt.IsZero() {
			note.Created = registration.CreatedAt.Unix()
		}
		if registration.Approximate {
			note.Since, note.Until = registration.Since.UnixMilli(), registration.Until.UnixMilli()
		}
	}
	a.put(key, note)
}

// NoteForeign notes that the name belongs to an account that somebody else registered.
func (a *Account) NoteForeign(key string, registration chat.Registration) {
	a.Forget(key)
	a.Remember(key, registration)
	a.Change(key, func(n *Note) { n.Foreign = true })
}

// Change edits the note on a user, and drops it if nothing is left to remember.
func (a *Account) Change(key string, edit func(*Note)) {
	note := a.Users[key]
	edit(&note)
	a.put(key, note)
}

func (a *Account) put(key string, note Note) {
	note.MachineTime = note.MachineTime && note.Unfinished()
	if note == (Note{}) {
		delete(a.Users, key)
		return
	}
	a.Users[key] = note
}

// Forget removes the note on a user that the resource no longer manages.
func (a *Account) Forget(key string) { delete(a.Users, key) }

// Registration is the one the note was made of.
func (n Note) Registration() chat.Registration {
	r := chat.Registration{UUID: n.UUID}
	if n.Created != 0 {
		r.CreatedAt = time.Unix(n.Created, 0).UTC()
	}
	if n.Until != 0 {
		r.Approximate = true
		r.Since, r.Until = time.UnixMilli(n.Since), time.UnixMilli(n.Until)
	}
	return r
}

// Unfinished reports whether a registration was sent whose outcome is unknown.
func (n Note) Unfinished() bool { return n.SentAt != 0 }

// Settles reports whether a registration is the one whose outcome is unknown: it was made
// after that was sent, both by the platform's clock. If nothing was known of that clock, the
// time of the registration is translated to this machine's clock instead.
func (n Note) Settles(r chat.Registration, platform *chat.Platform) bool {
	sent := time.UnixMilli(n.SentAt)
	switch {
	case !n.Unfinished():
		return false
	case n.MachineTime && !r.Until.IsZero():
		return r.CreatedSince(sent, platform.ClockGrain)
	}
	return !r.CreatedAt.IsZero() && !r.CreatedAt.Before(sent.Add(-platform.ClockGrain))
}

// Sent notes a registration whose outcome is unknown, and when it was sent by the clock of
// this machine. Of several, the first one counts.
func (a *Account) Sent(key string, at time.Time, platform *chat.Platform) {
	a.Change(key, func(n *Note) {
		if n.SentAt == 0 {
			sent, known := platform.PlatformTime(at)
			n.SentAt, n.MachineTime = sent.UnixMilli(), !known
		}
	})
}

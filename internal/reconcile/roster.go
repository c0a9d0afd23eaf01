package reconcile

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"

	"terraform-provider-chat/internal/chat"
)

// Roster is what a resource remembers of users that a file declares: the state holds none
// of them. Values are remembered as digests only, and of passwords there is nothing.
type Roster struct {
	// ID is the identifier of the resource that the roster belongs to. It is empty until an
	// import has read the users.
	ID string
	// Users are the users that are managed, by chat.Platform's UserKey.
	Users map[string]Managed
	// Account are notes on these users, and on those whose registration is unfinished.
	Account *Account
	// Version is the version of the write-only passwords that was written; nil if none was.
	Version *int64
	// Unfinished reports that the resource was not created wholly.
	Unfinished bool
}

// Managed is a user of a Roster.
type Managed struct {
	// Name is spelled as in the declaration.
	Name string
	// Written is what was declared of the user and written, Found what the platform had
	// when it was last read or written.
	Written, Found Values
	// Missing reports that the user no longer exists.
	Missing bool
}

// Activated is what was last known of whether the user is activated; nil if nothing is.
func (m Managed) Activated() *bool { return m.Found.Activated.pointer() }

// Values are the values of a user that a file can declare.
type Values struct {
	Nickname  Digest
	Activated Activation
}

// Digest stands for a text. Zero is a text that is not declared, or not known.
type Digest uint64

// emptyText is the digest of an empty text, which is the same as none.
const emptyText Digest = 1

// digestOf returns the digest of a text.
func digestOf(text string) Digest {
	if text == "" {
		return emptyText
	}
	sum := sha256.Sum256([]byte(text))
	return max(Digest(binary.BigEndian.Uint64(sum[:])), emptyText+1)
}

// Activation is whether a user is activated. Zero is not declared, or not known.
type Activation uint8

const (
	activated   Activation = 1
	deactivated Activation = 2
)

func activationOf(value *bool) Activation {
	switch {
	case value == nil:
		return 0
	case *value:
		return activated
	}
	return deactivated
}

func (a Activation) pointer() *bool {
	if a == 0 {
		return nil
	}
	value := a == activated
	return &value
}

// declaredValues are the values that a user declares.
func declaredValues(u User) Values {
	v := Values{Activated: activationOf(u.Activated)}
	if u.Nickname != nil {
		v.Nickname = digestOf(*u.Nickname)
	}
	return v
}

// foundValues are the values that a user has on the platform.
func foundValues(user *chat.User) Values {
	return Values{Nickname: digestOf(orZero(user.Nickname)), Activated: activationOf(user.Activated)}
}

// differsFrom reports whether any value that is declared is not the one that was found.
func (v Values) differsFrom(found Values) bool {
	return v.Nickname != 0 && v.Nickname != found.Nickname || v.Activated != 0 && v.Activated != found.Activated
}

// NewRoster returns a roster without users.
func NewRoster() *Roster { return &Roster{Users: map[string]Managed{}, Account: NewAccount()} }

// Drift counts the users that the platform lost since they were written, and those that
// changed or were registered again.
func (r *Roster) Drift() (missing, changed int) {
	for key, m := range r.Users {
		switch {
		case m.Missing:
			missing++
		case r.Account.Users[key].Foreign, m.Written.differsFrom(m.Found):
			changed++
		}
	}
	return missing, changed
}

// There returns how many users of the roster exist.
func (r *Roster) There() int {
	n := 0
	for _, m := range r.Users {
		if !m.Missing {
			n++
		}
	}
	return n
}

// Foreign returns the names of users that somebody registered again, sorted.
func (r *Roster) Foreign() []string {
	var names []string
	for key, m := range r.Users {
		if r.Account.Users[key].Foreign {
			names = append(names, m.Name)
		}
	}
	slices.Sort(names)
	return names
}

// Add takes in a user as it is declared elsewhere. registered is a note that exists of it.
func (r *Roster) Add(key string, user User, registered Note) {
	v := declaredValues(user)
	r.Users[key] = Managed{Name: user.Name, Written: v, Found: v}
	r.Account.put(key, registered)
}

// Import takes in a user that may exist, whose values are taken to be as declared until
// Refresh says otherwise.
func (r *Roster) Import(key string, user User) {
	r.Users[key] = Managed{Name: user.Name, Written: declaredValues(user)}
}

// DropMissing drops the users that do not exist.
func (r *Roster) DropMissing() {
	for key, m := range r.Users {
		if m.Missing {
			delete(r.Users, key)
			r.Account.Forget(key)
		}
	}
}

// Refresh brings the roster up to date with the platform, and settles what is unfinished.
// The roster is of no use if users could not be read, which it returns.
func (r *Roster) Refresh(ctx context.Context, service *chat.Service, log Log) (failed []Failure) {
	names := make([]string, 0, len(r.Users))
	gone := make(map[string]bool, len(r.Users))
	for key, m := range r.Users {
		names = append(names, m.Name)
		gone[key] = true
	}
	slices.Sort(names)
	expected := r.ID != "" // of an import, any number of users may not exist
	failed = FindEach(ctx, service, log, "Reading users", names, expected, func(key string, user *chat.User) {
		delete(gone, key)
		r.found(key, user, service.Platform)
	})
	if len(failed) > 0 {
		return failed
	}
	for key := range gone {
		m := r.Users[key]
		m.Missing = true
		r.Users[key] = m
		// The registration stays noted: it tells if somebody else takes the name.
		r.Account.Change(key, func(n *Note) { n.Foreign, n.SentAt, n.Unset, n.Deactivated = false, 0, false, false })
	}
	known := func(key string) bool { _, ok := r.Users[key]; return ok }
	return settleUnfinished(ctx, service, log, r.Account, known, func(key string, user *chat.User) {
		r.Users[key] = Managed{Name: user.Username, Found: foundValues(user)}
	})
}

// found takes in what the platform has of a user of the roster.
func (r *Roster) found(key string, user *chat.User, platform *chat.Platform) {
	m, note := r.Users[key], r.Account.Users[key]
	switch {
	case note.Foreign, note.Unfinished() && !note.Settles(user.Registration, platform), !note.Unfinished() && note.Registration().Differs(user.Registration):
		r.Account.NoteForeign(key, user.Registration)
	default:
		r.Account.Remember(key, user.Registration)
	}
	m.Missing = false
	found := foundValues(user)
	if found.Activated == 0 { // the platform does not say
		found.Activated = m.Found.Activated
	}
	m.Found = found
	r.Users[key] = m
}

// Difference is what has to be done to make users as a file declares them, by
// chat.Platform's UserKey.
type Difference struct {
	// Create are users to register, Retake users that somebody registered again, Change
	// users to write to, and Delete users to delete.
	Create, Retake, Change, Delete []string
	// Drop are users that are declared no longer and are not there, or not ours.
	Drop []string
}

// Empty reports whether there is nothing to do on the platform.
func (d Difference) Empty() bool {
	return len(d.Create)+len(d.Retake)+len(d.Change)+len(d.Delete)+len(d.Drop) == 0
}

// Compare returns what has to be done. keys are the declared users, of returns one of
// them, and rewrite reports whether the password of a user that exists is to be written.
func (r *Roster) Compare(keys []string, of func(key string) User, rewrite func(key string) bool) Difference {
	var d Difference
	declared := make(map[string]bool, len(keys))
	for _, key := range keys {
		declared[key] = true
		m, managed := r.Users[key]
		switch {
		case !managed || m.Missing:
			d.Create = append(d.Create, key)
		case r.Account.Users[key].Foreign:
			d.Retake = append(d.Retake, key)
		case declaredValues(of(key)).differsFrom(m.Found) || rewrite(key):
			d.Change = append(d.Change, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(r.Users)) {
		switch {
		case declared[key]:
		case r.Users[key].Missing || r.Account.Users[key].Foreign:
			d.Drop = append(d.Drop, key)
		default:
			d.Delete = append(d.Delete, key)
		}
	}
	return d
}

// Prepare returns the users that a Users has to want and to have, to do what differs.
func (r *Roster) Prepare(d Difference, of func(key string) User) (want, have map[string]User) {
	want = make(map[string]User, len(d.Create)+len(d.Retake)+len(d.Change))
	have = make(map[string]User, len(d.Change)+len(d.Delete))
	for _, list := range [][]string{d.Create, d.Retake, d.Change} {
		for _, key := range list {
			want[key] = of(key)
		}
	}
	for _, key := range d.Change {
		have[key] = r.before(key, want[key])
	}
	for _, key := range d.Delete {
		have[key] = User{Name: r.Users[key].Name}
	}
	return want, have
}

// anotherText is what a text is taken to be if it is only known to be another one.
var anotherText = "\x00 another text"

// before is a user as it was found, as far as that decides what is to be written of want.
func (r *Roster) before(key string, want User) User {
	m := r.Users[key]
	user := User{Name: m.Name, Activated: m.Found.Activated.pointer()}
	if want.Nickname != nil {
		user.Nickname = &anotherText
		if m.Found.Nickname == digestOf(*want.Nickname) {
			user.Nickname = want.Nickname
		}
	}
	return user
}

// Settle notes what was done. keys are all declared users.
func (r *Roster) Settle(work *Users, d Difference, keys []string, of func(key string) User) {
	if !work.Begun {
		return
	}
	open := make(map[string]bool, len(work.Want))
	taken := make(map[string]bool, len(work.Taken)+len(d.Retake))
	for _, list := range [][]string{work.Taken, d.Retake} {
		for _, key := range list {
			taken[key] = true
		}
	}
	for _, list := range [][]string{d.Create, d.Retake} {
		for _, key := range list {
			open[key] = true
			if have, ok := work.Have[key]; ok {
				r.Users[key] = registered(of(key), have, !taken[key])
			}
		}
	}
	for _, key := range d.Change {
		open[key] = true
		r.Users[key] = changed(r.Users[key], of(key), work.Have[key])
	}
	for _, key := range d.Delete {
		if _, left := work.Have[key]; !left {
			delete(r.Users, key)
		}
	}
	for _, key := range d.Drop {
		delete(r.Users, key)
		r.Account.Forget(key)
	}
	for _, key := range keys {
		if !open[key] {
			// Nothing was to be written, so no password is declared, or it is set.
			r.Account.Change(key, func(n *Note) { n.Unset = false })
			m, want := r.Users[key], of(key)
			m.Name, m.Written = want.Name, declaredValues(want)
			r.Users[key] = m
		}
	}
}

// registered is a user that was registered, or taken over.
func registered(want, have User, isNew bool) Managed {
	m := Managed{Name: want.Name, Written: declaredValues(want)}
	m.Found = m.Written
	if want.Nickname == nil && isNew {
		m.Found.Nickname = emptyText
	}
	if want.Activated != nil {
		m.Found.Activated = activationOf(have.Activated)
	} else if isNew {
		m.Found.Activated = activated
	}
	return m
}

// changed is a user after writing to it, which may have failed half way.
func changed(m Managed, want, have User) Managed {
	declared, before := declaredValues(want), m.Written
	m.Name, m.Written = want.Name, declared
	if want.Nickname != nil {
		if have.Nickname != nil && *have.Nickname == *want.Nickname {
			m.Found.Nickname = declared.Nickname
		} else {
			m.Written.Nickname = before.Nickname
		}
	}
	if want.Activated != nil {
		if m.Found.Activated = activationOf(have.Activated); m.Found.Activated != declared.Activated {
			m.Written.Activated = before.Activated
		}
	}
	return m
}

package easemob

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"strings"
	"time"

	"terraform-provider-chat/internal/emulator/platform"
)

// directory holds the users of an application.
type directory struct {
	byName map[string]*user
	byID   map[uuid]*user
	order  platform.Sequence[*user] // by creation
	last   int64                    // ticks of the newest UUID
}

func newDirectory() *directory {
	return &directory{
		byName: map[string]*user{}, byID: map[uuid]*user{}, order: platform.NewSequence(byCreation),
	}
}

// byCreation orders users by creation. The UUID settles what came first within a
// millisecond, and so gives a cursor a place even if its user is gone.
func byCreation(a, b *user) int {
	return cmp.Or(
		cmp.Compare(a.created, b.created),
		cmp.Compare(a.id.ticks(), b.id.ticks()),
		bytes.Compare(a.id[:], b.id[:]),
	)
}

// find returns the user of a name in any case, or of a UUID, or nil.
func (d *directory) find(name string) *user {
	if id, ok := parseUUID(name); ok {
		return d.byID[id]
	}
	return d.byName[fold(name)]
}

// register adds a user of a name that is free.
func (d *directory) register(name, password string, nickname *string, now time.Time) *user {
	d.last = max(ticksOf(now), d.last+1)
	created := d.last / ticksPerMillisecond
	u := &user{
		id: newUUID(d.last), name: fold(name), created: created, modified: created,
		password: password, nickname: nickname, activated: true,
	}
	d.add(u)
	return u
}

func (d *directory) add(u *user) {
	d.byName[u.name] = u
	d.byID[u.id] = u
	d.order.Add(u)
}

// remove deletes a user and clears it from every list.
func (d *directory) remove(u *user) {
	delete(d.byName, u.name)
	delete(d.byID, u.id)
	d.order.Remove(u)
	for other := range u.contacts.All() {
		if other != u {
			other.contacts.Remove(u)
		}
	}
	for other := range u.blocks.All() {
		other.blockedBy.Remove(u)
	}
	for other := range u.blockedBy.All() {
		other.blocks.Remove(u)
	}
	u.leaveGroups()
}

// fold returns the form in which a name is stored and compared.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// legalName reports whether a name can be registered.
func legalName(name string) bool {
	if _, isID := parseUUID(name); isID || name == "" || len(name) > 64 {
		return false
	}
	return strings.Trim(fold(name), "abcdefghijklmnopqrstuvwxyz0123456789_-.") == ""
}

// cursorPrefix is what every cursor of the platform begins with.
const cursorPrefix = "-834012379:"

// cursor points to the user in the list of all users.
func (u *user) cursor() string {
	id := base64.RawURLEncoding.EncodeToString(u.id[:])
	return base64.RawURLEncoding.EncodeToString([]byte(cursorPrefix + id))
}

// seek returns how many users come before the one that a cursor points to, or before
// where it was if it is gone.
func (d *directory) seek(cursor string) (before int, ok bool) {
	if cursor == "" {
		return 0, true
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(cursor, "="))
	if err != nil {
		return 0, false
	}
	encoded, found := strings.CutPrefix(string(text), cursorPrefix)
	bare, err := base64.RawURLEncoding.DecodeString(encoded)
	if !found || err != nil || len(bare) != len(uuid{}) {
		return 0, false
	}
	id := uuid(bare)
	if u := d.byID[id]; u != nil {
		return d.order.Rank(u), true
	}
	return d.order.Rank(&user{id: id, created: id.ticks() / ticksPerMillisecond}), true
}

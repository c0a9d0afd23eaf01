package emulator

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// easemobUser is a user with all that is known of it. It is guarded by the lock of
// its platform; what its pointers point to is never changed.
type easemobUser struct {
	id                easemobID
	name              string // lower-case
	created, modified int64  // milliseconds since the Unix epoch
	password          string
	activated, online bool

	nickname     *string
	displayStyle *int
	noDisturbing *bool
	start, end   *int
	notifierName *string
	deviceToken  *string
	ignored      map[string]bool // by group, whether its messages are not pushed

	offline map[string]string // by message, "delivered" or "undelivered"
	// generation rises when the user's tokens become invalid.
	generation uint32

	contacts  []*easemobUser // oldest first
	blocks    []*easemobUser // oldest first
	blockedBy map[*easemobUser]struct{}
}

// easemobEntity is a user as the platform shows it.
type easemobEntity struct {
	UUID         string  `json:"uuid"`
	Type         string  `json:"type"`
	Created      int64   `json:"created"`
	Modified     int64   `json:"modified"`
	Username     string  `json:"username"`
	Activated    bool    `json:"activated"`
	NoDisturbing *bool   `json:"notification_no_disturbing,omitempty"`
	Start        *int    `json:"notification_no_disturbing_start,omitempty"`
	End          *int    `json:"notification_no_disturbing_end,omitempty"`
	DisplayStyle *int    `json:"notification_display_style,omitempty"`
	Nickname     *string `json:"nickname,omitempty"`
	NotifierName *string `json:"notifier_name,omitempty"`
	DeviceToken  *string `json:"device_token,omitempty"`
}

func (u *easemobUser) entity() any {
	entity := easemobEntity{
		UUID: u.id.String(), Type: "user", Created: u.created, Modified: u.modified,
		Username: u.name, Activated: u.activated,
		NoDisturbing: u.noDisturbing, Start: u.start, End: u.end, DisplayStyle: u.displayStyle,
		Nickname: u.nickname, NotifierName: u.notifierName, DeviceToken: u.deviceToken,
	}
	if len(u.ignored) > 0 {
		return easemobIgnoring{entity, u.ignored}
	}
	return entity
}

// easemobIgnoring is the entity of a user that ignores groups: each has a key of its own.
type easemobIgnoring struct {
	entity  easemobEntity
	ignored map[string]bool
}

// MarshalJSON adds a key per group to the entity.
func (i easemobIgnoring) MarshalJSON() ([]byte, error) {
	plain, err := json.Marshal(i.entity)
	if err != nil {
		return nil, err
	}
	keys := map[string]bool{}
	for group, ignored := range i.ignored {
		keys["notification_ignore_"+group] = ignored
	}
	more, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	return slices.Concat(plain[:len(plain)-1], []byte(","), more[1:]), nil
}

// touch moves the time of the last change.
func (u *easemobUser) touch(now time.Time) {
	u.modified = max(now.UnixMilli(), u.modified+1)
}

// easemobBefore orders users by creation. The UUID settles what came first within
// a millisecond, and so gives a cursor a place even when its user is gone.
func easemobBefore(a, b *easemobUser) int {
	return cmp.Or(
		cmp.Compare(a.created, b.created),
		cmp.Compare(a.id.ticks(), b.id.ticks()),
		bytes.Compare(a.id[:], b.id[:]),
	)
}

// easemobUsers are the users of an application.
type easemobUsers struct {
	byName map[string]*easemobUser
	byID   map[easemobID]*easemobUser
	order  []*easemobUser // by easemobBefore
	last   int64          // ticks of the newest identity
}

func newEasemobUsers() *easemobUsers {
	return &easemobUsers{byName: map[string]*easemobUser{}, byID: map[easemobID]*easemobUser{}}
}

// find returns the user of a name in any case, or of a UUID, or nil.
func (s *easemobUsers) find(name string) *easemobUser {
	if id, ok := parseEasemobID(name); ok {
		return s.byID[id]
	}
	return s.byName[easemobFold(name)]
}

// register adds a user of a name that is free.
func (s *easemobUsers) register(name, password string, nickname *string, now time.Time) *easemobUser {
	s.last = max(ticksOf(now), s.last+1)
	created := s.last / ticksPerMillisecond
	u := &easemobUser{
		id: newEasemobID(s.last), name: easemobFold(name), created: created, modified: created,
		password: password, nickname: nickname, activated: true,
	}
	s.add(u)
	return u
}

func (s *easemobUsers) add(u *easemobUser) {
	s.byName[u.name] = u
	s.byID[u.id] = u
	i, n := 0, len(s.order)
	if n > 0 && easemobBefore(s.order[n-1], u) < 0 {
		i = n
	} else {
		i = s.place(u)
	}
	s.order = slices.Insert(s.order, i, u)
}

// place is where u is in the order, or would be.
func (s *easemobUsers) place(u *easemobUser) int {
	i, _ := slices.BinarySearchFunc(s.order, u, easemobBefore)
	return i
}

// remove deletes users that are neighbours in the order, first to last, and clears
// them from every list.
func (s *easemobUsers) remove(from, to int) {
	for _, u := range s.order[from:to] {
		delete(s.byName, u.name)
		delete(s.byID, u.id)
		for _, other := range u.contacts {
			if other != u {
				other.contacts = easemobWithout(other.contacts, u)
			}
		}
		for _, other := range u.blocks {
			delete(other.blockedBy, u)
		}
		for other := range u.blockedBy {
			other.blocks = easemobWithout(other.blocks, u)
		}
	}
	s.order = slices.Delete(s.order, from, to)
}

// connect makes two users contacts of each other.
func (u *easemobUser) connect(other *easemobUser) {
	if !slices.Contains(u.contacts, other) {
		u.contacts = append(u.contacts, other)
	}
	if !slices.Contains(other.contacts, u) {
		other.contacts = append(other.contacts, u)
	}
}

// part ends what connect began.
func (u *easemobUser) part(other *easemobUser) {
	u.contacts = easemobWithout(u.contacts, other)
	other.contacts = easemobWithout(other.contacts, u)
}

func (u *easemobUser) block(other *easemobUser) {
	if slices.Contains(u.blocks, other) {
		return
	}
	u.blocks = append(u.blocks, other)
	if other.blockedBy == nil {
		other.blockedBy = map[*easemobUser]struct{}{}
	}
	other.blockedBy[u] = struct{}{}
}

func (u *easemobUser) unblock(other *easemobUser) {
	u.blocks = easemobWithout(u.blocks, other)
	delete(other.blockedBy, u)
}

func easemobWithout(list []*easemobUser, u *easemobUser) []*easemobUser {
	if i := slices.Index(list, u); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// easemobNames are the names of a list, newest first.
func easemobNames(list []*easemobUser) []string {
	names := make([]string, 0, len(list))
	for _, u := range slices.Backward(list) {
		names = append(names, u.name)
	}
	return names
}

// easemobFold returns the form in which a name is stored and compared.
func easemobFold(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// easemobLegal tells whether a name can be registered.
func easemobLegal(name string) bool {
	if _, isID := parseEasemobID(name); isID || name == "" || len(name) > 64 {
		return false
	}
	return strings.Trim(easemobFold(name), "abcdefghijklmnopqrstuvwxyz0123456789_-.") == ""
}

// easemobCursorPrefix is what every cursor of the platform begins with.
const easemobCursorPrefix = "-834012379:"

// cursor points to the user at a place in the order; it is empty past the last.
func (s *easemobUsers) cursor(place int) string {
	if place >= len(s.order) {
		return ""
	}
	id := base64.RawURLEncoding.EncodeToString(s.order[place].id[:])
	return base64.RawURLEncoding.EncodeToString([]byte(easemobCursorPrefix + id))
}

// seek returns the place a cursor points to: that of its user, or of the next one
// where the user is gone.
func (s *easemobUsers) seek(cursor string) (place int, ok bool) {
	if cursor == "" {
		return 0, true
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(cursor, "="))
	if err != nil {
		return 0, false
	}
	encoded, found := strings.CutPrefix(string(text), easemobCursorPrefix)
	bare, err := base64.RawURLEncoding.DecodeString(encoded)
	if !found || err != nil || len(bare) != len(easemobID{}) {
		return 0, false
	}
	id := easemobID(bare)
	if u := s.byID[id]; u != nil {
		return s.place(u), true
	}
	return s.place(&easemobUser{id: id, created: id.ticks() / ticksPerMillisecond}), true
}

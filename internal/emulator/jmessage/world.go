package jmessage

import (
	"encoding/json"
	"slices"

	"terraform-provider-chat/internal/emulator/platform"
)

// The application that the emulator starts with. The others have its secret.
const (
	firstKey     = "4f7aef34fb361292c566a1cd"
	masterSecret = "demo-master-secret-00000"
)

// The last ids given away at start. They are too large for 32 bits, as the platform's are.
const (
	firstGroup   = 10_000_000_000
	firstRoom    = 20_000_000_000
	firstMessage = 43_143_728_108
)

// world is everything that the platform holds. Applications see each other in
// cross-application calls, so ids are unique among all of them.
type world struct {
	applications map[string]*application // by app key, in lower case
	lastGroup    int64
	lastRoom     int64
	lastMessage  int64
	// files are all media, oldest first, and kept is how many bytes of them are there.
	files []*media
	kept  int

	switches switches
}

type application struct {
	key    string
	secret string

	users    platform.Map[string, *user]
	admins   platform.Map[*user, struct{}]
	groups   platform.Map[int64, *group]
	rooms    platform.Map[int64, *room]
	messages platform.Map[int64, *message]
	media    platform.Map[string, *media]
	words    []word

	filterWords  bool
	registration bool
}

// set is a set that remembers the order in which its elements came.
type set[K comparable] = platform.Map[K, struct{}]

type user struct {
	app      *application
	name     string
	password string
	profile  profile
	extras   json.RawMessage
	ctime    string
	mtime    string
	admin    bool
	disabled bool
	devices  []device

	friends   platform.Map[*user, note] // both directions are there
	blacklist set[*user]
	groups    set[*group] // those that the user is in
	rooms     set[*room]

	quietUsers   set[*user]
	quietGroups  set[*group]
	quiet        bool
	shieldGroups set[*group]

	// blockers and quieters are the users who have this one in those settings.
	blockers, quieters set[*user]
}

// profile is what a user says about himself, as it is stored and as it is read: what
// is unset is absent.
type profile struct {
	Nickname  string `json:"nickname,omitempty"`
	Avatar    string `json:"avatar,omitempty"`
	Birthday  string `json:"birthday,omitempty"`
	Gender    *int   `json:"gender,omitempty"`
	Signature string `json:"signature,omitempty"`
	Region    string `json:"region,omitempty"`
	Address   string `json:"address,omitempty"`
}

// note is what a user wrote about a friend.
type note struct {
	NoteName string `json:"note_name,omitempty"`
	Others   string `json:"others,omitempty"`
}

// device is a device a user has logged in with: a Android, i iOS, j JavaScript, w Windows.
type device struct {
	Login    bool   `json:"login"`
	Online   bool   `json:"online"`
	Platform string `json:"platform"`
}

type group struct {
	id      int64
	app     *application
	name    string
	desc    string
	avatar  string
	flag    int
	max     int
	owner   *user
	ctime   string
	mtime   string
	members platform.Map[*user, *groupMember]
	// quieters and shielders are the users who have the group in those settings.
	quieters, shielders set[*user]
}

type groupMember struct{ silenced bool }

type room struct {
	id          int64
	app         *application
	name        string
	description string
	max         int
	owner       *user
	ctime       string
	members     platform.Map[*user, *roomMember]
}

type roomMember struct {
	muted  bool
	joined string
}

// start returns the world at start.
func (p *Platform) start() *world {
	w := &world{
		applications: map[string]*application{},
		lastGroup:    firstGroup,
		lastRoom:     firstRoom,
		lastMessage:  firstMessage,
	}
	for _, key := range slices.Concat([]string{firstKey}, p.env.Apps) {
		key = canonicalKey(key)
		w.applications[key] = &application{key: key, secret: masterSecret, registration: true}
	}
	return w
}

func (a *application) add(u *user) {
	a.users.Set(u.name, u)
	if u.admin {
		a.admins.Set(u, struct{}{})
	}
}

// delete deletes the user and every trace of it.
func (u *user) delete() {
	for friend := range u.friends.All() {
		friend.friends.Remove(u)
	}
	for _, other := range u.blacklist.Keys() {
		u.unblock(other)
	}
	for _, other := range u.blockers.Keys() {
		other.unblock(u)
	}
	for _, other := range u.quietUsers.Keys() {
		u.unquieten(other)
	}
	for _, other := range u.quieters.Keys() {
		other.unquieten(u)
	}
	for _, g := range u.quietGroups.Keys() {
		u.unquietenGroup(g)
	}
	for _, g := range u.shieldGroups.Keys() {
		u.unshield(g)
	}
	for _, g := range u.groups.Keys() {
		g.leave(u)
	}
	for _, r := range u.rooms.Keys() {
		r.leave(u)
	}
	u.app.users.Remove(u.name)
	u.app.admins.Remove(u)
}

// leave takes a member out of a group. The oldest one left inherits it; if there is
// none, the group is gone.
func (g *group) leave(u *user) {
	g.members.Remove(u)
	u.groups.Remove(g)
	if g.members.Len() == 0 {
		g.delete()
		return
	}
	if g.owner == u {
		g.owner = oldest(g.members)
	}
}

// delete deletes a group and every trace of it.
func (g *group) delete() {
	for member := range g.members.All() {
		member.groups.Remove(g)
	}
	for _, u := range g.quieters.Keys() {
		u.unquietenGroup(g)
	}
	for _, u := range g.shielders.Keys() {
		u.unshield(g)
	}
	g.app.groups.Remove(g.id)
}

// leave is the same for a chat room.
func (r *room) leave(u *user) {
	r.members.Remove(u)
	u.rooms.Remove(r)
	if r.members.Len() == 0 {
		r.delete()
		return
	}
	if r.owner == u {
		r.owner = oldest(r.members)
	}
}

func (r *room) delete() {
	for member := range r.members.All() {
		member.rooms.Remove(r)
	}
	r.app.rooms.Remove(r.id)
}

func oldest[V any](users platform.Map[*user, V]) *user {
	for u := range users.All() {
		return u
	}
	return nil
}

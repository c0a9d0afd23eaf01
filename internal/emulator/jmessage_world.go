package emulator

import (
	"encoding/json"
	"slices"
)

// The applications that exist at start.
const (
	jmDemoKey      = "4f7aef34fb361292c566a1cd"
	jmDemoSecret   = "demo-master-secret-00000"
	jmSecondKey    = "a1b2c3d4e5f6a7b8c9d0e1f2"
	jmSecondSecret = "demo-master-secret-00001"
)

// The last ids given away at start. They are too large for 32 bits, as the platform's are.
const (
	jmFirstGroup   = 10_000_000_000
	jmFirstRoom    = 20_000_000_000
	jmFirstMessage = 43_143_728_108
)

// jmWorld is everything the platform holds. Applications see each other in
// cross-app calls, so ids are unique among all of them.
type jmWorld struct {
	applications map[string]*jmApplication // by app key, in lower case
	lastGroup    int64
	lastRoom     int64
	lastMessage  int64

	// enforceRateLimit refuses calls over the limit, which otherwise is only announced.
	enforceRateLimit bool
	// documentedNoDisturbCodes answers no-disturb calls for groups with the codes of
	// the vendor's list of errors instead of those printed with the call.
	documentedNoDisturbCodes bool
}

type jmApplication struct {
	key    string
	secret string

	users    jmOrdered[string, *jmUser]
	groups   jmOrdered[int64, *jmGroup]
	rooms    jmOrdered[int64, *jmRoom]
	messages jmOrdered[int64, *jmMessage]
	media    jmOrdered[string, *jmMedia]
	words    []jmWord

	filterWords  bool
	registration bool
}

// jmName names a user among those of all applications.
type jmName struct {
	app  string
	user string
}

type jmUser struct {
	name     jmName
	password string
	profile  jmProfile
	extras   json.RawMessage
	ctime    string
	mtime    string
	admin    bool
	disabled bool
	devices  []jmDevice

	friends   jmOrdered[jmName, jmNote]
	blacklist jmOrdered[jmName, struct{}]

	quietUsers   jmOrdered[jmName, struct{}]
	quietGroups  jmOrdered[int64, struct{}]
	quiet        bool
	shieldGroups jmOrdered[int64, struct{}]
}

// jmProfile is what a user says about himself, as it is stored and as it is read:
// what is unset is absent.
type jmProfile struct {
	Nickname  string `json:"nickname,omitempty"`
	Avatar    string `json:"avatar,omitempty"`
	Birthday  string `json:"birthday,omitempty"`
	Gender    *int   `json:"gender,omitempty"`
	Signature string `json:"signature,omitempty"`
	Region    string `json:"region,omitempty"`
	Address   string `json:"address,omitempty"`
}

// jmNote is what a user wrote about a friend.
type jmNote struct {
	NoteName string `json:"note_name,omitempty"`
	Others   string `json:"others,omitempty"`
}

// jmDevice is a device a user has logged in with: a Android, i iOS, j JavaScript, w Windows.
type jmDevice struct {
	Login    bool   `json:"login"`
	Online   bool   `json:"online"`
	Platform string `json:"platform"`
}

type jmGroup struct {
	id      int64
	app     string
	name    string
	desc    string
	avatar  string
	flag    int
	max     int
	owner   jmName
	ctime   string
	mtime   string
	members jmOrdered[jmName, *jmGroupMember]
}

type jmGroupMember struct {
	silenced bool
}

type jmRoom struct {
	id          int64
	app         string
	name        string
	description string
	max         int
	owner       jmName
	ctime       string
	members     jmOrdered[jmName, *jmRoomMember]
}

type jmRoomMember struct {
	muted  bool
	joined string
}

// jmStart returns the world at start.
func jmStart() *jmWorld {
	world := &jmWorld{
		applications: map[string]*jmApplication{},
		lastGroup:    jmFirstGroup,
		lastRoom:     jmFirstRoom,
		lastMessage:  jmFirstMessage,
	}
	for key, secret := range jmStartSecrets() {
		world.applications[key] = &jmApplication{key: key, secret: secret, registration: true}
	}
	return world
}

func jmStartSecrets() map[string]string {
	return map[string]string{jmDemoKey: jmDemoSecret, jmSecondKey: jmSecondSecret}
}

// user returns a user of any application, or nil.
func (w *jmWorld) user(name jmName) *jmUser {
	app := w.applications[name.app]
	if app == nil {
		return nil
	}
	return app.users.get(name.user)
}

// deleteUsers deletes users and every trace of them.
func (w *jmWorld) deleteUsers(users []*jmUser) {
	names := make([]jmName, len(users))
	for i, user := range users {
		names[i] = user.name
		for friend := range user.friends.all() {
			if other := w.user(friend); other != nil {
				other.friends.remove(user.name)
			}
		}
	}
	for _, app := range w.applications {
		for _, other := range app.users.all() {
			if other.blacklist.len() == 0 && other.quietUsers.len() == 0 {
				continue
			}
			for _, name := range names {
				other.blacklist.remove(name)
				other.quietUsers.remove(name)
			}
		}
		for _, id := range app.groups.keys() {
			w.leaveGroup(app.groups.get(id), names)
		}
		for _, id := range app.rooms.keys() {
			w.leaveRoom(app.rooms.get(id), names)
		}
	}
	for _, name := range names {
		w.applications[name.app].users.remove(name.user)
	}
}

// leaveGroup takes members out of a group. The oldest one left inherits it; when
// there is none the group is gone.
func (w *jmWorld) leaveGroup(group *jmGroup, names []jmName) {
	for _, name := range names {
		group.members.remove(name)
	}
	if group.members.len() == 0 {
		w.deleteGroup(group)
	} else if slices.Contains(names, group.owner) {
		group.owner = group.members.items[0].key
	}
}

func (w *jmWorld) deleteGroup(group *jmGroup) {
	w.applications[group.app].groups.remove(group.id)
	for _, app := range w.applications {
		for _, user := range app.users.all() {
			user.quietGroups.remove(group.id)
			user.shieldGroups.remove(group.id)
		}
	}
}

// leaveRoom is leaveGroup for a chat room.
func (w *jmWorld) leaveRoom(room *jmRoom, names []jmName) {
	for _, name := range names {
		room.members.remove(name)
	}
	if room.members.len() == 0 {
		w.applications[room.app].rooms.remove(room.id)
	} else if slices.Contains(names, room.owner) {
		room.owner = room.members.items[0].key
	}
}

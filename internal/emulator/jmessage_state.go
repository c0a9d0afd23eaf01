package emulator

import (
	"encoding/json"
	"slices"
)

// The documents below are the state as JSON, hidden state included, the applications
// by their app keys. What may be missing when it is restored: secrets of the
// applications that exist at start, times (now), ids (new ones), the counters of ids,
// a group's or room's owner among its members, and whatever is empty.

type jmWorldDocument struct {
	EnforceRateLimit         bool                             `json:"enforce_rate_limit"`
	DocumentedNoDisturbCodes bool                             `json:"documented_no_disturb_codes"`
	LastGroup                int64                            `json:"last_gid"`
	LastRoom                 int64                            `json:"last_room_id"`
	LastMessage              int64                            `json:"last_msg_id"`
	Applications             map[string]jmApplicationDocument `json:"applications"`
}

type jmApplicationDocument struct {
	Secret       string            `json:"master_secret"`
	FilterWords  bool              `json:"sensitive_word_filter"`
	Registration *bool             `json:"sdk_registration"`
	Words        []jmWord          `json:"sensitive_words"`
	Users        []jmUserDocument  `json:"users"`
	Groups       []jmGroupDocument `json:"groups"`
	Rooms        []jmRoomDocument  `json:"chatrooms"`
	Media        []jmMedia         `json:"media"`
	Messages     []jmMessage       `json:"messages"`
}

type jmUserDocument struct {
	Username string `json:"username"`
	Password string `json:"password"`
	jmProfile
	Extras    json.RawMessage  `json:"extras,omitempty"`
	Ctime     string           `json:"ctime"`
	Mtime     string           `json:"mtime"`
	Admin     bool             `json:"admin,omitempty"`
	Disabled  bool             `json:"disabled"`
	Devices   []jmDevice       `json:"devices,omitempty"`
	Friends   []jmNoteDocument `json:"friends,omitempty"`
	Blacklist []jmNameDocument `json:"blacklist,omitempty"`
	NoDisturb jmQuietDocument  `json:"no_disturb"`
	Shield    []int64          `json:"group_shield,omitempty"`
}

type jmQuietDocument struct {
	Single []jmNameDocument `json:"single,omitempty"`
	Group  []int64          `json:"group,omitempty"`
	Global bool             `json:"global"`
}

// jmNameDocument names a user: "alice" of the same application, or
// {"appkey": "...", "username": "alice"} of another.
type jmNameDocument struct {
	AppKey   string `json:"appkey,omitempty"`
	Username string `json:"username"`
}

// MarshalJSON writes the shorter form where it will do.
func (n jmNameDocument) MarshalJSON() ([]byte, error) {
	if n.AppKey == "" {
		return json.Marshal(n.Username)
	}
	type object jmNameDocument
	return json.Marshal(object(n))
}

// UnmarshalJSON reads either form.
func (n *jmNameDocument) UnmarshalJSON(data []byte) error {
	*n = jmNameDocument{}
	if json.Unmarshal(data, &n.Username) == nil {
		return nil
	}
	type object jmNameDocument
	return json.Unmarshal(data, (*object)(n))
}

type jmNoteDocument struct {
	AppKey   string `json:"appkey,omitempty"`
	Username string `json:"username"`
	jmNote
}

type jmGroupDocument struct {
	ID      int64                   `json:"gid"`
	Name    string                  `json:"name"`
	Desc    string                  `json:"desc"`
	Avatar  string                  `json:"avatar,omitempty"`
	Flag    int                     `json:"flag"`
	Max     int                     `json:"max_member_count"`
	Owner   jmNameDocument          `json:"owner"`
	Ctime   string                  `json:"ctime"`
	Mtime   string                  `json:"mtime"`
	Members []jmGroupMemberDocument `json:"members"`
}

type jmGroupMemberDocument struct {
	AppKey   string `json:"appkey,omitempty"`
	Username string `json:"username"`
	Silenced bool   `json:"silenced"`
}

type jmRoomDocument struct {
	ID          int64                  `json:"id"`
	Name        string                 `json:"name"`
	Description string                 `json:"description"`
	Max         int                    `json:"max_member_count"`
	Owner       jmNameDocument         `json:"owner"`
	Ctime       string                 `json:"ctime"`
	Members     []jmRoomMemberDocument `json:"members"`
}

type jmRoomMemberDocument struct {
	AppKey   string `json:"appkey,omitempty"`
	Username string `json:"username"`
	Muted    bool   `json:"muted"`
	Joined   string `json:"room_ctime"`
}

// snapshot copies all that the platform holds.
func (j *jmessage) snapshot() any {
	j.mu.RLock()
	defer j.mu.RUnlock()
	world := j.world
	document := jmWorldDocument{
		EnforceRateLimit:         world.enforceRateLimit,
		DocumentedNoDisturbCodes: world.documentedNoDisturbCodes,
		LastGroup:                world.lastGroup,
		LastRoom:                 world.lastRoom,
		LastMessage:              world.lastMessage,
		Applications:             map[string]jmApplicationDocument{},
	}
	for key, app := range world.applications {
		document.Applications[key] = app.document()
	}
	return document
}

func (a *jmApplication) document() jmApplicationDocument {
	registration := a.registration
	document := jmApplicationDocument{
		Secret:       a.secret,
		FilterWords:  a.filterWords,
		Registration: &registration,
		Words:        append([]jmWord{}, a.words...),
		Users:        []jmUserDocument{},
		Groups:       []jmGroupDocument{},
		Rooms:        []jmRoomDocument{},
		Media:        []jmMedia{},
		Messages:     []jmMessage{},
	}
	for _, user := range a.users.all() {
		document.Users = append(document.Users, user.document())
	}
	for _, group := range a.groups.all() {
		document.Groups = append(document.Groups, group.document())
	}
	for _, room := range a.rooms.all() {
		document.Rooms = append(document.Rooms, room.document())
	}
	for _, media := range a.media.all() {
		document.Media = append(document.Media, *media)
	}
	for _, message := range a.messages.all() {
		document.Messages = append(document.Messages, *message)
	}
	return document
}

// jmNamed returns name as it is written in a document of the application app.
func jmNamed(name jmName, app string) jmNameDocument {
	if name.app == app {
		return jmNameDocument{Username: name.user}
	}
	return jmNameDocument{AppKey: name.app, Username: name.user}
}

func jmNamedAll(names *jmOrdered[jmName, struct{}], app string) []jmNameDocument {
	var documents []jmNameDocument
	for name := range names.all() {
		documents = append(documents, jmNamed(name, app))
	}
	return documents
}

func (u *jmUser) document() jmUserDocument {
	app := u.name.app
	document := jmUserDocument{
		Username:  u.name.user,
		Password:  u.password,
		jmProfile: u.profile,
		Extras:    u.extras,
		Ctime:     u.ctime,
		Mtime:     u.mtime,
		Admin:     u.admin,
		Disabled:  u.disabled,
		Devices:   slices.Clone(u.devices),
		Blacklist: jmNamedAll(&u.blacklist, app),
		NoDisturb: jmQuietDocument{
			Single: jmNamedAll(&u.quietUsers, app),
			Group:  u.quietGroups.keys(),
			Global: u.quiet,
		},
		Shield: u.shieldGroups.keys(),
	}
	for name, note := range u.friends.all() {
		named := jmNamed(name, app)
		document.Friends = append(document.Friends, jmNoteDocument{
			AppKey: named.AppKey, Username: named.Username, jmNote: note,
		})
	}
	return document
}

func (g *jmGroup) document() jmGroupDocument {
	document := jmGroupDocument{
		ID:     g.id,
		Name:   g.name,
		Desc:   g.desc,
		Avatar: g.avatar,
		Flag:   g.flag,
		Max:    g.max,
		Owner:  jmNamed(g.owner, g.app),
		Ctime:  g.ctime,
		Mtime:  g.mtime,
	}
	for name, member := range g.members.all() {
		named := jmNamed(name, g.app)
		document.Members = append(document.Members, jmGroupMemberDocument{
			AppKey: named.AppKey, Username: named.Username, Silenced: member.silenced,
		})
	}
	return document
}

func (r *jmRoom) document() jmRoomDocument {
	document := jmRoomDocument{
		ID:          r.id,
		Name:        r.name,
		Description: r.description,
		Max:         r.max,
		Owner:       jmNamed(r.owner, r.app),
		Ctime:       r.ctime,
	}
	for name, member := range r.members.all() {
		named := jmNamed(name, r.app)
		document.Members = append(document.Members, jmRoomMemberDocument{
			AppKey: named.AppKey, Username: named.Username, Muted: member.muted, Joined: member.joined,
		})
	}
	return document
}

package jmessage

import (
	"encoding/json"
	"slices"
)

// The documents below are the state as JSON, hidden state included, the applications
// by their app keys. What may be missing when it is restored: secrets of the
// applications that exist at start, times (now), ids (new ones), the counters of ids,
// a group's or room's owner among its members, and whatever is empty.

type worldDocument struct {
	switches
	LastGroup    int64                          `json:"last_gid"`
	LastRoom     int64                          `json:"last_room_id"`
	LastMessage  int64                          `json:"last_msg_id"`
	Applications map[string]applicationDocument `json:"applications"`
}

type applicationDocument struct {
	Secret       string          `json:"master_secret"`
	FilterWords  bool            `json:"sensitive_word_filter"`
	Registration *bool           `json:"sdk_registration"`
	Words        []word          `json:"sensitive_words"`
	Users        []userDocument  `json:"users"`
	Groups       []groupDocument `json:"groups"`
	Rooms        []roomDocument  `json:"chatrooms"`
	Media        []mediaDocument `json:"media"`
	Messages     []message       `json:"messages"`
}

// mediaDocument is a file with its content, which is base64 in JSON. It has none if the
// file is not kept.
type mediaDocument struct {
	media
	Content []byte `json:"content,omitempty"`
}

type userDocument struct {
	Username string `json:"username"`
	Password string `json:"password"`
	profile
	Extras    json.RawMessage `json:"extras,omitempty"`
	Ctime     string          `json:"ctime"`
	Mtime     string          `json:"mtime"`
	Admin     bool            `json:"admin,omitempty"`
	Disabled  bool            `json:"disabled"`
	Devices   []device        `json:"devices,omitempty"`
	Friends   []noteDocument  `json:"friends,omitempty"`
	Blacklist []nameDocument  `json:"blacklist,omitempty"`
	NoDisturb quietDocument   `json:"no_disturb"`
	Shield    []int64         `json:"group_shield,omitempty"`
}

type quietDocument struct {
	Single []nameDocument `json:"single,omitempty"`
	Group  []int64        `json:"group,omitempty"`
	Global bool           `json:"global"`
}

// nameDocument names a user: "alice" of the same application, or
// {"appkey": "...", "username": "alice"} of another.
type nameDocument struct {
	AppKey   string `json:"appkey,omitempty"`
	Username string `json:"username"`
}

// MarshalJSON writes the shorter form if that is enough.
func (n nameDocument) MarshalJSON() ([]byte, error) {
	if n.AppKey == "" {
		return json.Marshal(n.Username)
	}
	type object nameDocument
	return json.Marshal(object(n))
}

// UnmarshalJSON reads either form.
func (n *nameDocument) UnmarshalJSON(data []byte) error {
	*n = nameDocument{}
	if json.Unmarshal(data, &n.Username) == nil {
		return nil
	}
	type object nameDocument
	return json.Unmarshal(data, (*object)(n))
}

type noteDocument struct {
	AppKey   string `json:"appkey,omitempty"`
	Username string `json:"username"`
	note
}

type groupDocument struct {
	ID      int64                 `json:"gid"`
	Name    string                `json:"name"`
	Desc    string                `json:"desc"`
	Avatar  string                `json:"avatar,omitempty"`
	Flag    int                   `json:"flag"`
	Max     int                   `json:"max_member_count"`
	Owner   nameDocument          `json:"owner"`
	Ctime   string                `json:"ctime"`
	Mtime   string                `json:"mtime"`
	Members []groupMemberDocument `json:"members"`
}

type groupMemberDocument struct {
	AppKey   string `json:"appkey,omitempty"`
	Username string `json:"username"`
	Silenced bool   `json:"silenced"`
}

type roomDocument struct {
	ID          int64                `json:"id"`
	Name        string               `json:"name"`
	Description string               `json:"description"`
	Max         int                  `json:"max_member_count"`
	Owner       nameDocument         `json:"owner"`
	Ctime       string               `json:"ctime"`
	Members     []roomMemberDocument `json:"members"`
}

type roomMemberDocument struct {
	AppKey   string `json:"appkey,omitempty"`
	Username string `json:"username"`
	Muted    bool   `json:"muted"`
	Joined   string `json:"room_ctime"`
}

// Snapshot copies all that the platform holds.
func (p *Platform) Snapshot() any {
	p.mu.RLock()
	defer p.mu.RUnlock()
	w := p.world
	document := worldDocument{
		switches:     w.switches,
		LastGroup:    w.lastGroup,
		LastRoom:     w.lastRoom,
		LastMessage:  w.lastMessage,
		Applications: map[string]applicationDocument{},
	}
	for key, app := range w.applications {
		document.Applications[key] = app.document()
	}
	return document
}

func (a *application) document() applicationDocument {
	registration := a.registration
	document := applicationDocument{
		Secret:       a.secret,
		FilterWords:  a.filterWords,
		Registration: &registration,
		Words:        append([]word{}, a.words...),
		Users:        make([]userDocument, 0, a.users.Len()),
		Groups:       []groupDocument{},
		Rooms:        []roomDocument{},
		Media:        []mediaDocument{},
		Messages:     []message{},
	}
	for _, u := range a.users.All() {
		document.Users = append(document.Users, u.document())
	}
	for _, g := range a.groups.All() {
		document.Groups = append(document.Groups, g.document())
	}
	for _, r := range a.rooms.All() {
		document.Rooms = append(document.Rooms, r.document())
	}
	for _, media := range a.media.All() {
		document.Media = append(document.Media, mediaDocument{media: *media, Content: media.content})
	}
	for _, m := range a.messages.All() {
		document.Messages = append(document.Messages, *m)
	}
	return document
}

// named returns how a document of the application app names the user.
func (u *user) named(app *application) nameDocument {
	if u.app == app {
		return nameDocument{Username: u.name}
	}
	return nameDocument{AppKey: u.app.key, Username: u.name}
}

func namedAll(users set[*user], app *application) []nameDocument {
	var documents []nameDocument
	for u := range users.All() {
		documents = append(documents, u.named(app))
	}
	return documents
}

func groupIDs(groups set[*group]) []int64 {
	ids := make([]int64, 0, groups.Len())
	for g := range groups.All() {
		ids = append(ids, g.id)
	}
	return ids
}

func (u *user) document() userDocument {
	document := userDocument{
		Username:  u.name,
		Password:  u.password,
		profile:   u.profile,
		Extras:    u.extras,
		Ctime:     u.ctime,
		Mtime:     u.mtime,
		Admin:     u.admin,
		Disabled:  u.disabled,
		Devices:   slices.Clone(u.devices),
		Blacklist: namedAll(u.blacklist, u.app),
		NoDisturb: quietDocument{
			Single: namedAll(u.quietUsers, u.app),
			Group:  groupIDs(u.quietGroups),
			Global: u.quiet,
		},
		Shield: groupIDs(u.shieldGroups),
	}
	for friend, n := range u.friends.All() {
		named := friend.named(u.app)
		document.Friends = append(document.Friends, noteDocument{
			AppKey: named.AppKey, Username: named.Username, note: n,
		})
	}
	return document
}

func (g *group) document() groupDocument {
	document := groupDocument{
		ID:     g.id,
		Name:   g.name,
		Desc:   g.desc,
		Avatar: g.avatar,
		Flag:   g.flag,
		Max:    g.max,
		Owner:  g.owner.named(g.app),
		Ctime:  g.ctime,
		Mtime:  g.mtime,
	}
	for u, member := range g.members.All() {
		named := u.named(g.app)
		document.Members = append(document.Members, groupMemberDocument{
			AppKey: named.AppKey, Username: named.Username, Silenced: member.silenced,
		})
	}
	return document
}

func (r *room) document() roomDocument {
	document := roomDocument{
		ID:          r.id,
		Name:        r.name,
		Description: r.description,
		Max:         r.max,
		Owner:       r.owner.named(r.app),
		Ctime:       r.ctime,
	}
	for u, member := range r.members.All() {
		named := u.named(r.app)
		document.Members = append(document.Members, roomMemberDocument{
			AppKey: named.AppKey, Username: named.Username, Muted: member.muted, Joined: member.joined,
		})
	}
	return document
}

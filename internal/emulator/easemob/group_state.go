package easemob

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"terraform-provider-chat/internal/emulator/platform"
)

// groupDocument is a group or a chat room in the state document. Its owner is all it
// must have; what is missing has the default of a new one, and a new id.
type groupDocument struct {
	ID                string                       `json:"id"`
	Name              string                       `json:"name"`
	Description       string                       `json:"description"`
	Owner             string                       `json:"owner"`
	OwnerAttributes   map[string]string            `json:"owner_attributes,omitempty"`
	Created           int64                        `json:"created"`
	Modified          int64                        `json:"modified"`
	Public            *bool                        `json:"public"` // true if missing
	MembersOnly       bool                         `json:"membersonly"`
	AllowInvites      bool                         `json:"allowinvites"`
	InviteNeedConfirm *bool                        `json:"invite_need_confirm"` // true if missing
	MaxUsers          int                          `json:"maxusers"`            // 200 if missing
	Custom            string                       `json:"custom"`
	Avatar            *string                      `json:"avatar,omitempty"`
	Announcement      string                       `json:"announcement"`
	Mute              bool                         `json:"mute"` // of all members
	Disabled          bool                         `json:"disabled"`
	Members           []memberDocument             `json:"members"` // oldest first, without the owner
	Admins            []string                     `json:"admins,omitempty"`
	AllowList         []string                     `json:"allow_list,omitempty"` // without the owner and the admins
	BlockList         []string                     `json:"block_list,omitempty"`
	MuteList          map[string]int64             `json:"mute_list,omitempty"` // until when, in milliseconds
	Attributes        map[string]attributeDocument `json:"attributes,omitempty"`
}

// memberDocument is a member: a name alone, or an object.
type memberDocument struct {
	Username   string            `json:"username"`
	Joined     int64             `json:"joined,omitempty"`
	Founding   bool              `json:"founding,omitempty"` // named when the chat room was created
	Attributes map[string]string `json:"attributes,omitempty"`
}

// UnmarshalJSON reads either form.
func (m *memberDocument) UnmarshalJSON(data []byte) error {
	*m = memberDocument{}
	if json.Unmarshal(data, &m.Username) == nil {
		return nil
	}
	type object memberDocument
	return json.Unmarshal(data, (*object)(m))
}

// attributeDocument is an attribute of a chat room.
type attributeDocument struct {
	Value      string `json:"value"`
	Owner      string `json:"owner"`
	AutoDelete bool   `json:"auto_delete"`
}

// document returns the group as it is now, without mutes that have ended.
func (g *group) document(now time.Time) groupDocument {
	d := groupDocument{
		ID: g.id, Name: g.name, Description: g.description, Owner: g.owner.name, OwnerAttributes: g.ownerAttributes,
		Created: g.created, Modified: g.modified, Public: pointer(g.public), MembersOnly: g.membersOnly,
		AllowInvites: g.allowInvites, InviteNeedConfirm: pointer(g.inviteNeedConfirm), MaxUsers: g.maxUsers,
		Custom: g.custom, Avatar: g.avatar, Announcement: g.announcement, Mute: g.muted, Disabled: g.disabled,
		Members: []memberDocument{}, Admins: oldestNames(g.admins), AllowList: oldestNames(g.allowed),
		BlockList: oldestNames(g.blocked), MuteList: map[string]int64{}, Attributes: map[string]attributeDocument{},
	}
	for u, m := range g.members.All() {
		d.Members = append(d.Members, memberDocument{u.name, m.joined, m.founding, m.attributes})
	}
	for u, until := range g.mutes.All() {
		if until > now.UnixMilli() {
			d.MuteList[u.name] = until
		}
	}
	for key, a := range g.attributes.All() {
		d.Attributes[key] = attributeDocument{a.value, a.owner, a.autoDelete}
	}
	return d
}

// joinedOrder returns the ids of the groups or chat rooms that the user is in, oldest
// membership first, or nil if that is the order in which a restore finds them.
func (u *user) joinedOrder(k *kind) []string {
	groups := u.joined(k).Keys()
	if slices.IsSortedFunc(groups, func(a, b *group) int { return cmp.Compare(a.serial, b.serial) }) {
		return nil
	}
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = g.id
	}
	return ids
}

// restoreJoined puts the memberships of the user in the order of its document.
func (u *user) restoreJoined(wanted userDocument) error {
	for _, list := range []struct {
		kind  *kind
		title string
		ids   []string
	}{{groupKind, "joined_chatgroups", wanted.JoinedGroups}, {roomKind, "joined_chatrooms", wanted.JoinedRooms}} {
		if len(list.ids) == 0 {
			continue
		}
		joined := u.joined(list.kind)
		byID := map[string]*group{}
		for g := range joined.All() {
			byID[g.id] = g
		}
		var ordered platform.Map[*group, struct{}]
		for _, id := range list.ids {
			g := byID[id]
			if g == nil || ordered.Has(g) {
				return fmt.Errorf("%s: the user is not in %q, or it is there twice", list.title, id)
			}
			ordered.Set(g, struct{}{})
		}
		for g := range joined.All() {
			ordered.Set(g, struct{}{})
		}
		*joined = ordered
	}
	return nil
}

func pointer[T any](value T) *T { return &value }

// group adds a group or a chat room to an application.
func (r *restorer) group(app *application, k *kind, wanted groupDocument) error {
	if wanted.ID != "" && !legalGroupID(wanted.ID) {
		return errors.New("the id is not legal")
	}
	if err := checkTimes(wanted.Created, wanted.Modified); err != nil {
		return err
	}
	now := r.now.UnixMilli()
	created := cmp.Or(wanted.Created, now)
	g := &group{
		kind: k, app: app, id: wanted.ID, created: created, modified: cmp.Or(wanted.Modified, created),
		name: wanted.Name, description: wanted.Description, custom: wanted.Custom, avatar: wanted.Avatar,
		announcement: wanted.Announcement, public: wanted.Public == nil || *wanted.Public,
		membersOnly: wanted.MembersOnly, allowInvites: wanted.AllowInvites,
		inviteNeedConfirm: wanted.InviteNeedConfirm == nil || *wanted.InviteNeedConfirm,
		muted:             wanted.Mute, disabled: wanted.Disabled, maxUsers: cmp.Or(wanted.MaxUsers, 200),
	}
	if app.collection(k).byID[g.id] != nil {
		return errors.New("the id is there twice")
	}
	owner, err := app.named(wanted.Owner)
	if err != nil {
		return fmt.Errorf("owner: %w", err)
	}
	r.world.found(g)
	g.setOwner(owner)
	g.ownerAttributes = wanted.OwnerAttributes
	for _, m := range wanted.Members {
		u, err := app.named(m.Username)
		if err == nil {
			err = checkTimes(m.Joined)
		}
		if err != nil {
			return fmt.Errorf("members: %w", err)
		}
		if g.has(u) {
			return fmt.Errorf("members: %q is there twice, or is the owner", u.name)
		}
		g.add(u, &member{joined: cmp.Or(m.Joined, created), founding: m.Founding, attributes: m.Attributes})
	}
	for _, list := range []struct {
		title  string
		names  []string
		member bool // whether who is on the list is in the group
		add    func(*user)
	}{
		{"admins", wanted.Admins, true, func(u *user) { g.admins.Set(u, struct{}{}) }},
		{"allow_list", wanted.AllowList, true, func(u *user) { g.allowed.Set(u, struct{}{}) }},
		{"block_list", wanted.BlockList, false, g.block},
	} {
		for _, name := range list.names {
			u, err := app.named(name)
			switch {
			case err != nil:
				return fmt.Errorf("%s: %w", list.title, err)
			case list.member && !g.members.Has(u):
				return fmt.Errorf("%s: %q is no member", list.title, u.name)
			case !list.member && g.has(u):
				return fmt.Errorf("%s: %q is a member", list.title, u.name)
			}
			list.add(u)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(wanted.MuteList)) {
		u, err := app.named(name)
		if err != nil {
			return fmt.Errorf("mute_list: %w", err)
		}
		g.mute(u, wanted.MuteList[name])
	}
	for _, key := range slices.Sorted(maps.Keys(wanted.Attributes)) {
		a := wanted.Attributes[key]
		g.attributes.Set(key, attribute{a.Value, a.Owner, a.AutoDelete})
	}
	return nil
}

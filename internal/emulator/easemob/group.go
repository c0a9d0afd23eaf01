package easemob

import (
	"cmp"
	"encoding/base64"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"terraform-provider-chat/internal/emulator/platform"
)

// kind is what differs between groups and chat rooms, which are one thing to the
// service behind them.
type kind struct {
	// plural is the first part of their paths.
	plural string
	// memberKey and listKey are the names of the id in answers about members and about
	// the block list and the allow list.
	memberKey, listKey string
	// fullCode is the error of one that is full.
	fullCode string
	// mostUsers is the largest maxusers.
	mostUsers func(switches) int
}

var (
	groupKind = &kind{
		plural: "groups", memberKey: "groupid", listKey: "groupid", fullCode: "exceed_limit",
		mostUsers: func(s switches) int { return s.MaxGroupMembers },
	}
	roomKind = &kind{
		plural: "chatrooms", memberKey: "id", listKey: "chatroomid", fullCode: "exceeded_limit",
		mostUsers: func(switches) int { return 10_000 },
	}
)

// The rules of texts, in characters.
const (
	maxTitle        = 128
	maxDescription  = 512
	maxCustom       = 8 << 10 // bytes
	maxAvatar       = 1024
	maxAnnouncement = 512
	maxAdmins       = 99
)

// group is a group or a chat room.
type group struct {
	kind              *kind
	app               *application
	id                string
	serial            int64 // rises with every creation
	created, modified int64 // milliseconds since the Unix epoch

	name, description, custom, announcement string
	avatar                                  *string

	public, membersOnly, allowInvites, inviteNeedConfirm bool
	// muted reports whether nobody may speak, disabled whether nothing may be done with it.
	muted, disabled bool
	maxUsers        int

	owner *user
	// ownerAttributes are what the attributes of a member are, of the owner; replaced and
	// never changed.
	ownerAttributes map[string]string

	members platform.Map[*user, *member] // without the owner
	admins  platform.Map[*user, struct{}]
	allowed platform.Map[*user, struct{}] // without the owner and the admins
	blocked platform.Map[*user, struct{}] // none of them is a member
	mutes   platform.Map[*user, int64]    // until when, in milliseconds; they outlast the membership

	attributes platform.Map[string, attribute] // of a chat room
}

// member is what is known of the membership of a user.
type member struct {
	joined int64
	// founding reports whether the user was named when the chat room was created.
	founding   bool
	attributes map[string]string // of a member of a group; replaced and never changed
}

// collection holds the groups or the chat rooms of an application.
type collection struct {
	byID  map[string]*group
	order platform.Sequence[*group] // oldest first
}

func newCollection() *collection {
	return &collection{
		byID:  map[string]*group{},
		order: platform.NewSequence(func(a, b *group) int { return cmp.Compare(a.serial, b.serial) }),
	}
}

// all yields what there is, oldest first.
func (c *collection) all() iter.Seq[*group] { return c.order.From(0, c.order.Len()) }

// collection returns the groups or the chat rooms of the application.
func (a *application) collection(k *kind) *collection {
	if k == roomKind {
		return a.rooms
	}
	return a.groups
}

// joined returns the groups or the chat rooms that the user is in, oldest membership
// first.
func (u *user) joined(k *kind) *platform.Map[*group, struct{}] {
	if k == roomKind {
		return &u.rooms
	}
	return &u.groups
}

// firstGroupID is what the ids of groups and chat rooms are counted from.
const firstGroupID = 66016455491584

// found adds a group to its application. One without an id is given one that no other
// has, not even one that was named when a group was created.
func (w *world) found(g *group) {
	w.serial++
	g.serial = w.serial
	if g.id == "" {
		g.id = w.freeID(g.app)
	}
	c := g.app.collection(g.kind)
	c.byID[g.id] = g
	c.order.Add(g)
}

// freeID returns the next id that no group and no chat room of the application has.
func (w *world) freeID(app *application) string {
	for {
		w.lastGroup++
		id := strconv.FormatInt(w.lastGroup, 10)
		if app.groups.byID[id] == nil && app.rooms.byID[id] == nil {
			return id
		}
	}
}

// size is how many users are in the group, with the owner.
func (g *group) size() int { return g.members.Len() + 1 }

// has reports whether a user is in the group, as the owner or as a member.
func (g *group) has(u *user) bool { return u != nil && (u == g.owner || g.members.Has(u)) }

// setOwner makes a user the owner, who was not in the group or a member of it.
func (g *group) setOwner(u *user) {
	g.owner, g.ownerAttributes = u, nil
	if m := g.members.Get(u); m != nil {
		g.ownerAttributes = m.attributes
	}
	g.members.Remove(u)
	g.admins.Remove(u)
	g.allowed.Remove(u)
	g.unmute(u)
	u.joined(g.kind).Set(g, struct{}{})
}

func (g *group) add(u *user, m *member) {
	g.members.Set(u, m)
	u.joined(g.kind).Set(g, struct{}{})
}

// drop ends the membership of a user who is not the owner, and whatever comes with it.
// A mute stays.
func (g *group) drop(u *user) {
	g.members.Remove(u)
	g.admins.Remove(u)
	g.allowed.Remove(u)
	u.joined(g.kind).Remove(g)
	for _, key := range g.attributes.Keys() {
		if a := g.attributes.Get(key); a.owner == u.name && a.autoDelete {
			g.attributes.Remove(key)
		}
	}
}

func (g *group) block(u *user) {
	g.blocked.Set(u, struct{}{})
	u.marked.Set(g, struct{}{})
}

func (g *group) unblock(u *user) {
	g.blocked.Remove(u)
	g.unmark(u)
}

func (g *group) mute(u *user, until int64) {
	g.mutes.Set(u, until)
	u.marked.Set(g, struct{}{})
}

func (g *group) unmute(u *user) {
	g.mutes.Remove(u)
	g.unmark(u)
}

// unmark lets the user forget a group that neither blocks nor mutes it.
func (g *group) unmark(u *user) {
	if !g.blocked.Has(u) && !g.mutes.Has(u) {
		u.marked.Remove(g)
	}
}

// delete deletes the group and every trace of it.
func (g *group) delete() {
	c := g.app.collection(g.kind)
	delete(c.byID, g.id)
	c.order.Remove(g)
	g.owner.joined(g.kind).Remove(g)
	for u := range g.members.All() {
		u.joined(g.kind).Remove(g)
	}
	for u := range g.blocked.All() {
		u.marked.Remove(g)
	}
	for u := range g.mutes.All() {
		u.marked.Remove(g)
	}
	if g.kind == groupKind {
		g.app.forgetConversation(groupConversation(g.id))
	}
}

// leaveGroups deletes what the user owns, ends its memberships, and clears it from
// every other list of groups and chat rooms.
func (u *user) leaveGroups() {
	for _, k := range []*kind{groupKind, roomKind} {
		for _, g := range u.joined(k).Keys() {
			if g.owner == u {
				g.delete()
			} else {
				g.drop(u)
			}
		}
	}
	for _, g := range u.marked.Keys() {
		g.blocked.Remove(u)
		g.mutes.Remove(u)
	}
}

// dropOutTime is how long a user may be offline before it drops out of a chat room.
const dropOutTime = 2 * time.Minute

// dropOut ends the memberships of those who have been offline for too long. The owner,
// the admins, those on the allow list, and those who were named when the chat room was
// created and have never been online stay.
func (g *group) dropOut(now time.Time) {
	if g.kind != roomKind {
		return
	}
	for _, u := range g.members.Keys() {
		m := g.members.Get(u)
		stays := u.online || g.admins.Has(u) || g.allowed.Has(u) || m.founding && u.offlineSince == 0
		if since := max(m.joined, u.offlineSince); !stays && now.Sub(time.UnixMilli(since)) > dropOutTime {
			g.drop(u)
		}
	}
}

// cursor points to the group in the list of all groups.
func (g *group) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte("chatgroups:" + g.app.key() + "_" + strconv.FormatInt(g.serial, 10)))
}

// newest returns up to limit groups from a cursor on, newest first, and the cursor of
// the next page.
func (c *collection) newest(cursor string, limit int) (page []*group, next string, ok bool) {
	start := 0
	if cursor != "" {
		text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(cursor, "="))
		last := strings.LastIndex(string(text), "_")
		serial, parseErr := strconv.ParseInt(string(text[last+1:]), 10, 64)
		if err != nil || parseErr != nil || last < 0 {
			return nil, "", false
		}
		// What came after the one that the cursor points to is not shown again.
		start = c.order.Len() - c.order.Rank(&group{serial: serial + 1})
	}
	for g := range c.order.Backward(start, limit+1) {
		if len(page) == limit {
			return page, g.cursor(), true
		}
		page = append(page, g)
	}
	return page, "", true
}

// tooLong returns the error of a text with more characters than most, or nil.
func tooLong(what, text string, most int) error {
	if utf8.RuneCountInString(text) > most {
		return groupFailure(403, "exceed_limit", what+" cannot exceed to "+strconv.Itoa(most))
	}
	return nil
}

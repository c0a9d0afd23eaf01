package easemob

import "slices"

// What one call takes.
const (
	mostAdded   = 100
	mostRemoved = 60
)

// listMembers implements "Get the members of a group" and the same of a chat room. The
// owner is on the first page.
func (c *call) listMembers() (*reply, error) {
	g := c.groupNamed(c.kind(), c.groupID())
	if g == nil {
		return nil, detailNotFound(c.groupID())
	}
	usual, most := c.server.era.groupPage, c.server.era.mostMembers
	if g.kind == roomKind {
		usual, most = c.server.era.roomPage, max(c.server.era.roomPage, most)
	}
	p, err := c.page(1, usual, most)
	if err != nil {
		return nil, err
	}
	withTime := g.kind == groupKind && c.r.URL.Query().Get("joined_time") == "true"
	items := []affiliation{}
	show := func(a affiliation, joined int64) {
		if withTime {
			a.Joined = &joined
		}
		items = append(items, a)
	}
	if p.start == 0 {
		show(affiliation{Owner: g.owner.name}, g.created)
		p.count--
	} else {
		p.start--
	}
	for u, m := range g.members.From(p.start, p.count) {
		show(affiliation{Member: u.name}, m.joined)
	}
	return c.groupList(items, len(items)), nil
}

// checkJoin returns why a user may not join the group, or nil.
func (c *call) checkJoin(g *group, u *user) error {
	switch {
	case g.blocked.Has(u):
		return forbiddenOperation("can not join this group, reason:user: " + u.name + " is in the blacklist of group: " + g.id)
	case g.size() >= g.maxUsers:
		return g.full()
	}
	return c.checkJoined(g.kind, u)
}

// addMember implements "Add a member to a group" and the same of a chat room, in
// which the call succeeds if the user is in it already.
func (c *call) addMember() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	u, err := c.known(c.vars["username"])
	if err != nil {
		return nil, err
	}
	switch {
	case !g.has(u):
		if err := c.checkJoin(g, u); err != nil {
			return nil, err
		}
		g.add(u, &member{joined: c.now.UnixMilli()})
	case g.kind == groupKind:
		return nil, alreadyIn(g, u)
	}
	return c.groupReply(outcome{g.kind.memberKey, g.id, "add_member", u.name, ""}), nil
}

func alreadyIn(g *group, u *user) error {
	return forbiddenOperation("can not join this group, reason:user: " + u.name + " already in group: " + g.id + "\n")
}

// addMembers implements "Add members to a group" and the same of a chat room: all that
// are not in it, or none if one cannot be added.
func (c *call) addMembers() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	names, err := c.usernames(mostAdded, "addMembers: addMembers number more than maxSize")
	if err != nil {
		return nil, err
	}
	var joining []*user
	var last *user
	for _, name := range names {
		if last, err = c.known(name); err != nil {
			return nil, err
		}
		if !g.has(last) && !slices.Contains(joining, last) {
			if err := c.checkJoin(g, last); err != nil {
				return nil, err
			}
			joining = append(joining, last)
		}
	}
	switch {
	case len(joining) == 0 && g.kind == groupKind:
		return nil, alreadyIn(g, last)
	case g.size()+len(joining) > g.maxUsers:
		return nil, g.full()
	}
	added := []string{}
	for _, u := range joining {
		g.add(u, &member{joined: c.now.UnixMilli()})
		added = append(added, u.name)
	}
	return c.groupReply(map[string]any{"newmembers": added, g.kind.memberKey: g.id, "action": "add_member"}), nil
}

// removeMembers implements "Remove a member from a group", "Remove members from a
// group" and the same of a chat room.
func (c *call) removeMembers() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	names := c.names()
	if err := checkNumber(names, mostRemoved, "kickMember: kickMembers number more than maxSize"); err != nil {
		return nil, err
	}
	if g.kind == roomKind && len(names) == 1 {
		if _, err := c.known(names[0]); err != nil {
			return nil, err
		}
	}
	if err := c.checkMembers(g, names, c.notMembers(g, names)); err != nil {
		return nil, err
	}
	outcomes := c.each(g, g.kind.memberKey, "remove_member", names, func(u *user) bool {
		is := g.members.Has(u)
		if is {
			g.drop(u)
		}
		return is
	})
	return c.oneOrMany(outcomes), nil
}

// checkMembers returns the error of a call that names the owner, or the other one if it
// names no member at all.
func (c *call) checkMembers(g *group, names []string, none *failure) error {
	some := false
	for _, name := range names {
		u := c.app.users.find(name)
		if u == g.owner {
			return ownerForbidden()
		}
		some = some || g.has(u)
	}
	if !some {
		return none
	}
	return nil
}

// each does something with users and says of each whether it could be done.
func (c *call) each(g *group, key, action string, names []string, do func(*user) bool) []outcome {
	outcomes := make([]outcome, len(names))
	for i, name := range names {
		outcomes[i] = outcome{key, g.id, action, fold(name), ""}
		if u := c.app.users.find(name); u == nil || !do(u) {
			outcomes[i].reason = g.noSuchMember(name)
		}
	}
	return outcomes
}

// oneOrMany is the answer about users: of one as an object, of several as a list.
func (c *call) oneOrMany(outcomes []outcome) *reply {
	if len(outcomes) == 1 {
		return c.groupReply(outcomes[0])
	}
	return c.groupReply(outcomes)
}

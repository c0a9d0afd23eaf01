package jmessage

import (
	"cmp"
	"slices"

	"terraform-provider-chat/internal/emulator/platform"
)

// The rules of groups.
const (
	groupPrivate    = 1
	groupPublic     = 2
	maxGroupMembers = 500
	maxGroupsOfUser = 500
)

// groupBody is a group as it is read.
type groupBody struct {
	GID    int64  `json:"gid"`
	Name   string `json:"name"`
	Desc   string `json:"desc"`
	AppKey string `json:"appkey"`
	Avatar string `json:"avatar,omitempty"`
	// Max is spelled differently by the cross-app calls, which use CrossMax.
	Max      int    `json:"MaxMemberCount,omitempty"`
	CrossMax int    `json:"max_member_count,omitempty"`
	Mtime    string `json:"mtime"`
	Ctime    string `json:"ctime"`
}

func (g *group) body() groupBody {
	return groupBody{
		GID:    g.id,
		Name:   g.name,
		Desc:   g.desc,
		AppKey: g.app.key,
		Avatar: g.avatar,
		Max:    g.max,
		Mtime:  g.mtime,
		Ctime:  g.ctime,
	}
}

// group returns the group in the path.
func (c *call) group() (*group, error) {
	id, err := parseID(c.vars["gid"])
	if err != nil {
		return nil, err
	}
	g := c.app.groups.Get(id)
	if g == nil {
		return nil, refusal(codeNoGroup)
	}
	return g, nil
}

// groupChange is what a call says about a group. What it leaves out stays.
type groupChange struct {
	Name   *string `json:"name"`
	Desc   *string `json:"desc"`
	Avatar *string `json:"avatar"`
}

// apply changes the group, or leaves it untouched and returns an error.
func (change groupChange) apply(g *group) error {
	name, desc, avatar := g.name, g.desc, g.avatar
	if change.Name != nil {
		name = *change.Name
	}
	if change.Desc != nil {
		desc = *change.Desc
	}
	if change.Avatar != nil {
		avatar = *change.Avatar
	}
	if len(name) > maxNickname || len(desc) > maxText || len(avatar) > maxText {
		return refusal(codeInvalid)
	}
	g.name, g.desc, g.avatar = name, desc, avatar
	return nil
}

// newGroup is a group to be created.
type newGroup struct {
	Owner   *string  `json:"owner_username"`
	Members []string `json:"members_username"`
	Flag    *int     `json:"flag"`
	groupChange
}

// createdGroup is the answer to createGroup.
type createdGroup struct {
	GID     int64    `json:"gid"`
	Owner   string   `json:"owner_username"`
	Name    string   `json:"name"`
	Members []string `json:"members_username"`
	Desc    string   `json:"desc"`
	Max     int      `json:"MaxMemberCount"`
}

// createGroup implements "创建群组". The owner is a member, named among them or not.
func (c *call) createGroup() (*reply, error) {
	var asked newGroup
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	if asked.Owner == nil || asked.Name == nil {
		return nil, refusal(codeInvalid)
	}
	now := c.timestamp()
	g := &group{
		id:    c.world.lastGroup + 1,
		app:   c.app,
		flag:  groupPrivate,
		max:   maxGroupMembers,
		ctime: now,
		mtime: now,
	}
	if asked.Flag != nil && *asked.Flag != 0 {
		g.flag = *asked.Flag
	}
	if g.flag != groupPrivate && g.flag != groupPublic {
		return nil, refusal(codeInvalid)
	}
	if err := asked.apply(g); err != nil {
		return nil, err
	}
	owners, err := peopleOf(c.app, []string{*asked.Owner})
	if err != nil {
		return nil, err
	}
	others, err := peopleOf(c.app, asked.Members)
	if err != nil {
		return nil, err
	}
	owner := owners[0]
	joining, members := []*user{owner}, []string{}
	for _, other := range others {
		if other != owner {
			joining = append(joining, other)
			members = append(members, other.name)
		}
	}
	if err := g.join(joining); err != nil {
		return nil, err
	}
	g.owner = owner
	c.world.lastGroup = g.id
	c.app.groups.Set(g.id, g)
	return created(createdGroup{
		GID:     g.id,
		Owner:   owner.name,
		Name:    g.name,
		Members: members,
		Desc:    g.desc,
		Max:     g.max,
	})
}

// join adds all users to a group or none.
func (g *group) join(users []*user) error {
	for _, u := range users {
		if g.members.Has(u) {
			return refusal(codeAlreadyMember)
		}
	}
	if g.members.Len()+len(users) > g.max {
		return refusal(codeGroupFull)
	}
	for _, u := range users {
		if u.groups.Len() >= maxGroupsOfUser {
			return refusal(codeTooManyGroups)
		}
	}
	for _, u := range users {
		g.add(u, false)
	}
	return nil
}

func (g *group) add(u *user, silenced bool) {
	g.members.Set(u, &groupMember{silenced: silenced})
	u.groups.Set(g, struct{}{})
}

func (g *group) number() int64 { return g.id }
func (r *room) number() int64  { return r.id }

// byID returns groups or chat rooms in the order in which they were created.
func byID[T interface {
	comparable
	number() int64
}](of set[T]) []T {
	return slices.SortedFunc(slices.Values(of.Keys()), func(a, b T) int { return cmp.Compare(a.number(), b.number()) })
}

// getGroup implements "获取群组详情".
func (c *call) getGroup() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	return answered(g.body())
}

// updateGroup implements "更新群组信息".
func (c *call) updateGroup() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	var change groupChange
	if err := c.decode(&change); err != nil {
		return nil, err
	}
	if err := change.apply(g); err != nil {
		return nil, err
	}
	g.mtime = c.timestamp()
	return noContent()
}

// deleteGroup implements "删除群组".
func (c *call) deleteGroup() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	g.delete()
	return noContent()
}

// listGroups implements "获取当前应用的群组列表".
func (c *call) listGroups() (*reply, error) {
	start, count, err := c.page(maxPage)
	if err != nil {
		return nil, err
	}
	groups := []groupBody{}
	for _, g := range c.app.groups.From(start, count) {
		groups = append(groups, g.body())
	}
	return answered(struct {
		Total  int         `json:"total"`
		Start  int         `json:"start"`
		Count  int         `json:"count"`
		Groups []groupBody `json:"groups"`
	}{c.app.groups.Len(), start, len(groups), groups})
}

// listGroupsOfUser implements "获取某用户的群组列表", which knows the application's own groups only.
func (c *call) listGroupsOfUser() (*reply, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	groups := []groupBody{}
	for _, g := range byID(u.groups) {
		if g.app == c.app {
			groups = append(groups, g.body())
		}
	}
	return answered(groups)
}

// crossGroupBody is a group in the list of those that a user is in, across applications.
// As in the document's sample it has the key appkey twice: that of the group and, last,
// that of the member, which is what most readers keep.
type crossGroupBody struct {
	group  groupBody
	member string
}

// MarshalJSON writes both keys.
func (b crossGroupBody) MarshalJSON() ([]byte, error) {
	group, err := platform.EncodeJSON(b.group)
	if err != nil {
		return nil, err
	}
	member, err := platform.EncodeJSON(b.member)
	if err != nil {
		return nil, err
	}
	return slices.Concat(group[:len(group)-1], []byte(`,"appkey":`), member, []byte("}")), nil
}

// crossListGroupsOfUser implements "跨应用获取用户群组".
func (c *call) crossListGroupsOfUser() (*reply, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	groups := []crossGroupBody{}
	for _, g := range byID(u.groups) {
		body := g.body()
		body.Max, body.CrossMax = 0, g.max
		groups = append(groups, crossGroupBody{body, u.app.key})
	}
	return answered(groups)
}

// transferGroup implements "移交群主". The new owner has to be a member.
func (c *call) transferGroup() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	var asked struct {
		AppKey   *string `json:"appkey"`
		JavaKey  *string `json:"appKey"` // as the Java client spells it
		Username *string `json:"username"`
	}
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	app := c.app
	if key := cmp.Or(asked.AppKey, asked.JavaKey); key != nil {
		if app, err = c.application(key); err != nil {
			return nil, err
		}
	}
	if asked.Username == nil {
		return nil, refusal(codeInvalid)
	}
	owners, err := peopleOf(app, []string{*asked.Username})
	if err != nil {
		return nil, err
	}
	if !g.members.Has(owners[0]) {
		return nil, refusal(codeNotMember)
	}
	g.owner = owners[0]
	return noContent()
}

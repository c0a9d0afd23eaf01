package emulator

import (
	"cmp"
	"slices"
)

// The rules of groups.
const (
	jmGroupPrivate    = 1
	jmGroupPublic     = 2
	jmMaxGroupMembers = 500
	jmMaxGroupsOfUser = 500
)

// jmGroupBody is a group as it is read.
type jmGroupBody struct {
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

func (g *jmGroup) body() jmGroupBody {
	return jmGroupBody{
		GID:    g.id,
		Name:   g.name,
		Desc:   g.desc,
		AppKey: g.app,
		Avatar: g.avatar,
		Max:    g.max,
		Mtime:  g.mtime,
		Ctime:  g.ctime,
	}
}

// group returns the group in the path.
func (c *jmCall) group() (*jmGroup, error) {
	id, err := jmID(c.vars[0])
	if err != nil {
		return nil, err
	}
	group := c.app.groups.get(id)
	if group == nil {
		return nil, jmFail(jmNoGroup)
	}
	return group, nil
}

// jmGroupChange is what a call says about a group. What it leaves out stays.
type jmGroupChange struct {
	Name   *string `json:"name"`
	Desc   *string `json:"desc"`
	Avatar *string `json:"avatar"`
}

// apply changes group, or leaves it untouched and returns an error.
func (g jmGroupChange) apply(group *jmGroup) error {
	name, desc, avatar := group.name, group.desc, group.avatar
	if g.Name != nil {
		name = *g.Name
	}
	if g.Desc != nil {
		desc = *g.Desc
	}
	if g.Avatar != nil {
		avatar = *g.Avatar
	}
	if len(name) > jmMaxNickname || len(desc) > jmMaxText || len(avatar) > jmMaxText {
		return jmFail(jmInvalid)
	}
	group.name, group.desc, group.avatar = name, desc, avatar
	return nil
}

// jmNewGroup is a group to be created.
type jmNewGroup struct {
	Owner   *string  `json:"owner_username"`
	Members []string `json:"members_username"`
	Flag    *int     `json:"flag"`
	jmGroupChange
}

// jmCreatedGroup is the answer to jmCreateGroup.
type jmCreatedGroup struct {
	GID     int64    `json:"gid"`
	Owner   string   `json:"owner_username"`
	Name    string   `json:"name"`
	Members []string `json:"members_username"`
	Desc    string   `json:"desc"`
	Max     int      `json:"MaxMemberCount"`
}

// jmCreateGroup implements "创建群组". The owner is a member, named among them or not.
func jmCreateGroup(c *jmCall) (jmReply, error) {
	var asked jmNewGroup
	if err := c.decode(&asked); err != nil {
		return jmReply{}, err
	}
	if asked.Owner == nil || asked.Name == nil {
		return jmReply{}, jmFail(jmInvalid)
	}
	now := c.timestamp()
	group := &jmGroup{
		id:    c.world.lastGroup + 1,
		app:   c.app.key,
		flag:  jmGroupPrivate,
		max:   jmMaxGroupMembers,
		ctime: now,
		mtime: now,
	}
	if asked.Flag != nil && *asked.Flag != 0 {
		group.flag = *asked.Flag
	}
	if group.flag != jmGroupPrivate && group.flag != jmGroupPublic {
		return jmReply{}, jmFail(jmInvalid)
	}
	if err := asked.apply(group); err != nil {
		return jmReply{}, err
	}
	owners, err := jmPeople(c.app, []string{*asked.Owner})
	if err != nil {
		return jmReply{}, err
	}
	others, err := jmPeople(c.app, asked.Members)
	if err != nil {
		return jmReply{}, err
	}
	owner := owners[0]
	joining, members := []*jmUser{owner}, []string{}
	for _, other := range others {
		if other != owner {
			joining = append(joining, other)
			members = append(members, other.name.user)
		}
	}
	if err := c.world.join(group, joining); err != nil {
		return jmReply{}, err
	}
	group.owner = owner.name
	c.world.lastGroup = group.id
	c.app.groups.add(group.id, group)
	return jmCreated(jmCreatedGroup{
		GID:     group.id,
		Owner:   owner.name.user,
		Name:    group.name,
		Members: members,
		Desc:    group.desc,
		Max:     group.max,
	})
}

// join adds all users to a group or none.
func (w *jmWorld) join(group *jmGroup, users []*jmUser) error {
	for _, user := range users {
		if group.members.has(user.name) {
			return jmFail(jmAlreadyMember)
		}
	}
	if group.members.len()+len(users) > group.max {
		return jmFail(jmGroupFull)
	}
	for _, user := range users {
		if len(w.groupsOf(user)) >= jmMaxGroupsOfUser {
			return jmFail(jmTooManyGroups)
		}
	}
	for _, user := range users {
		group.members.add(user.name, &jmGroupMember{})
	}
	return nil
}

// groupsOf returns the groups of all applications that a user is in.
func (w *jmWorld) groupsOf(user *jmUser) []*jmGroup {
	var groups []*jmGroup
	for _, app := range w.applications {
		for _, group := range app.groups.all() {
			if group.members.has(user.name) {
				groups = append(groups, group)
			}
		}
	}
	slices.SortFunc(groups, func(a, b *jmGroup) int { return cmp.Compare(a.id, b.id) })
	return groups
}

// jmGetGroup implements "获取群组详情".
func jmGetGroup(c *jmCall) (jmReply, error) {
	group, err := c.group()
	if err != nil {
		return jmReply{}, err
	}
	return jmOK(group.body())
}

// jmUpdateGroup implements "更新群组信息".
func jmUpdateGroup(c *jmCall) (jmReply, error) {
	group, err := c.group()
	if err != nil {
		return jmReply{}, err
	}
	var change jmGroupChange
	if err := c.decode(&change); err != nil {
		return jmReply{}, err
	}
	if err := change.apply(group); err != nil {
		return jmReply{}, err
	}
	group.mtime = c.timestamp()
	return jmNoContent()
}

// jmDeleteGroup implements "删除群组".
func jmDeleteGroup(c *jmCall) (jmReply, error) {
	group, err := c.group()
	if err != nil {
		return jmReply{}, err
	}
	c.world.deleteGroup(group)
	return jmNoContent()
}

// jmListGroups implements "获取当前应用的群组列表".
func jmListGroups(c *jmCall) (jmReply, error) {
	start, count, err := c.page(jmMaxPage)
	if err != nil {
		return jmReply{}, err
	}
	groups := []jmGroupBody{}
	for _, group := range c.app.groups.from(start, count) {
		groups = append(groups, group.body())
	}
	return jmOK(struct {
		Total  int           `json:"total"`
		Start  int           `json:"start"`
		Count  int           `json:"count"`
		Groups []jmGroupBody `json:"groups"`
	}{c.app.groups.len(), start, len(groups), groups})
}

// jmListGroupsOfUser implements "获取某用户的群组列表", which knows the application's own groups only.
func jmListGroupsOfUser(c *jmCall) (jmReply, error) {
	user, err := c.user()
	if err != nil {
		return jmReply{}, err
	}
	groups := []jmGroupBody{}
	for _, group := range c.world.groupsOf(user) {
		if group.app == c.app.key {
			groups = append(groups, group.body())
		}
	}
	return jmOK(groups)
}

// jmCrossListGroupsOfUser implements "跨应用获取用户群组". Its sample gives two
// app keys to each group; this is the one of the group.
func jmCrossListGroupsOfUser(c *jmCall) (jmReply, error) {
	user, err := c.user()
	if err != nil {
		return jmReply{}, err
	}
	groups := []jmGroupBody{}
	for _, group := range c.world.groupsOf(user) {
		body := group.body()
		body.Max, body.CrossMax = 0, group.max
		groups = append(groups, body)
	}
	return jmOK(groups)
}

// jmTransferGroup implements "移交群主". The new owner has to be a member.
func jmTransferGroup(c *jmCall) (jmReply, error) {
	group, err := c.group()
	if err != nil {
		return jmReply{}, err
	}
	var asked struct {
		AppKey   *string `json:"appkey"`
		Username *string `json:"username"`
	}
	if err := c.decode(&asked); err != nil {
		return jmReply{}, err
	}
	app := c.app
	if asked.AppKey != nil {
		if app, err = c.application(asked.AppKey); err != nil {
			return jmReply{}, err
		}
	}
	if asked.Username == nil {
		return jmReply{}, jmFail(jmInvalid)
	}
	owners, err := jmPeople(app, []string{*asked.Username})
	if err != nil {
		return jmReply{}, err
	}
	if !group.members.has(owners[0].name) {
		return jmReply{}, jmFail(jmNotMember)
	}
	group.owner = owners[0].name
	return jmNoContent()
}

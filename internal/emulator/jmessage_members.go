package emulator

// jmMemberChange asks for members to be added and removed.
type jmMemberChange struct {
	AppKey *string `json:"appkey"`
	jmNameChange
}

// jmMembersChange is a jmMemberChange with its users found.
type jmMembersChange struct {
	add, remove []*jmUser
}

// resolve looks up the users of a change, at least one.
func (m jmMemberChange) resolve(app *jmApplication) (jmMembersChange, error) {
	var change jmMembersChange
	if len(m.Add)+len(m.Remove) == 0 {
		return change, jmFail(jmInvalid)
	}
	var err error
	if change.add, err = jmPeople(app, m.Add); err != nil {
		return change, err
	}
	change.remove, err = jmPeople(app, m.Remove)
	return change, err
}

// crossMemberChanges reads the changes of a cross-app call and finds their users.
func (c *jmCall) crossMemberChanges() (jmMembersChange, error) {
	var all jmMembersChange
	parts, err := jmDecodeEach[jmMemberChange](c)
	if err != nil {
		return all, err
	}
	for _, part := range parts {
		app, err := c.application(part.AppKey)
		if err != nil {
			return all, err
		}
		change, err := part.resolve(app)
		if err != nil {
			return all, err
		}
		all.add = append(all.add, change.add...)
		all.remove = append(all.remove, change.remove...)
	}
	return all, nil
}

// jmNames returns the names of users.
func jmNames(users []*jmUser) []jmName {
	names := make([]jmName, len(users))
	for i, user := range users {
		names[i] = user.name
	}
	return names
}

// changeMembers adds before it removes, and what was added stays when removing fails.
func (w *jmWorld) changeMembers(group *jmGroup, change jmMembersChange) (jmReply, error) {
	if err := w.join(group, change.add); err != nil {
		return jmReply{}, err
	}
	for _, user := range change.remove {
		if !group.members.has(user.name) {
			return jmReply{}, jmFail(jmNotMember)
		}
	}
	w.leaveGroup(group, jmNames(change.remove))
	return jmNoContent()
}

// jmChangeGroupMembers implements "更新群组成员".
func jmChangeGroupMembers(c *jmCall) (jmReply, error) {
	group, err := c.group()
	if err != nil {
		return jmReply{}, err
	}
	var asked jmMemberChange
	if err := c.decode(&asked); err != nil {
		return jmReply{}, err
	}
	change, err := asked.resolve(c.app)
	if err != nil {
		return jmReply{}, err
	}
	return c.world.changeMembers(group, change)
}

// jmAddGroupMembers implements "添加群组成员 V2".
func jmAddGroupMembers(c *jmCall) (jmReply, error) {
	group, err := c.group()
	if err != nil {
		return jmReply{}, err
	}
	users, err := c.people(jmMaxBatch)
	if err != nil {
		return jmReply{}, err
	}
	return c.world.changeMembers(group, jmMembersChange{add: users})
}

// jmRemoveGroupMembers implements "删除群组成员 V2".
func jmRemoveGroupMembers(c *jmCall) (jmReply, error) {
	group, err := c.group()
	if err != nil {
		return jmReply{}, err
	}
	users, err := c.people(jmMaxBatch)
	if err != nil {
		return jmReply{}, err
	}
	return c.world.changeMembers(group, jmMembersChange{remove: users})
}

// jmCrossChangeGroupMembers implements "跨应用管理群组成员".
func jmCrossChangeGroupMembers(c *jmCall) (jmReply, error) {
	group, err := c.group()
	if err != nil {
		return jmReply{}, err
	}
	change, err := c.crossMemberChanges()
	if err != nil {
		return jmReply{}, err
	}
	return c.world.changeMembers(group, change)
}

// jmMemberBody is a member of a group as he is read. The owner's flag is 1.
type jmMemberBody struct {
	Username string `json:"username"`
	jmProfile
	Flag   int    `json:"flag"`
	AppKey string `json:"appkey,omitempty"`
}

func (c *jmCall) members(group *jmGroup) []jmMemberBody {
	members := []jmMemberBody{}
	for name := range group.members.all() {
		user := c.world.user(name)
		members = append(members, jmMemberBody{
			Username:  name.user,
			jmProfile: user.profile,
			Flag:      jmBit(name == group.owner),
			AppKey:    name.app,
		})
	}
	return members
}

// jmListGroupMembers implements "获取群组成员列表", which does not show the members
// of other applications and sends the caller to the call that does.
func jmListGroupMembers(c *jmCall) (jmReply, error) {
	group, err := c.group()
	if err != nil {
		return jmReply{}, err
	}
	members := c.members(group)
	for i := range members {
		if members[i].AppKey != c.app.key {
			return jmReply{}, jmFail(jmUseCross)
		}
		members[i].AppKey = ""
	}
	return jmOK(members)
}

// jmCrossListGroupMembers implements "跨应用获取群组成员列表".
func jmCrossListGroupMembers(c *jmCall) (jmReply, error) {
	group, err := c.group()
	if err != nil {
		return jmReply{}, err
	}
	return jmOK(c.members(group))
}

// jmSilenceMembers implements "群成员禁言".
func jmSilenceMembers(c *jmCall) (jmReply, error) {
	group, err := c.group()
	if err != nil {
		return jmReply{}, err
	}
	silence, err := c.flag("status")
	if err != nil {
		return jmReply{}, err
	}
	users, err := c.people(jmMaxBatch)
	if err != nil {
		return jmReply{}, err
	}
	for _, user := range users {
		if !group.members.has(user.name) {
			return jmReply{}, jmFail(jmNotMember)
		}
	}
	for _, user := range users {
		group.members.get(user.name).silenced = silence
	}
	return jmNoContent()
}

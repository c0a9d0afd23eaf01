package jmessage

// memberChange asks for members to be added and removed.
type memberChange struct {
	AppKey *string `json:"appkey"`
	nameChange
}

// membersChange is a memberChange with its users found.
type membersChange struct {
	add, remove []*user
}

// resolve looks up the users of a change, at least one.
func (m memberChange) resolve(app *application) (membersChange, error) {
	var change membersChange
	if len(m.Add)+len(m.Remove) == 0 {
		return change, refusal(codeInvalid)
	}
	var err error
	if change.add, err = peopleOf(app, m.Add); err != nil {
		return change, err
	}
	change.remove, err = peopleOf(app, m.Remove)
	return change, err
}

// crossMemberChanges reads the changes of a cross-app call and finds their users.
func (c *call) crossMemberChanges() (membersChange, error) {
	var all membersChange
	parts, err := decodeEach[memberChange](c)
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

// changeMembers adds before it removes, and what was added stays when removing fails.
func (g *group) changeMembers(change membersChange) (*reply, error) {
	if err := g.join(change.add); err != nil {
		return nil, err
	}
	for _, u := range change.remove {
		if !g.members.Has(u) {
			return nil, refusal(codeNotMember)
		}
	}
	for _, u := range change.remove {
		g.leave(u)
	}
	return noContent()
}

// additions reads the people that the body of a call adds.
func (c *call) additions(longest int) (membersChange, error) {
	users, err := c.people(longest)
	return membersChange{add: users}, err
}

// removals reads the people that the body of a call removes.
func (c *call) removals(longest int) (membersChange, error) {
	users, err := c.people(longest)
	return membersChange{remove: users}, err
}

// changeMembersOfGroup changes the members of the group of a call.
func (c *call) changeMembersOfGroup(read func() (membersChange, error)) (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	change, err := read()
	if err != nil {
		return nil, err
	}
	return g.changeMembers(change)
}

// changeGroupMembers implements "更新群组成员".
func (c *call) changeGroupMembers() (*reply, error) {
	return c.changeMembersOfGroup(func() (membersChange, error) {
		var asked memberChange
		if err := c.decode(&asked); err != nil {
			return membersChange{}, err
		}
		return asked.resolve(c.app)
	})
}

// addGroupMembers implements "添加群组成员 V2".
func (c *call) addGroupMembers() (*reply, error) {
	return c.changeMembersOfGroup(func() (membersChange, error) { return c.additions(maxBatch) })
}

// removeGroupMembers implements "删除群组成员 V2".
func (c *call) removeGroupMembers() (*reply, error) {
	return c.changeMembersOfGroup(func() (membersChange, error) { return c.removals(maxBatch) })
}

// crossChangeGroupMembers implements "跨应用管理群组成员".
func (c *call) crossChangeGroupMembers() (*reply, error) {
	return c.changeMembersOfGroup(c.crossMemberChanges)
}

// memberBody is a member of a group as he is read. The owner's flag is 1.
type memberBody struct {
	Username string `json:"username"`
	profile
	Flag   int    `json:"flag"`
	AppKey string `json:"appkey,omitempty"`
}

func (g *group) memberBodies() []memberBody {
	members := []memberBody{}
	for u := range g.members.All() {
		members = append(members, memberBody{
			Username: u.name, profile: u.profile, Flag: bit(u == g.owner), AppKey: u.app.key,
		})
	}
	return members
}

// listGroupMembers implements "获取群组成员列表", which does not show the members
// of other applications and sends the caller to the call that does.
func (c *call) listGroupMembers() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	members := g.memberBodies()
	for i := range members {
		if members[i].AppKey != c.app.key {
			return nil, refusal(codeUseCross)
		}
		members[i].AppKey = ""
	}
	return answered(members)
}

// crossListGroupMembers implements "跨应用获取群组成员列表".
func (c *call) crossListGroupMembers() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	return answered(g.memberBodies())
}

// silenceMembers implements "群成员禁言".
func (c *call) silenceMembers() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	silence, err := c.flag("status")
	if err != nil {
		return nil, err
	}
	users, err := c.people(maxBatch)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		if !g.members.Has(u) {
			return nil, refusal(codeNotMember)
		}
	}
	for _, u := range users {
		g.members.Get(u).silenced = silence
	}
	return noContent()
}

package easemob

// listAllowed implements "Get the allow list of a group" and the same of a chat room.
// The owner and the admins are on it.
func (c *call) listAllowed() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	names := append([]string{g.owner.name}, oldestNames(g.admins)...)
	return c.nameList(append(names, oldestNames(g.allowed)...)), nil
}

// allowMember implements "Add a user to the allow list of a group" and the same of a
// chat room. It succeeds if the user is on it already.
func (c *call) allowMember() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	names := []string{c.vars["username"]}
	if err := c.checkAllowed(g, names); err != nil {
		return nil, err
	}
	return c.oneOrMany(c.allow(g, names)), nil
}

// allowMembers implements "Add users to the allow list of a group" and the same of a
// chat room.
func (c *call) allowMembers() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	names, err := c.usernames(mostAdded, "addWhitelist size is more than max limit")
	if err != nil {
		return nil, err
	}
	if err := c.checkAllowed(g, names); err != nil {
		return nil, err
	}
	return c.groupReply(c.allow(g, names)), nil
}

// checkAllowed returns the error of a call that names nobody who is in the group.
func (c *call) checkAllowed(g *group, names []string) error {
	for _, name := range names {
		if g.has(c.app.users.find(name)) {
			return nil
		}
	}
	return strangers(names)
}

func (c *call) allow(g *group, names []string) []outcome {
	return c.each(g, g.kind.listKey, "add_user_whitelist", names, func(u *user) bool {
		if g.members.Has(u) && !g.admins.Has(u) {
			g.allowed.Set(u, struct{}{})
		}
		return g.has(u)
	})
}

// disallowMembers implements "Remove users from the allow list of a group" and the same
// of a chat room. The owner and the admins stay on it.
func (c *call) disallowMembers() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	names := c.names()
	if err := checkNumber(names, mostRemoved, "removeWhitelist size is more than max limit"); err != nil {
		return nil, err
	}
	some := false
	for _, name := range names {
		u := c.app.users.find(name)
		some = some || u != nil && g.allowed.Has(u)
	}
	if !some {
		return nil, c.notMembers(g, names)
	}
	return c.groupReply(c.each(g, g.kind.listKey, "remove_user_whitelist", names, func(u *user) bool {
		return g.allowed.Remove(u)
	})), nil
}

package easemob

// listGroupBlocks implements "Get the block list of a group" and the same of a chat room.
func (c *call) listGroupBlocks() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	return c.nameList(oldestNames(g.blocked)), nil
}

// blockMember implements "Add a user to the block list of a group" and the same of a
// chat room. It ends the membership.
func (c *call) blockMember() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	names := []string{c.vars["username"]}
	if err := c.checkMembers(g, names, strangers(names)); err != nil {
		return nil, err
	}
	return c.oneOrMany(c.block(g, names)), nil
}

// blockMembers implements "Add users to the block list of a group" and the same of a
// chat room.
func (c *call) blockMembers() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	names, err := c.usernames(mostAdded, "addBlacklist: list size more than max limit")
	if err != nil {
		return nil, err
	}
	// The same call once more fails for every user, and not as a whole.
	if err := c.checkMembers(g, names, strangers(names)); err != nil && !c.someBlocked(g, names) {
		return nil, err
	}
	return c.groupReply(c.block(g, names)), nil
}

func (c *call) block(g *group, names []string) []outcome {
	return c.each(g, g.kind.listKey, "add_blocks", names, func(u *user) bool {
		is := g.members.Has(u)
		if is {
			g.drop(u)
			g.block(u)
		}
		return is
	})
}

func (c *call) someBlocked(g *group, names []string) bool {
	for _, name := range names {
		if u := c.app.users.find(name); u == g.owner {
			return false
		} else if u != nil && g.blocked.Has(u) {
			return true
		}
	}
	return false
}

// unblockMembers implements "Remove users from the block list of a group" and the same
// of a chat room. It does not bring the memberships back.
func (c *call) unblockMembers() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	names := c.names()
	if err := checkNumber(names, mostRemoved, "removeBlacklist: list size more than max limit"); err != nil {
		return nil, err
	}
	if len(names) == 1 {
		if _, err := c.known(names[0]); err != nil {
			return nil, err
		}
	}
	if !c.someBlocked(g, names) {
		return nil, strangers(names)
	}
	return c.oneOrMany(c.each(g, g.kind.listKey, "remove_blocks", names, func(u *user) bool {
		is := g.blocked.Has(u)
		g.unblock(u)
		return is
	})), nil
}

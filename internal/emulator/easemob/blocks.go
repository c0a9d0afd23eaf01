package easemob

// blockLimit is how many users a user may block.
const blockLimit = 500

func (u *user) block(other *user) {
	u.blocks.Set(other, struct{}{})
	other.blockedBy.Set(u, struct{}{})
}

func (u *user) unblock(other *user) {
	u.blocks.Remove(other)
	other.blockedBy.Remove(u)
}

// mostBlockPage is how many names a page holds at most.
const mostBlockPage = 50

// listBlocks implements "Get Blacklist", the newest first: all names, or a page if the
// call asks for one and the era has pages.
func (c *call) listBlocks() (*reply, error) {
	owner := c.user()
	if owner == nil {
		return nil, userNotFound()
	}
	query := c.r.URL.Query()
	if !c.server.era.blockPages || !query.Has("pageSize") && !query.Has("cursor") {
		return c.read(newestNames(owner.blocks), owner.blocks.Len()), nil
	}
	size, err := c.pageSize("pageSize", mostBlockPage+1)
	if err != nil {
		return nil, err
	}
	if size > mostBlockPage {
		return nil, illegal("pageSize is more than max limit : 50")
	}
	position, err := c.position(blockCursor)
	if err != nil {
		return nil, err
	}
	names, next := []string{}, ""
	for blocked := range owner.blocks.Before(position, size+1) {
		if len(names) == size {
			next = blockCursor.at(owner.blocks.Position(blocked))
			break
		}
		names = append(names, blocked.name)
	}
	reply := c.read(names, len(names))
	reply.Cursor = next
	return reply, nil
}

// addBlocks implements "Add blacklist": all the names, or none if one is missing.
func (c *call) addBlocks() (*reply, error) {
	owner := c.user()
	if owner == nil {
		return nil, userNotFound()
	}
	usernames, err := c.requiredUsernames()
	if err != nil {
		return nil, err
	}
	fresh := map[*user]bool{}
	for _, name := range usernames {
		u := c.app.users.find(name)
		switch {
		case u == nil && c.server.era.usersNotFound:
			return nil, userNotFound()
		case u == nil:
			return nil, illegal("attempt to adding new block[" + name + "] for user[" + owner.name + "],but user[" + name + "] not found.")
		}
		if !owner.blocks.Has(u) {
			fresh[u] = true
		}
	}
	if owner.blocks.Len()+len(fresh) > blockLimit {
		return nil, limitExceeded("user block number exceed limit")
	}
	for _, name := range usernames {
		owner.block(c.app.users.find(name))
	}
	reply := c.changed("")
	reply.Data = usernames
	return reply, nil
}

// removeBlock implements "Remove Blacklist". It succeeds if nobody is blocked.
func (c *call) removeBlock() (*reply, error) {
	owner, blocked, err := c.pair("blocked")
	if err != nil {
		return nil, err
	}
	owner.unblock(blocked)
	return c.changed("/users/"+owner.id.String()+"/blocks", blocked.entity()), nil
}

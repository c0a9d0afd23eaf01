package emulator

import "slices"

// What one user's lists may hold.
const (
	easemobContactLimit = 1000
	easemobBlockLimit   = 500
)

// pair returns the users that the path names, the owner first.
func (c *easemobCall) pair(variable string) (owner, other *easemobUser, failure *easemobError) {
	owner, other = c.users.find(c.vars["username"]), c.users.find(c.vars[variable])
	if owner == nil || other == nil {
		return nil, nil, easemobNotFound()
	}
	return owner, other, nil
}

// addContact implements "Add Contacts". It makes both users contacts of each other,
// and is harmless where they are.
func (c *easemobCall) addContact() (*easemobReply, *easemobError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	owner, contact, failure := c.pair("contact")
	if failure != nil {
		return nil, failure
	}
	if !slices.Contains(owner.contacts, contact) &&
		(len(owner.contacts) >= easemobContactLimit || len(contact.contacts) >= easemobContactLimit) {
		return nil, easemobExceeded("user contact number exceed limit")
	}
	owner.connect(contact)
	return c.changed("/users/"+owner.id.String()+"/contacts", contact.entity()), nil
}

// removeContact implements "Remove Contacts", in both directions.
func (c *easemobCall) removeContact() (*easemobReply, *easemobError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	owner, contact, failure := c.pair("contact")
	if failure != nil {
		return nil, failure
	}
	owner.part(contact)
	return c.changed("/users/"+owner.id.String()+"/contacts", contact.entity()), nil
}

// listContacts implements "Get a list of contacts", the newest first.
func (c *easemobCall) listContacts() (*easemobReply, *easemobError) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	owner := c.users.find(c.vars["username"])
	if owner == nil {
		return nil, easemobNotFound()
	}
	return c.read(easemobNames(owner.contacts), len(owner.contacts)), nil
}

// listBlocks implements "Get Blacklist", the newest first.
func (c *easemobCall) listBlocks() (*easemobReply, *easemobError) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	owner := c.users.find(c.vars["username"])
	if owner == nil {
		return nil, easemobNotFound()
	}
	return c.read(easemobNames(owner.blocks), len(owner.blocks)), nil
}

// addBlocks implements "Add blacklist": all the names, or none where one is missing.
func (c *easemobCall) addBlocks() (*easemobReply, *easemobError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	owner := c.users.find(c.vars["username"])
	if owner == nil {
		return nil, easemobNotFound()
	}
	var request struct {
		Usernames []string `json:"usernames"`
	}
	if failure := c.decode(&request); failure != nil {
		return nil, failure
	}
	if len(request.Usernames) == 0 {
		return nil, easemobIllegal("usernames is required")
	}
	fresh := map[*easemobUser]bool{}
	for _, name := range request.Usernames {
		u := c.users.find(name)
		if u == nil {
			return nil, easemobIllegal("attempt to adding new block[" + name + "] for user[" + owner.name + "],but user[" + name + "] not found.")
		}
		if !slices.Contains(owner.blocks, u) {
			fresh[u] = true
		}
	}
	if len(owner.blocks)+len(fresh) > easemobBlockLimit {
		return nil, easemobExceeded("user block number exceed limit")
	}
	for _, name := range request.Usernames {
		owner.block(c.users.find(name))
	}
	reply := c.changed("")
	reply.Data = request.Usernames
	return reply, nil
}

// removeBlock implements "Remove Blacklist". It is harmless where nobody is blocked.
func (c *easemobCall) removeBlock() (*easemobReply, *easemobError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	owner, blocked, failure := c.pair("blocked")
	if failure != nil {
		return nil, failure
	}
	owner.unblock(blocked)
	return c.changed("/users/"+owner.id.String()+"/blocks", blocked.entity()), nil
}

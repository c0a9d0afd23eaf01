package easemob

// joinedBy returns the groups or chat rooms of a user, newest membership first.
func (c *call) joinedBy(k *kind, u *user, p page) []*group {
	if c.world.switches.RoomDropOut {
		for _, g := range u.joined(k).Keys() {
			g.dropOut(c.now)
		}
	}
	var groups []*group
	for g := range u.joined(k).Backward(p.start, p.count) {
		groups = append(groups, g)
	}
	return groups
}

// mostRecent is how many groups a list without pages has.
const mostRecent = 500

// joinedGroups implements "Get all groups that a user is in".
func (c *call) joinedGroups() (*reply, error) {
	u, err := c.known(c.vars["username"])
	if err != nil {
		return nil, err
	}
	p, err := c.page(1, 10, 100)
	if err != nil {
		return nil, err
	}
	if query := c.r.URL.Query(); !query.Has("pagesize") && !query.Has("pagenum") {
		p = page{count: mostRecent}
	}
	items := []map[string]string{}
	for _, g := range c.joinedBy(groupKind, u, p) {
		items = append(items, map[string]string{"groupid": g.id, "groupname": g.name})
	}
	return c.groupList(items, len(items)), nil
}

// joinedRooms implements "Get all chat rooms that a user is in".
func (c *call) joinedRooms() (*reply, error) {
	u, err := c.known(c.vars["username"])
	if err != nil {
		return nil, err
	}
	p, err := c.page(1, 1000, 1000)
	if err != nil {
		return nil, err
	}
	items := []map[string]string{}
	for _, g := range c.joinedBy(roomKind, u, p) {
		item := map[string]string{"id": g.id, "name": g.name}
		if c.server.era.properties {
			item["disabled"] = "false" // as text
		}
		items = append(items, item)
	}
	return c.groupList(items, len(items)), nil
}

// groupsOfUser implements the newer "Get all groups that a user is in", whose pages
// count from 0 and hold details.
func (c *call) groupsOfUser() (*reply, error) {
	u, err := c.known(c.vars["username"])
	if err != nil {
		return nil, err
	}
	p, err := c.page(0, 5, 20)
	if err != nil {
		return nil, err
	}
	type entry struct {
		GroupID      string  `json:"groupId"`
		ID           string  `json:"id"`
		Name         string  `json:"name"`
		Avatar       *string `json:"avatar,omitempty"`
		Owner        string  `json:"owner"`
		Description  string  `json:"description"`
		Disabled     bool    `json:"disabled"`
		Public       bool    `json:"public"`
		AllowInvites bool    `json:"allowinvites"`
		MembersOnly  bool    `json:"membersonly"`
		MaxUsers     int     `json:"maxusers"`
		Created      int64   `json:"created"`
	}
	reply := c.groupReply(nil)
	for _, g := range c.joinedBy(groupKind, u, p) {
		d := g.detail()
		reply.Entities = append(reply.Entities, entry{
			g.id, g.id, d.Name, d.Avatar, d.Owner, d.Description, g.disabled, d.Public, d.AllowInvites,
			d.MembersOnly, d.MaxUsers, d.Created,
		})
	}
	total := u.groups.Len()
	reply.Total = &total
	return reply, nil
}

// isJoined implements "Check whether a user is in a group".
func (c *call) isJoined() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	return c.groupReply(g.has(c.user())), nil
}

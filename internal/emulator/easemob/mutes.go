package easemob

// muteForever is when a mute without an end ends.
const muteForever = 4638873600000

// muted is a user who may not speak.
type muted struct {
	Result *bool  `json:"result,omitempty"` // in answers to changes
	Expire *int64 `json:"expire,omitempty"`
	User   string `json:"user"`
}

// listMutes implements "Get the mute list of a group" and the same of a chat room.
func (c *call) listMutes() (*reply, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	items := []muted{}
	for u, until := range g.mutes.All() {
		if until > c.now.UnixMilli() {
			items = append(items, muted{Expire: &until, User: u.name})
		}
	}
	reply := c.groupReply(items)
	reply.Action = c.server.era.muteListAction
	return reply, nil
}

// muteMembers implements "Mute members of a group" and the same of a chat room: all or
// none.
func (c *call) muteMembers() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	names, err := c.usernames(c.server.era.mostMuted, "userNames size is more than max limit")
	if err != nil {
		return nil, err
	}
	var request struct {
		Duration *int64 `json:"mute_duration"` // milliseconds
	}
	if err := c.decodeGroup(&request); err != nil {
		return nil, err
	}
	if request.Duration == nil || *request.Duration < -1 {
		return nil, invalidParameter("mute_duration must be provided")
	}
	for _, name := range names {
		switch u := c.app.users.find(name); {
		case u == g.owner:
			return nil, ownerForbidden()
		case u == nil || !g.members.Has(u):
			return nil, c.notMutable(g, name)
		}
	}
	until := min(c.now.UnixMilli()+min(*request.Duration, muteForever), muteForever)
	switch *request.Duration {
	case -1:
		until = muteForever
	case 0:
		until = 0
	}
	done := true
	items := []muted{}
	for _, name := range names {
		u := c.app.users.find(name)
		if until == 0 {
			g.unmute(u)
		} else {
			g.mute(u, until)
		}
		items = append(items, muted{Result: &done, Expire: &until, User: u.name})
	}
	return c.groupReply(items), nil
}

// notMutable is the answer about somebody who is not in the group.
func (c *call) notMutable(g *group, name string) error {
	f := c.notMembers(g, []string{name})
	if code := c.server.era.muteOfStranger; code != f.code {
		return groupFailure(400, code, f.description)
	}
	return f
}

// unmuteMembers implements "Unmute members of a group" and the same of a chat room. It
// succeeds if a user is not muted.
func (c *call) unmuteMembers() (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	names := c.names()
	if err := checkNumber(names, mostRemoved, "userNames size is more than max limit"); err != nil {
		return nil, err
	}
	done := true
	items := []muted{}
	for _, name := range names {
		if u := c.app.users.find(name); u != nil {
			g.unmute(u)
		}
		items = append(items, muted{Result: &done, User: fold(name)})
	}
	return c.groupReply(items), nil
}

// muteAll implements "Mute all members of a group" and the same of a chat room.
func (c *call) muteAll() (*reply, error) { return c.setMuted(true) }

// unmuteAll implements "Unmute all members of a group" and the same of a chat room.
func (c *call) unmuteAll() (*reply, error) { return c.setMuted(false) }

func (c *call) setMuted(muted bool) (*reply, error) {
	g, err := c.changeableGroup()
	if err != nil {
		return nil, err
	}
	g.muted = muted
	reply := c.groupReply(map[string]bool{"mute": muted})
	reply.Action = "put"
	if muted && g.kind == groupKind {
		reply.Action = c.server.era.banAction
	}
	return reply, nil
}

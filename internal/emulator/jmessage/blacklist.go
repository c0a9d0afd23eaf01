package jmessage

// addToBlacklist implements "添加黑名单". One name that cannot be added keeps all out.
func (c *call) addToBlacklist() (*reply, error) {
	return c.changeRelation(c.named, (*user).blockAll)
}

// removeFromBlacklist implements "移除黑名单". One name that is not in it keeps all in.
func (c *call) removeFromBlacklist() (*reply, error) {
	return c.changeRelation(c.named, (*user).unblockAll)
}

func (u *user) block(other *user) {
	u.blacklist.Set(other, struct{}{})
	other.blockers.Set(u, struct{}{})
}

func (u *user) unblock(other *user) {
	u.blacklist.Remove(other)
	other.blockers.Remove(u)
}

func (u *user) blockAll(others []*user) (*reply, error) {
	for _, other := range others {
		switch {
		case other == u:
			return nil, refusal(codeInvalid)
		case other.admin:
			return nil, refusal(codeBlocksAdmin)
		case u.blacklist.Has(other):
			return nil, refusal(codeAlreadyBlocked)
		}
	}
	for _, other := range others {
		u.block(other)
	}
	return noContent()
}

func (u *user) unblockAll(others []*user) (*reply, error) {
	for _, other := range others {
		if !u.blacklist.Has(other) {
			return nil, refusal(codeNotBlocked)
		}
	}
	for _, other := range others {
		u.unblock(other)
	}
	return noContent()
}

// listed returns a user as other users' lists show him: without extras.
func (u *user) listed() userBody {
	body := u.body()
	body.Extras = nil
	return body
}

// listBlacklist implements "黑名单列表", which knows the application's own users only.
func (c *call) listBlacklist() (*reply, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	blocked := []userBody{}
	for other := range u.blacklist.All() {
		if other.app == c.app {
			blocked = append(blocked, other.listed())
		}
	}
	return answered(blocked)
}

// crossBlacklist names users of one application.
type crossBlacklist struct {
	AppKey    *string  `json:"appkey"`
	Usernames []string `json:"usernames"`
}

// crossAddToBlacklist implements "跨应用添加黑名单".
func (c *call) crossAddToBlacklist() (*reply, error) {
	return c.changeRelation(c.crossBlocks, (*user).blockAll)
}

// crossRemoveFromBlacklist implements "跨应用移除黑名单".
func (c *call) crossRemoveFromBlacklist() (*reply, error) {
	return c.changeRelation(c.crossBlocks, (*user).unblockAll)
}

// crossBlocks reads the users of other applications that the body of a call names.
func (c *call) crossBlocks() ([]*user, error) {
	parts, err := decodeEach[crossBlacklist](c)
	if err != nil {
		return nil, err
	}
	var others []*user
	for _, part := range parts {
		people, err := c.foreigners(part.AppKey, part.Usernames)
		if err != nil {
			return nil, err
		}
		others = append(others, people...)
	}
	return others, nil
}

// foreigners looks up names, at least one, in the application with that key.
func (c *call) foreigners(key *string, names []string) ([]*user, error) {
	app, err := c.application(key)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 || len(names) > maxBatch {
		return nil, refusal(codeInvalid)
	}
	return peopleOf(app, names)
}

// crossListBlacklist implements "跨应用黑名单列表".
func (c *call) crossListBlacklist() (*reply, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	blocked := []userBody{}
	for other := range u.blacklist.All() {
		body := other.listed()
		body.AppKey = other.app.key
		blocked = append(blocked, body)
	}
	return answered(blocked)
}

package emulator

// jmAddToBlacklist implements "添加黑名单". One name that cannot be added keeps all out.
func jmAddToBlacklist(c *jmCall) (jmReply, error) {
	return jmChangeBlacklist(c, (*jmUser).block)
}

// jmRemoveFromBlacklist implements "移除黑名单". One name that is not in it keeps all in.
func jmRemoveFromBlacklist(c *jmCall) (jmReply, error) {
	return jmChangeBlacklist(c, (*jmUser).unblock)
}

func jmChangeBlacklist(c *jmCall, change func(*jmUser, []*jmUser) error) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	others, err := c.people(jmMaxBatch)
	if err != nil {
		return jmReply{}, err
	}
	if err := change(user, others); err != nil {
		return jmReply{}, err
	}
	return jmNoContent()
}

func (u *jmUser) block(others []*jmUser) error {
	for _, other := range others {
		switch {
		case other == u:
			return jmFail(jmInvalid)
		case other.admin:
			return jmFail(jmBlocksAdmin)
		case u.blacklist.has(other.name):
			return jmFail(jmAlreadyBlocked)
		}
	}
	for _, other := range others {
		u.blacklist.add(other.name, struct{}{})
	}
	return nil
}

func (u *jmUser) unblock(others []*jmUser) error {
	for _, other := range others {
		if !u.blacklist.has(other.name) {
			return jmFail(jmNotBlocked)
		}
	}
	for _, other := range others {
		u.blacklist.remove(other.name)
	}
	return nil
}

// listed returns a user as other users' lists show him: without extras.
func (u *jmUser) listed() jmUserBody {
	body := u.body()
	body.Extras = nil
	return body
}

// jmListBlacklist implements "黑名单列表", which knows the application's own users only.
func jmListBlacklist(c *jmCall) (jmReply, error) {
	user, err := c.user()
	if err != nil {
		return jmReply{}, err
	}
	blocked := []jmUserBody{}
	for name := range user.blacklist.all() {
		if name.app == c.app.key {
			blocked = append(blocked, c.world.user(name).listed())
		}
	}
	return jmOK(blocked)
}

// jmCrossBlacklist names users of one application.
type jmCrossBlacklist struct {
	AppKey    *string  `json:"appkey"`
	Usernames []string `json:"usernames"`
}

// jmCrossAddToBlacklist implements "跨应用添加黑名单".
func jmCrossAddToBlacklist(c *jmCall) (jmReply, error) {
	return jmCrossChangeBlacklist(c, (*jmUser).block)
}

// jmCrossRemoveFromBlacklist implements "跨应用移除黑名单".
func jmCrossRemoveFromBlacklist(c *jmCall) (jmReply, error) {
	return jmCrossChangeBlacklist(c, (*jmUser).unblock)
}

func jmCrossChangeBlacklist(c *jmCall, change func(*jmUser, []*jmUser) error) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	parts, err := jmDecodeEach[jmCrossBlacklist](c)
	if err != nil {
		return jmReply{}, err
	}
	var others []*jmUser
	for _, part := range parts {
		people, err := c.foreigners(part.AppKey, part.Usernames)
		if err != nil {
			return jmReply{}, err
		}
		others = append(others, people...)
	}
	if err := change(user, others); err != nil {
		return jmReply{}, err
	}
	return jmNoContent()
}

// foreigners looks up names, at least one, in the application with that key.
func (c *jmCall) foreigners(key *string, names []string) ([]*jmUser, error) {
	app, err := c.application(key)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 || len(names) > jmMaxBatch {
		return nil, jmFail(jmInvalid)
	}
	return jmPeople(app, names)
}

// jmCrossListBlacklist implements "跨应用黑名单列表".
func jmCrossListBlacklist(c *jmCall) (jmReply, error) {
	user, err := c.user()
	if err != nil {
		return jmReply{}, err
	}
	blocked := []jmUserBody{}
	for name := range user.blacklist.all() {
		body := c.world.user(name).listed()
		body.AppKey = name.app
		blocked = append(blocked, body)
	}
	return jmOK(blocked)
}

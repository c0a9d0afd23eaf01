package emulator

// jmAddFriends implements "添加好友". Friendship is mutual; one name that is a
// friend already keeps the call from adding any.
func jmAddFriends(c *jmCall) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	others, err := c.people(jmMaxBatch)
	if err != nil {
		return jmReply{}, err
	}
	return jmBefriend(user, others)
}

func jmBefriend(user *jmUser, others []*jmUser) (jmReply, error) {
	for _, other := range others {
		if other == user {
			return jmReply{}, jmFail(jmInvalid)
		}
		if user.friends.has(other.name) {
			return jmReply{}, jmFail(jmAlreadyFriend)
		}
	}
	for _, other := range others {
		user.friends.add(other.name, jmNote{})
		if !other.friends.has(user.name) {
			other.friends.add(user.name, jmNote{})
		}
	}
	return jmCreated(nil)
}

// jmRemoveFriends implements "删除好友". Who is no friend is passed over.
func jmRemoveFriends(c *jmCall) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	others, err := c.people(jmMaxBatch)
	if err != nil {
		return jmReply{}, err
	}
	return jmUnfriend(user, others)
}

func jmUnfriend(user *jmUser, others []*jmUser) (jmReply, error) {
	for _, other := range others {
		user.friends.remove(other.name)
		other.friends.remove(user.name)
	}
	return jmNoContent()
}

// jmNoteChange is what a call says about one friend. What it leaves out stays.
type jmNoteChange struct {
	AppKey   *string `json:"appkey"`
	Username *string `json:"username"`
	NoteName *string `json:"note_name"`
	Others   *string `json:"others"`
}

// jmNoteFriends implements "更新好友备注".
func jmNoteFriends(c *jmCall) (jmReply, error) {
	return jmChangeNotes(c, func(jmNoteChange) (*jmApplication, error) { return c.app, nil })
}

// jmChangeNotes changes all notes of a call or none.
func jmChangeNotes(c *jmCall, appOf func(jmNoteChange) (*jmApplication, error)) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	changes, err := jmDecodeEach[jmNoteChange](c)
	if err != nil {
		return jmReply{}, err
	}
	var notes jmOrdered[jmName, jmNote]
	for _, change := range changes {
		app, err := appOf(change)
		if err != nil {
			return jmReply{}, err
		}
		if change.Username == nil {
			return jmReply{}, jmFail(jmInvalid)
		}
		friends, err := jmPeople(app, []string{*change.Username})
		if err != nil {
			return jmReply{}, err
		}
		name := friends[0].name
		if !user.friends.has(name) {
			return jmReply{}, jmFail(jmNotFriend)
		}
		note := user.friends.get(name)
		if notes.has(name) {
			note = notes.get(name)
		}
		if change.NoteName != nil {
			note.NoteName = *change.NoteName
		}
		if change.Others != nil {
			note.Others = *change.Others
		}
		if err := note.check(); err != nil {
			return jmReply{}, err
		}
		notes.add(name, note)
	}
	for name, note := range notes.all() {
		user.friends.add(name, note)
	}
	return jmNoContent()
}

func (n jmNote) check() error {
	if !jmOneLine(n.NoteName) || len(n.Others) > jmMaxText {
		return jmFail(jmInvalid)
	}
	return nil
}

// jmFriendBody is a friend as he is read.
type jmFriendBody struct {
	jmUserBody
	jmNote
}

// jmListFriends implements "获取好友列表".
func jmListFriends(c *jmCall) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	friends := []jmFriendBody{}
	for name, note := range user.friends.all() {
		body := c.world.user(name).listed()
		body.AppKey = name.app
		friends = append(friends, jmFriendBody{jmUserBody: body, jmNote: note})
	}
	return jmOK(friends)
}

// jmCrossFriends reads the friends of another application that a call names.
func jmCrossFriends(c *jmCall) ([]*jmUser, error) {
	var asked struct {
		AppKey *string  `json:"appkey"`
		Users  []string `json:"users"`
	}
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	return c.foreigners(asked.AppKey, asked.Users)
}

// jmCrossAddFriends implements "跨应用添加好友".
func jmCrossAddFriends(c *jmCall) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	others, err := jmCrossFriends(c)
	if err != nil {
		return jmReply{}, err
	}
	return jmBefriend(user, others)
}

// jmCrossRemoveFriends implements "跨应用删除好友".
func jmCrossRemoveFriends(c *jmCall) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	others, err := jmCrossFriends(c)
	if err != nil {
		return jmReply{}, err
	}
	return jmUnfriend(user, others)
}

// jmCrossNoteFriends implements "跨应用更新好友备注".
func jmCrossNoteFriends(c *jmCall) (jmReply, error) {
	return jmChangeNotes(c, func(change jmNoteChange) (*jmApplication, error) { return c.application(change.AppKey) })
}

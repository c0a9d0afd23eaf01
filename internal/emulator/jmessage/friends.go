package jmessage

import "terraform-provider-chat/internal/emulator/platform"

// addFriends implements "添加好友". Friendship is mutual; one name that is a
// friend already keeps the call from adding any.
func (c *call) addFriends() (*reply, error) {
	return c.changeRelation(c.named, befriendAll)
}

// befriend makes two users friends of each other and keeps notes that there are.
func (u *user) befriend(other *user) {
	if !u.friends.Has(other) {
		u.friends.Set(other, note{})
	}
	if !other.friends.Has(u) {
		other.friends.Set(u, note{})
	}
}

func befriendAll(u *user, others []*user) (*reply, error) {
	for _, other := range others {
		if other == u {
			return nil, refusal(codeInvalid)
		}
		if u.friends.Has(other) {
			return nil, refusal(codeAlreadyFriend)
		}
	}
	for _, other := range others {
		u.befriend(other)
	}
	return created(nil)
}

// removeFriends implements "删除好友". Who is no friend is passed over.
func (c *call) removeFriends() (*reply, error) {
	return c.changeRelation(c.named, unfriend)
}

func unfriend(u *user, others []*user) (*reply, error) {
	for _, other := range others {
		u.friends.Remove(other)
		other.friends.Remove(u)
	}
	return noContent()
}

// noteChange is what a call says about one friend. What it leaves out stays.
type noteChange struct {
	AppKey   *string `json:"appkey"`
	Username *string `json:"username"`
	NoteName *string `json:"note_name"`
	Others   *string `json:"others"`
}

// noteFriends implements "更新好友备注".
func (c *call) noteFriends() (*reply, error) {
	return c.changeNotes(func(noteChange) (*application, error) { return c.app, nil })
}

// changeNotes changes all notes of a call or none.
func (c *call) changeNotes(appOf func(noteChange) (*application, error)) (*reply, error) {
	u, err := c.checkedUser()
	if err != nil {
		return nil, err
	}
	changes, err := decodeEach[noteChange](c)
	if err != nil {
		return nil, err
	}
	var notes platform.Map[*user, note]
	for _, change := range changes {
		app, err := appOf(change)
		if err != nil {
			return nil, err
		}
		if change.Username == nil {
			return nil, refusal(codeInvalid)
		}
		friends, err := peopleOf(app, []string{*change.Username})
		if err != nil {
			return nil, err
		}
		friend := friends[0]
		if !u.friends.Has(friend) {
			return nil, refusal(codeNotFriend)
		}
		n := u.friends.Get(friend)
		if notes.Has(friend) {
			n = notes.Get(friend)
		}
		if change.NoteName != nil {
			n.NoteName = *change.NoteName
		}
		if change.Others != nil {
			n.Others = *change.Others
		}
		if err := n.check(); err != nil {
			return nil, err
		}
		notes.Set(friend, n)
	}
	for friend, n := range notes.All() {
		u.friends.Set(friend, n)
	}
	return noContent()
}

func (n note) check() error {
	if !oneLine(n.NoteName) || len(n.Others) > maxText {
		return refusal(codeInvalid)
	}
	return nil
}

// friendBody is a friend as he is read.
type friendBody struct {
	userBody
	note
}

// listFriends implements "获取好友列表".
func (c *call) listFriends() (*reply, error) {
	u, err := c.checkedUser()
	if err != nil {
		return nil, err
	}
	friends := []friendBody{}
	for friend, n := range u.friends.All() {
		body := friend.listed()
		body.AppKey = friend.app.key
		friends = append(friends, friendBody{userBody: body, note: n})
	}
	return answered(friends)
}

// crossFriends reads the friends of another application that a call names.
func (c *call) crossFriends() ([]*user, error) {
	var asked struct {
		AppKey *string  `json:"appkey"`
		Users  []string `json:"users"`
	}
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	return c.foreigners(asked.AppKey, asked.Users)
}

// crossAddFriends implements "跨应用添加好友".
func (c *call) crossAddFriends() (*reply, error) {
	return c.changeRelation(c.crossFriends, befriendAll)
}

// crossRemoveFriends implements "跨应用删除好友".
func (c *call) crossRemoveFriends() (*reply, error) {
	return c.changeRelation(c.crossFriends, unfriend)
}

// crossNoteFriends implements "跨应用更新好友备注".
func (c *call) crossNoteFriends() (*reply, error) {
	return c.changeNotes(func(change noteChange) (*application, error) { return c.application(change.AppKey) })
}

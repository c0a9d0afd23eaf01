package jmessage

// The rules of chat rooms.
const (
	maxRoomMembers = 10_000
	maxRoomBatch   = 3000
)

// roomBody is a chat room as it is read.
type roomBody struct {
	ID          int64  `json:"id"`
	Owner       string `json:"owner_username"`
	Max         int    `json:"max_member_count"`
	AppKey      string `json:"appkey"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Total       int    `json:"total_member_count"`
	Ctime       string `json:"ctime"`
}

func (r *room) body() roomBody {
	return roomBody{
		ID:          r.id,
		Owner:       r.owner.name,
		Max:         r.max,
		AppKey:      r.app.key,
		Name:        r.name,
		Description: r.description,
		Total:       r.members.Len(),
		Ctime:       r.ctime,
	}
}

// room returns the chat room in the path.
func (c *call) room() (*room, error) {
	id, err := parseID(c.vars["room_id"])
	if err != nil {
		return nil, err
	}
	r := c.app.rooms.Get(id)
	if r == nil {
		return nil, refusal(codeNoRoom)
	}
	return r, nil
}

// roomChange is what a call says about a chat room. What it leaves out stays.
type roomChange struct {
	Owner       *string `json:"owner_username"`
	Name        *string `json:"name"`
	Description *string `json:"description"`
}

// apply changes the room, or leaves it untouched and returns an error. Its owner is left to the caller.
func (change roomChange) apply(r *room) error {
	name, description := r.name, r.description
	if change.Name != nil {
		name = *change.Name
	}
	if change.Description != nil {
		description = *change.Description
	}
	if len(name) > maxNickname || len(description) > maxText {
		return refusal(codeInvalid)
	}
	r.name, r.description = name, description
	return nil
}

// createRoom implements "创建聊天室". The owner is a member, named among them or not.
func (c *call) createRoom() (*reply, error) {
	var asked struct {
		Members []string `json:"members_username"`
		roomChange
	}
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	if asked.Owner == nil || asked.Name == nil {
		return nil, refusal(codeInvalid)
	}
	members, err := peopleOf(c.app, append([]string{*asked.Owner}, asked.Members...))
	if err != nil {
		return nil, err
	}
	r := &room{
		id:    c.world.lastRoom + 1,
		app:   c.app,
		max:   maxRoomMembers,
		owner: members[0],
		ctime: c.timestamp(),
	}
	if err := asked.apply(r); err != nil {
		return nil, err
	}
	if err := r.join(members, c.timestamp()); err != nil {
		return nil, err
	}
	c.world.lastRoom = r.id
	c.app.rooms.Set(r.id, r)
	return created(struct {
		ID int64 `json:"chatroom_id"`
	}{r.id})
}

// join adds users to a chat room. Who is in it already is passed over.
func (r *room) join(users []*user, now string) error {
	joining := 0
	for _, u := range users {
		if !r.members.Has(u) {
			joining++
		}
	}
	if r.members.Len()+joining > r.max {
		return refusal(codeGroupFull)
	}
	for _, u := range users {
		if !r.members.Has(u) {
			r.add(u, &roomMember{joined: now})
		}
	}
	return nil
}

func (r *room) add(u *user, member *roomMember) {
	r.members.Set(u, member)
	u.rooms.Set(r, struct{}{})
}

// leavers checks that users may leave: the owner may not, nor who is not in the room.
func (r *room) leavers(users []*user) error {
	for _, u := range users {
		if !r.members.Has(u) {
			return refusal(codeNotInRoom)
		}
		if u == r.owner {
			return refusal(codeInvalid)
		}
	}
	return nil
}

// getRooms implements "获取聊天室详情". A room that does not exist is left out.
func (c *call) getRooms() (*reply, error) {
	var ids []int64
	if err := c.decode(&ids); err != nil {
		return nil, err
	}
	rooms := []roomBody{}
	for _, id := range ids {
		if r := c.app.rooms.Get(id); r != nil {
			rooms = append(rooms, r.body())
		}
	}
	return answered(rooms)
}

// listRoomsOfUser implements "获取用户聊天室列表".
func (c *call) listRoomsOfUser() (*reply, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	rooms := []roomBody{}
	for _, r := range byID(u.rooms) {
		if r.app == c.app {
			rooms = append(rooms, r.body())
		}
	}
	return answered(rooms)
}

// listRooms implements "获取应用下聊天室列表".
func (c *call) listRooms() (*reply, error) {
	start, count, err := c.page(maxPage)
	if err != nil {
		return nil, err
	}
	rooms := []roomBody{}
	for _, r := range c.app.rooms.From(start, count) {
		rooms = append(rooms, r.body())
	}
	return answered(struct {
		Total int        `json:"total"`
		Rooms []roomBody `json:"rooms"`
		Start int        `json:"start"`
		Count int        `json:"count"`
	}{c.app.rooms.Len(), rooms, start, len(rooms)})
}

// updateRoom implements "更新聊天室信息". A new owner has to be in the room.
func (c *call) updateRoom() (*reply, error) {
	r, err := c.room()
	if err != nil {
		return nil, err
	}
	var change roomChange
	if err := c.decode(&change); err != nil {
		return nil, err
	}
	owner := r.owner
	if change.Owner != nil {
		owners, err := peopleOf(c.app, []string{*change.Owner})
		if err != nil {
			return nil, err
		}
		if owner = owners[0]; !r.members.Has(owner) {
			return nil, refusal(codeNotInRoom)
		}
	}
	if err := change.apply(r); err != nil {
		return nil, err
	}
	r.owner = owner
	return noContent()
}

// deleteRoom implements "删除聊天室".
func (c *call) deleteRoom() (*reply, error) {
	r, err := c.room()
	if err != nil {
		return nil, err
	}
	r.delete()
	return noContent()
}

// muteRoomMember implements "修改用户禁言状态".
func (c *call) muteRoomMember() (*reply, error) {
	r, err := c.room()
	if err != nil {
		return nil, err
	}
	mute, err := c.status()
	if err != nil {
		return nil, err
	}
	users, err := peopleOf(c.app, []string{c.vars["username"]})
	if err != nil {
		return nil, err
	}
	member := r.members.Get(users[0])
	if member == nil {
		return nil, refusal(codeNotInRoom)
	}
	member.muted = mute
	return noContent()
}

// roomMemberBody is a member of a chat room as he is read. A muted one's flag is 1.
type roomMemberBody struct {
	Username string `json:"username"`
	Flag     int    `json:"flag"`
	Joined   string `json:"room_ctime"`
	Mtime    string `json:"mtime"`
	Ctime    string `json:"ctime"`
}

// listRoomMembers implements "获取聊天室成员列表".
func (c *call) listRoomMembers() (*reply, error) {
	r, err := c.room()
	if err != nil {
		return nil, err
	}
	start, count, err := c.page(maxPage)
	if err != nil {
		return nil, err
	}
	members := []roomMemberBody{}
	for u, member := range r.members.From(start, count) {
		members = append(members, roomMemberBody{
			Username: u.name,
			Flag:     bit(member.muted),
			Joined:   member.joined,
			Mtime:    u.mtime,
			Ctime:    u.ctime,
		})
	}
	return answered(struct {
		Total int              `json:"total"`
		Users []roomMemberBody `json:"users"`
		Count int              `json:"count"`
		Start int              `json:"start"`
	}{r.members.Len(), members, len(members), start})
}

// changeMembersOfRoom changes the members of the room of a call.
func (c *call) changeMembersOfRoom(read func() (membersChange, error)) (*reply, error) {
	r, err := c.room()
	if err != nil {
		return nil, err
	}
	change, err := read()
	if err != nil {
		return nil, err
	}
	return r.changeMembers(change, c.timestamp())
}

// changeMembers adds before it removes, and what was added stays when removing fails.
func (r *room) changeMembers(change membersChange, now string) (*reply, error) {
	if err := r.join(change.add, now); err != nil {
		return nil, err
	}
	if err := r.leavers(change.remove); err != nil {
		return nil, err
	}
	for _, u := range change.remove {
		r.leave(u)
	}
	return noContent()
}

// addRoomMembers implements "添加聊天室成员".
func (c *call) addRoomMembers() (*reply, error) {
	return c.changeMembersOfRoom(func() (membersChange, error) { return c.additions(maxRoomBatch) })
}

// removeRoomMembers implements "移除聊天室成员".
func (c *call) removeRoomMembers() (*reply, error) {
	return c.changeMembersOfRoom(func() (membersChange, error) { return c.removals(maxRoomBatch) })
}

// crossChangeRoomMembers implements "跨应用管理聊天室成员".
func (c *call) crossChangeRoomMembers() (*reply, error) {
	return c.changeMembersOfRoom(c.crossMemberChanges)
}

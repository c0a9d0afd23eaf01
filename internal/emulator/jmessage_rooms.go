package emulator

// The rules of chat rooms.
const (
	jmMaxRoomMembers = 10_000
	jmMaxRoomBatch   = 3000
)

// jmRoomBody is a chat room as it is read.
type jmRoomBody struct {
	ID          int64  `json:"id"`
	Owner       string `json:"owner_username"`
	Max         int    `json:"max_member_count"`
	AppKey      string `json:"appkey"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Total       int    `json:"total_member_count"`
	Ctime       string `json:"ctime"`
}

func (r *jmRoom) body() jmRoomBody {
	return jmRoomBody{
		ID:          r.id,
		Owner:       r.owner.user,
		Max:         r.max,
		AppKey:      r.app,
		Name:        r.name,
		Description: r.description,
		Total:       r.members.len(),
		Ctime:       r.ctime,
	}
}

// room returns the chat room in the path.
func (c *jmCall) room() (*jmRoom, error) {
	id, err := jmID(c.vars[0])
	if err != nil {
		return nil, err
	}
	room := c.app.rooms.get(id)
	if room == nil {
		return nil, jmFail(jmNoRoom)
	}
	return room, nil
}

// jmRoomChange is what a call says about a chat room. What it leaves out stays.
type jmRoomChange struct {
	Owner       *string `json:"owner_username"`
	Name        *string `json:"name"`
	Description *string `json:"description"`
}

// apply changes room, or leaves it untouched and returns an error. Its owner is left to the caller.
func (r jmRoomChange) apply(room *jmRoom) error {
	name, description := room.name, room.description
	if r.Name != nil {
		name = *r.Name
	}
	if r.Description != nil {
		description = *r.Description
	}
	if len(name) > jmMaxNickname || len(description) > jmMaxText {
		return jmFail(jmInvalid)
	}
	room.name, room.description = name, description
	return nil
}

// jmCreateRoom implements "创建聊天室". The owner is a member, named among them or not.
func jmCreateRoom(c *jmCall) (jmReply, error) {
	var asked struct {
		Members []string `json:"members_username"`
		jmRoomChange
	}
	if err := c.decode(&asked); err != nil {
		return jmReply{}, err
	}
	if asked.Owner == nil || asked.Name == nil {
		return jmReply{}, jmFail(jmInvalid)
	}
	members, err := jmPeople(c.app, append([]string{*asked.Owner}, asked.Members...))
	if err != nil {
		return jmReply{}, err
	}
	room := &jmRoom{
		id:    c.world.lastRoom + 1,
		app:   c.app.key,
		max:   jmMaxRoomMembers,
		owner: members[0].name,
		ctime: c.timestamp(),
	}
	if err := asked.apply(room); err != nil {
		return jmReply{}, err
	}
	if err := room.join(members, c.timestamp()); err != nil {
		return jmReply{}, err
	}
	c.world.lastRoom = room.id
	c.app.rooms.add(room.id, room)
	return jmCreated(struct {
		ID int64 `json:"chatroom_id"`
	}{room.id})
}

// join adds users to a chat room. Who is in it already is passed over.
func (r *jmRoom) join(users []*jmUser, now string) error {
	joining := 0
	for _, user := range users {
		if !r.members.has(user.name) {
			joining++
		}
	}
	if r.members.len()+joining > r.max {
		return jmFail(jmGroupFull)
	}
	for _, user := range users {
		if !r.members.has(user.name) {
			r.members.add(user.name, &jmRoomMember{joined: now})
		}
	}
	return nil
}

// leavers checks that users may leave: the owner may not, nor who is not in the room.
func (r *jmRoom) leavers(users []*jmUser) error {
	for _, user := range users {
		if !r.members.has(user.name) {
			return jmFail(jmNotInRoom)
		}
		if user.name == r.owner {
			return jmFail(jmInvalid)
		}
	}
	return nil
}

// jmGetRooms implements "获取聊天室详情". A room that does not exist is left out.
func jmGetRooms(c *jmCall) (jmReply, error) {
	var ids []int64
	if err := c.decode(&ids); err != nil {
		return jmReply{}, err
	}
	rooms := []jmRoomBody{}
	for _, id := range ids {
		if room := c.app.rooms.get(id); room != nil {
			rooms = append(rooms, room.body())
		}
	}
	return jmOK(rooms)
}

// jmListRoomsOfUser implements "获取用户聊天室列表".
func jmListRoomsOfUser(c *jmCall) (jmReply, error) {
	user, err := c.user()
	if err != nil {
		return jmReply{}, err
	}
	rooms := []jmRoomBody{}
	for _, room := range c.app.rooms.all() {
		if room.members.has(user.name) {
			rooms = append(rooms, room.body())
		}
	}
	return jmOK(rooms)
}

// jmListRooms implements "获取应用下聊天室列表".
func jmListRooms(c *jmCall) (jmReply, error) {
	start, count, err := c.page(jmMaxPage)
	if err != nil {
		return jmReply{}, err
	}
	rooms := []jmRoomBody{}
	for _, room := range c.app.rooms.from(start, count) {
		rooms = append(rooms, room.body())
	}
	return jmOK(struct {
		Total int          `json:"total"`
		Rooms []jmRoomBody `json:"rooms"`
		Start int          `json:"start"`
		Count int          `json:"count"`
	}{c.app.rooms.len(), rooms, start, len(rooms)})
}

// jmUpdateRoom implements "更新聊天室信息". A new owner has to be in the room.
func jmUpdateRoom(c *jmCall) (jmReply, error) {
	room, err := c.room()
	if err != nil {
		return jmReply{}, err
	}
	var change jmRoomChange
	if err := c.decode(&change); err != nil {
		return jmReply{}, err
	}
	owner := room.owner
	if change.Owner != nil {
		owners, err := jmPeople(c.app, []string{*change.Owner})
		if err != nil {
			return jmReply{}, err
		}
		if owner = owners[0].name; !room.members.has(owner) {
			return jmReply{}, jmFail(jmNotInRoom)
		}
	}
	if err := change.apply(room); err != nil {
		return jmReply{}, err
	}
	room.owner = owner
	return jmNoContent()
}

// jmDeleteRoom implements "删除聊天室".
func jmDeleteRoom(c *jmCall) (jmReply, error) {
	room, err := c.room()
	if err != nil {
		return jmReply{}, err
	}
	c.app.rooms.remove(room.id)
	return jmNoContent()
}

// jmMuteRoomMember implements "修改用户禁言状态".
func jmMuteRoomMember(c *jmCall) (jmReply, error) {
	room, err := c.room()
	if err != nil {
		return jmReply{}, err
	}
	mute, err := c.status()
	if err != nil {
		return jmReply{}, err
	}
	users, err := jmPeople(c.app, c.vars[1:])
	if err != nil {
		return jmReply{}, err
	}
	member := room.members.get(users[0].name)
	if member == nil {
		return jmReply{}, jmFail(jmNotInRoom)
	}
	member.muted = mute
	return jmNoContent()
}

// jmRoomMemberBody is a member of a chat room as he is read. A muted one's flag is 1.
type jmRoomMemberBody struct {
	Username string `json:"username"`
	Flag     int    `json:"flag"`
	Joined   string `json:"room_ctime"`
	Mtime    string `json:"mtime"`
	Ctime    string `json:"ctime"`
}

// jmListRoomMembers implements "获取聊天室成员列表".
func jmListRoomMembers(c *jmCall) (jmReply, error) {
	room, err := c.room()
	if err != nil {
		return jmReply{}, err
	}
	start, count, err := c.page(jmMaxPage)
	if err != nil {
		return jmReply{}, err
	}
	members := []jmRoomMemberBody{}
	for name, member := range room.members.from(start, count) {
		user := c.world.user(name)
		members = append(members, jmRoomMemberBody{
			Username: name.user,
			Flag:     jmBit(member.muted),
			Joined:   member.joined,
			Mtime:    user.mtime,
			Ctime:    user.ctime,
		})
	}
	return jmOK(struct {
		Total int                `json:"total"`
		Users []jmRoomMemberBody `json:"users"`
		Count int                `json:"count"`
		Start int                `json:"start"`
	}{room.members.len(), members, len(members), start})
}

// jmAddRoomMembers implements "添加聊天室成员".
func jmAddRoomMembers(c *jmCall) (jmReply, error) {
	room, err := c.room()
	if err != nil {
		return jmReply{}, err
	}
	users, err := c.people(jmMaxRoomBatch)
	if err != nil {
		return jmReply{}, err
	}
	if err := room.join(users, c.timestamp()); err != nil {
		return jmReply{}, err
	}
	return jmNoContent()
}

// jmRemoveRoomMembers implements "移除聊天室成员".
func jmRemoveRoomMembers(c *jmCall) (jmReply, error) {
	room, err := c.room()
	if err != nil {
		return jmReply{}, err
	}
	users, err := c.people(jmMaxRoomBatch)
	if err != nil {
		return jmReply{}, err
	}
	if err := room.leavers(users); err != nil {
		return jmReply{}, err
	}
	c.world.leaveRoom(room, jmNames(users))
	return jmNoContent()
}

// jmCrossChangeRoomMembers implements "跨应用管理聊天室成员".
func jmCrossChangeRoomMembers(c *jmCall) (jmReply, error) {
	room, err := c.room()
	if err != nil {
		return jmReply{}, err
	}
	change, err := c.crossMemberChanges()
	if err != nil {
		return jmReply{}, err
	}
	if err := room.join(change.add, c.timestamp()); err != nil {
		return jmReply{}, err
	}
	if err := room.leavers(change.remove); err != nil {
		return jmReply{}, err
	}
	c.world.leaveRoom(room, jmNames(change.remove))
	return jmNoContent()
}

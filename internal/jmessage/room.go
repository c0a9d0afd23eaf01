package jmessage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// roomLimits: the platform documents no limit for reading rooms, and 100 is the smallest
// that it documents for any call.
var roomLimits = chat.GroupLimits{Get: chat.Limit{Items: 100}}

// roomPage is how many rooms, or members of a room, a page holds at most. The platform
// documents no limit for them; it is that of groups.
const roomPage = 500

// roomRules are those of "聊天室字段总览". Lengths are bytes in UTF-8.
var roomRules = chat.Rules{
	"room.name": chat.Text(func(name string) error {
		if len(name) > 64 {
			return chat.Refuse("A %s room name must have at most 64 bytes; a Chinese character counts as 3.", title)
		}
		return nil
	}),
	"room.description":   anyText("room description"),
	"room.avatar":        chat.Lacking(title, "avatar of rooms"),
	"room.public":        chat.Lacking(title, "public of rooms"),
	"room.max_members":   chat.Lacking(title, "max_members"),
	"room.allow_invites": chat.Lacking(title, "allow_invites"),
	"room.members_only":  chat.Lacking(title, "members_only"),
	"room.custom":        chat.Lacking(title, "custom"),
	"room.announcement":  chat.Lacking(title, "announcement"),
	"room.muted":         chat.Lacking(title, "muted"),
	"room_member.admin":  chat.Lacking(title, "admin"),
}

// rooms implements chat.Groups with the platform's chat rooms.
type rooms struct{ *client }

// roomReply is a room as the platform writes it.
type roomReply struct {
	ID          json.Number  `json:"id"`
	Owner       textOrNumber `json:"owner_username"`
	Name        *string      `json:"name"`
	Description *string      `json:"description"`
	Max         *int64       `json:"max_member_count"`
	Created     string       `json:"ctime"`
}

func (c rooms) room(r roomReply) chat.Group {
	return chat.Group{
		ID: r.ID.String(), Owner: string(r.Owner), Registration: c.createdAt(r.Created),
		GroupSettings: chat.GroupSettings{Name: nonEmpty(r.Name), Description: nonEmpty(r.Description), MaxMembers: r.Max},
	}
}

// roomFields are what is written of a room.
type roomFields struct {
	Owner       string  `json:"owner_username,omitempty"`
	Name        string  `json:"name"`
	Description *string `json:"description,omitempty"`
}

// Create makes a room ("创建聊天室"). Its owner is a member. ErrNotFound: there is no such
// owner.
func (c rooms) Create(ctx context.Context, room chat.NewGroup) (*chat.Group, error) {
	name := valueOf(room.Name)
	req := rest.Request{
		Op:     fmt.Sprintf("create room %q of user %q", name, room.Owner),
		Method: http.MethodPost, Path: roomPath(), Once: true,
	}
	if err := checkSupported(roomRules, "room", room.GroupSettings); err != nil {
		return nil, refusedInput(req, err)
	}
	req.Body = roomFields{Owner: room.Owner, Name: name, Description: nonEmpty(room.Description)}
	var answer struct {
		ID json.Number `json:"chatroom_id"`
	}
	res, err := c.exchange(ctx, req, &answer)
	if err != nil {
		return nil, err
	}
	if answer.ID == "" {
		return nil, unusable(res, req, "the answer does not hold the room's id")
	}
	return &chat.Group{ID: answer.ID.String(), Owner: room.Owner, Registration: confirmedBy(res)}, nil
}

// Get returns rooms ("获取聊天室详情").
func (c rooms) Get(ctx context.Context, ids []string) ([]*chat.Group, error) {
	req := rest.Request{
		Op:     chat.About("read room", ids...),
		Method: http.MethodPost, Path: roomPath("batch"), Read: true,
	}
	if err := roomLimits.Get.Check(req.Op, len(ids)); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, nil
	}
	numbers := make([]int64, len(ids))
	for i, id := range ids {
		var err error
		if numbers[i], err = idNumber(id); err != nil {
			return nil, refusedInput(req, err)
		}
	}
	req.Body = numbers
	var answer []roomReply
	if err := c.read(ctx, req, &answer); err != nil && (len(ids) > 1 || !hasCode(err, codeNoSuchRoom)) {
		return nil, err
	}
	found := make(map[string]chat.Group, len(answer))
	for _, r := range answer {
		found[r.ID.String()] = c.room(r)
	}
	list := make([]*chat.Group, len(ids))
	for i := range ids {
		if room, ok := found[strconv.FormatInt(numbers[i], 10)]; ok {
			list[i] = &room
		}
	}
	return list, nil
}

// get returns one room, or ErrNotFound, for a call that says op.
func (c rooms) get(ctx context.Context, op, id string) (*chat.Group, error) {
	list, err := c.Get(ctx, []string{id})
	if err != nil {
		return nil, chat.For(err, op)
	}
	if list[0] == nil {
		return nil, &chat.Error{Kind: chat.ErrNotFound, Op: op, Text: "there is no such room"}
	}
	return list[0], nil
}

// List returns a page of the rooms of the application ("获取应用下聊天室列表"), or all that a
// user is in ("获取用户聊天室列表"). ErrNotFound: there is no such user.
func (c rooms) List(ctx context.Context, member, cursor string) (*chat.Page[chat.Group], error) {
	if member != "" {
		req := rest.Request{
			Op:     fmt.Sprintf("list the rooms of user %q", member),
			Method: http.MethodGet, Path: userPath(member, "chatroom"),
		}
		var answer []roomReply
		if err := c.read(ctx, req, &answer); err != nil {
			return nil, err
		}
		return &chat.Page[chat.Group]{Items: each(answer, c.room), Total: len(answer)}, nil
	}
	var answer struct {
		Total int         `json:"total"`
		Rooms []roomReply `json:"rooms"`
	}
	req := rest.Request{Op: "list rooms", Method: http.MethodGet, Path: roomPath()}
	offset, err := c.page(ctx, req, cursor, roomPage, &answer)
	if err != nil {
		return nil, err
	}
	return counted(each(answer.Rooms, c.room), offset, answer.Total), nil
}

// Announcement is an ErrUnsupported.
func (rooms) Announcement(_ context.Context, id string) (string, error) {
	return "", noAnnouncement("room", id)
}

// Update changes name and description of a room ("更新聊天室信息"). ErrNotFound: there is no
// such room.
func (c rooms) Update(ctx context.Context, id string, settings chat.GroupSettings) error {
	op := fmt.Sprintf("update room %q", id)
	if err := checkSupported(roomRules, "room", settings); err != nil {
		return refusedInput(rest.Request{Op: op}, err)
	}
	if settings.Empty() {
		return nil
	}
	room, err := c.get(ctx, op, id)
	if err != nil {
		return err
	}
	if settings.Name != nil {
		room.Name = settings.Name
	}
	if settings.Description != nil {
		room.Description = settings.Description
	}
	return c.write(ctx, rewriting(op, room))
}

// Transfer makes a user the owner of a room ("更新聊天室信息"), and a member if the platform
// wants that. ErrNotFound: there is no such room or user.
func (c rooms) Transfer(ctx context.Context, id, owner string) error {
	op := fmt.Sprintf("make user %q the owner of room %q", owner, id)
	room, err := c.get(ctx, op, id)
	if err != nil || room.Owner == owner {
		return err
	}
	room.Owner = owner
	return c.transfer(ctx, rewriting(op, room), roomMembers(c), id, owner)
}

// rewriting is a call that changes a room to what is given. The document shows owner,
// name and description in every change of a room and does not say that any of them may
// be left out, so that all of them are sent, as they were read just before.
func rewriting(op string, room *chat.Group) rest.Request {
	description := valueOf(room.Description)
	return rest.Request{
		Op: op, Method: http.MethodPut, Path: roomPath(room.ID),
		Body: roomFields{Owner: room.Owner, Name: valueOf(room.Name), Description: &description},
	}
}

// Delete deletes a room ("删除聊天室").
func (c rooms) Delete(ctx context.Context, id string) error {
	err := c.write(ctx, rest.Request{
		Op: fmt.Sprintf("delete room %q", id), Method: http.MethodDelete, Path: roomPath(id),
	})
	if hasCode(err, codeNoSuchRoom) {
		return nil
	}
	return err
}

// roomPath is the path of all rooms and what is under it.
func roomPath(under ...string) []string { return append([]string{"v1", "chatroom"}, under...) }

// idNumber returns the number that an id is, or an ErrInvalid.
func idNumber(id string) (int64, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 {
		return 0, chat.Refuse("The id of a %s group or room must be a whole number; it is %q.", title, id)
	}
	return n, nil
}

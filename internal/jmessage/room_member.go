package jmessage

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// roomMembers implements chat.Members with the members of chat rooms.
//
// The platform lists members without their application: those of another one look like
// users of the own.
type roomMembers struct{ *client }

// Limits are those that the platform documents.
func (roomMembers) Limits() chat.EdgeLimits {
	return chat.EdgeLimits{Add: chat.Limit{Items: 3000}, Remove: chat.Limit{Items: 3000}, Set: chat.Limit{Items: 1}, HidesApplications: true}
}

// List returns the members of a room with who is muted ("获取聊天室成员列表"), or
// ErrNotFound if there is no such room. It reads the room as well, for its owner.
func (c roomMembers) List(ctx context.Context, id string) ([]chat.Member, error) {
	op := fmt.Sprintf("list the members of room %q", id)
	room, err := rooms(c).get(ctx, op, id)
	if err != nil {
		return nil, err
	}
	list := []chat.Member{}
	ownerListed := room.Owner == ""
	page := func(ctx context.Context, cursor string) (*chat.Page[chat.Member], error) {
		return c.page(ctx, op, id, cursor)
	}
	for member, err := range chat.All(ctx, op, page, func(m *chat.Member) string { return m.Username }) {
		if err != nil {
			return nil, err
		}
		member.Owner = member.Username == room.Owner
		ownerListed = ownerListed || member.Owner
		list = append(list, *member)
	}
	if !ownerListed {
		// The document does not say that the list holds the owner.
		list = append(list, chat.Member{Ref: chat.Ref{Username: room.Owner}, Owner: true})
	}
	return list, nil
}

// page returns a page of the members of a room.
func (c roomMembers) page(ctx context.Context, op, id, cursor string) (*chat.Page[chat.Member], error) {
	var answer struct {
		Total int      `json:"total"`
		Users []person `json:"users"`
	}
	req := rest.Request{Op: op, Method: http.MethodGet, Path: roomPath(id, "members")}
	offset, err := c.client.page(ctx, req, cursor, roomPage, &answer)
	if err != nil {
		return nil, err
	}
	return counted(each(answer.Users, func(p person) chat.Member {
		muted := p.Flag == 1
		return chat.Member{Ref: chat.Ref{Username: p.Username}, Muted: &muted}
	}), offset, answer.Total), nil
}

// Add adds users to a room ("添加聊天室成员", "跨应用管理聊天室成员"). ErrNotFound: the room,
// one of the users or one of the applications does not exist.
func (c roomMembers) Add(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	return c.relate(ctx, others, change{
		op:    chat.About("add user", names(others)...) + fmt.Sprintf(" to room %q", id),
		limit: c.Limits().Add,
		own: func(usernames []string) rest.Request {
			return rest.Request{Method: http.MethodPut, Path: roomPath(id, "members"), Body: usernames}
		},
		across: func(apps []appUsers) rest.Request {
			return addAcross(acrossPath("chatroom", id, "members"), apps)
		},
		// The document names no codes: that of groups.
		done: []int{codeMember},
	})
}

// Remove removes users from a room ("移除聊天室成员", "跨应用管理聊天室成员"). A room that does
// not exist is a success, and so is a single user that is no member, or does not exist,
// or whose application does not; one among several makes the call fail with ErrNotFound.
func (c roomMembers) Remove(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	return c.relate(ctx, others, change{
		op:    chat.About("remove user", names(others)...) + fmt.Sprintf(" from room %q", id),
		limit: c.Limits().Remove,
		own: func(usernames []string) rest.Request {
			return rest.Request{Method: http.MethodDelete, Path: roomPath(id, "members"), Body: usernames}
		},
		across: func(apps []appUsers) rest.Request {
			return removeAcross(acrossPath("chatroom", id, "members"), apps)
		},
		done: []int{codeNotInRoom, codeNoSuchUser, codeNoSuchApp},
		gone: []int{codeNoSuchRoom},
	})
}

// Having is an ErrUnsupported: List returns who is muted.
func (roomMembers) Having(_ context.Context, id string, _ chat.MemberState) ([]string, error) {
	return nil, unreadable("room", id)
}

// Set mutes a member of a room, or ends that ("修改用户禁言状态"). Members of other
// applications cannot be muted. What ends for a user that is no member, or does not
// exist, or in a room that does not exist, is a success; ErrNotFound otherwise.
func (c roomMembers) Set(ctx context.Context, id string, state chat.MemberState, members []chat.Ref, on bool) ([]error, error) {
	ch := muting("room", id, members, on)
	if state != chat.Muted {
		return nil, noAdmins(ch.op)
	}
	status := "0"
	if on {
		status = "1"
	}
	ch.limit = c.Limits().Set
	ch.own = func(usernames []string) rest.Request {
		return rest.Request{
			Method: http.MethodPut, Path: roomPath(id, "forbidden", usernames[0]), Query: url.Values{"status": {status}},
		}
	}
	return c.relate(ctx, members, ch)
}

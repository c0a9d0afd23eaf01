package jmessage

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// groupMembers implements chat.Members with the members of groups.
//
// The owner is a member. Removing the last member deletes the group.
type groupMembers struct{ *client }

// Limits are the members that a group has room for. The platform documents no limit for
// silencing members: 100 is the smallest that it documents for any call.
func (groupMembers) Limits() chat.EdgeLimits {
	return chat.EdgeLimits{Add: chat.Limit{Items: 500}, Remove: chat.Limit{Items: 500}, Set: chat.Limit{Items: 100}, RemovesOwner: true}
}

// List returns the members of a group ("跨应用获取群组成员列表", "获取群组成员列表"), or
// ErrNotFound if there is no such group. Who is muted cannot be read.
func (c groupMembers) List(ctx context.Context, id string) ([]chat.Member, error) {
	op := fmt.Sprintf("list the members of group %q", id)
	people, err := c.people(ctx, op, acrossPath("groups", id, "members"), groupPath(id, "members"))
	if err != nil {
		return nil, err
	}
	return each(people, func(p person) chat.Member {
		return chat.Member{Ref: c.ref(p.AppKey, p.Username), Owner: p.Flag == 1}
	}), nil
}

// Add adds users to a group ("更新群组成员", "跨应用管理群组成员"). A single user that is a
// member already is a success; one among several makes the call fail with
// ErrAlreadyExists. ErrNotFound: the group, one of the users or one of the applications
// does not exist. ErrQuota: the group is full, or a single user is in too many groups;
// one among several makes the call fail with ErrTooLarge.
func (c groupMembers) Add(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	return c.relate(ctx, others, change{
		op:    chat.About("add user", names(others)...) + fmt.Sprintf(" to group %q", id),
		limit: c.Limits().Add,
		own: func(usernames []string) rest.Request {
			return rest.Request{Method: http.MethodPost, Path: groupPath(id, "members"), Body: memberChange{Add: usernames}}
		},
		across: func(apps []appUsers) rest.Request {
			return addAcross(acrossPath("groups", id, "members"), apps)
		},
		done: []int{codeMember},
	})
}

// Remove removes users from a group ("更新群组成员", "跨应用管理群组成员"). A group that does
// not exist is a success, and so is a single user that is no member, or does not exist,
// or whose application does not; one among several makes the call fail with ErrNotFound.
func (c groupMembers) Remove(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	return c.relate(ctx, others, change{
		op:    chat.About("remove user", names(others)...) + fmt.Sprintf(" from group %q", id),
		limit: c.Limits().Remove,
		own: func(usernames []string) rest.Request {
			return rest.Request{Method: http.MethodPost, Path: groupPath(id, "members"), Body: memberChange{Remove: usernames}}
		},
		across: func(apps []appUsers) rest.Request {
			return removeAcross(acrossPath("groups", id, "members"), apps)
		},
		done: []int{codeNotMember, codeNoSuchUser, codeNoSuchApp},
		gone: []int{codeNoSuchGroup},
	})
}

// Having is an ErrUnsupported: the platform does not return who is muted.
func (groupMembers) Having(_ context.Context, id string, _ chat.MemberState) ([]string, error) {
	return nil, unreadable("group", id)
}

// Set mutes members of a group, or ends that ("群成员禁言"). Members of other applications
// cannot be muted. What ends for a single user that is no member, or does not exist, or
// in a group that does not exist, is a success; ErrNotFound otherwise.
func (c groupMembers) Set(ctx context.Context, id string, state chat.MemberState, members []chat.Ref, on bool) ([]error, error) {
	ch := muting("group", id, members, on)
	if state != chat.Muted {
		return nil, noAdmins(ch.op)
	}
	ch.limit = c.Limits().Set
	ch.own = func(usernames []string) rest.Request {
		return rest.Request{
			Method: http.MethodPut, Path: groupPath("messages", id, "silence"),
			Query: url.Values{"status": {strconv.FormatBool(on)}}, Body: usernames,
		}
	}
	return c.relate(ctx, members, ch)
}

// memberChange adds users to a group, or removes them. The platform adds before it
// removes, and what it added stays if it refuses to remove; so no call does both.
type memberChange struct {
	AppKey string   `json:"appkey,omitempty"`
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// addAcross is the call that adds users of other applications to a group or room.
func addAcross(path []string, apps []appUsers) rest.Request {
	return rest.Request{Method: http.MethodPost, Path: path, Body: each(apps, func(app appUsers) memberChange {
		return memberChange{AppKey: app.appKey, Add: app.usernames}
	})}
}

// removeAcross is the call that removes them.
func removeAcross(path []string, apps []appUsers) rest.Request {
	return rest.Request{Method: http.MethodPost, Path: path, Body: each(apps, func(app appUsers) memberChange {
		return memberChange{AppKey: app.appKey, Remove: app.usernames}
	})}
}

// muting is the part of a change of who is muted that groups and rooms share.
func muting(noun, id string, members []chat.Ref, on bool) change {
	if on {
		return change{op: chat.About("mute user", names(members)...) + fmt.Sprintf(" in %s %q", noun, id)}
	}
	return change{
		op:   chat.About("unmute user", names(members)...) + fmt.Sprintf(" in %s %q", noun, id),
		done: []int{codeNotMember, codeNotInRoom, codeNoSuchUser},
		gone: []int{codeNoSuchGroup, codeNoSuchRoom},
	}
}

func noAdmins(op string) error {
	return refusedInput(rest.Request{Op: op}, chat.Unsupported(title, "admins of groups and rooms"))
}

func unreadable(noun, id string) error {
	req := rest.Request{Op: fmt.Sprintf("list the members of %s %q by their state", noun, id)}
	return refusedInput(req, chat.Unsupported(title, "lists of members by their state"))
}

package easemob

import (
	"context"
	"errors"
	"net/http"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

var roomRules = chat.Rules{
	"room.name":         titleRule("The name of a chat room", ""),
	"room.description":  chat.Characters("The description of a chat room", maxDescription),
	"room.avatar":       chat.Lacking(title, "avatar of chat rooms"),
	"room.max_members":  chat.Whole("max_members", 1, 10000),
	"room.custom":       customRule("chat room"),
	"room.announcement": chat.Characters("The announcement of a chat room", maxAnnouncement),

	"room_member.user_app_key": chat.Lacking(title, "user_app_key"),
}

// chatRooms are the rooms. Everybody may join one.
var chatRooms = &groupKind{
	noun: "chat room", path: "chatrooms", joined: "joined_chatrooms", name: "name", open: true,
	limits: chat.GroupLimits{Get: detailsLimit},
}

// roomMembers implements chat.Members for chat rooms. Whoever is offline for two minutes
// drops out of a chat room, except for those on its allow list. So the members are those
// on the list, to which the owner and the admins belong anyway; who merely is in the chat
// room is none.
type roomMembers struct{ members }

// List implements chat.Edges ("Get the details of a chat room", which name the owner, and
// "Get the allow list of a chat room").
func (c roomMembers) List(ctx context.Context, id string) ([]chat.Member, error) {
	request := rest.Request{
		Op:     "list the members of " + c.kind.called(id),
		Method: http.MethodGet,
		Path:   c.kind.under(id),
	}
	var details groupsReply
	if err := c.call(ctx, request, &details); err != nil {
		return nil, err
	}
	if len(details.Data) != 1 || details.Data[0].id() != id {
		return nil, incomplete(request)
	}
	owner := groups{c.client, c.kind}.group(details.Data[0]).Owner
	list := []chat.Member{{Ref: chat.Ref{Username: owner}, Owner: true}}
	request.Path = c.kind.under(id, "white", "users")
	var allowed namesReply
	if err := c.call(ctx, request, &allowed); err != nil {
		return nil, err
	}
	for _, name := range allowed.Data {
		if userKey(name) != userKey(owner) {
			list = append(list, chat.Member{Ref: chat.Ref{Username: name}})
		}
	}
	return list, nil
}

// Add implements chat.Edges ("Add users to a chat room" and "Add users to the allow list of
// a chat room").
func (c roomMembers) Add(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	return c.both(ctx, id, others, c.members.Add, c.allow)
}

// Remove implements chat.Edges ("Remove users from a chat room" and "Remove users from the
// allow list of a chat room").
func (c roomMembers) Remove(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	return c.both(ctx, id, others, c.members.Remove, afterAnother(c.disallow))
}

// Set implements chat.Members. Who is no admin any more may have been on the allow list
// only as one, and is added again.
func (c roomMembers) Set(ctx context.Context, id string, state chat.MemberState, others []chat.Ref, on bool) ([]error, error) {
	if state != chat.Admin || on {
		return c.members.Set(ctx, id, state, others, on)
	}
	remove := func(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
		errs, err := c.setAdmins(ctx, id, others, on)
		for i := range errs {
			// An attempt before, whose answer was lost, may have removed the admin.
			if _, unsettled := chat.Unsettled(errs[i]); unsettled {
				errs[i] = unlessNotFound(errs[i])
			}
		}
		return errs, err
	}
	errs, err := c.both(ctx, id, others, remove, afterAnother(c.Add))
	return gone(len(others), errs, err)
}

// allow puts users who are in the chat room on its allow list.
func (c roomMembers) allow(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	op := operation{"put user", "on the allow list of", c.kind.called(id)}
	return c.change(ctx, rest.Request{
		Op:     op.on(others...),
		Method: http.MethodPost,
		Path:   c.kind.under(id, "white", "users"),
		Body:   map[string][]string{"usernames": keys(others)},
	}, op, others)
}

// disallow takes users off the allow list of a chat room.
func (c roomMembers) disallow(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
	op := operation{"take user", "off the allow list of", c.kind.called(id)}
	return c.take(ctx, rest.Request{Op: op.on(others...), Method: http.MethodDelete}, op, others, id, "white", "users")
}

// memberCall is a call about users of a chat room.
type memberCall func(ctx context.Context, id string, others []chat.Ref) ([]error, error)

// afterAnother returns a call that completes what another one has begun: if it fails, the
// change may have taken effect all the same.
func afterAnother(call memberCall) memberCall {
	return func(ctx context.Context, id string, others []chat.Ref) ([]error, error) {
		begun := time.Now()
		inPart := func(err error) error {
			var e *chat.Error
			if !errors.As(err, &e) {
				return err
			}
			return chat.For(err, e.Op, func(e *chat.Error) {
				e.MaybeApplied = true
				if e.SentAt.IsZero() {
					e.SentAt = begun
				}
			})
		}
		errs, err := call(ctx, id, others)
		for i := range errs {
			errs[i] = inPart(errs[i])
		}
		return errs, inPart(err)
	}
}

// both makes a call, and a second one for those users for whom the first succeeded. An
// interruption between the two does not keep the second from being sent.
func (c roomMembers) both(ctx context.Context, id string, others []chat.Ref, first, second memberCall) ([]error, error) {
	late, cancel := c.rest.Grace(ctx)
	defer cancel()
	errs, err := first(ctx, id, others)
	var left []chat.Ref
	var at []int
	for i := range errs {
		if errs[i] == nil {
			left, at = append(left, others[i]), append(at, i)
		}
	}
	if err != nil || len(left) == 0 {
		return errs, err
	}
	more, err := second(late, id, left)
	if err != nil {
		return nil, err
	}
	for i, e := range more {
		errs[at[i]] = e
	}
	return errs, nil
}

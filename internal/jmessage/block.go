package jmessage

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// blocks implements chat.Edges with the platform's blacklists.
type blocks struct{ *client }

// Limits are 100: the platform documents none for blacklists, and 100 is the smallest
// that it documents for any call.
func (blocks) Limits() chat.EdgeLimits {
	return chat.EdgeLimits{Add: chat.Limit{Items: 100}, Remove: chat.Limit{Items: 100}}
}

// List returns the users on the owner's blacklist ("跨应用黑名单列表", "黑名单列表"), or
// ErrNotFound if there is no such owner.
func (c blocks) List(ctx context.Context, owner string) ([]chat.Ref, error) {
	op := fmt.Sprintf("list the blocks of user %q", owner)
	blocked, err := c.people(ctx, op, acrossPath("users", owner, "blacklist"), userPath(owner, "blacklist"))
	if err != nil {
		return nil, err
	}
	list := make([]chat.Ref, len(blocked))
	for i, p := range blocked {
		list[i] = c.ref(p.AppKey, p.Username)
	}
	return list, nil
}

// Add puts users on the owner's blacklist ("添加黑名单", "跨应用添加黑名单"). A single user
// that is blocked already is a success; one among several makes the call fail with
// ErrAlreadyExists. ErrNotFound: the owner, one of the users or one of the applications
// does not exist.
func (c blocks) Add(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	return c.relate(ctx, others, blacklistChange(http.MethodPut, owner, change{
		op:    chat.About("add user", names(others)...) + fmt.Sprintf(" to the blocks of user %q", owner),
		limit: c.Limits().Add,
		done:  []int{codeBlocked},
	}))
}

// Remove takes users off the owner's blacklist ("移除黑名单", "跨应用移除黑名单"). A single
// user that is not on it, or does not exist, or whose owner or application does not, is
// a success; one among several makes the call fail with ErrNotFound.
func (c blocks) Remove(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	return c.relate(ctx, others, blacklistChange(http.MethodDelete, owner, change{
		op:    chat.About("remove user", names(others)...) + fmt.Sprintf(" from the blocks of user %q", owner),
		limit: c.Limits().Remove,
		done:  []int{codeNotBlocked, codeNoSuchUser, codeNoSuchApp},
	}))
}

func blacklistChange(method, owner string, ch change) change {
	ch.own = func(usernames []string) rest.Request {
		return rest.Request{Method: method, Path: userPath(owner, "blacklist"), Body: usernames}
	}
	ch.across = func(apps []appUsers) rest.Request {
		type part struct {
			AppKey    string   `json:"appkey"`
			Usernames []string `json:"usernames"`
		}
		parts := make([]part, len(apps))
		for i, app := range apps {
			parts[i] = part{app.appKey, app.usernames}
		}
		return rest.Request{Method: method, Path: acrossPath("users", owner, "blacklist"), Body: parts}
	}
	return ch
}

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

// List returns the names on the owner's blacklist ("黑名单列表"), or ErrNotFound if there
// is no such owner.
func (c blocks) List(ctx context.Context, owner string) ([]chat.Ref, error) {
	req := rest.Request{
		Op:     fmt.Sprintf("list the blocks of user %q", owner),
		Method: http.MethodGet, Path: userPath(owner, "blacklist"),
	}
	var answer []struct {
		Username string `json:"username"`
	}
	if err := c.read(ctx, req, &answer); err != nil {
		return nil, err
	}
	list := make([]chat.Ref, len(answer))
	for i, entry := range answer {
		list[i].Username = entry.Username
	}
	return list, nil
}

// Add puts users on the owner's blacklist ("添加黑名单"). A single user that is blocked
// already is a success; one among several makes the call fail with ErrAlreadyExists.
// ErrNotFound: the owner or one of the users does not exist.
func (c blocks) Add(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	return c.relate(ctx, rest.Request{
		Op:     chat.About("add user", chat.Usernames(others)...) + fmt.Sprintf(" to the blocks of user %q", owner),
		Method: http.MethodPut, Path: userPath(owner, "blacklist"),
	}, others, c.Limits().Add, codeBlocked)
}

// Remove takes users off the owner's blacklist ("移除黑名单"). A single user that is not on
// it, or does not exist, or whose owner does not, is a success; one among several makes
// the call fail with ErrNotFound.
func (c blocks) Remove(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	return c.relate(ctx, rest.Request{
		Op:     chat.About("remove user", chat.Usernames(others)...) + fmt.Sprintf(" from the blocks of user %q", owner),
		Method: http.MethodDelete, Path: userPath(owner, "blacklist"),
	}, others, c.Limits().Remove, codeNotBlocked, codeNoSuchUser)
}

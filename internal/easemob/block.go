package easemob

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

var blockRules = chat.Rules{"block.blocked_app_key": chat.Lacking(title, "blocked_app_key")}

// blocks implements chat.Edges for blocks.
type blocks struct{ *client }

// Limits implements chat.Edges.
func (blocks) Limits() chat.EdgeLimits {
	return chat.EdgeLimits{Add: chat.Limit{Items: maxBatch, Bytes: maxBody}, Remove: chat.Limit{Items: 1}}
}

// List implements chat.Edges ("Get Blacklist").
func (c blocks) List(ctx context.Context, owner string) ([]chat.Ref, error) {
	var reply namesReply
	if err := c.call(ctx, rest.Request{
		Op:     fmt.Sprintf("list the blocks of user %q", owner),
		Method: http.MethodGet,
		Path:   userPath(owner, "blocks", "users"),
	}, &reply); err != nil {
		return nil, err
	}
	return chat.Refs(reply.Data...), nil
}

// Add implements chat.Edges ("Add blacklist").
func (c blocks) Add(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	request := rest.Request{
		Op:     chat.About("add user", chat.Usernames(others)...) + fmt.Sprintf(" to the blocks of user %q", owner),
		Method: http.MethodPost,
		Path:   userPath(owner, "blocks", "users"),
	}
	if err := checkRefs(request, others, c.Limits().Add); err != nil || len(others) == 0 {
		return nil, err
	}
	request.Body = map[string][]string{"usernames": keys(others)}
	return resultsOf(len(others), missingUser(c.call(ctx, request, &struct{}{})))
}

// missingUser makes an ErrNotFound of a bad argument that is a missing user. Only the text
// of the answer says which argument is bad.
func missingUser(err error) error {
	var failure *chat.Error
	if errors.As(err, &failure) && failure.Code == "illegal_argument" && strings.Contains(failure.Text, "not found") {
		failure.Kind = chat.ErrNotFound
	}
	return err
}

// Remove implements chat.Edges ("Remove Blacklist").
func (c blocks) Remove(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	request := rest.Request{
		Op:     chat.About("remove user", chat.Usernames(others)...) + fmt.Sprintf(" from the blocks of user %q", owner),
		Method: http.MethodDelete,
	}
	if err := checkRefs(request, others, c.Limits().Remove); err != nil || len(others) == 0 {
		return nil, err
	}
	request.Path = userPath(owner, "blocks", "users", userKey(others[0].Username))
	return resultsOf(1, unlessNotFound(c.call(ctx, request, &usersReply{})))
}

package easemob

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// Blocks implements chat.Service ("Get Blacklist").
func (c *Client) Blocks(ctx context.Context, owner string) ([]string, error) {
	var reply namesReply
	if _, err := c.call(ctx, rest.Request{
		Op:     "list the blocks of user",
		Users:  []string{owner},
		Method: http.MethodGet,
		Path:   c.blocks(owner),
	}, &reply); err != nil {
		return nil, err
	}
	return reply.Data, nil
}

// AddBlocks implements chat.Service ("Add blacklist").
func (c *Client) AddBlocks(ctx context.Context, owner string, blocked []string) ([]error, error) {
	const op = "add a block between users"
	if err := tooMany(op, blocked, maxBatch); err != nil || len(blocked) == 0 {
		return nil, err
	}
	names := make([]string, len(blocked))
	for i, name := range blocked {
		names[i] = c.UserKey(name)
	}
	_, err := c.call(ctx, rest.Request{
		Op:     op,
		Users:  append([]string{owner}, blocked...),
		Method: http.MethodPost,
		Path:   c.blocks(owner),
		Body:   map[string][]string{"usernames": names},
	}, &struct{}{})
	return each(len(blocked), absentTarget(err))
}

// absentTarget tells a missing user from other bad arguments, which only the text does.
func absentTarget(err error) error {
	var failure *chat.Error
	if errors.As(err, &failure) && failure.Code == "illegal_argument" && strings.Contains(failure.Text, "not found") {
		failure.Kind = chat.ErrNotFound
	}
	return err
}

// RemoveBlocks implements chat.Service ("Remove Blacklist").
func (c *Client) RemoveBlocks(ctx context.Context, owner string, blocked []string) ([]error, error) {
	const op = "remove the block between users"
	if err := tooMany(op, blocked, 1); err != nil || len(blocked) == 0 {
		return nil, err
	}
	_, err := c.call(ctx, rest.Request{
		Op:     op,
		Users:  []string{owner, blocked[0]},
		Method: http.MethodDelete,
		Path:   append(c.blocks(owner), c.UserKey(blocked[0])),
	}, &usersReply{})
	return each(1, gone(err))
}

func (c *Client) blocks(owner string) []string {
	return []string{"users", c.UserKey(owner), "blocks", "users"}
}

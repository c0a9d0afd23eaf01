package jmessage

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// Blocks returns the names on the owner's blacklist ("黑名单列表"), or ErrNotFound
// when there is no such owner.
func (c *Client) Blocks(ctx context.Context, owner string) ([]string, error) {
	req := rest.Request{
		Op: "list blocks of user", Users: []string{owner},
		Method: http.MethodGet, Path: user(owner, "blacklist"),
	}
	var answer []struct {
		Username string `json:"username"`
	}
	if err := c.read(ctx, req, &answer); err != nil {
		return nil, err
	}
	names := make([]string, len(answer))
	for i, entry := range answer {
		names[i] = entry.Username
	}
	return names, nil
}

// AddBlocks puts users on the owner's blacklist ("添加黑名单"). A single user that is
// blocked already is a success; one among several makes the call fail with
// ErrAlreadyExists. ErrNotFound: the owner or one of the users does not exist.
func (c *Client) AddBlocks(ctx context.Context, owner string, blocked []string) ([]error, error) {
	return c.relate(ctx, relation{
		op: "add", what: "block", method: http.MethodPut, list: "blacklist",
		limit: c.platform.Limits().AddBlocks, done: []int{codeBlocked},
	}, owner, blocked)
}

// RemoveBlocks takes users off the owner's blacklist ("移除黑名单"). A single user
// that is not on it, or does not exist, or whose owner does not, is a success; one
// among several makes the call fail with ErrNotFound.
func (c *Client) RemoveBlocks(ctx context.Context, owner string, blocked []string) ([]error, error) {
	return c.relate(ctx, relation{
		op: "remove", what: "block", method: http.MethodDelete, list: "blacklist",
		limit: c.platform.Limits().RemoveBlocks, done: []int{codeNotBlocked, codeNoSuchUser},
	}, owner, blocked)
}

// relation is a way to change one of the lists a user has of other users.
type relation struct {
	op, what string
	method   string
	list     string
	limit    chat.Limit
	// done are the codes which tell that a user is where it should be. The platform
	// refuses a whole call for one of them, so they mean success for a single user only.
	done []int
}

// relate changes one of the lists the owner has of other users.
func (c *Client) relate(ctx context.Context, r relation, owner string, others []string) ([]error, error) {
	op := fmt.Sprintf("%s %ss of user", r.op, r.what)
	if len(others) == 1 {
		op = fmt.Sprintf("%s %s %q of user", r.op, r.what, others[0])
	}
	req := rest.Request{
		Op: op, Users: []string{owner},
		Method: r.method, Path: user(owner, r.list), Body: others,
	}
	if err := fits(req.Op, others, r.limit); err != nil {
		return nil, err
	}
	if len(others) == 0 {
		return nil, nil
	}
	err := c.write(ctx, req)
	if len(others) == 1 && is(err, r.done...) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return make([]error, len(others)), nil
}

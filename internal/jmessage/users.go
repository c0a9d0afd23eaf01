package jmessage

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// GetUser returns a user with its profile, whatever the detail ("获取用户信息").
// ErrNotFound when there is no such user.
func (c *Client) GetUser(ctx context.Context, username string, _ chat.Detail) (*chat.User, error) {
	req := rest.Request{
		Op: "read user", Users: []string{username},
		Method: http.MethodGet, Path: user(username),
	}
	var answer account
	if err := c.read(ctx, req, &answer); err != nil {
		return nil, err
	}
	u := answer.user(true)
	return &u, nil
}

// ListUsers returns a page of users ("获取用户列表"). The cursor is the number of users
// before it. Profile is set only for users the platform shows any of it for.
func (c *Client) ListUsers(ctx context.Context, cursor string) (*chat.UserPage, error) {
	offset := 0
	if cursor != "" {
		var err error
		if offset, err = strconv.Atoi(cursor); err != nil {
			return nil, &chat.Error{
				Kind: chat.ErrInvalid, Op: "list users",
				Text: "The cursor is not one of this platform's.", Err: err,
			}
		}
	}
	return c.ListUsersAt(ctx, offset)
}

// ListUsersAt returns the page of users after the first offset ("获取用户列表").
func (c *Client) ListUsersAt(ctx context.Context, offset int) (*chat.UserPage, error) {
	req := rest.Request{
		Op: "list users", Method: http.MethodGet, Path: everyone(),
		Query: url.Values{
			"start": {strconv.Itoa(offset)},
			"count": {strconv.Itoa(c.platform.Limits().UserPage)},
		},
	}
	var answer struct {
		Total int       `json:"total"`
		Users []account `json:"users"`
	}
	if err := c.read(ctx, req, &answer); err != nil {
		return nil, err
	}
	page := &chat.UserPage{Users: make([]chat.User, len(answer.Users)), Total: answer.Total}
	for i, a := range answer.Users {
		page.Users[i] = a.user(false)
	}
	if end := offset + len(page.Users); len(page.Users) > 0 && end < page.Total {
		page.Next = strconv.Itoa(end)
	}
	return page, nil
}

// UpdateUser changes the nickname and the profile ("更新用户信息"). Extras are replaced
// as a whole. ErrNotFound when there is no such user.
func (c *Client) UpdateUser(ctx context.Context, username string, settings chat.Settings) error {
	req := rest.Request{
		Op: "update user", Users: []string{username},
		Method: http.MethodPut, Path: user(username),
	}
	f, err := changes(settings)
	if err != nil {
		return refused(req, err)
	}
	if f.empty() {
		return nil
	}
	req.Body = f
	return c.write(ctx, req)
}

// SetPassword changes a user's password ("修改密码"). ErrNotFound when there is no such
// user.
func (c *Client) SetPassword(ctx context.Context, username, password string) error {
	req := rest.Request{
		Op: "change the password of user", Users: []string{username},
		Method: http.MethodPut, Path: user(username, "password"),
		Body: struct {
			Password string `json:"new_password"`
		}{password},
		Secrets: []string{password},
	}
	return c.write(ctx, req)
}

// SetActivated forbids a user to log in, or lets it ("禁用用户"). ErrNotFound when there
// is no such user.
func (c *Client) SetActivated(ctx context.Context, username string, activated bool) error {
	req := rest.Request{
		Op: "deactivate user", Users: []string{username},
		Method: http.MethodPut, Path: user(username, "forbidden"),
		Query: url.Values{"disable": {strconv.FormatBool(!activated)}},
	}
	if activated {
		req.Op = "activate user"
	}
	return c.write(ctx, req)
}

// DeleteUsers deletes one user ("删除用户") or several ("批量删除用户"). A single user that
// is gone is a success; one among several makes the call fail with ErrNotFound.
func (c *Client) DeleteUsers(ctx context.Context, usernames []string) ([]error, error) {
	req := rest.Request{
		Op: "delete user", Users: usernames, Method: http.MethodDelete,
	}
	if err := fits(req.Op, usernames, c.platform.Limits().DeleteUsers); err != nil {
		return nil, err
	}
	switch len(usernames) {
	case 0:
		return nil, nil
	case 1:
		req.Path = user(usernames[0])
	default:
		req.Path, req.Body = everyone(), usernames
	}
	err := c.write(ctx, req)
	if len(usernames) == 1 && errors.Is(err, chat.ErrNotFound) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return make([]error, len(usernames)), nil
}

// refused is a call that was not made because of what it should write.
func refused(req rest.Request, err error) error {
	kind := chat.ErrInvalid
	if errors.Is(err, chat.ErrUnsupported) {
		kind = chat.ErrUnsupported
	}
	return &chat.Error{Kind: kind, Op: req.Op, Users: req.Users, Err: err}
}

package jmessage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// userLimits are those that the platform documents.
var userLimits = chat.UserLimits{
	Create:       chat.Limit{Items: 500},
	Delete:       chat.Limit{Items: 100},
	Size:         registrationSize,
	Page:         500,
	ReadsProfile: true,
}

var usernameRule = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.@-]{3,127}$`)

// userRules are those of "字符串规范" and "User 对象字段总览". Lengths are bytes in UTF-8.
var userRules = chat.Rules{
	chat.FieldUsername: chat.Text(func(name string) error {
		if !usernameRule.MatchString(name) {
			return chat.Refuse("%q is not a valid user name. A user name has 4 to 128 of the characters a-z, A-Z, 0-9, _, ., - and @, and begins with a letter or digit.", name)
		}
		return nil
	}),
	chat.FieldPassword: chat.Text(func(password string) error {
		if len(password) < 4 || len(password) > 128 {
			return chat.Refuse("A %s password must have 4 to 128 bytes; a Chinese character counts as 3.", title)
		}
		return nil
	}),
	chat.FieldNickname:    oneLine("nickname"),
	"user.push":           chat.Lacking(title, "push"),
	"user.profile.avatar": anyText("avatar"),
	"user.profile.birthday": chat.Text(func(date string) error {
		if date == "" {
			return nil
		}
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return chat.Refuse("profile.birthday must be an existing date in the form yyyy-MM-dd; it is %q.", date)
		}
		return nil
	}),
	"user.profile.gender": chat.Text(func(gender string) error {
		if !slices.Contains(chat.Genders(), gender) {
			return chat.Refuse("profile.gender must be one of %s; it is %q.", strings.Join(chat.Genders(), ", "), gender)
		}
		return nil
	}),
	"user.profile.signature": anyText("signature"),
	"user.profile.region":    anyText("region"),
	"user.profile.address":   anyText("address"),
	"user.profile.phone":     chat.Lacking(title, "profile.phone"),
	"user.profile.email":     chat.Lacking(title, "profile.email"),
	"user.profile.extras": chat.Text(func(extras string) error {
		if extras == "" {
			return nil
		}
		if compact, ok := compactObject(extras); !ok || len(compact) > 512 {
			return chat.Refuse("profile.extras must be a JSON object of at most 512 bytes; a Chinese character counts as 3.")
		}
		return nil
	}),
}

// users implements chat.Users.
type users struct{ *client }

// Get returns a user with its profile, whatever the detail ("获取用户信息").
// ErrNotFound if there is no such user.
func (c users) Get(ctx context.Context, username string, _ chat.Detail) (*chat.User, error) {
	req := rest.Request{
		Op:     fmt.Sprintf("read user %q", username),
		Method: http.MethodGet, Path: userPath(username),
	}
	var answer account
	if err := c.read(ctx, req, &answer); err != nil {
		return nil, err
	}
	if !strings.EqualFold(answer.Username, username) {
		return nil, &chat.Error{Kind: chat.ErrUnavailable, Op: req.Op, Status: http.StatusOK, Text: "the answer does not hold the user"}
	}
	u := c.user(answer, true)
	return &u, nil
}

// List returns a page of users ("获取用户列表"). The cursor is the number of users before
// it. The profile of a user is set only if the page holds a part of it.
func (c users) List(ctx context.Context, cursor string) (*chat.Page[chat.User], error) {
	var answer struct {
		Total int       `json:"total"`
		Users []account `json:"users"`
	}
	req := rest.Request{Op: "list users", Method: http.MethodGet, Path: usersPath()}
	offset, err := c.page(ctx, req, cursor, userLimits.Page, &answer)
	if err != nil {
		return nil, err
	}
	list := make([]chat.User, len(answer.Users))
	for i, a := range answer.Users {
		list[i] = c.user(a, false)
	}
	return counted(list, offset, answer.Total), nil
}

// Update changes the nickname and the profile ("更新用户信息"). Extras are replaced as a
// whole. ErrNotFound if there is no such user.
func (c users) Update(ctx context.Context, username string, settings chat.Settings) error {
	req := rest.Request{
		Op:     fmt.Sprintf("update user %q", username),
		Method: http.MethodPut, Path: userPath(username),
	}
	f, err := fieldsOf(settings)
	if err != nil {
		return refusedInput(req, err)
	}
	if f.empty() {
		return nil
	}
	req.Body = f
	return c.write(ctx, req)
}

// SetPassword changes a user's password ("修改密码"). ErrNotFound if there is no such user.
func (c users) SetPassword(ctx context.Context, username, password string) error {
	return c.write(ctx, rest.Request{
		Op:     fmt.Sprintf("set the password of user %q", username),
		Method: http.MethodPut, Path: userPath(username, "password"),
		Body: struct {
			Password string `json:"new_password"`
		}{password},
		Secrets: []string{password},
	})
}

// SetActivated forbids a user to log in, or allows it ("禁用用户"). ErrNotFound if there
// is no such user.
func (c users) SetActivated(ctx context.Context, username string, activated bool) error {
	verb := "deactivate"
	if activated {
		verb = "activate"
	}
	return c.write(ctx, rest.Request{
		Op:     fmt.Sprintf("%s user %q", verb, username),
		Method: http.MethodPut, Path: userPath(username, "forbidden"),
		Query: url.Values{"disable": {strconv.FormatBool(!activated)}},
	})
}

// Delete deletes one user ("删除用户") or several ("批量删除用户"). A single user that does
// not exist is a success; one among several makes the call fail with ErrNotFound.
func (c users) Delete(ctx context.Context, usernames []string) ([]error, error) {
	req := rest.Request{Op: chat.About("delete user", usernames...), Method: http.MethodDelete}
	if err := userLimits.Delete.Check(req.Op, len(usernames)); err != nil {
		return nil, err
	}
	switch len(usernames) {
	case 0:
		return nil, nil
	case 1:
		req.Path = userPath(usernames[0])
	default:
		req.Path, req.Body = usersPath(), usernames
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

// usersPath is the path of all users. The document ends it with a slash, which the
// platform does not need.
func usersPath() []string { return []string{"v1", "users"} }

// userPath is the path of a user and what is under it.
func userPath(username string, under ...string) []string {
	return append([]string{"v1", "users", username}, under...)
}

// acrossPath is the path of a call that concerns users of other applications.
func acrossPath(under ...string) []string { return append([]string{"v1", "cross"}, under...) }

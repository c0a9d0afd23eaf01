package easemob

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

const (
	// maxBatch is how many users, or names, one call takes.
	maxBatch = 60
	// maxBody keeps below the 5 KB that the platform takes in a body.
	maxBody = 5000
	// maxPage is how many users a page of "Users' acquisition" holds.
	maxPage = 100
	// maxNickname counts characters.
	maxNickname = 100
	// maxPassword counts characters. The platform documents no set of characters; the
	// vendor's own client accepts fewer than the platform.
	maxPassword = 64
)

var userLimits = chat.UserLimits{
	Create: chat.Limit{Items: maxBatch, Bytes: maxBody},
	Delete: chat.Limit{Items: 1},
	Size:   registrationSize,
	Page:   maxPage,

	ReadsProfile: true,
}

var (
	usernameRule = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
	uuidLike     = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
)

// userRules are those of "Rules for using Chat user ID" and of the calls on users.
var userRules = chat.Rules{
	chat.FieldUsername: chat.Text(func(name string) error {
		reserved := strings.ToLower(name) == "me" || name == "." || name == ".."
		if !usernameRule.MatchString(name) || uuidLike.MatchString(name) || reserved {
			return chat.Refuse("%q is not a valid user name. A user name has 1 to 64 of the characters a-z, A-Z, 0-9, _, . and -. "+
				"It must not be a UUID, \"me\", \".\" or \"..\".", name)
		}
		return nil
	}),
	chat.FieldPassword: chat.Text(func(password string) error {
		if n := utf8.RuneCountInString(password); n < 1 || n > maxPassword {
			return chat.Refuse("A password must have 1 to %d characters; this one has %d.", maxPassword, n)
		}
		return nil
	}),
	chat.FieldNickname: chat.Characters("A nickname", maxNickname),
}

// userKey compares names without case.
func userKey(username string) string { return strings.ToLower(username) }

// users implements chat.Users.
type users struct{ *client }

// Get implements chat.Users ("Get a single user"). The profile takes a call of its own.
func (c users) Get(ctx context.Context, username string, detail chat.Detail) (*chat.User, error) {
	request := rest.Request{
		Op:     fmt.Sprintf("read user %q", username),
		Method: http.MethodGet,
		Path:   userPath(username),
	}
	var reply usersReply
	if err := c.call(ctx, request, &reply); err != nil {
		return nil, err
	}
	for _, e := range reply.Entities {
		if userKey(e.Username) != userKey(username) {
			continue
		}
		user := c.user(e)
		if detail == chat.WithProfile {
			read, err := profiles(c).Get(ctx, []string{username})
			if err != nil {
				return nil, err
			}
			user.Profile = &read[0]
		}
		return &user, nil
	}
	return nil, incomplete(request)
}

// List implements chat.Users ("Users' acquisition").
func (c users) List(ctx context.Context, cursor string) (*chat.Page[chat.User], error) {
	query := url.Values{"limit": {strconv.Itoa(maxPage)}}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	var reply usersReply
	if err := c.call(ctx, rest.Request{
		Op:     "list users",
		Method: http.MethodGet,
		Path:   []string{"users"},
		Query:  query,
	}, &reply); err != nil {
		return nil, err
	}
	page := &chat.Page[chat.User]{Items: make([]chat.User, len(reply.Entities)), Next: reply.Cursor, Total: -1}
	for i, e := range reply.Entities {
		page.Items[i] = c.user(e)
	}
	return page, nil
}

// Update implements chat.Users ("Set Push Nickname", "Set how to display push
// messages", "Set no disturbance") in one call, and another one for the profile.
func (c users) Update(ctx context.Context, username string, settings chat.Settings) error {
	request := rest.Request{
		Op:     fmt.Sprintf("update user %q", username),
		Method: http.MethodPut,
		Path:   userPath(username),
	}
	body := map[string]any{}
	if settings.Nickname != nil {
		body["nickname"] = *settings.Nickname
	}
	if p := settings.Push; p != nil {
		if p.DisplayStyle != nil {
			code, known := styleCodes[*p.DisplayStyle]
			if !known {
				return &chat.Error{Kind: chat.ErrInvalid, Op: request.Op, Text: fmt.Sprintf(
					"push.display_style must be one of %s; it is %q", strings.Join(chat.DisplayStyles(), ", "), *p.DisplayStyle)}
			}
			body["notification_display_style"] = code
		}
		if p.DoNotDisturb != nil {
			body["notification_no_disturbing"] = *p.DoNotDisturb
		}
		if p.Start != nil {
			body["notification_no_disturbing_start"] = strconv.FormatInt(*p.Start, 10)
		}
		if p.End != nil {
			body["notification_no_disturbing_end"] = strconv.FormatInt(*p.End, 10)
		}
	}
	if len(body) > 0 {
		request.Body = body
		if err := c.call(ctx, request, &usersReply{}); err != nil {
			return err
		}
	}
	if settings.Profile == nil {
		return nil
	}
	return profiles(c).Set(ctx, username, *settings.Profile)
}

// SetPassword implements chat.Users ("Modify user password").
func (c users) SetPassword(ctx context.Context, username, password string) error {
	return c.call(ctx, rest.Request{
		Op:      fmt.Sprintf("set the password of user %q", username),
		Method:  http.MethodPut,
		Path:    userPath(username, "password"),
		Body:    map[string]string{"newpassword": password},
		Secrets: []string{password},
	}, &usersReply{})
}

// SetActivated implements chat.Users ("User account unblock", "User account disable").
func (c users) SetActivated(ctx context.Context, username string, activated bool) error {
	verb := "activate"
	if !activated {
		verb = "deactivate"
	}
	return c.call(ctx, rest.Request{
		Op:     fmt.Sprintf("%s user %q", verb, username),
		Method: http.MethodPost,
		Path:   userPath(username, verb),
	}, &usersReply{})
}

// Delete implements chat.Users ("Delete a single user").
func (c users) Delete(ctx context.Context, usernames []string) ([]error, error) {
	request := rest.Request{Op: chat.About("delete user", usernames...), Method: http.MethodDelete}
	if err := userLimits.Delete.Check(request.Op, len(usernames)); err != nil || len(usernames) == 0 {
		return nil, err
	}
	request.Path = userPath(usernames[0])
	return resultsOf(1, unlessNotFound(c.call(ctx, request, &usersReply{})))
}

// userPath is the path of a user and what is under it.
func userPath(username string, under ...string) []string {
	return append([]string{"users", userKey(username)}, under...)
}

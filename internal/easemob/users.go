package easemob

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// GetUser implements chat.Service ("Get a single user").
func (c *Client) GetUser(ctx context.Context, username string, _ chat.Detail) (*chat.User, error) {
	user, _, err := c.readUser(ctx, username)
	return user, err
}

// readUser reads a user, and how old it was at the time by the platform's clock; the
// age is negative where the platform does not tell.
func (c *Client) readUser(ctx context.Context, username string) (*chat.User, time.Duration, error) {
	request := rest.Request{
		Op:     "read user",
		Users:  []string{username},
		Method: http.MethodGet,
		Path:   []string{"users", c.UserKey(username)},
	}
	var reply usersReply
	if _, err := c.call(ctx, request, &reply); err != nil {
		return nil, 0, err
	}
	for _, e := range reply.Entities {
		if c.UserKey(e.Username) != c.UserKey(username) {
			continue
		}
		user := e.user()
		age := time.Duration(-1)
		if now := reply.Timestamp.time(); !now.IsZero() && !user.CreatedAt.IsZero() {
			age = max(now.Sub(user.CreatedAt), 0)
		}
		return &user, age, nil
	}
	return nil, 0, &chat.Error{
		Kind:   chat.ErrUnavailable,
		Op:     request.Op,
		Users:  request.Users,
		Status: http.StatusOK,
		Text:   "an answer without the user that was asked for",
	}
}

// ListUsers implements chat.Service ("Users' acquisition").
func (c *Client) ListUsers(ctx context.Context, cursor string) (*chat.UserPage, error) {
	query := url.Values{"limit": {strconv.Itoa(maxPage)}}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	var reply usersReply
	if _, err := c.call(ctx, rest.Request{
		Op:     "list users",
		Method: http.MethodGet,
		Path:   []string{"users"},
		Query:  query,
	}, &reply); err != nil {
		return nil, err
	}
	page := &chat.UserPage{Users: make([]chat.User, 0, len(reply.Entities)), Next: reply.Cursor, Total: -1}
	for _, e := range reply.Entities {
		page.Users = append(page.Users, e.user())
	}
	return page, nil
}

// UpdateUser implements chat.Service ("Set Push Nickname", "Set how to display push
// messages", "Set no disturbance"), in one call.
func (c *Client) UpdateUser(ctx context.Context, username string, settings chat.Settings) error {
	const op = "update user"
	if err := invalid(op, username, c.CheckSettings(settings)); err != nil {
		return err
	}
	body := map[string]any{}
	if settings.Nickname != nil {
		body["nickname"] = *settings.Nickname
	}
	if p := settings.Push; p != nil {
		if p.DisplayStyle != nil {
			body["notification_display_style"] = styleCodes[*p.DisplayStyle]
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
	if len(body) == 0 {
		return nil
	}
	_, err := c.call(ctx, rest.Request{
		Op:     op,
		Users:  []string{username},
		Method: http.MethodPut,
		Path:   []string{"users", c.UserKey(username)},
		Body:   body,
	}, &usersReply{})
	return err
}

// SetPassword implements chat.Service ("Modify user password").
func (c *Client) SetPassword(ctx context.Context, username, password string) error {
	_, err := c.call(ctx, rest.Request{
		Op:      "set the password of user",
		Users:   []string{username},
		Method:  http.MethodPut,
		Path:    []string{"users", c.UserKey(username), "password"},
		Body:    map[string]string{"newpassword": password},
		Secrets: []string{password},
	}, &usersReply{})
	return err
}

// DeleteUsers implements chat.Service ("Delete a single user").
func (c *Client) DeleteUsers(ctx context.Context, usernames []string) ([]error, error) {
	const op = "delete user"
	if err := tooMany(op, usernames, 1); err != nil || len(usernames) == 0 {
		return nil, err
	}
	_, err := c.call(ctx, rest.Request{
		Op:     op,
		Users:  usernames,
		Method: http.MethodDelete,
		Path:   []string{"users", c.UserKey(usernames[0])},
	}, &usersReply{})
	return each(1, gone(err))
}

// registration is a user as it is registered.
type registration struct {
	Username string  `json:"username"`
	Password string  `json:"password"`
	Nickname *string `json:"nickname,omitempty"`
}

func (r rules) registration(user chat.NewUser) registration {
	return registration{Username: r.UserKey(user.Username), Password: user.Password, Nickname: user.Nickname}
}

// CreateUsers implements chat.Service ("Register a single user (authorization)" for
// one user, "Registration of users'" for several).
func (c *Client) CreateUsers(ctx context.Context, users []chat.NewUser) ([]chat.UserResult, error) {
	if err := c.checkCreate(users); err != nil || len(users) == 0 {
		return nil, err
	}
	request := rest.Request{
		Op:     "register user",
		Method: http.MethodPost,
		Path:   []string{"users"},
	}
	batch := make([]registration, len(users))
	for i, user := range users {
		batch[i] = c.registration(user)
		request.Users = append(request.Users, user.Username)
		request.Secrets = append(request.Secrets, user.Password)
	}
	if request.Body = any(batch); len(batch) == 1 {
		request.Body = batch[0]
	}
	var reply createReply
	sent, err := c.call(ctx, request, &reply)
	if err == nil {
		return c.registered(ctx, users, reply, sent, request), nil
	}
	if sent.maybeApplied {
		return c.settleCall(ctx, users, sent, err)
	}
	if len(users) == 1 {
		return []chat.UserResult{{Err: err}}, nil
	}
	return nil, err
}

func (c *Client) checkCreate(users []chat.NewUser) error {
	const op = "register user"
	names := make([]string, len(users))
	size := 0
	for i, user := range users {
		names[i] = user.Username
		size += c.UserSize(user)
		if user.Profile != nil {
			return c.unsupported(op, "profile", user.Username)
		}
	}
	if err := tooMany(op, names, maxBatch); err != nil {
		return err
	}
	if len(users) > 1 && size > maxBody {
		return &chat.Error{Kind: chat.ErrTooLarge, Op: op, Users: names, Text: "the names and passwords do not fit into one call"}
	}
	return nil
}

// registered reads the answer to a registration, input by input.
func (c *Client) registered(ctx context.Context, users []chat.NewUser, reply createReply, sent sending, request rest.Request) []chat.UserResult {
	created := map[string]chat.User{}
	for _, e := range reply.Entities {
		created[c.UserKey(e.Username)] = e.user()
	}
	refused := map[string]string{}
	for _, d := range reply.Data {
		refused[c.UserKey(d.Username)] = d.Reason
	}
	results := make([]chat.UserResult, len(users))
	var unsure []int
	for i, user := range users {
		key := c.UserKey(user.Username)
		failure := &chat.Error{Op: request.Op, Users: []string{user.Username}, Status: http.StatusOK}
		if u, ok := created[key]; ok {
			results[i].User = &u
			// The same name once more in one call is one user.
			delete(created, key)
			refused[key] = "already exists: the name is in the call twice"
			continue
		}
		reason, told := refused[key]
		failure.Text = c.rest.Redact(reason, request.Secrets...)
		switch {
		case !told:
			failure.Kind, failure.Text = chat.ErrUnavailable, "the answer does not mention the user"
			unsure = append(unsure, i)
		case strings.Contains(reason, "exist"):
			failure.Kind = chat.ErrAlreadyExists
			if sent.maybeApplied {
				unsure = append(unsure, i)
			}
		default:
			failure.Kind = chat.ErrInvalid
		}
		results[i].Err = failure
	}
	c.settle(ctx, users, results, unsure, sent)
	return results
}

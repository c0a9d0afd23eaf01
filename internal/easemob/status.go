package easemob

import (
	"context"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// Statuses implements chat.Service ("Get users' online status").
func (c *Client) Statuses(ctx context.Context, usernames []string) ([]chat.Status, error) {
	if err := tooMany("read the status of users", usernames, maxStatuses); err != nil {
		return nil, err
	}
	statuses := make([]chat.Status, 0, len(usernames))
	for len(usernames) > 0 {
		// A hundred long names are more than a body may hold.
		n, size := 0, len(`{"usernames":[]}`)
		for n < len(usernames) && (n == 0 || size+len(usernames[n])+3 <= maxBody) {
			size += len(usernames[n]) + 3
			n++
		}
		some, err := c.statuses(ctx, usernames[:n])
		if err != nil {
			return nil, err
		}
		statuses = append(statuses, some...)
		usernames = usernames[n:]
	}
	return statuses, nil
}

func (c *Client) statuses(ctx context.Context, usernames []string) ([]chat.Status, error) {
	names := make([]string, len(usernames))
	for i, name := range usernames {
		names[i] = c.UserKey(name)
	}
	var reply struct {
		Data []map[string]string `json:"data"`
	}
	if _, err := c.call(ctx, rest.Request{
		Op:     "read the status of users",
		Users:  usernames,
		Method: http.MethodPost,
		Path:   []string{"users", "batch", "status"},
		Body:   map[string][]string{"usernames": names},
	}, &reply); err != nil {
		return nil, err
	}
	online := map[string]bool{}
	for _, statuses := range reply.Data {
		for name, status := range statuses {
			online[c.UserKey(name)] = status == string(chat.Online)
		}
	}
	statuses := make([]chat.Status, len(names))
	for i, name := range names {
		if statuses[i] = chat.Offline; online[name] {
			statuses[i] = chat.Online
		}
	}
	return statuses, nil
}

// SetActivated implements chat.Service ("User account unblock", "User account disable").
func (c *Client) SetActivated(ctx context.Context, username string, activated bool) error {
	op, verb := "activate user", "activate"
	if !activated {
		op, verb = "deactivate user", "deactivate"
	}
	_, err := c.call(ctx, rest.Request{
		Op:     op,
		Users:  []string{username},
		Method: http.MethodPost,
		Path:   []string{"users", c.UserKey(username), verb},
	}, &usersReply{})
	return err
}

// Disconnect implements chat.Disconnector ("Forced downline").
func (c *Client) Disconnect(ctx context.Context, username string) error {
	request := rest.Request{
		Op:     "disconnect user",
		Users:  []string{username},
		Method: http.MethodGet,
		Path:   []string{"users", c.UserKey(username), "disconnect"},
	}
	var reply dataReply
	if _, err := c.call(ctx, request, &reply); err != nil {
		return err
	}
	if result := reply.Data["result"].bool(); result == nil || !*result {
		return &chat.Error{Op: request.Op, Users: request.Users, Status: http.StatusOK, Text: "the platform did not disconnect the user"}
	}
	return nil
}

package jmessage

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// Statuses asks for the online status of users ("批量用户在线状态查询 v2"). A user is
// online while any of its devices is; one that does not exist has none. At most Limits().Statuses names; past that
// ErrTooLarge.
func (c *Client) Statuses(ctx context.Context, usernames []string) ([]chat.Status, error) {
	req := rest.Request{
		Op: "read the online status of user", Users: usernames,
		Method: http.MethodPost, Body: usernames,
		Path: []string{"v2", "users", "statuser"}, //nolint:misspell // the platform spells it so
	}
	if err := fits(req.Op, usernames, c.platform.Limits().Statuses); err != nil {
		return nil, err
	}
	if len(usernames) == 0 {
		return nil, nil
	}
	var answer []struct {
		Username string `json:"username"`
		Devices  []struct {
			Online bool `json:"online"`
		} `json:"devices"`
	}
	err := c.read(ctx, req, &answer)
	if len(usernames) == 1 && is(err, codeNoSuchUser) {
		return []chat.Status{chat.Offline}, nil
	}
	if err != nil {
		return nil, err
	}
	told := make(map[string]chat.Status, len(answer))
	for _, entry := range answer {
		told[entry.Username] = chat.Offline
		for _, device := range entry.Devices {
			if device.Online {
				told[entry.Username] = chat.Online
			}
		}
	}
	statuses := make([]chat.Status, len(usernames))
	for i, name := range usernames {
		status, ok := told[name]
		if !ok {
			return nil, &chat.Error{
				Kind: chat.ErrUnavailable, Op: req.Op, Users: usernames, Status: http.StatusOK,
				Text: fmt.Sprintf("The answer does not mention %q.", name),
			}
		}
		statuses[i] = status
	}
	return statuses, nil
}

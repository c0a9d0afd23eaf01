package jmessage

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// statuses implements chat.Statuses.
type statuses struct{ *client }

// Limit is 100: the platform documents none, and 100 is the smallest that it documents
// for any call.
func (statuses) Limit() chat.Limit { return chat.Limit{Items: 100} }

// Of returns the online status of users ("批量用户在线状态查询 v2"). A user is online if any
// device of the user is. A user that does not exist has none.
func (c statuses) Of(ctx context.Context, usernames []string) ([]chat.Status, error) {
	req := rest.Request{
		Op:     chat.About("read the status of user", usernames...),
		Method: http.MethodPost, Body: usernames, Read: true,
		Path: []string{"v2", "users", "statuser"}, //nolint:misspell // the platform's spelling
	}
	if err := c.Limit().Check(req.Op, len(usernames)); err != nil {
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
	if len(usernames) == 1 && hasCode(err, codeNoSuchUser) {
		return []chat.Status{chat.Offline}, nil
	}
	if err != nil {
		return nil, err
	}
	read := make(map[string]chat.Status, len(answer))
	for _, entry := range answer {
		read[entry.Username] = chat.Offline
		for _, device := range entry.Devices {
			if device.Online {
				read[entry.Username] = chat.Online
			}
		}
	}
	list := make([]chat.Status, len(usernames))
	for i, name := range usernames {
		status, ok := read[name]
		if !ok {
			return nil, &chat.Error{
				Kind: chat.ErrUnavailable, Op: req.Op, Status: http.StatusOK,
				Text: fmt.Sprintf("the answer does not mention %q", name),
			}
		}
		list[i] = status
	}
	return list, nil
}

package jmessage

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// statuses implements chat.Statuses.
type statuses struct{ devices }

// Of returns the online status of users. A user is online if any device of the user is.
func (c statuses) Of(ctx context.Context, usernames []string) ([]chat.Status, error) {
	lists, err := c.devices.Of(ctx, usernames)
	if err != nil || lists == nil {
		return nil, err
	}
	return each(lists, chat.StatusOf), nil
}

// devices implements chat.Devices.
type devices struct{ *client }

// Limit is 100: the platform documents none, and 100 is the smallest that it documents
// for any call.
func (devices) Limit() chat.Limit { return chat.Limit{Items: 100} }

// platforms are the names of the platform's letters for devices.
var platforms = map[string]string{"a": "android", "i": "ios", "j": "web", "w": "windows"}

// Of returns the devices of users ("批量用户在线状态查询 v2"). It does what the first version
// does, but a user that does not exist does not make it fail for the others.
func (c devices) Of(ctx context.Context, usernames []string) ([][]chat.Device, error) {
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
			Platform string `json:"platform"`
			Online   bool   `json:"online"`
			Login    bool   `json:"login"`
		} `json:"devices"`
	}
	res, err := c.exchange(ctx, req, &answer)
	if len(usernames) == 1 && hasCode(err, codeNoSuchUser) {
		return [][]chat.Device{nil}, nil
	}
	if err != nil {
		return nil, err
	}
	read := make(map[string][]chat.Device, len(answer))
	for _, entry := range answer {
		var list []chat.Device
		for _, d := range entry.Devices {
			name, ok := platforms[d.Platform]
			if !ok {
				name = d.Platform
			}
			list = append(list, chat.Device{Platform: name, Online: d.Online, LoggedIn: d.Login})
		}
		read[entry.Username] = list
	}
	list := make([][]chat.Device, len(usernames))
	for i, name := range usernames {
		found, ok := read[name]
		if !ok {
			return nil, unusable(res, req, fmt.Sprintf("the answer does not mention %q", name))
		}
		list[i] = found
	}
	return list, nil
}

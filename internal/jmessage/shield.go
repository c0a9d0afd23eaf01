package jmessage

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// groupIDRules: groups and rooms are known by numbers.
var groupIDRules = chat.Rules{
	chat.FieldGroupID: chat.Text(func(id string) error {
		_, err := idNumber(id)
		return err
	}),
}

// shields implements chat.Shields.
type shields struct{ *client }

// Set implements chat.Shields ("群消息屏蔽").
func (c shields) Set(ctx context.Context, username, group string, on bool) error {
	req := rest.Request{
		Op:     fmt.Sprintf("shield user %q from the messages of group %q", username, group),
		Method: http.MethodPost, Path: userPath(username, "groupsShield"),
	}
	if !on {
		req.Op = fmt.Sprintf("end the shield of user %q from the messages of group %q", username, group)
	}
	id, err := idNumber(group)
	if err != nil {
		return refusedInput(req, err)
	}
	req.Body = flipped(id, on)
	return c.flip(ctx, req, on)
}

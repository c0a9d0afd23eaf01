package easemob

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

var quietRules = chat.Rules{"do_not_disturb.contact_app_key": chat.Lacking(title, "contact_app_key")}

// The types of notifications: none at all, all of them, and for a conversation what holds
// for all conversations.
const (
	notifyNone    = "NONE"
	notifyAll     = "ALL"
	notifyDefault = "DEFAULT"
)

// quiet implements chat.Quiet. It knows nothing but NONE: a user who is notified only when
// mentioned is disturbed.
type quiet struct{ *client }

// Set implements chat.Quiet ("Set how offline messages are pushed").
func (c quiet) Set(ctx context.Context, username string, target chat.QuietTarget, on bool) error {
	request, err := c.request("turn on do-not-disturb", username, target)
	if !on {
		request, err = c.request("turn off do-not-disturb", username, target)
	}
	if err != nil {
		return err
	}
	request.Method = http.MethodPut
	kind := notifyNone
	switch {
	case on:
	case target == chat.QuietTarget{}:
		kind = notifyAll
	default:
		kind = notifyDefault
	}
	request.Body = map[string]string{"type": kind}
	var reply dataReply
	sent, err := c.send(ctx, request, &reply)
	switch {
	case err != nil && !on:
		return unlessNotFound(err)
	case err != nil:
		return err
	case string(reply.Data["type"]) != kind:
		return unconfirmed(request, sent)
	}
	return nil
}

// Get implements chat.Quiet ("Get how offline messages are pushed").
func (c quiet) Get(ctx context.Context, username string, target chat.QuietTarget) (bool, error) {
	request, err := c.request("read do-not-disturb", username, target)
	if err != nil {
		return false, err
	}
	request.Method = http.MethodGet
	var reply dataReply
	err = c.call(ctx, request, &reply)
	return reply.Data["type"] == notifyNone, err
}

// request is a call about the notifications of a user. Those of a conversation with oneself
// are those of all conversations.
func (c quiet) request(op, username string, target chat.QuietTarget) (rest.Request, error) {
	request := rest.Request{Op: fmt.Sprintf("%s of user %q for %s", op, username, target)}
	peer := userKey(target.Contact.Username)
	switch {
	case target.Group != "" && target.Contact != chat.Ref{}:
		return request, &chat.Error{Kind: chat.ErrInvalid, Op: request.Op, Text: "a contact and a group at once"}
	case target.Contact.AppKey != "":
		return request, unsupported(request, "users of other applications")
	case target.Group != "":
		request.Path = userPath(username, "notification", "chatgroup", target.Group)
	case target == chat.QuietTarget{}:
		request.Path = userPath(username, "notification", "user", userKey(username))
	case peer == userKey(username):
		return request, &chat.Error{Kind: chat.ErrInvalid, Op: request.Op, Text: "a user is no contact of itself"}
	default:
		request.Path = userPath(username, "notification", "user", peer)
	}
	return request, nil
}

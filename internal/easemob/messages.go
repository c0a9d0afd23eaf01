package easemob

import (
	"context"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// OfflineMessageCount implements chat.OfflineMessages ("Get the number of user offline messages").
func (c *Client) OfflineMessageCount(ctx context.Context, username string) (int64, error) {
	request := rest.Request{
		Op:     "count the offline messages of user",
		Users:  []string{username},
		Method: http.MethodGet,
		Path:   []string{"users", c.UserKey(username), "offline_msg_count"},
	}
	var reply dataReply
	if _, err := c.call(ctx, request, &reply); err != nil {
		return 0, err
	}
	for name, count := range reply.Data {
		if n := count.int(); n != nil && c.UserKey(name) == c.UserKey(username) {
			return *n, nil
		}
	}
	return 0, incomplete(request)
}

// OfflineMessageStatus implements chat.OfflineMessages ("Get the status of an offline
// message"). The platform calls a message that it does not know delivered.
func (c *Client) OfflineMessageStatus(ctx context.Context, username, messageID string) (string, error) {
	request := rest.Request{
		Op:     "read the status of an offline message to user",
		Users:  []string{username},
		Method: http.MethodGet,
		Path:   []string{"users", c.UserKey(username), "offline_msg_status", messageID},
	}
	var reply dataReply
	if _, err := c.call(ctx, request, &reply); err != nil {
		return "", err
	}
	if status := reply.Data[messageID]; status != "" {
		return string(status), nil
	}
	return "", incomplete(request)
}

// incomplete is the error of an answer that lacks what was asked for.
func incomplete(request rest.Request) error {
	return &chat.Error{
		Kind:   chat.ErrUnavailable,
		Op:     request.Op,
		Users:  request.Users,
		Status: http.StatusOK,
		Text:   "an answer without what was asked for",
	}
}

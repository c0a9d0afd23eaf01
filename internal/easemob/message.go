package easemob

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/rest"
)

// offlineMessages implements chat.OfflineMessages.
type offlineMessages struct{ *client }

// Count implements chat.OfflineMessages ("Get the number of user offline messages").
func (c offlineMessages) Count(ctx context.Context, username string) (int64, error) {
	request := rest.Request{
		Op:     fmt.Sprintf("count the offline messages of user %q", username),
		Method: http.MethodGet,
		Path:   userPath(username, "offline_msg_count"),
	}
	var reply dataReply
	if err := c.call(ctx, request, &reply); err != nil {
		return 0, err
	}
	for name, count := range reply.Data {
		if n := count.int(); n != nil && userKey(name) == userKey(username) {
			return *n, nil
		}
	}
	return 0, incomplete(request)
}

// Status implements chat.OfflineMessages ("Get the status of an offline message"). The
// platform calls a message that it does not know delivered.
func (c offlineMessages) Status(ctx context.Context, username, messageID string) (string, error) {
	request := rest.Request{
		Op:     fmt.Sprintf("read the status of message %q to user %q", messageID, username),
		Method: http.MethodGet,
		Path:   userPath(username, "offline_msg_status", messageID),
	}
	var reply dataReply
	if err := c.call(ctx, request, &reply); err != nil {
		return "", err
	}
	if status := reply.Data[messageID]; status != "" {
		return string(status), nil
	}
	return "", incomplete(request)
}

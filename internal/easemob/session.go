package easemob

import (
	"context"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// sessions implements chat.Sessions.
type sessions struct{ *client }

// Disconnect implements chat.Sessions ("Forced downline").
func (c sessions) Disconnect(ctx context.Context, username string) error {
	request := rest.Request{
		Op:     fmt.Sprintf("disconnect user %q", username),
		Method: http.MethodGet,
		Write:  true,
		Path:   userPath(username, "disconnect"),
	}
	var reply dataReply
	if err := c.call(ctx, request, &reply); err != nil {
		return err
	}
	if result := reply.Data["result"].bool(); result == nil || !*result {
		return &chat.Error{Op: request.Op, Status: http.StatusOK, Text: "the platform did not disconnect the user"}
	}
	return nil
}

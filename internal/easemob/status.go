package easemob

import (
	"context"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// maxStatuses is how many names "Get users' online status" takes.
const maxStatuses = 100

// statuses implements chat.Statuses.
type statuses struct{ *client }

// Limit implements chat.Statuses.
func (statuses) Limit() chat.Limit { return chat.Limit{Items: maxStatuses, Bytes: maxBody} }

// Of implements chat.Statuses ("Get users' online status").
func (c statuses) Of(ctx context.Context, usernames []string) ([]chat.Status, error) {
	request := rest.Request{
		Op:     chat.About("read the status of user", usernames...),
		Method: http.MethodPost,
		Path:   []string{"users", "batch", "status"},
		Read:   true,
	}
	if err := c.Limit().Check(request.Op, len(usernames)); err != nil || len(usernames) == 0 {
		return nil, err
	}
	names := keys(chat.Refs(usernames...))
	request.Body = map[string][]string{"usernames": names}
	var reply struct {
		Data []map[string]string `json:"data"`
	}
	if err := c.call(ctx, request, &reply); err != nil {
		return nil, err
	}
	read := map[string]chat.Status{}
	for _, statuses := range reply.Data {
		for name, status := range statuses {
			if read[userKey(name)] = chat.Offline; status == string(chat.Online) {
				read[userKey(name)] = chat.Online
			}
		}
	}
	result := make([]chat.Status, len(names))
	for i, name := range names {
		status, mentioned := read[name]
		if !mentioned {
			return nil, incomplete(request)
		}
		result[i] = status
	}
	return result, nil
}

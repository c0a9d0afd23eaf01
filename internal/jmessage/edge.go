package jmessage

import (
	"context"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// relate sends the names of users in a call that changes a relation. The platform
// refuses a whole call, with one of the codes done, if nothing is to do for one of the
// users: that is a success for a single user only.
func (c *client) relate(ctx context.Context, req rest.Request, others []chat.Ref, limit chat.Limit, done ...int) ([]error, error) {
	if err := limit.Check(req.Op, len(others)); err != nil {
		return nil, err
	}
	if len(others) == 0 {
		return nil, nil
	}
	names := make([]string, len(others))
	for i, other := range others {
		if other.AppKey != "" {
			return nil, &chat.Error{Kind: chat.ErrUnsupported, Op: req.Op, Text: chat.Unsupported(title, "users of other applications").Error()}
		}
		names[i] = other.Username
	}
	req.Body = names
	err := c.write(ctx, req)
	if len(others) == 1 && hasCode(err, done...) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return make([]error, len(others)), nil
}

package bulk

import (
	"context"

	"terraform-provider-chat/internal/chat"
)

// statuses gathers reads of who is online.
type statuses struct {
	inner chat.Statuses
	read  *operation[string, chat.Status]
}

// newStatuses wraps statuses; nil if the platform lacks them.
func newStatuses(g *gatherer, inner chat.Statuses) chat.Statuses {
	if inner == nil {
		return nil
	}
	return &statuses{inner: inner, read: &operation[string, chat.Status]{
		gatherer: g, limit: g.limit(inner.Limit()), size: quotedSize,
		about:    func(_, username string) subject { return subject{name: g.key(username)} },
		describe: func(_, username string) string { return chat.About("read the status of user", username) },
		call: func(ctx context.Context, _ string, usernames []string) ([]chat.Status, error) {
			return inner.Of(ctx, usernames)
		},
	}}
}

// Of implements chat.Statuses.
func (s *statuses) Of(ctx context.Context, usernames []string) ([]chat.Status, error) {
	list := make([]chat.Status, len(usernames))
	for i, r := range s.read.do(ctx, "", usernames) {
		if r.err != nil {
			return nil, r.err
		}
		list[i] = r.out
	}
	return list, nil
}

// Limit implements chat.Statuses. It is that of the platform: Of takes any number of
// users.
func (s *statuses) Limit() chat.Limit { return s.inner.Limit() }

package bulk

import (
	"context"

	"terraform-provider-chat/internal/chat"
)

// statusReader reads something of users in bulk: who is online, and with which devices.
type statusReader[T any] interface {
	Of(ctx context.Context, usernames []string) ([]T, error)
	Limit() chat.Limit
}

// statuses gathers the reads of a statusReader.
type statuses[T any] struct {
	inner statusReader[T]
	read  *operation[string, T]
}

// newStatuses wraps statuses; nil if the platform lacks them.
func newStatuses(g *gatherer, inner chat.Statuses) chat.Statuses {
	if inner == nil {
		return nil
	}
	return gatherStatuses(g, "status", statusReader[chat.Status](inner))
}

// newDevices wraps devices; nil if the platform lacks them.
func newDevices(g *gatherer, inner chat.Devices) chat.Devices {
	if inner == nil {
		return nil
	}
	return gatherStatuses(g, "devices", statusReader[[]chat.Device](inner))
}

func gatherStatuses[T any](g *gatherer, what string, inner statusReader[T]) *statuses[T] {
	return &statuses[T]{inner: inner, read: &operation[string, T]{
		gatherer: g, limit: g.limit(inner.Limit()), size: quotedSize,
		about:    func(_, username string) subject { return subject{name: g.key(username)} },
		describe: func(_, username string) string { return chat.About("read the "+what+" of user", username) },
		call: func(ctx context.Context, _ string, usernames []string) ([]T, error) {
			return inner.Of(ctx, usernames)
		},
	}}
}

// Of implements statusReader.
func (s *statuses[T]) Of(ctx context.Context, usernames []string) ([]T, error) {
	list := make([]T, len(usernames))
	for i, r := range s.read.do(ctx, "", usernames) {
		if r.err != nil {
			return nil, r.err
		}
		list[i] = r.out
	}
	return list, nil
}

// Limit implements statusReader. It is that of the platform: Of takes any number of users.
func (s *statuses[T]) Limit() chat.Limit { return s.inner.Limit() }

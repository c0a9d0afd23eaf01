package bulk

import (
	"context"
	"errors"

	"terraform-provider-chat/internal/chat"
)

// lists keeps what owners have: one read serves every caller, until a write drops it.
type lists[T any] struct {
	key   func(username string) string
	fetch func(ctx context.Context, owner string) ([]T, error)
	clone func(T) T
	reads *shared[string, []T]
}

func newLists[T any](op string, key func(string) string, fetch func(context.Context, string) ([]T, error), clone func(T) T) *lists[T] {
	return &lists[T]{key: key, fetch: fetch, clone: clone, reads: &shared[string, []T]{
		op:   op,
		keep: func(err error) bool { return err == nil || errors.Is(err, chat.ErrNotFound) },
	}}
}

// get returns a copy of the owner's list.
func (l *lists[T]) get(ctx context.Context, owner string) ([]T, error) {
	r := l.reads.join(ctx, l.key(owner), func(ctx context.Context) ([]T, error) { return l.fetch(ctx, owner) })
	list, err := l.reads.wait(ctx, r, owner)
	if err != nil || list == nil {
		return nil, err
	}
	own := make([]T, len(list))
	for i, entry := range list {
		own[i] = l.clone(entry)
	}
	return own, nil
}

func (l *lists[T]) drop(owners ...string) {
	for _, owner := range owners {
		l.reads.drop(l.key(owner))
	}
}

func copyContact(c chat.Contact) chat.Contact {
	c.NoteName, c.Note = copyOf(c.NoteName), copyOf(c.Note)
	return c
}

func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

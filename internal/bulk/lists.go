package bulk

import (
	"context"
	"errors"
	"sync"

	"terraform-provider-chat/internal/chat"
)

// lists keeps what owners have: one read serves every caller, until a write drops it.
type lists[T any] struct {
	key   func(username string) string
	fetch func(ctx context.Context, owner string) ([]T, error)
	copy  func(T) T
	reads *shared[string, []T]
}

func newLists[T any](op string, key func(string) string, fetch func(context.Context, string) ([]T, error), copy func(T) T) *lists[T] {
	return &lists[T]{key: key, fetch: fetch, copy: copy, reads: &shared[string, []T]{
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
		own[i] = l.copy(entry)
	}
	return own, nil
}

func (l *lists[T]) drop(owners ...string) {
	for _, owner := range owners {
		l.reads.drop(l.key(owner))
	}
}

func (l *lists[T]) dropAll() {
	l.reads.mu.Lock()
	defer l.reads.mu.Unlock()
	clear(l.reads.reads)
}

// shared lets callers who want the same share one read of it.
type shared[K comparable, V any] struct {
	op   string
	keep func(err error) bool // whether a finished read serves later callers, too

	mu    sync.Mutex
	reads map[K]*read[K, V]
}

// read is one read, under way or done. Its value belongs to all who share it.
type read[K comparable, V any] struct {
	key     K
	callers int
	cancel  context.CancelFunc
	done    chan struct{}
	value   V
	err     error
}

// flying tells whether a read of key can be joined.
func (s *shared[K, V]) flying(key K) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads[key] != nil
}

// join joins the read of key, or begins it. Whoever joins must wait.
func (s *shared[K, V]) join(ctx context.Context, key K, fetch func(context.Context) (V, error)) *read[K, V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.reads[key]; r != nil {
		r.callers++
		return r
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &read[K, V]{key: key, callers: 1, cancel: cancel, done: make(chan struct{})}
	if s.reads == nil {
		s.reads = map[K]*read[K, V]{}
	}
	s.reads[key] = r
	go func() {
		defer cancel()
		r.value, r.err = guarded(s.op, func() (V, error) { return fetch(ctx) })
		if !s.keep(r.err) {
			s.remove(r)
		}
		close(r.done)
	}()
	return r
}

// wait returns what was read, or leaves when ctx ends: a read nobody waits for is cancelled.
func (s *shared[K, V]) wait(ctx context.Context, r *read[K, V], user string) (V, error) {
	select {
	case <-r.done:
		return r.value, r.err
	case <-ctx.Done():
	}
	s.mu.Lock()
	r.callers--
	last := r.callers == 0
	if last && s.reads[r.key] == r {
		delete(s.reads, r.key)
	}
	s.mu.Unlock()
	if last {
		r.cancel()
	}
	var none V
	return none, left(ctx, s.op, user, false)
}

// drop makes sure that nobody who comes from now on is served what is read so far.
func (s *shared[K, V]) drop(key K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.reads, key)
}

func (s *shared[K, V]) remove(r *read[K, V]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reads[r.key] == r {
		delete(s.reads, r.key)
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

package bulk

import (
	"context"
	"maps"
	"sync"
)

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

// underWay reports whether a read of key can be joined.
func (s *shared[K, V]) underWay(key K) bool {
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
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.keep(r.err) {
			s.forget(r)
		}
		close(r.done)
	}()
	return r
}

// wait returns what was read, or leaves when ctx ends: a read nobody waits for is cancelled.
func (s *shared[K, V]) wait(ctx context.Context, r *read[K, V]) (V, error) {
	select {
	case <-r.done:
		return r.value, r.err
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.callers--; r.callers == 0 {
		s.forget(r)
		r.cancel()
	}
	var none V
	return none, cancelled(ctx, s.op)
}

// get returns what is read of key, by a read that callers who want the same share.
func (s *shared[K, V]) get(ctx context.Context, key K, fetch func(context.Context) (V, error)) (V, error) {
	return s.wait(ctx, s.join(ctx, key, fetch))
}

// drop makes sure that nobody who comes from now on is served what is read so far.
func (s *shared[K, V]) drop(key K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.reads, key)
}

func (s *shared[K, V]) forget(r *read[K, V]) {
	if s.reads[r.key] == r {
		delete(s.reads, r.key)
	}
}

// dropAll drops all keys.
func (s *shared[K, V]) dropAll() { s.dropIf(func(K) bool { return true }) }

// dropIf drops the keys that match.
func (s *shared[K, V]) dropIf(match func(K) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.reads, func(key K, _ *read[K, V]) bool { return match(key) })
}

package reconcile

import (
	"crypto/rand"
	"slices"
	"sync"
)

// Run records what creates of one run of the provider have made or found, so that no
// destroy of the same run removes it. Terraform creates and destroys in any order, and
// the same user or edge can be created by one resource and destroyed by another: a
// replacement that creates first, a renamed for_each key, the other direction of a mutual
// contact.
//
// One process of the provider may serve several runs, one after the other: terraform test
// keeps it for all runs of a file. Begin separates them.
//
// A thing is named by a key. The zero value is ready to use.
type Run struct {
	mu        sync.Mutex
	id        string
	changed   *sync.Cond
	held      map[string]bool
	confirmed map[string]bool
	failed    map[string]bool
}

// Hold locks the keys: it waits until no other caller holds any of them, and holds them
// until release is called, once. This way, creates and destroys of the same thing wait
// for each other's outcome.
func (r *Run) Hold(keys ...string) (release func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changed == nil {
		r.changed, r.held = sync.NewCond(&r.mu), map[string]bool{}
	}
	for slices.ContainsFunc(keys, func(key string) bool { return r.held[key] }) {
		r.changed.Wait()
	}
	for _, key := range keys {
		r.held[key] = true
	}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, key := range keys {
			delete(r.held, key)
		}
		r.changed.Broadcast()
	}
}

// Begin begins a run: what an earlier one made or did not destroy no longer counts.
func (r *Run) Begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.id, r.confirmed, r.failed = "", nil, nil
}

// ID distinguishes this run from every other of this or another process.
func (r *Run) ID() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.id == "" {
		r.id = rand.Text()
	}
	return r.id
}

// Confirm records that a create of this run made, or found, what the key names.
func (r *Run) Confirm(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.confirmed == nil {
		r.confirmed = map[string]bool{}
	}
	r.confirmed[key] = true
}

// Confirmed reports whether a create of this run made, or found, what the key names.
func (r *Run) Confirmed(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.confirmed[key]
}

// Fail records that a destroy of this run did not remove what the key names. The next run
// destroys it again.
func (r *Run) Fail(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = map[string]bool{}
	}
	r.failed[key] = true
}

// Failed reports whether a destroy of this run did not remove what the key names. What
// cannot be read is not created then: nobody would notice that the next run removes it.
func (r *Run) Failed(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed[key]
}

// UserRunKey is the key of a Run that names a user, by chat.Platform's UserKey.
func UserRunKey(userKey string) string { return "user\x00" + userKey }

package bulk

import (
	"context"
	"errors"
	"fmt"

	"terraform-provider-chat/internal/chat"
)

// edges gathers the changes of a relation by owner and shares the reads of it: one read
// of an owner serves every caller, until a write drops it.
type edges[T any] struct {
	inner  chat.Edges[T]
	off    bool
	key    func(username string) string
	clone  func(T) T
	add    *operation[chat.Ref, error]
	remove *operation[chat.Ref, error]
	reads  *shared[string, []T]
}

// newEdges wraps a relation; what names it in errors: "contacts of user". Nil if the platform lacks it.
func newEdges[T any](g *gatherer, what string, inner chat.Edges[T], clone func(T) T) chat.Edges[T] {
	if inner == nil {
		return nil
	}
	return gatherEdges(g, what, inner, clone)
}

func gatherEdges[T any](g *gatherer, what string, inner chat.Edges[T], clone func(T) T) *edges[T] {
	e := &edges[T]{inner: inner, off: g.off, key: g.key, clone: clone}
	e.reads = &shared[string, []T]{
		op:   "list the " + what,
		keep: func(err error) bool { return err == nil || errors.Is(err, chat.ErrNotFound) },
	}
	g.relations = append(g.relations, e.reads.dropAll)
	limits := inner.Limits()
	about := func(owner string, other chat.Ref) subject {
		from, to := g.key(owner), g.key(other.Username)
		if limits.Mutual && other.AppKey == "" && to < from {
			from, to = to, from
		}
		return subject{relation: what, owner: from, name: chat.Ref{AppKey: other.AppKey, Username: to}.String()}
	}
	change := func(op string, limit chat.Limit, call func(context.Context, string, []chat.Ref) ([]error, error)) *operation[chat.Ref, error] {
		return &operation[chat.Ref, error]{
			gatherer: g, limit: g.limit(limit), about: about,
			describe: func(owner string, other chat.Ref) string { return fmt.Sprintf(op, other.Username, what, owner) },
			size:     func(other chat.Ref) int { return quotedSize(other.Username) },
			call: func(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
				defer around(func() { e.forget(owner, others) })()
				return call(ctx, owner, others)
			},
		}
	}
	e.add = change("add user %q to the %s %q", limits.Add, inner.Add)
	e.remove = change("remove user %q from the %s %q", limits.Remove, inner.Remove)
	return e
}

// List implements chat.Edges.
func (e *edges[T]) List(ctx context.Context, owner string) ([]T, error) {
	if e.off {
		return e.inner.List(ctx, owner)
	}
	list, err := e.reads.get(ctx, e.key(owner), func(ctx context.Context) ([]T, error) { return e.inner.List(ctx, owner) })
	if err != nil || list == nil {
		return nil, err
	}
	return clones(list, e.clone), nil
}

// Add implements chat.Edges.
func (e *edges[T]) Add(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	return errorsOf(e.add.do(ctx, owner, others))
}

// Remove implements chat.Edges.
func (e *edges[T]) Remove(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	return errorsOf(e.remove.do(ctx, owner, others))
}

// Limits implements chat.Edges. They are those of the platform: Add and Remove take any
// number of users.
func (e *edges[T]) Limits() chat.EdgeLimits { return e.inner.Limits() }

// forget drops what was read of an owner and, if edges are mutual, of the others.
func (e *edges[T]) forget(owner string, others []chat.Ref) {
	e.reads.drop(e.key(owner))
	if e.inner.Limits().Mutual {
		for _, other := range others {
			e.reads.drop(e.key(other.Username))
		}
	}
}

// contactEdges are the contacts, which have notes as well.
type contactEdges struct {
	*edges[chat.Contact]
	inner chat.Contacts
	notes *contactNotes
}

func newContacts(g *gatherer, inner chat.Contacts, notes *contactNotes) chat.Contacts {
	if inner == nil {
		return nil
	}
	return &contactEdges{edges: gatherEdges(g, "contacts of user", inner, copyContact), inner: inner, notes: notes}
}

// Add implements chat.Edges.
func (c *contactEdges) Add(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	defer around(func() { c.notes.forget(owner, others) })()
	return c.edges.Add(ctx, owner, others)
}

// Remove implements chat.Edges.
func (c *contactEdges) Remove(ctx context.Context, owner string, others []chat.Ref) ([]error, error) {
	defer around(func() { c.notes.forget(owner, others) })()
	return c.edges.Remove(ctx, owner, others)
}

// SetNotes implements chat.Contacts.
func (c *contactEdges) SetNotes(ctx context.Context, owner string, contact chat.Ref, notes chat.Notes) error {
	defer around(func() { c.forget(owner, []chat.Ref{contact}); c.notes.forget(owner, nil) })()
	return c.inner.SetNotes(ctx, owner, contact, notes)
}

// contactNotes shares the reads of notes: one read of an owner serves every caller, until
// a write drops it.
type contactNotes struct {
	inner chat.ContactNotes
	off   bool
	key   func(username string) string
	reads *shared[string, []chat.Contact]
}

// newContactNotes wraps notes; nil if the platform lists them with the contacts.
func newContactNotes(g *gatherer, inner chat.ContactNotes) *contactNotes {
	if inner == nil {
		return nil
	}
	n := &contactNotes{inner: inner, off: g.off, key: g.key, reads: &shared[string, []chat.Contact]{
		op: "list the notes about contacts", keep: func(err error) bool { return err == nil || errors.Is(err, chat.ErrNotFound) },
	}}
	g.relations = append(g.relations, n.reads.dropAll)
	return n
}

// orNil returns the notes as an interface, nil if there are none.
func (n *contactNotes) orNil() chat.ContactNotes {
	if n == nil {
		return nil
	}
	return n
}

// Of implements chat.ContactNotes.
func (n *contactNotes) Of(ctx context.Context, owner string) ([]chat.Contact, error) {
	if n.off {
		return n.inner.Of(ctx, owner)
	}
	list, err := n.reads.get(ctx, n.key(owner), func(ctx context.Context) ([]chat.Contact, error) { return n.inner.Of(ctx, owner) })
	if err != nil {
		return nil, err
	}
	return clones(list, copyContact), nil
}

// forget drops what was read of an owner and, since contacts are mutual, of the others.
func (n *contactNotes) forget(owner string, others []chat.Ref) {
	if n == nil {
		return
	}
	n.reads.drop(n.key(owner))
	for _, other := range others {
		n.reads.drop(n.key(other.Username))
	}
}

// clones copies the entries of a list that belongs to all who share it.
func clones[T any](list []T, clone func(T) T) []T {
	own := make([]T, len(list))
	for i, entry := range list {
		own[i] = clone(entry)
	}
	return own
}

func copyContact(c chat.Contact) chat.Contact {
	c.NoteName, c.Note = copyOf(c.NoteName), copyOf(c.Note)
	return c
}

func copyRef(ref chat.Ref) chat.Ref { return ref }

func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

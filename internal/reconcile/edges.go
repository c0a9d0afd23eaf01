package reconcile

import (
	"context"
	"errors"
	"maps"
	"slices"

	"terraform-provider-chat/internal/chat"
)

// Edges changes all edges of one owner to what is declared: edges that are not declared
// are removed. Edges are identified by Key.
type Edges[T any] struct {
	Relation chat.Edges[T]
	Owner    string
	Run      *Run
	// Key returns the form of a reference that is equal for references to the same user,
	// RunKey the one that names the edge in a Run.
	Key, RunKey func(chat.Ref) string
	Ref         func(T) chat.Ref
	// Managed reports whether an edge is one that a declaration covers; others are left alone.
	Managed func(T) bool
	// Leave removes what would remain after an edge is removed, such as a mute. It is
	// called before edges are removed, and may be nil.
	Leave func(ctx context.Context, edges []T) error
	// To names the relation in Failures: `to the members of group "1"`.
	To, From string
	// Want are the declared users.
	Want map[string]chat.Ref

	// Have are the edges that are there by now. Those that were added are zero values.
	Have map[string]T
	// Added are the keys of those that were added.
	Added []string
	// Failed are the steps that failed for some users.
	Failed []Failures
	// NoOwner is the platform's ErrNotFound if there is no such owner.
	NoOwner error
}

// List returns the edges of the owner that a declaration covers. If there is no such
// owner, there are none.
func (w *Edges[T]) List(ctx context.Context) (map[string]T, error) {
	list, err := w.Relation.List(ctx, w.Owner)
	if err != nil && !errors.Is(err, chat.ErrNotFound) {
		return nil, err
	}
	w.NoOwner = err
	have := make(map[string]T, len(list))
	for _, edge := range list {
		if w.Managed(edge) {
			have[w.Key(w.Ref(edge))] = edge
		}
	}
	return have, nil
}

// Apply makes the changes. It returns an error if the existing edges cannot be read;
// nothing is changed then.
func (w *Edges[T]) Apply(ctx context.Context) error {
	have, err := w.List(ctx)
	if err != nil {
		return err
	}
	var added, removed []string
	for _, key := range slices.Sorted(maps.Keys(have)) {
		if _, wanted := w.Want[key]; !wanted {
			removed = append(removed, key)
		}
	}
	var held []string
	for _, key := range slices.Sorted(maps.Keys(w.Want)) {
		held = append(held, w.RunKey(w.Want[key]))
	}
	for _, key := range removed {
		held = append(held, w.RunKey(w.Ref(have[key])))
	}
	defer w.Run.Hold(held...)()
	// A destroy of this run may have removed edges before they were held. If they cannot be
	// read again, as in a run that is interrupted, what was read first counts.
	w.Have = have
	if now, err := w.List(ctx); err == nil {
		w.Have = now
	}
	added = slices.DeleteFunc(slices.Sorted(maps.Keys(w.Want)), func(key string) bool { _, there := w.Have[key]; return there })
	removed = slices.DeleteFunc(removed, func(key string) bool { _, there := w.Have[key]; return !there })
	w.remove(ctx, removed)
	w.add(ctx, added)
	for key, ref := range w.Want {
		if _, there := w.Have[key]; there {
			w.Run.Confirm(w.RunKey(ref))
		}
	}
	return nil
}

// remove removes edges, except for those that a create of this run confirmed.
func (w *Edges[T]) remove(ctx context.Context, keys []string) {
	keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
		confirmed := w.Run.Confirmed(w.RunKey(w.Ref(w.Have[key])))
		if confirmed {
			delete(w.Have, key)
		}
		return confirmed
	})
	if len(keys) == 0 {
		return
	}
	refs, edges := make([]chat.Ref, len(keys)), make([]T, len(keys))
	for i, key := range keys {
		edges[i] = w.Have[key]
		refs[i] = w.Ref(edges[i])
	}
	var errs []error
	if w.Leave != nil {
		if err := w.Leave(ctx, edges); err != nil {
			errs = slices.Repeat([]error{err}, len(keys))
		}
	}
	if errs == nil {
		var err error
		if errs, err = w.Relation.Remove(ctx, w.Owner, refs); err != nil {
			errs = slices.Repeat([]error{err}, len(keys))
		}
	}
	failed := failuresOf(refs, errs)
	for i, key := range keys {
		if errs[i] == nil {
			delete(w.Have, key)
		}
	}
	w.fail(Failures{Doing: "remove", To: w.From, Total: len(keys), Users: failed})
}

func (w *Edges[T]) add(ctx context.Context, keys []string) {
	if len(keys) == 0 {
		return
	}
	refs := make([]chat.Ref, len(keys))
	for i, key := range keys {
		refs[i] = w.Want[key]
	}
	errs, err := w.Relation.Add(ctx, w.Owner, refs)
	if err != nil {
		errs = slices.Repeat([]error{err}, len(keys))
	}
	for i, key := range keys {
		if errs[i] == nil {
			var edge T
			w.Have[key] = edge
			w.Added = append(w.Added, key)
		}
	}
	w.fail(Failures{Doing: "add", To: w.To, Total: len(keys), Users: failuresOf(refs, errs)})
}

func failuresOf(refs []chat.Ref, errs []error) []Failure {
	var failed []Failure
	for i, err := range errs {
		if err != nil {
			failed = append(failed, Failure{Name: refs[i].String(), Err: err})
		}
	}
	return failed
}

func (w *Edges[T]) fail(failures Failures) {
	if len(failures.Users) > 0 {
		w.Failed = append(w.Failed, failures)
	}
}

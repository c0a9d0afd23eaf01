package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

// edges is the relation without the users of other applications, as far as they can be told
// from users of the own one. sure are elements that are of the own one by all means.
func (r *edgeSetResource[Model, Found]) edges(sure ...map[string]element) chat.Edges[Found] {
	of := r.set.of(r.client.Service)
	if !of.Limits().HidesApplications {
		return of
	}
	return &ownEdges[Found]{Edges: of, own: func(ctx context.Context, found Found) (bool, error) {
		name := r.set.ref(found).Username
		for _, elements := range sure {
			if _, ok := elements[r.client.userKey(name)]; ok {
				return true, nil
			}
		}
		err := r.client.userExists(ctx, name)
		if errors.Is(err, chat.ErrNotFound) {
			return false, nil
		}
		return true, err
	}}
}

// ownEdges are the edges of a relation that own reports true for.
type ownEdges[Found any] struct {
	chat.Edges[Found]
	own func(ctx context.Context, found Found) (bool, error)
}

// List implements chat.Edges.
func (e *ownEdges[Found]) List(ctx context.Context, owner string) ([]Found, error) {
	all, err := e.Edges.List(ctx, owner)
	if err != nil {
		return nil, err
	}
	list := make([]Found, 0, len(all))
	for _, found := range all {
		own, err := e.own(ctx, found)
		if err != nil {
			return nil, err
		}
		if own {
			list = append(list, found)
		}
	}
	return list, nil
}

func (r *edgeSetResource[Model, Found]) managed(found Found) bool {
	return r.set.ref(found).AppKey == "" && (r.set.managed == nil || r.set.managed(found))
}

// engine returns what makes the edges of an owner as declared.
func (r *edgeSetResource[Model, Found]) engine(owner string, wanted, before map[string]element) *reconcile.Edges[Found] {
	want := make(map[string]chat.Ref, len(wanted))
	for key, e := range wanted {
		want[key] = chat.Ref{Username: e.name}
	}
	engine := &reconcile.Edges[Found]{
		Relation: r.edges(wanted, before), Owner: owner, Run: &r.client.run, Want: want,
		Key:     func(ref chat.Ref) string { return r.client.userKey(ref.Username) },
		RunKey:  func(ref chat.Ref) string { return r.set.runKey(r.client, owner, ref) },
		Ref:     r.set.ref,
		Managed: r.managed,
		To:      fmt.Sprintf("to the %s %q", r.set.what, owner),
		From:    fmt.Sprintf("from the %s %q", r.set.what, owner),
	}
	if r.set.leave != nil {
		engine.Leave = func(ctx context.Context, edges []Found) error { return r.set.leave(ctx, r.client, owner, edges) }
	}
	return engine
}

// apply makes the edges as declared in the plan, and puts what is there by then in it.
// The state holds what was there before. It reports whether it has begun, and whether it may
// have added edges.
func (r *edgeSetResource[Model, Found]) apply(ctx context.Context, plan, state edgeSetFields, diags *diag.Diagnostics) (begun, added bool) {
	owner := plan.owner.ValueString()
	wanted := r.byKey(plan.list())
	before := map[string]element{}
	if state.id != nil && known(*state.id) {
		before = r.byKey(state.list())
	}
	engine := r.engine(owner, wanted, before)
	if err := engine.Apply(ctx); err != nil {
		addError(diags, fmt.Sprintf("Could not read the %s %q", r.set.what, owner), err)
		return false, false
	}
	if engine.NoOwner != nil && len(wanted) == 0 { // nothing that was sent has told
		addError(diags, fmt.Sprintf("Could not read the %s %q", r.set.what, owner), engine.NoOwner)
		return false, false
	}
	added = len(engine.Added) > 0
	for _, failures := range engine.Failed {
		addFailures(diags, failures)
		added = added || slices.ContainsFunc(failures.Users, func(failure reconcile.Failure) bool {
			_, unsettled := chat.Unsettled(failure.Err)
			return unsettled
		})
	}
	for _, key := range engine.Added {
		delete(before, key) // an edge that was gone meanwhile has lost what the state says of it
	}
	after := map[string]element{}
	var changes []elementChange
	var changed []string
	for _, key := range slices.Sorted(maps.Keys(engine.Have)) {
		e, declared := wanted[key]
		if !declared { // it could not be removed
			e = element{name: r.set.ref(engine.Have[key]).Username, values: r.nulls()}
			if was, ok := before[key]; ok {
				e = was
			}
			after[e.name] = e
			continue
		}
		change := elementChange{ref: engine.Want[key], values: map[string]attr.Value{}}
		e.values = maps.Clone(e.values)
		for attribute, value := range e.values {
			was, there := before[key].values[attribute]
			switch {
			case value.IsUnknown():
				e.values[attribute] = nullOf(value)
			case !value.IsNull() && (!there || !value.Equal(was)):
				change.values[attribute] = value
			}
		}
		after[e.name] = e
		if len(change.values) > 0 {
			changes, changed = append(changes, change), append(changed, key)
		}
	}
	if len(changes) > 0 {
		r.writeChanges(ctx, owner, changes, changed, before, after, wanted, diags)
	}
	*plan.id = *plan.owner
	plan.put(after, r.set.types)
	return true, added
}

// writeChanges writes the attributes of edges. Those that fail keep the old values, or are
// not known if the outcome is not.
func (r *edgeSetResource[Model, Found]) writeChanges(ctx context.Context, owner string, changes []elementChange, keys []string, before, after, wanted map[string]element, diags *diag.Diagnostics) {
	failures := reconcile.Failures{Doing: "set up", To: fmt.Sprintf("in the %s %q", r.set.what, owner), Total: len(changes)}
	for i, err := range r.set.write(ctx, r.client, owner, changes) {
		if err == nil {
			continue
		}
		failures.Users = append(failures.Users, reconcile.Failure{Name: changes[i].ref.String(), Err: err})
		e := after[wanted[keys[i]].name]
		for attribute, value := range changes[i].values {
			e.values[attribute] = nullOf(value)
			if _, unsettled := chat.Unsettled(err); !unsettled {
				if was, ok := before[keys[i]].values[attribute]; ok {
					e.values[attribute] = was
				}
			}
		}
		after[e.name] = e
	}
	if len(failures.Users) > 0 {
		addFailures(diags, failures)
	}
}

// nulls are the attributes of an element of which nothing is known.
func (r *edgeSetResource[Model, Found]) nulls() map[string]attr.Value {
	if r.set.types == nil {
		return nil
	}
	values := make(map[string]attr.Value, len(r.set.types))
	for attribute, of := range r.set.types {
		values[attribute] = types.StringNull()
		if of.Equal(types.BoolType) {
			values[attribute] = types.BoolNull()
		}
	}
	return values
}

func nullOf(value attr.Value) attr.Value {
	if _, ok := value.(types.Bool); ok {
		return types.BoolNull()
	}
	return types.StringNull()
}

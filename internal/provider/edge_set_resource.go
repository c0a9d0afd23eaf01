package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

// edgeSet describes a resource that holds all edges of one owner: what is not declared is
// removed.
type edgeSet[Model, Found any] struct {
	relation[Found]
	// noun is the resource without the provider's name: "contacts".
	noun string
	// single is the resource of one edge: its rules hold for the elements as well.
	single string
	// elements is the attribute that holds the edges.
	elements string
	// types are the attributes of an element; nil if elements is a set of names.
	types  map[string]attr.Type
	fields func(*Model) edgeSetFields
	// managed reports whether the resource covers an edge; nil if it covers all users of the
	// own application.
	managed func(Found) bool
	// refuse returns why a user cannot be declared, given what is there; nil if all can.
	refuse func(client *client, owner string, found []Found, wanted map[string]element) error
	// values returns the attributes of an edge as the platform returns them.
	values func(Found) map[string]attr.Value
	// complete reads what the relation does not return of edges, of those attributes only
	// that are asked for; nil if there is nothing.
	complete func(ctx context.Context, client *client, owner string, found []*Found, asked map[string]bool) error
	// write changes the attributes of edges; nil if there are none.
	write func(ctx context.Context, client *client, owner string, changes []elementChange) []error
	// leave takes back what would outlive edges, before they are removed; nil if nothing would.
	leave func(ctx context.Context, client *client, owner string, found []Found) error
}

// edgeSetFields are the values of a model of edges: a map of objects, or a set of names.
type edgeSetFields struct {
	id, owner *types.String
	mapped    *types.Map
	set       *types.Set
}

// element is one declared edge.
type element struct {
	// name is spelled as declared.
	name string
	// values are its attributes; nil if there are none.
	values map[string]attr.Value
	// null reports whether the element is declared as null.
	null bool
}

// elementChange is what to write of an edge: the attributes that are declared otherwise
// than they are.
type elementChange struct {
	ref    chat.Ref
	values map[string]attr.Value
}

// isUnknown reports whether the elements as a whole are not known yet.
func (f edgeSetFields) isUnknown() bool {
	if f.set != nil {
		return f.set.IsUnknown()
	}
	return f.mapped.IsUnknown()
}

// someUnknown reports whether it is not known yet which users are declared.
func (f edgeSetFields) someUnknown() bool {
	return f.isUnknown() || f.set != nil && slices.ContainsFunc(f.set.Elements(), attr.Value.IsUnknown)
}

// equal reports whether two models hold the same elements.
func (f edgeSetFields) equal(other edgeSetFields) bool {
	if f.set != nil {
		return f.set.Equal(*other.set)
	}
	return f.mapped.Equal(*other.mapped)
}

// list returns the elements by name.
func (f edgeSetFields) list() map[string]element {
	list := map[string]element{}
	if f.set != nil {
		for _, value := range f.set.Elements() {
			if name, ok := value.(types.String); ok && known(name) {
				list[name.ValueString()] = element{name: name.ValueString()}
			}
		}
		return list
	}
	for name, value := range f.mapped.Elements() {
		e := element{name: name, null: value.IsNull()}
		if object, ok := value.(types.Object); ok && known(object) {
			e.values = object.Attributes()
		}
		list[name] = e
	}
	return list
}

// put sets the elements.
func (f edgeSetFields) put(list map[string]element, of map[string]attr.Type) {
	if f.set != nil {
		names := make([]attr.Value, 0, len(list))
		for name := range list {
			names = append(names, types.StringValue(name))
		}
		*f.set = types.SetValueMust(types.StringType, names)
		return
	}
	values := make(map[string]attr.Value, len(list))
	for name, e := range list {
		values[name] = e.object(of)
	}
	*f.mapped = types.MapValueMust(types.ObjectType{AttrTypes: of}, values)
}

func (e element) object(of map[string]attr.Type) types.Object {
	if e.null {
		return types.ObjectNull(of)
	}
	return types.ObjectValueMust(of, e.values)
}

// edgeSetResource implements the resource that an edgeSet describes.
type edgeSetResource[Model, Found any] struct {
	base
	set    edgeSet[Model, Found]
	schema schema.Schema
}

func newEdgeSetResource[Model, Found any](s edgeSet[Model, Found], sch schema.Schema) resource.Resource {
	k := kind{
		name:      s.noun,
		identity:  []identityAttribute{{name: s.owner, description: sch.Attributes[s.owner].GetMarkdownDescription()}},
		supported: func(service *chat.Service) bool { return s.of(service) != nil },
	}
	if s.ofUser {
		k.usernames = []usernameAttribute{{s.owner, true}}
		k.fields = map[string]chat.Field{s.owner: chat.FieldUsername}
	} else {
		k.fields = map[string]chat.Field{s.owner: chat.FieldGroupID}
	}
	return manage(&edgeSetResource[Model, Found]{base: base{kind: k}, set: s, schema: sch})
}

// Schema implements resource.Resource.
func (r *edgeSetResource[Model, Found]) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.schema
}

// byKey returns elements by chat.Platform's UserKey. Of several names of the same user,
// the last in alphabetical order counts.
func (r *edgeSetResource[Model, Found]) byKey(list map[string]element) map[string]element {
	keyed := make(map[string]element, len(list))
	for _, name := range slices.Sorted(maps.Keys(list)) {
		keyed[r.client.userKey(name)] = list[name]
	}
	return keyed
}

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

// ModifyPlan plans the elements, refuses what the platform would refuse, and warns of
// edges that a new resource would remove.
func (r *edgeSetResource[Model, Found]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan, config, state Model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	declared := r.set.fields(&config)
	if r.set.types != nil {
		planned := r.set.fields(&plan)
		if r.client != nil && !declared.isUnknown() {
			planned.put(r.planned(declared.list(), r.set.fields(&state)), r.set.types)
		} else {
			*planned.mapped = *declared.mapped // see planLater
		}
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	}
	if r.client == nil {
		return
	}
	if !replaces(req, resp) && r.mayLack(ctx, declared, r.set.fields(&plan), r.set.fields(&state)) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), types.StringUnknown())...)
	}
	if declared.isUnknown() {
		return
	}
	r.check(declared, r.set.fields(&state), &resp.Diagnostics)
	if owner := r.set.fields(&plan).owner; known(*owner) && !resp.Diagnostics.HasError() {
		r.checkOwner(ctx, owner.ValueString(), r.byKey(declared.list()), replaces(req, resp), &resp.Diagnostics)
	}
}

// mayLack reports whether an update is needed although the plan may hold what the state
// holds: a user that this run replaces loses its edges with the old account. While
// planning, the id of such a user is not known yet. During the apply Terraform plans again
// and leaves out an update that changes nothing, unless an unknown id stays unknown.
func (r *edgeSetResource[Model, Found]) mayLack(ctx context.Context, declared, plan, state edgeSetFields) bool {
	if declared.someUnknown() {
		return true
	}
	if !plan.equal(state) {
		return false // there is an update
	}
	wanted := r.byKey(plan.list())
	list, err := r.edges(wanted).List(ctx, plan.owner.ValueString())
	if err != nil {
		return true // the update reports it
	}
	there := make(map[string]bool, len(list))
	for _, found := range list {
		if ref := r.set.ref(found); ref.AppKey == "" {
			there[r.client.userKey(ref.Username)] = true
		}
	}
	for key := range wanted {
		if !there[key] {
			return true
		}
	}
	return false
}

// planned completes the declared elements: what is not declared of one stays what the
// state says.
func (r *edgeSetResource[Model, Found]) planned(declared map[string]element, state edgeSetFields) map[string]element {
	have := map[string]element{}
	if known(*state.mapped) {
		have = r.byKey(state.list())
	}
	planned := make(map[string]element, len(declared))
	for name, e := range declared {
		if e.values != nil {
			values := maps.Clone(e.values)
			for attribute, value := range values {
				if value.IsNull() {
					if was, ok := have[r.client.userKey(name)].values[attribute]; ok {
						values[attribute] = was
					}
				}
			}
			e.values = values
		}
		planned[name] = e
	}
	return planned
}

// check refuses elements that the platform would refuse.
func (r *edgeSetResource[Model, Found]) check(declared, state edgeSetFields, diags *diag.Diagnostics) {
	rules := ruleBook{diags: diags}
	have := map[string]element{}
	if state.id != nil && known(*state.id) {
		have = r.byKey(state.list())
	}
	list := declared.list()
	names := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(list)) {
		at := path.Root(r.set.elements).AtMapKey(name)
		if r.set.types == nil {
			at = path.Root(r.set.elements).AtSetValue(types.StringValue(name))
		}
		key := r.client.userKey(name)
		if twin, ok := names[key]; ok {
			rules.add(at, name, chat.Refuse("%q and %q are the same user: %s compares names without case.", twin, name, r.client.Platform.Title))
			continue
		}
		names[key] = name
		if _, ok := have[key]; !ok {
			rules.add(at, name, r.client.Platform.Rules.Check(chat.FieldUsername, name))
		}
		if r.set.ofUser && known(*declared.owner) && key == r.client.userKey(declared.owner.ValueString()) {
			rules.add(at, name, chat.Refuse("%q is the %s itself.", name, r.set.owner))
		}
		for _, attribute := range slices.Sorted(maps.Keys(list[name].values)) {
			value := list[name].values[attribute]
			if value.IsNull() {
				continue
			}
			rules.add(at.AtName(attribute), name, r.client.Platform.Rules.Check(chat.Field(r.set.single+"."+attribute), plainValue(value)))
		}
	}
	if most := r.set.of(r.client.Service).Limits().Most; most > 0 && len(list) > most {
		diags.AddAttributeError(path.Root(r.set.elements), "Too many elements",
			fmt.Sprintf("%s allows at most %d; there are %d.", r.client.Platform.Title, most, len(list)))
	}
	rules.close()
}

// checkOwner refuses users that cannot be declared for this owner, and warns of what a new
// resource would remove. An owner that does not exist yet has nothing.
func (r *edgeSetResource[Model, Found]) checkOwner(ctx context.Context, owner string, wanted map[string]element, creating bool, diags *diag.Diagnostics) {
	if !creating && r.set.refuse == nil {
		return
	}
	list, err := r.edges(wanted).List(ctx, owner)
	if err != nil {
		return // the apply reports it
	}
	if r.set.refuse != nil {
		if err := r.set.refuse(r.client, owner, list, wanted); err != nil {
			addRule(diags, path.Root(r.set.elements), err)
		}
	}
	var extra []string
	for _, found := range list {
		if _, declared := wanted[r.client.userKey(r.set.ref(found).Username)]; !declared && r.managed(found) {
			extra = append(extra, r.set.ref(found).Username)
		}
	}
	if creating && len(extra) > 0 {
		slices.Sort(extra)
		diags.AddWarning(fmt.Sprintf("Users will be removed from the %s %q", r.set.what, owner),
			fmt.Sprintf("This resource manages all of them, and these are not declared: %s. Declare those that are to stay, or import the resource first to see them in the plan.", nameList(extra)))
	}
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
// The state holds what was there before.
func (r *edgeSetResource[Model, Found]) apply(ctx context.Context, plan, state edgeSetFields, diags *diag.Diagnostics) (begun bool) {
	owner := plan.owner.ValueString()
	wanted := r.byKey(plan.list())
	before := map[string]element{}
	if state.id != nil && known(*state.id) {
		before = r.byKey(state.list())
	}
	engine := r.engine(owner, wanted, before)
	if err := engine.Apply(ctx); err != nil {
		addError(diags, fmt.Sprintf("Could not read the %s %q", r.set.what, owner), err)
		return false
	}
	if engine.NoOwner != nil && len(wanted) == 0 { // nothing that was sent has told
		addError(diags, fmt.Sprintf("Could not read the %s %q", r.set.what, owner), engine.NoOwner)
		return false
	}
	for _, failures := range engine.Failed {
		addFailures(diags, failures)
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
	return true
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

// Create implements resource.Resource.
func (r *edgeSetResource[Model, Found]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, state Model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.refused(ctx, &plan, &resp.Diagnostics) {
		return
	}
	if r.apply(ctx, r.set.fields(&plan), r.set.fields(&state), &resp.Diagnostics) {
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
}

// refused refuses users that cannot be declared for an owner that was not known before.
func (r *edgeSetResource[Model, Found]) refused(ctx context.Context, plan *Model, diags *diag.Diagnostics) bool {
	f := r.set.fields(plan)
	if r.set.refuse != nil {
		r.checkOwner(ctx, f.owner.ValueString(), r.byKey(f.list()), false, diags)
	}
	return diags.HasError()
}

// Read implements resource.Resource.
func (r *edgeSetResource[Model, Found]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state Model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	f := r.set.fields(&state)
	owner := f.owner.ValueString()
	failed := fmt.Sprintf("Could not read the %s %q", r.set.what, owner)
	imported := f.id.IsNull()
	before := map[string]element{}
	if !imported {
		before = r.byKey(f.list())
	}
	list, err := r.edges(before).List(ctx, owner)
	if errors.Is(err, chat.ErrNotFound) {
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		addError(&resp.Diagnostics, failed, err)
		return
	}
	found := make([]*Found, 0, len(list))
	for i := range list {
		if r.managed(list[i]) {
			found = append(found, &list[i])
		}
	}
	if r.set.complete != nil {
		if err := r.set.complete(ctx, r.client, owner, found, r.asked(before, imported)); err != nil {
			addError(&resp.Diagnostics, failed, err)
			return
		}
	}
	after := make(map[string]element, len(found))
	for _, edge := range found {
		e := r.read(before, *edge, imported)
		after[e.name] = e
	}
	*f.id = *f.owner
	f.put(after, r.set.types)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// asked are the attributes that the state holds a value of, for any edge, or all of them.
func (r *edgeSetResource[Model, Found]) asked(before map[string]element, all bool) map[string]bool {
	asked := map[string]bool{}
	for attribute := range r.set.types {
		asked[attribute] = all
		for _, e := range before {
			if value, ok := e.values[attribute]; ok && known(value) {
				asked[attribute] = true
				break
			}
		}
	}
	return asked
}

// read is an edge as the platform returns it. What is not known of it in the state stays
// so, unless all of it is asked for.
func (r *edgeSetResource[Model, Found]) read(before map[string]element, found Found, all bool) element {
	name := r.set.ref(found).Username
	was, there := before[r.client.userKey(name)]
	if there {
		name = was.name
	}
	e := element{name: name, values: r.nulls(), null: was.null}
	if r.set.types == nil {
		return e
	}
	for attribute, remote := range r.set.values(found) {
		have, ok := was.values[attribute]
		switch {
		case !all && (!ok || !known(have)):
		case remote == nil: // cannot be read
			if ok {
				e.values[attribute] = have
			}
		default:
			e.values[attribute] = remote
			if text, isText := remote.(types.String); isText && ok {
				before, _ := have.(types.String)
				e.values[attribute] = readString(before, stringPointer(text))
			}
		}
	}
	return e
}

// Update implements resource.Resource.
func (r *edgeSetResource[Model, Found]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state Model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || r.refused(ctx, &plan, &resp.Diagnostics) {
		return
	}
	if r.apply(ctx, r.set.fields(&plan), r.set.fields(&state), &resp.Diagnostics) {
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
}

// Delete implements resource.Resource: it empties the set.
func (r *edgeSetResource[Model, Found]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state Model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	f := r.set.fields(&state)
	owner := f.owner.ValueString()
	engine := r.engine(owner, nil, r.byKey(f.list()))
	if err := engine.Apply(ctx); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not read the %s %q", r.set.what, owner), err)
		return
	}
	for _, failures := range engine.Failed {
		addFailures(&resp.Diagnostics, failures)
	}
}

// ImportState takes the owner, or an identity.
func (r *edgeSetResource[Model, Found]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importNames(ctx, req, resp, func(id string) ([]string, string) {
		if id == "" || strings.Contains(id, "/") {
			return nil, fmt.Sprintf("The id must be the %s, for example %s; got %q.", r.set.owner, map[bool]string{true: "alice", false: "10000001"}[r.set.ofUser], id)
		}
		return []string{id}, ""
	})
}

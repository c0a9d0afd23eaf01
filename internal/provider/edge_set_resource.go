package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// edgeSetResource implements the resource that an edgeSet describes.
type edgeSetResource[Model, Found any] struct {
	base
	set    edgeSet[Model, Found]
	schema schema.Schema
}

func newEdgeSetResource[Model, Found any](s edgeSet[Model, Found], sch schema.Schema) resource.Resource {
	k := kind{
		name:      s.noun,
		identity:  []identityAttribute{{name: s.owner, description: identityDescription(sch.Attributes[s.owner])}},
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

// ModifyPlan plans the elements, refuses what the platform would refuse, and warns of
// edges that a new resource would remove.
func (r *edgeSetResource[Model, Found]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan, config, state Model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...) // with the owner as planUsernames has planned it
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
	}
	if r.client != nil && !req.State.Raw.IsNull() && req.Config.Raw.IsFullyKnown() && r.spelledOtherwise(r.set.fields(&plan), r.set.fields(&state)) {
		r.set.fields(&plan).adopt(r.set.fields(&state))
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	if r.client == nil {
		return
	}
	if !replaces(req, resp) && (!req.Config.Raw.IsFullyKnown() || r.mayLack(ctx, r.set.fields(&plan), r.set.fields(&state))) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), types.StringUnknown())...)
	}
	if declared.isUnknown() {
		return
	}
	r.check(declared, r.set.fields(&state), &resp.Diagnostics)
	if owner := r.set.fields(&plan).owner; known(*owner) && !resp.Diagnostics.HasError() {
		r.checkOwner(ctx, owner.ValueString(), r.byKey(declared.list()), replaces(req, resp) && !declared.someUnknown(), &resp.Diagnostics)
	}
}

// spelledOtherwise reports whether the elements of two models differ only by the spelling
// of names, if at all.
func (r *edgeSetResource[Model, Found]) spelledOtherwise(plan, state edgeSetFields) bool {
	planned, have := plan.list(), state.list()
	return len(planned) == len(have) && maps.EqualFunc(r.byKey(planned), r.byKey(have), element.equal)
}

// mayLack reports whether an update is needed although the plan may hold what the state
// holds: a user that this run replaces loses its edges with the old account. While
// planning, the id of such a user is not known yet. During the apply Terraform plans again
// and leaves out an update that changes nothing, unless an unknown id stays unknown. The id
// must not become unknown only then: it is unknown as long as anything that is declared is.
func (r *edgeSetResource[Model, Found]) mayLack(ctx context.Context, plan, state edgeSetFields) bool {
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
			fmt.Sprintf("%s accepts at most %d; %d are declared.", capitalized(r.client.Platform.Title), most, len(list)))
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
			fmt.Sprintf("This resource manages all of them, and these are not declared: %s. Declare those that should stay, or import the resource first to see them in the plan.", nameList(extra)))
	}
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
	begun, added := r.apply(ctx, r.set.fields(&plan), r.set.fields(&state), &resp.Diagnostics)
	failed := resp.Diagnostics.HasError()
	if !begun || failed && !added {
		return // in the state, it would be tainted, and the next run would remove what was there before
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	if failed {
		owner := r.set.fields(&plan).owner.ValueString()
		resp.Diagnostics.AddWarning(fmt.Sprintf("Some of the %s %q were added", r.set.what, owner),
			fmt.Sprintf("Because others failed, Terraform marks the resource as tainted: the next apply would remove all %s %q, and add those that are declared again. "+
				"To keep them, run terraform untaint with the address of this resource; the next apply then adds only those that are missing.", r.set.what, owner))
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
	if begun, _ := r.apply(ctx, r.set.fields(&plan), r.set.fields(&state), &resp.Diagnostics); begun {
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

package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// edge describes a resource that is one edge of a relation. Model is the resource's model,
// Found what the platform returns of an edge.
type edge[Model, Found any] struct {
	relation[Found]
	// noun is the resource without the provider's name: "contact".
	noun string
	// other and appKey are the attributes that name the user and, if the user belongs to
	// another application, that one.
	other, appKey string
	// ends returns the model's id and the names of the two ends.
	ends func(*Model) edgeEnds
	// read maps what the platform returns to the model; nil if there are only the ends.
	read func(model *Model, found Found)
	// complete reads what the relation does not return of an edge, as far as it is in the
	// state or all of it is asked for; nil if there is nothing.
	complete func(ctx context.Context, client *client, model *Model, found *Found, all bool) error
	// forget makes null what adding an edge does not write; nil if there are only the ends.
	forget func(model *Model)
	// write makes an edge as declared in the plan, and brings the plan up to date, also if
	// it fails. have is what there is; nil if that is not known. Nil if there are only the ends.
	write func(ctx context.Context, client *client, plan, have *Model) error
	// leave takes back what would outlive the edge, before it is removed, and brings the model
	// up to date, also if it fails; nil if nothing would.
	leave func(ctx context.Context, client *client, have *Model) error
	// stays reports whether an edge is there for another reason, and is not removed; nil if
	// there is none.
	stays func(found Found) bool
	// refuse returns why an edge cannot be declared, given those that there are, as far as
	// that is known; nil if every edge can.
	refuse func(client *client, ends edgeEnds, found []Found) error
}

// edgeEnds are the values of a model that name an edge.
type edgeEnds struct{ id, owner, other, appKey *types.String }

// ref names the user at the other end.
func (e edgeEnds) ref(platform *chat.Platform) chat.Ref {
	return platform.Ref(e.appKey.ValueString(), e.other.ValueString())
}

// fill sets the id.
func (e edgeEnds) fill() {
	parts := []string{e.owner.ValueString(), e.other.ValueString()}
	if known(*e.appKey) {
		parts = append(parts, e.appKey.ValueString())
	}
	*e.id = types.StringValue(strings.Join(parts, "/"))
}

// edgeResource implements the resource that an edge describes.
type edgeResource[Model, Found any] struct {
	base
	edge   edge[Model, Found]
	schema schema.Schema
}

func newEdgeResource[Model, Found any](e edge[Model, Found], s schema.Schema) resource.Resource {
	k := kind{
		name:      e.noun,
		identity:  []identityAttribute{{name: e.owner}, {name: e.other}, {name: e.appKey, optional: true}},
		usernames: []usernameAttribute{{e.other, true}},
		fields:    map[string]chat.Field{e.other: chat.FieldUsername},
		supported: func(s *chat.Service) bool { return e.of(s) != nil },
	}
	if e.ofUser {
		k.usernames = append(k.usernames, usernameAttribute{e.owner, true})
		k.fields[e.owner] = chat.FieldUsername
	} else {
		k.fields[e.owner] = chat.FieldGroupID
	}
	for i := range k.identity {
		k.identity[i].description = identityDescription(s.Attributes[k.identity[i].name])
	}
	return manage(&edgeResource[Model, Found]{base: base{kind: k}, edge: e, schema: s})
}

// Schema implements resource.Resource.
func (r *edgeResource[Model, Found]) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.schema
}

// phrase names an edge in a message: `"bob" in the contacts of "alice"`.
func (r *edgeResource[Model, Found]) phrase(preposition string, m *Model) string {
	ends := r.edge.ends(m)
	return fmt.Sprintf("%q %s the %s %q", ends.ref(r.client.Platform).String(), preposition, r.edge.what, ends.owner.ValueString())
}

// runKey names an edge of this run.
func (r *edgeResource[Model, Found]) runKey(m *Model) string {
	ends := r.edge.ends(m)
	return r.edge.runKey(r.client, ends.owner.ValueString(), ends.ref(r.client.Platform))
}

// ValidateConfig refuses an edge from a user to itself, as far as the configuration
// alone shows.
func (r *edgeResource[Model, Found]) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config Model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	r.refuseSelf(&config, func(username string) string { return username }, &resp.Diagnostics)
}

// ModifyPlan refuses an edge from a user to itself under another spelling, and a new edge
// that cannot be declared.
func (r *edgeResource[Model, Found]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.client == nil || req.Plan.Raw.IsNull() {
		return
	}
	var plan Model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	r.refuseSelf(&plan, r.client.userKey, &resp.Diagnostics)
	ends := r.edge.ends(&plan)
	if r.edge.refuse == nil || !replaces(req, resp) || !known(*ends.owner) || !known(*ends.other) || resp.Diagnostics.HasError() {
		return
	}
	found, err := r.edge.of(r.client.Service).List(ctx, ends.owner.ValueString())
	if err != nil {
		return // the apply reports it
	}
	addRule(&resp.Diagnostics, path.Root(r.edge.other), r.edge.refuse(r.client, ends, found))
}

func (r *edgeResource[Model, Found]) refuseSelf(m *Model, key func(string) string, diags *diag.Diagnostics) {
	ends := r.edge.ends(m)
	if r.edge.ofUser && known(*ends.owner) && known(*ends.other) && ends.appKey.IsNull() && key(ends.owner.ValueString()) == key(ends.other.ValueString()) {
		diags.AddAttributeError(path.Root(r.edge.other), "Invalid value",
			fmt.Sprintf("%s and %s must be two different users, but both are %q.", r.edge.owner, r.edge.other, ends.owner.ValueString()))
	}
}

// Create implements resource.Resource.
func (r *edgeResource[Model, Found]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan Model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ends := r.edge.ends(&plan)
	if r.edge.refuse != nil { // the owner may not have been known before
		if err := r.edge.refuse(r.client, ends, nil); err != nil {
			addRule(&resp.Diagnostics, path.Root(r.edge.other), err)
			return
		}
	}
	defer r.client.run.Hold(r.runKey(&plan))()
	err := chat.Single(r.edge.of(r.client.Service).Add(ctx, ends.owner.ValueString(), []chat.Ref{ends.ref(r.client.Platform)}))
	if _, unsettled := chat.Unsettled(err); unsettled {
		late, cancel := r.client.Grace(ctx)
		found, reading := r.find(late, ends)
		cancel()
		if reading == nil && found != nil {
			err = nil
		}
	}
	_, unsettled := chat.Unsettled(err)
	if err != nil {
		addError(&resp.Diagnostics, "Could not add "+r.phrase("to", &plan), err)
		if !unsettled {
			return
		}
	} else {
		r.client.run.Confirm(r.runKey(&plan))
	}
	// The edge is there, or may be: whatever fails from here on must not lose it.
	ends.fill()
	state := plan
	if r.edge.forget != nil {
		r.edge.forget(&state)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	if unsettled || r.edge.write == nil {
		return
	}
	if err := r.edge.write(ctx, r.client, &plan, nil); err != nil {
		addError(&resp.Diagnostics, "Added "+r.phrase("to", &plan)+", but could not set it up as declared", err)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// Read implements resource.Resource.
func (r *edgeResource[Model, Found]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state Model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ends := r.edge.ends(&state)
	failed := "Could not read " + r.phrase("in", &state)
	found, err := r.find(ctx, ends)
	switch {
	case err != nil:
		addError(&resp.Diagnostics, failed, err)
		return
	case found == nil:
		resp.State.RemoveResource(ctx)
		return
	}
	imported := ends.id.IsNull()
	ends.fill()
	if r.edge.complete != nil {
		if err := r.edge.complete(ctx, r.client, &state, found, imported); err != nil {
			addError(&resp.Diagnostics, failed, err)
			return
		}
	}
	if r.edge.read != nil {
		r.edge.read(&state, *found)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// find returns an edge, nil if it is not there.
func (r *edgeResource[Model, Found]) find(ctx context.Context, ends edgeEnds) (*Found, error) {
	list, err := r.edge.of(r.client.Service).List(ctx, ends.owner.ValueString())
	if errors.Is(err, chat.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	wanted := ends.ref(r.client.Platform)
	hidden := r.edge.of(r.client.Service).Limits().HidesApplications
	for _, found := range list {
		ref := r.edge.ref(found)
		if (hidden || strings.EqualFold(ref.AppKey, wanted.AppKey)) && r.client.userKey(ref.Username) == r.client.userKey(wanted.Username) {
			return &found, nil
		}
	}
	return nil, nil
}

// Update implements resource.Resource.
func (r *edgeResource[Model, Found]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state Model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	defer r.client.run.Hold(r.runKey(&state))()
	if r.edge.write != nil {
		if err := r.edge.write(ctx, r.client, &plan, &state); err != nil {
			addError(&resp.Diagnostics, "Could not change "+r.phrase("in", &state), err)
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// Delete implements resource.Resource.
func (r *edgeResource[Model, Found]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state Model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	defer r.client.run.Hold(r.runKey(&state))()
	if r.client.run.Confirmed(r.runKey(&state)) {
		return
	}
	ends := r.edge.ends(&state)
	stays := func() (bool, error) {
		found, err := r.find(ctx, ends)
		return err == nil && found != nil && r.edge.stays(*found), err
	}
	var err error
	if r.edge.stays != nil && r.edge.of(r.client.Service).Limits().RemovesOwner {
		var is bool
		if is, err = stays(); is {
			if err := r.takeBack(ctx, &state); err != nil {
				addError(&resp.Diagnostics, "Could not remove "+r.phrase("from", &state), err)
				resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
			}
			return
		}
	}
	if err == nil {
		err = r.remove(ctx, &state, ends)
	}
	if err != nil && r.edge.stays != nil {
		if is, reading := stays(); is && reading == nil {
			return
		}
	}
	if err != nil {
		addError(&resp.Diagnostics, "Could not remove "+r.phrase("from", &state), err)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

func (r *edgeResource[Model, Found]) remove(ctx context.Context, state *Model, ends edgeEnds) error {
	if err := r.takeBack(ctx, state); err != nil {
		return err
	}
	return chat.Single(r.edge.of(r.client.Service).Remove(ctx, ends.owner.ValueString(), []chat.Ref{ends.ref(r.client.Platform)}))
}

// takeBack takes back what would outlive an edge.
func (r *edgeResource[Model, Found]) takeBack(ctx context.Context, state *Model) error {
	if r.edge.leave == nil {
		return nil
	}
	err := r.edge.leave(ctx, r.client, state)
	if errors.Is(err, chat.ErrNotFound) {
		return nil
	}
	return err
}

// ImportState takes an id such as alice/bob or alice/bob/APPKEY, or an identity.
func (r *edgeResource[Model, Found]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importNames(ctx, req, resp, func(id string) ([]string, string) {
		parts := idParts(id)
		if len(parts) != 2 && len(parts) != 3 {
			return nil, fmt.Sprintf("The id must be %s/%s, for example %s, followed by /APP_KEY if the user belongs to another application; got %q.",
				r.edge.owner, r.edge.other, map[bool]string{true: "alice/bob", false: "10000001/bob"}[r.edge.ofUser], id)
		}
		return parts, ""
	})
}

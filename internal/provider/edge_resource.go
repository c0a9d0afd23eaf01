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

// edge describes a resource that is one edge of a relation: an owner and another user.
// Model is the resource's model, Found what the platform returns of an edge.
type edge[Model, Found any] struct {
	// what names the relation in messages: "contacts".
	what string
	// owner and other are the attributes that name the two ends.
	owner, other string
	relation     func(*chat.Service) chat.Edges[Found]
	ref          func(Found) chat.Ref
	// ends returns the model's id and the names of the two ends.
	ends func(*Model) edgeEnds
	// read maps what the platform returns to the model; nil if there is nothing but the ends.
	read func(model *Model, found Found)
	// write makes an edge that is there as declared in the plan and puts it in the model;
	// nil if there is nothing but the ends. What the platform has of it is have, or not
	// known if have is nil.
	write func(ctx context.Context, client *client, plan, have *Model) error
}

type edgeEnds struct{ id, owner, other *types.String }

// edgeResource implements the resource that an edge describes.
type edgeResource[Model, Found any] struct {
	base
	edge   edge[Model, Found]
	schema schema.Schema
}

func newEdgeResource[Model, Found any](name string, e edge[Model, Found], owner, other string, s schema.Schema) resource.Resource {
	return manage(&edgeResource[Model, Found]{
		base: base{kind: kind{
			name:      name,
			identity:  []identityAttribute{{e.owner, owner}, {e.other, other}},
			usernames: []usernameAttribute{{e.owner, true}, {e.other, true}},
			fields:    map[string]chat.Field{e.owner: chat.FieldUsername, e.other: chat.FieldUsername},
		}},
		edge:   e,
		schema: s,
	})
}

// Schema implements resource.Resource.
func (r *edgeResource[Model, Found]) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.schema
}

// names returns the names of the ends of an edge.
func (r *edgeResource[Model, Found]) names(m *Model) (owner, other string) {
	ends := r.edge.ends(m)
	return ends.owner.ValueString(), ends.other.ValueString()
}

// key names an edge of this run. It has no direction if the relation has none.
func (r *edgeResource[Model, Found]) runKey(m *Model) string {
	owner, other := r.names(m)
	owner, other = r.client.userKey(owner), r.client.userKey(other)
	if r.edge.relation(r.client.Service).Limits().Mutual && other < owner {
		owner, other = other, owner
	}
	return strings.Join([]string{r.edge.what, owner, other}, "\x00")
}

// ValidateConfig refuses an edge from a user to itself, as far as the configuration
// alone shows.
func (r *edgeResource[Model, Found]) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config Model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	ends := r.edge.ends(&config)
	if known(*ends.owner) && known(*ends.other) && ends.owner.Equal(*ends.other) {
		r.addSelf(&resp.Diagnostics, ends.owner.ValueString())
	}
}

func (r *edgeResource[Model, Found]) addSelf(diags *diag.Diagnostics, owner string) {
	diags.AddAttributeError(path.Root(r.edge.other), "Invalid value",
		fmt.Sprintf("%s and %s must be two different users, but both are %q.", r.edge.owner, r.edge.other, owner))
}

// ModifyPlan refuses an edge from a user to itself under another spelling.
func (r *edgeResource[Model, Found]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.client == nil || req.Plan.Raw.IsNull() {
		return
	}
	var plan Model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	ends := r.edge.ends(&plan)
	if known(*ends.owner) && known(*ends.other) && r.client.userKey(ends.owner.ValueString()) == r.client.userKey(ends.other.ValueString()) {
		r.addSelf(&resp.Diagnostics, ends.owner.ValueString())
	}
}

// Create implements resource.Resource.
func (r *edgeResource[Model, Found]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan Model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	owner, other := r.names(&plan)
	defer r.client.run.Hold(r.runKey(&plan))()
	if err := firstError(r.edge.relation(r.client.Service).Add(ctx, owner, chat.Refs(other))); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not add %q to the %s of %q", other, r.edge.what, owner), err)
		return
	}
	r.client.run.Confirm(r.runKey(&plan))
	// The edge is there: whatever fails from here on must not lose it.
	state := plan
	r.fill(&state, nil)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	if r.edge.write == nil {
		return
	}
	if err := r.edge.write(ctx, r.client, &plan, nil); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Added %q to the %s of %q, but could not set it up as declared", other, r.edge.what, owner), err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// fill sets the id of an edge and maps what the platform returns of it; nil is an edge
// of which only the ends are known.
func (r *edgeResource[Model, Found]) fill(m *Model, found *Found) {
	ends := r.edge.ends(m)
	*ends.id = edgeID(*ends.owner, *ends.other)
	if r.edge.read != nil {
		r.edge.read(m, orZero(found))
	}
}

func edgeID(owner, other types.String) types.String {
	return types.StringValue(owner.ValueString() + "/" + other.ValueString())
}

// Read implements resource.Resource.
func (r *edgeResource[Model, Found]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state Model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	owner, other := r.names(&state)
	list, err := r.edge.relation(r.client.Service).List(ctx, owner)
	if err != nil && !errors.Is(err, chat.ErrNotFound) {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not read the %s of %q", r.edge.what, owner), err)
		return
	}
	for _, found := range list {
		if ref := r.edge.ref(found); ref.AppKey == "" && r.client.userKey(ref.Username) == r.client.userKey(other) {
			r.fill(&state, &found)
			resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
			return
		}
	}
	resp.State.RemoveResource(ctx)
}

// Update implements resource.Resource.
func (r *edgeResource[Model, Found]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state Model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	owner, other := r.names(&state)
	defer r.client.run.Hold(r.runKey(&state))()
	if r.edge.write == nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
		return
	}
	if err := r.edge.write(ctx, r.client, &plan, &state); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not change %q in the %s of %q", other, r.edge.what, owner), err)
		return
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
	owner, other := r.names(&state)
	defer r.client.run.Hold(r.runKey(&state))()
	if r.client.run.Confirmed(r.runKey(&state)) {
		return
	}
	if err := firstError(r.edge.relation(r.client.Service).Remove(ctx, owner, chat.Refs(other))); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not remove %q from the %s of %q", other, r.edge.what, owner), err)
	}
}

// ImportState takes an id such as alice/bob, or an identity.
func (r *edgeResource[Model, Found]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importNames(ctx, req, resp, func(id string) ([]string, string) {
		owner, other, ok := strings.Cut(id, "/")
		if !ok || owner == "" || other == "" || strings.Contains(other, "/") {
			return nil, fmt.Sprintf("The id must be %s/%s, for example alice/bob; got %q.", r.edge.owner, r.edge.other, id)
		}
		return []string{owner, other}, ""
	})
}

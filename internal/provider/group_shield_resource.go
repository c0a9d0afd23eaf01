package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ implementation = (*groupShieldResource)(nil)

func newGroupShieldResource() resource.Resource {
	return manage(&groupShieldResource{base{kind: kind{
		name: "group_shield",
		identity: []identityAttribute{
			{name: "username", description: "The name of the user."},
			{name: "group", description: "The id of the group."},
		},
		usernames: []usernameAttribute{{"username", true}},
		fields:    map[string]chat.Field{"username": chat.FieldUsername, "group": chat.FieldGroupID},
		supported: func(s *chat.Service) bool { return s.Shields != nil },
	}}})
}

// groupShieldResource keeps the messages of a group from a user. It cannot be read.
type groupShieldResource struct{ base }

// Schema implements resource.Resource.
func (r *groupShieldResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Shields a user from a group: the user does not receive the messages of the group. JMessage only. Creating a shield that exists already changes nothing.\n\n" +
			"The platform does not return shields: the shield is only stored in the state, and Terraform does not detect that somebody else removed it. " +
			"It is planned for creation if the user or the group no longer exists. An import assumes that the shield exists.\n\n" +
			"~> Destroying this resource removes the shield, even if it existed before Terraform managed it.",
		Attributes: map[string]schema.Attribute{
			// Required
			"username": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user. Refer to the `id` of its `chat_user`. Changing this forces a new resource.",
			},
			"group": schema.StringAttribute{
				Required:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "The id of the group. Changing this forces a new resource.",
			},

			// Read-only
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The user and the group, as `username/group`.",
			},
		},
	}
}

type groupShieldModel struct {
	ID       types.String `tfsdk:"id"`
	Username types.String `tfsdk:"username"`
	Group    types.String `tfsdk:"group"`
}

// fill sets the id.
func (m *groupShieldModel) fill() {
	m.ID = types.StringValue(m.Username.ValueString() + "/" + m.Group.ValueString())
}

// runKey names a shield of this run.
func (m *groupShieldModel) runKey(c *client) string {
	return strings.Join([]string{"group shield", c.userKey(m.Username.ValueString()), m.Group.ValueString()}, "\x00")
}

// ModifyPlan plans to set a shield again that a destroy may have ended.
func (r *groupShieldResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	planWhatMayHaveEnded(ctx, req, resp)
}

// Create implements resource.Resource.
func (r *groupShieldResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan groupShieldModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := r.set(ctx, &plan, &resp.Diagnostics); err != nil {
		if _, unsettled := chat.Unsettled(err); !unsettled {
			return
		}
		// It may be set: in the state, it is not forgotten.
	}
	plan.fill()
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// set sets a shield, and reports if it fails.
func (r *groupShieldResource) set(ctx context.Context, plan *groupShieldModel, diags *diag.Diagnostics) error {
	defer r.client.run.Hold(plan.runKey(r.client))()
	if r.client.run.Failed(plan.runKey(r.client)) {
		return refuseAfterFailedDestroy(diags, fmt.Sprintf("Could not shield user %q from group %q", plan.Username.ValueString(), plan.Group.ValueString()))
	}
	err := r.client.Shields.Set(ctx, plan.Username.ValueString(), plan.Group.ValueString(), true)
	if err != nil {
		addError(diags, fmt.Sprintf("Could not shield user %q from group %q", plan.Username.ValueString(), plan.Group.ValueString()), err)
		return err
	}
	r.client.run.Confirm(plan.runKey(r.client))
	return nil
}

// Read implements resource.Resource. The shield cannot be read, but it is gone with the user
// or the group.
func (r *groupShieldResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state groupShieldModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	err := r.client.userExists(ctx, state.Username.ValueString())
	if err == nil {
		err = r.client.groupExists(ctx, state.Group.ValueString())
	}
	switch {
	case errors.Is(err, chat.ErrNotFound):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		addError(&resp.Diagnostics, fmt.Sprintf("Could not read user %q and group %q", state.Username.ValueString(), state.Group.ValueString()), err)
		return
	}
	state.fill()
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update implements resource.Resource: it sets a shield again that a destroy may have ended.
// Every other change replaces the resource.
func (r *groupShieldResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan groupShieldModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || r.set(ctx, &plan, &resp.Diagnostics) != nil {
		return
	}
	plan.fill()
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	noteMayHaveEnded(ctx, resp.Private, false, &resp.Diagnostics)
}

// Delete implements resource.Resource.
func (r *groupShieldResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state groupShieldModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	defer r.client.run.Hold(state.runKey(r.client))()
	if r.client.run.Confirmed(state.runKey(r.client)) {
		return
	}
	if err := r.client.Shields.Set(ctx, state.Username.ValueString(), state.Group.ValueString(), false); err != nil {
		r.client.run.Fail(state.runKey(r.client))
		addError(&resp.Diagnostics, fmt.Sprintf("Could not end the shield of user %q from group %q", state.Username.ValueString(), state.Group.ValueString()), err)
		if _, unsettled := chat.Unsettled(err); unsettled {
			noteMayHaveEnded(ctx, resp.Private, true, &resp.Diagnostics)
		}
	}
}

// ImportState takes an id such as alice/10000001, or an identity.
func (r *groupShieldResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importNames(ctx, req, resp, func(id string) ([]string, string) {
		parts := idParts(id)
		if len(parts) != 2 {
			return nil, fmt.Sprintf("The id must be username/group, for example alice/10000001; got %q.", id)
		}
		return parts, ""
	})
}

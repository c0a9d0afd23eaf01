package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var (
	_ resource.ResourceWithConfigure      = (*blockResource)(nil)
	_ resource.ResourceWithValidateConfig = (*blockResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*blockResource)(nil)
	_ resource.ResourceWithImportState    = (*blockResource)(nil)
	_ resource.ResourceWithIdentity       = (*blockResource)(nil)
)

func newBlockResource() resource.Resource { return &blockResource{} }

type blockResource struct {
	client *client
}

func (r *blockResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_block"
}

func (r *blockResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A user blocked by another: the blocked user cannot send messages to the owner. " +
			"Blocks have one direction and leave contacts alone. A block that exists already is taken as it is.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The owner and the blocked user, as `owner/blocked`.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"owner": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user who blocks. Another owner replaces the block.",
			},
			"blocked": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user who is blocked. Another user replaces the block.",
			},
		},
	}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *blockResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identitySchema(map[string]string{
		"owner":   "The name of the user who blocks.",
		"blocked": "The name of the user who is blocked.",
	})
}

func (r *blockResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

type blockModel struct {
	ID      types.String `tfsdk:"id"`
	Owner   types.String `tfsdk:"owner"`
	Blocked types.String `tfsdk:"blocked"`
}

func (m *blockModel) names() names { return names{"owner": m.Owner, "blocked": m.Blocked} }

func (r *blockResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config blockModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	validateEdge(&resp.Diagnostics, config.Owner, config.Blocked, "blocked")
}

// ModifyPlan refuses what the platform would refuse.
func (r *blockResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.client == nil || req.Plan.Raw.IsNull() {
		return
	}
	planEdge(ctx, r.client.Platform(), "blocked", req, resp)
}

func (r *blockResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan blockModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	owner, blocked := plan.Owner.ValueString(), plan.Blocked.ValueString()
	if err := one(r.client.AddBlocks(ctx, owner, []string{blocked})); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not make %q block %q", owner, blocked), err)
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, r.client.Platform(), resp.Identity, plan.names())...)
	plan.ID = edgeID(plan.Owner, plan.Blocked)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

func (r *blockResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state blockModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if elsewhere(ctx, r.client.Platform(), req, resp) {
		return
	}
	resp.Diagnostics.Append(keepIdentity(ctx, r.client.Platform(), resp.Identity, state.names())...)
	owner := state.Owner.ValueString()
	blocked, err := r.client.Blocks(ctx, owner)
	if err != nil && !errors.Is(err, chat.ErrNotFound) {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not read whom %q blocks", owner), err)
		return
	}
	key := r.client.Platform().UserKey
	if !slices.ContainsFunc(blocked, func(name string) bool { return key(name) == key(state.Blocked.ValueString()) }) {
		resp.State.RemoveResource(ctx)
		return
	}
	state.ID = edgeID(state.Owner, state.Blocked)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update is never called: every argument replaces the block.
func (r *blockResource) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}

func (r *blockResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state blockModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	owner, blocked := state.Owner.ValueString(), state.Blocked.ValueString()
	if err := one(r.client.RemoveBlocks(ctx, owner, []string{blocked})); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not make %q unblock %q", owner, blocked), err)
	}
}

func (r *blockResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	importEdge(ctx, r.client.Platform(), "blocked", req, resp)
}

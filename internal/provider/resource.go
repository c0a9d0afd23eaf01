package provider

import (
	"context"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// kind describes a resource to what all resources have in common.
type kind struct {
	// name is the type without the provider's: "user" for chat_user. The fields that
	// platforms have rules for begin with it.
	name string
	// identity are the attributes that distinguish the resource from every other of the
	// application. Empty if it has no natural identity.
	identity []identityAttribute
	// ofApplication reports whether an application has exactly one: its key is the identity.
	ofApplication bool
	// renames reports whether an update, or the refresh after one whose outcome was not known,
	// may change the identity.
	renames bool
	// usernames are the attributes that name users. Another spelling of the same name
	// changes nothing.
	usernames []usernameAttribute
	// fields name the rules of attributes that share them with other attributes.
	fields map[string]chat.Field
	// supported reports whether a platform has what the resource needs; nil if all have it.
	supported func(*chat.Service) bool
}

type identityAttribute struct {
	name, description string
	// optional reports whether the attribute may be null.
	optional bool
}

type usernameAttribute struct {
	name string
	// replaces reports that another user replaces the resource.
	replaces bool
}

// base is embedded by every resource.
type base struct {
	configured
	kind kind
}

func (b *base) common() *base { return b }

// Metadata implements resource.Resource.
func (b *base) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + b.kind.name
	resp.ResourceBehavior.MutableIdentity = b.kind.renames
}

// Configure implements resource.ResourceWithConfigure.
func (b *base) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	b.configure(req.ProviderData, &resp.Diagnostics)
}

// implementation is what the file of a resource defines, with base embedded.
type implementation interface {
	resource.ResourceWithConfigure
	resource.ResourceWithModifyPlan
	resource.ResourceWithImportState
	common() *base
}

// managed adds to a resource what all resources have in common:
//
//   - It keeps to its application, which the private state names. If the provider is
//     configured for another, nothing is read or written. See application.go.
//   - It has an identity, made of the attributes that its kind names. See identity.go.
//   - Its declared values are checked against the rules of the platform while planning.
//     See rules.go.
type managed struct{ implementation }

// managedWithIdentity is managed for a resource that has an identity.
type managedWithIdentity struct{ managed }

var (
	_ resource.ResourceWithConfigure      = (*managed)(nil)
	_ resource.ResourceWithValidateConfig = (*managed)(nil)
	_ resource.ResourceWithModifyPlan     = (*managed)(nil)
	_ resource.ResourceWithImportState    = (*managed)(nil)
	_ resource.ResourceWithIdentity       = (*managedWithIdentity)(nil)
)

func manage(r implementation) resource.Resource {
	if k := r.common().kind; len(k.identity) > 0 || k.ofApplication {
		return &managedWithIdentity{managed{r}}
	}
	return &managed{r}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (m *managedWithIdentity) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = m.common().kind.identitySchema()
}

// ValidateConfig implements resource.ResourceWithValidateConfig.
func (m *managed) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if r, ok := m.implementation.(resource.ResourceWithValidateConfig); ok {
		r.ValidateConfig(ctx, req, resp)
	}
}

// ModifyPlan implements resource.ResourceWithModifyPlan.
func (m *managed) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	b := m.common()
	if b.client != nil {
		if req.Plan.Raw.IsNull() && b.ofThisRun(ctx, req.Private, &resp.Diagnostics) {
			// Nothing is destroyed in the run that wrote it. Another one has begun without a read.
			b.client.run.Begin()
		}
		if !req.State.Raw.IsNull() {
			if b.inOtherApplication(ctx, req.Private, once, &resp.Diagnostics) {
				if !req.Plan.Raw.IsNull() {
					resp.Plan.Raw = req.State.Raw // no change, which is valid also without an error
				}
				return
			}
		} else {
			b.planReplacing(ctx, resp.Private, &resp.Diagnostics)
		}
		if !req.Plan.Raw.IsNull() {
			if !b.there(&resp.Diagnostics) {
				return
			}
			b.checkRules(ctx, req, resp)
			b.planUsernames(ctx, req, resp)
		}
	}
	m.implementation.ModifyPlan(ctx, req, resp)
}

// there reports whether the platform has the resource, and adds an error if not.
func (b *base) there(diags *diag.Diagnostics) bool {
	return b.kind.supported == nil || b.client.supported(diags, "chat_"+b.kind.name, b.kind.supported(b.client.Service))
}

// Create implements resource.Resource.
func (m *managed) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	m.implementation.Create(ctx, req, resp)
	if !resp.State.Raw.IsNull() {
		m.common().noteRun(ctx, resp.Private, &resp.Diagnostics)
		m.common().belong(ctx, resp.Private, &resp.Diagnostics)
		m.common().identify(ctx, resp.State, resp.Identity, &resp.Diagnostics)
	}
}

// Read implements resource.Resource.
func (m *managed) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	b := m.common()
	b.client.run.Begin() // an apply reads no resources
	// The identity is of use also if the resource turns out to be gone.
	b.identify(ctx, req.State, resp.Identity, &resp.Diagnostics)
	if b.inOtherApplication(ctx, req.Private, once, &resp.Diagnostics) {
		return
	}
	b.noteRead(ctx, resp.Private, &resp.Diagnostics)
	m.implementation.Read(ctx, req, resp)
	if resp.Diagnostics.HasError() || resp.State.Raw.IsNull() {
		return
	}
	b.belong(ctx, resp.Private, &resp.Diagnostics)
	if b.kind.renames && resp.Identity != nil {
		b.identifyAnew(ctx, resp.State, resp.Identity, &resp.Diagnostics)
	}
}

// Update implements resource.Resource.
func (m *managed) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	b := m.common()
	if b.inOtherApplication(ctx, req.Private, always, &resp.Diagnostics) {
		return
	}
	b.noteRun(ctx, resp.Private, &resp.Diagnostics)
	b.belong(ctx, resp.Private, &resp.Diagnostics)
	b.identify(ctx, req.State, resp.Identity, &resp.Diagnostics)
	m.implementation.Update(ctx, req, resp)
	if b.kind.renames && resp.Identity != nil {
		b.identifyAnew(ctx, resp.State, resp.Identity, &resp.Diagnostics)
	}
}

// Delete implements resource.Resource.
func (m *managed) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	b := m.common()
	replaced := replacing(ctx, req.Private, &resp.Diagnostics)
	if b.inUnknownApplication(ctx, req.Private, &resp.Diagnostics) {
		resp.State.RemoveResource(ctx)
		return
	}
	if !b.inOtherApplication(ctx, req.Private, always, &resp.Diagnostics) {
		m.implementation.Delete(ctx, req, resp)
	}
	switch {
	case !resp.Diagnostics.HasError():
	case replaced && resp.State.Raw.Equal(req.State.Raw):
		// Of an error without a state, Terraform concludes that nothing was done, and keeps the
		// state and the private state that it has. This call has not got that.
		resp.State.RemoveResource(ctx)
	default:
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, keyReplacing, nil)...)
	}
}

// ImportState implements resource.ResourceWithImportState.
func (m *managed) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	b := m.common()
	if !b.there(&resp.Diagnostics) {
		return
	}
	m.implementation.ImportState(ctx, req, resp)
	if !resp.Diagnostics.HasError() {
		b.checkImported(ctx, resp)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	b.belong(ctx, resp.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, keyImported, []byte("true"))...)
	if resp.Identity != nil {
		b.identifyAnew(ctx, resp.State, resp.Identity, &resp.Diagnostics)
	}
}

// keyRun is where the private state of a resource names the run that wrote it.
const keyRun = "run"

// noteRun notes that this run writes a resource.
func (b *base) noteRun(ctx context.Context, private privateState, diags *diag.Diagnostics) {
	diags.Append(private.SetKey(ctx, keyRun, []byte(strconv.Quote(b.client.run.ID())))...)
}

// ofThisRun reports whether this run wrote a resource.
func (b *base) ofThisRun(ctx context.Context, private privateState, diags *diag.Diagnostics) bool {
	run, d := private.GetKey(ctx, keyRun)
	diags.Append(d...)
	return string(run) == strconv.Quote(b.client.run.ID())
}

// privateState is what a resource keeps beside its state.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// planUsernames plans the attributes that name users: another spelling of the same name
// changes nothing, another name replaces the resource if the kind says so.
func (b *base) planUsernames(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.State.Raw.IsNull() {
		return
	}
	for _, attribute := range b.kind.usernames {
		at := path.Root(attribute.name)
		var state, plan types.String
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, at, &state)...)
		resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, at, &plan)...)
		switch {
		case plan.Equal(state):
		case known(plan) && known(state) && b.client.userKey(plan.ValueString()) == b.client.userKey(state.ValueString()):
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, at, state)...)
		case attribute.replaces:
			resp.RequiresReplace = append(resp.RequiresReplace, at)
		}
	}
}

// replaces reports whether a plan is to create: the resource is new, or replaced.
func replaces(req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) bool {
	return req.State.Raw.IsNull() || len(resp.RequiresReplace) > 0
}

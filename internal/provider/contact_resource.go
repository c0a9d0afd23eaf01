package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var (
	_ resource.ResourceWithConfigure      = (*contactResource)(nil)
	_ resource.ResourceWithValidateConfig = (*contactResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*contactResource)(nil)
	_ resource.ResourceWithImportState    = (*contactResource)(nil)
	_ resource.ResourceWithIdentity       = (*contactResource)(nil)
)

func newContactResource() resource.Resource { return &contactResource{} }

type contactResource struct {
	client *client
}

func (r *contactResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_contact"
}

func (r *contactResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A contact of a user. A contact that exists already is taken as it is.\n\n" +
			"Platforms keep contacts mutual: declaring `alice/bob` makes each a contact of the other, and destroying it removes both directions. " +
			"Declare an edge once, or in both directions, but do not remove one direction and keep the other.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The owner and the contact, as `owner/contact`.",
				PlanModifiers:       keep,
			},
			"owner": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user whose contact it is. Another owner replaces the contact.",
			},
			"contact": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user that is the contact. Another contact replaces it.",
			},
			"note_name": schema.StringAttribute{
				Optional:            true,
				Computed:            true,
				PlanModifiers:       keep,
				MarkdownDescription: "The name that the owner gives the contact, at most 64 bytes without line breaks. An empty string clears it. JMessage only.",
			},
			"note": schema.StringAttribute{
				Optional:            true,
				Computed:            true,
				PlanModifiers:       keep,
				MarkdownDescription: "What the owner notes about the contact, at most 250 bytes. An empty string clears it. JMessage only.",
			},
		},
	}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *contactResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identitySchema(map[string]string{
		"owner":   "The name of the user whose contact it is.",
		"contact": "The name of the user that is the contact.",
	})
}

func (r *contactResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

type contactModel struct {
	ID       types.String `tfsdk:"id"`
	Owner    types.String `tfsdk:"owner"`
	Contact  types.String `tfsdk:"contact"`
	NoteName types.String `tfsdk:"note_name"`
	Note     types.String `tfsdk:"note"`
}

func (m *contactModel) names() names { return names{"owner": m.Owner, "contact": m.Contact} }

// read maps a contact's notes to the model.
func (m *contactModel) read(notes chat.Notes) {
	m.ID = edgeID(m.Owner, m.Contact)
	m.NoteName = readString(m.NoteName, notes.NoteName)
	m.Note = readString(m.Note, notes.Note)
}

func (m *contactModel) notes() chat.Notes {
	return chat.Notes{NoteName: pointer(m.NoteName), Note: pointer(m.Note)}
}

func (r *contactResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config contactModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	validateEdge(&resp.Diagnostics, config.Owner, config.Contact, "contact")
}

// ModifyPlan refuses what the platform would refuse.
func (r *contactResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.client == nil || req.Plan.Raw.IsNull() {
		return
	}
	var config contactModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	notes := config.notes()
	if config.NoteName.IsUnknown() {
		notes.NoteName = new(string)
	}
	if config.Note.IsUnknown() {
		notes.Note = new(string)
	}
	addFieldErrors(&resp.Diagnostics, path.Empty(), r.client.Platform().CheckNotes(notes))
	planEdge(ctx, r.client.Platform(), "contact", req, resp)
}

func (r *contactResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan contactModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	owner, contact := plan.Owner.ValueString(), plan.Contact.ValueString()
	if err := one(r.client.AddContacts(ctx, owner, []string{contact})); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not make %q a contact of %q", contact, owner), err)
		return
	}
	// The contact is there: whatever fails from here on must not lose it.
	resp.Diagnostics.Append(setIdentity(ctx, r.client.Platform(), resp.Identity, plan.names())...)
	state := plan
	state.read(chat.Notes{})
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	r.writeNotes(ctx, plan, chat.Notes{}, &resp.State, &resp.Diagnostics)
}

func (r *contactResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state contactModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if elsewhere(ctx, r.client.Platform(), req, resp) {
		return
	}
	resp.Diagnostics.Append(keepIdentity(ctx, r.client.Platform(), resp.Identity, state.names())...)
	owner := state.Owner.ValueString()
	contacts, err := r.client.Contacts(ctx, owner)
	if err != nil && !errors.Is(err, chat.ErrNotFound) {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not read the contacts of %q", owner), err)
		return
	}
	key := r.client.Platform().UserKey
	for _, c := range contacts {
		if key(c.Username) == key(state.Contact.ValueString()) {
			state.read(c.Notes)
			resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
			return
		}
	}
	resp.State.RemoveResource(ctx)
}

func (r *contactResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state contactModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(keepIdentity(ctx, r.client.Platform(), resp.Identity, state.names())...)
	r.writeNotes(ctx, plan, state.notes(), &resp.State, &resp.Diagnostics)
}

func (r *contactResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state contactModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	owner, contact := state.Owner.ValueString(), state.Contact.ValueString()
	if err := one(r.client.RemoveContacts(ctx, owner, []string{contact})); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not remove %q from the contacts of %q", contact, owner), err)
	}
}

func (r *contactResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	importEdge(ctx, r.client.Platform(), "contact", req, resp)
}

// writeNotes makes the notes as declared in plan and puts the contact in the state.
func (r *contactResource) writeNotes(ctx context.Context, plan contactModel, have chat.Notes, state *tfsdk.State, diags *diag.Diagnostics) {
	want := plan.notes()
	change := chat.Notes{NoteName: changedString(want.NoteName, have.NoteName), Note: changedString(want.Note, have.Note)}
	if !change.Empty() {
		owner, contact := plan.Owner.ValueString(), plan.Contact.ValueString()
		if err := r.client.UpdateContact(ctx, owner, contact, change); err != nil {
			addError(diags, fmt.Sprintf("Could not write the notes of %q about %q", owner, contact), err)
			return
		}
	}
	plan.read(chat.Notes{NoteName: first(change.NoteName, have.NoteName), Note: first(change.Note, have.Note)})
	diags.Append(state.Set(ctx, plan)...)
}

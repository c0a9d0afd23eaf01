package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ implementation = (*doNotDisturbResource)(nil)

func newDoNotDisturbResource() resource.Resource {
	return manage(&doNotDisturbResource{base{kind: kind{
		name: "do_not_disturb",
		identity: []identityAttribute{
			{name: "username", description: "The name of the user who is not disturbed."},
			{name: "contact", description: "The name of the contact, if there is one.", optional: true},
			{name: "contact_app_key", description: "The app key of the application that the contact belongs to, if it is not the provider's application.", optional: true},
			{name: "group", description: "The id of the group, if there is one.", optional: true},
		},
		usernames: []usernameAttribute{{"username", true}, {"contact", true}},
		fields:    map[string]chat.Field{"username": chat.FieldUsername, "contact": chat.FieldUsername, "group": chat.FieldGroupID},
		supported: func(s *chat.Service) bool { return s.Quiet != nil },
	}}})
}

// doNotDisturbResource is a conversation that does not disturb a user, or all of them.
type doNotDisturbResource struct{ base }

// Schema implements resource.Resource.
func (r *doNotDisturbResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	appKey := appKeyAttribute("contact")
	appKey.Validators = append(appKey.Validators, stringvalidator.AlsoRequires(path.MatchRoot("contact")))
	appKey.MarkdownDescription += " Requires `contact`."
	resp.Schema = schema.Schema{
		MarkdownDescription: "Do-not-disturb for a user: the user gets no notifications of messages from a contact, of messages to a group, or of any messages. " +
			"Without `contact` and `group`, it applies to all messages. Creating it if do-not-disturb is already set changes nothing. Destroying it turns notifications on again.\n\n" +
			"On Easemob, do-not-disturb is the notification type `NONE`. If somebody sets another type, the resource is planned for creation. " +
			"JMessage does not return it: it is only stored in the state, an import assumes that it is set, and changes outside of Terraform are not detected, unless the user, contact or group no longer exists.",
		Attributes: map[string]schema.Attribute{
			// Required
			"username": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The name of the user who is not disturbed. Refer to the `id` of its `chat_user`. " +
					"Changing this forces a new resource.",
			},

			// Optional
			"contact": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The name of the user whose messages do not disturb. Refer to the `id` of its `chat_user`. Conflicts with `group`. " +
					"Changing this forces a new resource.",
				Validators: []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("group"))},
			},
			"contact_app_key": appKey,
			"group": schema.StringAttribute{
				Optional:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "The id of the group whose messages do not disturb. Conflicts with `contact`. Changing this forces a new resource.",
			},

			// Read-only
			"id": schema.StringAttribute{
				Computed:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "One of `username`, `username/contact/CONTACT` (followed by `/APP_KEY` if `contact_app_key` is declared) " +
					"and `username/group/GROUP`.",
			},
		},
	}
}

type doNotDisturbModel struct {
	ID            types.String `tfsdk:"id"`
	Username      types.String `tfsdk:"username"`
	Contact       types.String `tfsdk:"contact"`
	ContactAppKey types.String `tfsdk:"contact_app_key"`
	Group         types.String `tfsdk:"group"`
}

// target is what does not disturb the user.
func (m *doNotDisturbModel) target(c *client) chat.QuietTarget {
	target := chat.QuietTarget{Group: m.Group.ValueString()}
	if known(m.Contact) {
		target.Contact = c.Platform.Ref(m.ContactAppKey.ValueString(), m.Contact.ValueString())
	}
	return target
}

// fill sets the id.
func (m *doNotDisturbModel) fill() {
	parts := []string{m.Username.ValueString()}
	switch {
	case known(m.Group):
		parts = append(parts, "group", m.Group.ValueString())
	case known(m.Contact):
		parts = append(parts, "contact", m.Contact.ValueString())
		if known(m.ContactAppKey) {
			parts = append(parts, m.ContactAppKey.ValueString())
		}
	}
	m.ID = types.StringValue(strings.Join(parts, "/"))
}

// runKey names what is set in this run.
func (r *doNotDisturbResource) runKey(m *doNotDisturbModel) string {
	target := m.target(r.client)
	return strings.Join([]string{
		"do not disturb", r.client.userKey(m.Username.ValueString()), target.Group, r.client.userKey(target.Contact.Username), strings.ToLower(target.Contact.AppKey),
	}, "\x00")
}

// ModifyPlan refuses a user as its own contact, and plans to turn on again what a destroy
// may have turned off.
func (r *doNotDisturbResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.client == nil || req.Plan.Raw.IsNull() {
		return
	}
	var plan doNotDisturbModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if known(plan.Username) && known(plan.Contact) && plan.ContactAppKey.IsNull() &&
		r.client.userKey(plan.Username.ValueString()) == r.client.userKey(plan.Contact.ValueString()) {
		resp.Diagnostics.AddAttributeError(path.Root("contact"), "Invalid value",
			fmt.Sprintf("username and contact must be two different users, but both are %q. To turn off all notifications, omit contact.", plan.Username.ValueString()))
	}
	planWhatMayHaveEnded(ctx, req, resp)
}

// Create implements resource.Resource.
func (r *doNotDisturbResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan doNotDisturbModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	err := r.turnOn(ctx, &plan, &resp.Diagnostics)
	if _, unsettled := chat.Unsettled(err); err == nil || unsettled { // it may be set: a state that is tainted turns it off and on again
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
}

// turnOn turns do-not-disturb on, and reports if it fails.
func (r *doNotDisturbResource) turnOn(ctx context.Context, plan *doNotDisturbModel, diags *diag.Diagnostics) error {
	defer r.client.run.Hold(r.runKey(plan))()
	plan.fill()
	if r.client.run.Failed(r.runKey(plan)) {
		return refuseAfterFailedDestroy(diags, fmt.Sprintf("Could not turn on do-not-disturb of user %q for %s", plan.Username.ValueString(), plan.target(r.client)))
	}
	err := r.client.Quiet.Set(ctx, plan.Username.ValueString(), plan.target(r.client), true)
	if err != nil {
		addError(diags, fmt.Sprintf("Could not turn on do-not-disturb of user %q for %s", plan.Username.ValueString(), plan.target(r.client)), err)
		return err
	}
	r.client.run.Confirm(r.runKey(plan))
	return nil
}

// Read implements resource.Resource.
func (r *doNotDisturbResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state doNotDisturbModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	on, err := r.client.Quiet.Get(ctx, state.Username.ValueString(), state.target(r.client))
	if errors.Is(err, chat.ErrUnsupported) {
		on, err = true, r.endsExist(ctx, &state)
	} else if err == nil {
		noteMayHaveEnded(ctx, resp.Private, false, &resp.Diagnostics)
	}
	switch {
	case errors.Is(err, chat.ErrNotFound), err == nil && !on:
		resp.State.RemoveResource(ctx)
	case err != nil:
		addError(&resp.Diagnostics, fmt.Sprintf("Could not read do-not-disturb of user %q for %s", state.Username.ValueString(), state.target(r.client)), err)
	default:
		state.fill()
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// endsExist returns an ErrNotFound if the user does not exist, or what does not disturb it.
// Users of other applications cannot be read.
func (r *doNotDisturbResource) endsExist(ctx context.Context, state *doNotDisturbModel) error {
	target := state.target(r.client)
	err := r.client.userExists(ctx, state.Username.ValueString())
	switch {
	case err != nil:
		return err
	case target.Group != "":
		return r.client.groupExists(ctx, target.Group)
	case target.Contact != chat.Ref{} && target.Contact.AppKey == "":
		return r.client.userExists(ctx, target.Contact.Username)
	}
	return nil
}

// Update implements resource.Resource: it turns on again what a destroy may have turned off.
// Every other change replaces the resource.
func (r *doNotDisturbResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan doNotDisturbModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || r.turnOn(ctx, &plan, &resp.Diagnostics) != nil {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	noteMayHaveEnded(ctx, resp.Private, false, &resp.Diagnostics)
}

// Delete implements resource.Resource.
func (r *doNotDisturbResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state doNotDisturbModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	defer r.client.run.Hold(r.runKey(&state))()
	if r.client.run.Confirmed(r.runKey(&state)) {
		return
	}
	if err := r.client.Quiet.Set(ctx, state.Username.ValueString(), state.target(r.client), false); err != nil && !errors.Is(err, chat.ErrNotFound) {
		r.client.run.Fail(r.runKey(&state))
		addError(&resp.Diagnostics, fmt.Sprintf("Could not turn off do-not-disturb of user %q for %s", state.Username.ValueString(), state.target(r.client)), err)
		if _, unsettled := chat.Unsettled(err); unsettled {
			noteMayHaveEnded(ctx, resp.Private, true, &resp.Diagnostics)
		}
	}
}

// ImportState takes an id such as alice, alice/contact/bob or alice/group/10000001, or an
// identity.
func (r *doNotDisturbResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importNames(ctx, req, resp, func(id string) ([]string, string) {
		parts := idParts(id)
		switch {
		case len(parts) == 1:
			return parts, ""
		case len(parts) == 3 && parts[1] == "group":
			return []string{parts[0], "", "", parts[2]}, ""
		case (len(parts) == 3 || len(parts) == 4) && parts[1] == "contact":
			return append(parts[:1], parts[2:]...), ""
		}
		return nil, fmt.Sprintf("The id must be a user name such as alice, or have a contact or a group as well: alice/contact/bob, "+
			"alice/contact/bob/APPKEY for a contact of another application, or alice/group/10000001; got %q.", id)
	})
}

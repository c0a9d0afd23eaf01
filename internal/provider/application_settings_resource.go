package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ implementation = (*applicationSettingsResource)(nil)

func newApplicationSettingsResource() resource.Resource {
	return manage(&applicationSettingsResource{base{kind: kind{
		name: "application_settings", ofApplication: true,
		supported: func(s *chat.Service) bool { return s.Settings != nil },
	}}})
}

// applicationSettingsResource is the settings of the application itself.
type applicationSettingsResource struct{ base }

// Schema implements resource.Resource.
func (r *applicationSettingsResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = applicationSettingsSchema()
}

func applicationSettingsSchema() schema.Schema {
	keep := []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()}
	return schema.Schema{
		MarkdownDescription: "The settings of the application. JMessage only. A setting that is omitted is left alone. Declare this resource only once for each application.\n\n" +
			"~> Destroying this resource does not change the settings of the application. It only removes them from the state.",
		Attributes: map[string]schema.Attribute{
			// Optional
			"sensitive_word_filter": schema.BoolAttribute{
				Optional: true, Computed: true, PlanModifiers: keep,
				MarkdownDescription: "Whether the filter hides sensitive words in messages. See `chat_sensitive_words`.",
			},
			"sdk_registration": schema.BoolAttribute{
				Optional: true, Computed: true, PlanModifiers: keep,
				MarkdownDescription: "Whether users may register themselves through the SDKs of the platform.",
			},

			// Read-only
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The key of the application.",
			},
		},
	}
}

type applicationSettingsModel struct {
	ID                  types.String `tfsdk:"id"`
	SensitiveWordFilter types.Bool   `tfsdk:"sensitive_word_filter"`
	SDKRegistration     types.Bool   `tfsdk:"sdk_registration"`
}

// settings are the values of the model by what they are on the platform.
func (m *applicationSettingsModel) settings() []applicationSetting {
	return []applicationSetting{
		{chat.SensitiveWordFilter, "sensitive_word_filter", &m.SensitiveWordFilter},
		{chat.SDKRegistration, "sdk_registration", &m.SDKRegistration},
	}
}

type applicationSetting struct {
	setting   chat.AppSetting
	attribute string
	value     *types.Bool
}

// read maps the settings of the platform to the model: those that are asked for.
func (m *applicationSettingsModel) read(ctx context.Context, client *client, asked func(types.Bool) bool) error {
	m.ID = types.StringValue(client.Platform.AppKey)
	for _, s := range m.settings() {
		if !asked(*s.value) {
			continue
		}
		on, err := client.Settings.Get(ctx, s.setting)
		if err != nil {
			return err
		}
		*s.value = types.BoolValue(on)
	}
	return nil
}

// ModifyPlan says what a destroy does not do.
func (r *applicationSettingsResource) ModifyPlan(_ context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.client != nil && req.Plan.Raw.IsNull() {
		resp.Diagnostics.AddWarning("The settings stay as they are",
			"Destroying chat_application_settings changes nothing on the platform: the settings keep their values, and are only removed from the state.")
	}
}

// apply writes what is declared otherwise than it was, and completes the plan with what is
// there. What fails keeps the old value, or null if the outcome is not known.
func (r *applicationSettingsResource) apply(ctx context.Context, plan, state *applicationSettingsModel, diags *diag.Diagnostics) {
	before := state.settings()
	for i, s := range plan.settings() {
		was := *before[i].value
		if !known(*s.value) || s.value.Equal(was) {
			continue
		}
		if err := r.client.Settings.Set(ctx, s.setting, s.value.ValueBool()); err != nil {
			addError(diags, fmt.Sprintf("Could not set %s of the application to %t", s.attribute, s.value.ValueBool()), err)
			*s.value = was
			if _, unsettled := chat.Unsettled(err); unsettled {
				*s.value = types.BoolNull()
			}
		}
	}
	late, cancel := r.client.Grace(ctx) // what was written must be in the state, also if the run is interrupted
	defer cancel()
	if err := plan.read(late, r.client, types.Bool.IsUnknown); err != nil {
		addError(diags, "Could not read the settings of the application", err)
	}
	for _, s := range plan.settings() {
		if s.value.IsUnknown() {
			*s.value = types.BoolNull()
		}
	}
}

// Create implements resource.Resource.
func (r *applicationSettingsResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, nothing applicationSettingsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.apply(ctx, &plan, &nothing, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// Read implements resource.Resource.
func (r *applicationSettingsResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state applicationSettingsModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := state.read(ctx, r.client, func(types.Bool) bool { return true }); err != nil {
		addError(&resp.Diagnostics, "Could not read the settings of the application", err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update implements resource.Resource.
func (r *applicationSettingsResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state applicationSettingsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.apply(ctx, &plan, &state, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// Delete implements resource.Resource: the settings stay as they are.
func (r *applicationSettingsResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

// ImportState takes the key of the application, or an identity.
func (r *applicationSettingsResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importApplication(ctx, req, resp)
}

package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*userTokenEphemeral)(nil)

func newUserTokenEphemeral() ephemeral.EphemeralResource {
	return &userTokenEphemeral{ephemeralResource("user_token")}
}

type userTokenEphemeral struct{ ephemeralBase }

func (e *userTokenEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	attributes := issuedAttributes()
	attributes["username"] = schema.StringAttribute{
		Required: true,
		MarkdownDescription: "The name of the user. If the same configuration creates the user, refer to the `id` of its `chat_user`, " +
			"so that Terraform logs in after the user was created.",
	}
	attributes["password"] = schema.StringAttribute{
		Required:            true,
		Sensitive:           true,
		MarkdownDescription: "The password of the user. If the same configuration changes it, apply that first.",
	}
	attributes["ttl"] = schema.StringAttribute{
		Optional:   true,
		CustomType: timetypes.GoDurationType{},
		MarkdownDescription: "How long the token is valid, as a duration of whole seconds such as `\"90m\"` or `\"24h\"`. " +
			"By default, or if the platform's console has a setting for it, the platform decides.",
		Validators: []validator.String{wholeSeconds{}},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Logs a user in and returns its token, which is stored neither in the state nor in the plan. Easemob only. " +
			"Terraform logs in again in every plan and apply. Within one of them, logins of the same user with the same `password` and `ttl` are made only once.\n\n" +
			"Requires Terraform 1.10 or later, or OpenTofu 1.11 or later.",
		Attributes: attributes,
	}
}

type userTokenModel struct {
	Username types.String         `tfsdk:"username"`
	Password types.String         `tfsdk:"password"`
	TTL      timetypes.GoDuration `tfsdk:"ttl"`
	issuedModel
}

func (e *userTokenEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	if !e.client.supported(&resp.Diagnostics, e.typeName(), e.client.Tokens != nil) {
		return
	}
	var model userTokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	addRule(&resp.Diagnostics, path.Root("username"), e.client.Platform.Rules.Check(chat.FieldUsername, model.Username.ValueString()))
	addRule(&resp.Diagnostics, path.Root("password"), e.client.Platform.Rules.Check(chat.FieldPassword, model.Password.ValueString()))
	if resp.Diagnostics.HasError() {
		return
	}
	var ttl time.Duration
	if !model.TTL.IsNull() {
		d, diags := model.TTL.ValueGoDuration()
		resp.Diagnostics.Append(diags...)
		ttl = d
	}
	name := model.Username.ValueString()
	token, err := e.client.Tokens.ForUser(ctx, name, model.Password.ValueString(), ttl)
	summary := fmt.Sprintf("Could not log in as %q", name)
	switch {
	case errors.Is(err, chat.ErrUnauthorized):
		resp.Diagnostics.AddAttributeError(path.Root("password"), summary, err.Error()+
			"\n\nCheck the password, and that the user exists and is activated. Terraform logs in while planning, too: if the same run changes the password, apply that first; if it creates the user, set username to the id of its chat_user, which is known only after the user was created.")
	case errors.Is(err, chat.ErrNotFound):
		resp.Diagnostics.AddAttributeError(path.Root("username"), summary, err.Error()+
			"\n\nTerraform also logs in when it plans. If the same run creates the user, set username to the id of its chat_user. Terraform then logs in after the user was created.")
	case err != nil:
		addError(&resp.Diagnostics, summary, err)
	default:
		model.read(token)
		resp.Diagnostics.Append(resp.Result.Set(ctx, model)...)
	}
}

// wholeSeconds refuses durations that a platform would round.
type wholeSeconds struct{}

func (wholeSeconds) Description(context.Context) string {
	return "must be a whole number of seconds, at least one"
}

func (v wholeSeconds) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v wholeSeconds) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !known(req.ConfigValue) {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err == nil && (d < time.Second || d%time.Second != 0) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration", fmt.Sprintf("%s %s, got %q.", req.Path, v.Description(ctx), req.ConfigValue.ValueString()))
	}
}

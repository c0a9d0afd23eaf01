package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"

	"terraform-provider-chat/internal/chat"
)

const appTokenName = "chat_app_token" //nolint:gosec // a type name

var _ ephemeral.EphemeralResourceWithConfigure = (*appTokenEphemeral)(nil)

func newAppTokenEphemeral() ephemeral.EphemeralResource { return &appTokenEphemeral{} }

type appTokenEphemeral struct {
	client *client
}

func (e *appTokenEphemeral) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = appTokenName
}

func (e *appTokenEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Gives the application's token, for something else that calls the platform. Neither the state nor the plan keeps it. " +
			"It is the one that this provider itself uses, so it costs no request more.\n\n" +
			"Only on Easemob. Needs Terraform 1.10, or OpenTofu 1.11, or newer.",
		Attributes: issuedAttributes(),
	}
}

func (e *appTokenEphemeral) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	e.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

func (e *appTokenEphemeral) Open(ctx context.Context, _ ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	issuer, ok := capability[chat.TokenIssuer](&resp.Diagnostics, e.client, appTokenName)
	if !ok {
		return
	}
	token, err := issuer.AppToken(ctx)
	if err != nil {
		addError(&resp.Diagnostics, "Could not get a token for the application", err)
		return
	}
	var issued issuedModel
	issued.read(token)
	resp.Diagnostics.Append(resp.Result.Set(ctx, issued)...)
}

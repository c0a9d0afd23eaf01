package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*appTokenEphemeral)(nil)

func newAppTokenEphemeral() ephemeral.EphemeralResource {
	return &appTokenEphemeral{ephemeralResource("app_token")}
}

type appTokenEphemeral struct{ ephemeralBase }

func (e *appTokenEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Returns the token of the application, for other programs that call the platform. Easemob only. It is stored neither in the state nor in the plan. " +
			"The provider uses the same token, so this makes no extra request.\n\n" +
			"Requires Terraform 1.10 or later, or OpenTofu 1.11 or later.",
		Attributes: issuedAttributes(),
	}
}

func (e *appTokenEphemeral) Open(ctx context.Context, _ ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	if !e.client.supported(&resp.Diagnostics, e.typeName(), e.client.Tokens != nil) {
		return
	}
	token, err := e.client.Tokens.ForApp(ctx)
	if err != nil {
		addError(&resp.Diagnostics, "Could not get a token for the application", err)
		return
	}
	var issued issuedModel
	issued.read(token)
	resp.Diagnostics.Append(resp.Result.Set(ctx, issued)...)
}

package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// issuedModel is a token, as ephemeral resources return it.
type issuedModel struct {
	Token     types.String      `tfsdk:"token"`
	ExpiresAt timetypes.RFC3339 `tfsdk:"expires_at"`
}

func issuedAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"token": schema.StringAttribute{
			Computed:            true,
			Sensitive:           true,
			MarkdownDescription: "The token, to be sent as `Authorization: Bearer ...`.",
		},
		"expires_at": schema.StringAttribute{
			Computed:   true,
			CustomType: timetypes.RFC3339Type{},
			MarkdownDescription: "When the token expires, in RFC 3339; null if the platform does not return it. " +
				"The platform may end the token earlier.",
		},
	}
}

func (m *issuedModel) read(token *chat.Token) {
	m.Token = types.StringValue(token.Value)
	m.ExpiresAt = timetypes.NewRFC3339Null()
	if !token.ExpiresAt.IsZero() {
		m.ExpiresAt = timetypes.NewRFC3339TimeValue(token.ExpiresAt.UTC().Truncate(time.Second))
	}
}

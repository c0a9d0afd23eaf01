package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var blockEdge = edge[blockModel, chat.Ref]{
	relation: blockRelation,
	noun:     "block",
	other:    "blocked",
	appKey:   "blocked_app_key",
	ends:     func(m *blockModel) edgeEnds { return edgeEnds{&m.ID, &m.Owner, &m.Blocked, &m.BlockedAppKey} },
}

func newBlockResource() resource.Resource {
	return newEdgeResource(blockEdge,
		schema.Schema{
			MarkdownDescription: "A block: the blocked user cannot send messages to the owner. " +
				"A block has one direction and does not change contacts. Creating a block that exists already changes nothing. " +
				"Blocks that are not declared are left alone. To manage all blocks of a user, and to remove those that are not declared, use `chat_blocks`. Do not use both for one user.",
			Attributes: map[string]schema.Attribute{
				// Required
				"owner": schema.StringAttribute{
					Required: true,
					MarkdownDescription: "The name of the user who blocks. Refer to the `id` of its `chat_user`, so that the block of a replaced user is created again in the same run. " +
						"Changing this forces a new resource.",
				},
				"blocked": schema.StringAttribute{
					Required:            true,
					MarkdownDescription: "The name of the user who is blocked. Refer to the `id` of its `chat_user`. Changing this forces a new resource.",
				},

				// Optional
				"blocked_app_key": appKeyAttribute("blocked user"),

				// Read-only
				"id": schema.StringAttribute{
					Computed:            true,
					MarkdownDescription: "The owner and the blocked user, as `owner/blocked`, followed by `/APP_KEY` if `blocked_app_key` is declared.",
					PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				},
			},
		})
}

type blockModel struct {
	ID            types.String `tfsdk:"id"`
	Owner         types.String `tfsdk:"owner"`
	Blocked       types.String `tfsdk:"blocked"`
	BlockedAppKey types.String `tfsdk:"blocked_app_key"`
}

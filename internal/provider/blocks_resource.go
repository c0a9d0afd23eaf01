package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var blockSet = edgeSet[blocksModel, chat.Ref]{
	relation: blockRelation,
	noun:     "blocks",
	single:   "block",
	elements: "usernames",
	fields: func(m *blocksModel) edgeSetFields {
		return edgeSetFields{id: &m.ID, owner: &m.Owner, set: &m.Usernames}
	},
}

func newBlocksResource() resource.Resource {
	return newEdgeSetResource(blockSet, schema.Schema{
		MarkdownDescription: "All blocks of a user: blocks that are not declared are removed. " +
			"To manage some blocks and leave the others alone, use `chat_block`. Do not use both for one user.",
		Attributes: map[string]schema.Attribute{
			// Required
			"owner": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user who blocks. Refer to the `id` of its `chat_user`. Changing this forces a new resource.",
			},
			"usernames": schema.SetAttribute{
				Required:            true,
				ElementType:         types.StringType,
				Validators:          []validator.Set{setvalidator.NoNullValues()},
				MarkdownDescription: "The names of the users who are blocked. Users of other applications are left alone. On Easemob, at most 500.",
			},

			// Read-only
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The name of the owner.",
			},
		},
	})
}

type blocksModel struct {
	ID        types.String `tfsdk:"id"`
	Owner     types.String `tfsdk:"owner"`
	Usernames types.Set    `tfsdk:"usernames"`
}

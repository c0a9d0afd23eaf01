package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ datasource.DataSourceWithConfigure = (*ownerDataSource[chat.Contact])(nil)

func newContactsDataSource() datasource.DataSource {
	return &ownerDataSource[chat.Contact]{
		dataSourceBase: dataSource("contacts"), relation: contactRelation,
		description: "Reads the names of a user's contacts.",
		usernames:   "The names of the contacts, in the platform's order.",
	}
}

func newBlocksDataSource() datasource.DataSource {
	return &ownerDataSource[chat.Ref]{
		dataSourceBase: dataSource("blocks"), relation: blockRelation,
		description: "Reads the names of the users that a user blocks.",
		usernames:   "The names of the blocked users, in the platform's order.",
	}
}

// ownerDataSource is a list of names that belongs to one user.
type ownerDataSource[Found any] struct {
	dataSourceBase
	relation               relation[Found]
	description, usernames string
}

// Schema implements datasource.DataSource.
func (d *ownerDataSource[Found]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: d.description,
		Attributes: map[string]schema.Attribute{
			"owner": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user whose list it is. A user that does not exist is an error.",
			},
			"usernames": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: d.usernames,
			},
		},
	}
}

type ownerModel struct {
	Owner     types.String `tfsdk:"owner"`
	Usernames []string     `tfsdk:"usernames"`
}

// Read implements datasource.DataSource.
func (d *ownerDataSource[Found]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model ownerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	owner := model.Owner.ValueString()
	list, err := d.relation.of(d.client.Service).List(ctx, owner)
	if err != nil {
		addReadError(&resp.Diagnostics, path.Root("owner"), fmt.Sprintf("Could not read the %s %q", d.relation.what, owner), err)
		return
	}
	model.Usernames = make([]string, len(list))
	for i, found := range list {
		model.Usernames[i] = d.relation.ref(found).Username
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

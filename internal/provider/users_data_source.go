package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ datasource.DataSourceWithConfigure = (*usersDataSource)(nil)

func newUsersDataSource() datasource.DataSource { return &usersDataSource{dataSource("users")} }

type usersDataSource struct{ dataSourceBase }

func (d *usersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the users of the application, oldest first.",
		Attributes: map[string]schema.Attribute{
			"limit": limitAttribute("The maximum number of users to return, after `username_prefix` is applied. Without it, all users are returned."),
			"username_prefix": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Return only users whose names begin with this prefix. The platforms have no such filter, so the provider reads all users, or until `limit` is reached.",
			},
			"users": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The users.",
				NestedObject:        schema.NestedAttributeObject{Attributes: userAttributes()},
			},
			"usernames": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "The names of the users, in the same order.",
			},
		},
	}
}

type usersDataSourceModel struct {
	Limit          types.Int64  `tfsdk:"limit"`
	UsernamePrefix types.String `tfsdk:"username_prefix"`
	Users          []userModel  `tfsdk:"users"`
	Usernames      []string     `tfsdk:"usernames"`
}

func (d *usersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model usersDataSourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	model.Users, model.Usernames = []userModel{}, []string{}
	users := withPrefix(d.client.Service, d.client.AllUsers(ctx), model.UsernamePrefix.ValueString())
	for user, err := range limited(users, model.Limit.ValueInt64()) {
		if err != nil {
			addError(&resp.Diagnostics, "Could not list the users", err)
			return
		}
		var m userModel
		resp.Diagnostics.Append(m.read(ctx, user)...)
		model.Users = append(model.Users, m)
		model.Usernames = append(model.Usernames, user.Username)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

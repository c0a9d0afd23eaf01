package provider

import (
	"context"
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ datasource.DataSourceWithConfigure = (*usersDataSource)(nil)

func newUsersDataSource() datasource.DataSource { return &usersDataSource{} }

type usersDataSource struct {
	client *client
}

func (d *usersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_users"
}

func (d *usersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the users of the application, oldest first.",
		Attributes: map[string]schema.Attribute{
			"limit": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "How many users to return at most, after `username_prefix` is applied. All of them without it.",
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"username_prefix": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "What the names of the returned users begin with. The platforms have no such filter, so all users are read all the same.",
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

func (d *usersDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = clientFrom(req.ProviderData, &resp.Diagnostics)
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
	for user, err := range listUsers(ctx, d.client, model.UsernamePrefix.ValueString()) {
		if err != nil {
			addError(&resp.Diagnostics, "Could not list the users", err)
			return
		}
		var m userModel
		resp.Diagnostics.Append(m.read(ctx, user)...)
		model.Users = append(model.Users, m)
		model.Usernames = append(model.Usernames, user.Username)
		if limit := model.Limit.ValueInt64(); limit > 0 && int64(len(model.Users)) == limit {
			break
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// listUsers yields the users whose names begin with prefix, page by page as far as
// they are asked for. An error ends it.
func listUsers(ctx context.Context, service chat.Service, prefix string) iter.Seq2[*chat.User, error] {
	prefix = service.Platform().UserKey(prefix)
	return func(yield func(*chat.User, error) bool) {
		for cursor, more := "", true; more; {
			page, err := service.ListUsers(ctx, cursor)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Users {
				user := &page.Users[i]
				if strings.HasPrefix(service.Platform().UserKey(user.Username), prefix) && !yield(user, nil) {
					return
				}
			}
			cursor, more = page.Next, page.Next != ""
		}
	}
}

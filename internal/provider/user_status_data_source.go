package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ datasource.DataSourceWithConfigure = (*userStatusDataSource)(nil)

func newUserStatusDataSource() datasource.DataSource {
	return &userStatusDataSource{dataSource("user_status")}
}

type userStatusDataSource struct{ dataSourceBase }

func (d *userStatusDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads whether users are online. Any number of users is read with one request per 100.",
		Attributes: map[string]schema.Attribute{
			"usernames": schema.ListAttribute{
				Required:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "The names of the users.",
				Validators:          []validator.List{listvalidator.NoNullValues()},
			},
			"statuses": schema.MapAttribute{
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "The status of each user by its name as given: " + quotedList([]string{string(chat.Online), string(chat.Offline)}) + ". " +
					"The platforms call a user that does not exist offline.",
			},
		},
	}
}

type userStatusModel struct {
	Usernames []string          `tfsdk:"usernames"`
	Statuses  map[string]string `tfsdk:"statuses"`
}

func (d *userStatusDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model userStatusModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	statuses, err := d.client.Statuses.Of(ctx, model.Usernames)
	if err != nil {
		addError(&resp.Diagnostics, "Could not read the users' status", err)
		return
	}
	model.Statuses = make(map[string]string, len(statuses))
	for i, name := range model.Usernames {
		model.Statuses[name] = string(statuses[i])
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ datasource.DataSourceWithConfigure = (*offlineMessageStatusDataSource)(nil)

func newOfflineMessageStatusDataSource() datasource.DataSource {
	return &offlineMessageStatusDataSource{dataSource("offline_message_status")}
}

type offlineMessageStatusDataSource struct{ dataSourceBase }

func (d *offlineMessageStatusDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads whether a message was delivered to a user. Easemob only.",
		Attributes: map[string]schema.Attribute{
			"username": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user to whom the message was sent. It is an error if the user does not exist.",
			},
			"message_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The platform's identifier of the message.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.NoneOf(".", "..")},
			},
			"status": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The status: `\"delivered\"` or `\"undelivered\"`. The platform returns `\"delivered\"` for a message that it does not know.",
			},
		},
	}
}

type offlineMessageStatusModel struct {
	Username  types.String `tfsdk:"username"`
	MessageID types.String `tfsdk:"message_id"`
	Status    types.String `tfsdk:"status"`
}

func (d *offlineMessageStatusDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	service := d.client.OfflineMessages
	if !d.client.supported(&resp.Diagnostics, d.typeName(), service != nil) {
		return
	}
	var model offlineMessageStatusModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	addRule(&resp.Diagnostics, path.Root("username"), d.client.Platform.Rules.Check(chat.FieldUsername, model.Username.ValueString()))
	if resp.Diagnostics.HasError() {
		return
	}
	name, message := model.Username.ValueString(), model.MessageID.ValueString()
	status, err := service.Status(ctx, name, message)
	if err != nil {
		addReadError(&resp.Diagnostics, path.Root("username"), fmt.Sprintf("Could not read the status of message %q to %q", message, name), err)
		return
	}
	model.Status = types.StringValue(status)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

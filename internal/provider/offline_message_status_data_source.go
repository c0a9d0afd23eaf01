package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

const offlineMessageStatusName = "chat_offline_message_status"

var _ datasource.DataSourceWithConfigure = (*offlineMessageStatusDataSource)(nil)

func newOfflineMessageStatusDataSource() datasource.DataSource {
	return &offlineMessageStatusDataSource{}
}

type offlineMessageStatusDataSource struct {
	client *client
}

func (d *offlineMessageStatusDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = offlineMessageStatusName
}

func (d *offlineMessageStatusDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads whether a message has reached a user.\n\nOnly on Easemob.",
		Attributes: map[string]schema.Attribute{
			"username": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user that the message is for. A user that does not exist is an error.",
			},
			"message_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The platform's identifier of the message.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.NoneOf(".", "..")},
			},
			"status": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The status: `\"delivered\"` or `\"undelivered\"`. The platform calls a message that it does not know delivered.",
			},
		},
	}
}

func (d *offlineMessageStatusDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

type offlineMessageStatusModel struct {
	Username  types.String `tfsdk:"username"`
	MessageID types.String `tfsdk:"message_id"`
	Status    types.String `tfsdk:"status"`
}

func (d *offlineMessageStatusDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	service, ok := capability[chat.OfflineMessages](&resp.Diagnostics, d.client, offlineMessageStatusName)
	if !ok {
		return
	}
	var model offlineMessageStatusModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	checkUsername(&resp.Diagnostics, d.client.Platform(), path.Root("username"), model.Username)
	if resp.Diagnostics.HasError() {
		return
	}
	name, message := model.Username.ValueString(), model.MessageID.ValueString()
	status, err := service.OfflineMessageStatus(ctx, name, message)
	if err != nil {
		summary := fmt.Sprintf("Could not read the status of message %q to %q", message, name)
		if errors.Is(err, chat.ErrNotFound) {
			addAttributeError(&resp.Diagnostics, path.Root("username"), summary, err)
			return
		}
		addError(&resp.Diagnostics, summary, err)
		return
	}
	model.Status = types.StringValue(status)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

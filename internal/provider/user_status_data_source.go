package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
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
		MarkdownDescription: "Reads whether users are online and, on JMessage, on which devices. It makes one request per 100 users.",
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
				MarkdownDescription: "The status of each user, by user name as given in `usernames`: " + quotedList([]string{string(chat.Online), string(chat.Offline)}) + ". " +
					"A user that does not exist is offline.",
			},
			"devices": schema.MapAttribute{
				Computed:    true,
				ElementType: types.ListType{ElemType: types.ObjectType{AttrTypes: deviceTypes}},
				MarkdownDescription: "The devices on which each user has logged in, by user name as given in `usernames`. Each device is an object with " +
					"`platform` (" + quotedList([]string{"android", "ios", "windows", "web"}) + "), `online` (whether the device is connected) " +
					"and `logged_in` (whether the user has not logged out on it). JMessage only; null on Easemob.",
			},
		},
	}
}

// deviceTypes are what is known of a device.
var deviceTypes = map[string]attr.Type{"platform": types.StringType, "online": types.BoolType, "logged_in": types.BoolType}

type userStatusModel struct {
	Usernames []string                 `tfsdk:"usernames"`
	Statuses  map[string]string        `tfsdk:"statuses"`
	Devices   map[string][]deviceModel `tfsdk:"devices"`
}

type deviceModel struct {
	Platform string `tfsdk:"platform"`
	Online   bool   `tfsdk:"online"`
	LoggedIn bool   `tfsdk:"logged_in"`
}

func (d *userStatusDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model userStatusModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := model.complete(ctx, d.client); err != nil {
		addError(&resp.Diagnostics, "Could not read the users' status", err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// complete reads the status of the users. If the platform returns their devices, the status
// follows from them without another request.
func (m *userStatusModel) complete(ctx context.Context, client *client) error {
	m.Statuses = make(map[string]string, len(m.Usernames))
	if client.Devices == nil {
		statuses, err := client.Statuses.Of(ctx, m.Usernames)
		for i, status := range statuses {
			m.Statuses[m.Usernames[i]] = string(status)
		}
		return err
	}
	lists, err := client.Devices.Of(ctx, m.Usernames)
	m.Devices = make(map[string][]deviceModel, len(lists))
	for i, devices := range lists {
		name := m.Usernames[i]
		m.Statuses[name] = string(chat.StatusOf(devices))
		m.Devices[name] = make([]deviceModel, len(devices))
		for j, device := range devices {
			m.Devices[name][j] = deviceModel(device)
		}
	}
	return err
}

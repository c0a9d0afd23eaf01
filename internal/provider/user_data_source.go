package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"terraform-provider-chat/internal/chat"
)

var _ datasource.DataSourceWithConfigure = (*userDataSource)(nil)

func newUserDataSource() datasource.DataSource { return &userDataSource{dataSource("user")} }

type userDataSource struct{ dataSourceBase }

func (d *userDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := userAttributes()
	attributes["username"] = schema.StringAttribute{
		Required:            true,
		MarkdownDescription: "The name of the user. It is an error if the user does not exist.",
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one user of the application.",
		Attributes:          attributes,
	}
}

// userAttributes are the attributes of a user in data sources.
func userAttributes() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":       text("The user name."),
		"username": text("The user name."),
		"uuid":     text("The platform's identifier of the account; null on JMessage."),
		"created_at": schema.StringAttribute{
			Computed:            true,
			CustomType:          timetypes.RFC3339Type{},
			MarkdownDescription: "When the user was registered, in RFC 3339.",
		},
		"nickname": text("The name shown to others; null if none is set."),
		"activated": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the user may log in; null on JMessage, which does not return it.",
		},
		"push": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "How messages are pushed to the user while offline; null if it was never set, and on JMessage.",
			Attributes: map[string]schema.Attribute{
				"display_style":        text("What push messages show: only that there is a message, or its content. One of " + quotedList(chat.DisplayStyles()) + "."),
				"do_not_disturb":       schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether push messages are off between the two hours."},
				"do_not_disturb_start": schema.Int64Attribute{Computed: true, MarkdownDescription: "The hour, 0 to 23, at which do-not-disturb begins every day."},
				"do_not_disturb_end":   schema.Int64Attribute{Computed: true, MarkdownDescription: "The hour, 0 to 23, at which do-not-disturb ends."},
			},
		},
		"profile": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The public profile of the user; null if nothing is set. On Easemob, it is stored in the attributes of the user.",
			Attributes: map[string]schema.Attribute{
				"avatar":    text("The picture: a media id on JMessage, a URL on Easemob."),
				"birthday":  text("The date of birth, `yyyy-MM-dd`."),
				"gender":    text("The gender: " + quotedList(chat.Genders()) + "."),
				"signature": text("The signature."),
				"region":    text("The region."),
				"address":   text("The address."),
				"extras": schema.StringAttribute{
					Computed:            true,
					CustomType:          jsontypes.NormalizedType{},
					MarkdownDescription: "Custom data as a JSON object.",
				},
				"phone": text("The phone number; null on JMessage."),
				"email": text("The e-mail address; null on JMessage."),
			},
		},
	}
}

func (d *userDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model userModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	name := model.Username.ValueString()
	detail := chat.Basic
	if d.client.Platform.Users.ReadsProfile {
		detail = chat.WithProfile
	}
	user, err := d.client.Users.Get(ctx, name, detail)
	if errors.Is(err, chat.ErrNotFound) {
		resp.Diagnostics.AddAttributeError(path.Root("username"), fmt.Sprintf("User %q does not exist", name),
			err.Error()+"\n\nCheck the name, or declare the user as a chat_user and refer to its id attribute.")
		return
	}
	if err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not read user %q", name), err)
		return
	}
	resp.Diagnostics.Append(model.read(ctx, user)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ datasource.DataSourceWithConfigure = (*ownerDataSource)(nil)

func newContactsDataSource() datasource.DataSource {
	return &ownerDataSource{
		typeName:    "_contacts",
		description: "Reads the names of a user's contacts.",
		usernames:   "The names of the contacts, in the platform's order.",
		failed:      "Could not read the contacts of %q",
		read: func(ctx context.Context, service chat.Service, owner string) ([]string, error) {
			contacts, err := service.Contacts(ctx, owner)
			names := make([]string, len(contacts))
			for i, c := range contacts {
				names[i] = c.Username
			}
			return names, err
		},
	}
}

func newBlocksDataSource() datasource.DataSource {
	return &ownerDataSource{
		typeName:    "_blocks",
		description: "Reads the names of the users that a user blocks.",
		usernames:   "The names of the blocked users, in the platform's order.",
		failed:      "Could not read whom %q blocks",
		read: func(ctx context.Context, service chat.Service, owner string) ([]string, error) {
			return service.Blocks(ctx, owner)
		},
	}
}

// ownerDataSource is chat_contacts or chat_blocks: a list of names that belongs to
// one user.
type ownerDataSource struct {
	typeName, description, usernames, failed string

	read   func(ctx context.Context, service chat.Service, owner string) ([]string, error)
	client *client
}

func (d *ownerDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + d.typeName
}

func (d *ownerDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
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

func (d *ownerDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

type ownerModel struct {
	Owner     types.String `tfsdk:"owner"`
	Usernames []string     `tfsdk:"usernames"`
}

func (d *ownerDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model ownerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	owner := model.Owner.ValueString()
	names, err := d.read(ctx, d.client, owner)
	if err != nil {
		summary := fmt.Sprintf(d.failed, owner)
		if errors.Is(err, chat.ErrNotFound) {
			addAttributeError(&resp.Diagnostics, path.Root("owner"), summary, err)
			return
		}
		addError(&resp.Diagnostics, summary, err)
		return
	}
	model.Usernames = append([]string{}, names...)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

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
)

var _ datasource.DataSourceWithConfigure = (*mediaDataSource)(nil)

func newMediaDataSource() datasource.DataSource { return &mediaDataSource{dataSource("media")} }

type mediaDataSource struct{ dataSourceBase }

// Schema implements datasource.DataSource.
func (d *mediaDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the download address of an uploaded file. JMessage only.",
		Attributes: map[string]schema.Attribute{
			"media_id": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "The media id: the `id` of a `chat_media`, or the avatar of a user or a group. It is an error if the file does not exist.",
			},
			"url": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The address from which anybody can download the file without credentials. The platform may return a different address every time.",
			},
		},
	}
}

type mediaURLModel struct {
	MediaID types.String `tfsdk:"media_id"`
	URL     types.String `tfsdk:"url"`
}

// Read implements datasource.DataSource.
func (d *mediaDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if !d.client.supported(&resp.Diagnostics, d.typeName(), d.client.Media != nil) {
		return
	}
	var model mediaURLModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := model.MediaID.ValueString()
	address, err := d.client.Media.URL(ctx, id)
	failed := fmt.Sprintf("Could not read the address of media %q", id)
	switch {
	case noSuchMedia(err):
		resp.Diagnostics.AddAttributeError(path.Root("media_id"), failed, detail(err, "Check the id: the application has no such file."))
		return
	case err != nil:
		addError(&resp.Diagnostics, failed, err)
		return
	}
	model.URL = types.StringValue(address)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ datasource.DataSourceWithConfigure = (*applicationSettingsDataSource)(nil)

func newApplicationSettingsDataSource() datasource.DataSource {
	return &applicationSettingsDataSource{dataSource("application_settings")}
}

type applicationSettingsDataSource struct{ dataSourceBase }

// Schema implements datasource.DataSource.
func (d *applicationSettingsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the settings of the application. JMessage only.",
		Attributes:          computedAttributes(applicationSettingsSchema().Attributes, nil),
	}
}

// Read implements datasource.DataSource.
func (d *applicationSettingsDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	if !d.client.supported(&resp.Diagnostics, d.typeName(), d.client.Settings != nil) {
		return
	}
	var model applicationSettingsModel
	if err := model.read(ctx, d.client, func(types.Bool) bool { return true }); err != nil {
		addError(&resp.Diagnostics, "Could not read the settings of the application", err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

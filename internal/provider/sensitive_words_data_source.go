package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ datasource.DataSourceWithConfigure = (*sensitiveWordsDataSource)(nil)

func newSensitiveWordsDataSource() datasource.DataSource {
	return &sensitiveWordsDataSource{dataSource("sensitive_words")}
}

type sensitiveWordsDataSource struct{ dataSourceBase }

// Schema implements datasource.DataSource.
func (d *sensitiveWordsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads all sensitive words of the application. JMessage only.",
		Attributes: map[string]schema.Attribute{
			"words": schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "The words."},
			"id":    schema.StringAttribute{Computed: true, MarkdownDescription: "The key of the application."},
		},
	}
}

// Read implements datasource.DataSource.
func (d *sensitiveWordsDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	if !d.client.supported(&resp.Diagnostics, d.typeName(), hasWords(d.client.Service)) {
		return
	}
	words, err := readWords(ctx, d.client.Words)
	if err != nil {
		addError(&resp.Diagnostics, "Could not read the sensitive words", err)
		return
	}
	var model sensitiveWordsModel
	resp.Diagnostics.Append(model.read(ctx, d.client.Platform.AppKey, words)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

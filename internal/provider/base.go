package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
)

// named is what data sources, ephemeral resources and actions have in common: a name
// (the type without the provider's) and the client.
type named struct {
	configured
	name string
}

// typeName is the name of the type in a configuration.
func (n *named) typeName() string { return "chat_" + n.name }

// dataSourceBase is embedded by every data source.
type dataSourceBase struct{ named }

// Metadata implements datasource.DataSource.
func (b *dataSourceBase) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = b.typeName()
}

// Configure implements datasource.DataSourceWithConfigure.
func (b *dataSourceBase) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	b.configure(req.ProviderData, &resp.Diagnostics)
}

func dataSource(name string) dataSourceBase { return dataSourceBase{named{name: name}} }

// ephemeralBase is embedded by every ephemeral resource.
type ephemeralBase struct{ named }

// Metadata implements ephemeral.EphemeralResource.
func (b *ephemeralBase) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = b.typeName()
}

// Configure implements ephemeral.EphemeralResourceWithConfigure.
func (b *ephemeralBase) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	b.configure(req.ProviderData, &resp.Diagnostics)
}

func ephemeralResource(name string) ephemeralBase { return ephemeralBase{named{name: name}} }

// actionBase is embedded by every action.
type actionBase struct{ named }

// Metadata implements action.Action.
func (b *actionBase) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = b.typeName()
}

// Configure implements action.ActionWithConfigure.
func (b *actionBase) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	b.configure(req.ProviderData, &resp.Diagnostics)
}

func newAction(name string) actionBase { return actionBase{named{name: name}} }

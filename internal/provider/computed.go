package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// computedAttributes are the attributes of a resource as a data source of one thing has
// them, all computed. descriptions replace those of the resource that are about writing.
func computedAttributes(attributes map[string]resourceschema.Attribute, descriptions map[string]string) map[string]schema.Attribute {
	computed := make(map[string]schema.Attribute, len(attributes))
	for name, attribute := range attributes {
		description, ok := descriptions[name]
		if !ok {
			description = attribute.GetMarkdownDescription()
		}
		switch a := attribute.(type) {
		case resourceschema.BoolAttribute:
			computed[name] = schema.BoolAttribute{Computed: true, MarkdownDescription: description}
		case resourceschema.Int64Attribute:
			computed[name] = schema.Int64Attribute{Computed: true, MarkdownDescription: description}
		case resourceschema.StringAttribute:
			text := schema.StringAttribute{Computed: true, MarkdownDescription: description}
			if _, isTime := a.CustomType.(timetypes.RFC3339Type); isTime {
				text.CustomType = timetypes.RFC3339Type{}
			}
			computed[name] = text
		}
	}
	return computed
}

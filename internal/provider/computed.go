package provider

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// computedAttributes are the attributes of a resource as a data source of one thing has
// them: with the same descriptions, all computed.
func computedAttributes(attributes map[string]resourceschema.Attribute) map[string]schema.Attribute {
	computed := make(map[string]schema.Attribute, len(attributes))
	for name, attribute := range attributes {
		description := attribute.GetMarkdownDescription()
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

// atLeastOne refuses numbers below 1.
var atLeastOne = []validator.Int64{int64validator.AtLeast(1)}

// capitalized begins a sentence with a word.
func capitalized(word string) string {
	return strings.ToUpper(word[:1]) + word[1:]
}

package schemajson_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-framework/action"
	actionschema "github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"terraform-provider-chat/internal/schemajson"
)

// want is what Terraform prints for the zoo provider below.
const want = `{
  "format_version": "1.0",
  "provider_schemas": {
    "zoo": {
      "provider": {
        "version": 0,
        "block": {
          "attributes": {
            "city": {"type": "string", "description": "Where it is.", "description_kind": "markdown", "optional": true}
          },
          "description": "A zoo.",
          "description_kind": "markdown"
        }
      },
      "resource_schemas": {
        "zoo_animal": {
          "version": 3,
          "block": {
            "attributes": {
              "name": {"type": "string", "description_kind": "plain", "required": true},
              "weight": {"type": "number", "description_kind": "plain", "deprecated": true, "optional": true, "computed": true},
              "secret": {"type": "string", "description_kind": "plain", "optional": true, "sensitive": true, "write_only": true},
              "tags": {"type": ["map", "string"], "description_kind": "plain", "optional": true},
              "keepers": {
                "nested_type": {
                  "attributes": {"since": {"type": "bool", "description_kind": "plain", "computed": true}},
                  "nesting_mode": "map"
                },
                "description_kind": "plain", "optional": true
              }
            },
            "block_types": {
              "meal": {
                "nesting_mode": "list",
                "block": {
                  "attributes": {"hour": {"type": "number", "description_kind": "plain", "required": true}},
                  "block_types": {
                    "dish": {"nesting_mode": "single", "block": {
                      "attributes": {"of": {"type": ["list", ["object", {"kind": "string"}]], "description_kind": "plain", "optional": true}},
                      "description_kind": "plain"
                    }}
                  },
                  "description_kind": "plain"
                }
              }
            },
            "description": "An animal.",
            "description_kind": "plain",
            "deprecated": true
          }
        }
      },
      "data_source_schemas": {
        "zoo_animal": {"version": 0, "block": {
          "attributes": {"names": {"type": ["set", "string"], "description_kind": "plain", "computed": true}},
          "description_kind": "plain"
        }}
      },
      "ephemeral_resource_schemas": {
        "zoo_key": {"version": 0, "block": {
          "attributes": {"key": {"type": "string", "description_kind": "plain", "computed": true, "sensitive": true}},
          "description_kind": "plain"
        }}
      },
      "list_resource_schemas": {
        "zoo_animal": {"version": 0, "block": {
          "attributes": {"limit": {"type": "number", "description_kind": "plain", "optional": true}},
          "description_kind": "plain"
        }}
      },
      "action_schemas": {
        "zoo_feed": {"block": {
          "attributes": {"name": {"type": "string", "description_kind": "plain", "required": true}},
          "description": "Feeds.",
          "description_kind": "plain"
        }}
      },
      "functions": {
        "age": {
          "summary": "The age",
          "description": "The age in years.",
          "return_type": "number",
          "parameters": [{"name": "born", "description": "The year.", "is_nullable": true, "type": "number"}],
          "variadic_parameter": {"name": "rest", "type": "dynamic"}
        }
      },
      "resource_identity_schemas": {
        "zoo_animal": {"version": 2, "attributes": {
          "name": {"type": "string", "description": "Its name.", "required_for_import": true},
          "house": {"type": "string", "optional_for_import": true}
        }}
      }
    }
  }
}`

func TestJSON(t *testing.T) {
	server, err := providerserver.NewProtocol6WithError(zoo{})()
	if err != nil {
		t.Fatal(err)
	}
	got, err := schemajson.JSON(t.Context(), server, "zoo")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(decode(t, []byte(want)), decode(t, got)); diff != "" {
		t.Errorf("schemas (-want +got):\n%s", diff)
	}

	// What reads the format accepts it.
	var schemas tfjson.ProviderSchemas
	if err := json.Unmarshal(got, &schemas); err != nil {
		t.Fatal(err)
	}
	animal := schemas.Schemas["zoo"].ResourceSchemas["zoo_animal"].Block
	if kind := animal.Attributes["tags"].AttributeType.FriendlyName(); kind != "map of string" {
		t.Errorf("tags is a %s, want a map of string", kind)
	}
}

func TestJSONFails(t *testing.T) {
	refused := []*tfprotov6.Diagnostic{
		{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Old"},
		{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Two of a name", Detail: "zoo_animal"},
	}
	attribute := func(a *tfprotov6.SchemaAttribute) tfprotov6.GetProviderSchemaResponse {
		return tfprotov6.GetProviderSchemaResponse{ResourceSchemas: map[string]*tfprotov6.Schema{
			"zoo_animal": {Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{a}}},
		}}
	}
	tests := map[string]struct {
		server broken
		want   string
	}{
		"schema call":      {broken{schemaErr: errors.New("gone")}, "provider schema: gone"},
		"schema refused":   {broken{schema: tfprotov6.GetProviderSchemaResponse{Diagnostics: refused}}, "Two of a name: zoo_animal"},
		"identity call":    {broken{identityErr: errors.New("gone")}, "resource identity schemas: gone"},
		"identity refused": {broken{identity: tfprotov6.GetResourceIdentitySchemasResponse{Diagnostics: refused}}, "Two of a name: zoo_animal"},
		"no type":          {broken{schema: attribute(&tfprotov6.SchemaAttribute{Name: "name"})}, "resource zoo_animal: name: no type"},
		"no nesting": {
			broken{schema: attribute(&tfprotov6.SchemaAttribute{Name: "keepers", NestedType: &tfprotov6.SchemaObject{}})},
			"resource zoo_animal: keepers: nesting mode INVALID",
		},
		"negative version": {
			broken{schema: tfprotov6.GetProviderSchemaResponse{DataSourceSchemas: map[string]*tfprotov6.Schema{"zoo_animal": {Version: -1}}}},
			"data source zoo_animal: version: -1 is negative",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := schemajson.JSON(t.Context(), tt.server, "zoo")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func decode(t *testing.T, raw []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// broken is a server whose schema calls answer as told.
type broken struct {
	tfprotov6.ProviderServer
	schema      tfprotov6.GetProviderSchemaResponse
	schemaErr   error
	identity    tfprotov6.GetResourceIdentitySchemasResponse
	identityErr error
}

func (b broken) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &b.schema, b.schemaErr
}

func (b broken) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &b.identity, b.identityErr
}

// zoo is a provider with one of everything.
type zoo struct{ provider.Provider }

func (zoo) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "zoo"
}

func (zoo) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerschema.Schema{
		MarkdownDescription: "A zoo.",
		Attributes: map[string]providerschema.Attribute{
			"city": providerschema.StringAttribute{Optional: true, MarkdownDescription: "Where it is."},
		},
	}
}

func (zoo) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return animal{} }}
}

func (zoo) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return animals{} }}
}

func (zoo) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource { return key{} }}
}

func (zoo) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{func() list.ListResource { return animalList{} }}
}

func (zoo) Actions(context.Context) []func() action.Action {
	return []func() action.Action{func() action.Action { return feed{} }}
}

func (zoo) Functions(context.Context) []func() function.Function {
	return []func() function.Function{func() function.Function { return age{} }}
}

type animal struct{ resource.Resource }

func (animal) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "zoo_animal"
}

func (animal) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Version:            3,
		Description:        "An animal.",
		DeprecationMessage: "Use plants.",
		Attributes: map[string]schema.Attribute{
			"name":   schema.StringAttribute{Required: true},
			"weight": schema.Int64Attribute{Optional: true, Computed: true, DeprecationMessage: "Impolite."},
			"secret": schema.StringAttribute{Optional: true, Sensitive: true, WriteOnly: true},
			"tags":   schema.MapAttribute{Optional: true, ElementType: types.StringType},
			"keepers": schema.MapNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{
				Attributes: map[string]schema.Attribute{"since": schema.BoolAttribute{Computed: true}},
			}},
		},
		Blocks: map[string]schema.Block{
			"meal": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{
				Attributes: map[string]schema.Attribute{"hour": schema.Int64Attribute{Required: true}},
				Blocks: map[string]schema.Block{"dish": schema.SingleNestedBlock{
					Attributes: map[string]schema.Attribute{"of": schema.ListAttribute{
						Optional:    true,
						ElementType: types.ObjectType{AttrTypes: map[string]attr.Type{"kind": types.StringType}},
					}},
				}},
			}},
		},
	}
}

func (animal) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Version: 2,
		Attributes: map[string]identityschema.Attribute{
			"name":  identityschema.StringAttribute{RequiredForImport: true, Description: "Its name."},
			"house": identityschema.StringAttribute{OptionalForImport: true},
		},
	}
}

type animals struct{ datasource.DataSource }

func (animals) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "zoo_animal"
}

func (animals) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = datasourceschema.Schema{Attributes: map[string]datasourceschema.Attribute{
		"names": datasourceschema.SetAttribute{Computed: true, ElementType: types.StringType},
	}}
}

type key struct{ ephemeral.EphemeralResource }

func (key) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = "zoo_key"
}

func (key) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = ephemeralschema.Schema{Attributes: map[string]ephemeralschema.Attribute{
		"key": ephemeralschema.StringAttribute{Computed: true, Sensitive: true},
	}}
}

type animalList struct{ list.ListResource }

func (animalList) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "zoo_animal"
}

func (animalList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{Attributes: map[string]listschema.Attribute{
		"limit": listschema.Int64Attribute{Optional: true},
	}}
}

type feed struct{ action.Action }

func (feed) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "zoo_feed"
}

func (feed) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = actionschema.Schema{
		Description: "Feeds.",
		Attributes: map[string]actionschema.Attribute{
			"name": actionschema.StringAttribute{Required: true},
		},
	}
}

type age struct{ function.Function }

func (age) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "age"
}

func (age) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:           "The age",
		Description:       "The age in years.",
		Parameters:        []function.Parameter{function.Int64Parameter{Name: "born", Description: "The year.", AllowNullValue: true}},
		VariadicParameter: function.DynamicParameter{Name: "rest"},
		Return:            function.Int64Return{},
	}
}

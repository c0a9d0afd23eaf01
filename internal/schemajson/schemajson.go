// Package schemajson writes a provider's schemas in the format of "terraform providers
// schema -json", without Terraform. The documentation is generated from it, so that it
// also covers what an older installed Terraform does not support: list resources,
// actions, identities.
package schemajson

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

// formatVersion is the version of the format, as Terraform writes it.
const formatVersion = "1.0"

// JSON returns the schemas of the provider that server serves, under the given
// address. It fails if the server does, or if a schema holds a type that
// Terraform has no JSON form for.
func JSON(ctx context.Context, server tfprotov6.ProviderServer, address string) ([]byte, error) {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, fmt.Errorf("provider schema: %w", err)
	}
	if err := firstError(schemas.Diagnostics); err != nil {
		return nil, fmt.Errorf("provider schema: %w", err)
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, fmt.Errorf("resource identity schemas: %w", err)
	}
	if err := firstError(identities.Diagnostics); err != nil {
		return nil, fmt.Errorf("resource identity schemas: %w", err)
	}

	provider, err := convert(schemas, identities)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(tfjson.ProviderSchemas{
		FormatVersion: formatVersion,
		Schemas:       map[string]*tfjson.ProviderSchema{address: provider},
	}, "", "  ")
}

func firstError(diagnostics []*tfprotov6.Diagnostic) error {
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return fmt.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	return nil
}

func convert(schemas *tfprotov6.GetProviderSchemaResponse, identities *tfprotov6.GetResourceIdentitySchemasResponse) (*tfjson.ProviderSchema, error) {
	var p tfjson.ProviderSchema
	var err error
	if p.ConfigSchema, err = schema(schemas.Provider); err != nil {
		return nil, fmt.Errorf("provider: %w", err)
	}
	if p.ResourceSchemas, err = each(schemas.ResourceSchemas, schema); err != nil {
		return nil, fmt.Errorf("resource %w", err)
	}
	if p.DataSourceSchemas, err = each(schemas.DataSourceSchemas, schema); err != nil {
		return nil, fmt.Errorf("data source %w", err)
	}
	if p.EphemeralResourceSchemas, err = each(schemas.EphemeralResourceSchemas, schema); err != nil {
		return nil, fmt.Errorf("ephemeral resource %w", err)
	}
	if p.ListResourceSchemas, err = each(schemas.ListResourceSchemas, schema); err != nil {
		return nil, fmt.Errorf("list resource %w", err)
	}
	if p.ActionSchemas, err = each(schemas.ActionSchemas, action); err != nil {
		return nil, fmt.Errorf("action %w", err)
	}
	if p.StateStoreSchemas, err = each(schemas.StateStoreSchemas, schema); err != nil {
		return nil, fmt.Errorf("state store %w", err)
	}
	if p.Functions, err = each(schemas.Functions, function); err != nil {
		return nil, fmt.Errorf("function %w", err)
	}
	if p.ResourceIdentitySchemas, err = each(identities.IdentitySchemas, identity); err != nil {
		return nil, fmt.Errorf("identity of resource %w", err)
	}
	return &p, nil
}

// each converts the values of a map; an error names the key.
func each[In, Out any](in map[string]In, convert func(In) (Out, error)) (map[string]Out, error) {
	out := make(map[string]Out, len(in))
	for name, value := range in {
		converted, err := convert(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = converted
	}
	return out, nil
}

func schema(s *tfprotov6.Schema) (*tfjson.Schema, error) {
	if s == nil {
		return &tfjson.Schema{Block: &tfjson.SchemaBlock{}}, nil
	}
	b, err := block(s.Block)
	if err != nil {
		return nil, err
	}
	version, err := count(s.Version)
	if err != nil {
		return nil, fmt.Errorf("version: %w", err)
	}
	return &tfjson.Schema{Version: version, Block: b}, nil
}

func action(a *tfprotov6.ActionSchema) (*tfjson.ActionSchema, error) {
	s, err := schema(a.Schema)
	if err != nil {
		return nil, err
	}
	return &tfjson.ActionSchema{Block: s.Block}, nil
}

func block(b *tfprotov6.SchemaBlock) (*tfjson.SchemaBlock, error) {
	if b == nil {
		return &tfjson.SchemaBlock{}, nil
	}
	attrs, err := attributes(b.Attributes)
	if err != nil {
		return nil, err
	}
	nested := make(map[string]*tfjson.SchemaBlockType, len(b.BlockTypes))
	for _, n := range b.BlockTypes {
		if nested[n.TypeName], err = nestedBlock(n); err != nil {
			return nil, fmt.Errorf("%s: %w", n.TypeName, err)
		}
	}
	return &tfjson.SchemaBlock{
		Attributes:      attrs,
		NestedBlocks:    nested,
		Description:     b.Description,
		DescriptionKind: kind(b.DescriptionKind),
		Deprecated:      b.Deprecated,
	}, nil
}

func nestedBlock(n *tfprotov6.SchemaNestedBlock) (*tfjson.SchemaBlockType, error) {
	modes := map[tfprotov6.SchemaNestedBlockNestingMode]tfjson.SchemaNestingMode{
		tfprotov6.SchemaNestedBlockNestingModeSingle: tfjson.SchemaNestingModeSingle,
		tfprotov6.SchemaNestedBlockNestingModeList:   tfjson.SchemaNestingModeList,
		tfprotov6.SchemaNestedBlockNestingModeSet:    tfjson.SchemaNestingModeSet,
		tfprotov6.SchemaNestedBlockNestingModeMap:    tfjson.SchemaNestingModeMap,
		tfprotov6.SchemaNestedBlockNestingModeGroup:  tfjson.SchemaNestingModeGroup,
	}
	mode, ok := modes[n.Nesting]
	if !ok {
		return nil, fmt.Errorf("nesting mode %s", n.Nesting)
	}
	b, err := block(n.Block)
	if err != nil {
		return nil, err
	}
	least, err := count(n.MinItems)
	if err != nil {
		return nil, fmt.Errorf("least number of items: %w", err)
	}
	most, err := count(n.MaxItems)
	if err != nil {
		return nil, fmt.Errorf("greatest number of items: %w", err)
	}
	return &tfjson.SchemaBlockType{NestingMode: mode, Block: b, MinItems: least, MaxItems: most}, nil
}

func attributes(in []*tfprotov6.SchemaAttribute) (map[string]*tfjson.SchemaAttribute, error) {
	out := make(map[string]*tfjson.SchemaAttribute, len(in))
	for _, a := range in {
		converted, err := attribute(a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Name, err)
		}
		out[a.Name] = converted
	}
	return out, nil
}

func attribute(a *tfprotov6.SchemaAttribute) (*tfjson.SchemaAttribute, error) {
	out := &tfjson.SchemaAttribute{
		Description:     a.Description,
		DescriptionKind: kind(a.DescriptionKind),
		Deprecated:      a.Deprecated,
		Required:        a.Required,
		Optional:        a.Optional,
		Computed:        a.Computed,
		Sensitive:       a.Sensitive,
		WriteOnly:       a.WriteOnly,
	}
	var err error
	if a.NestedType == nil {
		out.AttributeType, err = ctyType(a.Type)
	} else {
		out.AttributeNestedType, err = nestedAttribute(a.NestedType)
	}
	return out, err
}

func nestedAttribute(o *tfprotov6.SchemaObject) (*tfjson.SchemaNestedAttributeType, error) {
	modes := map[tfprotov6.SchemaObjectNestingMode]tfjson.SchemaNestingMode{
		tfprotov6.SchemaObjectNestingModeSingle: tfjson.SchemaNestingModeSingle,
		tfprotov6.SchemaObjectNestingModeList:   tfjson.SchemaNestingModeList,
		tfprotov6.SchemaObjectNestingModeSet:    tfjson.SchemaNestingModeSet,
		tfprotov6.SchemaObjectNestingModeMap:    tfjson.SchemaNestingModeMap,
	}
	mode, ok := modes[o.Nesting]
	if !ok {
		return nil, fmt.Errorf("nesting mode %s", o.Nesting)
	}
	attrs, err := attributes(o.Attributes)
	if err != nil {
		return nil, err
	}
	return &tfjson.SchemaNestedAttributeType{Attributes: attrs, NestingMode: mode}, nil
}

func identity(s *tfprotov6.ResourceIdentitySchema) (*tfjson.IdentitySchema, error) {
	version, err := count(s.Version)
	if err != nil {
		return nil, fmt.Errorf("version: %w", err)
	}
	out := &tfjson.IdentitySchema{Version: version, Attributes: make(map[string]*tfjson.IdentityAttribute, len(s.IdentityAttributes))}
	for _, a := range s.IdentityAttributes {
		t, err := ctyType(a.Type)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Name, err)
		}
		out.Attributes[a.Name] = &tfjson.IdentityAttribute{
			IdentityType:      t,
			Description:       a.Description,
			RequiredForImport: a.RequiredForImport,
			OptionalForImport: a.OptionalForImport,
		}
	}
	return out, nil
}

func function(f *tfprotov6.Function) (*tfjson.FunctionSignature, error) {
	out := &tfjson.FunctionSignature{
		Description:        f.Description,
		Summary:            f.Summary,
		DeprecationMessage: f.DeprecationMessage,
	}
	var err error
	if out.ReturnType, err = ctyType(f.Return.Type); err != nil {
		return nil, fmt.Errorf("result: %w", err)
	}
	for _, p := range f.Parameters {
		converted, err := parameter(p)
		if err != nil {
			return nil, err
		}
		out.Parameters = append(out.Parameters, converted)
	}
	if f.VariadicParameter != nil {
		if out.VariadicParameter, err = parameter(f.VariadicParameter); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func parameter(p *tfprotov6.FunctionParameter) (*tfjson.FunctionParameter, error) {
	t, err := ctyType(p.Type)
	if err != nil {
		return nil, fmt.Errorf("parameter %s: %w", p.Name, err)
	}
	return &tfjson.FunctionParameter{
		Name:        p.Name,
		Description: p.Description,
		IsNullable:  p.AllowNullValue,
		Type:        t,
	}, nil
}

// ctyType turns a type of the protocol into the one that the JSON format is
// written from; both have the same JSON form.
func ctyType(t tftypes.Type) (cty.Type, error) {
	if t == nil {
		return cty.NilType, errors.New("no type")
	}
	raw, err := json.Marshal(t)
	if err != nil {
		return cty.NilType, err
	}
	var out cty.Type
	if err := json.Unmarshal(raw, &out); err != nil {
		return cty.NilType, err
	}
	return out, nil
}

func kind(k tfprotov6.StringKind) tfjson.SchemaDescriptionKind {
	if k == tfprotov6.StringKindMarkdown {
		return tfjson.SchemaDescriptionKindMarkdown
	}
	return tfjson.SchemaDescriptionKindPlain
}

func count(n int64) (uint64, error) {
	if n < 0 {
		return 0, fmt.Errorf("%d is negative", n)
	}
	return uint64(n), nil
}

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A resource's identity is the application and the attributes that distinguish it from every
// other. It is given once and never changes after that: names in it are spelled as they
// are in the state, which keeps its spelling.

// identityAppKey is the attribute of an identity that names the application.
const identityAppKey = "app_key"

func (k kind) identitySchema() identityschema.Schema {
	appKey := identityschema.StringAttribute{
		OptionalForImport: true,
		Description:       "The key of the application. If it is set, it must be the key of the application that the provider is configured for.",
	}
	if k.ofApplication {
		appKey = identityschema.StringAttribute{RequiredForImport: true, Description: "The key of the application that the provider is configured for."}
	}
	attributes := map[string]identityschema.Attribute{identityAppKey: appKey}
	for _, attribute := range k.identity {
		attributes[attribute.name] = identityschema.StringAttribute{
			RequiredForImport: !attribute.optional, OptionalForImport: attribute.optional, Description: attribute.description,
		}
	}
	return identityschema.Schema{Attributes: attributes}
}

// identityDescription is the first sentence of the description of an attribute. The others
// say how to declare and change it, which does not apply to an identity.
func identityDescription(attribute schema.Attribute) string {
	first, _, _ := strings.Cut(attribute.GetMarkdownDescription(), ". ")
	return strings.TrimSuffix(first, ".") + "."
}

// identify gives a resource its identity, unless it has one.
func (b *base) identify(ctx context.Context, state tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	if identity != nil && identity.Raw.IsFullyNull() {
		b.identifyAnew(ctx, state, identity, diags)
	}
}

// identifyAnew gives a resource its identity, whatever it has.
func (b *base) identifyAnew(ctx context.Context, state tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	names := make(map[string]types.String, len(b.kind.identity))
	for _, attribute := range b.kind.identity {
		var name types.String
		diags.Append(state.GetAttribute(ctx, path.Root(attribute.name), &name)...)
		names[attribute.name] = name
	}
	b.setIdentity(ctx, names, identity, diags)
}

// setIdentity gives what has these names its identity.
func (b *base) setIdentity(ctx context.Context, names map[string]types.String, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	identity.Raw = tftypes.NewValue(identity.Schema.Type().TerraformType(ctx), nil)
	diags.Append(identity.SetAttribute(ctx, path.Root(identityAppKey), b.client.Platform.AppKey)...)
	for attribute, name := range names {
		diags.Append(identity.SetAttribute(ctx, path.Root(attribute), name)...)
	}
}

// importNames puts the names of what is imported in the state: those of an identity, or
// those that split finds in an id, or the problem it has with it. An empty name is one that is not given.
func (b *base) importNames(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse, split func(id string) (names []string, problem string)) {
	names := map[string]string{}
	if req.ID == "" && req.Identity != nil {
		names = b.identityNames(ctx, req, &resp.Diagnostics)
	} else {
		parts, problem := split(req.ID)
		if problem != "" {
			resp.Diagnostics.AddError("Invalid import id", problem)
			return
		}
		for i, part := range parts {
			if part != "" {
				names[b.kind.identity[i].name] = part
			}
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	for attribute, name := range names {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attribute), name)...)
	}
}

// idParts returns the parts of an id that slashes separate, nil if one is empty.
func idParts(id string) []string {
	parts := strings.Split(id, "/")
	if slices.Contains(parts, "") {
		return nil
	}
	return parts
}

// importApplication puts the id of what an application has one of in the state, if the id
// or the identity names the provider's application.
func (b *base) importApplication(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	key := b.client.Platform.AppKey
	if req.ID == "" && req.Identity != nil {
		b.identityNames(ctx, req, &resp.Diagnostics)
	} else if !strings.EqualFold(req.ID, key) {
		resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("The id must be the key of the application that the provider is configured for, %q; got %q.", key, req.ID))
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), key)...)
	}
}

// identityNames returns the names in the identity that is to be imported.
func (b *base) identityNames(ctx context.Context, req resource.ImportStateRequest, diags *diag.Diagnostics) map[string]string {
	var appKey types.String
	diags.Append(req.Identity.GetAttribute(ctx, path.Root(identityAppKey), &appKey)...)
	if known(appKey) && !strings.EqualFold(appKey.ValueString(), b.client.Platform.AppKey) {
		diags.AddError("Cannot import from another application",
			fmt.Sprintf("The identity names the application %q, but the provider is configured for %q. "+
				"Import it with a provider block of that application, or leave app_key out.", appKey.ValueString(), b.client.Platform.AppKey))
	}
	names := map[string]string{}
	for _, attribute := range b.kind.identity {
		var name types.String
		diags.Append(req.Identity.GetAttribute(ctx, path.Root(attribute.name), &name)...)
		switch {
		case name.ValueString() != "":
			names[attribute.name] = name.ValueString()
		case !attribute.optional:
			diags.AddError("Invalid import identity", fmt.Sprintf("The identity's %s is empty.", attribute.name))
		}
	}
	return names
}

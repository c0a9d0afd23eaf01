package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"terraform-provider-chat/internal/chat"
)

// A resource's identity is the application and the user names that tell it from
// every other. It is given once and never changes after that: the names in it are
// spelled as they are in the state, which keeps its spelling.

// names are the names that identify a resource, by attribute.
type names map[string]types.String

// identitySchema describes an identity of names, given as attribute and description.
func identitySchema(descriptions map[string]string) identityschema.Schema {
	attributes := map[string]identityschema.Attribute{
		"app_key": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The key of the application. To import, it may be left out, or must be that of the provider's application.",
		},
	}
	for name, description := range descriptions {
		attributes[name] = identityschema.StringAttribute{RequiredForImport: true, Description: description}
	}
	return identityschema.Schema{Attributes: attributes}
}

// setIdentity gives what was created or imported its identity.
func setIdentity(ctx context.Context, platform chat.Platform, identity *tfsdk.ResourceIdentity, n names) diag.Diagnostics {
	identity.Raw = tftypes.NewValue(identity.Schema.Type().TerraformType(ctx), nil)
	diags := identity.SetAttribute(ctx, path.Root("app_key"), platform.AppKey())
	for attribute, name := range n {
		diags.Append(identity.SetAttribute(ctx, path.Root(attribute), name)...)
	}
	return diags
}

// keepIdentity gives a resource an identity whose state is older than identities.
func keepIdentity(ctx context.Context, platform chat.Platform, identity *tfsdk.ResourceIdentity, n names) diag.Diagnostics {
	if !identity.Raw.IsFullyNull() {
		return nil
	}
	return setIdentity(ctx, platform, identity, n)
}

// elsewhere removes a resource from the state that is another application's by its
// identity, and tells whether it did. Under the same name there may be someone else
// in the provider's application, who is not the state's to manage.
func elsewhere(ctx context.Context, platform chat.Platform, req resource.ReadRequest, resp *resource.ReadResponse) bool {
	var appKey types.String
	resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("app_key"), &appKey)...)
	if !known(appKey) || sameApplication(platform, appKey) {
		return false
	}
	resp.Diagnostics.AddWarning("The state is of another application",
		fmt.Sprintf("What the state holds is in the application %q, but the provider is now configured for %q. "+
			"It is planned for creation there; what is in the other application stays and is no longer managed. "+
			"If that is not what you want, configure the provider for the other application, or use another workspace or state for this one.",
			appKey.ValueString(), platform.AppKey()))
	resp.State.RemoveResource(ctx)
	return true
}

func sameApplication(platform chat.Platform, appKey types.String) bool {
	return strings.EqualFold(appKey.ValueString(), platform.AppKey())
}

// namesToImport returns the names in the identity that is to be imported. What is
// wrong with them goes to the diagnostics.
func namesToImport(ctx context.Context, platform chat.Platform, req resource.ImportStateRequest, diags *diag.Diagnostics, attributes ...string) names {
	var appKey types.String
	diags.Append(req.Identity.GetAttribute(ctx, path.Root("app_key"), &appKey)...)
	if known(appKey) && !sameApplication(platform, appKey) {
		diags.AddError("Cannot import from another application",
			fmt.Sprintf("The identity names the application %q, but the provider is configured for %q. "+
				"Import it with a provider block of that application, or leave app_key out.", appKey.ValueString(), platform.AppKey()))
	}
	n := names{}
	for _, attribute := range attributes {
		var name types.String
		diags.Append(req.Identity.GetAttribute(ctx, path.Root(attribute), &name)...)
		if name.ValueString() == "" {
			diags.AddError("Invalid import identity", fmt.Sprintf("The identity's %s must be the name of a user; it is empty.", attribute))
		}
		n[attribute] = name
	}
	return n
}

// importNames puts what is imported in the state, with its whole identity.
func importNames(ctx context.Context, platform chat.Platform, n names, resp *resource.ImportStateResponse) {
	for attribute, name := range n {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attribute), name)...)
	}
	resp.Diagnostics.Append(setIdentity(ctx, platform, resp.Identity, n)...)
}

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// An edge is what chat_contact and chat_block have in common: an owner and
// another user, the target, that both identify the resource.

func edgeID(owner, target types.String) types.String {
	return types.StringValue(owner.ValueString() + "/" + target.ValueString())
}

// validateEdge refuses an edge from a user to itself, as far as the configuration
// alone tells.
func validateEdge(diags *diag.Diagnostics, owner, target types.String, at string) {
	if known(owner) && known(target) && owner.Equal(target) {
		addSelfEdge(diags, owner.ValueString(), at)
	}
}

func addSelfEdge(diags *diag.Diagnostics, owner, at string) {
	diags.AddAttributeError(path.Root(at), "Invalid value",
		fmt.Sprintf("owner and %s must be two different users, but both are %q.", at, owner))
}

// planEdge decides what a change of the names means and refuses names that the
// platform would refuse. The attribute at holds the target.
func planEdge(ctx context.Context, platform chat.Platform, at string, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var owner, target types.String
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("owner"), &owner)...)
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root(at), &target)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if known(owner) && known(target) && platform.UserKey(owner.ValueString()) == platform.UserKey(target.ValueString()) {
		addSelfEdge(&resp.Diagnostics, owner.ValueString(), at)
	}
	if req.State.Raw.IsNull() {
		checkUsername(&resp.Diagnostics, platform, path.Root("owner"), owner)
		checkUsername(&resp.Diagnostics, platform, path.Root(at), target)
		return
	}
	for name, planned := range map[string]types.String{"owner": owner, at: target} {
		var state types.String
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root(name), &state)...)
		if planName(ctx, platform, path.Root(name), state, planned, resp) {
			checkUsername(&resp.Diagnostics, platform, path.Root(name), planned)
		}
	}
}

// importEdge takes an id such as alice/bob, or an identity.
func importEdge(ctx context.Context, platform chat.Platform, at string, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var n names
	if req.ID == "" {
		n = namesToImport(ctx, platform, req, &resp.Diagnostics, "owner", at)
	} else {
		owner, target, ok := strings.Cut(req.ID, "/")
		if !ok || owner == "" || target == "" || strings.Contains(target, "/") {
			resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("The id must be owner/%s, for example alice/bob; got %q.", at, req.ID))
		}
		n = names{"owner": types.StringValue(owner), at: types.StringValue(target)}
	}
	if !resp.Diagnostics.HasError() {
		importNames(ctx, platform, n, resp)
	}
}

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/reconcile"
)

// importSource imports the users of a file that exist. It takes for written what the file
// declares, so that Read finds what differs, and leaves passwords alone.
func (r *usersResource) importSource(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	diags := &resp.Diagnostics
	source := types.StringValue(req.ID)
	file := openSource(r.client, source, diags)
	if file == nil {
		return
	}
	roster := reconcile.NewRoster()
	for _, key := range file.Keys() {
		roster.Import(key, declaredIn(file)(key))
	}
	diags.Append(resp.State.SetAttribute(ctx, path.Root("source"), source)...)
	diags.Append(resp.State.SetAttribute(ctx, path.Root("content_sha256"), file.Digest())...)
	keepRoster(ctx, roster, resp.Private, keyRoster, diags)
}

// readImported completes the state of an import after its users were read, and reports
// whether there are any. Users that do not exist are left to be created.
func (r *usersResource) readImported(state *usersModel, roster *reconcile.Roster, diags *diag.Diagnostics) bool {
	state.ID = usersID(roster.Users)
	missing, changed := roster.Drift()
	if missing == len(roster.Users) {
		diags.AddError("Cannot import users that do not exist", fmt.Sprintf("The application has none of the %d users of %s.", missing, state.Source.ValueString()))
		return false
	}
	roster.DropMissing()
	roster.ID = state.ID.ValueString()
	state.UserCount = types.Int64Value(int64(roster.There()))
	if missing+changed > 0 {
		state.ContentSHA256 = types.StringNull()
	}
	return true
}

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// keyMayHaveEnded is where the private state of what cannot be read keeps that a destroy,
// whose outcome is not known, may have ended it.
const keyMayHaveEnded = "may_have_ended"

// noteMayHaveEnded notes that something may have ended, or that it has not.
func noteMayHaveEnded(ctx context.Context, private privateState, mayHave bool, diags *diag.Diagnostics) {
	var note []byte
	if mayHave {
		note = []byte("true")
	}
	diags.Append(private.SetKey(ctx, keyMayHaveEnded, note)...)
}

// planWhatMayHaveEnded plans an update, which sets again what may have ended. Nothing else
// would show it.
func planWhatMayHaveEnded(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || req.State.Raw.IsNull() {
		return
	}
	mayHaveEnded, diags := req.Private.GetKey(ctx, keyMayHaveEnded)
	resp.Diagnostics.Append(diags...)
	if mayHaveEnded != nil {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), types.StringUnknown())...)
	}
}

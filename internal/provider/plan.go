package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// planName plans a user name that identifies a resource: another spelling of the
// same name changes nothing, another name replaces, which it reports.
func planName(ctx context.Context, platform chat.Platform, at path.Path, state, plan types.String, resp *resource.ModifyPlanResponse) bool {
	if plan.Equal(state) {
		return false
	}
	if !plan.IsUnknown() && platform.UserKey(plan.ValueString()) == platform.UserKey(state.ValueString()) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, at, state)...)
		return false
	}
	resp.RequiresReplace = append(resp.RequiresReplace, at)
	return true
}

func checkUsername(diags *diag.Diagnostics, platform chat.Platform, at path.Path, name types.String) {
	if known(name) {
		addRule(diags, at, platform.CheckUsername(name.ValueString()))
	}
}

func checkPassword(diags *diag.Diagnostics, platform chat.Platform, at path.Path, password types.String) {
	if known(password) {
		addRule(diags, at, platform.CheckPassword(password.ValueString()))
	}
}

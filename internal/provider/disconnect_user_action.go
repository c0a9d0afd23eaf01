package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var (
	_ action.ActionWithConfigure  = (*disconnectUserAction)(nil)
	_ action.ActionWithModifyPlan = (*disconnectUserAction)(nil)
)

func newDisconnectUserAction() action.Action {
	return &disconnectUserAction{newAction("disconnect_user")}
}

type disconnectUserAction struct{ actionBase }

func (a *disconnectUserAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Disconnects a user from all of its devices. Easemob only. The user may log in again immediately. To prevent this, " +
			"set `activated = false` on its `chat_user` first. If the user is offline, nothing happens.\n\n" +
			"Requires Terraform 1.14 or later.",
		Attributes: map[string]schema.Attribute{
			"username": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user. It is an error if the user does not exist.",
			},
		},
	}
}

type disconnectUserModel struct {
	Username types.String `tfsdk:"username"`
}

func (a *disconnectUserAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	if a.client == nil {
		return
	}
	if !a.client.supported(&resp.Diagnostics, a.typeName(), a.client.Sessions != nil) {
		return
	}
	var model disconnectUserModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if known(model.Username) {
		addRule(&resp.Diagnostics, path.Root("username"), a.client.Platform.Rules.Check(chat.FieldUsername, model.Username.ValueString()))
	}
}

func (a *disconnectUserAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	if !a.client.supported(&resp.Diagnostics, a.typeName(), a.client.Sessions != nil) {
		return
	}
	var model disconnectUserModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	name := model.Username.ValueString()
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Disconnecting user %q...", name)})
	err := a.client.Sessions.Disconnect(ctx, name)
	summary := fmt.Sprintf("Could not disconnect user %q", name)
	switch {
	case errors.Is(err, chat.ErrNotFound):
		resp.Diagnostics.AddAttributeError(path.Root("username"), summary, err.Error()+"\n\nThe user does not exist. Check the name.")
	case err != nil:
		addError(&resp.Diagnostics, summary, err)
	default:
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("User %q is offline.", name)})
	}
}

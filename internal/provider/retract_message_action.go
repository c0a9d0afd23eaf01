package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var (
	_ action.ActionWithConfigure  = (*retractMessageAction)(nil)
	_ action.ActionWithModifyPlan = (*retractMessageAction)(nil)
)

func newRetractMessageAction() action.Action {
	return &retractMessageAction{newAction("retract_message")}
}

// retractMessageAction takes back a message that was sent.
type retractMessageAction struct{ actionBase }

// Schema implements action.Action.
func (a *retractMessageAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Retracts a message that was sent, within the time that the platform allows: 3 minutes on JMessage, and 2 minutes on Easemob unless its console sets another time. " +
			"On Easemob, the feature must be switched on in the console.\n\n" +
			"Requires Terraform 1.14 or later.",
		Attributes: map[string]schema.Attribute{
			// Required
			"message_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The id of the message. `chat_send_message` prints it in its progress output.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"sender": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user who sent the message.",
			},

			// Optional
			"target_type": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "What the message was sent to: " + quotedList(chat.TargetTypes()) + ". Required on Easemob. Not supported on JMessage.",
				Validators:          []validator.String{stringvalidator.OneOf(chat.TargetTypes()...)},
			},
			"target": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The name of the user, or the id of the group or room, that the message was sent to. Required on Easemob. Not supported on JMessage.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
		},
	}
}

type retractMessageModel struct {
	MessageID  types.String `tfsdk:"message_id"`
	Sender     types.String `tfsdk:"sender"`
	TargetType types.String `tfsdk:"target_type"`
	Target     types.String `tfsdk:"target"`
}

// ModifyPlan implements action.ActionWithModifyPlan.
func (a *retractMessageAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	if a.client == nil || !a.client.supported(&resp.Diagnostics, a.typeName(), a.client.Messages != nil) {
		return
	}
	var model retractMessageModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	a.client.checkConversation(&resp.Diagnostics, model.TargetType, model.Target, model.Sender)
	a.checkTarget(&model, &resp.Diagnostics)
}

// checkTarget refuses a target on a platform that does not take one, and its absence on
// one that needs it.
func (a *retractMessageAction) checkTarget(model *retractMessageModel, diags *diag.Diagnostics) {
	for _, part := range []struct {
		attribute string
		value     types.String
	}{{"target_type", model.TargetType}, {"target", model.Target}} {
		err := a.client.Platform.Rules.Check(chat.Field("retraction."+part.attribute), plainValue(part.value))
		needed := !errors.Is(err, chat.ErrUnsupported)
		switch {
		case !part.value.IsNull():
			addRule(diags, path.Root(part.attribute), err)
		case needed:
			diags.AddAttributeError(path.Root(part.attribute), "Missing target",
				fmt.Sprintf("%s needs target_type and target to find the message. Set %s.", capitalized(a.client.Platform.Title), part.attribute))
		}
	}
}

// Invoke implements action.Action.
func (a *retractMessageAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	if !a.client.supported(&resp.Diagnostics, a.typeName(), a.client.Messages != nil) {
		return
	}
	var model retractMessageModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	a.checkTarget(&model, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	id := model.MessageID.ValueString()
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Retracting message %q...", id)})
	err := a.client.Messages.Retract(ctx, chat.SentMessage{ID: id, Conversation: chat.Conversation{
		Sender: model.Sender.ValueString(), TargetType: model.TargetType.ValueString(), Target: model.Target.ValueString(),
	}})
	summary := fmt.Sprintf("Could not retract message %q", id)
	switch {
	case errors.Is(err, chat.ErrNotFound):
		resp.Diagnostics.AddAttributeError(path.Root("message_id"), summary, detail(err, "There is no such message. Check message_id, sender and the target."))
	case errors.Is(err, chat.ErrInvalid):
		resp.Diagnostics.AddError(summary, detail(err, "A message can be retracted only once, only by its sender, and only for a limited time: 3 minutes on JMessage, "+
			"and 2 minutes on Easemob unless its console sets another time."))
	case err != nil:
		addError(&resp.Diagnostics, summary, err)
	default:
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Message %q is retracted.", id)})
	}
}

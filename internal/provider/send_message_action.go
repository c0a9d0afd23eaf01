package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/actionvalidator"
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
	_ action.ActionWithConfigure        = (*sendMessageAction)(nil)
	_ action.ActionWithConfigValidators = (*sendMessageAction)(nil)
	_ action.ActionWithModifyPlan       = (*sendMessageAction)(nil)
)

func newSendMessageAction() action.Action { return &sendMessageAction{newAction("send_message")} }

// sendMessageAction sends a message in the name of a user.
type sendMessageAction struct{ actionBase }

// Schema implements action.Action.
func (a *sendMessageAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sends a message from a user to another user, a group or a chat room, for example to fill a test environment with conversations. " +
			"The progress output contains the id of the message, which `chat_retract_message` requires. Every invocation sends another message.\n\n" +
			"A message has at most 4,096 bytes as JSON on JMessage, and about 4,700 on Easemob. Easemob does not check that sender and target exist; JMessage does.\n\n" +
			"Requires Terraform 1.14 or later.",
		Attributes: map[string]schema.Attribute{
			// Required
			"target_type": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "What the message is sent to: " + quotedList(chat.TargetTypes()) + ".",
				Validators:          []validator.String{stringvalidator.OneOf(chat.TargetTypes()...)},
			},
			"target": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user, or the id of the group or room, that the message is sent to.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"sender": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user who sends the message.",
			},

			// Optional
			"text": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The text of the message. Exactly one of `text`, `custom` and `image` is required.",
			},
			"custom": schema.StringAttribute{
				Optional:            true,
				CustomType:          jsontypes.NormalizedType{},
				MarkdownDescription: "A JSON object in a format that your application defines. On Easemob, it usually has the keys `customEvent` and `customExts`. Conflicts with the other two of `text`, `custom` and `image`.",
			},
			"image": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The media id of an image, such as the `id` of a `chat_media`. JMessage only. Conflicts with the other two of `text`, `custom` and `image`.",
			},
		},
	}
}

type sendMessageModel struct {
	TargetType types.String         `tfsdk:"target_type"`
	Target     types.String         `tfsdk:"target"`
	Sender     types.String         `tfsdk:"sender"`
	Text       types.String         `tfsdk:"text"`
	Custom     jsontypes.Normalized `tfsdk:"custom"`
	Image      types.String         `tfsdk:"image"`
}

// ConfigValidators implements action.ActionWithConfigValidators.
func (a *sendMessageAction) ConfigValidators(context.Context) []action.ConfigValidator {
	return []action.ConfigValidator{actionvalidator.ExactlyOneOf(path.MatchRoot("text"), path.MatchRoot("custom"), path.MatchRoot("image"))}
}

// ModifyPlan implements action.ActionWithModifyPlan.
func (a *sendMessageAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	if a.client == nil || !a.client.supported(&resp.Diagnostics, a.typeName(), a.client.Messages != nil) {
		return
	}
	var model sendMessageModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	a.client.checkConversation(&resp.Diagnostics, model.TargetType, model.Target, model.Sender)
	for _, content := range []struct {
		attribute string
		value     types.String
	}{{"text", model.Text}, {"custom", model.Custom.StringValue}, {"image", model.Image}} {
		if !content.value.IsNull() {
			addRule(&resp.Diagnostics, path.Root(content.attribute), a.client.Platform.Rules.Check(chat.Field("message."+content.attribute), plainValue(content.value)))
		}
	}
}

// checkConversation refuses names and ids that the platform would refuse.
func (c *client) checkConversation(diags *diag.Diagnostics, targetType, target, sender types.String) {
	if known(sender) {
		addRule(diags, path.Root("sender"), c.Platform.Rules.Check(chat.FieldUsername, sender.ValueString()))
	}
	if known(target) && known(targetType) {
		field := chat.FieldGroupID
		if targetType.ValueString() == chat.TargetUser {
			field = chat.FieldUsername
		}
		addRule(diags, path.Root("target"), c.Platform.Rules.Check(field, target.ValueString()))
	}
}

// Invoke implements action.Action.
func (a *sendMessageAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	if !a.client.supported(&resp.Diagnostics, a.typeName(), a.client.Messages != nil) {
		return
	}
	var model sendMessageModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	message := chat.Message{
		Conversation: chat.Conversation{Sender: model.Sender.ValueString(), TargetType: model.TargetType.ValueString(), Target: model.Target.ValueString()},
		Text:         stringPointer(model.Text), Custom: stringPointer(model.Custom.StringValue), Image: stringPointer(model.Image),
	}
	to := fmt.Sprintf("%s %q", message.TargetType, message.Target)
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Sending a message of user %q to %s...", message.Sender, to)})
	id, err := a.client.Messages.Send(ctx, message)
	summary := fmt.Sprintf("Could not send a message of user %q to %s", message.Sender, to)
	if _, unsettled := chat.Unsettled(err); unsettled {
		resp.Diagnostics.AddError(fmt.Sprintf("Could not determine whether a message of user %q to %s was sent", message.Sender, to),
			detail(err, "The message may have been sent. Invoking the action again sends another one."))
		return
	}
	if errors.Is(err, chat.ErrNotFound) {
		resp.Diagnostics.AddError(summary, detail(err, "The sender or the target does not exist. Check sender, target_type and target."))
		return
	}
	if err != nil {
		addError(&resp.Diagnostics, summary, err)
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Sent message %q.", id)})
}

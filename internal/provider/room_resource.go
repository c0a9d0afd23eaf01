package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var roomAssembly = assembly[roomModel]{
	noun:    "room",
	groups:  func(s *chat.Service) chat.Groups { return s.Rooms },
	members: func(s *chat.Service) chat.Members { return s.RoomMembers },
	member:  roomMemberRelation,
	limits:  func(p *chat.Platform) chat.GroupLimits { return p.Rooms },
	fields:  (*roomModel).fields,
}

func newRoomResource() resource.Resource { return newAssemblyResource(roomAssembly, roomSchema()) }

func roomSchema() schema.Schema {
	keepString := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: keepString, MarkdownDescription: description}
	}
	custom := text("Custom data of the application for the room, at most 8 KB. Easemob only. An empty string clears it. Changing this forces a new resource.")
	const whenReplaced = "another value forces a new resource"
	custom.PlanModifiers = []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplaceIf(otherText, whenReplaced, whenReplaced)}
	return schema.Schema{
		MarkdownDescription: "A chat room: a large, open group that users enter and leave. Manage its permanent members with `chat_room_members` (all of them) or `chat_room_member` (one each).\n\n" +
			"Room names are not unique. If the answer to the creation of a room is lost, the provider looks for the new room by name, owner and time before it creates another one. " +
			"On Easemob, chat rooms are not part of the free plan.",
		Attributes: map[string]schema.Attribute{
			// Required
			"name": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the room. On Easemob, at most 128 characters; on JMessage, at most 64 bytes. Names are not unique.",
			},
			"owner": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The name of the user who owns the room. Refer to the `id` of its `chat_user`. Changing this transfers the ownership; " +
					"the new owner is made a member first, and the old owner stays a member.",
			},

			// Optional
			"description": text("The description of the room. On Easemob, at most 512 characters; on JMessage, at most 250 bytes. An empty string clears it."),
			"max_members": schema.Int64Attribute{
				Optional: true, Computed: true,
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
				MarkdownDescription: "The maximum number of members, including the owner: 1 to 10000. Read-only on JMessage.",
			},
			"custom":       custom,
			"announcement": text("The announcement to the members, at most 512 characters. Easemob only. An empty string clears it. The provider reads it only if it is declared, or after an import."),
			"muted": schema.BoolAttribute{
				Optional: true, Computed: true,
				PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "Whether all members but the owner and the admins are muted. Easemob only.",
			},

			// Read-only
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       keepString,
				MarkdownDescription: "The platform's id of the room.",
			},
			"created_at": schema.StringAttribute{
				Computed:            true,
				CustomType:          timetypes.RFC3339Type{},
				PlanModifiers:       keepString,
				MarkdownDescription: "When the room was created, in RFC 3339.",
			},
		},
	}
}

// otherText replaces a resource for a declared text that is another one. An empty text is
// the same as none.
func otherText(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	declared := req.ConfigValue
	resp.RequiresReplace = declared.IsUnknown() || !declared.IsNull() && declared.ValueString() != req.StateValue.ValueString()
}

// roomModel is what chat_room holds.
type roomModel struct {
	ID           types.String      `tfsdk:"id"`
	Name         types.String      `tfsdk:"name"`
	Owner        types.String      `tfsdk:"owner"`
	Description  types.String      `tfsdk:"description"`
	MaxMembers   types.Int64       `tfsdk:"max_members"`
	Custom       types.String      `tfsdk:"custom"`
	Announcement types.String      `tfsdk:"announcement"`
	Muted        types.Bool        `tfsdk:"muted"`
	CreatedAt    timetypes.RFC3339 `tfsdk:"created_at"`
}

func (m *roomModel) fields() groupFields {
	return groupFields{
		id: &m.ID, name: &m.Name, owner: &m.Owner, description: &m.Description,
		maxMembers: &m.MaxMembers, custom: &m.Custom, announcement: &m.Announcement, muted: &m.Muted, createdAt: &m.CreatedAt,
	}
}

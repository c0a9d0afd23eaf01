package provider

import (
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

var groupAssembly = assembly[groupModel]{
	noun:    "group",
	groups:  func(s *chat.Service) chat.Groups { return s.Groups },
	members: func(s *chat.Service) chat.Members { return s.GroupMembers },
	member:  groupMemberRelation,
	limits:  func(p *chat.Platform) chat.GroupLimits { return p.Groups },
	fields:  (*groupModel).fields,
}

func newGroupResource() resource.Resource { return newAssemblyResource(groupAssembly, groupSchema()) }

func groupSchema() schema.Schema {
	keepString := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	keepBool := []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()}
	keepInt64 := []planmodifier.Int64{int64planmodifier.UseStateForUnknown()}
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: keepString, MarkdownDescription: description}
	}
	flag := func(description string) schema.BoolAttribute {
		return schema.BoolAttribute{Optional: true, Computed: true, PlanModifiers: keepBool, MarkdownDescription: description}
	}
	return schema.Schema{
		MarkdownDescription: "A group of users. Manage its members with `chat_group_members` (all of them) or `chat_group_member` (one each). The owner is always a member.\n\n" +
			"Group names are not unique. If the answer to the creation of a group is lost, the provider looks for the new group by name, owner and time before it creates another one.",
		Attributes: map[string]schema.Attribute{
			// Required
			"name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The name of the group. On Easemob, at most 128 characters without `/`; on JMessage, at most 64 bytes without line breaks. " +
					"Names are not unique.",
			},
			"owner": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The name of the user who owns the group. Refer to the `id` of its `chat_user`. Changing this transfers the ownership; " +
					"the new owner is made a member first, and the old owner stays a member.",
			},

			// Optional
			"description": text("The description of the group. On Easemob, at most 512 characters; on JMessage, at most 250 bytes. An empty string clears it."),
			"avatar":      text("The picture of the group. On Easemob, a URL of at most 1024 characters; on JMessage, the media id of an uploaded picture, such as the `id` of a `chat_media`. An empty string clears it."),
			"public": flag("Whether everybody can find and join the group. If omitted, a new group is not public, and an existing group is left as it is. JMessage does not return this value: it is only stored in the state, is null after an import, " +
				"and changing a known value forces a new resource."),
			"max_members": schema.Int64Attribute{
				Optional: true, Computed: true, PlanModifiers: keepInt64,
				MarkdownDescription: "The maximum number of members, including the owner. At least 1. If omitted, the platform decides. Read-only on JMessage.",
			},
			"allow_invites": flag("Whether members may add other users. Easemob only."),
			"members_only":  flag("Whether joining a public group needs the approval of its owner or an admin. Easemob only. It has no effect on groups that are not public."),
			"custom":        text("Custom data of the application for the group, at most 8 KB. Easemob only. An empty string clears it."),
			"announcement":  text("The announcement to the members, at most 512 characters. Easemob only. An empty string clears it. The provider reads it only if it is declared, or after an import."),
			"muted":         flag("Whether all members but the owner and the admins are muted. Easemob only."),

			// Read-only
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       keepString,
				MarkdownDescription: "The platform's id of the group.",
			},
			"created_at": schema.StringAttribute{
				Computed:            true,
				CustomType:          timetypes.RFC3339Type{},
				PlanModifiers:       keepString,
				MarkdownDescription: "When the group was created, in RFC 3339.",
			},
		},
	}
}

// groupModel is what chat_group holds.
type groupModel struct {
	ID           types.String      `tfsdk:"id"`
	Name         types.String      `tfsdk:"name"`
	Owner        types.String      `tfsdk:"owner"`
	Description  types.String      `tfsdk:"description"`
	Avatar       types.String      `tfsdk:"avatar"`
	Public       types.Bool        `tfsdk:"public"`
	MaxMembers   types.Int64       `tfsdk:"max_members"`
	AllowInvites types.Bool        `tfsdk:"allow_invites"`
	MembersOnly  types.Bool        `tfsdk:"members_only"`
	Custom       types.String      `tfsdk:"custom"`
	Announcement types.String      `tfsdk:"announcement"`
	Muted        types.Bool        `tfsdk:"muted"`
	CreatedAt    timetypes.RFC3339 `tfsdk:"created_at"`
}

func (m *groupModel) fields() groupFields {
	return groupFields{
		id: &m.ID, name: &m.Name, owner: &m.Owner, description: &m.Description, avatar: &m.Avatar,
		public: &m.Public, maxMembers: &m.MaxMembers, allowInvites: &m.AllowInvites, membersOnly: &m.MembersOnly,
		custom: &m.Custom, announcement: &m.Announcement, muted: &m.Muted, createdAt: &m.CreatedAt,
	}
}

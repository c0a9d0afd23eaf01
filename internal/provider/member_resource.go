package provider

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/boolvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var groupMemberEdge = memberEdge(groupMemberRelation, (*groupMemberModel).member, func(s *chat.Service) chat.Members { return s.GroupMembers })

func newGroupMemberResource() resource.Resource {
	return newEdgeResource(groupMemberEdge, memberSchema("group",
		"One member of a group. Creating a member that exists already changes nothing. To manage all members of a group, use `chat_group_members`. Do not use both for one group.\n\n"+
			"The owner of a group is always a member and needs no `chat_group_member`.",
		"Whether the member is muted and may not send messages to the group. JMessage does not return this value: it is only stored in the state, and is set again only if the declared value changes."))
}

var roomMemberEdge = memberEdge(roomMemberRelation, (*roomMemberModel).member, func(s *chat.Service) chat.Members { return s.RoomMembers })

func newRoomMemberResource() resource.Resource {
	return newEdgeResource(roomMemberEdge, memberSchema("room",
		"One member of a chat room. Creating a member that exists already changes nothing. To manage all members of a room, use `chat_room_members`. Do not use both for one room.\n\n"+
			"On Easemob, the platform removes offline users from a room after some minutes, unless they are on its allow list. "+
			"This resource manages and reads the allow list. Users who only visit the room are left alone.",
		"Whether the member is muted and may not send messages to the room."))
}

func memberSchema(noun, description, muted string) schema.Schema {
	keepBool := []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()}
	ofThisApplication := []validator.Bool{boolvalidator.ConflictsWith(path.MatchRoot("user_app_key"))}
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			// Required
			noun: schema.StringAttribute{
				Required:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "The id of the " + noun + ". Changing this forces a new resource.",
			},
			"username": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user. Refer to the `id` of its `chat_user`. Changing this forces a new resource.",
			},

			// Optional
			"user_app_key": appKeyAttribute("user"),
			"muted": schema.BoolAttribute{
				Optional: true, Computed: true, PlanModifiers: keepBool, Validators: ofThisApplication,
				MarkdownDescription: muted + " Conflicts with `user_app_key`.",
			},
			"admin": schema.BoolAttribute{
				Optional: true, Computed: true, PlanModifiers: keepBool, Validators: ofThisApplication,
				MarkdownDescription: "Whether the member is an admin of the " + noun + ". Easemob only.",
			},

			// Read-only
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The " + noun + " and the user, as `" + noun + "/username`, followed by `/APP_KEY` if `user_app_key` is declared.",
			},
		},
	}
}

type groupMemberModel struct {
	ID         types.String `tfsdk:"id"`
	Group      types.String `tfsdk:"group"`
	Username   types.String `tfsdk:"username"`
	UserAppKey types.String `tfsdk:"user_app_key"`
	Muted      types.Bool   `tfsdk:"muted"`
	Admin      types.Bool   `tfsdk:"admin"`
}

type roomMemberModel struct {
	ID         types.String `tfsdk:"id"`
	Room       types.String `tfsdk:"room"`
	Username   types.String `tfsdk:"username"`
	UserAppKey types.String `tfsdk:"user_app_key"`
	Muted      types.Bool   `tfsdk:"muted"`
	Admin      types.Bool   `tfsdk:"admin"`
}

// memberFields are the values of a model of a member.
type memberFields struct {
	edgeEnds
	muted, admin *types.Bool
}

func (m *groupMemberModel) member() memberFields {
	return memberFields{edgeEnds{&m.ID, &m.Group, &m.Username, &m.UserAppKey}, &m.Muted, &m.Admin}
}

func (m *roomMemberModel) member() memberFields {
	return memberFields{edgeEnds{&m.ID, &m.Room, &m.Username, &m.UserAppKey}, &m.Muted, &m.Admin}
}

// memberEdge is the relation of groups or rooms to their members.
func memberEdge[Model any](r relation[chat.Member], fields func(*Model) memberFields, of func(*chat.Service) chat.Members) edge[Model, chat.Member] {
	return edge[Model, chat.Member]{
		relation: r,
		noun:     r.owner + "_member",
		other:    "username",
		appKey:   "user_app_key",
		ends:     func(m *Model) edgeEnds { return fields(m).edgeEnds },
		read: func(m *Model, found chat.Member) {
			f := fields(m)
			readKnown(f.muted, found.Muted, types.BoolValue, types.BoolNull())
			readKnown(f.admin, found.Admin, types.BoolValue, types.BoolNull())
		},
		forget: func(m *Model) {
			f := fields(m)
			*f.muted, *f.admin = types.BoolNull(), types.BoolNull()
		},
		complete: func(ctx context.Context, client *client, m *Model, found *chat.Member, all bool) error {
			f := fields(m)
			return completeMembers(ctx, client, of(client.Service), f.owner.ValueString(), []*chat.Member{found}, all || known(*f.muted), all || known(*f.admin))
		},
		write: func(ctx context.Context, client *client, plan, have *Model) error {
			var before memberFields
			if have != nil {
				before = fields(have)
			}
			f := fields(plan)
			set := func(state chat.MemberState, want, was *types.Bool) error {
				switch {
				case want.IsUnknown():
					*want = types.BoolNull()
					return nil
				case want.IsNull(), was != nil && want.Equal(*was):
					return nil
				}
				err := chat.Single(of(client.Service).Set(ctx, f.owner.ValueString(), state, []chat.Ref{f.ref(client.Platform)}, want.ValueBool()))
				if err != nil {
					*want = types.BoolNull() // neither the old nor the new value counts as written
					if _, unsettled := chat.Unsettled(err); !unsettled && was != nil {
						*want = *was
					}
				}
				return err
			}
			return errors.Join(set(chat.Muted, f.muted, before.muted), set(chat.Admin, f.admin, before.admin))
		},
		leave: func(ctx context.Context, client *client, have *Model) error {
			f := fields(have)
			if !f.muted.ValueBool() {
				return nil
			}
			// A mute would outlive the membership.
			err := chat.Single(of(client.Service).Set(ctx, f.owner.ValueString(), chat.Muted, []chat.Ref{f.ref(client.Platform)}, false))
			if _, unsettled := chat.Unsettled(err); err == nil || unsettled {
				*f.muted = types.BoolNull() // if the member stays, the mute is set again
			}
			return err
		},
		stays: func(found chat.Member) bool { return found.Owner },
		refuse: func(client *client, ends edgeEnds, found []chat.Member) error {
			owner := ownerOf(client, r.owner, ends.owner.ValueString(), found)
			if ends.appKey.IsNull() && owner != "" && client.userKey(owner) == client.userKey(ends.other.ValueString()) {
				return chat.Refuse("%q owns %s %q. The owner is always a member: remove this chat_%s_member.", owner, r.owner, ends.owner.ValueString(), r.owner)
			}
			return nil
		},
	}
}

// ownerOf returns the planned owner of a group or room, or else the present one. It is empty
// if neither is known.
func ownerOf(client *client, noun, id string, members []chat.Member) string {
	present := ""
	for _, member := range members {
		if member.Owner {
			present = member.Username
		}
	}
	return client.owners.of(noun, id, present)
}

// completeMembers adds to members of a group or room whether they are muted and admins,
// as far as it is asked for, can be read, and is not known yet.
func completeMembers(ctx context.Context, client *client, of chat.Members, id string, members []*chat.Member, muted, admin bool) error {
	for state, asked := range map[chat.MemberState]bool{chat.Muted: muted, chat.Admin: admin} {
		field := func(m *chat.Member) **bool {
			if state == chat.Admin {
				return &m.Admin
			}
			return &m.Muted
		}
		if !asked || !slices.ContainsFunc(members, func(m *chat.Member) bool { return *field(m) == nil }) {
			continue
		}
		names, err := of.Having(ctx, id, state)
		if errors.Is(err, chat.ErrUnsupported) {
			continue
		}
		if err != nil {
			return err
		}
		having := make(map[string]bool, len(names))
		for _, name := range names {
			having[client.userKey(name)] = true
		}
		for _, member := range members {
			has := having[client.userKey(member.Username)]
			if member.AppKey == "" && *field(member) == nil {
				*field(member) = &has
			}
		}
	}
	return nil
}

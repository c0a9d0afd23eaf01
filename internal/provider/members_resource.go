package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

func newGroupMembersResource() resource.Resource {
	set := memberSet(groupMemberRelation, func(s *chat.Service) chat.Members { return s.GroupMembers }, func(m *groupMembersModel) edgeSetFields {
		return edgeSetFields{id: &m.ID, owner: &m.Group, mapped: &m.Members}
	})
	return newEdgeSetResource(set, membersSchema("group",
		"All members of a group, except for its owner: users who are not declared are removed from the group. "+
			"To manage some members and leave the others alone, use `chat_group_member`. Do not use both for one group.",
		"Whether the member is muted. JMessage does not return this value: it is only stored in the state, and is set again only if the declared value changes.", ""))
}

func newRoomMembersResource() resource.Resource {
	set := memberSet(roomMemberRelation, func(s *chat.Service) chat.Members { return s.RoomMembers }, func(m *roomMembersModel) edgeSetFields {
		return edgeSetFields{id: &m.ID, owner: &m.Room, mapped: &m.Members}
	})
	return newEdgeSetResource(set, membersSchema("room",
		"All members of a chat room, except for its owner: users who are not declared are removed from the room. "+
			"To manage some members and leave the others alone, use `chat_room_member`. Do not use both for one room.",
		"Whether the member is muted.",
		"\n\nOn Easemob, this resource manages the allow list of the room, which keeps offline users in the room. Users who only visit the room are left alone."))
}

func membersSchema(noun, description, muted, more string) schema.Schema {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	return schema.Schema{
		MarkdownDescription: description + more,
		Attributes: map[string]schema.Attribute{
			// Required
			noun: schema.StringAttribute{
				Required:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "The id of the " + noun + ". Changing this forces a new resource.",
			},
			"members": schema.MapNestedAttribute{
				Required:      true,
				PlanModifiers: []planmodifier.Map{planLater{types.ObjectType{AttrTypes: memberStateTypes}}},
				MarkdownDescription: "The members by user name, without the owner, who is always a member. Refer to the `id` of the `chat_user` of each. " +
					"Users of other applications are left alone.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"muted": schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: muted},
					"admin": schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether the member is an admin of the " + noun + ". Easemob only."},
				}},
			},

			// Read-only
			"id": schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "The id of the " + noun + "."},
		},
	}
}

type groupMembersModel struct {
	ID      types.String `tfsdk:"id"`
	Group   types.String `tfsdk:"group"`
	Members types.Map    `tfsdk:"members"`
}

type roomMembersModel struct {
	ID      types.String `tfsdk:"id"`
	Room    types.String `tfsdk:"room"`
	Members types.Map    `tfsdk:"members"`
}

// memberStateTypes are what is declared of a member.
var memberStateTypes = map[string]attr.Type{"muted": types.BoolType, "admin": types.BoolType}

// memberSet describes all members of a group or room.
func memberSet[Model any](r relation[chat.Member], of func(*chat.Service) chat.Members, fields func(*Model) edgeSetFields) edgeSet[Model, chat.Member] {
	return edgeSet[Model, chat.Member]{
		relation: r,
		noun:     r.owner + "_members",
		single:   r.owner + "_member",
		elements: "members",
		types:    memberStateTypes,
		fields:   fields,
		managed:  func(m chat.Member) bool { return !m.Owner },
		refuse: func(client *client, id string, found []chat.Member, wanted map[string]element) error {
			owner := ownerOf(client, r.owner, id, found)
			if _, declared := wanted[client.userKey(owner)]; declared {
				return chat.Refuse("%q owns %s %q. The owner is always a member and is not declared in members.", owner, r.owner, id)
			}
			return nil
		},
		values: func(m chat.Member) map[string]attr.Value {
			values := map[string]attr.Value{"muted": nil, "admin": nil}
			if m.Muted != nil {
				values["muted"] = types.BoolValue(*m.Muted)
			}
			if m.Admin != nil {
				values["admin"] = types.BoolValue(*m.Admin)
			}
			return values
		},
		complete: func(ctx context.Context, client *client, id string, found []*chat.Member, asked map[string]bool) error {
			return completeMembers(ctx, client, of(client.Service), id, found, asked["muted"], asked["admin"])
		},
		write: func(ctx context.Context, client *client, id string, changes []elementChange) []error {
			errs := make([]error, len(changes))
			for attribute, state := range map[string]chat.MemberState{"muted": chat.Muted, "admin": chat.Admin} {
				for _, on := range []bool{false, true} {
					setMembers(ctx, of(client.Service), id, state, on, changes, attribute, errs)
				}
			}
			return errs
		},
		leave: func(ctx context.Context, client *client, id string, leaving []chat.Member) error {
			return unmute(ctx, client, of(client.Service), id, leaving)
		},
	}
}

// setMembers gives a state to the members that are to have it, or takes it from those that
// are not, in bulk. Errors go to errs.
func setMembers(ctx context.Context, of chat.Members, id string, state chat.MemberState, on bool, changes []elementChange, attribute string, errs []error) {
	var places []int
	var refs []chat.Ref
	for i, change := range changes {
		if value, ok := change.values[attribute].(types.Bool); ok && value.ValueBool() == on {
			places, refs = append(places, i), append(refs, change.ref)
		}
	}
	if len(refs) == 0 {
		return
	}
	results, err := of.Set(ctx, id, state, refs, on)
	for j, i := range places {
		switch {
		case err != nil:
			errs[i] = err
		case results[j] != nil && errs[i] == nil:
			errs[i] = results[j]
		}
	}
}

// unmute lifts the mutes of members who leave: a mute would outlive the membership.
func unmute(ctx context.Context, client *client, of chat.Members, id string, leaving []chat.Member) error {
	members := make([]*chat.Member, len(leaving))
	for i := range leaving {
		members[i] = &leaving[i]
	}
	if err := completeMembers(ctx, client, of, id, members, true, false); err != nil {
		return err
	}
	var muted []chat.Ref
	for _, member := range leaving {
		if orZero(member.Muted) {
			muted = append(muted, member.Ref)
		}
	}
	if len(muted) == 0 {
		return nil
	}
	errs, err := of.Set(ctx, id, chat.Muted, muted, false)
	if err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil && !errors.Is(err, chat.ErrNotFound) {
			return err
		}
	}
	return nil
}

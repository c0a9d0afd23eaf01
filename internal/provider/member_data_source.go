package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ datasource.DataSourceWithConfigure = (*membersDataSource)(nil)

func newGroupMembersDataSource() datasource.DataSource {
	return &membersDataSource{
		dataSourceBase: dataSource("group_members"), relation: groupMemberRelation,
		members: func(s *chat.Service) chat.Members { return s.GroupMembers },
		muted:   "Whether the member is muted; null on JMessage, which does not return it.",
	}
}

func newRoomMembersDataSource() datasource.DataSource {
	return &membersDataSource{
		dataSourceBase: dataSource("room_members"), relation: roomMemberRelation,
		members: func(s *chat.Service) chat.Members { return s.RoomMembers },
		muted:   "Whether the member is muted.",
	}
}

// membersDataSource are the members of a group or room.
type membersDataSource struct {
	dataSourceBase
	relation relation[chat.Member]
	members  func(*chat.Service) chat.Members
	muted    string
}

// Schema implements datasource.DataSource.
func (d *membersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	noun := d.relation.owner
	description := fmt.Sprintf("Reads the members of a %s.", noun)
	if noun == "room" {
		description += " On Easemob, these are the users on its allow list."
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			noun: schema.StringAttribute{
				Required:            true,
				MarkdownDescription: fmt.Sprintf("The id of the %[1]s. It is an error if the %[1]s does not exist.", noun),
			},
			"owner": schema.StringAttribute{Computed: true, MarkdownDescription: "The name of the owner, who is a member as well."},
			"usernames": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "The names of the members without the owner, in alphabetical order.",
			},
			"members": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The members by user name, without the owner.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"muted": schema.BoolAttribute{Computed: true, MarkdownDescription: d.muted},
					"admin": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the member is an admin; null on JMessage."},
				}},
			},
		},
	}
}

type memberState struct {
	Muted types.Bool `tfsdk:"muted"`
	Admin types.Bool `tfsdk:"admin"`
}

// Read implements datasource.DataSource.
func (d *membersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	of := d.members(d.client.Service)
	if !d.client.supported(&resp.Diagnostics, d.typeName(), of != nil) {
		return
	}
	noun := d.relation.owner
	var id types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(noun), &id)...)
	if resp.Diagnostics.HasError() {
		return
	}
	failed := fmt.Sprintf("Could not read the %s %q", d.relation.what, id.ValueString())
	list, err := of.List(ctx, id.ValueString())
	if errors.Is(err, chat.ErrNotFound) {
		resp.Diagnostics.AddAttributeError(path.Root(noun), failed, detail(err, fmt.Sprintf("Check the id: the application has no such %s.", noun)))
		return
	}
	var found []*chat.Member
	owner := types.StringNull()
	for i := range list {
		if list[i].Owner {
			owner = types.StringValue(list[i].Username)
		} else {
			found = append(found, &list[i])
		}
	}
	if err == nil {
		err = completeMembers(ctx, d.client, of, id.ValueString(), found, true, true)
	}
	if err != nil {
		addError(&resp.Diagnostics, failed, err)
		return
	}
	usernames, members := []string{}, map[string]memberState{}
	for _, member := range found {
		usernames = append(usernames, member.Username)
		members[member.Username] = memberState{types.BoolPointerValue(member.Muted), types.BoolPointerValue(member.Admin)}
	}
	slices.Sort(usernames)
	for attribute, value := range map[string]any{noun: id, "owner": owner, "usernames": usernames, "members": members} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attribute), value)...)
	}
}

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ datasource.DataSourceWithConfigure = (*assemblyDataSource[groupModel])(nil)

func newGroupDataSource() datasource.DataSource {
	return &assemblyDataSource[groupModel]{dataSourceBase: dataSource("group"), assembly: groupAssembly, resource: groupSchema()}
}

func newRoomDataSource() datasource.DataSource {
	return &assemblyDataSource[roomModel]{dataSourceBase: dataSource("room"), assembly: roomAssembly, resource: roomSchema()}
}

// assemblyDataSource is one group or room, with the attributes of its resource.
type assemblyDataSource[Model any] struct {
	dataSourceBase
	assembly[Model]
	resource resourceschema.Schema
}

// Schema implements datasource.DataSource.
func (d *assemblyDataSource[Model]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := computedAttributes(d.resource.Attributes, map[string]string{
		"name":          fmt.Sprintf("The name of the %s.", d.noun),
		"owner":         fmt.Sprintf("The name of the user who owns the %s.", d.noun),
		"description":   fmt.Sprintf("The description of the %s.", d.noun),
		"avatar":        fmt.Sprintf("The picture of the %s: a URL on Easemob, a media id on JMessage.", d.noun),
		"public":        fmt.Sprintf("Whether everybody can find and join the %s; null on JMessage, which does not return it.", d.noun),
		"max_members":   "The maximum number of members, including the owner.",
		"allow_invites": "Whether members may add other users; null on JMessage.",
		"members_only":  fmt.Sprintf("Whether joining the %s needs the approval of its owner or an admin; null for a group that is not public, and on JMessage.", d.noun),
		"custom":        fmt.Sprintf("Custom data of the application for the %s; null on JMessage.", d.noun),
		"announcement":  "The announcement to the members; null on JMessage.",
		"muted":         "Whether all members but the owner and the admins are muted; null on JMessage.",
	})
	attributes["id"] = schema.StringAttribute{
		Required:            true,
		MarkdownDescription: fmt.Sprintf("The platform's id of the %[1]s. It is an error if the %[1]s does not exist.", d.noun),
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("Reads one %s of the application.", d.noun),
		Attributes:          attributes,
	}
}

// Read implements datasource.DataSource.
func (d *assemblyDataSource[Model]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if !d.client.supported(&resp.Diagnostics, d.typeName(), d.groups(d.client.Service) != nil) {
		return
	}
	var model Model
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	f := d.fields(&model)
	id := f.id.ValueString()
	failed := fmt.Sprintf("Could not read %s %q", d.noun, id)
	group, err := findGroup(ctx, d.groups(d.client.Service), d.members(d.client.Service), id)
	if err != nil {
		addError(&resp.Diagnostics, failed, err)
		return
	}
	if group == nil {
		resp.Diagnostics.AddAttributeError(path.Root("id"), fmt.Sprintf("%s %q does not exist", capitalized(d.noun), id),
			fmt.Sprintf("The application has no such %s. Check the id.", d.noun))
		return
	}
	if err := completeGroup(ctx, d.groups(d.client.Service), group); err != nil {
		addError(&resp.Diagnostics, failed, err)
		return
	}
	f.read(group, d.client.userKey)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func newGroupsDataSource() datasource.DataSource {
	return &assembliesDataSource[groupModel]{dataSourceBase: dataSource("groups"), assembly: groupAssembly}
}

func newRoomsDataSource() datasource.DataSource {
	return &assembliesDataSource[roomModel]{dataSourceBase: dataSource("rooms"), assembly: roomAssembly}
}

// assembliesDataSource lists groups or rooms.
type assembliesDataSource[Model any] struct {
	dataSourceBase
	assembly[Model]
}

// Schema implements datasource.DataSource.
func (d *assembliesDataSource[Model]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("Lists the %ss of the application, or those that a user is in.", d.noun),
		Attributes: map[string]schema.Attribute{
			"member": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)}, // an empty one would list all
				MarkdownDescription: fmt.Sprintf("The name of a user. If set, only %ss that the user owns or is a member of are returned. It is an error if the user does not exist.", d.noun),
			},
			"limit": limitAttribute(fmt.Sprintf("The maximum number of %ss to return. Without it, all are returned.", d.noun)),
			d.noun + "s": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: fmt.Sprintf("The %ss, in the order in which the platform returns them.", d.noun),
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":    schema.StringAttribute{Computed: true, MarkdownDescription: fmt.Sprintf("The platform's id of the %s.", d.noun)},
					"name":  schema.StringAttribute{Computed: true, MarkdownDescription: fmt.Sprintf("The name of the %s.", d.noun)},
					"owner": schema.StringAttribute{Computed: true, MarkdownDescription: "The name of the owner. Null if the platform's list does not return it."},
				}},
			},
			"ids": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: fmt.Sprintf("The ids of the %ss, in the same order.", d.noun),
			},
		},
	}
}

// Read implements datasource.DataSource.
func (d *assembliesDataSource[Model]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if !d.client.supported(&resp.Diagnostics, d.typeName(), d.groups(d.client.Service) != nil) {
		return
	}
	var member types.String
	var limit types.Int64
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("member"), &member)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("limit"), &limit)...)
	if resp.Diagnostics.HasError() {
		return
	}
	listed := []assemblyItem{}
	ids := []string{}
	for group, err := range limited(allGroups(ctx, d.groups(d.client.Service), d.noun, member.ValueString()), limit.ValueInt64()) {
		if err != nil {
			addReadError(&resp.Diagnostics, path.Root("member"), fmt.Sprintf("Could not list the %ss", d.noun), err)
			return
		}
		item := assemblyItem{ID: group.ID, Name: types.StringPointerValue(group.Name), Owner: types.StringNull()}
		if group.Owner != "" {
			item.Owner = types.StringValue(group.Owner)
		}
		listed, ids = append(listed, item), append(ids, group.ID)
	}
	for attribute, value := range map[string]any{"member": member, "limit": limit, d.noun + "s": listed, "ids": ids} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attribute), value)...)
	}
}

type assemblyItem struct {
	ID    string       `tfsdk:"id"`
	Name  types.String `tfsdk:"name"`
	Owner types.String `tfsdk:"owner"`
}

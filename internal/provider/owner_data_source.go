package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ datasource.DataSourceWithConfigure = (*ownerDataSource[chat.Contact])(nil)

func newContactsDataSource() datasource.DataSource {
	return &ownerDataSource[chat.Contact]{
		dataSourceBase: dataSource("contacts"), relation: contactRelation,
		description: "Reads the contacts of a user, with the user's notes about them.",
		usernames:   "The names of the contacts, in the order in which the platform returns them.",
		notes: &notesOfOwner[chat.Contact]{
			attribute: "contacts",
			description: "The contacts by user name. For a contact of another application, the key is the user name and the app key: `bob/APP_KEY`. " +
				"On Easemob, the notes need one more request per 50 contacts.",
			elements: map[string]schema.Attribute{
				"note_name": schema.StringAttribute{Computed: true, MarkdownDescription: "The name that the owner gives the contact; null if there is none."},
				"note":      schema.StringAttribute{Computed: true, MarkdownDescription: "The note of the owner about the contact; null if there is none, and on Easemob."},
			},
			types: noteTypes,
			complete: func(ctx context.Context, client *client, owner string, found []*chat.Contact) error {
				return completeNotes(ctx, client, owner, found, true)
			},
			values: contactSet.values,
		},
	}
}

func newBlocksDataSource() datasource.DataSource {
	return &ownerDataSource[chat.Ref]{
		dataSourceBase: dataSource("blocks"), relation: blockRelation,
		description: "Reads the names of the users that a user blocks.",
		usernames:   "The names of the blocked users, in the order in which the platform returns them.",
	}
}

// ownerDataSource is a list of names that belongs to one user.
type ownerDataSource[Found any] struct {
	dataSourceBase
	relation               relation[Found]
	description, usernames string
	// notes are what else is known of the users; nil if there is nothing.
	notes *notesOfOwner[Found]
}

// notesOfOwner is a map of user names to what is known of the users.
type notesOfOwner[Found any] struct {
	attribute, description string
	elements               map[string]schema.Attribute
	types                  map[string]attr.Type
	// complete reads what the relation does not return.
	complete func(ctx context.Context, client *client, owner string, found []*Found) error
	values   func(Found) map[string]attr.Value
}

// Schema implements datasource.DataSource.
func (d *ownerDataSource[Found]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: d.description,
		Attributes: map[string]schema.Attribute{
			"owner": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user. It is an error if the user does not exist.",
			},
			"usernames": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: d.usernames,
			},
		},
	}
	if d.notes != nil {
		resp.Schema.Attributes[d.notes.attribute] = schema.MapNestedAttribute{
			Computed:            true,
			MarkdownDescription: d.notes.description,
			NestedObject:        schema.NestedAttributeObject{Attributes: d.notes.elements},
		}
	}
}

// Read implements datasource.DataSource.
func (d *ownerDataSource[Found]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	relation := d.relation.of(d.client.Service)
	if !d.client.supported(&resp.Diagnostics, d.typeName(), relation != nil) {
		return
	}
	var configured types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("owner"), &configured)...)
	if resp.Diagnostics.HasError() {
		return
	}
	owner := configured.ValueString()
	list, err := relation.List(ctx, owner)
	var elements map[string]attr.Value
	if err == nil && d.notes != nil {
		elements, err = d.notes.read(ctx, d.client, owner, list, d.relation.ref)
	}
	if err != nil {
		addReadError(&resp.Diagnostics, path.Root("owner"), fmt.Sprintf("Could not read the %s %q", d.relation.what, owner), err)
		return
	}
	usernames := make([]string, len(list))
	for i, found := range list {
		usernames[i] = d.relation.ref(found).Username
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("owner"), owner)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("usernames"), usernames)...)
	if d.notes != nil {
		of := types.ObjectType{AttrTypes: d.notes.types}
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(d.notes.attribute), types.MapValueMust(of, elements))...)
	}
}

// read returns what is known of the users of a list.
func (n *notesOfOwner[Found]) read(ctx context.Context, client *client, owner string, list []Found, ref func(Found) chat.Ref) (map[string]attr.Value, error) {
	found := make([]*Found, len(list))
	for i := range list {
		found[i] = &list[i]
	}
	if err := n.complete(ctx, client, owner, found); err != nil {
		return nil, err
	}
	elements := make(map[string]attr.Value, len(list))
	for _, f := range list {
		elements[ref(f).String()] = types.ObjectValueMust(n.types, n.values(f))
	}
	return elements, nil
}

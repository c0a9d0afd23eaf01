package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

var contactEdge = edge[contactModel, chat.Contact]{
	relation: contactRelation,
	noun:     "contact",
	other:    "contact",
	appKey:   "contact_app_key",
	ends:     (*contactModel).ends,
	read:     func(m *contactModel, c chat.Contact) { m.read(c.Notes) },
	forget:   func(m *contactModel) { m.NoteName, m.Note = types.StringNull(), types.StringNull() },
	complete: func(ctx context.Context, client *client, model *contactModel, found *chat.Contact, all bool) error {
		return completeNotes(ctx, client, model.Owner.ValueString(), []*chat.Contact{found}, all || known(model.NoteName) || known(model.Note))
	},
	write: writeNotes,
}

func newContactResource() resource.Resource {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	return newEdgeResource(contactEdge,
		schema.Schema{
			MarkdownDescription: "A contact of a user. Creating a contact that exists already changes nothing.\n\n" +
				"Contacts are mutual: declaring `alice/bob` makes each user a contact of the other, and destroying it removes both directions. " +
				"Declare each contact once. If it is declared in both directions, removing one of the two resources removes the contact. " +
				"Contacts that are not declared are left alone. To manage all contacts of a user, and to remove those that are not declared, use `chat_contacts`. Do not use both for one user.",
			Attributes: map[string]schema.Attribute{
				// Required
				"owner": schema.StringAttribute{
					Required: true,
					MarkdownDescription: "The name of the user who has the contact. Refer to the `id` of its `chat_user`, so that the contact of a replaced user is created again in the same run. " +
						"Changing this forces a new resource.",
				},
				"contact": schema.StringAttribute{
					Required:            true,
					MarkdownDescription: "The name of the user who is the contact. Refer to the `id` of its `chat_user`. Changing this forces a new resource.",
				},

				// Optional
				"contact_app_key": appKeyAttribute("contact"),
				"note_name": schema.StringAttribute{
					Optional:            true,
					Computed:            true,
					PlanModifiers:       keep,
					MarkdownDescription: "The name that the owner gives the contact, at most 64 bytes without line breaks on JMessage, at most 100 characters on Easemob. An empty string clears it.",
				},
				"note": schema.StringAttribute{
					Optional:            true,
					Computed:            true,
					PlanModifiers:       keep,
					MarkdownDescription: "A note of the owner about the contact, at most 250 bytes. An empty string clears it. JMessage only.",
				},

				// Read-only
				"id": schema.StringAttribute{
					Computed:            true,
					MarkdownDescription: "The owner and the contact, as `owner/contact`, followed by `/APP_KEY` if `contact_app_key` is declared.",
					PlanModifiers:       keep,
				},
			},
		})
}

type contactModel struct {
	ID            types.String `tfsdk:"id"`
	Owner         types.String `tfsdk:"owner"`
	Contact       types.String `tfsdk:"contact"`
	ContactAppKey types.String `tfsdk:"contact_app_key"`
	NoteName      types.String `tfsdk:"note_name"`
	Note          types.String `tfsdk:"note"`
}

func (m *contactModel) ends() edgeEnds {
	return edgeEnds{&m.ID, &m.Owner, &m.Contact, &m.ContactAppKey}
}

// read maps a contact's notes to the model.
func (m *contactModel) read(notes chat.Notes) {
	m.NoteName = readString(m.NoteName, notes.NoteName)
	m.Note = readString(m.Note, notes.Note)
}

func (m *contactModel) notes() chat.Notes {
	return chat.Notes{NoteName: stringPointer(m.NoteName), Note: stringPointer(m.Note)}
}

// writeNotes makes the notes of a contact as declared. A contact that was just added may
// have been one before, with notes of its own: what is declared is written, also to clear.
func writeNotes(ctx context.Context, client *client, plan, have *contactModel) error {
	change, before := plan.notes(), chat.Notes{}
	if have != nil {
		before = have.notes()
		change = reconcile.NoteDifferences(change, before)
	}
	if !change.Empty() {
		if err := client.Contacts.SetNotes(ctx, plan.Owner.ValueString(), plan.ends().ref(client.Platform), change); err != nil {
			plan.read(before)
			return err
		}
	}
	plan.read(reconcile.OverlayNotes(before, change))
	return nil
}

// completeNotes reads the notes of contacts if they are asked for and the platform lists
// them apart.
func completeNotes(ctx context.Context, client *client, owner string, found []*chat.Contact, asked bool) error {
	if client.ContactNotes == nil || !asked {
		return nil
	}
	list, err := client.ContactNotes.Of(ctx, owner)
	if err != nil && !errors.Is(err, chat.ErrNotFound) { // an owner who is gone by now has no notes
		return err
	}
	notes := make(map[string]chat.Notes, len(list))
	for _, contact := range list {
		notes[client.userKey(contact.Username)] = contact.Notes
	}
	for _, contact := range found {
		contact.Notes = notes[client.userKey(contact.Username)]
	}
	return nil
}

package provider

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// noteTypes are what is declared of a contact.
var noteTypes = map[string]attr.Type{"note_name": types.StringType, "note": types.StringType}

// notesAtOnce is how many calls that write notes are under way at the same time, as many
// as Terraform would make for single contacts.
const notesAtOnce = 10

var contactSet = edgeSet[contactsModel, chat.Contact]{
	relation: contactRelation,
	noun:     "contacts",
	single:   "contact",
	elements: "contacts",
	types:    noteTypes,
	fields: func(m *contactsModel) edgeSetFields {
		return edgeSetFields{id: &m.ID, owner: &m.Owner, mapped: &m.Contacts}
	},
	values: func(c chat.Contact) map[string]attr.Value {
		return map[string]attr.Value{"note_name": types.StringPointerValue(c.NoteName), "note": types.StringPointerValue(c.Note)}
	},
	complete: func(ctx context.Context, client *client, owner string, found []*chat.Contact, asked map[string]bool) error {
		return completeNotes(ctx, client, owner, found, asked["note_name"] || asked["note"])
	},
	write: func(ctx context.Context, client *client, owner string, changes []elementChange) []error {
		errs := make([]error, len(changes))
		var group sync.WaitGroup
		free := make(chan struct{}, notesAtOnce)
		for i, change := range changes {
			noteName, _ := change.values["note_name"].(types.String)
			note, _ := change.values["note"].(types.String)
			free <- struct{}{}
			group.Go(func() {
				errs[i] = client.Contacts.SetNotes(ctx, owner, change.ref, chat.Notes{NoteName: stringPointer(noteName), Note: stringPointer(note)})
				<-free
			})
		}
		group.Wait()
		return errs
	},
}

func newContactsResource() resource.Resource {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	return newEdgeSetResource(contactSet, schema.Schema{
		MarkdownDescription: "All contacts of a user: contacts that are not declared are removed. " +
			"To manage some contacts and leave the others alone, use `chat_contact`. Do not use both for one user.\n\n" +
			"Contacts are mutual: a contact that is added or removed here is added or removed for the other user as well. If both users have a `chat_contacts`, declare the contact in both of them.",
		Attributes: map[string]schema.Attribute{
			// Required
			"owner": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The name of the user who has the contacts. Refer to the `id` of its `chat_user`. Changing this forces a new resource.",
			},
			"contacts": schema.MapNestedAttribute{
				Required:            true,
				PlanModifiers:       []planmodifier.Map{planLater{types.ObjectType{AttrTypes: noteTypes}}},
				MarkdownDescription: "The contacts by user name. Users of other applications are left alone.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"note_name": schema.StringAttribute{
						Optional: true, Computed: true,
						MarkdownDescription: "The name that the owner gives the contact: at most 64 bytes without line breaks on JMessage, at most 100 characters on Easemob. An empty string clears it.",
					},
					"note": schema.StringAttribute{
						Optional: true, Computed: true,
						MarkdownDescription: "A note of the owner about the contact, at most 250 bytes. An empty string clears it. JMessage only.",
					},
				}},
			},

			// Read-only
			"id": schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "The name of the owner."},
		},
	})
}

type contactsModel struct {
	ID       types.String `tfsdk:"id"`
	Owner    types.String `tfsdk:"owner"`
	Contacts types.Map    `tfsdk:"contacts"`
}

package provider

import (
	"context"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var (
	_ list.ListResourceWithConfigure = (*contactList)(nil)
	_ list.ListResourceWithConfigure = (*blockList)(nil)
)

func newContactList() list.ListResource { return &contactList{} }

func newBlockList() list.ListResource { return &blockList{} }

type contactList struct {
	client *client
}

func (l *contactList) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_contact"
}

func (l *contactList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = ownerSchema("Lists the contacts of a user.", "The name of the user whose contacts are listed.")
}

func (l *contactList) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

func (l *contactList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listEdges(ctx, req, stream, "the contacts of %q", l.client.Contacts, func(owner types.String, contact chat.Contact) list.ListResult {
		model := contactModel{Owner: owner, Contact: types.StringValue(contact.Username)}
		model.read(contact.Notes)
		return listed(ctx, req, l.client.Platform(), model.ID.ValueString(), model.names(), model)
	})
}

type blockList struct {
	client *client
}

func (l *blockList) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_block"
}

func (l *blockList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = ownerSchema("Lists the users whom a user blocks.", "The name of the user whose blocks are listed.")
}

func (l *blockList) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

func (l *blockList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listEdges(ctx, req, stream, "whom %q blocks", l.client.Blocks, func(owner types.String, blocked string) list.ListResult {
		model := blockModel{Owner: owner, Blocked: types.StringValue(blocked)}
		model.ID = edgeID(model.Owner, model.Blocked)
		return listed(ctx, req, l.client.Platform(), model.ID.ValueString(), model.names(), model)
	})
}

func ownerSchema(description, owner string) schema.Schema {
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"owner": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: owner,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
		},
	}
}

// listEdges lists what an owner has, which one read tells. What says in an error
// what could not be listed.
func listEdges[T any](ctx context.Context, req list.ListRequest, stream *list.ListResultsStream, what string,
	read func(ctx context.Context, owner string) ([]T, error), result func(owner types.String, edge T) list.ListResult) {
	var owner types.String
	if diags := req.Config.GetAttribute(ctx, path.Root("owner"), &owner); diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	edges := func(yield func(T, error) bool) {
		all, err := read(ctx, owner.ValueString())
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for _, edge := range all {
			if !yield(edge, nil) {
				return
			}
		}
	}
	stream.Results = results(take(iter.Seq2[T, error](edges), req.Limit), fmt.Sprintf("Could not list "+what, owner.ValueString()), func(edge T) list.ListResult {
		return result(owner, edge)
	})
}

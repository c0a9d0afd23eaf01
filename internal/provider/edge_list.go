package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func newContactList() list.ListResource {
	return newEdgeList(contactEdge, "Lists the contacts of a user.", "The name of the user whose contacts are listed.")
}

func newBlockList() list.ListResource {
	return newEdgeList(blockEdge, "Lists the users whom a user blocks.", "The name of the user whose blocks are listed.")
}

func newGroupMemberList() list.ListResource {
	return newEdgeList(groupMemberEdge, "Lists the members of a group, without the owner.", "The id of the group whose members are listed.")
}

func newRoomMemberList() list.ListResource {
	return newEdgeList(roomMemberEdge, "Lists the members of a chat room, without the owner. On Easemob, these are the users on its allow list.",
		"The id of the room whose members are listed.")
}

func newEdgeList[Model, Found any](e edge[Model, Found], description, owner string) list.ListResource {
	return &edgeList[Model, Found]{listBase: listBase{base{kind: kind{name: e.noun}}}, edge: e, description: description, owner: owner}
}

// edgeList lists the edges of an owner.
type edgeList[Model, Found any] struct {
	listBase
	edge               edge[Model, Found]
	description, owner string
}

// ListResourceConfigSchema implements list.ListResource.
func (l *edgeList[Model, Found]) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: l.description,
		Attributes: map[string]schema.Attribute{
			l.edge.owner: schema.StringAttribute{
				Required:            true,
				MarkdownDescription: l.owner,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
		},
	}
}

// List implements list.ListResource. One read of the owner returns all.
func (l *edgeList[Model, Found]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var owner types.String
	diags := req.Config.GetAttribute(ctx, path.Root(l.edge.owner), &owner)
	if diags.HasError() || !l.client.supported(&diags, "chat_"+l.edge.noun, l.edge.of(l.client.Service) != nil) {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	found := func(yield func(Found, error) bool) {
		all, err := l.edge.of(l.client.Service).List(ctx, owner.ValueString())
		if err != nil {
			var none Found
			yield(none, err)
			return
		}
		for _, f := range all {
			if l.edge.stays != nil && l.edge.stays(f) {
				continue // no resource of its own
			}
			if !yield(f, nil) {
				return
			}
		}
	}
	failed := func(diags *diag.Diagnostics, err error) {
		addReadError(diags, path.Root(l.edge.owner), fmt.Sprintf("Could not list the %s %q", l.edge.what, owner.ValueString()), err)
	}
	stream.Results = results(limited(found, req.Limit), failed, func(f Found) list.ListResult {
		var model Model
		ends, ref := l.edge.ends(&model), l.edge.ref(f)
		*ends.owner, *ends.other = owner, types.StringValue(ref.Username)
		names := map[string]types.String{l.edge.owner: *ends.owner, l.edge.other: *ends.other}
		if ref.AppKey != "" {
			*ends.appKey = types.StringValue(ref.AppKey)
			names[l.edge.appKey] = *ends.appKey
		}
		ends.fill()
		var failure error
		if req.IncludeResource && l.edge.complete != nil {
			failure = l.edge.complete(ctx, l.client, &model, &f, true)
		}
		if l.edge.read != nil {
			l.edge.read(&model, f)
		}
		result := l.result(ctx, req, ends.id.ValueString(), names, model)
		if failure != nil {
			failed(&result.Diagnostics, failure)
		}
		return result
	})
}

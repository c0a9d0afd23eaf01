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

	"terraform-provider-chat/internal/chat"
)

func newContactList() list.ListResource {
	return &edgeList[contactModel, chat.Contact]{
		listBase: listBase{base{kind: kind{name: contactEdge.noun}}}, edge: contactEdge,
		description: "Lists the contacts of a user.", owner: "The name of the user whose contacts are listed.",
	}
}

func newBlockList() list.ListResource {
	return &edgeList[blockModel, chat.Ref]{
		listBase: listBase{base{kind: kind{name: blockEdge.noun}}}, edge: blockEdge,
		description: "Lists the users whom a user blocks.", owner: "The name of the user whose blocks are listed.",
	}
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
	if diags := req.Config.GetAttribute(ctx, path.Root(l.edge.owner), &owner); diags.HasError() {
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
		if l.edge.read != nil {
			l.edge.read(&model, f)
		}
		return l.result(ctx, req, ends.id.ValueString(), names, model)
	})
}

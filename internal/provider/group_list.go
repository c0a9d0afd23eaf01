package provider

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ list.ListResourceWithConfigure = (*assemblyList[groupModel])(nil)

func newGroupList() list.ListResource {
	return &assemblyList[groupModel]{listBase: listBase{base{kind: kind{name: "group"}}}, assembly: groupAssembly}
}

func newRoomList() list.ListResource {
	return &assemblyList[roomModel]{listBase: listBase{base{kind: kind{name: "room"}}}, assembly: roomAssembly}
}

// assemblyList lists groups or rooms.
type assemblyList[Model any] struct {
	listBase
	assembly[Model]
}

// ListResourceConfigSchema implements list.ListResource.
func (l *assemblyList[Model]) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("Lists the %ss of the application, or those that a user is in. The provider reads only as many pages as the `limit` of the list block requires.", l.noun),
		Attributes: map[string]schema.Attribute{
			"member": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: fmt.Sprintf("The name of a user. If set, only %ss that the user owns or is a member of are listed.", l.noun),
			},
		},
	}
}

// List implements list.ListResource.
func (l *assemblyList[Model]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var member types.String
	diags := req.Config.GetAttribute(ctx, path.Root("member"), &member)
	groups := l.groups(l.client.Service)
	if diags.HasError() || !l.client.supported(&diags, "chat_"+l.noun, groups != nil) {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	found := limited(allGroups(ctx, groups, l.noun, member.ValueString()), req.Limit)
	if req.IncludeResource {
		found = l.whole(ctx, found)
	}
	failed := func(diags *diag.Diagnostics, err error) {
		addReadError(diags, path.Root("member"), fmt.Sprintf("Could not list the %ss", l.noun), err)
	}
	stream.Results = results(found, failed, func(group *chat.Group) list.ListResult {
		var model Model
		l.fields(&model).read(group, l.client.userKey)
		return l.result(ctx, req, orZero(group.Name), map[string]types.String{"id": types.StringValue(group.ID)}, model)
	})
}

// whole yields groups with all that the platform knows of them, some ahead of who is asked
// for. One that is gone by then is left out.
func (l *assemblyList[Model]) whole(ctx context.Context, listed iter.Seq2[*chat.Group, error]) iter.Seq2[*chat.Group, error] {
	groups := l.groups(l.client.Service)
	size := max(1, min(l.limits(l.client.Platform).Get.Items, 100))
	return inBatches(listed, size, func(batch []*chat.Group, yield func(*chat.Group, error) bool) bool {
		ids := make([]string, len(batch))
		for i, group := range batch {
			ids[i] = group.ID
		}
		found, err := groups.Get(ctx, ids)
		if err != nil {
			yield(nil, err)
			return false
		}
		for _, group := range found {
			group, err := l.complete(ctx, group)
			if err != nil {
				yield(nil, err)
				return false
			}
			if group != nil && !yield(group, nil) {
				return false
			}
		}
		return true
	})
}

// complete reads what a group lacks; nil if there is none, or it is gone by now.
func (l *assemblyList[Model]) complete(ctx context.Context, group *chat.Group) (*chat.Group, error) {
	groups, err := l.groups(l.client.Service), error(nil)
	if group != nil && group.Owner == "" {
		group, err = findGroup(ctx, groups, l.members(l.client.Service), group.ID)
	}
	if err == nil && group != nil {
		err = completeGroup(ctx, groups, group)
	}
	if errors.Is(err, chat.ErrNotFound) {
		return nil, nil
	}
	return group, err
}

// allGroups yields the groups of the application, or those that a user is in.
func allGroups(ctx context.Context, groups chat.Groups, noun, member string) iter.Seq2[*chat.Group, error] {
	page := func(ctx context.Context, cursor string) (*chat.Page[chat.Group], error) {
		return groups.List(ctx, member, cursor)
	}
	return chat.All(ctx, fmt.Sprintf("list the %ss", noun), page, func(g *chat.Group) string { return g.ID })
}

package provider

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ list.ListResourceWithConfigure = (*userList)(nil)

func newUserList() list.ListResource {
	return &userList{listBase{base{kind: kind{name: "user"}}}}
}

type userList struct{ listBase }

// ListResourceConfigSchema implements list.ListResource.
func (l *userList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the users of the application, oldest first. The provider reads only as many pages as the `limit` of the list block requires. " +
			"Profiles are not part of the list: with `include_resource`, they need up to one more request per user on JMessage, and one per 100 users on Easemob.",
		Attributes: map[string]schema.Attribute{
			"username_prefix": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "List only users whose names begin with this prefix. The platforms have no such filter, " +
					"so the provider reads users until enough of them match.",
			},
		},
	}
}

// List implements list.ListResource.
func (l *userList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var prefix types.String
	if diags := req.Config.GetAttribute(ctx, path.Root("username_prefix"), &prefix); diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	users := limited(withPrefix(l.client.Service, l.client.AllUsers(ctx), prefix.ValueString()), req.Limit)
	if req.IncludeResource && l.client.Platform.Users.ReadsProfile {
		users = withProfiles(ctx, l.client.Service, users)
	}
	failed := func(diags *diag.Diagnostics, err error) { addError(diags, "Could not list the users", err) }
	stream.Results = results(users, failed, func(user *chat.User) list.ListResult {
		model := userResourceModel{DeactivateOnDestroy: types.BoolValue(false)}
		diags := model.read(ctx, user)
		result := l.result(ctx, req, user.Username, map[string]types.String{"username": model.Username}, model)
		result.Diagnostics.Append(diags...)
		return result
	})
}

// profilesAtOnce is how many profiles are read side by side.
const profilesAtOnce = 8

// withProfiles reads the profiles that a listing leaves out, a few users ahead of
// who is asked for. A user that is gone by then is left out.
func withProfiles(ctx context.Context, service *chat.Service, users iter.Seq2[*chat.User, error]) iter.Seq2[*chat.User, error] {
	return inBatches(users, profilesAtOnce, func(batch []*chat.User, yield func(*chat.User, error) bool) bool {
		failures := make([]error, len(batch))
		var group sync.WaitGroup
		for i, user := range batch {
			if user.Profile != nil {
				continue
			}
			group.Go(func() { batch[i], failures[i] = service.Users.Get(ctx, user.Username, chat.WithProfile) })
		}
		group.Wait()
		for i, user := range batch {
			if errors.Is(failures[i], chat.ErrNotFound) {
				continue
			}
			if !yield(user, failures[i]) {
				return false
			}
		}
		return true
	})
}

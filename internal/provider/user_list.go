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
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var _ list.ListResourceWithConfigure = (*userList)(nil)

func newUserList() list.ListResource { return &userList{} }

type userList struct {
	client *client
}

func (l *userList) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user"
}

func (l *userList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the users of the application, oldest first. Pages are read as far as the `limit` of the list block asks for. " +
			"On JMessage, whose listing leaves profiles out, `include_resource` costs up to one more call per user.",
		Attributes: map[string]schema.Attribute{
			"username_prefix": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What the names of the listed users begin with. The platforms have no such filter, " +
					"so users are read until enough of them match.",
			},
		},
	}
}

func (l *userList) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

func (l *userList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var prefix types.String
	if diags := req.Config.GetAttribute(ctx, path.Root("username_prefix"), &prefix); diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	users := take(listUsers(ctx, l.client, prefix.ValueString()), req.Limit)
	if req.IncludeResource && hasProfiles(l.client.Platform()) {
		users = withProfiles(ctx, l.client, users)
	}
	stream.Results = results(users, "Could not list the users", func(user *chat.User) list.ListResult {
		model := userResourceModel{DeactivateOnDestroy: types.BoolValue(false)}
		diags := model.read(ctx, user)
		result := listed(ctx, req, l.client.Platform(), user.Username, model.names(), model)
		result.Diagnostics.Append(diags...)
		return result
	})
}

// hasProfiles tells whether users of the platform have profiles.
func hasProfiles(platform chat.Platform) bool {
	return len(platform.CheckSettings(chat.Settings{Profile: &chat.Profile{}})) == 0
}

// profilesAtOnce is how many profiles are read side by side.
const profilesAtOnce = 8

// withProfiles reads the profiles that a listing leaves out, a few users ahead of
// who is asked for. A user that is gone by then is left out.
func withProfiles(ctx context.Context, service chat.Service, users iter.Seq2[*chat.User, error]) iter.Seq2[*chat.User, error] {
	return func(yield func(*chat.User, error) bool) {
		batch := make([]*chat.User, 0, profilesAtOnce)
		flush := func() bool {
			failures := make([]error, len(batch))
			var group sync.WaitGroup
			for i, user := range batch {
				if user.Profile != nil {
					continue
				}
				group.Go(func() { batch[i], failures[i] = service.GetUser(ctx, user.Username, chat.WithProfile) })
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
			batch = batch[:0]
			return true
		}
		for user, err := range users {
			if err != nil {
				if flush() {
					yield(nil, err)
				}
				return
			}
			if batch = append(batch, user); len(batch) == profilesAtOnce && !flush() {
				return
			}
		}
		flush()
	}
}

// take yields the first limit of what seq yields, all of it where limit is 0, and
// asks for no more.
func take[T any](seq iter.Seq2[T, error], limit int64) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		n := int64(0)
		for value, err := range seq {
			if n++; !yield(value, err) || n == limit {
				return
			}
		}
	}
}

// results makes the results of a list as they are asked for. An error ends it.
func results[T any](seq iter.Seq2[T, error], failure string, result func(T) list.ListResult) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		for value, err := range seq {
			if err != nil {
				var diags diag.Diagnostics
				addError(&diags, failure, err)
				push(list.ListResult{Diagnostics: diags})
				return
			}
			if !push(result(value)) {
				return
			}
		}
	}
}

// listed is one result: always the identity, and the resource where it is asked for.
func listed(ctx context.Context, req list.ListRequest, platform chat.Platform, displayName string, n names, model any) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = displayName
	result.Diagnostics.Append(setIdentity(ctx, platform, result.Identity, n)...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
	return result
}

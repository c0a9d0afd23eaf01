package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"terraform-provider-chat/internal/chat"
)

// concurrentCounts is how many users are asked about at once.
const concurrentCounts = 10

var _ datasource.DataSourceWithConfigure = (*offlineMessagesDataSource)(nil)

func newOfflineMessagesDataSource() datasource.DataSource {
	return &offlineMessagesDataSource{dataSource("offline_messages")}
}

type offlineMessagesDataSource struct{ dataSourceBase }

func (d *offlineMessagesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the number of messages that wait for users who are offline, with one request for each user. Easemob only.",
		Attributes: map[string]schema.Attribute{
			"usernames": schema.ListAttribute{
				Required:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "The names of the users. It is an error if a user does not exist.",
				Validators:          []validator.List{listvalidator.NoNullValues()},
			},
			"counts": schema.MapAttribute{
				Computed:            true,
				ElementType:         types.Int64Type,
				MarkdownDescription: "The number of messages that wait for each user, by user name.",
			},
		},
	}
}

type offlineMessagesModel struct {
	Usernames []string         `tfsdk:"usernames"`
	Counts    map[string]int64 `tfsdk:"counts"`
}

func (d *offlineMessagesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	service := d.client.OfflineMessages
	if !d.client.supported(&resp.Diagnostics, d.typeName(), service != nil) {
		return
	}
	var model offlineMessagesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	for i, name := range model.Usernames {
		addRule(&resp.Diagnostics, path.Root("usernames").AtListIndex(i), d.client.Platform.Rules.Check(chat.FieldUsername, name))
	}
	if resp.Diagnostics.HasError() {
		return
	}

	counts, missing := make([]int64, len(model.Usernames)), make([]error, len(model.Usernames))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(concurrentCounts)
	for i, name := range model.Usernames {
		group.Go(func() error {
			count, err := service.Count(groupCtx, name)
			if errors.Is(err, chat.ErrNotFound) {
				missing[i] = err
				return nil
			}
			counts[i] = count
			return err
		})
	}
	if err := group.Wait(); err != nil {
		addError(&resp.Diagnostics, "Could not count offline messages", err)
	}
	model.Counts = make(map[string]int64, len(counts))
	for i, name := range model.Usernames {
		if missing[i] != nil {
			addReadError(&resp.Diagnostics, path.Root("usernames").AtListIndex(i), fmt.Sprintf("Could not count the offline messages of %q", name), missing[i])
		}
		model.Counts[name] = counts[i]
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

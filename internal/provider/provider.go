// Package provider implements the Terraform provider: schemas, plans, state and
// diagnostics. It reaches the platforms through chat.Service.
package provider

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/rest"
)

const (
	defaultMaxRetries     = 8
	defaultRequestTimeout = 30 * time.Second
)

var (
	_ provider.ProviderWithEphemeralResources = (*chatProvider)(nil)
	_ provider.ProviderWithActions            = (*chatProvider)(nil)
	_ provider.ProviderWithFunctions          = (*chatProvider)(nil)
	_ provider.ProviderWithListResources      = (*chatProvider)(nil)
)

// New returns a function that makes the provider, for the plugin server and the
// tests. The version appears in the User-Agent.
func New(version string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &chatProvider{version: version}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

type chatProvider struct {
	version string
	bulk    bulk.Options
}

func (p *chatProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "chat"
	resp.Version = p.version
}

func (p *chatProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"adopt_existing": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether to take over users that exist already instead of failing. A user that is taken over gets the declared values, including the password. " +
				"Defaults to `false`.",
		},
		"requests_per_second": schema.Float64Attribute{
			Optional: true,
			MarkdownDescription: "The maximum number of requests per second. " +
				"At least `0.01`. Without it, there is no fixed limit: the provider adapts to the limit of the platform.",
			Validators: []validator.Float64{float64validator.AtLeast(0.01)},
		},
		"max_retries": schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: fmt.Sprintf("How many times a request is repeated if it is throttled, fails with a server error, times out, or loses its connection. From 0 to 100. "+
				"If there is no connection at all, there are at most 3 attempts. A request that must not take effect twice is not repeated if it may have taken effect. "+
				"Defaults to `%d`.", defaultMaxRetries),
			Validators: []validator.Int64{int64validator.Between(0, 100)},
		},
		"request_timeout": schema.StringAttribute{
			Optional:   true,
			CustomType: timetypes.GoDurationType{},
			MarkdownDescription: fmt.Sprintf("How long one attempt of a request may take, as a duration such as `\"45s\"` or `\"2m\"`. "+
				"Defaults to `\"%s\"`.", defaultRequestTimeout),
			Validators: []validator.String{positiveDuration{}},
		},
	}
	for _, platform := range platforms() {
		attributes[platform.name()] = platform.attribute()
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages the users, contacts, blocks, groups and chat rooms of an application on a hosted chat platform. " +
			"Configure exactly one platform, in the provider block or with environment variables. " +
			"The provider sends no requests until a resource or data source needs one.",
		Attributes: attributes,
	}
}

type providerModel struct {
	Easemob           types.Object         `tfsdk:"easemob"`
	JMessage          types.Object         `tfsdk:"jmessage"`
	AdoptExisting     types.Bool           `tfsdk:"adopt_existing"`
	RequestsPerSecond types.Float64        `tfsdk:"requests_per_second"`
	MaxRetries        types.Int64          `tfsdk:"max_retries"`
	RequestTimeout    timetypes.GoDuration `tfsdk:"request_timeout"`
}

func (p *chatProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.ClientCapabilities.DeferralAllowed && !req.Config.Raw.IsFullyKnown() {
		resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
		return
	}
	requireKnown(&resp.Diagnostics, map[string]attr.Value{
		"adopt_existing":      config.AdoptExisting,
		"requests_per_second": config.RequestsPerSecond,
		"max_retries":         config.MaxRetries,
		"request_timeout":     config.RequestTimeout,
	})
	chosen, block := choosePlatform(map[string]types.Object{"easemob": config.Easemob, "jmessage": config.JMessage}, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	transport := rest.Config{
		UserAgent:         "terraform-provider-chat/" + p.version,
		Timeout:           defaultRequestTimeout,
		MaxRetries:        defaultMaxRetries,
		RequestsPerSecond: config.RequestsPerSecond.ValueFloat64(),
		Log:               logCall,
	}
	if !config.MaxRetries.IsNull() {
		transport.MaxRetries = int(config.MaxRetries.ValueInt64())
	}
	if !config.RequestTimeout.IsNull() {
		timeout, diags := config.RequestTimeout.ValueGoDuration()
		resp.Diagnostics.Append(diags...)
		transport.Timeout = timeout
	}
	service := chosen.open(settings{platform: chosen.name(), block: block, diags: &resp.Diagnostics}, transport)
	if resp.Diagnostics.HasError() {
		return
	}
	c := &client{
		Service:       bulk.New(service, p.bulk),
		adoptExisting: config.AdoptExisting.ValueBool(),
		log:           func(ctx context.Context, message string, fields map[string]any) { tflog.Info(ctx, message, fields) },
	}
	resp.ResourceData = c
	resp.DataSourceData = c
	resp.EphemeralResourceData = c
	resp.ActionData = c
	resp.ListResourceData = c
}

func (p *chatProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		newUserResource, newUsersResource, newContactResource, newContactsResource, newBlockResource, newBlocksResource,
		newGroupResource, newGroupMemberResource, newGroupMembersResource,
		newRoomResource, newRoomMemberResource, newRoomMembersResource,
		newDoNotDisturbResource,
		newSensitiveWordResource, newSensitiveWordsResource, newApplicationSettingsResource,
		newGroupShieldResource, newMediaResource,
	}
}

func (p *chatProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		newUserDataSource, newUsersDataSource, newUserStatusDataSource, newContactsDataSource, newBlocksDataSource,
		newOfflineMessagesDataSource, newOfflineMessageStatusDataSource,
		newGroupDataSource, newGroupsDataSource, newGroupMembersDataSource,
		newRoomDataSource, newRoomsDataSource, newRoomMembersDataSource,
		newSensitiveWordsDataSource, newApplicationSettingsDataSource, newMediaDataSource,
	}
}

func (p *chatProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		newUserList, newContactList, newBlockList, newGroupList, newGroupMemberList, newRoomList, newRoomMemberList,
		newSensitiveWordList,
	}
}

func (p *chatProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newUserTokenEphemeral, newAppTokenEphemeral}
}

func (p *chatProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{newDisconnectUserAction, newSendMessageAction, newRetractMessageAction}
}

func (p *chatProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{newParseAppKeyFunction, newUsernameFromFunction}
}

// requireKnown refuses values that are known only after an apply: what the provider
// connects to must be known to plan.
func requireKnown(diags *diag.Diagnostics, values map[string]attr.Value) {
	for name, value := range values {
		if value.IsUnknown() {
			addUnknown(diags, path.Root(name))
		}
	}
}

func addUnknown(diags *diag.Diagnostics, at path.Path) {
	diags.AddAttributeError(at, "Provider configuration is not known yet",
		fmt.Sprintf("The value of %s depends on something that is known only after apply, but the provider needs it to plan. "+
			"Set it to a value known in advance, use the environment variable, or apply what it depends on first with -target.", at))
}

// positiveDuration refuses durations that are not above zero.
type positiveDuration struct{}

func (positiveDuration) Description(context.Context) string { return "must be longer than zero" }

func (v positiveDuration) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (positiveDuration) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err == nil && d <= 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration", fmt.Sprintf("%s must be longer than zero, got %q.", req.Path, req.ConfigValue.ValueString()))
	}
}

// logCall writes what the client of a platform logs.
func logCall(ctx context.Context, level slog.Level, message string, fields map[string]any) {
	if level >= slog.LevelWarn {
		tflog.Warn(ctx, message, fields)
		return
	}
	tflog.Debug(ctx, message, fields)
}

package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

var (
	_ resource.ResourceWithConfigure   = (*userResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*userResource)(nil)
	_ resource.ResourceWithImportState = (*userResource)(nil)
	_ resource.ResourceWithIdentity    = (*userResource)(nil)
)

func newUserResource() resource.Resource { return &userResource{} }

type userResource struct {
	client *client
}

func (r *userResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user"
}

func (r *userResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	// An optional attribute that is omitted is left alone: never written, and in
	// the plan it stays what the state says. That is what the plan modifiers are for.
	keepString := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	keepBool := []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()}
	keepInt64 := []planmodifier.Int64{int64planmodifier.UseStateForUnknown()}
	keepObject := []planmodifier.Object{objectplanmodifier.UseStateForUnknown()}
	hour := []validator.Int64{int64validator.Between(0, 23)}
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: description, PlanModifiers: keepString}
	}

	resp.Schema = schema.Schema{
		MarkdownDescription: "A user of the application. What is declared is kept; what is omitted is left alone, also when it was declared before.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The user name.",
				PlanModifiers:       keepString,
			},
			"username": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The user name. Another name replaces the user; on platforms that compare names without case, another spelling of the same name changes nothing. " +
					"On Easemob: 1 to 64 letters, digits, `_`, `-` and `.`, neither a UUID nor an e-mail address. " +
					"On JMessage: 4 to 128 bytes, first a letter or digit, then letters, digits, `_`, `.`, `-` and `@`.",
			},
			"uuid": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The platform's identifier of this registration; null on a platform without one. A user that was deleted and registered again has another.",
				PlanModifiers:       keepString,
			},
			"created_at": schema.StringAttribute{
				Computed:            true,
				CustomType:          timetypes.RFC3339Type{},
				MarkdownDescription: "When the user was registered, in RFC 3339. On JMessage, whose register call does not tell, it is the time of the call until the first refresh.",
				PlanModifiers:       keepString,
			},
			"password": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The password, kept in the state. Prefer `password_wo`. Creating a user needs one of the two; an imported user needs none. " +
					"A password cannot be read back, so a change made elsewhere goes unnoticed.",
				Validators: []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("password_wo"))},
			},
			"password_wo": schema.StringAttribute{
				Optional:            true,
				WriteOnly:           true, // which is sensitive enough: marking it costs Terraform in every instance
				MarkdownDescription: "The password, kept neither in the plan nor in the state. Raise `password_wo_version` to set it again.",
			},
			"password_wo_version": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "The version of `password_wo`. A change sets the password.",
				Validators:          []validator.Int64{int64validator.AlsoRequires(path.MatchRoot("password_wo"))},
			},
			"nickname": text("The name shown to others. On Easemob it is the title of push messages, at most 100 characters; on JMessage at most 64 bytes without line breaks. An empty string clears it."),
			"activated": schema.BoolAttribute{
				Optional:      true,
				Computed:      true,
				PlanModifiers: keepBool,
				MarkdownDescription: "Whether the user may log in. `false` throws the user out at once. " +
					"JMessage does not tell whether a user is disabled: there the value is only kept in the state, set again only when it changes, and null after an import.",
			},
			"deactivate_on_destroy": schema.BoolAttribute{
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(false),
				MarkdownDescription: "Whether destroying the resource deactivates the user instead of deleting it. Defaults to `false`.",
			},
			"push": schema.SingleNestedAttribute{
				Optional:            true,
				Computed:            true,
				PlanModifiers:       keepObject,
				MarkdownDescription: "How messages are pushed to the user while it is offline. Easemob only.",
				Attributes: map[string]schema.Attribute{
					"display_style": schema.StringAttribute{
						Optional:            true,
						Computed:            true,
						PlanModifiers:       keepString,
						MarkdownDescription: "Whether a push shows that there is a message or the message itself: " + oneOf(chat.DisplayStyles()) + ".",
						Validators:          []validator.String{stringvalidator.OneOf(chat.DisplayStyles()...)},
					},
					"do_not_disturb": schema.BoolAttribute{
						Optional:            true,
						Computed:            true,
						PlanModifiers:       keepBool,
						MarkdownDescription: "Whether nothing is pushed between `do_not_disturb_start` and `do_not_disturb_end`.",
					},
					"do_not_disturb_start": schema.Int64Attribute{
						Optional:            true,
						Computed:            true,
						PlanModifiers:       keepInt64,
						MarkdownDescription: "The hour, 0 to 23, at which do-not-disturb begins every day.",
						Validators:          hour,
					},
					"do_not_disturb_end": schema.Int64Attribute{
						Optional:            true,
						Computed:            true,
						PlanModifiers:       keepInt64,
						MarkdownDescription: "The hour, 0 to 23, at which do-not-disturb ends. Equal to the start means the whole day, smaller than the start means the next day.",
						Validators:          hour,
					},
				},
			},
			"profile": schema.SingleNestedAttribute{
				Optional:            true,
				Computed:            true,
				PlanModifiers:       keepObject,
				MarkdownDescription: "What the user shows of itself. JMessage only. An empty string clears a text.",
				Attributes: map[string]schema.Attribute{
					"avatar":   text("The media id of the picture, from JMessage's file upload."),
					"birthday": text("The date of birth, `yyyy-MM-dd`."),
					"gender": schema.StringAttribute{
						Optional:            true,
						Computed:            true,
						PlanModifiers:       keepString,
						MarkdownDescription: "The gender: " + oneOf(chat.Genders()) + ".",
						Validators:          []validator.String{stringvalidator.OneOf(chat.Genders()...)},
					},
					"signature": text("The signature, at most 250 bytes."),
					"region":    text("The region, at most 250 bytes."),
					"address":   text("The address, at most 250 bytes."),
					"extras": schema.StringAttribute{
						Optional:            true,
						Computed:            true,
						CustomType:          jsontypes.NormalizedType{},
						PlanModifiers:       keepString,
						MarkdownDescription: "Anything else, as a JSON object of at most 512 bytes, compared by meaning. It is replaced as a whole.",
					},
				},
			},
		},
	}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *userResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identitySchema(map[string]string{"username": "The user name."})
}

func (r *userResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

type userResourceModel struct {
	userModel
	Password            types.String `tfsdk:"password"`
	PasswordWO          types.String `tfsdk:"password_wo"`
	PasswordWOVersion   types.Int64  `tfsdk:"password_wo_version"`
	DeactivateOnDestroy types.Bool   `tfsdk:"deactivate_on_destroy"`
}

func (m *userResourceModel) names() names { return names{"username": m.Username} }

// declaredPassword returns the password in the plan, or the write-only one, which
// only the configuration holds.
func declaredPassword(ctx context.Context, plan *userResourceModel, config tfsdk.Config, diags *diag.Diagnostics) *string {
	if p := pointer(plan.Password); p != nil {
		return p
	}
	var writeOnly types.String
	diags.Append(config.GetAttribute(ctx, path.Root("password_wo"), &writeOnly)...)
	return pointer(writeOnly)
}

// keyReregistered marks, in a resource's private state, a user that was found to
// be registered again by someone else.
const keyReregistered = "reregistered"

// ModifyPlan refuses what the platform would refuse, and decides what a change of
// the name means, since only the platform knows which names are the same.
func (r *userResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.client == nil || req.Plan.Raw.IsNull() {
		return
	}
	marked, diags := req.Private.GetKey(ctx, keyReregistered)
	resp.Diagnostics.Append(diags...)
	if marked == nil && req.Plan.Raw.Equal(req.State.Raw) {
		return // nothing will be written
	}
	var config userResourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	platform := r.client.Platform()
	declared := config.settings(ctx, &resp.Diagnostics)
	if config.Push.IsUnknown() {
		declared.Push = &chat.Push{}
	}
	if config.Profile.IsUnknown() {
		declared.Profile = &chat.Profile{}
	}
	addFieldErrors(&resp.Diagnostics, path.Empty(), platform.CheckSettings(declared))
	checkPassword(&resp.Diagnostics, platform, path.Root("password"), config.Password)
	checkPassword(&resp.Diagnostics, platform, path.Root("password_wo"), config.PasswordWO)

	creating := req.State.Raw.IsNull()
	if !creating {
		var state types.String
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("username"), &state)...)
		creating = planName(ctx, platform, path.Root("username"), state, config.Username, resp)
		if !creating && marked != nil {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("uuid"), types.StringUnknown())...)
		}
	}
	if creating {
		checkUsername(&resp.Diagnostics, platform, path.Root("username"), config.Username)
		if config.Password.IsNull() && config.PasswordWO.IsNull() {
			resp.Diagnostics.AddAttributeError(path.Root("password"), "Missing password",
				"Creating a user needs a password: set password_wo, or password. A user that exists already can be imported without one.")
		}
	}
}

func (r *userResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan userResourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	name := plan.Username.ValueString()
	password := declaredPassword(ctx, &plan, req.Config, &resp.Diagnostics)
	if password == nil {
		resp.Diagnostics.AddAttributeError(path.Root("password"), fmt.Sprintf("Could not create user %q", name),
			"Creating a user needs a password, and the configured one turned out to be null.")
		return
	}
	want := plan.settings(ctx, &resp.Diagnostics)
	user, err := createUser(ctx, r.client, chat.NewUser{Username: name, Password: *password, Nickname: want.Nickname, Profile: want.Profile})
	if errors.Is(err, chat.ErrAlreadyExists) && r.client.adoptExisting {
		r.adopt(ctx, plan, *password, resp)
		return
	}
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("username"), fmt.Sprintf("Could not create user %q", name), err)
		return
	}
	if user.Activated == nil && known(plan.Activated) {
		user.Activated = new(bool)
		*user.Activated = true // as every new user is
	}
	// The user is there: whatever fails from here on must not lose it.
	resp.Diagnostics.Append(setIdentity(ctx, r.client.Platform(), resp.Identity, plan.names())...)
	save := func() { resp.Diagnostics.Append(saveUser(ctx, plan, user, &resp.State)...) }
	save()
	if err := changeOf(user, want, plan.Activated).write(ctx, r.client, user, save); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Created user %q, but could not set it up as declared", name), err)
	}
}

// adopt takes over a user that exists. Nothing is put in the state before all is
// done: a half adopted user that Terraform taints would be deleted by the next
// apply, while one it does not know is adopted again.
func (r *userResource) adopt(ctx context.Context, plan userResourceModel, password string, resp *resource.CreateResponse) {
	name := plan.Username.ValueString()
	user, err := r.client.GetUser(ctx, name, chat.WithProfile)
	if err == nil {
		taken := *user
		change := changeOf(user, plan.settings(ctx, &resp.Diagnostics), plan.Activated)
		change.password = &password
		if err = change.write(ctx, r.client, &taken, func() {}); err == nil {
			resp.Diagnostics.Append(setIdentity(ctx, r.client.Platform(), resp.Identity, plan.names())...)
			resp.Diagnostics.Append(saveUser(ctx, plan, &taken, &resp.State)...)
			return
		}
	}
	addError(&resp.Diagnostics, fmt.Sprintf("Could not take over user %q", name), err)
}

func (r *userResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state userResourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if elsewhere(ctx, r.client.Platform(), req, resp) {
		return
	}
	resp.Diagnostics.Append(keepIdentity(ctx, r.client.Platform(), resp.Identity, state.names())...)
	name := state.Username.ValueString()
	imported := state.UUID.IsNull() && state.CreatedAt.IsNull()
	detail := chat.Basic
	if imported || known(state.Profile) {
		detail = chat.WithProfile
	}
	user, err := r.client.GetUser(ctx, name, detail)
	if errors.Is(err, chat.ErrNotFound) {
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not read user %q", name), err)
		return
	}
	read := *user
	if detail == chat.Basic {
		read.Profile = nil // whether a listing brought it along must not matter
	}
	if reregistered(&state.userModel, &read) {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, keyReregistered, []byte("true"))...)
		state.Activated = types.BoolNull()
	}
	resp.Diagnostics.Append(state.read(ctx, &read)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

func (r *userResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state userResourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	marked, diags := req.Private.GetKey(ctx, keyReregistered)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(keepIdentity(ctx, r.client.Platform(), resp.Identity, state.names())...)
	user := state.user(ctx, &resp.Diagnostics)
	change := changeOf(user, plan.settings(ctx, &resp.Diagnostics), plan.Activated)
	if marked != nil || !plan.Password.Equal(state.Password) || !plan.PasswordWOVersion.Equal(state.PasswordWOVersion) {
		change.password = declaredPassword(ctx, &plan, req.Config, &resp.Diagnostics)
	}
	partial := plan
	partial.Password, partial.PasswordWOVersion = state.Password, state.PasswordWOVersion
	save := func() { resp.Diagnostics.Append(saveUser(ctx, partial, user, &resp.State)...) }
	if err := change.write(ctx, r.client, user, save); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not update user %q", user.Username), err)
		return
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, keyReregistered, nil)...)
	resp.Diagnostics.Append(saveUser(ctx, plan, user, &resp.State)...)
}

func (r *userResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state userResourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	name := state.Username.ValueString()
	if state.DeactivateOnDestroy.ValueBool() {
		err := r.client.SetActivated(ctx, name, false)
		if err != nil && !errors.Is(err, chat.ErrNotFound) {
			addError(&resp.Diagnostics, fmt.Sprintf("Could not deactivate user %q", name), err)
		}
		return
	}
	if err := one(r.client.DeleteUsers(ctx, []string{name})); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not delete user %q", name), err)
	}
}

func (r *userResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	n := names{"username": types.StringValue(req.ID)}
	if req.ID == "" {
		n = namesToImport(ctx, r.client.Platform(), req, &resp.Diagnostics, "username")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	importNames(ctx, r.client.Platform(), n, resp)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("deactivate_on_destroy"), false)...)
}

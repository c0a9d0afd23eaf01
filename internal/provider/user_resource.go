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
	"terraform-provider-chat/internal/reconcile"
)

var _ implementation = (*userResource)(nil)

func newUserResource() resource.Resource {
	return manage(&userResource{base{kind: kind{
		name:      "user",
		identity:  []identityAttribute{{name: "username", description: "The user name."}},
		usernames: []usernameAttribute{{"username", true}},
		fields:    map[string]chat.Field{"password_wo": chat.FieldPassword},
	}}})
}

type userResource struct{ base }

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
		MarkdownDescription: "A user of the application. A declared attribute is kept as declared. An omitted attribute is left alone, even if it was declared before.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The user name.",
				PlanModifiers:       keepString,
			},
			"username": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The user name. Changing this forces a new resource: the user is deleted and another one is created. Easemob ignores case in user names: changing only the case has no effect. " +
					"On Easemob: 1 to 64 of the letters a-z and A-Z, digits, `_`, `-` and `.`, but not a UUID, `me`, `.` or `..`. " +
					"On JMessage: 4 to 128 letters, digits, `_`, `.`, `-` and `@`, beginning with a letter or digit.",
			},
			"uuid": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The platform's identifier of the account. It changes if the user is deleted and registered again. Null on JMessage.",
				PlanModifiers:       keepString,
			},
			"created_at": schema.StringAttribute{
				Computed:            true,
				CustomType:          timetypes.RFC3339Type{},
				MarkdownDescription: "When the user was registered, in RFC 3339. On JMessage, it is the time of the request until the first refresh, because the platform does not return it.",
				PlanModifiers:       keepString,
			},
			"password": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The password: " + lengthsByPlatform + " It is stored in the state; prefer `password_wo`. Conflicts with `password_wo`. Creating a user needs one of the two; an imported user needs none. " +
					"The platform does not return passwords, so Terraform does not detect changes that are made elsewhere.",
				Validators: []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("password_wo"))},
			},
			"password_wo": schema.StringAttribute{
				Optional:            true,
				WriteOnly:           true, // which is sensitive enough: marking it costs Terraform in every instance
				MarkdownDescription: "The password: " + lengthsByPlatform + " It is stored neither in the plan nor in the state. Change `password_wo_version` to set it again. Conflicts with `password`.",
			},
			"password_wo_version": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "The version of `password_wo`. Changing this sets the password. Requires `password_wo`. " +
					"Without it, `password_wo` is set only when the user is created or taken over, and once when it replaces `password`.",
				Validators: []validator.Int64{int64validator.AlsoRequires(path.MatchRoot("password_wo"))},
			},
			"nickname": text("The name shown to others. On Easemob, it is the title of push messages, at most 100 characters; on JMessage, at most 64 bytes without line breaks. An empty string clears it."),
			"activated": schema.BoolAttribute{
				Optional:      true,
				Computed:      true,
				PlanModifiers: keepBool,
				MarkdownDescription: "Whether the user may log in. `false` ends the sessions of the user immediately. " +
					"JMessage does not return this value: it is only stored in the state, is set again only if the declared value changes, and is null after an import.",
			},
			"deactivate_on_destroy": schema.BoolAttribute{
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(false),
				MarkdownDescription: "Whether destroying the resource deactivates the user instead of deleting it. A change must be applied before the destroy. Defaults to `false`.",
			},
			"push": schema.SingleNestedAttribute{
				Optional:            true,
				Computed:            true,
				PlanModifiers:       keepObject,
				MarkdownDescription: "How messages are pushed to the user while offline. Easemob only.",
				Attributes: map[string]schema.Attribute{
					"display_style": schema.StringAttribute{
						Optional:            true,
						Computed:            true,
						PlanModifiers:       keepString,
						MarkdownDescription: "What push messages show: only that there is a message, or its content. One of " + quotedList(chat.DisplayStyles()) + ".",
						Validators:          []validator.String{stringvalidator.OneOf(chat.DisplayStyles()...)},
					},
					"do_not_disturb": schema.BoolAttribute{
						Optional:            true,
						Computed:            true,
						PlanModifiers:       keepBool,
						MarkdownDescription: "Whether push messages are off between `do_not_disturb_start` and `do_not_disturb_end`.",
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
						MarkdownDescription: "The hour, 0 to 23, at which do-not-disturb ends. If it equals the start, do-not-disturb lasts the whole day. If it is smaller than the start, do-not-disturb ends on the next day.",
						Validators:          hour,
					},
				},
			},
			"profile": schema.SingleNestedAttribute{
				Optional:      true,
				Computed:      true,
				PlanModifiers: keepObject,
				MarkdownDescription: "The public profile of the user. An empty string clears a text. On Easemob, it is stored in the attributes of the user, which have at most 2048 bytes in total, including their names: " +
					"`avatarurl`, `birth`, `gender`, `sign`, `region`, `address`, `ext`, `phone` and `mail`. Other attributes are left alone.",
				Attributes: map[string]schema.Attribute{
					"avatar":   text("The picture: on JMessage the media id of an upload, such as the `id` of a `chat_media`; on Easemob a URL of at most 256 characters."),
					"birthday": text("The date of birth, `yyyy-MM-dd`."),
					"gender": schema.StringAttribute{
						Optional:            true,
						Computed:            true,
						PlanModifiers:       keepString,
						MarkdownDescription: "The gender. One of " + quotedList(chat.Genders()) + ".",
						Validators:          []validator.String{stringvalidator.OneOf(chat.Genders()...)},
					},
					"signature": text("The signature: at most 250 bytes on JMessage, at most 256 characters on Easemob."),
					"region":    text("The region, on JMessage at most 250 bytes."),
					"address":   text("The address, on JMessage at most 250 bytes."),
					"extras": schema.StringAttribute{
						Optional:            true,
						Computed:            true,
						CustomType:          jsontypes.NormalizedType{},
						PlanModifiers:       keepString,
						MarkdownDescription: "Custom data as a JSON object, on JMessage at most 512 bytes. It is compared as JSON, so formatting and the order of keys do not matter, and is always written as a whole.",
					},
					"phone": text("The phone number, at most 32 characters. Easemob only."),
					"email": text("The e-mail address, at most 64 characters. Easemob only."),
				},
			},
		},
	}
}

type userResourceModel struct {
	userModel
	Password            types.String `tfsdk:"password"`
	PasswordWO          types.String `tfsdk:"password_wo"`
	PasswordWOVersion   types.Int64  `tfsdk:"password_wo_version"`
	DeactivateOnDestroy types.Bool   `tfsdk:"deactivate_on_destroy"`
}

// declaredPassword returns the password in the plan, or the write-only one, which only
// the configuration holds.
func declaredPassword(ctx context.Context, plan *userResourceModel, config tfsdk.Config, diags *diag.Diagnostics) *string {
	if p := stringPointer(plan.Password); p != nil {
		return p
	}
	var writeOnly types.String
	diags.Append(config.GetAttribute(ctx, path.Root("password_wo"), &writeOnly)...)
	return stringPointer(writeOnly)
}

// save puts a user in the state as declared in the model, except for what differs on the
// platform.
func (m userResourceModel) save(ctx context.Context, user *chat.User, state *tfsdk.State) diag.Diagnostics {
	if user.Activated == nil {
		m.Activated = types.BoolNull()
	}
	truth := *user
	if truth.Profile == nil {
		truth.Profile = &chat.Profile{}
	}
	diags := m.read(ctx, &truth)
	diags.Append(state.Set(ctx, m)...)
	return diags
}

// ModifyPlan refuses a creation without a password, and plans what the account demands.
func (r *userResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.client == nil {
		return
	}
	account := recall(ctx, req.Private, &resp.Diagnostics)
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, req.State, account, &resp.Diagnostics)
		return
	}
	var config userResourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.planDeparture(ctx, req, resp)
	name := config.Username.ValueString()
	withoutPassword := config.Password.IsNull() && config.PasswordWO.IsNull()
	if replaces(req, resp) {
		if withoutPassword {
			resp.Diagnostics.AddAttributeError(path.Root("password"), "Missing password", r.missingPassword(name))
		}
		return
	}
	note := account.Users[r.client.userKey(name)]
	if note.Foreign || note.Unset && !withoutPassword {
		// An update takes the user over, or sets the password whose outcome is unknown.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("uuid"), types.StringUnknown())...)
	}
	if note.Foreign {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("created_at"), timetypes.NewRFC3339Unknown())...)
	}
	if note.Deactivated && config.Activated.IsNull() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("activated"), true)...)
	}
}

// planDeparture warns if a user is replaced who owns groups or rooms.
func (r *userResource) planDeparture(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var name types.String
	if req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("username"), &name)...)
		if known(name) {
			warnOfDeparture(&resp.Diagnostics, name.ValueString(), r.client.departures.create(r.client.userKey(name.ValueString())))
		}
		return
	}
	var deactivates types.Bool
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("username"), &name)...)
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("deactivate_on_destroy"), &deactivates)...)
	key := r.client.userKey(name.ValueString())
	switch {
	case deactivates.ValueBool(): // it is not deleted
	case replaces(req, resp):
		warnOfDeparture(&resp.Diagnostics, name.ValueString(), r.client.departures.delete(key))
	default:
		r.client.departures.keep(key)
	}
}

func (r *userResource) missingPassword(name string) string {
	const how = "set password_wo: without password_wo_version it is used only when the user has to be created."
	if r.client.missing.has(r.client.userKey(name)) {
		return fmt.Sprintf("User %q is in the state, but was deleted outside of Terraform. Creating it again needs a password: %s "+
			"To keep the user deleted, remove the resource.", name, how)
	}
	return "Creating a user needs a password: " + how + " If the user exists already, import it; an imported user needs no password."
}

// planDestroy warns of an account that is not the one in the state: it is left alone.
func (r *userResource) planDestroy(ctx context.Context, state tfsdk.State, account *reconcile.Account, diags *diag.Diagnostics) {
	var name types.String
	var deactivates types.Bool
	diags.Append(state.GetAttribute(ctx, path.Root("username"), &name)...)
	diags.Append(state.GetAttribute(ctx, path.Root("deactivate_on_destroy"), &deactivates)...)
	key := r.client.userKey(name.ValueString())
	if !account.Users[key].Foreign && !deactivates.ValueBool() {
		warnOfDeparture(diags, name.ValueString(), r.client.departures.delete(key))
	}
	if account.Users[key].Foreign {
		diags.AddWarning(fmt.Sprintf("User %q is not the one in the state", name.ValueString()),
			"The user was deleted and registered again outside of Terraform. Destroying this resource leaves the new account alone.")
	}
}

func (r *userResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan userResourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	name := plan.Username.ValueString()
	key := r.client.userKey(name)
	password := declaredPassword(ctx, &plan, req.Config, &resp.Diagnostics)
	if password == nil {
		resp.Diagnostics.AddAttributeError(path.Root("password"), fmt.Sprintf("Could not create user %q", name),
			"Creating a user needs a password, and the configured password is null.")
		return
	}
	defer r.client.run.Hold(reconcile.UserRunKey(key))()
	if r.client.deactivated.has(key) { // to replace it
		r.adopt(ctx, plan, *password, resp)
		return
	}
	want := plan.settings(ctx, &resp.Diagnostics)
	registered := chat.NewUser{Username: name, Password: *password, Nickname: want.Nickname}
	if r.client.Profiles == nil {
		registered.Profile = want.Profile
	}
	user, err := r.register(ctx, registered)
	// Until all is as declared, the user is one that destroy deletes, whatever is declared.
	unfinished := plan
	unfinished.DeactivateOnDestroy = types.BoolValue(false)
	account := reconcile.NewAccount()
	if sentAt, unsettled := chat.Unsettled(err); unsettled {
		account.Sent(key, sentAt, r.client.Platform)
		keep(ctx, account, resp.Private, &resp.Diagnostics)
		resp.Diagnostics.Append(unfinished.save(ctx, &chat.User{Username: name}, &resp.State)...)
		resp.Diagnostics.AddAttributeError(path.Root("username"), fmt.Sprintf("Could not determine whether user %q was created", name),
			detail(err, "Apply again: the next plan looks for the user. A user that was registered after the request was sent belongs to this resource."))
		return
	}
	if errors.Is(err, chat.ErrAlreadyExists) && r.client.adoptExisting {
		r.adopt(ctx, plan, *password, resp)
		return
	}
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("username"), fmt.Sprintf("Could not create user %q", name), err)
		return
	}
	r.client.run.Confirm(reconcile.UserRunKey(key))
	account.Remember(key, user.Registration)
	keep(ctx, account, resp.Private, &resp.Diagnostics)
	if user.Activated == nil && known(plan.Activated) {
		user.Activated = new(bool)
		*user.Activated = true // as every new user is
	}
	// The user is there: whatever fails from here on must not lose it.
	save := func() { resp.Diagnostics.Append(unfinished.save(ctx, user, &resp.State)...) }
	save()
	unsettled, err := reconcile.ChangeOf(want, boolPointer(plan.Activated), user).Write(ctx, r.client.Service, user, save)
	if err != nil {
		if unsettled.Activated != nil {
			user.Activated = nil
			save()
		}
		addError(&resp.Diagnostics, fmt.Sprintf("Created user %q, but could not set it up as declared", name), err)
		return
	}
	resp.Diagnostics.Append(plan.save(ctx, user, &resp.State)...)
}

// register creates a user and returns it with what was declared, which not every
// platform repeats in its answer.
func (r *userResource) register(ctx context.Context, user chat.NewUser) (*chat.User, error) {
	results, err := r.client.Users.Create(ctx, []chat.NewUser{user})
	if err != nil {
		return nil, err
	}
	if results[0].Err != nil {
		return nil, results[0].Err
	}
	created := *results[0].User
	created.Settings = reconcile.Overlay(created.Settings, chat.Settings{Nickname: user.Nickname, Profile: user.Profile})
	return &created, nil
}

// adopt takes over a user that exists. Nothing is put in the state before all is done: a
// half adopted user that Terraform taints would be deleted by the next apply, while one
// it does not know is adopted again. A user that this run deactivated to replace it was in
// the state, and stays there: as a tainted one that the next apply deactivates and adopts.
func (r *userResource) adopt(ctx context.Context, plan userResourceModel, password string, resp *resource.CreateResponse) {
	name := plan.Username.ValueString()
	key := r.client.userKey(name)
	replaced := r.client.deactivated.has(key)
	account := reconcile.NewAccount()
	user, err := r.client.Users.Get(ctx, name, r.fullDetail())
	if err == nil {
		account.Remember(key, user.Registration)
		activated := boolPointer(plan.Activated)
		if activated == nil && (plan.DeactivateOnDestroy.ValueBool() || replaced) {
			// A destroy may have deactivated the user. It is back now.
			activated = new(bool)
			*activated = true
		}
		change := reconcile.ChangeOf(plan.settings(ctx, &resp.Diagnostics), activated, user)
		change.Password = &password
		if _, err = change.Write(ctx, r.client.Service, user, func() {}); err == nil {
			r.client.run.Confirm(reconcile.UserRunKey(key))
			keep(ctx, account, resp.Private, &resp.Diagnostics)
			resp.Diagnostics.Append(plan.save(ctx, user, &resp.State)...)
			return
		}
	}
	if replaced {
		if user == nil {
			user = &chat.User{Username: name}
		}
		user.Activated = nil // that may not be known any more
		plan.Password, plan.PasswordWOVersion = types.StringNull(), types.Int64Null()
		plan.DeactivateOnDestroy = types.BoolValue(true)
		account.Change(key, func(n *reconcile.Note) { n.Unset, n.Deactivated = true, true })
		keep(ctx, account, resp.Private, &resp.Diagnostics)
		resp.Diagnostics.Append(plan.save(ctx, user, &resp.State)...)
	}
	addError(&resp.Diagnostics, fmt.Sprintf("Could not take over user %q", name), err)
}

// fullDetail is everything that the platform returns about a user.
func (r *userResource) fullDetail() chat.Detail {
	if r.client.Platform.Users.ReadsProfile {
		return chat.WithProfile
	}
	return chat.Basic
}

func (r *userResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state userResourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	account := recall(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	name := state.Username.ValueString()
	key := r.client.userKey(name)
	note := account.Users[key]
	imported := state.UUID.IsNull() && state.CreatedAt.IsNull() && !note.Unfinished()
	detail := chat.Basic
	if imported || known(state.Profile) {
		detail = r.fullDetail()
	}
	user, err := r.client.Users.Get(ctx, name, detail)
	switch {
	case errors.Is(err, chat.ErrNotFound):
		if !imported && !note.Unfinished() {
			r.client.missing.set(key)
			resp.Diagnostics.AddWarning(fmt.Sprintf("User %q no longer exists", name),
				"The user was deleted outside of Terraform. It is planned for creation if it is still declared.")
		}
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		addError(&resp.Diagnostics, fmt.Sprintf("Could not read user %q", name), err)
		return
	case note.Unfinished() && !note.Settles(user.Registration, r.client.Platform):
		// Somebody else's: our registration had no effect.
		resp.State.RemoveResource(ctx)
		return
	}
	read := *user
	if detail == chat.Basic {
		read.Profile = nil // whether a listing brought it along must not matter
	}
	if ours := registration(note, &state); ours.Differs(user.Registration) {
		// The state keeps naming the account that is ours until an update takes over the new one:
		// the Delete of a tainted resource gets only the state.
		read.Registration = ours
		account.Change(key, func(n *reconcile.Note) { n.Foreign = true })
		state.Activated = types.BoolNull()
		resp.Diagnostics.AddWarning(fmt.Sprintf("User %q is not the one in the state", name),
			"The user was deleted and registered again outside of Terraform. If it is still declared, applying takes the new account over as declared, "+
				"its password included. If the resource is destroyed, the new account is left alone.")
	} else if !note.Foreign {
		account.Remember(key, user.Registration)
	}
	keep(ctx, account, resp.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(state.read(ctx, &read)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// registration is the one that the resource is about: what the account remembers, or
// what the state shows.
func registration(note reconcile.Note, state *userResourceModel) chat.Registration {
	if r := note.Registration(); r.Known() {
		return r
	}
	return state.registration()
}

func (r *userResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state userResourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	account := recall(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	key := r.client.userKey(state.Username.ValueString())
	defer r.client.run.Hold(reconcile.UserRunKey(key))()
	note := account.Users[key]
	user := state.user(ctx, &resp.Diagnostics)
	var taken chat.Registration
	if note.Foreign {
		found, err := r.client.Users.Get(ctx, user.Username, chat.Basic)
		if err != nil {
			addError(&resp.Diagnostics, fmt.Sprintf("Could not update user %q", user.Username), err)
			return
		}
		taken = found.Registration
	}
	change := reconcile.ChangeOf(plan.settings(ctx, &resp.Diagnostics), boolPointer(plan.Activated), user)
	if note.Foreign || note.Unset || !plan.Password.Equal(state.Password) || !plan.PasswordWOVersion.Equal(state.PasswordWOVersion) {
		change.Password = declaredPassword(ctx, &plan, req.Config, &resp.Diagnostics)
	}
	partial := plan
	partial.Password, partial.PasswordWOVersion = state.Password, state.PasswordWOVersion
	save := func() { resp.Diagnostics.Append(partial.save(ctx, user, &resp.State)...) }
	unsettled, err := change.Write(ctx, r.client.Service, user, save)
	if err != nil {
		if unsettled.Activated != nil {
			user.Activated = nil
		}
		if unsettled.Password != nil {
			// Neither the old nor the new one counts as written.
			partial.Password, partial.PasswordWOVersion = types.StringNull(), types.Int64Null()
			account.Change(key, func(n *reconcile.Note) { n.Unset = true })
			keep(ctx, account, resp.Private, &resp.Diagnostics)
		}
		save()
		addError(&resp.Diagnostics, fmt.Sprintf("Could not update user %q", user.Username), err)
		return
	}
	r.client.run.Confirm(reconcile.UserRunKey(key))
	if note.Foreign {
		user.Registration = taken
		account.Remember(key, taken)
	}
	account.Change(key, func(n *reconcile.Note) { n.Unset, n.Deactivated = false, false })
	keep(ctx, account, resp.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(plan.save(ctx, user, &resp.State)...)
}

// Delete deletes or deactivates the user. It looks first whether the name belongs to
// somebody else by now: the plan may be old, or was made with -refresh=false, which
// nothing in the state or the plan shows.
func (r *userResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state userResourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	account := recall(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	name := state.Username.ValueString()
	key := r.client.userKey(name)
	defer r.client.run.Hold(reconcile.UserRunKey(key))()
	if r.client.run.Confirmed(reconcile.UserRunKey(key)) {
		return
	}
	note := account.Users[key]
	user, err := r.client.Users.Get(ctx, name, chat.Basic)
	switch {
	case errors.Is(err, chat.ErrNotFound):
		return
	case err != nil:
		addError(&resp.Diagnostics, fmt.Sprintf("Could not read user %q before deleting it", name), err)
		return
	case note.Unfinished():
		note.Foreign = !note.Settles(user.Registration, r.client.Platform)
	case !registration(note, &state).Known():
		resp.Diagnostics.AddError(fmt.Sprintf("Could not delete user %q", name),
			"Whether this user is the one that Terraform registered is not known. Apply again with a refresh, without -refresh=false.")
		return
	default:
		note.Foreign = note.Foreign || registration(note, &state).Differs(user.Registration)
	}
	if note.Foreign {
		resp.Diagnostics.AddWarning(fmt.Sprintf("User %q was left alone", name),
			"The user was deleted and registered again outside of Terraform: the new account is not the one in the state.")
		return
	}
	if !state.DeactivateOnDestroy.ValueBool() {
		if err := chat.Single(r.client.Users.Delete(ctx, []string{name})); err != nil {
			addError(&resp.Diagnostics, fmt.Sprintf("Could not delete user %q", name), err)
		}
		return
	}
	err = r.client.Users.SetActivated(ctx, name, false)
	switch {
	case errors.Is(err, chat.ErrNotFound):
	case err != nil:
		if _, unsettled := chat.Unsettled(err); unsettled {
			account.Change(key, func(n *reconcile.Note) { n.Deactivated = true })
			keep(ctx, account, resp.Private, &resp.Diagnostics)
			resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("activated"), types.BoolNull())...)
		}
		addError(&resp.Diagnostics, fmt.Sprintf("Could not deactivate user %q", name), err)
	default:
		r.client.deactivated.set(key)
	}
}

func (r *userResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importNames(ctx, req, resp, func(id string) ([]string, string) {
		if id == "" {
			return nil, "The id must be the name of the user, for example alice; it is empty."
		}
		return []string{id}, ""
	})
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("deactivate_on_destroy"), false)...)
}

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
	"terraform-provider-chat/internal/userfile"
)

var (
	_ implementation                      = (*usersResource)(nil)
	_ resource.ResourceWithValidateConfig = (*usersResource)(nil)
)

func newUsersResource() resource.Resource {
	return manage(&usersResource{base{kind: kind{
		name:   "users",
		fields: map[string]chat.Field{"password_wo": chat.FieldPassword},
	}}})
}

type usersResource struct{ base }

// Schema has no validators or plan modifiers below users: Terraform and the
// framework would run them for every one of thousands. See checkUsers.
func (r *usersResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Many users of the application in one resource. Terraform's own work grows with the square of the number of resource instances, " +
			"so for thousands of users, plan and apply are many times faster than with one `chat_user` for each.\n\n" +
			"A declared attribute of a user is kept as declared. An omitted attribute is left alone. Adding a name to `users` creates that user, and removing a name deletes it. " +
			"If one of the new names exists already, the apply fails and creates nothing, unless `adopt_existing = true` is set in the provider block. " +
			"With `source`, the users come from a file of up to a million rows. The nicknames and passwords of the file are not in the state. " +
			"The private state, which is part of the state file, contains its user names.\n\n" +
			"If some users fail, the rest are still processed. The error names those that failed, and the state contains what was done. " +
			"The next apply completes an update that failed for some users. If the first creation fails for some users, " +
			"Terraform marks the resource as tainted: the next apply would delete the users that were created, and create all of them again. " +
			"To keep them, run `terraform untaint` with the address of the resource. The next apply then creates only the missing users. " +
			"With `source`, this is not needed: the next apply deletes no user, although Terraform shows a replacement.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "An id that is derived from the user names when the resource is created or imported. It does not change if users are added or removed.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"users": schema.MapNestedAttribute{
				Optional:      true,
				PlanModifiers: []planmodifier.Map{planLater{memberType}},
				MarkdownDescription: "The users by user name. Exactly one of `users` and `source` is required. Easemob ignores case in user names: changing only the case has no effect. " +
					"The rules for names are those of `chat_user`.",
				NestedObject: schema.NestedAttributeObject{
					Attributes: map[string]schema.Attribute{
						"nickname": schema.StringAttribute{
							Optional:            true,
							Computed:            true,
							MarkdownDescription: "The name shown to others, as in `chat_user`. An empty string clears it.",
						},
						"activated": schema.BoolAttribute{
							Optional: true,
							Computed: true,
							MarkdownDescription: "Whether the user may log in. " +
								"JMessage does not return this value: it is only stored in the state, is set again only if the declared value changes, and is null after an import.",
						},
					},
				},
			},
			"passwords": schema.MapAttribute{
				Optional:    true,
				Sensitive:   true,
				ElementType: types.StringType,
				MarkdownDescription: "The passwords by user name: " + lengthsByPlatform + " They are stored in the state; prefer `passwords_wo` or `password_wo`. Conflicts with `passwords_wo` and `password_wo`. " +
					"Creating a user needs a password from one of the three or, with `source`, from the file; an imported user needs none. " +
					"A password of a name that is not in `users` is ignored.",
			},
			"passwords_wo": schema.MapAttribute{
				Optional:            true,
				Sensitive:           true,
				WriteOnly:           true,
				ElementType:         types.StringType,
				MarkdownDescription: "The passwords by user name: " + lengthsByPlatform + " They are stored neither in the plan nor in the state. Change `password_wo_version` to set them again. Conflicts with `passwords` and `password_wo`.",
			},
			"password_wo": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				WriteOnly:           true,
				MarkdownDescription: "One password for all users: " + lengthsByPlatform + " It is stored neither in the plan nor in the state. Change `password_wo_version` to set it again. Conflicts with `passwords` and `passwords_wo`.",
			},
			"password_wo_version": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "The version of `passwords_wo`, `password_wo` or the passwords of the file. Changing this sets the passwords of all users. Requires one of the three. " +
					"Without it, passwords are set only for users that are created or taken over and, without `source`, once when `passwords_wo` or `password_wo` replaces `passwords`.",
			},
			"source": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The path of a file with up to a million users: CSV (`.csv`) with a header, or JSON Lines (`.jsonl` or `.ndjson`). " +
					"Its columns or keys are `username`, `nickname`, `activated` and `password`, of which only the first is required. " +
					"What a row leaves out is left alone, and so is an empty field of a CSV file. " +
					"Passwords of the file, and anything derived from them, are never in the plan or the state. They take precedence over the other password attributes.",
			},
			"user_count": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "The number of users that the resource manages. Null without `source`.",
			},
			"content_sha256": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The SHA-256 of what the file declares, without its passwords; the order of rows and columns does not change it. " +
					"Null without `source`, and if the last apply did not complete.",
			},
			"drift": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The number of users that were changed or deleted outside of Terraform since the last apply. An apply resets both numbers to 0. Null without `source`.",
				Attributes: map[string]schema.Attribute{
					"missing": schema.Int64Attribute{Computed: true, MarkdownDescription: "The number of users that no longer exist."},
					"changed": schema.Int64Attribute{Computed: true, MarkdownDescription: "The number of users that have other values, or were deleted and registered again."},
				},
			},
		},
	}
}

func (r *usersResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config usersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	var given []string
	for name, value := range map[string]interface{ IsNull() bool }{
		"passwords": config.Passwords, "passwords_wo": config.PasswordsWO, "password_wo": config.PasswordWO,
	} {
		if !value.IsNull() {
			given = append(given, name)
		}
	}
	slices.Sort(given)
	if len(given) > 1 {
		resp.Diagnostics.AddAttributeError(path.Root(given[0]), "Invalid Attribute Combination",
			fmt.Sprintf("Only one of %s can be set.", strings.Join(given, ", ")))
	}
	if !config.PasswordWOVersion.IsNull() && config.PasswordsWO.IsNull() && config.PasswordWO.IsNull() && config.Source.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root("password_wo_version"), "Invalid Attribute Combination",
			"password_wo_version requires passwords_wo, password_wo or source.")
	}
	validateSource(&config, &resp.Diagnostics)
}

// ModifyPlan plans the users, and refuses what the platform would refuse.
func (r *usersResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var config, state usersModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		switch {
		case r.client == nil:
		case !state.Source.IsNull():
			r.planDestroyOfSource(ctx, req, resp)
		default:
			r.warnForeign(recall(ctx, req.Private, &resp.Diagnostics), nil, &resp.Diagnostics)
			r.planDepartures(state.members(r.client.userKey), nil, &resp.Diagnostics)
		}
		return
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if r.client != nil {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("passwords"), r.planPasswords(&config, &state))...)
	}
	if r.client == nil || !config.Source.IsNull() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("users"), config.Users)...) // see planLater
		if r.client != nil && !resp.Diagnostics.HasError() {
			r.planSource(ctx, &config, &state, req, resp)
		}
		return
	}
	have := state.members(r.client.userKey)
	account := recall(ctx, req.Private, &resp.Diagnostics)
	if !state.Source.IsNull() {
		if roster := recallRoster(ctx, r.client, req.Private, &resp.Diagnostics); roster != nil {
			have, account = membersOfRoster(roster), roster.Account
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() && known(config.Users) {
		r.planReplacedUsers(ctx, &config, resp)
	}
	withoutSource(ctx, &resp.Plan, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("users"), r.planUsers(&config, &state))...)
	r.checkUsers(&resp.Diagnostics, &config, have, account)
	if known(config.Users) {
		r.planDepartures(have, config.members(r.client.userKey), &resp.Diagnostics)
	}
	writeOnly := !config.PasswordsWO.IsNull() || !config.PasswordWO.IsNull()
	if unset(account) && writeOnly || r.givenUp(account, &config) {
		// An update sets the passwords whose outcome is unknown, and forgets the accounts of
		// others.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), types.StringUnknown())...)
	}
}

// planDepartures warns if users are deleted who own groups or rooms.
func (r *usersResource) planDepartures(have, wanted map[string]member, diags *diag.Diagnostics) {
	for key, was := range have {
		if _, stays := wanted[key]; !stays {
			warnOfDeparture(diags, was.name, r.client.departures.delete(key))
		}
	}
}

// planUsers completes the declared users: what is not declared of a user stays what the
// state says. If that leaves the users as they are, another spelling of their names changes
// nothing. Otherwise names are spelled as declared.
func (r *usersResource) planUsers(config, state *usersModel) types.Map {
	if !known(config.Users) {
		return config.Users
	}
	have := state.members(r.client.userKey)
	elements := config.Users.Elements()
	planned := make(map[string]attr.Value, len(elements))
	same := len(elements) == len(have) && len(config.members(r.client.userKey)) == len(have)
	for name, value := range elements {
		planned[name] = value
		was, there := have[r.client.userKey(name)]
		if value.IsNull() || value.IsUnknown() {
			same = same && there && was.null && value.IsNull()
			continue
		}
		object, _ := value.(types.Object)
		attributes := object.Attributes()
		nickname, _ := attributes["nickname"].(types.String)
		activated, _ := attributes["activated"].(types.Bool)
		if nickname.IsNull() {
			nickname = was.nickname
		}
		if activated.IsNull() {
			activated = was.activated
		}
		same = same && there && !was.null && nickname.Equal(was.nickname) && activated.Equal(was.activated)
		planned[name] = member{nickname: nickname, activated: activated}.value()
	}
	if same {
		return state.Users
	}
	return types.MapValueMust(memberType, planned)
}

// planPasswords returns the declared passwords, or those of the state if they differ only by
// the spelling of names.
func (r *usersResource) planPasswords(config, state *usersModel) types.Map {
	if !known(config.Passwords) || !known(state.Passwords) || len(config.Passwords.Elements()) != len(state.Passwords.Elements()) {
		return config.Passwords
	}
	equal := func(a, b types.String) bool { return a.Equal(b) }
	if !maps.EqualFunc(passwordsByKey(r.client.userKey, config.Passwords), passwordsByKey(r.client.userKey, state.Passwords), equal) {
		return config.Passwords
	}
	return state.Passwords
}

// unset reports whether the password of any user may not be the declared one.
func unset(account *reconcile.Account) bool {
	for _, note := range account.Users {
		if note.Unset {
			return true
		}
	}
	return false
}

// givenUp reports whether a name that somebody else registered again is declared no longer,
// or may be. Until an update forgets it, it would be taken over if it was declared later.
func (r *usersResource) givenUp(account *reconcile.Account, config *usersModel) bool {
	declared := config.members(r.client.userKey)
	for key, note := range account.Users {
		if _, ok := declared[key]; note.Foreign && !ok {
			return true
		}
	}
	return false
}

// work returns the engine for a change from state to config.
func (r *usersResource) work(config, state *usersModel, account *reconcile.Account) *reconcile.Users {
	key := r.client.userKey
	secrets, before := config.passwords(key), passwordsByKey(key, state.Passwords)
	return &reconcile.Users{
		Service: r.client.Service, Run: &r.client.run, Log: r.client.log, Adopt: r.client.adoptExisting,
		Want: declared(config.members(key)), Have: declared(state.members(key)), Account: account,
		Deactivated: r.client.deactivated.has,
		NewPassword: func(key string) string { return secrets.of(key).ValueString() },
		ChangedPassword: func(key string) *string {
			password := secrets.of(key)
			_, hadOne := before[key]
			switch {
			case secrets.from == "passwords" && password.Equal(before[key]):
				return nil
			case secrets.from != "passwords" && !hadOne && !account.Users[key].Unset &&
				(config.PasswordWOVersion.Equal(state.PasswordWOVersion) || partial(account, config.PasswordWOVersion)):
				return nil
			}
			return stringPointer(password)
		},
	}
}

// partial reports whether an earlier update wrote this version of the passwords for all
// users but those whose note says so.
func partial(account *reconcile.Account, version types.Int64) bool {
	return account.PartialVersion != nil && *account.PartialVersion == version.ValueInt64()
}

// after is what the state is to hold after the work.
func (r *usersResource) after(work *reconcile.Users, config, state *usersModel) *usersModel {
	model := &usersModel{
		ID:                state.ID,
		Users:             usersValue(membersOf(work.Have, config.members(r.client.userKey))),
		Passwords:         config.Passwords,
		PasswordsWO:       types.MapNull(types.StringType),
		PasswordWO:        types.StringNull(),
		PasswordWOVersion: config.PasswordWOVersion,
		Drift:             types.ObjectNull(driftTypes),
	}
	work.Account.PartialVersion = nil
	if len(work.Unwritten) == 0 {
		return model
	}
	model.Passwords = r.passwordsAfter(work, config, state)
	if unset(work.Account) && !config.PasswordWOVersion.IsNull() {
		// Neither the old nor the new version counts as written.
		model.PasswordWOVersion = types.Int64Null()
		work.Account.PartialVersion = config.PasswordWOVersion.ValueInt64Pointer()
	}
	return model
}

// passwordsAfter are the passwords that the state is to hold after the work: those that are
// not, or may not be, the declared ones are left out or as before.
func (r *usersResource) passwordsAfter(work *reconcile.Users, config, state *usersModel) types.Map {
	if config.Passwords.IsNull() || len(work.Unwritten) == 0 {
		return config.Passwords
	}
	before := passwordsByKey(r.client.userKey, state.Passwords)
	held := map[string]attr.Value{}
	for name, password := range config.Passwords.Elements() {
		key := r.client.userKey(name)
		switch work.Unwritten[key] {
		case 0:
			held[name] = password
		case reconcile.NotWritten:
			if old, ok := before[key]; ok {
				held[name] = old
			}
		case reconcile.MaybeWritten:
		}
	}
	return types.MapValueMust(types.StringType, held)
}

// report adds a diagnostic for everything that failed.
func (r *usersResource) report(work *reconcile.Users, diags *diag.Diagnostics) {
	if len(work.Existing) > 0 {
		diags.AddAttributeError(path.Root("users"), fmt.Sprintf("%d of %d new users exist already", len(work.Existing), work.Added),
			fmt.Sprintf("The application has %s. Nothing was created.\n\n%s", nameList(work.Existing),
				"Import these users, remove them from the configuration, or set adopt_existing = true in the provider block to take them over as declared, their passwords included."))
	}
	for _, failures := range work.Failed {
		addFailures(diags, failures)
	}
	warnOfOthers(work.LeftAlone, diags)
}

func (r *usersResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config usersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !config.Source.IsNull() {
		r.createFromSource(ctx, &config, req, resp)
		return
	}
	account := reconcile.NewAccount()
	r.checkUsers(&resp.Diagnostics, &config, nil, account)
	if resp.Diagnostics.HasError() {
		return
	}
	work := r.work(&config, &usersModel{ID: types.StringNull()}, account)
	work.Apply(ctx)
	r.report(work, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		// Terraform taints what it could not create wholly and deletes it before it
		// tries again. Users that were there before must not be among them; those are
		// taken over again.
		for _, key := range work.Taken {
			work.Disown(key)
		}
		if len(work.Have) == 0 && len(account.Users) == 0 {
			return
		}
		resp.Diagnostics.AddError(fmt.Sprintf("%d users were created and are in the state", len(work.Have)),
			"Because others failed, Terraform marks the resource as tainted: the next apply would delete these users, and create all of them again. "+
				"To keep them, run terraform untaint with the address of this resource; the next apply then creates only those that are missing.")
	}
	model := r.after(work, &config, &usersModel{})
	model.ID = usersID(work.Want)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	keep(ctx, account, resp.Private, &resp.Diagnostics)
}

func (r *usersResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state usersModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if !state.Source.IsNull() {
		r.readSource(ctx, &state, req, resp)
		return
	}
	account := recall(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	members := state.members(r.client.userKey)
	have := declared(members)
	imported := state.ID.IsNull()
	seen := reconcile.ReadUsers(ctx, r.client.Service, r.client.log, have, account, imported)
	if len(seen.Failed) > 0 {
		addFailures(&resp.Diagnostics, reconcile.Failures{Doing: "read", Total: len(have), Users: seen.Failed})
		return
	}
	switch {
	case imported && len(seen.Missing) > 0:
		resp.Diagnostics.AddError("Cannot import users that do not exist",
			fmt.Sprintf("The application has no %s. Import those that exist. The next apply creates the others if they are declared.", nameList(seen.Missing)))
		return
	case imported:
		state.ID = usersID(seen.Users)
	case len(have) > 0 && len(seen.Users) == 0 && len(account.Users) == 0:
		r.warnMissing(seen.Missing, &resp.Diagnostics)
		resp.State.RemoveResource(ctx)
		return
	}
	r.warnMissing(seen.Missing, &resp.Diagnostics)
	r.warnForeign(account, have, &resp.Diagnostics)
	if !maps.EqualFunc(have, seen.Users, sameUser) {
		state.Users = usersValue(membersOf(seen.Users, members))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	keep(ctx, account, resp.Private, &resp.Diagnostics)
	r.client.rosters.read("", r.rosterOf(&state, account))
}

func sameUser(a, b reconcile.User) bool {
	return a.Name == b.Name && types.StringPointerValue(a.Nickname).Equal(types.StringPointerValue(b.Nickname)) &&
		types.BoolPointerValue(a.Activated).Equal(types.BoolPointerValue(b.Activated))
}

func (r *usersResource) warnMissing(names []string, diags *diag.Diagnostics) {
	if len(names) == 0 {
		return
	}
	for _, name := range names {
		r.client.missing.set(r.client.userKey(name))
	}
	diags.AddWarning("Users no longer exist",
		fmt.Sprintf("These users were deleted outside of Terraform: %s. Terraform creates those that are still declared.", nameList(names)))
}

// warnForeign warns of accounts that are not the ones that the resource created.
func (r *usersResource) warnForeign(account *reconcile.Account, have map[string]reconcile.User, diags *diag.Diagnostics) {
	var names []string
	for _, key := range slices.Sorted(maps.Keys(account.Users)) {
		if account.Users[key].Foreign {
			name := key
			if user, ok := have[key]; ok {
				name = user.Name
			}
			names = append(names, name)
		}
	}
	warnOfOthers(names, diags)
}

// warnOfOthers warns of names that belong to accounts that the resource did not create.
func warnOfOthers(names []string, diags *diag.Diagnostics) {
	if len(names) > 0 {
		diags.AddWarning("Users are not the ones in the state",
			fmt.Sprintf("These users were deleted and registered again outside of Terraform: %s. If they are still declared, applying takes the new accounts over as declared, "+
				"their passwords included. Otherwise the new accounts are left alone.", nameList(names)))
	}
}

func (r *usersResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, state usersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	config.Passwords = r.planPasswords(&config, &state)
	if !config.Source.IsNull() {
		r.updateFromSource(ctx, &config, &state, req, resp)
		return
	}
	account := recall(ctx, req.Private, &resp.Diagnostics)
	planned := r.planUsers(&config, &state)
	if !state.Source.IsNull() {
		account = r.leaveSource(ctx, &config, &state, req.Private, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	r.checkUsers(&resp.Diagnostics, &config, state.members(r.client.userKey), account)
	if resp.Diagnostics.HasError() {
		return
	}
	config.Users = planned
	work := r.work(&config, &state, account)
	work.Apply(ctx)
	r.report(work, &resp.Diagnostics)
	if !work.Begun {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, r.after(work, &config, &state))...)
	keep(ctx, account, resp.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, keyRoster, nil)...)
}

// Delete deletes the users that are still those in the state; see userResource.Delete.
func (r *usersResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state usersModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if !state.Source.IsNull() {
		r.deleteFromSource(ctx, &state, req, resp)
		return
	}
	account := recall(ctx, req.Private, &resp.Diagnostics)
	if replacing(ctx, req.Private, &resp.Diagnostics) {
		if len(state.Users.Elements()) == 0 {
			return // Read has settled what was unfinished
		}
		roster := rosterAt(ctx, r.client, req.Private, keyReplaced, &resp.Diagnostics)
		if roster == nil || roster.ID != state.ID.ValueString() {
			noRoster(&resp.Diagnostics)
			return
		}
		account = roster.Account
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, keyReplaced, nil)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	work := r.work(&usersModel{}, &state, account)
	seen := reconcile.ReadUsers(ctx, r.client.Service, r.client.log, work.Have, account, false)
	if len(seen.Failed) > 0 {
		addFailures(&resp.Diagnostics, reconcile.Failures{Doing: "read", Total: len(work.Have), Users: seen.Failed})
		return
	}
	r.warnForeign(account, work.Have, &resp.Diagnostics)
	work.Have = seen.Users
	work.Delete(ctx)
	r.report(work, &resp.Diagnostics)
	if len(work.Have) > 0 {
		state.Users = usersValue(membersOf(work.Have, state.members(r.client.userKey)))
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		keep(ctx, account, resp.Private, &resp.Diagnostics)
	}
}

// ImportState takes user names with commas in between, or the path of a file. Read adds
// the rest.
func (r *usersResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if userfile.IsPath(req.ID) {
		r.importSource(ctx, req, resp)
		return
	}
	users := map[string]member{}
	for name := range strings.SplitSeq(req.ID, ",") {
		name = strings.TrimSpace(name)
		if err := r.client.Platform.Rules.Check(chat.FieldUsername, name); err != nil {
			resp.Diagnostics.AddError("Invalid import ID", fmt.Sprintf("The ID must be user names separated by commas, such as alice,bob. %s", err))
			return
		}
		key := r.client.userKey(name)
		if twin, ok := users[key]; ok {
			resp.Diagnostics.AddError("Invalid import ID", fmt.Sprintf("%q and %q are the same user. List each user once.", twin.name, name))
			return
		}
		users[key] = member{name: name, nickname: types.StringNull(), activated: types.BoolNull()}
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("users"), usersValue(users))...)
}

package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
	"terraform-provider-chat/internal/userfile"
)

// chat_users with source: the users of a file. The state holds none of them; the private
// state has a roster of who is managed.

const (
	// keyRoster is where the private state keeps the roster.
	keyRoster = "roster"
	// keyReplaced is where the plan of a replacement keeps the roster of what it replaces, also
	// if its users are in the state.
	keyReplaced = "replaced"
	// keyReplacement is where it keeps the digest of the file that it was made for.
	keyReplacement = "replacement"
)

// validateSource checks that the users come from one place.
func validateSource(config *usersModel, diags *diag.Diagnostics) {
	switch {
	case config.Users.IsNull() && config.Source.IsNull():
		diags.AddError("Invalid Attribute Combination", "The users come from users or from source: one of them must be set.")
	case known(config.Users) && known(config.Source):
		diags.AddAttributeError(path.Root("source"), "Invalid Attribute Combination", "The users come from users or from source: only one of them can be set.")
	case known(config.Source):
		if err := userfile.CheckPath(config.Source.ValueString()); err != nil {
			diags.AddAttributeError(path.Root("source"), "Unknown kind of file", sentence(err))
		}
	}
}

// sentence is the text of an error as a sentence.
func sentence(err error) string {
	text := []rune(err.Error())
	if len(text) > 0 && 'a' <= text[0] && text[0] <= 'z' {
		text[0] += 'A' - 'a'
	}
	return string(text) + "."
}

// withoutSource plans what only users of a file have.
func withoutSource(ctx context.Context, plan *tfsdk.Plan, diags *diag.Diagnostics) {
	diags.Append(plan.SetAttribute(ctx, path.Root("user_count"), types.Int64Null())...)
	diags.Append(plan.SetAttribute(ctx, path.Root("content_sha256"), types.StringNull())...)
	diags.Append(plan.SetAttribute(ctx, path.Root("drift"), types.ObjectNull(driftTypes))...)
}

// openSource reads the file. It returns nil and an error if the file cannot be used.
func openSource(c *client, source types.String, diags *diag.Diagnostics) *userfile.File {
	file, err := userfile.Open(source.ValueString(), c.Platform)
	addFileError(diags, source.ValueString(), err)
	return file
}

// noUsers is what is wrong with an empty file.
const noUsers = "The file has no users"

// addFileError reports why a file cannot be used, unless err is nil.
func addFileError(diags *diag.Diagnostics, name string, err error) {
	at := path.Root("source")
	var invalid *userfile.InvalidError
	switch {
	case err == nil:
	case errors.As(err, &invalid):
		diags.AddAttributeError(at, fmt.Sprintf("Invalid file of users: %s", name),
			fmt.Sprintf("The file has %s. Nothing was changed. Columns are counted in bytes.\n\n%s", counted(invalid.Count, "error"), invalid))
	case errors.Is(err, userfile.ErrEmpty):
		diags.AddAttributeError(at, noUsers,
			fmt.Sprintf("%s has none, and without any all users of this resource would be deleted. To delete them, remove the resource.", name))
	case errors.Is(err, os.ErrNotExist):
		diags.AddAttributeError(at, "The file does not exist",
			fmt.Sprintf("There is no %s. A relative path begins in the folder that Terraform runs in; \"${path.module}/...\" begins in that of the module.", name))
	default:
		diags.AddAttributeError(at, "The file cannot be read", sentence(err))
	}
}

// declaredIn returns users as a file declares them.
func declaredIn(file *userfile.File) func(key string) reconcile.User {
	return func(key string) reconcile.User {
		u := file.Of(key)
		return reconcile.User{Name: u.Name, Nickname: u.Nickname, Activated: u.Activated}
	}
}

// recallRoster returns the roster that a resource keeps in its private state, nil if there
// is none.
func recallRoster(ctx context.Context, c *client, private privateState, diags *diag.Diagnostics) *reconcile.Roster {
	return rosterAt(ctx, c, private, keyRoster, diags)
}

func rosterAt(ctx context.Context, c *client, private privateState, at string, diags *diag.Diagnostics) *reconcile.Roster {
	encoded, d := private.GetKey(ctx, at)
	diags.Append(d...)
	if encoded == nil {
		return nil
	}
	roster, err := reconcile.ParseRoster(encoded, c.userKey)
	if err != nil {
		diags.AddError("Unreadable private state", err.Error())
		return nil
	}
	return roster
}

// keepRoster saves the roster of a resource.
func keepRoster(ctx context.Context, roster *reconcile.Roster, private privateState, at string, diags *diag.Diagnostics) {
	encoded, err := roster.Encode()
	if err != nil {
		diags.AddError("Unwritable private state", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, at, encoded)...)
}

// membersOfRoster are the users of a roster that exist and are ours, with what is known
// of them: their names.
func membersOfRoster(roster *reconcile.Roster) map[string]member {
	members := make(map[string]member, len(roster.Users))
	for key, m := range roster.Users {
		if !m.Missing && !roster.Account.Users[key].Foreign {
			members[key] = member{name: m.Name}
		}
	}
	return members
}

// rosterOf is the roster of a resource that had its users in the state.
func (r *usersResource) rosterOf(state *usersModel, account *reconcile.Account) *reconcile.Roster {
	roster := reconcile.NewRoster()
	roster.ID, roster.Account, roster.Version = state.ID.ValueString(), account, int64Pointer(state.PasswordWOVersion)
	if account.PartialVersion != nil {
		roster.Version, account.PartialVersion = account.PartialVersion, nil
	}
	for key, user := range declared(state.members(r.client.userKey)) {
		roster.Add(key, user, account.Users[key])
	}
	return roster
}

// rosterFor returns the roster of a resource that is to be planned or updated, whose users
// may have been in the state until now.
func (r *usersResource) rosterFor(ctx context.Context, state *usersModel, private privateState, diags *diag.Diagnostics) *reconcile.Roster {
	if state.Source.IsNull() {
		return r.rosterOf(state, recall(ctx, private, diags))
	}
	roster := recallRoster(ctx, r.client, private, diags)
	if roster == nil && !diags.HasError() {
		noRoster(diags)
	}
	return roster
}

// noRoster reports that Terraform does not say who is managed.
func noRoster(diags *diag.Diagnostics) {
	diags.AddError("It is not known which users are managed",
		"The private state of this resource, which says whose users it manages, is not there, so nothing was changed. "+
			"If the resource is tainted, plan without -refresh=false, or run terraform untaint with its address. "+
			"Otherwise remove it from the state with terraform state rm and import it by the path of the file, or by the names of its users.")
}

// passwordsFor are the passwords of users by where they come from: the file first, then the
// other attributes.
type passwordsFor struct {
	file    *userfile.File
	config  passwords
	before  map[string]types.String
	roster  *reconcile.Roster
	version types.Int64
}

func (r *usersResource) passwordsFor(file *userfile.File, roster *reconcile.Roster, config, state *usersModel) passwordsFor {
	key := r.client.userKey
	return passwordsFor{
		file: file, config: config.passwords(key), before: passwordsByKey(key, state.Passwords), roster: roster, version: config.PasswordWOVersion,
	}
}

// of returns the password of a user: null if none is declared.
func (p passwordsFor) of(key string) types.String {
	if own := p.file.Of(key).Password; own != "" {
		return types.StringValue(own)
	}
	return p.config.of(key)
}

// rewrite reports whether the password of a user that exists is to be written.
func (p passwordsFor) rewrite(key string) bool {
	if p.roster.Account.Users[key].Unset || !types.Int64PointerValue(p.roster.Version).Equal(p.version) {
		return !p.of(key).IsNull()
	}
	if p.config.from != "passwords" || p.file.Of(key).Password != "" {
		return false
	}
	password := p.config.of(key)
	return !password.IsNull() && !password.Equal(p.before[key])
}

// checkSource refuses what would fail: users that have to be created without a password,
// and passwords that the platform refuses.
func (r *usersResource) checkSource(create []string, p passwordsFor, config *usersModel, diags *diag.Diagnostics) {
	rules := ruleBook{diags: diags}
	r.checkPasswords(&rules, config)
	rules.close()
	var without []*userfile.User
	for _, key := range create {
		if p.of(key).IsNull() {
			without = append(without, p.file.Of(key))
		}
	}
	if len(without) == 0 {
		return
	}
	slices.SortFunc(without, func(a, b *userfile.User) int { return a.Line - b.Line })
	text := ""
	for _, user := range without[:min(len(without), mostNamed)] {
		text += label(reconcile.Failure{Name: user.Name, Line: user.Line}) + "\n"
	}
	if more := len(without) - mostNamed; more > 0 {
		text += fmt.Sprintf("And %d more.\n", more)
	}
	diags.AddAttributeError(path.Root("source"), "Missing passwords",
		fmt.Sprintf("Creating a user needs a password, and there is none for %d users:\n\n%s\n"+
			"Fill in the column password of the file, or set passwords_wo or password_wo. Users that exist already can be imported without one.", len(without), text))
}

// sourceWork returns the engine that does what differs.
func (r *usersResource) sourceWork(file *userfile.File, roster *reconcile.Roster, d reconcile.Difference, p passwordsFor) *reconcile.Users {
	want, have := roster.Prepare(d, declaredIn(file))
	return &reconcile.Users{
		Service: r.client.Service, Run: &r.client.run, Log: r.client.log, Adopt: r.client.adoptExisting,
		Want: want, Have: have, Account: roster.Account, Deactivated: r.client.deactivated.has,
		NewPassword: func(key string) string { return p.of(key).ValueString() },
		ChangedPassword: func(key string) *string {
			if !p.rewrite(key) {
				return nil
			}
			return stringPointer(p.of(key))
		},
	}
}

// applied is the state after the work. It is complete unless there were errors.
func (r *usersResource) applied(work *reconcile.Users, file *userfile.File, roster *reconcile.Roster, config, state *usersModel, complete bool) *usersModel {
	model := &usersModel{
		ID:                types.StringValue(roster.ID),
		Users:             types.MapNull(memberType),
		Passwords:         r.passwordsAfter(work, config, state),
		PasswordsWO:       types.MapNull(types.StringType),
		PasswordWO:        types.StringNull(),
		PasswordWOVersion: config.PasswordWOVersion,
		Source:            config.Source,
		UserCount:         types.Int64Value(int64(roster.There())),
		ContentSHA256:     types.StringNull(),
		Drift:             driftValue(roster.Drift()),
	}
	if complete {
		model.ContentSHA256 = types.StringValue(file.Digest())
	}
	if len(work.Unwritten) > 0 && unset(roster.Account) {
		model.PasswordWOVersion = types.Int64Null() // neither the old nor the new one counts as written
	}
	return model
}

// reportSource reports what failed, by line.
func (r *usersResource) reportSource(work *reconcile.Users, file *userfile.File, source string, diags *diag.Diagnostics) {
	if len(work.Existing) > 0 {
		diags.AddAttributeError(path.Root("source"), fmt.Sprintf("%d of %d new users exist already", len(work.Existing), work.Added),
			fmt.Sprintf("The application has %s. Nothing was changed.\n\n%s", nameList(work.Existing),
				"If an earlier run of this resource was killed, or to manage these users with their passwords as they are, import the resource by the path of its file: "+
					fmt.Sprintf("terraform import ADDRESS %q, after terraform state rm ADDRESS if it is in the state. ", source)+
					"If the resource is tainted and has create_before_destroy, run terraform untaint ADDRESS. "+
					"Otherwise leave the users out, or set adopt_existing = true in the provider block to take them over as declared, their passwords included."))
	}
	for _, failures := range work.Failed {
		for i := range failures.Users {
			if user := file.Of(r.client.userKey(failures.Users[i].Name)); user != nil {
				failures.Users[i].Line = user.Line
			}
		}
		slices.SortStableFunc(failures.Users, func(a, b reconcile.Failure) int { return a.Line - b.Line })
		addFailures(diags, failures)
	}
	warnOfOthers(work.LeftAlone, diags)
}

// unchangedSince refuses a file that is not the one that was planned.
func unchangedSince(file *userfile.File, source, planned types.String, diags *diag.Diagnostics) {
	if known(planned) && planned.ValueString() != file.Digest() {
		diags.AddAttributeError(path.Root("source"), "The file has changed since the plan",
			fmt.Sprintf("%s is not the file that the plan was made for, so nothing was changed. Plan again.", source.ValueString()))
	}
}

func (r *usersResource) createFromSource(ctx context.Context, config *usersModel, req resource.CreateRequest, resp *resource.CreateResponse) {
	diags := &resp.Diagnostics
	file := openSource(r.client, config.Source, diags)
	var planned usersModel
	diags.Append(req.Plan.Get(ctx, &planned)...)
	roster := r.client.rosters.take(config.Source.ValueString(), file)
	resumed := roster != nil
	if !resumed {
		roster = reconcile.NewRoster()
	}
	keep := func(model *usersModel) {
		diags.Append(resp.State.Set(ctx, model)...)
		keepRoster(ctx, roster, resp.Private, keyRoster, diags)
	}
	// kept is the state of users that are there, if nothing can be done with them.
	kept := func() *usersModel {
		return &usersModel{
			ID: types.StringValue(roster.ID), Users: types.MapNull(memberType),
			Passwords: types.MapNull(types.StringType), PasswordsWO: types.MapNull(types.StringType),
			Source: config.Source, UserCount: types.Int64Value(int64(roster.There())), Drift: driftValue(roster.Drift()),
		}
	}
	var p passwordsFor
	var d reconcile.Difference
	if file != nil {
		unchangedSince(file, config.Source, planned.ContentSHA256, diags)
		p = r.passwordsFor(file, roster, config, &usersModel{})
		d = roster.Compare(file.Keys(), declaredIn(file), p.rewrite)
		r.checkSource(d.Create, p, config, diags)
	}
	if diags.HasError() {
		if resumed {
			roster.Unfinished = true
			keep(kept())
			unfinished(diags, roster)
		}
		return
	}
	if !resumed {
		roster.ID = usersID(keySet(file.Keys())).ValueString()
	}
	model := r.applySource(ctx, file, roster, d, p, config, &usersModel{}, diags)
	roster.Unfinished = diags.HasError()
	if roster.Unfinished {
		if len(roster.Users) == 0 && len(roster.Account.Users) == 0 {
			return
		}
		if model == nil {
			model = kept()
		}
		unfinished(diags, roster)
	}
	keep(model)
}

// unfinished says what becomes of a resource that was not created wholly.
func unfinished(diags *diag.Diagnostics, roster *reconcile.Roster) {
	diags.AddError(fmt.Sprintf("%d users were created and are kept", roster.There()),
		"Apply again. Terraform marks the resource as tainted and shows the next apply as a replacement, but no user is deleted for it: "+
			"it only does what is left to do. After terraform untaint with the address of this resource, the plan shows an update instead.")
}

// keySet returns keys as a set.
func keySet(keys []string) map[string]bool {
	set := make(map[string]bool, len(keys))
	for _, key := range keys {
		set[key] = true
	}
	return set
}

// applySource does what differs, and returns the state after it: nil if nothing was done.
func (r *usersResource) applySource(ctx context.Context, file *userfile.File, roster *reconcile.Roster, d reconcile.Difference, p passwordsFor,
	config, state *usersModel, diags *diag.Diagnostics,
) *usersModel {
	work := r.sourceWork(file, roster, d, p)
	work.Apply(ctx)
	r.reportSource(work, file, config.Source.ValueString(), diags)
	if !work.Begun {
		return nil
	}
	roster.Settle(work, d, file.Keys(), declaredIn(file))
	roster.Version = int64Pointer(config.PasswordWOVersion)
	if !diags.HasError() {
		roster.Unfinished = false
	}
	return r.applied(work, file, roster, config, state, !diags.HasError())
}

func (r *usersResource) updateFromSource(ctx context.Context, config, state *usersModel, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	diags := &resp.Diagnostics
	var planned usersModel
	diags.Append(req.Plan.Get(ctx, &planned)...)
	file := openSource(r.client, config.Source, diags)
	roster := r.rosterFor(ctx, state, req.Private, diags)
	if diags.HasError() {
		return
	}
	unchangedSince(file, config.Source, planned.ContentSHA256, diags)
	p := r.passwordsFor(file, roster, config, state)
	d := roster.Compare(file.Keys(), declaredIn(file), p.rewrite)
	r.checkSource(d.Create, p, config, diags)
	if diags.HasError() {
		return
	}
	model := r.applySource(ctx, file, roster, d, p, config, state, diags)
	if model == nil {
		return
	}
	diags.Append(resp.State.Set(ctx, model)...)
	diags.Append(resp.Private.SetKey(ctx, keyAccount, nil)...)
	keepRoster(ctx, roster, resp.Private, keyRoster, diags)
}

// leaveSource turns the users of a file into users of the state, which is to have those
// values that config declares. Nothing is written.
func (r *usersResource) leaveSource(ctx context.Context, config, state *usersModel, private privateState, diags *diag.Diagnostics) *reconcile.Account {
	roster := recallRoster(ctx, r.client, private, diags)
	if roster == nil {
		if !diags.HasError() {
			noRoster(diags)
		}
		return reconcile.NewAccount()
	}
	wanted := config.members(r.client.userKey)
	have := membersOfRoster(roster)
	var names []string
	for key, m := range have {
		if want, ok := wanted[key]; ok && (known(want.nickname) || known(want.activated)) {
			names = append(names, m.name)
		}
	}
	slices.Sort(names)
	failed := reconcile.FindEach(ctx, r.client.Service, r.client.log, "Reading users", names, true, func(key string, user *chat.User) {
		m, want := have[key], wanted[key]
		if known(want.nickname) {
			m.nickname = readString(want.nickname, user.Nickname)
		}
		if known(want.activated) {
			m.activated = types.BoolPointerValue(user.Activated)
			if user.Activated == nil { // the platform does not say
				m.activated = types.BoolPointerValue(roster.Users[key].Activated())
			}
		}
		have[key] = m
	})
	if len(failed) > 0 {
		addFailures(diags, reconcile.Failures{Doing: "read", Total: len(names), Users: failed})
	}
	state.Users = usersValue(have)
	roster.Account.PartialVersion = nil
	if unset(roster.Account) {
		roster.Account.PartialVersion = roster.Version
	}
	return roster.Account
}

func (r *usersResource) readSource(ctx context.Context, state *usersModel, req resource.ReadRequest, resp *resource.ReadResponse) {
	diags := &resp.Diagnostics
	roster := recallRoster(ctx, r.client, req.Private, diags)
	if roster == nil {
		if !diags.HasError() {
			noRoster(diags)
		}
		return
	}
	total := len(roster.Users)
	if failed := roster.Refresh(ctx, r.client.Service, r.client.log); len(failed) > 0 {
		addFailures(diags, reconcile.Failures{Doing: "read", Total: total, Users: failed})
		return
	}
	if state.ID.IsNull() && !r.readImported(state, roster, diags) {
		return
	}
	state.Drift = driftValue(roster.Drift())
	r.client.rosters.read(state.Source.ValueString(), roster)
	diags.Append(resp.State.Set(ctx, state)...)
	keepRoster(ctx, roster, resp.Private, keyRoster, diags)
}

// deleteFromSource deletes the users, unless the resource was not created wholly and is
// replaced: then its users are handed over to the Create of the same run, which does what
// is left to do. See planReplaced.
func (r *usersResource) deleteFromSource(ctx context.Context, state *usersModel, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	diags := &resp.Diagnostics
	roster := rosterAt(ctx, r.client, req.Private, keyReplaced, diags)
	replaced := roster != nil
	if !replaced {
		roster = recallRoster(ctx, r.client, req.Private, diags)
	}
	if !diags.HasError() && (roster == nil || roster.ID != state.ID.ValueString()) {
		noRoster(diags)
	}
	if !diags.HasError() && replaced && roster.Unfinished {
		r.handOver(ctx, roster, req, diags)
		if !diags.HasError() {
			return
		}
	}
	if diags.HasError() {
		// Of an error without a state, Terraform concludes that nothing was done, and keeps the
		// state and the private state that it has. This call may not have that.
		resp.State.RemoveResource(ctx)
		return
	}
	total := len(roster.Users)
	if failed := roster.Refresh(ctx, r.client.Service, r.client.log); len(failed) > 0 {
		addFailures(diags, reconcile.Failures{Doing: "read", Total: total, Users: failed})
		resp.State.RemoveResource(ctx)
		return
	}
	r.warnForeign(roster.Account, nil, diags)
	d := roster.Compare(nil, nil, nil)
	work := r.sourceWork(nil, roster, d, passwordsFor{})
	work.Delete(ctx)
	for _, failures := range work.Failed {
		addFailures(diags, failures)
	}
	if !diags.HasError() {
		return
	}
	for _, key := range d.Delete {
		if _, left := work.Have[key]; !left {
			delete(roster.Users, key)
		}
	}
	state.UserCount, state.ContentSHA256 = types.Int64Value(int64(roster.There())), types.StringNull()
	state.Drift = driftValue(roster.Drift())
	diags.Append(resp.State.Set(ctx, state)...)
	diags.Append(resp.Private.SetKey(ctx, keyReplaced, nil)...)
	keepRoster(ctx, roster, resp.Private, keyRoster, diags)
}

// handOver keeps the users of a resource for the Create that replaces it. After that only
// the Create has them, so it must not be refused for what can be seen now.
func (r *usersResource) handOver(ctx context.Context, roster *reconcile.Roster, req resource.DeleteRequest, diags *diag.Diagnostics) {
	planned, d := req.Private.GetKey(ctx, keyReplacement)
	diags.Append(d...)
	var made replacement
	made.decode(planned, diags)
	if diags.HasError() {
		return
	}
	source := types.StringValue(made.Source)
	if file := openSource(r.client, source, diags); file != nil {
		unchangedSince(file, source, types.StringValue(made.Digest), diags)
	}
	if !diags.HasError() {
		r.client.rosters.hand(made.Source, roster)
	}
}

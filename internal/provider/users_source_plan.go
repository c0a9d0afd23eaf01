package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
	"terraform-provider-chat/internal/userfile"
)

// replacement is what the plan of a replacement was made for.
type replacement struct {
	Source string `json:"source"`
	Digest string `json:"digest"`
}

func (r *replacement) decode(encoded []byte, diags *diag.Diagnostics) {
	if err := json.Unmarshal(encoded, r); err != nil {
		diags.AddError("Unreadable private state", err.Error())
	}
}

// planSource plans the users of a file, and says in a warning what is to be done.
func (r *usersResource) planSource(ctx context.Context, config, state *usersModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	diags := &resp.Diagnostics
	set := func(attribute string, value any) {
		diags.Append(resp.Plan.SetAttribute(ctx, path.Root(attribute), value)...)
	}
	if config.Source.IsUnknown() {
		set("user_count", types.Int64Unknown())
		set("content_sha256", types.StringUnknown())
		set("drift", types.ObjectUnknown(driftTypes))
		return
	}
	// Terraform plans before it destroys, too, which an empty file must not prevent.
	file, empty := openToPlan(r.client, config.Source, diags)
	if empty {
		set("user_count", types.Int64Value(0))
		set("content_sha256", types.StringUnknown())
		set("drift", types.ObjectUnknown(driftTypes))
	}
	if file == nil {
		return
	}
	var roster *reconcile.Roster
	if req.State.Raw.IsNull() {
		roster = r.planReplaced(ctx, config.Source.ValueString(), file, req, resp)
	} else {
		roster = r.rosterFor(ctx, state, req.Private, diags)
	}
	if diags.HasError() {
		return
	}
	p := r.passwordsFor(file, roster, config, state)
	d := roster.Compare(file.Keys(), declaredIn(file), p.rewrite)
	r.checkSource(d.Create, p, config, diags)

	digest, drift := types.StringValue(file.Digest()), driftValue(0, 0)
	set("user_count", types.Int64Value(int64(len(file.Users))))
	set("content_sha256", digest)
	set("drift", drift)
	if !d.Empty() && digest.Equal(state.ContentSHA256) && drift.Equal(state.Drift) {
		set("drift", types.ObjectUnknown(driftTypes)) // or there would be nothing to apply
	}
	if diags.HasError() {
		return
	}
	r.warnForeign(roster.Account, nil, diags)
	r.warnExisting(ctx, file, roster, d, diags)
	warnDifference(config.Source.ValueString(), file, roster, d, diags)
}

// openToPlan is openSource that only warns of a file without users.
func openToPlan(c *client, source types.String, diags *diag.Diagnostics) (file *userfile.File, empty bool) {
	file, err := userfile.Open(source.ValueString(), c.Platform)
	if errors.Is(err, userfile.ErrEmpty) {
		diags.AddAttributeWarning(path.Root("source"), noUsers, fmt.Sprintf("%s has none. Unless the resource is destroyed, the apply will fail and change nothing.", source.ValueString()))
		return nil, true
	}
	addFileError(diags, source.ValueString(), err)
	return file, false
}

// planReplaced returns the roster that a creation begins with, and hands that of a resource
// which it replaces to the plan. Terraform gives a plan nothing of a tainted resource that
// it replaces, but it reads the resource before, in the same process; and it gives the plan
// of the new resource to the Delete of the old one.
func (r *usersResource) planReplaced(ctx context.Context, source string, file *userfile.File, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) *reconcile.Roster {
	diags := &resp.Diagnostics
	if encoded, d := req.Private.GetKey(ctx, keyRoster); encoded != nil {
		diags.Append(d...)
		return reconcile.NewRoster() // terraform apply -replace: the Delete has its private state
	}
	roster := r.client.rosters.find(source, file)
	if roster == nil {
		return reconcile.NewRoster()
	}
	made, err := json.Marshal(replacement{Source: source, Digest: file.Digest()})
	if err != nil {
		diags.AddError("Unwritable private state", err.Error())
	}
	keepRoster(ctx, roster, resp.Private, keyReplaced, diags)
	diags.Append(resp.Private.SetKey(ctx, keyReplacement, made)...)
	if !roster.Unfinished {
		return reconcile.NewRoster()
	}
	diags.AddWarning("An unfinished creation is completed",
		fmt.Sprintf("Terraform shows this resource as replaced, because its creation failed for some users. "+
			"None of the %d users that it created is deleted for that.", roster.There()))
	return roster
}

// planReplacedUsers hands the account of a resource that is replaced to its Delete, as
// planReplaced does.
func (r *usersResource) planReplacedUsers(ctx context.Context, config *usersModel, resp *resource.ModifyPlanResponse) {
	if !replacing(ctx, resp.Private, &resp.Diagnostics) {
		return
	}
	members := config.members(r.client.userKey)
	roster := r.client.rosters.findUsers(func(key string) bool { _, ok := members[key]; return ok })
	if roster != nil {
		keepRoster(ctx, roster, resp.Private, keyReplaced, &resp.Diagnostics)
	}
}

// warnExisting warns of new users that exist already.
func (r *usersResource) warnExisting(ctx context.Context, file *userfile.File, roster *reconcile.Roster, d reconcile.Difference, diags *diag.Diagnostics) {
	names := make([]string, 0, len(d.Create))
	for _, key := range d.Create {
		if !roster.Account.Users[key].Unfinished() {
			names = append(names, file.Of(key).Name)
		}
	}
	there := map[string]bool{}
	failed := reconcile.FindEach(ctx, r.client.Service, r.client.log, "Looking for users that exist already", names, false,
		func(key string, _ *chat.User) { there[key] = true })
	if len(failed) > 0 || len(there) == 0 { // what cannot be read now is looked for again by the apply
		return
	}
	var existing []string
	for _, key := range d.Create {
		if there[key] {
			existing = append(existing, key)
		}
	}
	what := "The apply takes them over as declared, their passwords included."
	if !r.client.adoptExisting {
		what = "Unless they are gone by then, the apply will change nothing and fail. Import the resource by the path of its file to manage them with their passwords as they are, " +
			"or set adopt_existing = true in the provider block to take them over as declared, their passwords included."
	}
	diags.AddWarning(fmt.Sprintf("%d of %d new users exist already", len(existing), len(d.Create)), fmt.Sprintf("%s: %s", firstUsers(existing, declaredName(file)), what))
}

// mostListed is how many users a plan names of those that it creates, changes or deletes.
const mostListed = 10

// firstUsers names the first of many users in a sentence, and says how many more there are.
func firstUsers(keys []string, name func(key string) string) string {
	return firstOf(keys, mostListed, func(key string) string { return fmt.Sprintf("%q", name(key)) })
}

// declaredName returns the names of users as a file spells them.
func declaredName(file *userfile.File) func(key string) string {
	return func(key string) string { return file.Of(key).Name }
}

// managedName returns the names of users as a roster spells them.
func managedName(roster *reconcile.Roster) func(key string) string {
	return func(key string) string { return roster.Users[key].Name }
}

// warnDifference says how many users and which a plan creates, changes and deletes.
func warnDifference(source string, file *userfile.File, roster *reconcile.Roster, d reconcile.Difference, diags *diag.Diagnostics) {
	var numbers, lines []string
	say := func(doing string, keys []string, name func(key string) string) {
		if len(keys) == 0 {
			return
		}
		numbers = append(numbers, fmt.Sprintf("%s %d", doing, len(keys)))
		lines = append(lines, fmt.Sprintf("%s: %s.", doing, firstUsers(keys, name)))
	}
	declared, managed := declaredName(file), managedName(roster)
	say("create", d.Create, declared)
	say("take over", d.Retake, declared)
	say("change", d.Change, declared)
	say("delete", d.Delete, managed)
	if len(numbers) == 0 {
		return
	}
	lines = append(lines, "If the file changes between this plan and its apply, Terraform refuses the apply, with a message about content_sha256: plan again.")
	diags.AddWarning(fmt.Sprintf("Users of %s: %s", source, strings.Join(numbers, ", ")), strings.Join(lines, "\n"))
}

// planDestroyOfSource says how many users and which a destroy deletes.
func (r *usersResource) planDestroyOfSource(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	diags := &resp.Diagnostics
	roster := recallRoster(ctx, r.client, req.Private, diags)
	if roster == nil {
		return
	}
	r.warnForeign(roster.Account, nil, diags)
	d := roster.Compare(nil, nil, nil)
	if len(d.Delete) > 0 {
		diags.AddWarning(fmt.Sprintf("Users: delete %d", len(d.Delete)), fmt.Sprintf("delete: %s.", firstUsers(d.Delete, managedName(roster))))
	}
}

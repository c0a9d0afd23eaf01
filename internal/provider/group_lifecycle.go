package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

// assembly describes groups or chat rooms: they are managed alike.
type assembly[Model any] struct {
	// noun is what one of them is called: "group".
	noun    string
	groups  func(*chat.Service) chat.Groups
	members func(*chat.Service) chat.Members
	member  relation[chat.Member]
	limits  func(*chat.Platform) chat.GroupLimits
	fields  func(*Model) groupFields
}

// assemblyResource implements chat_group and chat_room.
type assemblyResource[Model any] struct {
	base
	assembly[Model]
	schema schema.Schema
}

func newAssemblyResource[Model any](a assembly[Model], s schema.Schema) resource.Resource {
	return manage(&assemblyResource[Model]{
		base: base{kind: kind{
			name:      a.noun,
			identity:  []identityAttribute{{name: "id", description: "The id of the " + a.noun + "."}},
			usernames: []usernameAttribute{{name: "owner"}},
			fields:    map[string]chat.Field{"owner": chat.FieldUsername},
			supported: func(s *chat.Service) bool { return a.groups(s) != nil },
		}},
		assembly: a,
		schema:   s,
	})
}

// Schema implements resource.Resource.
func (r *assemblyResource[Model]) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.schema
}

const (
	// unfinishedGroup is the key of the note on a creation whose outcome is unknown.
	unfinishedGroup = "group"
	// keyOthers is where the private state keeps the groups of the same name and owner that
	// the same run created before: those of other resources.
	keyOthers = "others"
)

// ModifyPlan plans the default of public, and a replacement if it cannot be changed. It
// notes the owner for the plans of the members, and warns if the plan deletes the present
// one.
func (r *assemblyResource[Model]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.client == nil || req.Plan.Raw.IsNull() {
		return
	}
	var config, state Model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if id, owner := r.fields(&state).id, r.fields(&config).owner; known(*id) {
			r.client.owners.set(r.noun, id.ValueString(), owner.ValueString()) // "" if it is not known yet
		}
	}
	declared := r.fields(&config).public
	switch {
	case declared == nil:
	case req.State.Raw.IsNull():
		if declared.IsNull() {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("public"), false)...)
		}
	default:
		if before := r.fields(&state).public; r.limits(r.client.Platform).PublicIsFixed && known(*before) && !declared.IsNull() && !before.Equal(*declared) {
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root("public"))
		}
	}
	if !replaces(req, resp) {
		r.planOwner(ctx, r.fields(&state), req, resp)
	}
}

// planOwner warns if the present owner is deleted, since the platform may delete the group
// as well. That is found out in the same run: while planning, the id of an owner who is
// replaced is not known yet. During the apply Terraform plans again and leaves out an update
// that changes nothing. What has become of the group is then looked up here, and an unknown
// created_at demands the update. It must not become unknown only then: it is unknown as long
// as anything that is declared is.
func (r *assemblyResource[Model]) planOwner(ctx context.Context, state groupFields, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	id, owner := state.id.ValueString(), state.owner.ValueString()
	if owned := fmt.Sprintf("%s %q", r.noun, id); r.client.departures.own(r.client.userKey(owner), owned) {
		warnOfDeparture(&resp.Diagnostics, owner, []string{owned})
	}
	demandUpdate := func() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("created_at"), timetypes.NewRFC3339Unknown())...)
	}
	if !req.Config.Raw.IsFullyKnown() {
		demandUpdate()
		return
	}
	if !resp.Plan.Raw.Equal(req.State.Raw) || !known(*state.id) {
		return
	}
	group, err := r.find(ctx, id)
	switch {
	case err != nil: // the update reports it
		demandUpdate()
	case group == nil:
		r.addGone(&resp.Diagnostics, id)
	case group.Owner != "" && r.client.userKey(group.Owner) != r.client.userKey(owner):
		demandUpdate()
	}
}

// addGone reports a group that was deleted since it was read.
func (r *assemblyResource[Model]) addGone(diags *diag.Diagnostics, id string) {
	diags.AddError(fmt.Sprintf("%s %q no longer exists", capitalized(r.noun), id),
		fmt.Sprintf("It was deleted since the last refresh, for example by the platform together with its owner. Apply again, with a refresh, to create the %s and what belongs to it.", r.noun))
}

// Create implements resource.Resource.
func (r *assemblyResource[Model]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan Model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	f := r.fields(&plan)
	want := f.settings()
	name, owner := f.name.ValueString(), f.owner.ValueString()
	first := want
	first.Announcement, first.Muted = nil, nil // calls of their own
	group, err := r.groups(r.client.Service).Create(ctx, chat.NewGroup{Owner: owner, GroupSettings: first})
	if sentAt, unsettled := chat.Unsettled(err); unsettled {
		account := reconcile.NewAccount()
		account.Sent(unfinishedGroup, sentAt, r.client.Platform)
		keep(ctx, account, resp.Private, &resp.Diagnostics)
		others, _ := json.Marshal(othersOf(err)) // texts never fail
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, keyOthers, others)...)
		f.read(&chat.Group{GroupSettings: want}, r.client.userKey)
		*f.id = types.StringNull()
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
		resp.Diagnostics.AddError(fmt.Sprintf("Could not determine whether %s %q was created", r.noun, name),
			detail(err, fmt.Sprintf("Apply again: the next plan looks for a %s of this name and owner that was created after the request was sent.", r.noun)))
		return
	}
	if err != nil {
		r.addError(&resp.Diagnostics, path.Root("owner"), fmt.Sprintf("Could not create %s %q of owner %q", r.noun, name, owner), err)
		return
	}
	// The group is there: whatever fails from here on must not lose it.
	created := *group
	created.GroupSettings = reconcile.OverlayGroup(created.GroupSettings, first)
	save := func() {
		saved := plan
		r.fields(&saved).read(&created, r.client.userKey)
		resp.Diagnostics.Append(resp.State.Set(ctx, saved)...)
	}
	save()
	r.client.owners.set(r.noun, group.ID, owner)
	failed := fmt.Sprintf("Created %s %q, but could not set it up as declared", r.noun, name)
	// The platform decides about some settings of a new group itself.
	if found, err := r.find(ctx, group.ID); err != nil {
		addError(&resp.Diagnostics, failed, err)
		return
	} else if found != nil {
		created = *found
	}
	if r.limits(r.client.Platform).PublicIsFixed { // nor can it be read
		created.Public = first.Public
	}
	if change := reconcile.GroupDifferences(want, created.GroupSettings); !change.Empty() {
		if err := r.groups(r.client.Service).Update(ctx, group.ID, change); err != nil {
			addError(&resp.Diagnostics, failed, err)
			return
		}
		created.GroupSettings = reconcile.OverlayGroup(created.GroupSettings, change)
	}
	save()
}

// addError reports a failure that an unknown user is to blame for, or any other.
func (r *assemblyResource[Model]) addError(diags *diag.Diagnostics, at path.Path, summary string, err error) {
	if errors.Is(err, chat.ErrNotFound) {
		addAttributeError(diags, at, summary, err)
		return
	}
	addError(diags, summary, err)
}

// find returns a group with its owner, nil if there is none.
func (r *assemblyResource[Model]) find(ctx context.Context, id string) (*chat.Group, error) {
	return findGroup(ctx, r.groups(r.client.Service), r.members(r.client.Service), id)
}

// findGroup returns a group with its owner, nil if there is none.
func findGroup(ctx context.Context, groups chat.Groups, members chat.Members, id string) (*chat.Group, error) {
	found, err := groups.Get(ctx, []string{id})
	if err != nil || found[0] == nil || found[0].Owner != "" {
		if err != nil {
			return nil, err
		}
		return found[0], nil
	}
	group := *found[0]
	list, err := members.List(ctx, id)
	if errors.Is(err, chat.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, member := range list {
		if member.Owner {
			group.Owner = member.Username
		}
	}
	return &group, nil
}

// completeGroup reads what takes a call of its own, as far as the platform has it.
func completeGroup(ctx context.Context, groups chat.Groups, group *chat.Group) error {
	text, err := groups.Announcement(ctx, group.ID)
	if errors.Is(err, chat.ErrUnsupported) {
		return nil
	}
	if err == nil {
		group.Announcement = &text
	}
	return err
}

// Read implements resource.Resource.
func (r *assemblyResource[Model]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state Model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	account := recall(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	f := r.fields(&state)
	if note := account.Users[unfinishedGroup]; note.Unfinished() {
		if !r.settle(ctx, f, note, req.Private, &resp.Diagnostics) {
			if !resp.Diagnostics.HasError() {
				resp.State.RemoveResource(ctx)
			}
			return
		}
		account.Forget(unfinishedGroup)
		keep(ctx, account, resp.Private, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, keyOthers, nil)...)
	}
	id := f.id.ValueString()
	imported := f.name.IsNull()
	group, err := r.find(ctx, id)
	if err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not read %s %q", r.noun, id), err)
		return
	}
	if group == nil {
		resp.State.RemoveResource(ctx)
		return
	}
	if f.announcement != nil && (imported || known(*f.announcement)) {
		if err := completeGroup(ctx, r.groups(r.client.Service), group); err != nil {
			addError(&resp.Diagnostics, fmt.Sprintf("Could not read the announcement of %s %q", r.noun, id), err)
			return
		}
	}
	f.read(group, r.client.userKey)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// othersOf returns the groups that are not what became of a creation that failed.
func othersOf(err error) []string {
	var e *chat.Error
	if errors.As(err, &e) {
		return e.Others
	}
	return nil
}

// settle looks for what became of a creation whose answer was lost, and reports whether
// it made a group, whose id it sets.
func (r *assemblyResource[Model]) settle(ctx context.Context, f groupFields, note reconcile.Note, private privateState, diags *diag.Diagnostics) bool {
	encoded, d := private.GetKey(ctx, keyOthers)
	diags.Append(d...)
	var others []string
	if encoded != nil {
		if err := json.Unmarshal(encoded, &others); err != nil {
			diags.AddError("Unreadable private state", err.Error())
			return false
		}
	}
	platform := r.client.Platform
	name, owner := f.name.ValueString(), f.owner.ValueString()
	found, err := chat.CreatedGroups(ctx, r.groups(r.client.Service), platform, r.limits(platform).Get, owner, name, func(made chat.Registration) bool {
		return note.Settles(made, platform)
	})
	found = slices.DeleteFunc(found, func(group *chat.Group) bool { return slices.Contains(others, group.ID) })
	switch {
	case errors.Is(err, chat.ErrNotFound):
		return false // the owner is gone, and the group with it
	case err != nil:
		addError(diags, fmt.Sprintf("Could not determine whether %s %q was created", r.noun, name), err)
		return false
	case len(found) > 1:
		ids := make([]string, len(found))
		for i, group := range found {
			ids[i] = group.ID
		}
		diags.AddError(fmt.Sprintf("Could not determine which %s was created", r.noun),
			fmt.Sprintf("The response to the creation of %q was lost, and the owner %q has several of this name that were created after the request was sent: %s. "+
				"Import the right one, or delete those that you do not need, and remove this resource from the state with terraform state rm.",
				name, owner, strings.Join(ids, ", ")))
		return false
	case len(found) == 0:
		return false
	}
	*f.id = types.StringValue(found[0].ID)
	return true
}

// Update implements resource.Resource.
func (r *assemblyResource[Model]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state Model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	want, have := r.fields(&plan), r.fields(&state)
	id, owner := have.id.ValueString(), want.owner.ValueString()
	failed := fmt.Sprintf("Could not update %s %q", r.noun, id)
	after := chat.Group{ID: id, Owner: have.owner.ValueString(), GroupSettings: have.settings()}
	if known(*have.createdAt) {
		after.CreatedAt, _ = have.createdAt.ValueRFC3339Time()
	}
	if want.createdAt.IsUnknown() { // see planOwner
		group, err := r.find(ctx, id)
		switch {
		case err != nil:
			addError(&resp.Diagnostics, fmt.Sprintf("Could not read %s %q", r.noun, id), err)
			return
		case group == nil:
			r.addGone(&resp.Diagnostics, id)
			return
		case group.Owner != "":
			after.Owner = group.Owner
		}
	}
	if r.client.userKey(owner) != r.client.userKey(after.Owner) {
		if err := r.transfer(ctx, id, owner); err != nil {
			if group, reading := r.find(ctx, id); errors.Is(err, chat.ErrNotFound) && reading == nil && group == nil {
				r.addGone(&resp.Diagnostics, id)
				return
			}
			r.addError(&resp.Diagnostics, path.Root("owner"), fmt.Sprintf("Could not make %q the owner of %s %q", owner, r.noun, id), err)
			return
		}
		after.Owner = owner
		saved := state
		*r.fields(&saved).owner = *want.owner
		resp.Diagnostics.Append(resp.State.Set(ctx, saved)...)
	}
	change := reconcile.GroupDifferences(want.settings(), after.GroupSettings)
	if r.limits(r.client.Platform).PublicIsFixed {
		change.Public = nil // it was not known, and what is declared is taken to be so
	}
	if !change.Empty() {
		if err := r.groups(r.client.Service).Update(ctx, id, change); err != nil {
			addError(&resp.Diagnostics, failed, err)
			if _, unsettled := chat.Unsettled(err); unsettled && change.Avatar != nil {
				// JMessage does not document that it can be read: neither value counts as written.
				resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("avatar"), types.StringNull())...)
			}
			return
		}
	}
	after.GroupSettings = reconcile.OverlayGroup(after.GroupSettings, want.settings())
	want.read(&after, r.client.userKey)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// transfer makes a user the owner of a group, of which the user is made a member first. No
// destroy of this run removes that member.
func (r *assemblyResource[Model]) transfer(ctx context.Context, id, owner string) error {
	key := r.member.runKey(r.client, id, chat.Ref{Username: owner})
	defer r.client.run.Hold(key)()
	if err := chat.Single(r.members(r.client.Service).Add(ctx, id, chat.Refs(owner))); err != nil {
		return err
	}
	err := r.groups(r.client.Service).Transfer(ctx, id, owner)
	if _, unsettled := chat.Unsettled(err); err == nil || unsettled {
		r.client.run.Confirm(key)
	}
	return err
}

// Delete implements resource.Resource.
func (r *assemblyResource[Model]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state Model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	account := recall(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	f := r.fields(&state)
	if f.id.IsNull() {
		note := account.Users[unfinishedGroup]
		if !note.Unfinished() {
			resp.Diagnostics.AddError(fmt.Sprintf("Could not delete %s %q", r.noun, f.name.ValueString()),
				"It is not known whether it was created. Apply again without -refresh=false.")
			return
		}
		if !r.settle(ctx, f, note, req.Private, &resp.Diagnostics) {
			return
		}
	}
	if err := r.groups(r.client.Service).Delete(ctx, f.id.ValueString()); err != nil {
		addError(&resp.Diagnostics, fmt.Sprintf("Could not delete %s %q", r.noun, f.id.ValueString()), err)
	}
}

// ImportState takes the id of a group, or an identity.
func (r *assemblyResource[Model]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.importNames(ctx, req, resp, func(id string) ([]string, string) {
		if id == "" {
			return nil, fmt.Sprintf("The id must be the id of the %s; it is empty.", r.noun)
		}
		return []string{id}, ""
	})
}

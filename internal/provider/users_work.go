package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// usersWork makes the users of one resource as declared, and keeps account of what
// is true by now. Users are known by chat.Platform's UserKey.
type usersWork struct {
	client        *client
	diags         *diag.Diagnostics
	config, state *usersModel
	secrets       passwords
	want          map[string]member
	// have is what is there by now, as the state is to hold it.
	have   map[string]member
	memory *usersMemory
	// unset are users whose password is not the declared one.
	unset map[string]bool
	// outdated tells that a write-only password was not set for a user that was there.
	outdated bool
	// begun tells that anything was written.
	begun bool
}

func newUsersWork(client *client, config, state *usersModel, memory *usersMemory, diags *diag.Diagnostics) *usersWork {
	platform := client.Platform()
	return &usersWork{
		client: client, diags: diags, config: config, state: state, memory: memory,
		secrets: config.passwords(platform),
		want:    config.members(platform),
		have:    state.members(platform),
		unset:   map[string]bool{},
	}
}

// apply does it all, and returns the users that were there before and are taken
// over. It begins only when nothing is in the way.
func (w *usersWork) apply(ctx context.Context) (taken []string) {
	checkUsers(w.diags, w.client.Platform(), w.config, w.have, w.memory)
	if w.diags.HasError() {
		return nil
	}
	var added, kept, removed []string
	for key := range w.want {
		if _, ok := w.have[key]; ok {
			kept = append(kept, key)
		} else {
			added = append(added, key)
		}
	}
	for key := range w.have {
		if _, ok := w.want[key]; !ok {
			removed = append(removed, key)
		}
	}
	for _, keys := range [][]string{added, kept, removed} {
		slices.Sort(keys)
	}
	existing, err := findUsers(ctx, w.client, w.names(added))
	if err != nil {
		addError(w.diags, "Could not find out which users exist already", err)
		return nil
	}
	if w.refuse(added, existing); w.diags.HasError() {
		return nil
	}

	w.begun = true
	maps.DeleteFunc(w.memory.Reregistered, func(key string, _ bool) bool { return w.want[key].name == "" })
	w.remove(ctx, removed)
	late := w.create(ctx, slices.DeleteFunc(slices.Clone(added), func(key string) bool { return existing[key] != nil }))
	maps.Copy(existing, late)
	taken = slices.Sorted(maps.Keys(existing))
	w.takeOver(ctx, taken, existing)
	w.update(ctx, kept)
	return taken
}

// refuse reports users that exist but are not ours to take over.
func (w *usersWork) refuse(added []string, existing map[string]*chat.User) {
	var names []string
	for _, key := range added {
		if existing[key] != nil && !w.client.adoptExisting && !w.memory.Reregistered[key] {
			names = append(names, w.want[key].name)
		}
	}
	if len(names) > 0 {
		w.diags.AddAttributeError(path.Root("users"), fmt.Sprintf("%d of %d new users exist already", len(names), len(added)),
			fmt.Sprintf("The application has %s. Nothing was created.\n\n%s", nameList(names),
				"Import these users, leave them out, or set adopt_existing = true in the provider block to take them over as declared, their passwords included."))
	}
}

func (w *usersWork) names(keys []string) []string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = w.want[key].name
	}
	return names
}

// create registers users. It returns those that turned out to exist, where they are
// to be taken over.
func (w *usersWork) create(ctx context.Context, keys []string) map[string]*chat.User {
	limit := w.client.Platform().Limits().CreateUsers.Items
	results := inChunks(ctx, "Creating users", limit, keys, func(ctx context.Context, keys []string) []chat.UserResult {
		users := make([]chat.NewUser, len(keys))
		for i, key := range keys {
			users[i] = chat.NewUser{
				Username: w.want[key].name,
				Password: w.secrets.of(key).ValueString(),
				Nickname: pointer(w.want[key].nickname),
			}
		}
		results, err := w.client.CreateUsers(ctx, users)
		if err != nil {
			return slices.Repeat([]chat.UserResult{{Err: err}}, len(keys))
		}
		return results
	}, func(err error) chat.UserResult { return chat.UserResult{Err: err} })

	failed := failures{doing: "create", total: len(keys)}
	var disable, late []string
	for i, key := range keys {
		err := results[i].Err
		switch {
		case err == nil:
			w.have[key] = w.want[key]
			w.memory.remember(key, results[i].User)
			if activated := w.want[key].activated; known(activated) && !activated.ValueBool() {
				disable = append(disable, key)
			}
		case errors.Is(err, chat.ErrAlreadyExists) && w.client.adoptExisting:
			late = append(late, key)
		default:
			w.unset[key] = true
			failed.add(w.want[key].name, err)
		}
	}
	failed.report(w.diags)
	w.disable(ctx, disable)
	if len(late) == 0 {
		return nil
	}
	existing, err := findUsers(ctx, w.client, w.names(late))
	if err != nil {
		addError(w.diags, "Could not read users that exist already", err)
	}
	for _, key := range late {
		if existing[key] == nil {
			w.unset[key] = true
		}
	}
	return existing
}

// disable forbids new users to log in.
func (w *usersWork) disable(ctx context.Context, keys []string) {
	errs := each(ctx, "Deactivating users", keys, func(_ int, key string) error {
		return w.client.SetActivated(ctx, w.want[key].name, false)
	})
	failed := failures{doing: "deactivate", total: len(keys)}
	for i, key := range keys {
		if errs[i] != nil {
			u := w.want[key]
			w.have[key] = newMember(u.name, u.nickname, types.BoolValue(true)) // as every new user is
			failed.add(u.name, errs[i])
		}
	}
	failed.report(w.diags)
}

// takeOver makes users that exist already as declared.
func (w *usersWork) takeOver(ctx context.Context, keys []string, existing map[string]*chat.User) {
	errs := each(ctx, "Taking over users", keys, func(_ int, key string) error {
		user, want := *existing[key], w.want[key]
		return userChange{
			settings:  changes(chat.Settings{Nickname: pointer(want.nickname)}, user.Settings),
			activated: changed(want.activated.ValueBoolPointer(), user.Activated),
			password:  pointer(w.secrets.of(key)),
		}.write(ctx, w.client, &user, func() {})
	})
	failed := failures{doing: "take over", total: len(keys)}
	for i, key := range keys {
		if errs[i] != nil {
			w.unset[key] = true
			failed.add(w.want[key].name, errs[i])
			continue
		}
		w.have[key] = w.want[key]
		w.memory.remember(key, existing[key])
	}
	failed.report(w.diags)
}

// update writes what is declared otherwise than before.
func (w *usersWork) update(ctx context.Context, keys []string) {
	before := w.state.passwords(w.client.Platform())
	raised := !w.config.PasswordWOVersion.Equal(w.state.PasswordWOVersion)
	var changing []string
	todo := map[string]userChange{}
	for _, key := range keys {
		want, have := w.want[key], w.have[key]
		var change userChange
		if known(want.nickname) && !want.nickname.Equal(have.nickname) {
			change.settings.Nickname = pointer(want.nickname)
		}
		if known(want.activated) && !want.activated.Equal(have.activated) {
			change.activated = want.activated.ValueBoolPointer()
		}
		password := w.secrets.of(key)
		if w.secrets.at == "passwords" && !password.Equal(before.of(key)) || w.secrets.at != "passwords" && raised {
			change.password = pointer(password)
		}
		w.have[key] = want
		if change != (userChange{}) {
			w.have[key] = have
			todo[key] = change
			changing = append(changing, key)
		}
	}

	users := make(map[string]*chat.User, len(changing))
	for _, key := range changing {
		have := w.have[key]
		users[key] = &chat.User{
			Username: w.want[key].name, Activated: have.activated.ValueBoolPointer(),
			Settings: chat.Settings{Nickname: pointer(have.nickname)},
		}
	}
	errs := each(ctx, "Changing users", changing, func(_ int, key string) error {
		return todo[key].write(ctx, w.client, users[key], func() {})
	})
	failed := failures{doing: "change", total: len(changing)}
	for i, key := range changing {
		want := w.want[key]
		if errs[i] == nil {
			w.have[key] = want
			continue
		}
		failed.add(want.name, errs[i])
		if want.nickname.IsNull() {
			users[key].Nickname = nil
		}
		if want.activated.IsNull() {
			users[key].Activated = nil
		}
		w.have[key] = newMember(want.name, types.StringPointerValue(users[key].Nickname), types.BoolPointerValue(users[key].Activated))
		if todo[key].password != nil {
			w.unset[key] = true
			w.outdated = true
		}
	}
	failed.report(w.diags)
}

// remove deletes users.
func (w *usersWork) remove(ctx context.Context, keys []string) {
	limit := w.client.Platform().Limits().DeleteUsers.Items
	errs := inChunks(ctx, "Deleting users", limit, keys, func(ctx context.Context, keys []string) []error {
		names := make([]string, len(keys))
		for i, key := range keys {
			names[i] = w.have[key].name
		}
		errs, err := w.client.DeleteUsers(ctx, names)
		if err != nil {
			return slices.Repeat([]error{err}, len(keys))
		}
		return errs
	}, func(err error) error { return err })
	failed := failures{doing: "delete", total: len(keys)}
	for i, key := range keys {
		if errs[i] != nil {
			failed.add(w.have[key].name, errs[i])
			continue
		}
		w.forget(key)
	}
	failed.report(w.diags)
}

// forget drops a user from what is there.
func (w *usersWork) forget(key string) {
	delete(w.have, key)
	w.memory.forget(key)
	w.unset[key] = true
}

// model is what the state is to hold, without the id.
func (w *usersWork) model() *usersModel {
	model := &usersModel{
		Users:             usersValue(w.have),
		Passwords:         w.config.Passwords,
		PasswordsWO:       types.MapNull(types.StringType),
		PasswordWOVersion: w.config.PasswordWOVersion,
	}
	if w.outdated {
		model.PasswordWOVersion = w.state.PasswordWOVersion
	}
	if len(w.unset) > 0 && !w.config.Passwords.IsNull() {
		before := passwordsByKey(w.client.Platform(), w.state.Passwords)
		held := map[string]attr.Value{}
		for name, password := range w.config.Passwords.Elements() {
			if key := w.client.Platform().UserKey(name); w.unset[key] {
				old, ok := before[key]
				if !ok {
					continue
				}
				password = old
			}
			held[name] = password
		}
		model.Passwords = types.MapValueMust(types.StringType, held)
	}
	return model
}

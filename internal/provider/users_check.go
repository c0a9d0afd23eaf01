package provider

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

// checkUsers refuses what the platform would refuse, as far as it is known. Users that
// are neither in have nor remembered as ours are to be created.
func (r *usersResource) checkUsers(diags *diag.Diagnostics, config *usersModel, have map[string]member, account *reconcile.Account) {
	key, check := r.client.userKey, r.client.Platform.Rules.Check
	root := path.Root("users")
	secrets := config.passwords(key)
	names := map[string]string{}
	rules := ruleBook{diags: diags}
	var without, gone []string
	for _, name := range slices.Sorted(maps.Keys(config.Users.Elements())) {
		k := key(name)
		if twin, ok := names[k]; ok {
			rules.add(root.AtMapKey(name), name, chat.Refuse("%q and %q are the same user: %s compares names without case.", twin, name, r.client.Platform.Title))
			continue
		}
		names[k] = name
	}
	users := config.members(key)
	for _, k := range slices.Sorted(maps.Keys(users)) {
		u := users[k]
		if _, ok := have[k]; !ok {
			rules.add(root.AtMapKey(u.name), u.name, check(chat.FieldUsername, u.name))
			if note := account.Users[k]; secrets.of(k).IsNull() && !note.Foreign && !note.Unfinished() {
				without = append(without, u.name)
				if r.client.missing.has(k) {
					gone = append(gone, u.name)
				}
			}
		}
		if known(u.nickname) {
			rules.add(root.AtMapKey(u.name).AtName("nickname"), u.name, check(chat.FieldNickname, u.nickname.ValueString()))
		}
	}
	if len(without) > 0 {
		text := fmt.Sprintf("Creating a user needs a password, and there is none for %s. "+
			"Set passwords_wo, password_wo or passwords; without password_wo_version a write-only password is used only for users that have to be created. "+
			"Users that exist already can be imported without one.", nameList(without))
		if len(gone) > 0 {
			text += fmt.Sprintf("\n\nOf these, %s are in the state, but were deleted outside of Terraform. To keep them deleted, remove them from users.", nameList(gone))
		}
		diags.AddAttributeError(root, "Missing passwords", text)
	}
	r.checkPasswords(&rules, config)
	rules.close()
}

// checkPasswords leaves alone what has no user: a map of passwords may serve more than
// one resource.
func (r *usersResource) checkPasswords(rules *ruleBook, config *usersModel) {
	for at, from := range map[string]types.Map{"passwords": config.Passwords, "passwords_wo": config.PasswordsWO} {
		root, elements := path.Root(at), from.Elements()
		seen := make(map[string]string, len(elements))
		for _, name := range slices.Sorted(maps.Keys(elements)) {
			key := r.client.userKey(name)
			if twin, ok := seen[key]; ok {
				rules.add(root.AtMapKey(name), name, chat.Refuse("%q and %q are the same user.", twin, name))
			}
			seen[key] = name
			if password, ok := elements[name].(types.String); ok && known(password) {
				rules.add(root.AtMapKey(name), name, r.client.Platform.Rules.Check(chat.FieldPassword, password.ValueString()))
			}
		}
	}
}

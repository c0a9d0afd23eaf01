package provider

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// checkUsers refuses what the platform would refuse, as far as it is known. Users
// that are not in have, nor remembered as registered again, are to be created.
func checkUsers(diags *diag.Diagnostics, platform chat.Platform, config *usersModel, have map[string]member, memory *usersMemory) {
	root := path.Root("users")
	secrets := config.passwords(platform)
	names := map[string]string{}
	rules := ruleBook{diags: diags}
	var without []string
	for _, u := range config.list() {
		key := platform.UserKey(u.name)
		if twin, ok := names[key]; ok {
			rules.add(root.AtMapKey(u.name), u.name, chat.Rule("%q and %q are the same user: %s compares names without case.", twin, u.name, platform.Title()))
			continue
		}
		names[key] = u.name
		if _, ok := have[key]; !ok {
			rules.add(root.AtMapKey(u.name), u.name, platform.CheckUsername(u.name))
			if secrets.of(key).IsNull() && !memory.Reregistered[key] {
				without = append(without, u.name)
			}
		}
		for _, f := range platform.CheckSettings(chat.Settings{Nickname: pointer(u.nickname)}) {
			rules.add(root.AtMapKey(u.name).AtName(string(f.Field)), u.name, f.Err)
		}
	}
	if len(without) > 0 {
		diags.AddAttributeError(root, "Missing passwords", fmt.Sprintf("Creating a user needs a password, and there is none for %s. "+
			"Set passwords_wo, password_wo or passwords. Users that exist already can be imported without one.", nameList(without)))
	}
	checkPasswords(&rules, platform, config)
	rules.close()
}

// checkPasswords leaves alone what has no user: a map of passwords may serve more
// than one resource.
func checkPasswords(rules *ruleBook, platform chat.Platform, config *usersModel) {
	checkPassword(rules.diags, platform, path.Root("password_wo"), config.PasswordWO)
	for at, from := range map[string]types.Map{"passwords": config.Passwords, "passwords_wo": config.PasswordsWO} {
		root, elements := path.Root(at), from.Elements()
		seen := make(map[string]string, len(elements))
		for _, name := range slices.Sorted(maps.Keys(elements)) {
			key := platform.UserKey(name)
			if twin, ok := seen[key]; ok {
				rules.add(root.AtMapKey(name), name, chat.Rule("%q and %q are the same user.", twin, name))
			}
			seen[key] = name
			if password, ok := elements[name].(types.String); ok && known(password) {
				rules.add(root.AtMapKey(name), name, platform.CheckPassword(password.ValueString()))
			}
		}
	}
}

// ruleBook reports broken rules, but not thousands of them.
type ruleBook struct {
	diags *diag.Diagnostics
	found int
}

// add reports a rule that a value of a user breaks. It names the user, since Terraform
// shows no key of a map that an expression made.
func (b *ruleBook) add(at path.Path, user string, err error) {
	if err == nil {
		return
	}
	if b.found++; b.found <= mostNamed {
		b.diags.AddAttributeError(at, fmt.Sprintf("Invalid value for user %q", user), err.Error())
	}
}

func (b *ruleBook) close() {
	if more := b.found - mostNamed; more > 0 {
		b.diags.AddError("More invalid values", fmt.Sprintf("%d more values are invalid.", more))
	}
}

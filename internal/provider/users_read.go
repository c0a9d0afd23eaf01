package provider

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"terraform-provider-chat/internal/chat"
)

// readUsers brings members up to date and returns those that are still there, with
// the names of those that do not exist. Only what is declared is read, or all of it.
func readUsers(ctx context.Context, client *client, members map[string]member, memory *usersMemory, all bool, diags *diag.Diagnostics) (read map[string]member, missing []string) {
	keys := slices.Sorted(maps.Keys(members))
	users := make([]*chat.User, len(keys))
	errs := each(ctx, "Reading users", keys, func(i int, key string) (err error) {
		users[i], err = client.GetUser(ctx, members[key].name, chat.Basic)
		return err
	})
	failed := failures{doing: "read", total: len(keys)}
	read = make(map[string]member, len(keys))
	for i, key := range keys {
		u, user := members[key], users[i]
		switch {
		case errors.Is(errs[i], chat.ErrNotFound):
			missing = append(missing, u.name)
			memory.forget(key)
		case errs[i] != nil:
			failed.add(u.name, errs[i])
		case memory.Identities[key].lost(user):
			memory.forget(key)
			memory.Reregistered[key] = true
		default:
			read[key] = refreshed(u, user, all)
			memory.remember(key, user)
		}
	}
	failed.report(diags)
	return read, missing
}

// refreshed is a member as the platform tells it.
func refreshed(u member, user *chat.User, all bool) member {
	nickname, activated := u.nickname, u.activated
	if all || known(nickname) {
		nickname = readString(nickname, user.Nickname)
	}
	if user.Activated != nil && (all || known(activated)) {
		activated = types.BoolPointerValue(user.Activated)
	}
	if nickname.Equal(u.nickname) && activated.Equal(u.activated) {
		return u
	}
	return newMember(u.name, nickname, activated)
}

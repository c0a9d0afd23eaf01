package reconcile

import (
	"context"
	"maps"
	"slices"

	"terraform-provider-chat/internal/chat"
)

// Seen is the result of reading users.
type Seen struct {
	// Users are those that are still there, and those that an unfinished registration of
	// ours turned out to have made.
	Users map[string]User
	// Missing are the names of users that no longer exist.
	Missing []string
	// Foreign are the names of users that somebody else registered again.
	Foreign []string
	// Failed are those that could not be read. The rest is of no use if there are any.
	Failed []Failure
}

// ReadUsers brings users up to date, and settles what is unfinished in their account.
// Only what is known of a user is read, or all of it.
func ReadUsers(ctx context.Context, service *chat.Service, log Log, have map[string]User, account *Account, all bool) Seen {
	seen := Seen{Users: make(map[string]User, len(have))}
	keys := slices.Sorted(maps.Keys(have))
	known := func(key string) bool { _, ok := have[key]; return ok }
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = have[key].Name
	}
	var foreign []string
	for key, note := range account.Users {
		if note.Foreign && !known(key) {
			foreign = append(foreign, key)
		}
	}
	slices.Sort(foreign)
	names = append(names, foreign...)
	found, failed := Find(ctx, service, log, "Reading users", names, true)
	if seen.Failed = failed; len(failed) > 0 {
		return seen
	}
	for _, key := range keys {
		user, there := found[key]
		switch {
		case !there:
			seen.Missing = append(seen.Missing, have[key].Name)
			account.Forget(key)
		case account.Users[key].Registration().Differs(user.Registration):
			seen.Foreign = append(seen.Foreign, have[key].Name)
			account.NoteForeign(key, user.Registration)
		default:
			seen.Users[key] = refreshed(have[key], user, all)
			account.Remember(key, user.Registration)
		}
	}
	for _, key := range foreign { // it may be gone, or another one by now
		if user, there := found[key]; there {
			account.NoteForeign(key, user.Registration)
		} else {
			account.Forget(key)
		}
	}
	seen.Failed = settleUnfinished(ctx, service, log, account, known, func(key string, user *chat.User) {
		seen.Users[key] = refreshed(User{Name: user.Username}, user, true)
	})
	return seen
}

// settleUnfinished finds out what became of registrations whose outcome is unknown, of
// users that are not known to be there. It calls ours for each that made a user.
func settleUnfinished(ctx context.Context, service *chat.Service, log Log, account *Account, known func(key string) bool, ours func(key string, user *chat.User)) []Failure {
	var unfinished []string
	for key, note := range account.Users {
		if note.Unfinished() && !known(key) {
			unfinished = append(unfinished, key)
		}
	}
	if len(unfinished) == 0 {
		return nil
	}
	slices.Sort(unfinished)
	found, failed := Find(ctx, service, log, "Looking for users whose registration was interrupted", unfinished, true)
	if len(failed) > 0 {
		return failed
	}
	for _, key := range unfinished {
		user, there := found[key]
		if !there || !account.Users[key].Settles(user.Registration, service.Platform) {
			account.Forget(key)
			continue
		}
		ours(key, user)
		account.Remember(key, user.Registration)
	}
	return nil
}

// refreshed is a user as the platform says. What it says of a value that is not known
// stays unknown, unless all of it is asked for.
func refreshed(have User, user *chat.User, all bool) User {
	if all || have.Nickname != nil {
		have.Nickname = sameText(have.Nickname, user.Nickname)
	}
	if user.Activated != nil && (all || have.Activated != nil) {
		have.Activated = user.Activated
	}
	return have
}

// sameText keeps an empty text if the platform has none, since to a platform the two
// are the same.
func sameText(have, remote *string) *string {
	if remote == nil || *remote == "" {
		if have != nil && *have == "" {
			return have
		}
		return nil
	}
	return remote
}

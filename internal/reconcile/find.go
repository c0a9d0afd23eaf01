package reconcile

import (
	"context"
	"errors"

	"terraform-provider-chat/internal/chat"
)

// fewNames is how many names are not worth a look at the listing.
const fewNames = 4

// Find returns which of the names exist, by chat.Platform's UserKey. It goes through the
// listing as far as that is cheaper than asking for each name, and asks for the rest. If
// they are expected to exist, one that the listing lacks is asked for as well before it
// counts as missing. Names that could not be read are in failed.
func Find(ctx context.Context, service *chat.Service, log Log, doing string, names []string, expected bool) (found map[string]*chat.User, failed []Failure) {
	found = make(map[string]*chat.User, len(names))
	failed = FindEach(ctx, service, log, doing, names, expected, func(key string, user *chat.User) { found[key] = user })
	return found, failed
}

// FindEach is Find for more users than should be held: it calls found for each that exists,
// once and one after the other.
func FindEach(ctx context.Context, service *chat.Service, log Log, doing string, names []string, expected bool, found func(key string, user *chat.User)) (failed []Failure) {
	platform := service.Platform
	left := make(map[string]bool, len(names))
	for _, name := range names {
		left[platform.UserKey(name)] = true
	}
	take := func(key string, user *chat.User) {
		delete(left, key)
		found(key, user)
	}
	if findListed(ctx, service, log, doing, left, take) && (!expected || len(left) == 0) {
		return nil
	}
	var rest []string
	for _, name := range names {
		if left[platform.UserKey(name)] {
			rest = append(rest, name)
		}
	}
	users := make([]*chat.User, len(rest))
	errs := forEach(ctx, log, doing, rest, func(i int, name string) (err error) {
		users[i], err = service.Users.Get(ctx, name, chat.Basic)
		return err
	})
	for i, name := range rest {
		switch {
		case errs[i] == nil:
			if key := platform.UserKey(name); left[key] {
				take(key, users[i])
			}
		case !errors.Is(errs[i], chat.ErrNotFound):
			failed = append(failed, Failure{Name: name, Err: errs[i]})
		}
	}
	return failed
}

const (
	// idlePages is how many pages may bring nothing: one for two names, at most that
	// many. If the platform does not say how many users there are, it is one for every
	// namesPerIdlePage names if that is more.
	idlePages        = 8
	namesPerIdlePage = 8
)

// findListed looks in the listing for the users that are left while that pays, and reports
// whether it now knows of all. Reading on pays if every page finds a user, or if no more
// pages are left than names. Users that are asked for later cost no request if a page
// brought them.
func findListed(ctx context.Context, service *chat.Service, log Log, doing string, left map[string]bool, found func(key string, user *chat.User)) bool {
	wanted := len(left)
	if wanted < fewNames {
		return wanted == 0
	}
	page := service.Platform.Users.Page
	step, stop := log.progress(ctx, doing, wanted)
	defer stop()
	seen, total := 0, -1
	few := min(idlePages, wanted/2)
	idle := max(few, wanted/namesPerIdlePage)
	list := func(ctx context.Context, cursor string) (*chat.Page[chat.User], error) {
		users, err := service.Users.List(ctx, cursor)
		if err == nil && users.Total >= 0 {
			total, idle = users.Total, few
		}
		return users, err
	}
	key := func(u *chat.User) string { return service.Platform.UserKey(u.Username) }
	for user, err := range chat.All(ctx, "list users", list, key) {
		if err != nil {
			return false
		}
		if k := key(user); left[k] {
			found(k, user)
			step(1)
		}
		seen++
		if len(left) == 0 {
			return true
		}
		fewLeft := total >= seen && (total-seen)/page <= len(left)
		if seen/page > wanted-len(left)+idle && !fewLeft {
			return false
		}
	}
	return true
}

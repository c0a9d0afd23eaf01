package reconcile

import (
	"context"
	"errors"
	"maps"
	"slices"

	"terraform-provider-chat/internal/chat"
)

// User is a user as it is declared, or as it is. Nil is what is not declared, or not known.
type User struct {
	// Name is spelled as in the declaration.
	Name      string
	Nickname  *string
	Activated *bool
}

func (u User) settings() chat.Settings { return chat.Settings{Nickname: u.Nickname} }

// Users changes the users of one resource to what is declared, and keeps account of what
// is true after every step. Users are identified by chat.Platform's UserKey.
type Users struct {
	Service *chat.Service
	Run     *Run
	Log     Log
	// Adopt reports that users that exist already are taken over.
	Adopt bool
	// Want are the declared users.
	Want map[string]User
	// Have are the users that are there by now. Apply keeps it up to date.
	Have map[string]User
	// Account is what is remembered of the users. Apply keeps it up to date.
	Account *Account
	// Deactivated reports whether this run deactivated a user instead of deleting it.
	Deactivated func(key string) bool
	// NewPassword returns the password that a user is created, or taken over, with. If it is
	// empty, a user that is taken over keeps the one that it has.
	NewPassword func(key string) string
	// ChangedPassword returns the password to set for a user that is there; nil is none: the
	// declared one is set, or none is declared.
	ChangedPassword func(key string) *string

	// Failed are the steps that failed for some users.
	Failed []Failures
	// Added is how many declared users were not in Have.
	Added int
	// Existing are the declared users that exist, belong to somebody else, and are not to
	// be taken over. If there are any, nothing was done.
	Existing []string
	// LeftAlone are the names of users that were to be deleted, and whose names belong to
	// accounts by now that somebody else registered.
	LeftAlone []string
	// Taken are the users that were there before, and were taken over.
	Taken []string
	// Unwritten are declared users whose password is not, or may not be, the declared one.
	Unwritten map[string]Unwritten
	// Begun reports that anything may have been written.
	Begun bool
}

// Unwritten is the reason why a password is not, or may not be, the declared one.
type Unwritten int

const (
	// NotWritten means that the password is the one that was set before.
	NotWritten Unwritten = iota + 1
	// MaybeWritten means that it is not known which password is set.
	MaybeWritten
)

// Apply makes the changes. Nothing is written if a new user exists already and must not
// be taken over.
func (w *Users) Apply(ctx context.Context) {
	w.Unwritten = map[string]Unwritten{}
	var added, kept, removed []string
	for _, key := range slices.Sorted(maps.Keys(w.Want)) {
		if _, ok := w.Have[key]; ok {
			kept = append(kept, key)
		} else {
			added = append(added, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(w.Have)) {
		if _, ok := w.Want[key]; !ok {
			removed = append(removed, key)
		}
	}
	w.Added = len(added)
	defer w.Run.Hold(runKeys(added, kept, removed)...)()

	existing, failed := Find(ctx, w.Service, w.Log, "Looking for users that exist already", w.names(added), false)
	if len(failed) > 0 {
		w.fail("look for", len(added), failed)
		return
	}
	ours := map[string]bool{}
	for _, key := range added {
		user := existing[key]
		if user == nil {
			continue
		}
		note := w.Account.Users[key]
		planned := note.Foreign && !note.Registration().Differs(user.Registration) // the plan said so
		ours[key] = planned || note.Settles(user.Registration, w.Service.Platform)
		if !ours[key] && !w.Adopt {
			w.Existing = append(w.Existing, w.Want[key].Name)
		}
	}
	if len(w.Existing) > 0 {
		return
	}
	w.Begun = true
	for key := range w.Account.Users {
		if _, wanted := w.Want[key]; !wanted && w.Account.Users[key].Foreign {
			w.Account.Forget(key)
		}
	}
	w.remove(ctx, w.stillOurs(ctx, removed))
	late := w.create(ctx, slices.DeleteFunc(slices.Clone(added), func(key string) bool { return existing[key] != nil }))
	maps.Copy(existing, late)
	w.takeOver(ctx, slices.Sorted(maps.Keys(existing)), existing, ours)
	w.update(ctx, kept)
}

// stillOurs returns those users that nobody has registered again since they were read, which
// may be long ago if a plan was saved. The others are no longer managed.
func (w *Users) stillOurs(ctx context.Context, keys []string) []string {
	if len(keys) == 0 {
		return nil
	}
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = w.Have[key].Name
	}
	found, failed := Find(ctx, w.Service, w.Log, "Looking for the users to delete", names, true)
	if len(failed) > 0 {
		w.fail("read", len(keys), failed)
		return nil
	}
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
		user := found[key]
		another := user != nil && w.Account.Users[key].Registration().Differs(user.Registration)
		if another {
			w.LeftAlone = append(w.LeftAlone, w.Have[key].Name)
			w.Disown(key)
		}
		return another
	})
}

func runKeys(lists ...[]string) []string {
	var keys []string
	for _, list := range lists {
		for _, key := range list {
			keys = append(keys, UserRunKey(key))
		}
	}
	return keys
}

func (w *Users) names(keys []string) []string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = w.Want[key].Name
	}
	return names
}

func (w *Users) fail(doing string, total int, failed []Failure) {
	if len(failed) > 0 {
		w.Failed = append(w.Failed, Failures{Doing: doing, Total: total, Users: failed})
	}
}

// have notes that a user is there, is ours, and has the declared password.
func (w *Users) have(key string, user User, registration chat.Registration) {
	w.Have[key] = user
	w.Account.Remember(key, registration)
	w.Account.Change(key, written)
	w.Run.Confirm(UserRunKey(key))
}

// written edits the note on a user after everything declared was written.
func written(n *Note) { n.Unset, n.Deactivated = false, false }

// create registers users. It returns those that turned out to exist, if they are to be
// taken over.
func (w *Users) create(ctx context.Context, keys []string) map[string]*chat.User {
	limit := w.Service.Platform.Users.Create.Items
	results := inChunks(ctx, w.Log, "Creating users", limit, keys, func(keys []string) []chat.UserResult {
		users := make([]chat.NewUser, len(keys))
		for i, key := range keys {
			want := w.Want[key]
			users[i] = chat.NewUser{Username: want.Name, Password: w.NewPassword(key), Nickname: want.Nickname}
		}
		results, err := w.Service.Users.Create(ctx, users)
		if err != nil {
			return slices.Repeat([]chat.UserResult{{Err: err}}, len(keys))
		}
		return results
	}, func(err error) chat.UserResult { return chat.UserResult{Err: err} })

	var failed []Failure
	var disable, late []string
	for i, key := range keys {
		want, err := w.Want[key], results[i].Err
		sentAt, unsettled := chat.Unsettled(err)
		switch {
		case err == nil:
			w.have(key, want, results[i].User.Registration)
			if want.Activated != nil && !*want.Activated {
				disable = append(disable, key)
			}
		case unsettled:
			w.Account.Sent(key, sentAt, w.Service.Platform)
			w.Unwritten[key] = MaybeWritten
			failed = append(failed, Failure{Name: want.Name, Err: err})
		case errors.Is(err, chat.ErrAlreadyExists) && w.Adopt:
			late = append(late, key)
		default:
			w.Unwritten[key] = MaybeWritten
			failed = append(failed, Failure{Name: want.Name, Err: err})
		}
	}
	w.fail("create", len(keys), failed)
	w.disable(ctx, disable)
	if len(late) == 0 {
		return nil
	}
	existing, unread := Find(ctx, w.Service, w.Log, "Looking for users that exist already", w.names(late), true)
	for _, key := range late {
		if existing[key] == nil {
			w.Unwritten[key] = MaybeWritten
		}
	}
	w.fail("read", len(late), unread)
	return existing
}

// disable forbids new users to log in.
func (w *Users) disable(ctx context.Context, keys []string) {
	errs := forEach(ctx, w.Log, "Deactivating users", keys, func(_ int, key string) error {
		return w.Service.Users.SetActivated(ctx, w.Want[key].Name, false)
	})
	var failed []Failure
	for i, key := range keys {
		if errs[i] != nil {
			user := w.Have[key]
			active := true // as every new user is
			user.Activated = unlessUnsettled(errs[i], &active)
			w.Have[key] = user
			failed = append(failed, Failure{Name: user.Name, Err: errs[i]})
		}
	}
	w.fail("deactivate", len(keys), failed)
}

// takeOver makes users that exist already as declared. What is ours already is not one
// of Taken.
func (w *Users) takeOver(ctx context.Context, keys []string, existing map[string]*chat.User, ours map[string]bool) {
	errs := forEach(ctx, w.Log, "Taking over users", keys, func(_ int, key string) error {
		activated := w.Want[key].Activated
		if activated == nil && w.Deactivated(key) {
			activated = new(bool)
			*activated = true
		}
		change := ChangeOf(w.Want[key].settings(), activated, existing[key])
		if password := w.NewPassword(key); password != "" {
			change.Password = &password
		}
		taken := *existing[key]
		_, err := change.Write(ctx, w.Service, &taken, func() {})
		return err
	})
	var failed []Failure
	for i, key := range keys {
		if errs[i] != nil {
			w.Unwritten[key] = MaybeWritten
			failed = append(failed, Failure{Name: w.Want[key].Name, Err: errs[i]})
			continue
		}
		if !ours[key] {
			w.Taken = append(w.Taken, key)
		}
		w.have(key, w.Want[key], existing[key].Registration)
	}
	w.fail("take over", len(keys), failed)
}

// update writes what is declared otherwise than before.
func (w *Users) update(ctx context.Context, keys []string) {
	var changing []string
	changes := map[string]Change{}
	for _, key := range keys {
		want, have := w.Want[key], w.Have[key]
		change := Change{
			Settings:  Differences(want.settings(), have.settings()),
			Activated: differing(want.Activated, have.Activated),
			Password:  w.ChangedPassword(key),
		}
		if change.Password == nil {
			w.Account.Change(key, func(n *Note) { n.Unset = false })
		}
		if change.Empty() {
			w.Have[key] = overlaid(want, have)
			continue
		}
		changes[key] = change
		changing = append(changing, key)
	}
	users := make([]chat.User, len(changing))
	for i, key := range changing {
		users[i] = chat.User{Username: w.Want[key].Name, Activated: w.Have[key].Activated, Settings: w.Have[key].settings()}
	}
	unsettled := make([]Change, len(changing))
	errs := forEach(ctx, w.Log, "Changing users", changing, func(i int, key string) (err error) {
		unsettled[i], err = changes[key].Write(ctx, w.Service, &users[i], func() {})
		return err
	})
	var failed []Failure
	for i, key := range changing {
		want := w.Want[key]
		if errs[i] == nil {
			w.Have[key] = overlaid(want, w.Have[key])
			w.Account.Change(key, written)
			continue
		}
		failed = append(failed, Failure{Name: want.Name, Err: errs[i]})
		after := User{Name: want.Name, Nickname: users[i].Nickname, Activated: users[i].Activated}
		if unsettled[i].Activated != nil {
			after.Activated = nil
		}
		w.Have[key] = after
		if changes[key].Password != nil {
			w.Account.Change(key, func(n *Note) { n.Unset = true })
			w.Unwritten[key] = NotWritten
			if unsettled[i].Password != nil {
				w.Unwritten[key] = MaybeWritten
			}
		}
	}
	w.fail("change", len(changing), failed)
}

// overlaid is a user as declared, with what is not declared as it was.
func overlaid(want, have User) User {
	return User{Name: want.Name, Nickname: first(want.Nickname, have.Nickname), Activated: first(want.Activated, have.Activated)}
}

// Delete deletes all users that are in Have.
func (w *Users) Delete(ctx context.Context) {
	keys := slices.Sorted(maps.Keys(w.Have))
	defer w.Run.Hold(runKeys(keys)...)()
	w.remove(ctx, keys)
}

// remove deletes users that are in Have.
func (w *Users) remove(ctx context.Context, keys []string) {
	var gone []string
	keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
		confirmed := w.Run.Confirmed(UserRunKey(key))
		if confirmed {
			gone = append(gone, key)
		}
		return confirmed
	})
	limit := w.Service.Platform.Users.Delete.Items
	errs := inChunks(ctx, w.Log, "Deleting users", limit, keys, func(keys []string) []error {
		names := make([]string, len(keys))
		for i, key := range keys {
			names[i] = w.Have[key].Name
		}
		errs, err := w.Service.Users.Delete(ctx, names)
		if err != nil {
			return slices.Repeat([]error{err}, len(keys))
		}
		return errs
	}, func(err error) error { return err })
	var failed []Failure
	for i, key := range keys {
		if errs[i] != nil {
			failed = append(failed, Failure{Name: w.Have[key].Name, Err: errs[i]})
			continue
		}
		gone = append(gone, key)
	}
	w.fail("delete", len(keys), failed)
	for _, key := range gone {
		delete(w.Have, key)
		w.Account.Forget(key)
	}
}

// Disown stops managing a user and makes no request.
func (w *Users) Disown(key string) {
	delete(w.Have, key)
	w.Account.Forget(key)
}

// unlessUnsettled returns value, or nil if err leaves open what the value is.
func unlessUnsettled[T any](err error, value *T) *T {
	if _, unsettled := chat.Unsettled(err); unsettled {
		return nil
	}
	return value
}

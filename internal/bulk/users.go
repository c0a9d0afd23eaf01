package bulk

import (
	"context"

	"terraform-provider-chat/internal/chat"
)

// users gathers registrations and deletions, settles registrations whose answer was
// lost, and answers reads of single users from the listing.
type users struct {
	chat.Users
	gatherer *gatherer
	ahead    *readAhead
	profiles *profiles // nil if profiles are part of users
	create   *operation[chat.NewUser, chat.UserResult]
	remove   *operation[string, error]
}

func newUsers(g *gatherer, inner *chat.Service) *users {
	u := &users{Users: inner.Users, gatherer: g, ahead: newReadAhead(inner, g.slots)}
	u.profiles = newProfiles(g, inner.Profiles, u.ahead.listed)
	limits := inner.Platform.Users
	about := func(username string) subject { return subject{relation: "users", name: g.key(username)} }
	u.create = &operation[chat.NewUser, chat.UserResult]{
		gatherer: g, limit: g.limit(limits.Create), size: limits.Size,
		about:    func(_ string, user chat.NewUser) subject { return about(user.Username) },
		describe: func(_ string, user chat.NewUser) string { return chat.About("register user", user.Username) },
		call: func(ctx context.Context, _ string, users []chat.NewUser) ([]chat.UserResult, error) {
			names := make([]string, len(users))
			for i, user := range users {
				names[i] = user.Username
			}
			defer around(func() { u.changed(names...) })()
			return inner.Users.Create(ctx, users)
		},
		settle: (&registrations{inner}).settle,
	}
	u.remove = &operation[string, error]{
		gatherer: g, limit: g.limit(limits.Delete), size: quotedSize,
		about:    func(_, username string) subject { return about(username) },
		describe: func(_, username string) string { return chat.About("delete user", username) },
		call: func(ctx context.Context, _ string, usernames []string) ([]error, error) {
			defer around(func() { u.changed(usernames...) })()
			return inner.Users.Delete(ctx, usernames)
		},
	}
	return u
}

// changed forgets what was read of users that come or go, and of their relations.
func (u *users) changed(usernames ...string) {
	u.ahead.touch(usernames...)
	u.forgetLogins(usernames...)
	u.profiles.forget(usernames...)
	for _, forget := range u.gatherer.relations {
		forget()
	}
}

func (u *users) forgetLogins(usernames ...string) {
	for _, forget := range u.gatherer.loginsOf {
		forget(usernames)
	}
}

// Create implements chat.Users.
func (u *users) Create(ctx context.Context, users []chat.NewUser) ([]chat.UserResult, error) {
	results := make([]chat.UserResult, len(users))
	for i, r := range u.create.do(ctx, "", users) {
		results[i] = r.out
		if r.err != nil {
			results[i] = chat.UserResult{Err: r.err}
		}
	}
	return results, nil
}

// Delete implements chat.Users.
func (u *users) Delete(ctx context.Context, usernames []string) ([]error, error) {
	return errorsOf(u.remove.do(ctx, "", usernames))
}

// Get implements chat.Users.
func (u *users) Get(ctx context.Context, username string, detail chat.Detail) (*chat.User, error) {
	if u.gatherer.off {
		return u.Users.Get(ctx, username, detail)
	}
	if u.profiles == nil || detail == chat.Basic {
		return u.ahead.get(ctx, username, detail)
	}
	user, err := u.ahead.get(ctx, username, chat.Basic)
	if err != nil {
		return nil, err
	}
	found, err := u.profiles.Get(ctx, []string{username})
	if err != nil {
		return nil, err
	}
	user.Profile = &found[0]
	return user, nil
}

// List implements chat.Users.
func (u *users) List(ctx context.Context, cursor string) (*chat.Page[chat.User], error) {
	if u.gatherer.off {
		return u.Users.List(ctx, cursor)
	}
	return u.ahead.list(ctx, cursor)
}

// Update implements chat.Users.
func (u *users) Update(ctx context.Context, username string, settings chat.Settings) error {
	defer around(func() { u.ahead.touch(username); u.profiles.forget(username) })()
	return u.Users.Update(ctx, username, settings)
}

// SetPassword implements chat.Users.
func (u *users) SetPassword(ctx context.Context, username, password string) error {
	defer around(func() { u.forgetLogins(username) })()
	return u.Users.SetPassword(ctx, username, password)
}

// SetActivated implements chat.Users.
func (u *users) SetActivated(ctx context.Context, username string, activated bool) error {
	defer around(func() { u.ahead.touch(username); u.forgetLogins(username) })()
	return u.Users.SetActivated(ctx, username, activated)
}

package bulk

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"terraform-provider-chat/internal/chat"
)

const (
	// readsAtOnce is how many users are read side by side.
	readsAtOnce = 8
	// fewToRead is how many lost registrations are read one by one, if the youngest
	// users can be listed instead.
	fewToRead = 3
)

// registrations settles registrations.
type registrations struct{ *chat.Service }

// settle finds out, by reading, what became of registrations that may have taken effect
// without an answer that said so. A user that was registered since the call was sent is
// ours; one that was there before is somebody else's; if there is none, the call had no
// effect, provided that the platform has answered it. If it has not, or if reading fails as
// well, the error stays one with MaybeApplied.
func (r *registrations) settle(ctx context.Context, users []chat.NewUser, results []result[chat.UserResult], begun time.Time) {
	var open []int
	since := begun
	for i := range results {
		if sentAt, unsettled := chat.Unsettled(errorOf(results[i])); unsettled {
			open = append(open, i)
			if sentAt.After(since) {
				since = sentAt // of the first attempt that reached the platform
			}
		}
	}
	var youngest map[string]*chat.User
	if len(open) > fewToRead {
		youngest = r.youngest(ctx, since, len(open))
	}
	var group errgroup.Group
	group.SetLimit(readsAtOnce)
	for _, i := range open {
		group.Go(func() error {
			user, err := youngest[r.Platform.UserKey(users[i].Username)], error(nil)
			if youngest == nil {
				user, err = guarded("read user", func() (*chat.User, error) { return r.Users.Get(ctx, users[i].Username, chat.Basic) })
			}
			results[i] = r.judge(users[i].Username, results[i], since, user, err)
			return nil
		})
	}
	_ = group.Wait() // the errors are in results
}

// judge is the result of a registration by what was read of its user, which is nil if
// no user of that name was registered since.
func (r *registrations) judge(username string, lost result[chat.UserResult], sentAt time.Time, user *chat.User, err error) result[chat.UserResult] {
	op := chat.About("register user", username)
	switch {
	case user == nil && err == nil, errors.Is(err, chat.ErrNotFound):
		return result[chat.UserResult]{
			err:   chat.For(chat.NotYetApplied(errorOf(lost)), op, func(e *chat.Error) { e.SentAt = sentAt }),
			again: lost.again,
		}
	case err != nil:
		return result[chat.UserResult]{err: &chat.Error{
			Kind: chat.ErrUnavailable, Op: op, MaybeApplied: true, SentAt: sentAt, Err: err,
			Text: "the response was lost, and reading the user failed too: " + chat.Reason(err),
		}}
	case user.CreatedSince(sentAt, r.Platform.ClockGrain):
		return result[chat.UserResult]{out: chat.UserResult{User: user}}
	}
	return result[chat.UserResult]{err: &chat.Error{
		Kind: chat.ErrAlreadyExists, Op: op, Text: "the user was registered before this call",
	}}
}

// youngest returns the users that were registered since, by chat.Platform's UserKey, and
// perhaps older ones. It reads the listing from its end, at most so many pages. Nil if
// that does not show them all: the platform reads its listing only from the beginning,
// or not in the order of registration, or users were deleted meanwhile.
func (r *registrations) youngest(ctx context.Context, since time.Time, most int) map[string]*chat.User {
	found := map[string]*chat.User{}
	list := func(cursor string) *chat.Page[chat.User] {
		page, err := guarded("list users", func() (*chat.Page[chat.User], error) { return r.Users.List(ctx, cursor) })
		if err != nil {
			return nil
		}
		for i := range page.Items {
			found[r.Platform.UserKey(page.Items[i].Username)] = &page.Items[i]
		}
		return page
	}
	first := list("")
	switch {
	case first == nil:
		return nil
	case first.Next == "":
		return found
	}
	// Pages may hold fewer users than the platform says.
	size := min(r.Platform.Users.Page, len(first.Items))
	if first.Skip == nil || size < 2 {
		return nil
	}

	// part returns the users of the page that begins after the first n, or nil if it does
	// not have user there, which another page has as well.
	part := func(n, there int, user *chat.User) []chat.User {
		if most--; most < 0 {
			return nil
		}
		page := list(first.Skip(n))
		if page == nil || !inOrder(page.Items) || user != nil && (there >= len(page.Items) || page.Items[there].Username != user.Username) {
			return nil
		}
		return page.Items
	}
	// The total may not be up to date. So the page at the end has room for one user more,
	// and if it is full, there are more.
	begin := max(0, first.Total-size+1)
	items := part(begin, 0, nil)
	for n, last := begin, items; len(last) >= size; {
		n += size - 1
		if last = part(n, 0, &last[size-1]); last == nil {
			return nil
		}
	}
	for begin > 0 && len(items) > 0 && items[0].CreatedSince(since, r.Platform.ClockGrain) {
		before := max(0, begin-size+1)
		items = part(before, begin-before, &items[0])
		begin = before
	}
	if len(items) == 0 {
		return nil
	}
	return found
}

// inOrder reports whether there are users, and in the order of registration.
func inOrder(users []chat.User) bool {
	for i := range users {
		if users[i].CreatedAt.IsZero() || i > 0 && users[i].CreatedAt.Before(users[i-1].CreatedAt) {
			return false
		}
	}
	return len(users) > 0
}

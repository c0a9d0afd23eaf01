package easemob

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"terraform-provider-chat/internal/chat"
)

const (
	// skew is how much the clocks of the platform's servers may differ.
	skew = 100 * time.Millisecond
	// lastReads bounds the reads after a cancelled registration.
	lastReads = 10 * time.Second
	// parallelReads is how many are made at once.
	parallelReads = 8
)

// fate is what reading tells of a registration without a clear answer.
type fate int

const (
	// unknown: it could not be read.
	unknown fate = iota
	// missing: there is no such user.
	missing
	// ours: the user was registered after the call was sent.
	ours
	// theirs: the user was there before.
	theirs
)

// settleCall finds out what became of a registration whose answer was lost: err is
// what is left of it.
func (c *Client) settleCall(ctx context.Context, users []chat.NewUser, sent sending, err error) ([]chat.UserResult, error) {
	results := make([]chat.UserResult, len(users))
	all := make([]int, len(users))
	for i, user := range users {
		all[i] = i
		results[i].Err = forOne(err, user.Username)
	}
	fates := c.settle(ctx, users, results, all, sent)
	if len(users) == 1 {
		return results, nil
	}
	applied := false
	for _, f := range fates {
		applied = applied || f != missing
	}
	if !applied {
		return nil, certain(err)
	}
	if divisible(err) {
		// Some users made the platform refuse the others along with them.
		for i, f := range fates {
			if f != missing {
				continue
			}
			if again, err := c.CreateUsers(ctx, users[i:i+1]); err != nil {
				results[i].Err = err
			} else {
				results[i] = again[0]
			}
		}
	}
	return results, nil
}

// divisible tells whether one of several inputs may be to blame for an error.
func divisible(err error) bool {
	return errors.Is(err, chat.ErrAlreadyExists) || errors.Is(err, chat.ErrInvalid) || errors.Is(err, chat.ErrTooLarge)
}

// settle reads the users at the given places and writes what it finds into results,
// where the error of one that is missing stays. The fates are in the order of places.
func (c *Client) settle(ctx context.Context, users []chat.NewUser, results []chat.UserResult, places []int, sent sending) []fate {
	if ctx.Err() != nil {
		// What was created must be known, even though nobody waits for more.
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastReads)
		defer cancel()
		ctx = detached
	}
	fates := make([]fate, len(places))
	var group errgroup.Group
	group.SetLimit(parallelReads)
	for j, i := range places {
		group.Go(func() error {
			fates[j] = c.settleOne(ctx, users[i].Username, &results[i], sent)
			return nil
		})
	}
	// The goroutines return no errors.
	_ = group.Wait()
	return fates
}

func (c *Client) settleOne(ctx context.Context, username string, result *chat.UserResult, sent sending) fate {
	user, age, err := c.readUser(ctx, username)
	switch {
	case errors.Is(err, chat.ErrNotFound):
		result.Err = certain(result.Err)
		return missing
	case err != nil:
		result.Err = &chat.Error{
			Kind:         chat.ErrUnavailable,
			Op:           "register user",
			Users:        []string{username},
			Text:         "the answer was lost, and reading the user failed too: " + err.Error(),
			MaybeApplied: true,
		}
		return unknown
	case c.createdSince(user, age, sent.firstSent):
		*result = chat.UserResult{User: user}
		return ours
	}
	result.Err = &chat.Error{
		Kind:  chat.ErrAlreadyExists,
		Op:    "register user",
		Users: []string{username},
		Text:  "the user was there before",
	}
	return theirs
}

// createdSince tells whether a user was created after an instant of our clock. Ages
// by the platform's own clock are compared, so that it does not matter what ours says.
func (c *Client) createdSince(user *chat.User, age time.Duration, since time.Time) bool {
	if age >= 0 {
		return age <= time.Since(since)+skew
	}
	return !user.CreatedAt.Before(c.rest.ServerTime(since).Add(-skew))
}

// forOne is the error of a call for several users, as it is for one of them.
func forOne(err error, username string) error {
	var failure *chat.Error
	if !errors.As(err, &failure) {
		return err
	}
	mine := *failure
	mine.Users = []string{username}
	return &mine
}

// certain is an error after which it is known that nothing was applied.
func certain(err error) error {
	var failure *chat.Error
	if !errors.As(err, &failure) {
		return err
	}
	mine := *failure
	mine.MaybeApplied = false
	return &mine
}

package provider

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
	"golang.org/x/sync/errgroup"

	"terraform-provider-chat/internal/chat"
)

const (
	// callsAtOnce is how many calls for single users are made side by side.
	callsAtOnce = 16
	// progressEvery is how often long work is heard of in the log.
	progressEvery = 5 * time.Second
)

// progress tells in the log, every few seconds, how much of total is done. The
// caller says so with step, and that it ended with stop.
func progress(ctx context.Context, doing string, total int) (step func(n int), stop func()) {
	var done atomic.Int64
	ticker, ended := time.NewTicker(progressEvery), make(chan struct{})
	var teller sync.WaitGroup
	teller.Go(func() {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				tflog.Info(ctx, doing, map[string]any{"done": done.Load(), "total": total})
			case <-ended:
				return
			}
		}
	})
	return func(n int) { done.Add(int64(n)) }, func() {
		close(ended)
		teller.Wait()
	}
}

// each does something for every item, many at once, and returns what became of them in order.
func each[T any](ctx context.Context, doing string, items []T, do func(i int, item T) error) []error {
	step, stop := progress(ctx, doing, len(items))
	defer stop()
	errs := make([]error, len(items))
	var group errgroup.Group
	group.SetLimit(callsAtOnce)
	for i, item := range items {
		group.Go(func() error {
			if errs[i] = context.Cause(ctx); errs[i] == nil {
				errs[i] = do(i, item)
			}
			step(1)
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs
	return errs
}

// inChunks does something for all items, as many at a time as several full calls of
// limit items hold. When ctx ends, a chunk that has begun is finished, so that its
// outcome is known, and the items of the others get what interrupted makes of the cause.
func inChunks[T, R any](ctx context.Context, doing string, limit int, items []T, do func(context.Context, []T) []R, interrupted func(error) R) []R {
	step, stop := progress(ctx, doing, len(items))
	defer stop()
	size := max(100, 10*limit)
	results := make([]R, 0, len(items))
	for len(items) > 0 {
		chunk := items[:min(size, len(items))]
		items = items[len(chunk):]
		if err := context.Cause(ctx); err != nil {
			for range chunk {
				results = append(results, interrupted(err))
			}
			continue
		}
		results = append(results, do(context.WithoutCancel(ctx), chunk)...)
		step(len(chunk))
	}
	return results
}

// findUsers returns which of the names exist, by chat.Platform's UserKey. It goes
// through the listing where that is small beside the names, which are most often
// new: asking for each of them costs a request.
func findUsers(ctx context.Context, client *client, names []string) (map[string]*chat.User, error) {
	platform := client.Platform()
	wanted := make(map[string]bool, len(names))
	for _, name := range names {
		wanted[platform.UserKey(name)] = true
	}
	found := map[string]*chat.User{}
	// The pages come one after the other, reads of single users side by side.
	most := len(names) / 8 * platform.Limits().UserPage
	if complete, err := findListed(ctx, client, wanted, most, found); complete || err != nil {
		return found, err
	}
	rest := make([]string, 0, len(names))
	for _, name := range names {
		if found[platform.UserKey(name)] == nil {
			rest = append(rest, name)
		}
	}
	users := make([]*chat.User, len(rest))
	errs := each(ctx, "Looking for users that exist already", rest, func(i int, name string) (err error) {
		users[i], err = client.GetUser(ctx, name, chat.Basic)
		return err
	})
	for i, name := range rest {
		switch {
		case errs[i] == nil:
			found[platform.UserKey(name)] = users[i]
		case !errors.Is(errs[i], chat.ErrNotFound):
			return nil, errs[i]
		}
	}
	return found, nil
}

// findListed looks for users among the first most of the listing, and tells whether
// that was enough to know of all.
func findListed(ctx context.Context, client *client, wanted map[string]bool, most int, found map[string]*chat.User) (bool, error) {
	if most == 0 || len(wanted) == 0 {
		return len(wanted) == 0, nil
	}
	step, stop := progress(ctx, "Looking for users that exist already", most)
	defer stop()
	seen := 0
	for user, err := range listUsers(ctx, client, "") {
		if err != nil {
			return false, err
		}
		if key := client.Platform().UserKey(user.Username); wanted[key] {
			found[key] = user
		}
		step(1)
		if seen++; seen == most || len(found) == len(wanted) {
			break
		}
	}
	return seen < most || len(found) == len(wanted), nil
}

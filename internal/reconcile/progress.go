package reconcile

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// callsAtOnce is how many calls for single users are made side by side.
	callsAtOnce = 16
	// progressEvery is how often the log says how much of long work is done.
	progressEvery = 5 * time.Second
)

// Log writes a line to the log.
type Log func(ctx context.Context, message string, fields map[string]any)

// progress says in the log, every few seconds, how much of total is done and how many of
// them in a second. The caller reports steps with step, and the end with stop.
func (log Log) progress(ctx context.Context, doing string, total int) (step func(n int), stop func()) {
	if log == nil || total == 0 {
		return func(int) {}, func() {}
	}
	var done atomic.Int64
	begun, ticker, ended := time.Now(), time.NewTicker(progressEvery), make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				n := done.Load()
				rate := int(float64(n) / time.Since(begun).Seconds())
				log(ctx, fmt.Sprintf("%s: %d of %d, %d per second", doing, n, total, rate), map[string]any{"done": n, "total": total, "per_second": rate})
			case <-ended:
				return
			}
		}
	})
	return func(n int) { done.Add(int64(n)) }, func() {
		close(ended)
		writer.Wait()
	}
}

// forEach does something for every item, many at once, and returns what became of them
// in order. After ctx ends, nothing more is begun.
func forEach[T any](ctx context.Context, log Log, doing string, items []T, do func(i int, item T) error) []error {
	step, stop := log.progress(ctx, doing, len(items))
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

// chunksAtOnce is how many chunks are under way, so that no call waits for the end of a
// chunk and is sent with less than it holds.
const chunksAtOnce = 3

// inChunks does something for all items, as many at a time as several full calls of
// limit items hold. After ctx ends, the items of further chunks get what interrupted
// makes of the cause.
func inChunks[T, R any](ctx context.Context, log Log, doing string, limit int, items []T, do func([]T) []R, interrupted func(error) R) []R {
	step, stop := log.progress(ctx, doing, len(items))
	defer stop()
	size := max(100, 10*limit)
	results := make([]R, len(items))
	var group errgroup.Group
	group.SetLimit(1)
	if limit > 1 {
		group.SetLimit(chunksAtOnce)
	}
	for begin := 0; begin < len(items); begin += size {
		end := min(begin+size, len(items))
		group.Go(func() error {
			if err := context.Cause(ctx); err != nil {
				for i := begin; i < end; i++ {
					results[i] = interrupted(err)
				}
				return nil
			}
			copy(results[begin:end], do(items[begin:end]))
			step(end - begin)
			return nil
		})
	}
	_ = group.Wait() // the errors are in results
	return results
}

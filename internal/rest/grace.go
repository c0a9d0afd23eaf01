package rest

import (
	"context"
	"time"
)

type graceKey struct{}

// Grace returns a context for finishing what was sent under ctx, such as reading
// what became of it. It has the values of ctx and outlives it by Config.Timeout at
// most. A grace within a grace ends with the outer one at the latest. The time counts
// from the end of ctx, or from the call if ctx has ended already: so call Grace before
// sending. The returned function ends the context and releases what it holds.
func (c *Client) Grace(ctx context.Context) (context.Context, context.CancelFunc) {
	grace, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(c.timeout):
			cancel()
		case <-grace.Done():
		}
	})
	stopOuter := func() bool { return true }
	if outer, ok := ctx.Value(graceKey{}).(context.Context); ok {
		stopOuter = context.AfterFunc(outer, cancel)
	}
	return context.WithValue(grace, graceKey{}, grace), func() {
		stop()
		stopOuter()
		cancel()
	}
}

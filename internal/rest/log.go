package rest

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"time"
)

// longWait is the longest wait that is not logged as a warning.
const longWait = 5 * time.Second

// Log writes one line: a message and its fields. The level is slog.LevelDebug, and
// slog.LevelWarn for failed attempts and long waits.
type Log func(ctx context.Context, level slog.Level, msg string, fields map[string]any)

// report logs an attempt.
func (c *Client) report(ctx context.Context, cl *call, o outcome, again bool) {
	if c.log == nil {
		return
	}
	path := make([]string, len(cl.request.Path))
	for i, segment := range cl.request.Path {
		path[i] = url.PathEscape(segment)
	}
	fields := map[string]any{
		"method":      cl.request.Method,
		"host":        c.host,
		"path":        cl.redact("/" + strings.Join(path, "/")),
		"attempt":     cl.attempts,
		"duration_ms": cl.answered.Sub(cl.sent).Milliseconds(),
	}
	if o.status != 0 {
		fields["status"] = o.status
	}
	failed := o.status >= 500 || o.unusable
	if o.err != nil {
		failed = ctx.Err() == nil
		fields["error"] = cl.redact(o.err.Error())
	}
	if again = again && cl.attempts < c.attempts(cl); again {
		fields["next_in"] = cl.wait.Round(time.Millisecond).String()
	}
	if failed || again && cl.wait > longWait {
		fields["attempts"] = c.attempts(cl)
		c.log(ctx, slog.LevelWarn, "platform call failed: "+cl.request.Op, fields)
		return
	}
	c.log(ctx, slog.LevelDebug, "platform call: "+cl.request.Op, fields)
}

// attempts is how many attempts a call may make in all.
func (c *Client) attempts(cl *call) int {
	most := c.resty.RetryCount + 1
	if cl.unreached > 0 {
		most = min(most, cl.attempts-cl.unreached+maxUnreached)
	}
	return most
}

// reportHold logs that calls wait because the platform asked for it.
func (c *Client) reportHold(ctx context.Context, wait time.Duration) {
	if c.log != nil {
		c.log(ctx, slog.LevelWarn, "all calls wait as the platform asked", map[string]any{
			"host": c.host,
			"wait": wait.Round(time.Millisecond).String(),
		})
	}
}

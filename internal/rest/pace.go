package rest

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-resty/resty/v2"
	"golang.org/x/time/rate"
)

const (
	// A throttling answer slows the calls down to this part of what the platform
	// accepted in the last second...
	decrease = 0.7
	// ...from where the limit rises by this part each second...
	recovery = 0.075
	// ...until it is twice what it was: then it was no limit of the platform, and
	// doubles each second until it is so many times what it was, and is dropped.
	recovered = 8
	// firstGuess is how many calls per second a first throttling answer leaves: the
	// lowest limit that the platforms document. One second later more is known.
	firstGuess = 10
	// slowest is how many calls per second any throttling leaves.
	slowest = 1
	// maxHold bounds how long the platform may keep all calls waiting.
	maxHold = 90 * time.Second
)

// pace decides when a call may be sent, for all calls of a client together.
type pace struct {
	ceiling rate.Limit

	mu      sync.Mutex
	limiter *rate.Limiter
	// slow is the limit since slowedAt, when the platform last throttled; 0 while it does not.
	slow     rate.Limit
	slowedAt time.Time
	// accepted holds when the platform answered, the last second of it, without throttling.
	accepted []time.Time
	// spare counts admissions given back.
	spare int
	// heldUntil is when the platform wants to be asked again.
	heldUntil time.Time
	// remaining is what the platform said it takes until windowEnd, left what that is
	// without what was sent meanwhile.
	remaining, left int
	windowEnd       time.Time
	inFlight        int
	// windowSize is what a whole window takes, 0 where the platform does not say.
	windowSize int
	// nextAdmission is when the next admission is due, where they are spread.
	nextAdmission time.Time
	// changed is closed when an answer told something new.
	changed chan struct{}
}

// wishes is what an answer says about the pace.
type wishes struct {
	// wait is how long to send nothing.
	wait time.Duration
	// window tells that remaining calls are left until reset has passed.
	window          bool
	size, remaining int
	reset           time.Duration
}

func newPace(perSecond float64) *pace {
	p := &pace{ceiling: rate.Inf, changed: make(chan struct{})}
	if perSecond > 0 {
		p.ceiling = rate.Limit(perSecond)
	}
	p.limiter = rate.NewLimiter(p.ceiling, burst(p.ceiling))
	return p
}

// burst is small, so that a second never holds more than the limit says, but large
// enough for the grain of timers.
func burst(limit rate.Limit) int {
	if limit == rate.Inf || limit < 100 {
		return 1
	}
	return int(limit / 50)
}

// admit waits until a call may be sent.
func (p *pace) admit(ctx context.Context) error {
	for {
		if wait := p.spread(); wait > 0 {
			if err := sleep(ctx, wait, nil); err != nil {
				return err
			}
			continue
		}
		if err := p.slot(ctx); err != nil {
			return err
		}
		wait, changed := p.gate(false)
		if wait <= 0 {
			return nil
		}
		if err := sleep(ctx, wait, changed); err != nil {
			return err
		}
	}
}

// spread returns how long an admission waits so that what is left of a window, once
// half of it is used, lasts to its end. Who asks for admission gathers inputs
// meanwhile and gets through as many with fewer calls, where it would else stand
// still until the next window.
func (p *pace) spread() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if !now.Before(p.windowEnd) || p.left <= 0 || p.left > p.windowSize/2 {
		return 0
	}
	if wait := p.nextAdmission.Sub(now); wait > 0 {
		return wait
	}
	p.nextAdmission = now.Add(p.windowEnd.Sub(now) / time.Duration(p.left))
	return 0
}

// send waits until the call may be sent, where it was not admitted before, and
// counts it as sent.
func (p *pace) send(ctx context.Context, admitted bool) error {
	for {
		if !admitted {
			if err := p.slot(ctx); err != nil {
				return err
			}
		}
		wait, changed := p.gate(true)
		if wait <= 0 {
			return nil
		}
		if err := sleep(ctx, wait, changed); err != nil {
			return err
		}
		// Whoever waited here takes its turn again, or all would leave at once.
		admitted = false
	}
}

// giveBack returns an admission that was not used.
func (p *pace) giveBack() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limiter.Limit() != rate.Inf && p.spare < p.limiter.Burst() {
		p.spare++
	}
}

// slot waits for a turn under the limit.
func (p *pace) slot(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	now := time.Now()
	p.recover(now)
	if p.spare > 0 {
		p.spare--
		p.mu.Unlock()
		return nil
	}
	turn := p.limiter.ReserveN(now, 1)
	p.mu.Unlock()
	if err := sleep(ctx, turn.DelayFrom(now), nil); err != nil {
		turn.Cancel()
		return err
	}
	return nil
}

// gate returns how long the platform wants nothing to be sent, and a channel that is
// closed when that changes. Where it is open, a call that is sent passes it.
func (p *pace) gate(sent bool) (time.Duration, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if wait := p.heldUntil.Sub(now); wait > 0 {
		return wait, p.changed
	}
	inWindow := now.Before(p.windowEnd)
	if inWindow && p.left <= 0 {
		return p.windowEnd.Sub(now), p.changed
	}
	if sent {
		p.inFlight++
		if inWindow {
			p.left--
		}
	}
	return 0, nil
}

// answered learns from the end of an attempt that was sent at sent.
func (p *pace) answered(sent time.Time, accepted, throttled bool, w wishes) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.inFlight--
	if w.window {
		p.windowSize = w.size
		p.count(w.remaining, now.Add(min(w.reset, maxHold)))
	}
	if w.wait > 0 {
		if until := now.Add(min(w.wait, maxHold)); until.After(p.heldUntil) {
			p.heldUntil = until
		}
	}
	switch {
	case accepted:
		p.accepted = append(p.lastSecond(now), now)
	case throttled && (!w.window || w.remaining > 0):
		p.slowDown(now, sent)
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// count learns how many calls are left until the end of a window.
func (p *pace) count(remaining int, end time.Time) {
	// The platform tells whole seconds, and answers overtake each other.
	const grain = 2 * time.Second
	switch {
	case end.After(p.windowEnd.Add(grain)):
		p.windowEnd, p.remaining = end, remaining
	case end.Before(p.windowEnd.Add(-grain)):
		return
	default:
		p.remaining = min(p.remaining, remaining)
	}
	// What is in flight may or may not be counted already.
	p.left = p.remaining - p.inFlight
}

func (p *pace) lastSecond(now time.Time) []time.Time {
	old := 0
	for old < len(p.accepted) && now.Sub(p.accepted[old]) > time.Second {
		old++
	}
	return p.accepted[old:]
}

// slowDown lowers the limit, once for all answers to what was sent under the old one.
func (p *pace) slowDown(now, sent time.Time) {
	current := p.ceiling
	if p.slow != 0 {
		if !sent.After(p.slowedAt) || now.Sub(p.slowedAt) < time.Second {
			return
		}
		current = p.limiter.Limit()
	}
	target := rate.Limit(decrease * float64(len(p.lastSecond(now))))
	switch {
	case p.slow == 0:
		// The calls may only just have begun, so the last second tells too little.
		target = max(target, firstGuess)
	case now.Sub(p.heldUntil) < time.Second:
		// Part of the last second was spent waiting.
		target = max(target, current/2)
	}
	p.slow = max(min(target, current), slowest)
	p.slowedAt = now
	p.spare = 0
	p.limit(now, p.slow)
}

// recover raises the limit with the time that passed without throttling.
func (p *pace) recover(now time.Time) {
	if p.slow == 0 {
		return
	}
	factor := 1 + recovery*now.Sub(p.slowedAt).Seconds()
	if factor > 2 {
		factor = 2 * math.Exp2((factor-2)/recovery)
	}
	if factor >= recovered {
		p.slow = 0
		p.limit(now, p.ceiling)
		return
	}
	p.limit(now, p.slow*rate.Limit(factor))
}

func (p *pace) limit(now time.Time, limit rate.Limit) {
	limit = min(limit, p.ceiling)
	p.limiter.SetLimitAt(now, limit)
	p.limiter.SetBurstAt(now, burst(limit))
}

// sleep waits for d, or until early is closed, or the context ends.
func sleep(ctx context.Context, d time.Duration, early <-chan struct{}) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-early:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// asks reads from an answer what the platform wants of the pace.
func (c *Client) asks(cl *call, resp *resty.Response) wishes {
	var w wishes
	if resp == nil || resp.RawResponse == nil {
		return w
	}
	header := resp.Header()
	if status := resp.StatusCode(); status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		w.wait = cl.retryAfter(header)
	}
	remaining, err := strconv.Atoi(strings.TrimSpace(header.Get("X-Rate-Limit-Remaining")))
	reset, err2 := strconv.Atoi(strings.TrimSpace(header.Get("X-Rate-Limit-Reset")))
	if err == nil && err2 == nil && remaining >= 0 && reset >= 0 {
		w.window, w.remaining, w.reset = true, remaining, time.Duration(min(reset, 3600))*time.Second
		if size, err := strconv.Atoi(strings.TrimSpace(header.Get("X-Rate-Limit-Limit"))); err == nil {
			w.size = size
		}
	}
	return w
}

// retryAfter is how long an answer asks to wait, 0 where it does not.
func (cl *call) retryAfter(header http.Header) time.Duration {
	if cl.request.RetryAfter != nil {
		if wait, ok := cl.request.RetryAfter(header); ok {
			return max(wait, 0)
		}
	}
	text := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(seconds, 0), 3600)) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		now := time.Now()
		if server, err := http.ParseTime(header.Get("Date")); err == nil {
			now = server
		}
		return max(date.Sub(now), 0)
	}
	return 0
}

// retryAfter tells resty how long to wait; 0 is its own back-off.
func retryAfter(_ *resty.Client, resp *resty.Response) (time.Duration, error) {
	cl, _ := resp.Request.Context().Value(callKey{}).(*call)
	if cl == nil || resp.RawResponse == nil {
		return 0, nil
	}
	return cl.retryAfter(resp.Header()), nil
}

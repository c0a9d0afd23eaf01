package rest

import (
	"context"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// decrease is the part of what the platform accepted in the last second that a
	// throttling answer leaves as the limit.
	decrease = 0.7
	// recovery is the part of itself by which the limit rises each second, until it has
	// doubled. Then it is no limit of the platform, and doubles each second.
	recovery = 0.075
	// recovered is how many times its first value the limit reaches before it is dropped.
	recovered = 8
	// firstGuess is how many calls per second a first throttling answer leaves: the
	// lowest limit that the platforms document. One second later more is known.
	firstGuess = 10
	// slowest is how many calls per second any throttling leaves.
	slowest = 1
	// grain is how much two answers may differ about one instant: the platform counts
	// whole seconds, and answers overtake each other.
	grain = 2 * time.Second
)

// pace decides when a call may be sent, for all calls of a client together.
type pace struct {
	ceiling rate.Limit

	// held, if set, is called when calls begin a long wait that the platform asked for.
	held func(context.Context, time.Duration)

	mu      sync.Mutex
	limiter *rate.Limiter
	// slow is the limit since slowedAt, when the platform last throttled; 0 while it does not.
	slow     rate.Limit
	slowedAt time.Time
	// accepted holds the times of answers without throttling, of the last second only.
	accepted []time.Time
	// spare is the number of admissions that were given back.
	spare int
	// heldUntil is when calls may be sent again, logged the latest such time that is in
	// the log.
	heldUntil, logged time.Time
	// windowSize is the number of calls in the platform's window, 0 if it is not known.
	windowSize int
	// remaining is the number of calls that the platform said it takes until windowEnd,
	// left the same without those that were sent since.
	remaining, left int
	windowEnd       time.Time
	// inFlight is the number of calls without an answer.
	inFlight int
	// nextAdmission is when the next admission is due, if they are spread.
	nextAdmission time.Time
	// changed is closed when an answer has changed any of this.
	changed chan struct{}
}

func newPace(perSecond float64) *pace {
	p := &pace{ceiling: rate.Inf, changed: make(chan struct{})}
	if perSecond > 0 {
		p.ceiling = rate.Limit(perSecond)
	}
	p.limiter = rate.NewLimiter(p.ceiling, burst(p.ceiling))
	return p
}

// burst is how many calls may be sent at once: few, so that no second has more than
// the limit, but enough to make up for timers that are late.
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
		if err := p.pause(ctx, wait, changed); err != nil {
			return err
		}
	}
}

// spread returns how long an admission waits. Once half of a window is used,
// admissions are spread over the rest of it. Callers that ask for admission gather
// inputs while they wait, so they need fewer calls; without spreading they would use
// up the window and then wait for the next one.
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

// send waits until the call may be sent, and counts it as sent. A call that was
// admitted does not wait for a turn.
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
		if err := p.pause(ctx, wait, changed); err != nil {
			return err
		}
		// A call that waited here takes a turn again, or all would be sent at once.
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
	if wait := p.heldUntil.Sub(now); wait > maxWait {
		p.mu.Unlock()
		return &heldError{wait}
	}
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

// gate returns how long nothing may be sent because the platform asked for it, and a
// channel that is closed when that changes. If a call may be sent, and sent is set, it
// is counted.
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

// pause waits because the platform asked for it, unless that is too long.
func (p *pace) pause(ctx context.Context, wait time.Duration, changed <-chan struct{}) error {
	if wait > maxWait {
		return &heldError{wait}
	}
	if wait > longWait && p.held != nil && p.news(time.Now().Add(wait)) {
		p.held(ctx, wait)
	}
	return sleep(ctx, wait, changed)
}

// news reports whether a wait until then has not been logged yet.
func (p *pace) news(until time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !until.After(p.logged.Add(grain)) {
		return false
	}
	p.logged = until
	return true
}

// answered takes note of the end of an attempt that was sent at sent.
func (p *pace) answered(sent time.Time, accepted, throttled bool, w wishes) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.inFlight--
	if w.window {
		p.windowSize = w.size
		p.count(w.remaining, now.Add(min(w.reset, maxWait)))
	}
	if w.hold > 0 {
		p.hold(now.Add(w.hold))
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

func (p *pace) hold(until time.Time) {
	if until.After(p.heldUntil) {
		p.heldUntil = until
	}
}

// count takes note of how many calls are left until the end of a window.
func (p *pace) count(remaining int, end time.Time) {
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

// slowDown lowers the limit, once for all calls that were sent under the old one.
func (p *pace) slowDown(now, sent time.Time) {
	current := p.ceiling
	if p.slow != 0 {
		if !sent.After(p.slowedAt) || now.Sub(p.slowedAt) < time.Second {
			return
		}
		current = p.limiter.Limit()
	}
	unlimited := p.limiter.Limit() == rate.Inf
	target := rate.Limit(decrease * float64(len(p.lastSecond(now))))
	switch {
	case p.slow == 0:
		// The calls may have begun only just now, and the last second has too few.
		target = max(target, firstGuess)
	case now.Sub(p.heldUntil) < time.Second:
		// Part of the last second was spent waiting.
		target = max(target, current/2)
	}
	p.slow = max(min(target, current), slowest)
	p.slowedAt = now
	p.spare = 0
	p.limit(now, p.slow)
	if unlimited {
		// The calls in flight have not been counted by any limit, but the platform
		// counts them. Nothing is sent for the time they take up under the new one.
		seconds := min(float64(p.inFlight)/float64(p.slow), 1)
		p.hold(now.Add(time.Duration(seconds * float64(time.Second))))
	}
}

// recover raises the limit by the time that passed without throttling.
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

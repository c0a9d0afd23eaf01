package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"terraform-provider-chat/internal/chat"
)

// Gathering has five terms:
//
//   - An input is one thing that a caller wants done: one user to register, one contact to add.
//   - A queue holds the inputs that may travel in the same call: those of one operation
//     and, for relations, of one owner.
//   - A batch is a number of inputs that travel in one call.
//   - A slot is the right of a queue to have one batch under way.
//   - A subject is what an input is about. Inputs about the same subject are sent one
//     after the other, in the order in which they came, also across operations: a
//     contact that is added and then removed is gone.
//
// There are no timers. An input leaves at once while a slot is free. What arrives while
// all slots are taken, or while the pace holds the next batch back, leaves together.

// gatherer is what all operations share.
type gatherer struct {
	slots int
	off   bool
	pacer chat.Pacer // nil if nothing holds calls back
	key   func(username string) string
	grace func(context.Context) (context.Context, context.CancelFunc)
	// Reads that are shared are to be forgotten after changes of users: loginsOf when the
	// password or the activation of users changes, relations when users come or go.
	loginsOf  []func(usernames []string)
	relations []func()

	mu sync.Mutex // guards everything in queues and inputs, too
	// subjects holds the unsettled inputs about each subject, in the order in which they
	// came. Only the first of them is in its queue or under way.
	subjects map[subject][]waiting
}

// subject is what an input is about; relation is empty if the order does not matter.
type subject struct{ relation, owner, name string }

// waiting is an input of any operation.
type waiting interface {
	isWithdrawn() bool
	enter()     // puts it in its queue
	startNext() // starts what its queue holds
}

func newGatherer(inner *chat.Service, options Options) *gatherer {
	return &gatherer{
		slots: options.Slots, off: options.Off, pacer: inner.Pacer, key: inner.Platform.UserKey, grace: inner.Grace,
		subjects: map[subject][]waiting{},
	}
}

// limit is the limit of a call, or that of a single input if gathering is off.
func (g *gatherer) limit(l chat.Limit) chat.Limit {
	if g.off {
		return chat.Limit{}
	}
	return l
}

// release lets the next inputs about subjects go. The caller holds the lock.
func (g *gatherer) release(ended []subject) {
	var next []waiting
	for _, s := range ended {
		if s.relation == "" {
			continue
		}
		rest := g.subjects[s][1:]
		for len(rest) > 0 && rest[0].isWithdrawn() {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			delete(g.subjects, s)
			continue
		}
		g.subjects[s] = rest
		rest[0].enter()
		next = append(next, rest[0])
	}
	for _, w := range next { // only now, so that they travel together
		w.startNext()
	}
}

// operation is one bulk call of a platform.
type operation[In, Out any] struct {
	*gatherer
	// describe is the verb phrase of one input, for errors.
	describe func(owner string, in In) string
	about    func(owner string, in In) subject
	limit    chat.Limit
	// slots is how many calls of a queue may be under way; 0 is the gatherer's.
	slots int
	size  func(In) int // in bytes
	call  func(ctx context.Context, owner string, ins []In) ([]Out, error)
	// settle, if set, finds out what became of inputs whose answer was lost. The call
	// was begun at begun. ctx outlives that of the call by the grace period.
	settle func(ctx context.Context, ins []In, results []result[Out], begun time.Time)

	queues map[string]*queue[In, Out] // by owner
}

// result is what became of an input.
type result[Out any] struct {
	out Out
	err error
	// again reports that the call failed for the whole batch and that another input may
	// be the cause.
	again bool
}

// errorOf is the error of an input, whether the whole call failed or this input.
func errorOf[Out any](r result[Out]) error {
	if r.err != nil {
		return r.err
	}
	switch out := any(r.out).(type) {
	case error:
		return out
	case chat.UserResult:
		return out.Err
	}
	return nil
}

// queue gathers the inputs of one operation, and of one owner if the operation has owners.
type queue[In, Out any] struct {
	operation *operation[In, Out]
	owner     string
	paced     bool
	pending   []*input[In, Out]
	parts     [][]*input[In, Out] // of batches that are taken apart
	busy      int                 // slots in use
	admission context.CancelFunc  // of the batch that waits for the pace, nil if none does
}

// input is one input on its way through a queue.
type input[In, Out any] struct {
	queue     *queue[In, Out]
	value     In
	subject   subject
	caller    *caller
	batch     *batch // nil while it is not under way
	result    result[Out]
	settled   bool
	withdrawn bool // its caller no longer wants it sent
}

// caller is one plural call of a caller.
type caller struct {
	ctx  context.Context
	open int // inputs that are not settled
	done chan struct{}
}

// batch is one bulk call under way.
type batch struct {
	wanted    int // inputs whose callers still want them
	begun     time.Time
	interrupt context.CancelFunc
}

// do sends inputs and says what became of each.
func (o *operation[In, Out]) do(ctx context.Context, owner string, ins []In) []result[Out] {
	if len(ins) == 0 {
		return nil
	}
	c := &caller{ctx: ctx, open: len(ins), done: make(chan struct{})}
	inputs := make([]*input[In, Out], len(ins))
	o.mu.Lock()
	defer o.mu.Unlock()
	q := o.queueOf(owner)
	for i, in := range ins {
		inputs[i] = &input[In, Out]{queue: q, value: in, caller: c, subject: o.about(owner, in)}
	}
	if ctx.Err() == nil {
		for _, in := range inputs {
			in.lineUp()
		}
		q.startNext() // only now, so that they travel together
		o.await(ctx, c.done)
		if ctx.Err() != nil && c.open > 0 {
			q.withdraw(inputs)
			o.awaitSent(ctx, c)
		}
	}

	results := make([]result[Out], len(ins))
	for i, in := range inputs {
		switch results[i] = in.result; {
		case in.settled:
		case in.batch != nil: // the grace period ended first
			results[i] = result[Out]{err: chat.For(in.batch.lost(context.Cause(ctx)), in.describe(), unanswered, in.inherit)}
		default:
			results[i] = result[Out]{err: in.givenUp()}
		}
	}
	return results
}

// await waits without the lock until done is closed or ctx ends.
func (o *operation[In, Out]) await(ctx context.Context, done <-chan struct{}) {
	o.mu.Unlock()
	defer o.mu.Lock()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// awaitSent waits for what was sent: it may have taken effect.
func (o *operation[In, Out]) awaitSent(ctx context.Context, c *caller) {
	if c.open == 0 {
		return
	}
	late, cancel := o.grace(ctx)
	defer cancel()
	o.await(late, c.done)
}

// slotsOf is how many calls of a queue may be under way.
func (o *operation[In, Out]) slotsOf() int {
	if o.slots > 0 {
		return o.slots
	}
	return o.gatherer.slots
}

// queueOf finds the queue of an owner. If a call takes one input there is nothing to
// gather, and every caller gets slots of its own.
func (o *operation[In, Out]) queueOf(owner string) *queue[In, Out] {
	if o.limit.Items <= 1 {
		return &queue[In, Out]{operation: o, owner: owner}
	}
	key := o.key(owner)
	q, ok := o.queues[key]
	if !ok {
		q = &queue[In, Out]{operation: o, owner: owner, paced: o.pacer != nil}
		if o.queues == nil {
			o.queues = map[string]*queue[In, Out]{}
		}
		o.queues[key] = q
	}
	return q
}

// describe is the verb phrase of the input, for errors.
func (in *input[In, Out]) describe() string {
	return in.queue.operation.describe(in.queue.owner, in.value)
}

// lineUp puts the input in its queue, or behind the others about its subject.
func (in *input[In, Out]) lineUp() {
	if in.subject.relation != "" {
		g := in.queue.operation.gatherer
		g.subjects[in.subject] = append(g.subjects[in.subject], in)
		if len(g.subjects[in.subject]) > 1 {
			return
		}
	}
	in.enter()
}

func (in *input[In, Out]) enter()            { in.queue.pending = append(in.queue.pending, in) }
func (in *input[In, Out]) isWithdrawn() bool { return in.withdrawn }
func (in *input[In, Out]) startNext()        { in.queue.startNext() }

// withdraw takes the inputs of a caller out of the queue. Those under way stay; a
// batch that no caller wants any more is interrupted: it is not repeated.
func (q *queue[In, Out]) withdraw(inputs []*input[In, Out]) {
	var ended []subject
	for _, in := range inputs {
		if in.settled {
			continue
		}
		in.withdrawn = true
		if in.batch == nil {
			in.caller.open--
		} else if in.batch.wanted--; in.batch.wanted == 0 {
			in.batch.interrupt()
		}
	}
	waits := func(in *input[In, Out]) bool {
		if in.withdrawn {
			ended = append(ended, in.subject)
		}
		return in.withdrawn
	}
	q.pending = slices.DeleteFunc(q.pending, waits)
	for i := range q.parts {
		q.parts[i] = slices.DeleteFunc(q.parts[i], waits)
	}
	q.parts = slices.DeleteFunc(q.parts, func(part []*input[In, Out]) bool { return len(part) == 0 })
	q.operation.release(ended)
	if q.admission != nil && q.first() == nil {
		q.admission()
	}
}

// first is the input that leaves next, nil if none waits.
func (q *queue[In, Out]) first() *input[In, Out] {
	switch {
	case len(q.parts) > 0:
		return q.parts[0][0]
	case len(q.pending) > 0:
		return q.pending[0]
	}
	return nil
}

// startNext sends what waits while a slot is free. If there is a pace, one batch at a
// time waits for it, and takes along what arrives meanwhile. The caller holds the lock.
func (q *queue[In, Out]) startNext() {
	for q.busy < q.operation.slotsOf() && q.admission == nil && q.first() != nil {
		q.busy++
		ctx, cancel := context.WithCancel(context.WithoutCancel(q.first().caller.ctx))
		if q.paced {
			q.admission = cancel
			go q.admit(ctx, cancel)
		} else {
			go q.send(ctx, q.take(cancel))
		}
	}
}

// admit waits for the pace and sends what is there by then.
func (q *queue[In, Out]) admit(ctx context.Context, cancel context.CancelFunc) {
	defer cancel()
	o := q.operation
	release := func() {}
	admitted, err := guarded("wait for the pace of the platform", func() (admitted context.Context, err error) {
		admitted, release, err = o.pacer.Admit(ctx)
		return admitted, err
	})
	if err == nil {
		defer release()
	}

	o.mu.Lock()
	q.admission = nil
	if ctx.Err() != nil { // everybody left; who came since needs another admission
		q.busy--
		q.startNext()
		o.mu.Unlock()
		return
	}
	inputs := q.take(cancel)
	q.startNext()
	if err != nil {
		q.finish(inputs, q.failed(inputs, err))
		o.mu.Unlock()
		return
	}
	o.mu.Unlock()
	q.send(admitted, inputs)
}

// take removes the next batch from the queue: no two inputs about the same subject,
// and no more than the limit allows. The caller holds the lock.
func (q *queue[In, Out]) take(interrupt context.CancelFunc) []*input[In, Out] {
	var taken []*input[In, Out]
	if len(q.parts) > 0 {
		taken, q.parts = q.parts[0], q.parts[1:]
	} else {
		limit := q.operation.limit
		var skipped []*input[In, Out]
		seen := map[subject]bool{}
		bytes, next := len("[]"), 0
		for ; next < len(q.pending) && len(taken) < max(1, limit.Items); next++ {
			in := q.pending[next]
			if seen[in.subject] {
				skipped = append(skipped, in)
				continue
			}
			bytes += q.operation.size(in.value)
			if limit.Bytes > 0 && bytes > limit.Bytes && len(taken) > 0 {
				break
			}
			seen[in.subject] = true
			taken = append(taken, in)
		}
		q.pending = slices.Concat(skipped, q.pending[next:])
	}
	b := &batch{wanted: len(taken), begun: time.Now(), interrupt: interrupt}
	for _, in := range taken {
		in.batch = b
	}
	return taken
}

// send makes one call. Its context ends when all of its callers have gone.
func (q *queue[In, Out]) send(ctx context.Context, inputs []*input[In, Out]) {
	b := inputs[0].batch
	defer b.interrupt()
	o := q.operation
	late, cancel := o.grace(ctx)
	defer cancel()
	ins := make([]In, len(inputs))
	for i, in := range inputs {
		ins[i] = in.value
	}
	outs, err := o.try(ctx, q.owner, ins, b)
	results := q.failed(inputs, err)
	if err == nil {
		for i, out := range outs {
			results[i].out = out
		}
	}
	if o.settle != nil {
		o.settle(late, ins, results, b.begun)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	q.finish(inputs, results)
}

// try makes the call of a batch. A panic, or an answer that is not about its inputs,
// leaves open what became of them.
func (o *operation[In, Out]) try(ctx context.Context, owner string, ins []In, b *batch) (outs []Out, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = b.lost(fmt.Errorf("panic: %v", p))
		} else if err == nil && len(outs) != len(ins) {
			err = b.lost(fmt.Errorf("%d results for %d inputs", len(outs), len(ins)))
		}
	}()
	return o.call(ctx, owner, ins)
}

// lost is the error of a batch whose outcome is not known.
func (b *batch) lost(cause error) error {
	return &chat.Error{Kind: chat.ErrUnavailable, MaybeApplied: true, SentAt: b.begun, Err: cause}
}

// unanswered marks the error of a batch that is still under way.
func unanswered(e *chat.Error) { e.Unanswered = true }

// separable are the failures of a whole call that one of its inputs can be to blame for.
var separable = []error{chat.ErrInvalid, chat.ErrAlreadyExists, chat.ErrNotFound, chat.ErrUnsupported, chat.ErrTooLarge}

// failed gives each input the failure of its call.
func (q *queue[In, Out]) failed(inputs []*input[In, Out], err error) []result[Out] {
	results := make([]result[Out], len(inputs))
	if err == nil {
		return results
	}
	again := len(inputs) > 1 && slices.ContainsFunc(separable, func(kind error) bool { return errors.Is(err, kind) })
	for i, in := range inputs {
		results[i] = result[Out]{err: chat.For(err, in.describe()), again: again}
	}
	return results
}

// finish frees the slot of a batch and gives every input its result, or sends it again
// in a smaller batch. The caller holds the lock.
func (q *queue[In, Out]) finish(inputs []*input[In, Out], results []result[Out]) {
	q.busy--
	var again []*input[In, Out]
	var ended []subject
	for i, in := range inputs {
		in.batch = nil
		if _, before := chat.Unsettled(in.result.err); before {
			if err := errorOf(results[i]); err != nil {
				results[i].err = chat.For(err, in.describe(), in.inherit)
			}
		}
		in.result = results[i]
		if in.result.again {
			if !in.withdrawn {
				again = append(again, in)
				continue
			}
			in.result.err = in.givenUp() // another input may be to blame
		}
		ended = append(ended, in.subject)
		in.settled = true
		if in.caller.open--; in.caller.open == 0 {
			close(in.caller.done)
		}
	}
	if half := len(again) / 2; half > 0 {
		q.parts = append(q.parts, again[:half:half])
		again = again[half:]
	}
	if len(again) > 0 {
		q.parts = append(q.parts, again)
	}
	q.operation.release(ended)
	q.startNext()
}

// givenUp is the error of an input that is not sent, or not sent again, because its
// caller left.
func (in *input[In, Out]) givenUp() error {
	err := cancelled(in.caller.ctx, in.describe())
	in.inherit(err)
	return err
}

// inherit makes the error of the input unsettled if that of a batch that was taken apart
// is: whatever became of the input later, the batch may have taken effect for it.
func (in *input[In, Out]) inherit(e *chat.Error) {
	var before *chat.Error
	if errors.As(in.result.err, &before) && before.MaybeApplied {
		e.MaybeApplied, e.SentAt = true, before.SentAt
		e.Unanswered = e.Unanswered || before.Unanswered
	}
}

// quotedSize is the size of a name in a JSON list, in bytes.
func quotedSize(name string) int {
	quoted, _ := json.Marshal(name) // a string never fails
	return len(quoted) + len(",")
}

// errorsOf are the results of an operation that returns nothing else.
func errorsOf(results []result[error]) ([]error, error) {
	errs := make([]error, len(results))
	for i, r := range results {
		errs[i] = r.out
		if r.err != nil {
			errs[i] = r.err
		}
	}
	return errs, nil
}

package bulk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"terraform-provider-chat/internal/chat"
)

// desk is what all queues share.
type desk struct {
	lines int
	pacer chat.Pacer // nil where nothing holds calls back
	key   func(username string) string

	mu sync.Mutex // guards everything in queues and items, too
	// turns holds, first come first served, the inputs about one user (or contact,
	// or block). Only the first of them is in a queue or on its way.
	turns map[turn][]held
}

// turn is what two inputs have in common that must not overtake each other.
type turn struct{ about, owner, name string }

// held is an input of any kind that waits for its turn.
type held interface {
	abandoned() bool
	enqueue()
	kick()
}

// pass ends turns and lets go those that waited for them. The caller holds the lock.
func (d *desk) pass(ended []turn) {
	var next []held
	for _, t := range ended {
		if t.about == "" {
			continue
		}
		waiting := d.turns[t][1:]
		for len(waiting) > 0 && waiting[0].abandoned() {
			waiting = waiting[1:]
		}
		if len(waiting) == 0 {
			delete(d.turns, t)
			continue
		}
		d.turns[t] = waiting
		waiting[0].enqueue()
		next = append(next, waiting[0])
	}
	for _, h := range next { // only now, so that they travel together
		h.kick()
	}
}

// kind is one bulk call of a platform.
type kind[In, Out any] struct {
	*desk
	op string
	// about is what the inputs are about: kinds of the same respect each other's
	// turns. Empty where order does not matter.
	about  string
	limit  chat.Limit
	name   func(In) string
	size   func(In) int // in bytes
	call   func(ctx context.Context, owner string, ins []In) ([]Out, error)
	queues map[string]*queue[In, Out] // by owner
}

// queue gathers inputs of one kind, for one owner where the kind has owners.
type queue[In, Out any] struct {
	*kind[In, Out]
	owner     string
	paced     bool
	pending   []*item[In, Out]
	halves    [][]*item[In, Out] // of calls that are taken apart
	busy      int                // lines in use
	admission context.CancelFunc // of the line that waits for the pace, nil if none does
}

// item is one input on its way through a queue.
type item[In, Out any] struct {
	*queue[In, Out]
	result[Out]
	in      In
	turn    turn
	ticket  *ticket
	flight  *flight // nil while it is not on its way
	settled bool
	gone    bool // its caller left
}

type result[Out any] struct {
	out Out
	err error
}

// ticket is one plural call of a caller.
type ticket struct {
	ctx  context.Context
	open int
	done chan struct{}
}

// flight is one bulk call on its way.
type flight struct {
	wanted int // inputs whose callers still wait
	cancel context.CancelFunc
}

// do sends inputs and tells what became of each.
func (k *kind[In, Out]) do(ctx context.Context, owner string, ins []In) []result[Out] {
	if len(ins) == 0 {
		return nil
	}
	t := &ticket{ctx: ctx, open: len(ins), done: make(chan struct{})}
	items := make([]*item[In, Out], len(ins))
	k.mu.Lock()
	defer k.mu.Unlock()
	q := k.queueOf(owner)
	for i, in := range ins {
		items[i] = &item[In, Out]{queue: q, in: in, ticket: t, turn: turn{k.about, k.key(owner), k.key(k.name(in))}}
	}
	if ctx.Err() == nil {
		for _, it := range items {
			it.lineUp()
		}
		q.kick() // only now, so that they travel together
		k.mu.Unlock()
		select {
		case <-t.done:
		case <-ctx.Done():
		}
		k.mu.Lock()
	}

	results := make([]result[Out], len(ins))
	for i, it := range items {
		if !it.settled {
			it.err = left(ctx, k.op, k.name(it.in), it.flight != nil)
			it.leave()
		}
		results[i] = it.result
	}
	if t.open > 0 {
		q.sweep()
	}
	return results
}

// queueOf finds the queue of an owner. Where a call takes one input there is nothing
// to gather, and every caller gets lines of its own.
func (k *kind[In, Out]) queueOf(owner string) *queue[In, Out] {
	if k.limit.Items <= 1 {
		return &queue[In, Out]{kind: k, owner: owner}
	}
	q, ok := k.queues[k.key(owner)]
	if !ok {
		q = &queue[In, Out]{kind: k, owner: owner, paced: k.pacer != nil}
		if k.queues == nil {
			k.queues = map[string]*queue[In, Out]{}
		}
		k.queues[k.key(owner)] = q
	}
	return q
}

// lineUp puts the item in its queue, or behind the one whose turn it is.
func (it *item[In, Out]) lineUp() {
	if it.about != "" {
		it.turns[it.turn] = append(it.turns[it.turn], it)
		if len(it.turns[it.turn]) > 1 {
			return
		}
	}
	it.enqueue()
}

func (it *item[In, Out]) enqueue() { it.pending = append(it.pending, it) }

func (it *item[In, Out]) abandoned() bool { return it.gone }

// leave forgets the caller of an item. A call nobody waits for any more is cancelled.
func (it *item[In, Out]) leave() {
	it.gone = true
	if it.flight == nil {
		return
	}
	if it.flight.wanted--; it.flight.wanted == 0 {
		it.flight.cancel()
	}
}

// sweep drops from the queue what its callers left behind.
func (q *queue[In, Out]) sweep() {
	var ended []turn
	abandoned := func(it *item[In, Out]) bool {
		if it.gone {
			ended = append(ended, it.turn)
		}
		return it.gone
	}
	q.pending = slices.DeleteFunc(q.pending, abandoned)
	for i := range q.halves {
		q.halves[i] = slices.DeleteFunc(q.halves[i], abandoned)
	}
	q.halves = slices.DeleteFunc(q.halves, func(half []*item[In, Out]) bool { return len(half) == 0 })
	q.pass(ended)
	if q.admission != nil && q.first() == nil {
		q.admission()
	}
}

// first is the item that leaves next, nil if none waits.
func (q *queue[In, Out]) first() *item[In, Out] {
	switch {
	case len(q.halves) > 0:
		return q.halves[0][0]
	case len(q.pending) > 0:
		return q.pending[0]
	}
	return nil
}

// kick sends what waits while a line is free. Where there is a pace, one line at a
// time waits for it, and takes along what arrives meanwhile. The caller holds the lock.
func (q *queue[In, Out]) kick() {
	for q.busy < q.lines && q.admission == nil && q.first() != nil {
		q.busy++
		ctx, cancel := context.WithCancel(context.WithoutCancel(q.first().ticket.ctx))
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
	release := func() {}
	admitted, err := guarded(q.op, func() (admitted context.Context, err error) {
		admitted, release, err = q.pacer.Admit(ctx)
		return admitted, err
	})
	if err == nil {
		defer release()
	}

	q.mu.Lock()
	q.admission = nil
	if ctx.Err() != nil { // everybody left; whoever came since needs another admission
		q.busy--
		q.kick()
		q.mu.Unlock()
		return
	}
	batch := q.take(cancel)
	q.kick()
	if err != nil {
		q.land(batch, nil, err)
	}
	q.mu.Unlock()
	if err == nil {
		q.send(admitted, batch)
	}
}

// take seals a batch: half of a failed call, or as much of what waits as one call
// holds, without two inputs about the same user.
func (q *queue[In, Out]) take(cancel context.CancelFunc) []*item[In, Out] {
	var batch []*item[In, Out]
	if len(q.halves) > 0 {
		batch, q.halves = q.halves[0], q.halves[1:]
	} else {
		var skipped []*item[In, Out]
		seen := map[turn]bool{}
		bytes, next := len("[]"), 0
		for ; next < len(q.pending) && len(batch) < max(1, q.limit.Items); next++ {
			it := q.pending[next]
			if seen[it.turn] {
				skipped = append(skipped, it)
				continue
			}
			bytes += q.size(it.in)
			if q.limit.Bytes > 0 && bytes > q.limit.Bytes && len(batch) > 0 {
				break
			}
			seen[it.turn] = true
			batch = append(batch, it)
		}
		q.pending = slices.Concat(skipped, q.pending[next:])
	}
	f := &flight{wanted: len(batch), cancel: cancel}
	for _, it := range batch {
		it.flight = f
	}
	return batch
}

// send makes one call. Its context ends when all of its callers have gone.
func (q *queue[In, Out]) send(ctx context.Context, batch []*item[In, Out]) {
	defer batch[0].flight.cancel()
	ins := make([]In, len(batch))
	for i, it := range batch {
		ins[i] = it.in
	}
	outs, err := guarded(q.op, func() ([]Out, error) { return q.call(ctx, q.owner, ins) })
	if err == nil && len(outs) != len(ins) {
		err = broken(q.op, fmt.Errorf("%d results for %d inputs", len(outs), len(ins)))
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.land(batch, outs, err)
}

// land frees the line of a batch and gives everyone what is theirs, or takes a
// batch apart that failed because of some of its inputs. The caller holds the lock.
func (q *queue[In, Out]) land(batch []*item[In, Out], outs []Out, err error) {
	q.busy--
	apart := err != nil && len(batch) > 1 && slices.ContainsFunc(separable, func(kind error) bool { return errors.Is(err, kind) })
	var again []*item[In, Out]
	var ended []turn
	for i, it := range batch {
		it.flight = nil
		if apart && !it.gone {
			again = append(again, it)
			continue
		}
		ended = append(ended, it.turn)
		if it.gone {
			continue
		}
		it.settled = true
		if err != nil {
			it.err = errorOf(err, q.name(it.in), len(batch))
		} else {
			it.out = outs[i]
		}
		if it.ticket.open--; it.ticket.open == 0 {
			close(it.ticket.done)
		}
	}
	if half := len(again) / 2; half > 0 {
		q.halves = append(q.halves, again[:half:half])
		again = again[half:]
	}
	if len(again) > 0 {
		q.halves = append(q.halves, again)
	}
	q.pass(ended)
	q.kick()
}

// separable are the failures of a whole call that one of its inputs can be to blame for.
var separable = []error{chat.ErrInvalid, chat.ErrAlreadyExists, chat.ErrNotFound, chat.ErrUnsupported, chat.ErrTooLarge}

// errorOf is the failure of a call for several inputs, told to one of them.
func errorOf(err error, user string, inputs int) error {
	var e *chat.Error
	if !errors.As(err, &e) || inputs == 1 && len(e.Users) > 0 {
		return err
	}
	own := *e
	own.Users = []string{user}
	return &own
}

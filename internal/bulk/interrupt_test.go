package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
)

func createIn(ctx context.Context, s *chat.Service, name string) error {
	results, _ := s.Users.Create(ctx, []chat.NewUser{newUser(name)})
	return results[0].Err
}

// checkNotSent checks the error of an input that was withdrawn before it was sent.
func checkNotSent(t *testing.T, err error, cause error) {
	t.Helper()
	var e *chat.Error
	if !errors.As(err, &e) || !errors.Is(err, cause) || e.MaybeApplied || !e.SentAt.IsZero() {
		t.Errorf("got %+v, want %v before anything was sent", err, cause)
	}
}

// outcome is what a caller got, and when.
type outcome struct {
	errs []error
	at   time.Duration
}

// start begins a plural registration.
func start(ctx context.Context, f *fake, s *chat.Service, names ...string) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		users := make([]chat.NewUser, len(names))
		for i, name := range names {
			users[i] = newUser(name)
		}
		results, err := s.Users.Create(ctx, users)
		if err != nil {
			panic(err)
		}
		o := outcome{at: f.elapsed()}
		for _, r := range results {
			o.errs = append(o.errs, r.Err)
		}
		done <- o
	}()
	synctest.Wait()
	return done
}

// Of four inputs of one caller one is under way, one waits for a slot, one waits behind
// another of the same subject, and one is both in one call with a sibling's.
func TestInterruptedCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		s := bulk.New(f.service(), bulk.Options{Slots: 1})
		ctx, cancel := context.WithCancel(t.Context())
		first := start(t.Context(), f, s, "first") // takes the slot
		sibling := start(t.Context(), f, s, "sibling")
		underWay := start(ctx, f, s, "mine", "other")
		time.Sleep(T + T/4) // both are under way
		queued := start(ctx, f, s, "queued", "mine")
		cancel()
		synctest.Wait()

		select {
		case o := <-queued:
			for _, err := range o.errs {
				checkNotSent(t, err, context.Canceled)
			}
		default:
			t.Error("a caller waits for what was not sent")
		}
		select {
		case o := <-underWay:
			t.Errorf("a caller left what was sent: %v", o.errs)
		default:
		}
		for name, done := range map[string]<-chan outcome{"first": first, "sibling": sibling, "under way": underWay} {
			o := <-done
			must(t, errors.Join(o.errs...))
			if want := map[bool]time.Duration{true: T, false: 2 * T}[name == "first"]; o.at != want {
				t.Errorf("%s ended at %v, want %v", name, o.at, want)
			}
		}
		time.Sleep(5 * T)
		if diff := cmp.Diff([]int{3, 1}, f.sizes("CreateUsers")); diff != "" {
			t.Error(diff)
		}
		if f.has("queued") || !f.has("mine") || !f.has("other") || !f.has("sibling") {
			t.Errorf("users are %v", f.order)
		}
		for _, c := range f.seen() {
			if c.interrupted {
				t.Errorf("the call for %v was interrupted, although somebody waits for it", c.names)
			}
		}
		create(t, s, "queued") // nothing waits for an input that was withdrawn
		must(t, s.Users.Update(t.Context(), "queued", chat.Settings{}))
	})
}

// The client is not to repeat a call that nobody wants any more, but what it sent is
// waited for.
func TestCallNobodyWantsIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		s := bulk.New(f.service(), bulk.Options{Slots: 1})
		start(t.Context(), f, s, "first")
		ctx, cancel := context.WithCancel(t.Context())
		callers := []<-chan outcome{start(ctx, f, s, "ann"), start(ctx, f, s, "bob")}
		time.Sleep(T + T/4)
		cancel()
		for _, done := range callers {
			o := <-done
			must(t, o.errs[0])
			if o.at != 2*T {
				t.Errorf("ended at %v", o.at)
			}
		}
		last := f.seen("CreateUsers")[1]
		if !last.interrupted || len(last.names) != 2 || !f.has("ann") || !f.has("bob") {
			t.Errorf("%+v, users are %v", last, f.order)
		}
		create(t, s, "next") // the slot is free
	})
}

// Callers leave one after the other: only the last of them interrupts the call.
func TestLastCallerInterrupts(t *testing.T) {
	for stay := range 2 {
		t.Run(fmt.Sprint(stay, " stay"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 0)
				s := bulk.New(f.service(), bulk.Options{Slots: 1})
				start(t.Context(), f, s, "first")
				for i := range 3 {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					start(ctx, f, s, nth(i))
					if i >= stay {
						time.AfterFunc(T/4+T+time.Duration(i)*time.Millisecond, cancel)
					}
				}
				time.Sleep(5 * T)
				if last := f.seen("CreateUsers")[1]; last.interrupted != (stay == 0) || len(last.names) != 3 {
					t.Errorf("%+v", last)
				}
			})
		})
	}
}

func TestEndedContextSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		s := bulk.New(f.service(), bulk.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		checkNotSent(t, createIn(ctx, s, "ann"), context.Canceled)
		if _, err := s.Statuses.Of(ctx, []string{"ann"}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		create(t, s, "ann")
		if f.count() != 1 {
			t.Errorf("%d calls", f.count())
		}
	})
}

// The first batch is done, the second is under way, the third waits.
func TestInterruptedPluralCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		s := bulk.New(f.service(), bulk.Options{Slots: 1})
		ctx, cancel := context.WithTimeout(t.Context(), T+T/4)
		defer cancel()
		results, err := s.Users.Create(ctx, newUsers(0, 180))
		must(t, err)
		for i, r := range results {
			if i < 120 {
				must(t, r.Err)
				continue
			}
			checkNotSent(t, r.Err, context.DeadlineExceeded)
		}
		if f.elapsed() != 2*T || f.count() != 2 {
			t.Errorf("left after %v and %d calls", f.elapsed(), f.count())
		}
	})
}

// What takes longer than the grace period is left, and not known.
func TestGraceRunsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		var calls atomic.Int32
		f.fail = func(string, []string) ([]error, error) {
			if calls.Add(1) == 1 {
				time.Sleep(10 * grace) // whatever becomes of the context
			}
			return nil, nil
		}
		s := bulk.New(f.service(), bulk.Options{Slots: 1})
		time.Sleep(T)
		ctx, cancel := context.WithTimeout(t.Context(), 7*T)
		defer cancel()
		errs, err := s.Users.Delete(ctx, []string{"ann"})
		must(t, err)
		var e *chat.Error
		if !errors.As(errs[0], &e) || !errors.Is(e, context.DeadlineExceeded) || !e.MaybeApplied || !e.Unanswered || e.SentAt.Sub(f.born) != T || e.Op != `delete user "ann"` {
			t.Errorf("got %+v", errs[0])
		}
		if took := f.elapsed() - T; took != 7*T+grace {
			t.Errorf("left after %v", took)
		}
		errs, err = s.Users.Delete(t.Context(), []string{"ann"}) // neither the slot nor the subject is lost
		must(t, errors.Join(append(errs, err)...))
	})
}

// A batch that is taken apart when its caller leaves is not sent again.
func TestInterruptedWhileTakenApart(t *testing.T) {
	for _, at := range []time.Duration{T / 4, 3 * T / 4, 7 * T / 4} {
		t.Run(at.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 0)
				f.fail = func(_ string, names []string) ([]error, error) {
					return nil, &chat.Error{Op: "register users", Kind: chat.ErrTooLarge}
				}
				s := bulk.New(f.service(), bulk.Options{Slots: 1})
				ctx, cancel := context.WithTimeout(t.Context(), at)
				defer cancel()
				results, err := s.Users.Create(ctx, newUsers(0, 60))
				must(t, err)
				for _, c := range f.seen() {
					if c.at >= at {
						t.Errorf("a call at %v, although its caller left at %v", c.at, at)
					}
				}
				for i, r := range results {
					// What was sent alone failed for a reason of its own.
					alone := slices.ContainsFunc(f.seen(), func(c call) bool { return slices.Equal(c.names, nths(i, i+1)) })
					if alone != errors.Is(r.Err, chat.ErrTooLarge) {
						t.Errorf("%s: %v", nth(i), r.Err)
					}
					if !alone {
						var e *chat.Error
						if !errors.As(r.Err, &e) || !errors.Is(r.Err, context.DeadlineExceeded) || e.MaybeApplied {
							t.Errorf("%s: %v", nth(i), r.Err)
						}
					}
				}
				calls := f.count()
				f.fail = nil
				results, err = s.Users.Create(t.Context(), newUsers(0, 60)) // no subject is lost
				must(t, err)
				for _, r := range results {
					must(t, r.Err)
				}
				if f.count() != calls+1 {
					t.Errorf("%d calls", f.count()-calls)
				}
			})
		})
	}
}

// What is not sent again may have taken effect already, if an attempt before the one
// that was refused was lost.
func TestInterruptedWhileTakenApart_mayHaveTakenEffect(t *testing.T) {
	for _, at := range []time.Duration{T / 4, 3 * T / 4} { // under way, and waiting to be sent again
		t.Run(at.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 10)
				f.fail = func(_ string, names []string) ([]error, error) {
					return nil, &chat.Error{Op: "add blocks", Kind: chat.ErrNotFound, MaybeApplied: true, SentAt: f.born}
				}
				s := bulk.New(f.service(), bulk.Options{Slots: 1})
				ctx, cancel := context.WithTimeout(t.Context(), at)
				defer cancel()
				errs, err := s.Blocks.Add(ctx, nth(0), chat.Refs(nths(1, 9)...))
				must(t, err)
				for _, err := range errs {
					var e *chat.Error
					if !errors.As(err, &e) || !errors.Is(e, context.DeadlineExceeded) || !e.MaybeApplied || !e.SentAt.Equal(f.born) {
						t.Errorf("got %+v", err)
					}
				}
			})
		})
	}
}

// If one of several callers leaves, the others' inputs are sent again without its own.
func TestTakenApartWithoutWhoLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		f.fail = func(_ string, names []string) ([]error, error) {
			if len(names) > 1 {
				return nil, &chat.Error{Op: "register users", Kind: chat.ErrTooLarge}
			}
			return nil, nil
		}
		s := bulk.New(f.service(), bulk.Options{Slots: 1})
		start(t.Context(), f, s, "first")
		ctx, cancel := context.WithTimeout(t.Context(), T+T/4)
		defer cancel()
		each(3, func(i int) {
			if i > 0 {
				create(t, s, nth(i))
				return
			}
			checkNotSent(t, createIn(ctx, s, nth(i)), context.DeadlineExceeded)
		})
		if diff := cmp.Diff([]int{3, 1, 1, 1}, f.sizes("CreateUsers")); diff != "" || f.has(nth(0)) {
			t.Error(diff)
		}
	})
}

// Inputs that wait behind others about the same subject leave without a trace, wherever
// they stand.
func TestInterruptedBehindTheSameSubject(t *testing.T) {
	for leaves := range 4 {
		t.Run(nth(leaves), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 0)
				s := bulk.New(f.service(), bulk.Options{})
				// Create, delete, create, delete: each waits for the one before.
				each(4, func(i int) {
					time.Sleep(time.Duration(i) * time.Millisecond)
					ctx := t.Context()
					if i == leaves {
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeout(ctx, T/2)
						defer cancel()
					}
					var err error
					if i%2 == 0 {
						err = createIn(ctx, s, "ann")
					} else {
						var errs []error
						errs, err = s.Users.Delete(ctx, []string{"Ann"})
						err = errors.Join(err, errs[0])
					}
					switch {
					case i == leaves && i > 0:
						checkNotSent(t, err, context.DeadlineExceeded)
					case i == 2 && leaves == 1: // it was not deleted
						if !errors.Is(err, chat.ErrAlreadyExists) {
							t.Errorf("%d: %v", i, err)
						}
					default:
						must(t, err)
					}
				})
				var ops []string
				for _, c := range f.seen() {
					ops = append(ops, c.op)
				}
				want := []string{"CreateUsers", "DeleteUsers", "CreateUsers", "DeleteUsers"}
				if leaves > 0 {
					want = slices.Delete(want, leaves, leaves+1)
				}
				if diff := cmp.Diff(want, ops); diff != "" {
					t.Error(diff)
				}
				if f.has("ann") != (leaves == 3) {
					t.Errorf("users are %v", f.order)
				}
			})
		})
	}
}

// While the pace holds a batch back, callers come and go.
func TestInterruptedWhileThePaceHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &paced{fake: newFake(t, 0), interval: 4 * T}
		s := bulk.New(f.service(), bulk.Options{})
		create(t, s, "first")
		ctx, cancel := context.WithTimeout(t.Context(), T)
		defer cancel()
		left := start(ctx, f.fake, s, "ann", "bob")
		stays := start(t.Context(), f.fake, s, "eve")
		o := <-left
		for _, err := range o.errs {
			checkNotSent(t, err, context.DeadlineExceeded)
		}
		if o.at != 2*T {
			t.Errorf("left at %v", o.at)
		}
		must(t, errors.Join((<-stays).errs...))
		synctest.Wait()
		if diff := cmp.Diff([]int{1, 1}, f.sizes("CreateUsers")); diff != "" || f.admitted != 2 || f.released != 2 {
			t.Errorf("%d admitted, %d released, %s", f.admitted, f.released, diff)
		}
	})
}

func TestPaceIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &paced{fake: newFake(t, 0), interval: T}
		s := bulk.New(f.service(), bulk.Options{})
		create(t, s, "first")
		ctx, cancel := context.WithTimeout(t.Context(), T/4)
		defer cancel()
		f.next = f.next.Add(T)
		checkNotSent(t, createIn(ctx, s, "ann"), context.DeadlineExceeded)
		create(t, s, "bob") // joins no admission that was given up
		synctest.Wait()
		if f.count() != 2 || f.has("ann") || f.admitted != f.released {
			t.Errorf("%d calls, users are %v, %d admitted, %d released", f.count(), f.order, f.admitted, f.released)
		}
	})
}

// Relations are interrupted like users.
func TestInterruptedRelation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 200)
		s := bulk.New(f.service(), bulk.Options{Slots: 1})
		ctx, cancel := context.WithTimeout(t.Context(), T/2)
		defer cancel()
		errs, err := s.Contacts.Add(ctx, nth(0), chat.Refs(nths(1, 100)...))
		must(t, err)
		for i, err := range errs {
			if i < 60 {
				must(t, err)
				continue
			}
			checkNotSent(t, err, context.DeadlineExceeded)
		}
		if len(f.contacts[nth(0)]) != 60 || f.elapsed() != T {
			t.Errorf("%d contacts after %v", len(f.contacts[nth(0)]), f.elapsed())
		}
	})
}

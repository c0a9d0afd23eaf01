package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
)

func create(t *testing.T, s *chat.Service, name string) {
	t.Helper()
	must(t, createErr(s, name))
}

func createErr(s *chat.Service, name string) error {
	results, err := s.Users.Create(context.Background(), []chat.NewUser{newUser(name)})
	if err != nil {
		return fmt.Errorf("whole call: %w", err)
	}
	if results[0].Err == nil && results[0].User.Username != strings.ToLower(name) {
		return fmt.Errorf("asked for %s, got %s", name, results[0].User.Username)
	}
	return results[0].Err
}

func TestGathersWhatWaitsForASlot(t *testing.T) {
	tests := []struct {
		name    string
		slots   int
		callers int
		sizes   []int
		took    time.Duration
	}{
		{"one goes at once", 10, 1, []int{1}, T},
		{"never slower than one call each", 10, 10, []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, T},
		{"the rest leaves together", 10, 70, []int{60, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 2 * T},
		{"one slot", 1, 61, []int{60, 1}, 2 * T},
		{"full calls side by side", 2, 122, []int{60, 60, 1, 1}, 2 * T},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 0)
				s := bulk.New(f.service(), bulk.Options{Slots: test.slots})
				each(test.callers, func(i int) { create(t, s, nth(i)) })
				if diff := cmp.Diff(test.sizes, f.sizes("CreateUsers")); diff != "" {
					t.Error(diff)
				}
				if f.elapsed() != test.took {
					t.Errorf("took %v, want %v", f.elapsed(), test.took)
				}
			})
		})
	}
}

func TestTenSlotsByDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		s := bulk.New(f.service(), bulk.Options{})
		each(12, func(i int) { create(t, s, nth(i)) })
		if got := f.sizes("CreateUsers"); len(got) != 11 || got[0] != 2 {
			t.Errorf("calls of %v", got)
		}
	})
}

func TestPacksPluralCalls(t *testing.T) {
	tests := []struct {
		name  string
		limit chat.Limit
		users int
		calls int
		took  time.Duration
	}{
		{"easemob", chat.Limit{Items: 60}, 1000, 17, 2 * T},
		{"jmessage", chat.Limit{Items: 500}, 1000, 2, T},
		{"by bytes", chat.Limit{Items: 60, Bytes: 102}, 1000, 100, 10 * T}, // 10 bytes a user
		{"by bytes, not quite", chat.Limit{Items: 60, Bytes: 101}, 90, 10, T},
		{"larger than a call", chat.Limit{Items: 60, Bytes: 5}, 20, 20, 2 * T},
		{"one by one", chat.Limit{Items: 1}, 25, 25, 3 * T},
		{"no limit given", chat.Limit{}, 25, 25, 3 * T},
		{"none", chat.Limit{Items: 60}, 0, 0, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 0)
				f.limits.CreateUsers = test.limit
				s := bulk.New(f.service(), bulk.Options{})
				results, err := s.Users.Create(t.Context(), newUsers(0, test.users))
				must(t, err)
				if len(results) != test.users {
					t.Fatalf("%d results", len(results))
				}
				for i, r := range results {
					if r.Err != nil || r.User.Username != nth(i) {
						t.Fatalf("result %d: %+v", i, r)
					}
				}
				if f.count() != test.calls || f.elapsed() != test.took {
					t.Errorf("%d calls in %v, want %d in %v", f.count(), f.elapsed(), test.calls, test.took)
				}
			})
		})
	}
}

func TestBytesOfNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 1)
		f.limits.AddBlocks = chat.Limit{Items: 60, Bytes: 64}
		s := bulk.New(f.service(), bulk.Options{})
		names := nths(0, 100)
		for i := range names {
			names[i] += strings.Repeat("\"", i%7) // quotes are two bytes
		}
		errs, err := s.Blocks.Add(t.Context(), nth(0), chat.Refs(names...))
		must(t, errors.Join(append(errs, err)...))
		for _, c := range f.seen() {
			size := jsonSize(c.names)
			if size > 64 {
				t.Errorf("call %v has %d bytes", c.names, size)
			}
		}
		if sizes := f.sizes("AddBlocks"); sizes[len(sizes)-2] < 3 {
			t.Errorf("calls of %v are not full", sizes)
		}
	})
}

func TestOnePerCallIsNotQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		f.limits.CreateUsers.Items = 1
		s := bulk.New(f.service(), bulk.Options{})
		each(50, func(i int) { create(t, s, nth(i)) })
		if f.count() != 50 || f.elapsed() != T {
			t.Errorf("%d calls in %v", f.count(), f.elapsed())
		}
	})
}

func TestOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &paced{fake: newFake(t, 0)}
		s := bulk.New(f.service(), bulk.Options{Off: true})
		_, err := s.Users.Create(t.Context(), newUsers(0, 30))
		must(t, err)
		if f.count() != 30 || f.elapsed() != 3*T || f.admitted != 0 {
			t.Errorf("%d calls in %v, %d admitted", f.count(), f.elapsed(), f.admitted)
		}
		each(30, func(i int) {
			_, err := s.Users.Get(t.Context(), nth(i), chat.Basic)
			must(t, err)
			_, err = s.Contacts.List(t.Context(), nth(1))
			must(t, err)
			_, err = s.Blocks.List(t.Context(), nth(1))
			must(t, err)
		})
		for _, op := range []string{"GetUser", "Contacts", "Blocks"} {
			if f.count(op) != 30 {
				t.Errorf("%d times %s", f.count(op), op)
			}
		}
		if f.count("ListUsers") != 0 {
			t.Error("read ahead")
		}
	})
}

func TestEveryKind(t *testing.T) {
	ctx := context.Background()
	one := func(errs []error, err error) error { return errors.Join(append(errs, err)...) }
	kinds := map[string]func(s *chat.Service, owner, name string) error{
		"CreateUsers": func(s *chat.Service, _, name string) error { return createErr(s, "new-"+name) },
		"DeleteUsers": func(s *chat.Service, _, name string) error { return one(s.Users.Delete(ctx, []string{name})) },
		"AddContacts": func(s *chat.Service, owner, name string) error {
			return one(s.Contacts.Add(ctx, owner, chat.Refs(name)))
		},
		"RemoveContacts": func(s *chat.Service, owner, name string) error {
			return one(s.Contacts.Remove(ctx, owner, chat.Refs(name)))
		},
		"AddBlocks": func(s *chat.Service, owner, name string) error { return one(s.Blocks.Add(ctx, owner, chat.Refs(name))) },
		"RemoveBlocks": func(s *chat.Service, owner, name string) error {
			return one(s.Blocks.Remove(ctx, owner, chat.Refs(name)))
		},
		"Statuses": func(s *chat.Service, _, name string) error {
			statuses, err := s.Statuses.Of(ctx, []string{name})
			if err == nil && statuses[0] != chat.Online {
				return errors.New("wrong status")
			}
			return err
		},
	}
	owners := map[string]int{"AddContacts": 2, "RemoveContacts": 2, "AddBlocks": 2, "RemoveBlocks": 2}
	for kind, do := range kinds {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 200)
				s := bulk.New(f.service(), bulk.Options{Slots: 1})
				each(80, func(i int) { must(t, do(s, nth(100+i%2), nth(i))) })
				// One call at once, then the rest; of each owner, where there are owners.
				want := []int{60, 19, 1}
				if owners[kind] == 2 {
					want = []int{39, 39, 1, 1}
				}
				if diff := cmp.Diff(want, f.sizes(kind)); diff != "" || f.count() != len(want) {
					t.Error(diff)
				}
			})
		})
	}
}

func TestPassesThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 3)
		inner := f.service()
		s := bulk.New(inner, bulk.Options{})
		ctx := t.Context()
		must(t, s.Users.SetPassword(ctx, nth(0), "secret"))
		must(t, s.Users.SetActivated(ctx, nth(0), true))
		must(t, s.Users.Update(ctx, nth(0), chat.Settings{}))
		must(t, s.Contacts.SetNotes(ctx, nth(0), chat.Ref{Username: nth(1)}, chat.Notes{}))
		for range 2 {
			page, err := s.Users.List(ctx, "")
			must(t, err)
			if len(page.Items) != 3 {
				t.Errorf("%d users", len(page.Items))
			}
		}
		if f.count() != 6 {
			t.Errorf("%d calls", f.count())
		}
		if s.Platform != inner.Platform {
			t.Error("another platform")
		}
	})
}

func TestOrderPerUser(t *testing.T) {
	for _, limit := range []int{1, 60} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 0)
				f.limits.DeleteUsers.Items = limit
				s := bulk.New(f.service(), bulk.Options{})
				each(4, func(i int) {
					time.Sleep(time.Duration(i) * time.Millisecond)
					name := []string{"ann", "ANN"}[i/2] // another spelling of the same user
					if i%2 == 0 {
						create(t, s, name)
						return
					}
					errs, err := s.Users.Delete(t.Context(), []string{name})
					must(t, errors.Join(errs[0], err))
				})
				var ops []string
				for _, c := range f.seen() {
					ops = append(ops, c.op)
				}
				if diff := cmp.Diff([]string{"CreateUsers", "DeleteUsers", "CreateUsers", "DeleteUsers"}, ops); diff != "" {
					t.Error(diff)
				}
				if f.elapsed() != 4*T {
					t.Errorf("took %v", f.elapsed())
				}
			})
		})
	}
}

// A mutual edge is one thing, whichever end names the other.
func TestOrderOfMutualEdges(t *testing.T) {
	one := func(errs []error, err error) error { return errors.Join(append(errs, err)...) }
	for _, limit := range []int{1, 60} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 0)
				f.limits.RemoveContacts.Items = limit
				s := bulk.New(f.service(), bulk.Options{})
				ctx := t.Context()
				each(4, func(i int) {
					time.Sleep(time.Duration(i) * time.Millisecond)
					must(t, []func() error{
						func() error { return one(s.Contacts.Add(ctx, "ann", chat.Refs("bob"))) },
						func() error { return one(s.Contacts.Remove(ctx, "Bob", chat.Refs("Ann"))) },
						func() error { return one(s.Contacts.Add(ctx, "bob", chat.Refs("ann"))) },
						func() error { return one(s.Contacts.Remove(ctx, "ann", chat.Refs("BOB"))) },
					}[i]())
				})
				var ops []string
				for _, c := range f.seen() {
					ops = append(ops, c.op)
				}
				if diff := cmp.Diff([]string{"AddContacts", "RemoveContacts", "AddContacts", "RemoveContacts"}, ops); diff != "" {
					t.Error(diff)
				}
				if f.elapsed() != 4*T {
					t.Errorf("took %v", f.elapsed())
				}
			})
		})
	}
}

// What is not the same edge does not wait for another.
func TestOtherEdgesDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		s := bulk.New(f.service(), bulk.Options{})
		ctx := t.Context()
		one := func(errs []error, err error) error { return errors.Join(append(errs, err)...) }
		changes := []func() error{
			func() error { return one(s.Contacts.Add(ctx, "ann", chat.Refs("bob"))) },
			func() error { return one(s.Contacts.Remove(ctx, "ann", chat.Refs("eve"))) },
			func() error { return one(s.Contacts.Add(ctx, "bob", []chat.Ref{{AppKey: "other", Username: "ann"}})) },
			func() error {
				return one(s.Contacts.Remove(ctx, "ann", []chat.Ref{{AppKey: "other", Username: "bob"}}))
			},
			func() error { return one(s.Blocks.Add(ctx, "ann", chat.Refs("bob"))) },
			func() error { return one(s.Blocks.Remove(ctx, "bob", chat.Refs("ann"))) }, // blocks are not mutual
			func() error { return createErr(s, "ann") },
		}
		each(len(changes), func(i int) { must(t, changes[i]()) })
		if f.elapsed() != T || f.count() != len(changes) {
			t.Errorf("%d calls in %v", f.count(), f.elapsed())
		}
	})
}

func TestSameNameInOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		s := bulk.New(f.service(), bulk.Options{})
		results, err := s.Users.Create(t.Context(), []chat.NewUser{newUser("ann"), newUser("bob"), newUser("Ann")})
		must(t, err)
		must(t, results[0].Err)
		must(t, results[1].Err)
		if !errors.Is(results[2].Err, chat.ErrAlreadyExists) {
			t.Errorf("got %v", results[2].Err)
		}
		if diff := cmp.Diff([]int{2, 1}, f.sizes("CreateUsers")); diff != "" {
			t.Error(diff)
		}
		statuses, err := s.Statuses.Of(t.Context(), []string{"ann", "ann", "eve"})
		must(t, err)
		if diff := cmp.Diff([]chat.Status{chat.Online, chat.Online, chat.Offline}, statuses); diff != "" {
			t.Error(diff)
		}
	})
}

func TestHeldInputsTravelTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		s := bulk.New(f.service(), bulk.Options{})
		go func() { _, _ = s.Users.Create(t.Context(), newUsers(0, 50)) }()
		synctest.Wait()
		errs, err := s.Users.Delete(t.Context(), nths(0, 50))
		must(t, errors.Join(append(errs, err)...))
		if f.count("DeleteUsers") != 1 || f.elapsed() != 2*T {
			t.Errorf("%d calls in %v", f.count("DeleteUsers"), f.elapsed())
		}
	})
}

func TestEachCallerGetsItsOwnResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		f.fail = func(_ string, names []string) ([]error, error) {
			errs := make([]error, len(names))
			for i, name := range names {
				if strings.HasSuffix(name, "7") {
					errs[i] = &chat.Error{Op: chat.About("register user", name), Kind: chat.ErrInvalid}
				}
			}
			return errs, nil
		}
		s := bulk.New(f.service(), bulk.Options{Slots: 1})
		each(60, func(i int) {
			err := createErr(s, nth(i))
			if bad := i%10 == 7; bad != errors.Is(err, chat.ErrInvalid) || bad && !strings.Contains(err.Error(), nth(i)) {
				t.Errorf("%d: %v", i, err)
			}
		})
		if f.count() != 2 {
			t.Errorf("%d calls", f.count())
		}
	})
}

// A failure of a whole call is reported to every input of it as a failure of its own.
func TestErrorsNameTheirInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 10)
		f.fail = func(string, []string) ([]error, error) {
			return nil, &chat.Error{Op: "the call for all", Kind: chat.ErrThrottled, Status: 429}
		}
		s := bulk.New(f.service(), bulk.Options{Slots: 1})
		ctx, both := t.Context(), []string{"ann", "bob"}
		results, err := s.Users.Create(ctx, []chat.NewUser{newUser("ann"), newUser("bob")})
		must(t, err)
		deleted, err := s.Users.Delete(ctx, both)
		must(t, err)
		added, err := s.Contacts.Add(ctx, "eve", chat.Refs(both...))
		must(t, err)
		removed, err := s.Contacts.Remove(ctx, "eve", chat.Refs(both...))
		must(t, err)
		blocked, err := s.Blocks.Add(ctx, "eve", chat.Refs(both...))
		must(t, err)
		unblocked, err := s.Blocks.Remove(ctx, "eve", chat.Refs(both...))
		must(t, err)
		_, status := s.Statuses.Of(ctx, both)
		for op, err := range map[string]error{
			`register user "ann"`:                               results[0].Err,
			`register user "bob"`:                               results[1].Err,
			`delete user "bob"`:                                 deleted[1],
			`add user "bob" to the contacts of user "eve"`:      added[1],
			`remove user "bob" from the contacts of user "eve"`: removed[1],
			`add user "bob" to the blocks of user "eve"`:        blocked[1],
			`remove user "bob" from the blocks of user "eve"`:   unblocked[1],
			`read the status of user "ann"`:                     status,
		} {
			if !errors.Is(err, chat.ErrThrottled) || err.Error() != op+": throttled: HTTP 429" {
				t.Errorf("got %q, want %q", err, op+": throttled: HTTP 429")
			}
		}
	})
}

func TestTakesApart(t *testing.T) {
	guilty := func(kind error) func(string, []string) ([]error, error) {
		return func(_ string, names []string) ([]error, error) {
			for _, name := range names {
				if name == nth(17) {
					return nil, &chat.Error{Op: "register users", Kind: kind, Status: 400, Text: "one of them"}
				}
			}
			return nil, nil
		}
	}
	tooMany := func(_ string, names []string) ([]error, error) {
		if len(names) > 20 {
			return nil, &chat.Error{Op: "register users", Kind: chat.ErrTooLarge}
		}
		return nil, nil
	}
	tests := []struct {
		name   string
		fail   func(string, []string) ([]error, error)
		kind   error
		failed int
		calls  int
	}{
		// 60, 30+30, 15+15, 7+8, 3+4, 1+2, 1+1: 1 call and two more for every halving.
		{"invalid", guilty(chat.ErrInvalid), chat.ErrInvalid, 1, 13},
		{"already exists", guilty(chat.ErrAlreadyExists), chat.ErrAlreadyExists, 1, 13},
		{"not found", guilty(chat.ErrNotFound), chat.ErrNotFound, 1, 13},
		{"unsupported", guilty(chat.ErrUnsupported), chat.ErrUnsupported, 1, 13},
		{"too large", tooMany, chat.ErrTooLarge, 0, 7},
		{"unavailable", guilty(chat.ErrUnavailable), chat.ErrUnavailable, 60, 1},
		{"throttled", guilty(chat.ErrThrottled), chat.ErrThrottled, 60, 1},
		{"unauthorized", guilty(chat.ErrUnauthorized), chat.ErrUnauthorized, 60, 1},
		{"quota", guilty(chat.ErrQuota), chat.ErrQuota, 60, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 0)
				f.fail = test.fail
				s := bulk.New(f.service(), bulk.Options{})
				results, err := s.Users.Create(t.Context(), newUsers(0, 60))
				must(t, err)
				failed := 0
				for i, r := range results {
					if r.Err == nil {
						continue
					}
					failed++
					var e *chat.Error
					if !errors.Is(r.Err, test.kind) || !errors.As(r.Err, &e) || e.Op != fmt.Sprintf("register user %q", nth(i)) {
						t.Errorf("%d: %v", i, r.Err)
					}
				}
				// Whatever succeeded was sent once: a second time it would exist already.
				if failed != test.failed || f.count() != test.calls {
					t.Errorf("%d failed after %d calls, want %d after %d", failed, f.count(), test.failed, test.calls)
				}
				if f.elapsed() > 7*T {
					t.Errorf("took %v: halves wait for each other", f.elapsed())
				}
			})
		})
	}
}

func TestTakingApartSparesTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		f.fail = func(_ string, names []string) ([]error, error) {
			if slices.Contains(names, "bad") {
				return nil, &chat.Error{Op: "register users", Kind: chat.ErrInvalid}
			}
			return nil, nil
		}
		s := bulk.New(f.service(), bulk.Options{Slots: 1})
		each(60, func(i int) {
			if i == 30 {
				if err := createErr(s, "bad"); !errors.Is(err, chat.ErrInvalid) {
					t.Error(err)
				}
				return
			}
			create(t, s, nth(i))
		})
	})
}

// The first attempt of a batch may have taken effect without an answer, so that the next
// one is refused and the batch taken apart. What fails then stays unsettled.
func TestTakingApartDoesNotForgetThatABatchMayHaveTakenEffect(t *testing.T) {
	refused := func(op string) *chat.Error { return &chat.Error{Op: op, Kind: chat.ErrAlreadyExists, Status: 403} }
	for name, alone := range map[string]func(op string) ([]error, error){
		"throttled": func(op string) ([]error, error) {
			return nil, &chat.Error{Op: op, Kind: chat.ErrThrottled, Status: 429}
		},
		"refused":         func(op string) ([]error, error) { return nil, refused(op) },
		"refused as such": func(op string) ([]error, error) { return []error{refused(op)}, nil },
		"lost as well": func(op string) ([]error, error) {
			return nil, &chat.Error{Op: op, Kind: chat.ErrUnavailable, MaybeApplied: true, SentAt: time.Now()}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 10)
				f.fail = func(op string, names []string) ([]error, error) {
					switch {
					case op == "GetUser":
						return nil, nil
					case len(names) == 1:
						return alone(op)
					}
					e := refused(op)
					e.MaybeApplied, e.Unanswered, e.SentAt = true, true, f.born
					return nil, e
				}
				s := bulk.New(f.service(), bulk.Options{})
				check := func(what string, errs []error, err error) {
					t.Helper()
					must(t, err)
					for i, err := range errs {
						var e *chat.Error
						if !errors.As(err, &e) || !e.MaybeApplied || !e.Unanswered || !e.SentAt.Equal(f.born) {
							t.Errorf("%s %d: %+v", what, i, err)
						}
					}
				}
				results, err := s.Users.Create(t.Context(), newUsers(20, 23))
				must(t, err)
				for _, r := range results {
					check("registration", []error{r.Err}, nil)
				}
				errs, err := s.Users.Delete(t.Context(), nths(5, 8))
				check("deletion", errs, err)
				errs, err = s.Blocks.Add(t.Context(), nth(0), chat.Refs(nths(1, 4)...))
				check("block", errs, err)
			})
		})
	}
}

// What an answer that cannot be used leaves open is settled for registrations, and
// reported as it is for everything else. Neither the slot nor the subject is lost.
func TestBrokenAnswers(t *testing.T) {
	tests := map[string]func(string, []string) ([]error, error){
		"too few":  func(_ string, names []string) ([]error, error) { return make([]error, len(names)-1), nil },
		"too many": func(_ string, names []string) ([]error, error) { return make([]error, len(names)+1), nil },
		"panic":    func(string, []string) ([]error, error) { panic("oops") },
	}
	for name, fail := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &paced{fake: newFake(t, 0)}
				f.fail = func(op string, names []string) ([]error, error) {
					if op == "DeleteUsers" || op == "CreateUsers" {
						return fail(op, names)
					}
					return nil, nil
				}
				s := bulk.New(f.service(), bulk.Options{Slots: 1})
				for range 3 {
					errs, err := s.Users.Delete(t.Context(), nths(0, 3))
					must(t, err)
					for i, err := range errs {
						var e *chat.Error
						if !errors.As(err, &e) || !errors.Is(e, chat.ErrUnavailable) || !e.MaybeApplied || e.Op != fmt.Sprintf("delete user %q", nth(i)) {
							t.Errorf("got %+v", err)
						}
					}
				}
				results, err := s.Users.Create(t.Context(), newUsers(0, 3))
				must(t, err)
				for i, r := range results {
					_, unsettled := chat.Unsettled(r.Err)
					if unsettled || f.has(nth(i)) != (r.Err == nil) {
						t.Errorf("%s: %+v", nth(i), r)
					}
				}
				synctest.Wait()
				if f.admitted != 4 || f.released != 4 {
					t.Errorf("%d admitted, %d released", f.admitted, f.released)
				}
			})
		})
	}
}

func TestPaceMakesBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &paced{fake: newFake(t, 0), interval: 100 * time.Millisecond}
		f.latency = func(string) time.Duration { return 10 * time.Millisecond }
		s := bulk.New(f.service(), bulk.Options{})
		each(10, func(i int) {
			for n := range 20 {
				create(t, s, nth(100*i+n))
			}
		})
		synctest.Wait()
		// Ten callers create 200 users: the first call holds what was there, the others ten.
		if n := f.count(); n > 22 || f.elapsed() > 2200*time.Millisecond {
			t.Errorf("%d calls of %v in %v", n, f.sizes("CreateUsers"), f.elapsed())
		}
		if f.most != 1 || f.admitted != f.count() || f.released != f.admitted {
			t.Errorf("%d waited at once, %d admitted, %d released, %d calls", f.most, f.admitted, f.released, f.count())
		}
	})
}

func TestPaceThatDoesNotHoldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &paced{fake: newFake(t, 0)}
		s := bulk.New(f.service(), bulk.Options{})
		each(10, func(i int) {
			time.Sleep(time.Duration(i) * time.Millisecond)
			create(t, s, nth(i))
		})
		if f.count() != 10 || f.elapsed() != T+9*time.Millisecond {
			t.Errorf("%d calls in %v", f.count(), f.elapsed())
		}
	})
}

func TestPaceThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &paced{fake: newFake(t, 0), refuse: &chat.Error{Op: "wait", Kind: chat.ErrQuota}}
		s := bulk.New(f.service(), bulk.Options{})
		results, err := s.Users.Create(t.Context(), newUsers(0, 130))
		must(t, err)
		for i, r := range results {
			if !errors.Is(r.Err, chat.ErrQuota) || !strings.Contains(r.Err.Error(), nth(i)) {
				t.Errorf("%d: %v", i, r.Err)
			}
		}
		f.refuse = nil
		create(t, s, "ann")
	})
}

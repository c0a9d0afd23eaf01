package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
)

// readAll reads users by name, so many at a time.
func readAll(t *testing.T, s *chat.Service, names []string, readers int) {
	t.Helper()
	next := make(chan string)
	go func() {
		defer close(next)
		for _, name := range names {
			next <- name
		}
	}()
	each(readers, func(int) {
		for name := range next {
			u, err := s.Users.Get(t.Context(), name, chat.Basic)
			if err != nil || u.Username != name {
				t.Errorf("%s: %+v, %v", name, u, err)
			}
		}
	})
}

// settle lets pages land that nobody waits for any more.
func settle(t *testing.T) { t.Cleanup(func() { time.Sleep(10 * T) }) }

func shuffled(names []string, seed uint64) []string {
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names
}

func TestReadAheadPays(t *testing.T) {
	tests := []struct {
		name                 string
		users, page, readers int
		offsets              bool
		names                []string
		most                 int // requests
		took                 time.Duration
	}{
		{"one", 1000, 100, 1, false, nths(7, 8), 1, T},
		{"two", 1000, 100, 1, false, nths(0, 2), 2, 2 * T},
		{"all, shuffled", 1000, 100, 10, false, shuffled(nths(0, 1000), 1), 17, 15 * T},
		{"all, in order", 1000, 100, 10, false, nths(0, 1000), 17, 15 * T},
		{"all, backwards", 1000, 100, 10, false, reversed(nths(0, 1000)), 210, 30 * T}, // the worst order
		{"all, one reader", 1000, 100, 1, false, nths(0, 1000), 12, 12 * T},
		{"all, shuffled, one reader", 1000, 100, 1, false, shuffled(nths(0, 1000), 2), 25, 30 * T},
		{"all, by offset", 1000, 500, 10, true, shuffled(nths(0, 1000), 3), 4, 3 * T},
		{"many, by offset", 10_000, 500, 10, true, shuffled(nths(0, 10_000), 4), 45, 20 * T},
		{"a fifth", 5000, 100, 10, false, shuffled(nths(0, 5000), 5)[:1000], 160, 80 * T},
		{"few of very many", 100_000, 100, 10, false, shuffled(nths(0, 100_000), 6)[:50], 58, 20 * T},
		{"few of very many at once", 100_000, 100, 50, false, shuffled(nths(0, 100_000), 7)[:50], 58, 10 * T},
		{"few of very many, by offset", 100_000, 500, 10, true, shuffled(nths(0, 100_000), 8)[:50], 58, 15 * T},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				settle(t)
				f := newFake(t, test.users)
				f.limits.UserPage = test.page
				f.counted = test.offsets
				s := bulk.New(f.service(), bulk.Options{})
				readAll(t, s, test.names, test.readers)
				t.Logf("%d single, %d pages, %v", f.count("GetUser"), f.count("ListUsers"), f.elapsed())
				if f.count() > test.most || f.elapsed() > test.took {
					t.Errorf("%d requests in %v, want at most %d in %v", f.count(), f.elapsed(), test.most, test.took)
				}
			})
		})
	}
}

func reversed(names []string) []string {
	for i, j := 0, len(names)-1; i < j; i, j = i+1, j-1 {
		names[i], names[j] = names[j], names[i]
	}
	return names
}

// Whoever asks for n names, in whatever way, costs n+8 requests at most.
func TestReadAheadIsBounded(t *testing.T) {
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			settle(t)
			r := rand.New(rand.NewPCG(seed, 1))
			f := newFake(t, 1+r.IntN(3000))
			f.limits.UserPage = 1 + r.IntN(50)
			f.latency = func(string) time.Duration { return time.Duration(rand.Int64N(int64(T))) }
			f.counted = seed%2 == 0
			names := shuffled(nths(0, len(f.order)), seed)[:1+r.IntN(min(200, len(f.order)))]
			readAll(t, bulk.New(f.service(), bulk.Options{}), names, 1+r.IntN(30))
			if f.count() > len(names)+8 {
				t.Errorf("seed %d: %d requests for %d names", seed, f.count(), len(names))
			}
		})
	}
}

func TestPagesSideBySide(t *testing.T) {
	// After the first page, 20 names allow 7 more, and nobody is served before they land.
	for slots, pages := range map[int]int{10: 7, 3: 3} {
		synctest.Test(t, func(t *testing.T) {
			settle(t)
			f := newFake(t, 1000)
			f.counted = true
			s := bulk.New(f.service(), bulk.Options{Slots: slots})
			readAll(t, s, reversed(nths(900, 1000)), 20)
			at := map[time.Duration]int{}
			for _, c := range f.seen("ListUsers") {
				at[c.at]++
			}
			if at[T] != pages {
				t.Errorf("pages were asked for at %v", at)
			}
		})
	}
}

func TestOwnUsersNeedNoListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 1000)
		s := bulk.New(f.service(), bulk.Options{})
		each(50, func(i int) {
			name := fmt.Sprint("new", i)
			create(t, s, name)
			_, err := s.Users.Get(t.Context(), name, chat.Basic)
			must(t, err)
		})
		if f.count("ListUsers") != 0 || f.count("GetUser") != 50 {
			t.Errorf("%d pages, %d single", f.count("ListUsers"), f.count("GetUser"))
		}
	})
}

func TestLoneNameWaitsForOnePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 5000)
		s := bulk.New(f.service(), bulk.Options{})
		readAll(t, s, nths(0, 300), 10) // which allows hundreds of pages
		start, pages := f.elapsed(), f.count("ListUsers")
		readAll(t, s, nths(4999, 5000), 1)
		if took := f.elapsed() - start; took > 2*T || f.count("ListUsers") > pages+1 {
			t.Errorf("took %v and %d pages", took, f.count("ListUsers")-pages)
		}
	})
}

func TestNotListedIsAskedFor(t *testing.T) {
	for _, offsets := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(t, 300)
			f.counted = offsets
			s := bulk.New(f.service(), bulk.Options{})
			readAll(t, s, nths(0, 300), 10)
			f.put("stranger", time.Now()) // somebody else's
			pages := f.count("ListUsers")
			u, err := s.Users.Get(t.Context(), "Stranger", chat.Basic)
			must(t, err)
			if u.Username != "stranger" {
				t.Errorf("got %+v", u)
			}
			if _, err := s.Users.Get(t.Context(), "nobody", chat.Basic); !errors.Is(err, chat.ErrNotFound) {
				t.Errorf("got %v", err)
			}
			if pages != 3 || f.count("ListUsers") != pages {
				t.Errorf("%d pages, later %d", pages, f.count("ListUsers"))
			}
		})
	}
}

func TestNamesMatchByKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 100)
		s := bulk.New(f.service(), bulk.Options{})
		readAll(t, s, nths(0, 2), 1)
		u, err := s.Users.Get(t.Context(), strings.ToUpper(nth(50)), chat.Basic)
		must(t, err)
		if u.Username != nth(50) || f.count() != 2 {
			t.Errorf("got %s after %d requests", u.Username, f.count())
		}
	})
}

func TestListingFails(t *testing.T) {
	unauthorized := &chat.Error{Op: "list users", Kind: chat.ErrUnauthorized}
	tests := []struct {
		name  string
		fail  func(pages int, cursor string) error
		pages int // at most
		most  int
	}{
		{"at once", func(int, string) error { return unauthorized }, 2, 302},
		{"half way, for good", func(_ int, cursor string) error {
			if cursor == "100" {
				return unauthorized
			}
			return nil
		}, 3, 220},
		{"once", func(pages int, _ string) error {
			if pages == 2 {
				return unauthorized
			}
			return nil
		}, 4, 40},
		{"panics", func(int, string) error { panic("oops") }, 2, 302},
	}
	for _, offsets := range []bool{false, true} {
		for _, test := range tests {
			t.Run(fmt.Sprint(test.name, offsets), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					settle(t)
					f := newFake(t, 300)
					f.fail = func(op string, names []string) ([]error, error) {
						if op == "GetUser" {
							return nil, nil
						}
						return nil, test.fail(f.count("ListUsers"), names[0])
					}
					f.counted = offsets
					s := bulk.New(f.service(), bulk.Options{})
					readAll(t, s, shuffled(nths(0, 300), 9), 10)
					pages := f.count("ListUsers")
					if pages > test.pages+1 || !offsets && pages > test.pages || f.count() > test.most {
						t.Errorf("%d requests, %d of them pages", f.count(), pages)
					}
				})
			})
		}
	}
}

func TestWhoWaitsForAFailedPageAsksAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 300)
		f.fail = func(op string, _ []string) ([]error, error) {
			if op == "ListUsers" {
				return nil, &chat.Error{Op: "list users", Kind: chat.ErrUnavailable}
			}
			return nil, nil
		}
		readAll(t, bulk.New(f.service(), bulk.Options{}), nths(0, 10), 10)
		if f.count("ListUsers") != 1 || f.elapsed() != T/2+T { // a failing call takes half as long
			t.Errorf("%d pages, %v", f.count("ListUsers"), f.elapsed())
		}
	})
}

func TestReadsFail(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return &chat.Error{Op: "read", Kind: chat.ErrUnavailable} },
		"panic": func() error { panic("oops") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 100)
				f.fail = func(string, []string) ([]error, error) { return nil, fail() }
				s := bulk.New(f.service(), bulk.Options{})
				each(20, func(i int) {
					if _, err := s.Users.Get(t.Context(), nth(i), chat.Basic); !errors.Is(err, chat.ErrUnavailable) {
						t.Errorf("got %v", err)
					}
					if _, err := s.Contacts.List(t.Context(), nth(i)); !errors.Is(err, chat.ErrUnavailable) {
						t.Errorf("got %v", err)
					}
				})
				f.fail = nil
				readAll(t, s, nths(0, 20), 1)
				_, err := s.Contacts.List(t.Context(), nth(0))
				must(t, err)
			})
		})
	}
}

func TestProfiles(t *testing.T) {
	for _, listed := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(t, 1000)
			f.listsProfiles = listed
			s := bulk.New(f.service(), bulk.Options{})
			names := shuffled(nths(0, 1000), 10)
			each(10, func(i int) {
				for _, name := range names[i*100 : i*100+100] {
					u, err := s.Users.Get(t.Context(), name, chat.WithProfile)
					if err != nil || u.Profile == nil {
						t.Errorf("got %+v, %v", u, err)
					}
				}
			})
			if listed && f.count() > 17 || f.count() > 1008 {
				t.Errorf("listed %v: %d requests", listed, f.count())
			}
		})
	}
}

func TestListedWithoutProfile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 1000)
		s := bulk.New(f.service(), bulk.Options{})
		readAll(t, s, nths(0, 100), 10)
		before, start := f.count(), f.elapsed()
		_, err := s.Users.Get(t.Context(), nth(50), chat.WithProfile)
		must(t, err)
		if f.count() != before+1 || f.elapsed() != start+T {
			t.Errorf("%d requests in %v", f.count()-before, f.elapsed()-start)
		}
	})
}

func TestWhatIsWrittenIsReadAnew(t *testing.T) {
	nick := "new"
	writes := map[string]func(context.Context, *chat.Service, string) error{
		"UpdateUser": func(ctx context.Context, s *chat.Service, name string) error {
			return s.Users.Update(ctx, name, chat.Settings{Nickname: &nick})
		},
		"SetActivated": func(ctx context.Context, s *chat.Service, name string) error {
			return s.Users.SetActivated(ctx, name, false)
		},
		"DeleteUsers": func(ctx context.Context, s *chat.Service, name string) error {
			errs, err := s.Users.Delete(ctx, []string{name})
			return errors.Join(append(errs, err)...)
		},
		"CreateUsers": func(ctx context.Context, s *chat.Service, name string) error {
			results, err := s.Users.Create(ctx, []chat.NewUser{newUser(name)})
			return errors.Join(results[0].Err, err)
		},
	}
	state := func(t *testing.T, s *chat.Service, name string) string {
		u, err := s.Users.Get(t.Context(), strings.ToUpper(name), chat.Basic)
		if errors.Is(err, chat.ErrNotFound) {
			return "gone"
		}
		must(t, err)
		if u.Activated != nil {
			return "inactive"
		}
		return *u.Nickname
	}
	want := map[string]string{"UpdateUser": "new", "SetActivated": "inactive", "DeleteUsers": "gone", "CreateUsers": "nick of u000050"}
	for op, write := range writes {
		// Reads begin, the write begins and ends, and pages land, in every order.
		for _, begun := range []time.Duration{0, T / 4, 3 * T / 4, 5 * T / 4, 3 * T} {
			for _, slow := range []time.Duration{T, 3 * T} {
				t.Run(fmt.Sprint(op, begun, slow), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						f := newFake(t, 100)
						f.latency = func(op string) time.Duration {
							if op == "ListUsers" {
								return slow
							}
							return T
						}
						name := nth(50)
						if op == "CreateUsers" {
							delete(f.users, name)
							f.order = append(f.order[:50:50], f.order[51:]...)
						}
						s := bulk.New(f.service(), bulk.Options{})
						ctx := t.Context()
						for i := range 3 {
							go func() { _, _ = s.Users.Get(ctx, nth(i), chat.Basic) }()
							go func() { _, _ = s.Users.Get(ctx, name, chat.Basic) }()
						}
						time.Sleep(begun)
						done := make(chan error)
						go func() { done <- write(ctx, s, name) }()
						time.Sleep(T / 4)
						go func() { _, _ = s.Users.Get(ctx, name, chat.Basic) }() // must not be joined
						must(t, <-done)
						for range 3 {
							if got := state(t, s, name); got != want[op] {
								t.Errorf("read %q, want %q", got, want[op])
							}
							time.Sleep(T)
						}
					})
				})
			}
		}
	}
}

func TestSameNameIsReadOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 1000)
		s := bulk.New(f.service(), bulk.Options{})
		each(10, func(i int) {
			ctx, cancel := context.WithCancel(t.Context())
			if i%2 == 0 {
				ctx, cancel = context.WithTimeout(t.Context(), T/4) // whoever began the read may be one of these
			}
			defer cancel()
			u, err := s.Users.Get(ctx, nth(7), chat.Basic)
			switch {
			case i%2 == 0 && !errors.Is(err, context.DeadlineExceeded):
				t.Errorf("got %v", err)
			case i%2 == 1 && (err != nil || u.Username != nth(7)):
				t.Errorf("got %+v, %v", u, err)
			}
			if u != nil {
				if *u.Nickname != "nick of "+nth(7) {
					t.Error("spoiled")
				}
				*u.Nickname = "spoiled" // shows under -race if it is shared
			}
		})
		if f.count() != 1 || f.elapsed() != T {
			t.Errorf("%d requests in %v", f.count(), f.elapsed())
		}
	})
}

func TestReadNobodyWaitsForIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 1000)
		s := bulk.New(f.service(), bulk.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), T/4)
		defer cancel()
		each(10, func(i int) {
			if _, err := s.Users.Get(ctx, nth(i), chat.Basic); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			if _, err := s.Contacts.List(ctx, nth(i)); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
		time.Sleep(3 * T)
		for _, c := range f.seen() {
			if c.ended != (c.op == "ListUsers") { // which is of use to others
				t.Errorf("%s ended: %v", c.op, c.ended)
			}
		}
		before := f.count()
		readAll(t, s, nths(0, 100), 10)
		if f.count() != before {
			t.Errorf("%d requests", f.count()-before)
		}
	})
}

func TestUsersAreCopies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 10)
		yes, style, hour := true, chat.DisplayDetail, int64(3)
		f.users[nth(5)].Activated = &yes
		f.users[nth(5)].Push = &chat.Push{DisplayStyle: &style, DoNotDisturb: &yes, Start: &hour, End: &hour}
		f.listsProfiles = true
		s := bulk.New(f.service(), bulk.Options{})
		readAll(t, s, nths(0, 2), 1)
		for range 3 {
			u, err := s.Users.Get(t.Context(), nth(5), chat.WithProfile)
			must(t, err)
			if *u.Nickname != "nick of "+nth(5) || !*u.Activated || *u.Push.DisplayStyle != chat.DisplayDetail || *u.Push.Start != 3 || u.Profile.Gender != nil {
				t.Fatalf("spoiled: %+v", u)
			}
			male := chat.GenderMale
			*u.Nickname, *u.Activated, u.Profile.Gender = "", false, &male
			*u.Push.DisplayStyle, *u.Push.Start = "", 0
		}
		if f.count() != 2 {
			t.Errorf("%d requests", f.count())
		}
	})
}

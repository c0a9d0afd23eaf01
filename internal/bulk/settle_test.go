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

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
)

// loses makes a platform lose the answers of registrations after they took effect, the
// first of them or, if times is 0, all.
func (f *fake) loses(times int) {
	calls := 0
	f.lose = func(op string, _ []string) error {
		if op != "CreateUsers" {
			return nil
		}
		if calls++; times > 0 && calls > times {
			return nil
		}
		return &chat.Error{Op: "register users", Kind: chat.ErrUnavailable, Status: 502}
	}
}

// registers makes a platform register only the users for which do returns true.
func (f *fake) registers(do func(name string) bool) {
	f.fail = func(op string, names []string) ([]error, error) {
		errs := make([]error, len(names))
		for i, name := range names {
			if op == "CreateUsers" && !do(name) {
				errs[i] = &chat.Error{Op: chat.About("register user", name), Kind: chat.ErrInvalid}
			}
		}
		return errs, nil
	}
}

// checkOurs checks that a registration is known to have taken effect.
func checkOurs(t *testing.T, f *fake, name string, r chat.UserResult) {
	t.Helper()
	if r.Err != nil || r.User == nil || r.User.Username != name || !r.User.CreatedAt.Equal(f.users[name].CreatedAt) || !f.has(name) {
		t.Errorf("%s: %+v, want it registered", name, r)
	}
}

// checkFailed checks the error of a registration that is known to have had no effect.
func checkFailed(t *testing.T, name string, r chat.UserResult, kind error) {
	t.Helper()
	var e *chat.Error
	if r.User != nil || !errors.As(r.Err, &e) || !errors.Is(r.Err, kind) || e.MaybeApplied || e.Op != fmt.Sprintf("register user %q", name) {
		t.Errorf("%s: %+v, want %v without effect", name, r, kind)
	}
}

// checkUnsettled checks the error of a registration of which nothing is known but when it
// was sent.
func checkUnsettled(t *testing.T, name string, r chat.UserResult, sentAt time.Time) {
	t.Helper()
	var e *chat.Error
	if r.User != nil || !errors.As(r.Err, &e) || !e.MaybeApplied || !e.SentAt.Equal(sentAt) ||
		e.Op != fmt.Sprintf("register user %q", name) {
		t.Errorf("%s: %+v, want an unsettled registration sent at %s", name, r, sentAt)
	}
}

func TestLostRegistrationOfOneUser(t *testing.T) {
	for name, test := range map[string]struct {
		registered time.Duration // how long before the call somebody else registered the name; 0 if nobody did
		effect     bool
		unanswered bool
		unreadable bool
		check      func(t *testing.T, f *fake, r chat.UserResult)
	}{
		"that took effect": {effect: true, check: func(t *testing.T, f *fake, r chat.UserResult) { checkOurs(t, f, "ann", r) }},
		"that had no effect": {check: func(t *testing.T, f *fake, r chat.UserResult) {
			checkFailed(t, "ann", r, chat.ErrUnavailable)
		}},
		"that was not answered and took effect": {effect: true, unanswered: true, check: func(t *testing.T, f *fake, r chat.UserResult) {
			checkOurs(t, f, "ann", r)
		}},
		"that was not answered and may take effect later": {unanswered: true, check: func(t *testing.T, f *fake, r chat.UserResult) {
			checkUnsettled(t, "ann", r, f.born.Add(time.Minute))
		}},
		"that was not answered, of a name that somebody has": {registered: time.Minute, unanswered: true, check: func(t *testing.T, f *fake, r chat.UserResult) {
			checkFailed(t, "ann", r, chat.ErrAlreadyExists)
		}},
		"of a name that somebody has": {registered: time.Minute, check: func(t *testing.T, f *fake, r chat.UserResult) {
			checkFailed(t, "ann", r, chat.ErrAlreadyExists)
		}},
		"that took effect and cannot be read": {effect: true, unreadable: true, check: func(t *testing.T, f *fake, r chat.UserResult) {
			checkUnsettled(t, "ann", r, f.born.Add(time.Minute))
		}},
		"that had no effect and cannot be read": {unreadable: true, check: func(t *testing.T, f *fake, r chat.UserResult) {
			checkUnsettled(t, "ann", r, f.born.Add(time.Minute))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 0)
				time.Sleep(time.Minute)
				if test.registered > 0 {
					f.put("ann", time.Now().Add(-test.registered))
				}
				f.fail = func(op string, names []string) ([]error, error) {
					if op == "GetUser" && test.unreadable {
						return nil, &chat.Error{Op: "read user", Kind: chat.ErrThrottled}
					}
					if op == "CreateUsers" && !test.effect {
						return []error{errors.New("not registered")}, nil
					}
					return nil, nil
				}
				f.loses(0)
				if test.unanswered {
					f.lose = func(op string, _ []string) error {
						return &chat.Error{Op: op, Kind: chat.ErrThrottled, Status: 429, Unanswered: true} // an attempt before
					}
				}
				results, err := bulk.New(f.service(), bulk.Options{}).Users.Create(t.Context(), []chat.NewUser{newUser("ann")})
				must(t, err)
				test.check(t, f, results[0])
				if f.count("CreateUsers") != 1 || f.count("GetUser") != 1 || f.count() != 2 {
					t.Errorf("%v", f.seen())
				}
			})
		})
	}
}

// Who registered the name while our call waited to be sent was there before it.
func TestLostRegistrationThatWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		f.fail = func(op string, _ []string) ([]error, error) {
			if op != "CreateUsers" {
				return nil, nil
			}
			time.Sleep(time.Minute)
			f.put("ann", time.Now().Add(-time.Minute/2))
			return nil, &chat.Error{Op: "register user", Kind: chat.ErrUnavailable, MaybeApplied: true, SentAt: time.Now()}
		}
		results, err := bulk.New(f.service(), bulk.Options{}).Users.Create(t.Context(), []chat.NewUser{newUser("ann")})
		must(t, err)
		checkFailed(t, "ann", results[0], chat.ErrAlreadyExists)
	})
}

// A platform whose listing cannot be read from its end, and one whose can.
func TestLostRegistrationOfMany(t *testing.T) {
	onEachListing(t, 1000, func(t *testing.T, f *fake) {
		f.put(nth(2000), f.born) // somebody else's
		time.Sleep(time.Minute)
		f.registers(func(name string) bool { return name < nth(2030) })
		f.loses(0)
		s := bulk.New(f.service(), bulk.Options{})
		results, err := s.Users.Create(t.Context(), newUsers(2000, 2060))
		must(t, err)
		for i, r := range results {
			switch name := nth(2000 + i); {
			case i == 0:
				checkFailed(t, name, r, chat.ErrAlreadyExists)
			case i < 30:
				checkOurs(t, f, name, r)
			default:
				checkFailed(t, name, r, chat.ErrUnavailable)
			}
		}
		if singles := f.count("GetUser"); singles != map[bool]int{false: 60, true: 0}[f.counted] {
			t.Errorf("%d single reads", singles)
		}
	})
}

// Hundreds of lost registrations cost a few pages of the listing.
func TestLostRegistrationsAreListed(t *testing.T) {
	for _, test := range []struct {
		users   int
		counted bool
		pages   int // at most
	}{
		{0, false, 1}, // one page shows all
		{0, true, 1},
		{400, true, 3},
		{10_000, true, 3},
	} {
		t.Run(fmt.Sprintf("%d users, counted %v", test.users, test.counted), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, test.users)
				f.counted = test.counted
				f.limits.UserPage, f.limits.CreateUsers = 500, chat.Limit{Items: 500}
				f.loses(0)
				results, err := bulk.New(f.service(), bulk.Options{}).Users.Create(t.Context(), newUsers(test.users, test.users+500))
				must(t, err)
				for i, r := range results {
					checkOurs(t, f, nth(test.users+i), r)
				}
				if f.count("CreateUsers") != 1 || f.count("GetUser") != 0 || f.count("ListUsers") > test.pages {
					t.Errorf("%d single reads and %d pages, want 0 and at most %d", f.count("GetUser"), f.count("ListUsers"), test.pages)
				}
			})
		})
	}
}

// The listing may be longer than the total says, if that is not up to date.
func TestLostRegistrationsAreListed_beyondTheTotal(t *testing.T) {
	for _, claims := range []int{1000, 1150, 1199, 1200, 1230} {
		t.Run(fmt.Sprint(claims), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 1000)
				f.counted, f.claims = true, claims
				f.limits.CreateUsers.Items = 200
				f.loses(0)
				results, err := bulk.New(f.service(), bulk.Options{}).Users.Create(t.Context(), newUsers(2000, 2200))
				must(t, err)
				for i, r := range results {
					checkOurs(t, f, nth(2000+i), r)
				}
				if f.count("GetUser") != 0 || f.count("ListUsers") > 6 {
					t.Errorf("%d single reads and %d pages", f.count("GetUser"), f.count("ListUsers"))
				}
			})
		})
	}
}

// Pages may hold fewer users than the platform says.
func TestLostRegistrationsAreListed_onShortPages(t *testing.T) {
	for _, page := range []int{100, 37, 2, 1} {
		t.Run(fmt.Sprint(page), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 1000)
				f.counted = true
				f.limits.UserPage = page
				f.loses(0)
				inner := f.service()
				inner.Platform.Users.Page = 500
				results, err := bulk.New(inner, bulk.Options{}).Users.Create(t.Context(), newUsers(2000, 2060))
				must(t, err)
				for i, r := range results {
					checkOurs(t, f, nth(2000+i), r)
				}
				if singles := f.count("GetUser"); page > 2 && singles != 0 || f.count() > 1+1+60+60 {
					t.Errorf("%d single reads and %d pages", singles, f.count("ListUsers"))
				}
			})
		})
	}
}

// If the listing does not show them all, users are read one by one.
func TestLostRegistrationsThatAreNotListed(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(f *fake)
		pages   int // at most
	}{
		"the listing is not in order": {func(f *fake) {
			f.users[nth(995)].CreatedAt = f.born.Add(-1000 * time.Hour)
		}, 5},
		"some are without a time": {func(f *fake) {
			lose := f.lose
			f.lose = func(op string, names []string) error {
				for _, key := range f.order[1000:] {
					if key != nth(2000) && key != nth(2199) {
						f.users[key].Registration = chat.Registration{}
					}
				}
				return lose(op, names)
			}
		}, 3},
		"the listing fails": {func(f *fake) {
			fail := f.fail
			f.fail = func(op string, names []string) ([]error, error) {
				if op == "ListUsers" {
					return nil, &chat.Error{Op: "list users", Kind: chat.ErrUnavailable}
				}
				return fail(op, names)
			}
		}, 1},
		"its end fails": {func(f *fake) {
			fail := f.fail
			f.fail = func(op string, names []string) ([]error, error) {
				if op == "ListUsers" && names[0] != "0" {
					panic("oops")
				}
				return fail(op, names)
			}
		}, 2},
		"it claims to be longer than it is": {func(f *fake) { f.claims = 30_000_000 }, 2},
		"users are deleted meanwhile": {func(f *fake) {
			fail, pages := f.fail, 0
			f.fail = func(op string, names []string) ([]error, error) {
				if op == "ListUsers" {
					if pages++; pages == 3 {
						f.mu.Lock()
						for _, key := range f.order[:30] {
							delete(f.users, key)
						}
						f.order = f.order[30:]
						f.mu.Unlock()
					}
				}
				return fail(op, names)
			}
		}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 1000)
				f.counted = true
				f.limits.CreateUsers.Items = 200
				f.registers(func(name string) bool { return name != nth(2001) })
				f.loses(0)
				test.prepare(f)
				results, err := bulk.New(f.service(), bulk.Options{}).Users.Create(t.Context(), newUsers(2000, 2200))
				must(t, err)
				for i, r := range results {
					switch name := nth(2000 + i); {
					case i == 1:
						checkFailed(t, name, r, chat.ErrUnavailable)
					case f.users[name].CreatedAt.IsZero(): // whose it is cannot be known
						checkFailed(t, name, r, chat.ErrAlreadyExists)
					default:
						checkOurs(t, f, name, r)
					}
				}
				if f.count("GetUser") != 200 || f.count("ListUsers") > test.pages {
					t.Errorf("%d single reads and %d pages", f.count("GetUser"), f.count("ListUsers"))
				}
			})
		})
	}
}

// Listing the youngest never costs more than reading each user.
func TestSettlingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 10_000)
		f.counted = true
		for _, u := range f.users { // all of them, by others, while the call was on its way
			u.Until = f.born.Add(time.Hour)
		}
		f.loses(0)
		results, err := bulk.New(f.service(), bulk.Options{}).Users.Create(t.Context(), newUsers(20_000, 20_010))
		must(t, err)
		for i, r := range results {
			checkOurs(t, f, nth(20_000+i), r)
		}
		if f.count("GetUser") != 10 || f.count("ListUsers") > 11 {
			t.Errorf("%d single reads and %d pages", f.count("GetUser"), f.count("ListUsers"))
		}
	})
}

// Only inputs that are known to be missing are sent again: an attempt whose answer was
// lost registered some of them, so that the next attempt was refused.
func TestTakesApartOnlyWhatIsMissing(t *testing.T) {
	onEachListing(t, 1000, func(t *testing.T, f *fake) {
		f.put(nth(2007), f.born.Add(-time.Minute)) // somebody else's
		ours := nths(2000, 2005)
		missing := nths(2005, 2060)
		first := true
		f.fail = func(op string, names []string) ([]error, error) {
			switch {
			case op != "CreateUsers":
				return nil, nil
			case first:
				first = false
				f.mu.Lock()
				for _, name := range ours {
					f.put(name, time.Now())
				}
				f.mu.Unlock()
				return nil, &chat.Error{Op: "register users", Kind: chat.ErrAlreadyExists, MaybeApplied: true, SentAt: f.born}
			}
			for _, name := range names {
				if !slices.Contains(missing, name) {
					t.Errorf("%s is sent again", name)
				}
				if f.has(name) {
					return nil, &chat.Error{Op: "register users", Kind: chat.ErrAlreadyExists}
				}
			}
			return nil, nil
		}
		results, err := bulk.New(f.service(), bulk.Options{}).Users.Create(t.Context(), newUsers(2000, 2060))
		must(t, err)
		for i, r := range results {
			if name := nth(2000 + i); i == 7 {
				checkFailed(t, name, r, chat.ErrAlreadyExists)
			} else {
				checkOurs(t, f, name, r)
			}
		}
	})
}

// A registration whose answer is lost after its caller left is settled within the grace
// period.
func TestInterruptedRegistrationIsSettled(t *testing.T) {
	for name, test := range map[string]struct {
		latency time.Duration // of the registration; reading takes a second
		ends    time.Duration
		settled bool
	}{
		"in time":  {20 * time.Second, 21 * time.Second, true},
		"too late": {time.Second + grace - time.Millisecond, time.Second + grace, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 0)
				f.latency = func(op string) time.Duration {
					if op == "CreateUsers" {
						return test.latency
					}
					return T
				}
				f.loses(0)
				s := bulk.New(f.service(), bulk.Options{})
				ctx, cancel := context.WithTimeout(t.Context(), T)
				defer cancel()
				results, err := s.Users.Create(ctx, []chat.NewUser{newUser("ann")})
				must(t, err)
				if f.elapsed() != test.ends {
					t.Errorf("took %v, want %v", f.elapsed(), test.ends)
				}
				if test.settled {
					checkOurs(t, f, "ann", results[0])
				} else {
					checkUnsettled(t, "ann", results[0], f.born)
				}
				// Nothing is under way any more.
				calls := f.count()
				time.Sleep(time.Hour)
				if f.count() != calls {
					t.Errorf("%d calls later", f.count()-calls)
				}
			})
		})
	}
}

// A panic while users are read leaves their registrations open.
func TestSettlingPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		f.fail = func(op string, _ []string) ([]error, error) {
			if op == "GetUser" {
				panic("oops")
			}
			return nil, nil
		}
		f.loses(0)
		results, err := bulk.New(f.service(), bulk.Options{}).Users.Create(t.Context(), newUsers(0, 3))
		must(t, err)
		for i, r := range results {
			checkUnsettled(t, nth(i), r, f.born)
			if r.Err != nil && !strings.Contains(r.Err.Error(), "oops") {
				t.Errorf("got %v", r.Err)
			}
		}
	})
}

package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
)

// listAll lists users, at most so many.
func listAll(t *testing.T, s *chat.Service, most int) int {
	t.Helper()
	n := 0
	for _, err := range s.AllUsers(t.Context()) {
		must(t, err)
		if n++; n == most {
			break
		}
	}
	return n
}

func TestListedUsersAreNotReadAgain(t *testing.T) {
	for _, counted := range []bool{false, true} {
		for _, readers := range []int{1, 10} {
			t.Run(fmt.Sprint("counted ", counted, ", readers ", readers), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := newFake(t, 1000)
					f.counted = counted
					s := bulk.New(f.service(), bulk.Options{})
					if n := listAll(t, s, 0); n != 1000 {
						t.Errorf("%d users", n)
					}
					before := f.count()
					readAll(t, s, shuffled(nths(0, 1000), 1), readers)
					if f.count() != before {
						t.Errorf("%d further requests", f.count()-before)
					}
				})
			})
		}
	}
}

// Where the caller's reading stopped, the read-ahead goes on.
func TestPartlyListedUsers(t *testing.T) {
	onEachListing(t, 1000, func(t *testing.T, f *fake) {
		settle(t)
		s := bulk.New(f.service(), bulk.Options{})
		listAll(t, s, 350)
		readAll(t, s, nths(0, 1000), 10)
		cursors := map[string]int{}
		for _, c := range f.seen("ListUsers") {
			cursors[c.names[0]]++
		}
		// Pages of a counted list overlap by a user if they are read one after the other.
		if len(cursors) != 10 && len(cursors) != 11 {
			t.Errorf("pages %v", cursors)
		}
		for cursor, times := range cursors {
			if times > 1 {
				t.Errorf("page %s was read %d times", cursor, times)
			}
		}
	})
}

// Pages that a caller listed count like those that are read ahead: together they cost no
// more than 8 requests that are of no use.
func TestListedPagesCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		settle(t)
		f := newFake(t, 100_000)
		s := bulk.New(f.service(), bulk.Options{})
		listAll(t, s, 800)
		readAll(t, s, nths(50_000, 50_050), 10)
		if f.count("ListUsers") != 8 || f.count("GetUser") != 50 {
			t.Errorf("%d pages and %d single reads", f.count("ListUsers"), f.count("GetUser"))
		}
	})
}

// A caller lists users while others are read one by one.
func TestListedMeanwhile(t *testing.T) {
	onEachListing(t, 1000, func(t *testing.T, f *fake) {
		settle(t)
		s := bulk.New(f.service(), bulk.Options{})
		var wg sync.WaitGroup
		wg.Go(func() { listAll(t, s, 0) })
		wg.Go(func() { readAll(t, s, reversed(nths(0, 1000)), 10) })
		wg.Wait()
		before := f.count()
		readAll(t, s, nths(0, 1000), 10)
		if f.count() != before {
			t.Errorf("%d further requests", f.count()-before)
		}
	})
}

// Pages may be read in any order.
func TestListedOutOfOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		settle(t)
		f := newFake(t, 1000)
		f.counted = true
		s := bulk.New(f.service(), bulk.Options{})
		first, err := s.Users.List(t.Context(), "")
		must(t, err)
		for _, n := range []int{900, 50, 300, 800, 970} { // the first 150, 300 to 399, and the last 200
			_, err := s.Users.List(t.Context(), first.Skip(n))
			must(t, err)
		}
		before := f.count()
		readAll(t, s, slices.Concat(nths(0, 150), nths(300, 400), nths(800, 1000)), 10)
		if f.count() != before {
			t.Errorf("%d further requests", f.count()-before)
		}
		readAll(t, s, nths(0, 1000), 10)
		var read []int
		for _, c := range f.seen("ListUsers")[6:] {
			n, _ := strconv.Atoi(c.names[0])
			read = append(read, n)
		}
		slices.Sort(read)
		if len(read) == 0 || read[0] != 150 || slices.Contains(read, 0) || len(slices.Compact(read)) > 9 {
			t.Errorf("read ahead from %v", read)
		}
		if singles := f.count("GetUser"); singles > 100 {
			t.Errorf("%d single reads", singles)
		}
	})
}

// A name that is written to before, while or after it is listed is not served from the page.
func TestListedUserThatIsWrittenTo(t *testing.T) {
	nick := "new"
	for _, at := range []time.Duration{0, 2 * T, 9 * T / 4, 5 * T} { // the page is read from 2 to 3 seconds
		t.Run(at.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 100)
				s := bulk.New(f.service(), bulk.Options{})
				var wg sync.WaitGroup
				wg.Go(func() {
					time.Sleep(at)
					must(t, s.Users.Update(t.Context(), nth(50), chat.Settings{Nickname: &nick}))
				})
				wg.Go(func() {
					time.Sleep(2 * T)
					listAll(t, s, 0)
				})
				wg.Wait()
				before := f.count()
				u, err := s.Users.Get(t.Context(), nth(50), chat.Basic)
				must(t, err)
				if *u.Nickname != "new" || f.count() != before+1 {
					t.Errorf("read %q with %d requests", *u.Nickname, f.count()-before)
				}
				readAll(t, s, nths(51, 60), 3)
				if f.count() != before+1 {
					t.Errorf("%d requests for others", f.count()-before-1)
				}
			})
		})
	}
}

func TestListedUsersAreCopies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 10)
		s := bulk.New(f.service(), bulk.Options{})
		page, err := s.Users.List(t.Context(), "")
		must(t, err)
		*page.Items[5].Nickname, page.Items[6] = "spoiled", chat.User{}
		for i := range 10 {
			u, err := s.Users.Get(t.Context(), nth(i), chat.Basic)
			must(t, err)
			if u.Username != nth(i) || *u.Nickname != "nick of "+nth(i) {
				t.Errorf("got %s, %q", u.Username, *u.Nickname)
			}
		}
		if f.count() != 1 {
			t.Errorf("%d requests", f.count())
		}
	})
}

func TestListingThatFailsIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 10)
		f.fail = func(op string, _ []string) ([]error, error) {
			if op == "ListUsers" {
				return nil, &chat.Error{Op: "list users", Kind: chat.ErrUnauthorized}
			}
			return nil, nil
		}
		s := bulk.New(f.service(), bulk.Options{})
		if page, err := s.Users.List(t.Context(), ""); !errors.Is(err, chat.ErrUnauthorized) || page != nil {
			t.Errorf("got %v, %v", page, err)
		}
		readAll(t, s, nths(0, 1), 1)
	})
}

// endless is a platform that claims to have very many users.
type endless struct {
	fakeUsers
	page func(start int) *chat.Page[chat.User]
}

func (e endless) List(ctx context.Context, cursor string) (*chat.Page[chat.User], error) {
	start, _ := strconv.Atoi(cursor)
	var page *chat.Page[chat.User]
	err := e.reading(ctx, "ListUsers", "", []string{cursor}, func() { page = e.page(start) })
	return page, err
}

// Whatever a platform claims, work and memory are bounded by what is asked for.
func TestPlatformThatClaimsTooMuch(t *testing.T) {
	const claims = 30_000_000
	few := func(f *fake, start int) []chat.User {
		var users []chat.User
		for _, key := range f.order[min(start, len(f.order)):min(start+100, len(f.order))] {
			users = append(users, *f.users[key])
		}
		return users
	}
	for name, test := range map[string]struct {
		pages int // at most
		page  func(f *fake, start int) *chat.Page[chat.User]
	}{
		"pages beyond the end are empty": {12, func(f *fake, start int) *chat.Page[chat.User] {
			return &chat.Page[chat.User]{Items: few(f, start), Total: claims, Next: strconv.Itoa(start + 100), Skip: strconv.Itoa}
		}},
		"all pages are the first": {108, func(f *fake, start int) *chat.Page[chat.User] {
			return &chat.Page[chat.User]{Items: few(f, 0), Total: claims, Next: strconv.Itoa(start + 100), Skip: strconv.Itoa}
		}},
		"a cursor is repeated": {3, func(f *fake, start int) *chat.Page[chat.User] {
			return &chat.Page[chat.User]{Items: few(f, start), Total: -1, Next: strconv.Itoa(min(start+100, 200))}
		}},
		"cursors never end": {308, func(f *fake, start int) *chat.Page[chat.User] {
			return &chat.Page[chat.User]{Items: few(f, start), Total: -1, Next: strconv.Itoa(start + 100)}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				settle(t)
				f := newFake(t, 300)
				inner := f.service()
				inner.Users = endless{fakeUsers{f}, func(start int) *chat.Page[chat.User] { return test.page(f, start) }}
				s := bulk.New(inner, bulk.Options{})
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				readAll(t, s, shuffled(nths(0, 300), 2), 10)
				each(300, func(i int) {
					if _, err := s.Users.Get(t.Context(), fmt.Sprint("nobody", i), chat.Basic); !errors.Is(err, chat.ErrNotFound) {
						t.Errorf("got %v", err)
					}
				})
				runtime.ReadMemStats(&after)
				if f.count() > 608 || f.count("ListUsers") > test.pages {
					t.Errorf("%d requests for 600 names, %d of them for pages", f.count(), f.count("ListUsers"))
				}
				if used := after.TotalAlloc - before.TotalAlloc; used > 50<<20 {
					t.Errorf("%d MB were allocated", used>>20)
				}
			})
		})
	}
}

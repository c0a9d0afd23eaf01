package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

// crowd is a platform with any number of users, which can only be read.
type crowd struct {
	chat.Users
	users, page int
	counted     bool   // whether it says how many users there are, and lists them in any order
	hidden      string // a user that the listing lacks
	fail        func(request string) error

	mu             sync.Mutex
	pages, singles int
}

func nth(i int) string { return fmt.Sprintf("user-%07d", i) }

func (c *crowd) service() *chat.Service {
	return bulk.New(&chat.Service{
		Platform: &chat.Platform{UserKey: key, Users: chat.UserLimits{Page: c.page}},
		Users:    c,
		Grace:    func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(ctx) },
	}, bulk.Options{})
}

func (c *crowd) request(request string, number *int) error {
	time.Sleep(latency)
	c.mu.Lock()
	*number++
	c.mu.Unlock()
	if c.fail != nil {
		return c.fail(request)
	}
	return nil
}

func (c *crowd) List(_ context.Context, cursor string) (*chat.Page[chat.User], error) {
	if err := c.request("List", &c.pages); err != nil {
		return nil, err
	}
	from, _ := strconv.Atoi(cursor)
	to := min(from+c.page, c.users)
	page := &chat.Page[chat.User]{Total: -1}
	for i := from; i < to; i++ {
		if nth(i) != c.hidden {
			page.Items = append(page.Items, chat.User{Username: nth(i)})
		}
	}
	if to < c.users {
		page.Next = strconv.Itoa(to)
	}
	if c.counted {
		page.Total, page.Skip = c.users, strconv.Itoa
	}
	return page, nil
}

func (c *crowd) Get(_ context.Context, username string, _ chat.Detail) (*chat.User, error) {
	if err := c.request("Get "+username, &c.singles); err != nil {
		return nil, err
	}
	number, isNth := strings.CutPrefix(username, "user-")
	if i, err := strconv.Atoi(number); isNth && err == nil && i < c.users {
		return &chat.User{Username: username}, nil
	}
	return nil, &chat.Error{Op: chat.About("read user", username), Kind: chat.ErrNotFound}
}

// present are n names of users that exist, the oldest, the youngest or some of all.
func (c *crowd) present(n int, which string) []string {
	var names []string
	for i := range n {
		switch which {
		case "oldest":
			names = append(names, nth(i))
		case "youngest":
			names = append(names, nth(c.users-n+i))
		default:
			names = append(names, nth(i*(c.users/n)))
		}
	}
	return names
}

func newNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint("new-", i)
	}
	return names
}

// Finding n of u users costs no more than listing them all, if that is cheaper than
// asking for each name and the platform says so, or not much more than asking for each.
func TestFindCost(t *testing.T) {
	for _, counted := range []bool{false, true} {
		page := map[bool]int{false: 100, true: 500}[counted]
		for _, users := range []int{0, 50, 1000, 20_000, 100_000, 10_000_000} {
			for _, n := range []int{1, 10, 50, 1000} {
				most, pages := n+9, users/(page-1)+1
				switch {
				case n == 1:
					most = 1
				case n == 10:
					most = n + 8
				case counted:
					most = min(n, pages) + 10
				case pages <= max(8, n/8):
					most = pages
				default:
					most = n + max(9, n/8+1)
				}
				for _, which := range []string{"new", "oldest", "youngest", "some"} {
					if which != "new" && (n > users || users > 100_000) || n > 50 && users == 100_000 {
						continue // which would take long
					}
					for _, expected := range []bool{false, true} {
						t.Run(fmt.Sprintf("%d %s of %d, counted %v, expected %v", n, which, users, counted, expected), func(t *testing.T) {
							synctest.Test(t, func(t *testing.T) {
								c := &crowd{users: users, page: page, counted: counted}
								names, most := c.present(n, which), most
								if which == "new" {
									names = newNames(n)
								}
								if which == "new" && expected { // each is asked for before it counts as missing
									most = n + min(most, pages)
								}
								found, failed := reconcile.Find(t.Context(), c.service(), nil, "Looking", names, expected)
								if len(failed) > 0 {
									t.Errorf("%v", failed)
								}
								for _, name := range names {
									if user := found[key(name)]; (user == nil) != (which == "new") || user != nil && user.Username != name {
										t.Errorf("%s: %+v", name, user)
									}
								}
								time.Sleep(time.Minute) // whatever is read ahead arrives
								if c.pages+c.singles > most {
									t.Errorf("%d pages and %d single reads, want at most %d", c.pages, c.singles, most)
								}
							})
						})
					}
				}
			}
		}
	}
}

// Names may be spelled in any way, and given twice.
func TestFind_names(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{users: 1000, page: 100}
		var names []string
		for i := range 20 {
			names = append(names, strings.ToUpper(nth(i*50)), nth(i*50))
		}
		found, failed := reconcile.Find(t.Context(), c.service(), nil, "Looking", append(names, "nobody"), false)
		if len(found) != 20 || len(failed) != 0 || found[nth(950)] == nil {
			t.Errorf("%d found, %v", len(found), failed)
		}
		found, failed = reconcile.Find(t.Context(), c.service(), nil, "Looking", nil, true)
		if len(found) != 0 || len(failed) != 0 {
			t.Errorf("%v, %v", found, failed)
		}
	})
}

// A user that the listing lacks is missing only if nobody expects it to be there.
func TestFind_notListed(t *testing.T) {
	for _, expected := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			c := &crowd{users: 100, page: 100, hidden: nth(3)}
			found, failed := reconcile.Find(t.Context(), c.service(), nil, "Looking", c.present(100, "oldest"), expected)
			if there := found[nth(3)] != nil; there != expected || len(failed) != 0 {
				t.Errorf("expected %v: found %v, failed %v", expected, there, failed)
			}
		})
	}
}

// A listing that fails is replaced by single reads, and a name that cannot be read is
// neither there nor missing.
func TestFind_failures(t *testing.T) {
	broken := &chat.Error{Op: "read", Kind: chat.ErrUnavailable}
	for name, tt := range map[string]struct {
		fail   func(request string) error
		failed []string
	}{
		"the listing": {func(request string) error {
			if request == "List" {
				return broken
			}
			return nil
		}, nil},
		"the listing, and a user": {func(request string) error {
			if request == "List" || request == "Get "+nth(7) || request == "Get new-3" {
				return broken
			}
			return nil
		}, []string{nth(7), "new-3"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &crowd{users: 100, page: 100, fail: tt.fail}
				names := append(c.present(20, "oldest"), newNames(5)...)
				found, failed := reconcile.Find(t.Context(), c.service(), nil, "Looking", names, false)
				var unread []string
				for _, f := range failed {
					unread = append(unread, f.Name)
					if !errors.Is(f.Err, chat.ErrUnavailable) || found[f.Name] != nil {
						t.Errorf("%s: %v", f.Name, f.Err)
					}
				}
				if !slices.Equal(unread, tt.failed) {
					t.Errorf("could not read %v, want %v", unread, tt.failed)
				}
				for _, name := range names {
					if want := !slices.Contains(tt.failed, name) && !strings.HasPrefix(name, "new-"); (found[name] != nil) != want {
						t.Errorf("%s: %v", name, found[name])
					}
				}
			})
		})
	}
}

// Who is interrupted has found nobody, and asks for nobody else.
func TestFind_interrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(false)
		for i := range 1000 {
			p.put(nth(i), "theirs")
		}
		ctx, cancel := context.WithTimeout(t.Context(), latency/2)
		defer cancel()
		names := newNames(100)
		_, failed := reconcile.Find(ctx, p.service(), nil, "Looking", names, false)
		if len(failed) != len(names) || !errors.Is(failed[0].Err, context.DeadlineExceeded) {
			t.Errorf("%d failed: %v", len(failed), failed)
		}
		if p.count() != 1 {
			t.Errorf("%q", p.requests)
		}
	})
}

// endless is a platform whose listing always has more users than it says.
type endless struct{ *crowd }

func (e endless) List(ctx context.Context, cursor string) (*chat.Page[chat.User], error) {
	page, err := e.crowd.List(ctx, cursor)
	if err == nil {
		page.Total, page.Skip = 10, nil
	}
	return page, err
}

func TestFind_endlessListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{users: 1_000_000_000, page: 100}
		service := c.service()
		service.Users = endless{c}
		names := newNames(50)
		found, failed := reconcile.Find(t.Context(), service, nil, "Looking", names, false)
		if len(found) != 0 || len(failed) != 0 || c.pages > 10 || c.singles != 50 {
			t.Errorf("%d found, %d failed, %d pages, %d single reads", len(found), len(failed), c.pages, c.singles)
		}
	})
}

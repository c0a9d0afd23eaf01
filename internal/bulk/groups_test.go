package bulk_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
)

// withGroups runs a test on a platform whose groups are returned with their members, and on
// one whose members are lists of their own.
func withGroups(t *testing.T, groups int, test func(t *testing.T, f *fake, s *chat.Service, listsMembers bool)) {
	t.Helper()
	for _, listsMembers := range []bool{false, true} {
		t.Run(fmt.Sprint("lists members ", listsMembers), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 100)
				inner := f.service()
				f.withGroups(inner, groups, listsMembers)
				test(t, f, bulk.New(inner, bulk.Options{}), listsMembers)
			})
		})
	}
}

func getGroup(t *testing.T, s *chat.Service, id string) *chat.Group {
	t.Helper()
	found, err := s.Groups.Get(t.Context(), []string{id})
	must(t, err)
	return found[0]
}

func TestGroupsAreReadTogether(t *testing.T) {
	withGroups(t, 25, func(t *testing.T, f *fake, s *chat.Service, listsMembers bool) {
		each(100, func(i int) {
			id := fmt.Sprintf("g%d", i%25)
			if got := getGroup(t, s, id); got == nil || got.ID != id {
				t.Errorf("group %v", got)
			}
			members, err := s.GroupMembers.List(t.Context(), id)
			must(t, err)
			if len(members) != 3 || !members[0].Owner {
				t.Errorf("members %v", members)
			}
		})
		// One group alone, while the others gather; then 10 a call.
		if diff := cmp.Diff([]int{10, 10, 4, 1}, f.sizes("GetGroups")); diff != "" {
			t.Error(diff)
		}
		want := 25
		if listsMembers {
			want = 0
		}
		if f.count("Members") != want {
			t.Errorf("%d reads of members", f.count("Members"))
		}
		if getGroup(t, s, "none") != nil {
			t.Error("a group that does not exist")
		}
	})
}

func TestGroupsInOneCall(t *testing.T) {
	withGroups(t, 25, func(t *testing.T, f *fake, s *chat.Service, _ bool) {
		var ids []string
		for i := range 25 {
			ids = append(ids, fmt.Sprintf("g%d", i))
		}
		found, err := s.Groups.Get(t.Context(), append(ids, "none"))
		must(t, err)
		if len(found) != 26 || found[24].ID != "g24" || found[25] != nil {
			t.Errorf("groups %v", found)
		}
		if f.count("GetGroups") > 4 {
			t.Errorf("%d calls", f.count("GetGroups"))
		}
	})
}

func TestGroupWritesDropReads(t *testing.T) {
	name := "other"
	one := func(errs []error, err error) error { return errors.Join(append(errs, err)...) }
	for _, test := range []struct {
		op    string
		write func(t *testing.T, s *chat.Service) error
		// state reports whether the write drops what was read of states too.
		members, state bool
	}{
		{"UpdateGroup", func(t *testing.T, s *chat.Service) error {
			return s.Groups.Update(t.Context(), "g0", chat.GroupSettings{Name: &name})
		}, false, false},
		{"TransferGroup", func(t *testing.T, s *chat.Service) error { return s.Groups.Transfer(t.Context(), "g0", nth(1)) }, true, true},
		{"AddMembers", func(t *testing.T, s *chat.Service) error {
			return one(s.GroupMembers.Add(t.Context(), "g0", chat.Refs(nth(5))))
		}, true, true},
		{"RemoveMembers", func(t *testing.T, s *chat.Service) error {
			return one(s.GroupMembers.Remove(t.Context(), "g0", chat.Refs(nth(1))))
		}, true, true},
		{"SetMembers", func(t *testing.T, s *chat.Service) error {
			return one(s.GroupMembers.Set(t.Context(), "g0", chat.Muted, chat.Refs(nth(1)), true))
		}, true, true},
		{"DeleteUsers", func(t *testing.T, s *chat.Service) error {
			return one(s.Users.Delete(t.Context(), []string{nth(9)}))
		}, true, true},
	} {
		t.Run(test.op, func(t *testing.T) {
			withGroups(t, 2, func(t *testing.T, f *fake, s *chat.Service, listsMembers bool) {
				read := func() (groups, members, states int) {
					getGroup(t, s, "g0")
					_, err := s.GroupMembers.List(t.Context(), "g0")
					must(t, err)
					_, err = s.GroupMembers.Having(t.Context(), "g0", chat.Muted)
					must(t, err)
					return f.count("GetGroups"), f.count("Members"), f.count("Having")
				}
				groups, members, states := read()
				must(t, test.write(t, s))
				groupsNow, membersNow, statesNow := read()
				if groupsNow == groups {
					t.Error("the group was not read again")
				}
				if !listsMembers && (membersNow > members) != test.members {
					t.Errorf("%d reads of members before, %d after", members, membersNow)
				}
				if (statesNow > states) != test.state {
					t.Errorf("%d reads of states before, %d after", states, statesNow)
				}
				groups, members, states = groupsNow, membersNow, statesNow
				if again, m, st := read(); again != groups || m != members || st != states {
					t.Error("read again without a write")
				}
			})
		})
	}
}

func TestMembersAreGathered(t *testing.T) {
	withGroups(t, 2, func(t *testing.T, f *fake, s *chat.Service, _ bool) {
		each(44, func(i int) { // two groups with 22 members each
			errs, err := s.GroupMembers.Add(t.Context(), fmt.Sprintf("g%d", i%2), chat.Refs(nth(10+i)))
			must(t, errors.Join(append(errs, err)...))
		})
		each(44, func(i int) {
			errs, err := s.GroupMembers.Set(t.Context(), fmt.Sprintf("g%d", i%2), chat.Muted, chat.Refs(nth(10+i)), true)
			must(t, errors.Join(append(errs, err)...))
		})
		// Ten at once alone, and what arrived meanwhile in tens.
		for _, op := range []string{"AddMembers", "SetMembers"} {
			total := 0
			for _, size := range f.sizes(op) {
				total += size
			}
			if total != 44 || f.count(op) > 24 {
				t.Errorf("%s: %v", op, f.sizes(op))
			}
		}
		errs, err := s.GroupMembers.Remove(t.Context(), "g0", chat.Refs(nths(10, 54)...))
		must(t, errors.Join(append(errs, err)...))
		if diff := cmp.Diff([]int{10, 10, 10, 10, 4}, f.sizes("RemoveMembers")); diff != "" {
			t.Error(diff)
		}
		members, err := s.GroupMembers.List(t.Context(), "g0")
		must(t, err)
		if len(members) != 3 {
			t.Errorf("members %v", members)
		}
	})
}

// A creation whose answer was lost is looked for before anything is sent again: there are
// never two groups.
func TestGroupCreationIsSettled(t *testing.T) {
	name := "name" // that of older groups of the same owner
	wanted := chat.NewGroup{Owner: nth(0), GroupSettings: chat.GroupSettings{Name: &name}}
	broken := func(op string, status int) error {
		return &chat.Error{Op: op, Kind: chat.ErrUnavailable, Status: status, MaybeApplied: true, Unanswered: status == 0 || status == 504}
	}
	// fails makes the platform create no group, and answer with the status.
	fails := func(status int) func(f *fake) {
		return func(f *fake) {
			f.fail = func(op string, _ []string) ([]error, error) {
				if op == "CreateGroup" {
					return nil, broken(op, status)
				}
				return nil, nil
			}
		}
	}
	for _, test := range []struct {
		name    string
		arrange func(f *fake)
		want    string // the ID; empty if the creation fails
		said    string
		created int
		calls   int
	}{
		{"took effect", func(f *fake) { f.lose = func(op string, _ []string) error { return broken(op, 0) } }, "new2", "", 1, 1},
		{"took no effect, with an answer", func(f *fake) {
			failed := false
			f.fail = func(op string, _ []string) ([]error, error) {
				if op == "CreateGroup" && !failed {
					failed = true
					return nil, broken(op, 502)
				}
				return nil, nil
			}
		}, "new2", "", 1, 2},
		{"never answered", fails(0), "", "CreateGroup", 0, 1},
		{"not answered in time for a gateway", fails(504), "", "CreateGroup", 0, 1},
		{"reading fails too", func(f *fake) {
			f.lose = func(op string, _ []string) error { return broken(op, 0) }
			f.fail = func(op string, _ []string) ([]error, error) {
				if op == "ListGroups" {
					return nil, broken(op, 500)
				}
				return nil, nil
			}
		}, "", "looking for the group failed too", 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			withGroups(t, 2, func(t *testing.T, f *fake, s *chat.Service, _ bool) {
				test.arrange(f)
				group, err := s.Groups.Create(t.Context(), wanted)
				if test.want == "" {
					if _, unsettled := chat.Unsettled(err); !unsettled || !strings.Contains(err.Error(), test.said) {
						t.Errorf("error %v", err)
					}
				} else if err != nil || group.ID != test.want {
					t.Errorf("group %v, error %v", group, err)
				}
				if f.count("CreateGroup") != test.calls {
					t.Errorf("%d creations were sent", f.count("CreateGroup"))
				}
				f.fail = nil
				page, err := s.Groups.List(t.Context(), nth(0), "")
				must(t, err)
				if len(page.Items) != 2+test.created {
					t.Errorf("groups %v", page.Items)
				}
			})
		})
	}
}

// If somebody else creates a group of the same name and owner meanwhile, which one is ours
// is not known.
func TestSeveralGroupsMayBeTheCreatedOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 10)
		inner := f.service()
		groups := f.withGroups(inner, 0, false)
		name := "twin"
		f.lose = func(op string, _ []string) error {
			groups.put("theirs", name, nth(0), time.Now())
			return &chat.Error{Op: op, Kind: chat.ErrUnavailable, MaybeApplied: true}
		}
		_, err := bulk.New(inner, bulk.Options{}).Groups.Create(t.Context(), chat.NewGroup{Owner: nth(0), GroupSettings: chat.GroupSettings{Name: &name}})
		if _, unsettled := chat.Unsettled(err); !unsettled || !strings.Contains(err.Error(), `"new0", "theirs"`) {
			t.Errorf("error %v", err)
		}
	})
}

package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
)

// losingGroups are groups of which only the creation and the lists matter.
type losingGroups struct {
	chat.Groups
	mu    sync.Mutex
	all   []*chat.Group
	calls int
	// lose says what becomes of a creation by its number, from 1: whether it takes effect,
	// and whether its answer is lost.
	lose func(call int) (effect, lost bool)
	// unreachable is whether an answer that is lost leaves nothing to find out.
	unreachable bool
}

// Create implements chat.Groups. An answer that is lost takes a second.
func (f *losingGroups) Create(_ context.Context, group chat.NewGroup) (*chat.Group, error) {
	sentAt := time.Now()
	f.mu.Lock()
	f.calls++
	effect, lost := f.lose(f.calls)
	created := &chat.Group{ID: fmt.Sprint(f.calls), Owner: group.Owner, GroupSettings: group.GroupSettings}
	created.CreatedAt, created.Since, created.Until = sentAt, sentAt, sentAt
	if effect {
		f.all = append(f.all, created)
	}
	f.mu.Unlock()
	if lost {
		time.Sleep(time.Second)
		return nil, &chat.Error{Op: "create the group", Kind: chat.ErrUnavailable, MaybeApplied: true, Unanswered: f.unreachable, SentAt: sentAt}
	}
	return created, nil
}

// List implements chat.Groups.
func (f *losingGroups) List(context.Context, string, string) (*chat.Page[chat.Group], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	page := &chat.Page[chat.Group]{Total: -1}
	for _, group := range f.all {
		page.Items = append(page.Items, *group)
	}
	return page, nil
}

// Get implements chat.Groups.
func (f *losingGroups) Get(_ context.Context, ids []string) ([]*chat.Group, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	found := make([]*chat.Group, len(ids))
	for i, id := range ids {
		for _, group := range f.all {
			if group.ID == id {
				found[i] = group
			}
		}
	}
	return found, nil
}

// A group that one caller created is never taken for that of another with the same name
// and owner, whose answer was lost.
func TestGroups_ofTheSameNameAndOwnerAreNotMixedUp(t *testing.T) {
	for name, lose := range map[string]func(call int) (effect, lost bool){
		"the first had no effect":       func(call int) (bool, bool) { return call != 1, call == 1 },
		"the first took effect":         func(call int) (bool, bool) { return true, call == 1 },
		"the second had no effect":      func(call int) (bool, bool) { return call != 2, call == 2 },
		"the second took effect":        func(call int) (bool, bool) { return true, call == 2 },
		"all took effect, and are lost": func(int) (bool, bool) { return true, true },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &losingGroups{lose: lose}
				inner := newFake(t, 0).service()
				inner.Groups = f
				s := bulk.New(inner, bulk.Options{})
				var wait sync.WaitGroup
				var mu sync.Mutex
				ids := map[string]bool{}
				for range 3 {
					wait.Go(func() {
						title := "The team"
						created, err := s.Groups.Create(t.Context(), chat.NewGroup{Owner: "alice", GroupSettings: chat.GroupSettings{Name: &title}})
						mu.Lock()
						defer mu.Unlock()
						if err != nil {
							t.Error(err)
							return
						}
						ids[created.ID] = true
					})
				}
				wait.Wait()
				if len(ids) != 3 || len(f.all) != 3 {
					t.Errorf("three callers have %v, and there are %d groups", ids, len(f.all))
				}
			})
		})
	}
}

// While it is not known whether a group exists, no other one of its name and owner is
// created.
func TestGroups_noneIsCreatedBesideOneThatMayExist(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &losingGroups{unreachable: true, lose: func(call int) (bool, bool) { return call > 1, call == 1 }}
		inner := newFake(t, 0).service()
		inner.Groups = f
		s := bulk.New(inner, bulk.Options{})
		create := func(owner string) (unsettled bool, err error) {
			_, err = s.Groups.Create(t.Context(), chat.NewGroup{Owner: owner})
			_, unsettled = chat.Unsettled(err)
			return unsettled, err
		}
		if unsettled, err := create("alice"); !unsettled {
			t.Errorf("the first: %v", err)
		}
		if unsettled, err := create("alice"); err == nil || unsettled || f.calls != 1 {
			t.Errorf("the second, after %d calls: %v", f.calls, err)
		}
		if _, err := create("bobby"); err != nil {
			t.Errorf("that of another owner: %v", err)
		}
	})
}

// The error of a creation whose outcome is unknown names the groups of its name and owner
// that were created before, so that a later run does not take one for it.
func TestGroups_unknownOutcomeNamesTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &losingGroups{unreachable: true, lose: func(call int) (bool, bool) { return call < 4, call == 4 }}
		inner := newFake(t, 0).service()
		inner.Groups = f
		s := bulk.New(inner, bulk.Options{})
		create := func(owner string) error {
			_, err := s.Groups.Create(t.Context(), chat.NewGroup{Owner: owner})
			return err
		}
		for _, owner := range []string{"alice", "bobby", "alice"} {
			if err := create(owner); err != nil {
				t.Fatal(err)
			}
		}
		var e *chat.Error
		if err := create("alice"); !errors.As(err, &e) || !e.MaybeApplied || !slices.Equal(e.Others, []string{"1", "3"}) {
			t.Errorf("%+v", err)
		}
	})
}

// A caller who waits for its turn is not served after its context ended.
func TestGroups_whoWaitsForItsTurnCanLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &losingGroups{lose: func(int) (bool, bool) { return true, true }}
		inner := newFake(t, 0).service()
		inner.Groups = f
		s := bulk.New(inner, bulk.Options{})
		var wait sync.WaitGroup
		defer wait.Wait()
		wait.Go(func() {
			if _, err := s.Groups.Create(t.Context(), chat.NewGroup{Owner: "alice"}); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := s.Groups.Create(ctx, chat.NewGroup{Owner: "alice"}); err == nil {
			t.Error("no error")
		} else if _, unsettled := chat.Unsettled(err); unsettled || f.calls != 1 {
			t.Errorf("%d calls: %v", f.calls, err)
		}
	})
}

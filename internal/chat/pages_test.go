package chat_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"terraform-provider-chat/internal/chat"
)

// counted is a list whose pages are counted from its first item. Before a page is
// read, change may change the list.
type counted struct {
	items  []string
	size   int
	reads  int
	change func(l *counted)
}

func (l *counted) page(_ context.Context, cursor string) (*chat.Page[string], error) {
	if l.change != nil {
		l.change(l)
	}
	l.reads++
	start, _ := strconv.Atoi(cursor)
	from := min(start, len(l.items))
	to := min(from+l.size, len(l.items))
	page := &chat.Page[string]{Items: slices.Clone(l.items[from:to]), Total: len(l.items), Skip: strconv.Itoa}
	if to < len(l.items) && to > from {
		page.Next = strconv.Itoa(to)
	}
	return page, nil
}

func numbered(n int) []string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf("item-%04d", i)
	}
	return items
}

func collect(t *testing.T, list func(context.Context, string) (*chat.Page[string], error)) ([]string, error) {
	t.Helper()
	var all []string
	for item, err := range chat.All(t.Context(), "list items", list, func(s *string) string { return *s }) {
		if err != nil {
			return all, err
		}
		all = append(all, *item)
	}
	return all, nil
}

func TestAllPagesOfACountedList(t *testing.T) {
	for _, n := range []int{0, 1, 2, 9, 10, 11, 19, 20, 21, 100} {
		list := &counted{items: numbered(n), size: 10}
		all, err := collect(t, list.page)
		if err != nil || !slices.Equal(all, numbered(n)) {
			t.Errorf("%d items: %v, %v", n, all, err)
		}
		if most := n/9 + 2; list.reads > most {
			t.Errorf("%d items took %d pages of 10, want at most %d", n, list.reads, most)
		}
	}
}

// Whatever is deleted, added or both between two pages, nobody who stays is missed.
func TestAllMissesNobodyWhoStays(t *testing.T) {
	for name, change := range map[string]func(l *counted){
		"one of the first goes": func(l *counted) { l.items = l.items[1:] },
		"many of the first go":  func(l *counted) { l.items = l.items[min(len(l.items), 15):] },
		"the boundary goes": func(l *counted) {
			l.items = slices.Delete(l.items, min(9, len(l.items)), min(10, len(l.items)))
		},
		"one goes and one comes": func(l *counted) { l.items = append(l.items[1:], fmt.Sprintf("new-%d", l.reads)) },
		"all but the last go":    func(l *counted) { l.items = l.items[len(l.items)-1:] },
	} {
		t.Run(name, func(t *testing.T) {
			for at := 1; at <= 4; at++ {
				list := &counted{items: numbered(50), size: 10}
				changed := false
				list.change = func(l *counted) {
					if l.reads >= at && !changed {
						changed = true
						change(l)
					}
				}
				all, err := collect(t, list.page)
				if err != nil {
					t.Fatal(err)
				}
				for _, stays := range list.items {
					if !slices.Contains(all, stays) && slices.Contains(numbered(50), stays) {
						t.Errorf("after a change before page %d, %s is missing", at, stays)
					}
				}
				if distinct := slices.Compact(slices.Sorted(slices.Values(all))); len(distinct) != len(all) {
					t.Errorf("%d items, but only %d different ones", len(all), len(distinct))
				}
			}
		})
	}
}

// A list that somebody always changes is still read to its end.
func TestAllKeepsUpWithChanges(t *testing.T) {
	list := &counted{items: numbered(1000), size: 100, change: func(l *counted) {
		l.items = append(l.items[1:], fmt.Sprintf("new-%d", l.reads))
	}}
	all, err := collect(t, list.page)
	if err != nil {
		t.Fatal(err)
	}
	for _, stays := range list.items[:900] {
		if !slices.Contains(all, stays) {
			t.Errorf("%s is missing", stays)
		}
	}
	if list.reads > 40 {
		t.Errorf("1,000 items took %d pages of 100", list.reads)
	}
}

func TestAllEndsWhereThePlatformDoesNot(t *testing.T) {
	cursors := 0
	for name, list := range map[string]func(context.Context, string) (*chat.Page[string], error){
		"a cursor that is repeated": func(context.Context, string) (*chat.Page[string], error) {
			return &chat.Page[string]{Items: []string{"a"}, Next: "same", Total: -1}, nil
		},
		"new cursors without new items": func(context.Context, string) (*chat.Page[string], error) {
			cursors++
			return &chat.Page[string]{Items: []string{"a"}, Next: strconv.Itoa(cursors), Total: -1}, nil
		},
		"a total that is too large": func(context.Context, string) (*chat.Page[string], error) {
			return &chat.Page[string]{Items: []string{"a", "b"}, Next: "2", Total: 30_000_000, Skip: strconv.Itoa}, nil
		},
		"a list that changes faster than it is read": (&counted{items: numbered(100), size: 10, change: func(l *counted) {
			l.items = append(l.items[10:], numbered(10)...)
			for i := range 10 {
				l.items[90+i] = fmt.Sprintf("new-%d-%d", l.reads, i)
			}
		}}).page,
	} {
		t.Run(name, func(t *testing.T) {
			reads := 0
			all, err := collect(t, func(ctx context.Context, cursor string) (*chat.Page[string], error) {
				if reads++; reads > 1000 {
					t.Fatal("more than 1,000 pages were read")
				}
				return list(ctx, cursor)
			})
			if !errors.Is(err, chat.ErrUnavailable) {
				t.Errorf("%d items in %d pages and the error %v, want an ErrUnavailable", len(all), reads, err)
			}
		})
	}
}

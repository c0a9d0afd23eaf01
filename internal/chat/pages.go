package chat

import (
	"context"
	"iter"
)

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	// Next is the cursor of the next page, empty after the last.
	Next string
	// Total is how many items there are, -1 if the platform does not say.
	Total int
	// Skip returns the cursor of the page that begins after the first n items; nil if
	// pages can only be read one after the other.
	Skip func(n int) string
}

const (
	// mostStalled is how many pages in a row may bring nothing new before a list is
	// taken to have no end.
	mostStalled = 20
	// mostRepeated is how many pages of a list that changes may be read again, beside
	// one for each page that brought something new.
	mostRepeated = 20
)

// All yields every item of a paged list once, page by page as far as they are asked
// for. op is the verb phrase for errors, and key identifies items. An error ends it.
//
// Items that come and go while the list is read hide no other item. Pages that are
// counted from the first item are read with an overlap: if a page does not begin with
// an item that is known, items before it have gone, and reading goes back to one that
// is. A list without an end is an ErrUnavailable.
func All[T any](ctx context.Context, op string, list func(ctx context.Context, cursor string) (*Page[T], error), key func(*T) string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		fail := func(text string) { yield(nil, &Error{Kind: ErrUnavailable, Op: op, Text: text}) }
		seen := map[string]bool{}
		asked := map[string]bool{}
		var cursor string
		var start, size, stalled, repeated, useful int
		overlap, overlaps := 1, false
		most := -1 // items a counted list can bring, with generous room for new ones
		for {
			page, err := list(ctx, cursor)
			if err != nil {
				yield(nil, err)
				return
			}
			if overlaps && (len(page.Items) == 0 || !seen[key(&page.Items[0])]) {
				if repeated++; repeated > mostRepeated+useful || most >= 0 && len(seen) > most {
					fail("the list changes faster than it can be read")
					return
				}
				overlap = max(1, size/2)
				start = max(0, start-overlap)
				overlaps = start > 0
				cursor = page.Skip(start)
				continue
			}
			size = max(size, len(page.Items))
			if most < 0 && page.Skip != nil && page.Total >= 0 {
				most = 2*page.Total + mostRepeated*size
			}
			stalled++
			for i := range page.Items {
				item := &page.Items[i]
				if k := key(item); !seen[k] {
					seen[k] = true
					stalled = 0
					if !yield(item, nil) {
						return
					}
				}
			}
			if page.Next == "" {
				return
			}
			if stalled == 0 {
				useful++
			}
			cursor = page.Next
			if overlaps = page.Skip != nil && len(page.Items) > overlap; overlaps {
				start += len(page.Items) - overlap
				cursor = page.Skip(start)
			} else if start += len(page.Items); asked[cursor] {
				fail("the platform repeats a page of the list instead of ending it")
				return
			}
			asked[cursor] = true
			if stalled > mostStalled {
				fail("the platform's list does not end")
				return
			}
		}
	}
}

// AllUsers yields every user of the application, oldest first.
func (s *Service) AllUsers(ctx context.Context) iter.Seq2[*User, error] {
	return All(ctx, "list users", s.Users.List, func(u *User) string { return s.Platform.UserKey(u.Username) })
}

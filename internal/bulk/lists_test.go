package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
)

func TestOneReadServesAllOfAnOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 10)
		f.contacts[nth(0)] = []string{nth(1), nth(2)}
		f.blocks[nth(0)] = []string{nth(3)}
		s := bulk.New(f.service(), bulk.Options{})
		for range 2 { // at the same time, and later
			each(20, func(i int) {
				owner := nth(0)
				if i%2 == 1 {
					owner = strings.ToUpper(owner)
				}
				contacts, err := s.Contacts.List(t.Context(), owner)
				must(t, err)
				blocks, err := s.Blocks.List(t.Context(), owner)
				must(t, err)
				if len(contacts) != 2 || contacts[1].Username != nth(2) || *contacts[1].Note != "note" || len(blocks) != 1 || blocks[0].Username != nth(3) {
					t.Errorf("got %v, %v", contacts, blocks)
					return
				}
				contacts[1].Username, *contacts[1].Note, blocks[0].Username = "spoiled", "spoiled", "spoiled"
			})
		}
		if f.count("Contacts") != 1 || f.count("Blocks") != 1 || f.elapsed() != 2*T {
			t.Errorf("%d requests in %v", f.count(), f.elapsed())
		}
	})
}

func TestWritesDropLists(t *testing.T) {
	one := func(errs []error, err error) error { return errors.Join(append(errs, err)...) }
	a, b := nth(0), nth(1)
	tests := []struct {
		op       string
		write    func(context.Context, *chat.Service) error
		contacts string // owners whose contacts are read anew
		blocks   string // owners whose blocks are read anew
	}{
		{"AddContacts", func(ctx context.Context, s *chat.Service) error { return one(s.Contacts.Add(ctx, a, chat.Refs(b))) }, "ab", ""},
		{"RemoveContacts", func(ctx context.Context, s *chat.Service) error { return one(s.Contacts.Remove(ctx, b, chat.Refs(a))) }, "ab", ""},
		{"UpdateContact", func(ctx context.Context, s *chat.Service) error {
			return s.Contacts.SetNotes(ctx, a, chat.Ref{Username: b}, chat.Notes{})
		}, "ab", ""},
		{"AddBlocks", func(ctx context.Context, s *chat.Service) error { return one(s.Blocks.Add(ctx, a, chat.Refs(b))) }, "", "a"},
		{"RemoveBlocks", func(ctx context.Context, s *chat.Service) error { return one(s.Blocks.Remove(ctx, b, chat.Refs(a))) }, "", "b"},
		{"CreateUsers", func(_ context.Context, s *chat.Service) error { return createErr(s, "new") }, "abc", "abc"},
		{"DeleteUsers", func(ctx context.Context, s *chat.Service) error { return one(s.Users.Delete(ctx, []string{nth(9)})) }, "abc", "abc"},
		{"UpdateUser", func(ctx context.Context, s *chat.Service) error { return s.Users.Update(ctx, a, chat.Settings{}) }, "", ""},
		{"SetPassword", func(ctx context.Context, s *chat.Service) error { return s.Users.SetPassword(ctx, a, "secret") }, "", ""},
	}
	for _, test := range tests {
		for _, fails := range []bool{false, true} {
			t.Run(fmt.Sprint(test.op, fails), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := newFake(t, 10)
					f.fail = func(op string, _ []string) ([]error, error) {
						if fails && op == test.op {
							return nil, &chat.Error{Op: op, Kind: chat.ErrUnavailable, MaybeApplied: true}
						}
						return nil, nil
					}
					s := bulk.New(f.service(), bulk.Options{})
					read := func() {
						for i := range 3 {
							_, err := s.Contacts.List(t.Context(), nth(i))
							must(t, err)
							_, err = s.Blocks.List(t.Context(), nth(i))
							must(t, err)
						}
					}
					read()
					before := f.count("Contacts", "Blocks")
					done := make(chan error)
					go func() { done <- test.write(t.Context(), s) }()
					synctest.Wait()
					for i := range 3 {
						go func() { _, _ = s.Contacts.List(t.Context(), nth(i)) }()
						go func() { _, _ = s.Blocks.List(t.Context(), nth(i)) }()
					}
					if err := <-done; fails != (err != nil) {
						t.Error(err)
					}
					read()
					read() // kept again
					// Dropped when the write begins: read during it; and when it ends: read once more.
					want := 2 * (len(test.contacts) + len(test.blocks))
					if got := f.count("Contacts", "Blocks") - before; got != want {
						t.Errorf("%d reads, want %d", got, want)
					}
					for _, owner := range test.contacts {
						anew(t, f, "Contacts", nth(int(owner-'a')))
					}
					for _, owner := range test.blocks {
						anew(t, f, "Blocks", nth(int(owner-'a')))
					}
				})
			})
		}
	}
}

// anew checks that an owner's list was read after a write of one latency ended.
func anew(t *testing.T, f *fake, op, owner string) {
	t.Helper()
	var last call
	for _, c := range f.seen(op) {
		if c.names[0] == owner {
			last = c
		}
	}
	for _, c := range f.seen() {
		if c.op != "Contacts" && c.op != "Blocks" && last.at < c.at+T/2 {
			t.Errorf("%s of %s were last read at %v, before %s at %v ended", op, owner, last.at, c.op, c.at)
		}
	}
}

func TestWriteDuringRead(t *testing.T) {
	// A read of four seconds takes its answer after two; a write of one second begins and ends around it.
	for _, begun := range []time.Duration{0, T, 3 * T / 2, 2 * T, 3 * T} {
		t.Run(begun.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, 10)
				f.latency = func(op string) time.Duration {
					if op == "Contacts" {
						return 4 * T
					}
					return T
				}
				s := bulk.New(f.service(), bulk.Options{})
				go func() { _, _ = s.Contacts.List(t.Context(), nth(1)) }()
				time.Sleep(begun)
				errs, err := s.Contacts.Add(t.Context(), nth(0), chat.Refs(nth(1)))
				must(t, errors.Join(append(errs, err)...))
				for range 2 {
					contacts, err := s.Contacts.List(t.Context(), nth(1)) // the other side
					if err != nil || len(contacts) != 1 {
						t.Errorf("got %v, %v", contacts, err)
					}
				}
			})
		})
	}
}

func TestMissingOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		s := bulk.New(f.service(), bulk.Options{})
		missing := func() {
			each(5, func(int) {
				if _, err := s.Contacts.List(t.Context(), "ann"); !errors.Is(err, chat.ErrNotFound) {
					t.Errorf("got %v", err)
				}
			})
		}
		missing()
		missing()
		if f.count() != 1 {
			t.Errorf("%d requests", f.count())
		}
		create(t, s, "ann")
		contacts, err := s.Contacts.List(t.Context(), "ann")
		if err != nil || len(contacts) != 0 {
			t.Errorf("got %v, %v", contacts, err)
		}
	})
}

func TestCancelledReaderLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 1)
		s := bulk.New(f.service(), bulk.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), T/2)
		defer cancel()
		each(2, func(i int) {
			if i == 0 {
				if _, err := s.Blocks.List(ctx, nth(0)); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
				return
			}
			_, err := s.Blocks.List(t.Context(), nth(0))
			must(t, err)
		})
		if f.count() != 1 {
			t.Errorf("%d requests", f.count())
		}
	})
}

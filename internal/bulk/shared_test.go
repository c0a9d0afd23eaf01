package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
)

type (
	fakeProfiles struct{ *fake }
	fakeNotes    struct{ *fake }
	fakeDevices  struct{ *fake }
	fakeWords    struct {
		*fake
		words *[]string
	}
)

func (f fakeProfiles) Limit() chat.Limit { return chat.Limit{Items: 10} }

func (f fakeProfiles) Get(ctx context.Context, names []string) ([]chat.Profile, error) {
	if len(names) > 10 || len(slices.Compact(slices.Sorted(slices.Values(names)))) < len(names) {
		f.t.Errorf("Profiles of %v", names)
	}
	profiles := make([]chat.Profile, len(names))
	err := f.reading(ctx, "Profiles", "", names, func() {
		for i, name := range names {
			if f.users[f.UserKey(name)] != nil {
				region := "home of " + f.UserKey(name)
				profiles[i].Region = &region
			}
		}
	})
	return profiles, err
}

func (f fakeProfiles) Set(ctx context.Context, name string, _ chat.Profile) error {
	return f.change(ctx, "SetProfile", name, func(*chat.User) {})
}

func (f fakeNotes) Of(ctx context.Context, owner string) ([]chat.Contact, error) {
	var list []chat.Contact
	err := f.readOne(ctx, "Notes", owner, func(*chat.User) {
		for _, name := range f.contacts[f.UserKey(owner)] {
			note := "remark"
			list = append(list, chat.Contact{Ref: chat.Ref{Username: name}, Notes: chat.Notes{NoteName: &note}})
		}
	})
	return list, err
}

func (f fakeDevices) Limit() chat.Limit { return chat.Limit{Items: 10} }

func (f fakeDevices) Of(ctx context.Context, names []string) ([][]chat.Device, error) {
	devices := make([][]chat.Device, len(names))
	err := f.reading(ctx, "Devices", "", names, func() {
		for i, name := range names {
			devices[i] = []chat.Device{{Platform: "android of " + name}}
		}
	})
	return devices, err
}

func (f fakeWords) Limits() chat.WordLimits { return chat.WordLimits{Add: chat.Limit{Items: 10}} }

func (f fakeWords) List(ctx context.Context, _ string) (*chat.Page[string], error) {
	page := &chat.Page[string]{Total: -1}
	err := f.reading(ctx, "Words", "", nil, func() { page.Items = slices.Clone(*f.words) })
	return page, err
}

func (f fakeWords) Add(ctx context.Context, words []string) ([]error, error) {
	return f.write(ctx, "AddWords", "word", "", words, chat.Limit{Items: 10}, func(i int, _ string) error {
		*f.words = append(*f.words, words[i])
		return nil
	})
}

func (f fakeWords) Rename(ctx context.Context, word, to string) error {
	_, err := f.write(ctx, "RenameWord", "word", "", []string{word}, chat.Limit{Items: 1}, func(int, string) error {
		(*f.words)[slices.Index(*f.words, word)] = to
		return nil
	})
	return err
}

func (f fakeWords) Remove(ctx context.Context, word string) error {
	_, err := f.write(ctx, "RemoveWord", "word", "", []string{word}, chat.Limit{Items: 1}, func(int, string) error {
		*f.words = slices.DeleteFunc(*f.words, func(w string) bool { return w == word })
		return nil
	})
	return err
}

// withProfiles returns the service of a platform that keeps profiles apart from users.
func withProfiles(t *testing.T, users int) (*fake, *chat.Service) {
	f := newFake(t, users)
	inner := f.service()
	inner.Profiles = fakeProfiles{f}
	return f, bulk.New(inner, bulk.Options{})
}

func regionOf(t *testing.T, s *chat.Service, name string) string {
	t.Helper()
	user, err := s.Users.Get(t.Context(), name, chat.WithProfile)
	must(t, err)
	if user.Profile == nil || user.Profile.Region == nil {
		return ""
	}
	return *user.Profile.Region
}

func TestProfilesAreReadTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := withProfiles(t, 100)
		for range 2 { // the second time, nothing is read again
			each(100, func(i int) {
				if got := regionOf(t, s, nth(i)); got != "home of "+nth(i) {
					t.Errorf("region %q", got)
				}
			})
		}
		if f.count("Profiles") > 12 {
			t.Errorf("%d calls for 100 profiles: %v", f.count("Profiles"), f.sizes("Profiles"))
		}
		if f.count("GetUser") > 20 {
			t.Errorf("%d reads of single users", f.count("GetUser"))
		}
	})
}

// Users that come one after the other are read with those next to them in the listing.
func TestProfilesOfNeighbours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := withProfiles(t, 100)
		for page, err := range chat.All(t.Context(), "list", s.Users.List, func(u *chat.User) string { return u.Username }) {
			must(t, err)
			_ = page
		}
		for i := range 100 {
			if got := regionOf(t, s, nth(i)); got != "home of "+nth(i) {
				t.Errorf("region %q", got)
			}
		}
		if f.count("Profiles") != 10 || f.count("GetUser") != 0 {
			t.Errorf("%d calls for profiles, %d for users", f.count("Profiles"), f.count("GetUser"))
		}
	})
}

func TestProfileWritesDropReads(t *testing.T) {
	for op, write := range map[string]func(ctx context.Context, s *chat.Service) error{
		"SetProfile": func(ctx context.Context, s *chat.Service) error { return s.Profiles.Set(ctx, nth(1), chat.Profile{}) },
		"UpdateUser": func(ctx context.Context, s *chat.Service) error { return s.Users.Update(ctx, nth(1), chat.Settings{}) },
		"DeleteUsers": func(ctx context.Context, s *chat.Service) error {
			_, err := s.Users.Delete(ctx, []string{nth(1)})
			return err
		},
	} {
		t.Run(op, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := withProfiles(t, 20)
				read := func() int {
					_, err := s.Profiles.Get(t.Context(), []string{nth(1)})
					must(t, err)
					return f.count("Profiles")
				}
				read()
				if read() != 1 {
					t.Error("the first read is not kept")
				}
				must(t, write(t.Context(), s))
				if read() != 2 {
					t.Error("not read again after a write")
				}
			})
		})
	}
}

// A profile that is read while it is written to is not kept.
func TestProfileReadDuringWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := withProfiles(t, 20)
		done := make(chan error)
		go func() { done <- s.Profiles.Set(t.Context(), nth(1), chat.Profile{}) }()
		synctest.Wait()
		_, err := s.Profiles.Get(t.Context(), []string{nth(1)})
		must(t, err)
		must(t, <-done)
		_, err = s.Profiles.Get(t.Context(), []string{nth(1)})
		must(t, err)
		if f.count("Profiles") != 2 {
			t.Errorf("%d reads", f.count("Profiles"))
		}
	})
}

// A user of the listing that makes a call fail does not make the read of another fail.
func TestProfileOfNeighbourFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := withProfiles(t, 20)
		_, err := s.Users.List(t.Context(), "")
		must(t, err)
		f.fail = func(op string, names []string) ([]error, error) {
			if op == "Profiles" && slices.Contains(names, nth(3)) {
				return nil, &chat.Error{Op: op, Kind: chat.ErrInvalid}
			}
			return nil, nil
		}
		if got := regionOf(t, s, nth(1)); got != "home of "+nth(1) {
			t.Errorf("region %q", got)
		}
		if _, err := s.Profiles.Get(t.Context(), []string{nth(3)}); !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("error %v", err)
		}
	})
}

func TestNotesAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 10)
		f.contacts[nth(0)] = []string{nth(1), nth(2)}
		inner := f.service()
		inner.ContactNotes = fakeNotes{f}
		s := bulk.New(inner, bulk.Options{})
		read := func() {
			each(20, func(int) {
				list, err := s.ContactNotes.Of(t.Context(), nth(0))
				must(t, err)
				if len(list) == 0 || *list[0].NoteName != "remark" {
					t.Errorf("contacts %v", list)
					return
				}
				*list[0].NoteName = "spoiled"
			})
		}
		want := 0
		for _, write := range []func() error{
			func() error { return nil },
			func() error {
				return s.Contacts.SetNotes(t.Context(), nth(0), chat.Ref{Username: nth(1)}, chat.Notes{})
			},
			func() error { _, err := s.Contacts.Add(t.Context(), nth(3), chat.Refs(nth(0))); return err }, // mutual
			func() error { _, err := s.Contacts.Remove(t.Context(), nth(0), chat.Refs(nth(2))); return err },
			func() error { _, err := s.Users.Delete(t.Context(), []string{nth(3)}); return err },
		} {
			must(t, write())
			read()
			if want++; f.count("Notes") != want {
				t.Fatalf("%d reads, want %d", f.count("Notes"), want)
			}
		}
	})
}

func TestDevicesAreReadTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 100)
		inner := f.service()
		inner.Devices = fakeDevices{f}
		s := bulk.New(inner, bulk.Options{})
		devices, err := s.Devices.Of(t.Context(), nths(0, 25))
		must(t, err)
		for i, of := range devices {
			if len(of) != 1 || of[0].Platform != "android of "+nth(i) {
				t.Errorf("devices of %s: %v", nth(i), of)
			}
		}
		if diff := cmp.Diff([]int{10, 10, 5}, f.sizes("Devices")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWordsAreGatheredAndShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, 0)
		inner := f.service()
		inner.Words = fakeWords{f, &[]string{}}
		s := bulk.New(inner, bulk.Options{})
		each(30, func(i int) {
			errs, err := s.Words.Add(t.Context(), []string{fmt.Sprintf("word%d", i)})
			must(t, errors.Join(append(errs, err)...))
		})
		if f.count("AddWords") > 12 {
			t.Errorf("%d calls for 30 words", f.count("AddWords"))
		}
		want := 0
		for _, write := range []func() error{
			func() error { return nil },
			func() error { return s.Words.Rename(t.Context(), "word1", "other") },
			func() error { return s.Words.Remove(t.Context(), "word2") },
			func() error { _, err := s.Words.Add(t.Context(), []string{"word2"}); return err },
		} {
			must(t, write())
			each(10, func(int) {
				page, err := s.Words.List(t.Context(), "")
				must(t, err)
				page.Items[0] = "spoiled"
			})
			if want++; f.count("Words") != want {
				t.Fatalf("%d reads, want %d", f.count("Words"), want)
			}
		}
		page, err := s.Words.List(t.Context(), "")
		must(t, err)
		if len(page.Items) != 30 || slices.Contains(page.Items, "spoiled") || !slices.Contains(page.Items, "other") {
			t.Errorf("words %v", page.Items)
		}
	})
}

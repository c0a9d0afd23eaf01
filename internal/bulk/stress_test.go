package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
)

// Whoever writes reads what was written, whatever others do, and whoever leaves
// does no harm. In real time, so that the race detector sees real races.
func TestStress(t *testing.T) {
	for _, opts := range []bulk.Options{{}, {Slots: 1}, {Slots: 3}, {Off: true}} {
		t.Run(fmt.Sprintf("%+v", opts), func(t *testing.T) {
			t.Parallel()
			f := &paced{fake: newFake(t, 500), interval: 50 * time.Microsecond}
			f.limits.UserPage = 50
			f.limits.CreateUsers.Items = 7
			f.latency = func(string) time.Duration { return time.Duration(rand.Int64N(int64(300 * time.Microsecond))) }
			s := bulk.New(f.service(), opts)
			each(24, func(i int) {
				for n := range 12 {
					live(t, s, fmt.Sprintf("w%02d", i), nth(i))
					if i%3 == 0 {
						leaveEarly(t.Context(), s, fmt.Sprintf("w%02d", (i+1)%24), nth(n*40))
					}
				}
			})
			var names []string
			for i := range 24 {
				names = append(names, fmt.Sprintf("xw%02d", i), fmt.Sprintf("yw%02d", i))
			}
			errs, err := s.Users.Delete(t.Context(), names) // nobody's turn is lost
			must(t, errors.Join(append(errs, err)...))
		})
	}
}

// live creates a user, changes it, gives it a contact and a block, and deletes it, and looks after every step.
func live(t *testing.T, s *chat.Service, name, other string) {
	ctx := t.Context()
	one := func(errs []error, err error) { t.Helper(); must(t, errors.Join(append(errs, err)...)) }
	if err := createErr(s, name); err != nil && !errors.Is(err, chat.ErrAlreadyExists) {
		t.Error(err)
	}
	nick := fmt.Sprint("nick", rand.Int())
	must(t, s.Users.Update(ctx, name, chat.Settings{Nickname: &nick}))
	u, err := s.Users.Get(ctx, name, chat.Basic)
	if err != nil || u.Nickname == nil || *u.Nickname != nick {
		t.Errorf("%s: %+v, %v", name, u, err)
	}
	one(s.Contacts.Add(ctx, name, chat.Refs(other)))
	one(s.Blocks.Add(ctx, name, chat.Refs(other)))
	contacts, err := s.Contacts.List(ctx, name)
	if err != nil || len(contacts) == 0 {
		t.Errorf("%s: %v, %v", name, contacts, err)
	}
	blocks, err := s.Blocks.List(ctx, name)
	if err != nil || len(blocks) == 0 {
		t.Errorf("%s: %v, %v", name, blocks, err)
	}
	one(s.Contacts.Remove(ctx, name, chat.Refs(other)))
	if contacts, err = s.Contacts.List(ctx, name); err != nil || len(contacts) != 0 {
		t.Errorf("%s: %v, %v", name, contacts, err)
	}
	one(s.Blocks.Remove(ctx, name, chat.Refs(other)))
	if _, err := s.Users.Get(ctx, other, chat.Basic); err != nil {
		t.Error(err)
	}
	one(s.Users.Delete(ctx, []string{name}))
	if _, err := s.Users.Get(ctx, name, chat.Basic); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("%s was deleted: %v", name, err)
	}
}

// leaveEarly asks for this and that and does not wait for all of it.
func leaveEarly(ctx context.Context, s *chat.Service, name, other string) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(rand.Int64N(int64(time.Millisecond))))
	defer cancel()
	each(6, func(i int) {
		switch i {
		case 0:
			_, _ = s.Users.Get(ctx, name, chat.Basic)
		case 1:
			_, _ = s.Users.Get(ctx, other, chat.Basic)
		case 2:
			_, _ = s.Contacts.List(ctx, name)
		case 3:
			_, _ = s.Statuses.Of(ctx, []string{name, other, name})
		case 4:
			_, _ = s.Users.Create(ctx, []chat.NewUser{newUser("x" + name), newUser("y" + name), newUser("x" + name)})
		case 5:
			_, _ = s.Users.Delete(ctx, []string{"x" + name, "y" + name})
		}
	})
}

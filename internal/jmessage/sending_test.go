package jmessage_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"terraform-provider-chat/internal/chat"
)

// everyCall is a call of every method that makes one. Reads reports whether it changes
// nothing on the platform.
var everyCall = map[string]struct {
	reads bool
	call  func(context.Context, *chat.Service) error
}{
	"register": {false, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Users.Create(ctx, []chat.NewUser{{Username: "alice", Password: "password"}})
		return err
	}},
	"read": {true, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Users.Get(ctx, "alice", chat.Basic)
		return err
	}},
	"list": {true, func(ctx context.Context, s *chat.Service) error { _, err := s.Users.List(ctx, ""); return err }},
	"update": {false, func(ctx context.Context, s *chat.Service) error {
		return s.Users.Update(ctx, "alice", chat.Settings{Nickname: ptr("a")})
	}},
	"password": {false, func(ctx context.Context, s *chat.Service) error { return s.Users.SetPassword(ctx, "alice", "password") }},
	"activate": {false, func(ctx context.Context, s *chat.Service) error { return s.Users.SetActivated(ctx, "alice", true) }},
	"delete":   {false, func(ctx context.Context, s *chat.Service) error { return only(s.Users.Delete(ctx, []string{"alice"})) }},
	"delete some": {false, func(ctx context.Context, s *chat.Service) error {
		return only(s.Users.Delete(ctx, []string{"alice", "bert"}))
	}},
	"contacts": {true, func(ctx context.Context, s *chat.Service) error { _, err := s.Contacts.List(ctx, "alice"); return err }},
	"add contact": {false, func(ctx context.Context, s *chat.Service) error {
		return only(s.Contacts.Add(ctx, "alice", chat.Refs("bert")))
	}},
	"drop contact": {false, func(ctx context.Context, s *chat.Service) error {
		return only(s.Contacts.Remove(ctx, "alice", chat.Refs("bert")))
	}},
	"notes": {false, func(ctx context.Context, s *chat.Service) error {
		return s.Contacts.SetNotes(ctx, "alice", chat.Ref{Username: "bert"}, chat.Notes{Note: ptr("")})
	}},
	"blocks": {true, func(ctx context.Context, s *chat.Service) error { _, err := s.Blocks.List(ctx, "alice"); return err }},
	"add block": {false, func(ctx context.Context, s *chat.Service) error {
		return only(s.Blocks.Add(ctx, "alice", chat.Refs("bert")))
	}},
	"drop block": {false, func(ctx context.Context, s *chat.Service) error {
		return only(s.Blocks.Remove(ctx, "alice", chat.Refs("bert")))
	}},
	"statuses": {true, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Statuses.Of(ctx, []string{"alice"})
		return err
	}},
}

// A call that reads is repeated after an unusable answer and never says that it may have
// taken effect; a call that writes is not, and does. Statuses are read with a POST.
func TestReadsAndWrites(t *testing.T) {
	for name, each := range everyCall {
		for _, tt := range []struct {
			answer answer
			// attempts are those of a read and those of a write.
			attempts [2]int
		}{
			{answer{drop: true, status: 200}, [2]int{4, 4}},
			{answer{status: 500}, [2]int{4, 4}},
			{refuse(403, 899030), [2]int{4, 4}},
			{refuse(403, 899000), [2]int{1, 1}},
			{answer{status: 200, body: "<html>", html: true}, [2]int{4, 1}},
			{answer{status: 200, body: `[{"user`}, [2]int{4, 1}},
		} {
			platform := &script{repeat: tt.answer}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				start := time.Now()
				err := each.call(t.Context(), s)
				attempts := tt.attempts[1]
				if each.reads {
					attempts = tt.attempts[0]
				}
				var failure *chat.Error
				if !errors.As(err, &failure) || failure.MaybeApplied == each.reads || !failure.SentAt.Equal(start) || len(platform.Calls) != attempts {
					t.Errorf("%s, answered with %+v: %+v after %d attempts, want %d", name, tt.answer, failure, len(platform.Calls), attempts)
				}
			})
		}
	}
}

// A read ends with its context. A write that is on its way is waited for.
func TestInterruptedCalls(t *testing.T) {
	for name, each := range everyCall {
		platform := &script{repeat: answer{status: http.StatusForbidden, body: `{"error":{"code":899003,"message":"no"}}`, slow: 10 * time.Second}}
		run(t, platform, func(t *testing.T, s *chat.Service) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			err := each.call(ctx, s)
			took := time.Since(start)
			if each.reads && (!errors.Is(err, context.DeadlineExceeded) || took != time.Second) ||
				!each.reads && (!errors.Is(err, chat.ErrInvalid) || took != 10*time.Second) {
				t.Errorf("%s: %v after %s", name, err, took)
			}
		})
	}
}

// A clear refusal says when the call was sent, and that it did not take effect.
func TestRefusedCalls(t *testing.T) {
	for name, each := range everyCall {
		run(t, &script{repeat: refuse(http.StatusBadRequest, 899003)}, func(t *testing.T, s *chat.Service) {
			var failure *chat.Error
			if err := each.call(t.Context(), s); !errors.As(err, &failure) || failure.MaybeApplied || !failure.SentAt.Equal(time.Now()) {
				t.Errorf("%s: %+v", name, failure)
			}
		})
	}
}

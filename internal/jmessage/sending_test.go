package jmessage_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"terraform-provider-chat/internal/chat"
)

// how says how a call may be sent.
type how int

const (
	// writes may be repeated, although they change something on the platform.
	writes how = iota
	// reads change nothing.
	reads
	// once must not take effect twice.
	once
)

// everyCall is a call of every method that makes one. Changes of rooms, which make two,
// have a test of their own.
var everyCall = map[string]struct {
	how  how
	call func(context.Context, *chat.Service) error
}{
	"register": {writes, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Users.Create(ctx, []chat.NewUser{{Username: "alice", Password: "password"}})
		return err
	}},
	"read": {reads, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Users.Get(ctx, "alice", chat.Basic)
		return err
	}},
	"list": {reads, func(ctx context.Context, s *chat.Service) error { _, err := s.Users.List(ctx, ""); return err }},
	"update": {writes, func(ctx context.Context, s *chat.Service) error {
		return s.Users.Update(ctx, "alice", chat.Settings{Nickname: ptr("a")})
	}},
	"password": {writes, func(ctx context.Context, s *chat.Service) error { return s.Users.SetPassword(ctx, "alice", "password") }},
	"activate": {writes, func(ctx context.Context, s *chat.Service) error { return s.Users.SetActivated(ctx, "alice", true) }},
	"delete": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.Users.Delete(ctx, []string{"alice"}))
	}},
	"delete some": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.Users.Delete(ctx, []string{"alice", "bert"}))
	}},
	"contacts": {reads, func(ctx context.Context, s *chat.Service) error { _, err := s.Contacts.List(ctx, "alice"); return err }},
	"add contact": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.Contacts.Add(ctx, "alice", chat.Refs("bert")))
	}},
	"drop contact": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.Contacts.Remove(ctx, "alice", chat.Refs("bert")))
	}},
	"notes": {writes, func(ctx context.Context, s *chat.Service) error {
		return s.Contacts.SetNotes(ctx, "alice", chat.Ref{Username: "bert"}, chat.Notes{Note: ptr("")})
	}},
	"blocks": {reads, func(ctx context.Context, s *chat.Service) error { _, err := s.Blocks.List(ctx, "alice"); return err }},
	"add block": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.Blocks.Add(ctx, "alice", chat.Refs("bert")))
	}},
	"drop block": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.Blocks.Remove(ctx, "alice", chat.Refs("bert")))
	}},
	"create group": {once, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Groups.Create(ctx, chat.NewGroup{Owner: "alice"})
		return err
	}},
	"read group": {reads, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Groups.Get(ctx, []string{"7"})
		return err
	}},
	"list groups": {reads, func(ctx context.Context, s *chat.Service) error { _, err := s.Groups.List(ctx, "", ""); return err }},
	"groups of user": {reads, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Groups.List(ctx, "alice", "")
		return err
	}},
	"update group": {writes, func(ctx context.Context, s *chat.Service) error {
		return s.Groups.Update(ctx, "7", chat.GroupSettings{Name: ptr("")})
	}},
	"transfer group": {writes, func(ctx context.Context, s *chat.Service) error { return s.Groups.Transfer(ctx, "7", "bert") }},
	"delete group":   {writes, func(ctx context.Context, s *chat.Service) error { return s.Groups.Delete(ctx, "7") }},
	"group members":  {reads, func(ctx context.Context, s *chat.Service) error { _, err := s.GroupMembers.List(ctx, "7"); return err }},
	"add group member": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.GroupMembers.Add(ctx, "7", chat.Refs("bert")))
	}},
	"drop group member": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.GroupMembers.Remove(ctx, "7", chat.Refs("bert")))
	}},
	"mute group member": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.GroupMembers.Set(ctx, "7", chat.Muted, chat.Refs("bert"), true))
	}},
	"create room": {once, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Rooms.Create(ctx, chat.NewGroup{Owner: "alice"})
		return err
	}},
	"read rooms": {reads, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Rooms.Get(ctx, []string{"7"})
		return err
	}},
	"list rooms":    {reads, func(ctx context.Context, s *chat.Service) error { _, err := s.Rooms.List(ctx, "", ""); return err }},
	"rooms of user": {reads, func(ctx context.Context, s *chat.Service) error { _, err := s.Rooms.List(ctx, "alice", ""); return err }},
	"delete room":   {writes, func(ctx context.Context, s *chat.Service) error { return s.Rooms.Delete(ctx, "7") }},
	"room members":  {reads, func(ctx context.Context, s *chat.Service) error { _, err := s.RoomMembers.List(ctx, "7"); return err }},
	"add room member": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.RoomMembers.Add(ctx, "7", chat.Refs("bert")))
	}},
	"drop room member": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.RoomMembers.Remove(ctx, "7", chat.Refs("bert")))
	}},
	"mute room member": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.RoomMembers.Set(ctx, "7", chat.Muted, chat.Refs("bert"), true))
	}},
	"add foreign contact": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.Contacts.Add(ctx, "alice", foreign("bert")))
	}},
	"foreign notes": {writes, func(ctx context.Context, s *chat.Service) error {
		return s.Contacts.SetNotes(ctx, "alice", foreign("bert")[0], chat.Notes{Note: ptr("")})
	}},
	"add foreign block": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.Blocks.Add(ctx, "alice", foreign("bert")))
	}},
	"add foreign group member": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.GroupMembers.Add(ctx, "7", foreign("bert")))
	}},
	"add foreign room member": {writes, func(ctx context.Context, s *chat.Service) error {
		return chat.Single(s.RoomMembers.Add(ctx, "7", foreign("bert")))
	}},
	"words":     {reads, func(ctx context.Context, s *chat.Service) error { _, err := s.Words.List(ctx, ""); return err }},
	"add word":  {writes, func(ctx context.Context, s *chat.Service) error { return chat.Single(s.Words.Add(ctx, []string{"a"})) }},
	"drop word": {writes, func(ctx context.Context, s *chat.Service) error { return s.Words.Remove(ctx, "a") }},
	"rename":    {writes, func(ctx context.Context, s *chat.Service) error { return s.Words.Rename(ctx, "a", "b") }},
	"setting": {reads, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Settings.Get(ctx, chat.SDKRegistration)
		return err
	}},
	"set": {writes, func(ctx context.Context, s *chat.Service) error {
		return s.Settings.Set(ctx, chat.SDKRegistration, true)
	}},
	"quiet": {writes, func(ctx context.Context, s *chat.Service) error {
		return s.Quiet.Set(ctx, "alice", chat.QuietTarget{Contact: chat.Ref{Username: "bert"}}, true)
	}},
	"quiet across": {writes, func(ctx context.Context, s *chat.Service) error {
		return s.Quiet.Set(ctx, "alice", chat.QuietTarget{Contact: foreign("bert")[0]}, true)
	}},
	"shield": {writes, func(ctx context.Context, s *chat.Service) error { return s.Shields.Set(ctx, "alice", "7", true) }},
	"upload": {writes, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Media.Upload(ctx, chat.MediaFile{Name: "a.txt", Type: chat.MediaAny, Size: 3, Content: strings.NewReader("abc")}, nil)
		return err
	}},
	"media url": {reads, func(ctx context.Context, s *chat.Service) error { _, err := s.Media.URL(ctx, "a"); return err }},
	"send": {once, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Messages.Send(ctx, chat.Message{Conversation: from("alice", chat.TargetUser, "bert"), Text: ptr("hi")})
		return err
	}},
	"retract": {writes, func(ctx context.Context, s *chat.Service) error {
		return s.Messages.Retract(ctx, sentBy("alice", "7"))
	}},
	"devices": {reads, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Devices.Of(ctx, []string{"alice"})
		return err
	}},
	"statuses": {reads, func(ctx context.Context, s *chat.Service) error {
		_, err := s.Statuses.Of(ctx, []string{"alice"})
		return err
	}},
}

// A call that reads is repeated after an unusable answer and never says that it may have
// taken effect; a call that writes is not, and does. Statuses are read with a POST. What
// must not take effect twice is not repeated if it may have once.
func TestReadsAndWrites(t *testing.T) {
	for name, each := range everyCall {
		for _, tt := range []struct {
			answer   answer
			attempts map[how]int
		}{
			{answer{drop: true, status: 200}, map[how]int{reads: 4, writes: 4, once: 1}},
			{answer{status: 500}, map[how]int{reads: 4, writes: 4, once: 1}},
			{refuse(403, 899030), map[how]int{reads: 4, writes: 4, once: 1}},
			{refuse(403, 899000), map[how]int{reads: 1, writes: 1, once: 1}},
			{answer{status: 200, body: "<html>", html: true}, map[how]int{reads: 4, writes: 1, once: 1}},
			{answer{status: 200, body: `[{"user`}, map[how]int{reads: 4, writes: 1, once: 1}},
		} {
			platform := &script{repeat: tt.answer}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				start := time.Now()
				err := each.call(t.Context(), s)
				attempts := tt.attempts[each.how]
				var failure *chat.Error
				if !errors.As(err, &failure) || failure.MaybeApplied == (each.how == reads) || !failure.SentAt.Equal(start) || len(platform.Calls) != attempts {
					t.Errorf("%s, answered with %+v: %+v after %d attempts, want %d", name, tt.answer, failure, len(platform.Calls), attempts)
				}
			})
		}
	}
}

// A read ends with its context. A write that is on its way is waited for, and so is what
// finds out what became of it.
func TestInterruptedCalls(t *testing.T) {
	for name, each := range everyCall {
		platform := &script{repeat: answer{status: http.StatusForbidden, body: `{"error":{"code":899003,"message":"no"}}`, slow: 10 * time.Second}}
		run(t, platform, func(t *testing.T, s *chat.Service) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			err := each.call(ctx, s)
			took := time.Since(start)
			if each.how == reads && (!errors.Is(err, context.DeadlineExceeded) || took != time.Second) ||
				each.how != reads && (!errors.Is(err, chat.ErrInvalid) || took < 10*time.Second || took > 30*time.Second) {
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

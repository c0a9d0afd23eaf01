package jmessage_test

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/emulator"
)

func TestEmulatedWords(t *testing.T) {
	run(t, emulator.New(emulator.Options{}), func(t *testing.T, s *chat.Service) {
		ctx := t.Context()
		list := func() []string {
			page, err := s.Words.List(ctx, "")
			if err != nil {
				t.Fatal(err)
			}
			return page.Items
		}
		wantEqual(t, []string{}, list(), nil)
		succeed(t, 3)(s.Words.Add(ctx, []string{"FUCK", "一二三四五六七八九十", "a b"}))
		succeed(t, 2)(s.Words.Add(ctx, []string{"a b", "c"}))
		_, err := s.Words.Add(ctx, []string{"d", "abcdefghijk"})
		checkKind(t, err, chat.ErrInvalid)
		for range 2 {
			if err := s.Words.Rename(ctx, "FUCK", "fuck"); err != nil {
				t.Error(err)
			}
			if err := s.Words.Remove(ctx, "a b"); err != nil {
				t.Error(err)
			}
		}
		wantEqual(t, []string{"fuck", "一二三四五六七八九十", "c"}, list(), nil)
		checkKind(t, s.Words.Rename(ctx, "x", "y"), chat.ErrNotFound)
		checkKind(t, s.Words.Rename(ctx, "fuck", "c"), chat.ErrAlreadyExists)
		checkKind(t, s.Words.Rename(ctx, "fuck", "abcdefghijk"), chat.ErrInvalid)

		more := make([]string, 97)
		for i := range more {
			more[i] = fmt.Sprintf("word%d", i)
		}
		succeed(t, 97)(s.Words.Add(ctx, more))
		if n := len(list()); n != s.Words.Limits().Words {
			t.Errorf("%d words, want %d", n, s.Words.Limits().Words)
		}
		_, err = s.Words.Add(ctx, []string{"more"})
		checkKind(t, err, chat.ErrInvalid)
	})
}

func TestEmulatedSettings(t *testing.T) {
	run(t, emulator.New(emulator.Options{}), func(t *testing.T, s *chat.Service) {
		for setting, first := range map[chat.AppSetting]bool{chat.SensitiveWordFilter: false, chat.SDKRegistration: true} {
			got, err := s.Settings.Get(t.Context(), setting)
			wantEqual(t, first, got, err)
			for _, on := range []bool{!first, !first, first, first} {
				if err := s.Settings.Set(t.Context(), setting, on); err != nil {
					t.Error(err)
				}
				got, err := s.Settings.Get(t.Context(), setting)
				wantEqual(t, on, got, err)
			}
		}
	})
}

func TestEmulatedQuiet(t *testing.T) {
	for _, codes := range []string{"false", "true"} {
		e := emulator.New(emulator.Options{Apps: []emulator.App{{Platform: "jmessage", Key: otherKey}}})
		control(t, e, http.MethodPut, "settings", `{"jmessage":{"documented_no_disturb_codes":`+codes+`}}`, nil)
		run(t, e, func(t *testing.T, s *chat.Service) {
			ctx := t.Context()
			register(t, s, "alice", "bert")
			registerElsewhere(t, e, "bert")
			team, err := s.Groups.Create(ctx, chat.NewGroup{Owner: "alice"})
			if err != nil {
				t.Fatal(err)
			}
			id, err := strconv.ParseInt(team.ID, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			targets := []chat.QuietTarget{{}, {Contact: chat.Ref{Username: "bert"}}, {Contact: foreign("bert")[0]}, {Group: team.ID}}
			set := func(on bool) {
				t.Helper()
				for _, target := range targets {
					for range 2 {
						if err := s.Quiet.Set(ctx, "alice", target, on); err != nil {
							t.Errorf("%+v, on: %v: %v", target, on, err)
						}
					}
				}
				for range 2 {
					if err := s.Shields.Set(ctx, "alice", team.ID, on); err != nil {
						t.Errorf("shield, on: %v: %v", on, err)
					}
				}
			}
			set(false)
			set(true)
			got := hiddenOf(t, e, "alice")
			wantEqual(t, quieted{Single: []any{"bert", map[string]any{"appkey": otherKey, "username": "bert"}}, Group: []int64{id}, Global: true}, got.NoDisturb, nil)
			wantEqual(t, []int64{id}, got.Shield, nil)
			set(false)
			got = hiddenOf(t, e, "alice")
			wantEqual(t, hidden{Password: "password"}, got, nil)

			for _, target := range []chat.QuietTarget{{Contact: chat.Ref{Username: "nobody"}}, {Contact: foreign("nobody")[0]}, {Contact: chat.Ref{AppKey: thirdKey, Username: "bert"}}, {Group: "7"}} {
				checkKind(t, s.Quiet.Set(ctx, "alice", target, true), chat.ErrNotFound)
				if err := s.Quiet.Set(ctx, "alice", target, false); err != nil {
					t.Errorf("%+v: %v", target, err)
				}
			}
			checkKind(t, s.Shields.Set(ctx, "alice", "7", true), chat.ErrNotFound)
			checkKind(t, s.Shields.Set(ctx, "nobody", team.ID, true), chat.ErrNotFound)
			checkKind(t, s.Quiet.Set(ctx, "nobody", chat.QuietTarget{}, true), chat.ErrNotFound)
			if err := errors.Join(s.Shields.Set(ctx, "alice", "7", false), s.Shields.Set(ctx, "nobody", team.ID, false), s.Quiet.Set(ctx, "nobody", chat.QuietTarget{}, false)); err != nil {
				t.Error(err)
			}
			if err := s.Quiet.Set(ctx, "bert", chat.QuietTarget{Group: team.ID}, true); (err != nil) != (codes == "true") {
				t.Errorf("a group that the user is not in: %v", err)
			}
		})
	}
}

func TestEmulatedMessages(t *testing.T) {
	e := emulator.New(emulator.Options{Apps: []emulator.App{{Platform: "jmessage", Key: otherKey}}})
	run(t, e, func(t *testing.T, s *chat.Service) {
		ctx := t.Context()
		register(t, s, "alice", "bert")
		registerElsewhere(t, e, "carl")
		team, err := s.Groups.Create(ctx, chat.NewGroup{Owner: "alice"})
		if err != nil {
			t.Fatal(err)
		}
		hall, err := s.Rooms.Create(ctx, chat.NewGroup{Owner: "alice"})
		if err != nil {
			t.Fatal(err)
		}
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
			t.Fatal(err)
		}
		uploaded, err := s.Media.Upload(ctx, chat.MediaFile{
			Name: "a.png", Type: chat.MediaImage, Size: int64(picture.Len()), Content: bytes.NewReader(picture.Bytes()),
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if uploaded.ID == "" || uploaded.Width != 30 || uploaded.Height != 20 ||
			uploaded.CRC32 != int64(crc32.ChecksumIEEE(picture.Bytes())) {
			t.Errorf("got %+v", uploaded)
		}
		if url, err := s.Media.URL(ctx, uploaded.ID); err != nil || !strings.HasSuffix(url, uploaded.ID) {
			t.Errorf("got %q, %v", url, err)
		}
		_, err = s.Media.URL(ctx, "qiniu/image/0")
		checkKind(t, err, chat.ErrInvalid)
		_, err = s.Media.Upload(ctx, chat.MediaFile{Name: "a.png", Type: chat.MediaImage, Size: 3, Content: strings.NewReader("abc")}, nil)
		checkKind(t, err, chat.ErrInvalid)

		var ids []string
		for _, m := range []chat.Message{
			{Conversation: from("alice", chat.TargetUser, "bert"), Text: ptr("hi <b>")},
			{Conversation: from("alice", chat.TargetGroup, team.ID), Custom: ptr(`{"a": 1}`)},
			{Conversation: from("alice", chat.TargetRoom, hall.ID), Image: &uploaded.ID},
			{Conversation: across(from("alice", chat.TargetUser, "carl"), strings.ToUpper(otherKey)), Text: ptr("hi")},
		} {
			id, err := s.Messages.Send(ctx, m)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		for what, m := range map[string]chat.Message{
			"sender":      {Conversation: from("nobody", chat.TargetUser, "bert")},
			"user":        {Conversation: from("alice", chat.TargetUser, "nobody")},
			"group":       {Conversation: from("alice", chat.TargetGroup, "7")},
			"room":        {Conversation: from("alice", chat.TargetRoom, "7")},
			"application": {Conversation: across(from("alice", chat.TargetUser, "bert"), thirdKey)},
		} {
			m.Text = ptr("hi")
			if _, err := s.Messages.Send(ctx, m); !errors.Is(err, chat.ErrNotFound) {
				t.Errorf("no such %s: %v", what, err)
			}
		}

		first := sentBy("alice", ids[0])
		checkKind(t, s.Messages.Retract(ctx, sentBy("bert", ids[0])), chat.ErrInvalid)
		checkKind(t, s.Messages.Retract(ctx, sentBy("alice", "7")), chat.ErrNotFound)
		if err := s.Messages.Retract(ctx, first); err != nil {
			t.Error(err)
		}
		checkKind(t, s.Messages.Retract(ctx, first), chat.ErrInvalid)
		control(t, e, http.MethodPost, "clock", `{"advance":"3m1s"}`, nil)
		checkKind(t, s.Messages.Retract(ctx, sentBy("alice", ids[1])), chat.ErrInvalid)

		var got []sentMessage
		for i, m := range stateOf(t, e).Messages {
			if strconv.FormatInt(m.ID, 10) != ids[i] {
				t.Errorf("message %d has the id %d, want %s", i, m.ID, ids[i])
			}
			m.ID, m.Body = 0, nil
			got = append(got, m)
		}
		wantEqual(t, []sentMessage{
			{From: "alice", Target: "bert", Type: "text", Retracted: true},
			{From: "alice", Target: team.ID, Type: "custom"},
			{From: "alice", Target: hall.ID, Type: "image"},
			{From: "alice", Target: "carl", TargetApp: otherKey, Type: "text"},
		}, got, nil)
	})
}

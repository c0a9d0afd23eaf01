package jmessage_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/emulator"
)

func TestEmulatedGroups(t *testing.T) {
	e := emulator.New(emulator.Options{})
	run(t, e, func(t *testing.T, s *chat.Service) {
		ctx := t.Context()
		register(t, s, "alice", "bert", "carl", "dora")
		now := createdAt(time.Now())

		settings := chat.GroupSettings{Name: ptr("群 🙂"), Description: ptr("a\nb"), Avatar: ptr("qiniu/image/CE0ACD035CBF71F8"), Public: ptr(true)}
		team, err := s.Groups.Create(ctx, chat.NewGroup{Owner: "alice", GroupSettings: settings})
		if err != nil {
			t.Fatal(err)
		}
		if team.Owner != "alice" || team.Differs(now) {
			t.Errorf("created %+v", team)
		}
		if flag := hiddenGroupOf(t, e, "群 🙂").Flag; flag != 2 {
			t.Errorf("a public group has the flag %d", flag)
		}
		_, err = s.Groups.Create(ctx, chat.NewGroup{Owner: "nobody", GroupSettings: chat.GroupSettings{Name: ptr("x")}})
		checkKind(t, err, chat.ErrNotFound)
		second, err := s.Groups.Create(ctx, chat.NewGroup{Owner: "alice", GroupSettings: chat.GroupSettings{Name: ptr("second")}})
		if err != nil || second.ID == team.ID {
			t.Fatalf("%+v, %v", second, err)
		}
		if flag := hiddenGroupOf(t, e, "second").Flag; flag != 1 {
			t.Errorf("a group has the flag %d if nothing is said", flag)
		}

		settings.Public, settings.MaxMembers = nil, ptr(int64(500))
		want := chat.Group{ID: team.ID, Registration: now, GroupSettings: settings}
		got, err := s.Groups.Get(ctx, []string{team.ID})
		wantEqual(t, []*chat.Group{&want}, got, err)
		other := chat.Group{ID: second.ID, Registration: now, GroupSettings: chat.GroupSettings{Name: ptr("second"), MaxMembers: ptr(int64(500))}}
		page, err := s.Groups.List(ctx, "", "")
		wantEqual(t, &chat.Page[chat.Group]{Items: []chat.Group{want, other}, Total: 2, Skip: strconv.Itoa}, page, err)
		page, err = s.Groups.List(ctx, "", "1")
		wantEqual(t, &chat.Page[chat.Group]{Items: []chat.Group{other}, Total: 2, Skip: strconv.Itoa}, page, err)

		succeed(t, 2)(s.GroupMembers.Add(ctx, team.ID, chat.Refs("bert", "carl")))
		succeed(t, 1)(s.GroupMembers.Add(ctx, team.ID, chat.Refs("bert")))
		_, err = s.GroupMembers.Add(ctx, team.ID, chat.Refs("dora", "bert"))
		checkKind(t, err, chat.ErrAlreadyExists)
		_, err = s.GroupMembers.Add(ctx, team.ID, chat.Refs("dora", "nobody"))
		checkKind(t, err, chat.ErrNotFound)
		page, err = s.Groups.List(ctx, "bert", "")
		wantEqual(t, &chat.Page[chat.Group]{Items: []chat.Group{want}, Total: 1}, page, err)
		_, err = s.Groups.List(ctx, "nobody", "")
		checkKind(t, err, chat.ErrNotFound)
		members, err := s.GroupMembers.List(ctx, team.ID)
		wantEqual(t, []chat.Member{{Ref: chat.Ref{Username: "alice"}, Owner: true}, {Ref: chat.Ref{Username: "bert"}}, {Ref: chat.Ref{Username: "carl"}}}, members, err)

		succeed(t, 2)(s.GroupMembers.Set(ctx, team.ID, chat.Muted, chat.Refs("bert", "carl"), true))
		succeed(t, 1)(s.GroupMembers.Set(ctx, team.ID, chat.Muted, chat.Refs("carl"), false))
		succeed(t, 1)(s.GroupMembers.Set(ctx, team.ID, chat.Muted, chat.Refs("carl"), false))
		succeed(t, 1)(s.GroupMembers.Set(ctx, team.ID, chat.Muted, chat.Refs("dora"), false))
		_, err = s.GroupMembers.Set(ctx, team.ID, chat.Muted, chat.Refs("bert", "dora"), true)
		checkKind(t, err, chat.ErrNotFound)
		for _, m := range hiddenGroupOf(t, e, "群 🙂").Members {
			if m.Silenced != (m.Username == "bert") {
				t.Errorf("%s is muted: %v", m.Username, m.Silenced)
			}
		}

		checkKind(t, s.Groups.Transfer(ctx, team.ID, "nobody"), chat.ErrNotFound)
		for _, owner := range []string{"dora", "bert", "bert"} { // Dora is no member yet
			if err := s.Groups.Transfer(ctx, team.ID, owner); err != nil {
				t.Error(err)
			}
		}
		succeed(t, 1)(s.GroupMembers.Remove(ctx, team.ID, chat.Refs("dora")))
		_, err = s.GroupMembers.Remove(ctx, team.ID, chat.Refs("alice", "dora"))
		checkKind(t, err, chat.ErrNotFound)
		succeed(t, 1)(s.GroupMembers.Remove(ctx, team.ID, chat.Refs("alice")))
		succeed(t, 1)(s.GroupMembers.Remove(ctx, team.ID, chat.Refs("alice")))
		succeed(t, 1)(s.GroupMembers.Remove(ctx, team.ID, chat.Refs("nobody")))
		members, err = s.GroupMembers.List(ctx, team.ID)
		wantEqual(t, []chat.Member{{Ref: chat.Ref{Username: "bert"}, Owner: true}, {Ref: chat.Ref{Username: "carl"}}}, members, err)

		if err := s.Groups.Update(ctx, team.ID, chat.GroupSettings{Name: ptr("b"), Description: ptr("")}); err != nil {
			t.Error(err)
		}
		want.Name, want.Description = ptr("b"), nil
		got, err = s.Groups.Get(ctx, []string{team.ID})
		wantEqual(t, []*chat.Group{&want}, got, err)

		// A group ends with its last member, and is gone then.
		succeed(t, 2)(s.GroupMembers.Remove(ctx, team.ID, chat.Refs("bert", "carl")))
		got, err = s.Groups.Get(ctx, []string{team.ID})
		wantEqual(t, []*chat.Group{nil}, got, err)
		succeed(t, 2)(s.GroupMembers.Remove(ctx, team.ID, chat.Refs("bert", "carl")))
		succeed(t, 2)(s.GroupMembers.Set(ctx, team.ID, chat.Muted, chat.Refs("bert", "carl"), false))
		for range 2 {
			if err := errors.Join(s.Groups.Delete(ctx, team.ID), s.Groups.Delete(ctx, second.ID)); err != nil {
				t.Error(err)
			}
		}
		for what, err := range map[string]error{
			"update":   s.Groups.Update(ctx, team.ID, chat.GroupSettings{Name: ptr("b")}),
			"transfer": s.Groups.Transfer(ctx, team.ID, "bert"),
			"list":     memberError(s.GroupMembers.List(ctx, team.ID)),
			"add":      chat.Single(s.GroupMembers.Add(ctx, team.ID, chat.Refs("bert"))),
			"mute":     chat.Single(s.GroupMembers.Set(ctx, team.ID, chat.Muted, chat.Refs("bert"), true)),
		} {
			if !errors.Is(err, chat.ErrNotFound) {
				t.Errorf("%s in a group that is gone: %v, want ErrNotFound", what, err)
			}
		}
		_, err = s.Groups.Get(ctx, []string{"team"})
		checkKind(t, err, chat.ErrInvalid)
	})
}

func TestEmulatedRooms(t *testing.T) {
	e := emulator.New(emulator.Options{})
	run(t, e, func(t *testing.T, s *chat.Service) {
		ctx := t.Context()
		register(t, s, "alice", "bert", "carl", "dora")
		now := createdAt(time.Now())
		settings := chat.GroupSettings{Name: ptr("大厅\n"), Description: ptr("🙂")}
		hall, err := s.Rooms.Create(ctx, chat.NewGroup{Owner: "alice", GroupSettings: settings})
		if err != nil {
			t.Fatal(err)
		}
		if hall.Owner != "alice" || hall.Differs(now) {
			t.Errorf("created %+v", hall)
		}
		_, err = s.Rooms.Create(ctx, chat.NewGroup{Owner: "nobody"})
		checkKind(t, err, chat.ErrNotFound)
		second, err := s.Rooms.Create(ctx, chat.NewGroup{Owner: "bert", GroupSettings: chat.GroupSettings{Name: ptr("second")}})
		if err != nil {
			t.Fatal(err)
		}

		settings.MaxMembers = ptr(int64(10000))
		want := chat.Group{ID: hall.ID, Owner: "alice", Registration: now, GroupSettings: settings}
		other := chat.Group{ID: second.ID, Owner: "bert", Registration: now, GroupSettings: chat.GroupSettings{Name: ptr("second"), MaxMembers: ptr(int64(10000))}}
		got, err := s.Rooms.Get(ctx, []string{second.ID, "12345", hall.ID})
		wantEqual(t, []*chat.Group{&other, nil, &want}, got, err)
		page, err := s.Rooms.List(ctx, "", "")
		wantEqual(t, &chat.Page[chat.Group]{Items: []chat.Group{want, other}, Total: 2, Skip: strconv.Itoa}, page, err)
		page, err = s.Rooms.List(ctx, "bert", "")
		wantEqual(t, &chat.Page[chat.Group]{Items: []chat.Group{other}, Total: 1}, page, err)
		_, err = s.Rooms.List(ctx, "nobody", "")
		checkKind(t, err, chat.ErrNotFound)

		succeed(t, 2)(s.RoomMembers.Add(ctx, hall.ID, chat.Refs("bert", "carl")))
		succeed(t, 2)(s.RoomMembers.Add(ctx, hall.ID, chat.Refs("bert", "carl")))
		_, err = s.RoomMembers.Add(ctx, hall.ID, chat.Refs("dora", "nobody"))
		checkKind(t, err, chat.ErrNotFound)
		succeed(t, 1)(s.RoomMembers.Set(ctx, hall.ID, chat.Muted, chat.Refs("bert"), true))
		succeed(t, 1)(s.RoomMembers.Set(ctx, hall.ID, chat.Muted, chat.Refs("carl"), true))
		succeed(t, 1)(s.RoomMembers.Set(ctx, hall.ID, chat.Muted, chat.Refs("carl"), false))
		succeed(t, 1)(s.RoomMembers.Set(ctx, hall.ID, chat.Muted, chat.Refs("dora"), false))
		_, err = s.RoomMembers.Set(ctx, hall.ID, chat.Muted, chat.Refs("dora"), true)
		checkKind(t, err, chat.ErrNotFound)
		members, err := s.RoomMembers.List(ctx, hall.ID)
		wantEqual(t, []chat.Member{
			{Ref: chat.Ref{Username: "alice"}, Owner: true, Muted: ptr(false)},
			{Ref: chat.Ref{Username: "bert"}, Muted: ptr(true)},
			{Ref: chat.Ref{Username: "carl"}, Muted: ptr(false)},
		}, members, err)

		if err := s.Rooms.Update(ctx, hall.ID, chat.GroupSettings{Description: ptr("")}); err != nil {
			t.Error(err)
		}
		checkKind(t, s.Rooms.Transfer(ctx, hall.ID, "nobody"), chat.ErrNotFound)
		for _, owner := range []string{"dora", "bert", "bert"} { // Dora is not in it yet
			if err := s.Rooms.Transfer(ctx, hall.ID, owner); err != nil {
				t.Error(err)
			}
		}
		succeed(t, 1)(s.RoomMembers.Remove(ctx, hall.ID, chat.Refs("dora")))
		want.Owner, want.Description = "bert", nil
		got, err = s.Rooms.Get(ctx, []string{hall.ID})
		wantEqual(t, []*chat.Group{&want}, got, err)

		_, err = s.RoomMembers.Remove(ctx, hall.ID, chat.Refs("alice", "dora"))
		checkKind(t, err, chat.ErrNotFound)
		checkKind(t, chat.Single(s.RoomMembers.Remove(ctx, hall.ID, chat.Refs("bert"))), chat.ErrInvalid) // the owner
		succeed(t, 2)(s.RoomMembers.Remove(ctx, hall.ID, chat.Refs("alice", "carl")))
		succeed(t, 1)(s.RoomMembers.Remove(ctx, hall.ID, chat.Refs("carl")))
		succeed(t, 1)(s.RoomMembers.Remove(ctx, hall.ID, chat.Refs("nobody")))

		for range 2 {
			if err := errors.Join(s.Rooms.Delete(ctx, hall.ID), s.Rooms.Delete(ctx, second.ID)); err != nil {
				t.Error(err)
			}
		}
		succeed(t, 2)(s.RoomMembers.Remove(ctx, hall.ID, chat.Refs("alice", "carl")))
		succeed(t, 1)(s.RoomMembers.Set(ctx, hall.ID, chat.Muted, chat.Refs("bert"), false))
		for what, err := range map[string]error{
			"update":   s.Rooms.Update(ctx, hall.ID, chat.GroupSettings{Name: ptr("b")}),
			"transfer": s.Rooms.Transfer(ctx, hall.ID, "bert"),
			"list":     memberError(s.RoomMembers.List(ctx, hall.ID)),
			"add":      chat.Single(s.RoomMembers.Add(ctx, hall.ID, chat.Refs("bert"))),
			"mute":     chat.Single(s.RoomMembers.Set(ctx, hall.ID, chat.Muted, chat.Refs("bert"), true)),
		} {
			if !errors.Is(err, chat.ErrNotFound) {
				t.Errorf("%s in a room that is gone: %v, want ErrNotFound", what, err)
			}
		}
	})
}

// A list of more groups, rooms and members than fit on a page.
func TestEmulatedPagesOfGroups(t *testing.T) {
	run(t, emulator.New(emulator.Options{}), func(t *testing.T, s *chat.Service) {
		ctx := t.Context()
		owners := make([]string, 600)
		for i := range owners {
			owners[i] = fmt.Sprintf("user%03d", i)
		}
		register(t, s, owners[:500]...)
		register(t, s, owners[500:]...)
		for noun, each := range map[string]chat.Groups{"group": s.Groups, "room": s.Rooms} {
			var ids, got []string
			for _, owner := range owners {
				created, err := each.Create(ctx, chat.NewGroup{Owner: owner})
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, created.ID)
			}
			list := func(ctx context.Context, cursor string) (*chat.Page[chat.Group], error) {
				return each.List(ctx, "", cursor)
			}
			for g, err := range chat.All(ctx, "list", list, func(g *chat.Group) string { return g.ID }) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, g.ID)
			}
			wantEqual(t, ids, got, nil)
			if noun == "room" {
				succeed(t, 600)(s.RoomMembers.Add(ctx, ids[0], chat.Refs(owners...)))
				members, err := s.RoomMembers.List(ctx, ids[0])
				if err != nil || len(members) != 600 {
					t.Errorf("%d members, %v", len(members), err)
				}
			}
		}
	})
}

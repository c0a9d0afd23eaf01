package easemob_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/emulator"
)

// inEra returns an emulator of an era, and its service.
func inEra(t *testing.T, era int) (http.Handler, *chat.Service) {
	t.Helper()
	e := emulator.New(emulator.Options{EasemobEra: era})
	return e, connect(t, e)
}

// eras runs a test against an emulator of every era, over a network.
func eras(t *testing.T, test func(t *testing.T, e http.Handler, service *chat.Service)) {
	t.Helper()
	for _, era := range []int{2018, 2025} {
		t.Run(fmt.Sprint(era), func(t *testing.T) {
			e := emulator.New(emulator.Options{EasemobEra: era})
			server := httptest.NewServer(e)
			defer server.Close()
			test(t, e, connect(t, nil, network(server)))
		})
	}
}

// establish creates a group or chat room.
func establish(t *testing.T, groups chat.Groups, owner string, settings chat.GroupSettings) *chat.Group {
	t.Helper()
	g, err := groups.Create(t.Context(), chat.NewGroup{Owner: owner, GroupSettings: settings})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// all is the error of a bulk call: of the call, or of any input.
func all(errs []error, err error) error { return errors.Join(append(errs, err)...) }

// one reads a group or chat room, which must exist.
func one(t *testing.T, groups chat.Groups, id string) *chat.Group {
	t.Helper()
	list, err := groups.Get(t.Context(), []string{id})
	if err != nil || len(list) != 1 || list[0] == nil {
		t.Fatalf("%v, %v", list, err)
	}
	return list[0]
}

// listing is who is in a group: the owner first, with an asterisk, and the others sorted.
func listing(t *testing.T, members chat.Members, id string) []string {
	t.Helper()
	list, err := members.List(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, member := range list {
		name := member.Username
		if member.Owner {
			name = "*" + name
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// having is who has a state, sorted.
func having(t *testing.T, members chat.Members, id string, state chat.MemberState) []string {
	t.Helper()
	names, err := members.Having(t.Context(), id, state)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return append([]string{}, names...)
}

// hidden is what the emulator's state holds of its only group and chat room.
type hidden struct {
	Groups, Chatrooms []struct {
		Members   []struct{ Username string } `json:"members"`
		AllowList []string                    `json:"allow_list"`
		MuteList  map[string]int64            `json:"mute_list"`
	}
}

func state(t *testing.T, e http.Handler) hidden {
	t.Helper()
	var document struct{ Easemob hidden }
	control(t, e, http.MethodGet, "state", "", &document)
	return document.Easemob
}

func TestGroupsOnTheEmulator(t *testing.T) {
	eras(t, func(t *testing.T, e http.Handler, service *chat.Service) {
		create(t, service, "ann", "bob", "cat")
		for what, groups := range map[string]chat.Groups{"group": service.Groups, "chat room": service.Rooms} {
			isRoom := what == "chat room"
			members := map[bool]chat.Members{false: service.GroupMembers, true: service.RoomMembers}[isRoom]
			good := func(doing string, err error) {
				t.Helper()
				if err != nil {
					t.Errorf("%s a %s: %v", doing, what, err)
				}
			}
			wanted := chat.GroupSettings{Name: ptr("R&D <1>"), Description: ptr("d"), MaxMembers: ptr(int64(300)), Custom: ptr(`{"a":1}`)}
			if !isRoom {
				wanted.Avatar, wanted.Public = ptr("https://x/a.png"), ptr(true)
				wanted.AllowInvites, wanted.MembersOnly = ptr(true), ptr(true)
			}
			created := establish(t, groups, "Ann", wanted)
			read := one(t, groups, created.ID)
			same(t, "what was created and what is read of a "+what, read.GroupSettings, created.GroupSettings)
			if read.ID != created.ID || read.Owner != "ann" || *read.Muted {
				t.Errorf("%s: %+v", what, read)
			}
			if !isRoom {
				same(t, "members", read.Members, []chat.Member{{Ref: chat.Ref{Username: "ann"}, Owner: true}})
				good("let members add others in", groups.Update(t.Context(), created.ID, chat.GroupSettings{AllowInvites: ptr(true)}))
				if !*one(t, groups, created.ID).AllowInvites {
					t.Error("members may not add others")
				}
			}

			// Both directions of every setting, and what is not named stays.
			small := establish(t, groups, "bob", chat.GroupSettings{Name: ptr("n")})
			before := one(t, groups, small.ID).GroupSettings
			same(t, "the least of a "+what, []any{before.Description, before.Custom, before.Avatar}, []any{(*string)(nil), (*string)(nil), (*string)(nil)})
			changes := []chat.GroupSettings{
				{Name: ptr("n2")}, {Description: ptr("d2")}, {Description: ptr("")}, {MaxMembers: ptr(int64(77))}, {Muted: ptr(true)}, {Muted: ptr(false)},
			}
			if !isRoom {
				changes = append(changes,
					chat.GroupSettings{Public: ptr(true)}, chat.GroupSettings{MembersOnly: ptr(true)}, chat.GroupSettings{MembersOnly: ptr(false)},
					chat.GroupSettings{AllowInvites: ptr(true)}, chat.GroupSettings{AllowInvites: ptr(false)},
					chat.GroupSettings{Avatar: ptr("https://x/b.png")}, chat.GroupSettings{Avatar: ptr("")},
					chat.GroupSettings{Custom: ptr("c2")}, chat.GroupSettings{Custom: ptr("")}, chat.GroupSettings{Public: ptr(false)},
				)
			}
			for _, change := range changes {
				good("update", groups.Update(t.Context(), small.ID, change))
				want := before
				apply(&want, change)
				before = one(t, groups, small.ID).GroupSettings
				if change.Public != nil {
					want.MembersOnly = before.MembersOnly // it begins or ceases to mean something
					if (before.MembersOnly != nil) != *change.Public {
						t.Errorf("members_only of a group that is public or not (%v): %v", *change.Public, before.MembersOnly)
					}
				}
				same(t, fmt.Sprintf("a %s after %+v", what, change), before, want)
			}

			for _, text := range []string{"welcome", ""} {
				good("announce in", groups.Update(t.Context(), small.ID, chat.GroupSettings{Announcement: ptr(text)}))
				if got, err := groups.Announcement(t.Context(), small.ID); err != nil || got != text {
					t.Errorf("announcement of a %s: %q, %v", what, got, err)
				}
			}

			for range 2 {
				good("transfer", groups.Transfer(t.Context(), small.ID, "CAT"))
				if owner := one(t, groups, small.ID).Owner; owner != "cat" {
					t.Errorf("%s: the owner is %s", what, owner)
				}
			}
			good("transfer back", groups.Transfer(t.Context(), small.ID, "bob"))
			if err := groups.Transfer(t.Context(), small.ID, "nobody"); !hasKind(err, chat.ErrNotFound) {
				t.Errorf("transfer a %s to nobody: %v", what, err)
			}
			if _, err := groups.Create(t.Context(), chat.NewGroup{Owner: "nobody", GroupSettings: wanted}); !hasKind(err, chat.ErrNotFound) {
				t.Errorf("a %s of nobody: %v", what, err)
			}

			page, err := groups.List(t.Context(), "", "")
			good("list", err)
			if len(page.Items) != 2 || page.Items[0].ID != small.ID || page.Items[0].Owner != "bob" || *page.Items[1].Name != "R&D <1>" || page.Next != "" {
				t.Errorf("%ss: %+v", what, page)
			}
			page, err = groups.List(t.Context(), "Ann", "")
			good("list", err)
			if len(page.Items) != 1 || page.Items[0].ID != created.ID || *page.Items[0].Name != "R&D <1>" {
				t.Errorf("%ss of ann: %+v", what, page)
			}
			if _, err := groups.List(t.Context(), "nobody", ""); !hasKind(err, chat.ErrNotFound) {
				t.Errorf("%ss of nobody: %v", what, err)
			}

			for range 2 {
				good("delete", groups.Delete(t.Context(), small.ID))
			}
			list, err := groups.Get(t.Context(), []string{small.ID, created.ID, small.ID, "nonsense"})
			good("read", err)
			if list[0] != nil || list[1] == nil || list[2] != nil || list[3] != nil {
				t.Errorf("%ss: %v", what, list)
			}
			if list, err = groups.Get(t.Context(), []string{small.ID, "1", "2"}); err != nil || slices.ContainsFunc(list, func(g *chat.Group) bool { return g != nil }) {
				t.Errorf("missing %ss: %v, %v", what, list, err)
			}
			for doing, err := range map[string]error{
				"update":       groups.Update(t.Context(), small.ID, chat.GroupSettings{Name: ptr("x")}),
				"announce":     groups.Update(t.Context(), small.ID, chat.GroupSettings{Announcement: ptr("x")}),
				"mute":         groups.Update(t.Context(), small.ID, chat.GroupSettings{Muted: ptr(true)}),
				"transfer":     groups.Transfer(t.Context(), small.ID, "ann"),
				"announcement": func() error { _, err := groups.Announcement(t.Context(), small.ID); return err }(),
				"members":      func() error { _, err := members.List(t.Context(), small.ID); return err }(),
				"muted":        func() error { _, err := members.Having(t.Context(), small.ID, chat.Muted); return err }(),
				"admins":       func() error { _, err := members.Having(t.Context(), small.ID, chat.Admin); return err }(),
				"add":          chat.Single(members.Add(t.Context(), small.ID, chat.Refs("bob"))),
				"mute a user":  chat.Single(members.Set(t.Context(), small.ID, chat.Muted, chat.Refs("bob"), true)),
				"make admin":   chat.Single(members.Set(t.Context(), small.ID, chat.Admin, chat.Refs("bob"), true)),
			} {
				if !hasKind(err, chat.ErrNotFound) {
					t.Errorf("%s of a deleted %s: %v", doing, what, err)
				}
			}
			good("remove members of", all(members.Remove(t.Context(), small.ID, chat.Refs("bob", "cat"))))
			good("unmute members of", all(members.Set(t.Context(), small.ID, chat.Muted, chat.Refs("bob", "cat"), false)))
			good("remove admins of", all(members.Set(t.Context(), small.ID, chat.Admin, chat.Refs("bob", "cat"), false)))
		}

		// What a user owns goes with it.
		if err := chat.Single(service.Users.Delete(t.Context(), []string{"ann"})); err != nil {
			t.Fatal(err)
		}
		page, err := service.Groups.List(t.Context(), "", "")
		if err != nil || len(page.Items) > 0 {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

// apply changes settings as an update does, where an empty text is none.
func apply(s *chat.GroupSettings, change chat.GroupSettings) {
	for _, text := range []struct{ now, then **string }{
		{&s.Name, &change.Name}, {&s.Description, &change.Description}, {&s.Avatar, &change.Avatar}, {&s.Custom, &change.Custom},
	} {
		if *text.then != nil {
			if *text.now = *text.then; **text.then == "" {
				*text.now = nil
			}
		}
	}
	for _, flag := range []struct{ now, then **bool }{
		{&s.Public, &change.Public}, {&s.AllowInvites, &change.AllowInvites}, {&s.MembersOnly, &change.MembersOnly}, {&s.Muted, &change.Muted},
	} {
		if *flag.then != nil {
			*flag.now = *flag.then
		}
	}
	if change.MaxMembers != nil {
		s.MaxMembers = change.MaxMembers
	}
}

func TestGroupMembersOnTheEmulator(t *testing.T) {
	eras(t, func(t *testing.T, e http.Handler, service *chat.Service) {
		ctx := t.Context()
		create(t, service, "ann", "bob", "cat", "dan", "eve")
		id := establish(t, service.Groups, "ann", chat.GroupSettings{Name: ptr("team"), MaxMembers: ptr(int64(4))}).ID
		members := service.GroupMembers
		good := func(errs []error, err error) {
			t.Helper()
			if err := all(errs, err); err != nil {
				t.Error(err)
			}
		}
		good(members.Add(ctx, id, chat.Refs("Bob")))
		good(members.Add(ctx, id, chat.Refs("bob")))
		good(members.Add(ctx, id, chat.Refs("bob", "CAT")))
		good(members.Add(ctx, id, chat.Refs("bob", "cat", "ann")))
		same(t, "members", listing(t, members, id), []string{"*ann", "bob", "cat"})
		same(t, "members that come with the group", len(one(t, service.Groups, id).Members), 3)
		for _, nobody := range [][]string{{"nobody"}, {"dan", "nobody"}} {
			if err := chat.Single(members.Add(ctx, id, chat.Refs(nobody...))); !hasKind(err, chat.ErrNotFound) {
				t.Errorf("add %q: %v", nobody, err)
			}
		}
		if err := chat.Single(members.Add(ctx, id, chat.Refs("dan", "eve"))); !hasKind(err, chat.ErrQuota) {
			t.Errorf("add to a full group: %v", err)
		}
		same(t, "members", listing(t, members, id), []string{"*ann", "bob", "cat"})

		for range 2 {
			good(members.Set(ctx, id, chat.Muted, chat.Refs("Bob", "cat"), true))
			same(t, "muted", having(t, members, id, chat.Muted), []string{"bob", "cat"})
		}
		for range 2 {
			good(members.Set(ctx, id, chat.Muted, chat.Refs("bob", "nobody"), false))
			same(t, "muted", having(t, members, id, chat.Muted), []string{"cat"})
		}
		for _, stranger := range []string{"dan", "nobody"} {
			if err := chat.Single(members.Set(ctx, id, chat.Muted, chat.Refs("bob", stranger), true)); !hasKind(err, chat.ErrNotFound) {
				t.Errorf("mute %s: %v", stranger, err)
			}
			if err := chat.Single(members.Set(ctx, id, chat.Admin, chat.Refs(stranger), true)); !hasKind(err, chat.ErrNotFound) {
				t.Errorf("make %s an admin: %v", stranger, err)
			}
			good(members.Set(ctx, id, chat.Admin, chat.Refs(stranger), false))
		}
		for range 2 {
			good(members.Set(ctx, id, chat.Admin, chat.Refs("BOB", "cat"), true))
			same(t, "admins", having(t, members, id, chat.Admin), []string{"bob", "cat"})
		}
		for range 2 {
			good(members.Set(ctx, id, chat.Admin, chat.Refs("cat"), false))
			same(t, "admins", having(t, members, id, chat.Admin), []string{"bob"})
		}
		for what, err := range map[string]error{
			"remove":     chat.Single(members.Remove(ctx, id, chat.Refs("ann"))),
			"remove two": chat.Single(members.Remove(ctx, id, chat.Refs("bob", "ann"))),
			"mute":       chat.Single(members.Set(ctx, id, chat.Muted, chat.Refs("ann"), true)),
			"make admin": chat.Single(members.Set(ctx, id, chat.Admin, chat.Refs("ann"), true)),
		} {
			if !hasKind(err, chat.ErrInvalid) {
				t.Errorf("%s the owner: %v", what, err)
			}
		}

		for range 2 {
			good(members.Remove(ctx, id, chat.Refs("bob", "dan", "nobody")))
			same(t, "members", listing(t, members, id), []string{"*ann", "cat"})
		}
		good(members.Remove(ctx, id, chat.Refs("cat")))
		good(members.Remove(ctx, id, chat.Refs("cat")))
		good(members.Remove(ctx, id, chat.Refs("nobody")))
		same(t, "members", listing(t, members, id), []string{"*ann"})

		// Quotas of users.
		good(members.Add(ctx, id, chat.Refs("eve")))
		other := establish(t, service.Groups, "ann", chat.GroupSettings{Name: ptr("other")}).ID
		control(t, e, http.MethodPut, "settings", `{"easemob":{"max_joined":1}}`, nil)
		errs, err := members.Add(ctx, other, chat.Refs("bob", "eve", "cat"))
		if err != nil || errs[0] != nil || !hasKind(errs[1], chat.ErrQuota) || errs[2] != nil {
			t.Errorf("%v, %v", errs, err)
		}
		same(t, "members", listing(t, members, other), []string{"*ann", "bob", "cat"})
		control(t, e, http.MethodPut, "settings", `{"easemob":{"max_groups":2}}`, nil)
		_, err = service.Groups.Create(ctx, chat.NewGroup{Owner: "dan", GroupSettings: chat.GroupSettings{Name: ptr("one more")}})
		if !hasKind(err, chat.ErrQuota) {
			t.Errorf("one more: %v", err)
		}
	})
}

func TestRoomMembersOnTheEmulator(t *testing.T) {
	eras(t, func(t *testing.T, e http.Handler, service *chat.Service) {
		ctx := t.Context()
		create(t, service, "ann", "bob", "cat", "dan")
		id := establish(t, service.Rooms, "ann", chat.GroupSettings{Name: ptr("lobby")}).ID
		members := service.RoomMembers
		good := func(errs []error, err error) {
			t.Helper()
			if err := all(errs, err); err != nil {
				t.Error(err)
			}
		}
		control(t, e, http.MethodPut, "settings", `{"easemob":{"room_drop_out":true}}`, nil)
		for range 2 {
			good(members.Add(ctx, id, chat.Refs("Bob", "cat")))
			same(t, "members", listing(t, members, id), []string{"*ann", "bob", "cat"})
		}
		control(t, e, http.MethodPost, "clock", `{"advance":"3m"}`, nil)
		same(t, "members who are offline", listing(t, members, id), []string{"*ann", "bob", "cat"})
		for _, nobody := range [][]string{{"nobody"}, {"dan", "nobody"}} {
			if err := chat.Single(members.Add(ctx, id, chat.Refs(nobody...))); !hasKind(err, chat.ErrNotFound) {
				t.Errorf("add %q: %v", nobody, err)
			}
		}

		for range 2 {
			good(members.Set(ctx, id, chat.Admin, chat.Refs("bob"), true))
			same(t, "admins", having(t, members, id, chat.Admin), []string{"bob"})
			same(t, "members", listing(t, members, id), []string{"*ann", "bob", "cat"})
		}
		for range 2 {
			good(members.Set(ctx, id, chat.Admin, chat.Refs("bob", "nobody"), false))
			same(t, "admins", having(t, members, id, chat.Admin), []string{})
			same(t, "members after one was an admin", listing(t, members, id), []string{"*ann", "bob", "cat"})
		}
		for range 2 {
			good(members.Set(ctx, id, chat.Muted, chat.Refs("bob"), true))
			same(t, "muted", having(t, members, id, chat.Muted), []string{"bob"})
		}
		good(members.Set(ctx, id, chat.Muted, chat.Refs("bob"), false))
		same(t, "muted", having(t, members, id, chat.Muted), []string{})

		// Who merely is in the chat room is left alone.
		good(service.RoomMembers.Add(ctx, id, chat.Refs("dan")))
		restoreWithout(t, e, "dan")
		same(t, "members", listing(t, members, id), []string{"*ann", "bob", "cat"})
		for range 2 {
			good(members.Remove(ctx, id, chat.Refs("bob", "nobody")))
			same(t, "members", listing(t, members, id), []string{"*ann", "cat"})
		}
		rooms := state(t, e).Chatrooms
		same(t, "users in the chat room", fmt.Sprint(rooms[0].Members, rooms[0].AllowList), "[{cat} {dan}] [cat]")
		if err := chat.Single(members.Remove(ctx, id, chat.Refs("ann"))); !hasKind(err, chat.ErrInvalid) {
			t.Errorf("remove the owner: %v", err)
		}

		// After a transfer the old owner is in the chat room, but no member.
		if err := service.Rooms.Transfer(ctx, id, "cat"); err != nil {
			t.Error(err)
		}
		same(t, "members after a transfer", listing(t, members, id), []string{"*cat"})
		good(members.Add(ctx, id, chat.Refs("ann")))
		same(t, "members after a transfer", listing(t, members, id), []string{"*cat", "ann"})
	})
}

// restoreWithout takes a user off the allow list of the only chat room, but leaves it there.
func restoreWithout(t *testing.T, e http.Handler, name string) {
	t.Helper()
	var document map[string]map[string]any
	control(t, e, http.MethodGet, "state", "", &document)
	chatRoom := document["easemob"]["chatrooms"].([]any)[0].(map[string]any)
	chatRoom["allow_list"] = slices.DeleteFunc(chatRoom["allow_list"].([]any), func(on any) bool { return on == name })
	control(t, e, http.MethodPut, "state", marshal(t, document), nil)
}

func TestFeaturesThatAreOff(t *testing.T) {
	eras(t, func(t *testing.T, e http.Handler, service *chat.Service) {
		create(t, service, "ann")
		control(t, e, http.MethodPut, "settings", `{"easemob":{"features_off":["chatrooms"]}}`, nil)
		_, err := service.Rooms.Create(t.Context(), chat.NewGroup{Owner: "ann", GroupSettings: chat.GroupSettings{Name: ptr("lobby")}})
		if !hasKind(err, chat.ErrFeatureOff) {
			t.Errorf("create a chat room: %v", err)
		}
		if _, err := service.Rooms.Get(t.Context(), []string{room, "1"}); !hasKind(err, chat.ErrFeatureOff) {
			t.Errorf("read a chat room: %v", err)
		}
		if err := service.Rooms.Delete(t.Context(), room); !hasKind(err, chat.ErrFeatureOff) {
			t.Errorf("delete a chat room: %v", err)
		}
	})
}

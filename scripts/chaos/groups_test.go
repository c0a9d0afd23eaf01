package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// stagedGroups adds to what staged returns a group and a room of anna, both with bert as
// a member. The members of the group are declared as a complete set, that of the room alone.
func stagedGroups(p *platform) (*scene, document) {
	s, d := staged(p)
	for _, k := range []*groupKind{groupsKind, roomsKind} {
		n := newGroups(k)
		n.all = []declaredGroup{{id: 10, key: "g", name: "Team", owner: 1, traits: map[string]any{"description": "All of us"}}}
		s.nouns = append(s.nouns, n, &rosters{kind: k, all: []roster{{
			group: 10, key: "m", complete: k == groupsKind, members: []declaredMember{{key: "n", user: 2, muted: ptr(false)}},
		}}})
		group := map[string]any{
			k.id[p]: json.Number("500"), "name": "Team", "owner": "anna", "members": []any{},
			"description": "All of us", "desc": "All of us", "flag": json.Number("1"), "public": false, "custom": "Theirs",
		}
		d.app[k.part] = []any{group}
		d.addMember(k, group, "bert")
		n.record.at[10] = "500"
	}
	return s, d
}

func TestGroups_differences(t *testing.T) {
	group := func(d document) map[string]any { return d.group(groupsKind, "500") }
	room := func(d document) map[string]any { return d.group(roomsKind, "500") }
	found := func(s *scene, d document, id int, owner string) {
		s.groupsOf(groupsKind).found(d, id, "Team", owner, nil)
	}
	tests := map[string]struct {
		change func(s *scene, p *passage)
		want   string
		// only is the platform if there is a difference on one.
		only *platform
	}{
		"nothing": {change: func(*scene, *passage) {}},
		"a group is missing": {func(_ *scene, p *passage) { p.is.removeGroup(groupsKind, group(p.is)) },
			`group "Team" of anna does not exist`, nil},
		"another name": {func(_ *scene, p *passage) { group(p.is)["name"] = "x" },
			`group "Team" of anna does not exist; group 500 "x" of anna exists and is not declared`, nil},
		"another owner": {func(_ *scene, p *passage) { p.is.transfer(groupsKind, group(p.is), "clara") },
			`group "Team" of anna does not exist; group 500 "Team" of clara exists and is not declared`, nil},
		"two for one declaration": {func(s *scene, p *passage) {
			found(s, p.is, 501, "anna")
			delete(s.groupsOf(groupsKind).record.foreign, "501")
		}, `group 501 "Team" of anna exists and is not declared`, nil},
		"one of somebody else": {func(s *scene, p *passage) { found(s, p.was, 501, "anna"); found(s, p.is, 501, "anna") }, "", nil},
		"one of somebody else is gone": {func(s *scene, p *passage) { found(s, p.was, 501, "anna") },
			"group 501 belongs to somebody else and was touched: was\n", nil},
		"one of somebody else that went with its owner": {func(s *scene, p *passage) {
			found(s, p.was, 501, "anna")
			s.touch("user anna")
			again(p.is, "anna")
		}, "", nil},
		"created again": {func(_ *scene, p *passage) { group(p.is)[groupsKind.id[p.is.platform]] = "502" },
			`group "Team": it was deleted and created again, which nothing asked for`, nil},
		"created again as asked": {func(s *scene, p *passage) {
			s.touch(s.groupsOf(groupsKind).anew(10))
			group(p.is)[groupsKind.id[p.is.platform]] = "502"
		}, "", nil},
		"created again with its owner": {func(s *scene, p *passage) {
			s.touch("user anna")
			again(p.is, "anna")
			group(p.is)[groupsKind.id[p.is.platform]] = "502"
		}, "", nil},
		"created again because a configuration had no such group": {func(s *scene, p *passage) {
			tried := s.clone()
			tried.groupsOf(groupsKind).all = nil
			tried.adjust()
			p.tried = []*scene{tried}
			group(p.is)[groupsKind.id[p.is.platform]] = "502"
		}, "", nil},
		"a description": {func(_ *scene, p *passage) { group(p.is)["description"], group(p.is)["desc"] = "x", "x" },
			`group "Team": description is "x", not "All of us"`, nil},
		"what is not declared": {func(_ *scene, p *passage) { group(p.is)["custom"] = "x" }, `group "Team": custom is "x", not "Theirs"`, easemob},
		"what is left alone":   {func(_ *scene, p *passage) { group(p.was)["custom"], group(p.is)["custom"] = "x", "x" }, "", nil},
		"public": {func(s *scene, _ *passage) {
			s.groupsOf(groupsKind).all[0].traits = map[string]any{"description": "All of us", "public": true}
		}, `group "Team": public is "false", not "true"`, nil},
		"a member is missing": {func(_ *scene, p *passage) { p.is.removeMember(group(p.is), "bert") },
			`bert in group "Team": is no member`, nil},
		"a member too many": {func(_ *scene, p *passage) { p.is.addMember(groupsKind, group(p.is), "clara") },
			`clara in group "Team": is a member and not declared`, nil},
		"a member that was there, of all": {func(_ *scene, p *passage) {
			p.was.addMember(groupsKind, group(p.was), "clara")
			p.is.addMember(groupsKind, group(p.is), "clara")
		}, `clara in group "Team": is a member and not declared`, nil},
		"a member that was there, of some": {func(_ *scene, p *passage) {
			p.was.addMember(roomsKind, room(p.was), "clara")
			p.is.addMember(roomsKind, room(p.is), "clara")
		}, "", nil},
		"a member that is new, of some": {func(_ *scene, p *passage) { p.is.addMember(roomsKind, room(p.is), "clara") },
			`clara in room "Team": is a member and was never declared`, nil},
		"a member that was not left alone": {func(_ *scene, p *passage) { p.was.addMember(roomsKind, room(p.was), "clara") },
			`clara in room "Team": is no member any more and was never declared`, nil},
		"a member that is declared no longer": {func(s *scene, _ *passage) { s.rostersOf(roomsKind).all[0].members = nil },
			`bert in room "Team": is still a member`, nil},
		"the old owner": {func(s *scene, p *passage) {
			s.groupsOf(roomsKind).all[0].owner = 3
			p.is.transfer(roomsKind, room(p.is), "clara")
		}, "", nil},
		"the old owner, of all": {func(s *scene, p *passage) {
			s.groupsOf(groupsKind).all[0].owner = 3
			p.is.transfer(groupsKind, group(p.is), "clara")
		}, `anna in group "Team": is a member and not declared`, nil},
		"muted": {func(_ *scene, p *passage) { mute(p.is, roomsKind, "bert") }, `bert in room "Team": is muted: true`, nil},
		"muted for a time": {func(_ *scene, p *passage) {
			if p.is.platform == easemob {
				room(p.is)["mute_list"] = map[string]any{"bert": json.Number("1700000000000")}
			}
		}, "", nil},
		"muted, which is not declared": {func(s *scene, p *passage) {
			s.rostersOf(roomsKind).all[0].members[0].muted = nil
			p.before.rostersOf(roomsKind).all[0].members[0].muted = nil
			mute(p.is, roomsKind, "bert")
		}, `bert in room "Team": is muted: true, which is not declared`, nil},
		"muted, which was declared before": {func(s *scene, p *passage) {
			s.rostersOf(roomsKind).all[0].members[0].muted = nil
			mute(p.is, roomsKind, "bert")
		}, "", nil},
		"muted beyond the membership": {func(s *scene, p *passage) {
			s.rostersOf(groupsKind).all[0].members = nil
			mute(p.was, groupsKind, "bert")
			mute(p.is, groupsKind, "bert")
			p.is.removeMember(group(p.is), "bert")
		}, `bert in group "Team": is no member any more and still muted`, easemob},
		"everything is destroyed": {func(_ *scene, p *passage) {
			p.destroyed = true
			for _, name := range []string{"anna", "bert", "clara"} {
				p.is.remove(name)
			}
		}, "", nil},
		"a group remains": {func(_ *scene, p *passage) {
			p.destroyed = true
			for _, name := range []string{"bert", "clara"} {
				p.is.remove(name)
			}
			p.is.app["users"] = []any{}
			p.is.app["chatrooms"] = []any{}
		}, `group 500 "Team" of anna exists and is not declared`, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			onEachPlatform(t, func(t *testing.T, p *platform) {
				s, d := stagedGroups(p)
				r := &run{scene: s, passage: &passage{was: copied(d), is: copied(d), before: s.clone()}}
				test.change(s, r.passage)
				want := test.want
				if test.only != nil && test.only != p {
					want = ""
				}
				got := strings.Join(r.different(), "; ")
				if strings.HasSuffix(want, "\n") {
					got = got[:min(len(got), len(want))]
				}
				if got != want {
					t.Errorf("the differences are\n%s, not\n%s", got, want)
				}
			})
		})
	}
}

// mute mutes a member for ever.
func mute(d document, k *groupKind, name string) {
	group := d.group(k, "500")
	if d.platform == easemob {
		group["mute_list"] = map[string]any{name: muteForever}
		return
	}
	for _, each := range list(group["members"]) {
		if m := object(each); text(m["username"]) == name {
			m[k.muted] = true
		}
	}
}

// What somebody else does to groups reaches the emulator, which deletes an owner as the
// document does.
func TestGroups_document(t *testing.T) {
	onEachPlatform(t, func(t *testing.T, p *platform) {
		e := newEmulated(t, p)
		d := e.loaded(t)
		for _, name := range []string{"anna", "bert", "clara"} {
			d.register(name, "x")
		}
		groups := newGroups(groupsKind)
		groups.found(d, 500, "Team", "anna", []string{"bert"})
		groups.found(d, 501, "Alone", "anna", nil)
		newGroups(roomsKind).found(d, 502, "Room", "anna", []string{"bert", "clara"})
		store := func() document {
			t.Helper()
			if err := e.store(t.Context()); err != nil {
				t.Fatal(err)
			}
			return e.loaded(t)
		}
		want := func(d document, k *groupKind, id, owner, members string) {
			t.Helper()
			group := d.group(k, id)
			if got := strings.Join(sortedKeys(d.members(k, group)), " "); text(group["owner"]) != owner || got != members {
				t.Errorf("%s %s is that of %q with %q", k.noun, id, text(group["owner"]), got)
			}
		}
		d = store()
		want(d, groupsKind, "500", "anna", "bert")
		want(d, roomsKind, "502", "anna", "bert clara")
		d.transfer(groupsKind, d.group(groupsKind, "500"), "clara")
		d.removeMember(d.group(roomsKind, "502"), "bert")
		d = store()
		want(d, groupsKind, "500", "clara", "anna bert")
		want(d, roomsKind, "502", "anna", "clara")
		d.remove("clara")
		d = store()
		if p == easemob {
			if d.group(groupsKind, "500") != nil {
				t.Error("the group outlived its owner")
			}
		} else {
			want(d, groupsKind, "500", "bert", "anna")
		}
		want(d, roomsKind, "502", "anna", "")
		d.removeGroup(groupsKind, d.group(groupsKind, "501"))
		if d = store(); d.group(groupsKind, "501") != nil {
			t.Error("the group is still there")
		}
		d.remove("anna")
		if d = store(); len(d.groups(roomsKind)) > 0 {
			t.Error("the room outlived everybody in it")
		}
	})
}

// A group is known by its id, or by name and owner if its creation is not settled.
func TestGroups_knows(t *testing.T) {
	onEachPlatform(t, func(t *testing.T, p *platform) {
		s, d := stagedGroups(p)
		thing := s.groupsOf(groupsKind).things(s, d)[0]
		for attributes, want := range map[string]bool{
			`"id": "500", "name": "x"`:                      true,
			`"id": "50", "name": "Team", "owner": "anna"`:   false,
			`"id": null, "name": "Team", "owner": "anna"`:   true,
			`"id": null, "name": "Team", "owner": "bert"`:   false,
			`"id": null, "name": "Team 2", "owner": "anna"`: false,
		} {
			st, err := parseState(fmt.Appendf(nil,
				`{"resources": [{"mode": "managed", "type": "chat_group", "name": "each", "instances": [{"index_key": "g", "attributes": {%s}}]}]}`, attributes))
			if err != nil {
				t.Fatal(err)
			}
			if got := s.knows(st, thing); got != want {
				t.Errorf("with %s, the state knows of %s: %t", attributes, thing, got)
			}
		}
	})
}

// What a killed run made belongs to somebody else, and is no more than one for each
// declaration.
func TestGroups_abandon(t *testing.T) {
	onEachPlatform(t, func(t *testing.T, p *platform) {
		s, d := stagedGroups(p)
		n := s.groupsOf(groupsKind)
		n.found(d, 501, "New", "anna", nil)
		n.found(d, 502, "New", "bert", nil)
		n.found(d, 503, "New", "anna", nil)
		clear(n.record.foreign)
		things := n.things(s, d)
		if wrong := n.abandon(d, things[1:3]); len(wrong) > 0 {
			t.Error(wrong)
		}
		if got := n.things(s, d); !slices.Equal(got, []string{things[0], things[3]}) {
			t.Errorf("there are %q", got)
		}
		clear(n.record.foreign)
		if wrong := n.abandon(d, things[1:]); len(wrong) != 1 {
			t.Errorf("two groups for one declaration: %q", wrong)
		}
	})
}

// No platform's id is drawn, so that imports take it from the state.
func TestState_id(t *testing.T) {
	st, err := parseState([]byte(`{"resources": [
		{"mode": "data", "type": "chat_group", "name": "each", "instances": [{"index_key": "g", "attributes": {"id": "1"}}]},
		{"mode": "managed", "type": "chat_group", "name": "each", "instances": [
			{"index_key": "g", "deposed": "0123", "attributes": {"id": "2"}}, {"index_key": "g", "attributes": {"id": "3"}}]},
		{"mode": "managed", "type": "chat_users", "name": "team", "instances": [{"attributes": {"id": "4"}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{`chat_group.each["g"]`: "3", "chat_users.team": "4", `chat_group.each["h"]`: ""} {
		if got := st.id(address); got != want {
			t.Errorf("the id of %s is %q, not %q", address, got, want)
		}
	}
}

// What is drawn of groups makes sense.
func TestGroups_draw(t *testing.T) {
	onEachPlatform(t, func(t *testing.T, p *platform) {
		seen := map[string]int{}
		for seed := range uint64(24) {
			simulate(seed, p, 60, func(s *scene, st *step) {
				for _, k := range []*groupKind{groupsKind, roomsKind} {
					names, listed := map[string]bool{}, map[string]bool{}
					for _, g := range s.groupsOf(k).all {
						names[fmt.Sprintf("%s of %d", g.name, g.owner)] = true
						listed[g.name] = true
					}
					if len(names) != len(s.groupsOf(k).all) {
						t.Errorf("seed %d: two %ss have the same name and owner", seed, k.noun)
					}
					if len(listed) < len(names) {
						seen["the same name"]++
					}
					for _, r := range s.rostersOf(k).all {
						seen[fmt.Sprintf("%s, complete: %t", k.noun, r.complete)] += len(r.members)
						for _, m := range r.members {
							if owner := s.groupsOf(k).group(r.group).owner; m.user == owner {
								t.Errorf("seed %d: the owner is declared as a member", seed)
							}
						}
					}
				}
				for _, what := range []string{"gives group", "gives room", "makes another group", "makes another room", "deletes group", "deletes room", "to group", "from room"} {
					if strings.Contains(st.String(), what) {
						seen[what]++
					}
				}
			})
		}
		for _, what := range []string{
			"the same name", "group, complete: true", "group, complete: false", "room, complete: true", "room, complete: false",
			"gives group", "gives room", "makes another group", "makes another room", "deletes group", "deletes room", "to group", "from room",
		} {
			if seen[what] == 0 {
				t.Errorf("%s was never drawn", what)
			}
		}
	})
}

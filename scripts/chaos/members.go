package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// rosters are the members of groups or rooms: chat_group_members or a chat_group_member
// for each of them, and the same of chat rooms.
type rosters struct {
	basics
	kind  *groupKind
	all   []roster
	first bool
}

// roster are the declared members of one group.
type roster struct {
	// group is the id of a declared group.
	group int
	// complete ones are one resource instance with this key.
	complete bool
	key      string
	members  []declaredMember
}

// declaredMember is a member, with a key if it is a resource instance.
type declaredMember struct {
	key  string
	user int
	// by is how the user is referred to.
	by           string
	muted, admin *bool
}

func (n *rosters) clone() noun {
	c := *n
	c.all = slices.Clone(n.all)
	for i := range c.all {
		c.all[i].members = slices.Clone(n.all[i].members)
	}
	return &c
}

func (n *rosters) begin(s *scene) {
	for _, g := range s.groupsOf(n.kind).all {
		if s.draw.chance(85) {
			n.add(s, g.id)
		}
	}
}

func (n *rosters) add(s *scene, group int) *roster {
	n.all = append(n.all, roster{group: group, complete: s.draw.chance(50), key: s.key()})
	r := &n.all[len(n.all)-1]
	for range s.draw.between(0, 5) {
		n.join(s, r)
	}
	return r
}

// join declares a member that is none, and returns whether it found one.
func (n *rosters) join(s *scene, r *roster) bool {
	user := oneOf(s.draw, s.members()).id
	if r.member(user) != nil || n.owns(s, r, user) {
		return false
	}
	m := declaredMember{key: s.key(), user: user, by: oneOf(s.draw, []string{"id", "id", "username", ""})}
	n.set(s, &m)
	r.members = append(r.members, m)
	return true
}

// set draws what a member is.
func (n *rosters) set(s *scene, m *declaredMember) {
	states := []*bool{nil, nil, ptr(true), ptr(false)}
	m.muted = oneOf(s.draw, states)
	if s.platform == easemob {
		m.admin = oneOf(s.draw, states)
	}
}

func (r *roster) member(user int) *declaredMember {
	for i := range r.members {
		if r.members[i].user == user {
			return &r.members[i]
		}
	}
	return nil
}

// owns reports whether a user is declared as the owner of the group, who is a member anyway.
func (n *rosters) owns(s *scene, r *roster, user int) bool {
	g := s.groupsOf(n.kind).group(r.group)
	return g != nil && g.owner == user
}

// roster returns the declared members of a group, or nil.
func (n *rosters) roster(group int) *roster {
	for i := range n.all {
		if n.all[i].group == group {
			return &n.all[i]
		}
	}
	return nil
}

// rostersOf returns what a configuration declares of members.
func (s *scene) rostersOf(k *groupKind) *rosters {
	for _, n := range s.nouns {
		if n, ok := n.(*rosters); ok && n.kind == k {
			return n
		}
	}
	return &rosters{kind: k}
}

func (n *rosters) title(s *scene, r *roster) string {
	return "members of " + s.groupsOf(n.kind).title(s.groupsOf(n.kind).group(r.group))
}

func (n *rosters) change(s *scene) string {
	groups := s.groupsOf(n.kind).all
	if len(groups) == 0 {
		return ""
	}
	g := oneOf(s.draw, groups)
	r := n.roster(g.id)
	if r == nil {
		return fmt.Sprintf("adds the %s (all: %t)", n.title(s, n.add(s, g.id)), n.roster(g.id).complete)
	}
	title := n.title(s, r)
	name := func(m declaredMember) string { return s.member(m.user).name }
	switch choice := s.draw.IntN(12); {
	case choice == 0:
		n.all = slices.DeleteFunc(n.all, func(each roster) bool { return each.group == g.id })
		return "removes the " + title
	case choice == 1:
		r.complete = !r.complete
		n.adjust(s)
		return fmt.Sprintf("declares all %s: %t", title, r.complete)
	case choice < 6:
		if len(r.members) > 8 || !n.join(s, r) {
			return ""
		}
		return fmt.Sprintf("adds to the %s %s", title, name(r.members[len(r.members)-1]))
	case len(r.members) == 0:
		return ""
	}
	i := s.draw.IntN(len(r.members))
	m := &r.members[i]
	if s.draw.chance(35) {
		gone := *m
		r.members = slices.Delete(r.members, i, i+1)
		return fmt.Sprintf("removes from the %s %s", title, name(gone))
	}
	n.set(s, m)
	return fmt.Sprintf("%s of the %s: muted %s, admin %s", name(*m), title, hcl(m.muted), hcl(m.admin))
}

// adjust: an owner is no member that can be declared.
func (n *rosters) adjust(s *scene) {
	n.all = slices.DeleteFunc(n.all, func(r roster) bool { return s.groupsOf(n.kind).group(r.group) == nil })
	for i := range n.all {
		r := &n.all[i]
		r.members = slices.DeleteFunc(r.members, func(m declaredMember) bool {
			return s.member(m.user) == nil || n.owns(s, r, m.user)
		})
	}
}

func (n *rosters) blocks(s *scene) string {
	groups := s.groupsOf(n.kind)
	var singles, sets strings.Builder
	for i := range n.all {
		r := &n.all[i]
		group := groups.address(groups.group(r.group)) + ".id"
		if r.complete {
			fmt.Fprintf(&sets, "    %s = { group = %s, members = {", r.key, group)
		}
		for _, m := range r.members {
			user := reference(s.member(m.user), m.by)
			values := "muted = " + hcl(m.muted)
			if s.platform == easemob {
				values += ", admin = " + hcl(m.admin)
			}
			if r.complete {
				fmt.Fprintf(&sets, " (%s) = { %s },", user, values)
			} else {
				fmt.Fprintf(&singles, "    %s = { group = %s, user = %s, %s }\n", m.key, group, user, values)
			}
		}
		if r.complete {
			sets.WriteString(" } }\n")
		}
	}
	var b strings.Builder
	after := "  depends_on = [chat_user.each, chat_users.team]\n" + lifecycle(n.first) + "}\n"
	fmt.Fprintf(&b, "resource \"chat_%[1]s_member\" \"each\" {\n  for_each = {\n%[2]s  }\n  %[1]s = each.value.group\n  username = each.value.user\n  muted = each.value.muted\n", n.kind.noun, singles.String())
	if s.platform == easemob {
		b.WriteString("  admin = each.value.admin\n")
	}
	fmt.Fprintf(&b, "%[3]s\nresource \"chat_%[1]s_members\" \"each\" {\n  for_each = {\n%[2]s  }\n  %[1]s = each.value.group\n  members = each.value.members\n%[3]s", n.kind.noun, sets.String(), after)
	return b.String()
}

func (n *rosters) instances(*scene) []instance {
	var all []instance
	for _, r := range n.all {
		if r.complete {
			all = append(all, instance{address: fmt.Sprintf("chat_%s_members.each[%q]", n.kind.noun, r.key), holds: []string{n.anew(&r)}})
			continue
		}
		for _, m := range r.members {
			all = append(all, instance{address: fmt.Sprintf("chat_%s_member.each[%q]", n.kind.noun, m.key), holds: []string{n.anew(&r)}})
		}
	}
	return all
}

// anew is the thing that a step touches if it asks for members to be made anew.
func (n *rosters) anew(r *roster) string {
	return fmt.Sprintf("declared members of %s %d", n.kind.noun, r.group)
}

func (n *rosters) rename(s *scene) string {
	if len(n.all) == 0 {
		return ""
	}
	r := &n.all[s.draw.IntN(len(n.all))]
	s.touch(n.anew(r))
	if r.complete {
		r.key = s.key()
		return fmt.Sprintf("gives the %s the key %s", n.title(s, r), r.key)
	}
	if len(r.members) == 0 {
		return ""
	}
	m := &r.members[s.draw.IntN(len(r.members))]
	m.key = s.key()
	return fmt.Sprintf("gives %s of the %s the key %s", s.member(m.user).name, n.title(s, r), m.key)
}

func (n *rosters) replaceFirst(on bool) { n.first = on }

// membership is what the emulator holds of a member.
type membership struct{ muted, admin bool }

// members are the members of a group, without its owner. Those of a room on easemob are
// those who stay in it when they are offline.
func (d document) members(k *groupKind, group map[string]any) map[string]membership {
	all := map[string]membership{}
	if d.platform == jmessage {
		for _, each := range list(group["members"]) {
			m := object(each)
			all[text(m["username"])] = membership{muted: m[k.muted] == true}
		}
		delete(all, text(group["owner"]))
		return all
	}
	names := list(group["allow_list"])
	if k == groupsKind {
		names = nil
		for _, each := range list(group["members"]) {
			names = append(names, object(each)["username"])
		}
	}
	for _, name := range names {
		all[text(name)] = membership{muted: d.mutes(group, text(name))}
	}
	for _, name := range list(group["admins"]) {
		all[text(name)] = membership{muted: d.mutes(group, text(name)), admin: true}
	}
	return all
}

// muteForever is until when a mute lasts that does not end.
const muteForever = json.Number("4638873600000")

// mutes reports whether a user of easemob is muted in a group, as a member or not.
func (document) mutes(group map[string]any, name string) bool {
	return object(group["mute_list"])[name] == muteForever
}

func (n *rosters) differences(s *scene, p *passage) []string {
	if p.destroyed {
		return nil // they go with their groups
	}
	groups := s.groupsOf(n.kind)
	var all []string
	for i := range groups.all {
		g := &groups.all[i]
		if is := groups.held(s, p.is, g); is != nil {
			v := n.view(s, p, g, is)
			for _, name := range v.names() {
				if what := v.compare(name); what != "" {
					all = append(all, fmt.Sprintf("%s in %s: %s", name, groups.title(g), what))
				}
			}
		}
	}
	return all
}

// view is what is declared and what is there of the members of one group.
type view struct {
	n       *rosters
	scene   *scene
	passage *passage
	group   int
	// was and is are what the emulator holds of the same group.
	wasGroup, isGroup map[string]any
	was, is           map[string]membership
	now               *roster
	earlier           []*roster
}

func (n *rosters) view(s *scene, p *passage, g *declaredGroup, is map[string]any) *view {
	v := &view{
		n: n, scene: s, passage: p, group: g.id, isGroup: is, is: p.is.members(n.kind, is), now: n.roster(g.id),
		wasGroup: p.was.group(n.kind, p.is.groupID(n.kind, is)), was: map[string]membership{},
	}
	if v.wasGroup != nil {
		v.was = p.was.members(n.kind, v.wasGroup)
	}
	for _, earlier := range p.earlier() {
		v.earlier = append(v.earlier, earlier.rostersOf(n.kind).roster(g.id))
	}
	return v
}

// names are all users who are, were or should be members, except for the owner.
func (v *view) names() []string {
	all := map[string]bool{}
	for name := range v.was {
		all[name] = true
	}
	for name := range v.is {
		all[name] = true
	}
	for _, r := range append(slices.Clone(v.earlier), v.now) {
		for _, s := range append(v.passage.earlier(), v.scene) {
			for _, m := range membersOf(r) {
				if user := s.member(m.user); user != nil {
					all[s.platform.fold(user.name)] = true
				}
			}
		}
	}
	delete(all, text(v.isGroup["owner"]))
	return sortedKeys(all)
}

func membersOf(r *roster) []declaredMember {
	if r == nil {
		return nil
	}
	return r.members
}

// declares returns the member of that name that a roster of a configuration declares, or nil.
func declares(s *scene, r *roster, name string) *declaredMember {
	for _, m := range membersOf(r) {
		if user := s.member(m.user); user != nil && s.platform.fold(user.name) == name {
			return &m
		}
	}
	return nil
}

// owned reports whether a user owned the group at some time, who then stays a member.
func (v *view) owned(name string) bool {
	if text(v.wasGroup["owner"]) == name {
		return true
	}
	return slices.ContainsFunc(v.passage.earlier(), func(s *scene) bool {
		g := s.groupsOf(v.n.kind).group(v.group)
		return g != nil && s.platform.fold(s.member(g.owner).name) == name
	})
}

// compare says how a user is not as declared, or is empty.
func (v *view) compare(name string) string {
	wanted := declares(v.scene, v.now, name)
	is, there := v.is[name]
	was, alone := v.was[name]
	alone = alone && v.passage.survived(name)
	var before, attempted, emptied bool
	for i, s := range v.passage.earlier() {
		declared := declares(s, v.earlier[i], name) != nil
		before = before || i == 0 && declared
		attempted = attempted || declared
		emptied = emptied || v.earlier[i] != nil && v.earlier[i].complete
	}
	switch {
	case wanted != nil && !there:
		return "is no member"
	case wanted != nil:
		return v.compareStates(name, wanted, was, is, alone)
	case there && v.now != nil && v.now.complete:
		return "is a member and not declared"
	case there && v.owned(name):
	case there && before:
		return "is still a member"
	case there && !alone:
		return "is a member and was never declared"
	case !there && alone && !attempted && !emptied && !v.owned(name):
		return "is no member any more and was never declared"
	case !there && alone && before && was.muted && v.passage.is.mutes(v.isGroup, name):
		return "is no member any more and still muted"
	}
	return ""
}

// compareStates: what is omitted is left alone.
func (v *view) compareStates(name string, wanted *declaredMember, was, is membership, alone bool) string {
	for _, state := range []struct {
		title    string
		was, is  bool
		declared func(m *declaredMember) *bool
	}{
		{"muted", was.muted, is.muted, func(m *declaredMember) *bool { return m.muted }},
		{"an admin", was.admin, is.admin, func(m *declaredMember) *bool { return m.admin }},
	} {
		if want := state.declared(wanted); want != nil {
			if *want != state.is {
				return fmt.Sprintf("is %s: %t", state.title, state.is)
			}
			continue
		}
		same := alone && !v.scene.touched[v.n.anew(v.now)] && !v.owned(name)
		for i, s := range v.passage.earlier() {
			m := declares(s, v.earlier[i], name)
			same = same && m != nil && m.key == wanted.key && v.earlier[i].complete == v.now.complete && state.declared(m) == nil
		}
		if same && state.is != state.was {
			return fmt.Sprintf("is %s: %t, which is not declared", state.title, state.is)
		}
	}
	return ""
}

// disturb adds a member or removes one, or changes what it is.
func (n *rosters) disturb(before, s *scene) (string, func(document)) {
	groups, now := before.groupsOf(n.kind), s.groupsOf(n.kind)
	if len(groups.all) == 0 {
		return "", nil
	}
	g := oneOf(s.draw, groups.all)
	if now.group(g.id) == nil || s.touched[groups.anew(g.id)] {
		return "", nil
	}
	change := func(name string, do func(d document, group map[string]any)) func(document) {
		return func(d document) {
			group := d.group(n.kind, groups.record.at[g.id])
			if group != nil && d.user(name) != nil && text(group["owner"]) != s.platform.fold(name) {
				do(d, group)
			}
		}
	}
	title := groups.title(&g)
	r := n.roster(g.id)
	if r == nil || len(r.members) == 0 || s.draw.chance(35) {
		name := oneOf(s.draw, before.members()).name
		if s.draw.chance(50) {
			name = oneOf(s.draw, s.strangerNames())
		}
		return fmt.Sprintf("adds %s to %s", name, title), change(name, func(d document, group map[string]any) { d.addMember(n.kind, group, name) })
	}
	name := before.member(oneOf(s.draw, r.members).user).name
	folded := s.platform.fold(name)
	switch {
	case s.draw.chance(50):
		return fmt.Sprintf("removes %s from %s", name, title), change(name, func(d document, group map[string]any) { d.removeMember(group, name) })
	case s.platform == jmessage && n.kind == groupsKind: // whose mutes cannot be read
		return "", nil
	case s.platform == jmessage:
		return fmt.Sprintf("mutes or unmutes %s in %s", name, title), change(name, func(_ document, group map[string]any) {
			for _, each := range list(group["members"]) {
				if m := object(each); text(m["username"]) == folded {
					m[n.kind.muted] = m[n.kind.muted] != true
				}
			}
		})
	case s.draw.chance(50):
		return fmt.Sprintf("mutes or unmutes %s in %s", name, title), change(name, func(d document, group map[string]any) {
			if _, member := d.members(n.kind, group)[folded]; !member {
				return
			}
			mutes := object(group["mute_list"])
			if mutes == nil {
				mutes = map[string]any{}
				group["mute_list"] = mutes
			}
			if mutes[folded] != nil {
				delete(mutes, folded)
			} else {
				mutes[folded] = muteForever
			}
		})
	default:
		return fmt.Sprintf("makes %s an admin of %s, or no admin", name, title), change(name, func(d document, group map[string]any) {
			switch m, member := d.members(n.kind, group)[folded]; {
			case !member:
			case m.admin:
				group["admins"] = leaveOut(group["admins"], folded)
				d.addMember(n.kind, group, folded)
			default:
				group["admins"] = append(list(group["admins"]), folded)
				if n.kind == roomsKind {
					group["allow_list"] = leaveOut(group["allow_list"], folded)
				}
			}
		})
	}
}

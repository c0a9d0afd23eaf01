package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// team is one chat_users with many users.
type team struct {
	basics
	all     []account
	setting setting
	version int
	// single reports whether the write-only password is one for all.
	single bool
	// stray are passwords of users who are not declared.
	stray map[string]string
	first bool
}

func (n *team) clone() noun {
	c := *n
	c.all, c.stray = slices.Clone(n.all), maps.Clone(n.stray)
	return &c
}

func (n *team) begin(s *scene) {
	n.stray = map[string]string{}
	n.choose(s, oneOf(s.draw, settings), s.draw.chance(50))
	many := s.draw.between(5, 14)
	if s.draw.chance(20) {
		many = s.draw.between(62, 75) // more than one call registers
	}
	for range many {
		n.add(s, s.name())
	}
}

func (n *team) add(s *scene, name string) {
	a := s.newAccount(name, n.setting)
	if n.single && len(n.all) > 0 {
		a.password = n.all[0].password
	}
	if len(n.all) > 20 && s.draw.chance(80) {
		a.activated, a.nickname = nil, nil // every one would be a call of its own
	}
	delete(n.stray, name)
	n.all = append(n.all, a)
}

// choose declares passwords in another way, or gives all new ones.
func (n *team) choose(s *scene, how setting, single bool) {
	n.setting, n.single, n.version = how, single && how != kept, 0
	if how == versioned {
		n.version = s.next()
	}
	common := s.newPassword(how)
	for i := range n.all {
		n.all[i].setting, n.all[i].password = how, common
		if !n.single {
			n.all[i].password = s.newPassword(how)
		}
	}
}

func (n *team) change(s *scene) string {
	switch s.draw.IntN(10) {
	case 0, 1, 2:
		if len(n.all) > 80 {
			return ""
		}
		var names []string
		for range s.draw.between(1, 5) {
			name := s.name()
			if s.touched[removed(s.user(name))] {
				name = s.newName() // declared again in the same step, nothing of it would change, its password neither
			}
			names = append(names, name)
			n.add(s, name)
		}
		return "adds to chat_users " + strings.Join(names, ", ")
	case 3, 4:
		return n.shrink(s)
	case 5:
		return n.changePassword(s)
	case 6:
		return n.moveIn(s)
	case 7:
		a := &n.all[s.draw.IntN(len(n.all))]
		name := s.respell(a.name)
		if name == "" {
			return ""
		}
		a.name = name
		return "spells " + name
	}
	var all []string
	for range s.draw.between(1, 4) {
		all = append(all, s.changeAccount(&n.all[s.draw.IntN(len(n.all))]))
	}
	return strings.Join(all, ", ")
}

// removed is what a step touches if it removes a user from chat_users.
func removed(user string) string { return "removed " + user }

// shrink removes some users, whose passwords may stay.
func (n *team) shrink(s *scene) string {
	if len(n.all) <= 4 {
		return ""
	}
	var names []string
	for range s.draw.between(1, min(8, len(n.all)-3)) {
		i := s.draw.IntN(len(n.all))
		a := n.all[i]
		n.all = slices.Delete(n.all, i, i+1)
		names = append(names, a.name)
		s.touch(removed(s.user(a.name)))
		if n.setting == kept && s.draw.chance(40) {
			n.stray[a.name] = oneOf(s.draw, []string{a.password, s.newPassword(kept)})
		}
	}
	return "removes from chat_users " + strings.Join(names, ", ")
}

func (n *team) changePassword(s *scene) string {
	if s.second("passwords of chat_users") {
		return ""
	}
	if n.setting == kept && s.draw.chance(50) {
		a := &n.all[s.draw.IntN(len(n.all))]
		a.password = s.newPassword(kept)
		return "sets another password for " + a.name
	}
	how := oneOf(s.draw, settings)
	switch {
	case n.setting == once && how == once:
		return "" // a new value would mean nothing
	case n.setting == versioned && how == once:
		// It is not said whether this sets the passwords: they stay the same.
		n.setting, n.version = once, 0
		for i := range n.all {
			n.all[i].setting = once
		}
	default:
		n.choose(s, how, s.draw.chance(50))
	}
	return fmt.Sprintf("sets %s for all in chat_users (one for all: %t)", how, n.single)
}

// moveIn moves a user from chat_user to chat_users.
func (n *team) moveIn(s *scene) string {
	for _, other := range s.nouns {
		from, ok := other.(*users)
		if !ok || len(from.all) <= 3 {
			continue
		}
		i := s.draw.IntN(len(from.all))
		a := from.all[i].account
		if from.all[i].stay {
			return ""
		}
		from.all = slices.Delete(from.all, i, i+1)
		s.touch(s.user(a.name))
		n.add(s, a.name)
		n.all[len(n.all)-1].id = a.id // whoever refers to it goes on to
		return "moves " + a.name + " from chat_user to chat_users"
	}
	return ""
}

func (n *team) adjust(*scene) {}

func (n *team) blocks(*scene) string {
	var b strings.Builder
	b.WriteString("resource \"chat_users\" \"team\" {\n  users = {\n")
	for _, a := range n.all {
		fmt.Fprintf(&b, "    %s = { nickname = %s, activated = %s }\n", hcl(a.name), hcl(a.nickname), hcl(a.activated))
	}
	b.WriteString("  }\n")
	switch {
	case n.setting == kept:
		b.WriteString("  passwords = var.team_kept\n")
	case n.single:
		b.WriteString("  password_wo = var.team_written[\"all\"]\n")
	default:
		b.WriteString("  passwords_wo = var.team_written\n")
	}
	if n.setting == versioned {
		fmt.Fprintf(&b, "  password_wo_version = %d\n", n.version)
	}
	b.WriteString(lifecycle(n.first))
	b.WriteString("}\n")
	return b.String()
}

func (n *team) variables() []variable {
	inState, written := map[string]string{}, map[string]string{}
	for _, a := range n.all {
		switch {
		case n.setting == kept:
			inState[a.name] = a.password
		case n.single:
			written["all"] = a.password
		default:
			written[a.name] = a.password
		}
	}
	if n.setting == kept {
		maps.Copy(inState, n.stray)
	}
	return []variable{{name: "team_kept", values: inState}, {name: "team_written", ephemeral: true, values: written}}
}

func (n *team) instances(s *scene) []instance {
	var names, holds []string
	for _, a := range n.all {
		names = append(names, a.name)
		holds = append(holds, s.user(a.name))
	}
	return []instance{{address: "chat_users.team", importID: strings.Join(names, ","), holds: holds}}
}

func (n *team) members() []member {
	var all []member
	for _, a := range n.all {
		all = append(all, member{account: a})
	}
	return all
}

func (n *team) rename(*scene) string { return "" }

func (n *team) replaceFirst(on bool) { n.first = on }

func (n *team) differences(s *scene, p *passage) []string {
	var all []string
	for _, a := range n.all {
		if !p.destroyed {
			all = append(all, s.compareAccount(p, a)...)
		}
	}
	return all
}

// knows: users that are not finished are in the private state only.
func (n *team) knows(s *scene, st *state, thing string) bool {
	name, isUser := strings.CutPrefix(thing, "user ")
	return isUser && slices.ContainsFunc(st.instances("chat_users"), func(i *stateInstance) bool {
		for declared := range object(i.Attributes["users"]) {
			if s.platform.fold(declared) == name {
				return true
			}
		}
		return strings.Contains(i.private(), encode(name))
	})
}

func (n *team) disturb(_, s *scene) (string, func(document)) {
	return s.disturbAccount(slices.Clone(n.all))
}

func (n *team) squat(s *scene) (string, func(document)) {
	var names []string
	for range s.draw.between(1, 2) {
		names = append(names, s.newName())
		n.add(s, names[len(names)-1])
	}
	n.add(s, s.newName())
	return "adds to chat_users " + strings.Join(names, " and ") + ", whose names somebody else took, and one that is free", s.squatting(names...)
}

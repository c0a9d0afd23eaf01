package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"terraform-provider-chat/internal/reconcile"
)

// sourced is one chat_users with the users of a file, whose passwords are in the file.
type sourced struct {
	basics
	all     []account
	version int
	// lines is whether the file is one of JSON Lines and not CSV.
	lines bool
}

func (n *sourced) clone() noun {
	c := *n
	c.all = slices.Clone(n.all)
	return &c
}

func (n *sourced) begin(s *scene) {
	n.version, n.lines = s.next(), s.draw.chance(50)
	many := s.draw.between(4, 10)
	if s.draw.chance(20) {
		many = s.draw.between(62, 75) // more than one call registers
	}
	for range many {
		n.add(s, s.name())
	}
}

func (n *sourced) add(s *scene, name string) {
	a := s.newAccount(name, versioned)
	if len(n.all) > 20 && s.draw.chance(80) {
		a.activated, a.nickname = nil, nil // every one would be a call of its own
	}
	n.all = append(n.all, a)
}

func (n *sourced) change(s *scene) string {
	a := &n.all[s.draw.IntN(len(n.all))]
	switch s.draw.IntN(9) {
	case 0, 1:
		if len(n.all) > 80 {
			return ""
		}
		var names []string
		for range s.draw.between(1, 5) {
			names = append(names, s.name())
			n.add(s, names[len(names)-1])
		}
		return "adds to the file " + strings.Join(names, ", ")
	case 2, 3:
		if len(n.all) <= 4 {
			return ""
		}
		i := s.draw.IntN(len(n.all))
		name := n.all[i].name
		n.all = slices.Delete(n.all, i, i+1)
		return "removes from the file " + name
	case 4:
		if s.second("passwords of the file") {
			return ""
		}
		n.version = s.next()
		for i := range n.all {
			n.all[i].password = s.newPassword(versioned)
		}
		return "sets other passwords for all of the file"
	case 5:
		name := s.respell(a.name)
		if name == "" {
			return ""
		}
		a.name = name
		return "spells " + name + " in the file"
	case 6:
		n.lines = !n.lines
		return "renames the file to " + n.path()
	}
	return s.changeAccount(a)
}

func (n *sourced) adjust(*scene) {}

// path is the file. CSV cannot say that a nickname is empty.
func (n *sourced) path() string {
	if n.lines || slices.ContainsFunc(n.all, func(a account) bool { return a.nickname != nil && *a.nickname == "" }) {
		return "sourced.jsonl"
	}
	return "sourced.csv"
}

func (n *sourced) blocks(*scene) string {
	return fmt.Sprintf("resource \"chat_users\" \"sourced\" {\n  source = %q\n  password_wo_version = %d\n}\n", n.path(), n.version)
}

func (n *sourced) files() map[string]string {
	var b strings.Builder
	if n.path() == "sourced.jsonl" {
		for _, a := range n.all {
			fmt.Fprintln(&b, encode(map[string]any{"username": a.name, "nickname": a.nickname, "activated": a.activated, "password": a.password}))
		}
		return map[string]string{n.path(): b.String()}
	}
	w := csv.NewWriter(&b)
	rows := [][]string{{"username", "activated", "nickname", "password"}}
	for _, a := range n.all {
		row := []string{a.name, "", "", a.password}
		if a.activated != nil {
			row[1] = fmt.Sprint(*a.activated)
		}
		if a.nickname != nil {
			row[2] = *a.nickname
		}
		rows = append(rows, row)
	}
	_ = w.WriteAll(rows) // to memory
	return map[string]string{n.path(): b.String()}
}

func (n *sourced) instances(s *scene) []instance {
	var holds []string
	for _, a := range n.all {
		holds = append(holds, s.user(a.name))
	}
	return []instance{{address: "chat_users.sourced", importID: n.path(), holds: holds}}
}

func (n *sourced) members() []member {
	var all []member
	for _, a := range n.all {
		all = append(all, member{account: a})
	}
	return all
}

func (n *sourced) rename(*scene) string { return "" }

// replaceFirst does nothing: with create_before_destroy, an unfinished creation has to be
// untainted by hand.
func (n *sourced) replaceFirst(bool) {}

func (n *sourced) differences(s *scene, p *passage) []string {
	var all []string
	for _, a := range n.all {
		if !p.destroyed {
			all = append(all, s.compareAccount(p, a)...)
		}
	}
	return all
}

// knows: users of a file are in the private state only.
func (n *sourced) knows(s *scene, st *state, thing string) bool {
	name, isUser := strings.CutPrefix(thing, "user ")
	return isUser && slices.ContainsFunc(st.instances("chat_users"), func(i *stateInstance) bool {
		var keys map[string][]byte
		if json.Unmarshal(i.Private, &keys) != nil || keys["roster"] == nil {
			return false
		}
		roster, err := reconcile.ParseRoster(keys["roster"], s.platform.fold)
		if err != nil {
			return false
		}
		_, managed := roster.Users[name]
		_, noted := roster.Account.Users[name]
		return managed || noted
	})
}

func (n *sourced) disturb(_, s *scene) (string, func(document)) {
	return s.disturbAccount(slices.Clone(n.all))
}

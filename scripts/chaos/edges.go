package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// edges are resources that relate an owner to another user: chat_contact, chat_block and
// chat_do_not_disturb, each with a resource instance of its own, and chat_contacts and
// chat_blocks, which hold all of an owner's.
type edges struct {
	basics
	kind  *edgeKind
	all   []declaredEdge
	first bool
	// whole are the owners, by their ids, whose edges are declared as a complete set.
	whole []int
}

// edgeKind is what the two kinds of edges do not share.
type edgeKind struct {
	resource, other string
	// owner is the attribute that names the owner, "owner" if it is empty.
	owner string
	// importID returns the id of an edge for an import, nil if it is owner/other.
	importID func(owner, other string) string
	// set is the resource that holds all of an owner's, empty if there is none, and elements
	// returns what it declares: a list of expressions of users, and the notes of each.
	set      string
	elements func(users []string, notes []string) string
	// unreadable are the platforms that do not return the edges: what is lost stays lost.
	unreadable *platform
	// mutual reports whether an edge is always there in both directions.
	mutual bool
	// notes are the attributes of an edge, with what the emulator calls them.
	notes map[*platform]map[string]string
	// held are the edges at the platform.
	held        func(d document) map[edge]map[string]any
	add, remove func(d document, e edge)
}

var contacts = &edgeKind{
	resource: "chat_contact", other: "contact", mutual: true,
	notes: map[*platform]map[string]string{jmessage: {"note_name": "note_name", "note": "others"}, easemob: {"note_name": "remark"}},
	held:  document.contacts, add: document.addContact, remove: document.removeContact,
	set: "chat_contacts",
	elements: func(users, notes []string) string {
		var b strings.Builder
		b.WriteString("  contacts = {\n")
		for i, user := range users {
			fmt.Fprintf(&b, "    (%s) = { %s }\n", user, notes[i])
		}
		return b.String() + "  }\n"
	},
}

var blocks = &edgeKind{
	resource: "chat_block", other: "blocked",
	held: document.blocks, add: document.addBlock, remove: document.removeBlock,
	set:      "chat_blocks",
	elements: func(users, _ []string) string { return "  usernames = [" + strings.Join(users, ", ") + "]\n" },
}

var quiets = &edgeKind{
	resource: "chat_do_not_disturb", owner: "username", other: "contact", unreadable: jmessage,
	importID: func(owner, other string) string { return owner + "/contact/" + other },
	held:     document.quiet, add: document.addQuiet, remove: document.removeQuiet,
}

// declaredEdge is one resource instance. Its users are named by their ids.
type declaredEdge struct {
	key          string
	owner, other int
	// attribute is how each of the two is referred to: id, username, or "" for the
	// plain name.
	ownerBy, otherBy string
	// notes are the declared ones.
	notes map[string]string
}

func (n *edges) clone() noun {
	c := *n
	c.all = slices.Clone(n.all) // notes are replaced, never changed
	c.whole = slices.Clone(n.whole)
	return &c
}

func (n *edges) begin(s *scene) {
	for range s.draw.between(3, 8) {
		n.add(s)
	}
	n.gather(s)
}

// gather declares the edges of an owner as a complete set, or no longer, and says what it
// did, or is empty. If edges are mutual, no other edge may lead to the owner of a set, which
// would have to hold it as well.
func (n *edges) gather(s *scene) string {
	if n.kind.set == "" || len(n.all) == 0 {
		return ""
	}
	owner := oneOf(s.draw, n.all).owner
	title := fmt.Sprintf("%s of %s", n.kind.set, s.member(owner).name)
	switch {
	case slices.Contains(n.whole, owner):
		n.whole = slices.DeleteFunc(n.whole, func(id int) bool { return id == owner })
		return "declares one by one the " + title
	case n.kind.mutual && slices.ContainsFunc(n.all, func(e declaredEdge) bool { return e.other == owner || e.owner == owner && n.isWhole(e.other) }):
		return ""
	}
	n.whole = append(n.whole, owner)
	return "declares as a whole the " + title
}

func (n *edges) isWhole(owner int) bool { return slices.Contains(n.whole, owner) }

// allowed reports whether an edge may be declared beside the complete sets.
func (n *edges) allowed(_, other int) bool { return !n.kind.mutual || !n.isWhole(other) }

// add declares an edge that is not declared, and returns whether it found one.
func (n *edges) add(s *scene) bool {
	owner, other, ok := n.pick(s)
	if !ok {
		return false
	}
	styles := []string{"id", "id", "id", "username", ""}
	n.all = append(n.all, declaredEdge{
		key: s.key(), owner: owner, other: other, ownerBy: oneOf(s.draw, styles), otherBy: oneOf(s.draw, styles), notes: n.note(s),
	})
	return true
}

// pick draws two users between whom no edge of this direction is declared.
func (n *edges) pick(s *scene) (owner, other int, ok bool) {
	members := s.members()
	a, b := oneOf(s.draw, members), oneOf(s.draw, members)
	return a.id, b.id, a.id != b.id && !n.has(a.id, b.id) && n.allowed(a.id, b.id)
}

func (n *edges) has(owner, other int) bool {
	return slices.ContainsFunc(n.all, func(e declaredEdge) bool { return e.owner == owner && e.other == other })
}

// note draws notes if the platform has any.
func (n *edges) note(s *scene) map[string]string {
	drawn := map[string]string{}
	for _, name := range sortedKeys(n.kind.notes[s.platform]) {
		switch s.draw.IntN(4) {
		case 0:
			drawn[name] = ""
		case 1, 2:
			drawn[name] = fmt.Sprintf("Note %d", s.next())
		}
	}
	return drawn
}

func (n *edges) change(s *scene) string {
	if len(n.all) == 0 || s.draw.chance(30) {
		if len(n.all) > 14 || !n.add(s) {
			return ""
		}
		return "adds " + n.title(s, n.all[len(n.all)-1])
	}
	i := s.draw.IntN(len(n.all))
	e := &n.all[i]
	title := n.title(s, *e)
	switch s.draw.IntN(6) {
	case 5:
		return n.gather(s)
	case 0:
		n.all = slices.Delete(n.all, i, i+1)
		return "removes " + title
	case 1:
		if n.has(e.other, e.owner) || !n.allowed(e.other, e.owner) {
			return ""
		}
		e.owner, e.other = e.other, e.owner
		return "turns around " + title
	case 2:
		owner, other, ok := n.pick(s)
		if !ok {
			return ""
		}
		e.owner, e.other = owner, other
		return "makes " + title + " " + n.title(s, *e)
	}
	if n.kind.notes[s.platform] == nil {
		return ""
	}
	e.notes = n.note(s)
	return fmt.Sprintf("notes of %s: %s", title, encode(e.notes))
}

// title is the name of an edge for the reader.
func (n *edges) title(s *scene, e declaredEdge) string {
	return fmt.Sprintf("%s %s/%s", n.kind.resource, s.member(e.owner).name, s.member(e.other).name)
}

func (n *edges) adjust(s *scene) {
	n.all = slices.DeleteFunc(n.all, func(e declaredEdge) bool { return s.member(e.owner) == nil || s.member(e.other) == nil })
	n.whole = slices.DeleteFunc(n.whole, func(id int) bool { return s.member(id) == nil })
}

func (n *edges) blocks(s *scene) string {
	names := sortedKeys(n.kind.notes[s.platform])
	var b strings.Builder
	fmt.Fprintf(&b, "resource %q \"each\" {\n  for_each = {\n", n.kind.resource)
	for _, e := range n.all {
		if n.isWhole(e.owner) {
			continue
		}
		fmt.Fprintf(&b, "    %s = { owner = %s, other = %s", e.key, reference(s.member(e.owner), e.ownerBy), reference(s.member(e.other), e.otherBy))
		for _, name := range names {
			note := "null"
			if value, ok := e.notes[name]; ok {
				note = hcl(value)
			}
			fmt.Fprintf(&b, ", %s = %s", name, note)
		}
		b.WriteString(" }\n")
	}
	fmt.Fprintf(&b, "  }\n  %s = each.value.owner\n  %s = each.value.other\n", cmp.Or(n.kind.owner, "owner"), n.kind.other)
	for _, name := range names {
		fmt.Fprintf(&b, "  %s = each.value.%s\n", name, name)
	}
	// Plain names say nothing of the order.
	b.WriteString("  depends_on = [chat_user.each, chat_users.team, chat_users.sourced]\n")
	b.WriteString(lifecycle(n.first))
	b.WriteString("}\n")
	for _, owner := range n.whole {
		b.WriteString(n.complete(s, owner))
	}
	return b.String()
}

// complete is the resource of all edges of an owner.
func (n *edges) complete(s *scene, owner int) string {
	var users, notes []string
	for _, e := range n.all {
		if e.owner != owner {
			continue
		}
		var declared []string
		for _, name := range sortedKeys(e.notes) {
			declared = append(declared, name+" = "+hcl(e.notes[name]))
		}
		users, notes = append(users, reference(s.member(e.other), e.otherBy)), append(notes, strings.Join(declared, ", "))
	}
	return fmt.Sprintf("\nresource %q %q {\n  owner = %s\n%s  depends_on = [chat_user.each, chat_users.team]\n%s}\n",
		n.kind.set, wholeName(owner), reference(s.member(owner), "id"), n.kind.elements(users, notes), lifecycle(n.first))
}

// wholeName is the name of the resource of all edges of an owner.
func wholeName(owner int) string { return fmt.Sprintf("whole%d", owner) }

// reference is an expression for the name of a user.
func reference(m *member, attribute string) string {
	if m.address == "" || attribute == "" {
		return hcl(m.name)
	}
	return m.address + "." + attribute
}

func (n *edges) instances(s *scene) []instance {
	var all []instance
	for _, e := range n.all {
		owner, other := s.member(e.owner).name, s.member(e.other).name
		id := owner + "/" + other
		if n.kind.importID != nil {
			id = n.kind.importID(owner, other)
		}
		if !n.isWhole(e.owner) {
			all = append(all, instance{address: fmt.Sprintf("%s.each[%q]", n.kind.resource, e.key), importID: id})
		}
	}
	for _, owner := range n.whole {
		all = append(all, instance{address: n.kind.set + "." + wholeName(owner), importID: s.member(owner).name})
	}
	return all
}

func (n *edges) rename(s *scene) string {
	if len(n.all) == 0 {
		return ""
	}
	e := &n.all[s.draw.IntN(len(n.all))]
	e.key = s.key()
	return fmt.Sprintf("gives %s the key %s", n.title(s, *e), e.key)
}

func (n *edges) replaceFirst(on bool) { n.first = on }

// declares are the edges that a configuration declares, by name, with what is
// declared of each; in the direction that comes of itself, nothing.
func (k *edgeKind) declares(s *scene, d document) map[edge]map[string]string {
	all := map[edge]map[string]string{}
	for _, n := range s.nouns {
		n, ok := n.(*edges)
		if !ok || n.kind != k {
			continue
		}
		for _, each := range n.all {
			e := d.edge(s.member(each.owner).name, s.member(each.other).name)
			all[e] = each.notes
			if _, ok := all[e.reversed()]; !ok && k.mutual {
				all[e.reversed()] = nil
			}
		}
	}
	return all
}

func (n *edges) differences(s *scene, p *passage) []string {
	if p.destroyed {
		return nil // they go with their users
	}
	var all []string
	differ := func(e edge, format string, args ...any) {
		all = append(all, fmt.Sprintf("%s %s: ", n.kind.resource, e)+fmt.Sprintf(format, args...))
	}
	declared, before := n.kind.declares(s, p.is), n.kind.declares(p.before, p.is)
	tried := map[edge]map[string]string{}
	for _, each := range p.tried {
		for e, notes := range n.kind.declares(each, p.is) {
			tried[e] = notes
		}
	}
	was, is := n.kind.held(p.was), n.kind.held(p.is)
	for _, owner := range s.members() {
		for _, other := range s.members() {
			if owner.id == other.id {
				continue
			}
			e := p.is.edge(owner.name, other.name)
			_, wanted := declared[e]
			_, removed := before[e]
			_, attempted := tried[e]
			there, alone := is[e] != nil, was[e] != nil && p.survived(owner.name) && p.survived(other.name)
			switch {
			case wanted && !there && n.kind.unreadable == s.platform && (removed || attempted) && !alone:
				// It was lost, and nobody can tell.
			case wanted && !there:
				differ(e, "it does not exist")
			case wanted:
				n.compareNotes(p, declared[e], tried[e], was[e], is[e], func(format string, args ...any) { differ(e, format, args...) })
			case there && n.isWhole(owner.id):
				differ(e, "it is not part of the complete set")
			case removed && there:
				differ(e, "it is still there")
			case removed || attempted && alone:
			case there && !alone:
				differ(e, "it is there and was never declared")
			case !there && alone && n.kind.wasWhole(s, p, e):
				// A complete set removed it.
			case !there && alone:
				differ(e, "it is gone and was never declared")
			}
		}
	}
	slices.Sort(all)
	return all
}

// wasWhole reports whether a complete set held an edge in any configuration of the passage.
func (k *edgeKind) wasWhole(s *scene, p *passage, e edge) bool {
	return slices.ContainsFunc(append(p.earlier(), s), func(each *scene) bool {
		return slices.ContainsFunc(each.nouns, func(n noun) bool {
			of, ok := n.(*edges)
			return ok && of.kind == k && slices.ContainsFunc(of.whole, func(id int) bool {
				m := each.member(id)
				name := p.is.platform.fold(m.name)
				return name == e.owner || k.mutual && name == e.other
			})
		})
	})
}

// compareNotes compares what an owner notes. What is omitted is left alone.
func (n *edges) compareNotes(p *passage, declared, tried map[string]string, was, is map[string]any, differ func(format string, args ...any)) {
	names := n.kind.notes[p.is.platform]
	for _, name := range sortedKeys(names) {
		want := []string{"", text(was[names[name]])}
		if attempt, ok := tried[name]; ok {
			want = append(want, attempt)
		}
		if value, ok := declared[name]; ok {
			want = []string{value}
		}
		if got := text(is[names[name]]); !slices.Contains(want, got) {
			differ("%s is %q, not %s", name, got, alternatives(want))
		}
	}
}

// disturb removes an edge that was declared, adds one that was not, or changes a note.
func (n *edges) disturb(before, _ *scene) (string, func(document)) {
	s := before
	if len(n.all) == 0 || s.draw.chance(25) {
		owner, other, ok := n.pick(s)
		if !ok {
			return "", nil
		}
		title, change := n.changing(s, owner, other, n.kind.add)
		return "adds " + title, change
	}
	e := oneOf(s.draw, n.all)
	if names := n.kind.notes[s.platform]; names != nil && s.draw.chance(50) {
		field := names[oneOf(s.draw, sortedKeys(names))]
		title, change := n.changing(s, e.owner, e.other, func(d document, e edge) {
			d.setNote(e, field, "Changed by somebody else")
		})
		return "changes the notes of " + title, change
	}
	title, change := n.changing(s, e.owner, e.other, n.kind.remove)
	return "removes " + title, change
}

// changing returns the name of an edge, and what changes it if both its users are there.
func (n *edges) changing(s *scene, owner, other int, change func(document, edge)) (string, func(document)) {
	a, b := s.member(owner).name, s.member(other).name
	return fmt.Sprintf("%s %s/%s", n.kind.resource, a, b), func(d document) {
		if d.user(a) != nil && d.user(b) != nil {
			change(d, d.edge(a, b))
		}
	}
}

// foreign is what strangers are related to, which is not part of a user on every
// platform.
func (n *edges) foreign(s *scene, d document) any {
	var all []string
	for e := range n.kind.held(d) {
		if s.strangers[s.user(e.owner)] {
			all = append(all, e.String())
		}
	}
	slices.Sort(all)
	return all
}

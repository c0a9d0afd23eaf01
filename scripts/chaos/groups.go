package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// groups are chat_group or chat_room, each with a resource instance of its own.
type groups struct {
	basics
	kind   *groupKind
	all    []declaredGroup
	first  bool
	record *groupRecord
}

// groupKind is what groups and chat rooms do not share.
type groupKind struct {
	// noun is group or room, part is where the emulator keeps them.
	noun, part string
	// id is what the emulator calls the id.
	id map[*platform]string
	// traits are the attributes that may be declared.
	traits map[*platform][]*trait
	// muted is what the emulator calls a mute on jmessage, in a member.
	muted string
}

// trait is an optional attribute of a group.
type trait struct {
	// name is the attribute, field what the emulator calls it.
	name, field string
	// fixed traits make a group anew when they change.
	fixed bool
	draw  func(s *scene) any
	// read returns the value of the attribute; nil if the field holds it.
	read func(field any) any
}

func groupText(what string) func(s *scene) any {
	return func(s *scene) any {
		if s.draw.chance(20) {
			return ""
		}
		return fmt.Sprintf("%s %d 张", what, s.next())
	}
}

func yesOrNo(s *scene) any { return s.draw.chance(50) }

func capacity(s *scene) any { return s.draw.between(50, 300) }

var groupsKind = &groupKind{
	noun: "group", part: "groups", muted: "silenced",
	id: map[*platform]string{easemob: "id", jmessage: "gid"},
	traits: map[*platform][]*trait{
		easemob: {
			{name: "description", field: "description", draw: groupText("Description")},
			{name: "avatar", field: "avatar", draw: func(s *scene) any { return fmt.Sprintf("https://example.com/%d.png", s.next()) }},
			{name: "public", field: "public", draw: yesOrNo},
			{name: "max_members", field: "maxusers", draw: capacity},
			{name: "members_only", field: "membersonly", draw: yesOrNo},
			{name: "allow_invites", field: "allowinvites", draw: yesOrNo},
			{name: "custom", field: "custom", draw: groupText("Custom")},
			{name: "announcement", field: "announcement", draw: groupText("Announcement")},
			{name: "muted", field: "mute", draw: yesOrNo},
		},
		jmessage: {
			{name: "description", field: "desc", draw: groupText("Description")},
			{name: "public", field: "flag", draw: yesOrNo, fixed: true, read: func(field any) any { return fmt.Sprint(field) == "2" }},
		},
	},
}

var roomsKind = &groupKind{
	noun: "room", part: "chatrooms", muted: "muted",
	id: map[*platform]string{easemob: "id", jmessage: "id"},
	traits: map[*platform][]*trait{
		easemob: {
			{name: "description", field: "description", draw: groupText("Description")},
			{name: "max_members", field: "maxusers", draw: capacity},
			{name: "custom", field: "custom", draw: groupText("Custom"), fixed: true},
			{name: "announcement", field: "announcement", draw: groupText("Announcement")},
			{name: "muted", field: "mute", draw: yesOrNo},
		},
		jmessage: {{name: "description", field: "description", draw: groupText("Description")}},
	},
}

// value is what the emulator holds of a trait, as text.
func (t *trait) value(group map[string]any) string {
	field := group[t.field]
	if t.read != nil {
		field = t.read(field)
	}
	if field == nil {
		return "" // a text that is not set
	}
	return fmt.Sprint(field)
}

// declaredGroup is one resource instance.
type declaredGroup struct {
	// id stays the same whatever is declared of the group.
	id        int
	key, name string
	// owner is the id of a user, ownerBy how it is referred to.
	owner   int
	ownerBy string
	traits  map[string]any
}

// groupRecord is what a run learned about groups, shared by all configurations. Nothing
// is drawn from it.
type groupRecord struct {
	// at are the platform's ids of declared groups, when everything was as declared.
	at map[int]string
	// foreign are the ids of groups of somebody else. Those of strangers must not change;
	// those of declared users go with their owners.
	foreign   map[string]bool
	strangers []string
}

func newGroups(k *groupKind) *groups {
	return &groups{kind: k, record: &groupRecord{at: map[int]string{}, foreign: map[string]bool{}}}
}

// groupsOf returns what a configuration declares of groups or rooms.
func (s *scene) groupsOf(k *groupKind) *groups {
	for _, n := range s.nouns {
		if n, ok := n.(*groups); ok && n.kind == k {
			return n
		}
	}
	return newGroups(k)
}

func (n *groups) clone() noun {
	c := *n
	c.all = slices.Clone(n.all) // traits are replaced, never changed
	return &c
}

// group returns a declared group, or nil.
func (n *groups) group(id int) *declaredGroup {
	for i := range n.all {
		if n.all[i].id == id {
			return &n.all[i]
		}
	}
	return nil
}

// anew is the thing that a step touches if it asks for a group to be made anew.
func (n *groups) anew(id int) string { return fmt.Sprintf("declared %s %d", n.kind.noun, id) }

func (n *groups) title(g *declaredGroup) string { return fmt.Sprintf("%s %q", n.kind.noun, g.name) }

func (n *groups) begin(s *scene) {
	for range s.draw.between(1, 3) {
		n.add(s)
	}
}

func (n *groups) add(s *scene) *declaredGroup {
	g := declaredGroup{id: s.next(), key: s.key(), owner: oneOf(s.draw, s.members()).id, traits: map[string]any{}}
	g.ownerBy = oneOf(s.draw, []string{"id", "id", "username", ""})
	g.name = n.name(s, g.owner)
	for _, t := range n.kind.traits[s.platform] {
		if s.draw.chance(50) {
			g.traits[t.name] = t.draw(s)
		}
	}
	n.all = append(n.all, g)
	return &n.all[len(n.all)-1]
}

// name draws a name: a new one, or that of another group with another owner.
func (n *groups) name(s *scene, owner int) string {
	if len(n.all) > 0 && s.draw.chance(25) {
		if other := oneOf(s.draw, n.all); n.free(other.name, owner) {
			return other.name
		}
	}
	return fmt.Sprintf("%s \"%d\" für 张", n.kind.noun, s.next())
}

// free reports whether no group of this name and owner is declared: the platform could
// not tell them apart after an answer was lost.
func (n *groups) free(name string, owner int) bool {
	return !slices.ContainsFunc(n.all, func(g declaredGroup) bool { return g.name == name && g.owner == owner })
}

func (n *groups) change(s *scene) string {
	if len(n.all) == 0 || s.draw.chance(15) {
		if len(n.all) >= 4 {
			return ""
		}
		return "adds " + n.title(n.add(s))
	}
	i := s.draw.IntN(len(n.all))
	g := &n.all[i]
	title := n.title(g)
	switch s.draw.IntN(6) {
	case 0:
		n.all = slices.Delete(n.all, i, i+1)
		return "removes " + title
	case 1:
		g.name = n.name(s, g.owner)
		return fmt.Sprintf("renames %s to %q", title, g.name)
	case 2:
		owner := oneOf(s.draw, s.members())
		if !n.free(g.name, owner.id) {
			return ""
		}
		g.owner = owner.id
		return fmt.Sprintf("gives %s to %s", title, owner.name)
	}
	t := oneOf(s.draw, n.kind.traits[s.platform])
	traits := maps.Clone(g.traits)
	delete(traits, t.name)
	if s.draw.chance(75) {
		traits[t.name] = t.draw(s)
	}
	g.traits = traits
	if t.fixed {
		s.touch(n.anew(g.id))
	}
	return fmt.Sprintf("%s of %s: %s", t.name, title, encode(traits[t.name]))
}

// adjust gives the groups of users who are declared no longer to somebody else, if
// nothing speaks against it, and drops the others.
func (n *groups) adjust(s *scene) {
	n.all = slices.DeleteFunc(n.all, func(g declaredGroup) bool { return s.member(g.owner) == nil && s.draw.chance(40) })
	for i := range n.all {
		if g := &n.all[i]; s.member(g.owner) == nil {
			if owner := oneOf(s.draw, s.members()).id; n.free(g.name, owner) {
				g.owner = owner
			}
		}
	}
	n.all = slices.DeleteFunc(n.all, func(g declaredGroup) bool { return s.member(g.owner) == nil })
}

func (n *groups) blocks(s *scene) string {
	traits := n.kind.traits[s.platform]
	var b strings.Builder
	fmt.Fprintf(&b, "resource \"chat_%s\" \"each\" {\n  for_each = {\n", n.kind.noun)
	for _, g := range n.all {
		fmt.Fprintf(&b, "    %s = { name = %s, owner = %s", g.key, hcl(g.name), reference(s.member(g.owner), g.ownerBy))
		for _, t := range traits {
			fmt.Fprintf(&b, ", %s = %s", t.name, hcl(g.traits[t.name]))
		}
		b.WriteString(" }\n")
	}
	b.WriteString("  }\n  name = each.value.name\n  owner = each.value.owner\n")
	for _, t := range traits {
		fmt.Fprintf(&b, "  %s = each.value.%s\n", t.name, t.name)
	}
	b.WriteString("  depends_on = [chat_user.each, chat_users.team]\n")
	b.WriteString(lifecycle(n.first))
	b.WriteString("}\n")
	return b.String()
}

func (n *groups) address(g *declaredGroup) string {
	return fmt.Sprintf("chat_%s.each[%q]", n.kind.noun, g.key)
}

// instances: the platform gives out the ids, which are only in the state.
func (n *groups) instances(*scene) []instance {
	var all []instance
	for i := range n.all {
		all = append(all, instance{address: n.address(&n.all[i]), holds: []string{n.anew(n.all[i].id)}})
	}
	return all
}

func (n *groups) rename(s *scene) string {
	if len(n.all) == 0 {
		return ""
	}
	g := &n.all[s.draw.IntN(len(n.all))]
	g.key = s.key()
	s.touch(n.anew(g.id))
	return fmt.Sprintf("gives %s the key %s", n.title(g), g.key)
}

func (n *groups) replaceFirst(on bool) { n.first = on }

// thing names a group that the emulator holds.
func (n *groups) thing(d document, group map[string]any) string {
	return fmt.Sprintf("%s %s %q of %s", n.kind.noun, d.groupID(n.kind, group), text(group["name"]), text(group["owner"]))
}

func (n *groups) things(_ *scene, d document) []string {
	var all []string
	for _, group := range d.groups(n.kind) {
		if !n.record.foreign[d.groupID(n.kind, group)] {
			all = append(all, n.thing(d, group))
		}
	}
	return all
}

// knows: of a group whose creation is not settled, the state has no id.
func (n *groups) knows(s *scene, st *state, thing string) bool {
	return slices.ContainsFunc(st.instances("chat_"+n.kind.noun), func(i *stateInstance) bool {
		if id := text(i.Attributes["id"]); id != "" {
			return strings.HasPrefix(thing, n.kind.noun+" "+id+" ")
		}
		name, owner := text(i.Attributes["name"]), s.platform.fold(text(i.Attributes["owner"]))
		return strings.HasPrefix(thing, n.kind.noun+" ") && strings.HasSuffix(thing, fmt.Sprintf(" %q of %s", name, owner))
	})
}

// held returns what the emulator holds of a declared group.
func (n *groups) held(s *scene, d document, g *declaredGroup) map[string]any {
	owner := s.platform.fold(s.member(g.owner).name)
	for _, group := range d.groups(n.kind) {
		if text(group["name"]) == g.name && text(group["owner"]) == owner && !n.record.foreign[d.groupID(n.kind, group)] {
			return group
		}
	}
	return nil
}

func (n *groups) placed(s *scene, d document) []string {
	var all []string
	for i := range n.all {
		if group := n.held(s, d, &n.all[i]); group != nil {
			all = append(all, n.thing(d, group))
		}
	}
	return all
}

// abandon: nothing takes over a group that no state knows. There must not be two of
// them for one declaration.
func (n *groups) abandon(d document, lost []string) []string {
	var all []string
	made := map[string]bool{}
	for _, group := range d.groups(n.kind) {
		if thing := n.thing(d, group); slices.Contains(lost, thing) {
			what := fmt.Sprintf("%q of %s", text(group["name"]), text(group["owner"]))
			if made[what] {
				all = append(all, fmt.Sprintf("the killed run made two %ss %s", n.kind.noun, what))
			}
			made[what] = true
			n.record.foreign[d.groupID(n.kind, group)] = true
		}
	}
	return all
}

func (n *groups) differences(s *scene, p *passage) []string {
	all := n.foreignDifferences(p)
	if p.destroyed {
		return all
	}
	for i := range n.all {
		g := &n.all[i]
		is := n.held(s, p.is, g)
		if is == nil {
			all = append(all, fmt.Sprintf("%s of %s does not exist", n.title(g), s.member(g.owner).name))
			continue
		}
		id, before := p.is.groupID(n.kind, is), n.record.at[g.id]
		if before != "" && before != id && p.was.group(n.kind, before) != nil && !n.mayBeNew(s, p, g) {
			all = append(all, fmt.Sprintf("%s: it was deleted and created again, which nothing asked for", n.title(g)))
			continue
		}
		n.record.at[g.id] = id
		was := p.was.group(n.kind, id)
		for _, t := range n.kind.traits[s.platform] {
			want := n.values(p, g, t, was)
			if got := t.value(is); want != nil && !slices.Contains(want, got) {
				all = append(all, fmt.Sprintf("%s: %s is %q, not %s", n.title(g), t.name, got, alternatives(want)))
			}
		}
	}
	return all
}

// values are what a trait may be: what is omitted is left alone, and may be anything in
// a new group.
func (n *groups) values(p *passage, g *declaredGroup, t *trait, was map[string]any) []string {
	if value, ok := g.traits[t.name]; ok {
		return []string{fmt.Sprint(value)}
	}
	if was == nil {
		return nil
	}
	want := []string{t.value(was)}
	for _, tried := range p.tried {
		if other := tried.groupsOf(n.kind).group(g.id); other != nil {
			if value, ok := other.traits[t.name]; ok {
				want = append(want, fmt.Sprint(value))
			}
		}
	}
	return want
}

// mayBeNew reports whether something asked for a group to be made anew, or deleted one
// of its owners.
func (n *groups) mayBeNew(s *scene, p *passage, g *declaredGroup) bool {
	if s.touched[n.anew(g.id)] || !p.survived(s.member(g.owner).name) {
		return true
	}
	if was := p.was.group(n.kind, n.record.at[g.id]); was != nil && !p.survived(text(was["owner"])) {
		return true
	}
	return slices.ContainsFunc(p.earlier(), func(earlier *scene) bool {
		other := earlier.groupsOf(n.kind).group(g.id)
		return other == nil || !p.survived(earlier.member(other.owner).name)
	})
}

// foreignDifferences are the groups of somebody else that are not as they were, though
// all who are in them are.
func (n *groups) foreignDifferences(p *passage) []string {
	var all []string
	for _, id := range sortedKeys(n.record.foreign) {
		was, is := p.was.group(n.kind, id), p.is.group(n.kind, id)
		if was == nil {
			continue
		}
		names := []string{text(was["owner"])}
		for _, m := range list(was["members"]) {
			names = append(names, text(object(m)["username"]))
		}
		if slices.ContainsFunc(names, func(name string) bool { return !p.survived(name) }) {
			continue
		}
		if before, now := encode(was), encode(is); before != now {
			all = append(all, fmt.Sprintf("%s %s belongs to somebody else and was touched: %s", n.kind.noun, id, difference(before, now)))
		}
	}
	return all
}

func (n *groups) foreign(_ *scene, d document) any {
	var all []any
	for _, id := range n.record.strangers {
		all = append(all, d.group(n.kind, id))
	}
	return all
}

// seed makes groups of strangers.
func (n *groups) seed(s *scene, d document) {
	strangers := s.strangerNames()
	for range s.draw.between(1, 3) {
		id := s.next()
		n.found(d, id, n.kind.noun+" of strangers", oneOf(s.draw, strangers), some(s.draw, strangers, 3))
		n.record.strangers = append(n.record.strangers, fmt.Sprint(id))
	}
}

// strangerNames are the users who belong to somebody else.
func (s *scene) strangerNames() []string {
	var all []string
	for _, thing := range sortedKeys(s.strangers) {
		if name, ok := strings.CutPrefix(thing, "user "); ok {
			all = append(all, name)
		}
	}
	return all
}

// found makes a group of somebody else.
func (n *groups) found(d document, id int, name, owner string, members []string) {
	group := map[string]any{"name": name, "owner": owner, n.kind.id[d.platform]: id}
	if d.platform == easemob {
		group["id"] = fmt.Sprint(id)
	}
	d.app[n.kind.part] = append(list(d.app[n.kind.part]), group)
	for _, member := range members {
		d.addMember(n.kind, group, member)
	}
	n.record.foreign[fmt.Sprint(id)] = true
}

// disturb deletes a group or changes it, or makes another one of the same name and owner.
func (n *groups) disturb(before, s *scene) (string, func(document)) {
	now := s.groupsOf(n.kind)
	candidates := slices.DeleteFunc(slices.Clone(n.all), func(g declaredGroup) bool {
		other := now.group(g.id)
		return other == nil || other.key != g.key || s.touched[n.anew(g.id)]
	})
	if len(candidates) == 0 {
		return "", nil
	}
	g := oneOf(s.draw, candidates)
	change := func(do func(d document, group map[string]any)) func(document) {
		return func(d document) {
			if group := d.group(n.kind, n.record.at[g.id]); group != nil {
				do(d, group)
			}
		}
	}
	title := n.title(&g)
	switch s.draw.IntN(6) {
	case 0:
		s.touch(n.anew(g.id))
		return "deletes " + title, change(func(d document, group map[string]any) { d.removeGroup(n.kind, group) })
	case 1:
		return "renames " + title, change(func(_ document, group map[string]any) { group["name"] = "Renamed by somebody else" })
	case 2:
		owner := oneOf(s.draw, before.members()).name
		return fmt.Sprintf("gives %s to %s", title, owner), change(func(d document, group map[string]any) {
			if d.user(owner) != nil {
				d.transfer(n.kind, group, owner)
			}
		})
	case 3:
		t := oneOf(s.draw, n.kind.traits[s.platform])
		if t.read != nil { // it cannot be read
			return "", nil
		}
		value := t.draw(s)
		return fmt.Sprintf("changes %s of %s", t.name, title), change(func(_ document, group map[string]any) { group[t.field] = value })
	default:
		id, owner, members := s.next(), before.member(g.owner).name, some(s.draw, s.strangerNames(), 2)
		return fmt.Sprintf("makes another %s of %s", title, owner), func(d document) {
			if d.user(owner) != nil {
				there := slices.DeleteFunc(members, func(name string) bool { return d.user(name) == nil })
				n.found(d, id, g.name, s.platform.fold(owner), there)
			}
		}
	}
}

// groups are all groups or rooms that the emulator holds.
func (d document) groups(k *groupKind) []map[string]any {
	var all []map[string]any
	for _, each := range list(d.app[k.part]) {
		all = append(all, object(each))
	}
	return all
}

func (d document) groupID(k *groupKind, group map[string]any) string {
	return fmt.Sprint(group[k.id[d.platform]])
}

// group returns the group or room with an id, or nil.
func (d document) group(k *groupKind, id string) map[string]any {
	for _, group := range d.groups(k) {
		if d.groupID(k, group) == id {
			return group
		}
	}
	return nil
}

func (d document) removeGroup(k *groupKind, group map[string]any) {
	id := d.groupID(k, group)
	d.app[k.part] = slices.DeleteFunc(list(d.app[k.part]), func(each any) bool { return d.groupID(k, object(each)) == id })
	if d.platform != jmessage || k != groupsKind {
		return
	}
	for _, each := range list(d.app["users"]) { // whose settings name it
		user := object(each)
		for holder, field := range map[string]string{"no_disturb": "group", "": "group_shield"} {
			of := user
			if holder != "" {
				of = object(user[holder])
			}
			if of[field] != nil {
				of[field] = slices.DeleteFunc(list(of[field]), func(each any) bool { return fmt.Sprint(each) == id })
			}
		}
	}
}

// leaveGroups takes a user who is deleted out of what it owns: the platform deletes
// that, or leaves it to the oldest member.
func (d document) leaveGroups(name string) {
	for _, k := range []*groupKind{groupsKind, roomsKind} {
		for _, group := range d.groups(k) {
			if text(group["owner"]) != name {
				continue
			}
			heirs := slices.DeleteFunc(slices.Clone(list(group["members"])), func(m any) bool { return text(object(m)["username"]) == name })
			if d.platform == easemob || len(heirs) == 0 {
				d.removeGroup(k, group)
			} else {
				group["owner"] = object(heirs[0])["username"]
			}
		}
	}
}

// transfer makes a user the owner of a group. The old owner stays a member.
func (d document) transfer(k *groupKind, group map[string]any, username string) {
	old, owner := text(group["owner"]), d.platform.fold(username)
	switch {
	case old == owner:
	case d.platform == easemob:
		d.removeMember(group, owner)
		delete(object(group["mute_list"]), owner)
		group["owner"], group["members"] = owner, append(list(group["members"]), map[string]any{"username": old})
	default:
		d.addMember(k, group, owner)
		group["owner"] = owner
		d.addMember(k, group, old)
	}
}

// addMember adds a user to a group; on easemob, to the allow list of a room as well.
func (d document) addMember(k *groupKind, group map[string]any, username string) {
	name := d.platform.fold(username)
	has := func(names any) bool {
		return slices.ContainsFunc(list(names), func(m any) bool { return m == name || text(object(m)["username"]) == name })
	}
	if text(group["owner"]) == name {
		return
	}
	if !has(group["members"]) {
		group["members"] = append(list(group["members"]), map[string]any{"username": name})
	}
	if d.platform == easemob && k == roomsKind && !has(group["allow_list"]) && !has(group["admins"]) {
		group["allow_list"] = append(list(group["allow_list"]), name)
	}
}

// removeMember ends the membership of a user. On easemob, a mute stays.
func (d document) removeMember(group map[string]any, username string) {
	name := d.platform.fold(username)
	if text(group["owner"]) == name {
		return
	}
	for _, part := range []string{"members", "admins", "allow_list"} {
		if group[part] != nil {
			group[part] = leaveOut(group[part], name)
		}
	}
}

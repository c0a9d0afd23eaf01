package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// shields keep the messages of a group of somebody else's from users.
type shields struct {
	basics
	all   []declaredShield
	first bool
}

// declaredShield is one resource instance. Its user is named by an id.
type declaredShield struct {
	key  string
	user int
}

// shieldGroup is the id of the group, the owner of which belongs to somebody else.
const shieldGroup, shieldOwner = "10000000077", "group-owner"

func (n *shields) clone() noun {
	c := *n
	c.all = slices.Clone(n.all)
	return &c
}

func (n *shields) seed(s *scene, d document) {
	d.register(shieldOwner, "stranger's")
	s.strangers[s.user(shieldOwner)] = true
	d.app["groups"] = append(list(d.app["groups"]), map[string]any{"gid": json.Number(shieldGroup), "name": "Announcements", "owner": shieldOwner})
	s.groupsOf(groupsKind).record.foreign[shieldGroup] = true
}

func (n *shields) begin(s *scene) {
	for range s.draw.between(1, 4) {
		n.add(s)
	}
}

// add declares a shield that is not declared, and returns whether it found one.
func (n *shields) add(s *scene) bool {
	user := oneOf(s.draw, s.members()).id
	if slices.ContainsFunc(n.all, func(e declaredShield) bool { return e.user == user }) {
		return false
	}
	n.all = append(n.all, declaredShield{key: s.key(), user: user})
	return true
}

func (n *shields) change(s *scene) string {
	if len(n.all) == 0 || s.draw.chance(60) {
		if len(n.all) > 10 || !n.add(s) {
			return ""
		}
		return "adds " + n.title(s, n.all[len(n.all)-1])
	}
	i := s.draw.IntN(len(n.all))
	title := n.title(s, n.all[i])
	n.all = slices.Delete(n.all, i, i+1)
	return "removes " + title
}

func (n *shields) title(s *scene, e declaredShield) string {
	return "chat_group_shield of " + s.member(e.user).name
}

func (n *shields) adjust(s *scene) {
	n.all = slices.DeleteFunc(n.all, func(e declaredShield) bool { return s.member(e.user) == nil })
}

func (n *shields) blocks(s *scene) string {
	var b strings.Builder
	b.WriteString("resource \"chat_group_shield\" \"each\" {\n  for_each = {\n")
	for _, e := range n.all {
		fmt.Fprintf(&b, "    %s = %s\n", e.key, reference(s.member(e.user), "id"))
	}
	fmt.Fprintf(&b, "  }\n  username = each.value\n  group = %s\n  depends_on = [chat_user.each, chat_users.team]\n%s}\n", hcl(shieldGroup), lifecycle(n.first))
	return b.String()
}

func (n *shields) instances(s *scene) []instance {
	var all []instance
	for _, e := range n.all {
		all = append(all, instance{
			address: fmt.Sprintf("chat_group_shield.each[%q]", e.key), importID: s.member(e.user).name + "/" + shieldGroup,
		})
	}
	return all
}

func (n *shields) rename(s *scene) string {
	if len(n.all) == 0 {
		return ""
	}
	e := &n.all[s.draw.IntN(len(n.all))]
	e.key = s.key()
	return fmt.Sprintf("gives %s the key %s", n.title(s, *e), e.key)
}

func (n *shields) replaceFirst(on bool) { n.first = on }

// declares are the names of the users whose shields a configuration declares.
func (n *shields) declares(s *scene) map[string]bool {
	names := map[string]bool{}
	for _, each := range s.nouns {
		if each, ok := each.(*shields); ok {
			for _, e := range each.all {
				names[s.member(e.user).name] = true
			}
		}
	}
	return names
}

// differences: a shield cannot be read, so that one that went with its user, or that
// somebody else ended, may stay away.
func (n *shields) differences(s *scene, p *passage) []string {
	if p.destroyed {
		return nil // they go with their users
	}
	declared, before, tried := n.declares(s), n.declares(p.before), map[string]bool{}
	for _, each := range p.tried {
		for name := range n.declares(each) {
			tried[name] = true
		}
	}
	var all []string
	for _, m := range s.members() {
		there, was := p.is.shielded(m.name), p.was.shielded(m.name)
		ended := before[m.name] && !was
		switch {
		case !p.survived(m.name):
		case declared[m.name] && !there && !ended:
			all = append(all, "chat_group_shield of "+m.name+": it does not exist")
		case !declared[m.name] && there && (before[m.name] || !was && !tried[m.name]):
			all = append(all, "chat_group_shield of "+m.name+": it is there and not declared")
		}
	}
	return all
}

// disturb ends a shield that was declared.
func (n *shields) disturb(before, _ *scene) (string, func(document)) {
	if len(n.all) == 0 {
		return "", nil
	}
	name := before.member(oneOf(before.draw, n.all).user).name
	return "ends the shield of " + name, func(d document) {
		if user := d.user(name); user != nil {
			delete(user, "group_shield")
		}
	}
}

// foreign is the group.
func (n *shields) foreign(_ *scene, d document) any { return d.group(groupsKind, shieldGroup) }

// shielded reports whether a user does not get the messages of the group.
func (d document) shielded(username string) bool {
	return slices.ContainsFunc(list(d.user(username)["group_shield"]), func(id any) bool { return fmt.Sprint(id) == shieldGroup })
}

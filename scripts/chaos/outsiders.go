package main

import (
	"fmt"
	"slices"
	"strings"
)

// outsiders are chat_block of users of another application.
type outsiders struct {
	basics
	all   []declaredOutsider
	first bool
}

// declaredOutsider is one resource instance. Its owner is named by an id.
type declaredOutsider struct {
	key   string
	owner int
	name  string
}

const (
	outsideAppKey = "fedcba9876543210fedcba98"
	outsideSecret = "demo-master-secret-out00"
)

var outsiderNames = []string{"outsider-a", "outsider-b", "outsider-c"}

func (n *outsiders) clone() noun {
	c := *n
	c.all = slices.Clone(n.all)
	return &c
}

// seed makes the other application.
func (n *outsiders) seed(_ *scene, d document) {
	var users []any
	for _, name := range outsiderNames {
		users = append(users, map[string]any{"username": name, "password": "stranger's"})
	}
	object(d.held["applications"])[outsideAppKey] = map[string]any{"master_secret": outsideSecret, "users": users}
}

func (n *outsiders) begin(s *scene) {
	for range s.draw.between(2, 5) {
		n.add(s)
	}
}

// add declares a block that is not declared, and returns whether it found one.
func (n *outsiders) add(s *scene) bool {
	e := declaredOutsider{key: s.key(), owner: oneOf(s.draw, s.members()).id, name: oneOf(s.draw, outsiderNames)}
	if n.has(e.owner, e.name) {
		return false
	}
	n.all = append(n.all, e)
	return true
}

func (n *outsiders) has(owner int, name string) bool {
	return slices.ContainsFunc(n.all, func(e declaredOutsider) bool { return e.owner == owner && e.name == name })
}

func (n *outsiders) change(s *scene) string {
	if len(n.all) == 0 || s.draw.chance(50) {
		if len(n.all) > 10 || !n.add(s) {
			return ""
		}
		return "adds " + n.title(s, n.all[len(n.all)-1])
	}
	i := s.draw.IntN(len(n.all))
	title := n.title(s, n.all[i])
	if name := oneOf(s.draw, outsiderNames); s.draw.chance(40) && !n.has(n.all[i].owner, name) {
		n.all[i].name = name
		return "makes " + title + " one of " + name
	}
	n.all = slices.Delete(n.all, i, i+1)
	return "removes " + title
}

func (n *outsiders) title(s *scene, e declaredOutsider) string {
	return fmt.Sprintf("chat_block %s/%s of another application", s.member(e.owner).name, e.name)
}

func (n *outsiders) adjust(s *scene) {
	n.all = slices.DeleteFunc(n.all, func(e declaredOutsider) bool { return s.member(e.owner) == nil })
}

func (n *outsiders) blocks(s *scene) string {
	var b strings.Builder
	b.WriteString("resource \"chat_block\" \"outsiders\" {\n  for_each = {\n")
	for _, e := range n.all {
		fmt.Fprintf(&b, "    %s = { owner = %s, blocked = %s }\n", e.key, reference(s.member(e.owner), "id"), hcl(e.name))
	}
	fmt.Fprintf(&b, "  }\n  owner = each.value.owner\n  blocked = each.value.blocked\n  blocked_app_key = %s\n  depends_on = [chat_user.each, chat_users.team]\n%s}\n",
		hcl(outsideAppKey), lifecycle(n.first))
	return b.String()
}

func (n *outsiders) instances(s *scene) []instance {
	var all []instance
	for _, e := range n.all {
		all = append(all, instance{
			address: fmt.Sprintf("chat_block.outsiders[%q]", e.key), importID: s.member(e.owner).name + "/" + e.name + "/" + outsideAppKey,
		})
	}
	return all
}

func (n *outsiders) rename(s *scene) string {
	if len(n.all) == 0 {
		return ""
	}
	e := &n.all[s.draw.IntN(len(n.all))]
	e.key = s.key()
	return fmt.Sprintf("gives %s the key %s", n.title(s, *e), e.key)
}

func (n *outsiders) replaceFirst(on bool) { n.first = on }

// declares are the blocks that a configuration declares.
func (n *outsiders) declares(s *scene) map[edge]bool {
	all := map[edge]bool{}
	for _, each := range s.nouns {
		if each, ok := each.(*outsiders); ok {
			for _, e := range each.all {
				all[edge{s.member(e.owner).name, e.name}] = true
			}
		}
	}
	return all
}

func (n *outsiders) differences(s *scene, p *passage) []string {
	if p.destroyed {
		return nil // they go with their owners
	}
	declared, before, tried := n.declares(s), n.declares(p.before), map[edge]bool{}
	for _, each := range p.tried {
		for e := range n.declares(each) {
			tried[e] = true
		}
	}
	var all []string
	was, is := p.was.outsiders(), p.is.outsiders()
	for _, m := range s.members() {
		for _, name := range outsiderNames {
			e := edge{m.name, name}
			differ := func(text string) {
				all = append(all, fmt.Sprintf("chat_block %s of another application: %s", e, text))
			}
			alone := was[e] && p.survived(m.name)
			switch {
			case declared[e] && !is[e]:
				differ("it does not exist")
			case declared[e]:
			case before[e] && is[e]:
				differ("it is still there")
			case before[e] || tried[e]:
			case is[e] && !alone:
				differ("it is there and was never declared")
			case !is[e] && alone:
				differ("it is gone and was never declared")
			}
		}
	}
	return all
}

// disturb removes a block that was declared, or adds one that was not.
func (n *outsiders) disturb(before, _ *scene) (string, func(document)) {
	owner, name := before.member(oneOf(before.draw, before.members()).id).name, oneOf(before.draw, outsiderNames)
	e := edge{owner, name}
	return fmt.Sprintf("turns around the block %s of another application", e), func(d document) {
		user := d.user(owner)
		switch {
		case user == nil:
		case d.outsiders()[e]:
			user["blacklist"] = slices.DeleteFunc(list(user["blacklist"]), func(each any) bool { return text(object(each)["username"]) == name })
		default:
			user["blacklist"] = append(list(user["blacklist"]), map[string]any{"appkey": outsideAppKey, "username": name})
		}
	}
}

// foreign is the other application.
func (n *outsiders) foreign(_ *scene, d document) any {
	return object(d.held["applications"])[outsideAppKey]
}

// outsiders are the blocks of users of the other application.
func (d document) outsiders() map[edge]bool {
	all := map[edge]bool{}
	for _, each := range list(d.app["users"]) {
		for _, other := range list(object(each)["blacklist"]) {
			if other := object(other); text(other["appkey"]) == outsideAppKey {
				all[edge{text(object(each)["username"]), text(other["username"])}] = true
			}
		}
	}
	return all
}

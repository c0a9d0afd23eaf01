package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// users are chat_user, each with a resource instance of its own. The noun stands for
// users in general where it does not matter which resource declares them.
type users struct {
	basics
	all   []user
	first bool
}

// user is one chat_user.
type user struct {
	account
	key     string
	version int
	// stay is deactivate_on_destroy.
	stay bool
	// region is what is declared of the profile.
	region *string
}

func (n *users) clone() noun {
	c := *n
	c.all = slices.Clone(n.all)
	return &c
}

func (n *users) begin(s *scene) {
	for range s.draw.between(4, 7) {
		n.add(s, s.name())
	}
}

func (n *users) add(s *scene, name string) {
	u := user{account: s.newAccount(name, oneOf(s.draw, settings)), key: s.key(), stay: s.draw.chance(8), region: s.region()}
	if u.setting == versioned {
		u.version = 1
	}
	if u.stay {
		s.unfit[name] = true
	}
	n.all = append(n.all, u)
}

func (n *users) change(s *scene) string {
	if len(n.all) == 0 {
		name := s.name()
		n.add(s, name)
		return "adds " + name
	}
	u := &n.all[s.draw.IntN(len(n.all))]
	switch s.draw.IntN(11) {
	case 10:
		u.region = s.region()
		return fmt.Sprintf("region of %s: %s", u.name, hcl(u.region))
	case 0, 1:
		if len(n.all) >= 12 {
			return ""
		}
		name := s.name()
		n.add(s, name)
		return "adds " + name
	case 2:
		if len(n.all) <= 3 {
			return ""
		}
		name := u.name
		n.all = slices.DeleteFunc(n.all, func(each user) bool { return each.name == name })
		return "removes " + name
	case 3:
		old := u.name
		u.name = s.name()
		if u.stay {
			s.unfit[u.name] = true
		}
		return fmt.Sprintf("renames %s to %s", old, u.name)
	case 4:
		name := s.respell(u.name)
		if name == "" {
			return ""
		}
		u.name = name
		return "spells " + name
	case 5:
		u.stay = !u.stay
		s.unfit[u.name] = true
		return fmt.Sprintf("deactivate_on_destroy of %s: %t", u.name, u.stay)
	case 6, 7:
		return u.changePassword(s)
	}
	return s.changeAccount(&u.account)
}

func (u *user) changePassword(s *scene) string {
	if s.second(fmt.Sprintf("password of account %d", u.id)) {
		return ""
	}
	before := u.setting
	if s.draw.chance(50) {
		u.setting = oneOf(s.draw, settings)
	}
	switch {
	case u.setting == once && before == once:
		return "" // a new value would mean nothing
	case u.setting == once && before == versioned:
		// It is not said whether this sets the password: it stays the same.
	default:
		u.password = s.newPassword(u.setting)
	}
	u.version = 0
	if u.setting == versioned {
		u.version = s.next()
	}
	return fmt.Sprintf("sets %s for %s", u.setting, u.name)
}

func (n *users) adjust(*scene) {}

func (n *users) blocks(*scene) string {
	var b strings.Builder
	b.WriteString("resource \"chat_user\" \"each\" {\n  for_each = {\n")
	for _, u := range n.all {
		version := "null"
		if u.setting == versioned {
			version = fmt.Sprint(u.version)
		}
		fmt.Fprintf(&b, "    %s = { username = %s, nickname = %s, activated = %s, region = %s, version = %s, stay = %t }\n",
			u.key, hcl(u.name), hcl(u.nickname), hcl(u.activated), hcl(u.region), version, u.stay)
	}
	b.WriteString(`  }
  username              = each.value.username
  nickname              = each.value.nickname
  activated             = each.value.activated
  profile               = each.value.region == null ? null : { region = each.value.region }
  password              = lookup(var.user_kept, each.key, null)
  password_wo           = lookup(var.user_written, each.key, null)
  password_wo_version   = each.value.version
  deactivate_on_destroy = each.value.stay
`)
	b.WriteString(lifecycle(n.first))
	b.WriteString("}\n")
	return b.String()
}

func (n *users) variables() []variable {
	inState, written := map[string]string{}, map[string]string{}
	for _, u := range n.all {
		if u.setting == kept {
			inState[u.key] = u.password
		} else {
			written[u.key] = u.password
		}
	}
	return []variable{{name: "user_kept", values: inState}, {name: "user_written", ephemeral: true, values: written}}
}

func (u user) address() string { return fmt.Sprintf("chat_user.each[%q]", u.key) }

// single reports whether destroying one of two instances would deactivate the user of
// the other, on a platform that does not return whether a user is deactivated: no later
// plan could find that.
func (u user) single(s *scene) bool { return u.stay && s.platform == jmessage }

func (n *users) instances(s *scene) []instance {
	var all []instance
	for _, u := range n.all {
		all = append(all, instance{address: u.address(), importID: u.name, holds: []string{s.user(u.name)}, single: u.single(s)})
	}
	return all
}

func (n *users) members() []member {
	var all []member
	for _, u := range n.all {
		all = append(all, member{account: u.account, address: u.address()})
	}
	return all
}

func (n *users) rename(s *scene) string {
	if len(n.all) == 0 {
		return ""
	}
	u := &n.all[s.draw.IntN(len(n.all))]
	if u.single(s) {
		return ""
	}
	u.key = s.key()
	s.touch(s.user(u.name))
	return fmt.Sprintf("gives chat_user %s the key %s", u.name, u.key)
}

func (n *users) replaceFirst(on bool) { n.first = on }

func (n *users) differences(s *scene, p *passage) []string {
	var all []string
	for _, u := range n.all {
		if !p.destroyed {
			all = append(all, s.compareAccount(p, u.account)...)
			all = append(all, u.compareRegion(p)...)
		}
	}
	for _, name := range p.stayed() {
		declared := !p.destroyed && s.named(name) != nil
		sure := p.before.stays(name) && !slices.ContainsFunc(p.tried, func(tried *scene) bool { return !tried.stays(name) })
		if sure && !declared && p.was.user(name) != nil && p.is.user(name) == nil {
			all = append(all, fmt.Sprintf("user %s was to be deactivated and does not exist", name))
		}
	}
	return all
}

// region draws a part of a profile, or nothing.
func (s *scene) region() *string {
	return oneOf(s.draw, []*string{nil, nil, ptr(""), ptr(fmt.Sprintf("Region %d & 深圳", s.next()))})
}

// compareRegion says how the profile is not as declared. What is omitted is left alone.
func (u user) compareRegion(p *passage) []string {
	if p.is.user(u.name) == nil {
		return nil
	}
	want := []string{""}
	if p.survived(u.name) {
		want = []string{p.was.region(u.name)}
	}
	for _, tried := range p.tried {
		for _, n := range tried.nouns {
			if n, ok := n.(*users); ok {
				for _, other := range n.all {
					if other.region != nil && p.is.platform.fold(other.name) == p.is.platform.fold(u.name) {
						want = append(want, *other.region)
					}
				}
			}
		}
	}
	if u.region != nil {
		want = []string{*u.region}
	}
	if got := p.is.region(u.name); !slices.Contains(want, got) {
		return []string{fmt.Sprintf("user %s: the region is %q, not %s", u.name, got, alternatives(want))}
	}
	return nil
}

// seed registers strangers, sometimes more than one page of a listing.
func (n *users) seed(s *scene, d document) {
	pages := map[*platform][]int{easemob: {5, 95, 130}, jmessage: {5, 492, 520}}
	s.addStrangers(d, oneOf(s.draw, pages[s.platform]))
}

func (n *users) foreign(s *scene, d document) any {
	held := map[string]any{}
	for _, each := range list(d.app["users"]) {
		if name := text(object(each)["username"]); s.strangers[s.user(name)] {
			held[name] = each
		}
	}
	return held
}

func (n *users) things(s *scene, d document) []string {
	var all []string
	for _, name := range d.usernames() {
		all = append(all, s.user(name))
	}
	return all
}

func (n *users) knows(s *scene, st *state, thing string) bool {
	return slices.ContainsFunc(st.instances("chat_user"), func(i *stateInstance) bool {
		return s.user(text(i.Attributes["username"])) == thing
	})
}

// stays reports whether destroying a declared user only deactivates it.
func (s *scene) stays(username string) bool {
	for _, n := range s.nouns {
		if n, ok := n.(*users); ok && slices.ContainsFunc(n.all, func(u user) bool {
			return u.stay && s.platform.fold(u.name) == s.platform.fold(username)
		}) {
			return true
		}
	}
	return false
}

// createsFirst reports whether users are created before they are destroyed. In a step
// in which they are, they are in all configurations.
func (s *scene) createsFirst() bool {
	return slices.ContainsFunc(s.nouns, func(n noun) bool { u, ok := n.(*users); return ok && u.first })
}

// stayed are the names of users of earlier configurations whose destruction
// deactivates them.
func (p *passage) stayed() []string {
	names := map[string]bool{}
	for _, earlier := range p.earlier() {
		for _, m := range earlier.members() {
			if earlier.stays(m.name) {
				names[m.name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (n *users) left(s *scene, p *passage) []string {
	var all []string
	for _, name := range p.stayed() {
		if (p.destroyed || s.named(name) == nil) && p.is.user(name) != nil && !p.is.active(name) {
			all = append(all, s.user(name))
		}
	}
	return all
}

func (n *users) cut(s *scene, d document, things []string) {
	for _, name := range d.usernames() {
		if slices.Contains(things, s.user(name)) {
			user := d.user(name)
			delete(user, "friends")
			delete(user, "blacklist")
			delete(user, "no_disturb")
			delete(user, "notifications")
			d.remove(name)
			d.app["users"] = append(list(d.app["users"]), user)
		}
	}
}

// needsAdoption: a user that stays, or that is created before it is destroyed, exists
// when it is created again.
func (n *users) needsAdoption(s *scene, p *passage) bool {
	if s.createsFirst() {
		return true
	}
	return slices.ContainsFunc(p.stayed(), func(name string) bool {
		return s.named(name) != nil && p.mayBeNew(s, name)
	})
}

func (n *users) disturb(_, s *scene) (string, func(document)) {
	var accounts []account
	for _, u := range n.all {
		accounts = append(accounts, u.account)
	}
	if len(n.all) > 0 && s.draw.chance(15) {
		name := oneOf(s.draw, n.all).name
		if now := s.named(name); now != nil && !s.touched[s.user(name)] {
			return "changes the region of " + name, func(d document) {
				if d.user(name) != nil {
					d.setRegion(name, "Changed by somebody else")
				}
			}
		}
	}
	return s.disturbAccount(accounts)
}

func (n *users) mirror(s *scene, other document) {
	for _, m := range s.members() {
		other.register(m.name, canary+"elsewhere")["nickname"] = "Elsewhere"
	}
}

func (n *users) squat(s *scene) (string, func(document)) {
	name := s.newName()
	n.add(s, name)
	n.all[len(n.all)-1].stay = false // a destroy is to delete what was taken over
	return "adds " + name + ", whose name somebody else took", s.squatting(name)
}

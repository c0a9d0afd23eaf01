package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// account is a user that is declared, by whatever noun.
type account struct {
	// id stays the same when the user gets another name.
	id int
	// name is as it is spelled in the configuration.
	name      string
	nickname  *string
	activated *bool
	password  string
	setting   setting
}

// setting is how a password is declared.
type setting int

const (
	// kept is in the state.
	kept setting = iota
	// versioned is write-only, with a version.
	versioned
	// once is write-only without a version: for creating the user, and for taking
	// over from a password that was kept.
	once
)

var settings = []setting{kept, versioned, once}

func (s setting) String() string {
	return [...]string{"a password in the state", "a write-only password with a version", "a write-only password without a version"}[s]
}

// canary is what all passwords begin with: it must not be found where no password
// belongs.
const canary = "canary-"

// writeOnly begins the passwords that belong nowhere.
const writeOnly = canary + "written-"

// newPassword returns a password that was never used.
func (f *facts) newPassword(how setting) string {
	if how == kept {
		return fmt.Sprintf("%skept-%d", canary, f.next())
	}
	return fmt.Sprintf("%s%d", writeOnly, f.next())
}

var firstNames = []string{
	"anna", "bert", "clara", "dora", "emil", "frida", "gustav", "hanna", "ivan", "jonas", "karin", "lena", "moritz", "nora", "otto", "paula",
}

// newName returns a user name that was never used.
func (f *facts) newName() string {
	name := fmt.Sprintf("%s-%d", oneOf(f.draw, firstNames), f.next())
	f.given = append(f.given, name)
	return name
}

// name returns a user name that is free: a new one, or one that was declared before.
func (s *scene) name() string {
	if !s.draw.chance(30) {
		return s.newName()
	}
	taken := map[string]bool{}
	for _, m := range s.members() {
		taken[s.platform.fold(m.name)] = true
	}
	free := slices.DeleteFunc(slices.Clone(s.given), func(name string) bool { return taken[name] || s.unfit[name] })
	if len(free) == 0 {
		return s.newName()
	}
	name := oneOf(s.draw, free)
	s.touch(s.user(name)) // whoever has it may be removed in this step
	return name
}

// newAccount draws a user.
func (s *scene) newAccount(name string, how setting) account {
	return account{
		id: s.next(), name: name, setting: how, password: s.newPassword(how),
		nickname: s.nickname(), activated: s.activated(),
	}
}

// nickname draws a nickname, or none.
func (s *scene) nickname() *string {
	switch n := s.draw.IntN(10); {
	case n < 3:
		return nil
	case n == 3:
		return ptr("")
	case n == 4:
		return ptr(fmt.Sprintf("Zoë \"<%d>\" 张", s.next()))
	}
	return ptr(fmt.Sprintf("Nickname %d", s.next()))
}

func (s *scene) activated() *bool {
	return oneOf(s.draw, []*bool{nil, nil, nil, ptr(true), ptr(true), ptr(false)})
}

// respell returns another spelling of a name if it means the same user.
func (s *scene) respell(name string) string {
	if s.platform != easemob {
		return ""
	}
	first := rune(name[0])
	if unicode.IsUpper(first) {
		return string(unicode.ToLower(first)) + name[1:]
	}
	return string(unicode.ToUpper(first)) + name[1:]
}

// changeAccount changes the nickname or the activation of a user.
func (s *scene) changeAccount(a *account) string {
	switch s.draw.IntN(5) {
	case 0, 1, 2:
		a.nickname = s.nickname()
		return fmt.Sprintf("nickname of %s: %s", a.name, hcl(a.nickname))
	default:
		a.activated = s.activated()
		return fmt.Sprintf("activation of %s: %s", a.name, hcl(a.activated))
	}
}

// member is a declared user and how other resources refer to it.
type member struct {
	account
	// address is that of its own resource instance; empty for one among many.
	address string
}

// hasMembers is a noun that declares users.
type hasMembers interface{ members() []member }

// members are all users that the configuration declares.
func (s *scene) members() []member {
	var all []member
	for _, n := range s.nouns {
		if n, ok := n.(hasMembers); ok {
			all = append(all, n.members()...)
		}
	}
	return all
}

// member returns the declared user with an id, or nil.
func (s *scene) member(id int) *member {
	for _, m := range s.members() {
		if m.id == id {
			return &m
		}
	}
	return nil
}

// named returns the declared user with a name, or nil.
func (s *scene) named(username string) *member {
	for _, m := range s.members() {
		if s.platform.fold(m.name) == s.platform.fold(username) {
			return &m
		}
	}
	return nil
}

// user is the thing that a user is.
func (f *facts) user(name string) string { return "user " + f.platform.fold(name) }

// compareAccount says how a user is not as declared.
func (s *scene) compareAccount(p *passage, a account) []string {
	is := p.is.user(a.name)
	if is == nil {
		return []string{fmt.Sprintf("user %s does not exist", a.name)}
	}
	var all []string
	differ := func(format string, args ...any) {
		all = append(all, fmt.Sprintf("user %s: ", a.name)+fmt.Sprintf(format, args...))
	}
	same := p.survived(a.name)
	if !same && p.was.user(a.name) != nil && !p.mayBeNew(s, a.name) {
		differ("it was deleted and registered again, which nothing asked for")
	}

	// What is omitted is left alone; what was declared in between may be there still.
	nicknames, active := []string{""}, []bool{true}
	if same {
		nicknames = []string{text(p.was.user(a.name)["nickname"])}
		active = []bool{p.was.active(a.name)}
	}
	passwords := []string{a.password}
	if before := p.before.named(a.name); same && a.setting == once && before != nil && before.setting != kept && !p.mayBeNew(s, a.name) {
		passwords = []string{text(p.was.user(a.name)["password"])}
	}
	for _, tried := range p.tried {
		if m := tried.named(a.name); m != nil {
			if m.nickname != nil {
				nicknames = append(nicknames, *m.nickname)
			}
			if m.activated != nil {
				active = append(active, *m.activated)
			}
			if a.setting == once {
				passwords = append(passwords, m.password)
			}
		}
	}
	if p.before.stays(a.name) {
		active = []bool{true, false} // it may have been deactivated by a destroy
	}
	if a.nickname != nil {
		nicknames = []string{*a.nickname}
	}
	if a.activated != nil {
		active = []bool{*a.activated}
	}
	if nickname := text(is["nickname"]); !slices.Contains(nicknames, nickname) {
		differ("the nickname is %q, not %s", nickname, alternatives(nicknames))
	}
	if !slices.Contains(active, p.is.active(a.name)) {
		differ("it is active: %t", p.is.active(a.name))
	}
	if password := text(is["password"]); !slices.Contains(passwords, password) {
		differ("the password is %q, not %s", password, alternatives(passwords))
	}
	return all
}

func alternatives(texts []string) string {
	slices.Sort(texts)
	texts = slices.Compact(texts)
	quoted := make([]string, len(texts))
	for i, each := range texts {
		quoted[i] = fmt.Sprintf("%q", each)
	}
	return strings.Join(quoted, " or ")
}

// survived reports whether a user was there all the time.
func (p *passage) survived(username string) bool {
	return p.was.user(username) != nil && p.is.user(username) != nil && p.was.identity(username) == p.is.identity(username)
}

// mayBeNew reports whether something asked for a user to be deleted and registered
// again: the step, or a configuration without the user that was tried.
func (p *passage) mayBeNew(s *scene, username string) bool {
	return s.touched[s.user(username)] ||
		slices.ContainsFunc(p.tried, func(tried *scene) bool { return tried.named(username) == nil })
}

// addStrangers registers users who belong to somebody else, oldest first.
func (s *scene) addStrangers(d document, n int) {
	var names []string
	for range n {
		name := fmt.Sprintf("stranger-%d", s.next())
		s.strangers[s.user(name)] = true
		names = append(names, name)
		user := d.register(name, fmt.Sprintf("strange-%d", s.next()))
		if s.draw.chance(50) {
			user["nickname"] = "Stranger"
		}
		if s.draw.chance(20) {
			d.setActive(name, false)
		}
	}
	for range n {
		e := edge{oneOf(s.draw, names), oneOf(s.draw, names)}
		switch {
		case e.owner == e.other:
		case s.draw.chance(50):
			d.addContact(e)
		default:
			d.addBlock(e)
		}
	}
}

// disturbAccount draws what somebody else does to one of some users who were declared
// before. It leaves those alone who are made anew or removed in the same step.
func (s *scene) disturbAccount(accounts []account) (string, func(document)) {
	accounts = slices.DeleteFunc(accounts, func(a account) bool {
		now := s.named(a.name)
		return now == nil || now.id != a.id || s.touched[s.user(a.name)]
	})
	if len(accounts) == 0 {
		return "", nil
	}
	a := oneOf(s.draw, accounts)
	password := fmt.Sprintf("%ssomebody-else-%d", canary, s.next())
	switch n := s.draw.IntN(10); {
	case n < 3:
		s.touch(s.user(a.name))
		return "deletes " + a.name, func(d document) { d.remove(a.name) }
	case n < 6:
		s.touch(s.user(a.name))
		return "registers " + a.name + " again", func(d document) {
			d.remove(a.name)
			d.register(a.name, password)["nickname"] = "Somebody else"
		}
	case n < 8 || s.platform == jmessage: // which does not return whether a user is disabled
		return "changes the nickname of " + a.name, func(d document) { d.user(a.name)["nickname"] = "Changed by somebody else" }
	default:
		active := s.draw.chance(50)
		return fmt.Sprintf("sets activation of %s to %t", a.name, active), func(d document) { d.setActive(a.name, active) }
	}
}

// squatting is somebody else who registers some names first.
func (s *scene) squatting(names ...string) func(document) {
	for _, name := range names {
		s.strangers[s.user(name)], s.unfit[name] = true, true
	}
	first := s.next()
	return func(d document) {
		for i, name := range names {
			d.register(name, fmt.Sprintf("strange-%d-%d", first, i))["nickname"] = "Was here first"
		}
	}
}

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// staged is a configuration with one resource of each kind, and an application in
// which everything is as declared.
func staged(p *platform) (*scene, document) {
	s := newScene(p, newDraw(1, p))
	anna := account{id: 1, name: "anna", nickname: ptr("Anna"), activated: ptr(true), password: "pw-anna", setting: versioned}
	bert := account{id: 2, name: "bert", password: "pw-bert", setting: once}
	clara := account{id: 3, name: "clara", nickname: ptr(""), activated: ptr(false), password: "pw-clara", setting: kept}
	s.nouns = []noun{
		&users{all: []user{{account: anna, key: "a"}, {account: bert, key: "b"}}},
		&team{all: []account{clara}, stray: map[string]string{}, setting: kept},
		&edges{kind: contacts, all: []declaredEdge{{key: "c", owner: 1, other: 2, notes: map[string]string{"note": "Note"}}}},
		&edges{kind: blocks, all: []declaredEdge{{key: "d", owner: 2, other: 3}}},
		&edges{kind: quiets, all: []declaredEdge{{key: "e", owner: 1, other: 2}}},
	}
	s.nouns[0].(*users).all[0].region = ptr("Oslo")
	d := application(p)
	for i, a := range []account{anna, bert, clara} {
		user := d.register(a.name, a.password)
		user["uuid"], user["ctime"] = fmt.Sprintf("uuid-%d", i), fmt.Sprintf("ctime-%d", i)
	}
	d.user("anna")["nickname"] = "Anna"
	d.setActive("clara", false)
	d.addContact(edge{"anna", "bert"})
	d.contacts()[edge{"anna", "bert"}]["others"] = "Note"
	d.addBlock(edge{"bert", "clara"})
	d.addQuiet(edge{"anna", "bert"})
	d.setRegion("anna", "Oslo")
	return s, d
}

// copied returns a copy that can be changed.
func copied(d document) document {
	var app map[string]any
	if err := decode([]byte(encode(d.app)), &app); err != nil {
		panic(err)
	}
	return document{d.platform, app, d.held}
}

func again(d document, name string) {
	d.user(name)["uuid"], d.user(name)["ctime"] = "another", "later"
}

func TestDifferences(t *testing.T) {
	tests := map[string]struct {
		// change makes what is there differ from what was there.
		change func(s *scene, p *passage)
		want   string
		// only is the platform if there is a difference on one.
		only *platform
	}{
		"nothing": {change: func(*scene, *passage) {}},
		"a user is missing": {func(_ *scene, p *passage) { p.is.remove("clara") },
			"user clara does not exist; chat_block bert/clara: it does not exist", nil},
		"a user too many": {func(_ *scene, p *passage) { p.is.register("dora", "x") }, "user dora exists and is not declared", nil},
		"a stranger":      {func(s *scene, p *passage) { s.strangers["user dora"] = true; p.is.register("dora", "x") }, "", nil},
		"a nickname":      {func(_ *scene, p *passage) { p.is.user("anna")["nickname"] = "x" }, `user anna: the nickname is "x", not "Anna"`, nil},
		"a nickname that is not declared": {func(_ *scene, p *passage) { p.is.user("bert")["nickname"] = "x" },
			`user bert: the nickname is "x", not ""`, nil},
		"a nickname that is left alone": {func(_ *scene, p *passage) {
			p.was.user("bert")["nickname"], p.is.user("bert")["nickname"] = "x", "x"
		}, "", nil},
		"a nickname that a configuration had in between": {func(s *scene, p *passage) {
			tried := s.clone()
			tried.nouns[0].(*users).all[1].nickname = ptr("x")
			p.tried = []*scene{tried}
			p.is.user("bert")["nickname"] = "x"
		}, "", nil},
		"deactivated": {func(_ *scene, p *passage) { p.is.setActive("anna", false) }, "user anna: it is active: false", nil},
		"activated":   {func(_ *scene, p *passage) { p.is.setActive("clara", true) }, "user clara: it is active: true", nil},
		"activation that is left alone": {func(_ *scene, p *passage) {
			p.was.setActive("bert", false)
			p.is.setActive("bert", false)
		}, "", nil},
		"a password": {func(_ *scene, p *passage) { p.is.user("anna")["password"] = "x" }, `user anna: the password is "x", not "pw-anna"`, nil},
		"a password that is set once": {func(_ *scene, p *passage) { p.was.user("bert")["password"] = "x" },
			`user bert: the password is "pw-bert", not "x"`, nil},
		"a password that is set once, of a new user": {func(s *scene, p *passage) {
			s.touch("user bert")
			again(p.was, "bert")
			p.was.user("bert")["password"] = "x"
		}, "", nil},
		"registered again": {func(_ *scene, p *passage) { again(p.is, "clara") },
			"user clara: it was deleted and registered again, which nothing asked for", nil},
		"registered again as asked": {func(s *scene, p *passage) { s.touch("user clara"); again(p.is, "clara") }, "", nil},
		"registered again because a configuration had no such user": {func(s *scene, p *passage) {
			tried := s.clone()
			tried.nouns[1].(*team).all = nil
			tried.adjust()
			p.tried = []*scene{tried}
			again(p.is, "clara")
		}, "", nil},
		"a contact is missing": {func(_ *scene, p *passage) { p.is.removeContact(edge{"anna", "bert"}) },
			"chat_contact anna/bert: it does not exist; chat_contact bert/anna: it does not exist", nil},
		"a contact too many": {func(_ *scene, p *passage) { p.is.addContact(edge{"anna", "clara"}) },
			"chat_contact anna/clara: it is there and was never declared; chat_contact clara/anna: it is there and was never declared", nil},
		"a contact that is left alone": {func(_ *scene, p *passage) {
			p.was.addContact(edge{"anna", "clara"})
			p.is.addContact(edge{"anna", "clara"})
		}, "", nil},
		"a contact that was not left alone": {func(_ *scene, p *passage) { p.was.addContact(edge{"anna", "clara"}) },
			"chat_contact anna/clara: it is gone and was never declared; chat_contact clara/anna: it is gone and was never declared", nil},
		"a contact that went with its user": {func(s *scene, p *passage) {
			p.was.addContact(edge{"anna", "clara"})
			s.touch("user clara")
			again(p.is, "clara")
		}, "", nil},
		"a block is missing": {func(_ *scene, p *passage) { p.is.removeBlock(edge{"bert", "clara"}) }, "chat_block bert/clara: it does not exist", nil},
		"the block of the other direction": {func(_ *scene, p *passage) { p.is.addBlock(edge{"clara", "bert"}) },
			"chat_block clara/bert: it is there and was never declared", nil},
		"a block that was removed": {func(s *scene, _ *passage) { s.nouns[3].(*edges).all = nil }, "chat_block bert/clara: it is still there", nil},
		"a note": {func(_ *scene, p *passage) { p.is.contacts()[edge{"anna", "bert"}]["others"] = "x" },
			`chat_contact anna/bert: note is "x", not "Note"`, jmessage},
		"a note that is not declared": {func(_ *scene, p *passage) { p.is.contacts()[edge{"anna", "bert"}]["note_name"] = "x" },
			`chat_contact anna/bert: note_name is "x", not ""`, jmessage},
		"a note that is left alone": {func(_ *scene, p *passage) {
			p.was.contacts()[edge{"anna", "bert"}]["note_name"] = "x"
			p.is.contacts()[edge{"anna", "bert"}]["note_name"] = "x"
		}, "", nil},
		"a note name": {func(_ *scene, p *passage) {
			p.is.setNote(edge{"bert", "anna"}, map[*platform]string{jmessage: "note_name", easemob: "remark"}[p.is.platform], "x")
		},
			`chat_contact bert/anna: note_name is "x", not ""`, nil},
		"a region":                      {func(_ *scene, p *passage) { p.is.setRegion("anna", "Rome") }, `user anna: the region is "Rome", not "Oslo"`, nil},
		"a region that is not declared": {func(_ *scene, p *passage) { p.is.setRegion("bert", "Rome") }, `user bert: the region is "Rome", not ""`, nil},
		"do-not-disturb too many": {func(_ *scene, p *passage) { p.is.addQuiet(edge{"bert", "anna"}) },
			"chat_do_not_disturb bert/anna: it is there and was never declared", nil},
		"do-not-disturb that is missing": {func(_ *scene, p *passage) { p.is.removeQuiet(edge{"anna", "bert"}) },
			"chat_do_not_disturb anna/bert: it does not exist", nil},
		"do-not-disturb that somebody else ended": {func(_ *scene, p *passage) {
			p.was.removeQuiet(edge{"anna", "bert"})
			p.is.removeQuiet(edge{"anna", "bert"})
		}, "chat_do_not_disturb anna/bert: it does not exist", easemob},
		"a block beside a complete set": {func(s *scene, p *passage) {
			s.nouns[3].(*edges).whole = []int{2}
			p.was.addBlock(edge{"bert", "anna"})
			p.is.addBlock(edge{"bert", "anna"})
		}, "chat_block bert/anna: it is not part of the complete set", nil},
		"a block that a complete set removed": {func(s *scene, p *passage) {
			s.nouns[3].(*edges).whole = []int{2}
			p.was.addBlock(edge{"bert", "anna"})
		}, "", nil},
		"everything is destroyed": {func(_ *scene, p *passage) { p.destroyed = true },
			"user anna exists and is not declared; user bert exists and is not declared; user clara exists and is not declared", nil},
		"a user who stays": {func(s *scene, p *passage) {
			p.destroyed = true
			p.before.nouns[0].(*users).all[1].stay = true
			p.is.remove("anna")
			p.is.remove("clara")
			p.is.setActive("bert", false)
		}, "", nil},
		"a user who stays and was not deactivated": {func(s *scene, p *passage) {
			p.destroyed = true
			p.before.nouns[0].(*users).all[1].stay = true
			p.is.remove("anna")
			p.is.remove("clara")
		}, "user bert exists and is not declared", nil},
		"a user who stays and was deleted": {func(s *scene, p *passage) {
			p.before.nouns[0].(*users).all[1].stay = true
			s.nouns[0].(*users).all = s.nouns[0].(*users).all[:1]
			s.adjust()
			p.is.remove("bert")
		}, "user bert was to be deactivated and does not exist", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			onEachPlatform(t, func(t *testing.T, p *platform) {
				s, d := staged(p)
				r := &run{scene: s, passage: &passage{was: copied(d), is: copied(d), before: s.clone()}}
				test.change(s, r.passage)
				want := test.want
				if test.only != nil && test.only != p {
					want = ""
				}
				if got := strings.Join(r.different(), "; "); got != want {
					t.Errorf("the differences are\n%s, not\n%s", got, want)
				}
			})
		})
	}
}

// What belongs to somebody else shows every change.
func TestForeign(t *testing.T) {
	onEachPlatform(t, func(t *testing.T, p *platform) {
		s, d := staged(p)
		s.addStrangers(d, 6)
		d.addContact(edge{"stranger-1", "stranger-3"})
		d.addBlock(edge{"stranger-1", "stranger-3"})
		before := s.foreign(d)
		for name, change := range map[string]func(document){
			"password": func(d document) { d.user("stranger-3")["password"] = "x" },
			"nickname": func(d document) { d.user("stranger-5")["nickname"] = "x" },
			"deleted":  func(d document) { d.remove("stranger-1") },
			"contact":  func(d document) { d.removeContact(edge{"stranger-1", "stranger-3"}) },
			"block":    func(d document) { d.removeBlock(edge{"stranger-1", "stranger-3"}) },
			"ours":     func(d document) { d.addContact(edge{"stranger-1", "anna"}) },
		} {
			changed := copied(d)
			change(changed)
			if s.foreign(changed) == before {
				t.Errorf("%s: nothing was noticed", name)
			}
		}
		ours := copied(d)
		ours.remove("anna")
		ours.register("dora", "x")
		if s.foreign(ours) != before {
			t.Error("a change of our own users was taken for one of strangers")
		}
	})
}

// simulate draws steps as a run does, without a run, and passes each to look.
func simulate(seed uint64, p *platform, steps int, look func(s *scene, st *step)) {
	s := newScene(p, newDraw(seed, p))
	d := application(p)
	for _, n := range s.nouns {
		n.seed(s, d)
	}
	for _, n := range s.nouns {
		n.begin(s)
	}
	for standing := false; steps > 0; steps-- {
		clear(s.touched)
		before := s.clone()
		var st *step
		if standing {
			st = s.nextStep()
		} else {
			st = s.create()
		}
		look(s, st)
		if st.revert || st.squat && !st.adopt {
			s = before
		}
		if st.adopt {
			s.takeOver()
		}
		s.replaceFirst(false)
		standing = !st.destroy || st.again
	}
}

// A seed draws the same steps every time, and another one draws others.
func TestDraw_repeats(t *testing.T) {
	onEachPlatform(t, func(t *testing.T, p *platform) {
		tell := func(seed uint64) string {
			var all strings.Builder
			simulate(seed, p, 60, func(s *scene, st *step) {
				config, values := s.write(st.adopt)
				moment := "never"
				if st.moment != nil {
					moment = st.moment.String()
				}
				fmt.Fprintf(&all, "%s %s\n%s%s\n", st, moment, config, encode(values))
			})
			return all.String()
		}
		if one, two := tell(5), tell(5); one != two {
			t.Errorf("the second time it was another run: %s", difference(one, two))
		}
		if tell(5) == tell(6) {
			t.Error("another seed drew the same run")
		}
	})
}

// Whatever is drawn makes sense, and everything is drawn some time.
func TestDraw(t *testing.T) {
	onEachPlatform(t, func(t *testing.T, p *platform) {
		seen := map[string]int{}
		count := func(what string, is bool) {
			if is {
				seen[what]++
			}
		}
		for seed := range uint64(12) {
			simulate(seed, p, 60, func(s *scene, st *step) {
				var names, keys []string
				for _, m := range s.members() {
					names = append(names, p.fold(m.name))
					if m.password == "" {
						t.Errorf("%s has no password", m.name)
					}
				}
				for _, i := range s.instances() {
					keys = append(keys, i.address)
				}
				edges := map[string]bool{}
				for _, k := range []*edgeKind{contacts, blocks, quiets} {
					for _, e := range k.declaredOnce(s) {
						if edges[e] {
							t.Errorf("seed %d: %s is declared twice", seed, e)
						}
						edges[e] = true
					}
				}
				for _, all := range [][]string{names, keys} {
					slices.Sort(all)
					if len(slices.Compact(slices.Clone(all))) != len(all) {
						t.Errorf("seed %d: something is declared twice: %q", seed, all)
					}
				}
				for _, name := range names {
					if s.strangers[s.user(name)] && !st.squat {
						t.Errorf("seed %d: %s is declared and belongs to somebody else", seed, name)
					}
				}
				count("destroy", st.destroy && !st.again)
				count("create again", st.again)
				count("interrupt", st.moment != nil && !st.moment.kill)
				count("kill", st.moment != nil && st.moment.kill)
				count("revert", st.revert)
				count("replace", len(st.replace) > 0 && !st.first)
				count("replace first", len(st.replace) > 0 && st.first)
				count("import", len(st.forget) > 0)
				count("squat", st.squat && !st.adopt)
				count("squat and adopt", st.squat && st.adopt)
				count("elsewhere", st.elsewhere || p.elsewhere == nil)
				count("disturb", len(st.disturb) > 0 && !st.late && !st.squat)
				count("disturb late", len(st.disturb) > 0 && st.late && !st.squat)
			})
		}
		for _, what := range []string{
			"destroy", "create again", "interrupt", "kill", "revert", "replace", "replace first", "import",
			"squat", "squat and adopt", "elsewhere", "disturb", "disturb late",
		} {
			if seen[what] < 3 {
				t.Errorf("%s was drawn %d times", what, seen[what])
			}
		}
	})
}

// declaredOnce are the edges as they are declared.
func (k *edgeKind) declaredOnce(s *scene) []string {
	var all []string
	for _, n := range s.nouns {
		if n, ok := n.(*edges); ok && n.kind == k {
			for _, e := range n.all {
				all = append(all, n.title(s, e))
			}
		}
	}
	return all
}

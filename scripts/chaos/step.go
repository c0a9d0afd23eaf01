package main

import (
	"fmt"
	"slices"
	"strings"
)

// step is what a run does between two moments at which everything is as declared. It
// is drawn before anything is run.
type step struct {
	// what says in a few words what the step does.
	what []string
	// replace are instances to be replaced.
	replace []instance
	// first reports whether create_before_destroy is set for this step.
	first bool
	// forget are instances that leave the state and are imported.
	forget []instance
	// destroy reports whether everything is destroyed, again if it is then created again.
	destroy, again bool
	// commands is how many commands with faults there are.
	commands int
	// moment is when the first command is interrupted or killed, or nil.
	moment *moment
	// revert reports whether the configuration becomes what it was, after the faults.
	revert bool
	// elsewhere reports whether the provider is configured for another application first.
	elsewhere bool
	// squat reports whether somebody else registered a name that the configuration declares.
	squat bool
	// adopt reports whether what exists is taken over in the end.
	adopt bool
	// disturb is what somebody else does before, or between plan and apply if late is set.
	disturb []func(d document)
	late    bool
}

func (st *step) String() string { return strings.Join(st.what, "; ") }

func (st *step) say(format string, args ...any) {
	st.what = append(st.what, fmt.Sprintf(format, args...))
}

// create draws the step that creates everything.
func (s *scene) create() *step {
	st := &step{commands: s.draw.between(1, 2)}
	st.say("creates everything")
	for thing := range s.declared() {
		st.adopt = st.adopt || s.strangers[thing] // a destroy left it behind
	}
	s.stop(st, 30, 25)
	return st
}

// next draws a step and changes the configuration.
func (s *scene) nextStep() *step {
	before := s.clone()
	st := &step{commands: 1}
	if s.draw.chance(30) {
		st.commands = 2
	}
	interrupt, kill, revert := 25, 20, 15
	switch n := s.draw.IntN(100); {
	case n < 35:
		s.changes(st, 4)
	case n < 47:
		s.replaces(st)
	case n < 57:
		s.renames(st)
	case n < 75:
		if s.draw.chance(50) {
			s.changes(st, 3)
		}
		s.disturbs(st, before)
	case n < 83:
		s.imports(st)
		revert = 0
	case n < 87 && s.platform.elsewhere != nil:
		st.elsewhere, st.commands = true, 0
		st.say("turns to another application")
		return st
	case n < 92:
		s.squats(st)
		interrupt, kill, revert = 10, 0, 0
	default:
		s.destroys(st)
		revert = 0
	}
	s.adjust()
	s.stop(st, interrupt, kill)
	if (st.moment == nil || !st.moment.kill) && s.draw.chance(revert) {
		st.revert = true
		st.say("reverted after the faults")
	}
	return st
}

// stop draws whether Terraform is interrupted or killed, and when.
func (s *scene) stop(st *step, interrupt, kill int) {
	n := s.draw.IntN(100)
	if n >= interrupt+kill {
		return
	}
	m := &moment{kill: n >= interrupt, writes: s.draw.chance(70), after: s.draw.chance(50)}
	most := 20
	if m.writes {
		most = 10
	}
	m.call = s.draw.between(1, s.draw.between(1, most)) // rather early: many steps make few calls
	st.moment = m
}

// changes draws up to so many changes of what is declared.
func (s *scene) changes(st *step, most int) {
	for range s.draw.between(1, most) {
		// Some changes turn out to be none.
		for range 10 {
			if what := oneOf(s.draw, s.nouns).change(s); what != "" {
				st.say("%s", what)
				s.adjust()
				break
			}
		}
	}
}

// replaces draws some instances that are to be replaced.
func (s *scene) replaces(st *step) {
	s.firstCreate(st, 50)
	instances := slices.DeleteFunc(s.instances(), func(i instance) bool { return st.first && i.single })
	var addresses []string
	for _, i := range some(s.draw, instances, s.draw.between(1, 4)) {
		st.replace = append(st.replace, i)
		addresses = append(addresses, i.address)
		s.touch(i.holds...)
	}
	st.say("replaces %s", strings.Join(addresses, ", "))
	if s.draw.chance(30) {
		s.changes(st, 2)
	}
}

// renames draws some instances that get another key of for_each.
func (s *scene) renames(st *step) {
	for range s.draw.between(1, 4) {
		for range 10 {
			if what := oneOf(s.draw, s.nouns).rename(s); what != "" {
				st.say("%s", what)
				break
			}
		}
	}
	s.firstCreate(st, 30)
	if s.draw.chance(30) {
		s.changes(st, 2)
	}
}

// firstCreate draws whether create_before_destroy is set, for this step.
func (s *scene) firstCreate(st *step, percent int) {
	if s.draw.chance(percent) {
		s.replaceFirst(true)
		st.first, st.adopt = true, s.draw.chance(50)
		st.say("create_before_destroy")
	}
}

// disturbs draws what somebody else does.
func (s *scene) disturbs(st *step, before *scene) {
	when := "before"
	if s.draw.chance(30) {
		st.late, when = true, "between plan and apply"
	}
	for range s.draw.between(1, 4) {
		for range 10 {
			if what, do := oneOf(s.draw, before.nouns).disturb(before, s); do != nil {
				st.say("somebody else %s %s", when, what)
				st.disturb = append(st.disturb, do)
				break
			}
		}
	}
}

// imports draws some instances that leave the state and are imported again.
func (s *scene) imports(st *step) {
	var addresses []string
	importable := slices.DeleteFunc(s.instances(), func(i instance) bool { return i.notImported })
	for _, i := range some(s.draw, importable, s.draw.between(1, 5)) {
		st.forget = append(st.forget, i)
		addresses = append(addresses, i.address)
	}
	st.say("imports %s", strings.Join(addresses, ", "))
}

// squats draws names that are wanted and taken.
func (s *scene) squats(st *step) {
	for _, n := range some(s.draw, s.nouns, len(s.nouns)) {
		what, do := n.squat(s)
		if do == nil {
			continue
		}
		st.squat = true
		st.say("%s", what)
		st.disturb = append(st.disturb, do)
		st.late = s.draw.chance(30)
		if st.adopt = s.draw.chance(50); st.adopt {
			st.say("with adopt_existing in the end")
		} else {
			st.say("given up in the end")
		}
		return
	}
}

// destroys destroys everything.
func (s *scene) destroys(st *step) {
	st.destroy = true
	for _, i := range s.instances() {
		s.touch(i.holds...)
	}
	if st.again = s.draw.chance(40); st.again {
		st.say("destroys everything and creates it again")
	} else {
		st.say("destroys everything")
	}
}

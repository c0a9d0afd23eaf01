package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// noun is a type of resource in a run: what is declared of it, how that changes, how
// it shows at the platform, and how somebody else breaks it. The rest of the script
// knows no type of resource. A new one is a file with a noun, which embeds basics,
// and a line in newNouns.
//
// Whatever a noun draws, it draws from the scene's draw and decides by what is
// declared alone, never by what a run showed, so that a seed repeats its run.
type noun interface {
	declaration
	configuration
	inspection
	interference
	aftermath
}

// declaration is what is declared, and how that changes.
type declaration interface {
	// clone returns a copy that shares nothing that changes.
	clone() noun
	// begin draws what is declared first.
	begin(s *scene)
	// change draws one change of what is declared and says what it is, or is empty
	// if there is nothing to change.
	change(s *scene) string
	// adjust drops what is declared of things that other nouns declare no longer.
	adjust(s *scene)
	// rename gives a declared instance another key of for_each and says which, or is empty.
	rename(s *scene) string
	// replaceFirst sets create_before_destroy, and unsets it.
	replaceFirst(on bool)
}

// configuration is how a declaration is written. Of its methods, basics has variables.
type configuration interface {
	// blocks are the resource blocks of the configuration.
	blocks(s *scene) string
	// variables are the values that the blocks refer to, all of them secret.
	variables() []variable
	// instances are the resource instances that are declared.
	instances(s *scene) []instance
}

// inspection compares what is declared with the state and the platform. Of its methods,
// basics has all but differences.
type inspection interface {
	// differences says in a sentence each how what the platform holds is not as
	// declared. If everything is destroyed, nothing is declared.
	differences(s *scene, p *passage) []string
	// things are the names of what exists, of which nothing may be at the platform
	// that neither belongs to somebody else nor is in the state: "user anna".
	things(s *scene, d document) []string
	// knows reports whether the state has a thing of any noun.
	knows(s *scene, st *state, thing string) bool
	// placed are the things at the platform that are what is declared, if they have
	// names that only the platform knows.
	placed(s *scene, d document) []string
	// needsAdoption reports whether the passage may need adopt_existing to end.
	needsAdoption(s *scene, p *passage) bool
}

// interference is what somebody else has and does. Of its methods, basics has all but
// disturb.
type interference interface {
	// disturb draws one change that somebody else makes to what the noun declared
	// before, and a later configuration declares still; says what it is, and returns
	// what makes it; nil if there is none.
	disturb(before, s *scene) (string, func(d document))
	// seed puts into an application what is there before Terraform and belongs to
	// somebody else.
	seed(s *scene, d document)
	// foreign is all that the platform holds of what belongs to somebody else. It
	// must not change.
	foreign(s *scene, d document) any
	// mirror puts things with the names that are declared into another application.
	mirror(s *scene, other document)
	// squat declares something under a name that somebody else takes first, says
	// so, and returns what takes the name; nil if there is nothing like that.
	squat(s *scene) (string, func(d document))
}

// aftermath is what a killed run or a destroy leaves behind. basics has all of its methods.
type aftermath interface {
	// abandon gives up what a killed run made and the state does not know of, if
	// nothing can take it over: from then on it is somebody else's. It says what
	// should not have been made.
	abandon(d document, lost []string) []string
	// left are the things that a destroy leaves at the platform, as declared. From
	// then on they are somebody else's.
	left(s *scene, p *passage) []string
	// cut ends what relates things that were left to others, which would change with
	// the others.
	cut(s *scene, d document, things []string)
}

// basics is a noun's part that it may not need.
type basics struct{}

func (basics) variables() []variable                 { return nil }
func (basics) seed(*scene, document)                 {}
func (basics) foreign(*scene, document) any          { return nil }
func (basics) things(*scene, document) []string      { return nil }
func (basics) knows(*scene, *state, string) bool     { return false }
func (basics) placed(*scene, document) []string      { return nil }
func (basics) abandon(document, []string) []string   { return nil }
func (basics) left(*scene, *passage) []string        { return nil }
func (basics) cut(*scene, document, []string)        {}
func (basics) needsAdoption(*scene, *passage) bool   { return false }
func (basics) mirror(*scene, document)               {}
func (basics) squat(*scene) (string, func(document)) { return "", nil }

// hasFiles is a noun whose blocks refer to files.
type hasFiles interface {
	// files are the contents by the names.
	files() map[string]string
}

// newNouns are all nouns of a platform. One may refer to what those before it declare.
func newNouns(p *platform) []noun {
	all := []noun{
		&users{}, &team{}, &sourced{}, &edges{kind: contacts}, &edges{kind: blocks}, &edges{kind: quiets},
		newGroups(groupsKind), newGroups(roomsKind), &rosters{kind: groupsKind}, &rosters{kind: roomsKind},
	}
	if p == jmessage {
		all = append(all, &words{}, &appSettings{}, &shields{}, &media{}, &outsiders{})
	}
	return all
}

// instance is a resource instance that is declared.
type instance struct {
	// importID is empty if it is the id that the state has.
	address, importID string
	// notImported is set if the resource cannot be imported.
	notImported bool
	// holds are the things that only this instance keeps in the state.
	holds []string
	// single ones must not be there twice, not even for the time of a replacement.
	single bool
}

// variable is a map of secrets in the configuration.
type variable struct {
	name string
	// ephemeral ones are for what is write-only.
	ephemeral bool
	values    map[string]string
}

// scene is a configuration: what all nouns declare.
type scene struct {
	*facts
	nouns []noun
}

// facts are what all configurations of a run share.
type facts struct {
	platform *platform
	draw     draw
	// count numbers whatever needs a name or an identity of its own.
	count int
	// given are the user names that were declared at any time, unfit those that are
	// not to be declared again, because a run may have left somebody with that name.
	given []string
	unfit map[string]bool
	// strangers are the things that belong to somebody else.
	strangers map[string]bool
	// touched are the things that this step asks to be made anew, and what else it
	// must not do twice.
	touched map[string]bool
}

// passage is what happened between two moments at which everything was as declared.
type passage struct {
	// was is what the platform held before Terraform ran, after whatever somebody
	// else did; is, what it holds now.
	was, is document
	// before is the configuration at the beginning, tried are those that were
	// applied since and are not the one that counts now.
	before *scene
	tried  []*scene
	// destroyed reports whether nothing is to be left.
	destroyed bool
}

// earlier are the configurations that may have been applied before the one that counts.
func (p *passage) earlier() []*scene { return append([]*scene{p.before}, p.tried...) }

func newScene(p *platform, d draw) *scene {
	return &scene{
		facts: &facts{
			platform: p, draw: d, strangers: map[string]bool{}, touched: map[string]bool{}, unfit: map[string]bool{},
		},
		nouns: newNouns(p),
	}
}

func (s *scene) clone() *scene {
	c := &scene{facts: s.facts}
	for _, n := range s.nouns {
		c.nouns = append(c.nouns, n.clone())
	}
	return c
}

func (s *scene) adjust() {
	for _, n := range s.nouns {
		n.adjust(s)
	}
}

func (s *scene) instances() []instance {
	var all []instance
	for _, n := range s.nouns {
		all = append(all, n.instances(s)...)
	}
	return all
}

// declared are the things that the configuration is to keep at the platform.
func (s *scene) declared() map[string]bool {
	all := map[string]bool{}
	for _, i := range s.instances() {
		for _, thing := range i.holds {
			all[thing] = true
		}
	}
	return all
}

func (s *scene) differences(p *passage) []string {
	var all []string
	for _, n := range s.nouns {
		all = append(all, n.differences(s, p)...)
	}
	return all
}

func (s *scene) foreign(d document) string {
	var all []any
	for _, n := range s.nouns {
		all = append(all, n.foreign(s, d))
	}
	return encode(all)
}

// things are what exists and does not belong to somebody else.
func (s *scene) things(d document) []string {
	var all []string
	for _, n := range s.nouns {
		all = append(all, n.things(s, d)...)
	}
	return slices.DeleteFunc(all, func(thing string) bool { return s.strangers[thing] })
}

// takeOver makes what is declared nobody else's.
func (s *scene) takeOver() {
	for thing := range s.declared() {
		delete(s.strangers, thing)
	}
}

func (s *scene) knows(st *state, thing string) bool {
	return slices.ContainsFunc(s.nouns, func(n noun) bool { return n.knows(s, st, thing) })
}

// placed are the things at the platform that are what is declared.
func (s *scene) placed(d document) map[string]bool {
	all := s.declared()
	for _, n := range s.nouns {
		for _, thing := range n.placed(s, d) {
			all[thing] = true
		}
	}
	return all
}

func (s *scene) left(p *passage) []string {
	var all []string
	for _, n := range s.nouns {
		all = append(all, n.left(s, p)...)
	}
	return all
}

func (s *scene) needsAdoption(p *passage) bool {
	return slices.ContainsFunc(s.nouns, func(n noun) bool { return n.needsAdoption(s, p) })
}

func (s *scene) replaceFirst(on bool) {
	for _, n := range s.nouns {
		n.replaceFirst(on)
	}
}

// next returns a number that no other call returns.
func (f *facts) next() int {
	f.count++
	return f.count
}

// key returns a new key of for_each.
func (f *facts) key() string { return fmt.Sprintf("k%d", f.next()) }

// touch notes that a step asks for things to be made anew.
func (f *facts) touch(things ...string) {
	for _, thing := range things {
		f.touched[thing] = true
	}
}

// second reports whether a step does something for the second time: what two changes
// in one step mean together may not be said anywhere.
func (f *facts) second(what string) bool {
	again := f.touched[what]
	f.touch(what)
	return again
}

// write returns the whole configuration, main.tf and the values of its variables.
func (s *scene) write(adopt bool) (config string, values map[string]map[string]string) {
	values = map[string]map[string]string{}
	var b strings.Builder
	fmt.Fprintf(&b, `terraform {
  required_providers {
    chat = {
      source = "chat/chat"
    }
  }
}

provider "chat" {
  adopt_existing  = %t
  max_retries     = 2
  request_timeout = "3s"
}
`, adopt)
	for _, n := range s.nouns {
		for _, v := range n.variables() {
			values[v.name] = v.values
			fmt.Fprintf(&b, "\nvariable %q {\n  type      = map(string)\n  sensitive = true\n  ephemeral = %t\n}\n", v.name, v.ephemeral)
		}
		fmt.Fprintf(&b, "\n%s", n.blocks(s))
	}
	return b.String(), values
}

// draw draws from the seeded generator.
type draw struct{ *rand.Rand }

func newDraw(seed uint64, platform *platform) draw {
	var stream uint64
	for _, c := range []byte(platform.name) {
		stream = stream*31 + uint64(c)
	}
	return draw{rand.New(rand.NewPCG(seed, stream))} //nolint:gosec // it has to repeat itself
}

// between returns a number of the range, both ends included.
func (d draw) between(low, high int) int { return low + d.IntN(high-low+1) }

// chance reports whether something happens that happens that often of a hundred times.
func (d draw) chance(percent int) bool { return d.IntN(100) < percent }

func oneOf[T any](d draw, items []T) T { return items[d.IntN(len(items))] }

// some returns up to n of the items, in any order.
func some[T any](d draw, items []T, n int) []T {
	items = slices.Clone(items)
	d.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return items[:min(n, len(items))]
}

func ptr[T any](v T) *T { return &v }

// hcl is a string, number, bool or nil pointer to one of them as HCL writes it.
func hcl(value any) string {
	switch value := value.(type) {
	case *string:
		if value != nil {
			return encode(*value)
		}
		return "null"
	case *bool:
		if value != nil {
			return encode(*value)
		}
		return "null"
	}
	return encode(value)
}

// lifecycle is the block for a resource that is created before it is destroyed.
func lifecycle(replaceFirst bool) string {
	if !replaceFirst {
		return ""
	}
	return "\n  lifecycle {\n    create_before_destroy = true\n  }\n"
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

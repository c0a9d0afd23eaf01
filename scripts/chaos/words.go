package main

import (
	"fmt"
	"slices"
	"strings"
)

// words are the sensitive words of the application: a resource instance for each, or one
// for all of them.
type words struct {
	basics
	// complete is whether one chat_sensitive_words has all of them.
	complete bool
	all      []declaredWord
	first    bool
}

type declaredWord struct{ key, word string }

// alien is a word that belongs to somebody else.
const alien = "alien"

func wordThing(word string) string { return "sensitive word " + word }

func (n *words) clone() noun {
	c := *n
	c.all = slices.Clone(n.all)
	return &c
}

// seed adds a word of somebody else's, which a complete set would remove.
func (n *words) seed(s *scene, d document) {
	if n.complete = s.draw.chance(50); !n.complete {
		d.addWord(alien)
		s.strangers[wordThing(alien)] = true
	}
}

func (n *words) begin(s *scene) {
	for range s.draw.between(2, 6) {
		n.add(s)
	}
}

func (n *words) add(s *scene) string {
	n.all = append(n.all, declaredWord{key: s.key(), word: fmt.Sprintf("word %d", s.next())})
	return n.all[len(n.all)-1].word
}

func (n *words) change(s *scene) string {
	if len(n.all) < 2 || s.draw.chance(30) {
		if len(n.all) > 20 {
			return ""
		}
		return "adds " + wordThing(n.add(s))
	}
	i, j := s.draw.IntN(len(n.all)), s.draw.IntN(len(n.all))
	e := &n.all[i]
	switch s.draw.IntN(3) {
	case 0:
		word := e.word
		n.all = slices.Delete(n.all, i, i+1)
		return "removes " + wordThing(word)
	case 1:
		if i == j {
			return ""
		}
		e.word, n.all[j].word = n.all[j].word, e.word
		return fmt.Sprintf("swaps %s and %s", wordThing(e.word), wordThing(n.all[j].word))
	}
	was := e.word
	e.word = fmt.Sprintf("word %d", s.next())
	return fmt.Sprintf("renames %s to %s", wordThing(was), e.word)
}

func (n *words) adjust(*scene) {}

func (n *words) blocks(*scene) string {
	var b strings.Builder
	if n.complete {
		b.WriteString("resource \"chat_sensitive_words\" \"all\" {\n  words = [\n")
		for _, e := range n.all {
			fmt.Fprintf(&b, "    %s,\n", hcl(e.word))
		}
		b.WriteString("  ]\n")
	} else {
		b.WriteString("resource \"chat_sensitive_word\" \"each\" {\n  for_each = {\n")
		for _, e := range n.all {
			fmt.Fprintf(&b, "    %s = %s\n", e.key, hcl(e.word))
		}
		b.WriteString("  }\n  word = each.value\n")
	}
	b.WriteString(lifecycle(n.first) + "}\n")
	return b.String()
}

func (n *words) instances(s *scene) []instance {
	var all []instance
	var holds []string
	for _, e := range n.all {
		all = append(all, instance{
			address: fmt.Sprintf("chat_sensitive_word.each[%q]", e.key), importID: e.word, holds: []string{wordThing(e.word)},
		})
		holds = append(holds, wordThing(e.word))
	}
	if n.complete {
		return []instance{{address: "chat_sensitive_words.all", importID: s.platform.appKey, holds: holds}}
	}
	return all
}

func (n *words) rename(s *scene) string {
	if n.complete || len(n.all) == 0 {
		return ""
	}
	e := &n.all[s.draw.IntN(len(n.all))]
	e.key = s.key()
	return fmt.Sprintf("gives %s the key %s", wordThing(e.word), e.key)
}

func (n *words) replaceFirst(on bool) { n.first = on }

func (n *words) differences(_ *scene, p *passage) []string {
	var all []string
	for _, e := range n.all {
		if !p.destroyed && !slices.Contains(p.is.words(), e.word) {
			all = append(all, wordThing(e.word)+" does not exist")
		}
	}
	return all
}

// disturb removes a word that was declared or, if all are, adds one.
func (n *words) disturb(before, _ *scene) (string, func(document)) {
	if n.complete && before.draw.chance(40) {
		word := fmt.Sprintf("other %d", before.next())
		return "adds " + wordThing(word), func(d document) { d.addWord(word) }
	}
	if len(n.all) == 0 {
		return "", nil
	}
	word := oneOf(before.draw, n.all).word
	return "removes " + wordThing(word), func(d document) { d.removeWord(word) }
}

func (n *words) foreign(s *scene, d document) any {
	all := []string{}
	for _, word := range d.words() {
		if s.strangers[wordThing(word)] {
			all = append(all, word)
		}
	}
	return all
}

func (n *words) things(_ *scene, d document) []string {
	var all []string
	for _, word := range d.words() {
		all = append(all, wordThing(word))
	}
	return all
}

// knows: what a word may be called by now is in the private state only, and one instance of
// chat_sensitive_words knows of all.
func (n *words) knows(_ *scene, st *state, thing string) bool {
	word, isWord := strings.CutPrefix(thing, wordThing(""))
	if !isWord {
		return false
	}
	return len(st.instances("chat_sensitive_words")) > 0 || slices.ContainsFunc(st.instances("chat_sensitive_word"), func(i *stateInstance) bool {
		return i.Attributes["word"] == word || strings.Contains(i.private(), encode(word))
	})
}

func (n *words) mirror(_ *scene, other document) {
	for _, e := range n.all {
		other.addWord(e.word)
	}
}

// words are the sensitive words.
func (d document) words() []string {
	var all []string
	for _, each := range list(d.app["sensitive_words"]) {
		all = append(all, text(object(each)["name"]))
	}
	return all
}

func (d document) addWord(word string) {
	if !slices.Contains(d.words(), word) {
		d.app["sensitive_words"] = append(list(d.app["sensitive_words"]), map[string]any{"name": word})
	}
}

func (d document) removeWord(word string) {
	d.app["sensitive_words"] = slices.DeleteFunc(list(d.app["sensitive_words"]), func(each any) bool { return text(object(each)["name"]) == word })
}

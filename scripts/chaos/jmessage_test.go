package main

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
)

// stagedOnly is a configuration with what only JMessage has, and an application in which
// everything is as declared.
func stagedOnly() (*scene, document) {
	s := newScene(jmessage, newDraw(1, jmessage))
	s.nouns = []noun{
		&users{all: []user{{account: account{id: 1, name: "anna", password: "pw-anna", setting: versioned}, key: "a"}}},
		&words{all: []declaredWord{{key: "b", word: "one"}, {key: "c", word: "two"}}},
		&appSettings{on: map[string]bool{"sensitive_word_filter": true}},
		&shields{all: []declaredShield{{key: "d", user: 1}}},
		&media{all: []declaredMedia{{key: "e", file: "a.txt", content: "content"}}},
	}
	d := application(jmessage)
	d.register("anna", "pw-anna")["group_shield"] = []any{json.Number(shieldGroup)}
	for _, word := range []string{alien, "one", "two"} {
		d.addWord(word)
	}
	s.strangers[wordThing(alien)] = true
	d.app["sensitive_word_filter"], d.app["sdk_registration"] = true, true
	d.app["media"] = []any{map[string]any{"media_id": "qiniu/file/1", "content": base64.StdEncoding.EncodeToString([]byte("content"))}}
	return s, d
}

func TestDifferencesOfJMessage(t *testing.T) {
	for name, test := range map[string]struct {
		change func(s *scene, p *passage)
		want   string
	}{
		"nothing":           {func(*scene, *passage) {}, ""},
		"a word is missing": {func(_ *scene, p *passage) { p.is.removeWord("one") }, "sensitive word one does not exist"},
		"a word too many":   {func(_ *scene, p *passage) { p.is.addWord("three") }, "sensitive word three exists and is not declared"},
		"a setting":         {func(_ *scene, p *passage) { p.is.app["sensitive_word_filter"] = false }, settingsAddress + ": sensitive_word_filter is false"},
		"a setting that is not declared": {func(_ *scene, p *passage) { p.is.app["sdk_registration"] = false },
			settingsAddress + ": sdk_registration is false"},
		"a setting that a configuration had in between": {func(s *scene, p *passage) {
			tried := s.clone()
			tried.nouns[2].(*appSettings).on["sdk_registration"] = false
			p.tried = []*scene{tried}
			p.is.app["sdk_registration"] = false
		}, ""},
		"a shield is missing": {func(_ *scene, p *passage) { delete(p.is.user("anna"), "group_shield") }, "chat_group_shield of anna: it does not exist"},
		"a shield that somebody ended": {func(_ *scene, p *passage) {
			delete(p.is.user("anna"), "group_shield")
			delete(p.was.user("anna"), "group_shield")
		}, ""},
		"a shield that was removed": {func(s *scene, _ *passage) { s.nouns[3].(*shields).all = nil }, "chat_group_shield of anna: it is there and not declared"},
		"a file is missing":         {func(_ *scene, p *passage) { p.is.app["media"] = nil }, "the file a.txt was not uploaded"},
		"everything is destroyed": {func(_ *scene, p *passage) {
			p.destroyed = true
			p.is.remove("anna")
		}, "sensitive word one exists and is not declared; sensitive word two exists and is not declared"},
	} {
		t.Run(name, func(t *testing.T) {
			s, d := stagedOnly()
			r := &run{scene: s, passage: &passage{was: copied(d), is: copied(d), before: s.clone()}}
			test.change(s, r.passage)
			if got := strings.Join(r.different(), "; "); got != test.want {
				t.Errorf("the differences are\n%s, not\n%s", got, test.want)
			}
		})
	}
}

// A word of somebody else's is not to be touched, and one that only the private state names
// is known.
func TestWordsOfOthersAndInTheState(t *testing.T) {
	s, d := stagedOnly()
	before := s.foreign(d)
	d.removeWord("one")
	if s.foreign(d) != before {
		t.Error("a change of our own words was taken for one of strangers")
	}
	if d.removeWord(alien); s.foreign(d) == before {
		t.Error("nothing was noticed")
	}
	data := `{"resources": [{"mode": "managed", "type": "chat_sensitive_word", "name": "each", "instances": [
		{"attributes": {"word": "one"}, "private": "` + base64.StdEncoding.EncodeToString([]byte(`{"renamed":"`+base64.StdEncoding.EncodeToString([]byte(`"two"`))+`"}`)) + `"}]}]}`
	st, err := parseState([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	for thing, want := range map[string]bool{wordThing("one"): true, wordThing("two"): true, wordThing("three"): false, "user one": false} {
		if got := s.knows(st, thing); got != want {
			t.Errorf("the state knows of %s: %t", thing, got)
		}
	}
}

package main

import (
	"strings"
	"testing"
)

// application returns an empty application without an emulator.
func application(p *platform) document {
	if p == jmessage {
		return document{p, map[string]any{"users": []any{}}, map[string]any{"applications": map[string]any{}}}
	}
	return document{p, map[string]any{"users": []any{}, "contacts": map[string]any{}, "blocks": map[string]any{}}, nil}
}

// populated returns an application with two relations of each kind.
func populated(d document) document {
	for _, name := range []string{"anna", "bert", "clara"} {
		d.register(name, "password of "+name)
	}
	d.addContact(edge{"anna", "bert"})
	d.addContact(edge{"clara", "anna"})
	d.addBlock(edge{"anna", "bert"})
	d.addBlock(edge{"bert", "clara"})
	return d
}

// What somebody else does reaches the emulator, and the rest stays as it was.
func TestDocument(t *testing.T) {
	onEachPlatform(t, func(t *testing.T, p *platform) {
		e := newEmulated(t, p)
		populated(e.loaded(t))
		store := func() document {
			t.Helper()
			if err := e.store(t.Context()); err != nil {
				t.Fatal(err)
			}
			return e.loaded(t)
		}
		d := store()
		want := func(d document, contacts, blocks string) {
			t.Helper()
			if got := edgesOf(d.contacts()); got != contacts {
				t.Errorf("the contacts are %s, not %s", got, contacts)
			}
			if got := edgesOf(d.blocks()); got != blocks {
				t.Errorf("the blocks are %s, not %s", got, blocks)
			}
		}
		want(d, "anna/bert anna/clara bert/anna clara/anna", "anna/bert bert/clara")
		before := encode(d.app)
		if d = store(); encode(d.app) != before {
			t.Errorf("storing what was loaded changed it: %s", difference(before, encode(d.app)))
		}
		if !d.active("bert") || d.identity("bert") == "" {
			t.Errorf("bert is active: %t, and is %q", d.active("bert"), d.identity("bert"))
		}

		d.removeContact(edge{"anna", "bert"})
		d.removeBlock(edge{"bert", "clara"})
		d.setActive("bert", false)
		d = store()
		want(d, "anna/clara clara/anna", "anna/bert")
		if d.active("bert") {
			t.Error("bert is still active")
		}

		anna := d.identity("anna")
		if err := e.pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.remove("anna")
		if strings.Contains(encode(d.app), "anna") {
			t.Errorf("there are traces of anna: %s", encode(d.app))
		}
		d.register("anna", "another")
		d = store()
		want(d, "", "")
		if d.identity("anna") == anna {
			t.Error("a user who was registered again is taken for the same")
		}
	})
}

// What was left behind is related to nobody, and is who it was.
func TestCut(t *testing.T) {
	onEachPlatform(t, func(t *testing.T, p *platform) {
		e := newEmulated(t, p)
		populated(e.loaded(t))
		if err := e.store(t.Context()); err != nil {
			t.Fatal(err)
		}
		d := e.loaded(t)
		before := d.identity("anna")
		(&users{}).cut(newScene(p, newDraw(1, p)), d, []string{"user anna"})
		if err := e.store(t.Context()); err != nil {
			t.Fatal(err)
		}
		d = e.loaded(t)
		if edgesOf(d.contacts()) != "" || edgesOf(d.blocks()) != "bert/clara" || d.identity("anna") != before {
			t.Errorf("the contacts are %s, the blocks %s, and anna is %q", edgesOf(d.contacts()), edgesOf(d.blocks()), d.identity("anna"))
		}
	})
}

func edgesOf(held map[edge]map[string]any) string {
	names := map[string]bool{}
	for e := range held {
		names[e.String()] = true
	}
	return strings.Join(sortedKeys(names), " ")
}

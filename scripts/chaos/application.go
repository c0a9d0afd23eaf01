package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// appSettings is the one chat_application_settings.
type appSettings struct {
	basics
	// on are the declared settings, which the emulator calls the same.
	on    map[string]bool
	first bool
}

var settingNames = []string{"sensitive_word_filter", "sdk_registration"}

const settingsAddress = "chat_application_settings.app"

func (n *appSettings) clone() noun {
	c := *n
	c.on = maps.Clone(n.on)
	return &c
}

func (n *appSettings) begin(s *scene) {
	n.on = map[string]bool{}
	for _, name := range settingNames {
		if s.draw.chance(70) {
			n.on[name] = s.draw.chance(50)
		}
	}
}

func (n *appSettings) change(s *scene) string {
	name := oneOf(s.draw, settingNames)
	if _, declared := n.on[name]; declared && s.draw.chance(25) {
		delete(n.on, name)
		return "omits " + name
	}
	n.on[name] = !n.on[name]
	return fmt.Sprintf("sets %s to %t", name, n.on[name])
}

func (n *appSettings) adjust(*scene) {}

func (n *appSettings) blocks(*scene) string {
	var b strings.Builder
	b.WriteString("resource \"chat_application_settings\" \"app\" {\n")
	for _, name := range sortedKeys(n.on) {
		fmt.Fprintf(&b, "  %s = %t\n", name, n.on[name])
	}
	b.WriteString(lifecycle(n.first) + "}\n")
	return b.String()
}

func (n *appSettings) instances(s *scene) []instance {
	return []instance{{address: settingsAddress, importID: s.platform.appKey}}
}

func (n *appSettings) rename(*scene) string { return "" }

func (n *appSettings) replaceFirst(on bool) { n.first = on }

// differences: what is omitted is left alone, and a destroy leaves everything alone.
func (n *appSettings) differences(_ *scene, p *passage) []string {
	var all []string
	for _, name := range settingNames {
		want := []bool{p.was.setting(name)}
		for _, tried := range p.tried {
			for _, each := range tried.nouns {
				if each, ok := each.(*appSettings); ok {
					if on, declared := each.on[name]; declared {
						want = append(want, on)
					}
				}
			}
		}
		if on, declared := n.on[name]; declared {
			if p.destroyed {
				want = append(want, on)
			} else {
				want = []bool{on}
			}
		}
		if got := p.is.setting(name); !slices.Contains(want, got) {
			all = append(all, fmt.Sprintf("%s: %s is %t", settingsAddress, name, got))
		}
	}
	return all
}

func (n *appSettings) disturb(before, _ *scene) (string, func(document)) {
	name := oneOf(before.draw, settingNames)
	return "flips " + name, func(d document) { d.app[name] = !d.setting(name) }
}

func (d document) setting(name string) bool {
	on, there := d.app[name].(bool)
	return on || !there && name == "sdk_registration" // which is on in a new application
}

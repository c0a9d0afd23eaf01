package main

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// media are files that are uploaded.
type media struct {
	basics
	all   []declaredMedia
	first bool
}

type declaredMedia struct{ key, file, content string }

func (n *media) clone() noun {
	c := *n
	c.all = slices.Clone(n.all)
	return &c
}

func (n *media) begin(s *scene) {
	for range s.draw.between(1, 3) {
		n.add(s)
	}
}

func (n *media) add(s *scene) string {
	e := declaredMedia{key: s.key(), file: fmt.Sprintf("notes-%d.txt", s.next())}
	e.content = fmt.Sprintf("content %d", s.next())
	n.all = append(n.all, e)
	return e.file
}

func (n *media) change(s *scene) string {
	if len(n.all) == 0 || s.draw.chance(30) {
		if len(n.all) > 6 {
			return ""
		}
		return "adds the file " + n.add(s)
	}
	i := s.draw.IntN(len(n.all))
	e := &n.all[i]
	file := e.file
	switch s.draw.IntN(3) {
	case 0:
		n.all = slices.Delete(n.all, i, i+1)
		return "removes the file " + file
	case 1:
		e.file = fmt.Sprintf("notes-%d.txt", s.next())
		return "moves the file " + file + " to " + e.file
	}
	e.content = fmt.Sprintf("content %d", s.next())
	return "changes the file " + file
}

func (n *media) adjust(*scene) {}

// files are the contents of the files by their names.
func (n *media) files() map[string]string {
	files := map[string]string{}
	for _, e := range n.all {
		files[e.file] = e.content
	}
	return files
}

func (n *media) blocks(*scene) string {
	var b strings.Builder
	b.WriteString("resource \"chat_media\" \"each\" {\n  for_each = {\n")
	for _, e := range n.all {
		fmt.Fprintf(&b, "    %s = %s\n", e.key, hcl(e.file))
	}
	b.WriteString("  }\n  source = each.value\n" + lifecycle(n.first) + "}\n")
	return b.String()
}

// instances have no import id: a file cannot be imported.
func (n *media) instances(*scene) []instance {
	var all []instance
	for _, e := range n.all {
		all = append(all, instance{address: fmt.Sprintf("chat_media.each[%q]", e.key), notImported: true})
	}
	return all
}

func (n *media) rename(s *scene) string {
	if len(n.all) == 0 {
		return ""
	}
	e := &n.all[s.draw.IntN(len(n.all))]
	e.key = s.key()
	return fmt.Sprintf("gives the file %s the key %s", e.file, e.key)
}

func (n *media) replaceFirst(on bool) { n.first = on }

// differences: nothing deletes a file.
func (n *media) differences(_ *scene, p *passage) []string {
	var all []string
	for _, e := range n.all {
		if !p.destroyed && !slices.Contains(p.is.contents(), e.content) {
			all = append(all, "the file "+e.file+" was not uploaded")
		}
	}
	return all
}

// disturb makes the platform lose a file.
func (n *media) disturb(before, _ *scene) (string, func(document)) {
	if len(n.all) == 0 {
		return "", nil
	}
	lost := oneOf(before.draw, n.all)
	return "loses the file " + lost.file, func(d document) {
		d.app["media"] = slices.DeleteFunc(list(d.app["media"]), func(each any) bool { return mediaContent(each) == lost.content })
	}
}

// contents are those of all files at the platform.
func (d document) contents() []string {
	var all []string
	for _, each := range list(d.app["media"]) {
		all = append(all, mediaContent(each))
	}
	return all
}

func mediaContent(file any) string {
	content, err := base64.StdEncoding.DecodeString(text(object(file)["content"]))
	if err != nil {
		panic(err) // the emulator's documents are as they should be
	}
	return string(content)
}

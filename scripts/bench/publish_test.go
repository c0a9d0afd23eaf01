package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// measured is a run of the selection that the README says it was made with.
func measured() *results {
	r := &results{Machine: "a machine"}
	d := dimensions{
		platforms: allPlatforms, kinds: []string{each, many, contacts, floor}, ns: []int{100, 250, 500},
		latencies: []int{0, usual, 200}, limits: []int{0, limited}, baseline: true,
	}
	for i, s := range d.combine() {
		m := measurement{scenario: s, Operations: map[string]operation{}}
		for _, op := range operations {
			m.Operations[op.name] = operation{Seconds: float64(i + 1), counted: counted{Requests: 1000 + i}}
		}
		r.Measurements = append(r.Measurements, m)
	}
	return r
}

// documents are the two documents in a folder, each with something around the markers.
func documents(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{readme, details} {
		text := "before " + name + "\n" + begin + "\nold\n" + end + "\nafter " + name + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rows are the rows of the tables in a document, without their heads.
func rows(text string) []string {
	var found []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "|") {
			found = append(found, line)
		}
	}
	return found[min(2, len(found)):]
}

// The README gets a short table of one platform, and BENCHMARK.md everything; what is
// around the markers stays.
func TestWrite(t *testing.T) {
	dir, r := documents(t), measured()
	for range 2 {
		if err := r.write(dir); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]int{readme: 7, details: len(r.Measurements)} {
		text := read(t, dir, name)
		if got := rows(text); len(got) != want {
			t.Errorf("%s has %d rows, want %d:\n%s", name, len(got), want, strings.Join(got, ""))
		}
		machine := map[string]string{
			readme:  "Measured on emulated Easemob with 30 ms of latency, on a machine.",
			details: "Measured on a machine.",
		}[name]
		for _, part := range []string{"before " + name, "after " + name, machine, begin, end} {
			if strings.Count(text, part) != 1 {
				t.Errorf("%s has %q %d times", name, part, strings.Count(text, part))
			}
		}
		if strings.Contains(text, "old") {
			t.Errorf("%s still has what was between the markers", name)
		}
	}
	for _, row := range rows(read(t, dir, readme)) {
		if !strings.Contains(row, "| 500 |") {
			t.Errorf("the README's table has a row of another number of users: %s", row)
		}
	}
	if text := read(t, dir, readme); !strings.Contains(text, figure) || !strings.Contains(text, "("+details+")") {
		t.Errorf("the README lacks the figure or the link to %s:\n%s", details, text)
	}
}

// A run of other scenarios than the README's table is about fills it all the same.
func TestWrite_otherScenarios(t *testing.T) {
	dir, r := documents(t), measured()
	kept := r.Measurements[:0]
	for _, m := range r.Measurements {
		if m.LatencyMS != usual {
			kept = append(kept, m)
		}
	}
	r.Measurements = kept
	if err := r.write(dir); err != nil {
		t.Fatal(err)
	}
	text := read(t, dir, readme)
	if got := rows(text); len(got) != mostRows {
		t.Errorf("%d rows, want %d", len(got), mostRows)
	}
	if !strings.Contains(text, "Measured on a machine.") {
		t.Errorf("the rows have several latencies, and one is named:\n%s", text)
	}
}

func TestWrite_withoutMarkers(t *testing.T) {
	dir := documents(t)
	if err := os.WriteFile(filepath.Join(dir, details), []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := measured().write(dir); err == nil || !strings.Contains(err.Error(), details) {
		t.Errorf("want an error about %s, got %v", details, err)
	}
}

package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// table is the measurements in Markdown.
func (r *results) table() string {
	var b strings.Builder
	b.WriteString("| platform | resource | n | latency | limit | bulk |")
	for _, op := range operations {
		fmt.Fprintf(&b, " %s | its requests |", op.name)
	}
	b.WriteString(" throttled |\n|---|---|--:|--:|--:|---|")
	b.WriteString(strings.Repeat("--:|---|", len(operations)))
	b.WriteString("--:|\n")
	for _, m := range slices.SortedStableFunc(slices.Values(r.Measurements), byScenario) {
		b.WriteString(r.row(m))
	}
	return b.String()
}

// mostRows is how many rows the summary has at most.
const mostRows = 10

// summary is a short table in Markdown: the largest number of users that was measured with
// and without bulk calls on one platform, beside as many terraform_data.
func (r *results) summary() string {
	var b strings.Builder
	b.WriteString("| resource | n | bulk calls |")
	for _, op := range operations {
		fmt.Fprintf(&b, " %s | requests |", op.name)
	}
	b.WriteString("\n|---|--:|---|")
	b.WriteString(strings.Repeat("--:|--:|", len(operations)))
	b.WriteString("\n")
	for _, m := range r.selection() {
		cells := []string{m.what(), thousand(m.N), "on"}
		switch {
		case m.Kind == floor:
			cells[2] = ""
		case m.Single:
			cells[2] = "off"
		}
		for _, op := range operations {
			cells = append(cells, r.time(m, op.name), requests(m, op.name))
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String()
}

// emulated names the platform and the latency of the summary, if all of its rows have the
// same: "emulated Easemob with 30 ms of latency, on ".
func (r *results) emulated() string {
	var shared *measurement
	for _, m := range r.selection() {
		switch {
		case m.Kind == floor:
		case shared == nil:
			shared = &m
		case m.Platform != shared.Platform || m.LatencyMS != shared.LatencyMS:
			return ""
		}
	}
	if shared == nil {
		return ""
	}
	return fmt.Sprintf("emulated %s with %s of latency, on ", titles[shared.Platform], latency(*shared))
}

// titles are the names of the platforms in a sentence.
var titles = map[string]string{"easemob": "Easemob", "jmessage": "JMessage"}

// selection returns the measurements of the summary, at most mostRows of them.
func (r *results) selection() []measurement {
	compared := scenario{Platform: allPlatforms[0], Kind: each, LatencyMS: usual}
	for _, m := range r.Measurements {
		s := m.scenario
		s.N = 0
		if s != (scenario{Platform: compared.Platform, Kind: each, LatencyMS: usual}) {
			continue
		}
		single := m.scenario
		single.Single = true
		if m.N > compared.N && r.find(single) != nil {
			compared.N = m.N
		}
	}
	var rows []measurement
	for _, m := range slices.SortedStableFunc(slices.Values(r.Measurements), byScenario) {
		s := m.scenario
		s.Kind, s.Single = compared.Kind, false
		if compared.N == 0 || s == compared || m.scenario == (scenario{Kind: floor, N: compared.N}) {
			rows = append(rows, m)
		}
	}
	return rows[:min(len(rows), mostRows)]
}

// time is how long an operation took, and how that compares with terraform_data.
func (r *results) time(m measurement, operation string) string {
	if m.Failure != "" {
		return "failed"
	}
	op, done := m.Operations[operation]
	if !done {
		return ""
	}
	text := fmt.Sprintf("%.1f s", op.Seconds)
	if m.Kind == file && op.MemoryMB > 0 {
		text += fmt.Sprintf(", %d MB", op.MemoryMB)
	}
	if ratio := r.ratio(m, operation); ratio > 0 {
		text += fmt.Sprintf(" (%.2f×)", ratio)
	}
	return text
}

// requests is how many requests an operation made.
func requests(m measurement, operation string) string {
	if _, done := m.Operations[operation]; !done || m.Failure != "" || m.Kind == floor {
		return ""
	}
	return thousand(m.Operations[operation].Requests)
}

// byScenario keeps together what is compared with each other.
func byScenario(a, b measurement) int {
	kind := func(m measurement) int { return slices.Index(append([]string{floor}, allKinds...), m.Kind) }
	single := func(m measurement) int {
		if m.Single {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(a.Platform, b.Platform),
		cmp.Compare(kind(a), kind(b)),
		cmp.Compare(a.N, b.N),
		cmp.Compare(a.LatencyMS, b.LatencyMS),
		cmp.Compare(a.Limit, b.Limit),
		cmp.Compare(single(a), single(b)),
	)
}

func (r *results) row(m measurement) string {
	cells := []string{m.Platform, m.what(), thousand(m.N)}
	switch {
	case m.Kind == floor:
		cells = []string{"", m.what(), thousand(m.N), "", "", ""}
	case m.Single:
		cells = append(cells, latency(m), limit(m), "off")
	default:
		cells = append(cells, latency(m), limit(m), "on")
	}
	throttled := 0
	for _, op := range operations {
		done := m.Operations[op.name]
		made := requests(m, op.name)
		if made != "" && done.Requests > 0 {
			made += ": " + done.byKind()
		}
		cells = append(cells, r.time(m, op.name), made)
		throttled += done.Throttled
	}
	if m.Kind == floor {
		cells = append(cells, "")
	} else {
		cells = append(cells, thousand(throttled))
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

func latency(m measurement) string { return fmt.Sprintf("%d ms", m.LatencyMS) }

func limit(m measurement) string {
	if m.Limit == 0 {
		return "none"
	}
	return fmt.Sprintf("%d/s", m.Limit)
}

// thousand writes a number that is not negative with commas.
func thousand(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousand(n/1000), n%1000)
}

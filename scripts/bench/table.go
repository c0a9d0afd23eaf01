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

// byScenario keeps together what is compared with each other.
func byScenario(a, b measurement) int {
	kind := func(m measurement) int { return slices.Index([]string{floor, each, many, contacts, crowd}, m.Kind) }
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
		if m.Failure != "" {
			cells = append(cells, "failed", "")
			continue
		}
		done := m.Operations[op.name]
		time := fmt.Sprintf("%.1f s", done.Seconds)
		if ratio := r.ratio(m, op.name); ratio > 0 {
			time += fmt.Sprintf(" (%.2f×)", ratio)
		}
		requests := ""
		if m.Kind != floor {
			requests = fmt.Sprintf("%s: %s", thousand(done.Requests), done.byKind())
			if done.Requests == 0 {
				requests = "0"
			}
		}
		cells = append(cells, time, requests)
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

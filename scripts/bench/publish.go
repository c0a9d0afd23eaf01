package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"terraform-provider-chat/scripts/internal/local"
)

const (
	readme  = "README.md"
	details = "BENCHMARK.md"
	figure  = "assets/benchmark.svg"

	begin = "<!-- benchmark:begin -->"
	end   = "<!-- benchmark:end -->"
)

// publish draws the figure and writes the results of a run into the documents of the
// repository.
func publish(ctx context.Context, r *results, plotter, saved string) error {
	draw := local.Command(ctx, plotter, saved, figure)
	draw.Stderr = os.Stderr
	if err := draw.Run(); err != nil {
		return fmt.Errorf("draw %s: %w", figure, err)
	}
	return r.write(".")
}

// write replaces what is between the markers of two documents in dir: in README.md by the
// figure and a short table, in BENCHMARK.md by all measurements.
func (r *results) write(dir string) error {
	short := fmt.Sprintf("![Time and requests against the number of users, beside terraform_data](%s)\n\n%s\nMeasured on %s%s. [%s](%s) has all %d measurements.\n",
		figure, r.summary(), r.emulated(), r.Machine, details, details, len(r.Measurements))
	if err := replaceBetweenMarkers(filepath.Join(dir, readme), short); err != nil {
		return err
	}
	return replaceBetweenMarkers(filepath.Join(dir, details), fmt.Sprintf("Measured on %s.\n\n%s", r.Machine, r.table()))
}

// replaceBetweenMarkers replaces the text between the markers in a file, which keeps the
// rest.
func replaceBetweenMarkers(name, text string) error {
	content, err := os.ReadFile(name) //nolint:gosec // a document of this repository
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(content, []byte(begin))
	_, after, closed := bytes.Cut(rest, []byte(end))
	if !found || !closed {
		return fmt.Errorf("%s has no markers %s and %s to write between", name, begin, end)
	}
	var b bytes.Buffer
	b.Write(before)
	fmt.Fprintf(&b, "%s\n%s%s", begin, text, end)
	b.Write(after)
	return os.WriteFile(name, b.Bytes(), 0o644) //nolint:gosec // a file for everybody to read
}

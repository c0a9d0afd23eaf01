package main

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"terraform-provider-chat/scripts/internal/local"
)

const (
	readme = "README.md"
	figure = "assets/benchmark.svg"

	begin = "<!-- benchmark:begin -->"
	end   = "<!-- benchmark:end -->"
)

// publish draws the figure and writes the table between the README's markers.
func publish(ctx context.Context, r *results, plotter, saved string) error {
	draw := local.Command(ctx, plotter, saved, figure)
	draw.Stderr = os.Stderr
	if err := draw.Run(); err != nil {
		return fmt.Errorf("draw %s: %w", figure, err)
	}

	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(text, []byte(begin))
	_, after, closed := bytes.Cut(rest, []byte(end))
	if !found || !closed {
		return fmt.Errorf("%s has no markers %s and %s to write the table between", readme, begin, end)
	}
	var b bytes.Buffer
	b.Write(before)
	fmt.Fprintf(&b, `%s
![Time and requests against the number of users, beside terraform_data](%s)

Measured on %s.

<details>
<summary>All %d measurements</summary>

%s
</details>
%s`, begin, figure, r.Machine, len(r.Measurements), r.table(), end)
	b.Write(after)
	return os.WriteFile(readme, b.Bytes(), 0o644) //nolint:gosec // a file for everybody to read
}

package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"
)

// These run inside the package because no door of the provider shows time or an interrupt.

func TestProgressIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		ctx := tflogtest.RootLogger(t.Context(), &log)
		errs := each(ctx, "Doing things", make([]int, 4*callsAtOnce), func(i int, _ int) error {
			time.Sleep(3 * time.Second)
			return nil
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		lines, err := tflogtest.MultilineJSONDecode(&log)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, line := range lines {
			told = append(told, fmt.Sprint(line["@level"], " ", line["@message"], " ", line["done"], "/", line["total"]))
		}
		want := []string{"info Doing things 16/64", "info Doing things 48/64"} // after 5 and 10 of 12 seconds
		if !slices.Equal(told, want) {
			t.Errorf("got %q, want %q", told, want)
		}
	})
}

func TestInterruptedChunksEnd(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("interrupted")
	var calls []int
	results := inChunks(ctx, "Doing things", 60, make([]int, 1500), func(ctx context.Context, chunk []int) []error {
		calls = append(calls, len(chunk))
		if len(calls) == 2 {
			cancel(cause)
		}
		// What has begun is not interrupted.
		return slices.Repeat([]error{ctx.Err()}, len(chunk))
	}, func(err error) error { return err })
	if !slices.Equal(calls, []int{600, 600}) {
		t.Errorf("calls for %v", calls)
	}
	for i, err := range results {
		if want := i >= 1200; errors.Is(err, cause) != want || !want && err != nil {
			t.Fatalf("result %d of %d: %v", i, len(results), err)
		}
	}
	if len(results) != 1500 {
		t.Errorf("%d results", len(results))
	}
}

func TestFailuresAreGroupedAndCounted(t *testing.T) {
	f := failures{doing: "change", total: 100}
	for i := range 15 {
		f.add(fmt.Sprintf("a%02d", i), errors.New("first"))
	}
	for i := range 15 {
		f.add(fmt.Sprintf("b%02d", i), errors.New("second"))
	}
	f.add("c", errors.New("third"))
	summary, text := f.text()
	if summary != "Could not change 31 of 100 users" {
		t.Error(summary)
	}
	lines := strings.Split(text, "\n\n")
	if len(lines) != 3 || !strings.HasSuffix(lines[0], `"a14": first`) || !strings.HasSuffix(lines[1], `"b04" and 10 more: second`) || lines[2] != "And 1 more for other reasons." {
		t.Errorf("got %q", lines)
	}
}

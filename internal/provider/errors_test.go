package provider

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"terraform-provider-chat/internal/reconcile"
)

// This runs inside the package because no platform fails for so many reasons at once.
func TestFailuresAreGroupedAndCounted(t *testing.T) {
	failures := reconcile.Failures{Doing: "change", Total: 100}
	add := func(name string, err error) {
		failures.Users = append(failures.Users, reconcile.Failure{Name: name, Err: err})
	}
	for i := range 15 {
		add(fmt.Sprintf("a%02d", i), errors.New("first"))
	}
	for i := range 15 {
		add(fmt.Sprintf("b%02d", i), errors.New("second"))
	}
	add("c", errors.New("third"))
	var diags diag.Diagnostics
	addFailures(&diags, failures)
	if summary := diags[0].Summary(); summary != "Could not change 31 of 100 users" {
		t.Error(summary)
	}
	lines := strings.Split(diags[0].Detail(), "\n\n")
	if len(lines) != 3 || !strings.HasSuffix(lines[0], `"a14": first`) || !strings.HasSuffix(lines[1], `"b04" and 10 more: second`) || lines[2] != "And 1 more for other reasons." {
		t.Errorf("got %q", lines)
	}
}

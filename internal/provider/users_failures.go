package provider

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"terraform-provider-chat/internal/chat"
)

// mostNamed is how many users an error names; of the rest it gives the number.
const mostNamed = 20

// nameList lists names in a sentence.
func nameList(names []string) string {
	var quoted []string
	for _, name := range names[:min(len(names), mostNamed)] {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	list := strings.Join(quoted, ", ")
	if more := len(names) - len(quoted); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// failures are the users of many for which something failed.
type failures struct {
	doing string
	total int
	names map[string][]string // by what the platform said
	said  []string            // in the order of their first user
	next  []string            // what to do about it
	count int
}

func (f *failures) add(name string, err error) {
	f.count++
	said := err.Error()
	var failure *chat.Error
	if errors.As(err, &failure) {
		general := *failure
		general.Users = nil
		said = general.Error()
	}
	if f.names == nil {
		f.names = map[string][]string{}
	}
	if f.names[said] == nil {
		f.said = append(f.said, said)
	}
	f.names[said] = append(f.names[said], name)
	if next := advice(err); next != "" && !slices.Contains(f.next, next) {
		f.next = append(f.next, next)
	}
}

// report adds an error where there are any.
func (f *failures) report(diags *diag.Diagnostics) {
	if f.count > 0 {
		diags.AddError(f.text())
	}
}

// text names the first of them, grouped by reason, and counts the rest.
func (f *failures) text() (summary, detail string) {
	var lines []string
	left := mostNamed
	for _, said := range f.said {
		if left == 0 {
			break
		}
		names := f.names[said]
		shown := names[:min(len(names), left)]
		left -= len(shown)
		line := nameList(shown)
		if more := len(names) - len(shown); more > 0 {
			line += fmt.Sprintf(" and %d more", more)
		}
		lines = append(lines, line+": "+said)
	}
	unnamed := f.count
	for _, said := range f.said[:len(lines)] {
		unnamed -= len(f.names[said])
	}
	if unnamed > 0 {
		lines = append(lines, fmt.Sprintf("And %d more for other reasons.", unnamed))
	}
	return fmt.Sprintf("Could not %s %d of %d users", f.doing, f.count, f.total), strings.Join(append(lines, f.next...), "\n\n")
}

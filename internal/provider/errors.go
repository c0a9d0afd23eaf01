package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/reconcile"
)

// addError turns a failure of the service into a diagnostic. The summary says what
// failed; the detail contains what the platform said and what to do next.
func addError(diags *diag.Diagnostics, summary string, err error) {
	diags.AddError(summary, detail(err, advice(err)))
}

// addAttributeError is addError for a failure that the value of an attribute caused.
func addAttributeError(diags *diag.Diagnostics, at path.Path, summary string, err error) {
	diags.AddAttributeError(at, summary, detail(err, advice(err)))
}

// addReadError reports a failure to read something that the attribute at names.
func addReadError(diags *diag.Diagnostics, at path.Path, summary string, err error) {
	if errors.Is(err, chat.ErrNotFound) {
		diags.AddAttributeError(at, summary, detail(err, "Check the name: the application has no such user."))
		return
	}
	addError(diags, summary, err)
}

// detail is the error in a sentence and, if there is one, what to do next.
func detail(err error, next string) string {
	said := err.Error()
	if next != "" {
		said += "\n\n" + next
	}
	return said
}

// advice says what to do about a failure.
func advice(err error) string {
	for _, a := range []struct {
		kind error
		text string
	}{
		{context.Canceled, "The run was interrupted. Apply again; what succeeded is in the state."},
		{chat.ErrUnauthorized, "Check the credentials in the provider block or the environment, and that the console allows requests from the address of this machine."},
		{chat.ErrFeatureOff, "Switch the feature on in the platform's console, or choose a plan that has it, and apply again."},
		{chat.ErrQuota, "The limit of a group, a user or the application is reached, and retries do not help. Remove something, or raise the limit: max_members of the group, or the quota of the plan in the platform's console."},
		{chat.ErrThrottled, "The platform refused the request because there were too many requests, even after all retries. Apply again. If other programs share the limit, set requests_per_second; if it is very low, raise max_retries."},
		{chat.ErrUnavailable, "The platform returned no usable answer. Check the address and the network, and run the command again; what succeeded is in the state. If this happens often, raise max_retries or request_timeout."},
		{chat.ErrAlreadyExists, "Import the user, or set adopt_existing = true in the provider block to take it over as declared, its password included."},
		{chat.ErrNotFound, "A user, group or room that the request names does not exist. Declare it as a chat_user, chat_group or chat_room and refer to its id attribute, so that it is created first."},
	} {
		if errors.Is(err, a.kind) {
			return a.text
		}
	}
	return ""
}

// errNotDestroyed is that another resource of the same thing was not destroyed.
var errNotDestroyed = errors.New("the same one of another resource could not be destroyed in this run")

// refuseAfterFailedDestroy refuses to create what the next run is to destroy, and returns
// the reason.
func refuseAfterFailedDestroy(diags *diag.Diagnostics, summary string) error {
	diags.AddError(summary, detail(errNotDestroyed, "Apply again: the next run destroys that one and creates this one."))
	return errNotDestroyed
}

// mostNamed is how many users an error names; of the rest it gives the number.
const mostNamed = 20

// nameList lists names in a sentence.
func nameList(names []string) string {
	return firstOf(names, mostNamed, func(name string) string { return fmt.Sprintf("%q", name) })
}

// firstOf lists the first of many items in a sentence, and says how many more there are.
func firstOf[T any](items []T, most int, label func(T) string) string {
	var labels []string
	for _, item := range items[:min(len(items), most)] {
		labels = append(labels, label(item))
	}
	list := strings.Join(labels, ", ")
	if more := len(items) - len(labels); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// label names the user of a failure and, if a file declares it, its line.
func label(failure reconcile.Failure) string {
	if failure.Line > 0 {
		return fmt.Sprintf("line %d: %q", failure.Line, failure.Name)
	}
	return fmt.Sprintf("%q", failure.Name)
}

// addFailures reports a step that failed for some of many users.
func addFailures(diags *diag.Diagnostics, failures reconcile.Failures) {
	addFailuresOf(diags, "users", failures)
}

// addFailuresOf reports a step that failed for some of many things: the first of them,
// grouped by reason, and how many more there are.
func addFailuresOf(diags *diag.Diagnostics, things string, failures reconcile.Failures) {
	var reasons, next []string
	failed := map[string][]reconcile.Failure{}
	for _, failure := range failures.Users {
		// What was tried is the same for all but for the name.
		reason := strings.ReplaceAll(failure.Err.Error(), fmt.Sprintf(" %q", failure.Name), "")
		if failed[reason] == nil {
			reasons = append(reasons, reason)
		}
		failed[reason] = append(failed[reason], failure)
		if a := advice(failure.Err); a != "" && !slices.Contains(next, a) {
			next = append(next, a)
		}
	}
	var lines []string
	left, unnamed := mostNamed, len(failures.Users)
	for _, reason := range reasons {
		if left == 0 {
			break
		}
		lines = append(lines, firstOf(failed[reason], left, label)+": "+reason)
		left -= min(len(failed[reason]), left)
		unnamed -= len(failed[reason])
	}
	if unnamed > 0 {
		lines = append(lines, fmt.Sprintf("And %d more for other reasons.", unnamed))
	}
	summary := fmt.Sprintf("Could not %s %d of %d %s %s", failures.Doing, len(failures.Users), failures.Total, things, failures.To)
	diags.AddError(strings.TrimSpace(summary),
		strings.Join(append(lines, next...), "\n\n"))
}

package provider

import (
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"terraform-provider-chat/internal/chat"
)

// addError turns a failure of the service into a diagnostic: the summary says what
// failed and for whom, the detail what the platform said and what to do next.
func addError(diags *diag.Diagnostics, summary string, err error) {
	diags.AddError(summary, detail(err))
}

// addAttributeError is addError for a failure that an input is to blame for.
func addAttributeError(diags *diag.Diagnostics, at path.Path, summary string, err error) {
	diags.AddAttributeError(at, summary, detail(err))
}

// detail is the error in a sentence and, where there is one, the way out.
func detail(err error) string {
	said := err.Error()
	if next := advice(err); next != "" {
		said += "\n\n" + next
	}
	return said
}

func advice(err error) string {
	for _, a := range []struct {
		kind error
		text string
	}{
		{chat.ErrUnauthorized, "Check the credentials in the provider block or the environment, and that the console lets this machine's address call the REST API."},
		{chat.ErrQuota, "The plan's quota is used up, so trying again does not help. Remove something or raise the quota in the platform's console."},
		{chat.ErrThrottled, "The platform kept refusing calls as too many. Apply again, or lower the provider's requests_per_second or Terraform's -parallelism."},
		{chat.ErrUnavailable, "The platform gave no usable answer. Apply again; what succeeded is in the state. Raise max_retries or request_timeout if this happens often."},
		{chat.ErrAlreadyExists, "Import the user, or set adopt_existing = true in the provider block to take it over as declared, its password included."},
		{chat.ErrNotFound, "A user that the call names does not exist. Declare it as a chat_user and refer to its username attribute, so that it is created first."},
	} {
		if errors.Is(err, a.kind) {
			return a.text
		}
	}
	return ""
}

// addFieldErrors reports inputs that the platform would refuse, each at its own
// attribute below base.
func addFieldErrors(diags *diag.Diagnostics, base path.Path, fields []chat.FieldError) {
	for _, f := range fields {
		at := base
		for _, step := range strings.Split(string(f.Field), ".") {
			at = at.AtName(step)
		}
		addRule(diags, at, f.Err)
	}
}

// addRule reports an input that breaks a rule.
func addRule(diags *diag.Diagnostics, at path.Path, err error) {
	if err == nil {
		return
	}
	summary := "Invalid value"
	if errors.Is(err, chat.ErrUnsupported) {
		summary = "Not supported by this platform"
	}
	diags.AddAttributeError(at, summary, err.Error())
}

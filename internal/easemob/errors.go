package easemob

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// problem is the body of every error. The descriptions differ between servers, so that
// only the status and the name decide.
type problem struct {
	Name        string `json:"error"`
	Description string `json:"error_description"`
}

// outOfQuota reports whether a throttling answer is one for which waiting does not help.
func outOfQuota(status int, body []byte) bool {
	if status != http.StatusTooManyRequests {
		return false
	}
	var p problem
	return json.Unmarshal(body, &p) == nil && p.Name == "resource_limited"
}

// failure is the error of an answer that is not a success.
func (c *client) failure(resp *rest.Response, request rest.Request) *chat.Error {
	failure := &chat.Error{
		Op:           request.Op,
		Status:       resp.Status,
		MaybeApplied: resp.MaybeApplied,
		SentAt:       resp.Sent,
	}
	var p problem
	if err := rest.Decode(resp, request, &p); err != nil {
		var unreadable *chat.Error
		if errors.As(err, &unreadable) {
			failure.Text = unreadable.Text
		}
		p = problem{}
	} else if p.Description == "" {
		p.Description = rest.Excerpt(resp, request)
	}
	failure.Kind = kind(resp.Status, p.Name)
	failure.Code = clip(c.rest.Redact(p.Name, request.Secrets...), 64)
	if p.Description != "" {
		failure.Text = clip(c.rest.Redact(p.Description, request.Secrets...), 500)
	}
	switch {
	case p.Name == "organization_application_not_found":
		failure.Text = fmt.Sprintf("The platform knows no application %s#%s here; check the app key and the base URL. %s", c.org, c.app, failure.Text)
	case resp.Status >= 300 && resp.Status < 400:
		failure.Text = c.rest.Redact("the answer is a redirect to "+resp.Header.Get("Location")+"; check the base URL", request.Secrets...)
	case resp.Status == http.StatusNotFound && !errors.Is(failure, chat.ErrNotFound):
		failure.Text += " (This is not an answer of the platform; check the base URL.)"
	}
	return failure
}

// clip cuts what is too long for an error.
func clip(text string, characters int) string {
	if runes := []rune(text); len(runes) > characters {
		return string(runes[:characters]) + "..."
	}
	return text
}

// kind maps an answer of the platform to the vocabulary.
func kind(status int, name string) error {
	switch {
	case name == "duplicate_unique_property_exists":
		return chat.ErrAlreadyExists
	case name == "invalid_grant", status == http.StatusUnauthorized:
		return chat.ErrUnauthorized
	case name == "resource_limited", name == "exceed_limit":
		return chat.ErrQuota
	case status == http.StatusBadRequest && (name == "required_property_not_found" || name == "management"):
		// Some calls answer these two for a user that does not exist. The first is also
		// the answer to a registration without a name, which is never sent.
		return chat.ErrNotFound
	case name == "organization_application_not_found", status == http.StatusBadRequest:
		return chat.ErrInvalid
	case status == http.StatusNotFound && isName(name):
		return chat.ErrNotFound
	case status == http.StatusRequestEntityTooLarge:
		return chat.ErrTooLarge
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return chat.ErrThrottled
	case status >= 500, status < 400, status == http.StatusNotFound, status == http.StatusRequestTimeout:
		return chat.ErrUnavailable
	}
	return nil
}

// isName reports whether a name is of the form of the platform's own, such as
// entity_not_found. Gateways put other texts in its place.
func isName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") == ""
}

// unlessNotFound returns err, or nil if it is an ErrNotFound: what is not there needs no
// removal.
func unlessNotFound(err error) error {
	if errors.Is(err, chat.ErrNotFound) {
		return nil
	}
	return err
}

// incomplete is the error of an answer that lacks what was asked for.
func incomplete(request rest.Request) error {
	return &chat.Error{
		Kind:   chat.ErrUnavailable,
		Op:     request.Op,
		Status: http.StatusOK,
		Text:   "an answer without what was asked for",
	}
}

// unsupported is the error of a call that the platform does not have.
func unsupported(request rest.Request, what string) error {
	return &chat.Error{Kind: chat.ErrUnsupported, Op: request.Op, Text: chat.Unsupported(title, what).Error()}
}

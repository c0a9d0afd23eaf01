package easemob

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// problem is the body of every error. The descriptions differ between servers, so that
// only the status and the name decide, except for what refusals lists.
type problem struct {
	Name        string `json:"error"`
	Description string `json:"error_description"`
	// Desc is all that older answers about the attributes of users say.
	Desc      loose `json:"desc"`
	Exception loose `json:"exception"`
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
		Unanswered:   resp.Unanswered,
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
		if p.Description = string(p.Desc); p.Description == "" {
			p.Description = rest.Excerpt(resp, request)
		}
	}
	failure.Kind = kind(resp.Status, p)
	if meant, cause := meaning(resp.Status, p.Description); meant != nil {
		failure.Kind, failure.Err = meant, cause
	}
	failure.Code = clip(c.rest.Redact(p.Name, request.Secrets...), 64)
	if p.Description != "" {
		failure.Text = clip(c.rest.Redact(p.Description, request.Secrets...), 500)
	}
	switch {
	case p.Name == "organization_application_not_found":
		failure.Text = fmt.Sprintf("There is no application %s#%s at this address; check the app key and the base URL. %s", c.org, c.app, failure.Text)
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
func kind(status int, p problem) error {
	switch name := p.Name; {
	case name == "duplicate_unique_property_exists":
		return chat.ErrAlreadyExists
	case name == "invalid_grant", status == http.StatusUnauthorized:
		return chat.ErrUnauthorized
	case name == "resource_limited", name == "exceed_limit", name == "exceeded_limit":
		return chat.ErrQuota
	case name == "group_name_violation", name == "group_announce_violation":
		return chat.ErrInvalid
	case status == http.StatusBadRequest && (name == "required_property_not_found" || name == "management" ||
		strings.HasSuffix(string(p.Exception), "RequiredPropertyNotFoundException")):
		// Some calls answer these for a user that does not exist. The first is also
		// the answer to a registration without a name, which is never sent.
		return chat.ErrNotFound
	case name == "organization_application_not_found", status == http.StatusBadRequest:
		return chat.ErrInvalid
	case status == http.StatusNotFound && (isName(name) || p.Desc != ""):
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

// What a refusal by a group or chat room is about, as the cause of its error.
var (
	errMember        = errors.New("the user is a member")
	errNotMember     = errors.New("the user is not a member")
	errSameOwner     = errors.New("the user is the owner already")
	errNoGroup       = errors.New("there is no such group")
	errJoinedTooMany = errors.New("the user is in too many groups")
)

// refusals are the texts of errors whose names have several meanings: forbidden_op is an
// answer to most of what groups and chat rooms refuse, also to what is so already.
// Each of the texts has a blank, so that no name of a user, which many errors contain, matches.
var refusals = []struct {
	text  *regexp.Regexp
	kind  error
	cause error
}{
	{regexp.MustCompile(`owner are the same`), chat.ErrAlreadyExists, errSameOwner},
	{regexp.MustCompile(`already in (group|chat ?room)`), chat.ErrAlreadyExists, errMember},
	{regexp.MustCompile(`not members? of|exist in (group|chat ?room)|not in (white|allow) ?list`), chat.ErrNotFound, errNotMember},
	{regexp.MustCompile(`(?i)grpid \S+ does not exist|do not find this group`), chat.ErrNotFound, errNoGroup},
	{joinedTooMany, chat.ErrQuota, errJoinedTooMany},
	{regexp.MustCompile(`on group owner|in the blacklist of|user count is larger|length exceeds limit|exceeds the user defined limit|exceed recall time`), chat.ErrInvalid, nil},
	{regexp.MustCompile(`not admin of|not friends|not_found msg`), chat.ErrNotFound, nil},
	{regexp.MustCompile(`send reach limit`), chat.ErrThrottled, nil},
	{regexp.MustCompile(`not used for this app|service is unopened`), chat.ErrFeatureOff, nil},
}

// joinedTooMany matches the refusal of a user who is in too many groups or chat rooms,
// and the name of the user.
var joinedTooMany = regexp.MustCompile(`user (\S+) has joined too many`)

// meaning returns what the text of a refusal says, nil if it is none that is known.
func meaning(status int, text string) (kind, cause error) {
	switch status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound:
		for _, r := range refusals {
			if r.text.MatchString(text) {
				return r.kind, r.cause
			}
		}
	}
	return nil, nil
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
		Text:   "the response lacks the requested data",
	}
}

// unconfirmed is the error of a call that changes something and was answered with success,
// but without what became of it.
func unconfirmed(request rest.Request, sent sending) error {
	return &chat.Error{
		Kind:         chat.ErrUnavailable,
		Op:           request.Op,
		Status:       http.StatusOK,
		Text:         "the response does not say whether the call succeeded",
		MaybeApplied: true,
		Unanswered:   sent.unanswered,
		SentAt:       sent.at,
	}
}

// refused is the error of what an answer that is a success says was not done.
func (c *client) refused(request rest.Request, reason string) error {
	failure := &chat.Error{Op: request.Op, Status: http.StatusOK, Text: "the platform refused it"}
	if reason != "" {
		failure.Text = clip(c.rest.Redact(reason, request.Secrets...), 500)
	}
	failure.Kind, failure.Err = meaning(http.StatusForbidden, reason)
	return failure
}

// unsupported is the error of a call that the platform does not have.
func unsupported(request rest.Request, what string) error {
	return &chat.Error{Kind: chat.ErrUnsupported, Op: request.Op, Text: chat.Unsupported(title, what).Error()}
}

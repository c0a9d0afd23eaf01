package chat

import (
	"errors"
	"fmt"
	"strings"
)

// The kinds of failure a Service returns. Test for them with errors.Is.
var (
	// ErrNotFound: the user, or one of the users, that the call names does not exist.
	ErrNotFound = errors.New("not found")
	// ErrAlreadyExists: a user of this name exists and was not created by this call.
	ErrAlreadyExists = errors.New("already exists")
	// ErrUnauthorized: the platform refuses the credentials. Final.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrThrottled: still throttled after every retry.
	ErrThrottled = errors.New("throttled")
	// ErrQuota: a quota of the plan is used up; waiting does not help.
	ErrQuota = errors.New("quota exceeded")
	// ErrUnsupported: the platform has no such thing.
	ErrUnsupported = errors.New("unsupported")
	// ErrInvalid: the platform, or a rule checked before calling it, refuses the input.
	ErrInvalid = errors.New("invalid")
	// ErrTooLarge: the request holds more than the platform takes in one call.
	ErrTooLarge = errors.New("request too large")
	// ErrUnavailable: no usable answer after every retry: a 5xx, a timeout, a broken
	// connection, or an answer that could not be understood.
	ErrUnavailable = errors.New("unavailable")
)

// Error is a call that failed at, or on the way to, a platform.
type Error struct {
	// Kind is one of the sentinels above, or nil where none fits.
	Kind error
	// Op says what was tried, as a verb phrase: "register user", "list contacts".
	Op string
	// Users are the users the call was for; empty where it was for none in particular.
	Users []string
	// Status is the HTTP status, 0 where no answer arrived.
	Status int
	// Code is the platform's own name or number for the error.
	Code string
	// Text is what the platform said, with every secret of the request removed.
	Text string
	// MaybeApplied tells that the request may have taken effect although no answer said so.
	MaybeApplied bool
	// Err is the cause, where there is one.
	Err error
}

// Error says what failed, for whom, and what the platform said, in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	switch n := len(e.Users); {
	case n == 1:
		fmt.Fprintf(&b, " %q", e.Users[0])
	case n > 1:
		fmt.Fprintf(&b, " %q and %d more", e.Users[0], n-1)
	}
	if e.Kind != nil {
		fmt.Fprintf(&b, ": %s", e.Kind)
	}
	if said := e.Said(); said != "" {
		fmt.Fprintf(&b, ": %s", said)
	}
	return b.String()
}

// Said is the platform's side of the story: status, code and text, or the cause where no answer arrived.
func (e *Error) Said() string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("HTTP %d", e.Status))
	}
	if e.Code != "" {
		parts = append(parts, e.Code)
	}
	head := strings.Join(parts, " ")
	tail := e.Text
	if tail == "" && e.Err != nil {
		tail = e.Err.Error()
	}
	if head != "" && tail != "" {
		return head + ": " + tail
	}
	return head + tail
}

// Is reports whether the error is of the kind target.
func (e *Error) Is(target error) bool { return e.Kind != nil && target == e.Kind }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// FieldError is one input that a platform would refuse, found without asking it.
type FieldError struct {
	Field Field
	// Err says the rule in a sentence. It is ErrInvalid, or ErrUnsupported where the
	// platform has no such field at all.
	Err error
}

func (e FieldError) Error() string { return string(e.Field) + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e FieldError) Unwrap() error { return e.Err }

// Field names an input as the vocabulary does; nested ones have dots.
type Field string

// The fields a platform has rules for.
const (
	FieldUsername     Field = "username"
	FieldPassword     Field = "password"
	FieldNickname     Field = "nickname"
	FieldActivated    Field = "activated"
	FieldPush         Field = "push"
	FieldDisplayStyle Field = "push.display_style"
	FieldDoNotDisturb Field = "push.do_not_disturb"
	FieldDNDStart     Field = "push.do_not_disturb_start"
	FieldDNDEnd       Field = "push.do_not_disturb_end"
	FieldProfile      Field = "profile"
	FieldAvatar       Field = "profile.avatar"
	FieldBirthday     Field = "profile.birthday"
	FieldGender       Field = "profile.gender"
	FieldSignature    Field = "profile.signature"
	FieldRegion       Field = "profile.region"
	FieldAddress      Field = "profile.address"
	FieldExtras       Field = "profile.extras"
	FieldNoteName     Field = "note_name"
	FieldNote         Field = "note"
)

// Rule is a broken rule: a sentence for the person who wrote the input. It is ErrInvalid.
func Rule(format string, args ...any) error {
	return &ruleError{kind: ErrInvalid, text: fmt.Sprintf(format, args...)}
}

// Unsupported is a field or feature a platform does not have: a sentence that names both. It is ErrUnsupported.
func Unsupported(platform, what string) error {
	return &ruleError{kind: ErrUnsupported, text: fmt.Sprintf("%s does not support %s.", platform, what)}
}

type ruleError struct {
	kind error
	text string
}

func (e *ruleError) Error() string        { return e.text }
func (e *ruleError) Is(target error) bool { return target == e.kind }

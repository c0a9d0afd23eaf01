package chat

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The kinds of failure a Service returns. Test for them with errors.Is.
var (
	// ErrNotFound: a user or group that the call names does not exist, or a user is not a
	// member of the group.
	ErrNotFound = errors.New("not found")
	// ErrAlreadyExists: a user of this name exists and was not created by this call.
	ErrAlreadyExists = errors.New("already exists")
	// ErrUnauthorized: the platform refuses the credentials. Final.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrThrottled: still throttled after every retry.
	ErrThrottled = errors.New("throttled")
	// ErrQuota: a quota of the plan is used up; waiting does not help.
	ErrQuota = errors.New("quota exceeded")
	// ErrFeatureOff: the application's plan does not include the feature, or it is switched
	// off in the platform's console. Final.
	ErrFeatureOff = errors.New("feature is off")
	// ErrUnsupported: the platform does not have this feature.
	ErrUnsupported = errors.New("unsupported")
	// ErrInvalid: the platform, or a rule checked before calling it, refuses the input.
	ErrInvalid = errors.New("invalid")
	// ErrTooLarge: the request contains more than the platform accepts in one call, or
	// its answer would be too long.
	ErrTooLarge = errors.New("request too large")
	// ErrUnavailable: no usable answer after every retry: a 5xx, a timeout, a broken
	// connection, or an answer that could not be understood.
	ErrUnavailable = errors.New("unavailable")
)

// Error is a call that failed at, or on the way to, a platform.
type Error struct {
	// Kind is one of the sentinels above, or nil if none fits.
	Kind error
	// Op is the operation and its object, as a verb phrase: `register user "alice"`.
	Op string
	// Status is the HTTP status, 0 if no answer arrived.
	Status int
	// Code is the platform's own name or number for the error.
	Code string
	// Text is what the platform said, with every secret of the request removed.
	Text string
	// MaybeApplied reports that the request may have taken effect although no answer said so.
	MaybeApplied bool
	// Unanswered reports that the platform did not answer an attempt that may have taken
	// effect: a timeout, a broken connection, or the 408 or 504 of a gateway. Such an
	// attempt may also take effect later. It is set only together with MaybeApplied.
	Unanswered bool
	// SentAt is when the first attempt was sent, by the clock of this machine; zero if
	// nothing was sent.
	SentAt time.Time
	// Others are the ids of groups of the same name and owner that earlier calls of this
	// process created, if it is unknown whether this one created another.
	Others []string
	// Err is the cause, if there is one.
	Err error
}

// Error says what failed, for whom, and what the platform said, in one line.
func (e *Error) Error() string {
	if reason := e.Reason(); reason != "" {
		return e.Op + ": " + reason
	}
	return e.Op
}

// Reason returns why the call failed, without the operation: the kind, and what the
// platform said.
func (e *Error) Reason() string {
	var parts []string
	if e.Kind != nil {
		parts = append(parts, e.Kind.Error())
	}
	if said := e.Said(); said != "" {
		parts = append(parts, said)
	}
	return strings.Join(parts, ": ")
}

// Said is the platform's side: status, code and text, or the cause if no answer arrived.
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

// For returns err with another operation, after change has edited it. It turns the
// failure of a call for several inputs into the failure of one of them. An error that is
// not an *Error is returned unchanged.
func For(err error, op string, change ...func(*Error)) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	own := *e
	own.Op = op
	for _, c := range change {
		c(&own)
	}
	return &own
}

// Unsettled reports whether it is unknown if the call that returned err took effect, and
// returns when it was first sent, by the clock of this machine.
func Unsettled(err error) (sentAt time.Time, unsettled bool) {
	var e *Error
	if !errors.As(err, &e) || !e.MaybeApplied {
		return time.Time{}, false
	}
	return e.SentAt, true
}

// NotYetApplied returns the error of an unsettled call after a read has shown that it has
// not taken effect so far. If every attempt was answered, the call is settled: it had no
// effect. Otherwise it may still have one, and err is returned unchanged.
func NotYetApplied(err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Unanswered {
		return err
	}
	return For(err, e.Op, func(e *Error) { e.MaybeApplied = false })
}

// Reason returns why a call failed, without the operation.
func Reason(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason()
	}
	return err.Error()
}

// About returns a verb phrase for an operation on users: it names the first of them, and
// how many more there are.
func About(op string, usernames ...string) string {
	switch n := len(usernames); n {
	case 0:
		return op
	case 1:
		return fmt.Sprintf("%s %q", op, usernames[0])
	default:
		return fmt.Sprintf("%s %q and %d more", op, usernames[0], n-1)
	}
}

// Single returns the error of a call about one input: that of the call as a whole, or else
// that of the input.
func Single(errs []error, err error) error {
	if err != nil || len(errs) == 0 {
		return err
	}
	return errs[0]
}

package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/go-resty/resty/v2"

	"terraform-provider-chat/internal/chat"
)

// failure is the error of a call that is not answered by a Response, nil if it is.
func (c *Client) failure(ctx context.Context, cl *call, err error) *chat.Error {
	if err == nil && !cl.interrupted && cl.tooLong == 0 {
		return nil
	}
	failure := &chat.Error{
		Kind:         chat.ErrUnavailable,
		Op:           cl.request.Op,
		MaybeApplied: cl.maybe,
		Unanswered:   cl.unanswered,
		SentAt:       cl.firstSent,
	}
	var held *heldError
	switch {
	case ctx.Err() != nil:
		failure.Status, failure.Err = cl.status, cancelled(ctx, cl.maybe)
	case cl.tooLong > 0:
		failure.Kind, failure.Status, failure.Err = chat.ErrThrottled, cl.status, &heldError{cl.tooLong}
	case errors.As(err, &held):
		failure.Kind, failure.Err = chat.ErrThrottled, held
	default:
		if errors.Is(err, resty.ErrResponseBodyTooLarge) && cl.request.reads() {
			failure.Kind = chat.ErrTooLarge // a call that asks for less may be answered
		}
		failure.Err = errors.New(cl.redact(c.cause(cl, err)))
	}
	return failure
}

// cancelled is the reason of a call whose context ended.
func cancelled(ctx context.Context, maybeApplied bool) error {
	text := "cancelled"
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		text = "stopped because the time for the operation ran out"
	}
	if maybeApplied {
		text += ", and it is not known whether the call took effect"
	}
	return fmt.Errorf("%s: %w", text, ctx.Err())
}

// heldError says that the platform asks to wait for too long.
type heldError struct{ wait time.Duration }

func (e *heldError) Error() string {
	return fmt.Sprintf("the platform asks to wait %s before the next call, longer than the %s that the provider waits; try again later",
		e.wait.Round(time.Second), maxWait)
}

// cause says why there is no answer, how hard it was tried, and what to check.
func (c *Client) cause(cl *call, err error) string {
	var wrapped *url.Error
	text := err.Error()
	switch {
	case errors.Is(err, resty.ErrResponseBodyTooLarge):
		return fmt.Sprintf("the answer is longer than %d MB", maxBody>>20)
	case errors.Is(err, io.ErrUnexpectedEOF):
		text = "the answer was cut short"
	case errors.Is(err, io.EOF):
		text = "the connection was closed before an answer came"
	case errors.As(err, &wrapped):
		text = wrapped.Err.Error()
	}
	if cl.attempts == 0 {
		return text
	}
	what, check := "no answer from", ""
	if cl.neverArrived(err) {
		what, check = "no connection to", "; check the base URL, and that this machine can reach it"
	}
	if badCertificate(err) {
		check = "; check the base URL, and that this machine trusts the certificate of the host"
	}
	tried := "1 attempt"
	if cl.attempts > 1 {
		tried = fmt.Sprintf("%d attempts", cl.attempts)
	}
	if took := cl.answered.Sub(cl.begun).Round(100 * time.Millisecond); took > 0 {
		tried += fmt.Sprintf(" within %s", took)
	}
	return fmt.Sprintf("%s %s in %s: %s%s", what, c.host, tried, text, check)
}

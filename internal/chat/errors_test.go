package chat_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"terraform-provider-chat/internal/chat"
)

func TestErrorText(t *testing.T) {
	for _, tt := range []struct {
		err                chat.Error
		text, reason, said string
	}{
		{chat.Error{Op: "x"}, "x", "", ""},
		{chat.Error{Op: "x", Kind: chat.ErrNotFound}, "x: not found", "not found", ""},
		{
			chat.Error{Op: `read user "ann"`, Kind: chat.ErrUnavailable, Status: 500, Code: "internal", Text: "broken", Err: io.EOF},
			`read user "ann": unavailable: HTTP 500 internal: broken`, "unavailable: HTTP 500 internal: broken", "HTTP 500 internal: broken",
		},
		{chat.Error{Op: "x", Status: 500, Err: io.EOF}, "x: HTTP 500: EOF", "HTTP 500: EOF", "HTTP 500: EOF"},
		{chat.Error{Op: "x", Code: "89"}, "x: 89", "89", "89"},
		{chat.Error{Op: "x", Err: io.EOF}, "x: EOF", "EOF", "EOF"},
	} {
		if got := tt.err.Error(); got != tt.text {
			t.Errorf("error %q, want %q", got, tt.text)
		}
		if got := tt.err.Reason(); got != tt.reason || chat.Reason(fmt.Errorf("wrapped: %w", &tt.err)) != tt.reason {
			t.Errorf("reason %q, want %q", got, tt.reason)
		}
		if got := tt.err.Said(); got != tt.said {
			t.Errorf("said %q, want %q", got, tt.said)
		}
	}
	if got := chat.Reason(io.EOF); got != "EOF" {
		t.Errorf("reason %q", got)
	}
}

func TestErrorKinds(t *testing.T) {
	err := fmt.Errorf("wrapped: %w", &chat.Error{Kind: chat.ErrThrottled, Err: io.EOF})
	for target, want := range map[error]bool{chat.ErrThrottled: true, io.EOF: true, chat.ErrNotFound: false} {
		if errors.Is(err, target) != want {
			t.Errorf("it is %v: %v", target, !want)
		}
	}
	if errors.Is(&chat.Error{}, nil) {
		t.Error("an error without a kind is nil")
	}
}

func TestFor(t *testing.T) {
	batch := &chat.Error{Op: "register 60 users", Kind: chat.ErrUnavailable, Status: 502, MaybeApplied: true, SentAt: now, Err: io.EOF}
	one := chat.For(fmt.Errorf("wrapped: %w", batch), `register user "ann"`, func(e *chat.Error) { e.MaybeApplied = false }, func(e *chat.Error) { e.Code = "1" })
	var e *chat.Error
	if !errors.As(one, &e) || e.Error() != `register user "ann": unavailable: HTTP 502 1: EOF` || e.MaybeApplied || !e.SentAt.Equal(now) || !errors.Is(one, io.EOF) {
		t.Errorf("got %+v", one)
	}
	if batch.Op != "register 60 users" || !batch.MaybeApplied || batch.Code != "" {
		t.Errorf("the error of the batch became %+v", batch)
	}
	if got := chat.For(io.EOF, "x"); !errors.Is(got, io.EOF) || got.Error() != "EOF" {
		t.Errorf("an error of another type became %v", got)
	}
	if got := chat.For(nil, "x"); got != nil {
		t.Errorf("no error became %v", got)
	}
}

func TestUnsettled(t *testing.T) {
	for name, tt := range map[string]struct {
		err       error
		sentAt    time.Time
		unsettled bool
	}{
		"no error":                   {nil, time.Time{}, false},
		"another error":              {io.EOF, time.Time{}, false},
		"without effect":             {&chat.Error{SentAt: now}, time.Time{}, false},
		"perhaps with effect":        {&chat.Error{SentAt: now, MaybeApplied: true}, now, true},
		"wrapped":                    {fmt.Errorf("x: %w", &chat.Error{SentAt: now, MaybeApplied: true}), now, true},
		"the outermost error counts": {&chat.Error{Err: &chat.Error{SentAt: now, MaybeApplied: true}}, time.Time{}, false},
	} {
		if sentAt, unsettled := chat.Unsettled(tt.err); !sentAt.Equal(tt.sentAt) || unsettled != tt.unsettled {
			t.Errorf("%s: %s, %v, want %s, %v", name, sentAt, unsettled, tt.sentAt, tt.unsettled)
		}
	}
}

// A call that was not answered may take effect after a read that shows no effect.
func TestNotYetApplied(t *testing.T) {
	for name, tt := range map[string]struct {
		err       error
		unsettled bool
	}{
		"no error":      {nil, false},
		"another error": {io.EOF, false},
		"not sent":      {&chat.Error{Op: "x"}, false},
		"answered":      {&chat.Error{Op: "x", MaybeApplied: true, SentAt: now}, false},
		"unanswered":    {&chat.Error{Op: "x", MaybeApplied: true, Unanswered: true, SentAt: now}, true},
		"wrapped":       {fmt.Errorf("y: %w", &chat.Error{Op: "x", MaybeApplied: true, Unanswered: true}), true},
	} {
		got := chat.NotYetApplied(tt.err)
		if _, unsettled := chat.Unsettled(got); unsettled != tt.unsettled || tt.err != nil && got.Error() != tt.err.Error() {
			t.Errorf("%s: %v, unsettled %v, want %v", name, got, unsettled, tt.unsettled)
		}
	}
}

func TestAbout(t *testing.T) {
	for _, tt := range []struct {
		names []string
		want  string
	}{
		{nil, "register user"},
		{[]string{"ann"}, `register user "ann"`},
		{[]string{"ann", "bob"}, `register user "ann" and 1 more`},
		{[]string{"a\"n\nn", "bob", "eve"}, `register user "a\"n\nn" and 2 more`},
	} {
		if got := chat.About("register user", tt.names...); got != tt.want {
			t.Errorf("About(%q) is %q, want %q", tt.names, got, tt.want)
		}
	}
}

package jmessage

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// The codes of the platform on which more depends than the kind of an error.
const (
	codeServerError  = 899000
	codeUserExists   = 899001
	codeNoSuchUser   = 899002
	codeBlocked      = 899017
	codeNotBlocked   = 899019
	codeBusy         = 899030
	codeFriends      = 899070
	codeNotFriends   = 899071
	codeRateExceeded = 2002
)

// errorReply is the answer to a call that failed, and the part of the answer to a
// registration that concerns one user.
type errorReply struct {
	Error *problem `json:"error"`
}

type problem struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// kind maps a code of the platform to the vocabulary. The texts differ between servers,
// and many codes share a status, so that only the code decides.
func kind(code int) error {
	switch code {
	case codeUserExists, codeBlocked, codeFriends:
		return chat.ErrAlreadyExists
	case codeNoSuchUser, codeNotBlocked, codeNotFriends:
		return chat.ErrNotFound
	case 899003, // a malformed parameter
		899018: // an administrator cannot be blocked
		return chat.ErrInvalid
	case 899013: // more users than one registration takes
		return chat.ErrTooLarge
	case 899007, 899008, 899009, // no, wrong or unknown credentials
		2003, 2004: // the key is blocked, the address is not allowed
		return chat.ErrUnauthorized
	case 899012, 899015: // no room for more
		return chat.ErrQuota
	case codeRateExceeded:
		return chat.ErrThrottled
	case codeServerError, codeBusy:
		return chat.ErrUnavailable
	}
	return nil
}

// hasCode reports whether err is an answer of the platform with one of the codes.
func hasCode(err error, codes ...int) bool {
	var e *chat.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.Code == strconv.Itoa(code) {
			return true
		}
	}
	return false
}

// asksToRetry reports whether an answer asks to try again although its status does not.
func asksToRetry(status int, body []byte) bool {
	if status < 400 || status >= 500 {
		return false
	}
	var reply errorReply
	if json.Unmarshal(body, &reply) != nil || reply.Error == nil {
		return false
	}
	return reply.Error.Code == codeBusy || reply.Error.Code == codeRateExceeded
}

// failure returns the error of an answer that is not a success, or nil.
func (c *client) failure(res *rest.Response, req rest.Request) error {
	plain := &chat.Error{
		Kind: statusKind(res.Status), Op: req.Op, Status: res.Status,
		Text: http.StatusText(res.Status), MaybeApplied: res.MaybeApplied, SentAt: res.Sent,
	}
	switch {
	case res.Status >= 500:
		// The body of such an answer is often not the platform's.
		return plain
	case res.Status < 300 && len(bytes.TrimSpace(res.Body)) == 0:
		return nil
	}
	var body json.RawMessage
	if err := rest.Decode(res, req, &body); err != nil {
		if plain.Kind != nil {
			return plain
		}
		return err
	}
	var reply errorReply
	_ = json.Unmarshal(body, &reply) // an array, or another object, holds no error
	switch {
	case reply.Error != nil:
		reply.Error.Message = c.rest.Redact(reply.Error.Message, req.Secrets...)
		return problemError(*reply.Error, res, req, req.Op)
	case res.Status < 300:
		return nil
	case plain.Kind == nil:
		plain.Text = rest.Excerpt(res, req)
	}
	return plain
}

// statusKind is the kind of error that a status alone decides, nil if the code does.
func statusKind(status int) error {
	switch {
	case status == http.StatusUnauthorized:
		return chat.ErrUnauthorized
	case status == http.StatusTooManyRequests:
		return chat.ErrThrottled
	case status >= 500:
		return chat.ErrUnavailable
	}
	return nil
}

// problemError is the error of a call, or of one user of a registration, for what the
// platform answered. The message must not hold secrets any more.
func problemError(said problem, res *rest.Response, req rest.Request, op string) error {
	e := &chat.Error{
		Kind: statusKind(res.Status), Op: op, Status: res.Status,
		Code: strconv.Itoa(said.Code), Text: said.Message, MaybeApplied: res.MaybeApplied, SentAt: res.Sent,
	}
	if e.Kind == nil {
		e.Kind = kind(said.Code)
	}
	if said.Code == codeServerError || said.Code == codeBusy {
		// The platform gave up on its way, whatever the status.
		e.MaybeApplied = e.MaybeApplied || req.Method != http.MethodGet && !req.Read
	}
	return e
}

// refusedInput is the error of a call that was not made because of what it would write.
func refusedInput(req rest.Request, err error) error {
	kind := chat.ErrInvalid
	if errors.Is(err, chat.ErrUnsupported) {
		kind = chat.ErrUnsupported
	}
	return &chat.Error{Kind: kind, Op: req.Op, Err: err}
}

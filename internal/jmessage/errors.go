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

// The platform's codes that this package tells apart by more than their kind.
const (
	codeUserExists   = 899001
	codeNoSuchUser   = 899002
	codeBlocked      = 899017
	codeNotBlocked   = 899019
	codeBusy         = 899030
	codeFriends      = 899070
	codeNotFriends   = 899071
	codeRateExceeded = 2002
)

// failure is how the platform says no, in a body of its own or inside one element
// of the answer to a registration.
type failure struct {
	Error *fault `json:"error"`
}

type fault struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// kind maps a code of the platform to the vocabulary. The texts change between
// servers and the statuses are shared by many codes, so neither says more.
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
	case 899000, codeBusy:
		return chat.ErrUnavailable
	}
	return nil
}

// is tells whether err is the platform's answer with one of the codes.
func is(err error, codes ...int) bool {
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

// busy tells that an answer asks for patience although its status does not.
func busy(status int, body []byte) bool {
	if status < 400 || status >= 500 {
		return false
	}
	var f failure
	if json.Unmarshal(body, &f) != nil || f.Error == nil {
		return false
	}
	return f.Error.Code == codeBusy || f.Error.Code == codeRateExceeded
}

// refusal returns the failure that an answer tells of, or nil.
func (c *Client) refusal(res *rest.Response, req rest.Request) error {
	plain := &chat.Error{
		Kind: statusKind(res.Status), Op: req.Op, Users: req.Users, Status: res.Status,
		Text: http.StatusText(res.Status), MaybeApplied: res.MaybeApplied,
	}
	switch {
	case res.Status >= 500:
		// What a server in distress writes is not worth reading.
		return plain
	case res.Status < 300 && len(bytes.TrimSpace(res.Body)) == 0:
		return nil
	}
	var said json.RawMessage
	if err := rest.Decode(res, req, &said); err != nil {
		if plain.Kind != nil {
			return plain
		}
		return err
	}
	var f failure
	// An array, or an object of another shape, simply holds no failure.
	_ = json.Unmarshal(said, &f)
	switch {
	case f.Error != nil:
		f.Error.Message = c.rest.Redact(f.Error.Message, req.Secrets...)
		return told(*f.Error, res, req, req.Users...)
	case res.Status < 300:
		return nil
	case plain.Kind == nil:
		plain.Text = rest.Excerpt(res, req)
	}
	return plain
}

// statusKind is what a status says by itself, nil where it takes the code to tell.
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

// told is the failure of a call, or of some of its users, in the platform's words,
// which hold no secret any more.
func told(said fault, res *rest.Response, req rest.Request, users ...string) error {
	e := &chat.Error{
		Kind: statusKind(res.Status), Op: req.Op, Users: users, Status: res.Status,
		Code: strconv.Itoa(said.Code), Text: said.Message, MaybeApplied: res.MaybeApplied,
	}
	if e.Kind == nil {
		e.Kind = kind(said.Code)
	}
	return e
}

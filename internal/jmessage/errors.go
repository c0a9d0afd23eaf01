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
	codeServerError      = 899000
	codeUserExists       = 899001
	codeNoSuchUser       = 899002
	codeInvalid          = 899003
	codeNoSuchGroup      = 899006
	codeNoSuchApp        = 899009
	codeMember           = 899011
	codeNotMember        = 899014
	codeTooManyGroups    = 899015
	codeBlocked          = 899017
	codeNotBlocked       = 899019
	codeOtherApp         = 899020
	codeUseCrossApp      = 899021
	codeBusy             = 899030
	codeUserQuiet        = 899043
	codeUserNotQuiet     = 899044
	codeNoGroupToQuiet   = 899045
	codeNotInGroup       = 899046
	codeGroupQuiet       = 899047
	codeAllQuiet         = 899048
	codeGroupNotQuiet    = 899049
	codeAllNotQuiet      = 899050
	codeNoGroupToShield  = 899051
	codeShielded         = 899052
	codeNotShielded      = 899053
	codeFriends          = 899070
	codeNotFriends       = 899071
	codeNoSuchRoom       = 899081
	codeNotInRoom        = 899082
	codeRetractedTooLate = 855001
	codeRetractedByOther = 855002
	codeNoSuchMessage    = 855003
	codeRetractedAlready = 855004
	codeRateExceeded     = 2002
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
	case codeUserExists, codeMember, codeBlocked, codeFriends,
		codeUserQuiet, codeGroupQuiet, codeAllQuiet, codeShielded:
		return chat.ErrAlreadyExists
	case codeNoSuchUser, codeNoSuchGroup, codeNotMember, codeNotBlocked, codeNotFriends, codeNoSuchRoom, codeNotInRoom,
		codeUserNotQuiet, codeGroupNotQuiet, codeAllNotQuiet, codeNotShielded,
		codeNoGroupToQuiet, codeNotInGroup, codeNoGroupToShield, codeNoSuchMessage:
		return chat.ErrNotFound
	case codeInvalid, // a malformed parameter
		899016,                        // a sender who may not send
		899018,                        // an administrator cannot be blocked
		codeOtherApp, codeUseCrossApp, // a user of another application
		codeRetractedTooLate, codeRetractedByOther, codeRetractedAlready:
		return chat.ErrInvalid
	case 899013: // more users than one registration takes
		return chat.ErrTooLarge
	case 899007, 899008, codeNoSuchApp, // no, wrong or unknown credentials
		2003, 2004: // the key is blocked, the address is not allowed
		return chat.ErrUnauthorized
	case 899012, codeTooManyGroups: // no room for more
		return chat.ErrQuota
	case codeRateExceeded:
		return chat.ErrThrottled
	case codeServerError, codeBusy:
		return chat.ErrUnavailable
	}
	return nil
}

// meanings say what a code means if the platform's text says little or nothing.
var meanings = map[int]string{
	codeNoSuchApp:        "there is no application with this key",
	899012:               "the group has as many members as it may have",
	codeNotMember:        "a user is not a member of the group",
	codeTooManyGroups:    "a user is in as many groups as a user may be in",
	899016:               "the sender may not send messages",
	codeOtherApp:         "this application has no access to users of that one",
	codeUseCrossApp:      "the user is one of another application, whose key has to be given",
	codeNoGroupToQuiet:   "there is no such group",
	codeNotInGroup:       "the user is not a member of the group",
	codeNoGroupToShield:  "there is no such group",
	codeRetractedTooLate: "a message can be retracted for 3 minutes",
	codeRetractedByOther: "a message can be retracted by its sender only",
	codeNoSuchMessage:    "there is no such message",
	codeRetractedAlready: "the message was retracted before",
	codeFriends:          "the users are friends already",
	codeNotFriends:       "the users are not friends",
}

// explained returns what the platform said with an error, and what the code means.
func explained(said problem) string {
	meaning := meanings[said.Code]
	switch {
	case meaning == "":
		return said.Message
	case said.Message == "":
		return meaning
	}
	return said.Message + " (" + meaning + ")"
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
	code := refusalCode(status, body)
	return code == codeBusy || code == codeRateExceeded
}

// wasNotTried is asksToRetry for a call that must not take effect twice: a platform that
// was busy may have begun.
func wasNotTried(status int, body []byte) bool {
	return refusalCode(status, body) == codeRateExceeded
}

// isUnclear reports whether the platform gave up on its way, although the status of its
// answer says that the call was at fault.
func isUnclear(status int, body []byte) bool { return gaveUp(refusalCode(status, body)) }

// gaveUp reports whether a code says that the platform gave up on its way, so that the call
// may have taken effect.
func gaveUp(code int) bool { return code == codeServerError || code == codeBusy }

// refusalCode returns the code of an answer whose status says that the call was at
// fault, 0 if it is another answer.
func refusalCode(status int, body []byte) int {
	var reply errorReply
	if status < 400 || status >= 500 || json.Unmarshal(body, &reply) != nil || reply.Error == nil {
		return 0
	}
	return reply.Error.Code
}

// failure returns the error of an answer that is not a success, or nil.
func (c *client) failure(res *rest.Response, req rest.Request) error {
	plain := &chat.Error{
		Kind: statusKind(res.Status), Op: req.Op, Status: res.Status,
		Text: http.StatusText(res.Status), MaybeApplied: res.MaybeApplied, Unanswered: res.Unanswered, SentAt: res.Sent,
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
		Code: strconv.Itoa(said.Code), Text: explained(said),
		MaybeApplied: res.MaybeApplied, Unanswered: res.Unanswered, SentAt: res.Sent,
	}
	if e.Kind == nil {
		e.Kind = kind(said.Code)
	}
	if gaveUp(said.Code) {
		e.MaybeApplied = e.MaybeApplied || req.Method != http.MethodGet && !req.Read
	}
	return e
}

// unusable is the error of an answer that does not hold what it should.
func unusable(res *rest.Response, req rest.Request, text string) error {
	return &chat.Error{
		Kind: chat.ErrUnavailable, Op: req.Op, Status: res.Status, Text: text, SentAt: res.Sent,
		MaybeApplied: res.MaybeApplied || req.Method != http.MethodGet && !req.Read, Unanswered: res.Unanswered,
	}
}

// refusedInput is the error of a call that was not made because of what it would write.
func refusedInput(req rest.Request, err error) error {
	kind := chat.ErrInvalid
	if errors.Is(err, chat.ErrUnsupported) {
		kind = chat.ErrUnsupported
	}
	return &chat.Error{Kind: kind, Op: req.Op, Err: err}
}

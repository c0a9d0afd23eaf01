package jmessage

import (
	"errors"
	"fmt"
	"net/http"
)

// The codes the emulated calls answer with.
const (
	codeRateLimited        = 2002
	codeRetractTooLate     = 855001
	codeRetractNotSender   = 855002
	codeRetractNoMessage   = 855003
	codeRetractAgain       = 855004
	codeServerError        = 899000
	codeUserExists         = 899001
	codeNoUser             = 899002
	codeInvalid            = 899003
	codeNoGroup            = 899006
	codeMissingAuth        = 899007
	codeBadAuth            = 899008
	codeNoApplication      = 899009
	codeAlreadyMember      = 899011
	codeGroupFull          = 899012
	codeTooManyUsers       = 899013
	codeNotMember          = 899014
	codeTooManyGroups      = 899015
	codeNoAuthority        = 899016
	codeAlreadyBlocked     = 899017
	codeBlocksAdmin        = 899018
	codeNotBlocked         = 899019
	codeOtherApp           = 899020
	codeUseCross           = 899021
	codeSingleAlreadyQuiet = 899043
	codeSingleNotQuiet     = 899044
	codeQuietNoGroup       = 899045
	codeQuietNotInGroup    = 899046
	codeGroupAlreadyQuiet  = 899047
	codeGroupNotQuiet      = 899049
	codeShieldNoGroup      = 899051
	codeShieldOn           = 899052
	codeShieldOff          = 899053
	codeAlreadyFriend      = 899070
	codeNotFriend          = 899071
	codeNoRoom             = 899081
	codeNotInRoom          = 899082
)

// failure is an error as the platform reports it.
type failure struct {
	status  int
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (f *failure) Error() string {
	return fmt.Sprintf("%d %d %s", f.status, f.Code, f.Message)
}

type failureBody struct {
	Error *failure `json:"error"`
}

// codes holds the status and the text of each code. Some codes come without a text.
var codes = map[int]struct {
	status int
	text   string
}{
	codeRateLimited:        {http.StatusTooManyRequests, "Rate limit exceeded"},
	codeRetractTooLate:     {http.StatusForbidden, "retract message timeout"},
	codeRetractNotSender:   {http.StatusForbidden, "not the sender of the message"},
	codeRetractNoMessage:   {http.StatusForbidden, "message not exist"},
	codeRetractAgain:       {http.StatusForbidden, "message has been retracted"},
	codeServerError:        {http.StatusInternalServerError, "Server internal error"},
	codeUserExists:         {http.StatusForbidden, "User exist"},
	codeNoUser:             {http.StatusForbidden, "No such user"},
	codeInvalid:            {http.StatusBadRequest, "parameter invalid"},
	codeNoGroup:            {http.StatusForbidden, "Group id invalid"},
	codeMissingAuth:        {http.StatusUnauthorized, "Missing authen info"},
	codeBadAuth:            {http.StatusUnauthorized, "Basic authentication failed"},
	codeNoApplication:      {http.StatusBadRequest, "Appkey not exist"},
	codeAlreadyMember:      {http.StatusBadRequest, "Repeat to add the members"},
	codeGroupFull:          {http.StatusForbidden, "No enough space for members"},
	codeTooManyUsers:       {http.StatusForbidden, "User list is bigger than 500"},
	codeNotMember:          {http.StatusForbidden, "add success remove fail, user is not in group"},
	codeTooManyGroups:      {http.StatusForbidden, "User 's group are full can not continue"},
	codeNoAuthority:        {http.StatusForbidden, "No authority to send message"},
	codeAlreadyBlocked:     {http.StatusForbidden, "There are usernames exist in blacklist"},
	codeBlocksAdmin:        {http.StatusForbidden, "Admin can not be added into blacklist"},
	codeNotBlocked:         {http.StatusForbidden, "Here are usernames not exist in blacklist"},
	codeOtherApp:           {http.StatusForbidden, "no auth to operating other appkey"},
	codeUseCross:           {http.StatusForbidden, "should use cross app api"},
	codeSingleAlreadyQuiet: {http.StatusForbidden, "duplicate add user"},
	codeSingleNotQuiet:     {http.StatusForbidden, "user is not exist in setting"},
	codeQuietNoGroup:       {http.StatusForbidden, "group is not exist"},
	codeQuietNotInGroup:    {http.StatusForbidden, "user is not in group"},
	codeGroupAlreadyQuiet:  {http.StatusForbidden, "duplicate add group"},
	codeGroupNotQuiet:      {http.StatusForbidden, "group is not exist in setting"},
	codeShieldNoGroup:      {http.StatusForbidden, "group is not exist"},
	codeShieldOn:           {http.StatusForbidden, "group shield already open"},
	codeShieldOff:          {http.StatusForbidden, "group shield already close"},
	codeAlreadyFriend:      {http.StatusForbidden, ""},
	codeNotFriend:          {http.StatusForbidden, ""},
	codeNoRoom:             {http.StatusForbidden, "room id no exist"},
	codeNotInRoom:          {http.StatusForbidden, "user not in room"},
}

// refusal returns the error with that code.
func refusal(code int) error {
	known := codes[code]
	return &failure{status: known.status, Code: code, Message: known.text}
}

// asFailure returns what the platform says about err.
func asFailure(err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	return &failure{status: http.StatusInternalServerError, Code: codeServerError, Message: err.Error()}
}

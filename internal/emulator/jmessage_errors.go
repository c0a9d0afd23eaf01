package emulator

import (
	"errors"
	"fmt"
	"net/http"
)

// The codes the emulated calls answer with.
const (
	jmRateLimited        = 2002
	jmRetractTooLate     = 855001
	jmRetractNotSender   = 855002
	jmRetractNoMessage   = 855003
	jmRetractAgain       = 855004
	jmServerError        = 899000
	jmUserExists         = 899001
	jmNoUser             = 899002
	jmInvalid            = 899003
	jmNoGroup            = 899006
	jmMissingAuth        = 899007
	jmBadAuth            = 899008
	jmNoApplication      = 899009
	jmAlreadyMember      = 899011
	jmGroupFull          = 899012
	jmTooManyUsers       = 899013
	jmNotMember          = 899014
	jmTooManyGroups      = 899015
	jmNoAuthority        = 899016
	jmAlreadyBlocked     = 899017
	jmBlocksAdmin        = 899018
	jmNotBlocked         = 899019
	jmUseCross           = 899021
	jmSingleAlreadyQuiet = 899043
	jmSingleNotQuiet     = 899044
	jmQuietNoGroup       = 899045
	jmQuietNotInGroup    = 899046
	jmGroupAlreadyQuiet  = 899047
	jmGlobalAlreadyQuiet = 899048
	jmGroupNotQuiet      = 899049
	jmGlobalNotQuiet     = 899050
	jmShieldNoGroup      = 899051
	jmShieldOn           = 899052
	jmShieldOff          = 899053
	jmAlreadyFriend      = 899070
	jmNotFriend          = 899071
	jmNoRoom             = 899081
	jmNotInRoom          = 899082
)

// jmError is an error as the platform reports it.
type jmError struct {
	status  int
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *jmError) Error() string {
	return fmt.Sprintf("%d %d %s", e.status, e.Code, e.Message)
}

type jmErrorBody struct {
	Error *jmError `json:"error"`
}

// jmTexts holds the status and the text of each code. Some codes come without a text.
var jmTexts = map[int]struct {
	status int
	text   string
}{
	jmRateLimited:        {http.StatusTooManyRequests, "Rate limit exceeded"},
	jmRetractTooLate:     {http.StatusForbidden, "retract message timeout"},
	jmRetractNotSender:   {http.StatusForbidden, "not the sender of the message"},
	jmRetractNoMessage:   {http.StatusForbidden, "message not exist"},
	jmRetractAgain:       {http.StatusForbidden, "message has been retracted"},
	jmServerError:        {http.StatusInternalServerError, "Server internal error"},
	jmUserExists:         {http.StatusForbidden, "User exist"},
	jmNoUser:             {http.StatusForbidden, "No such user"},
	jmInvalid:            {http.StatusBadRequest, "parameter invalid"},
	jmNoGroup:            {http.StatusForbidden, "Group id invalid"},
	jmMissingAuth:        {http.StatusUnauthorized, "Missing authen info"},
	jmBadAuth:            {http.StatusUnauthorized, "Basic authentication failed"},
	jmNoApplication:      {http.StatusBadRequest, "Appkey not exist"},
	jmAlreadyMember:      {http.StatusBadRequest, "Repeat to add the members"},
	jmGroupFull:          {http.StatusForbidden, "No enough space for members"},
	jmTooManyUsers:       {http.StatusForbidden, "User list is bigger than 500"},
	jmNotMember:          {http.StatusForbidden, "add success remove fail, user is not in group"},
	jmTooManyGroups:      {http.StatusForbidden, "User 's group are full can not continue"},
	jmNoAuthority:        {http.StatusForbidden, "No authority to send message"},
	jmAlreadyBlocked:     {http.StatusForbidden, "There are usernames exist in blacklist"},
	jmBlocksAdmin:        {http.StatusForbidden, "Admin can not be added into blacklist"},
	jmNotBlocked:         {http.StatusForbidden, "Here are usernames not exist in blacklist"},
	jmUseCross:           {http.StatusForbidden, "should use cross app api"},
	jmSingleAlreadyQuiet: {http.StatusForbidden, "duplicate add user"},
	jmSingleNotQuiet:     {http.StatusForbidden, "user is not exist in setting"},
	jmQuietNoGroup:       {http.StatusForbidden, "group is not exist"},
	jmQuietNotInGroup:    {http.StatusForbidden, "user is not in group"},
	jmGroupAlreadyQuiet:  {http.StatusForbidden, "duplicate add group"},
	jmGlobalAlreadyQuiet: {http.StatusForbidden, "already open global"},
	jmGroupNotQuiet:      {http.StatusForbidden, "group is not exist in setting"},
	jmGlobalNotQuiet:     {http.StatusForbidden, "already close global"},
	jmShieldNoGroup:      {http.StatusForbidden, "group is not exist"},
	jmShieldOn:           {http.StatusForbidden, "group shield already open"},
	jmShieldOff:          {http.StatusForbidden, "group shield already close"},
	jmAlreadyFriend:      {http.StatusForbidden, ""},
	jmNotFriend:          {http.StatusForbidden, ""},
	jmNoRoom:             {http.StatusForbidden, "room id no exist"},
	jmNotInRoom:          {http.StatusForbidden, "user not in room"},
}

// jmFail returns the error with that code.
func jmFail(code int) error {
	known := jmTexts[code]
	return &jmError{status: known.status, Code: code, Message: known.text}
}

// jmAsError returns what the platform says about err.
func jmAsError(err error) *jmError {
	var failure *jmError
	if errors.As(err, &failure) {
		return failure
	}
	return &jmError{status: http.StatusInternalServerError, Code: jmServerError, Message: err.Error()}
}

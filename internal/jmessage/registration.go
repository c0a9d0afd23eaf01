package jmessage

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// registration is a user as it is registered.
type registration struct {
	Username string `json:"username"`
	Password string `json:"password"`
	fields
}

// newRegistration translates a user to register. What is empty is left out: there is
// nothing to clear yet.
func newRegistration(u chat.NewUser) (registration, error) {
	f, err := fieldsOf(chat.Settings{Nickname: u.Nickname, Profile: u.Profile})
	if err != nil {
		return registration{}, err
	}
	for _, text := range []**string{&f.Nickname, &f.Avatar, &f.Birthday, &f.Signature, &f.Region, &f.Address} {
		*text = nonEmpty(*text)
	}
	return registration{Username: u.Username, Password: u.Password, fields: f}, nil
}

// registrationReply is what the platform answers about one user of a registration.
type registrationReply struct {
	Username string `json:"username"`
	errorReply
}

// Create registers users ("注册用户"). The platform answers for each user, so that one
// it refuses does not keep the others from being registered.
func (c users) Create(ctx context.Context, users []chat.NewUser) ([]chat.UserResult, error) {
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.Username
	}
	req := rest.Request{Op: chat.About("register user", names...), Method: http.MethodPost, Path: usersPath()}
	if err := userLimits.Create.Check(req.Op, len(users)); err != nil {
		return nil, err
	}
	if len(users) == 0 {
		return nil, nil
	}
	body := make([]registration, len(users))
	for i, u := range users {
		var err error
		if body[i], err = newRegistration(u); err != nil {
			return nil, refusedInput(req, err)
		}
		req.Secrets = append(req.Secrets, u.Password)
	}
	req.Body = body

	res, err := c.send(ctx, req)
	if err != nil {
		return nil, err
	}
	replies, err := c.registrationReplies(res, req)
	if err != nil {
		return nil, err
	}
	results := make([]chat.UserResult, len(users))
	for i, name := range names {
		results[i] = resultOf(replyAbout(replies, i, name, len(names)), res, req, name)
	}
	return results, nil
}

// resultOf returns the result that the answer to a registration holds for one user.
func resultOf(said *registrationReply, res *rest.Response, req rest.Request, name string) chat.UserResult {
	op := chat.About("register user", name)
	switch {
	case said == nil || said.Error == nil && res.Status >= 300:
		return chat.UserResult{Err: &chat.Error{
			Kind: chat.ErrUnavailable, Op: op, Status: res.Status,
			Text:         "the response does not say whether the user was registered",
			MaybeApplied: true, Unanswered: res.Unanswered, SentAt: res.Sent,
		}}
	case said.Error == nil:
		return chat.UserResult{User: &chat.User{Username: name, Registration: confirmedBy(res)}}
	}
	return chat.UserResult{Err: problemError(*said.Error, res, req, op)}
}

// confirmedBy is the registration of a user that an answer confirms. When it was is not
// known before the user is read, which would cost a request for each: it was between
// sending and answering.
func confirmedBy(res *rest.Response) chat.Registration {
	at := res.Answered
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		at = date
	}
	return chat.Registration{
		CreatedAt: at.Truncate(time.Second), Since: res.Sent, Until: res.Answered, Approximate: true,
	}
}

// registrationReplies returns what the platform says of each user. It answers with an
// array if it registered any of them, or refuses each for a reason of its own.
func (c users) registrationReplies(res *rest.Response, req rest.Request) ([]registrationReply, error) {
	var replies []registrationReply
	if res.Status < 500 && rest.Decode(res, req, &replies) == nil {
		// Most of hundreds of users share a text, and each text is searched for the
		// passwords of all of them.
		clean := map[string]string{}
		for _, said := range replies {
			if said.Error == nil {
				continue
			}
			text, ok := clean[said.Error.Message]
			if !ok {
				text = c.rest.Redact(said.Error.Message, req.Secrets...)
				clean[said.Error.Message] = text
			}
			said.Error.Message = text
		}
		return replies, nil
	}
	if err := c.failure(res, req); err != nil {
		return nil, err
	}
	return nil, &chat.Error{
		Kind: chat.ErrUnavailable, Op: req.Op, Status: res.Status,
		Text:         "the response does not say which users were registered",
		MaybeApplied: true, Unanswered: res.Unanswered, SentAt: res.Sent,
	}
}

// replyAbout returns what the answer says of the i-th of n users, nil if it does not
// mention it. If the answer is complete its order decides, so that a name that was given
// twice gets both of its replies.
func replyAbout(replies []registrationReply, i int, name string, n int) *registrationReply {
	if len(replies) == n && (replies[i].Username == name || replies[i].Username == "") {
		return &replies[i]
	}
	for j := range replies {
		if replies[j].Username == name {
			return &replies[j]
		}
	}
	return nil
}

func registrationSize(u chat.NewUser) int {
	r, err := newRegistration(u)
	if err != nil {
		return 0
	}
	body, err := json.Marshal(r) //nolint:gosec // only its length is used
	if err != nil {
		return 0
	}
	return len(body) + len(",")
}

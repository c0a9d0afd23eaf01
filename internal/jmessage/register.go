package jmessage

import (
	"context"
	"errors"
	"net/http"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// fewToRead is how many lost registrations are worth reading one by one before
// reading pages of users instead.
const fewToRead = 3

// clockGrain is how much earlier than its registration a user may seem to be
// created: the platform writes whole seconds, by a clock that its Date need not share.
const clockGrain = 2 * time.Second

// registered is what the platform says of one user of a registration.
type registered struct {
	Username string `json:"username"`
	failure
}

// CreateUsers registers users ("注册用户"). At most Limits().CreateUsers; past that
// ErrTooLarge. The platform answers for each user, so one that it refuses does not
// keep the others from being registered.
func (c *Client) CreateUsers(ctx context.Context, users []chat.NewUser) ([]chat.UserResult, error) {
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.Username
	}
	req := rest.Request{Op: "register user", Users: names, Method: http.MethodPost, Path: everyone()}
	if err := fits(req.Op, names, c.platform.Limits().CreateUsers); err != nil {
		return nil, err
	}
	if len(users) == 0 {
		return nil, nil
	}
	body := make([]newcomer, len(users))
	for i, u := range users {
		var err error
		if body[i], err = registration(u); err != nil {
			return nil, refused(req, err)
		}
		req.Secrets = append(req.Secrets, u.Password)
	}
	req.Body = body

	asked := time.Now()
	called := func() time.Time { return c.rest.ServerTime(asked) }
	res, err := c.send(ctx, req)
	var answer []registered
	if err == nil {
		called = func() time.Time { return res.FirstSent }
		answer, err = c.registrations(res, req)
	}
	results := make([]chat.UserResult, len(users))
	if err != nil && !uncertain(err) {
		return nil, err
	}
	var open []int
	for i, name := range names {
		var certain bool
		if err != nil {
			results[i].Err = lost(err, req, name)
		} else {
			results[i], certain = judge(find(answer, i, name, len(names)), res, req, name)
		}
		if !certain {
			open = append(open, i)
		}
	}
	if c.settle(ctx, open, names, results, called) == 0 && err != nil {
		return nil, err
	}
	return results, nil
}

// judge returns the result that the answer to a registration holds for one user,
// and whether it is certain.
func judge(said *registered, res *rest.Response, req rest.Request, name string) (chat.UserResult, bool) {
	if said == nil || said.Error == nil && res.Status >= 300 {
		return chat.UserResult{Err: &chat.Error{
			Kind: chat.ErrUnavailable, Op: req.Op, Users: []string{name}, Status: res.Status,
			Text: "The answer does not say what became of the user.", MaybeApplied: true,
		}}, false
	}
	if said.Error == nil {
		return chat.UserResult{User: &chat.User{Username: name, CreatedAt: answered(res)}}, true
	}
	err := told(*said.Error, res, req, name)
	if said.Error.Code == codeUserExists && res.MaybeApplied {
		// It may be our own earlier attempt that the platform found.
		return chat.UserResult{Err: lost(err, req, name)}, false
	}
	return chat.UserResult{Err: err}, !errors.Is(err, chat.ErrUnavailable)
}

// answered is when the platform says it answered. A user registered by the answer
// was created then, give or take a second; the platform does not say it better
// before the user is read, which would cost a request for each.
func answered(res *rest.Response) time.Time {
	date, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return date
}

// registrations returns what the platform says of each user: it answers with an
// array when it registered any of them, and when it refuses all for reasons of their own.
func (c *Client) registrations(res *rest.Response, req rest.Request) ([]registered, error) {
	var answer []registered
	if res.Status < 500 && rest.Decode(res, req, &answer) == nil {
		// Hundreds of users mostly share a text, and each text is searched for the
		// passwords of all of them.
		clean := map[string]string{}
		for _, said := range answer {
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
		return answer, nil
	}
	if err := c.refusal(res, req); err != nil {
		return nil, err
	}
	return nil, &chat.Error{
		Kind: chat.ErrUnavailable, Op: req.Op, Users: req.Users, Status: res.Status,
		Text: "The answer does not say what became of the users.", MaybeApplied: true,
	}
}

// find returns what the answer says of the i-th of n users. The order decides where
// the answer is complete, so that a name given twice gets both of its answers.
func find(answer []registered, i int, name string, n int) *registered {
	if len(answer) == n && (answer[i].Username == name || answer[i].Username == "") {
		return &answer[i]
	}
	for j := range answer {
		if answer[j].Username == name {
			return &answer[j]
		}
	}
	return nil
}

// uncertain tells whether a registration that failed may have registered users. One
// that the platform refused as such would have been refused before as well.
func uncertain(err error) bool {
	var e *chat.Error
	if !errors.As(err, &e) || !e.MaybeApplied {
		return false
	}
	return !errors.Is(e, chat.ErrInvalid) && !errors.Is(e, chat.ErrTooLarge) && !errors.Is(e, chat.ErrUnauthorized)
}

// lost is the failure of one user of a registration whose answer was lost.
func lost(cause error, req rest.Request, name string) error {
	var e *chat.Error
	if !errors.As(cause, &e) {
		return cause
	}
	one := *e
	one.Op, one.Users, one.MaybeApplied = req.Op, []string{name}, true
	if errors.Is(e, chat.ErrAlreadyExists) {
		one.Kind = chat.ErrUnavailable
		one.Text = "The user exists, but whether this call registered it could not be read."
	}
	return &one
}

// settle reads what became of users whose registration has no certain answer, puts
// it in their results, and returns for how many it found out. The others keep the
// result they have. Called tells, once anything was read, when the registration
// was called by the platform's clock.
func (c *Client) settle(ctx context.Context, open []int, names []string, results []chat.UserResult, called func() time.Time) int {
	var listed map[string]chat.User
	if len(open) > fewToRead {
		var err error
		if listed, err = c.youngest(ctx); err != nil {
			return 0
		}
	}
	settled := 0
	for _, i := range open {
		found, ok := listed[names[i]]
		if !ok {
			read, err := c.GetUser(ctx, names[i], chat.Basic)
			switch {
			case errors.Is(err, chat.ErrNotFound):
				continue
			case err != nil:
				// Hundreds more such reads would only take long.
				return settled
			}
			found = *read
		}
		settled++
		if found.CreatedAt.Before(called().Truncate(time.Second).Add(-clockGrain)) {
			results[i] = chat.UserResult{Err: &chat.Error{
				Kind: chat.ErrAlreadyExists, Op: "register user", Users: []string{names[i]},
				Text: "The user was registered before this call.",
			}}
			continue
		}
		results[i] = chat.UserResult{User: &found}
	}
	return settled
}

// youngest returns the users at both ends of the listing. The platform lists users
// by age, though it does not promise to.
func (c *Client) youngest(ctx context.Context) (map[string]chat.User, error) {
	page, err := c.ListUsersAt(ctx, 0)
	if err != nil {
		return nil, err
	}
	users := page.Users
	if page.Next != "" {
		page, err = c.ListUsersAt(ctx, max(0, page.Total-c.platform.Limits().UserPage))
		if err != nil {
			return nil, err
		}
		users = append(users, page.Users...)
	}
	named := make(map[string]chat.User, len(users))
	for _, u := range users {
		named[u.Username] = u
	}
	return named, nil
}

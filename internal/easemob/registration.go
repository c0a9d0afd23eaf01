package easemob

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// registration is a user as it is registered.
type registration struct {
	Username string  `json:"username"`
	Password string  `json:"password"`
	Nickname *string `json:"nickname,omitempty"`
}

// newRegistration translates a user to register.
func newRegistration(user chat.NewUser) registration {
	return registration{Username: userKey(user.Username), Password: user.Password, Nickname: user.Nickname}
}

func registrationSize(user chat.NewUser) int {
	encoded, err := json.Marshal(newRegistration(user)) //nolint:gosec // only its length is used
	if err != nil {
		return maxBody
	}
	// With the commas and brackets around.
	return len(encoded) + 2
}

// Create implements chat.Users ("Register a single user (authorization)" for one user,
// "Registration of users'" for several).
func (c users) Create(ctx context.Context, users []chat.NewUser) ([]chat.UserResult, error) {
	names := make([]string, len(users))
	for i, user := range users {
		names[i] = user.Username
	}
	request := rest.Request{
		Op:     chat.About("register user", names...),
		Method: http.MethodPost,
		Path:   []string{"users"},
	}
	if err := userLimits.Create.Check(request.Op, len(users)); err != nil || len(users) == 0 {
		return nil, err
	}
	batch := make([]registration, len(users))
	size := 0
	for i, user := range users {
		if user.Profile != nil {
			return nil, unsupported(request, "the registration of a user with a profile")
		}
		batch[i] = newRegistration(user)
		request.Secrets = append(request.Secrets, user.Password)
		size += registrationSize(user)
	}
	if len(users) > 1 && size > maxBody {
		return nil, &chat.Error{Kind: chat.ErrTooLarge, Op: request.Op, Text: "the names and passwords do not fit into one call"}
	}
	if request.Body = any(batch); len(batch) == 1 {
		request.Body = batch[0]
	}
	var reply createReply
	sent, err := c.send(ctx, request, &reply)
	if err == nil {
		return c.registered(users, reply, sent, request), nil
	}
	if len(users) == 1 {
		return []chat.UserResult{{Err: err}}, nil
	}
	return nil, err
}

// createReply answers registrations.
type createReply struct {
	usersReply
	// Data holds the users that were not registered.
	Data []struct {
		Username string `json:"username"`
		Reason   string `json:"registerUserFailReason"`
	} `json:"data"`
}

// registered reads the answer to a registration, input by input.
func (c users) registered(users []chat.NewUser, reply createReply, sent sending, request rest.Request) []chat.UserResult {
	created := map[string]chat.User{}
	for _, e := range reply.Entities {
		created[userKey(e.Username)] = c.user(e)
	}
	refused := map[string]string{}
	for _, d := range reply.Data {
		refused[userKey(d.Username)] = d.Reason
	}
	results := make([]chat.UserResult, len(users))
	for i, user := range users {
		key := userKey(user.Username)
		if u, ok := created[key]; ok {
			results[i].User = &u
			// The same name once more in one call is one user.
			delete(created, key)
			refused[key] = "already exists: the name is in the call twice"
			continue
		}
		failure := &chat.Error{Op: chat.About("register user", user.Username), Status: http.StatusOK, SentAt: sent.at}
		reason, given := refused[key]
		failure.Text = c.rest.Redact(reason, request.Secrets...)
		switch {
		case !given:
			failure.Kind, failure.Text = chat.ErrUnavailable, "the answer does not mention the user"
			failure.MaybeApplied, failure.Unanswered = true, sent.unanswered
		case strings.Contains(reason, "exist"):
			// If an attempt before this one was lost, it may be our own user.
			failure.Kind, failure.MaybeApplied, failure.Unanswered = chat.ErrAlreadyExists, sent.maybeApplied, sent.unanswered
		default:
			failure.Kind = chat.ErrInvalid
		}
		results[i].Err = failure
	}
	return results
}

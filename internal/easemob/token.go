package easemob

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// token is the application's token, and what is known of it.
type token struct {
	chat.Token
	// renewAt is when to fetch another one; zero is when it is refused.
	renewAt   time.Time
	fetchedAt time.Time
	// renewal is set where the one before was refused.
	renewal bool
	// accepted is set when the platform took it once.
	accepted atomic.Bool
}

// tokens keeps the application's token. The platform blocks accounts that ask for
// tokens too often, so there is one at a time, however many calls wait for it.
type tokens struct {
	fetch func(context.Context) (*chat.Token, error)
	given *token

	flight  singleflight.Group
	mu      sync.Mutex
	current *token
	// refusal is why the platform gives no token, which does not change by asking again.
	refusal error
}

// get returns a token that is not the refused one. Its error is the platform's, or
// that of the context, which ends the waiting only of whoever it belongs to.
func (t *tokens) get(ctx context.Context, refused *token) (*token, error) {
	if t.given != nil {
		return t.given, nil
	}
	if current, err := t.known(refused); current != nil || err != nil {
		return current, err
	}
	select {
	case done := <-t.flight.DoChan("", func() (any, error) { return t.renew(context.WithoutCancel(ctx), refused) }):
		if done.Err != nil {
			return nil, done.Err
		}
		return done.Val.(*token), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// known returns the token or the refusal there is already.
func (t *tokens) known(refused *token) (*token, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.refusal != nil:
		return nil, t.refusal
	case t.current == nil, t.current == refused:
		return nil, nil
	case !t.current.renewAt.IsZero() && time.Now().After(t.current.renewAt):
		return nil, nil
	}
	return t.current, nil
}

func (t *tokens) renew(ctx context.Context, refused *token) (*token, error) {
	// Whoever came late finds what the flight before brought.
	if current, err := t.known(refused); current != nil || err != nil {
		return current, err
	}
	fetched, err := t.fetch(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		if errors.Is(err, chat.ErrUnauthorized) || errors.Is(err, chat.ErrInvalid) {
			t.refusal = err
		}
		return nil, err
	}
	now := time.Now()
	next := &token{Token: *fetched, fetchedAt: now, renewal: refused != nil}
	if !fetched.ExpiresAt.IsZero() {
		life := fetched.ExpiresAt.Sub(now)
		next.renewAt = fetched.ExpiresAt.Add(-min(5*time.Minute, life/2))
	}
	t.current = next
	return next, nil
}

// renewable tells whether it is worth fetching another token after this one was
// refused. Where the last renewal was refused as well, it is not for a while.
func (t *tokens) renewable(refused *token) bool {
	if refused == t.given {
		return false
	}
	return !refused.renewal || refused.accepted.Load() || time.Since(refused.fetchedAt) > time.Minute
}

type tokenReply struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   loose  `json:"expires_in"`
}

// token checks what came and hides it from logs.
func (c *Client) token(reply tokenReply, resp *rest.Response, request rest.Request) (*chat.Token, error) {
	if reply.AccessToken == "" {
		return nil, &chat.Error{Kind: chat.ErrUnavailable, Op: request.Op, Users: request.Users, Status: resp.Status, Text: "an answer without a token"}
	}
	c.rest.Hide(reply.AccessToken)
	t := &chat.Token{Value: reply.AccessToken}
	if seconds := reply.ExpiresIn.int(); seconds != nil && *seconds > 0 {
		life := time.Duration(*seconds) * time.Second
		if *seconds > tenYears {
			// One cluster tells milliseconds.
			life = time.Duration(*seconds) * time.Millisecond
		}
		t.ExpiresAt = time.Now().Add(life)
	}
	return t, nil
}

const tenYears = 10 * 365 * 24 * 60 * 60

// fetchAppToken implements "Get administrator permission". A wrong ID or secret is
// ErrUnauthorized.
func (c *Client) fetchAppToken(ctx context.Context, id, secret string) (*chat.Token, error) {
	return c.grant(ctx, rest.Request{
		Op:      "fetch a token for the application",
		Unpaced: true,
		Secrets: []string{secret},
		Body: map[string]any{
			"grant_type":    "client_credentials",
			"client_id":     id,
			"client_secret": secret,
		},
	})
}

// AppToken implements chat.TokenIssuer.
func (c *Client) AppToken(ctx context.Context) (*chat.Token, error) {
	t, err := c.tokens.get(ctx, nil)
	if err != nil {
		return nil, tokenError(rest.Request{Op: "fetch a token for the application"}, err, false)
	}
	issued := t.Token
	return &issued, nil
}

// IssueUserToken implements chat.TokenIssuer with the password grant of the token
// endpoint. A wrong password or a disabled user is ErrUnauthorized, a missing one
// ErrNotFound.
func (c *Client) IssueUserToken(ctx context.Context, username, password string, ttl time.Duration) (*chat.Token, error) {
	body := map[string]any{
		"grant_type": "password",
		"username":   c.UserKey(username),
		"password":   password,
	}
	if ttl > 0 {
		body["ttl"] = int64(ttl / time.Second)
	}
	return c.grant(ctx, rest.Request{
		Op:      "fetch a token for user",
		Users:   []string{username},
		Secrets: []string{password},
		Body:    body,
	})
}

func (c *Client) grant(ctx context.Context, request rest.Request) (*chat.Token, error) {
	request.Method = http.MethodPost
	request.Path = []string{c.org, c.app, "token"}
	request.Final = outOfQuota
	resp, err := c.rest.Do(ctx, request)
	if err != nil {
		return nil, err
	}
	if resp.Status != http.StatusOK {
		return nil, c.failure(resp, request)
	}
	var reply tokenReply
	if err := rest.Decode(resp, request, &reply); err != nil {
		return nil, err
	}
	return c.token(reply, resp, request)
}

package easemob

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// token is the application's token.
type token struct {
	chat.Token
	// renewAt is when to fetch another one; zero if its end is not known.
	renewAt time.Time
}

// old reports whether the token has to be renewed because of its age.
func (t *token) old() bool { return !t.renewAt.IsZero() && time.Now().After(t.renewAt) }

// refusalRest is how long a refusal buys no other token, after a refused token was
// replaced: if the new one is refused as well, yet another one does not help.
const refusalRest = time.Minute

// errRefused is the error of a call that no other token will help.
var errRefused = errors.New("the platform refused the token, and a new token as well")

// tokens keeps the application's token. The platform blocks accounts that ask for
// tokens too often, so there is one at a time, however many calls wait for it.
type tokens struct {
	fetch func(context.Context) (*chat.Token, error)
	given *token

	flight  singleflight.Group
	mu      sync.Mutex
	current *token
	// replacedAt is when a token was last replaced because it was refused.
	replacedAt time.Time
	// denial is why the platform gives no token, which does not change by asking again.
	denial error
}

// get returns a token. Its error is the platform's, or that of the context, which
// ends the waiting of its own caller only.
func (t *tokens) get(ctx context.Context) (*token, error) { return t.replace(ctx, nil) }

// replace returns a token that is not the refused one. Its errors are those of get,
// and errRefused if there is no other token to be had.
func (t *tokens) replace(ctx context.Context, refused *token) (*token, error) {
	if t.given != nil {
		if refused != nil {
			return nil, errRefused
		}
		return t.given, nil
	}
	current, err := t.known(refused)
	if err == nil && current == nil {
		err = ctx.Err()
	}
	if current != nil || err != nil {
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

// known returns the token that there is already, or why there is none; neither if
// one has to be fetched.
func (t *tokens) known(refused *token) (*token, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.denial != nil:
		return nil, t.denial
	case t.current == nil, t.current.old():
		return nil, nil
	case t.current != refused:
		return t.current, nil
	case time.Since(t.replacedAt) < refusalRest:
		return nil, errRefused
	}
	return nil, nil
}

// renew fetches a token, unless the flight before brought one that will do.
func (t *tokens) renew(ctx context.Context, refused *token) (*token, error) {
	if current, err := t.known(refused); current != nil || err != nil {
		return current, err
	}
	fetched, err := t.fetch(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		if errors.Is(err, chat.ErrUnauthorized) || errors.Is(err, chat.ErrInvalid) {
			t.denial = err
		}
		return nil, err
	}
	now := time.Now()
	if refused != nil {
		t.replacedAt = now
	}
	t.current = &token{Token: *fetched}
	if !fetched.ExpiresAt.IsZero() {
		life := fetched.ExpiresAt.Sub(now)
		t.current.renewAt = fetched.ExpiresAt.Add(-min(5*time.Minute, life/2))
	}
	return t.current, nil
}

type tokenReply struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   loose  `json:"expires_in"`
}

// token returns the token of an answer, and hides it from logs.
func (c *client) token(reply tokenReply, resp *rest.Response, request rest.Request) (*chat.Token, error) {
	if reply.AccessToken == "" {
		return nil, &chat.Error{Kind: chat.ErrUnavailable, Op: request.Op, Status: resp.Status, Text: "the response contains no token"}
	}
	c.rest.Hide(reply.AccessToken)
	t := &chat.Token{Value: reply.AccessToken}
	if life := reply.life(); life > 0 {
		t.ExpiresAt = time.Now().Add(life)
	}
	return t, nil
}

// tenYears is in seconds.
const tenYears = 10 * 365 * 24 * 60 * 60

// life is how long the token is valid, 0 if it does not end within ten years, or if that is
// not known. One cluster answers in milliseconds.
func (r tokenReply) life() time.Duration {
	n := r.ExpiresIn.int()
	switch {
	case n == nil || *n <= 0 || *n > tenYears*1000:
		return 0
	case *n > tenYears:
		return time.Duration(*n) * time.Millisecond
	}
	return time.Duration(*n) * time.Second
}

// fetchAppToken implements "Get administrator permission". A wrong ID or secret is
// ErrUnauthorized.
func (c *client) fetchAppToken(ctx context.Context, id, secret string) (*chat.Token, error) {
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

// issuer implements chat.Tokens.
type issuer struct{ *client }

// ForApp implements chat.Tokens.
func (c issuer) ForApp(ctx context.Context) (*chat.Token, error) {
	t, err := c.tokens.get(ctx)
	if err != nil {
		return nil, tokenError(rest.Request{Op: "fetch a token for the application"}, err)
	}
	issued := t.Token
	return &issued, nil
}

// ForUser implements chat.Tokens with the password grant of the token endpoint. A wrong
// password or a disabled user is ErrUnauthorized. A missing user is ErrUnauthorized too,
// or on newer servers ErrNotFound.
func (c issuer) ForUser(ctx context.Context, username, password string, ttl time.Duration) (*chat.Token, error) {
	body := map[string]any{
		"grant_type": "password",
		"username":   userKey(username),
		"password":   password,
	}
	if ttl > 0 {
		body["ttl"] = int64(ttl / time.Second)
	}
	return c.grant(ctx, rest.Request{
		Op:      chat.About("fetch a token for user", username),
		Secrets: []string{password},
		Body:    body,
	})
}

// grant asks for a token. That changes nothing on the platform, so it is a read.
func (c *client) grant(ctx context.Context, request rest.Request) (*chat.Token, error) {
	request.Method, request.Read = http.MethodPost, true
	request.Path = []string{c.org, c.app, "token"}
	request.Final, request.Confidential = outOfQuota, true
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

// tokenError is the error of a call that was not made because there is no token.
func tokenError(request rest.Request, err error) error {
	var failure *chat.Error
	if errors.As(err, &failure) {
		own := *failure
		own.MaybeApplied, own.Unanswered, own.SentAt = false, false, time.Time{}
		return &own
	}
	return &chat.Error{
		Kind: chat.ErrUnavailable,
		Op:   request.Op,
		Err:  fmt.Errorf("cancelled while waiting for a token: %w", err),
	}
}

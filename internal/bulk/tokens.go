package bulk

import (
	"context"
	"errors"
	"time"

	"terraform-provider-chat/internal/chat"
)

// tokens shares what users log in with: platforms block those who ask for tokens
// often. The same login is made once, however many ask for it, until its token
// nears its end. One that was refused is not tried again.
type tokens struct {
	chat.Service
	chat.TokenIssuer
	logins *shared[login, *chat.Token]
}

type login struct {
	user, password string
	ttl            time.Duration
}

// shareTokens returns the service with its tokens shared, where it issues any.
func shareTokens(service chat.Service) chat.Service {
	issuer, ok := chat.As[chat.TokenIssuer](service)
	if !ok {
		return service
	}
	keep := func(err error) bool { return err == nil || errors.Is(err, chat.ErrUnauthorized) }
	return &tokens{
		Service:     service,
		TokenIssuer: issuer,
		logins:      &shared[login, *chat.Token]{op: "fetch a token for user", keep: keep},
	}
}

// Unwrap returns the service that is wrapped.
func (t *tokens) Unwrap() chat.Service { return t.Service }

// IssueUserToken implements chat.TokenIssuer.
func (t *tokens) IssueUserToken(ctx context.Context, username, password string, ttl time.Duration) (*chat.Token, error) {
	key := login{user: t.Platform().UserKey(username), password: password, ttl: ttl}
	read := t.logins.join(ctx, key, func(ctx context.Context) (*chat.Token, error) {
		token, err := t.TokenIssuer.IssueUserToken(ctx, username, password, ttl)
		if err == nil && !token.ExpiresAt.IsZero() {
			life := time.Until(token.ExpiresAt)
			time.AfterFunc(life-min(5*time.Minute, life/2), func() { t.logins.drop(key) })
		}
		return token, err
	})
	token, err := t.logins.wait(ctx, read, username)
	if err != nil {
		return nil, err
	}
	issued := *token
	return &issued, nil
}

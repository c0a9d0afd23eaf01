package bulk

import (
	"context"
	"errors"
	"slices"
	"time"

	"terraform-provider-chat/internal/chat"
)

// tokens shares what users log in with: platforms block those who ask for tokens often.
// The same login is made once, however many ask for it, until its token nears its end or
// its user changes. One that was refused is not tried again.
type tokens struct {
	inner  chat.Tokens
	key    func(username string) string
	logins *shared[login, *chat.Token]
}

type login struct {
	user, password string
	ttl            time.Duration
}

// newTokens wraps tokens; nil if the platform lacks them.
func newTokens(g *gatherer, inner chat.Tokens) chat.Tokens {
	if inner == nil {
		return nil
	}
	t := &tokens{inner: inner, key: g.key, logins: &shared[login, *chat.Token]{
		op:   "fetch a token",
		keep: func(err error) bool { return err == nil || errors.Is(err, chat.ErrUnauthorized) },
	}}
	g.loginsOf = append(g.loginsOf, t.forget)
	return t
}

// forget drops the logins of users whose password or activation changes.
func (t *tokens) forget(usernames []string) {
	keys := make([]string, len(usernames))
	for i, name := range usernames {
		keys[i] = t.key(name)
	}
	t.logins.dropIf(func(l login) bool { return slices.Contains(keys, l.user) })
}

// ForApp implements chat.Tokens.
func (t *tokens) ForApp(ctx context.Context) (*chat.Token, error) { return t.inner.ForApp(ctx) }

// ForUser implements chat.Tokens.
func (t *tokens) ForUser(ctx context.Context, username, password string, ttl time.Duration) (*chat.Token, error) {
	key := login{user: t.key(username), password: password, ttl: ttl}
	token, err := t.logins.get(ctx, key, func(ctx context.Context) (*chat.Token, error) {
		token, err := t.inner.ForUser(ctx, username, password, ttl)
		if err == nil && !token.ExpiresAt.IsZero() {
			life := time.Until(token.ExpiresAt)
			time.AfterFunc(life-min(5*time.Minute, life/2), func() { t.logins.drop(key) })
		}
		return token, err
	})
	if err != nil {
		return nil, err
	}
	issued := *token
	return &issued, nil
}

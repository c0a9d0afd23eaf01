package chat

import (
	"context"
	"time"
)

// Tokens issues tokens of the platform.
type Tokens interface {
	// ForUser logs a user in with its password. A ttl of 0 leaves the lifetime to the platform.
	ForUser(ctx context.Context, username, password string, ttl time.Duration) (*Token, error)
	// ForApp returns the application's token, the one the service itself uses if it is still valid.
	ForApp(ctx context.Context) (*Token, error)
}

// Token is a bearer token.
type Token struct {
	// Value is a secret.
	Value string
	// ExpiresAt is the expiry time that the platform returned, zero if there is none. The
	// token may end earlier.
	ExpiresAt time.Time
}

// Sessions are the sessions of users who are online.
type Sessions interface {
	// Disconnect ends the user's sessions; the user may log in again.
	Disconnect(ctx context.Context, username string) error
}

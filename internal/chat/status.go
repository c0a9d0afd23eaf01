package chat

import "context"

// Statuses tell who is online.
type Statuses interface {
	// Of returns the online status of users, one per name in order. A user that does
	// not exist is offline.
	Of(ctx context.Context, usernames []string) ([]Status, error)
	// Limit bounds one call of Of.
	Limit() Limit
}

// Status is a user's online status.
type Status string

// The online statuses.
const (
	Online  Status = "online"
	Offline Status = "offline"
)

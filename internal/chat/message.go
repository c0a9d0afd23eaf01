package chat

import "context"

// OfflineMessages are the messages that wait for users.
type OfflineMessages interface {
	// Count returns how many messages wait for the user.
	Count(ctx context.Context, username string) (int64, error)
	// Status returns "delivered" or "undelivered" for one message to the user.
	Status(ctx context.Context, username, messageID string) (string, error)
}

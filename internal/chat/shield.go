package chat

import "context"

// Shields are the groups whose messages users do not get. They cannot be read.
type Shields interface {
	// Set keeps the messages of a group from a user, or ends that. What is so already is a
	// success. ErrNotFound: there is no such user or group; if it is to end, that is a success.
	Set(ctx context.Context, username, group string, on bool) error
}

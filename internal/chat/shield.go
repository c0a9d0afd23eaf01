package chat

import "context"

// Shields are the groups whose messages users do not get. They cannot be read.
type Shields interface {
	// Set creates or removes a shield: the user does not get the messages of the group.
	// If it already exists, or does not exist, the call succeeds. ErrNotFound: the user
	// or group does not exist; removing a shield succeeds then.
	Set(ctx context.Context, username, group string, on bool) error
}

package chat

import "context"

// OfflineMessages are the messages that wait for users.
type OfflineMessages interface {
	// Count returns how many messages wait for the user.
	Count(ctx context.Context, username string) (int64, error)
	// Status returns "delivered" or "undelivered" for one message to the user.
	Status(ctx context.Context, username, messageID string) (string, error)
}

// Messages sends and retracts messages.
type Messages interface {
	// Send sends a message and returns its id. It is sent once: if the error is one with
	// MaybeApplied, whether the message was sent is not known.
	Send(ctx context.Context, message Message) (id string, err error)
	// Retract retracts a message. A platform that knows messages by their ids alone needs
	// no target. ErrNotFound: there is no such message, or not any more. ErrInvalid:
	// among others, it was sent too long ago.
	Retract(ctx context.Context, message SentMessage) error
}

// Targets of messages.
const (
	TargetUser  = "user"
	TargetGroup = "group"
	TargetRoom  = "room"
)

// TargetTypes are the types of targets of messages.
func TargetTypes() []string { return []string{TargetUser, TargetGroup, TargetRoom} }

// Conversation is the sender and the target of a message.
type Conversation struct {
	// Sender is a user name.
	Sender string
	// TargetType is one of TargetTypes, Target a user name or the id of a group or room.
	TargetType, Target string
	// TargetAppKey is the key of the target's application, empty for the service's own.
	TargetAppKey string
}

// Message is a message to send. Exactly one of its contents is set.
type Message struct {
	Conversation
	Text *string
	// Custom is a JSON object.
	Custom *string
	// Image is the id of an image that Media.Upload returned.
	Image *string
}

// SentMessage is a message that was sent.
type SentMessage struct {
	Conversation
	ID string
}

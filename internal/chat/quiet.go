package chat

import (
	"context"
	"strconv"
)

// Quiet reads and changes do-not-disturb of users.
type Quiet interface {
	// Set turns do-not-disturb on or off. What is so already is a success, and so is turning
	// it off for a user that does not exist.
	Set(ctx context.Context, username string, target QuietTarget, on bool) error
	// Get reports whether do-not-disturb is on, or ErrUnsupported if the platform does not
	// return it.
	Get(ctx context.Context, username string, target QuietTarget) (bool, error)
}

// QuietTarget is a contact or a group; if neither is set, everything.
type QuietTarget struct {
	Contact Ref
	// Group is the id of a group.
	Group string
}

// String names the target in a sentence.
func (t QuietTarget) String() string {
	switch {
	case t.Group != "":
		return "group " + strconv.Quote(t.Group)
	case t.Contact != Ref{}:
		return "contact " + strconv.Quote(t.Contact.String())
	}
	return "everything"
}

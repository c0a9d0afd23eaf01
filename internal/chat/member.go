package chat

import "context"

// Members are the members of groups or rooms; the owner of the relation is the id of one.
// A member that is there already is a success of Add; one that is not, or a group that does not exist,
// is one of Remove.
type Members interface {
	Edges[Member]
	// Having returns the names of the members that have a state, or ErrUnsupported if it
	// cannot be read, or is what List returns of each member already. Names of users who
	// are no members may be among them.
	Having(ctx context.Context, id string, state MemberState) ([]string, error)
	// Set gives a state to members, or removes it from them. If a member already has the
	// wanted state, the call succeeds.
	Set(ctx context.Context, id string, state MemberState, members []Ref, on bool) ([]error, error)
}

// MemberState is a state that a member can have.
type MemberState int

const (
	// Muted is a member that may not send messages.
	Muted MemberState = iota
	// Admin is a member that may manage the group.
	Admin
)

// Member is one member of a group or room.
type Member struct {
	Ref
	// Owner reports whether it is the owner.
	Owner bool
	// Muted and Admin are nil if they are not known; see Members.Having.
	Muted, Admin *bool
}

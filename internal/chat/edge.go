package chat

import "context"

// Edges is a relation between an owner (a user, a group, a room) and users. T is what is
// known of one of these users.
//
// If a platform does not accept users of different applications in one call, such a call
// returns ErrTooLarge without a request.
type Edges[T any] interface {
	// List returns all edges of owner, or ErrNotFound if the owner does not exist.
	List(ctx context.Context, owner string) ([]T, error)
	// Add adds users. Adding one that exists already succeeds.
	Add(ctx context.Context, owner string, others []Ref) ([]error, error)
	// Remove removes users. Removing one that is not in the relation or does not exist
	// succeeds, also if the owner does not exist.
	Remove(ctx context.Context, owner string, others []Ref) ([]error, error)
	// Limits bound one call of Add and Remove.
	Limits() EdgeLimits
}

// EdgeLimits bound the calls about a relation.
type EdgeLimits struct {
	Add, Remove Limit
	// Set bounds Members.Set.
	Set Limit
	// Most is how many edges an owner may have; 0 if that is not known.
	Most int
	// Mutual reports that every edge between two users exists in both directions.
	Mutual bool
	// HidesApplications reports that List returns users of other applications as if they
	// were of the own one.
	HidesApplications bool
	// RemovesOwner reports that Remove also removes who owns the group, which then belongs to
	// another member, or is deleted.
	RemovesOwner bool
}

// Contacts are the contacts of users.
type Contacts interface {
	Edges[Contact]
	// SetNotes changes what is not nil in notes.
	SetNotes(ctx context.Context, owner string, contact Ref, notes Notes) error
}

// ContactNotes reads notes on a platform whose Contacts.List does not return them. It is nil
// on any other.
type ContactNotes interface {
	// Of returns all contacts of owner, with notes, or ErrNotFound if there is no such owner.
	// It takes more calls than Contacts.List.
	Of(ctx context.Context, owner string) ([]Contact, error)
}

// Contact is one contact of an owner.
type Contact struct {
	Ref
	Notes
}

// Notes are what an owner notes of a contact. Nil means as in Settings.
type Notes struct {
	// NoteName is the name the owner gives the contact.
	NoteName *string
	// Note is anything else.
	Note *string
}

// Empty reports whether there is nothing to write.
func (n Notes) Empty() bool { return n == Notes{} }

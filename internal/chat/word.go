package chat

import "context"

// Words are the sensitive words of an application, which its filter hides in messages. A
// word is its own id, and its case matters.
type Words interface {
	// List returns one page of words; an empty cursor asks for the first.
	List(ctx context.Context, cursor string) (*Page[string], error)
	// Add adds words. Adding one that exists already succeeds. It is a bulk call.
	Add(ctx context.Context, words []string) ([]error, error)
	// Rename replaces a word, or returns ErrNotFound if it is not there, and
	// ErrAlreadyExists if the other one is there too. One that was renamed already is a success.
	Rename(ctx context.Context, word, to string) error
	// Remove removes a word. Removing one that does not exist succeeds.
	Remove(ctx context.Context, word string) error
	// Limits bound the calls about words.
	Limits() WordLimits
}

// WordLimits bound the calls about sensitive words.
type WordLimits struct {
	Add Limit
	// Words is how many words an application may have, if the platform has not agreed to more.
	Words int
}

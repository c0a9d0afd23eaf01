// Package bulk combines many concurrent calls into few bulk calls of the platform. It
// wraps a chat.Service in a chat.Service that returns the same results with fewer
// requests, and finds out the outcome of registrations whose answer was lost.
//
// Writes are gathered (gather.go), reads of an owner's relation are shared (edges.go),
// reads of single users are answered from the listing of all (readahead.go), and equal
// logins are made only once (tokens.go).
package bulk

import (
	"context"
	"fmt"

	"terraform-provider-chat/internal/chat"
)

// Options say how calls are gathered.
type Options struct {
	// Slots is the maximum number of concurrent bulk calls of one queue. Zero means 10,
	// Terraform's own default parallelism, so that an input never waits if it would not
	// have waited alone.
	Slots int
	// Off sends every input in a separate call and every read to the platform, with at
	// most Slots concurrent calls for the inputs of one plural call.
	Off bool
}

// New returns inner with its bulk calls gathered, and its reads and logins shared.
//
// Its plural methods accept any number of inputs and return a result for each. They
// return no error for the call as a whole, except Statuses.Of, which has no errors of
// single inputs. If the context of a caller ends, its inputs that were not sent yet are
// withdrawn, and the outcome of those that were sent is waited for.
func New(inner *chat.Service, options Options) *chat.Service {
	if options.Slots <= 0 {
		options.Slots = 10
	}
	g := newGatherer(inner, options)
	users := newUsers(g, inner)
	notes := newContactNotes(g, inner.ContactNotes)
	groups := newGroups(g, inner, inner.Groups, inner.Platform.Groups)
	rooms := newGroups(g, inner, inner.Rooms, inner.Platform.Rooms)
	return &chat.Service{
		Platform:        inner.Platform,
		Users:           users,
		Profiles:        users.profiles.orNil(),
		Contacts:        newContacts(g, inner.Contacts, notes),
		ContactNotes:    notes.orNil(),
		Blocks:          newEdges(g, "blocks of user", inner.Blocks, copyRef),
		Groups:          groups.orNil(),
		Rooms:           rooms.orNil(),
		GroupMembers:    newMembers(g, "members of group", inner.GroupMembers, groups),
		RoomMembers:     newMembers(g, "members of room", inner.RoomMembers, rooms),
		Quiet:           inner.Quiet,
		Messages:        inner.Messages,
		Statuses:        newStatuses(g, inner.Statuses),
		Devices:         newDevices(g, inner.Devices),
		Words:           newWords(g, inner.Words),
		Shields:         inner.Shields,
		Settings:        inner.Settings,
		Media:           inner.Media,
		Tokens:          newTokens(g, inner.Tokens),
		Sessions:        inner.Sessions,
		OfflineMessages: inner.OfflineMessages,
		Pacer:           inner.Pacer,
		Grace:           inner.Grace,
	}
}

// around calls forget and returns it. What was read before a write is stale once the
// write begins, and what is read while it is under way may be: `defer around(f)()`.
func around(forget func()) func() {
	forget()
	return forget
}

// guarded calls f and turns a panic into an error of those who wait for f, none of
// whom could recover it.
func guarded[T any](op string, f func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &chat.Error{Kind: chat.ErrUnavailable, Op: op, Err: fmt.Errorf("panic: %v", p)}
		}
	}()
	return f()
}

// cancelled is the error of a caller whose context ended before its input was sent.
func cancelled(ctx context.Context, op string) *chat.Error {
	return &chat.Error{Op: op, Err: fmt.Errorf("cancelled: %w", context.Cause(ctx))}
}

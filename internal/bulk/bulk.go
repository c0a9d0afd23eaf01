// Package bulk turns many concurrent single calls into the few calls a platform
// offers. It wraps a chat.Service in a chat.Service that answers the same with
// fewer requests.
package bulk

import (
	"context"
	"encoding/json"
	"fmt"

	"terraform-provider-chat/internal/chat"
)

// Options say how calls are gathered.
type Options struct {
	// Lines is how many bulk calls of one kind (for contacts and blocks: of one kind
	// and owner) may be in flight at once. Zero means 10, Terraform's own default
	// parallelism, so that an input never waits where it would not have waited alone.
	Lines int
	// Off sends every input in a call of its own and every read to the platform, at
	// most Lines at once for the inputs of one plural call.
	Off bool
}

// service embeds what it wraps: whatever it does not change passes straight through.
type service struct {
	chat.Service
	off bool

	createUsers    *kind[chat.NewUser, chat.UserResult]
	deleteUsers    *kind[string, error]
	addContacts    *kind[string, error]
	removeContacts *kind[string, error]
	addBlocks      *kind[string, error]
	removeBlocks   *kind[string, error]
	statuses       *kind[string, chat.Status]

	users    *readAhead
	contacts *lists[chat.Contact]
	blocks   *lists[string]
}

// New returns inner with its bulk calls gathered, and its reads and logins shared.
//
// Its plural methods take any number of inputs and tell what became of each: they
// return no error for the call as a whole, except Statuses, which has no other.
// A caller whose context ends leaves at once; the errors it gets are the context's,
// with MaybeApplied where an input was on its way. What capabilities inner has is
// found by chat.As.
func New(inner chat.Service, opts Options) chat.Service {
	if opts.Lines <= 0 {
		opts.Lines = 10
	}
	platform := inner.Platform()
	limits := platform.Limits()
	if opts.Off {
		limits = chat.Limits{}
	}
	pacer, _ := chat.As[chat.Pacer](inner)
	desk := &desk{lines: opts.Lines, pacer: pacer, key: platform.UserKey, turns: map[turn][]held{}}

	s := &service{
		Service:  inner,
		off:      opts.Off,
		users:    newReadAhead(inner, opts.Lines),
		contacts: newLists("list contacts", platform.UserKey, inner.Contacts, copyContact),
		blocks:   newLists("list blocks", platform.UserKey, inner.Blocks, func(name string) string { return name }),
	}
	s.createUsers = &kind[chat.NewUser, chat.UserResult]{
		desk: desk, op: "register user", about: "user", limit: limits.CreateUsers,
		name: func(u chat.NewUser) string { return u.Username },
		size: platform.UserSize,
		call: func(ctx context.Context, _ string, users []chat.NewUser) ([]chat.UserResult, error) {
			defer twice(func() {
				for _, u := range users {
					s.users.touch(u.Username)
				}
				s.dropLists()
			})()
			return inner.CreateUsers(ctx, users)
		},
	}
	s.deleteUsers = names(desk, "delete user", "user", limits.DeleteUsers,
		func(ctx context.Context, _ string, usernames []string) ([]error, error) {
			defer twice(func() {
				s.users.touch(usernames...)
				s.dropLists()
			})()
			return inner.DeleteUsers(ctx, usernames)
		})
	s.addContacts = names(desk, "add contact", "contact", limits.AddContacts, s.dropContacts(inner.AddContacts))
	s.removeContacts = names(desk, "remove contact", "contact", limits.RemoveContacts, s.dropContacts(inner.RemoveContacts))
	s.addBlocks = names(desk, "block user", "block", limits.AddBlocks, s.dropBlocks(inner.AddBlocks))
	s.removeBlocks = names(desk, "unblock user", "block", limits.RemoveBlocks, s.dropBlocks(inner.RemoveBlocks))
	s.statuses = names(desk, "read status of user", "", limits.Statuses,
		func(ctx context.Context, _ string, usernames []string) ([]chat.Status, error) {
			return inner.Statuses(ctx, usernames)
		})
	return shareTokens(s)
}

// names describes a bulk call whose inputs are names.
func names[Out any](d *desk, op, about string, limit chat.Limit, call func(context.Context, string, []string) ([]Out, error)) *kind[string, Out] {
	return &kind[string, Out]{
		desk: d, op: op, about: about, limit: limit, call: call,
		name: func(name string) string { return name },
		size: func(name string) int {
			quoted, _ := json.Marshal(name) // a string never fails
			return len(quoted) + 1
		},
	}
}

// Unwrap returns the service that is wrapped.
func (s *service) Unwrap() chat.Service { return s.Service }

func (s *service) CreateUsers(ctx context.Context, users []chat.NewUser) ([]chat.UserResult, error) {
	results := make([]chat.UserResult, len(users))
	for i, r := range s.createUsers.do(ctx, "", users) {
		results[i] = r.out
		if r.err != nil {
			results[i] = chat.UserResult{Err: r.err}
		}
	}
	return results, nil
}

func (s *service) DeleteUsers(ctx context.Context, usernames []string) ([]error, error) {
	return errorsOf(s.deleteUsers.do(ctx, "", usernames))
}

func (s *service) AddContacts(ctx context.Context, owner string, contacts []string) ([]error, error) {
	return errorsOf(s.addContacts.do(ctx, owner, contacts))
}

func (s *service) RemoveContacts(ctx context.Context, owner string, contacts []string) ([]error, error) {
	return errorsOf(s.removeContacts.do(ctx, owner, contacts))
}

func (s *service) AddBlocks(ctx context.Context, owner string, blocked []string) ([]error, error) {
	return errorsOf(s.addBlocks.do(ctx, owner, blocked))
}

func (s *service) RemoveBlocks(ctx context.Context, owner string, blocked []string) ([]error, error) {
	return errorsOf(s.removeBlocks.do(ctx, owner, blocked))
}

func (s *service) Statuses(ctx context.Context, usernames []string) ([]chat.Status, error) {
	statuses := make([]chat.Status, len(usernames))
	for i, r := range s.statuses.do(ctx, "", usernames) {
		if r.err != nil {
			return nil, r.err
		}
		statuses[i] = r.out
	}
	return statuses, nil
}

func (s *service) UpdateUser(ctx context.Context, username string, settings chat.Settings) error {
	defer twice(func() { s.users.touch(username) })()
	return s.Service.UpdateUser(ctx, username, settings)
}

func (s *service) SetActivated(ctx context.Context, username string, activated bool) error {
	defer twice(func() { s.users.touch(username) })()
	return s.Service.SetActivated(ctx, username, activated)
}

func (s *service) UpdateContact(ctx context.Context, owner, contact string, notes chat.Notes) error {
	defer twice(func() { s.contacts.drop(owner, contact) })()
	return s.Service.UpdateContact(ctx, owner, contact, notes)
}

func (s *service) GetUser(ctx context.Context, username string, detail chat.Detail) (*chat.User, error) {
	if s.off {
		return s.Service.GetUser(ctx, username, detail)
	}
	return s.users.get(ctx, username, detail)
}

func (s *service) Contacts(ctx context.Context, owner string) ([]chat.Contact, error) {
	if s.off {
		return s.Service.Contacts(ctx, owner)
	}
	return s.contacts.get(ctx, owner)
}

func (s *service) Blocks(ctx context.Context, owner string) ([]string, error) {
	if s.off {
		return s.Service.Blocks(ctx, owner)
	}
	return s.blocks.get(ctx, owner)
}

func (s *service) dropLists() {
	s.contacts.reads.dropAll()
	s.blocks.reads.dropAll()
}

type writeNames = func(ctx context.Context, owner string, names []string) ([]error, error)

// dropContacts drops the lists of both sides around a write: some platforms have mutual contacts.
func (s *service) dropContacts(write writeNames) writeNames {
	return func(ctx context.Context, owner string, contacts []string) ([]error, error) {
		defer twice(func() {
			s.contacts.drop(owner)
			s.contacts.drop(contacts...)
		})()
		return write(ctx, owner, contacts)
	}
}

func (s *service) dropBlocks(write writeNames) writeNames {
	return func(ctx context.Context, owner string, blocked []string) ([]error, error) {
		defer twice(func() { s.blocks.drop(owner) })()
		return write(ctx, owner, blocked)
	}
}

// twice calls forget and returns it. What was read before a write is stale once
// the write begins, and what is read while it runs may be.
func twice(forget func()) func() {
	forget()
	return forget
}

func errorsOf(results []result[error]) ([]error, error) {
	errs := make([]error, len(results))
	for i, r := range results {
		errs[i] = r.out
		if r.err != nil {
			errs[i] = r.err
		}
	}
	return errs, nil
}

// guarded calls f and turns a panic into an error of those who wait for f, none of
// whom could recover it.
func guarded[T any](op string, f func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = broken(op, fmt.Errorf("panic: %v", p))
		}
	}()
	return f()
}

// broken is the error of a call whose outcome cannot be known.
func broken(op string, cause error) error {
	return &chat.Error{Kind: chat.ErrUnavailable, Op: op, MaybeApplied: true, Err: cause}
}

// left is the error of a caller that went before there was an answer.
func left(ctx context.Context, op, user string, maybeApplied bool) error {
	return &chat.Error{Op: op, Users: []string{user}, MaybeApplied: maybeApplied, Err: context.Cause(ctx)}
}

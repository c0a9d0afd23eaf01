// Package chat is the vocabulary of hosted chat platforms: what a user, a contact
// and a block are, what a platform implements for each of them, and how it fails.
package chat

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Service is one application on one platform. A member is nil if the platform does not
// have this capability.
//
// Every method of every member is safe for concurrent use, retries what is worth
// retrying, and returns errors that are *Error. A write that was sent is not
// abandoned when its context ends: its outcome is waited for, within a grace period.
//
// Methods that take a slice are bulk calls. They hold at most what the member's
// limits allow and answer with one entry per input, in order. Their last result is
// an error of the call as a whole, after which nothing is known to have been applied
// and the per-input results are nil; if it is an ErrInvalid, ErrAlreadyExists,
// ErrNotFound, ErrUnsupported or ErrTooLarge, one of several inputs may be the cause,
// and the inputs can be sent again in smaller calls.
type Service struct {
	// Platform describes the platform and the application without a request.
	Platform        *Platform
	Users           Users
	Profiles        Profiles
	Contacts        Contacts
	ContactNotes    ContactNotes
	Blocks          Edges[Ref]
	Groups          Groups
	Rooms           Groups
	GroupMembers    Members
	RoomMembers     Members
	Quiet           Quiet
	Messages        Messages
	Statuses        Statuses
	Devices         Devices
	Words           Words
	Shields         Shields
	Settings        AppSettings
	Media           Media
	Tokens          Tokens
	Sessions        Sessions
	OfflineMessages OfflineMessages
	// Pacer holds the calls of all members to one pace.
	Pacer Pacer
	// Grace returns a context for finishing what was sent, by reading what became of it:
	// it outlives ctx for as long as one call may take.
	Grace func(ctx context.Context) (context.Context, context.CancelFunc)
}

// Platform describes a platform and an application on it.
type Platform struct {
	// Name is the platform's name in a configuration: "easemob", "jmessage".
	Name string
	// Title is the platform's name in a sentence.
	Title string
	// AppKey is the application's key.
	AppKey string
	// UserKey returns the form of a user name that is equal for names of the same user.
	UserKey func(username string) string
	// Rules are what the platform accepts.
	Rules Rules
	// Users are the limits of calls about users, Groups and Rooms of those about groups
	// and rooms.
	Users         UserLimits
	Groups, Rooms GroupLimits
	// ClockGrain is how exactly the platform's creation times can be compared with the
	// clock of this machine.
	ClockGrain time.Duration
	// Clock translates instants of the clock of this machine; nil if both clocks agree.
	Clock Clock
}

// Clock compares the clock of this machine with the platform's. The next run may have a
// machine with another clock, so that what outlives a run is in the platform's time, as far
// as that is known.
type Clock interface {
	// PlatformTime returns the earliest time that the platform's clock can have shown at
	// an instant of the clock of this machine. Before any answer, nothing is known of the
	// platform's clock, and it returns the instant.
	PlatformTime(machine time.Time) (platform time.Time, known bool)
}

// PlatformTime returns the earliest time that the platform's clock can have shown at an
// instant of the clock of this machine, and reports whether anything is known of the
// platform's clock. If not, it returns the instant.
func (p *Platform) PlatformTime(at time.Time) (platform time.Time, known bool) {
	if p.Clock == nil {
		return at, true
	}
	return p.Clock.PlatformTime(at)
}

// Limit is the maximum size of one bulk call. Zero Bytes means unbounded.
type Limit struct {
	// Items is how many inputs a call takes; 1 if the platform has no bulk call.
	Items int
	// Bytes is how large the body of a call may be, or the list of names in its path.
	Bytes int
}

// Check returns an ErrTooLarge if a call for n inputs is not allowed, or nil.
func (l Limit) Check(op string, n int) error {
	if n <= l.Items {
		return nil
	}
	return &Error{Kind: ErrTooLarge, Op: op, Text: fmt.Sprintf("%d in one call; the platform accepts at most %d", n, l.Items)}
}

// Ref names a user. AppKey is empty for the service's own application. Keys are compared
// without case, and a Service returns them in lower case.
type Ref struct{ AppKey, Username string }

// Ref names a user, whose application is the own one if appKey is empty or its own key.
func (p *Platform) Ref(appKey, username string) Ref {
	if strings.EqualFold(appKey, p.AppKey) {
		appKey = ""
	}
	return Ref{AppKey: appKey, Username: username}
}

// Refs returns references to users of the service's own application.
func Refs(usernames ...string) []Ref {
	refs := make([]Ref, len(usernames))
	for i, name := range usernames {
		refs[i].Username = name
	}
	return refs
}

// Usernames returns the user names of references.
func Usernames(refs []Ref) []string {
	names := make([]string, len(refs))
	for i, ref := range refs {
		names[i] = ref.Username
	}
	return names
}

// String returns the user name and, for a user of another application, its key.
func (r Ref) String() string {
	if r.AppKey == "" {
		return r.Username
	}
	return r.Username + "/" + r.AppKey
}

// Pacer limits the pace of calls. A caller that gathers inputs for a bulk call waits for
// admission first and only then closes the call, so that inputs that arrive while it
// waits are sent with it.
type Pacer interface {
	// Admit waits until the pace lets a call go. The first request made with the
	// context it returns goes out without waiting again. release gives the admission
	// back if no request was made; it may always be called.
	Admit(ctx context.Context) (admitted context.Context, release func(), err error)
}

// Package chat is the vocabulary of hosted chat platforms: what a user, a contact
// and a block are, what a platform must be able to do, and how it fails.
package chat

import (
	"context"
	"time"
)

// Service is one application on one platform.
//
// Every method is safe for concurrent use, retries what is worth retrying, and
// returns errors that are *Error. Names are passed as the caller spells them.
//
// Methods that take a slice are bulk calls: they hold at most what Limits allows
// and answer with one entry per input, in order. Their last result is an error of
// the call as a whole, after which nothing is known to have been applied and the
// per-input results are nil; where it is an ErrInvalid, ErrAlreadyExists,
// ErrNotFound, ErrUnsupported or ErrTooLarge, one of several inputs may be to
// blame and the call can be taken apart.
type Service interface {
	// Platform describes the platform and its rules without asking it.
	Platform() Platform

	// CreateUsers registers users. An input's error is ErrAlreadyExists when the
	// user was there before. An input whose answer was lost is settled by reading
	// before it is called failed.
	CreateUsers(ctx context.Context, users []NewUser) ([]UserResult, error)
	// GetUser returns one user with at least the given detail, or ErrNotFound.
	GetUser(ctx context.Context, username string, detail Detail) (*User, error)
	// ListUsers returns one page of users, oldest first; an empty cursor asks for the first.
	ListUsers(ctx context.Context, cursor string) (*UserPage, error)
	// UpdateUser changes what is not nil in settings and leaves the rest alone.
	UpdateUser(ctx context.Context, username string, settings Settings) error
	// SetPassword changes a user's password.
	SetPassword(ctx context.Context, username, password string) error
	// SetActivated lets a user log in, or forbids it.
	SetActivated(ctx context.Context, username string, activated bool) error
	// DeleteUsers deletes users. One that is gone already is a success.
	DeleteUsers(ctx context.Context, usernames []string) ([]error, error)

	// Contacts returns the contacts of owner, or ErrNotFound when there is no such user.
	Contacts(ctx context.Context, owner string) ([]Contact, error)
	// AddContacts makes users contacts of owner. One that is a contact already is a success.
	AddContacts(ctx context.Context, owner string, contacts []string) ([]error, error)
	// UpdateContact changes what is not nil in notes.
	UpdateContact(ctx context.Context, owner, contact string, notes Notes) error
	// RemoveContacts ends contacts of owner. One that is gone, or whose users are gone, is a success.
	RemoveContacts(ctx context.Context, owner string, contacts []string) ([]error, error)

	// Blocks returns the names of the users that owner blocks, or ErrNotFound when there is no such owner.
	Blocks(ctx context.Context, owner string) ([]string, error)
	// AddBlocks makes owner block users. One that is blocked already is a success.
	AddBlocks(ctx context.Context, owner string, blocked []string) ([]error, error)
	// RemoveBlocks lifts blocks of owner. One that is gone, or whose users are gone, is a success.
	RemoveBlocks(ctx context.Context, owner string, blocked []string) ([]error, error)

	// Statuses returns the online status of users, one per name in order. A user
	// that does not exist is offline.
	Statuses(ctx context.Context, usernames []string) ([]Status, error)
}

// OffsetLister is a Service whose pages can be asked for out of order.
type OffsetLister interface {
	// ListUsersAt returns up to Limits.UserPage users, skipping the first offset, oldest first.
	ListUsersAt(ctx context.Context, offset int) (*UserPage, error)
}

// TokenIssuer is a Service that hands out tokens of its own.
type TokenIssuer interface {
	// IssueUserToken logs a user in with its password. A ttl of 0 leaves the lifetime to the platform.
	IssueUserToken(ctx context.Context, username, password string, ttl time.Duration) (*Token, error)
	// AppToken returns the application's token, the one the service itself uses where it still lives.
	AppToken(ctx context.Context) (*Token, error)
}

// Disconnector is a Service that can force a user offline.
type Disconnector interface {
	// Disconnect ends the user's session; the user may log in again.
	Disconnect(ctx context.Context, username string) error
}

// OfflineMessages is a Service that tells of messages waiting for a user.
type OfflineMessages interface {
	// OfflineMessageCount returns how many messages wait for the user.
	OfflineMessageCount(ctx context.Context, username string) (int64, error)
	// OfflineMessageStatus returns "delivered" or "undelivered" for one message to the user.
	OfflineMessageStatus(ctx context.Context, username, messageID string) (string, error)
}

// Pacer is a Service whose calls are held to a pace. Whoever gathers inputs for a
// bulk call waits for admission first and closes the call only then, so that what
// arrives while the pace holds the call back still travels with it.
type Pacer interface {
	// Admit waits until the pace lets a call go. The first request made with the
	// context it returns goes out without waiting again. release gives the
	// admission back where no request was made; it may always be called.
	Admit(ctx context.Context) (admitted context.Context, release func(), err error)
}

// As returns the service, or the one it wraps (through Unwrap() Service), as T,
// and whether any of them is one.
func As[T any](s Service) (T, bool) {
	for s != nil {
		if t, ok := s.(T); ok {
			return t, true
		}
		w, ok := s.(interface{ Unwrap() Service })
		if !ok {
			break
		}
		s = w.Unwrap()
	}
	var none T
	return none, false
}

// Platform describes a platform and the application on it, without asking it.
type Platform interface {
	// Name is the platform's name in a configuration: "easemob", "jmessage".
	Name() string
	// Title is the platform's name in a sentence.
	Title() string
	// AppKey is the application's key.
	AppKey() string
	// Limits says what one call may hold.
	Limits() Limits
	// UserSize is what one user adds to the body of a CreateUsers call, in bytes.
	UserSize(NewUser) int
	// UserKey is the form of a name that is equal for names of the same user.
	UserKey(username string) string
	// ReadsActivated tells whether User.Activated is known after reading.
	ReadsActivated() bool

	// CheckUsername returns an ErrInvalid that says the rule a name breaks, or nil.
	CheckUsername(username string) error
	// CheckPassword returns an ErrInvalid that says the rule a password breaks, or
	// nil. It never quotes the password.
	CheckPassword(password string) error
	// CheckSettings returns what in settings is invalid or unsupported.
	CheckSettings(settings Settings) []FieldError
	// CheckNotes returns what in notes is invalid or unsupported.
	CheckNotes(notes Notes) []FieldError
}

// Limits is what one call of each bulk method may hold.
type Limits struct {
	CreateUsers    Limit
	DeleteUsers    Limit
	AddContacts    Limit
	RemoveContacts Limit
	AddBlocks      Limit
	RemoveBlocks   Limit
	Statuses       Limit
	// UserPage is how many users a page of ListUsers holds.
	UserPage int
}

// Limit bounds one bulk call. Zero Bytes means unbounded.
type Limit struct {
	// Items is how many inputs a call takes; 1 where the platform has no bulk call.
	Items int
	// Bytes is how large the body of a call may be.
	Bytes int
}

// NewUser is a user to register.
type NewUser struct {
	Username string
	Password string
	// Nickname is optional.
	Nickname *string
	// Profile is optional, and only for platforms whose CheckSettings allows it.
	Profile *Profile
}

// UserResult is what became of one user of CreateUsers.
type UserResult struct {
	// User is set where Err is nil. It may hold no more than the platform told:
	// UUID and CreatedAt can be zero, and then GetUser tells.
	User *User
	Err  error
}

// Detail is how much of a user must be known.
type Detail int

const (
	// Basic is name, identity, creation time, nickname, and where they exist activation and push settings.
	Basic Detail = iota
	// WithProfile is Basic and the profile.
	WithProfile
)

// User is a user as read from a platform.
type User struct {
	// Username is spelled as the platform spells it.
	Username string
	// UUID tells apart users that had the same name one after the other; empty on a platform without such a thing.
	UUID string
	// CreatedAt is when the user was registered.
	CreatedAt time.Time
	// Activated is nil where it cannot be read.
	Activated *bool
	// Settings are nil where unset. Push is nil where the platform has none, and
	// Profile is nil where it is not known (see Detail) or the platform has none.
	Settings
}

// Settings are what can be changed of a user in one call. When read, nil is
// "not set"; when written, nil is "leave alone" and a zero value clears.
type Settings struct {
	// Nickname is the name shown to others: on easemob, the title of push messages.
	Nickname *string
	Push     *Push
	Profile  *Profile
}

// Empty tells whether there is nothing to write.
func (s Settings) Empty() bool { return s == Settings{} }

// Display styles of push messages.
const (
	// DisplaySummary shows that a message arrived.
	DisplaySummary = "summary"
	// DisplayDetail shows the message.
	DisplayDetail = "detail"
)

// DisplayStyles are the display styles of push messages.
func DisplayStyles() []string { return []string{DisplaySummary, DisplayDetail} }

// Push is how offline messages are pushed to a user.
type Push struct {
	// DisplayStyle is one of DisplayStyles.
	DisplayStyle *string
	// DoNotDisturb stops pushes between Start and End.
	DoNotDisturb *bool
	// Start and End are hours of the day, 0 to 23.
	Start, End *int64
}

// Genders in a profile.
const (
	GenderUnknown = "unknown"
	GenderMale    = "male"
	GenderFemale  = "female"
)

// Genders are the genders a profile can hold.
func Genders() []string { return []string{GenderUnknown, GenderMale, GenderFemale} }

// Profile is what a user shows of itself.
type Profile struct {
	// Avatar is a media id.
	Avatar *string
	// Birthday is a date, yyyy-MM-dd.
	Birthday *string
	// Gender is one of Genders.
	Gender    *string
	Signature *string
	Region    *string
	Address   *string
	// Extras is a JSON object, compared by meaning.
	Extras *string
}

// UserPage is one page of ListUsers.
type UserPage struct {
	Users []User
	// Next is the cursor of the next page, empty after the last.
	Next string
	// Total is how many users there are, -1 where the platform does not tell.
	Total int
}

// Contact is one contact of an owner.
type Contact struct {
	// Username is the contact's name as the platform spells it.
	Username string
	Notes
}

// Notes are what an owner notes of a contact. Nil means as in Settings.
type Notes struct {
	// NoteName is the name the owner gives the contact.
	NoteName *string
	// Note is anything else.
	Note *string
}

// Empty tells whether there is nothing to write.
func (n Notes) Empty() bool { return n == Notes{} }

// Status is a user's online status.
type Status string

// The online statuses.
const (
	Online  Status = "online"
	Offline Status = "offline"
)

// Token is a bearer token.
type Token struct {
	// Value is a secret.
	Value string
	// ExpiresAt is when the platform says it ends; it may end sooner.
	ExpiresAt time.Time
}

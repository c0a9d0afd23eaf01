package chat

import (
	"context"
	"time"
)

// Users are the users of an application.
type Users interface {
	// Create registers users. An input's error is ErrAlreadyExists if the user was
	// there before. If it is an Error with MaybeApplied, whether the user was registered
	// is not known.
	Create(ctx context.Context, users []NewUser) ([]UserResult, error)
	// Get returns one user with at least the given detail, or ErrNotFound.
	Get(ctx context.Context, username string, detail Detail) (*User, error)
	// List returns one page of users, oldest first; an empty cursor asks for the first.
	List(ctx context.Context, cursor string) (*Page[User], error)
	// Update changes what is not nil in settings and leaves the rest alone.
	Update(ctx context.Context, username string, settings Settings) error
	// SetPassword changes a user's password.
	SetPassword(ctx context.Context, username, password string) error
	// SetActivated allows a user to log in, or forbids it.
	SetActivated(ctx context.Context, username string, activated bool) error
	// Delete deletes users. A user that does not exist is a success.
	Delete(ctx context.Context, usernames []string) ([]error, error)
}

// UserLimits bound the calls about users.
type UserLimits struct {
	Create, Delete Limit
	// Size is what one user adds to the body of a Create call, in bytes.
	Size func(NewUser) int
	// Page is how many users a page of List holds.
	Page int
	// ReadsProfile reports whether users of the platform have a profile.
	ReadsProfile bool
}

// NewUser is a user to register.
type NewUser struct {
	Username string
	Password string
	// Nickname is optional.
	Nickname *string
	// Profile is optional, and must be nil on a platform that has Service.Profiles.
	Profile *Profile
}

// UserResult is what became of one user of Create.
type UserResult struct {
	// User is set if Err is nil. It holds what the answer to Create says: settings that
	// were declared may be missing.
	User *User
	Err  error
}

// Detail is how much of a user must be known.
type Detail int

const (
	// Basic is name, registration, nickname, and if the platform has them activation and push settings.
	Basic Detail = iota
	// WithProfile is Basic and the profile.
	WithProfile
)

// User is a user as read from a platform.
type User struct {
	// Username is spelled as the platform spells it.
	Username string
	Registration
	// Activated is nil if it cannot be read.
	Activated *bool
	// Settings are nil if unset. Push is nil if the platform has none, and Profile is
	// nil if it is not known (see Detail) or the platform has none.
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

// Empty reports whether there is nothing to write.
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

// Profile is a user's public profile. Nil means as in Settings.
type Profile struct {
	// Avatar is a media id or a URL, as the platform has it.
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
	Phone  *string
	Email  *string
}

// Profiles are the profiles of users on a platform that keeps them apart from the users. It
// is nil on one that does not. Users.Get and Users.Update
// read and write profiles on both.
type Profiles interface {
	// Get returns the profiles of users, one per name in order. That of a user without one,
	// or of one that does not exist, is empty. It is a bulk call.
	Get(ctx context.Context, usernames []string) ([]Profile, error)
	// Set changes what is not nil in profile and leaves the rest alone. ErrNotFound: there
	// is no such user.
	Set(ctx context.Context, username string, profile Profile) error
	// Limit bounds one call of Get.
	Limit() Limit
}

// Registration identifies one registration of a user name. It distinguishes a user from
// an earlier or later one with the same name.
type Registration struct {
	// UUID is the platform's identifier of the registration; empty on a platform without one.
	UUID string
	// CreatedAt is when the user was registered, by the platform's clock; zero if unknown.
	CreatedAt time.Time
	// Since and Until are between when it was registered, by the clock of this machine.
	// Zero if unknown.
	Since, Until time.Time
	// Approximate reports whether CreatedAt is only when the platform confirmed the
	// registration. It was made in the time from Since to Until, which ends there.
	Approximate bool
}

// Known reports whether the registration can be distinguished from others.
func (r Registration) Known() bool { return r.UUID != "" || !r.CreatedAt.IsZero() }

// nearby is by how much an approximate creation time may miss its bounds: clocks of a
// platform's servers differ, and times are whole seconds.
const nearby = 5 * time.Second

// Differs reports whether two registrations are known to be different ones.
func (r Registration) Differs(other Registration) bool {
	switch {
	case r.UUID != "" && other.UUID != "":
		return r.UUID != other.UUID
	case r.CreatedAt.IsZero() || other.CreatedAt.IsZero():
		return false
	case r.Approximate:
		return !r.mayBe(other)
	case other.Approximate:
		return !other.mayBe(r)
	}
	return r.CreatedAt.Unix() != other.CreatedAt.Unix()
}

// mayBe reports whether an approximate registration may be the exact one. The clock that
// dates a platform's answers need not be the one that dates its registrations: that one
// may agree with ours instead.
func (r Registration) mayBe(exact Registration) bool {
	within := func(since, until time.Time) bool {
		return !exact.CreatedAt.Before(since.Add(-nearby)) && !exact.CreatedAt.After(until.Add(nearby))
	}
	return within(r.Since, r.Until) || within(r.CreatedAt.Add(r.Since.Sub(r.Until)), r.CreatedAt)
}

// CreatedSince reports whether the user was registered at or after an instant of the
// clock of this machine, give or take grain.
func (r Registration) CreatedSince(at time.Time, grain time.Duration) bool {
	return !r.Until.IsZero() && !r.Until.Before(at.Add(-grain))
}

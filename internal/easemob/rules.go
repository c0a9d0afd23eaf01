package easemob

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"terraform-provider-chat/internal/chat"
)

const (
	// maxBatch is how many users, or names, one call takes.
	maxBatch = 60
	// maxBody keeps below the 5 KB that the platform takes in a body.
	maxBody = 5000
	// maxStatuses is how many names "Get users' online status" takes.
	maxStatuses = 100
	// maxPage is how many users a page of "Users' acquisition" holds.
	maxPage = 100
	// maxNickname counts characters.
	maxNickname = 100
	// maxPassword counts characters. The vendor's own client takes fewer kinds of
	// them than the platform, which promises no set.
	maxPassword = 64
)

// rules implements chat.Platform.
type rules struct{ appKey string }

// Rules describes the application without credentials for it.
func Rules(appKey string) chat.Platform { return rules{appKey: appKey} }

// Name implements chat.Platform.
func (rules) Name() string { return "easemob" }

// Title implements chat.Platform.
func (rules) Title() string { return "the Chat Platform API (Easemob)" }

// AppKey implements chat.Platform.
func (r rules) AppKey() string { return r.appKey }

// Limits implements chat.Platform.
func (rules) Limits() chat.Limits {
	return chat.Limits{
		CreateUsers:    chat.Limit{Items: maxBatch, Bytes: maxBody},
		DeleteUsers:    chat.Limit{Items: 1},
		AddContacts:    chat.Limit{Items: 1},
		RemoveContacts: chat.Limit{Items: 1},
		AddBlocks:      chat.Limit{Items: maxBatch, Bytes: maxBody},
		RemoveBlocks:   chat.Limit{Items: 1},
		Statuses:       chat.Limit{Items: maxStatuses},
		UserPage:       maxPage,
	}
}

// UserSize implements chat.Platform.
func (r rules) UserSize(user chat.NewUser) int {
	encoded, err := json.Marshal(r.registration(user)) //nolint:gosec // only its length is used
	if err != nil {
		return maxBody
	}
	// With the commas and brackets around.
	return len(encoded) + 2
}

// UserKey implements chat.Platform: names are compared without case.
func (rules) UserKey(username string) string { return strings.ToLower(username) }

// ReadsActivated implements chat.Platform.
func (rules) ReadsActivated() bool { return true }

var (
	usernameRule = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
	uuidLike     = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
)

// CheckUsername implements chat.Platform ("Rules for using Chat user ID").
func (rules) CheckUsername(username string) error {
	reserved := strings.ToLower(username) == "me" || username == "." || username == ".."
	if !usernameRule.MatchString(username) || uuidLike.MatchString(username) || reserved {
		return chat.Rule("A user name is 1 to 64 of the letters a-z in any case, the digits, _, . and -; "+
			"it is neither a UUID nor an e-mail address, nor \"me\", \".\" or \"..\"; not %q.", username)
	}
	return nil
}

// CheckPassword implements chat.Platform.
func (rules) CheckPassword(password string) error {
	if n := utf8.RuneCountInString(password); n < 1 || n > maxPassword {
		return chat.Rule("A password has 1 to %d characters; this one has %d.", maxPassword, n)
	}
	return nil
}

// CheckSettings implements chat.Platform.
func (r rules) CheckSettings(settings chat.Settings) []chat.FieldError {
	var found []chat.FieldError
	wrong := func(field chat.Field, format string, args ...any) {
		found = append(found, chat.FieldError{Field: field, Err: chat.Rule(format, args...)})
	}
	if n := settings.Nickname; n != nil && utf8.RuneCountInString(*n) > maxNickname {
		wrong(chat.FieldNickname, "A nickname has at most %d characters; this one has %d.", maxNickname, utf8.RuneCountInString(*n))
	}
	if p := settings.Push; p != nil {
		if s := p.DisplayStyle; s != nil && !slices.Contains(chat.DisplayStyles(), *s) {
			wrong(chat.FieldDisplayStyle, "A display style is one of %s; not %q.", strings.Join(chat.DisplayStyles(), ", "), *s)
		}
		hour := func(field chat.Field, h *int64) {
			if h != nil && (*h < 0 || *h > 23) {
				wrong(field, "An hour of the day is a whole number from 0 to 23; not %d.", *h)
			}
		}
		hour(chat.FieldDNDStart, p.Start)
		hour(chat.FieldDNDEnd, p.End)
	}
	if settings.Profile != nil {
		found = append(found, chat.FieldError{Field: chat.FieldProfile, Err: chat.Unsupported(r.Title(), "profile")})
	}
	return found
}

// CheckNotes implements chat.Platform: it has none.
func (r rules) CheckNotes(notes chat.Notes) []chat.FieldError {
	var found []chat.FieldError
	if notes.NoteName != nil {
		found = append(found, chat.FieldError{Field: chat.FieldNoteName, Err: chat.Unsupported(r.Title(), string(chat.FieldNoteName))})
	}
	if notes.Note != nil {
		found = append(found, chat.FieldError{Field: chat.FieldNote, Err: chat.Unsupported(r.Title(), string(chat.FieldNote))})
	}
	return found
}

// invalid is the first rule that settings break, as the error of a call.
func invalid(op, username string, found []chat.FieldError) error {
	if len(found) == 0 {
		return nil
	}
	failure := &chat.Error{Kind: chat.ErrInvalid, Op: op, Users: []string{username}, Text: found[0].Err.Error()}
	for _, f := range found {
		if f.Field == chat.FieldProfile {
			failure.Kind = chat.ErrUnsupported
			failure.Text = fmt.Sprint(f.Err)
		}
	}
	return failure
}

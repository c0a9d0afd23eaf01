package jmessage

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"terraform-provider-chat/internal/chat"
)

const (
	name  = "jmessage"
	title = "JMessage"
)

// platform is JMessage's side of chat.Platform. Its rules are those of "字符串规范"
// and "User 对象字段总览"; lengths are bytes in UTF-8.
type platform struct {
	appKey string
}

var (
	appKeyRule   = regexp.MustCompile(`^[A-Za-z0-9]{24}$`)
	secretRule   = regexp.MustCompile(`^[!-~]{24}$`)
	usernameRule = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.@-]{3,127}$`)
)

// CheckAppKey returns an ErrInvalid that says the rule an application's key breaks, or nil.
func CheckAppKey(key string) error {
	if !appKeyRule.MatchString(key) {
		return chat.Rule("A %s app key is 24 letters or digits, as the console shows it.", title)
	}
	return nil
}

// CheckMasterSecret returns an ErrInvalid that says the rule an application's
// secret breaks, or nil. It never quotes the secret.
func CheckMasterSecret(secret string) error {
	if !secretRule.MatchString(secret) {
		return chat.Rule("A %s master secret is 24 letters, digits or other visible ASCII characters, without spaces.", title)
	}
	return nil
}

func (p platform) Name() string   { return name }
func (p platform) Title() string  { return title }
func (p platform) AppKey() string { return p.appKey }

// UserKey is the name itself: the platform does not say that case is ignored.
func (p platform) UserKey(username string) string { return username }

// ReadsActivated is false: whether a user is forbidden to log in cannot be read.
func (p platform) ReadsActivated() bool { return false }

// Limits are those the platform documents, except for blocks and statuses, where it
// names none: 100 is what it allows in its smallest call.
func (p platform) Limits() chat.Limits {
	return chat.Limits{
		CreateUsers:    chat.Limit{Items: 500},
		DeleteUsers:    chat.Limit{Items: 100},
		AddContacts:    chat.Limit{Items: 500},
		RemoveContacts: chat.Limit{Items: 500},
		AddBlocks:      chat.Limit{Items: 100},
		RemoveBlocks:   chat.Limit{Items: 100},
		Statuses:       chat.Limit{Items: 100},
		UserPage:       500,
	}
}

func (p platform) UserSize(u chat.NewUser) int {
	element, err := registration(u)
	if err != nil {
		return 0
	}
	body, err := json.Marshal(element) //nolint:gosec // only its length is used
	if err != nil {
		return 0
	}
	return len(body) + len(",")
}

func (p platform) CheckUsername(username string) error {
	if !usernameRule.MatchString(username) {
		return chat.Rule("A %s username is 4 to 128 letters (a-z, A-Z), digits, underscores, dots, hyphens or @, and starts with a letter or a digit.", title)
	}
	return nil
}

func (p platform) CheckPassword(password string) error {
	if len(password) < 4 || len(password) > 128 {
		return chat.Rule("A %s password is 4 to 128 bytes long; a Chinese character counts as 3.", title)
	}
	return nil
}

func (p platform) CheckSettings(s chat.Settings) []chat.FieldError {
	var found findings
	found.line(chat.FieldNickname, "nickname", s.Nickname)
	if s.Push != nil {
		found.add(chat.FieldPush, chat.Unsupported(title, "push"))
	}
	if f := s.Profile; f != nil {
		found.text(chat.FieldAvatar, "avatar", f.Avatar)
		if f.Birthday != nil && *f.Birthday != "" {
			if _, err := time.Parse(time.DateOnly, *f.Birthday); err != nil {
				found.add(chat.FieldBirthday, chat.Rule("A %s birthday is a date of the calendar, written yyyy-MM-dd.", title))
			}
		}
		if f.Gender != nil && !slices.Contains(chat.Genders(), *f.Gender) {
			found.add(chat.FieldGender, chat.Rule("A %s gender is one of %s.", title, strings.Join(chat.Genders(), ", ")))
		}
		found.text(chat.FieldSignature, "signature", f.Signature)
		found.text(chat.FieldRegion, "region", f.Region)
		found.text(chat.FieldAddress, "address", f.Address)
		if f.Extras != nil && *f.Extras != "" {
			if compact, err := object(*f.Extras); err != nil || len(compact) > 512 {
				found.add(chat.FieldExtras, chat.Rule("%s extras are a JSON object of at most 512 bytes; a Chinese character counts as 3.", title))
			}
		}
	}
	return found
}

func (p platform) CheckNotes(n chat.Notes) []chat.FieldError {
	var found findings
	found.line(chat.FieldNoteName, "note name", n.NoteName)
	found.text(chat.FieldNote, "note", n.Note)
	return found
}

// findings collects broken rules.
type findings []chat.FieldError

func (f *findings) add(field chat.Field, err error) {
	*f = append(*f, chat.FieldError{Field: field, Err: err})
}

// line checks a text of one line.
func (f *findings) line(field chat.Field, what string, value *string) {
	if value != nil && (len(*value) > 64 || strings.ContainsAny(*value, "\r\n")) {
		f.add(field, chat.Rule("A %s %s is at most 64 bytes long, where a Chinese character counts as 3, and has no line breaks.", title, what))
	}
}

// text checks a text without further rules.
func (f *findings) text(field chat.Field, what string, value *string) {
	if value != nil && len(*value) > 250 {
		f.add(field, chat.Rule("A %s %s is at most 250 bytes long; a Chinese character counts as 3.", title, what))
	}
}

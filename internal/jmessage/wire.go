package jmessage

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"terraform-provider-chat/internal/chat"
)

// account is a user as the platform writes it.
type account struct {
	Username string `json:"username"`
	fields
	Created string `json:"ctime"`
}

// fields are what a user shows of itself. Written, nil is left alone; read, nil
// means that the key is absent or null.
type fields struct {
	Nickname  *string         `json:"nickname,omitempty"`
	Avatar    *string         `json:"avatar,omitempty"`
	Birthday  *string         `json:"birthday,omitempty"`
	Gender    *int            `json:"gender,omitempty"`
	Signature *string         `json:"signature,omitempty"`
	Region    *string         `json:"region,omitempty"`
	Address   *string         `json:"address,omitempty"`
	Extras    json.RawMessage `json:"extras,omitempty"`
}

// genders are the genders in the order of the platform's numbers.
var genders = []string{chat.GenderUnknown, chat.GenderMale, chat.GenderFemale}

// beijing is the zone of every time the platform writes; it never names it.
var beijing = time.FixedZone("CST", 8*60*60)

// user translates what was read. An absent profile is one without anything in it
// where the platform told everything, and an unknown one where it did not.
func (a account) user(everything bool) chat.User {
	u := chat.User{Username: a.Username}
	// A user without a readable time is still a user: it stays without one.
	u.CreatedAt, _ = time.ParseInLocation(time.DateTime, a.Created, beijing)
	u.Nickname = set(a.Nickname)
	if everything || a.showsProfile() {
		u.Profile = a.profile()
	}
	return u
}

// empty tells whether there is nothing to write.
func (f fields) empty() bool { return f.Nickname == nil && !f.showsProfile() }

func (f fields) showsProfile() bool {
	return f.Avatar != nil || f.Birthday != nil || f.Gender != nil || f.Signature != nil ||
		f.Region != nil || f.Address != nil || f.extras() != nil
}

func (f fields) profile() *chat.Profile {
	p := &chat.Profile{
		Avatar:    set(f.Avatar),
		Birthday:  set(f.Birthday),
		Signature: set(f.Signature),
		Region:    set(f.Region),
		Address:   set(f.Address),
		Extras:    f.extras(),
	}
	if p.Birthday != nil {
		date, _, _ := strings.Cut(*p.Birthday, " ")
		p.Birthday = &date
	}
	if f.Gender != nil {
		gender := chat.GenderUnknown
		if *f.Gender > 0 && *f.Gender < len(genders) {
			gender = genders[*f.Gender]
		}
		p.Gender = &gender
	}
	return p
}

// extras returns the JSON object without needless spaces, or nil where there is none.
func (f fields) extras() *string {
	compact, err := object(string(f.Extras))
	if err != nil {
		return nil
	}
	return &compact
}

// changes translates settings to write; a zero value clears.
func changes(s chat.Settings) (fields, error) {
	f := fields{Nickname: s.Nickname}
	if s.Push != nil {
		return fields{}, chat.Unsupported(title, "push")
	}
	p := s.Profile
	if p == nil {
		return f, nil
	}
	f.Avatar, f.Birthday = p.Avatar, p.Birthday
	f.Signature, f.Region, f.Address = p.Signature, p.Region, p.Address
	if p.Gender != nil {
		number := 0
		if *p.Gender != "" {
			number = slices.Index(genders, *p.Gender)
		}
		if number < 0 {
			return fields{}, chat.Rule("A %s gender is one of %s.", title, strings.Join(genders, ", "))
		}
		f.Gender = &number
	}
	if p.Extras != nil {
		extras := "{}"
		if *p.Extras != "" {
			var err error
			if extras, err = object(*p.Extras); err != nil {
				return fields{}, err
			}
		}
		f.Extras = json.RawMessage(extras)
	}
	return f, nil
}

// newcomer is a user to register.
type newcomer struct {
	Username string `json:"username"`
	Password string `json:"password"`
	fields
}

// registration translates a user to register. What is empty is left out: there is
// nothing to clear yet.
func registration(u chat.NewUser) (newcomer, error) {
	f, err := changes(chat.Settings{Nickname: u.Nickname, Profile: u.Profile})
	if err != nil {
		return newcomer{}, err
	}
	for _, text := range []**string{&f.Nickname, &f.Avatar, &f.Birthday, &f.Signature, &f.Region, &f.Address} {
		*text = set(*text)
	}
	return newcomer{Username: u.Username, Password: u.Password, fields: f}, nil
}

// set returns the text, or nil where it is empty: the platform does not tell an
// empty text from none.
func set(text *string) *string {
	if text == nil || *text == "" {
		return nil
	}
	return text
}

// object returns a JSON object without needless spaces, or an ErrInvalid.
func object(text string) (string, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(text)); err != nil || !bytes.HasPrefix(compact.Bytes(), []byte("{")) {
		return "", chat.Rule("%s extras are a JSON object.", title)
	}
	return compact.String(), nil
}

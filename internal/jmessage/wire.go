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

// fields are what can be written of a user. Written, nil is left alone; read, nil
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

// beijing is the time zone of the platform, whose times name none.
var beijing = time.FixedZone("CST", 8*60*60)

// user translates what was read just now. If the answer holds everything that is known of
// the user, one without a profile has an empty profile; if not, its profile is not known.
func (c *client) user(a account, everything bool) chat.User {
	u := chat.User{Username: a.Username, Registration: c.createdAt(a.Created)}
	u.Nickname = nonEmpty(a.Nickname)
	if everything || a.hasProfile() {
		u.Profile = a.profile()
	}
	return u
}

// createdAt is the registration of what was created at a time, as the platform writes
// it. What has no readable time is still there.
func (c *client) createdAt(text string) chat.Registration {
	created, err := time.ParseInLocation(time.DateTime, text, beijing)
	if err != nil {
		return chat.Registration{}
	}
	r := chat.Registration{CreatedAt: created}
	r.Since, r.Until = c.rest.LocalTime(created, time.Second)
	return r
}

// textOrNumber is a text that the platform may write as a number.
type textOrNumber string

// UnmarshalJSON implements json.Unmarshaler.
func (t *textOrNumber) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte(`"`)) {
		return json.Unmarshal(data, (*string)(t))
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	*t = textOrNumber(number)
	return nil
}

// empty reports whether there is nothing to write.
func (f fields) empty() bool { return f.Nickname == nil && !f.hasProfile() }

func (f fields) hasProfile() bool {
	return f.Avatar != nil || f.Birthday != nil || f.Gender != nil || f.Signature != nil ||
		f.Region != nil || f.Address != nil || f.extras() != nil
}

func (f fields) profile() *chat.Profile {
	p := &chat.Profile{
		Avatar:    nonEmpty(f.Avatar),
		Birthday:  nonEmpty(f.Birthday),
		Signature: nonEmpty(f.Signature),
		Region:    nonEmpty(f.Region),
		Address:   nonEmpty(f.Address),
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

// extras returns the JSON object without needless spaces, or nil if there is none.
func (f fields) extras() *string {
	compact, ok := compactObject(string(f.Extras))
	if !ok {
		return nil
	}
	return &compact
}

// fieldsOf translates settings to write; a zero value clears.
func fieldsOf(s chat.Settings) (fields, error) {
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
			return fields{}, chat.Refuse("profile.gender must be one of %s; it is %q.", strings.Join(genders, ", "), *p.Gender)
		}
		f.Gender = &number
	}
	if p.Extras != nil {
		extras := "{}"
		if *p.Extras != "" {
			var ok bool
			if extras, ok = compactObject(*p.Extras); !ok {
				return fields{}, chat.Refuse("profile.extras must be a JSON object.")
			}
		}
		f.Extras = json.RawMessage(extras)
	}
	return f, nil
}

// nonEmpty returns the text, or nil if it is empty: on this platform an empty text is the
// same as none.
func nonEmpty(text *string) *string {
	if text == nil || *text == "" {
		return nil
	}
	return text
}

// compactObject returns a JSON object without needless spaces, and whether it is one.
func compactObject(text string) (string, bool) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(text)); err != nil || !bytes.HasPrefix(compact.Bytes(), []byte("{")) {
		return "", false
	}
	return compact.String(), true
}

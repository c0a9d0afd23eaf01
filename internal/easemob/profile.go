package easemob

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// maxProfiles is how many users "Get attributes of several users" takes.
const maxProfiles = 100

// maxAttributes is how many bytes the attributes of a user have at most: names and values.
const maxAttributes = 2048

// profileRules are those of the attributes that the platform's SDKs know, and of all of them
// together. Attributes of the user that are not declared count as well, which only the
// platform can check.
var profileRules = chat.Rules{
	"user.profile": func(value any) error {
		declared, _ := value.(map[string]any)
		var p chat.Profile
		for name, text := range map[string]**string{
			"avatar": &p.Avatar, "birthday": &p.Birthday, "gender": &p.Gender, "signature": &p.Signature, "region": &p.Region,
			"address": &p.Address, "extras": &p.Extras, "phone": &p.Phone, "email": &p.Email,
		} {
			if known, ok := declared[name].(string); ok {
				*text = &known
			}
		}
		return checkSize(p)
	},
	"user.profile.avatar": chat.Characters("profile.avatar", 256),
	"user.profile.birthday": chat.Text(func(date string) error {
		if _, err := time.Parse(time.DateOnly, date); err != nil && date != "" {
			return chat.Refuse("profile.birthday must be an existing date in the form yyyy-MM-dd; it is %q.", date)
		}
		return nil
	}),
	"user.profile.gender": chat.Text(func(gender string) error {
		if !slices.Contains(chat.Genders(), gender) {
			return chat.Refuse("profile.gender must be one of %s; it is %q.", strings.Join(chat.Genders(), ", "), gender)
		}
		return nil
	}),
	"user.profile.signature": chat.Characters("profile.signature", 256),
	"user.profile.phone":     chat.Characters("profile.phone", 32),
	"user.profile.email":     chat.Characters("profile.email", 64),
	"user.profile.extras": chat.Text(func(extras string) error {
		if extras != "" && !isObject(extras) {
			return chat.Refuse("profile.extras must be a JSON object.")
		}
		return nil
	}),
}

// checkSize refuses a profile that the platform would refuse because of its size.
func checkSize(p chat.Profile) error {
	form := formOf(p)
	size := 0
	for name := range form {
		if text := form.Get(name); text != "" {
			size += len(name) + len(text)
		}
	}
	if size > maxAttributes {
		return chat.Refuse("The attributes of a user must have at most %d bytes in total, including their names; those of this profile have %d.", maxAttributes, size)
	}
	if sent := len(form.Encode()); sent > maxBody {
		return chat.Refuse("A profile must have at most %d bytes as it is sent, with characters other than ASCII letters and digits escaped; this one has %d.", maxBody, sent)
	}
	return nil
}

// isObject reports whether a text is a JSON object.
func isObject(text string) bool {
	return json.Valid([]byte(text)) && strings.HasPrefix(strings.TrimSpace(text), "{")
}

// The attributes of users that a profile consists of. Region and address are keys of our
// own; the platform's SDKs know the others.
const (
	genderAttribute = "gender"
	extrasAttribute = "ext"
)

// attributes are the texts of a profile by the names of the attributes.
func attributes(p *chat.Profile) map[string]**string {
	return map[string]**string{
		"avatarurl": &p.Avatar, "birth": &p.Birthday, genderAttribute: &p.Gender, "sign": &p.Signature, "region": &p.Region,
		"address": &p.Address, extrasAttribute: &p.Extras, "phone": &p.Phone, "mail": &p.Email,
	}
}

// profiles implements chat.Profiles with the attributes of users.
type profiles struct{ *client }

// Limit implements chat.Profiles. The names of the attributes need room as well.
func (profiles) Limit() chat.Limit { return chat.Limit{Items: maxProfiles, Bytes: maxBody - 200} }

// Get implements chat.Profiles ("Get attributes of several users").
func (c profiles) Get(ctx context.Context, usernames []string) ([]chat.Profile, error) {
	request := rest.Request{
		Op:     chat.About("read the profile of user", usernames...),
		Method: http.MethodPost,
		Path:   []string{"metadata", "user", "get"},
		Read:   true,
	}
	if err := c.Limit().Check(request.Op, len(usernames)); err != nil || len(usernames) == 0 {
		return nil, err
	}
	names := keys(chat.Refs(usernames...))
	request.Body = map[string][]string{"targets": names, "properties": slices.Sorted(maps.Keys(attributes(&chat.Profile{})))}
	var reply struct {
		Data map[string]map[string]attribute `json:"data"`
	}
	if err := c.call(ctx, request, &reply); err != nil {
		return nil, err
	}
	read := map[string]chat.Profile{}
	for name, values := range reply.Data {
		read[userKey(name)] = profile(values)
	}
	result := make([]chat.Profile, len(names))
	for i, name := range names {
		p, mentioned := read[name]
		if !mentioned {
			return nil, incomplete(request)
		}
		result[i] = p
	}
	return result, nil
}

// Set implements chat.Profiles ("Set user attributes"). The platform leaves alone what is
// not sent, and removes what is sent empty.
func (c profiles) Set(ctx context.Context, username string, profile chat.Profile) error {
	request := rest.Request{
		Op:     fmt.Sprintf("write the profile of user %q", username),
		Method: http.MethodPut,
		Path:   []string{"metadata", "user", userKey(username)},
		Form:   formOf(profile),
		// Somebody else writes attributes of the user at the same time.
		Retry: func(status int, _ []byte) bool { return status == http.StatusConflict },
	}
	if profile.Gender != nil && *profile.Gender != "" && !slices.Contains(genders, *profile.Gender) {
		return &chat.Error{Kind: chat.ErrInvalid, Op: request.Op, Text: fmt.Sprintf(
			"profile.gender must be one of %s; it is %q", strings.Join(genders, ", "), *profile.Gender)}
	}
	if len(request.Form) == 0 {
		return nil
	}
	return c.call(ctx, request, &struct{}{})
}

// formOf are the attributes that a profile consists of, as they are sent.
func formOf(profile chat.Profile) url.Values {
	form := url.Values{}
	for key, value := range attributes(&profile) {
		if *value == nil {
			continue
		}
		text := **value
		if key == genderAttribute && text != "" {
			text = strconv.Itoa(slices.Index(genders, text))
		}
		form.Set(key, text)
	}
	return form
}

// genders are the genders in the order of the platform's numbers.
var genders = []string{chat.GenderUnknown, chat.GenderMale, chat.GenderFemale}

// profile translates attributes that were read. Extras that are no JSON object are not ours.
func profile(values map[string]attribute) chat.Profile {
	var p chat.Profile
	for key, value := range attributes(&p) {
		text := string(values[key])
		switch {
		case text == "", key == extrasAttribute && !isObject(text):
			continue
		case key == genderAttribute:
			number, err := strconv.Atoi(text)
			if err != nil || number < 0 || number >= len(genders) {
				number = 0
			}
			text = genders[number]
		}
		*value = &text
	}
	return p
}

// attribute is the value of an attribute: a text, also if the platform writes it in
// another way.
type attribute string

// UnmarshalJSON takes any value. Null is empty.
func (a *attribute) UnmarshalJSON(data []byte) error {
	switch {
	case bytes.Equal(data, []byte("null")):
		*a = ""
	case bytes.HasPrefix(data, []byte(`"`)):
		return json.Unmarshal(data, (*string)(a))
	default:
		*a = attribute(data)
	}
	return nil
}

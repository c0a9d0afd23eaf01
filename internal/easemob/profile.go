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

// profileRules are those of the attributes that the platform's SDKs know. Together, the
// attributes of a user have at most 2 KB, which only the platform can check.
var profileRules = chat.Rules{
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
		Form:   url.Values{},
		// Somebody else writes attributes of the user at the same time.
		Retry: func(status int, _ []byte) bool { return status == http.StatusConflict },
	}
	for key, value := range attributes(&profile) {
		if *value == nil {
			continue
		}
		text := **value
		if key == genderAttribute && text != "" {
			number := slices.Index(genders, text)
			if number < 0 {
				return &chat.Error{Kind: chat.ErrInvalid, Op: request.Op, Text: fmt.Sprintf(
					"profile.gender must be one of %s; it is %q", strings.Join(genders, ", "), text)}
			}
			text = strconv.Itoa(number)
		}
		request.Form.Set(key, text)
	}
	if len(request.Form) == 0 {
		return nil
	}
	return c.call(ctx, request, &struct{}{})
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

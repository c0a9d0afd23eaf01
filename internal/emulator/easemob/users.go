package easemob

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"terraform-provider-chat/internal/emulator/platform"
)

// user is a user with all that is known of it. What its pointers point to is never
// changed.
type user struct {
	id                uuid
	name              string // lower-case
	created, modified int64  // milliseconds since the Unix epoch
	password          string
	activated, online bool

	nickname     *string
	displayStyle *int
	noDisturbing *bool
	start, end   *int
	notifierName *string
	deviceToken  *string
	ignored      map[string]bool // by group, whether its messages are not pushed; replaced and never changed

	offline map[string]string // by message, "delivered" or "undelivered"
	// generation rises when the user's tokens become invalid.
	generation uint32

	// offlineSince is when the user was online last, in milliseconds; 0 if never.
	offlineSince int64

	attributes    map[string]string       // the profile; replaced and never changed
	notifications map[string]notification // by conversation; replaced and never changed
	language      *string
	templateName  *string

	contacts  platform.Map[*user, string] // with remarks; both directions are there
	blocks    platform.Map[*user, struct{}]
	blockedBy platform.Map[*user, struct{}]

	groups, rooms platform.Map[*group, struct{}] // that the user is in
	marked        platform.Map[*group, struct{}] // that block or mute the user
}

// entity is a user as the platform shows it.
type entity struct {
	UUID         string  `json:"uuid"`
	Type         string  `json:"type"`
	Created      int64   `json:"created"`
	Modified     int64   `json:"modified"`
	Username     string  `json:"username"`
	Activated    bool    `json:"activated"`
	NoDisturbing *bool   `json:"notification_no_disturbing,omitempty"`
	Start        *int    `json:"notification_no_disturbing_start,omitempty"`
	End          *int    `json:"notification_no_disturbing_end,omitempty"`
	DisplayStyle *int    `json:"notification_display_style,omitempty"`
	Nickname     *string `json:"nickname,omitempty"`
	NotifierName *string `json:"notifier_name,omitempty"`
	DeviceToken  *string `json:"device_token,omitempty"`
}

func (u *user) entity() any {
	shown := entity{
		UUID: u.id.String(), Type: "user", Created: u.created, Modified: u.modified,
		Username: u.name, Activated: u.activated,
		NoDisturbing: u.noDisturbing, Start: u.start, End: u.end, DisplayStyle: u.displayStyle,
		Nickname: u.nickname, NotifierName: u.notifierName, DeviceToken: u.deviceToken,
	}
	if len(u.ignored) > 0 {
		return ignoring{shown, u.ignored}
	}
	return shown
}

// ignoring is the entity of a user that ignores groups: each has a key of its own.
type ignoring struct {
	entity  entity
	ignored map[string]bool
}

// MarshalJSON adds a key per group to the entity.
func (i ignoring) MarshalJSON() ([]byte, error) {
	plain, err := json.Marshal(i.entity)
	if err != nil {
		return nil, err
	}
	keys := map[string]bool{}
	for group, ignored := range i.ignored {
		keys["notification_ignore_"+group] = ignored
	}
	more, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	return slices.Concat(plain[:len(plain)-1], []byte(","), more[1:]), nil
}

// touch moves the time of the last change.
func (u *user) touch(now time.Time) { u.modified = max(now.UnixMilli(), u.modified+1) }

// getUser implements "Get a single user".
func (c *call) getUser() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, userNotFound()
	}
	reply := c.read(nil, 1)
	reply.Path, reply.Entities = "/users", []any{u.entity()}
	return reply, nil
}

// listUsers implements "Users' acquisition", one page of at most 100 users.
func (c *call) listUsers() (*reply, error) {
	page, next, err := c.pageOfUsers(100)
	if err != nil {
		return nil, err
	}
	reply := c.read(nil, len(page))
	reply.Path, reply.Entities = "/users", entities(page)
	reply.Cursor = next
	return reply, nil
}

// pageOfUsers returns the users that limit and cursor ask for, at most most, and the
// cursor of the next page.
func (c *call) pageOfUsers(most int) (page []*user, next string, err error) {
	limit, err := c.pageSize("limit", most)
	if err != nil {
		return nil, "", err
	}
	cursor := c.r.URL.Query().Get("cursor")
	from, ok := c.app.users.seek(cursor)
	if !ok {
		return nil, "", illegal("cursor [" + cursor + "] is not legal")
	}
	page = slices.Collect(c.app.users.order.From(from, limit+1))
	if len(page) > limit {
		page, next = page[:limit], page[limit].cursor()
	}
	return page, next, nil
}

func entities(users []*user) []any {
	shown := make([]any, len(users))
	for i, u := range users {
		shown[i] = u.entity()
	}
	return shown
}

// putUser implements "Set Push Nickname", "Set how to display push messages" and "Set
// no disturbance". Keys that are not sent keep their value.
func (c *call) putUser() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, propertyNotFound()
	}
	var request map[string]json.RawMessage
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	changed := *u
	for key, value := range request {
		if err := changed.set(key, value); err != nil {
			return nil, err
		}
	}
	changed.touch(c.now)
	*u = changed
	return c.changed("/users", u.entity()), nil
}

// set changes one property. A key it does not know is ignored, as is an absent value of
// one that cannot be taken back.
func (u *user) set(key string, value json.RawMessage) error {
	isNull := bytes.Equal(value, []byte("null"))
	if key == "nickname" {
		u.nickname = nil
		if isNull {
			return nil
		}
		if err := json.Unmarshal(value, &u.nickname); err != nil {
			return illegal("nickname is not legal")
		}
		return checkNickname(*u.nickname)
	}
	most := 1
	switch key {
	case "notification_display_style", "notification_no_disturbing":
	case "notification_no_disturbing_start", "notification_no_disturbing_end":
		most = 23
	default:
		return nil
	}
	if isNull {
		return nil
	}
	n, ok := number(value)
	if !ok || n < 0 || n > most {
		return illegal(key + " [" + strings.Trim(string(value), `"`) + "] is not legal")
	}
	switch key {
	case "notification_display_style":
		u.displayStyle = &n
	case "notification_no_disturbing":
		on := n == 1
		u.noDisturbing = &on
	case "notification_no_disturbing_start":
		u.start = &n
	case "notification_no_disturbing_end":
		u.end = &n
	}
	return nil
}

// number reads a number, a boolean, or a text that is one of them.
func number(value json.RawMessage) (int, bool) {
	text := strings.Trim(string(value), `"`)
	switch text {
	case "true":
		return 1, true
	case "false":
		return 0, true
	}
	number, err := strconv.Atoi(text)
	return number, err == nil
}

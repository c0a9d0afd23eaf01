package easemob

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"terraform-provider-chat/internal/chat"
)

// loose is a value that the platform writes as a number, a text or a boolean, depending on
// the server; empty if it is null or absent.
type loose string

// UnmarshalJSON takes any scalar. Anything else is empty.
func (l *loose) UnmarshalJSON(data []byte) error {
	text := string(data)
	switch {
	case text == "null":
		*l = ""
	case strings.HasPrefix(text, `"`):
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*l = loose(strings.TrimSpace(s))
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		*l = ""
	default:
		*l = loose(text)
	}
	return nil
}

func pointer[T any](value T) *T { return &value }

func (l loose) bool() *bool {
	switch strings.ToLower(string(l)) {
	case "true", "1":
		return pointer(true)
	case "false", "0":
		return pointer(false)
	}
	return nil
}

func (l loose) int() *int64 {
	if n, err := strconv.ParseInt(string(l), 10, 64); err == nil {
		return &n
	}
	if f, err := strconv.ParseFloat(string(l), 64); err == nil && math.Abs(f) < 1<<53 {
		return pointer(int64(f))
	}
	return nil
}

// time reads milliseconds since 1970; zero if there are none.
func (l loose) time() time.Time {
	if ms := l.int(); ms != nil && *ms > 0 {
		return time.UnixMilli(*ms).UTC()
	}
	return time.Time{}
}

// entity is a user. Keys that were never set are absent; absent, null and the empty
// text mean the same.
type entity struct {
	UUID         string `json:"uuid"`
	Username     string `json:"username"`
	Created      loose  `json:"created"`
	Activated    loose  `json:"activated"`
	Nickname     string `json:"nickname"`
	DisplayStyle loose  `json:"notification_display_style"`
	NoDisturbing loose  `json:"notification_no_disturbing"`
	Start        loose  `json:"notification_no_disturbing_start"`
	End          loose  `json:"notification_no_disturbing_end"`
}

// The display styles of push messages on the wire.
var styleCodes = map[string]string{chat.DisplaySummary: "0", chat.DisplayDetail: "1"}

// user translates what was read just now.
func (c *client) user(e entity) chat.User {
	push := &chat.Push{
		DoNotDisturb: e.NoDisturbing.bool(),
		Start:        e.Start.int(),
		End:          e.End.int(),
	}
	if detail := e.DisplayStyle.bool(); detail != nil {
		if *detail {
			push.DisplayStyle = pointer(chat.DisplayDetail)
		} else {
			push.DisplayStyle = pointer(chat.DisplaySummary)
		}
	}
	user := chat.User{
		Username:     e.Username,
		Registration: chat.Registration{UUID: e.UUID, CreatedAt: e.Created.time()},
		Activated:    e.Activated.bool(),
		Settings:     chat.Settings{Push: push},
	}
	if !user.CreatedAt.IsZero() {
		user.Since, user.Until = c.rest.LocalTime(user.CreatedAt, time.Millisecond)
	}
	if e.Nickname != "" {
		user.Nickname = pointer(e.Nickname)
	}
	return user
}

// usersReply answers calls on users.
type usersReply struct {
	Entities []entity `json:"entities"`
	Cursor   string   `json:"cursor"`
}

// namesReply answers listings of contacts and blocks.
type namesReply struct {
	Data []string `json:"data"`
}

// dataReply answers calls whose data is keyed by what was asked for.
type dataReply struct {
	Data map[string]loose `json:"data"`
}

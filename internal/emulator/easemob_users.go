package emulator

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// getUser implements "Get a single user".
func (c *easemobCall) getUser() (*easemobReply, *easemobError) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	u := c.users.find(c.vars["username"])
	if u == nil {
		return nil, easemobNotFound()
	}
	reply := c.read(nil, 1)
	reply.Path, reply.Entities = "/users", []any{u.entity()}
	return reply, nil
}

// listUsers implements "Users' acquisition", one page of at most 100 users.
func (c *easemobCall) listUsers() (*easemobReply, *easemobError) {
	limit, failure := c.limit(100)
	if failure != nil {
		return nil, failure
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	from, to, failure := c.window(limit)
	if failure != nil {
		return nil, failure
	}
	reply := c.read(nil, to-from)
	reply.Path, reply.Entities = "/users", c.entities(from, to)
	reply.Cursor = c.users.cursor(to)
	return reply, nil
}

// limit reads the parameter of that name; more than most is cut to it.
func (c *easemobCall) limit(most int) (int, *easemobError) {
	text := c.r.URL.Query().Get("limit")
	if text == "" {
		return 10, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 {
		return 0, easemobIllegal("limit [" + text + "] is not legal")
	}
	return min(limit, most), nil
}

// window is which users a page holds.
func (c *easemobCall) window(limit int) (from, to int, failure *easemobError) {
	cursor := c.r.URL.Query().Get("cursor")
	from, ok := c.users.seek(cursor)
	if !ok {
		return 0, 0, easemobIllegal("cursor [" + cursor + "] is not legal")
	}
	return from, min(from+limit, len(c.users.order)), nil
}

func (c *easemobCall) entities(from, to int) []any {
	entities := make([]any, 0, to-from)
	for _, u := range c.users.order[from:to] {
		entities = append(entities, u.entity())
	}
	return entities
}

// putUser implements "Set Push Nickname", "Set how to display push messages" and "Set
// no disturbance". Keys that are not sent keep their value.
func (c *easemobCall) putUser() (*easemobReply, *easemobError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.users.find(c.vars["username"])
	if u == nil {
		return nil, easemobNoProperty()
	}
	var request map[string]json.RawMessage
	if failure := c.decode(&request); failure != nil {
		return nil, failure
	}
	changed := *u
	for key, value := range request {
		if failure := changed.set(key, value); failure != nil {
			return nil, failure
		}
	}
	changed.touch(c.env.now())
	*u = changed
	return c.changed("/users", u.entity()), nil
}

// set changes one property. A key it does not know is ignored, as is an absent value of
// one that cannot be taken back.
func (u *easemobUser) set(key string, value json.RawMessage) *easemobError {
	isNull := bytes.Equal(value, []byte("null"))
	if key == "nickname" {
		u.nickname = nil
		if isNull {
			return nil
		}
		if err := json.Unmarshal(value, &u.nickname); err != nil {
			return easemobIllegal("nickname is not legal")
		}
		return easemobCheckNickname(*u.nickname)
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
	number, ok := easemobNumber(value)
	if !ok || number < 0 || number > most {
		return easemobIllegal(key + " [" + strings.Trim(string(value), `"`) + "] is not legal")
	}
	switch key {
	case "notification_display_style":
		u.displayStyle = &number
	case "notification_no_disturbing":
		on := number == 1
		u.noDisturbing = &on
	case "notification_no_disturbing_start":
		u.start = &number
	case "notification_no_disturbing_end":
		u.end = &number
	}
	return nil
}

// easemobNumber reads a number, a boolean, or a text that is one of them.
func easemobNumber(value json.RawMessage) (int, bool) {
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

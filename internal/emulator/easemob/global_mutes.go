package easemob

import "math"

// globalMuteKinds are what users are muted in, in the order in which they are listed.
var globalMuteKinds = []string{"chat", "groupchat", "chatroom"}

// foreverMuted is a mute without an end.
const foreverMuted = -1

// globalMute is until when a user is muted in each kind of conversation: a time in
// milliseconds, foreverMuted, or 0 if a mute was lifted.
type globalMute map[string]int64

// remaining returns how many seconds a mute still lasts.
func (c *call) remaining(until int64) int64 {
	if until == foreverMuted {
		return foreverMuted
	}
	return max(0, (until-c.now.UnixMilli()+999)/1000)
}

// setGlobalMute implements "Mute a user globally". What is not sent stays.
func (c *call) setGlobalMute() (*reply, error) {
	var request struct {
		Username string `json:"username"`
		Chat     *int64 `json:"chat"` // seconds
		Group    *int64 `json:"groupchat"`
		Room     *int64 `json:"chatroom"`
	}
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	u := c.app.users.find(request.Username)
	if u == nil {
		return nil, propertyNotFound()
	}
	changed := globalMute{}
	for i, seconds := range []*int64{request.Chat, request.Group, request.Room} {
		if seconds == nil {
			continue
		}
		if *seconds < foreverMuted || *seconds > math.MaxInt32 {
			return nil, illegal(globalMuteKinds[i] + " is not legal")
		}
		until := *seconds
		if until > 0 {
			until = c.now.UnixMilli() + 1000*until
		}
		changed[globalMuteKinds[i]] = until
	}
	old := c.app.globalMutes.Get(u)
	for kind, until := range old {
		if _, ok := changed[kind]; !ok {
			changed[kind] = until
		}
	}
	if len(changed) > 0 {
		c.app.globalMutes.Set(u, changed)
	}
	return c.muteReply(map[string]string{"result": "ok"}), nil
}

func (c *call) muteReply(data any) *reply {
	r := c.groupReply(data)
	r.Path, r.Entities, r.Properties = "/mutes", nil, nil
	return r
}

// getGlobalMute implements "Get the global mute of a user".
func (c *call) getGlobalMute() (*reply, error) {
	u := c.user()
	if u == nil {
		return nil, propertyNotFound()
	}
	data := map[string]any{"userid": c.app.key() + "_" + u.name, "unixtime": c.now.Unix()}
	for _, kind := range globalMuteKinds {
		data[kind] = c.remaining(c.app.globalMutes.Get(u)[kind])
	}
	return c.muteReply(data), nil
}

// listGlobalMutes implements "Get all users who are muted globally": an entry for each
// user and kind, also if the mute was lifted.
func (c *call) listGlobalMutes() (*reply, error) {
	number, err := c.parameter("pageNum", 1, 1, anyPage)
	if err != nil {
		return nil, err
	}
	size, err := c.parameter("pageSize", 10, 1, 50)
	if err != nil {
		return nil, err
	}
	entries := []map[string]any{}
	skip := (number - 1) * size
	for u, mute := range c.app.globalMutes.All() {
		for _, kind := range globalMuteKinds {
			until, ok := mute[kind]
			switch {
			case !ok || len(entries) == size:
			case skip > 0:
				skip--
			default:
				entries = append(entries, map[string]any{"username": u.name, kind: c.remaining(until)})
			}
		}
	}
	return c.muteReply(map[string]any{"data": entries, "unixtime": c.now.Unix()}), nil
}

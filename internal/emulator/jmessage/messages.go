package jmessage

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

const (
	messageVersion = 1
	maxMessageBody = 4096
	// retractTime is how long after sending a message may be taken back.
	retractTime = 3 * time.Minute
)

// message is a message as it was sent.
type message struct {
	ID         int64           `json:"msg_id"`
	Ctime      int64           `json:"msg_ctime"` // milliseconds
	FromType   string          `json:"from_type"`
	From       string          `json:"from_id"`
	TargetType string          `json:"target_type"`
	Target     string          `json:"target_id"`
	TargetApp  string          `json:"target_appkey,omitempty"`
	Type       string          `json:"msg_type"`
	Body       json.RawMessage `json:"msg_body"`
	Retracted  bool            `json:"retracted"`
}

// textOrNumber is a string that clients may send as a number.
type textOrNumber string

// UnmarshalJSON reads a string or a number.
func (t *textOrNumber) UnmarshalJSON(data []byte) error {
	var number json.Number
	if strings.HasPrefix(string(data), `"`) {
		return json.Unmarshal(data, (*string)(t))
	}
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	*t = textOrNumber(number)
	return nil
}

// sending is a message to be sent. Some of it is only checked for its type.
type sending struct {
	Version        int             `json:"version"`
	TargetType     string          `json:"target_type"`
	Target         textOrNumber    `json:"target_id"`
	TargetApp      *string         `json:"target_appkey"`
	FromType       string          `json:"from_type"`
	From           string          `json:"from_id"`
	FromName       string          `json:"from_name"`
	TargetName     string          `json:"target_name"`
	Type           string          `json:"msg_type"`
	Body           json.RawMessage `json:"msg_body"`
	NoOffline      bool            `json:"no_offline"`
	NoNotification bool            `json:"no_notification"`
	Notification   struct {
		Title string `json:"title"`
		Alert string `json:"alert"`
	} `json:"notification"`
}

// bodyFields are what the body of each type of message must hold: texts and numbers.
var bodyFields = map[string]struct{ texts, numbers []string }{
	"text":   {texts: []string{"text"}},
	"image":  {texts: []string{"media_id", "format"}, numbers: []string{"media_crc32", "width", "height", "fsize"}},
	"voice":  {texts: []string{"media_id"}, numbers: []string{"media_crc32", "duration", "fsize"}},
	"custom": {},
}

// sendMessage implements "发送消息".
func (c *call) sendMessage() (*reply, error) {
	var asked sending
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	if asked.Version != messageVersion || asked.Target == "" || (asked.FromType != "user" && asked.FromType != "admin") {
		return nil, refusal(codeInvalid)
	}
	body, err := checkedBody(asked.Type, asked.Body)
	if err != nil {
		return nil, err
	}
	senders, err := peopleOf(c.app, []string{asked.From})
	if err != nil {
		return nil, err
	}
	app := c.app
	if asked.TargetApp != nil {
		if app, err = c.application(asked.TargetApp); err != nil {
			return nil, err
		}
	}
	if err := findTarget(app, asked.TargetType, string(asked.Target)); err != nil {
		return nil, err
	}
	if asked.FromType == "admin" && !senders[0].admin {
		return nil, refusal(codeNoAuthority)
	}

	c.world.lastMessage++
	m := &message{
		ID:         c.world.lastMessage,
		Ctime:      c.now.UnixMilli(),
		FromType:   asked.FromType,
		From:       asked.From,
		TargetType: asked.TargetType,
		Target:     string(asked.Target),
		Type:       asked.Type,
		Body:       body,
	}
	if app != c.app {
		m.TargetApp = app.key
	}
	c.app.messages.Set(m.ID, m)
	return created(struct {
		ID    int64 `json:"msg_id"`
		Ctime int64 `json:"msg_ctime"`
	}{m.ID, m.Ctime})
}

// checkedBody returns a body that holds what a message of its type needs.
func checkedBody(kind string, body json.RawMessage) (json.RawMessage, error) {
	needed, known := bodyFields[kind]
	body, err := compactObject(body, maxMessageBody)
	if err != nil || !known {
		return nil, refusal(codeInvalid)
	}
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil {
		return nil, refusal(codeInvalid)
	}
	for _, name := range needed.texts {
		if text, ok := fields[name].(string); !ok || text == "" {
			return nil, refusal(codeInvalid)
		}
	}
	for _, name := range needed.numbers {
		if _, ok := fields[name].(float64); !ok {
			return nil, refusal(codeInvalid)
		}
	}
	if extras := fields["extras"]; kind == "text" && extras != nil {
		if _, ok := extras.(map[string]any); !ok {
			return nil, refusal(codeInvalid)
		}
	}
	return body, nil
}

// findTarget checks that the target of a message exists. Whatever it is, a
// missing one is reported as a missing user.
func findTarget(app *application, kind, target string) error {
	if kind == "single" {
		_, err := peopleOf(app, []string{target})
		return err
	}
	id, err := parseID(target)
	if err != nil {
		return err
	}
	exists := false
	switch kind {
	case "group":
		exists = app.groups.Has(id)
	case "chatroom":
		exists = app.rooms.Has(id)
	default:
		return refusal(codeInvalid)
	}
	if !exists {
		return refusal(codeNoUser)
	}
	return nil
}

// retractMessage implements "消息撤回".
func (c *call) retractMessage() (*reply, error) {
	u, err := c.checkedUser()
	if err != nil {
		return nil, err
	}
	id, err := strconv.ParseInt(c.vars["msgid"], 10, 64)
	if err != nil {
		return nil, refusal(codeInvalid)
	}
	m := c.app.messages.Get(id)
	switch {
	case m == nil:
		return nil, refusal(codeRetractNoMessage)
	case m.From != u.name:
		return nil, refusal(codeRetractNotSender)
	case m.Retracted:
		return nil, refusal(codeRetractAgain)
	case c.now.Sub(time.UnixMilli(m.Ctime)) > retractTime:
		return nil, refusal(codeRetractTooLate)
	}
	m.Retracted = true
	return noContent()
}

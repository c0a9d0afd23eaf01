package emulator

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

const (
	jmMessageVersion = 1
	jmMaxMessageBody = 4096
	// jmRetractTime is how long after sending a message may be taken back.
	jmRetractTime = 3 * time.Minute
)

// jmMessage is a message as it was sent.
type jmMessage struct {
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

// jmText is a string that clients may send as a number.
type jmText string

// UnmarshalJSON reads a string or a number.
func (t *jmText) UnmarshalJSON(data []byte) error {
	var number json.Number
	if strings.HasPrefix(string(data), `"`) {
		return json.Unmarshal(data, (*string)(t))
	}
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	*t = jmText(number)
	return nil
}

// jmSending is a message to be sent. Some of it is only checked for its type.
type jmSending struct {
	Version        int             `json:"version"`
	TargetType     string          `json:"target_type"`
	Target         jmText          `json:"target_id"`
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

// jmBodyFields are what the body of each type of message must hold: texts and numbers.
var jmBodyFields = map[string]struct{ texts, numbers []string }{
	"text":   {texts: []string{"text"}},
	"image":  {texts: []string{"media_id", "format"}, numbers: []string{"media_crc32", "width", "height", "fsize"}},
	"voice":  {texts: []string{"media_id"}, numbers: []string{"media_crc32", "duration", "fsize"}},
	"custom": {},
}

// jmSendMessage implements "发送消息".
func jmSendMessage(c *jmCall) (jmReply, error) {
	var asked jmSending
	if err := c.decode(&asked); err != nil {
		return jmReply{}, err
	}
	if asked.Version != jmMessageVersion || asked.Target == "" || (asked.FromType != "user" && asked.FromType != "admin") {
		return jmReply{}, jmFail(jmInvalid)
	}
	body, err := jmMessageBody(asked.Type, asked.Body)
	if err != nil {
		return jmReply{}, err
	}
	senders, err := jmPeople(c.app, []string{asked.From})
	if err != nil {
		return jmReply{}, err
	}
	app := c.app
	if asked.TargetApp != nil {
		if app, err = c.application(asked.TargetApp); err != nil {
			return jmReply{}, err
		}
	}
	if err := jmFindTarget(app, asked.TargetType, string(asked.Target)); err != nil {
		return jmReply{}, err
	}
	if asked.FromType == "admin" && !senders[0].admin {
		return jmReply{}, jmFail(jmNoAuthority)
	}

	c.world.lastMessage++
	message := &jmMessage{
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
		message.TargetApp = app.key
	}
	c.app.messages.add(message.ID, message)
	return jmCreated(struct {
		ID    int64 `json:"msg_id"`
		Ctime int64 `json:"msg_ctime"`
	}{message.ID, message.Ctime})
}

// jmMessageBody returns a body that holds what a message of its type needs.
func jmMessageBody(kind string, body json.RawMessage) (json.RawMessage, error) {
	needed, known := jmBodyFields[kind]
	body, err := jmObject(body, jmMaxMessageBody)
	if err != nil || !known {
		return nil, jmFail(jmInvalid)
	}
	var fields map[string]any
	if err := jmDecode(body, &fields); err != nil {
		return nil, err
	}
	for _, name := range needed.texts {
		if text, ok := fields[name].(string); !ok || text == "" {
			return nil, jmFail(jmInvalid)
		}
	}
	for _, name := range needed.numbers {
		if _, ok := fields[name].(float64); !ok {
			return nil, jmFail(jmInvalid)
		}
	}
	if extras := fields["extras"]; kind == "text" && extras != nil {
		if _, ok := extras.(map[string]any); !ok {
			return nil, jmFail(jmInvalid)
		}
	}
	return body, nil
}

// jmFindTarget checks that the target of a message exists. Whatever it is, a
// missing one is reported as a missing user.
func jmFindTarget(app *jmApplication, kind, target string) error {
	if kind == "single" {
		_, err := jmPeople(app, []string{target})
		return err
	}
	id, err := jmID(target)
	if err != nil {
		return err
	}
	exists := false
	switch kind {
	case "group":
		exists = app.groups.has(id)
	case "chatroom":
		exists = app.rooms.has(id)
	default:
		return jmFail(jmInvalid)
	}
	if !exists {
		return jmFail(jmNoUser)
	}
	return nil
}

// jmRetractMessage implements "消息撤回".
func jmRetractMessage(c *jmCall) (jmReply, error) {
	user, err := c.checkedUser()
	if err != nil {
		return jmReply{}, err
	}
	id, err := strconv.ParseInt(c.vars[1], 10, 64)
	if err != nil {
		return jmReply{}, jmFail(jmInvalid)
	}
	message := c.app.messages.get(id)
	switch {
	case message == nil:
		return jmReply{}, jmFail(jmRetractNoMessage)
	case message.From != user.name.user:
		return jmReply{}, jmFail(jmRetractNotSender)
	case message.Retracted:
		return jmReply{}, jmFail(jmRetractAgain)
	case c.now.Sub(time.UnixMilli(message.Ctime)) > jmRetractTime:
		return jmReply{}, jmFail(jmRetractTooLate)
	}
	message.Retracted = true
	return jmNoContent()
}

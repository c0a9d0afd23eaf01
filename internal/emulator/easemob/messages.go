package easemob

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// recallTime is how long after sending a message may be recalled without force.
const recallTime = 2 * time.Minute

// firstMessageID is what the ids of messages are counted from.
const firstMessageID = 1029457500870543000

// targets are the kinds of conversations and how many of them one call sends to.
var targets = map[string]struct {
	chatType string
	most     int
}{
	"users":      {"chat", 600},
	"chatgroups": {"groupchat", 3},
	"chatrooms":  {"chatroom", 10},
}

var messageTypes = []string{"txt", "img", "audio", "video", "file", "loc", "cmd", "custom"}

// message is a message to one receiver.
type message struct {
	ID       string          `json:"msg_id"`
	ChatType string          `json:"chat_type"`
	From     string          `json:"from"`
	To       string          `json:"to"`
	Type     string          `json:"type"`
	Body     json.RawMessage `json:"body"`
	Ext      json.RawMessage `json:"ext,omitempty"`
	Sent     int64           `json:"timestamp"` // milliseconds
	Recalled bool            `json:"recalled,omitempty"`
}

func sendFailure(description string) error {
	return &failure{
		status: http.StatusBadRequest, code: "message_send_error", exception: "MessageSendException", description: description,
	}
}

// sending is a message to send.
type sending struct {
	From      *string         `json:"from"`
	To        []string        `json:"to"`
	Type      string          `json:"type"`
	Body      json.RawMessage `json:"body"`
	Ext       json.RawMessage `json:"ext"`
	RouteType string          `json:"routetype"`
}

// sendMessage implements "Send a message" to users, groups or chat rooms, which need
// not exist.
func (c *call) sendMessage() (*reply, error) {
	var request sending
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	_, parts := split(c.r)
	ids, err := c.send(parts[1], request)
	if err != nil {
		return nil, err
	}
	return c.messageReply(ids), nil
}

// sendOldMessage implements "Send a message" of 2018, whose answer has no ids.
func (c *call) sendOldMessage() (*reply, error) {
	var request struct {
		TargetType string                     `json:"target_type"`
		Target     []string                   `json:"target"`
		Msg        map[string]json.RawMessage `json:"msg"`
		From       *string                    `json:"from"`
		Ext        json.RawMessage            `json:"ext"`
	}
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	body, err := json.Marshal(request.Msg)
	if err != nil {
		return nil, badJSON(err)
	}
	kind := strings.Trim(string(request.Msg["type"]), `"`)
	ids, err := c.send(request.TargetType, sending{From: request.From, To: request.Target, Type: kind, Body: body, Ext: request.Ext})
	if err != nil {
		return nil, err
	}
	for to := range ids {
		ids[to] = "success"
	}
	return c.messageReply(ids), nil
}

func (c *call) messageReply(data any) *reply {
	r := c.groupReply(data)
	_, parts := split(c.r)
	r.Path, r.Entities, r.Properties = "/"+strings.Join(parts, "/"), nil, nil
	return r
}

// send keeps a message for each receiver and returns their ids. Whoever has blocked the
// sender does not get it, but the answer is the same.
func (c *call) send(kind string, s sending) (map[string]string, error) {
	target, ok := targets[kind]
	from := "admin"
	if s.From != nil {
		from = *s.From
	}
	var body map[string]json.RawMessage
	switch {
	case !ok:
		return nil, sendFailure("param target_type is not legal")
	case from == "":
		return nil, sendFailure("param from can't be empty")
	case len(s.To) == 0:
		return nil, sendFailure("param to can't be empty")
	case len(s.To) > target.most:
		return nil, sendFailure("param to exceed limit")
	case !slices.Contains(messageTypes, s.Type):
		return nil, sendFailure("param type is not legal")
	case json.Unmarshal(s.Body, &body) != nil || body == nil:
		return nil, sendFailure("param body can't be empty")
	case s.Type == "txt" && body["msg"] == nil:
		return nil, sendFailure("param msg can't be empty")
	case s.Ext != nil && !isObject(s.Ext):
		return nil, sendFailure("param ext is not legal")
	}
	ids := map[string]string{}
	for _, to := range s.To {
		if target.chatType == "chat" {
			to = fold(to)
		}
		c.world.lastMessage++
		m := &message{
			ID: strconv.FormatInt(c.world.lastMessage, 10), ChatType: target.chatType, From: fold(from), To: to,
			Type: s.Type, Body: s.Body, Ext: s.Ext, Sent: c.now.UnixMilli(),
		}
		c.app.keepMessage(m)
		ids[to] = m.ID
		u := c.app.users.find(to)
		if target.chatType == "chat" && u != nil && !u.online && !u.blocks.Has(c.app.users.find(from)) && s.RouteType != "ROUTE_ONLINE" {
			u.keep(m.ID)
		}
	}
	return ids, nil
}

func (a *application) keepMessage(m *message) {
	a.messages.Set(m.ID, m)
	for _, name := range m.users() {
		a.messagesOf[name] = append(a.messagesOf[name], m.ID)
	}
}

// users are the names of the sender and, unless it is a group or a chat room, the
// receiver.
func (m *message) users() []string {
	if m.ChatType == "chat" && m.To != m.From {
		return []string{fold(m.From), fold(m.To)}
	}
	return []string{fold(m.From)}
}

// forgetMessages deletes what a user sent and received.
func (a *application) forgetMessages(u *user) {
	for _, id := range a.messagesOf[u.name] {
		m := a.messages.Get(id)
		if m == nil {
			continue
		}
		if receiver := a.users.find(m.To); m.ChatType == "chat" && receiver != nil {
			delete(receiver.offline, id)
		}
		a.messages.Remove(id)
	}
	delete(a.messagesOf, u.name)
}

// keep holds a message until the user is online.
func (u *user) keep(message string) {
	if u.offline == nil {
		u.offline = map[string]string{}
	}
	u.offline[message] = "undelivered"
}

func isObject(value json.RawMessage) bool {
	var object map[string]json.RawMessage
	return json.Unmarshal(value, &object) == nil && object != nil
}

func recallFailure(status int, description string) error {
	return &failure{
		status: status, code: "message_recall_error", exception: "MessageRecallException", description: description,
	}
}

// recallMessage implements "Recall a message". Force recalls one whose time is over.
func (c *call) recallMessage() (*reply, error) {
	var request struct {
		ID       string  `json:"msg_id"`
		To       string  `json:"to"`
		ChatType string  `json:"chat_type"`
		From     *string `json:"from"`
		Force    *bool   `json:"force"`
	}
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	for _, required := range []struct {
		name  string
		given bool
	}{{"msg_id", request.ID != ""}, {"to", request.To != ""}, {"chat_type", request.ChatType != ""}, {"force", request.Force != nil}} {
		if !required.given {
			return nil, recallFailure(http.StatusBadRequest, "param "+required.name+" can't be empty")
		}
	}
	m := c.app.messages.Get(request.ID)
	switch {
	case m == nil || m.Recalled:
		return nil, recallFailure(http.StatusForbidden, "not_found msg")
	case m.ChatType != request.ChatType || m.To != fold(request.To):
		return nil, recallFailure(http.StatusBadRequest, "can't find msg to")
	case !*request.Force && c.now.Sub(time.UnixMilli(m.Sent)) > recallTime:
		return nil, recallFailure(http.StatusForbidden, "exceed recall time limit")
	}
	m.Recalled = true
	if u := c.app.users.find(m.To); u != nil && m.ChatType == "chat" {
		delete(u.offline, m.ID)
	}
	from := "admin"
	if request.From != nil {
		from = *request.From
	}
	return c.messageReply(map[string]string{
		"recalled": "yes", "chattype": m.ChatType, "from": from, "to": m.To, "msg_id": m.ID,
	}), nil
}

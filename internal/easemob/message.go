package easemob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// maxMessage is how many bytes of a message there are beside sender and target, as JSON.
const maxMessage = maxBody - 300

var messageRules = chat.Rules{
	"message.text": chat.Text(func(text string) error {
		if text == "" {
			return chat.Refuse("The text of a message must have at least one character.")
		}
		return checkMessage(text)
	}),
	"message.custom": chat.Text(func(custom string) error {
		if !isObject(custom) {
			return chat.Refuse("A custom message must be a JSON object, such as {\"customEvent\": \"order\", \"customExts\": {\"id\": \"1\"}}.")
		}
		return checkMessage(json.RawMessage(custom))
	}),
	"message.image": chat.Lacking(title, "image"),
}

// checkMessage refuses content that is too long.
func checkMessage(content any) error {
	encoded, err := json.Marshal(content)
	if n := len(encoded); err == nil && n > maxMessage {
		return chat.Refuse("A message must have at most %d bytes as JSON; this one has %d.", maxMessage, n)
	}
	return nil
}

// conversations are the kinds of conversations, by the type of target: the last segment of
// the path for sending, and the name for recalling.
var conversations = map[string]struct{ path, name string }{
	chat.TargetUser:  {"users", "chat"},
	chat.TargetGroup: {"chatgroups", "groupchat"},
	chat.TargetRoom:  {"chatrooms", "chatroom"},
}

// messages implements chat.Messages.
type messages struct{ *client }

// Send implements chat.Messages ("Send a message"). The platform does not check whether
// sender and target exist.
func (c messages) Send(ctx context.Context, message chat.Message) (string, error) {
	request := rest.Request{
		Op:     "send a message to " + target(message.Conversation),
		Method: http.MethodPost,
		Path:   []string{"messages", conversations[message.TargetType].path},
		Once:   true,
		// So many messages a minute are a limit that has an answer of its own.
		Retry: func(status int, body []byte) bool {
			return status == http.StatusForbidden && strings.Contains(string(body), "send reach limit")
		},
	}
	if err := checkTarget(request, message.Conversation); err != nil {
		return "", err
	}
	var kind string
	var content any
	switch {
	case message.Image != nil:
		return "", unsupported(request, "messages with an image by its media id")
	case message.Text != nil && message.Custom == nil:
		kind, content = "txt", map[string]string{"msg": *message.Text}
	case message.Custom != nil && message.Text == nil && isObject(*message.Custom):
		kind, content = "custom", json.RawMessage(*message.Custom)
	default:
		return "", &chat.Error{Kind: chat.ErrInvalid, Op: request.Op, Text: "a message holds either a text or a JSON object"}
	}
	to := targetKey(message.Conversation)
	body := map[string]any{"to": []string{to}, "type": kind, "body": content}
	if message.Sender != "" {
		body["from"] = userKey(message.Sender)
	}
	encoded, err := json.Marshal(body)
	if n := len(encoded); err == nil && n > maxBody {
		return "", &chat.Error{Kind: chat.ErrInvalid, Op: request.Op, Text: fmt.Sprintf(
			"the message has %d bytes with its sender and target; the platform takes %d", n, maxBody)}
	}
	request.Body = body
	var reply dataReply
	sent, err := c.send(ctx, request, &reply)
	if err != nil {
		return "", err
	}
	id := string(reply.Data[to])
	if id == "" {
		return "", unconfirmed(request, sent)
	}
	return id, nil
}

// Retract implements chat.Messages ("Recall a message"), for as long as the console allows,
// which is two minutes if nobody changed it.
func (c messages) Retract(ctx context.Context, message chat.SentMessage) error {
	request := rest.Request{
		Op:     fmt.Sprintf("retract message %q to %s", message.ID, target(message.Conversation)),
		Method: http.MethodPost,
		Path:   []string{"messages", "msg_recall"},
	}
	if err := checkTarget(request, message.Conversation); err != nil {
		return err
	}
	body := map[string]any{
		"msg_id": message.ID, "to": targetKey(message.Conversation), "chat_type": conversations[message.TargetType].name, "force": false,
	}
	if message.Sender != "" {
		body["from"] = userKey(message.Sender)
	}
	request.Body = body
	var reply dataReply
	sent, err := c.send(ctx, request, &reply)
	switch recalled := reply.Data["recalled"]; {
	case errors.Is(err, chat.ErrNotFound) && sent.maybeApplied:
		return nil // an attempt whose answer was lost has retracted it
	case err != nil:
		return err
	case recalled == "":
		return unconfirmed(request, sent)
	case recalled != "yes":
		return c.refused(request, "")
	}
	return nil
}

// target names the target of a message in an error.
func target(to chat.Conversation) string { return fmt.Sprintf("%s %q", to.TargetType, to.Target) }

// targetKey is the target as the platform stores it.
func targetKey(to chat.Conversation) string {
	if to.TargetType == chat.TargetUser {
		return userKey(to.Target)
	}
	return to.Target
}

// checkTarget refuses a target that no message can have.
func checkTarget(request rest.Request, to chat.Conversation) error {
	if _, known := conversations[to.TargetType]; !known || to.Target == "" {
		return &chat.Error{Kind: chat.ErrInvalid, Op: request.Op, Text: fmt.Sprintf(
			"the target of a message is one of %s, with its name or id", strings.Join(chat.TargetTypes(), ", "))}
	}
	return nil
}

// offlineMessages implements chat.OfflineMessages.
type offlineMessages struct{ *client }

// Count implements chat.OfflineMessages ("Get the number of user offline messages").
func (c offlineMessages) Count(ctx context.Context, username string) (int64, error) {
	request := rest.Request{
		Op:     fmt.Sprintf("count the offline messages of user %q", username),
		Method: http.MethodGet,
		Path:   userPath(username, "offline_msg_count"),
	}
	var reply dataReply
	if err := c.call(ctx, request, &reply); err != nil {
		return 0, err
	}
	for name, count := range reply.Data {
		if n := count.int(); n != nil && userKey(name) == userKey(username) {
			return *n, nil
		}
	}
	return 0, incomplete(request)
}

// Status implements chat.OfflineMessages ("Get the status of an offline message"). The
// platform calls a message that it does not know delivered.
func (c offlineMessages) Status(ctx context.Context, username, messageID string) (string, error) {
	request := rest.Request{
		Op:     fmt.Sprintf("read the status of message %q to user %q", messageID, username),
		Method: http.MethodGet,
		Path:   userPath(username, "offline_msg_status", messageID),
	}
	var reply dataReply
	if err := c.call(ctx, request, &reply); err != nil {
		return "", err
	}
	if status := reply.Data[messageID]; status != "" {
		return string(status), nil
	}
	return "", incomplete(request)
}

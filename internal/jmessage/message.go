package jmessage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// mostMessage is how many bytes the body of a message may have.
const mostMessage = 4096

// messageRules are those of "发送消息", and of "消息撤回", which needs no target.
var messageRules = chat.Rules{
	"retraction.target_type": chat.Lacking(title, "target_type of chat_retract_message"),
	"retraction.target":      chat.Lacking(title, "target of chat_retract_message"),

	"message.text": chat.Text(func(text string) error {
		if text == "" {
			return chat.Refuse("The text of a message must have at least one character.")
		}
		return checkMessageSize(textBody(text))
	}),
	"message.image": chat.Text(func(id string) error {
		if id == "" {
			return chat.Refuse("The image of a message must be the media id of a file that was uploaded.")
		}
		return nil
	}),
	"message.custom": chat.Text(func(object string) error {
		compact, ok := compactObject(object)
		if !ok {
			return chat.Refuse("A custom %s message must be a JSON object.", title)
		}
		return checkMessageSize(json.RawMessage(compact))
	}),
}

// checkMessageSize returns an ErrInvalid if a body of a message is too long.
func checkMessageSize(body any) error {
	var written bytes.Buffer
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return err
	}
	if size := written.Len() - len("\n"); size > mostMessage {
		return chat.Refuse("A %s message must have at most %d bytes as JSON; this one has %d.", title, mostMessage, size)
	}
	return nil
}

// messages implements chat.Messages.
type messages struct{ *client }

// targetTypes are the platform's names of targets.
var targetTypes = map[string]string{chat.TargetUser: "single", chat.TargetGroup: "group", chat.TargetRoom: "chatroom"}

// message is a message as it is sent.
type message struct {
	Version    int    `json:"version"`
	TargetType string `json:"target_type"`
	TargetID   string `json:"target_id"`
	TargetApp  string `json:"target_appkey,omitempty"`
	FromType   string `json:"from_type"`
	FromID     string `json:"from_id"`
	Type       string `json:"msg_type"`
	Body       any    `json:"msg_body"`
}

func textBody(text string) any {
	return struct {
		Text string `json:"text"`
	}{text}
}

// imageBody is what the platform wants to know of an image.
type imageBody struct {
	ID     string `json:"media_id"`
	CRC32  int64  `json:"media_crc32"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Format string `json:"format"`
	Size   int    `json:"fsize"`
}

// content returns the type and the body of a message, or an ErrInvalid. The body of an
// image is imageOf.
func content(m chat.Message) (kind string, body any, err error) {
	given := 0
	if m.Text != nil {
		kind, body, err = "text", textBody(*m.Text), messageRules.Check("message.text", *m.Text)
		given++
	}
	if m.Custom != nil {
		kind, body, err = "custom", json.RawMessage(*m.Custom), messageRules.Check("message.custom", *m.Custom)
		given++
	}
	if m.Image != nil {
		kind, err = "image", messageRules.Check("message.image", *m.Image)
		given++
	}
	if given != 1 {
		return "", nil, chat.Refuse("A message must be a text, custom JSON or an image.")
	}
	return kind, body, err
}

// Send sends a message in the name of a user ("发送消息").
func (c messages) Send(ctx context.Context, m chat.Message) (string, error) {
	req := rest.Request{
		Op:     fmt.Sprintf("send a message of user %q to %s %q", m.Sender, m.TargetType, m.Target),
		Method: http.MethodPost, Path: messagePath(), Once: true,
	}
	kind, body, err := content(m)
	if err == nil && targetTypes[m.TargetType] == "" {
		err = chat.Refuse("The target of a message must be a user, a group or a room.")
	}
	if err != nil {
		return "", refusedInput(req, err)
	}
	if m.Image != nil {
		if body, err = c.imageOf(ctx, *m.Image); err != nil {
			return "", err
		}
	}
	req.Body = message{
		Version: 1, TargetType: targetTypes[m.TargetType], TargetID: m.Target,
		TargetApp: c.ref(m.TargetAppKey, "").AppKey,
		FromType:  "user", FromID: m.Sender, Type: kind, Body: body,
	}
	var answer struct {
		ID json.Number `json:"msg_id"`
	}
	res, err := c.exchange(ctx, req, &answer)
	switch {
	case hasCode(err, codeNoSuchApp):
		return "", noSuchApp(err, req.Op)
	case err != nil:
		return "", err
	case answer.ID == "":
		return "", unusable(res, req, "the answer does not hold the message's id")
	}
	return answer.ID.String(), nil
}

// Retract takes a message back within 3 minutes ("消息撤回").
func (c messages) Retract(ctx context.Context, sent chat.SentMessage) error {
	err := c.write(ctx, rest.Request{
		Op:     fmt.Sprintf("retract message %q of user %q", sent.ID, sent.Sender),
		Method: http.MethodPost, Path: messagePath(sent.Sender, sent.ID, "retract"),
	})
	var e *chat.Error
	if hasCode(err, codeRetractedAlready) && errors.As(err, &e) && e.MaybeApplied {
		return nil // by an earlier attempt of this call
	}
	return err
}

// messagePath is the path of all messages and what is under it.
func messagePath(under ...string) []string { return append([]string{"v1", "messages"}, under...) }

package easemob_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
)

func conversation(sender, targetType, target string) chat.Conversation {
	return chat.Conversation{Sender: sender, TargetType: targetType, Target: target}
}

func TestMessageCalls(t *testing.T) {
	send := func(message chat.Message) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) { return s.Messages.Send(ctx, message) }
	}
	retract := func(to chat.Conversation) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return nil, s.Messages.Retract(ctx, chat.SentMessage{Conversation: to, ID: "1029457500870543736"})
		}
	}
	data := func(to string) string {
		return `{"path":"/messages/users","uri":"x","timestamp":1657254052191,"organization":"chat-demo","application":"e82bcc5f","action":"post","data":{"` + to +
			`":"1029457500870543736"},"duration":0,"applicationName":"testapp"}`
	}
	recalled := envelope(`{"recalled":"yes","chattype":"chat","from":"ann","to":"bob","msg_id":"1029457500870543736"}`)
	toBob := conversation("Ann", "user", "Bob")
	const text = `POST /messages/users {"body":{"msg":"hi"},"from":"ann","to":["bob"],"type":"txt"}`
	const recall = `POST /messages/msg_recall {"chat_type":"chat","force":false,"from":"ann","msg_id":"1029457500870543736","to":"bob"}`
	testWire(t, []wireTest{
		{
			name: "send a text to a user", call: send(chat.Message{Conversation: toBob, Text: ptr("hi")}), exchanges: []exchange{works(text, data("bob"))},
			want: "1029457500870543736",
		},
		{
			name: "send a text to a group", call: send(chat.Message{Conversation: conversation("ann", "group", group), Text: ptr("<h&i>")}),
			exchanges: []exchange{works(`POST /messages/chatgroups {"body":{"msg":"<h&i>"},"from":"ann","to":["66016455491585"],"type":"txt"}`, data(group))},
			want:      "1029457500870543736",
		},
		{
			name: "send something else to a chat room", call: send(chat.Message{Conversation: conversation("", "room", room), Custom: ptr(`{"customEvent":"e", "customExts":{"a":"<1>"}}`)}),
			exchanges: []exchange{works(`POST /messages/chatrooms {"body":{"customEvent":"e","customExts":{"a":"<1>"}},"to":["66213271109633"],"type":"custom"}`, data(room))},
			want:      "1029457500870543736",
		},
		{
			name: "send where the answer has no id", call: send(chat.Message{Conversation: toBob, Text: ptr("hi")}), exchanges: []exchange{works(text, data("cat"))},
			want: "", kind: chat.ErrUnavailable, text: `send a message to user "Bob": unavailable: HTTP 200: the response does not say whether the call succeeded`,
		},
		{
			name: "send a message that is too long for the platform", call: send(chat.Message{Conversation: toBob, Text: ptr("hi")}),
			exchanges: []exchange{fails(text, 400, "message_send_error", "message is too large")}, want: "", kind: chat.ErrInvalid,
		},
		{
			name: "send a message that is too long", call: send(chat.Message{Conversation: toBob, Text: ptr(strings.Repeat("a", 5000))}), want: "",
			kind: chat.ErrInvalid, text: `send a message to user "Bob": invalid: the message has 5058 bytes with its sender and target; the platform takes 5000`,
		},
		{name: "send nothing", call: send(chat.Message{Conversation: toBob}), want: "", kind: chat.ErrInvalid, text: `send a message to user "Bob": invalid: a message holds either a text or a JSON object`},
		{name: "send two things", call: send(chat.Message{Conversation: toBob, Text: ptr("hi"), Custom: ptr("{}")}), want: "", kind: chat.ErrInvalid},
		{name: "send what is no object", call: send(chat.Message{Conversation: toBob, Custom: ptr("[]")}), want: "", kind: chat.ErrInvalid},
		{name: "send what is no JSON", call: send(chat.Message{Conversation: toBob, Custom: ptr("{")}), want: "", kind: chat.ErrInvalid},
		{
			name: "send an image", call: send(chat.Message{Conversation: toBob, Image: ptr("qiniu/image/1")}), want: "", kind: chat.ErrUnsupported,
			text: `send a message to user "Bob": unsupported: The Chat Platform API (Easemob) does not support messages with an image by its media id.`,
		},
		{
			name: "send to something else", call: send(chat.Message{Conversation: conversation("ann", "team", "1"), Text: ptr("hi")}), want: "",
			kind: chat.ErrInvalid, text: `send a message to team "1": invalid: the target of a message is one of user, group, room, with its name or id`,
		},
		{name: "send to nobody", call: send(chat.Message{Conversation: conversation("ann", "user", ""), Text: ptr("hi")}), want: "", kind: chat.ErrInvalid},

		{name: "retract a message to a user", call: retract(toBob), exchanges: []exchange{works(recall, recalled)}},
		{
			name: "retract a message to a group", call: retract(conversation("", "group", group)),
			exchanges: []exchange{works(`POST /messages/msg_recall {"chat_type":"groupchat","force":false,"msg_id":"1029457500870543736","to":"66016455491585"}`, recalled)},
		},
		{
			name: "retract a message to a chat room", call: retract(conversation("ann", "room", room)),
			exchanges: []exchange{works(`POST /messages/msg_recall {"chat_type":"chatroom","force":false,"from":"ann","msg_id":"1029457500870543736","to":"66213271109633"}`, recalled)},
		},
		{
			name: "retract too late", call: retract(toBob), exchanges: []exchange{fails(recall, 403, "message_recall_error", "exceed recall time limit")},
			kind: chat.ErrInvalid, text: `retract message "1029457500870543736" to user "Bob": invalid: HTTP 403 message_recall_error: exceed recall time limit`,
		},
		{
			name: "retract a message that is not there", call: retract(toBob), exchanges: []exchange{fails(recall, 403, "message_recall_error", "not_found msg")},
			kind: chat.ErrNotFound, text: `retract message "1029457500870543736" to user "Bob": not found: HTTP 403 message_recall_error: not_found msg`,
		},
		{
			name: "retract a message to somebody else", call: retract(toBob), exchanges: []exchange{fails(recall, 400, "message_recall_error", "can't find msg to")},
			kind: chat.ErrInvalid,
		},
		{
			name: "retract where that is off", call: retract(toBob), exchanges: []exchange{fails(recall, 403, "forbidden_op", "message recall service is unopened")},
			kind: chat.ErrFeatureOff, text: `retract message "1029457500870543736" to user "Bob": feature is off: HTTP 403 forbidden_op: message recall service is unopened`,
		},
		{
			name: "retract without effect", call: retract(toBob), exchanges: []exchange{works(recall, envelope(`{"recalled":"no"}`))},
			text: `retract message "1029457500870543736" to user "Bob": HTTP 200: the platform refused it`,
		},
		{name: "retract where the answer says nothing", call: retract(toBob), exchanges: []exchange{works(recall, envelope(`{}`))}, kind: chat.ErrUnavailable},
		{name: "retract without a target", call: retract(chat.Conversation{Sender: "ann"}), kind: chat.ErrInvalid},
	})
}

// A message is sent once, unless the platform says that it was not sent.
func TestMessagesAreSentOnce(t *testing.T) {
	sent := reply{body: `{"data":{"bob":"1"}}`}
	busy := reply{status: 403, body: errorBody("message_send_error", "message send reach limit")}
	for _, tt := range []struct {
		answers []reply
		calls   int
		kind    error
		open    bool
	}{
		{[]reply{{drop: true}, sent}, 1, chat.ErrUnavailable, true},
		{[]reply{{status: 500, body: "{}"}, sent}, 1, chat.ErrUnavailable, true},
		{[]reply{{body: "<html>"}}, 1, chat.ErrUnavailable, true},
		{[]reply{{body: `{"data":{}}`}}, 1, chat.ErrUnavailable, true},
		{[]reply{{status: 429, body: errorBody("reach_limit", "later")}, sent}, 2, nil, false},
		{[]reply{busy, busy, sent}, 3, nil, false},
		{[]reply{busy}, 3, chat.ErrThrottled, false},
		{[]reply{{status: 403, body: errorBody("forbidden", "no")}}, 1, nil, false},
	} {
		t.Run(fmt.Sprint(tt.answers), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &platform{answers: map[string][]reply{"POST /messages/users": tt.answers}}
				start := time.Now()
				id, err := connect(t, p).Messages.Send(t.Context(), chat.Message{Conversation: conversation("ann", "user", "bob"), Text: ptr("hi")})
				if n := p.count("POST /messages/users"); n != tt.calls {
					t.Errorf("%d calls, want %d", n, tt.calls)
				}
				if id == "1" && err == nil {
					return
				}
				sentAt, open := chat.Unsettled(err)
				if !hasKind(err, tt.kind) || open != tt.open || open && !sentAt.Equal(start) {
					t.Errorf("%q, %v: open %v, sent at %s", id, err, open, sentAt)
				}
			})
		})
	}
}

// A message that is gone after an attempt whose answer was lost was retracted by it.
func TestLostRetraction(t *testing.T) {
	for _, tt := range []struct {
		first reply
		good  bool
	}{{reply{drop: true}, true}, {reply{status: 502}, true}, {reply{status: 429}, false}} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{answers: map[string][]reply{
				"POST /messages/msg_recall": {tt.first, {status: 403, body: errorBody("message_recall_error", "not_found msg")}},
			}}
			err := connect(t, p).Messages.Retract(t.Context(), chat.SentMessage{Conversation: conversation("ann", "user", "bob"), ID: "1"})
			if (err == nil) != tt.good || err != nil && !hasKind(err, chat.ErrNotFound) {
				t.Errorf("after %+v: %v", tt.first, err)
			}
		})
	}
}

func TestMessagesOnTheEmulator(t *testing.T) {
	eras(t, func(t *testing.T, e http.Handler, service *chat.Service) {
		ctx := t.Context()
		create(t, service, "ann", "bob")
		team := establish(t, service.Groups, "ann", chat.GroupSettings{Name: ptr("team")}).ID
		lobby := establish(t, service.Rooms, "ann", chat.GroupSettings{Name: ptr("lobby")}).ID
		for _, to := range []chat.Conversation{conversation("Ann", "user", "BOB"), conversation("ann", "group", team), conversation("ann", "room", lobby)} {
			for _, message := range []chat.Message{{Text: ptr(`"hi" <b>`)}, {Custom: ptr(`{"customEvent":"e"}`)}, {Text: ptr(strings.Repeat("a", 4600))}} {
				message.Conversation = to
				id, err := service.Messages.Send(ctx, message)
				if err != nil {
					t.Fatalf("to %+v: %v", to, err)
				}
				sent := chat.SentMessage{Conversation: to, ID: id}
				wrong := sent
				wrong.Target = "other"
				if err := service.Messages.Retract(ctx, wrong); !hasKind(err, chat.ErrInvalid) {
					t.Errorf("retract from another: %v", err)
				}
				if err := service.Messages.Retract(ctx, sent); err != nil {
					t.Errorf("retract: %v", err)
				}
				if err := service.Messages.Retract(ctx, sent); !hasKind(err, chat.ErrNotFound) {
					t.Errorf("retract again: %v", err)
				}
			}
		}
		id, err := service.Messages.Send(ctx, chat.Message{Conversation: conversation("ann", "user", "bob"), Text: ptr("hi")})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := service.OfflineMessages.Count(ctx, "bob"); err != nil || n != 1 {
			t.Errorf("%d messages wait, %v", n, err)
		}
		if status, err := service.OfflineMessages.Status(ctx, "bob", id); err != nil || status != "undelivered" {
			t.Errorf("the message is %s, %v", status, err)
		}
		sent := chat.SentMessage{Conversation: conversation("ann", "user", "bob"), ID: id}
		control(t, e, http.MethodPut, "settings", `{"easemob":{"features_off":["recall"]}}`, nil)
		if err := service.Messages.Retract(ctx, sent); !hasKind(err, chat.ErrFeatureOff) {
			t.Errorf("retract where that is off: %v", err)
		}
		control(t, e, http.MethodPut, "settings", `{"easemob":{"features_off":[]}}`, nil)
		control(t, e, http.MethodPost, "clock", `{"advance":"3m"}`, nil)
		if err := service.Messages.Retract(ctx, sent); !hasKind(err, chat.ErrInvalid) || !strings.Contains(err.Error(), "exceed recall time limit") {
			t.Errorf("retract too late: %v", err)
		}
	})
}

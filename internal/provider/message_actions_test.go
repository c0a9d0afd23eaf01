package provider_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-chat/internal/chat"
)

// strs are string values by attribute.
func strs(texts map[string]string) map[string]tftypes.Value {
	values := map[string]tftypes.Value{}
	for attribute, text := range texts {
		values[attribute] = str(text)
	}
	return values
}

// sentMessages returns the messages that the application holds: from whom, to whom, the
// body, and if they were retracted.
func (w *world) sentMessages() []string {
	w.t.Helper()
	from, to, body, retracted := "from", "to", "body", "recalled"
	if w.platform == "jmessage" {
		from, to, body, retracted = "from_id", "target_id", "msg_body", "retracted"
	}
	list, _ := w.held()["messages"].([]any)
	messages := []string{}
	for _, entry := range list {
		m := entry.(map[string]any)
		text := fmt.Sprintf("%v %v %v", m[from], m[to], m[body])
		if m[retracted] == true {
			text += " (retracted)"
		}
		messages = append(messages, strings.ReplaceAll(text, w.prefix, ""))
	}
	return messages
}

// expectMessages checks the messages that the application holds.
func (w *world) expectMessages(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), w.sentMessages()); diff != "" {
		w.t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// messageID returns the id that the progress of chat_send_message names.
func messageID(t *testing.T, progress []string) string {
	t.Helper()
	if len(progress) != 2 {
		t.Fatalf("progress is %q", progress)
	}
	match := regexp.MustCompile(`^Sent message "(.+)"\.$`).FindStringSubmatch(progress[1])
	if match == nil {
		t.Fatalf("progress is %q", progress)
	}
	return match[1]
}

func TestMessages_areSentToEveryKindOfTargetAndRetracted(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("alice", "bobby")
		group, room := assemblies[0].of(w), assemblies[1].of(w)
		textKey := map[string]string{"easemob": "msg", "jmessage": "text"}[w.platform]
		r := w.rpc()
		for _, tt := range []struct{ kind, target, attribute, content, want string }{
			{"user", w.name("bobby"), "text", "Hello <Bobby> & 你好", fmt.Sprintf("alice bobby map[%s:Hello <Bobby> & 你好]", textKey)},
			{"group", group, "text", "To all", fmt.Sprintf("alice %s map[%s:To all]", group, textKey)},
			{"room", room, "custom", `{"order": {"id": 7}}`, fmt.Sprintf("alice %s map[order:map[id:7]]", room)},
		} {
			where := map[string]string{"target_type": tt.kind, "target": tt.target, "sender": w.name("alice")}
			message := map[string]string{tt.attribute: tt.content}
			for attribute, value := range where {
				message[attribute] = value
			}
			before := w.sentMessages()
			progress, planned, invoked := r.invoke("chat_send_message", strs(message))
			expectDiagnostics(t, planned, "")
			expectDiagnostics(t, invoked, "")
			id := messageID(t, progress)
			if want := fmt.Sprintf("Sending a message of user %q to %s %q...", w.name("alice"), tt.kind, tt.target); progress[0] != want {
				t.Errorf("progress is %q, want %q", progress[0], want)
			}
			w.expectMessages(append(before, tt.want)...)

			retract := map[string]string{"message_id": id, "sender": w.name("alice")}
			if w.platform == "easemob" {
				retract["target_type"], retract["target"] = tt.kind, tt.target
			}
			progress, planned, invoked = r.invoke("chat_retract_message", strs(retract))
			expectDiagnostics(t, planned, "")
			expectDiagnostics(t, invoked, "")
			if want := []string{fmt.Sprintf("Retracting message %q...", id), fmt.Sprintf("Message %q is retracted.", id)}; !slices.Equal(progress, want) {
				t.Errorf("progress is %q, want %q", progress, want)
			}
			w.expectMessages(append(before, tt.want+" (retracted)")...)
		}
	})
}

func TestMessages_imageIsSentByItsMediaID(t *testing.T) {
	t.Parallel()
	w := emulated(t, "jmessage")
	w.registerMissing("alice", "bobby")
	var picture bytes.Buffer
	w.must(png.Encode(&picture, image.NewGray(image.Rect(0, 0, 3, 2))))
	uploaded, err := w.admin.Media.Upload(context.Background(), chat.MediaFile{
		Name: "a.png", Type: chat.MediaImage, Size: int64(picture.Len()), Content: bytes.NewReader(picture.Bytes()),
	}, nil)
	w.must(err)
	message := map[string]string{"target_type": "user", "target": w.name("bobby"), "sender": w.name("alice"), "image": uploaded.ID}
	progress, planned, invoked := w.rpc().invoke("chat_send_message", strs(message))
	expectDiagnostics(t, planned, "")
	expectDiagnostics(t, invoked, "")
	messageID(t, progress)
	if sent := w.sentMessages(); len(sent) != 1 || !strings.Contains(sent[0], uploaded.ID) {
		t.Errorf("messages are %q", sent)
	}
}

func TestMessages_badInputFailsThePlanWithoutRequests(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		limit := map[string]string{"easemob": `at most 4700 bytes`, "jmessage": `at most 4096 bytes`}[w.platform]
		text := map[string]string{"target_type": "user", "target": "bobby", "sender": "alice", "text": "hi"}
		for name, tt := range map[string]struct {
			change map[string]string // "" leaves an attribute out
			want   string
		}{
			"another type of target": {map[string]string{"target_type": "team"}, `target_type.*"user", "group", "room"|target_type.*one of`},
			"no target":              {map[string]string{"target": " "}, `AttributeName\("target"\).*Invalid value`},
			"a name that is none":    {map[string]string{"sender": "a b"}, `AttributeName\("sender"\).*Invalid value`},
			"no content":             {map[string]string{"text": ""}, `Exactly one of these attributes must be configured`},
			"two contents":           {map[string]string{"custom": "{}"}, `Exactly one of these attributes must be configured`},
			"no JSON":                {map[string]string{"text": "", "custom": "{"}, `custom.*Invalid JSON`},
			"no object":              {map[string]string{"text": "", "custom": "[]"}, `AttributeName\("custom"\).*JSON object`},
			"too long":               {map[string]string{"text": strings.Repeat("a", 5000)}, `AttributeName\("text"\).*` + limit},
		} {
			values := map[string]string{}
			for attribute, value := range text {
				values[attribute] = value
			}
			for attribute, value := range tt.change {
				if values[attribute] = value; value == "" {
					delete(values, attribute)
				}
			}
			_, planned, invoked := w.rpc().invoke("chat_send_message", strs(values))
			if len(planned) == 0 {
				t.Errorf("%s: no error", name)
				continue
			}
			expectDiagnostics(t, planned[:1], `(?s)`+tt.want)
			expectDiagnostics(t, invoked, "")
		}
		w.expectNoRequests()
	})
}

func TestMessages_unsupportedAttributesFailThePlan(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	message := strs(map[string]string{"target_type": "user", "target": "bobby", "sender": "alice"})
	message["image"] = unknownStr()
	_, planned, _ := w.rpc().invoke("chat_send_message", message)
	expectDiagnostics(t, planned, `(?s)AttributeName\("image"\).*Easemob.* does not support image`)
	retract := map[string]string{"message_id": "1", "sender": "alice", "target_type": "user"}
	_, planned, _ = w.rpc().invoke("chat_retract_message", strs(retract))
	expectDiagnostics(t, planned, `(?s)AttributeName\("target"\).*Missing target.*Easemob.* needs target_type and target`)
	w.expectNoRequests()

	w = emulated(t, "jmessage")
	_, planned, _ = w.rpc().invoke("chat_retract_message", strs(retract))
	expectDiagnostics(t, planned, `(?s)AttributeName\("target_type"\).*JMessage does not support target_type`)
	w.expectNoRequests()
}

// Unknown values are planned.
func TestMessages_unknownValuesArePlanned(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		_, planned, _ := w.rpc().invoke("chat_send_message", map[string]tftypes.Value{
			"target_type": str("user"), "target": unknownStr(), "sender": unknownStr(), "text": unknownStr(),
		})
		expectDiagnostics(t, planned, "")
		w.expectNoRequests()
	})
}

func TestMessages_failuresSayWhatToDo(t *testing.T) {
	t.Parallel()
	emulatedOnEachPlatform(t, func(t *testing.T, w *world) {
		w.registerMissing("alice", "bobby")
		message := strs(map[string]string{"target_type": "user", "target": w.name("bobby"), "sender": w.name("alice"), "text": "hi"})
		retract := map[string]string{"message_id": "12345", "sender": w.name("alice")}
		if w.platform == "easemob" {
			retract["target_type"], retract["target"] = "user", w.name("bobby")
		}
		r := w.rpcWith(map[string]tftypes.Value{"max_retries": tftypes.NewValue(tftypes.Number, 0)})
		_, _, invoked := r.invoke("chat_retract_message", strs(retract))
		expectDiagnostics(t, invoked, `(?s)AttributeName\("message_id"\).*Could not retract message "12345".*not found.*There is no such message`)

		progress, _, _ := r.invoke("chat_send_message", message)
		retract["message_id"] = messageID(t, progress)
		w.emulator.advance(5 * time.Minute)
		_, _, invoked = r.invoke("chat_retract_message", strs(retract))
		expectDiagnostics(t, invoked, `(?s)Could not retract message.*invalid.*3 minutes on JMessage, and 2 minutes on Easemob`)

		// The answer is lost: the message was sent once, and the error says that it may have been.
		w.emulator.faults(lost("POST", "/messages"))
		progress, _, invoked = r.invoke("chat_send_message", message)
		expectDiagnostics(t, invoked, `(?s)Could not determine whether a message of user .* was sent.*may have been sent.*sends another one`)
		if len(progress) != 1 || len(w.sentMessages()) != 2 {
			t.Errorf("progress %q, messages %q", progress, w.sentMessages())
		}
		w.emulator.faults()

		if w.platform == "jmessage" { // the other platform does not check
			message["target"] = str(w.name("nobody"))
			_, _, invoked = r.invoke("chat_send_message", message)
			expectDiagnostics(t, invoked, `(?s)Could not send a message.*899002.*The sender or the target does not exist`)
		}
	})
}

func TestAccMessages_areSentWhenAResourceIsCreated(t *testing.T) {
	t.Parallel()
	emulatedAccOnEachPlatform(t, func(t *testing.T, w *world) {
		w.runSince(tfversion.Version1_14_0, resource.TestStep{
			Config: w.config(threeUsers + `
action "chat_send_message" "welcome" {
  config {
    target_type = "user"
    target      = chat_user.bobby.id
    sender      = chat_user.alice.id
    text        = "Welcome"
  }
}

resource "chat_contact" "alice_bobby" {
  owner   = chat_user.alice.id
  contact = chat_user.bobby.id
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.chat_send_message.welcome]
    }
  }
}
`),
			Check: func(*state) error {
				key := map[string]string{"easemob": "msg", "jmessage": "text"}[w.platform]
				if diff := cmp.Diff([]string{fmt.Sprintf("alice bobby map[%s:Welcome]", key)}, w.sentMessages()); diff != "" {
					return fmt.Errorf("messages (-want +got):\n%s", diff)
				}
				return nil
			},
		})
	})
}

package chat_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"terraform-provider-chat/internal/chat"
)

func TestRules(t *testing.T) {
	even := chat.Text(func(text string) error {
		if len(text)%2 == 1 {
			return chat.Refuse("A text has an even length; %q has not.", text)
		}
		return nil
	})
	rules := chat.Rules{
		"text":    even,
		"name":    chat.Characters("A name", 3),
		"hour":    chat.Whole("An hour", 0, 23),
		"missing": chat.Lacking("Example", "hours"),
	}
	for _, tt := range []struct {
		field chat.Field
		value any
		want  string
		kind  error
	}{
		{"without a rule", "anything", "", nil},
		{"text", "ab", "", nil},
		{"text", "a", `A text has an even length; "a" has not.`, chat.ErrInvalid},
		{"text", nil, "", nil},
		{"text", int64(1), "", nil},
		{"name", "", "", nil},
		{"name", "äöü", "", nil},
		{"name", "äöü1", "A name must have at most 3 characters; this one has 4.", chat.ErrInvalid},
		{"name", nil, "", nil},
		{"hour", int64(0), "", nil},
		{"hour", int64(23), "", nil},
		{"hour", int64(24), "An hour must be a whole number from 0 to 23; it is 24.", chat.ErrInvalid},
		{"hour", int64(-1), "An hour must be a whole number from 0 to 23; it is -1.", chat.ErrInvalid},
		{"hour", nil, "", nil},
		{"missing", int64(1), "Example does not support hours.", chat.ErrUnsupported},
		{"missing", true, "Example does not support hours.", chat.ErrUnsupported},
		{"missing", nil, "Example does not support hours.", chat.ErrUnsupported},
	} {
		t.Run(fmt.Sprint(tt.field, " ", tt.value), func(t *testing.T) {
			err := rules.Check(tt.field, tt.value)
			if tt.kind == nil {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if !errors.Is(err, tt.kind) || err.Error() != tt.want {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			for _, other := range []error{chat.ErrInvalid, chat.ErrUnsupported, chat.ErrNotFound} {
				if !errors.Is(other, tt.kind) && errors.Is(err, other) {
					t.Errorf("%v is %v as well", err, other)
				}
			}
		})
	}
	if err := chat.Rules(nil).Check("text", "a"); err != nil {
		t.Errorf("without rules: %v", err)
	}
}

func TestLimitCheck(t *testing.T) {
	for n, fits := range map[int]bool{0: true, 1: true, 60: true, 61: false} {
		err := chat.Limit{Items: 60, Bytes: 1}.Check("register users", n)
		if fits && err != nil {
			t.Errorf("%d: %v", n, err)
		}
		if want := fmt.Sprintf("register users: request too large: %d in one call; the platform accepts at most 60", n); !fits && (!errors.Is(err, chat.ErrTooLarge) || err.Error() != want) {
			t.Errorf("%d: got %v, want %q", n, err, want)
		}
	}
}

func TestRefs(t *testing.T) {
	refs := chat.Refs("ann", "bob")
	if len(refs) != 2 || refs[1] != (chat.Ref{Username: "bob"}) || strings.Join(chat.Usernames(refs), " ") != "ann bob" {
		t.Errorf("got %v", refs)
	}
	if got := refs[0].String(); got != "ann" {
		t.Errorf("got %q", got)
	}
	if got := (chat.Ref{AppKey: "key", Username: "ann"}).String(); got != "ann/key" {
		t.Errorf("got %q", got)
	}
}

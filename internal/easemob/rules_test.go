package easemob_test

import (
	"errors"
	"strings"
	"testing"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/easemob"
)

func TestUsernames(t *testing.T) {
	rules := easemob.Rules("chat-demo#testapp")
	for _, name := range []string{"a", "7", "User_1.x-y", strings.Repeat("a", 64), "batch", "11111111-0000-11ee-8000-0123456789a"} {
		if err := rules.CheckUsername(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{
		"", strings.Repeat("a", 65), "a b", "a#b", "ann@example.com", "安", "é", "a/b", "a\n",
		"11111111-0000-11ee-8000-0123456789ab", "11111111-0000-11EE-8000-0123456789AB", "me", "ME", ".", "..",
	} {
		if err := rules.CheckUsername(name); !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if rules.UserKey("AnN") != rules.UserKey("aNn") || rules.UserKey("ann") == rules.UserKey("bob") {
		t.Error("names are not compared without case")
	}
}

func TestPasswords(t *testing.T) {
	rules := easemob.Rules("chat-demo#testapp")
	for _, password := range []string{"1", "123", `aZ0~!@#$%^&*-_=+<>;:,./?`, "pass word", "passwörd", `pass"word`, strings.Repeat("ö", 64)} {
		if err := rules.CheckPassword(password); err != nil {
			t.Errorf("%q: %v", password, err)
		}
	}
	for _, password := range []string{"", strings.Repeat("p", 65)} {
		err := rules.CheckPassword(password)
		if !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("%q: %v", password, err)
		} else if password != "" && strings.Contains(err.Error(), password) {
			t.Errorf("the password is told: %v", err)
		}
	}
}

func TestSettings(t *testing.T) {
	rules := easemob.Rules("chat-demo#testapp")
	good := chat.Settings{Nickname: ptr(strings.Repeat("安", 100)), Push: &chat.Push{
		DisplayStyle: ptr("summary"), DoNotDisturb: ptr(true), Start: ptr(int64(0)), End: ptr(int64(23)),
	}}
	if found := rules.CheckSettings(good); len(found) > 0 {
		t.Error(found)
	}
	var fields []chat.Field
	for _, f := range rules.CheckSettings(chat.Settings{
		Nickname: ptr(strings.Repeat("安", 101)),
		Push:     &chat.Push{DisplayStyle: ptr("loud"), Start: ptr(int64(-1)), End: ptr(int64(24))},
		Profile:  &chat.Profile{},
	}) {
		fields = append(fields, f.Field)
		want := chat.ErrInvalid
		if f.Field == chat.FieldProfile {
			want = chat.ErrUnsupported
			if f.Err.Error() != "the Chat Platform API (Easemob) does not support profile." {
				t.Error(f.Err)
			}
		}
		if !errors.Is(f, want) {
			t.Errorf("%v is not %v", f, want)
		}
	}
	same(t, "fields", fields, []chat.Field{chat.FieldNickname, chat.FieldDisplayStyle, chat.FieldDNDStart, chat.FieldDNDEnd, chat.FieldProfile})

	fields = nil
	for _, f := range rules.CheckNotes(chat.Notes{NoteName: ptr(""), Note: ptr("x")}) {
		fields = append(fields, f.Field)
		if !errors.Is(f, chat.ErrUnsupported) {
			t.Error(f)
		}
	}
	same(t, "fields", fields, []chat.Field{chat.FieldNoteName, chat.FieldNote})
	if found := rules.CheckNotes(chat.Notes{}); len(found) > 0 {
		t.Error(found)
	}
}

func TestPlatform(t *testing.T) {
	c := connect(t, &platform{})
	if p := c.Platform(); p.Name() != "easemob" || p.AppKey() != "chat-demo#testapp" || !p.ReadsActivated() || p.Limits().UserPage != 100 {
		t.Errorf("%+v", p)
	}
}

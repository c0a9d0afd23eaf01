package jmessage_test

import (
	"errors"
	"strings"
	"testing"

	"terraform-provider-chat/internal/chat"
)

func TestUsernames(t *testing.T) {
	rules := newService(t).Platform.Rules
	for name, ok := range map[string]bool{
		"alice": true, "0abc": true, "a_.-@": true, "Alice": true, strings.Repeat("a", 128): true,
		"": false, "abc": false, "_abc": false, "@abc": false, ".abc": false, "ab c": false, "ab/c": false,
		"üabc": false, "小明小明": false, "alice\n": false, strings.Repeat("a", 129): false,
	} {
		err := rules.Check(chat.FieldUsername, name)
		if (err == nil) != ok {
			t.Errorf("%q: got %v", name, err)
		}
		if err != nil && (!errors.Is(err, chat.ErrInvalid) || !strings.Contains(err.Error(), "4 to 128")) {
			t.Errorf("%q: got %v, want an ErrInvalid with the rule", name, err)
		}
	}
}

func TestPasswords(t *testing.T) {
	rules := newService(t).Platform.Rules
	for password, ok := range map[string]bool{
		"1234": true, "密码": true, "a b\n": true, strings.Repeat("密", 42) + "ab": true,
		"": false, "xyz": false, "密": false, strings.Repeat("密", 43): false,
	} {
		err := rules.Check(chat.FieldPassword, password)
		if (err == nil) != ok {
			t.Errorf("%q: got %v", password, err)
		}
		if err != nil && (!errors.Is(err, chat.ErrInvalid) || password != "" && strings.Contains(err.Error(), password)) {
			t.Errorf("%q: got %v, want an ErrInvalid without the password", password, err)
		}
	}
}

func TestRules(t *testing.T) {
	rules := newService(t).Platform.Rules
	for _, tt := range []struct {
		field chat.Field
		good  []string
		bad   []string
	}{
		{
			chat.FieldNickname,
			[]string{"", "小明 🙂", strings.Repeat("密", 21) + "a"},
			[]string{strings.Repeat("密", 22), "a\nb", "a\rb"},
		},
		{"user.profile.avatar", []string{"", "qiniu/image/CE0ACD035CBF71F8"}, []string{strings.Repeat("a", 251)}},
		{
			"user.profile.birthday",
			[]string{"", "2000-02-29"},
			[]string{"2001-02-29", "1990-01-24 00:00:00", "24.01.1990"},
		},
		{"user.profile.gender", []string{"unknown", "male", "female"}, []string{"", "1", "Male"}},
		{"user.profile.signature", []string{"", "a\nb 🙂", strings.Repeat("密", 83) + "a"}, []string{strings.Repeat("密", 84)}},
		{"user.profile.region", []string{"", "深圳"}, []string{strings.Repeat("a", 251)}},
		{"user.profile.address", []string{"", "深圳"}, []string{strings.Repeat("a", 251)}},
		{
			"user.profile.extras",
			[]string{"", "{}", ` {"a": [1, "二"]} `, `{"a":"` + strings.Repeat("x", 504) + `"}`, `{"a": ` + strings.Repeat(" ", 512) + `1}`},
			[]string{`[1]`, `{a: 1}`, `"a"`, `{"a":"` + strings.Repeat("x", 505) + `"}`},
		},
		{"contact.note_name", []string{"", "= ="}, []string{"a\rb", "a\nb", strings.Repeat("密", 22)}},
		{"contact.note", []string{"", "a\nb"}, []string{strings.Repeat("密", 84)}},
		{"group.name", []string{"", "群 🙂", strings.Repeat("密", 21) + "a"}, []string{"a\rb", "a\nb", strings.Repeat("密", 22)}},
		{"group.description", []string{"", "a\nb 🙂", strings.Repeat("密", 83) + "a"}, []string{strings.Repeat("密", 84)}},
		{"group.avatar", []string{"", "qiniu/image/CE0ACD035CBF71F8", "https://host.example/a.png"}, nil},
		{"sensitive_word.word", []string{"a", "FUCK", "一二三四五六七八九十", "a b"}, []string{"", "abcdefghijk", "一二三四五六七八九十一"}},
		{"media.type", []string{"image", "file", "voice"}, []string{"", "video", "Image"}},
		{"media.format", []string{"jpg", "bmp", "gif", "png"}, []string{"", "webp", "PNG"}},
		{
			"message.text",
			[]string{"a", strings.Repeat("a", 4096-11), strings.Repeat("<", 4096-11), strings.Repeat("密", 1361)},
			[]string{"", strings.Repeat("a", 4096-10), strings.Repeat("\n", 2043), strings.Repeat("密", 1362)},
		},
		{
			"message.custom",
			[]string{"{}", `{"a": [1]}`, `{"a":"` + strings.Repeat("x", 4088) + `"}`, `{ ` + strings.Repeat(" ", 4096) + `}`},
			[]string{"", "[]", `"a"`, "{a:1}", `{"a":"` + strings.Repeat("x", 4089) + `"}`},
		},
		{"room.name", []string{"", "a\nb", strings.Repeat("密", 21) + "a"}, []string{strings.Repeat("密", 22)}},
		{"room.description", []string{"", "a\nb", strings.Repeat("密", 83) + "a"}, []string{strings.Repeat("密", 84)}},
	} {
		for _, value := range tt.good {
			if err := rules.Check(tt.field, value); err != nil {
				t.Errorf("%s = %q: %v", tt.field, value, err)
			}
		}
		for _, value := range tt.bad {
			if err := rules.Check(tt.field, value); !errors.Is(err, chat.ErrInvalid) {
				t.Errorf("%s = %q: got %v, want an ErrInvalid", tt.field, value, err)
			}
		}
		if err := rules.Check(tt.field, nil); err != nil {
			t.Errorf("%s that is not known: %v", tt.field, err)
		}
	}
	err := rules.Check("user.push", nil)
	if !errors.Is(err, chat.ErrUnsupported) || err.Error() != "JMessage does not support push." {
		t.Errorf("push: got %v, want ErrUnsupported", err)
	}
	if err := rules.Check("user.profile", nil); err != nil {
		t.Error(err)
	}
	for size, ok := range map[int64]bool{0: false, 1: true, 8 << 20: true, 8<<20 + 1: false} {
		if err := rules.Check("media.size", size); (err == nil) != ok || err != nil && !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("a file of %d bytes: %v", size, err)
		}
	}
	if err := rules.Check("media.size", nil); err != nil {
		t.Error(err)
	}
}

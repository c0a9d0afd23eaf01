package jmessage_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/jmessage"
	"terraform-provider-chat/internal/rest"
)

func newClient(t *testing.T) *jmessage.Client {
	t.Helper()
	c, err := jmessage.New(jmessage.Config{AppKey: appKey, MasterSecret: masterSecret})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNew(t *testing.T) {
	good := jmessage.Config{AppKey: appKey, MasterSecret: masterSecret}
	tests := map[string]struct {
		change func(*jmessage.Config)
		says   string
	}{
		"no app key":         {func(c *jmessage.Config) { c.AppKey = "" }, "24 letters or digits"},
		"a short app key":    {func(c *jmessage.Config) { c.AppKey = appKey[1:] }, "24 letters or digits"},
		"an app key with #":  {func(c *jmessage.Config) { c.AppKey = "chat-demo#testapp0000000" }, "24 letters or digits"},
		"no secret":          {func(c *jmessage.Config) { c.MasterSecret = "" }, "24 letters, digits"},
		"a long secret":      {func(c *jmessage.Config) { c.MasterSecret += "1" }, "24 letters, digits"},
		"a secret on a line": {func(c *jmessage.Config) { c.MasterSecret = masterSecret[1:] + "\n" }, "24 letters, digits"},
		"a bad base URL":     {func(c *jmessage.Config) { c.REST.BaseURL = "ftp://example.com" }, "ftp://example.com"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			config := good
			tt.change(&config)
			_, err := jmessage.New(config)
			if !errors.Is(err, chat.ErrInvalid) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want an ErrInvalid about %q", err, tt.says)
			}
			if err != nil && strings.Contains(err.Error(), "demo-master") {
				t.Errorf("%q quotes the secret", err)
			}
		})
	}
	for _, config := range []jmessage.Config{
		good,
		{AppKey: strings.ToUpper(appKey), MasterSecret: "aA0aA0aA0aA0aA0aA0aA0aA0", REST: rest.Config{BaseURL: "http://127.0.0.1:7420"}},
	} {
		if _, err := jmessage.New(config); err != nil {
			t.Errorf("%+v: %v", config, err)
		}
	}
}

func TestPlatform(t *testing.T) {
	p := newClient(t).Platform()
	if p.Name() != "jmessage" || p.Title() != "JMessage" || p.AppKey() != appKey {
		t.Errorf("got %q, %q, %q", p.Name(), p.Title(), p.AppKey())
	}
	if p.ReadsActivated() {
		t.Error("the platform does not tell whether a user is forbidden to log in")
	}
	if p.UserKey("Alice") == p.UserKey("alice") {
		t.Error("names that differ by case are different users")
	}
	want := chat.Limits{
		CreateUsers: chat.Limit{Items: 500}, DeleteUsers: chat.Limit{Items: 100},
		AddContacts: chat.Limit{Items: 500}, RemoveContacts: chat.Limit{Items: 500},
		AddBlocks: chat.Limit{Items: 100}, RemoveBlocks: chat.Limit{Items: 100},
		Statuses: chat.Limit{Items: 100}, UserPage: 500,
	}
	if p.Limits() != want {
		t.Errorf("limits %+v, want %+v", p.Limits(), want)
	}
	small := chat.NewUser{Username: "alice", Password: "password"}
	if got, want := p.UserSize(small), len(`{"username":"alice","password":"password"},`); got != want {
		t.Errorf("size %d, want %d", got, want)
	}
}

func TestNames(t *testing.T) {
	p := newClient(t).Platform()
	for name, ok := range map[string]bool{
		"alice": true, "0abc": true, "a_.-@": true, "Alice": true, strings.Repeat("a", 128): true,
		"": false, "abc": false, "_abc": false, "@abc": false, ".abc": false, "ab c": false, "ab/c": false,
		"üabc": false, "小明小明": false, "alice\n": false, strings.Repeat("a", 129): false,
	} {
		err := p.CheckUsername(name)
		if (err == nil) != ok {
			t.Errorf("%q: got %v", name, err)
		}
		if err != nil && (!errors.Is(err, chat.ErrInvalid) || !strings.Contains(err.Error(), "4 to 128")) {
			t.Errorf("%q: got %v, want an ErrInvalid with the rule", name, err)
		}
	}
}

func TestPasswords(t *testing.T) {
	p := newClient(t).Platform()
	for password, ok := range map[string]bool{
		"1234": true, "密码": true, "a b\n": true, strings.Repeat("密", 42) + "ab": true,
		"": false, "xyz": false, "密": false, strings.Repeat("密", 43): false,
	} {
		err := p.CheckPassword(password)
		if (err == nil) != ok {
			t.Errorf("%q: got %v", password, err)
		}
		if err != nil && (!errors.Is(err, chat.ErrInvalid) || password != "" && strings.Contains(err.Error(), password)) {
			t.Errorf("%q: got %v, want an ErrInvalid without the password", password, err)
		}
	}
}

func TestCheckSettings(t *testing.T) {
	p := newClient(t).Platform()
	profile := func(f chat.Profile) chat.Settings { return chat.Settings{Profile: &f} }
	tests := []struct {
		name     string
		settings chat.Settings
		fields   []chat.Field
	}{
		{"nothing", chat.Settings{}, nil},
		{"everything", chat.Settings{Nickname: ptr("小明 🙂"), Profile: &chat.Profile{
			Avatar: ptr("qiniu/image/CE0ACD035CBF71F8"), Birthday: ptr("2000-02-29"), Gender: ptr("female"), Signature: ptr("a\nb 🙂"),
			Region: ptr("深圳"), Address: ptr("深圳"), Extras: ptr(` {"a": [1, "二"]} `),
		}}, nil},
		{"everything cleared", chat.Settings{Nickname: ptr(""), Profile: &chat.Profile{
			Avatar: ptr(""), Birthday: ptr(""), Gender: ptr("unknown"), Signature: ptr(""), Region: ptr(""), Address: ptr(""), Extras: ptr("{}"),
		}}, nil},
		{"the longest", chat.Settings{Nickname: ptr(strings.Repeat("密", 21) + "a"), Profile: &chat.Profile{
			Signature: ptr(strings.Repeat("密", 83) + "a"), Extras: ptr(`{"a":"` + strings.Repeat("x", 504) + `"}`),
		}}, nil},
		{"a long nickname", chat.Settings{Nickname: ptr(strings.Repeat("密", 22))}, []chat.Field{chat.FieldNickname}},
		{"a nickname of two lines", chat.Settings{Nickname: ptr("a\nb")}, []chat.Field{chat.FieldNickname}},
		{"long texts", profile(chat.Profile{
			Avatar: ptr(strings.Repeat("a", 251)), Signature: ptr(strings.Repeat("密", 84)), Region: ptr(strings.Repeat("a", 251)), Address: ptr(strings.Repeat("a", 251)),
		}), []chat.Field{chat.FieldAvatar, chat.FieldSignature, chat.FieldRegion, chat.FieldAddress}},
		{"no such day", profile(chat.Profile{Birthday: ptr("2001-02-29")}), []chat.Field{chat.FieldBirthday}},
		{"a birthday with a time", profile(chat.Profile{Birthday: ptr("1990-01-24 00:00:00")}), []chat.Field{chat.FieldBirthday}},
		{"a gender by number", profile(chat.Profile{Gender: ptr("1")}), []chat.Field{chat.FieldGender}},
		{"a gender cleared", profile(chat.Profile{Gender: ptr("")}), []chat.Field{chat.FieldGender}},
		{"extras that are a list", profile(chat.Profile{Extras: ptr(`[1]`)}), []chat.Field{chat.FieldExtras}},
		{"extras that are no JSON", profile(chat.Profile{Extras: ptr(`{a: 1}`)}), []chat.Field{chat.FieldExtras}},
		{"long extras", profile(chat.Profile{Extras: ptr(`{"a":"` + strings.Repeat("x", 505) + `"}`)}), []chat.Field{chat.FieldExtras}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkFields(t, p.CheckSettings(tt.settings), tt.fields)
		})
	}
	push := p.CheckSettings(chat.Settings{Push: &chat.Push{}})
	if len(push) != 1 || push[0].Field != chat.FieldPush || !errors.Is(push[0], chat.ErrUnsupported) {
		t.Errorf("push: got %v, want ErrUnsupported", push)
	}
}

func TestCheckNotes(t *testing.T) {
	p := newClient(t).Platform()
	checkFields(t, p.CheckNotes(chat.Notes{NoteName: ptr("= ="), Note: ptr("a\nb")}), nil)
	checkFields(t, p.CheckNotes(chat.Notes{NoteName: ptr("a\rb"), Note: ptr(strings.Repeat("密", 84))}),
		[]chat.Field{chat.FieldNoteName, chat.FieldNote})
}

func checkFields(t *testing.T, got []chat.FieldError, want []chat.Field) {
	t.Helper()
	var fields []chat.Field
	for _, e := range got {
		fields = append(fields, e.Field)
		if !errors.Is(e, chat.ErrInvalid) {
			t.Errorf("%v is not an ErrInvalid", e)
		}
	}
	if !slices.Equal(fields, want) {
		t.Errorf("got %v, want errors of %v", got, want)
	}
}

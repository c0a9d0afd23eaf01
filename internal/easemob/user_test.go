package easemob_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
)

func TestUsersOfTheDocument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{answers: map[string][]reply{
			"GET /users/user1":                          {{body: `{"action":"get","path":"/users","uri":"http://elsewhere/users/user1","entities":[{"uuid":"3b8c9890-7b9a-11e8-9d88-f50bf55cafad","type":"user","created":1530276298905,"modified":1534405429835,"username":"User1","activated":true,"notification_no_disturbing":true,"notification_no_disturbing_start":1,"notification_no_disturbing_end":3,"notification_display_style":0,"nickname":"testuser","notifier_name":"2882303761517426801"}],"timestamp":1534405429833,"duration":4,"count":1}`}},
			"GET /users/user2":                          {{body: `{"entities":[{"uuid":"u2","created":"1542356523769","username":"user2","activated":"false","nickname":"","notification_no_disturbing":"0","notification_no_disturbing_start":"22","notification_no_disturbing_end":null,"notification_display_style":"1"}],"timestamp":"1542356523770"}`}},
			"GET /users/user3":                          {{body: `{"entities":null}`}},
			"GET /users/user5":                          {{body: `{"entities":[{"uuid":"u6","username":"user6"}]}`}},
			"GET /users?limit=100":                      {{body: `{"params":{"limit":["100"]},"entities":[{"uuid":"a","created":1542356511855,"username":"user1","activated":true}],"timestamp":1542558467056,"cursor":"LTgz+/=","count":1}`}},
			"GET /users?cursor=LTgz%2B%2F%3D&limit=100": {{body: `{"entities":[],"count":0}`}},
		}}
		service := connect(t, p)
		got, err := service.Users.Get(t.Context(), "USER1", chat.Basic)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "user", got, &chat.User{
			Username: "User1", Registration: registered("3b8c9890-7b9a-11e8-9d88-f50bf55cafad", 1530276298905, 1534405429833), Activated: ptr(true),
			Settings: chat.Settings{Nickname: ptr("testuser"), Push: &chat.Push{
				DisplayStyle: ptr("summary"), DoNotDisturb: ptr(true), Start: ptr(int64(1)), End: ptr(int64(3)),
			}},
		})
		if got, err = service.Users.Get(t.Context(), "user2", chat.Basic); err != nil {
			t.Fatal(err)
		}
		same(t, "user", got, &chat.User{
			Username: "user2", Registration: registered("u2", 1542356523769, 1542356523770), Activated: ptr(false),
			Settings: chat.Settings{Push: &chat.Push{DisplayStyle: ptr("detail"), DoNotDisturb: ptr(false), Start: ptr(int64(22))}},
		})
		for name, want := range map[string]error{"user3": chat.ErrUnavailable, "user4": chat.ErrNotFound, "user5": chat.ErrUnavailable} {
			if got, err = service.Users.Get(t.Context(), name, chat.Basic); !hasKind(err, want) {
				t.Errorf("%s: %+v, %v, want %v", name, got, err, want)
			}
		}
		page, err := service.Users.List(t.Context(), "")
		if err != nil || len(page.Items) != 1 || page.Items[0].Username != "user1" || page.Next != "LTgz+/=" || page.Total != -1 || page.Skip != nil {
			t.Errorf("first page %+v, %v", page, err)
		}
		same(t, "registration on a page", page.Items[0].Registration, registered("a", 1542356511855, 1542558467056))
		page, err = service.Users.List(t.Context(), page.Next)
		if err != nil || len(page.Items) != 0 || page.Next != "" {
			t.Errorf("last page %+v, %v", page, err)
		}
	})
}

// registered is a registration, in milliseconds since 1970, that was read just now from
// an answer that says what time it is.
func registered(uuid string, created, answered int64) chat.Registration {
	at := time.Now().Add(time.Duration(created-answered) * time.Millisecond).UTC()
	return chat.Registration{
		UUID: uuid, CreatedAt: time.UnixMilli(created).UTC(), Since: at.Add(-time.Millisecond), Until: at.Add(time.Millisecond),
	}
}

func TestRefusedSettings(t *testing.T) {
	p := &platform{}
	service := connect(t, p)
	const lacks = "unsupported: The Chat Platform API (Easemob) does not support "
	for what, tt := range map[string]struct {
		err, kind error
		text      string
	}{
		"a profile at the registration": {
			func() error {
				_, err := service.Users.Create(t.Context(), []chat.NewUser{{Username: "ann", Password: "pw", Profile: &chat.Profile{}}})
				return err
			}(), chat.ErrUnsupported,
			`register user "ann": ` + lacks + "the registration of a user with a profile.",
		},
		"an unknown gender": {
			service.Profiles.Set(t.Context(), "ann", chat.Profile{Gender: ptr("other")}), chat.ErrInvalid,
			`write the profile of user "ann": invalid: profile.gender must be one of unknown, male, female; it is "other"`,
		},
		"an unknown display style": {
			service.Users.Update(t.Context(), "ann", chat.Settings{Push: &chat.Push{DisplayStyle: ptr("loud")}}), chat.ErrInvalid,
			`update user "ann": invalid: push.display_style must be one of summary, detail; it is "loud"`,
		},
		"notes": {
			service.Contacts.SetNotes(t.Context(), "ann", chat.Ref{Username: "bob"}, chat.Notes{Note: ptr("x")}), chat.ErrUnsupported,
			`write the notes of user "ann" about contact "bob": ` + lacks + "note.",
		},
	} {
		if !hasKind(tt.err, tt.kind) || tt.err.Error() != tt.text {
			t.Errorf("%s: %v, want %q", what, tt.err, tt.text)
		}
	}
	if len(p.calls) > 0 {
		t.Errorf("calls were made: %q", p.calls)
	}
}

func TestUsernames(t *testing.T) {
	rules := connect(t, nil).Platform.Rules
	for _, name := range []string{"a", "7", "User_1.x-y", strings.Repeat("a", 64), "batch", "11111111-0000-11ee-8000-0123456789a"} {
		if err := rules.Check(chat.FieldUsername, name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{
		"", strings.Repeat("a", 65), "a b", "a#b", "ann@example.com", "安", "é", "a/b", "a\n",
		"11111111-0000-11ee-8000-0123456789ab", "11111111-0000-11EE-8000-0123456789AB", "me", "ME", ".", "..",
	} {
		if err := rules.Check(chat.FieldUsername, name); !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestPasswords(t *testing.T) {
	rules := connect(t, nil).Platform.Rules
	for _, password := range []string{"1", "123", `aZ0~!@#$%^&*-_=+<>;:,./?`, "pass word", "passwörd", `pass"word`, strings.Repeat("ö", 64)} {
		if err := rules.Check(chat.FieldPassword, password); err != nil {
			t.Errorf("%q: %v", password, err)
		}
	}
	for _, password := range []string{"", strings.Repeat("p", 65)} {
		err := rules.Check(chat.FieldPassword, password)
		if !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("%q: %v", password, err)
		} else if password != "" && strings.Contains(err.Error(), password) {
			t.Errorf("the password is quoted: %v", err)
		}
	}
}

func TestRulesOfSettings(t *testing.T) {
	rules := connect(t, nil).Platform.Rules
	if err := rules.Check(chat.FieldNickname, strings.Repeat("安", 100)); err != nil {
		t.Error(err)
	}
	if err := rules.Check(chat.FieldNickname, strings.Repeat("安", 101)); !errors.Is(err, chat.ErrInvalid) {
		t.Errorf("a long nickname: %v", err)
	}
	for field, name := range map[chat.Field]string{
		"contact.note": "note", "contact.contact_app_key": "contact_app_key", "do_not_disturb.contact_app_key": "contact_app_key", "message.image": "image",
	} {
		err := rules.Check(field, nil)
		if want := "The Chat Platform API (Easemob) does not support " + name + "."; !errors.Is(err, chat.ErrUnsupported) || err.Error() != want {
			t.Errorf("%s: %v, want %q", field, err, want)
		}
	}
	for _, field := range []chat.Field{"user.push", "user.profile"} {
		if err := rules.Check(field, nil); err != nil {
			t.Error(err)
		}
	}
	long := func(n int) string { return strings.Repeat("安", n) }
	object := func(bytes int) string { return `{"a":"` + strings.Repeat("a", bytes-len(`{"a":""}`)) + `"}` }
	for _, tt := range []struct {
		field chat.Field
		value string
		want  string
	}{
		{"user.profile.avatar", long(256), ""},
		{"user.profile.avatar", long(257), "profile.avatar must have at most 256 characters; this one has 257."},
		{"user.profile.birthday", "2000-02-29", ""},
		{"user.profile.birthday", "", ""},
		{"user.profile.birthday", "2001-02-29", `profile.birthday must be an existing date in the form yyyy-MM-dd; it is "2001-02-29".`},
		{"user.profile.gender", "female", ""},
		{"user.profile.gender", "2", `profile.gender must be one of unknown, male, female; it is "2".`},
		{"user.profile.signature", long(256), ""},
		{"user.profile.signature", long(257), "profile.signature must have at most 256 characters; this one has 257."},
		{"user.profile.region", long(600), ""},
		{"user.profile.address", long(600), ""},
		{"user.profile.phone", long(32), ""},
		{"user.profile.phone", long(33), "profile.phone must have at most 32 characters; this one has 33."},
		{"user.profile.email", long(64), ""},
		{"user.profile.email", long(65), "profile.email must have at most 64 characters; this one has 65."},
		{"user.profile.extras", ` {"a": [1]}`, ""},
		{"user.profile.extras", "", ""},
		{"user.profile.extras", `[1]`, "profile.extras must be a JSON object."},
		{"user.profile.extras", `{"a":`, "profile.extras must be a JSON object."},
		{"contact.note_name", long(100), ""},
		{"contact.note_name", long(101), "The note name of a contact must have at most 100 characters; this one has 101."},
		{"message.text", strings.Repeat("a", 4698), ""},
		{"message.text", strings.Repeat("a", 4699), "A message must have at most 4700 bytes as JSON; this one has 4701."},
		{"message.text", "", "The text of a message must have at least one character."},
		{"message.custom", object(4700), ""},
		{"message.custom", object(4701), "A message must have at most 4700 bytes as JSON; this one has 4701."},
		{"message.custom", "[]", `A custom message must be a JSON object, such as {"customEvent": "order", "customExts": {"id": "1"}}.`},
	} {
		err := rules.Check(tt.field, tt.value)
		if text := fmt.Sprint(err); (err != nil || tt.want != "") && (text != tt.want || !errors.Is(err, chat.ErrInvalid)) {
			t.Errorf("%s = %.20q: %q, want %q", tt.field, tt.value, text, tt.want)
		}
	}
}

package easemob_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
)

func TestRegisterSeveral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{answers: map[string][]reply{
			"POST /users": {{body: `{"action":"post","entities":[{"uuid":"278b5e60-e27b-11e8-8f9b-d5d83ebec806","type":"user","created":1541587920710,"modified":1541587920710,"username":"user1","activated":true,"nickname":"one"},{"uuid":"278bac80-e27b-11e8-b192-73e4cd5078a5","type":"user","created":1541587920712,"username":"user2","activated":true}],"timestamp":1541587920714,"data":[{"username":"user3","registerUserFailReason":"the user3 already exists"},{"username":"user4","registerUserFailReason":"password of user4 not good: pw-four"}],"duration":0}`}},
		}}
		results, err := connect(t, p).Users.Create(t.Context(), []chat.NewUser{
			{Username: "User1", Password: "pw-one", Nickname: ptr("one")}, {Username: "user4", Password: "pw-four"},
			{Username: "user3", Password: "pw-three"}, {Username: "user2", Password: "pw-two"}, {Username: "user5", Password: "pw-five"},
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "user1", results[0].User, &chat.User{
			Username: "user1", Registration: registered("278b5e60-e27b-11e8-8f9b-d5d83ebec806", 1541587920710, 1541587920714),
			Activated: ptr(true), Settings: chat.Settings{Nickname: ptr("one"), Push: &chat.Push{}},
		})
		if u := results[3].User; u == nil || u.Username != "user2" {
			t.Errorf("user2: %+v", results[3])
		}
		for i, want := range map[int]struct {
			kind error
			text string
			open bool
		}{
			1: {chat.ErrInvalid, `register user "user4": invalid: HTTP 200: password of user4 not good: [hidden]`, false},
			2: {chat.ErrAlreadyExists, `register user "user3": already exists: HTTP 200: the user3 already exists`, false},
			4: {chat.ErrUnavailable, `register user "user5": unavailable: HTTP 200: the answer does not mention the user`, true},
		} {
			if err := results[i].Err; !hasKind(err, want.kind) || err.Error() != want.text {
				t.Errorf("result %d: %v, want %q", i, err, want.text)
			}
			sentAt, open := chat.Unsettled(results[i].Err)
			if open != want.open || open && !sentAt.Equal(time.Now()) {
				t.Errorf("result %d is open: %v, sent at %s", i, open, sentAt)
			}
		}
		if n := len(p.sent()); n != 1 {
			t.Errorf("%d calls, want 1", n)
		}
	})
}

func TestRegisterSeveralRefused(t *testing.T) {
	p := &platform{answers: map[string][]reply{
		"POST /users": {{status: 400, body: `{"error":"duplicate_unique_property_exists","error_description":"value of ann exists with passwords [secret-1, secret-2]"}`}},
	}}
	results, err := connect(t, p).Users.Create(t.Context(), []chat.NewUser{{Username: "ann", Password: "secret-1"}, {Username: "ann", Password: "secret-2"}})
	if results != nil || !hasKind(err, chat.ErrAlreadyExists) || strings.Contains(fmt.Sprintf("%v %+v", err, err), "secret") {
		t.Errorf("%v, %v", results, err)
	}
	if _, open := chat.Unsettled(err); open {
		t.Errorf("a clear refusal is said to be open: %v", err)
	}
}

func TestSameNameTwiceInOneCall(t *testing.T) {
	p := &platform{answers: map[string][]reply{
		"POST /users": {{body: `{"entities":[{"uuid":"u1","username":"ann"}],"data":[]}`}},
	}}
	results, err := connect(t, p).Users.Create(t.Context(), []chat.NewUser{{Username: "ann", Password: "1"}, {Username: "ANN", Password: "1"}})
	if err != nil || results[0].Err != nil || results[0].User.UUID != "u1" || !hasKind(results[1].Err, chat.ErrAlreadyExists) {
		t.Errorf("%+v, %v", results, err)
	}
}

func TestProfilesCannotBeRegistered(t *testing.T) {
	p := &platform{}
	_, err := connect(t, p).Users.Create(t.Context(), []chat.NewUser{{Username: "ann", Password: "1", Profile: &chat.Profile{}}})
	if !hasKind(err, chat.ErrUnsupported) || len(p.calls) > 0 {
		t.Errorf("%v, calls %q", err, p.calls)
	}
}

// A registration whose answer was lost, or is not clear, is reported as such: for the
// call if the call failed, or else for each user.
func TestLostRegistrations(t *testing.T) {
	const (
		duplicate = `{"error":"duplicate_unique_property_exists","error_description":"value of ann exists"}`
		exist     = `{"entities":[{"uuid":"u","username":"bob"}],"data":[{"username":"ann","registerUserFailReason":"the ann already exists"}]}`
		illegal   = `{"error":"illegal_argument","error_description":"username [ann] is not legal"}`
		unread    = `<html>ok</html>`
	)
	lost := reply{drop: true}
	for _, tt := range []struct {
		name    string
		users   []string
		answers []reply
		// whole is the kind of the call's error, own are those of the users; nil is success.
		whole error
		own   []error
		// open reports whether errors say that the call may have taken effect.
		open bool
	}{
		{"no answer at all", []string{"ann"}, []reply{lost}, nil, []error{chat.ErrUnavailable}, true},
		{"no answer at all, for several", []string{"ann", "bob"}, []reply{lost}, chat.ErrUnavailable, nil, true},
		{"only server errors", []string{"ann"}, []reply{{status: 502, body: unread}}, nil, []error{chat.ErrUnavailable}, true},
		{"only server errors, for several", []string{"ann", "bob"}, []reply{{status: 500, body: "{}"}}, chat.ErrUnavailable, nil, true},
		{"exists after a lost attempt", []string{"ann"}, []reply{lost, {status: 400, body: duplicate}}, nil, []error{chat.ErrAlreadyExists}, true},
		{"exists after a lost attempt, for several", []string{"ann", "bob"}, []reply{lost, {status: 400, body: duplicate}}, chat.ErrAlreadyExists, nil, true},
		{"one of several exists after a lost attempt", []string{"ann", "bob"}, []reply{lost, {body: exist}}, nil, []error{chat.ErrAlreadyExists, nil}, true},
		{"exists after a server error", []string{"ann"}, []reply{{status: 503, body: ""}, {status: 400, body: duplicate}}, nil, []error{chat.ErrAlreadyExists}, true},
		{"exists after a request timeout", []string{"ann"}, []reply{{status: 408, body: ""}, {status: 400, body: duplicate}}, nil, []error{chat.ErrAlreadyExists}, true},
		{"refused after a lost attempt", []string{"ann"}, []reply{lost, {status: 400, body: illegal}}, nil, []error{chat.ErrInvalid}, true},
		{"exists after the timeout of a gateway", []string{"ann"}, []reply{{status: 504, body: unread}, {status: 400, body: duplicate}}, nil, []error{chat.ErrAlreadyExists}, true},
		{"not mentioned after the timeout of a gateway", []string{"ann", "bob"}, []reply{{status: 504, body: unread}, {body: `{}`}}, nil, []error{chat.ErrUnavailable, chat.ErrUnavailable}, true},
		{"exists", []string{"ann"}, []reply{{status: 400, body: duplicate}}, nil, []error{chat.ErrAlreadyExists}, false},
		{"one of several exists", []string{"ann", "bob"}, []reply{{body: exist}}, nil, []error{chat.ErrAlreadyExists, nil}, false},
		{"exists after throttling", []string{"ann"}, []reply{{status: 429, body: `{"error":"reach_limit"}`}, {status: 400, body: duplicate}}, nil, []error{chat.ErrAlreadyExists}, false},
		{"exists after a refused token", []string{"ann"}, []reply{{status: 401, body: refused}, {status: 400, body: duplicate}}, nil, []error{chat.ErrAlreadyExists}, false},
		{"exists after a lost attempt and a refused token", []string{"ann"}, []reply{lost, {status: 401, body: refused}, {status: 400, body: duplicate}}, nil, []error{chat.ErrAlreadyExists}, true},
		{"answered with a page", []string{"ann"}, []reply{{body: unread}}, nil, []error{chat.ErrUnavailable}, true},
		{"answered with nothing, for several", []string{"ann", "bob"}, []reply{{}}, chat.ErrUnavailable, nil, true},
		{"an answer that is cut short", []string{"ann"}, []reply{{body: `{"entities":[{"uu`}}, nil, []error{chat.ErrUnavailable}, true},
		{"an answer without the user", []string{"ann"}, []reply{{body: `{}`}}, nil, []error{chat.ErrUnavailable}, true},
		{"an answer without the users", []string{"ann", "bob"}, []reply{{body: `{}`}}, nil, []error{chat.ErrUnavailable, chat.ErrUnavailable}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &platform{answers: map[string][]reply{"POST /users": tt.answers}}
				service := connect(t, p)
				var users []chat.NewUser
				for _, name := range tt.users {
					users = append(users, chat.NewUser{Username: name, Password: "pw"})
				}
				start := time.Now()
				results, err := service.Users.Create(t.Context(), users)
				check := func(err, kind error) {
					t.Helper()
					if kind == nil {
						if err != nil {
							t.Error(err)
						}
						return
					}
					if e := (*chat.Error)(nil); !errors.As(err, &e) || e.Unanswered != slices.ContainsFunc(tt.answers, unanswered) {
						t.Errorf("%v: unanswered %v", err, e.Unanswered)
					}
					sentAt, open := chat.Unsettled(err)
					if !hasKind(err, kind) || open != tt.open || open && !sentAt.Equal(start) {
						t.Errorf("%v, open %v since %s, want %v, open %v since %s", err, open, sentAt, kind, tt.open, start)
					}
				}
				check(err, tt.whole)
				if len(results) != len(tt.own) {
					t.Fatalf("%d results, want %d", len(results), len(tt.own))
				}
				for i, kind := range tt.own {
					check(results[i].Err, kind)
					if (results[i].User == nil) != (kind != nil) {
						t.Errorf("user %+v with the error %v", results[i].User, results[i].Err)
					}
				}
				for _, call := range p.sent() {
					if !strings.HasPrefix(call, "POST /users ") {
						t.Errorf("an unexpected call: %s", call)
					}
				}
			})
		})
	}
}

func TestUserSizeBoundsTheBody(t *testing.T) {
	var size int
	service := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil && strings.HasSuffix(r.URL.Path, "/users") {
			size = len(body)
		}
		_, _ = io.WriteString(w, `{"access_token":"t","entities":[]}`)
	}))
	var users []chat.NewUser
	sum := 0
	for i := range 20 {
		user := chat.NewUser{Username: fmt.Sprintf("user%d", i), Password: `"<&>\`, Nickname: ptr("é\n")}
		users = append(users, user)
		sum += service.Platform.Users.Size(user)
	}
	if _, err := service.Users.Create(t.Context(), users); err != nil {
		t.Fatal(err)
	}
	if size == 0 || size > sum || size < sum/2 {
		t.Errorf("a body of %d bytes, where the users say %d", size, sum)
	}
}

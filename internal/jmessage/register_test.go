package jmessage_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/jmessage"
)

// The clock of a test starts at midnight in London, when it is eight in Beijing.
const (
	now    = "2000-01-01 08:00:00"
	before = "1999-12-31 23:59:50"
)

// account is a user as the scripted platform shows it.
func account(name, created string) answer {
	return answer{status: 200, body: fmt.Sprintf(`{"username":%q,"mtime":%q,"ctime":%[2]q}`, name, created)}
}

// listing is a page of users that were all registered at the same time.
func listing(total int, created string, names ...string) answer {
	users := make([]string, len(names))
	for i, name := range names {
		users[i] = account(name, created).body
	}
	return answer{status: 200, body: fmt.Sprintf(`{"total":%d,"start":0,"count":%d,"users":[%s]}`, total, len(names), strings.Join(users, ","))}
}

func TestCreateUsers(t *testing.T) {
	drop := answer{drop: true}
	broken := answer{status: 500, body: "<html>", html: true}
	exists := func(names ...string) answer {
		elements := make([]string, len(names))
		for i, name := range names {
			elements[i] = fmt.Sprintf(`{"username":%q,"error":{"code":899001,"message":"user exist"}}`, name)
		}
		return answer{status: 403, body: "[" + strings.Join(elements, ",") + "]"}
	}
	at := func(a answer, date string) answer {
		a.header = http.Header{"Date": {date}}
		return a
	}
	crowd := make([]string, 500)
	for i := range crowd {
		crowd[i] = fmt.Sprintf("user%d", i)
	}

	const (
		post = "POST /v1/users"
		list = "GET /v1/users?count=500&start="
	)
	get := func(name string) string { return "GET /v1/users/" + name }

	tests := []struct {
		name    string
		users   []string
		answers []answer
		// calls are the calls expected, without their bodies.
		calls []string
		// kinds are the kinds of the users' errors, nil for success.
		kinds []error
		// whole is the kind of the error of the whole call.
		whole error
	}{
		{
			name:  "some are refused",
			users: []string{"alice", "bert", "carl"},
			answers: []answer{{status: 201, body: `[{"username":"alice"},{"username":"bert","error":{"code":899001,"message":"User exist"}},` +
				`{"username":"carl","error":{"code":899003,"message":"parameter invalid"}}]`}},
			calls: []string{post},
			kinds: []error{nil, chat.ErrAlreadyExists, chat.ErrInvalid},
		},
		{
			name:    "all are refused",
			users:   []string{"alice", "bert"},
			answers: []answer{exists("alice", "bert")},
			calls:   []string{post},
			kinds:   []error{chat.ErrAlreadyExists, chat.ErrAlreadyExists},
		},
		{
			name:    "the order of the answer is another",
			users:   []string{"alice", "bert"},
			answers: []answer{{status: 201, body: `[{"username":"bert","error":{"code":899001,"message":"User exist"}},{"username":"alice"}]`}},
			calls:   []string{post},
			kinds:   []error{nil, chat.ErrAlreadyExists},
		},
		{
			name:    "one name twice",
			users:   []string{"alice", "alice"},
			answers: []answer{{status: 201, body: `[{"username":"alice"},{"username":"alice","error":{"code":899001,"message":"User exist"}}]`}},
			calls:   []string{post},
			kinds:   []error{nil, chat.ErrAlreadyExists},
		},
		{
			name:    "the whole call is refused",
			users:   []string{"alice", "bert"},
			answers: []answer{refuse(400, 899003)},
			calls:   []string{post},
			whole:   chat.ErrInvalid,
		},
		{
			name:    "the answer is lost and the users are ours",
			users:   []string{"alice", "bert"},
			answers: []answer{drop, exists("alice", "bert"), account("alice", now), account("bert", now)},
			calls:   []string{post, post, get("alice"), get("bert")},
			kinds:   []error{nil, nil},
		},
		{
			name:    "the answer is lost and one of the users was there before",
			users:   []string{"alice", "bert"},
			answers: []answer{broken, exists("alice", "bert"), account("alice", before), account("bert", now)},
			calls:   []string{post, post, get("alice"), get("bert")},
			kinds:   []error{chat.ErrAlreadyExists, nil},
		},
		{
			name:  "the clock of the platform is an hour behind",
			users: []string{"alice", "bert"},
			answers: []answer{
				drop,
				at(exists("alice", "bert"), "Fri, 31 Dec 1999 23:00:01 GMT"),
				account("alice", "2000-01-01 06:59:50"),
				account("bert", "2000-01-01 07:00:00"),
			},
			calls: []string{post, post, get("alice"), get("bert")},
			kinds: []error{chat.ErrAlreadyExists, nil},
		},
		{
			name:    "the times of the platform are whole seconds, and a little early",
			users:   []string{"alice", "bert"},
			answers: []answer{drop, exists("alice", "bert"), account("alice", "2000-01-01 07:59:56"), account("bert", "2000-01-01 07:59:58")},
			calls:   []string{post, post, get("alice"), get("bert")},
			kinds:   []error{chat.ErrAlreadyExists, nil},
		},
		{
			name:    "the answer is lost to a call that is refused as such",
			users:   []string{"alice"},
			answers: []answer{drop, refuse(400, 899003)},
			calls:   []string{post, post},
			whole:   chat.ErrInvalid,
		},
		{
			name:    "refused without a reason",
			users:   []string{"alice", "bert"},
			answers: []answer{{status: 403, body: `[{"username":"alice"},{"username":"bert"}]`}, refuse(403, 899002), account("bert", now)},
			calls:   []string{post, get("alice"), get("bert")},
			kinds:   []error{chat.ErrUnavailable, nil},
		},
		{
			name:    "a user that exists cannot be read",
			users:   []string{"alice"},
			answers: []answer{drop, exists("alice"), refuse(401, 899008)},
			calls:   []string{post, post, get("alice")},
			kinds:   []error{chat.ErrUnavailable},
		},
		{
			name:    "throttled before it is refused is no reason to doubt",
			users:   []string{"alice"},
			answers: []answer{refuse(429, 2002), exists("alice")},
			calls:   []string{post, post},
			kinds:   []error{chat.ErrAlreadyExists},
		},
		{
			name:    "some are not in the answer",
			users:   []string{"alice", "bert", "carl"},
			answers: []answer{{status: 201, body: `[{"username":"alice"}]`}, account("bert", now), refuse(403, 899002)},
			calls:   []string{post, get("bert"), get("carl")},
			kinds:   []error{nil, nil, chat.ErrUnavailable},
		},
		{
			name:    "the platform was busy for one",
			users:   []string{"alice", "bert"},
			answers: []answer{{status: 201, body: `[{"username":"alice"},{"username":"bert","error":{"code":899030,"message":"time out"}}]`}, account("bert", now)},
			calls:   []string{post, get("bert")},
			kinds:   []error{nil, nil},
		},
		{
			name:    "the answer is a page",
			users:   []string{"alice"},
			answers: []answer{{status: 201, body: "<html>", html: true}, account("alice", now)},
			calls:   []string{post, get("alice")},
			kinds:   []error{nil},
		},
		{
			name:    "the answer is empty",
			users:   []string{"alice"},
			answers: []answer{{status: 201}, account("alice", now)},
			calls:   []string{post, get("alice")},
			kinds:   []error{nil},
		},
		{
			name:    "the answer is cut short",
			users:   []string{"alice"},
			answers: []answer{{status: 201, body: `[{"username":"ali`}, refuse(403, 899002)},
			calls:   []string{post, get("alice")},
			whole:   chat.ErrUnavailable,
		},
		{
			name:    "no answer ever, but it took effect",
			users:   []string{"alice"},
			answers: []answer{drop, drop, drop, drop, account("alice", now)},
			calls:   []string{post, post, post, post, get("alice")},
			kinds:   []error{nil},
		},
		{
			name:    "no answer ever, and it took effect for one",
			users:   []string{"alice", "bert"},
			answers: []answer{broken, broken, broken, broken, refuse(403, 899002), account("bert", now)},
			calls:   []string{post, post, post, post, get("alice"), get("bert")},
			kinds:   []error{chat.ErrUnavailable, nil},
		},
		{
			name:    "no answer ever, and no user",
			users:   []string{"alice"},
			answers: []answer{broken, broken, broken, broken, refuse(403, 899002)},
			calls:   []string{post, post, post, post, get("alice")},
			whole:   chat.ErrUnavailable,
		},
		{
			name:  "many are read from the listing",
			users: []string{"anna", "bert", "carl", "dora", "emil"},
			answers: []answer{
				drop, exists("anna", "bert", "carl", "dora", "emil"),
				listing(1203, before, append([]string{"anna"}, crowd[1:]...)...),
				listing(1203, now, "bert", "carl", "dora"),
				account("emil", now),
			},
			calls: []string{post, post, list + "0", list + "703", get("emil")},
			kinds: []error{chat.ErrAlreadyExists, nil, nil, nil, nil},
		},
		{
			name:  "many, and nothing can be read",
			users: []string{"anna", "bert", "carl", "dora"},
			answers: []answer{
				drop, drop, drop, drop, refuse(401, 899008),
			},
			calls: []string{post, post, post, post, list + "0"},
			whole: chat.ErrUnavailable,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &script{answers: tt.answers}
			users := make([]chat.NewUser, len(tt.users))
			for i, name := range tt.users {
				users[i] = chat.NewUser{Username: name, Password: "password"}
			}
			run(t, s, func(t *testing.T, c *jmessage.Client) {
				results, err := c.CreateUsers(t.Context(), users)
				if tt.whole != nil {
					checkKind(t, err, tt.whole)
					if results != nil {
						t.Errorf("results of a call that failed: %v", results)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				for i, kind := range tt.kinds {
					if kind == nil {
						if results[i].Err != nil || results[i].User == nil || results[i].User.Username != tt.users[i] {
							t.Errorf("%s: got %+v, want success", tt.users[i], results[i])
						}
						continue
					}
					checkKind(t, results[i].Err, kind)
					var e *chat.Error
					if errors.As(results[i].Err, &e) && !slices.Equal(e.Users, tt.users[i:i+1]) {
						t.Errorf("the error of %s is about %q", tt.users[i], e.Users)
					}
				}
			})
			calls := make([]string, len(s.Calls))
			for i, call := range s.Calls {
				calls[i], _, _ = strings.Cut(call, " [")
			}
			if diff := cmp.Diff(tt.calls, calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMaybeApplied checks that a lost registration says that it is not certain.
func TestMaybeApplied(t *testing.T) {
	broken := answer{status: 502}
	run(t, &script{answers: []answer{broken, broken, broken, broken, refuse(403, 899002)}}, func(t *testing.T, c *jmessage.Client) {
		_, err := c.CreateUsers(t.Context(), []chat.NewUser{{Username: "alice", Password: "password"}})
		var e *chat.Error
		if !errors.As(err, &e) || !e.MaybeApplied {
			t.Errorf("got %#v, want MaybeApplied", err)
		}
	})
}

package jmessage_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"terraform-provider-chat/internal/chat"
)

// What is said of each user of a registration: what became of it, or that this is not
// known. Whether a user was registered after all is not read here.
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
	element := func(status, code int) answer {
		return answer{status: status, body: fmt.Sprintf(`[{"username":"alice"},{"username":"bert","error":{"code":%d,"message":"no"}}]`, code)}
	}

	tests := []struct {
		name    string
		users   []string
		answers []answer
		// kinds are the kinds of the users' errors, nil for success.
		kinds []error
		// whole is the kind of the error of the whole call.
		whole error
		// open reports whether the errors say that the call may have taken effect.
		open bool
	}{
		{
			name:  "some are refused",
			users: []string{"alice", "bert", "carl"},
			answers: []answer{{status: 201, body: `[{"username":"alice"},{"username":"bert","error":{"code":899001,"message":"User exist"}},` +
				`{"username":"carl","error":{"code":899003,"message":"parameter invalid"}}]`}},
			kinds: []error{nil, chat.ErrAlreadyExists, chat.ErrInvalid},
		},
		{
			name:    "all are refused",
			users:   []string{"alice", "bert"},
			answers: []answer{exists("alice", "bert")},
			kinds:   []error{chat.ErrAlreadyExists, chat.ErrAlreadyExists},
		},
		{
			name:  "the fields are echoed",
			users: []string{"alice"},
			answers: []answer{{status: 201, body: `[{"username":"alice","nickname":"Alice","gender":1,"mtime":"2015-01-01 00:00:00",` +
				`"extras":{"key":"value"}}]`}},
			kinds: []error{nil},
		},
		{
			name:    "the order of the answer is another",
			users:   []string{"alice", "bert"},
			answers: []answer{{status: 201, body: `[{"username":"bert","error":{"code":899001,"message":"User exist"}},{"username":"alice"}]`}},
			kinds:   []error{nil, chat.ErrAlreadyExists},
		},
		{
			name:    "one name twice",
			users:   []string{"alice", "alice"},
			answers: []answer{{status: 201, body: `[{"username":"alice"},{"username":"alice","error":{"code":899001,"message":"User exist"}}]`}},
			kinds:   []error{nil, chat.ErrAlreadyExists},
		},
		{
			name:    "the whole call is refused",
			users:   []string{"alice", "bert"},
			answers: []answer{refuse(400, 899003)},
			whole:   chat.ErrInvalid,
		},
		{
			name:    "too many",
			users:   []string{"alice", "bert"},
			answers: []answer{refuse(403, 899013)},
			whole:   chat.ErrTooLarge,
		},
		{
			name:    "throttled before it is refused",
			users:   []string{"alice"},
			answers: []answer{refuse(429, 2002), exists("alice")},
			kinds:   []error{chat.ErrAlreadyExists},
		},
		{
			name:    "exists after a lost answer",
			users:   []string{"alice", "bert"},
			answers: []answer{drop, exists("alice", "bert")},
			kinds:   []error{chat.ErrAlreadyExists, chat.ErrAlreadyExists},
			open:    true,
		},
		{
			name:    "one of several exists after a lost answer",
			users:   []string{"alice", "bert"},
			answers: []answer{drop, element(201, 899001)},
			kinds:   []error{nil, chat.ErrAlreadyExists},
			open:    true,
		},
		{
			name:    "refused after the timeout of a gateway",
			users:   []string{"alice"},
			answers: []answer{{status: 504, html: true}, refuse(400, 899003)},
			whole:   chat.ErrInvalid,
			open:    true,
		},
		{
			name:    "not mentioned after the timeout of a gateway",
			users:   []string{"alice", "bert"},
			answers: []answer{{status: 504, html: true}, {status: 201, body: `[{"username":"alice"}]`}},
			kinds:   []error{nil, chat.ErrUnavailable},
			open:    true,
		},
		{
			name:    "exists after a server error",
			users:   []string{"alice"},
			answers: []answer{broken, exists("alice")},
			kinds:   []error{chat.ErrAlreadyExists},
			open:    true,
		},
		{
			name:    "exists after a busy platform",
			users:   []string{"alice"},
			answers: []answer{refuse(503, 899030), exists("alice")},
			kinds:   []error{chat.ErrAlreadyExists},
			open:    true,
		},
		{
			name:    "exists after a busy platform, with the status of a refusal",
			users:   []string{"alice"},
			answers: []answer{refuse(403, 899030), exists("alice")},
			kinds:   []error{chat.ErrAlreadyExists},
			open:    true,
		},
		{
			name:    "refused as such after a lost answer",
			users:   []string{"alice"},
			answers: []answer{drop, refuse(400, 899003)},
			whole:   chat.ErrInvalid,
			open:    true,
		},
		{
			name:    "refused without a reason",
			users:   []string{"alice", "bert"},
			answers: []answer{{status: 403, body: `[{"username":"alice"},{"username":"bert"}]`}},
			kinds:   []error{chat.ErrUnavailable, chat.ErrUnavailable},
			open:    true,
		},
		{
			name:    "the platform was too busy for one",
			users:   []string{"alice", "bert"},
			answers: []answer{element(201, 899030)},
			kinds:   []error{nil, chat.ErrUnavailable},
			open:    true,
		},
		{
			name:    "the platform failed for one",
			users:   []string{"alice", "bert"},
			answers: []answer{element(201, 899000)},
			kinds:   []error{nil, chat.ErrUnavailable},
			open:    true,
		},
		{
			name:    "the platform says with another status that it is too busy",
			users:   []string{"alice", "bert"},
			answers: []answer{refuse(403, 899030), refuse(403, 899030), refuse(403, 899030), refuse(403, 899030)},
			whole:   chat.ErrUnavailable,
			open:    true,
		},
		{
			name:    "some are not in the answer",
			users:   []string{"alice", "bert", "carl"},
			answers: []answer{{status: 201, body: `[{"username":"alice"}]`}},
			kinds:   []error{nil, chat.ErrUnavailable, chat.ErrUnavailable},
			open:    true,
		},
		{
			name:    "the answer is another document",
			users:   []string{"alice"},
			answers: []answer{{status: 201, body: `{}`}},
			whole:   chat.ErrUnavailable,
			open:    true,
		},
		{
			name:    "the answer is a page",
			users:   []string{"alice"},
			answers: []answer{{status: 201, body: "<html>", html: true}},
			whole:   chat.ErrUnavailable,
			open:    true,
		},
		{
			name:    "the answer is empty",
			users:   []string{"alice"},
			answers: []answer{{status: 201}},
			whole:   chat.ErrUnavailable,
			open:    true,
		},
		{
			name:    "the answer is cut short",
			users:   []string{"alice"},
			answers: []answer{{status: 201, body: `[{"username":"ali`}},
			whole:   chat.ErrUnavailable,
			open:    true,
		},
		{
			name:    "no answer ever",
			users:   []string{"alice"},
			answers: []answer{drop, drop, drop, drop},
			whole:   chat.ErrUnavailable,
			open:    true,
		},
		{
			name:    "only server errors",
			users:   []string{"alice", "bert"},
			answers: []answer{broken, broken, broken, broken},
			whole:   chat.ErrUnavailable,
			open:    true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			platform := &script{answers: tt.answers}
			users := make([]chat.NewUser, len(tt.users))
			for i, name := range tt.users {
				users[i] = chat.NewUser{Username: name, Password: "password"}
			}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				start := time.Now()
				results, err := s.Users.Create(t.Context(), users)
				check := func(err, kind error) {
					t.Helper()
					checkKind(t, err, kind)
					if sentAt, open := chat.Unsettled(err); open != tt.open || open && !sentAt.Equal(start) {
						t.Errorf("%v: open %v, sent at %s, want %v since %s", err, open, sentAt, tt.open, start)
					}
					if e := (*chat.Error)(nil); !errors.As(err, &e) || e.Unanswered != slices.ContainsFunc(tt.answers, unanswered) {
						t.Errorf("%v: unanswered %v", err, e.Unanswered)
					}
				}
				if tt.whole != nil {
					check(err, tt.whole)
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
					check(results[i].Err, kind)
					if op := chat.About("register user", tt.users[i]) + ": "; !strings.HasPrefix(results[i].Err.Error(), op) {
						t.Errorf("got %q, want it to begin with %q", results[i].Err, op)
					}
				}
			})
			if len(platform.Calls) != len(tt.answers) {
				t.Errorf("%d calls, want %d: %q", len(platform.Calls), len(tt.answers), platform.Calls)
			}
			for _, call := range platform.Calls {
				if !strings.HasPrefix(call, "POST /v1/users [") {
					t.Errorf("an unexpected call: %s", call)
				}
			}
		})
	}
}

// The answer to a registration does not say when the user was registered: between sending
// and answering. The first reading says it exactly.
func TestTimesOfRegistrations(t *testing.T) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // when the clock of a test starts
	for _, tt := range []struct {
		name string
		// ahead is how far the platform's clock is ahead.
		ahead time.Duration
		// lost is how many answers are lost before, each after 30 seconds.
		lost int64
		// slow is how long the answer takes, late when it was registered after sending.
		slow, late time.Duration
		// undated answers have no Date.
		undated bool
	}{
		{"at once", 0, 0, 0, 0, false},
		{"a slow answer", 0, 0, 25 * time.Second, time.Second, false},
		{"a slow registration", 0, 0, 25 * time.Second, 24 * time.Second, false},
		{"a clock that is ahead", 3 * time.Hour, 0, 25 * time.Second, time.Second, false},
		{"a clock that is behind", -3 * time.Hour, 0, 25 * time.Second, 24 * time.Second, false},
		{"an answer without a date", 0, 0, 25 * time.Second, 10 * time.Second, true},
		{"the second attempt", 0, 1, 2 * time.Second, time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := func() time.Time { return time.Now().Add(tt.ahead) }
			var registered atomic.Pointer[time.Time] // by the platform's clock
			var lost atomic.Int64
			lost.Store(tt.lost)
			run(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.Copy(io.Discard, r.Body) // without that, the server does not notice that the client leaves
				if r.Method == http.MethodPost {
					if lost.Add(-1) >= 0 {
						<-r.Context().Done()
						panic(http.ErrAbortHandler)
					}
					time.Sleep(tt.late)
					registered.Store(ptr(now()))
					time.Sleep(tt.slow - tt.late)
				}
				w.Header().Set("Date", now().UTC().Format(http.TimeFormat))
				if tt.undated {
					w.Header()["Date"] = nil
				}
				if r.Method == http.MethodPost {
					w.WriteHeader(http.StatusCreated)
					_, _ = fmt.Fprint(w, `[{"username":"alice"}]`)
					return
				}
				ctime := registered.Load().In(time.FixedZone("", 8*60*60)).Format(time.DateTime)
				_, _ = fmt.Fprintf(w, `{"username":"alice","mtime":%q,"ctime":%[1]q}`, ctime)
			}), func(t *testing.T, s *chat.Service) {
				results, err := s.Users.Create(t.Context(), []chat.NewUser{{Username: "alice", Password: "password"}})
				if err != nil || results[0].Err != nil {
					t.Fatal(results, err)
				}
				answered := time.Now()
				about := results[0].User.Registration
				if !about.Approximate || !about.Since.Equal(start) || !about.Until.Equal(answered) || !about.CreatedAt.Equal(now().Truncate(time.Second)) {
					t.Errorf("%+v, want it approximate, between %s and %s", about, start, answered)
				}
				time.Sleep(time.Hour)
				user, err := s.Users.Get(t.Context(), "alice", chat.Basic)
				if err != nil {
					t.Fatal(err)
				}
				at := *registered.Load()
				if user.Approximate || !user.CreatedAt.Equal(at.Truncate(time.Second)) {
					t.Errorf("%+v, want exactly %s", user.Registration, at)
				}
				if about.Differs(user.Registration) || user.Differs(about) {
					t.Errorf("%+v is taken for another registration than %+v", user.Registration, about)
				}
				truth := at.Add(-tt.ahead)
				if !tt.undated && (user.Since.After(truth) || user.Until.Before(truth) || user.Until.Sub(user.Since) > 2*time.Second) {
					t.Errorf("registered between %s and %s by our clock, want %s", user.Since, user.Until, truth)
				}

				registered.Store(ptr(at.Add(tt.slow + time.Minute)))
				again, err := s.Users.Get(t.Context(), "alice", chat.Basic)
				if err != nil {
					t.Fatal(err)
				}
				if !about.Differs(again.Registration) || !user.Differs(again.Registration) {
					t.Errorf("%+v is taken for the same registration as %+v", again.Registration, about)
				}
			})
		})
	}
}

// A user without a readable time is still a user.
func TestUnreadableTimes(t *testing.T) {
	for _, ctime := range []string{`null`, `""`, `"yesterday"`, `"2015-01-01"`} {
		run(t, &script{answers: []answer{{status: 200, body: `{"username":"alice","ctime":` + ctime + `}`}}}, func(t *testing.T, s *chat.Service) {
			user, err := s.Users.Get(t.Context(), "alice", chat.Basic)
			if err != nil || user.Username != "alice" || user.Known() || !user.Since.IsZero() || !user.Until.IsZero() {
				t.Errorf("%s: got %+v, %v", ctime, user, err)
			}
		})
	}
}

// Users that cannot be written as the platform writes them are refused before anything
// is sent.
func TestRefusedRegistrations(t *testing.T) {
	platform := &script{}
	run(t, platform, func(t *testing.T, s *chat.Service) {
		for _, profile := range []chat.Profile{{Extras: ptr("[1]")}, {Gender: ptr("robot")}} {
			_, err := s.Users.Create(t.Context(), []chat.NewUser{{Username: "bert", Password: "1234"}, {Username: "alice", Password: "1234", Profile: &profile}})
			checkKind(t, err, chat.ErrInvalid)
			if _, open := chat.Unsettled(err); open || errors.Unwrap(err) == nil {
				t.Errorf("got %#v", err)
			}
		}
	})
	if len(platform.Calls) > 0 {
		t.Errorf("calls were made: %q", platform.Calls)
	}
}

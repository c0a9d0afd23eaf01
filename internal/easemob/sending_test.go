package easemob_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/easemob"
)

// clocked is a platform whose clock is ahead of ours. It answers reads, and writes with
// what fails says.
type clocked struct {
	guard
	ahead time.Duration
	fails http.HandlerFunc
}

func (p *clocked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now().Add(p.ahead)
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	switch {
	case strings.HasSuffix(r.URL.Path, "/token"):
		p.guard.ServeHTTP(w, r)
	case r.Method == http.MethodGet:
		_, _ = fmt.Fprintf(w, `{"timestamp":%d,"entities":[{"username":"ann"}]}`, now.UnixMilli())
	default:
		p.fails(w, r)
	}
}

type offline struct{}

func (offline) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
}

// The error of a write says when it was sent, by the clock of this machine, and whether
// it may have taken effect.
func TestErrorsSayWhenTheCallWasSent(t *testing.T) {
	broken := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }
	attempts := 0
	for _, tt := range []struct {
		name  string
		fails http.HandlerFunc
		maybe bool
	}{
		{"a server error", broken, true},
		{"no answer", func(_ http.ResponseWriter, r *http.Request) { wait(r, time.Hour) }, true},
		{"an answer that is not JSON", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<p>hello</p>") }, true},
		{"a refusal", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }, false},
		{"a refused token after a server error", func(w http.ResponseWriter, r *http.Request) {
			if attempts++; attempts == 1 {
				broken(w, r)
				return
			}
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, refused)
		}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &clocked{guard: guard{life: time.Hour}, ahead: time.Hour + 123*time.Millisecond, fails: tt.fails}
				service := connect(t, p, func(c *easemob.Config) { c.REST.MaxRetries = 1 })
				time.Sleep(456 * time.Millisecond)
				if err := read(t.Context(), service); err != nil {
					t.Fatal(err)
				}
				want := time.Now()
				err := service.Users.SetPassword(t.Context(), "ann", "pw")
				var failure *chat.Error
				if !errors.As(err, &failure) || failure.MaybeApplied != tt.maybe || !failure.SentAt.Equal(want) {
					t.Errorf("%+v, want it sent at %s", failure, want)
				}
			})
		})
	}
}

// Nothing is said to be sent without a token, or without a connection.
func TestErrorsOfCallsThatWereNotSent(t *testing.T) {
	for _, given := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			service := connect(t, nil, func(c *easemob.Config) {
				c.REST.Transport = offline{}
				if given {
					c.Token = "token"
				}
			})
			err := service.Users.SetPassword(t.Context(), "ann", "pw")
			var failure *chat.Error
			if !errors.As(err, &failure) || failure.MaybeApplied || !failure.SentAt.IsZero() {
				t.Errorf("token given %v: %+v", given, failure)
			}
		})
	}
}

// Reading the status of users with a POST is abandoned like any read; disconnecting a
// user with a GET is not.
func TestInterruptedPostThatReadsAndGetThatWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &guard{life: time.Hour}
		service := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/status"):
				wait(r, 10*time.Second)
				_, _ = io.WriteString(w, `{"data":[{"ann":"online"}]}`)
			case strings.HasSuffix(r.URL.Path, "/disconnect"):
				wait(r, 10*time.Second)
				_, _ = io.WriteString(w, `{"data":{"result":true}}`)
			default:
				g.ServeHTTP(w, r)
			}
		}))
		if err := read(t.Context(), service); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := service.Statuses.Of(ctx, []string{"ann"}); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		if err := service.Sessions.Disconnect(ctx, "ann"); err != nil || time.Since(start) != 10*time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}

// A call that reads is repeated after an unusable answer and never says that it may have
// taken effect; a call that writes is not, and does. Who is online is read with a POST,
// a token is issued with one, and a user is disconnected with a GET.
func TestReadsAndWrites(t *testing.T) {
	reads := map[string]bool{
		"GET /users/ann": true, "GET /users?limit=100": true,
		"GET /users/ann/contacts/users": true, "GET /users/ann/blocks/users": true, "POST /users/batch/status": true,
		"GET /users/ann/offline_msg_count": true, "GET /users/ann/offline_msg_status/1": true, "POST /token": true,
	}
	reads["POST /metadata/user/get"] = true
	reads["GET /user/ann/contacts?limit=50&needReturnRemark=true"], reads["GET /users/ann/notification/user/ann"] = true, true
	for call := range groupCalls() {
		reads[call] = strings.HasPrefix(call, "GET ")
	}
	for call, do := range everyCall() {
		for _, tt := range []struct {
			answer reply
			// attempts are those of a read and those of a write.
			attempts [2]int
		}{
			{reply{drop: true}, [2]int{3, 3}},
			{reply{status: 500, body: "{}"}, [2]int{3, 3}},
			{reply{body: "<html>"}, [2]int{3, 1}},
			{reply{body: ""}, [2]int{3, 1}},
			{reply{body: `{"data":`}, [2]int{3, 1}},
		} {
			synctest.Test(t, func(t *testing.T) {
				p := &platform{answers: map[string][]reply{call: {tt.answer}}}
				start := time.Now()
				err := do(connect(t, p))
				attempts := tt.attempts[1]
				if reads[call] {
					attempts = tt.attempts[0]
				}
				var failure *chat.Error
				if !errors.As(err, &failure) || failure.MaybeApplied == reads[call] || !failure.SentAt.Equal(start) || p.count(call) != attempts {
					t.Errorf("%s, answered with %+v: %+v after %d attempts, want %d", call, tt.answer, failure, p.count(call), attempts)
				}
			})
		}
	}
}

// A call whose first attempt was lost may have taken effect, also if the token is refused
// after that and there is no other.
func TestLostAttemptBeforeAMissingToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{answers: map[string][]reply{
			"POST /token":              {{body: `{"access_token":"token","expires_in":3600}`}, {status: 400, body: `{"error":"invalid_grant"}`}},
			"POST /users/ann/activate": {{drop: true}, {status: 401, body: refused}},
		}}
		start := time.Now()
		err := connect(t, p).Users.SetActivated(t.Context(), "ann", true)
		sentAt, open := chat.Unsettled(err)
		if !errors.Is(err, chat.ErrUnauthorized) || !open || !sentAt.Equal(start) {
			t.Errorf("%v: open %v, sent at %s, want since %s", err, open, sentAt, start)
		}
	})
}

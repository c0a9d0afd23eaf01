package easemob_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
)

// The time that an answer gives for itself says what the platform's clock shows: when a
// user was registered is known by the clock of this machine.
func TestClock(t *testing.T) {
	const ahead = 3*time.Hour + 123*time.Millisecond
	for _, tt := range []struct {
		name string
		// slow is how long the platform takes to answer, half of it before it does.
		slow time.Duration
		// timestamp writes the time of an answer, date its header.
		timestamp func(now time.Time) string
		date      bool
		// exact is within what of the truth the registration is known; 0 is not at all.
		exact time.Duration
	}{
		{"a number", 0, func(now time.Time) string { return fmt.Sprintf(`,"timestamp":%d`, now.UnixMilli()) }, false, time.Millisecond},
		{"a text", 0, func(now time.Time) string { return fmt.Sprintf(`,"timestamp":"%d"`, now.UnixMilli()) }, false, time.Millisecond},
		{"beside a header", 0, func(now time.Time) string { return fmt.Sprintf(`,"timestamp":%d`, now.UnixMilli()) }, true, time.Millisecond},
		{"from a slow platform", 4 * time.Second, func(now time.Time) string { return fmt.Sprintf(`,"timestamp":%d`, now.UnixMilli()) }, false, 2*time.Second + time.Millisecond},
		{"only a header", 0, func(time.Time) string { return "" }, true, time.Second},
		{"zero beside a header", 0, func(time.Time) string { return `,"timestamp":0` }, true, time.Second},
		{"in a long answer, beside a header", 0, func(now time.Time) string {
			return fmt.Sprintf(`,"timestamp":%d,"params":%q`, now.UnixMilli(), strings.Repeat("x", 20_000))
		}, true, time.Second},
		{"none", 0, func(time.Time) string { return "" }, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				registered := time.Now()
				time.Sleep(90*time.Second + 456*time.Millisecond)
				service := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/token") {
						_, _ = io.WriteString(w, `{"access_token":"t"}`)
						return
					}
					time.Sleep(tt.slow / 2)
					now := time.Now().Add(ahead)
					time.Sleep(tt.slow / 2)
					if tt.date {
						w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
					}
					_, _ = fmt.Fprintf(w, `{"entities":[{"username":"ann","uuid":"u","created":%d}]%s}`, registered.Add(ahead).UnixMilli(), tt.timestamp(now))
				}))
				user, err := service.Users.Get(t.Context(), "ann", chat.Basic)
				if err != nil {
					t.Fatal(err)
				}
				if !user.CreatedAt.Equal(registered.Add(ahead)) || user.Approximate {
					t.Errorf("registered at %s, approximate %v, by the clock of the platform", user.CreatedAt, user.Approximate)
				}
				early, late := registered.Sub(user.Since), user.Until.Sub(registered)
				if known := early >= 0 && late >= 0 && early <= tt.exact && late <= tt.exact && early+late >= tt.exact; known != (tt.exact > 0) {
					t.Errorf("registered between %s before and %s after it was, want %s", early, late, tt.exact)
				}
			})
		})
	}
}

// The answer to a registration says when the user was registered.
func TestClockOfRegistrations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &clocked{guard: guard{life: time.Hour}, ahead: -time.Hour, fails: func(w http.ResponseWriter, _ *http.Request) {
			now := time.Now().Add(-time.Hour).UnixMilli()
			_, _ = fmt.Fprintf(w, `{"entities":[{"username":"ann","uuid":"u","created":%d}],"timestamp":%d}`, now, now)
		}}
		results, err := connect(t, p).Users.Create(t.Context(), []chat.NewUser{{Username: "ann", Password: "pw"}})
		if err != nil || results[0].Err != nil {
			t.Fatal(results, err)
		}
		user := results[0].User
		if !user.CreatedAt.Equal(time.Now().Add(-time.Hour)) || user.Approximate ||
			time.Since(user.Since) != time.Millisecond || time.Until(user.Until) != time.Millisecond {
			t.Errorf("%+v", user.Registration)
		}
	})
}

package easemob_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/easemob"
)

const (
	refused = `{"error":"unauthorized","timestamp":1,"duration":0,"exception":"org.apache.shiro.authz.UnauthorizedException","error_description":"Subject does not have permission"}`
	found   = `{"entities":[{"uuid":"u","username":"ann","created":1542356511855,"activated":true}]}`
)

// guard takes the tokens it issued last, as long as they live.
type guard struct {
	mu       sync.Mutex
	life     time.Duration
	delay    time.Duration
	valid    map[string]time.Time
	issued   int
	accepted int
	rejected int
	deny     func(w http.ResponseWriter) bool
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(g.delay)
	g.mu.Lock()
	defer g.mu.Unlock()
	if strings.HasSuffix(r.URL.Path, "/token") {
		g.issued++
		if g.deny != nil && g.deny(w) {
			return
		}
		value := strings.Repeat("t", g.issued+8)
		if g.valid == nil {
			g.valid = map[string]time.Time{}
		}
		g.valid[value] = time.Now().Add(g.life)
		_, _ = fmt.Fprintf(w, `{"access_token":%q,"expires_in":%d}`, value, int(g.life.Seconds()))
		return
	}
	until, known := g.valid[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if !known || time.Now().After(until) {
		g.rejected++
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, refused)
		return
	}
	g.accepted++
	_, _ = io.WriteString(w, found)
}

func (g *guard) revoke() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.valid = nil
}

// crowd makes n calls at once.
func crowd(t *testing.T, service *chat.Service, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := read(t.Context(), service); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestOneTokenForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &guard{life: 60 * 24 * time.Hour, delay: 10 * time.Millisecond}
		service := connect(t, g)
		crowd(t, service, 50)
		if g.issued != 1 || g.accepted != 50 || g.rejected != 0 {
			t.Errorf("%d tokens, %d accepted, %d rejected", g.issued, g.accepted, g.rejected)
		}
		own, err := service.Tokens.ForApp(t.Context())
		if err != nil || own.Value != "ttttttttt" || g.issued != 1 {
			t.Errorf("the application's token: %+v, %v, %d tokens", own, err, g.issued)
		}

		g.revoke()
		crowd(t, service, 50)
		if g.issued != 2 {
			t.Errorf("%d tokens after one was revoked, want 2", g.issued)
		}
		if g.accepted != 100 || g.rejected != 50 {
			t.Errorf("%d accepted, %d rejected, want 100 and 50", g.accepted, g.rejected)
		}
		g.revoke()
		time.Sleep(time.Minute)
		crowd(t, service, 1)
		if g.issued != 3 {
			t.Errorf("%d tokens after two were revoked, want 3", g.issued)
		}
	})
}

func TestTokenIsRenewedBeforeItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &guard{life: time.Hour}
		service := connect(t, g)
		crowd(t, service, 1)
		own, err := service.Tokens.ForApp(t.Context())
		if err != nil || time.Until(own.ExpiresAt) != time.Hour {
			t.Errorf("%+v, %v", own, err)
		}
		time.Sleep(54 * time.Minute)
		crowd(t, service, 5)
		if g.issued != 1 {
			t.Errorf("%d tokens after 54 minutes of an hour", g.issued)
		}
		time.Sleep(2 * time.Minute)
		crowd(t, service, 5)
		if g.issued != 2 || g.rejected != 0 {
			t.Errorf("%d tokens, %d rejected calls after 56 minutes of an hour", g.issued, g.rejected)
		}
	})
}

func TestSecondRefusalIsFinal(t *testing.T) {
	for _, users := range []int{1, 60, 300} {
		t.Run(fmt.Sprint(users), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &guard{life: -time.Hour, delay: 10 * time.Millisecond}
				service := connect(t, g)
				refusals := func() {
					t.Helper()
					var wg sync.WaitGroup
					for range users {
						wg.Go(func() {
							if err := read(t.Context(), service); !errors.Is(err, chat.ErrUnauthorized) {
								t.Error(err)
							}
						})
					}
					wg.Wait()
				}
				refusals()
				if g.issued != 2 || g.rejected != 2*users {
					t.Errorf("%d tokens, %d calls, want 2 and %d", g.issued, g.rejected, 2*users)
				}
				time.Sleep(50 * time.Second)
				refusals()
				if g.issued != 2 || g.rejected != 3*users {
					t.Errorf("%d tokens, %d calls within a minute, want 2 and %d", g.issued, g.rejected, 3*users)
				}
				time.Sleep(11 * time.Second)
				refusals()
				if g.issued != 3 {
					t.Errorf("%d tokens after a minute, want 3", g.issued)
				}
				g.mu.Lock()
				g.life = time.Hour
				g.mu.Unlock()
				time.Sleep(time.Minute)
				crowd(t, service, users)
				if g.issued != 4 {
					t.Errorf("%d tokens after two minutes, want 4", g.issued)
				}
			})
		})
	}
}

// Calls that succeed in between do not make up for those that no token helps.
func TestRefusalsBetweenSuccesses(t *testing.T) {
	for _, users := range []int{60, 300} {
		t.Run(fmt.Sprint(users), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &guard{life: time.Hour}
				service := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/blocks/users") {
						w.WriteHeader(http.StatusUnauthorized)
						_, _ = io.WriteString(w, refused)
						return
					}
					g.ServeHTTP(w, r)
				}))
				for range users {
					crowd(t, service, 1)
					if _, err := service.Blocks.List(t.Context(), "ann"); !errors.Is(err, chat.ErrUnauthorized) {
						t.Error(err)
					}
					time.Sleep(time.Millisecond)
				}
				if g.issued != 2 {
					t.Errorf("%d tokens, want 2", g.issued)
				}
				time.Sleep(time.Minute)
				for range users {
					if _, err := service.Blocks.List(t.Context(), "ann"); !errors.Is(err, chat.ErrUnauthorized) {
						t.Error(err)
					}
				}
				if g.issued != 3 {
					t.Errorf("%d tokens a minute later, want 3", g.issued)
				}
			})
		})
	}
}

// A token that reaches its end is renewed also in the minute after a refusal.
func TestRenewalAfterRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &guard{life: 20 * time.Second}
		service := connect(t, g)
		crowd(t, service, 1)
		g.revoke()
		crowd(t, service, 1)
		if g.issued != 2 {
			t.Errorf("%d tokens after a refusal, want 2", g.issued)
		}
		time.Sleep(11 * time.Second)
		crowd(t, service, 3)
		if g.issued != 3 || g.rejected != 1 {
			t.Errorf("%d tokens, %d refusals after half of a life, want 3 and 1", g.issued, g.rejected)
		}
	})
}

func TestWrongSecretIsAskedForOnce(t *testing.T) {
	for name, body := range map[string]string{
		"secret":      `{"error_description":"client_id does not match","error":"invalid_grant"}`,
		"application": `{"error":"organization_application_not_found","error_description":"Could not find application"}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &guard{delay: time.Millisecond, deny: func(w http.ResponseWriter) bool {
					w.WriteHeader(http.StatusBadRequest)
					_, _ = io.WriteString(w, body)
					return true
				}}
				service := connect(t, g)
				var wg sync.WaitGroup
				for range 20 {
					wg.Go(func() {
						if err := read(t.Context(), service); !errors.Is(err, chat.ErrUnauthorized) && !errors.Is(err, chat.ErrInvalid) {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				if err := read(t.Context(), service); err == nil || g.issued != 1 {
					t.Errorf("%v after %d requests, want 1", err, g.issued)
				}
			})
		})
	}
}

func TestUnavailableTokenIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := true
		g := &guard{life: time.Hour, deny: func(w http.ResponseWriter) bool {
			if down {
				w.WriteHeader(http.StatusInternalServerError)
			}
			return down
		}}
		service := connect(t, g)
		var failure *chat.Error
		if err := read(t.Context(), service); !errors.Is(err, chat.ErrUnavailable) || !errors.As(err, &failure) || failure.MaybeApplied {
			t.Errorf("%#v", err)
		}
		down = false
		crowd(t, service, 1)
	})
}

func TestTokenIsAskedForAgainAfterAnUnusableAnswer(t *testing.T) {
	for _, body := range []string{"", "<html>", `{"access_tok`} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{answers: map[string][]reply{
				"POST /token":    {{body: body}, {body: `{"access_token":"token","expires_in":3600}`}},
				"GET /users/ann": {{body: found}},
			}}
			if err := read(t.Context(), connect(t, p)); err != nil {
				t.Errorf("after the answer %q: %v", body, err)
			}
		})
	}
}

func TestGivenTokenIsNeverRenewed(t *testing.T) {
	g := &guard{}
	service := connect(t, g, func(c *easemob.Config) { c.Token, c.ClientID, c.ClientSecret = "given-token", "", "" })
	err := read(t.Context(), service)
	if !errors.Is(err, chat.ErrUnauthorized) || !strings.Contains(err.Error(), "The token given in the configuration is refused or has expired") {
		t.Error(err)
	}
	if g.issued != 0 || g.rejected != 1 {
		t.Errorf("%d tokens, %d calls", g.issued, g.rejected)
	}
	if own, err := service.Tokens.ForApp(t.Context()); err != nil || own.Value != "given-token" {
		t.Errorf("%+v, %v", own, err)
	}
}

func TestCancelledWaiterLeavesTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &guard{life: time.Hour, delay: time.Second}
		service := connect(t, g)
		impatient, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			start := time.Now()
			if err := read(impatient, service); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, chat.ErrUnavailable) {
				t.Error(err)
			}
			if d := time.Since(start); d != 100*time.Millisecond {
				t.Errorf("gave up after %s", d)
			}
		})
		synctest.Wait() // the impatient one is the one that fetches
		crowd(t, service, 3)
		wg.Wait()
		if g.issued != 1 {
			t.Errorf("%d tokens, want 1", g.issued)
		}
	})
}

func TestUserToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{answers: map[string][]reply{
			"POST /token": {
				{body: `{"access_token":"user-token","expires_in":3600,"user":{"uuid":"u"}}`},
				{body: `{"access_token":"ms-token","expires_in":5184000000}`},
				{body: `{"expires_in":1}`},
			},
		}}
		service := connect(t, p)
		got, err := service.Tokens.ForUser(t.Context(), "Ann", "pw", time.Hour)
		if err != nil || got.Value != "user-token" || time.Until(got.ExpiresAt) != time.Hour {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err = service.Tokens.ForUser(t.Context(), "ann", "pw", 0); err != nil || time.Until(got.ExpiresAt) != 60*24*time.Hour {
			t.Errorf("milliseconds: %+v, %v", got, err)
		}
		if got, err = service.Tokens.ForUser(t.Context(), "ann", "pw", 0); !errors.Is(err, chat.ErrUnavailable) {
			t.Errorf("no token: %+v, %v", got, err)
		}
		want := []string{
			`POST /token {"grant_type":"password","password":"pw","ttl":3600,"username":"ann"}`,
			`POST /token {"grant_type":"password","password":"pw","username":"ann"}`,
			`POST /token {"grant_type":"password","password":"pw","username":"ann"}`,
		}
		if !slices.Equal(p.calls, want) {
			t.Errorf("calls %q", p.calls)
		}
	})
}

func TestTokenDoesNotUseUpAnAdmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		g := &guard{life: time.Hour}
		service := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			g.ServeHTTP(w, r)
		}), func(c *easemob.Config) { c.REST.RequestsPerSecond = 0.1 })
		ctx, release, err := service.Pacer.Admit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		start := time.Now()
		if err := read(ctx, service); err != nil || time.Since(start) != 0 || calls.Load() != 2 {
			t.Errorf("%v after %s and %d calls", err, time.Since(start), calls.Load())
		}
	})
}

// An answer that should hold a token and cannot be used may hold one all the same.
func TestTokensAreNotInErrors(t *testing.T) {
	for _, answer := range []reply{
		{body: `{"access_token":"YWMt-the-token","expires_in":51840`},
		{body: `{"access_token":["YWMt-the-token"],"expires_in":5184000}`},
		{body: `[{"access_token":"YWMt-the-token","expires_in":5184000}]`},
		{body: `<p>YWMt-the-token</p>`},
		{status: 201, body: `{"access_token":"YWMt-the-token","expires_in":5184000}`},
	} {
		t.Run(answer.body, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &platform{answers: map[string][]reply{"POST /token": {answer}}}
				_, err := connect(t, p).Tokens.ForUser(t.Context(), "ann", "pw", 0)
				for _, err := range []error{err, read(t.Context(), connect(t, p))} {
					if err == nil || strings.Contains(err.Error(), "the-token") {
						t.Errorf("error %v", err)
					}
				}
			})
		})
	}
}

// A token that ends in more than ten years, whatever the unit, has no end that counts.
func TestTokenWithoutAnEnd(t *testing.T) {
	for _, ends := range []string{"315360000001", "9223372036854775", "9223372036854775807", `"9223372036854775807"`, "9.3e18", "-1", "0", "null"} {
		t.Run(ends, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &platform{answers: map[string][]reply{
					"POST /token":    {{body: `{"access_token":"token-1","expires_in":` + ends + `}`}},
					"GET /users/ann": {{body: found}},
				}}
				s := connect(t, p)
				for range 3 {
					if err := read(t.Context(), s); err != nil {
						t.Fatal(err)
					}
					time.Sleep(365 * 24 * time.Hour)
				}
				if n := p.count("POST /token"); n != 1 {
					t.Errorf("%d tokens for 3 reads", n)
				}
				if own, err := s.Tokens.ForUser(t.Context(), "ann", "pw", 0); err != nil || !own.ExpiresAt.IsZero() {
					t.Errorf("%+v, %v", own, err)
				}
			})
		})
	}
}

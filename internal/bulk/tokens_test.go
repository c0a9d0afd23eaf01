package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/bulk"
	"terraform-provider-chat/internal/chat"
)

// issuer is a fake that issues tokens: every login takes a second.
type issuer struct {
	*fake
	life time.Duration
	err  error

	mu     sync.Mutex
	logins int
}

func (i *issuer) IssueUserToken(ctx context.Context, username, password string, ttl time.Duration) (*chat.Token, error) {
	i.mu.Lock()
	i.logins++
	token := &chat.Token{Value: fmt.Sprint(username, " ", password, " ", ttl, " ", i.logins)}
	err := i.err
	i.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	if i.life > 0 {
		token.ExpiresAt = time.Now().Add(i.life)
	}
	return token, nil
}

func (i *issuer) AppToken(context.Context) (*chat.Token, error) {
	return &chat.Token{Value: "app"}, nil
}

func newIssuer(t *testing.T, life time.Duration, err error) (*issuer, chat.TokenIssuer) {
	t.Helper()
	i := &issuer{fake: newFake(t, 0), life: life, err: err}
	tokens, ok := chat.As[chat.TokenIssuer](bulk.New(i, bulk.Options{}))
	if !ok {
		t.Fatal("the service issues no tokens")
	}
	return i, tokens
}

func TestTokens_sharedWhileOnTheirWayAndAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i, tokens := newIssuer(t, time.Hour, nil)
		var wg sync.WaitGroup
		for n := range 50 {
			wg.Go(func() {
				name := "alice"
				if n%2 == 0 {
					name = "Alice"
				}
				if _, err := tokens.IssueUserToken(t.Context(), name, "pw", 0); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		first, err := tokens.IssueUserToken(t.Context(), "alice", "pw", 0)
		if err != nil || i.logins != 1 {
			t.Fatalf("%d logins, want 1: %v", i.logins, err)
		}
		// What one caller does to its token is its own affair.
		first.Value = ""
		if again, err := tokens.IssueUserToken(t.Context(), "alice", "pw", 0); err != nil || again.Value == "" {
			t.Errorf("got %v, %v", again, err)
		}
		app, err := tokens.AppToken(t.Context())
		if err != nil || app.Value != "app" {
			t.Errorf("got %v, %v, want the application's token", app, err)
		}
	})
}

func TestTokens_apart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i, tokens := newIssuer(t, time.Hour, nil)
		seen := map[string]bool{}
		for _, l := range []struct {
			user, password string
			ttl            time.Duration
		}{
			{"alice", "pw", 0}, {"alice", "pw2", 0}, {"alice", "pw", time.Minute}, {"bob", "pw", 0},
		} {
			token, err := tokens.IssueUserToken(t.Context(), l.user, l.password, l.ttl)
			if err != nil {
				t.Fatal(err)
			}
			seen[token.Value] = true
		}
		if len(seen) != 4 || i.logins != 4 {
			t.Errorf("%d tokens from %d logins, want 4 from 4", len(seen), i.logins)
		}
	})
}

func TestTokens_renewedNearTheirEnd(t *testing.T) {
	for _, tt := range []struct {
		life, wait time.Duration
		logins     int
	}{
		{time.Hour, 54 * time.Minute, 1},
		{time.Hour, 56 * time.Minute, 2},
		{time.Minute, 20 * time.Second, 1},
		{time.Minute, 40 * time.Second, 2},
		{0, 1000 * time.Hour, 1},
	} {
		t.Run(fmt.Sprint(tt.life, " after ", tt.wait), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i, tokens := newIssuer(t, tt.life, nil)
				for range 2 {
					if _, err := tokens.IssueUserToken(t.Context(), "alice", "pw", 0); err != nil {
						t.Fatal(err)
					}
					time.Sleep(tt.wait)
				}
				if i.logins != tt.logins {
					t.Errorf("%d logins, want %d", i.logins, tt.logins)
				}
			})
		})
	}
}

func TestTokens_failures(t *testing.T) {
	for _, tt := range []struct {
		kind   error
		logins int
	}{
		{chat.ErrUnauthorized, 1},
		{chat.ErrUnavailable, 3},
		{chat.ErrNotFound, 3},
	} {
		t.Run(tt.kind.Error(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i, tokens := newIssuer(t, 0, &chat.Error{Kind: tt.kind, Op: "log in"})
				for range 3 {
					if token, err := tokens.IssueUserToken(t.Context(), "alice", "pw", 0); !errors.Is(err, tt.kind) {
						t.Errorf("got %v, %v, want %v", token, err, tt.kind)
					}
				}
				if i.logins != tt.logins {
					t.Errorf("%d logins, want %d", i.logins, tt.logins)
				}
			})
		})
	}
}

func TestTokens_onlyWhereIssued(t *testing.T) {
	if issuer, ok := chat.As[chat.TokenIssuer](bulk.New(newFake(t, 0), bulk.Options{})); ok {
		t.Errorf("%T issues tokens for a platform that does not", issuer)
	}
}

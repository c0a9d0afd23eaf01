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

func (i *issuer) ForUser(ctx context.Context, username, password string, ttl time.Duration) (*chat.Token, error) {
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

func (i *issuer) ForApp(context.Context) (*chat.Token, error) {
	return &chat.Token{Value: "app"}, nil
}

func newIssuer(t *testing.T, life time.Duration, err error) (*issuer, chat.Tokens) {
	t.Helper()
	i := &issuer{fake: newFake(t, 0), life: life, err: err}
	return i, bulk.New(i.service(), bulk.Options{}).Tokens
}

func (i *issuer) service() *chat.Service {
	s := i.fake.service()
	s.Tokens = i
	return s
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
				if _, err := tokens.ForUser(t.Context(), name, "pw", 0); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		first, err := tokens.ForUser(t.Context(), "alice", "pw", 0)
		if err != nil || i.logins != 1 {
			t.Fatalf("%d logins, want 1: %v", i.logins, err)
		}
		// A caller gets a token of its own.
		first.Value = ""
		if again, err := tokens.ForUser(t.Context(), "alice", "pw", 0); err != nil || again.Value == "" {
			t.Errorf("got %v, %v", again, err)
		}
		app, err := tokens.ForApp(t.Context())
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
			token, err := tokens.ForUser(t.Context(), l.user, l.password, l.ttl)
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
					if _, err := tokens.ForUser(t.Context(), "alice", "pw", 0); err != nil {
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
					if token, err := tokens.ForUser(t.Context(), "alice", "pw", 0); !errors.Is(err, tt.kind) {
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

// A login ends with the password, the activation or the registration that it was made
// with. The logins of other users stay.
func TestTokens_droppedWithTheirUser(t *testing.T) {
	one := func(errs []error, err error) error { return errors.Join(append(errs, err)...) }
	for op, change := range map[string]func(context.Context, *chat.Service) error{
		"SetPassword":  func(ctx context.Context, s *chat.Service) error { return s.Users.SetPassword(ctx, "Alice", "new") },
		"SetActivated": func(ctx context.Context, s *chat.Service) error { return s.Users.SetActivated(ctx, "Alice", false) },
		"DeleteUsers":  func(ctx context.Context, s *chat.Service) error { return one(s.Users.Delete(ctx, []string{"Alice"})) },
		"CreateUsers":  func(_ context.Context, s *chat.Service) error { return createErr(s, "Alice") },
	} {
		for _, fails := range []bool{false, true} {
			t.Run(fmt.Sprint(op, ", fails ", fails), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					i := &issuer{fake: newFake(t, 0), life: time.Hour}
					if op != "CreateUsers" {
						i.put("alice", i.born)
					}
					i.fail = func(called string, _ []string) ([]error, error) {
						if fails && called == op {
							return nil, &chat.Error{Op: op, Kind: chat.ErrUnavailable, MaybeApplied: true}
						}
						return nil, nil
					}
					s := bulk.New(i.service(), bulk.Options{})
					logIn := func(user string) {
						if _, err := s.Tokens.ForUser(t.Context(), user, "pw", 0); err != nil {
							t.Error(err)
						}
					}
					check := func(when string, want int) {
						t.Helper()
						if i.logins != want {
							t.Errorf("%d logins %s, want %d", i.logins, when, want)
						}
					}
					logIn("alice")
					logIn("bob")
					check("before", 2)

					done := make(chan error)
					go func() { done <- change(t.Context(), s) }()
					time.Sleep(time.Second / 4)
					go logIn("alice") // may still be answered by what was true before
					synctest.Wait()
					check("while the change is under way", 3)
					if err := <-done; fails == (err == nil) && op != "CreateUsers" {
						t.Error(err)
					}
					logIn("alice")
					check("after the change", 4)
					logIn("alice")
					logIn("bob")
					check("in all", 4)
				})
			})
		}
	}
}

// What the platform lacks is not there either.
func TestLackingMembers(t *testing.T) {
	s := bulk.New(newFake(t, 0).service(), bulk.Options{})
	if s.Tokens != nil || s.Sessions != nil || s.OfflineMessages != nil || s.Pacer != nil {
		t.Errorf("%+v has what the platform lacks", s)
	}
	inner := newFake(t, 0).service()
	inner.Contacts, inner.Blocks, inner.Statuses = nil, nil, nil
	if s := bulk.New(inner, bulk.Options{}); s.Contacts != nil || s.Blocks != nil || s.Statuses != nil {
		t.Errorf("%+v has what the platform lacks", s)
	}
}

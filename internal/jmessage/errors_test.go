package jmessage_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/jmessage"
)

var kinds = []error{
	chat.ErrNotFound, chat.ErrAlreadyExists, chat.ErrUnauthorized, chat.ErrThrottled, chat.ErrQuota,
	chat.ErrUnsupported, chat.ErrInvalid, chat.ErrTooLarge, chat.ErrUnavailable,
}

// checkKind fails the test unless err is a *chat.Error of exactly that kind.
func checkKind(t *testing.T, err, kind error) {
	t.Helper()
	var e *chat.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *chat.Error", err)
	}
	for _, each := range kinds {
		if errors.Is(err, each) != errors.Is(kind, each) {
			t.Errorf("got %q, want the kind %v", err, kind)
			return
		}
	}
}

func TestErrors(t *testing.T) {
	get := func(ctx context.Context, c *jmessage.Client) error {
		_, err := c.GetUser(ctx, "alice", chat.Basic)
		return err
	}
	names := []string{"bert", "carl"}
	html := answer{status: 405, body: "<html><head><title>Error</title></head><body>Not allowed</body></html>", html: true}
	busy := answer{status: 503, body: `{"error":{"code":899030,"message":"Server response time out"}}`}

	tests := []struct {
		name    string
		call    func(context.Context, *jmessage.Client) error
		answers []answer
		kind    error
		calls   int
		says    string
	}{
		{"no such user", get, []answer{refuse(403, 899002)}, chat.ErrNotFound, 1, `read user "alice": not found: HTTP 403 899002: the platform's words`},
		{"the status does not matter", get, []answer{refuse(404, 899001)}, chat.ErrAlreadyExists, 1, "899001"},
		{"malformed", get, []answer{refuse(400, 899003)}, chat.ErrInvalid, 1, "899003"},
		{"too many", get, []answer{refuse(403, 899013)}, chat.ErrTooLarge, 1, "899013"},
		{"wrong credentials", get, []answer{refuse(401, 899008)}, chat.ErrUnauthorized, 1, "899008"},
		{"wrong credentials, not in JSON", get, []answer{{status: 401, body: "who?", html: true}}, chat.ErrUnauthorized, 1, "HTTP 401: Unauthorized"},
		{"unknown app key", get, []answer{refuse(400, 899009)}, chat.ErrUnauthorized, 1, "899009"},
		{"blocked app key", get, []answer{refuse(403, 2003)}, chat.ErrUnauthorized, 1, "2003"},
		{"no room", get, []answer{refuse(403, 899012)}, chat.ErrQuota, 1, "899012"},
		{"an unknown code", get, []answer{refuse(403, 899999)}, nil, 1, "HTTP 403 899999: the platform's words"},
		{"JSON of another kind", get, []answer{{status: 403, body: `{"errors":["no"]}`}}, nil, 1, `HTTP 403: {"errors":["no"]}`},
		{"an error with a status of success", get, []answer{refuse(200, 899002)}, chat.ErrNotFound, 1, "899002"},
		{"throttled for good", get, []answer{refuse(429, 2002), refuse(429, 2002), refuse(429, 2002), refuse(429, 2002)}, chat.ErrThrottled, 4, "2002"},
		{"throttled by another code", get, []answer{refuse(403, 2002), refuse(403, 899002)}, chat.ErrNotFound, 2, "899002"},
		{"busy, then not", get, []answer{busy, refuse(403, 899002)}, chat.ErrNotFound, 2, "899002"},
		{"busy with another status, then not", get, []answer{refuse(403, 899030), refuse(403, 899002)}, chat.ErrNotFound, 2, "899002"},
		{"busy for good", get, []answer{busy, busy, busy, busy}, chat.ErrUnavailable, 4, "HTTP 503: Service Unavailable"},
		{"a page", get, []answer{html}, chat.ErrUnavailable, 1, "HTTP 405: answered with HTML instead of JSON: Not allowed"},
		{"an empty answer", get, []answer{{status: 200}}, chat.ErrUnavailable, 1, "an empty answer"},
		{"an answer cut short", get, []answer{{status: 200, body: `{"username":"ali`}}, chat.ErrUnavailable, 1, "cut short"},
		{"a list where there should be none", get, []answer{{status: 200, body: `[]`}}, chat.ErrUnavailable, 1, "unexpected form"},
		{
			"a page in place of an empty success",
			func(ctx context.Context, c *jmessage.Client) error { return c.SetActivated(ctx, "alice", true) },
			[]answer{{status: 200, body: "<html>log in to the wireless network</html>", html: true}},
			chat.ErrUnavailable, 1, `activate user "alice"`,
		},
		{
			"an empty name would be all users",
			func(ctx context.Context, c *jmessage.Client) error {
				_, err := c.DeleteUsers(ctx, []string{""})
				return err
			},
			nil, chat.ErrInvalid, 0, "delete user",
		},
		{
			"one of several users to delete is gone",
			func(ctx context.Context, c *jmessage.Client) error {
				_, err := c.DeleteUsers(ctx, names)
				return err
			},
			[]answer{refuse(403, 899002)},
			chat.ErrNotFound, 1, `delete user "bert" and 1 more`,
		},
		{
			"one of several is a contact already",
			func(ctx context.Context, c *jmessage.Client) error {
				_, err := c.AddContacts(ctx, "alice", names)
				return err
			},
			[]answer{refuse(403, 899070)},
			chat.ErrAlreadyExists, 1, `add contacts of user "alice"`,
		},
		{
			"a contact that does not exist",
			func(ctx context.Context, c *jmessage.Client) error {
				_, err := c.AddContacts(ctx, "alice", names[:1])
				return err
			},
			[]answer{refuse(403, 899002)},
			chat.ErrNotFound, 1, `add contact "bert" of user "alice"`,
		},
		{
			"notes of no contact",
			func(ctx context.Context, c *jmessage.Client) error {
				return c.UpdateContact(ctx, "alice", "bert", chat.Notes{Note: ptr("tall")})
			},
			[]answer{refuse(403, 899071)},
			chat.ErrNotFound, 1, `update contact "bert" of user "alice"`,
		},
		{
			"one of several to remove is no contact",
			func(ctx context.Context, c *jmessage.Client) error {
				_, err := c.RemoveContacts(ctx, "alice", names)
				return err
			},
			[]answer{refuse(403, 899071)},
			chat.ErrNotFound, 1, `remove contacts of user "alice"`,
		},
		{
			"one of several is blocked already",
			func(ctx context.Context, c *jmessage.Client) error {
				_, err := c.AddBlocks(ctx, "alice", names)
				return err
			},
			[]answer{refuse(403, 899017)},
			chat.ErrAlreadyExists, 1, `add blocks of user "alice"`,
		},
		{
			"an administrator cannot be blocked",
			func(ctx context.Context, c *jmessage.Client) error {
				_, err := c.AddBlocks(ctx, "alice", names[:1])
				return err
			},
			[]answer{refuse(403, 899018)},
			chat.ErrInvalid, 1, `add block "bert" of user "alice"`,
		},
		{
			"one of several to unblock is not blocked",
			func(ctx context.Context, c *jmessage.Client) error {
				_, err := c.RemoveBlocks(ctx, "alice", names)
				return err
			},
			[]answer{refuse(403, 899019)},
			chat.ErrNotFound, 1, `remove blocks of user "alice"`,
		},
		{
			"a status that was not told",
			func(ctx context.Context, c *jmessage.Client) error {
				_, err := c.Statuses(ctx, names)
				return err
			},
			[]answer{{status: 200, body: `[{"username":"bert","devices":[],"statuscode":0}]`}},
			chat.ErrUnavailable, 1, `does not mention "carl"`,
		},
		{
			"a cursor of somebody else",
			func(ctx context.Context, c *jmessage.Client) error {
				_, err := c.ListUsers(ctx, "LTgzNDAx")
				return err
			},
			nil, chat.ErrInvalid, 0, "cursor",
		},
		{
			"push settings",
			func(ctx context.Context, c *jmessage.Client) error {
				return c.UpdateUser(ctx, "alice", chat.Settings{Push: &chat.Push{}})
			},
			nil, chat.ErrUnsupported, 0, "JMessage does not support push.",
		},
		{
			"extras of another kind",
			func(ctx context.Context, c *jmessage.Client) error {
				_, err := c.CreateUsers(ctx, []chat.NewUser{{Username: "alice", Password: "1234", Profile: &chat.Profile{Extras: ptr("[1]")}}})
				return err
			},
			nil, chat.ErrInvalid, 0, "JSON object",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &script{answers: tt.answers}
			run(t, s, func(t *testing.T, c *jmessage.Client) {
				err := tt.call(t.Context(), c)
				checkKind(t, err, tt.kind)
				if !strings.Contains(err.Error(), tt.says) {
					t.Errorf("got %q, want something about %q", err, tt.says)
				}
			})
			if len(s.Calls) != tt.calls {
				t.Errorf("%d calls, want %d: %q", len(s.Calls), tt.calls, s.Calls)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	many := make([]string, 501)
	s := &script{}
	run(t, s, func(t *testing.T, c *jmessage.Client) {
		limits := c.Platform().Limits()
		calls := map[string]struct {
			items int
			call  func(names []string) error
		}{
			"CreateUsers": {limits.CreateUsers.Items, func(n []string) error {
				_, err := c.CreateUsers(t.Context(), make([]chat.NewUser, len(n)))
				return err
			}},
			"DeleteUsers": {limits.DeleteUsers.Items, func(n []string) error {
				_, err := c.DeleteUsers(t.Context(), n)
				return err
			}},
			"AddContacts": {limits.AddContacts.Items, func(n []string) error {
				_, err := c.AddContacts(t.Context(), "alice", n)
				return err
			}},
			"RemoveContacts": {limits.RemoveContacts.Items, func(n []string) error {
				_, err := c.RemoveContacts(t.Context(), "alice", n)
				return err
			}},
			"AddBlocks": {limits.AddBlocks.Items, func(n []string) error {
				_, err := c.AddBlocks(t.Context(), "alice", n)
				return err
			}},
			"RemoveBlocks": {limits.RemoveBlocks.Items, func(n []string) error {
				_, err := c.RemoveBlocks(t.Context(), "alice", n)
				return err
			}},
			"Statuses": {limits.Statuses.Items, func(n []string) error {
				_, err := c.Statuses(t.Context(), n)
				return err
			}},
		}
		for name, tt := range calls {
			if err := tt.call(many[:tt.items+1]); !errors.Is(err, chat.ErrTooLarge) {
				t.Errorf("%s: got %v, want ErrTooLarge", name, err)
			}
		}
	})
	if len(s.Calls) > 0 {
		t.Errorf("calls were made: %d", len(s.Calls))
	}
}

// TestRateWindow checks that a throttled call waits for the platform's window.
func TestRateWindow(t *testing.T) {
	throttled := refuse(429, 2002)
	throttled.header = http.Header{
		"X-Rate-Limit-Limit": {"600"}, "X-Rate-Limit-Remaining": {"0"}, "X-Rate-Limit-Reset": {"42"},
	}
	run(t, &script{answers: []answer{throttled, {status: 204}}}, func(t *testing.T, c *jmessage.Client) {
		start := time.Now()
		if err := c.SetActivated(t.Context(), "alice", true); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < 42*time.Second || waited > 50*time.Second {
			t.Errorf("waited %s, want the 42s of X-Rate-Limit-Reset", waited)
		}
	})
}

// TestSecrets lets a platform repeat what it was sent, and looks for it in errors.
func TestSecrets(t *testing.T) {
	const password = "pa$$ \"wörd\" 1"
	echoes := []answer{
		{status: 403, body: `{"error":{"code":899003,"message":"bad: pa$$ \"wörd\" 1, ` + masterSecret + `, ` + authorization + `"}}`},
		{status: 403, body: `{"sent":"pa$$ \"wörd\" 1 ` + authorization + `"}`},
		{status: 404, body: `<html><p>` + masterSecret + ` {"new_password":"pa$$ \"wörd\" 1"}</html>`, html: true},
		{status: 400, body: `[{"username":"alice","error":{"code":899003,"message":"bad: pa$$ \"wörd\" 1 ` + authorization + `"}}]`},
	}
	for _, echo := range echoes {
		calls := map[string]func(*testing.T, *jmessage.Client) error{
			"SetPassword": func(t *testing.T, c *jmessage.Client) error {
				return c.SetPassword(t.Context(), "alice", password)
			},
			"CreateUsers": func(t *testing.T, c *jmessage.Client) error {
				results, err := c.CreateUsers(t.Context(), []chat.NewUser{{Username: "alice", Password: password}})
				if err != nil {
					return err
				}
				return results[0].Err
			},
		}
		for name, call := range calls {
			run(t, &script{answers: []answer{echo}}, func(t *testing.T, c *jmessage.Client) {
				err := call(t, c)
				if err == nil {
					t.Fatalf("%s: no error for %s", name, echo.body)
				}
				for _, secret := range []string{"wörd", masterSecret, strings.TrimPrefix(authorization, "Basic ")} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("%s: %q holds a secret", name, err)
					}
				}
			})
		}
	}
}

package jmessage_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"terraform-provider-chat/internal/chat"
)

func TestErrors(t *testing.T) {
	get := func(ctx context.Context, s *chat.Service) error {
		_, err := s.Users.Get(ctx, "alice", chat.Basic)
		return err
	}
	names := []string{"bert", "carl"}
	html := answer{status: 405, body: "<html><head><title>Error</title></head><body>Not allowed</body></html>", html: true}
	cut := answer{status: 200, body: `{"username":"ali`}
	busy := answer{status: 503, body: `{"error":{"code":899030,"message":"Server response time out"}}`}

	tests := []struct {
		name    string
		call    func(context.Context, *chat.Service) error
		answers []answer
		kind    error
		calls   int
		says    string
	}{
		{"no such user", get, []answer{refuse(403, 899002)}, chat.ErrNotFound, 1, `read user "alice": not found: HTTP 403 899002: the platform's words`},
		{"the status does not matter", get, []answer{refuse(404, 899001)}, chat.ErrAlreadyExists, 1, "899001"},
		{"malformed", get, []answer{refuse(400, 899003)}, chat.ErrInvalid, 1, "899003"},
		{"wrong credentials, not in JSON", get, []answer{{status: 401, body: "who?", html: true}}, chat.ErrUnauthorized, 1, "HTTP 401: Unauthorized"},
		{"an unknown code", get, []answer{refuse(403, 899999)}, nil, 1, "HTTP 403 899999: the platform's words"},
		{"JSON of another kind", get, []answer{{status: 403, body: `{"errors":["no"]}`}}, nil, 1, `HTTP 403: {"errors":["no"]}`},
		{"an error with a status of success", get, []answer{refuse(200, 899002)}, chat.ErrNotFound, 1, "899002"},
		{"throttled for good", get, []answer{refuse(429, 2002), refuse(429, 2002), refuse(429, 2002), refuse(429, 2002)}, chat.ErrThrottled, 4, "2002"},
		{"throttled, not in JSON", get, []answer{{status: 429}, {status: 429}, {status: 429}, {status: 429, body: "slow down", html: true}}, chat.ErrThrottled, 4, "HTTP 429: Too Many Requests"},
		{"throttled by another code", get, []answer{refuse(403, 2002), refuse(403, 899002)}, chat.ErrNotFound, 2, "899002"},
		{"busy, then not", get, []answer{busy, refuse(403, 899002)}, chat.ErrNotFound, 2, "899002"},
		{"busy with another status, then not", get, []answer{refuse(403, 899030), refuse(403, 899002)}, chat.ErrNotFound, 2, "899002"},
		{"busy for good", get, []answer{busy, busy, busy, busy}, chat.ErrUnavailable, 4, "HTTP 503: Service Unavailable"},
		{"a page", get, []answer{html}, chat.ErrUnavailable, 1, "HTTP 405: answered with HTML instead of JSON: Not allowed"},
		{"an empty answer", get, []answer{{status: 200}, {status: 200}, {status: 200}, {status: 200}}, chat.ErrUnavailable, 4, "an empty answer"},
		{"an answer cut short", get, []answer{cut, cut, cut, cut}, chat.ErrUnavailable, 4, "cut short"},
		{"an answer without the user", get, []answer{{status: 200, body: `{}`}}, chat.ErrUnavailable, 1, `read user "alice": unavailable: HTTP 200: the answer does not hold the user`},
		{"an answer about another user", get, []answer{{status: 200, body: `{"username":"bert"}`}}, chat.ErrUnavailable, 1, "does not hold the user"},
		{"a list where there should be none", get, []answer{{status: 200, body: `[]`}}, chat.ErrUnavailable, 1, "unexpected form"},
		{
			"a page in place of an empty success",
			func(ctx context.Context, s *chat.Service) error { return s.Users.SetActivated(ctx, "alice", true) },
			[]answer{{status: 200, body: "<html>log in to the wireless network</html>", html: true}},
			chat.ErrUnavailable, 1, `activate user "alice"`,
		},
		{
			"an empty name would be all users",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Users.Delete(ctx, []string{""})
				return err
			},
			nil, chat.ErrInvalid, 0, "delete user",
		},
		{
			"one of several users to delete is gone",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Users.Delete(ctx, names)
				return err
			},
			[]answer{refuse(403, 899002)},
			chat.ErrNotFound, 1, `delete user "bert" and 1 more`,
		},
		{
			"one of several is a contact already",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Contacts.Add(ctx, "alice", chat.Refs(names...))
				return err
			},
			[]answer{refuse(403, 899070)},
			chat.ErrAlreadyExists, 1, `add user "bert" and 1 more to the contacts of user "alice": already exists`,
		},
		{
			"a contact that does not exist",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Contacts.Add(ctx, "alice", chat.Refs(names[:1]...))
				return err
			},
			[]answer{refuse(403, 899002)},
			chat.ErrNotFound, 1, `add user "bert" to the contacts of user "alice": not found`,
		},
		{
			"notes of no contact",
			func(ctx context.Context, s *chat.Service) error {
				return s.Contacts.SetNotes(ctx, "alice", chat.Ref{Username: "bert"}, chat.Notes{Note: ptr("tall")})
			},
			[]answer{refuse(403, 899071)},
			chat.ErrNotFound, 1, `write the notes of user "alice" about contact "bert": not found`,
		},
		{
			"one of several to remove is no contact",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Contacts.Remove(ctx, "alice", chat.Refs(names...))
				return err
			},
			[]answer{refuse(403, 899071)},
			chat.ErrNotFound, 1, `remove user "bert" and 1 more from the contacts of user "alice": not found`,
		},
		{
			"one of several is blocked already",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Blocks.Add(ctx, "alice", chat.Refs(names...))
				return err
			},
			[]answer{refuse(403, 899017)},
			chat.ErrAlreadyExists, 1, `add user "bert" and 1 more to the blocks of user "alice": already exists`,
		},
		{
			"an administrator cannot be blocked",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Blocks.Add(ctx, "alice", chat.Refs(names[:1]...))
				return err
			},
			[]answer{refuse(403, 899018)},
			chat.ErrInvalid, 1, `add user "bert" to the blocks of user "alice": invalid`,
		},
		{
			"one of several to unblock is not blocked",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Blocks.Remove(ctx, "alice", chat.Refs(names...))
				return err
			},
			[]answer{refuse(403, 899019)},
			chat.ErrNotFound, 1, `remove user "bert" and 1 more from the blocks of user "alice": not found`,
		},
		{
			"a status that the answer does not mention",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Statuses.Of(ctx, names)
				return err
			},
			[]answer{{status: 200, body: `[{"username":"bert","devices":[],"statuscode":0}]`}},
			chat.ErrUnavailable, 1, `does not mention "carl"`,
		},
		{
			"a cursor of another platform",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Users.List(ctx, "LTgzNDAx")
				return err
			},
			nil, chat.ErrInvalid, 0, "cursor",
		},
		{
			"push settings",
			func(ctx context.Context, s *chat.Service) error {
				return s.Users.Update(ctx, "alice", chat.Settings{Push: &chat.Push{}})
			},
			nil, chat.ErrUnsupported, 0, "JMessage does not support push.",
		},
		{
			"extras of another kind",
			func(ctx context.Context, s *chat.Service) error {
				_, err := s.Users.Create(ctx, []chat.NewUser{{Username: "alice", Password: "1234", Profile: &chat.Profile{Extras: ptr("[1]")}}})
				return err
			},
			nil, chat.ErrInvalid, 0, "JSON object",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			platform := &script{answers: tt.answers}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				err := tt.call(t.Context(), s)
				checkKind(t, err, tt.kind)
				if !strings.Contains(err.Error(), tt.says) {
					t.Errorf("got %q, want something about %q", err, tt.says)
				}
			})
			if len(platform.Calls) != tt.calls {
				t.Errorf("%d calls, want %d: %q", len(platform.Calls), tt.calls, platform.Calls)
			}
		})
	}
}

// Every code of the platform's list, in the answer to a call and in that about one user
// of a registration.
func TestCodes(t *testing.T) {
	for _, tt := range []struct {
		status, code int
		kind         error
		// own is the kind if the answer to a registration holds the code.
		own error
	}{
		{500, 899000, chat.ErrUnavailable, chat.ErrUnavailable},
		{403, 899001, chat.ErrAlreadyExists, chat.ErrAlreadyExists},
		{403, 899002, chat.ErrNotFound, chat.ErrNotFound},
		{400, 899003, chat.ErrInvalid, chat.ErrInvalid},
		{403, 899004, nil, nil},
		{403, 899005, nil, nil},
		{401, 899007, chat.ErrUnauthorized, chat.ErrUnauthorized},
		{401, 899008, chat.ErrUnauthorized, chat.ErrUnauthorized},
		{400, 899009, chat.ErrUnauthorized, chat.ErrUnauthorized},
		{400, 899010, nil, nil},
		{403, 899006, chat.ErrNotFound, chat.ErrNotFound},
		{400, 899011, chat.ErrAlreadyExists, chat.ErrAlreadyExists},
		{403, 899012, chat.ErrQuota, chat.ErrQuota},
		{403, 899013, chat.ErrTooLarge, chat.ErrTooLarge},
		{403, 899014, chat.ErrNotFound, chat.ErrNotFound},
		{403, 899015, chat.ErrQuota, chat.ErrQuota},
		{403, 899017, chat.ErrAlreadyExists, chat.ErrAlreadyExists},
		{403, 899018, chat.ErrInvalid, chat.ErrInvalid},
		{403, 899019, chat.ErrNotFound, chat.ErrNotFound},
		{403, 899020, chat.ErrInvalid, chat.ErrInvalid},
		{403, 899021, chat.ErrInvalid, chat.ErrInvalid},
		{403, 899016, chat.ErrInvalid, chat.ErrInvalid},
		{403, 899043, chat.ErrAlreadyExists, chat.ErrAlreadyExists},
		{403, 899044, chat.ErrNotFound, chat.ErrNotFound},
		{403, 899045, chat.ErrNotFound, chat.ErrNotFound},
		{403, 899046, chat.ErrNotFound, chat.ErrNotFound},
		{403, 899047, chat.ErrAlreadyExists, chat.ErrAlreadyExists},
		{403, 899048, chat.ErrAlreadyExists, chat.ErrAlreadyExists},
		{403, 899049, chat.ErrNotFound, chat.ErrNotFound},
		{403, 899050, chat.ErrNotFound, chat.ErrNotFound},
		{403, 899051, chat.ErrNotFound, chat.ErrNotFound},
		{403, 899052, chat.ErrAlreadyExists, chat.ErrAlreadyExists},
		{403, 899053, chat.ErrNotFound, chat.ErrNotFound},
		{403, 855001, chat.ErrInvalid, chat.ErrInvalid},
		{403, 855002, chat.ErrInvalid, chat.ErrInvalid},
		{403, 855003, chat.ErrNotFound, chat.ErrNotFound},
		{403, 855004, chat.ErrInvalid, chat.ErrInvalid},
		{503, 899030, chat.ErrUnavailable, chat.ErrUnavailable},
		{403, 899070, chat.ErrAlreadyExists, chat.ErrAlreadyExists},
		{403, 899071, chat.ErrNotFound, chat.ErrNotFound},
		{403, 899081, chat.ErrNotFound, chat.ErrNotFound},
		{403, 899082, chat.ErrNotFound, chat.ErrNotFound},
		{429, 2002, chat.ErrThrottled, chat.ErrThrottled},
		{403, 2003, chat.ErrUnauthorized, chat.ErrUnauthorized},
		{403, 2004, chat.ErrUnauthorized, chat.ErrUnauthorized},
	} {
		t.Run(strconv.Itoa(tt.code), func(t *testing.T) {
			platform := &script{repeat: refuse(tt.status, tt.code)}
			run(t, platform, func(t *testing.T, s *chat.Service) {
				_, err := s.Users.Get(t.Context(), "alice", chat.Basic)
				checkKind(t, err, tt.kind)
				if said := fmt.Sprintf("HTTP %d %d: the platform's words", tt.status, tt.code); tt.status < 500 && !strings.Contains(err.Error(), said) {
					t.Errorf("got %q, want it to say %q", err, said)
				}
				attempts := 1
				if tt.status >= 429 {
					attempts = 4
				}
				if len(platform.Calls) != attempts {
					t.Errorf("%d attempts, want %d", len(platform.Calls), attempts)
				}

				platform.repeat = answer{status: 201, body: fmt.Sprintf(`[{"username":"alice","error":{"code":%d,"message":"the platform's words"}}]`, tt.code)}
				results, err := s.Users.Create(t.Context(), []chat.NewUser{{Username: "alice", Password: "password"}})
				if err != nil {
					t.Fatal(err)
				}
				checkKind(t, results[0].Err, tt.own)
				if want := fmt.Sprintf("HTTP 201 %d: the platform's words", tt.code); !strings.HasPrefix(results[0].Err.Error(), `register user "alice": `) || !strings.Contains(results[0].Err.Error(), want) {
					t.Errorf("got %q, want it to say %q", results[0].Err, want)
				}
			})
		})
	}
}

// A code is explained if the platform's text says little or nothing.
func TestMeanings(t *testing.T) {
	for _, tt := range []struct {
		message, says string
	}{
		{"", "HTTP 403 855001: a message can be retracted for 3 minutes"},
		{"retract message timeout", "HTTP 403 855001: retract message timeout (a message can be retracted for 3 minutes)"},
	} {
		body := fmt.Sprintf(`{"error":{"code":855001,"message":%q}}`, tt.message)
		run(t, &script{answers: []answer{{status: 403, body: body}}}, func(t *testing.T, s *chat.Service) {
			err := s.Messages.Retract(t.Context(), sentBy("alice", "7"))
			if err == nil || !strings.HasSuffix(err.Error(), tt.says) {
				t.Errorf("got %v, want it to end with %q", err, tt.says)
			}
		})
	}
}

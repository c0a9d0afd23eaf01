package easemob_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/emulator"
)

// everyCall is a call of every method that makes one, by method and path.
func everyCall() map[string]func(s *chat.Service) error {
	ctx := context.Background()
	calls := map[string]func(s *chat.Service) error{
		"GET /users/ann":             func(s *chat.Service) error { return read(ctx, s) },
		"GET /users?limit=100":       func(s *chat.Service) error { _, err := s.Users.List(ctx, ""); return err },
		"PUT /users/ann":             func(s *chat.Service) error { return s.Users.Update(ctx, "ann", chat.Settings{Nickname: ptr("x")}) },
		"PUT /users/ann/password":    func(s *chat.Service) error { return s.Users.SetPassword(ctx, "ann", "pw") },
		"POST /users/ann/activate":   func(s *chat.Service) error { return s.Users.SetActivated(ctx, "ann", true) },
		"POST /users/ann/deactivate": func(s *chat.Service) error { return s.Users.SetActivated(ctx, "ann", false) },
		"DELETE /users/ann":          func(s *chat.Service) error { return chat.Single(s.Users.Delete(ctx, []string{"ann"})) },
		"POST /users": func(s *chat.Service) error {
			results, err := s.Users.Create(ctx, []chat.NewUser{{Username: "ann", Password: "pw"}})
			if err == nil {
				err = results[0].Err
			}
			return err
		},
		"GET /users/ann/contacts/users":        func(s *chat.Service) error { _, err := s.Contacts.List(ctx, "ann"); return err },
		"POST /users/ann/contacts/users/bob":   func(s *chat.Service) error { return chat.Single(s.Contacts.Add(ctx, "ann", chat.Refs("bob"))) },
		"DELETE /users/ann/contacts/users/bob": func(s *chat.Service) error { return chat.Single(s.Contacts.Remove(ctx, "ann", chat.Refs("bob"))) },
		"GET /users/ann/blocks/users":          func(s *chat.Service) error { _, err := s.Blocks.List(ctx, "ann"); return err },
		"POST /users/ann/blocks/users":         func(s *chat.Service) error { return chat.Single(s.Blocks.Add(ctx, "ann", chat.Refs("bob"))) },
		"DELETE /users/ann/blocks/users/bob":   func(s *chat.Service) error { return chat.Single(s.Blocks.Remove(ctx, "ann", chat.Refs("bob"))) },
		"POST /users/batch/status":             func(s *chat.Service) error { _, err := s.Statuses.Of(ctx, []string{"ann"}); return err },
		"GET /users/ann/disconnect":            func(s *chat.Service) error { return s.Sessions.Disconnect(ctx, "ann") },
		"GET /users/ann/offline_msg_count":     func(s *chat.Service) error { _, err := s.OfflineMessages.Count(ctx, "ann"); return err },
		"GET /users/ann/offline_msg_status/1":  func(s *chat.Service) error { _, err := s.OfflineMessages.Status(ctx, "ann", "1"); return err },
		"POST /token":                          func(s *chat.Service) error { _, err := s.Tokens.ForUser(ctx, "ann", "pw", 0); return err },
	}
	maps.Copy(calls, groupCalls())
	maps.Copy(calls, map[string]func(s *chat.Service) error{
		"POST /metadata/user/get": func(s *chat.Service) error { _, err := s.Profiles.Get(ctx, []string{"ann"}); return err },
		"PUT /metadata/user/ann":  func(s *chat.Service) error { return s.Profiles.Set(ctx, "ann", chat.Profile{Birthday: ptr("")}) },
		"PUT /user/ann/contacts/users/bob": func(s *chat.Service) error {
			return s.Contacts.SetNotes(ctx, "ann", chat.Ref{Username: "bob"}, chat.Notes{NoteName: ptr("B")})
		},
		"GET /user/ann/contacts?limit=50&needReturnRemark=true": func(s *chat.Service) error { _, err := s.ContactNotes.Of(ctx, "ann"); return err },
		"PUT /users/ann/notification/user/ann":                  func(s *chat.Service) error { return s.Quiet.Set(ctx, "ann", chat.QuietTarget{}, true) },
		"GET /users/ann/notification/user/ann":                  func(s *chat.Service) error { _, err := s.Quiet.Get(ctx, "ann", chat.QuietTarget{}); return err },
		"POST /messages/msg_recall": func(s *chat.Service) error {
			return s.Messages.Retract(ctx, chat.SentMessage{Conversation: conversation("ann", "user", "bob"), ID: "1"})
		},
	})
	return calls
}

// Every error that the documents print, and those of gateways, proxies and other servers.
func TestErrors(t *testing.T) {
	body := func(name, text string) string {
		return fmt.Sprintf(`{"error":%q,"timestamp":1,"duration":0,"exception":"x","error_description":%q}`, name, text)
	}
	calls := everyCall()
	const once, thrice = 1, 3 // attempts, with two retries
	success := fmt.Errorf("no error")

	for _, tt := range []struct {
		name     string
		call     string
		answer   reply
		want     error // the kind, or success
		attempts int
		text     string // all of it, or its end after "..."
	}{
		{"a missing user", "GET /users/ann", reply{status: 404, body: missing}, chat.ErrNotFound, once, `read user "ann": not found: HTTP 404 service_resource_not_found: Service resource not found`},
		{"a missing user, newer", "GET /users/ann", reply{status: 404, body: `{"error":"service_resource_not_found","exception":"UserNotFoundException","error_description":"gone"}`}, chat.ErrNotFound, once, ""},
		{"update of a missing user", "PUT /users/ann", reply{status: 400, body: body("required_property_not_found", "Entity user requires a property named username")}, chat.ErrNotFound, once, `update user "ann": not found: HTTP 400 required_property_not_found: Entity user requires a property named username`},
		{"password of a missing user", "PUT /users/ann/password", reply{status: 404, body: body("entity_not_found", "User null not found")}, chat.ErrNotFound, once, `set the password of user "ann": not found: HTTP 404 entity_not_found: User null not found`},
		{"no new password", "PUT /users/ann/password", reply{status: 400, body: body("illegal_argument", "newpassword is required")}, chat.ErrInvalid, once, ""},
		{"activation of a missing user", "POST /users/ann/activate", reply{status: 404, body: missing}, chat.ErrNotFound, once, `activate user "ann": not found: HTTP 404 service_resource_not_found: Service resource not found`},
		{"deactivation of a missing user", "POST /users/ann/deactivate", reply{status: 400, body: body("management", "User with id null does not exist in app 8be024f0")}, chat.ErrNotFound, once, `deactivate user "ann": not found: HTTP 400 management: User with id null does not exist in app 8be024f0`},
		{"deactivation of a missing user, newer", "POST /users/ann/deactivate", reply{status: 404, body: body("management", "gone")}, chat.ErrNotFound, once, ""},
		{"deletion of a missing user", "DELETE /users/ann", reply{status: 404, body: missing}, success, once, ""},
		{"deletion of a missing user, newer", "DELETE /users/ann", reply{status: 400, body: body("management", "gone")}, success, once, ""},
		{"contacts of a missing user", "GET /users/ann/contacts/users", reply{status: 404, body: missing}, chat.ErrNotFound, once, `list the contacts of user "ann": ...`},
		{"a contact of or with a missing user", "POST /users/ann/contacts/users/bob", reply{status: 404, body: missing}, chat.ErrNotFound, once, `add user "bob" to the contacts of user "ann": ...`},
		{"a full list of contacts", "POST /users/ann/contacts/users/bob", reply{status: 403, body: body("exceed_limit", "user contact number exceed limit")}, chat.ErrQuota, once, ""},
		{"removal of a contact that is none", "DELETE /users/ann/contacts/users/bob", reply{status: 404, body: missing}, success, once, ""},
		{"removal of a contact that is refused", "DELETE /users/ann/contacts/users/bob", reply{status: 403, body: body("forbidden", "no")}, nil, once, `remove user "bob" from the contacts of user "ann": HTTP 403 forbidden: no`},
		{"blocks of a missing user", "GET /users/ann/blocks/users", reply{status: 404, body: missing}, chat.ErrNotFound, once, `list the blocks of user "ann": ...`},
		{"a block by a missing user", "POST /users/ann/blocks/users", reply{status: 404, body: missing}, chat.ErrNotFound, once, `add user "bob" to the blocks of user "ann": ...`},
		{"a block of a missing user", "POST /users/ann/blocks/users", reply{status: 400, body: body("illegal_argument", "attempt to adding new block[bob] for user[ann],but user[bob] not found.")}, chat.ErrNotFound, once, ""},
		{"a block without names", "POST /users/ann/blocks/users", reply{status: 400, body: body("illegal_argument", "usernames must not be empty")}, chat.ErrInvalid, once, ""},
		{"removal of a block of a missing user", "DELETE /users/ann/blocks/users/bob", reply{status: 404, body: missing}, success, once, ""},
		{"removal of a block that is refused", "DELETE /users/ann/blocks/users/bob", reply{status: 403, body: body("forbidden", "no")}, nil, once, `remove user "bob" from the blocks of user "ann": HTTP 403 forbidden: no`},
		{"too many names", "POST /users/batch/status", reply{status: 400, body: body("illegal_argument", "request body exceeds maximum limit, maximum limit is 100")}, chat.ErrInvalid, once, `read the status of user "ann": ...`},
		{"an answer without the status", "POST /users/batch/status", reply{body: `{"data":[{"bob":"online"}]}`}, chat.ErrUnavailable, once, `read the status of user "ann": unavailable: HTTP 200: the response lacks the requested data`},
		{"disconnection of a missing user", "GET /users/ann/disconnect", reply{status: 404, body: missing}, chat.ErrNotFound, once, `disconnect user "ann": ...`},
		{"disconnection without effect", "GET /users/ann/disconnect", reply{body: `{"data":{"result":false}}`}, nil, once, `disconnect user "ann": HTTP 200: the platform did not disconnect the user`},
		{"disconnection without a result", "GET /users/ann/disconnect", reply{body: `{}`}, nil, once, ""},
		{"messages of a missing user", "GET /users/ann/offline_msg_count", reply{status: 404, body: missing}, chat.ErrNotFound, once, `count the offline messages of user "ann": ...`},
		{"an answer without the count", "GET /users/ann/offline_msg_count", reply{body: `{"data":{"bob":1}}`}, chat.ErrUnavailable, once, ""},
		{"a message to a missing user", "GET /users/ann/offline_msg_status/1", reply{status: 404, body: missing}, chat.ErrNotFound, once, `read the status of message "1" to user "ann": ...`},
		{"an answer without the message", "GET /users/ann/offline_msg_status/1", reply{body: `{"data":{}}`}, chat.ErrUnavailable, once, ""},
		{"a bad cursor", "GET /users?limit=100", reply{status: 400, body: body("illegal_argument", "bad cursor")}, chat.ErrInvalid, once, `list users: invalid: HTTP 400 illegal_argument: bad cursor`},

		{"an existing user", "POST /users", reply{status: 400, body: body("duplicate_unique_property_exists", "Application null Entity user requires that property named username be unique, value of ann exists")}, chat.ErrAlreadyExists, once, ""},
		{"an illegal name", "POST /users", reply{status: 400, body: body("illegal_argument", "username [ann] is not legal")}, chat.ErrInvalid, once, ""},
		{"no password", "POST /users", reply{status: 400, body: body("illegal_argument", "password or pin must provided")}, chat.ErrInvalid, once, ""},
		{"too many users at once", "POST /users", reply{status: 400, body: body("illegal_argument", "Request body array size[61] had almost reached or been greater than the upper range value[60]")}, chat.ErrInvalid, once, ""},
		{"the limit of a plan", "POST /users", reply{status: 429, body: body("resource_limited", "You have exceeded the limit of the Free edition")}, chat.ErrQuota, once, `register user "ann": quota exceeded: HTTP 429 resource_limited: You have exceeded the limit of the Free edition`},

		{"a wrong password", "POST /token", reply{status: 400, body: `{"error":"invalid_grant","error_description":"invalid password"}`}, chat.ErrUnauthorized, once, `fetch a token for user "ann": unauthorized: HTTP 400 invalid_grant: invalid password`},
		{"a disabled user", "POST /token", reply{status: 400, body: body("invalid_grant", "user not activated")}, chat.ErrUnauthorized, once, ""},
		{"a token for nobody", "POST /token", reply{status: 400, body: `{"error":"invalid_grant","error_description":"username or password wrong"}`}, chat.ErrUnauthorized, once, ""},
		{"a token for nobody, newer", "POST /token", reply{status: 404, body: body("entity_not_found", "User null not found")}, chat.ErrNotFound, once, ""},
		{"a token without a password", "POST /token", reply{status: 400, body: body("illegal_argument", "password is required")}, chat.ErrInvalid, once, ""},
		{"a token, throttled", "POST /token", reply{status: 429, body: body("reach_limit", "This request has reached api limit")}, chat.ErrThrottled, thrice, ""},
		{"an answer without a token", "POST /token", reply{body: `{"expires_in":1}`}, chat.ErrUnavailable, once, `fetch a token for user "ann": unavailable: HTTP 200: the response contains no token`},

		{"bad JSON", "PUT /users/ann", reply{status: 400, body: body("json_parse", "Unexpected character")}, chat.ErrInvalid, once, ""},
		{"no permission", "GET /users/ann", reply{status: 401, body: refused}, chat.ErrUnauthorized, 2, `read user "ann": unauthorized: HTTP 401 unauthorized: Subject does not have permission`},
		{"no administrator", "POST /users/ann/activate", reply{status: 401, body: body("unauthorized", "No admin user access authorized")}, chat.ErrUnauthorized, 2, ""},
		{"a corrupt token", "GET /users/ann", reply{status: 401, body: body("auth_bad_access_token", "Unable to authenticate due to corrupt access token")}, chat.ErrUnauthorized, 2, ""},
		{"an expired token", "GET /users/ann", reply{status: 401, body: body("expired_token", "Unable to authenticate due to expired access token")}, chat.ErrUnauthorized, 2, ""},
		{"a refusal without a text", "GET /users/ann", reply{status: 401}, chat.ErrUnauthorized, 2, `read user "ann": unauthorized: HTTP 401: an empty answer`},
		{"a forbidden call", "GET /users/ann", reply{status: 403, body: body("forbidden", "ip not allowed")}, nil, once, `read user "ann": HTTP 403 forbidden: ip not allowed`},
		{"an unknown application", "GET /users/ann", reply{status: 404, body: body("organization_application_not_found", "Could not find application for chat-demo/testapp from URI: chat-demo/testapp/users/ann")}, chat.ErrInvalid, once, `read user "ann": invalid: HTTP 404 organization_application_not_found: There is no application chat-demo#testapp at this address; check the app key and the base URL. Could not find application for chat-demo/testapp from URI: chat-demo/testapp/users/ann`},
		{"a wrong method", "GET /users/ann", reply{status: 405, body: body("method_not_allowed", "no")}, nil, once, ""},
		{"a request timeout", "GET /users/ann", reply{status: 408, body: ""}, chat.ErrUnavailable, thrice, ""},
		{"two at once", "POST /users", reply{status: 409, body: body("concurrent_operation_error", "no")}, nil, once, ""},
		{"a large body", "POST /users", reply{status: 413, body: `{"error":"Request Entity Too Large"}`}, chat.ErrTooLarge, once, ""},
		{"a large body, refused by a gateway", "POST /users", reply{status: 413, body: "<html>Request Entity Too Large</html>"}, chat.ErrTooLarge, once, ""},
		{"a wrong content type", "POST /users", reply{status: 415, body: body("web_application", "Unsupported Media Type")}, nil, once, ""},
		{"throttled", "GET /users/ann", reply{status: 429, body: body("reach_limit", "This request has reached api limit")}, chat.ErrThrottled, thrice, ""},
		{"throttled without a reason", "GET /users/ann", reply{status: 429}, chat.ErrThrottled, thrice, ""},
		{"an unknown method", "GET /users/ann", reply{status: 500, body: body("unsupported_service_operation", "no")}, chat.ErrUnavailable, thrice, ""},
		{"a failure of the platform", "GET /users/ann", reply{status: 500, body: body("web_application", "oops")}, chat.ErrUnavailable, thrice, ""},
		{"a bad gateway", "GET /users/ann", reply{status: 502, body: "<html><body>Bad Gateway</body></html>"}, chat.ErrUnavailable, thrice, ""},
		{"an overload", "GET /users/ann", reply{status: 503, body: "<h1>Busy</h1>"}, chat.ErrThrottled, thrice, `read user "ann": throttled: HTTP 503: answered with HTML instead of JSON: Busy`},
		{"a gateway timeout", "GET /users/ann", reply{status: 504}, chat.ErrUnavailable, thrice, ""},
		{"a broken connection", "GET /users/ann", reply{drop: true}, chat.ErrUnavailable, thrice, ""},
		{"a redirect", "GET /users/ann", reply{status: 302, body: "<html>moved</html>"}, chat.ErrUnavailable, once, `read user "ann": unavailable: HTTP 302: the answer is a redirect to ; check the base URL`},
		{"another server", "GET /users/ann", reply{status: 404, body: "<html>404 page not found</html>"}, chat.ErrUnavailable, once, `read user "ann": unavailable: HTTP 404: answered with HTML instead of JSON: 404 page not found (This is not an answer of the platform; check the base URL.)`},
		{"another framework", "GET /users/ann", reply{status: 404, body: `{"status":404,"error":"Not Found","path":"/"}`}, chat.ErrUnavailable, once, ""},
		{"an empty answer", "GET /users/ann", reply{}, chat.ErrUnavailable, thrice, `read user "ann": unavailable: HTTP 200: an empty answer`},
		{"an answer that is cut short", "GET /users/ann", reply{body: `{"entities":[{"uuid":`}, chat.ErrUnavailable, thrice, `read user "ann": unavailable: HTTP 200: an answer cut short: {"entities":[{"uuid":`},
		{"a page", "GET /users/ann", reply{body: "<p>Log in</p>"}, chat.ErrUnavailable, thrice, `read user "ann": unavailable: HTTP 200: answered with HTML instead of JSON: Log in`},
		{"an answer of another form", "GET /users/ann", reply{body: `[]`}, chat.ErrUnavailable, once, `read user "ann": unavailable: HTTP 200: an answer of an unexpected form: []`},
		{"a long text", "GET /users/ann", reply{status: 403, body: body(strings.Repeat("n", 100), strings.Repeat("安", 600))}, nil, once, `read user "ann": HTTP 403 ` + strings.Repeat("n", 64) + "...: " + strings.Repeat("安", 500) + "..."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &platform{answers: map[string][]reply{tt.call: {tt.answer}}}
				err := calls[tt.call](connect(t, p))
				if tt.want == success { //nolint:errorlint // it is a mark, not an error
					if err != nil {
						t.Error(err)
					}
				} else if !hasKind(err, tt.want) {
					t.Fatalf("error %v, want %v", err, tt.want)
				} else if start, cut := strings.CutSuffix(tt.text, "..."); cut && strings.HasSuffix(start, ": ") {
					if !strings.HasPrefix(err.Error(), start) {
						t.Errorf("error %q, want %q", err, tt.text)
					}
				} else if tt.text != "" && err.Error() != tt.text {
					t.Errorf("error %q, want %q", err, tt.text)
				}
				if n := p.count(tt.call); n != tt.attempts {
					t.Errorf("%d attempts, want %d: %q", n, tt.attempts, p.calls)
				}
			})
		})
	}
}

// A name may hold words that mean something in the texts of errors.
func TestNamesDoNotDecideTheKindOfAnError(t *testing.T) {
	for _, name := range []string{"blacklist", "blacklist-bot", "the.blacklist_of"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := emulator.New(emulator.Options{})
				s := connect(t, e)
				create(t, s, "ann", name)
				results, err := s.Users.Create(t.Context(), []chat.NewUser{{Username: name, Password: "pw"}})
				if err != nil || !hasKind(results[0].Err, chat.ErrAlreadyExists) {
					t.Errorf("registration: %v, %v", results, err)
				}
				if _, err := s.Groups.List(t.Context(), name+"-ghost", ""); !hasKind(err, chat.ErrNotFound) {
					t.Errorf("groups of a missing user: %v", err)
				}
				id := establish(t, s.Rooms, "ann", chat.GroupSettings{Name: ptr("lobby")}).ID
				if err := all(s.RoomMembers.Add(t.Context(), id, chat.Refs(name))); err != nil {
					t.Fatal(err)
				}
				if err := all(s.RoomMembers.Set(t.Context(), id, chat.Admin, chat.Refs(name), false)); err != nil {
					t.Errorf("removal of an admin who is none: %v", err)
				}
			})
		})
	}
}

package easemob_test

import (
	"context"
	"net/http"
	"testing"

	"terraform-provider-chat/internal/chat"
)

func TestQuietCalls(t *testing.T) {
	var (
		contact    = chat.QuietTarget{Contact: chat.Ref{Username: "Bob"}}
		team       = chat.QuietTarget{Group: group}
		everything = chat.QuietTarget{}
	)
	set := func(target chat.QuietTarget, on bool) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return nil, s.Quiet.Set(ctx, "Ann", target, on)
		}
	}
	get := func(target chat.QuietTarget) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) { return s.Quiet.Get(ctx, "Ann", target) }
	}
	const (
		withBob = " /users/ann/notification/user/bob"
		inTeam  = " /users/ann/notification/chatgroup/" + group
		overall = " /users/ann/notification/user/ann"
		noUser  = "Entity user requires a property named username"
	)
	data := func(kind string) string {
		return `{"path":"/users","uri":"x","timestamp":1647503749918,"organization":"chat-demo","application":"8be024f0","action":"put","duration":23,"applicationName":"testapp","data":{"type":"` +
			kind + `","ignoreInterval":"21:30-08:00","ignoreDuration":1647590149924}}`
	}
	testWire(t, []wireTest{
		{name: "turn on for a contact", call: set(contact, true), exchanges: []exchange{works("PUT"+withBob+` {"type":"NONE"}`, data("NONE"))}},
		{name: "turn off for a contact", call: set(contact, false), exchanges: []exchange{works("PUT"+withBob+` {"type":"DEFAULT"}`, data("DEFAULT"))}},
		{name: "turn on for a group", call: set(team, true), exchanges: []exchange{works("PUT"+inTeam+` {"type":"NONE"}`, data("NONE"))}},
		{name: "turn off for a group", call: set(team, false), exchanges: []exchange{works("PUT"+inTeam+` {"type":"DEFAULT"}`, data("DEFAULT"))}},
		{name: "turn on for everything", call: set(everything, true), exchanges: []exchange{works("PUT"+overall+` {"type":"NONE"}`, data("NONE"))}},
		{name: "turn off for everything", call: set(everything, false), exchanges: []exchange{works("PUT"+overall+` {"type":"ALL"}`, data("ALL"))}},
		{
			name: "turn on without effect", call: set(team, true), exchanges: []exchange{works("PUT"+inTeam+` {"type":"NONE"}`, data("ALL"))},
			kind: chat.ErrUnavailable, text: `turn on do-not-disturb of user "Ann" for group "66016455491585": unavailable: HTTP 200: the response does not say whether the call succeeded`,
		},
		{
			name: "turn on for a missing user", call: set(everything, true), exchanges: []exchange{fails("PUT"+overall+` {"type":"NONE"}`, 400, "required_property_not_found", noUser)},
			kind: chat.ErrNotFound, text: `turn on do-not-disturb of user "Ann" for everything: not found: HTTP 400 required_property_not_found: ` + noUser,
		},
		{
			name: "turn on for a missing user, of which only the exception tells", call: set(contact, true),
			exchanges: []exchange{{"PUT" + withBob + ` {"type":"NONE"}`, reply{status: 400, body: `{"error":"illegal","exception":"RequiredPropertyNotFoundException","error_description":"no"}`}}},
			kind:      chat.ErrNotFound, text: `turn on do-not-disturb of user "Ann" for contact "Bob": not found: HTTP 400 illegal: no`,
		},
		{name: "turn off for a missing user", call: set(everything, false), exchanges: []exchange{fails("PUT"+overall+` {"type":"ALL"}`, 400, "required_property_not_found", noUser)}},
		{
			name: "turn on in a way that the platform does not know", call: set(contact, true),
			exchanges: []exchange{fails("PUT"+withBob+` {"type":"NONE"}`, 400, "illegal_argument", "parameters is invalid : type")}, kind: chat.ErrInvalid,
		},
		{
			name: "turn on where the feature is off", call: set(contact, true),
			exchanges: []exchange{fails("PUT"+withBob+` {"type":"NONE"}`, 403, "forbidden_op", "push is not used for this app")}, kind: chat.ErrFeatureOff,
		},
		{name: "is on for a contact", call: get(contact), exchanges: []exchange{works("GET"+withBob, data("NONE"))}, want: true},
		{name: "is on for a group", call: get(team), exchanges: []exchange{works("GET"+inTeam, data("NONE"))}, want: true},
		{name: "is on for everything", call: get(everything), exchanges: []exchange{works("GET"+overall, data("NONE"))}, want: true},
		{name: "only mentions", call: get(team), exchanges: []exchange{works("GET"+inTeam, data("AT"))}, want: false},
		{name: "never set", call: get(everything), exchanges: []exchange{works("GET"+overall, `{"data":{}}`)}, want: false},
		{
			name: "of a missing user", call: get(everything), exchanges: []exchange{fails("GET"+overall, 400, "required_property_not_found", noUser)}, want: false,
			kind: chat.ErrNotFound, text: `read do-not-disturb of user "Ann" for everything: not found: HTTP 400 required_property_not_found: ` + noUser,
		},
		{name: "a contact of another application", call: set(chat.QuietTarget{Contact: chat.Ref{AppKey: "a#b", Username: "bob"}}, true), kind: chat.ErrUnsupported},
		{name: "oneself", call: set(chat.QuietTarget{Contact: chat.Ref{Username: "aNN"}}, true), kind: chat.ErrInvalid},
		{name: "oneself, read", call: get(chat.QuietTarget{Contact: chat.Ref{Username: "ann"}}), want: false, kind: chat.ErrInvalid},
		{name: "a contact and a group", call: set(chat.QuietTarget{Contact: chat.Ref{Username: "bob"}, Group: group}, true), kind: chat.ErrInvalid},
	})
}

func TestQuietOnTheEmulator(t *testing.T) {
	eras(t, func(t *testing.T, e http.Handler, service *chat.Service) {
		ctx := t.Context()
		create(t, service, "ann", "bob")
		targets := []chat.QuietTarget{{Contact: chat.Ref{Username: "Bob"}}, {Group: group}, {}}
		for i, target := range targets {
			for _, on := range []bool{true, true, false, false, true} {
				if err := service.Quiet.Set(ctx, "Ann", target, on); err != nil {
					t.Fatal(err)
				}
				for j, other := range targets {
					// What was set before stays.
					if got, err := service.Quiet.Get(ctx, "ann", other); err != nil || got != (j < i || j == i && on) {
						t.Errorf("after %v for %s: %v for %s, %v", on, target, got, other, err)
					}
				}
			}
			if _, err := service.Quiet.Get(ctx, "nobody", target); !hasKind(err, chat.ErrNotFound) {
				t.Errorf("%s for nobody: %v", target, err)
			}
			if err := service.Quiet.Set(ctx, "nobody", target, true); !hasKind(err, chat.ErrNotFound) {
				t.Errorf("%s on for nobody: %v", target, err)
			}
			if err := service.Quiet.Set(ctx, "nobody", target, false); err != nil {
				t.Errorf("%s off for nobody: %v", target, err)
			}
		}
		control(t, e, http.MethodPut, "settings", `{"easemob":{"features_off":["push"]}}`, nil)
		if err := service.Quiet.Set(ctx, "ann", chat.QuietTarget{}, false); !hasKind(err, chat.ErrFeatureOff) {
			t.Errorf("where the feature is off: %v", err)
		}
	})
}

package jmessage_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"terraform-provider-chat/internal/chat"
)

func TestWordCalls(t *testing.T) {
	const sample = `{"start":2,"count":1,"words":[{"name":"fuck","itime":"1970-01-17 16:49:11"}],"total":3}`
	listed := func(words ...string) answer {
		for i, word := range words {
			words[i] = `{"name":"` + word + `","itime":"1970-01-17 16:49:11"}`
		}
		return answer{status: 200, body: bodyOf("words", 0, len(words), words...)}
	}
	const rename, remove, list = `PUT /v1/sensitiveword {"new_word":"fuck","old_word":"FUCK"}`, `DELETE /v1/sensitiveword {"word":"fuck"}`, "GET /v1/sensitiveword?count=2000&start=0"
	renamed := func(ctx context.Context, s *chat.Service) (any, error) {
		return nothing(s.Words.Rename(ctx, "FUCK", "fuck"))
	}
	checkCalls(t, []callTest{
		{
			name:    "list words",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Words.List(ctx, "2") },
			answers: []answer{{status: 200, body: sample}},
			calls:   []string{"GET /v1/sensitiveword?count=2000&start=2"},
			want:    &chat.Page[string]{Items: []string{"fuck"}, Total: 3, Skip: strconv.Itoa},
		},
		{
			name:    "list words of more pages",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return s.Words.List(ctx, "") },
			answers: []answer{{status: 200, body: sample}},
			calls:   []string{list},
			want:    &chat.Page[string]{Items: []string{"fuck"}, Total: 3, Next: "1", Skip: strconv.Itoa},
		},
		{
			name: "add words",
			call: func(ctx context.Context, s *chat.Service) (any, error) {
				return s.Words.Add(ctx, []string{"FUCK", "<b>"})
			},
			answers: []answer{{status: 204}},
			calls:   []string{`POST /v1/sensitiveword ["FUCK","<b>"]`},
			want:    []error{nil, nil},
		},
		{
			name: "add no word",
			call: func(ctx context.Context, s *chat.Service) (any, error) { return s.Words.Add(ctx, nil) },
			want: []error(nil),
		},
		{name: "rename a word", call: renamed, answers: []answer{{status: 204}}, calls: []string{rename}},
		{
			name: "rename a word that was renamed already", call: renamed,
			answers: []answer{refuse(400, 899003), listed("fuck", "a")}, calls: []string{rename, list},
		},
		{
			name:    "remove a word",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return nothing(s.Words.Remove(ctx, "fuck")) },
			answers: []answer{{status: 204}},
			calls:   []string{remove},
		},
		{
			name:    "remove a word that is gone",
			call:    func(ctx context.Context, s *chat.Service) (any, error) { return nothing(s.Words.Remove(ctx, "fuck")) },
			answers: []answer{refuse(400, 899003), listed("FUCK")},
			calls:   []string{remove, list},
		},
	})
	for _, tt := range []struct {
		name    string
		call    func(context.Context, *chat.Service) (any, error)
		answers []answer
		kind    error
	}{
		{"a word that is not there", renamed, []answer{refuse(400, 899003), listed("a")}, chat.ErrNotFound},
		{"a word that is there in both forms", renamed, []answer{refuse(400, 899003), listed("fuck", "FUCK")}, chat.ErrAlreadyExists},
		{"a word that cannot be renamed", renamed, []answer{refuse(400, 899003), listed("FUCK")}, chat.ErrInvalid},
		{"a word that cannot be renamed, and no list", renamed, []answer{refuse(400, 899003), refuse(403, 899000)}, chat.ErrInvalid},
		{"a word that is renamed without permission", renamed, []answer{refuse(401, 899008)}, chat.ErrUnauthorized},
		{
			"a word that cannot be removed",
			func(ctx context.Context, s *chat.Service) (any, error) { return nothing(s.Words.Remove(ctx, "fuck")) },
			[]answer{refuse(400, 899003), listed("fuck")}, chat.ErrInvalid,
		},
		{
			"a word that cannot be removed, and no list",
			func(ctx context.Context, s *chat.Service) (any, error) { return nothing(s.Words.Remove(ctx, "fuck")) },
			[]answer{refuse(400, 899003), refuse(403, 899000)}, chat.ErrInvalid,
		},
		{
			"a word that is too long",
			func(ctx context.Context, s *chat.Service) (any, error) { return s.Words.Add(ctx, []string{"a", "b"}) },
			[]answer{refuse(400, 899003)}, chat.ErrInvalid,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run(t, &script{answers: tt.answers}, func(t *testing.T, s *chat.Service) {
				_, err := tt.call(t.Context(), s)
				checkKind(t, err, tt.kind)
			})
		})
	}
}

func TestSettingCalls(t *testing.T) {
	get := func(setting chat.AppSetting) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) { return s.Settings.Get(ctx, setting) }
	}
	set := func(setting chat.AppSetting, on bool) func(context.Context, *chat.Service) (any, error) {
		return func(ctx context.Context, s *chat.Service) (any, error) {
			return nothing(s.Settings.Set(ctx, setting, on))
		}
	}
	const filter, registration = "/v1/sensitiveword/status", "/v1/sdkregister/status"
	on, off, done := answer{status: 200, body: `{"status":1}`}, answer{status: 200, body: `{"status":0}`}, answer{status: 204}
	checkCalls(t, []callTest{
		{name: "the filter is on", call: get(chat.SensitiveWordFilter), answers: []answer{on}, calls: []string{"GET " + filter}, want: true},
		{name: "the filter is off", call: get(chat.SensitiveWordFilter), answers: []answer{off}, calls: []string{"GET " + filter}, want: false},
		{name: "turn the filter on", call: set(chat.SensitiveWordFilter, true), answers: []answer{done}, calls: []string{"PUT " + filter + "?status=1"}},
		{name: "turn the filter off", call: set(chat.SensitiveWordFilter, false), answers: []answer{done}, calls: []string{"PUT " + filter + "?status=0"}},
		{name: "registration is on", call: get(chat.SDKRegistration), answers: []answer{on}, calls: []string{"GET " + registration}, want: true},
		{name: "registration is off", call: get(chat.SDKRegistration), answers: []answer{off}, calls: []string{"GET " + registration}, want: false},
		{name: "turn registration on", call: set(chat.SDKRegistration, true), answers: []answer{done}, calls: []string{"PUT " + registration + "?status=1"}},
		{name: "turn registration off", call: set(chat.SDKRegistration, false), answers: []answer{done}, calls: []string{"PUT " + registration + "?status=0"}},
	})
	run(t, &script{answers: []answer{{status: 200, body: `{}`}}}, func(t *testing.T, s *chat.Service) {
		_, err := s.Settings.Get(t.Context(), chat.SDKRegistration)
		checkKind(t, err, chat.ErrUnavailable)
	})
}

// quietTargets are what may not disturb a user, with how it is written, and the codes
// that say that it is so already, or that it is not so.
var quietTargets = map[string]struct {
	target     chat.QuietTarget
	path       string
	on, off    string
	set, unset []int
}{
	"everything": {
		chat.QuietTarget{}, "/v1/users/alice/nodisturb", `{"global":1}`, `{"global":0}`, []int{899048}, []int{899050},
	},
	"a user": {
		chat.QuietTarget{Contact: chat.Ref{Username: "bert"}}, "/v1/users/alice/nodisturb",
		`{"single":{"add":["bert"]}}`, `{"single":{"remove":["bert"]}}`, []int{899043}, []int{899044},
	},
	"a user of another application": {
		chat.QuietTarget{Contact: foreign("bert")[0]}, "/v1/cross/users/alice/nodisturb",
		`[{"appkey":"` + otherKey + `","single":{"add":["bert"]}}]`, `[{"appkey":"` + otherKey + `","single":{"remove":["bert"]}}]`,
		[]int{899043}, []int{899044, 899009},
	},
	"a group": {
		chat.QuietTarget{Group: "110000101"}, "/v1/users/alice/nodisturb",
		`{"group":{"add":[110000101]}}`, `{"group":{"remove":[110000101]}}`, []int{899047, 899052}, []int{899049, 899053, 899045, 899046, 899051},
	},
}

func TestQuietCalls(t *testing.T) {
	for name, tt := range quietTargets {
		for _, on := range []bool{true, false} {
			body, fine, not := tt.on, tt.set, tt.unset
			if !on {
				body, fine, not = tt.off, append([]int{899002, 899006}, tt.unset...), tt.set
			}
			for _, code := range append([]int{0}, fine...) {
				a := answer{status: 204}
				if code != 0 {
					a = refuse(403, code)
				}
				checkCalls(t, []callTest{{
					name: name + " " + strconv.FormatBool(on) + " " + strconv.Itoa(code),
					call: func(ctx context.Context, s *chat.Service) (any, error) {
						return nothing(s.Quiet.Set(ctx, "alice", tt.target, on))
					},
					answers: []answer{a}, calls: []string{"POST " + tt.path + " " + body},
				}})
			}
			for _, code := range not {
				run(t, &script{answers: []answer{refuse(403, code)}}, func(t *testing.T, s *chat.Service) {
					err := s.Quiet.Set(t.Context(), "alice", tt.target, on)
					if err == nil || !strings.Contains(err.Error(), "disturb user \"alice\"") {
						t.Errorf("%s, on: %v, answered with %d: %v", name, on, code, err)
					}
				})
			}
		}
		run(t, &script{repeat: refuse(403, 899002)}, func(t *testing.T, s *chat.Service) {
			checkKind(t, s.Quiet.Set(t.Context(), "alice", tt.target, true), chat.ErrNotFound)
			_, err := s.Quiet.Get(t.Context(), "alice", tt.target)
			checkKind(t, err, chat.ErrUnsupported)
		})
	}
	platform := &script{answers: []answer{refuse(400, 899009)}}
	run(t, platform, func(t *testing.T, s *chat.Service) {
		checkKind(t, s.Quiet.Set(t.Context(), "alice", chat.QuietTarget{Contact: foreign("bert")[0]}, true), chat.ErrNotFound)
		checkKind(t, s.Quiet.Set(t.Context(), "alice", chat.QuietTarget{Group: "team"}, true), chat.ErrInvalid)
		checkKind(t, s.Quiet.Set(t.Context(), "alice", chat.QuietTarget{Group: "7", Contact: chat.Ref{Username: "bert"}}, true), chat.ErrInvalid)
	})
	if len(platform.Calls) != 1 {
		t.Errorf("calls were made: %q", platform.Calls)
	}
}

func TestShieldCalls(t *testing.T) {
	for _, tt := range []struct {
		on   bool
		code int
		body string
		kind error // of the error, if there is one
	}{
		{true, 0, `{"add":[110000101]}`, nil},
		{true, 899052, `{"add":[110000101]}`, nil},
		{true, 899051, `{"add":[110000101]}`, chat.ErrNotFound},
		{true, 899002, `{"add":[110000101]}`, chat.ErrNotFound},
		{true, 899053, `{"add":[110000101]}`, chat.ErrNotFound},
		{false, 0, `{"remove":[110000101]}`, nil},
		{false, 899053, `{"remove":[110000101]}`, nil},
		{false, 899051, `{"remove":[110000101]}`, nil},
		{false, 899002, `{"remove":[110000101]}`, nil},
		{false, 899052, `{"remove":[110000101]}`, chat.ErrAlreadyExists},
		{false, 899003, `{"remove":[110000101]}`, chat.ErrInvalid},
	} {
		a := answer{status: 204}
		if tt.code != 0 {
			a = refuse(403, tt.code)
		}
		platform := &script{answers: []answer{a}}
		run(t, platform, func(t *testing.T, s *chat.Service) {
			err := s.Shields.Set(t.Context(), "alice", "110000101", tt.on)
			if tt.kind != nil {
				checkKind(t, err, tt.kind)
			} else if err != nil {
				t.Errorf("on: %v, answered with %d: %v", tt.on, tt.code, err)
			}
			checkKind(t, s.Shields.Set(t.Context(), "alice", "team", tt.on), chat.ErrInvalid)
		})
		if want := "POST /v1/users/alice/groupsShield " + tt.body; len(platform.Calls) != 1 || platform.Calls[0] != want {
			t.Errorf("sent %q, want %q", platform.Calls, want)
		}
	}
}

// What became of a word is found out after the call's context has ended, too.
func TestInterruptedWords(t *testing.T) {
	for what, call := range map[string]func(context.Context, *chat.Service) error{
		"remove": func(ctx context.Context, s *chat.Service) error { return s.Words.Remove(ctx, "a") },
		"rename": func(ctx context.Context, s *chat.Service) error { return s.Words.Rename(ctx, "a", "b") },
	} {
		refused := refuse(400, 899003)
		refused.slow = 10 * time.Second
		platform := &script{answers: []answer{refused, {status: 200, body: bodyOf("words", 0, 1, `{"name":"b"}`)}}}
		run(t, platform, func(t *testing.T, s *chat.Service) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := call(ctx, s); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		})
	}
}

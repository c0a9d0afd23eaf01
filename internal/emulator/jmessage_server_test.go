package emulator_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator"
)

// TestJMessageContainer covers the answers of the web container, which are HTML.
func TestJMessageContainer(t *testing.T) {
	server := jmServe(t)
	for _, test := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"PATCH", "/v1/users/anna", 405, "GET, PUT, DELETE"},
		{"POST", "/v1/users/anna", 405, "GET, PUT, DELETE"},
		{"GET", "/v1/users/anna/forbidden", 405, "PUT"},
		{"GET", "/v1/groups/7/silence", 404, ""},
		{"PUT", "/v1/users/", 405, "POST, GET, DELETE"},
		{"GET", jmStatesV2, 405, "POST"},
		{"POST", "/v1/groups/7/addMembers", 404, ""},
		{"POST", strings.Replace(jmStatesV2, "v2", "v1", 1), 405, "GET, PUT, DELETE"},
		{"GET", "/v1/nothing", 404, ""},
		{"GET", "/v1", 404, ""},
		{"GET", "/v1/users//friends", 404, ""},
	} {
		answer := server.try(test.method, test.path, "")
		if answer.status != test.status || answer.header.Get("Allow") != test.allow ||
			!strings.HasPrefix(answer.header.Get("Content-Type"), "text/html") || !strings.HasPrefix(answer.body, "<html>") {
			t.Errorf("%s %s: %d, Allow %q, %s", test.method, test.path, answer.status, answer.header.Get("Allow"), answer.body)
		}
		if answer.header.Get("X-Rate-Limit-Reset") == "" {
			t.Errorf("%s %s: no rate limit in the headers", test.method, test.path)
		}
	}
}

// TestJMessageTolerance sends calls as real clients do.
func TestJMessageTolerance(t *testing.T) {
	server := jmServe(t)
	server.register("anna", "bert", "a.b-c_d@e")
	gid := server.createGroup("anna", "bert")
	contentType := func(value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Content-Type", value) }
	}
	chunked := func(r *http.Request) { r.ContentLength = -1 }
	none := func(r *http.Request) { r.Header.Del("Content-Type") }
	for _, test := range []struct {
		method, path, body string
		status             int
		edit               func(*http.Request)
	}{
		{"GET", "/v1/users/anna/", "", 200, none},
		{"GET", "/users/anna", "", 200, none},
		{"GET", "/v1/users?start=0&count=1", "", 200, none},
		{"GET", "/v1/groups?start=0&count=1", "", 200, none},
		{"GET", "/v1/users/a.b-c_d%40e", "", 200, none},
		{"GET", "/v1/users/a.b-c_d@e", "", 200, none},
		{"GET", "/v1/users/%61nna", "", 200, none},
		{"POST", "/v1/users", `[{"username": "carl", "password": "password", "nickname": null, "extras": null, "gender": null, "unknown": []}]`, 201, none},
		{"POST", "/v1/users/", `[{"username": "dora", "password": "password"}]`, 201, contentType("application/json;charset:utf-8")},
		{"POST", "/v1/users/", ` [{"username": "emil", "password": "password"}]` + "\n", 201, contentType("text/plain")},
		{"DELETE", "/v1/users/", `["carl"]`, 200, chunked},
		{"PUT", "/v1/users/anna/blacklist/", `["bert"]`, 204, chunked},
		{"DELETE", "/v1/users/anna/blacklist", `["bert"]`, 204, none},
		{"PUT", "/v1/users/anna/forbidden/?disable=True", "", 204, none},
		{"PUT", "/v1/users/anna/forbidden?disable=FALSE", `{}`, 204, none},
		{"PUT", "/v1/users/anna", `{"username": "anna", "password": "other", "nickname": "A", "nested": {"a": 1}}`, 204, none},
		{"GET", "/v1/users/anna/userstat/", "", 200, none},
		{"POST", "/v2/users/userstat", `["anna"]`, 200, none},
		{"POST", "/users/userstat", `["anna"]`, 200, none},
		{"POST", "/v1/groups/" + gid + "/members/", `{"add": null, "remove": ["bert"], "item": []}`, 204, none},
		{"PUT", "/v1/groups/messages/" + gid + "/silence/?status=TRUE", `["anna"]`, 204, none},
		{"PUT", "/groups/owner/" + gid, `{"appKey": null, "username": "anna"}`, 204, none},
		{"POST", "/v1/chatroom", `{"owner_username": "anna", "name": "room", "description": null, "members_username": null}`, 201, none},
		{"GET", "/chatroom?start=0&count=1", "", 200, none},
		{"PUT", "/sdkregister/status/?status=1", "", 204, none},
		{"GET", "/v1/admins?start=0&count=1", "", 200, none},
	} {
		answer := server.try(test.method, test.path, test.body, test.edit)
		if answer.status != test.status {
			t.Errorf("%s %s %s: status %d, want %d: %s", test.method, test.path, test.body, answer.status, test.status, answer.body)
		}
	}
}

// TestJMessageRoutes covers that spellings of a path count as one.
func TestJMessageRoutes(t *testing.T) {
	server := jmServe(t)
	server.register("anna")
	server.call(200, "GET", "/v1/users/anna/friends", "")
	server.call(200, "GET", "/users/anna/friends/", "")
	server.call(200, "POST", "/v2/users/userstat", `["anna"]`)
	server.call(404, "GET", "/v1/nothing", "")
	answer := server.call(200, "GET", "/_emulator/requests", "")
	jmSame(t, answer.body, `{"total": 5, "throttled": 0, "tokens": 0, "routes": {
		"POST /v1/users": 1, "GET /v1/users/{username}/friends": 2, "POST /v2/users/userstat": 1, "GET /v1/nothing": 1}}`)
}

// wantRate checks the headers of an answer. The emulated clock also runs by itself,
// so that a slow test finds less time left than it wants.
func (a jmAnswer) wantRate(t *testing.T, remaining string, reset int) {
	t.Helper()
	if limit := a.header.Get("X-Rate-Limit-Limit"); limit != "600" {
		t.Errorf("X-Rate-Limit-Limit %q, want 600", limit)
	}
	if got := a.header.Get("X-Rate-Limit-Remaining"); got != remaining {
		t.Errorf("X-Rate-Limit-Remaining %q, want %s", got, remaining)
	}
	seconds, err := strconv.Atoi(a.header.Get("X-Rate-Limit-Reset"))
	if err != nil || seconds > reset || seconds < max(1, reset-15) {
		t.Errorf("X-Rate-Limit-Reset %q, want %d", a.header.Get("X-Rate-Limit-Reset"), reset)
	}
}

// TestJMessageRateLimit covers the window of each application, which the emulated clock ends.
func TestJMessageRateLimit(t *testing.T) {
	server := jmServe(t)
	get := func(status int) jmAnswer {
		t.Helper()
		return server.call(status, "GET", "/v1/users/anna", "")
	}
	get(403).wantRate(t, "599", 60)
	server.advance("20s")
	get(403).wantRate(t, "598", 40)
	server.as(jmSecondKey).call(403, "GET", "/v1/users/anna", "").wantRate(t, "599", 60)
	server.advance("40s")
	get(403).wantRate(t, "599", 60)
	for range 598 {
		get(403)
	}
	get(403).wantRate(t, "100", 60) // announced, not enforced, and so never used up

	server.restore(`{"enforce_rate_limit": true}`)
	answer := get(429)
	answer.wantRate(t, "0", 60)
	jmSame(t, answer.body, `{"error": {"code": 2002, "message": "Rate limit exceeded"}}`)
	server.as(jmSecondKey).call(403, "GET", "/v1/users/anna", "")
	server.advance("60s")
	get(403).wantRate(t, "599", 60)
}

// TestJMessageThrottled covers the emulator's own limit, which speaks JMessage.
func TestJMessageThrottled(t *testing.T) {
	server := jmServeWith(t, emulator.Options{RPS: 1})
	server.call(403, "GET", "/v1/users/anna", "")
	answer := server.try("GET", "/v1/users/anna", "")
	for answer.status != http.StatusTooManyRequests && t.Context().Err() == nil {
		answer = server.try("GET", "/v1/users/anna", "")
	}
	jmSame(t, answer.body, `{"error": {"code": 2002, "message": "Rate limit exceeded"}}`)
	answer.wantRate(t, "0", 1)
	server.as(jmSecondKey).call(403, "GET", "/v1/users/anna", "")
}

// TestJMessageState covers that the state comes back as it was, hidden parts included.
func TestJMessageState(t *testing.T) {
	server := jmServe(t)
	server.restore(jmSampleState)
	server.call(204, "PUT", "/v1/users/javen/forbidden?disable=true", "")
	server.call(204, "POST", "/v1/users/javen/nodisturb", `{"single": {"add": ["fang"]}, "group": {"add": [110000101]}, "global": 1}`)
	server.call(204, "POST", "/v1/users/javen/groupsShield", `{"add": [110000101]}`)
	server.call(204, "PUT", "/v1/groups/messages/110000101/silence?status=true", `["test3"]`)
	server.call(204, "PUT", "/v1/chatroom/111000001/forbidden/caiyh?status=1", "")
	server.call(201, "POST", "/v1/admins", `{"username": "boss", "password": "password"}`)
	server.call(204, "PUT", "/v1/cross/users/javen/blacklist", `[{"appkey": "`+jmSecondKey+`", "usernames": ["huang"]}]`)
	server.call(201, "POST", "/v1/cross/users/javen/friends", `{"appkey": "`+jmSecondKey+`", "users": ["huang"]}`)
	server.call(204, "POST", "/v1/cross/groups/110000101/members", `[{"appkey": "`+jmSecondKey+`", "add": ["huang"]}]`)
	server.call(204, "POST", "/v1/cross/chatroom/111000001/members", `[{"appkey": "`+jmSecondKey+`", "add": ["huang"]}]`)
	server.call(201, "POST", "/v1/messages", `{"version": 1, "target_type": "single", "target_id": "huang", "target_appkey": "`+jmSecondKey+`",
		"from_type": "user", "from_id": "fang", "msg_type": "text", "msg_body": {"text": "<Hello>"}}`)
	form, edit := jmFile(t, "filename", "test.txt", []byte("text"))
	server.try("POST", "/v1/resource?type=file", form, edit)
	last := server.createGroup("fang")
	server.call(204, "DELETE", "/v1/groups/"+last, "")

	before := server.state()
	copied := jmServe(t)
	copied.restore(before)
	if diff := cmp.Diff(jmParse(t, before), jmParse(t, copied.state())); diff != "" {
		t.Errorf("state (-before +after):\n%s", diff)
	}
	if next := copied.createGroup("fang"); next <= last {
		t.Errorf("gid %s was given away before", next)
	}
	copied.call(204, "POST", "/v1/messages/fang/43143728109/retract", "")
	answer := copied.call(200, "GET", "/v1/cross/users/javen/blacklist", "")
	jmSame(t, answer.body, `[{"username": "huang", "nickname": "hello", `+jmJavenTimes+`, "appkey": "`+jmSecondKey+`"}]`)

	copied.call(204, "POST", "/_emulator/reset", "")
	if diff := cmp.Diff(jmParse(t, jmServe(t).state()), jmParse(t, copied.state())); diff != "" {
		t.Errorf("state (-start +reset):\n%s", diff)
	}
}

// TestJMessageRestore covers what a document may leave out and what it may not say.
func TestJMessageRestore(t *testing.T) {
	server := jmServe(t)
	server.restore(`{"applications": {"` + strings.ToUpper(jmKey) + `": {
		"users": [{"username": "anna", "birthday": "1990-01-24"}, {"username": "bert", "friends": [{"username": "anna"}]}],
		"groups": [{"owner": "bert"}, {"gid": 20000000000, "owner": {"username": "anna"}}],
		"chatrooms": [{"owner": "bert", "members": [{"username": "anna"}]}]}}}`)
	server.reads("/v1/users/anna", `{"username": "anna", "birthday": "1990-01-24 00:00:00", "mtime": "<time>", "ctime": "<time>"}`)
	server.reads("/v1/users/bert/friends", `[{"username": "anna", "birthday": "1990-01-24 00:00:00", "mtime": "<time>", "ctime": "<time>", "appkey": "`+jmKey+`"}]`)
	server.wantFlags("20000000001", "bert:1")
	server.wantFlags("20000000000", "anna:1")
	server.reads("/v1/users/anna/chatroom", `[{"id": 20000000001, "owner_username": "bert", "max_member_count": 10000, "appkey": "`+jmKey+`",
		"name": "", "description": "", "total_member_count": 2, "ctime": "<time>"}]`)
	server.as(jmSecondKey).register("anna") // the applications of the start are always there

	before := server.state()
	app := func(content string) string { return `{"applications": {"` + jmKey + `": {` + content + `}}}` }
	for _, document := range []string{
		`[]`,
		`{"unknown": 1}`,
		`{"applications": {"000000000000000000000000": {}}}`,
		app(`"users": [{"username": "no"}]`),
		app(`"users": [{"username": "anna"}, {"username": "anna"}]`),
		app(`"users": [{"username": "anna", "gender": 3}]`),
		app(`"users": [{"username": "anna", "ctime": "yesterday"}]`),
		app(`"users": [{"username": "anna", "friends": [{"username": "bert"}]}]`),
		app(`"users": [{"username": "anna", "blacklist": ["bert"]}]`),
		app(`"users": [{"username": "anna", "no_disturb": {"single": ["bert"]}}]`),
		app(`"users": [{"username": "anna", "no_disturb": {"group": [7]}}]`),
		app(`"users": [{"username": "anna", "group_shield": [7]}]`),
		app(`"users": [{"username": "anna"}], "groups": [{"gid": 7}]`),
		app(`"users": [{"username": "anna"}], "groups": [{"gid": 7, "owner": "anna"}, {"gid": 7, "owner": "anna"}]`),
		app(`"users": [{"username": "anna"}], "groups": [{"owner": "anna", "members": [{"username": "bert"}]}]`),
		app(`"users": [{"username": "anna"}], "groups": [{"owner": "anna", "ctime": "yesterday"}]`),
		app(`"users": [{"username": "anna"}], "chatrooms": [{"owner": "bert"}]`),
		app(`"users": [{"username": "anna"}], "chatrooms": [{"owner": "anna", "members": [{"username": "bert"}]}]`),
		app(`"users": [{"username": "anna"}], "chatrooms": [{"id": -7, "owner": "anna"}]`),
		app(`"sensitive_words": [{"name": "word", "itime": "yesterday"}]`),
		app(`"messages": [{"msg_id": 7}, {"msg_id": 7}]`),
	} {
		server.call(400, "PUT", "/_emulator/state", `{"jmessage": `+document+`}`)
	}
	if diff := cmp.Diff(jmParse(t, before), jmParse(t, server.state())); diff != "" {
		t.Errorf("state (-before +after):\n%s", diff)
	}
}

// TestJMessageTimes covers that times are those of the emulated clock, in China.
func TestJMessageTimes(t *testing.T) {
	server := jmServe(t)
	server.advance("1000h")
	server.register("anna")
	server.advance("1h")
	server.call(204, "PUT", "/v1/users/anna", `{"nickname": "A"}`)
	user, _ := jmParse(t, server.call(200, "GET", "/v1/users/anna", "").body).(map[string]any)
	china := time.FixedZone("", 8*60*60)
	for key, ahead := range map[string]time.Duration{"ctime": 1000 * time.Hour, "mtime": 1001 * time.Hour} {
		at, err := time.ParseInLocation(time.DateTime, jmText(user[key]), china)
		if err != nil {
			t.Fatal(err)
		}
		if off := time.Since(at.Add(-ahead)); off < -time.Minute || off > time.Minute {
			t.Errorf("%s %v is %v off", key, user[key], off)
		}
	}
}

// TestJMessageLoad calls from many sides at once.
func TestJMessageLoad(t *testing.T) {
	server := jmServe(t)
	server.register("hub1", "hub2")
	group, room := server.createGroup("hub1", "hub2"), server.createRoom("hub1")
	var workers sync.WaitGroup
	for worker := range 16 {
		workers.Go(func() {
			for i := range 10 {
				name := fmt.Sprintf("user%d_%d", worker, i)
				for _, call := range []struct{ method, path, body string }{
					{"POST", "/v1/users", `[{"username": "` + name + `", "password": "password", "extras": {"a": 1}}]`},
					{"PUT", "/v1/users/" + name, `{"extras": {"a": 2}, "gender": 1}`},
					{"POST", "/v1/users/" + name + "/friends", `["hub1"]`},
					{"PUT", "/v1/users/" + name + "/friends", `[{"username": "hub1", "note_name": "hub"}]`},
					{"PUT", "/v1/users/hub1/blacklist", `["` + name + `"]`},
					{"POST", "/v1/users/hub1/nodisturb", `{"single": {"add": ["` + name + `"]}}`},
					{"POST", "/v1/groups/" + group + "/members", `{"add": ["` + name + `"]}`},
					{"PUT", "/v1/chatroom/" + room + "/members", `["` + name + `"]`},
					{"GET", "/v1/users?start=0&count=500", ""},
					{"GET", "/v1/users/hub1/friends", ""},
					{"GET", "/v1/groups/" + group + "/members", ""},
					{"GET", "/v1/chatroom/" + room + "/members?start=0&count=500", ""},
					{"GET", "/_emulator/state", ""},
				} {
					if answer := server.try(call.method, call.path, call.body); answer.status >= 300 {
						t.Errorf("%s %s: %d %s", call.method, call.path, answer.status, answer.body)
					}
				}
				if i%2 == 0 {
					if answer := server.try("DELETE", "/v1/users/"+name, ""); answer.status != http.StatusNoContent {
						t.Errorf("DELETE %s: %d %s", name, answer.status, answer.body)
					}
				}
			}
		})
	}
	workers.Wait()
	for path, want := range map[string]int{
		"/v1/users/hub1/friends": 80, "/v1/users/hub1/blacklist": 80, "/v1/groups/" + group + "/members": 82,
	} {
		items, _ := jmParse(t, server.call(200, "GET", path, "").body).([]any)
		if len(items) != want {
			t.Errorf("%s has %d items, want %d", path, len(items), want)
		}
	}
	answer := server.call(200, "GET", "/v1/chatroom/"+room+"/members?start=0&count=1", "")
	if total := jmNumber(t, answer.body, "total"); total != "81" {
		t.Errorf("%s members of the chat room, want 81", total)
	}
}

// BenchmarkJMessage measures calls in an application of 100,000 users.
func BenchmarkJMessage(b *testing.B) {
	server := jmServe(b)
	for i := range 200 {
		_, names := jmNames(b, fmt.Sprintf("user%d_", i), 500)
		server.register(names...)
	}
	for _, call := range []struct{ title, path string }{
		{"get", "/v1/users/user100_250"},
		{"first page", "/v1/users?start=0&count=500"},
		{"last page", "/v1/users?start=99500&count=500"},
	} {
		b.Run(call.title, func(b *testing.B) {
			for b.Loop() {
				server.call(200, "GET", call.path, "")
			}
		})
	}
	b.Run("register and delete", func(b *testing.B) {
		for b.Loop() {
			server.register("anna")
			server.call(204, "DELETE", "/v1/users/anna", "")
		}
	})
}

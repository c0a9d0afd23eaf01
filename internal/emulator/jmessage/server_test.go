package jmessage_test

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
	"terraform-provider-chat/internal/emulator/emulatortest"
)

// TestContainer covers the answers of the web container, which are HTML.
func TestContainer(t *testing.T) {
	server := serve(t)
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
		{"GET", statesV2, 405, "POST"},
		{"POST", "/v1/groups/7/addMembers", 404, ""},
		{"POST", strings.Replace(statesV2, "v2", "v1", 1), 405, "GET, PUT, DELETE"},
		{"GET", "/v1/nothing", 404, ""},
		{"GET", "/v1", 404, ""},
		{"GET", "/v1/users//friends", 404, ""},
	} {
		answer := server.Call(test.method, test.path, "")
		if answer.Status != test.status || answer.Header.Get("Allow") != test.allow ||
			!strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") || !strings.HasPrefix(answer.Body, "<html>") {
			t.Errorf("%s %s: %d, Allow %q, %s", test.method, test.path, answer.Status, answer.Header.Get("Allow"), answer.Body)
		}
		if answer.Header.Get("X-Rate-Limit-Reset") == "" {
			t.Errorf("%s %s: no rate limit in the headers", test.method, test.path)
		}
	}
}

// TestTolerance sends calls as real clients do.
func TestTolerance(t *testing.T) {
	server := serve(t)
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
		answer := server.Call(test.method, test.path, test.body, test.edit)
		if answer.Status != test.status {
			t.Errorf("%s %s %s: status %d, want %d: %s", test.method, test.path, test.body, answer.Status, test.status, answer.Body)
		}
	}
}

// TestRoutes covers that spellings of a path count as one.
func TestRoutes(t *testing.T) {
	server := serve(t)
	server.register("anna")
	server.Want(200, "GET", "/v1/users/anna/friends", "")
	server.Want(200, "GET", "/users/anna/friends/", "")
	server.Want(200, "POST", "/v2/users/userstat", `["anna"]`)
	server.Want(404, "GET", "/v1/nothing", "")
	answer := server.Want(200, "GET", "/_emulator/requests", "")
	same(t, answer.Body, `{"total": 5, "throttled": 0, "tokens": 0, "routes": {
		"POST /v1/users": 1, "GET /v1/users/{username}/friends": 2, "POST /v2/users/userstat": 1, "GET /v1/nothing": 1}}`)
}

// wantRate checks the headers of an answer. The emulated clock also runs by itself,
// so that a slow test finds less time left than it wants.
func wantRate(t *testing.T, a emulatortest.Answer, remaining string, reset int) {
	t.Helper()
	if limit := a.Header.Get("X-Rate-Limit-Limit"); limit != "600" {
		t.Errorf("X-Rate-Limit-Limit %q, want 600", limit)
	}
	if got := a.Header.Get("X-Rate-Limit-Remaining"); got != remaining {
		t.Errorf("X-Rate-Limit-Remaining %q, want %s", got, remaining)
	}
	seconds, err := strconv.Atoi(a.Header.Get("X-Rate-Limit-Reset"))
	if err != nil || seconds > reset || seconds < max(1, reset-15) {
		t.Errorf("X-Rate-Limit-Reset %q, want %d", a.Header.Get("X-Rate-Limit-Reset"), reset)
	}
}

// TestRateLimit covers the window of each application, which the emulated clock ends.
func TestRateLimit(t *testing.T) {
	server := serve(t)
	get := func(status int) emulatortest.Answer {
		t.Helper()
		return server.Want(status, "GET", "/v1/users/anna", "")
	}
	wantRate(t, get(403), "599", 60)
	server.Advance("20s")
	wantRate(t, get(403), "598", 40)
	wantRate(t, server.as(secondKey).Want(403, "GET", "/v1/users/anna", ""), "599", 60)
	server.Advance("40s")
	wantRate(t, get(403), "599", 60)
	for range 598 {
		get(403)
	}
	wantRate(t, get(403), "100", 60) // announced, not enforced, and so never used up

	server.restore(`{"enforce_rate_limit": true}`)
	answer := get(429)
	wantRate(t, answer, "0", 60)
	same(t, answer.Body, `{"error": {"code": 2002, "message": "Rate limit exceeded"}}`)
	server.as(secondKey).Want(403, "GET", "/v1/users/anna", "")
	server.Advance("60s")
	wantRate(t, get(403), "599", 60)
}

// TestThrottled covers the emulator's own limit, which speaks JMessage.
func TestThrottled(t *testing.T) {
	server := serveWith(t, emulator.Options{RPS: 1, Apps: secondApp})
	server.Want(403, "GET", "/v1/users/anna", "")
	answer := server.Call("GET", "/v1/users/anna", "")
	for answer.Status != http.StatusTooManyRequests && t.Context().Err() == nil {
		answer = server.Call("GET", "/v1/users/anna", "")
	}
	same(t, answer.Body, `{"error": {"code": 2002, "message": "Rate limit exceeded"}}`)
	wantRate(t, answer, "0", 1)
	server.as(secondKey).Want(403, "GET", "/v1/users/anna", "")
}

// TestState covers that the state comes back as it was, hidden parts included.
func TestState(t *testing.T) {
	server := serve(t)
	server.restore(sampleState)
	server.Want(204, "PUT", "/v1/users/javen/forbidden?disable=true", "")
	server.Want(204, "POST", "/v1/users/javen/nodisturb", `{"single": {"add": ["fang"]}, "group": {"add": [110000101]}, "global": 1}`)
	server.Want(204, "POST", "/v1/users/javen/groupsShield", `{"add": [110000101]}`)
	server.Want(204, "PUT", "/v1/groups/messages/110000101/silence?status=true", `["test3"]`)
	server.Want(204, "PUT", "/v1/chatroom/111000001/forbidden/caiyh?status=1", "")
	server.Want(201, "POST", "/v1/admins", `{"username": "boss", "password": "password"}`)
	server.Want(204, "PUT", "/v1/cross/users/javen/blacklist", `[{"appkey": "`+secondKey+`", "usernames": ["huang"]}]`)
	server.Want(201, "POST", "/v1/cross/users/javen/friends", `{"appkey": "`+secondKey+`", "users": ["huang"]}`)
	server.Want(204, "POST", "/v1/cross/groups/110000101/members", `[{"appkey": "`+secondKey+`", "add": ["huang"]}]`)
	server.Want(204, "POST", "/v1/cross/chatroom/111000001/members", `[{"appkey": "`+secondKey+`", "add": ["huang"]}]`)
	server.Want(201, "POST", "/v1/messages", `{"version": 1, "target_type": "single", "target_id": "huang", "target_appkey": "`+secondKey+`",
		"from_type": "user", "from_id": "fang", "msg_type": "text", "msg_body": {"text": "<Hello>"}}`)
	form, edit := fileForm(t, "filename", "test.txt", []byte("text"))
	server.Call("POST", "/v1/resource?type=file", form, edit)
	last := server.createGroup("fang")
	server.Want(204, "DELETE", "/v1/groups/"+last, "")

	before := server.state()
	copied := serve(t)
	copied.restore(before)
	if diff := cmp.Diff(emulatortest.Parse(t, before), emulatortest.Parse(t, copied.state())); diff != "" {
		t.Errorf("state (-before +after):\n%s", diff)
	}
	if next := copied.createGroup("fang"); next <= last {
		t.Errorf("gid %s was given away before", next)
	}
	copied.Want(204, "POST", "/v1/messages/fang/43143728109/retract", "")
	answer := copied.Want(200, "GET", "/v1/cross/users/javen/blacklist", "")
	same(t, answer.Body, `[{"username": "huang", "nickname": "hello", `+javenTimes+`, "appkey": "`+secondKey+`"}]`)

	copied.Want(204, "POST", "/_emulator/reset", "")
	if diff := cmp.Diff(emulatortest.Parse(t, serve(t).state()), emulatortest.Parse(t, copied.state())); diff != "" {
		t.Errorf("state (-start +reset):\n%s", diff)
	}
}

// TestRestore covers what a document may leave out and what it may not say.
func TestRestore(t *testing.T) {
	server := serve(t)
	server.restore(`{"applications": {"` + strings.ToUpper(firstKey) + `": {
		"users": [{"username": "anna", "birthday": "1990-01-24"}, {"username": "bert", "friends": [{"username": "anna"}]}],
		"groups": [{"owner": "bert"}, {"gid": 20000000000, "owner": {"username": "anna"}}],
		"chatrooms": [{"owner": "bert", "members": [{"username": "anna"}]}]}}}`)
	server.reads("/v1/users/anna", `{"username": "anna", "birthday": "1990-01-24 00:00:00", "mtime": "<time>", "ctime": "<time>"}`)
	server.reads("/v1/users/bert/friends", `[{"username": "anna", "birthday": "1990-01-24 00:00:00", "mtime": "<time>", "ctime": "<time>", "appkey": "`+firstKey+`"}]`)
	server.reads("/v1/users/anna/friends", `[{"username": "bert", "mtime": "<time>", "ctime": "<time>", "appkey": "`+firstKey+`"}]`) // it is mutual
	server.wantFlags("20000000001", "bert:1")
	server.wantFlags("20000000000", "anna:1")
	server.reads("/v1/users/anna/chatroom", `[{"id": 20000000001, "owner_username": "bert", "max_member_count": 10000, "appkey": "`+firstKey+`",
		"name": "", "description": "", "total_member_count": 2, "ctime": "<time>"}]`)
	server.as(secondKey).register("anna") // the applications of the start are always there

	before := server.state()
	app := func(content string) string { return `{"applications": {"` + firstKey + `": {` + content + `}}}` }
	for _, document := range []string{
		`[]`,
		`{"unknown": 1}`,
		`{"applications": {"000000000000000000000000": {}}}`,
		`{"applications": {"x": {"master_secret": "s"}}}`,
		`{"last_gid": -1}`,
		`{"last_room_id": 9223372036854775807}`,
		`{"last_msg_id": 9223372036854775807}`,
		app(`"users": [{"username": "anna"}], "groups": [{"gid": 9223372036854775807, "owner": "anna"}]`),
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
		server.Want(400, "PUT", "/_emulator/state", `{"jmessage": `+document+`}`)
	}
	if diff := cmp.Diff(emulatortest.Parse(t, before), emulatortest.Parse(t, server.state())); diff != "" {
		t.Errorf("state (-before +after):\n%s", diff)
	}
}

// TestTimes covers that times are those of the emulated clock, in China.
func TestTimes(t *testing.T) {
	server := serve(t)
	server.Advance("1000h")
	server.register("anna")
	server.Advance("1h")
	server.Want(204, "PUT", "/v1/users/anna", `{"nickname": "A"}`)
	user, _ := emulatortest.Parse(t, server.Want(200, "GET", "/v1/users/anna", "").Body).(map[string]any)
	china := time.FixedZone("", 8*60*60)
	for key, ahead := range map[string]time.Duration{"ctime": 1000 * time.Hour, "mtime": 1001 * time.Hour} {
		at, err := time.ParseInLocation(time.DateTime, text(user[key]), china)
		if err != nil {
			t.Fatal(err)
		}
		if off := time.Since(at.Add(-ahead)); off < -time.Minute || off > time.Minute {
			t.Errorf("%s %v is %v off", key, user[key], off)
		}
	}
}

// TestLoad calls from many sides at once.
func TestLoad(t *testing.T) {
	server := serve(t)
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
					if answer := server.Call(call.method, call.path, call.body); answer.Status >= 300 {
						t.Errorf("%s %s: %d %s", call.method, call.path, answer.Status, answer.Body)
					}
				}
				if i%2 == 0 {
					if answer := server.Call("DELETE", "/v1/users/"+name, ""); answer.Status != http.StatusNoContent {
						t.Errorf("DELETE %s: %d %s", name, answer.Status, answer.Body)
					}
				}
			}
		})
	}
	workers.Wait()
	for path, want := range map[string]int{
		"/v1/users/hub1/friends": 80, "/v1/users/hub1/blacklist": 80, "/v1/groups/" + group + "/members": 82,
	} {
		items, _ := emulatortest.Parse(t, server.Want(200, "GET", path, "").Body).([]any)
		if len(items) != want {
			t.Errorf("%s has %d items, want %d", path, len(items), want)
		}
	}
	answer := server.Want(200, "GET", "/v1/chatroom/"+room+"/members?start=0&count=1", "")
	if total := number(t, answer.Body, "total"); total != "81" {
		t.Errorf("%s members of the chat room, want 81", total)
	}
}

// Benchmark measures calls in an application of 100,000 users.
func Benchmark(b *testing.B) {
	server := serve(b)
	for i := range 200 {
		_, names := someNames(b, fmt.Sprintf("user%d_", i), 500)
		server.register(names...)
	}
	for _, call := range []struct{ title, path string }{
		{"get", "/v1/users/user100_250"},
		{"first page", "/v1/users?start=0&count=500"},
		{"last page", "/v1/users?start=99500&count=500"},
	} {
		b.Run(call.title, func(b *testing.B) {
			for b.Loop() {
				server.Want(200, "GET", call.path, "")
			}
		})
	}
	b.Run("register and delete", func(b *testing.B) {
		for b.Loop() {
			server.register("anna")
			server.Want(204, "DELETE", "/v1/users/anna", "")
		}
	})
}

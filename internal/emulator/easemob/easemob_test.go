package easemob_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

func TestRefusals(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann", "bob")
	long := strings.Repeat("a", 65)
	const illegal, duplicate = "illegal_argument", "duplicate_unique_property_exists"
	sixtyOne := "[" + strings.Repeat(`{"username":"x","password":"1"},`, 60) + `{"username":"x","password":"1"}]`
	hundredOne := `{"usernames":["x"` + strings.Repeat(`,"x"`, 100) + `]}`
	for _, test := range []struct {
		name, method, path, body string
		status                   int
		code, description        string
	}{
		{"no name", "POST", "/users", `{"password":"1"}`, 400, illegal, "requires a property named username"},
		{"empty name", "POST", "/users", `{"username":"","password":"1"}`, 400, illegal, "username [] is not legal"},
		{"blank in name", "POST", "/users", `{"username":"a b","password":"1"}`, 400, illegal, "username [a b] is not legal"},
		{"Chinese name", "POST", "/users", `{"username":"安","password":"1"}`, 400, illegal, "is not legal"},
		{"UUID as name", "POST", "/users", `{"username":"0ffe2d80-ed76-11e8-8d66-279e3e1c214b","password":"1"}`, 400, illegal, "is not legal"},
		{"long name", "POST", "/users", `{"username":"` + long + `","password":"1"}`, 400, illegal, "is not legal"},
		{"no password", "POST", "/users", `{"username":"cat"}`, 400, illegal, "password or pin must provided"},
		{"empty password", "POST", "/users", `{"username":"cat","password":""}`, 400, illegal, "password or pin must provided"},
		{"long password", "POST", "/users", `{"username":"cat","password":"` + long + `"}`, 400, illegal, "64 characters"},
		{"long nickname", "POST", "/users", `{"username":"cat","password":"1","nickname":"` + long + long + `"}`, 400, illegal, "100 characters"},
		{"name of another type", "POST", "/users", `{"username":1,"password":"1"}`, 400, illegal, "username is not legal"},
		{"bad JSON", "POST", "/users", `{`, 400, "json_parse", ""},
		{"no body", "POST", "/users", ``, 400, "json_parse", ""},
		{"other case of a name", "POST", "/users", `{"username":"ANN","password":"1"}`, 400, duplicate, "value of ANN exists"},
		{"empty batch", "POST", "/users", `[]`, 400, illegal, "empty"},
		{"batch of 61", "POST", "/users", sixtyOne, 400, illegal, "size[61]"},
		{"illegal user in a batch", "POST", "/users", `[{"username":"cat","password":"1"},{"username":"#","password":"1"}]`, 400, illegal, "[#]"},
		{"one name with two passwords", "POST", "/users", `[{"username":"cat","password":"p1"},{"username":"Cat","password":"p2"}]`, 400, duplicate, "[p1, p2]"},
		{"body over 5 KB", "POST", "/users", `{"username":"` + strings.Repeat("a", 5<<10) + `"}`, 413, "Request Entity Too Large", ""},
		{"limit 0", "GET", "/users?limit=0", "", 400, illegal, "limit [0]"},
		{"limit in words", "DELETE", "/users?limit=all", "", 400, illegal, "limit [all]"},
		{"bad cursor", "GET", "/users?cursor=x", "", 400, illegal, "cursor [x]"},
		{"bad hour", "PUT", "/users/ann", `{"notification_no_disturbing_start":"24"}`, 400, illegal, "[24]"},
		{"bad style", "PUT", "/users/ann", `{"notification_display_style":"2"}`, 400, illegal, "[2]"},
		{"bad nickname", "PUT", "/users/ann", `{"nickname":1}`, 400, illegal, "nickname"},
		{"no new password", "PUT", "/users/ann/password", `{}`, 400, illegal, "newpassword is required"},
		{"no names to block", "POST", "/users/ann/blocks/users", `{}`, 400, illegal, "usernames"},
		{"101 statuses", "POST", "/users/batch/status", hundredOne, 400, illegal, "maximum limit is 100"},
		{"no client_id", "POST", "/token", `{"grant_type":"client_credentials"}`, 400, illegal, "client_id must be provided."},
		{"no client_secret", "POST", "/token", `{"grant_type":"client_credentials","client_id":"demo-client-id"}`, 400, illegal, "client_secret must be provided"},
		{"wrong client_secret", "POST", "/token", `{"grant_type":"client_credentials","client_id":"demo-client-id","client_secret":"x"}`, 400, "invalid_grant", "client_secret does not match"},
		{"unknown grant", "POST", "/token", `{"grant_type":"x"}`, 400, illegal, "grant_type"},
		{"bad ttl", "POST", "/token", `{"grant_type":"password","username":"ann","password":"1","ttl":"soon"}`, 400, illegal, "ttl"},
		{"token of nobody", "POST", "/token", `{"grant_type":"password","username":"zoe","password":"1"}`, 400, "invalid_grant", "username or password wrong"},
		{"wrong verb", "PATCH", "/users", "", 405, "unsupported_service_operation", ""},
		{"unknown call", "GET", "/elsewhere", "", 500, "web_application", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := s.in(t)
			s.fails(test.status, test.code, test.description, test.method, appPath+test.path, test.body)
		})
	}
	if got, _ := s.page("limit=100"); !slices.Equal(got, []string{"ann", "bob"}) {
		t.Errorf("the users are %v after refusals, want ann and bob", got)
	}
	s.fails(404, "organization_application_not_found", "Could not find application for chat-demo/other from URI: chat-demo/other/users",
		"GET", "/chat-demo/other/users", "")
	s.fails(404, "organization_application_not_found", "other/testapp", "POST", "/other/testapp/token", "{}")
	s.fails(415, "web_application", "Unsupported Media Type", "POST", appPath+"/users", "{}", func(r *http.Request) {
		r.Header.Set("Content-Type", "text/plain")
	})
}

func TestNames(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("Ann.B-1_x")
	user := s.User("ANN.b-1_X")
	if user["username"] != "ann.b-1_x" {
		t.Errorf("username is %v, want lower case", user["username"])
	}
	if byID := s.User(user["uuid"].(string)); byID["username"] != "ann.b-1_x" {
		t.Errorf("the user of the UUID is %v", byID)
	}
	s.Register("7", "Z")
	if got := s.data("/users/Z/status"); got != `{"z":"offline"}` {
		t.Errorf("status is %s", got)
	}
}

func TestBatch(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("bob")
	answer := s.Want(200, "POST", appPath+"/users",
		`[{"username":"ann","password":"1"},{"username":"Bob","password":"1"},{"username":"ANN","password":"1"}]`)
	var reply struct {
		Entities []struct{ Username string }
		Data     []map[string]string
	}
	if err := json.Unmarshal([]byte(answer.Body), &reply); err != nil {
		t.Fatal(err)
	}
	if len(reply.Entities) != 1 || reply.Entities[0].Username != "ann" {
		t.Errorf("entities are %v, want ann once", reply.Entities)
	}
	if diff := cmp.Diff([]map[string]string{{"username": "Bob", "registerUserFailReason": "the Bob already exists"}}, reply.Data); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
	again := s.Want(200, "POST", appPath+"/users", `[{"username":"ann","password":"1"},{"username":"bob","password":"1"}]`)
	if !strings.Contains(again.Body, `"entities":[],"data":[{`) {
		t.Errorf("a batch of users that exist got %s", again.Body)
	}
}

func TestIdentity(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann")
	first := s.User("ann")
	s.Want(200, "DELETE", appPath+"/users/ann", "")
	s.Want(404, "GET", appPath+"/users/ann", "")
	s.Want(404, "DELETE", appPath+"/users/ann", "")
	s.Register("ann")
	second := s.User("ann")
	if first["uuid"] == second["uuid"] {
		t.Errorf("the second ann has the UUID of the first, %v", first["uuid"])
	}
	for _, user := range []map[string]any{first, second} {
		if got, want := createdIn(t, user["uuid"].(string)), int64(user["created"].(float64)); got != want {
			t.Errorf("the UUID %v is of %d, want %d", user["uuid"], got, want)
		}
	}
}

// createdIn is the time in a UUID of version 1, in milliseconds since the Unix epoch.
func createdIn(t *testing.T, uuid string) int64 {
	t.Helper()
	fields := strings.Split(uuid, "-")
	if len(fields) != 5 || fields[2][0] != '1' {
		t.Fatalf("%s is not of version 1", uuid)
	}
	b, err := hex.DecodeString("0" + fields[2][1:] + fields[1] + fields[0])
	if err != nil {
		t.Fatal(err)
	}
	var ticks int64
	for _, digit := range b {
		ticks = ticks<<8 | int64(digit)
	}
	epoch := time.Date(1582, 10, 15, 0, 0, 0, 0, time.UTC).UnixMilli()
	return epoch + ticks/10_000
}

func TestPaging(t *testing.T) {
	s := serve(t, emulator.Options{})
	var want []string
	for i := range 6 {
		want = append(want, fmt.Sprintf("user%d", 5-i))
	}
	s.Register(want...)

	walk := func(limit string, meanwhile func(page int)) []string {
		t.Helper()
		var all []string
		cursor := ""
		for page := 0; ; page++ {
			var names []string
			names, cursor = s.page("limit=" + limit + "&cursor=" + cursor)
			if len(names) == 0 {
				t.Errorf("page %d is empty", page)
			}
			all = append(all, names...)
			if cursor == "" {
				return all
			}
			meanwhile(page)
		}
	}
	still := func(int) {}
	for _, limit := range []string{"1", "2", "3", "4", "6", "100", "5000"} {
		if got := walk(limit, still); !slices.Equal(got, want) {
			t.Errorf("pages of %s hold %v, want %v", limit, got, want)
		}
	}
	// The cursor of the first page points to user3, who goes; who comes is last.
	got := walk("2", func(page int) {
		if page == 0 {
			s.Want(200, "DELETE", appPath+"/users/user3", "")
			s.Register("a")
		}
	})
	if want := []string{"user5", "user4", "user2", "user1", "user0", "a"}; !slices.Equal(got, want) {
		t.Errorf("pages hold %v, want %v", got, want)
	}
	if names, cursor := s.page("x=1"); len(names) != 6 || cursor != "" {
		t.Errorf("the default page holds %v, cursor %q", names, cursor)
	}
	gone := s.Entities("DELETE", appPath+"/users?limit=500", "")
	if names, _ := s.page(""); len(gone) != 6 || len(names) != 0 {
		t.Errorf("%d users were deleted and %v are left", len(gone), names)
	}
}

func TestSettings(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann")
	settings := func() map[string]any {
		user := s.User("ann")
		for _, key := range []string{"uuid", "type", "created", "modified", "username", "activated"} {
			if _, ok := user[key]; !ok {
				t.Errorf("the user lacks %s", key)
			}
			delete(user, key)
		}
		return user
	}
	before := s.User("ann")["modified"].(float64)
	for _, step := range []struct {
		put  string
		want map[string]any
	}{
		{`{}`, map[string]any{}},
		{`{"nickname":"Ann <3","else":1}`, map[string]any{"nickname": "Ann <3"}},
		{`{"notification_no_disturbing":"1","notification_no_disturbing_start":22,"notification_no_disturbing_end":"0"}`,
			map[string]any{"nickname": "Ann <3", "notification_no_disturbing": true,
				"notification_no_disturbing_start": 22.0, "notification_no_disturbing_end": 0.0}},
		{`{"notification_no_disturbing":false,"notification_display_style":1,"nickname":""}`,
			map[string]any{"nickname": "", "notification_no_disturbing": false, "notification_display_style": 1.0,
				"notification_no_disturbing_start": 22.0, "notification_no_disturbing_end": 0.0}},
		{`{"nickname":null,"notification_display_style":null}`,
			map[string]any{"notification_no_disturbing": false, "notification_display_style": 1.0,
				"notification_no_disturbing_start": 22.0, "notification_no_disturbing_end": 0.0}},
	} {
		s.Want(200, "PUT", appPath+"/users/ann", step.put)
		if diff := cmp.Diff(step.want, settings()); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", step.put, diff)
		}
		after := s.User("ann")["modified"].(float64)
		if after <= before {
			t.Errorf("modified is %v after %s, want more than %v", after, step.put, before)
		}
		before = after
	}
	// A change that is refused in part is refused as a whole.
	s.Want(400, "PUT", appPath+"/users/ann", `{"nickname":"x","notification_display_style":7}`)
	if got, ok := settings()["nickname"]; ok {
		t.Errorf("the nickname is %v after a refusal", got)
	}
}

func TestContacts(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann", "bob", "cat")
	check := func(owner, want string) {
		t.Helper()
		if got := s.data("/users/" + owner + "/contacts/users"); got != want {
			t.Errorf("contacts of %s are %s, want %s", owner, got, want)
		}
	}
	for range 2 { // again is harmless
		s.Want(200, "POST", appPath+"/users/ann/contacts/users/BOB", "")
		s.Want(200, "POST", appPath+"/users/Cat/contacts/users/ann", "")
		check("ann", `["cat","bob"]`)
		check("bob", `["ann"]`)
		check("cat", `["ann"]`)
	}
	for range 2 {
		s.Want(200, "DELETE", appPath+"/users/bob/contacts/users/ann", "")
		check("ann", `["cat"]`)
		check("bob", `[]`)
	}
	s.Want(200, "POST", appPath+"/users/ann/contacts/users/ann", "")
	check("ann", `["ann","cat"]`)
	s.Want(200, "DELETE", appPath+"/users/ann", "")
	check("cat", `[]`)
}

func TestBlocks(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann", "bob", "cat")
	check := func(owner, want string) {
		t.Helper()
		if got := s.data("/users/" + owner + "/blocks/users"); got != want {
			t.Errorf("%s blocks %s, want %s", owner, got, want)
		}
	}
	s.Want(200, "POST", appPath+"/users/ann/contacts/users/bob", "")
	for range 2 {
		answer := s.Want(200, "POST", appPath+"/users/ann/blocks/users", `{"usernames":["Bob","cat","bob"]}`)
		if !strings.Contains(answer.Body, `"data":["Bob","cat","bob"]`) {
			t.Errorf("got %s, want the names as sent", answer.Body)
		}
		check("ann", `["cat","bob"]`)
		check("bob", `[]`)
	}
	if got := s.data("/users/ann/contacts/users"); got != `["bob"]` {
		t.Errorf("blocking changed the contacts to %s", got)
	}
	s.fails(400, "illegal_argument", "attempt to adding new block[zoe] for user[bob],but user[zoe] not found.",
		"POST", appPath+"/users/bob/blocks/users", `{"usernames":["ann","zoe"]}`)
	check("bob", `[]`)
	for range 2 {
		s.Want(200, "DELETE", appPath+"/users/ann/blocks/users/cat", "")
		check("ann", `["bob"]`)
	}
	s.Want(200, "DELETE", appPath+"/users/bob", "")
	check("ann", `[]`)
}

// TestBlockPages covers the pages of blocked users, which came later.
func TestBlockPages(t *testing.T) {
	var users, names []string
	for i := range 60 {
		name := fmt.Sprintf("u%02d", i)
		users = append(users, `{"username":"`+name+`"}`)
		names = append(names, name)
	}
	state := `{"users":[{"username":"ann"},` + strings.Join(users, ",") + `],"blocks":{"ann":["` + strings.Join(names, `","`) + `"]}}`
	const path = "/users/ann/blocks/users"
	s := serve(t, emulator.Options{EasemobEra: 2025})
	s.restore(state)
	page := func(query string) (list []string, cursor string) {
		t.Helper()
		var reply struct {
			Data   []string
			Cursor string
			Count  int
		}
		answer := s.Want(200, "GET", appPath+path+query, "")
		if err := json.Unmarshal([]byte(answer.Body), &reply); err != nil {
			t.Fatal(err)
		}
		if reply.Count != len(reply.Data) {
			t.Errorf("%s: got %s", query, answer.Body)
		}
		return reply.Data, reply.Cursor
	}
	if list, cursor := page(""); !slices.Equal(list, names) || cursor != "" {
		t.Errorf("without a page the list is %v, cursor %q", list, cursor)
	}
	list, cursor := page("?pageSize=50")
	if !slices.Equal(list, names[:50]) || cursor == "" {
		t.Fatalf("the first page is %v, cursor %q", list, cursor)
	}
	s.Want(200, "DELETE", appPath+path+"/u50", "") // that the cursor points to
	if list, end := page("?pageSize=50&cursor=" + cursor); !slices.Equal(list, names[51:]) || end != "" {
		t.Errorf("the second page is %v, cursor %q", list, end)
	}
	if list, _ := page("?cursor=" + cursor); len(list) != 9 {
		t.Errorf("the second page of the usual size is %v", list)
	}
	for _, query := range []string{"?pageSize=0", "?pageSize=51", "?pageSize=x", "?cursor=x"} {
		s.fails(400, "illegal_argument", "", "GET", appPath+path+query, "")
	}

	older := serve(t, emulator.Options{})
	older.restore(state)
	var reply struct{ Data []string }
	if err := json.Unmarshal([]byte(older.Want(200, "GET", appPath+path+"?pageSize=7", "").Body), &reply); err != nil || len(reply.Data) != 60 {
		t.Errorf("in 2018 a page has %d names, %v", len(reply.Data), err)
	}
}

func TestLimits(t *testing.T) {
	s := serve(t, emulator.Options{})
	var users, names []string
	for i := range 1001 {
		name := fmt.Sprintf("user%04d", i)
		users = append(users, `{"username":"`+name+`"}`)
		names = append(names, `"`+name+`"`)
	}
	s.restore(`{"users":[{"username":"ann"},{"username":"bob"},` + strings.Join(users, ",") + `],
		"contacts":{"ann":[` + strings.Join(names[:1000], ",") + `]},
		"blocks":{"ann":[` + strings.Join(names[:499], ",") + `]}}`)
	s.fails(403, "exceed_limit", "user contact number exceed limit", "POST", appPath+"/users/ann/contacts/users/user1000", "")
	s.fails(403, "exceed_limit", "user contact number exceed limit", "POST", appPath+"/users/user1000/contacts/users/ann", "")
	s.Want(200, "POST", appPath+"/users/ann/contacts/users/user0000", "")
	s.fails(403, "exceed_limit", "", "POST", appPath+"/users/ann/blocks/users", `{"usernames":["user0999","user1000"]}`)
	s.Want(200, "POST", appPath+"/users/ann/blocks/users", `{"usernames":["user0000","user0999"]}`)
	s.fails(403, "exceed_limit", "", "POST", appPath+"/users/ann/blocks/users", `{"usernames":["user1000"]}`)
}

func TestPresence(t *testing.T) {
	s := serve(t, emulator.Options{})
	const state = `{"users":[{"username":"ann","online":true,"offline_messages":{"7":"undelivered","8":"delivered","9":"undelivered"}},
		{"username":"bob","online":true},{"username":"cat"}]}`
	s.restore(state)
	answer := s.Want(200, "POST", appPath+"/users/batch/status", `{"usernames":["zoe","Ann","cat","bob"]}`)
	if want := `"data":[{"zoe":"offline"},{"ann":"online"},{"cat":"offline"},{"bob":"online"}]`; !strings.Contains(answer.Body, want) {
		t.Errorf("got %s, want %s", answer.Body, want)
	}
	for path, want := range map[string]string{
		"/users/ann/status":               `{"ann":"online"}`,
		"/users/ann/offline_msg_count":    `{"ann":2}`,
		"/users/ann/offline_msg_status/7": `{"7":"undelivered"}`,
		"/users/ann/offline_msg_status/8": `{"8":"delivered"}`,
		"/users/cat/offline_msg_count":    `{"cat":0}`,
	} {
		if got := s.data(path); got != want {
			t.Errorf("%s holds %s, want %s", path, got, want)
		}
	}
	s.Want(200, "GET", appPath+"/users/ann/disconnect", "")
	s.Want(200, "POST", appPath+"/users/bob/deactivate", "")
	for _, name := range []string{"ann", "bob"} {
		if got := s.data("/users/" + name + "/status"); got != `{"`+name+`":"offline"}` {
			t.Errorf("status is %s, want offline", got)
		}
	}
}

// TestDisconnectRunsAlone covers a GET that changes something, while others read.
func TestDisconnectRunsAlone(t *testing.T) {
	s := serve(t, emulator.Options{})
	const users = 100
	var online []string
	for i := range users {
		online = append(online, fmt.Sprintf(`{"username":"u%d","online":true}`, i))
	}
	s.restore(`{"users":[` + strings.Join(online, ",") + `]}`)
	var callers sync.WaitGroup
	for _, path := range []string{appPath + "/users/u%d/disconnect", "/_emulator/state?%d"} {
		callers.Go(func() {
			for i := range users {
				if answer, err := s.Try("GET", fmt.Sprintf(path, i), ""); err != nil || answer.Status != 200 {
					t.Errorf("%s: %d %v", path, answer.Status, err)
				}
			}
		})
	}
	callers.Wait()
}

func TestUserTokens(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann", "bob")
	login := func(password string) func(*http.Request) {
		t.Helper()
		answer := s.Want(200, "POST", appPath+"/token", `{"grant_type":"password","username":"ann","password":"`+password+`"}`)
		return emulatortest.Bearer(emulatortest.Parse(t, answer.Body).(map[string]any)["access_token"].(string))
	}
	asAnn := login("1")
	s.Want(200, "GET", appPath+"/users/Ann", "", asAnn)
	s.Want(200, "PUT", appPath+"/users/ann", `{"nickname":"x"}`, asAnn)
	s.Want(200, "POST", appPath+"/users/ann/contacts/users/bob", "", asAnn)
	s.Want(200, "POST", appPath+"/users/ann/blocks/users", `{"usernames":["bob"]}`, asAnn)
	s.fails(401, "auth_bad_access_token", "Unable to authenticate", "GET", appPath+"/users/bob", "", asAnn)
	s.fails(401, "auth_bad_access_token", "Unable to authenticate", "GET", appPath+"/users", "", asAnn)
	s.fails(401, "auth_bad_access_token", "Unable to authenticate", "POST", appPath+"/users", `{"username":"cat","password":"1"}`, asAnn)
	s.fails(401, "unauthorized", "No admin user access authorized", "POST", appPath+"/users/ann/deactivate", "", asAnn)

	s.Want(200, "PUT", appPath+"/users/ann/password", `{"newpassword":"2"}`)
	s.fails(401, "unauthorized", "applications:get:", "GET", appPath+"/users/ann", "", asAnn)
	s.fails(400, "invalid_grant", "invalid password", "POST", appPath+"/token", `{"grant_type":"password","username":"ann","password":"1"}`)
	asAnn = login("2")
	s.Want(200, "POST", appPath+"/users/ann/deactivate", "")
	s.fails(401, "unauthorized", "applications:get:", "GET", appPath+"/users/ann", "", asAnn)
	s.fails(400, "invalid_grant", "user not activated", "POST", appPath+"/token", `{"grant_type":"password","username":"ann","password":"2"}`)
	s.Want(200, "POST", appPath+"/users/ann/activate", "")
	s.Want(200, "GET", appPath+"/users/ann", "", login("2"))
	s.Want(200, "DELETE", appPath+"/users/ann", "")
	s.Register("ann")
	s.fails(401, "unauthorized", "applications:get:", "GET", appPath+"/users/ann", "", asAnn)
}

func TestOpenRegistration(t *testing.T) {
	s := serve(t, emulator.Options{})
	one := func(name string) string { return `{"username":"` + name + `","password":"1"}` }
	s.Want(200, "POST", appPath+"/users", one("ann"), emulatortest.Bearer(""))
	s.fails(401, "unauthorized", "applications:post:", "POST", appPath+"/users", "["+one("bob")+"]", emulatortest.Bearer(""))
	s.fails(401, "unauthorized", "applications:post:", "POST", appPath+"/users", one("bob"), emulatortest.Bearer(strangeToken))
	s.restore(`{"application":{"open_registration":false}}`)
	s.fails(401, "unauthorized", "registration is not open", "POST", appPath+"/users", one("bob"), emulatortest.Bearer(""))
	s.Want(200, "POST", appPath+"/users", one("bob"))
}

func TestTokenLifetime(t *testing.T) {
	s := serve(t, emulator.Options{TokenTTL: time.Hour})
	grant := func(ttl string) (token func(*http.Request), seconds json.Number) {
		t.Helper()
		answer := s.Want(200, "POST", appPath+"/token",
			`{"grant_type":"client_credentials","client_id":"demo-client-id","client_secret":"demo-client-secret"`+ttl+`}`)
		reply := emulatortest.Parse(t, answer.Body).(map[string]any)
		return emulatortest.Bearer(reply["access_token"].(string)), reply["expires_in"].(json.Number)
	}
	usual, usualSeconds := grant("")
	short, shortSeconds := grant(`,"ttl":"60"`)
	long, longSeconds := grant(`,"ttl":7200`)
	forever, foreverSeconds := grant(`,"ttl":0`)
	got := []json.Number{usualSeconds, shortSeconds, longSeconds, foreverSeconds}
	if want := []json.Number{"3600", "60", "7200", "0"}; !slices.Equal(got, want) {
		t.Errorf("expires_in are %v, want %v", got, want)
	}
	for _, step := range []struct {
		advance string
		status  [4]int
	}{
		{"59s", [4]int{200, 200, 200, 200}},
		{"1s", [4]int{200, 401, 200, 200}},
		{"1h", [4]int{401, 401, 200, 200}},
		{"8760h", [4]int{401, 401, 401, 200}},
	} {
		s.Want(204, "POST", "/_emulator/clock", `{"advance":"`+step.advance+`"}`)
		for i, token := range []func(*http.Request){usual, short, long, forever} {
			s.Want(step.status[i], "GET", appPath+"/users", "", token)
		}
	}
	s.Want(204, "POST", "/_emulator/reset", "")
	s.fails(401, "unauthorized", ":/users]", "GET", appPath+"/users", "", forever)
}

func TestState(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.restore(`{"users":[
		{"username":"Cat"},
		{"username":"ann","uuid":"4759aa70-eba5-11e8-925f-6fa0510823ba","created":1542595573399,"modified":1542595573400,"password":"1",
			"activated":false,"nickname":"Ann","notification_display_style":1,"notification_no_disturbing":true,
			"notification_no_disturbing_start":1,"notification_no_disturbing_end":3,"notification_ignore":{"63112447328257":true},
			"notifier_name":"n","device_token":"d","offline_messages":{"7":"undelivered"},"token_generation":2},
		{"username":"bob","created":1542595573000},{"username":"dan"}],
		"contacts":{"ann":["cat","bob"]},"blocks":{"bob":["Ann"]}}`)
	if names, _ := s.page(""); !slices.Equal(names, []string{"bob", "ann", "cat", "dan"}) {
		t.Errorf("the users are %v, want the oldest first", names)
	}
	ann := s.User("ann")
	want := map[string]any{
		"uuid": "4759aa70-eba5-11e8-925f-6fa0510823ba", "type": "user", "created": 1542595573399.0, "modified": 1542595573400.0,
		"username": "ann", "activated": false, "nickname": "Ann", "notification_display_style": 1.0, "notification_no_disturbing": true,
		"notification_no_disturbing_start": 1.0, "notification_no_disturbing_end": 3.0, "notification_ignore_63112447328257": true,
		"notifier_name": "n", "device_token": "d",
	}
	if diff := cmp.Diff(want, ann); diff != "" {
		t.Errorf("ann (-want +got):\n%s", diff)
	}
	bob := s.User("bob")
	if got := createdIn(t, bob["uuid"].(string)); got != 1542595573000 || bob["modified"] != 1542595573000.0 {
		t.Errorf("bob is %v, with a UUID of %d", bob, got)
	}
	if got := s.data("/users/cat/contacts/users"); got != `["ann"]` {
		t.Errorf("the contacts of cat are %s, want the other direction of ann's", got)
	}

	// What GET returns PUT takes.
	before := s.Want(200, "GET", "/_emulator/state", "").Body
	s.Want(204, "POST", "/_emulator/reset", "")
	s.Want(204, "PUT", "/_emulator/state", before)
	if diff := cmp.Diff(emulatortest.Parse(t, before), emulatortest.Parse(t, s.Want(200, "GET", "/_emulator/state", "").Body)); diff != "" {
		t.Errorf("the state after a round trip (-want +got):\n%s", diff)
	}
	s.Want(200, "GET", appPath+"/users/ann", "") // the token came back with it
}

func TestStateRefused(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann")
	for name, state := range map[string]string{
		"unknown key":      `{"easemob":{"user":[]}}`,
		"unknown platform": `{"other":{}}`,
		"illegal name":     `{"easemob":{"users":[{"username":"a b"}]}}`,
		"name twice":       `{"easemob":{"users":[{"username":"a"},{"username":"A"}]}}`,
		"bad UUID":         `{"easemob":{"users":[{"username":"a","uuid":"x"}]}}`,
		"UUID twice": `{"easemob":{"users":[{"username":"a","uuid":"4759aa70-eba5-11e8-925f-6fa0510823ba"},
			{"username":"b","uuid":"4759aa70-eba5-11e8-925f-6fa0510823ba"}]}}`,
		"contact of nobody":           `{"easemob":{"contacts":{"zoe":[]}}}`,
		"contact is nobody":           `{"easemob":{"users":[{"username":"a"}],"contacts":{"a":["zoe"]}}}`,
		"block of nobody":             `{"easemob":{"users":[{"username":"a"}],"blocks":{"a":["zoe"]}}}`,
		"bad message status":          `{"easemob":{"users":[{"username":"a","offline_messages":{"1":"lost"}}]}}`,
		"application without a name":  `{"easemob":{"application":{"org":"a b","app":""}}}`,
		"user of before the epoch":    `{"easemob":{"users":[{"username":"a","created":-5}]}}`,
		"user of the far future":      `{"easemob":{"users":[{"username":"a","created":9223372036854775807}]}}`,
		"changed in the far future":   `{"easemob":{"users":[{"username":"a","modified":9223372036854775807}]}}`,
		"group with a slash":          `{"easemob":{"users":[{"username":"a"}],"groups":[{"id":"x/y","owner":"a"}]}}`,
		"group of before the epoch":   `{"easemob":{"users":[{"username":"a"}],"groups":[{"owner":"a","created":-5}]}}`,
		"group changed in the future": `{"easemob":{"users":[{"username":"a"}],"groups":[{"owner":"a","modified":9223372036854775807}]}}`,
		"chat room with a comma":      `{"easemob":{"users":[{"username":"a"}],"chatrooms":[{"id":"1,2","owner":"a"}]}}`,
		"joined in the far future":    `{"easemob":{"users":[{"username":"a"},{"username":"b"}],"groups":[{"owner":"a","members":[{"username":"b","joined":9223372036854775807}]}]}}`,
		"no ids left for groups":      `{"easemob":{"last_group_id":9223372036854775807}}`,
		"no ids left for messages":    `{"easemob":{"last_message_id":9223372036854775807}}`,
		"other platform bad":          `{"easemob":{"users":[]},"jmessage":7}`,
		"no JSON":                     `{`,
	} {
		answer := s.Want(400, "PUT", "/_emulator/state", state)
		if sentence, _ := emulatortest.Parse(t, answer.Body).(map[string]any)["error"].(string); !strings.HasSuffix(sentence, ".") {
			t.Errorf("%s: got %s, want a sentence", name, answer.Body)
		}
		if names, _ := s.page(""); !slices.Equal(names, []string{"ann"}) {
			t.Fatalf("%s: the users are %v, want ann still", name, names)
		}
	}
}

// TestFirstApplicationIsReplaced covers a document whose first application is another
// than that of the start, which stays.
func TestFirstApplicationIsReplaced(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann")
	s.restore(`{"application":{"org":"acme","app":"shop"},"users":[{"username":"bob"}]}`)
	other := s.in(t)
	other.Login("/acme/shop")
	other.Want(200, "GET", "/acme/shop/users/bob", "")
	s.fails(404, "service_resource_not_found", "", "GET", appPath+"/users/ann", "")
	before := s.State("easemob")
	s.Want(204, "POST", "/_emulator/reset", "")
	s.restore(before)
	if diff := cmp.Diff(emulatortest.Parse(t, before), emulatortest.Parse(t, s.State("easemob"))); diff != "" {
		t.Errorf("the state after a round trip (-want +got):\n%s", diff)
	}
	s.Want(200, "GET", appPath+"/users", "")
}

// Benchmark measures the emulator with many users.
func Benchmark(b *testing.B) {
	s := serve(b, emulator.Options{})
	var users []string
	for i := range 100_000 {
		users = append(users, fmt.Sprintf(`{"username":"user%06d","password":"1"}`, i))
	}
	state := `{"users":[` + strings.Join(users, ",") + `]}`
	b.Run("restore", func(b *testing.B) {
		for b.Loop() {
			s.restore(state)
		}
	})
	_, cursor := s.page("limit=100")
	for name, path := range map[string]string{
		"get":  "/users/user050000",
		"page": "/users?limit=100&cursor=" + cursor,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.Want(200, "GET", appPath+path, "")
			}
		})
	}
	b.Run("register and delete", func(b *testing.B) {
		for b.Loop() {
			s.Register("zoe")
			s.Want(200, "DELETE", appPath+"/users/zoe", "")
		}
	})
}

package easemob_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

// keys returns the keys of an answer, sorted.
func (s *server) keys(method, path, body string) string {
	s.T.Helper()
	answer := emulatortest.Parse(s.T, s.Want(200, method, appPath+path, body).Body).(map[string]any)
	return strings.Join(slices.Sorted(maps.Keys(answer)), " ")
}

// TestGroupsAreRefused covers every way of a token to be no good.
func TestGroupsAreRefused(t *testing.T) {
	for era, want := range map[int]answerOf{
		2018: bad(401, "group_authorization", "this token is bad, or has expired!"),
		2025: bad(401, "unauthorized", "Unable to authenticate (OAuth)"),
	} {
		s := serve(t, emulator.Options{EasemobEra: era, Apps: twoApps.Apps})
		s.Register("ann")
		other := s.in(t)
		other.Login(otherApp)
		strange := other.Authorize
		login := s.Want(200, "POST", appPath+"/token", `{"grant_type":"password","username":"ann","password":"1"}`)
		asAnn := emulatortest.Bearer(emulatortest.Parse(t, login.Body).(map[string]any)["access_token"].(string))
		s.restore(groupFixture)
		s.Register("gus")
		login = s.Want(200, "POST", appPath+"/token", `{"grant_type":"password","username":"gus","password":"1"}`)
		asGus := emulatortest.Bearer(emulatortest.Parse(t, login.Body).(map[string]any)["access_token"].(string))
		for _, call := range []string{
			`POST /chatgroups {}`, "GET /chatgroups", "GET /chatgroups/1", "GET /chatgroups/" + groupID, "PUT /chatgroups/" + groupID,
			"DELETE /chatgroups/" + groupID, "POST /chatgroups/" + groupID + "/disable", "GET /users/bob/joined_chatgroups",
			"GET /chatrooms", "POST /chatrooms", "GET /chatrooms/1", "DELETE /chatrooms/" + roomID, "GET /users/bob/joined_chatrooms",
			"GET /chatrooms/super_admin", "GET /chatgroups/" + groupID + "/users", "POST /chatgroups/1/users/fay", "GET /chatrooms/" + roomID + "/mute",
			"POST /chatrooms/" + roomID + "/ban", "GET /chatgroups/" + groupID + "/white/users", "DELETE /chatgroups/" + groupID + "/blocks/users/eve",
		} {
			method, path, body := splitCall(call)
			for title, token := range map[string]func(*http.Request){
				"none": emulatortest.Bearer(""), "broken": emulatortest.Bearer(brokenToken), "of another application": strange,
				"of a user who is gone": asAnn, "of another user": asGus,
			} {
				answer := s.Call(method, appPath+path, body, token)
				var reply struct {
					Error       string `json:"error"`
					Description string `json:"error_description"`
				}
				if err := json.Unmarshal([]byte(answer.Body), &reply); err != nil {
					t.Fatal(err)
				}
				if answer.Status != 401 || reply.Error != want.error || reply.Description != want.text {
					t.Errorf("%d: %s with a token %s: got %d %s", era, call, title, answer.Status, answer.Body)
				}
			}
		}
		// What a user joined it may read itself.
		s.Want(200, "GET", appPath+"/users/gus/joined_chatgroups", "", asGus)
		s.Want(200, "GET", appPath+"/users/gus/joined_chatrooms", "", asGus)
		// The newer attributes are refused in the newer words.
		for _, call := range []string{"GET /metadata/chatgroup/1/user/bob", "POST /metadata/chatroom/" + roomID} {
			method, path, body := splitCall(call)
			if body := s.Want(401, method, appPath+path, body, emulatortest.Bearer("")).Body; !strings.Contains(body, "Unable to authenticate (OAuth)") {
				t.Errorf("%d: %s: got %s", era, call, body)
			}
		}
	}
}

// TestDeletedUserLeavesGroups covers that a user takes along what it owns, and leaves
// no trace elsewhere.
func TestDeletedUserLeavesGroups(t *testing.T) {
	for _, name := range []string{"bob", "cat", "dan", "eve"} {
		s := serve(t, emulator.Options{})
		s.restore(groupFixture)
		s.Want(200, "POST", appPath+"/chatgroups", `{"groupid":"own","groupname":"g","description":"","public":true,"owner":"`+name+`","members":["fay"]}`)
		s.Want(200, "DELETE", appPath+"/users/"+name, "")
		state := emulatortest.Parse(t, s.State("easemob")).(map[string]any)
		for _, list := range []string{"groups", "chatrooms", "super_admins"} {
			if text := emulatortest.JSON(t, state[list]); strings.Contains(text, `"`+name+`"`) {
				t.Errorf("%s is still among the %s: %s", name, list, text)
			}
		}
		s.check("GET /chatgroups/own", bad(404, "service_resource_not_found", "do not find this group:own"))
		s.check("GET /users/fay/joined_chatgroups", good(`[]`))
		s.Register(name) // is somebody else
		s.check("GET /users/"+name+"/joined_chatgroups", good(`[]`))
		if name != "dan" {
			s.check("POST /chatgroups/"+groupID+"/users/"+name, good(outcome("groupid", groupID, "add_member", name, true)))
		}
	}
	s := serve(t, emulator.Options{})
	s.restore(groupFixture)
	s.Want(200, "DELETE", appPath+"/users/ann", "")
	s.check("GET /chatgroups/"+groupID, bad(404, "service_resource_not_found", "do not find this group:"+groupID))
	s.check("GET /chatrooms/"+roomID, bad(404, "service_resource_not_found", "do not find this group:"+roomID))
	s.check("GET /users/dan/joined_chatgroups", good(`[]`))
	s.check("GET /chatgroups", good(`[]`))
	s.Want(200, "DELETE", appPath+"/users?limit=100", "")
}

// TestGroupState covers that all of groups and chat rooms is in the state document.
func TestGroupState(t *testing.T) {
	s := serve(t, emulator.Options{Apps: twoApps.Apps})
	s.restore(groupFixture)
	s.Want(204, "PUT", "/_emulator/settings", `{"easemob":{"room_drop_out":false,"max_groups":10}}`)
	s.Want(200, "POST", appPath+"/chatgroups", `{"groupname":"g","description":"x","public":false,"membersonly":true,"invite_need_confirm":false,"owner":"fay","avatar":"a","custom":"c","maxusers":7}`)
	s.Want(200, "POST", appPath+"/chatgroups/"+groupID+"/announcement", `{"announcement":"hi"}`)
	s.Want(200, "POST", appPath+"/chatgroups/"+groupID+"/ban", "")
	s.Want(200, "POST", appPath+"/chatgroups/"+groupID+"/mute", `{"usernames":["dan"],"mute_duration":60000}`)
	s.Want(200, "PUT", appPath+"/metadata/chatgroup/"+groupID+"/user/ann", `{"metaData":{"a":"1"}}`)
	s.Want(200, "POST", appPath+"/chatgroups/"+groupID+"/disable", "")
	other := s.in(t)
	other.Login(otherApp)
	other.Want(200, "POST", otherApp+"/users", `{"username":"ann","password":"1"}`)
	answer := other.Want(200, "POST", otherApp+"/chatgroups", `{"groupname":"g","description":"x","public":true,"owner":"ann"}`)
	last := emulatortest.Parse(t, answer.Body).(map[string]any)["data"].(map[string]any)["groupid"].(string)
	s.check("GET /chatgroups/"+last, bad(404, "service_resource_not_found", "do not find this group:"+last)) // another application's

	before := s.State("easemob")
	s.Want(204, "POST", "/_emulator/reset", "")
	s.restore(before)
	if diff := cmp.Diff(emulatortest.Parse(t, before), emulatortest.Parse(t, s.State("easemob"))); diff != "" {
		t.Errorf("the state after a round trip (-want +got):\n%s", diff)
	}
	answer = s.Want(200, "POST", appPath+"/chatgroups", `{"groupname":"g","description":"x","public":true,"owner":"fay"}`)
	if next := emulatortest.Parse(t, answer.Body).(map[string]any)["data"].(map[string]any)["groupid"].(string); next <= last {
		t.Errorf("the id %s was given away before", next)
	}

	users := `"users":[{"username":"ann"},{"username":"bob"}]`
	for name, state := range map[string]string{
		"no owner":              `"groups":[{"name":"g"}]`,
		"an owner who is not":   `"groups":[{"owner":"zoe"}]`,
		"a member who is not":   `"groups":[{"owner":"ann","members":["zoe"]}]`,
		"a member twice":        `"groups":[{"owner":"ann","members":["bob","bob"]}]`,
		"the owner as member":   `"chatrooms":[{"owner":"ann","members":["ann"]}]`,
		"an admin who is not":   `"groups":[{"owner":"ann","admins":["bob"]}]`,
		"an allowed stranger":   `"groups":[{"owner":"ann","allow_list":["bob"]}]`,
		"a blocked member":      `"groups":[{"owner":"ann","members":["bob"],"block_list":["bob"]}]`,
		"somebody muted is not": `"groups":[{"owner":"ann","mute_list":{"zoe":1}}]`,
		"an id twice":           `"groups":[{"id":"7","owner":"ann"},{"id":"7","owner":"ann"}]`,
		"a super admin is not":  `"super_admins":["zoe"]`,
		"an unknown key":        `"groups":[{"owner":"ann","colour":1}]`,
		"an unknown feature":    `"settings":{"features_off":["calls"]}`,
		"a limit of nothing":    `"settings":{"max_joined":0}`,
	} {
		if answer := s.Call("PUT", "/_emulator/state", `{"easemob":{`+users+`,`+state+`}}`); answer.Status != 400 {
			t.Errorf("%s: got %d %s", name, answer.Status, answer.Body)
		}
	}
	s.Want(200, "GET", appPath+"/chatgroups/"+groupID, "") // nothing was lost
	s.restore(`{` + users + `,"groups":[{"owner":"ann"},{"id":"99999999999999","owner":"bob","members":["ann"]}]}`)
	s.check("GET /users/ann/joined_chatgroups", good(`[{"groupid":"99999999999999","groupname":""},{"groupid":"100000000000000","groupname":""}]`))
}

// TestSwitches covers what tests may set without the rest of the state.
func TestSwitches(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann")
	const usual = `{"easemob":{"room_drop_out":false,"features_off":[],"max_groups":0,"max_group_members":3000,"max_joined":3000},
		"jmessage":{"enforce_rate_limit":false,"documented_no_disturb_codes":false,"refuse_other_applications":false}}`
	expect := func(want string) {
		t.Helper()
		got := s.Want(200, "GET", "/_emulator/settings", "").Body
		if diff := cmp.Diff(emulatortest.Parse(t, want), emulatortest.Parse(t, got)); diff != "" {
			t.Errorf("settings (-want +got):\n%s", diff)
		}
	}
	expect(usual)
	s.Want(204, "PUT", "/_emulator/settings", `{"easemob":{"max_joined":5},"jmessage":{"enforce_rate_limit":true}}`)
	s.Want(204, "PUT", "/_emulator/settings", `{"easemob":{"room_drop_out":true}}`)
	expect(strings.NewReplacer(`"max_joined":3000`, `"max_joined":5`, `"room_drop_out":false`, `"room_drop_out":true`, `"enforce_rate_limit":false`, `"enforce_rate_limit":true`).Replace(usual))
	s.Want(200, "GET", appPath+"/users/ann", "") // and nothing else changed
	for _, document := range []string{
		`x`, `[]`, `{"other":{}}`, `{"easemob":{"max":1}}`, `{"easemob":{"max_joined":-1}}`, `{"easemob":{"features_off":["x"]}}`, `{"jmessage":7}`,
	} {
		answer := s.Want(400, "PUT", "/_emulator/settings", document)
		if sentence, _ := emulatortest.Parse(t, answer.Body).(map[string]any)["error"].(string); !strings.HasSuffix(sentence, ".") {
			t.Errorf("%s: got %s, want a sentence", document, answer.Body)
		}
	}
	s.Want(204, "POST", "/_emulator/reset", "")
	expect(usual)
}

// TestEra covers what users are answered in another way by newer servers.
func TestEra(t *testing.T) {
	s := serve(t, emulator.Options{EasemobEra: 2025})
	s.Register("ann")
	s.fails(404, "entity_not_found", "User null not found", "POST", appPath+"/token", `{"grant_type":"password","username":"zoe","password":"1"}`)
	s.fails(404, "service_resource_not_found", "", "POST", appPath+"/users/zoe/deactivate", "")
	s.fails(404, "service_resource_not_found", "", "POST", appPath+"/users/ann/blocks/users", `{"usernames":["zoe"]}`)
	for _, path := range []string{"/users", "/users/ann", "/users/ann/contacts/users"} {
		for _, token := range []string{"", brokenToken, strangeToken} {
			s.fails(401, "unauthorized", "Unable to authenticate (OAuth)", "GET", appPath+path, "", emulatortest.Bearer(token))
		}
	}
	s.fails(401, "unauthorized", "Unable to authenticate (OAuth)", "POST", appPath+"/users/ann/activate", "", emulatortest.Bearer(strangeToken))
	s.Want(200, "POST", appPath+"/users", `{"username":"bob","password":"1"}`, emulatortest.Bearer(""))
	s.restore(`{"application":{"open_registration":false}}`)
	s.fails(401, "unauthorized", "registration is not open", "POST", appPath+"/users", `{"username":"bob","password":"1"}`, emulatortest.Bearer(""))
	for _, call := range []string{"GET /users?limit=5", "GET /users/zoe"} {
		method, path, body := splitCall(call)
		if body := s.Call(method, appPath+path, body).Body; strings.Contains(body, `"params"`) || strings.Contains(body, `"exception"`) {
			t.Errorf("%s: got %s", call, body)
		}
	}
	if body := s.Want(200, "POST", appPath+"/users", `[{"username":"one","password":"1"}]`).Body; strings.Contains(body, `"params"`) {
		t.Errorf("registration of a list of one: got %s", body)
	}
}

// TestSnapshotIsACopy covers a state that is encoded while the switches change.
func TestSnapshotIsACopy(t *testing.T) {
	s := serve(t, emulator.Options{})
	var callers sync.WaitGroup
	callers.Go(func() {
		for i := range 100 {
			s.configure(fmt.Sprintf(`{"max_groups":%d,"room_drop_out":true}`, i+1))
		}
	})
	callers.Go(func() {
		for range 100 {
			if answer, err := s.Try("GET", "/_emulator/state", ""); err != nil || answer.Status != 200 {
				t.Errorf("%d %v", answer.Status, err)
			}
		}
	})
	callers.Wait()
}

// configure changes switches of the platform.
func (s *server) configure(switches string) {
	if answer, err := s.Try("PUT", "/_emulator/settings", `{"easemob":`+switches+`}`); err != nil || answer.Status != 204 {
		s.T.Errorf("%s: %d %s %v", switches, answer.Status, answer.Body, err)
	}
}

// TestIDsAreGivenOnce covers new ids after somebody chose the next one.
func TestIDsAreGivenOnce(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann")
	const own = "66016455491586" // the second that the platform gives
	ids := map[string]bool{own: true}
	s.check(`POST /chatgroups {"groupid":"`+own+`","groupname":"own","description":"","public":true,"owner":"ann"}`, good(`{"groupid":"`+own+`"}`))
	for range 3 {
		answer := s.Want(200, "POST", appPath+"/chatgroups", `{"groupname":"g","description":"","public":true,"owner":"ann"}`)
		id := emulatortest.Parse(t, answer.Body).(map[string]any)["data"].(map[string]any)["groupid"].(string)
		if ids[id] {
			t.Errorf("the id %s was given away a second time", id)
		}
		ids[id] = true
	}
	if name := s.detail("/chatgroups/" + own)["name"]; name != "own" {
		t.Errorf("the group with an id of its own became %v", name)
	}
}

// TestStateKeepsTheOrderOfMemberships covers lists of what a user is in, newest first,
// after a restore.
func TestStateKeepsTheOrderOfMemberships(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.restore(`{"users":[{"username":"ann"},{"username":"bob"}],
		"groups":[{"id":"1","owner":"ann"},{"id":"2","owner":"ann"},{"id":"3","owner":"ann"}],
		"chatrooms":[{"id":"4","owner":"ann"},{"id":"5","owner":"ann"}]}`)
	for _, path := range []string{"/chatgroups/3", "/chatgroups/1", "/chatgroups/2", "/chatrooms/5", "/chatrooms/4"} {
		s.Want(200, "POST", appPath+path+"/users/bob", "")
	}
	s.Want(200, "PUT", appPath+"/chatgroups/1", `{"newowner":"bob"}`) // stays in its place
	check := func() {
		t.Helper()
		s.check("GET /users/bob/joined_chatgroups", good(`[{"groupid":"2","groupname":""},{"groupid":"1","groupname":""},{"groupid":"3","groupname":""}]`))
		s.check("GET /users/bob/joined_chatrooms", good(`[{"id":"4","name":""},{"id":"5","name":""}]`))
		s.check("GET /users/ann/joined_chatgroups", good(`[{"groupid":"3","groupname":""},{"groupid":"2","groupname":""},{"groupid":"1","groupname":""}]`))
	}
	check()
	before := s.State("easemob")
	s.Want(204, "POST", "/_emulator/reset", "")
	s.restore(before)
	check()

	users, groups := `{"users":[{"username":"ann","joined_chatgroups":`, `},{"username":"bob"}],"groups":[{"id":"1","owner":"ann"},{"id":"2","owner":"ann"},{"id":"3","owner":"bob"}]}`
	for _, wrong := range []string{`["9"]`, `["3"]`, `["1","1"]`} {
		s.Want(400, "PUT", "/_emulator/state", `{"easemob":`+users+wrong+groups+`}`)
	}
	s.restore(users + `["2"]` + groups) // those that are not named are newer
	s.check("GET /users/ann/joined_chatgroups", good(`[{"groupid":"1","groupname":""},{"groupid":"2","groupname":""}]`))
}

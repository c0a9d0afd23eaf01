package easemob_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

var twoApps = emulator.Options{Apps: []emulator.App{
	{Platform: "easemob", Key: "other-org#otherapp"},
	{Platform: "easemob", Key: "other-org#otherapp"}, // once more is no more
	{Platform: "jmessage", Key: "a1b2c3d4e5f6a7b8c9d0e1f2"},
}}

const otherApp = "/other-org/otherapp"

// TestApplications covers that applications have the same credentials and nothing else
// in common.
func TestApplications(t *testing.T) {
	first := serve(t, twoApps)
	other := first.in(t)
	other.Login(otherApp)
	first.Register("ann", "bob")
	for _, name := range []string{"ann", "cat"} {
		other.Want(200, "POST", otherApp+"/users", `{"username":"`+name+`","password":"2"}`)
	}
	if names, _ := first.page(""); !slices.Equal(names, []string{"ann", "bob"}) {
		t.Errorf("the first application has %v", names)
	}
	uuid := other.Entities("GET", otherApp+"/users/ann", "")[0]["uuid"].(string)
	if uuid == first.User("ann")["uuid"] {
		t.Error("two users have one UUID")
	}
	first.fails(404, "service_resource_not_found", "", "GET", appPath+"/users/"+uuid, "")
	first.fails(404, "service_resource_not_found", "", "POST", appPath+"/users/ann/contacts/users/cat", "")
	first.fails(400, "invalid_grant", "invalid password", "POST", appPath+"/token", `{"grant_type":"password","username":"ann","password":"2"}`)
	first.Want(200, "POST", otherApp+"/token", `{"grant_type":"password","username":"ann","password":"2"}`)
	first.fails(401, "unauthorized", "applications:get:", "GET", otherApp+"/users", "")
	other.fails(401, "unauthorized", "applications:get:", "GET", appPath+"/users", "")
	first.Want(200, "DELETE", appPath+"/users/ann", "")
	other.Want(200, "GET", otherApp+"/users/ann", "")
}

// TestApplicationsState covers that the document holds all applications, the first one
// at its top.
func TestApplicationsState(t *testing.T) {
	first := serve(t, twoApps)
	other := first.in(t)
	other.Login(otherApp)
	first.Register("ann")
	other.Want(200, "POST", otherApp+"/users", `{"username":"cat","password":"2"}`)
	before := first.State("easemob")
	document := emulatortest.Parse(t, before).(map[string]any)
	applications := document["applications"].(map[string]any)
	if len(applications) != 1 || len(document["users"].([]any)) != 1 ||
		len(applications["other-org#otherapp"].(map[string]any)["users"].([]any)) != 1 {
		t.Errorf("the state is %s", before)
	}
	first.Want(204, "POST", "/_emulator/reset", "")
	first.restore(before)
	if diff := cmp.Diff(emulatortest.Parse(t, before), emulatortest.Parse(t, first.State("easemob"))); diff != "" {
		t.Errorf("the state after a round trip (-want +got):\n%s", diff)
	}
	other.Want(200, "GET", otherApp+"/users/cat", "") // the token came back with it

	// One that the document does not name is there and empty, one that it does name is made.
	first.restore(`{"applications":{"third#app":{"application":{"open_registration":false},"users":[{"username":"dan"}]}}}`)
	other.fails(404, "service_resource_not_found", "", "GET", otherApp+"/users/cat", "")
	third := first.in(t)
	third.Login("/third/app")
	third.Want(200, "GET", "/third/app/users/dan", "")
	third.fails(401, "unauthorized", "registration is not open", "POST", "/third/app/users", `{"username":"eve","password":"1"}`, emulatortest.Bearer(""))

	for name, state := range map[string]string{
		"no key":         `{"applications":{"third":{}}}`,
		"the first":      `{"applications":{"chat-demo#testapp":{}}}`,
		"another key":    `{"applications":{"third#app":{"application":{"app":"fourth"}}}}`,
		"unknown key":    `{"applications":{"third#app":{"user":[]}}}`,
		"bad user":       `{"applications":{"third#app":{"users":[{"username":"#"}]}}}`,
		"not an object":  `{"applications":{"third#app":7}}`,
		"not a document": `7`,
	} {
		first.Want(400, "PUT", "/_emulator/state", `{"easemob":`+state+`}`)
		if answer := third.Call("GET", "/third/app/users/dan", ""); answer.Status != 200 {
			t.Errorf("%s: the refused document changed something: %s", name, answer.Body)
		}
	}
}

// TestStateOfOneApplication covers that the document has no key of other applications
// if there are none.
func TestStateOfOneApplication(t *testing.T) {
	s := serve(t, emulator.Options{})
	document := emulatortest.Parse(t, s.State("easemob")).(map[string]any)
	var keys []string
	for key := range document {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	if want := []string{"application", "blocks", "contacts", "users"}; !slices.Equal(keys, want) {
		t.Errorf("the document has the keys %v, want %v", keys, want)
	}
}

package easemob_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

// The users of the documents' examples, which name three that are called user1.
const (
	registeredUser = `{"username":"user1","uuid":"0ffe2d80-ed76-11e8-8d66-279e3e1c214b","created":1542795196504,"nickname":"testuser"}`
	listedUser     = `{"username":"user1","uuid":"ab90eff0-e978-11e8-9174-8f161649a182","created":1542356511855,"nickname":"user1"}`
	ownerUser      = `{"username":"user1","uuid":"4759aa70-eba5-11e8-925f-6fa0510823ba","created":1542595573399,"modified":1542597578147,"nickname":"user"}`
	pushedUser     = `{"username":"user1","uuid":"3b8c9890-7b9a-11e8-9d88-f50bf55cafad","created":1530276298905,"modified":1534405429835,
		"nickname":"testuser","notifier_name":"2882303761517426801"`
	user2Listed = `{"username":"user2","uuid":"b2aade90-e978-11e8-a974-f3368f82e4f1","created":1542356523769,"nickname":"user2"}`
	user2       = `{"username":"user2","uuid":"b2aade90-e978-11e8-a974-f3368f82e4f1","created":1542356523769,"modified":1542597334500,"nickname":"testuser"}`
	user3       = `{"username":"user3","uuid":"b98ad170-e978-11e8-8fce-7f76daa76557","created":1542356535303,"nickname":"user3"}`
	testuser    = `{"username":"testuser","uuid":"fef7f250-e983-11e8-ba39-0fed7dcc3cdd","created":1542361376245,"nickname":"testuser"}`
	// pointedUser is no user of the examples, but their cursor points to it.
	pointedUser = `{"username":"pointed","uuid":"d4b020e0-e978-11e8-93e0-f19abdb30690"}`
)

// shiroReply is the error of a call without a valid token.
func shiroReply(verb, path string) string {
	return `{
  "error": "unauthorized",
  "timestamp": 1542799184277,
  "duration": 0,
  "exception": "org.apache.shiro.authz.UnauthorizedException",
  "error_description": "Subject does not have permission [applications:` + verb + `:8be024f0-e978-11e8-b697-5d598d5f8402:` + path + `]"
}`
}

const (
	notFoundReply = `{
  "error": "service_resource_not_found",
  "timestamp": 1542799099701,
  "duration": 0,
  "exception": "org.apache.usergrid.services.exceptions.ServiceResourceNotFoundException",
  "error_description": "Service resource not found"
}`
	corruptReply = `{
  "error": "auth_bad_access_token",
  "timestamp": 1543479294349,
  "duration": 0,
  "exception": "org.apache.usergrid.rest.exceptions.SecurityException",
  "error_description": "Unable to authenticate due to corrupt access token"
}`
	noAdminReply = `{
  "error": "unauthorized",
  "timestamp": 1542602239851,
  "duration": 0,
  "exception": "org.apache.usergrid.rest.exceptions.SecurityException",
  "error_description": "No admin user access authorized"
}`
	// strangeToken is the token of the examples: of the right form, and of another system.
	strangeToken = "YWMte3bGuOukEeiTkNP4grL7iwAAAAAAAAAAAAAAAAAAAAGL4CTw6XgR6LaXXVmNX4QCAgMAAAFnKdc-ZgBPGgBFTrLhhyK8woMEI005emtrLJFJV6aoxsZSioSIZkr5kw"
	// brokenToken is the one under "Register a single user (authorization)", which lacks its first letter.
	brokenToken = "WMte3bGuOukEeiTkNP4grL7iwAAAAAAAAAAAAAAAAAAAAGL4CTw6XgR6LaXXVmNX4QCAgMAAAFnKdc-ZgBPGgBFTrLhhyK8woMEI005emtrLJFJV6aoxsZSioSIZkr5kw12"
)

func shiroOfOwner(verb string) string {
	return shiroReply(verb, "/users/4759aa70-eba5-11e8-925f-6fa0510823ba")
}

// sample is one example of the documents. Seeds 000 and 001 are the English and the
// Chinese one; what both have differs in host and organization only.
type sample struct {
	name  string
	users []string // before the call
	lists string   // contacts and blocks before it
	// token is sent; "" is the application's own, "-" is none.
	token              string
	form               bool // sent as curl does when nobody names a type
	method, path, body string
	status             int
	reply              string
	volatile           []string // keys of which only the type is compared
}

var freshKeys = []string{"uuid", "created", "modified"}

var samples = []sample{
	// Get administrator permission.
	{
		name: "token, 000", method: "POST", path: "/token", token: "-",
		body:   `{"grant_type":"client_credentials","client_id":"demo-client-id","client_secret":"demo-client-secret"}`,
		status: 200,
		reply:  `{"access_token":"YWMte3bG","expires_in":5184000,"application":"8be024f0-e978-11e8-b697-5d598d5f8402"}`,
	},
	{
		// The example asks for 1024000 seconds and is given 5184000, as a setting of its
		// application is newer. The emulator has no such setting and gives what is asked for.
		name: "token with a ttl, 001", method: "POST", path: "/token", token: "-",
		body:   `{"grant_type":"client_credentials","client_id":"demo-client-id","client_secret":"demo-client-secret","ttl":"1024000"}`,
		status: 200,
		reply:  `{"access_token":"YWMte3bG","expires_in":1024000,"application":"8be024f0-e978-11e8-b697-5d598d5f8402"}`,
	},
	{
		// 001 shows the body of a success under 400, a slip.
		name: "token refused, 000", method: "POST", path: "/token", token: "-",
		body:   `{"grant_type":"client_credentials","client_id":"YXA6i-Ak8Ol4Eei2l11ZjV-EAg","client_secret":"demo-client-secret"}`,
		status: 400,
		reply:  `{"error_description":"client_id does not match","error":"invalid_grant"}`,
	},

	// Register a single user (open).
	{
		name: "register openly, 000 001", method: "POST", path: "/users", token: "-", form: true,
		body:   `{"username":"user1","password":"123","nickname":"testuser"}`,
		status: 200, volatile: freshKeys,
		reply: `{
  "action": "post",
  "application": "8be024f0-e978-11e8-b697-5d598d5f8402",
  "path": "/users",
  "uri": "https://a1.easecdn.com/chat-demo/testapp/users",
  "entities": [
    {
      "uuid": "0ffe2d80-ed76-11e8-8d66-279e3e1c214b",
      "type": "user",
      "created": 1542795196504,
      "modified": 1542795196504,
      "username": "user1",
      "activated": true,
      "nickname": "testuser"
    }
  ],
  "timestamp": 1542795196515,
  "duration": 0,
  "organization": "chat-demo",
  "applicationName": "testapp"
}`,
	},
	{
		// 000 has "Request null Entity", the same text through a translator.
		name: "register openly a name that exists, 001", users: []string{registeredUser},
		method: "POST", path: "/users", token: "-", form: true,
		body:   `{"username":"User1","password":"123","nickname":"testuser"}`,
		status: 400,
		reply: `{
  "error": "duplicate_unique_property_exists",
  "timestamp": 1542795141631,
  "duration": 0,
  "exception": "org.apache.usergrid.persistence.exceptions.DuplicateUniquePropertyExistsException",
  "error_description": "Application null Entity user requires that property named username be unique, value of User1 exists"
}`,
	},

	// Register a single user (authorization).
	{
		// The examples lack the comma before the nickname.
		name: "register, 000 001", method: "POST", path: "/users",
		body:   `[{"username":"user1","password":"123","nickname":"testuser"}]`,
		status: 200, volatile: freshKeys,
		reply: `{
    "action": "post",
    "application": "a2e433a0-ab1a-11e2-a134-85fca932f094",
    "params": {},
    "path": "/users",
    "uri": "https://a1.easecdn.com/chat-demo/testapp/users",
    "entities": [{
        "uuid": "7f90f7ca-bb24-11e2-b2d0-6d8e359945e4",
        "type": "user",
        "created": 1368377620796,
        "modified": 1368377620796,
        "username": "user1",
        "activated": true,
        "nickname": "testuser"
    }],
    "timestamp": 1368377620793,
    "duration": 125,
    "organization": "chat-demo",
    "applicationName": "testapp"
}`,
	},
	{
		name: "register a name that exists, 001", users: []string{`{"username":"ccccc1"}`},
		method: "POST", path: "/users", body: `[{"username":"ccccc1","password":"123"}]`,
		status: 400,
		reply: `{
    "error": "duplicate_unique_property_exists",
    "timestamp": 1537871738097,
    "duration": 0,
    "exception": "org.apache.usergrid.persistence.exceptions.DuplicateUniquePropertyExistsException",
    "error_description": "Application null Entity user requires that property named username be unique, value of ccccc1 exists"
}`,
	},
	{
		name: "register with a broken token, 000 001", token: brokenToken, method: "POST", path: "/users",
		body:   `[{"username":"user1","password":"123","nickname":"testuser"}]`,
		status: 401, reply: corruptReply,
	},

	// Registration of users'.
	{
		name: "register two, 000 001", method: "POST", path: "/users", form: true,
		body:   `[{"username":"user1", "password":"123","nickname":"testuser1"}, {"username":"user2", "password":"456","nickname":"testuser2"}]`,
		status: 200, volatile: freshKeys,
		reply: registeredTwoReply(`[]`),
	},
	{
		name: "register three of whom one exists, 000 001", users: []string{user3},
		method: "POST", path: "/users", form: true,
		body: `[{"username":"user1", "password":"123","nickname":"testuser1"}, {"username":"user2", "password":"456","nickname":"testuser2"},
			{"username":"user3", "password":"789","nickname":"testuser3"}]`,
		status: 200, volatile: freshKeys,
		reply: registeredTwoReply(`[{"username": "user3", "registerUserFailReason": "the user3 already exists"}]`),
	},

	// The token of a user, in 001 only.
	{
		// The example lacks the comma before the ttl.
		name:   "user token, 001",
		users:  []string{`{"username":"c","uuid":"aa471ee0-4cfc-11ec-ace5-f90ff121234e","created":1637740861395,"password":"1"}`},
		method: "POST", path: "/token", token: "-",
		body:   `{"grant_type":"password","username":"C","password":"1","ttl":"1024000"}`,
		status: 200,
		reply: `{
    "access_token": "YWMtrR6E",
    "expires_in": 1024000,
    "user": {
        "uuid": "aa471ee0-4cfc-11ec-ace5-f90ff121234e",
        "type": "user",
        "created": 1637740861395,
        "modified": 1637740861395,
        "username": "c",
        "activated": true
    }
}`,
	},
	{
		name: "user token refused, 001", users: []string{`{"username":"c","password":"1"}`},
		method: "POST", path: "/token", token: "-",
		body:   `{"grant_type":"password","username":"C","password":"2"}`,
		status: 400,
		reply:  `{"error":"invalid_grant","timestamp":1637741269908,"duration":0,"error_description":"invalid password"}`,
	},

	// Get a single user.
	{
		name: "get, 000 001", users: []string{registeredUser}, method: "GET", path: "/users/user1", status: 200,
		reply: `{
  "action": "get",
  "path": "/users",
  "uri": "http://a1.easecdn.com/chat-demo/testapp/users/user1",
  "entities": [
    {
      "uuid": "0ffe2d80-ed76-11e8-8d66-279e3e1c214b",
      "type": "user",
      "created": 1542795196504,
      "modified": 1542795196504,
      "username": "user1",
      "activated": true,
      "nickname": "testuser"
    }
  ],
  "timestamp": 1542798985011,
  "duration": 6,
  "count": 1
}`,
	},
	{name: "get nobody, 000 001", method: "GET", path: "/users/user1", status: 404, reply: notFoundReply},
	{
		name: "get unauthorized, 000 001", users: []string{strings.Replace(user2, "user2", "user1", 1)}, token: strangeToken,
		method: "GET", path: "/users/user1", status: 401,
		reply: shiroReply("get", "/users/b2aade90-e978-11e8-a974-f3368f82e4f1"),
	},

	// Users' acquisition.
	{
		name: "list, 000 001", users: []string{listedUser, user2Listed, pointedUser, testuser},
		method: "GET", path: "/users?limit=2", status: 200,
		reply: `{
  "action": "get",
  "params": {
    "limit": [
      "2"
    ]
  },
  "path": "/users",
  "uri": "http://a1.easecdn.com/chat-demo/testapp/users",
  "entities": [
    {
      "uuid": "ab90eff0-e978-11e8-9174-8f161649a182",
      "type": "user",
      "created": 1542356511855,
      "modified": 1542356511855,
      "username": "user1",
      "activated": true,
      "nickname": "user1"
    },
    {
      "uuid": "b2aade90-e978-11e8-a974-f3368f82e4f1",
      "type": "user",
      "created": 1542356523769,
      "modified": 1542356523769,
      "username": "user2",
      "activated": true,
      "nickname": "user2"
    }
  ],
  "timestamp": 1542558467056,
  "duration": 11,
  "cursor": "LTgzNDAxMjM3OToxTEFnNE9sNEVlaVQ0UEdhdmJNR2tB",
  "count": 2
}`,
	},
	{
		name: "list unauthorized, 000 001", token: strangeToken, method: "GET", path: "/users?limit=2",
		status: 401, reply: shiroReply("get", "/users"),
	},
	{
		// The cursor points to a user that the next page lacks: it was deleted meanwhile.
		name: "list the next page, 000 001", users: []string{listedUser, user2Listed, testuser},
		method: "GET", path: "/users?limit=2&cursor=LTgzNDAxMjM3OToxTEFnNE9sNEVlaVQ0UEdhdmJNR2tB", status: 200,
		reply: `{
  "action": "get",
  "params": {
    "cursor": [
      "LTgzNDAxMjM3OToxTEFnNE9sNEVlaVQ0UEdhdmJNR2tB"
    ],
    "limit": [
      "2"
    ]
  },
  "path": "/users",
  "uri": "http://a1.easecdn.com/chat-demo/testapp/users",
  "entities": [
    {
      "uuid": "fef7f250-e983-11e8-ba39-0fed7dcc3cdd",
      "type": "user",
      "created": 1542361376245,
      "modified": 1542361376245,
      "username": "testuser",
      "activated": true,
      "nickname": "testuser"
    }
  ],
  "timestamp": 1542559337702,
  "duration": 2,
  "count": 1
}`,
	},
	{
		name: "list the next page unauthorized, 000 001", token: strangeToken, method: "GET",
		path:   "/users?limit=2&cursor=LTgzNDAxMjM3OToxTEFnNE9sNEVlaVQ0UEdhdmJNR2tB",
		status: 401, reply: shiroReply("get", "/users"),
	},

	// Delete a single user.
	{
		name: "delete, 000 001", users: []string{listedUser}, method: "DELETE", path: "/users/user1", status: 200,
		reply: `{
  "action": "delete",
  "application": "8be024f0-e978-11e8-b697-5d598d5f8402",
  "path": "/users",
  "uri": "https://a1.easecdn.com/chat-demo/testapp/users",
  "entities": [
    {
      "uuid": "ab90eff0-e978-11e8-9174-8f161649a182",
      "type": "user",
      "created": 1542356511855,
      "modified": 1542356511855,
      "username": "user1",
      "activated": true,
      "nickname": "user1"
    }
  ],
  "timestamp": 1542559539776,
  "duration": 39,
  "organization": "chat-demo",
  "applicationName": "testapp"
}`,
	},
	{name: "delete nobody, 000 001", method: "DELETE", path: "/users/user1", status: 404, reply: notFoundReply},
	{
		// Both documents repeat the body of 404 under 401, a slip.
		name: "delete unauthorized, neither", users: []string{listedUser}, token: strangeToken,
		method: "DELETE", path: "/users/user1", status: 401,
		reply: shiroReply("delete", "/users/ab90eff0-e978-11e8-9174-8f161649a182"),
	},

	// Delete users'. 000 has the path of a single user, a slip.
	{
		name: "delete two, 000 001", users: []string{user2, user3, testuser},
		method: "DELETE", path: "/users?limit=2", status: 200,
		reply: `{
  "action": "delete",
  "application": "8be024f0-e978-11e8-b697-5d598d5f8402",
  "params": {
    "limit": [
      "2"
    ]
  },
  "path": "/users",
  "uri": "https://a1.easecdn.com/chat-demo/testapp/users",
  "entities": [
    {
      "uuid": "b2aade90-e978-11e8-a974-f3368f82e4f1",
      "type": "user",
      "created": 1542356523769,
      "modified": 1542597334500,
      "username": "user2",
      "activated": true,
      "nickname": "testuser"
    },
    {
      "uuid": "b98ad170-e978-11e8-8fce-7f76daa76557",
      "type": "user",
      "created": 1542356535303,
      "modified": 1542356535303,
      "username": "user3",
      "activated": true,
      "nickname": "user3"
    }
  ],
  "timestamp": 1542867197779,
  "duration": 504,
  "organization": "chat-demo",
  "applicationName": "testapp",
  "cursor": "LTgzNDAxMjM3OTpfdmZ5VU9tREVlaTZPUV90ZmN3ODNR"
}`,
	},
	{
		name: "delete two unauthorized, 000 001", token: strangeToken, method: "DELETE", path: "/users?limit=2",
		status: 401, reply: shiroReply("delete", "/users"),
	},

	// Modify user password.
	{
		name: "set password, 000 001", users: []string{ownerUser}, method: "PUT", path: "/users/user1/password",
		body: `{"newpassword": "123"}`, status: 200,
		reply: `{"action":"set user password","timestamp":1542595598924,"duration":8}`,
	},
	{
		name: "set password of nobody, 000 001", method: "PUT", path: "/users/user1/password",
		body: `{"newpassword": "123"}`, status: 404,
		reply: `{
  "error": "entity_not_found",
  "timestamp": 1542595648340,
  "duration": 0,
  "exception": "org.apache.usergrid.persistence.exceptions.EntityNotFoundException",
  "error_description": "User null not found"
}`,
	},

	// Set Push Nickname.
	{
		name: "set nickname, 000 001", users: []string{ownerUser}, method: "PUT", path: "/users/user1",
		body: `{"nickname": "testuser"}`, status: 200, volatile: []string{"modified"},
		reply: `{
  "action": "put",
  "application": "8be024f0-e978-11e8-b697-5d598d5f8402",
  "path": "/users",
  "uri": "https://a1.easecdn.com/chat-demo/testapp/users",
  "entities": [
    {
      "uuid": "4759aa70-eba5-11e8-925f-6fa0510823ba",
      "type": "user",
      "created": 1542595573399,
      "modified": 1542596083687,
      "username": "user1",
      "activated": true,
      "nickname": "testuser"
    }
  ],
  "timestamp": 1542596083685,
  "duration": 6,
  "organization": "chat-demo",
  "applicationName": "testapp"
}`,
	},
	{
		name: "set nickname of nobody, 000 001", method: "PUT", path: "/users/user1",
		body: `{"nickname": "testuser"}`, status: 400,
		reply: `{
  "error": "required_property_not_found",
  "timestamp": 1542597341919,
  "duration": 0,
  "exception": "org.apache.usergrid.persistence.exceptions.RequiredPropertyNotFoundException",
  "error_description": "Entity user requires a property named username"
}`,
	},
	{
		name: "set nickname unauthorized, 000 001", users: []string{ownerUser}, token: strangeToken,
		method: "PUT", path: "/users/user1", body: `{"nickname": "testuser"}`,
		status: 401, reply: shiroReply("put", "/users"),
	},

	// Set how to display push messages. The example's path names user a, a slip.
	{
		name:  "set display style, 000 001",
		users: []string{pushedUser + `,"notification_no_disturbing":false,"notification_no_disturbing_start":1,"notification_no_disturbing_end":3,"notification_display_style":0}`},
		form:  true, method: "PUT", path: "/users/user1", body: `{"notification_display_style": "1"}`,
		status: 200, volatile: []string{"modified"},
		reply: pushReply(`"notification_no_disturbing":false,"notification_display_style":1`),
	},

	// Set no disturbance. The example's path names user a with a blank behind it, and its
	// reply User1, which the emulator stores in lower case.
	{
		name: "set no disturbance, 000 001", users: []string{pushedUser + `,"notification_display_style":0}`},
		form: true, method: "PUT", path: "/users/user1",
		body:   `{"notification_no_disturbing": true,"notification_no_disturbing_start": "1","notification_no_disturbing_end": "3"}`,
		status: 200, volatile: []string{"modified"},
		reply: pushReply(`"notification_no_disturbing":true,"notification_display_style":0`),
	},
	{
		// The documents show no reply to this one.
		name:  "cancel no disturbance, 000 001",
		users: []string{pushedUser + `,"notification_no_disturbing":true,"notification_no_disturbing_start":1,"notification_no_disturbing_end":3,"notification_display_style":0}`},
		form:  true, method: "PUT", path: "/users/user1", body: `{"notification_no_disturbing": false}`,
		status: 200, volatile: []string{"modified"},
		reply: pushReply(`"notification_no_disturbing":false,"notification_display_style":0`),
	},

	// Add Contacts.
	{
		name: "add contact, 000 001", users: []string{ownerUser, user2},
		method: "POST", path: "/users/user1/contacts/users/user2", status: 200, reply: otherReply("post", "contacts"),
	},
	{
		name: "add contact of nobody, 000 001", users: []string{user2},
		method: "POST", path: "/users/user1/contacts/users/user2", status: 404, reply: notFoundReply,
	},
	{
		name: "add nobody as contact, 000 001", users: []string{ownerUser},
		method: "POST", path: "/users/user1/contacts/users/user2", status: 404, reply: notFoundReply,
	},
	{
		name: "add contact with a broken token, 000 001", users: []string{ownerUser, user2}, token: brokenToken,
		method: "POST", path: "/users/user1/contacts/users/user2", status: 401, reply: corruptReply,
	},

	// Remove Contacts.
	{
		name: "remove contact, 000 001", users: []string{ownerUser, user2}, lists: `"contacts":{"user1":["user2"]}`,
		method: "DELETE", path: "/users/user1/contacts/users/user2", status: 200, reply: otherReply("delete", "contacts"),
	},
	{
		name: "remove contact of nobody, 000 001", users: []string{user2},
		method: "DELETE", path: "/users/user1/contacts/users/user2", status: 404, reply: notFoundReply,
	},
	{
		name: "remove nobody from contacts, 000 001", users: []string{ownerUser},
		method: "DELETE", path: "/users/user1/contacts/users/user2", status: 404, reply: notFoundReply,
	},
	{
		name: "remove contact unauthorized, 000 001", users: []string{ownerUser, user2}, token: strangeToken,
		method: "DELETE", path: "/users/user1/contacts/users/user2", status: 401, reply: shiroOfOwner("delete"),
	},

	// Get a list of contacts.
	{
		name: "list contacts, 000 001", users: []string{ownerUser, user2, user3}, lists: `"contacts":{"user1":["user3","user2"]}`,
		method: "GET", path: "/users/user1/contacts/users", status: 200,
		reply: `{
  "action": "get",
  "uri": "http://a1.easecdn.com/chat-demo/testapp/users/user1/contacts/users",
  "entities": [],
  "data": [
    "user3",
    "user2"
  ],
  "timestamp": 1543819826513,
  "duration": 12,
  "count": 2
}`,
	},
	{name: "list contacts of nobody, 000 001", method: "GET", path: "/users/user1/contacts/users", status: 404, reply: notFoundReply},
	{
		name: "list contacts unauthorized, 000 001", users: []string{ownerUser}, token: strangeToken,
		method: "GET", path: "/users/user1/contacts/users", status: 401, reply: shiroOfOwner("get"),
	},

	// Get Blacklist.
	{
		name: "list blocks, 000 001", users: []string{ownerUser, user2}, lists: `"blocks":{"user1":["user2"]}`,
		method: "GET", path: "/users/user1/blocks/users", status: 200,
		reply: `{
  "action": "get",
  "uri": "http://a1.easecdn.com/chat-demo/testapp/users/user1/blocks/users",
  "entities": [],
  "data": [
    "user2"
  ],
  "timestamp": 1542599978751,
  "duration": 4,
  "count": 1
}`,
	},
	{name: "list blocks of nobody, 000 001", method: "GET", path: "/users/user1/blocks/users", status: 404, reply: notFoundReply},
	{
		name: "list blocks unauthorized, 000 001", users: []string{ownerUser}, token: strangeToken,
		method: "GET", path: "/users/user1/blocks/users", status: 401, reply: shiroOfOwner("get"),
	},

	// Add blacklist.
	{
		name: "block, 000 001", users: []string{ownerUser, user2},
		method: "POST", path: "/users/user1/blocks/users", body: `{"usernames": ["user2"]}`, status: 200,
		reply: `{
  "action": "post",
  "application": "8be024f0-e978-11e8-b697-5d598d5f8402",
  "uri": "https://a1.easecdn.com/chat-demo/testapp",
  "entities": [],
  "data": [
    "user2"
  ],
  "timestamp": 1542600372046,
  "duration": 11,
  "organization": "chat-demo",
  "applicationName": "testapp"
}`,
	},
	{
		name: "block for nobody, 000 001", users: []string{user2},
		method: "POST", path: "/users/user1/blocks/users", body: `{"usernames": ["user2"]}`, status: 404, reply: notFoundReply,
	},
	{
		name: "block nobody, 000 001", users: []string{ownerUser},
		method: "POST", path: "/users/user1/blocks/users", body: `{"usernames": ["user20"]}`, status: 400,
		reply: `{
  "error": "illegal_argument",
  "timestamp": 1542600449246,
  "duration": 0,
  "exception": "java.lang.IllegalArgumentException",
  "error_description": "attempt to adding new block[user20] for user[user1],but user[user20] not found."
}`,
	},
	{
		name: "block unauthorized, 000 001", users: []string{ownerUser}, token: strangeToken,
		method: "POST", path: "/users/user1/blocks/users", body: `{"usernames": ["user2"]}`, status: 401, reply: shiroOfOwner("post"),
	},

	// Remove Blacklist.
	{
		name: "unblock, 000 001", users: []string{ownerUser, user2}, lists: `"blocks":{"user1":["user2"]}`,
		method: "DELETE", path: "/users/user1/blocks/users/user2", status: 200, reply: otherReply("delete", "blocks"),
	},
	{
		name: "unblock for nobody, 000 001", users: []string{user2},
		method: "DELETE", path: "/users/user1/blocks/users/user2", status: 404, reply: notFoundReply,
	},
	{
		name: "unblock nobody, 000 001", users: []string{ownerUser},
		method: "DELETE", path: "/users/user1/blocks/users/user2", status: 404, reply: notFoundReply,
	},
	{
		name: "unblock unauthorized, 000 001", users: []string{ownerUser, user2}, token: strangeToken,
		method: "DELETE", path: "/users/user1/blocks/users/user2", status: 401, reply: shiroOfOwner("delete"),
	},

	// Get user online status.
	{
		name: "status, 000 001", users: []string{ownerUser}, method: "GET", path: "/users/user1/status", status: 200,
		reply: stateReply("status", `{"user1": "offline"}`),
	},
	{name: "status of nobody, 000 001", method: "GET", path: "/users/user1/status", status: 404, reply: notFoundReply},
	{
		name: "status unauthorized, 000 001", users: []string{ownerUser}, token: strangeToken,
		method: "GET", path: "/users/user1/status", status: 401, reply: shiroOfOwner("get"),
	},

	// Get users' online status.
	{
		name: "statuses, 000 001", users: []string{ownerUser}, method: "POST", path: "/users/batch/status",
		body: `{"usernames":["user1","user2"]}`, status: 200,
		reply: `{
    "action": "get batch user status",
    "data": [
        {
            "user1": "offline"
        },
        {
            "user2": "offline"
        }
    ],
    "timestamp": 1552280231926,
    "duration": 4
}`,
	},
	{
		// Verb and user are those of the single status; the user is the first that is asked for.
		name: "statuses unauthorized, 000 001", users: []string{ownerUser}, token: strangeToken,
		method: "POST", path: "/users/batch/status",
		body: `{"usernames":["user1","user2"]}`, status: 401, reply: shiroOfOwner("get"),
	},

	// Get the number of user offline messages.
	{
		name: "offline count, 000 001", users: []string{ownerUser}, method: "GET", path: "/users/user1/offline_msg_count", status: 200,
		reply: stateReply("offline_msg_count", `{"user1": 0}`),
	},
	{name: "offline count of nobody, 000 001", method: "GET", path: "/users/user1/offline_msg_count", status: 404, reply: notFoundReply},
	{
		name: "offline count unauthorized, 000 001", users: []string{ownerUser}, token: strangeToken,
		method: "GET", path: "/users/user1/offline_msg_count", status: 401, reply: shiroOfOwner("get"),
	},

	// Get the status of an offline message.
	{
		name: "offline status, 000 001", users: []string{ownerUser}, method: "GET", path: "/users/user1/offline_msg_status/123", status: 200,
		reply: stateReply("offline_msg_status/123", `{"123": "delivered"}`),
	},
	{name: "offline status of nobody, 000 001", method: "GET", path: "/users/user1/offline_msg_status/123", status: 404, reply: notFoundReply},
	{
		name: "offline status unauthorized, 000 001", users: []string{ownerUser}, token: strangeToken,
		method: "GET", path: "/users/user1/offline_msg_status/123", status: 401, reply: shiroOfOwner("get"),
	},

	// User account disable.
	{
		name: "deactivate, 000 001", users: []string{ownerUser}, method: "POST", path: "/users/user1/deactivate", status: 200,
		reply: `{
  "action": "Deactivate user",
  "entities": [
    {
      "uuid": "4759aa70-eba5-11e8-925f-6fa0510823ba",
      "type": "user",
      "created": 1542595573399,
      "modified": 1542597578147,
      "username": "user1",
      "activated": false,
      "nickname": "user"
    }
  ],
  "timestamp": 1542602157258,
  "duration": 12
}`,
	},
	{
		name: "deactivate nobody, 000 001", method: "POST", path: "/users/user1/deactivate", status: 400,
		reply: `{
  "error": "management",
  "timestamp": 1542602213887,
  "duration": 0,
  "exception": "org.apache.usergrid.management.exceptions.ManagementException",
  "error_description": "User with id null does not exist in app 8be024f0-e978-11e8-b697-5d598d5f8402"
}`,
	},
	{
		name: "deactivate unauthorized, 000 001", users: []string{ownerUser}, token: strangeToken,
		method: "POST", path: "/users/user1/deactivate", status: 401, reply: noAdminReply,
	},

	// User account unblock.
	{
		name: "activate, 000 001", users: []string{ownerUser}, method: "POST", path: "/users/user1/activate", status: 200,
		reply: `{"action":"activate user","timestamp":1542602404132,"duration":9}`,
	},
	{name: "activate nobody, 000 001", method: "POST", path: "/users/user1/activate", status: 404, reply: notFoundReply},
	{
		name: "activate unauthorized, 000 001", users: []string{ownerUser}, token: strangeToken,
		method: "POST", path: "/users/user1/activate", status: 401, reply: noAdminReply,
	},

	// Forced downline.
	{
		name: "disconnect, 000 001", users: []string{ownerUser}, method: "GET", path: "/users/user1/disconnect", status: 200,
		reply: stateReply("disconnect", `{"result": true}`),
	},
	{name: "disconnect nobody, 000 001", method: "GET", path: "/users/user1/disconnect", status: 404, reply: notFoundReply},
	{
		name: "disconnect unauthorized, 000 001", users: []string{ownerUser}, token: strangeToken,
		method: "GET", path: "/users/user1/disconnect", status: 401, reply: shiroOfOwner("get"),
	},
}

// registeredTwoReply is the reply to both examples of a batch.
func registeredTwoReply(data string) string {
	return `{
  "action": "post",
  "application": "22bcffa0-8f86-11e6-9df8-516f6df68c6d",
  "path": "/users",
  "uri": "https://a1.easecdn.com/chat-demo/testapp/users",
  "entities": [
    {
      "uuid": "278b5e60-e27b-11e8-8f9b-d5d83ebec806",
      "type": "user",
      "created": 1541587920710,
      "modified": 1541587920710,
      "username": "user1",
      "activated": true,
      "nickname": "testuser1"
    },
    {
      "uuid": "278bac80-e27b-11e8-b192-73e4cd5078a5",
      "type": "user",
      "created": 1541587920712,
      "modified": 1541587920712,
      "username": "user2",
      "activated": true,
      "nickname": "testuser2"
    }
  ],
  "timestamp": 1541587920714,
  "data": ` + data + `,
  "duration": 0,
  "organization": "1122161011178276",
  "applicationName": "testapp"
}`
}

// pushReply is the reply to the examples about pushes.
func pushReply(settings string) string {
	return `{
  "action" : "put",
  "application" : "17d59e50-0aee-11e8-8092-0dc80c0f5e99",
  "path" : "/users",
  "uri" : "https://a1.easecdn.com/chat-demo/testapp/users",
  "entities" : [ {
    "uuid" : "3b8c9890-7b9a-11e8-9d88-f50bf55cafad",
    "type" : "user",
    "created" : 1530276298905,
    "modified" : 1534407146060,
    "username" : "user1",
    "activated" : true,
    "notification_no_disturbing_start" : 1,
    "notification_no_disturbing_end" : 3,
    ` + settings + `,
    "nickname" : "testuser",
    "notifier_name" : "2882303761517426801"
  } ],
  "timestamp" : 1534407146058,
  "duration" : 3,
  "organization" : "1112171214115068",
  "applicationName" : "testapp"
}`
}

// otherReply is the reply about user2 as a contact of user1, or as one it blocks.
func otherReply(action, list string) string {
	return `{
  "action": "` + action + `",
  "application": "8be024f0-e978-11e8-b697-5d598d5f8402",
  "path": "/users/4759aa70-eba5-11e8-925f-6fa0510823ba/` + list + `",
  "uri": "https://a1.easecdn.com/chat-demo/testapp/users/4759aa70-eba5-11e8-925f-6fa0510823ba/` + list + `",
  "entities": [
    {
      "uuid": "b2aade90-e978-11e8-a974-f3368f82e4f1",
      "type": "user",
      "created": 1542356523769,
      "modified": 1542597334500,
      "username": "user2",
      "activated": true,
      "nickname": "testuser"
    }
  ],
  "timestamp": 1542598913819,
  "duration": 63,
  "organization": "chat-demo",
  "applicationName": "testapp"
}`
}

// stateReply is the reply to the examples about the state of user1.
func stateReply(path, data string) string {
	return `{
  "action": "get",
  "uri": "http://tomcatcluster_users/chat-demo/testapp/users/user1/` + path + `",
  "entities": [],
  "data": ` + data + `,
  "timestamp": 1542601518137,
  "duration": 3,
  "count": 0
}`
}

// TestSamples sends every example request of the documents, and compares the
// replies with theirs: keys and types exactly, values where they can be the same.
func TestSamples(t *testing.T) {
	server := serve(t, emulator.Options{})
	host := regexp.MustCompile(`^https?://[^/]+/[^/]+/[^/]+`)
	for _, sample := range samples {
		t.Run(sample.name, func(t *testing.T) {
			s := server.in(t)
			state := `{"users":[` + strings.Join(sample.users, ",") + `]`
			if sample.lists != "" {
				state += "," + sample.lists
			}
			s.restore(state + "}")
			got := s.Want(sample.status, sample.method, appPath+sample.path, sample.body, func(r *http.Request) {
				if sample.form {
					r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				}
				switch sample.token {
				case "":
				case "-":
					emulatortest.Bearer("")(r)
				default:
					emulatortest.Bearer(sample.token)(r)
				}
			})
			volatile := append([]string{"timestamp", "duration", "access_token", "application", "organization"}, sample.volatile...)
			var normal func(value any) any
			normal = func(value any) any {
				switch value := value.(type) {
				case map[string]any:
					for key, inner := range value {
						switch {
						case slices.Contains(volatile, key):
							value[key] = typeOf(inner)
						case key == "uri":
							value[key] = host.ReplaceAllString(inner.(string), "")
						default:
							value[key] = normal(inner)
						}
					}
				case []any:
					for i := range value {
						value[i] = normal(value[i])
					}
				}
				return value
			}
			if diff := cmp.Diff(normal(emulatortest.Parse(t, sample.reply)), normal(emulatortest.Parse(t, got.Body))); diff != "" {
				t.Errorf("%s %s (-document +emulator):\n%s", sample.method, sample.path, diff)
			}
		})
	}
}

// typeOf names the JSON type of a value.
func typeOf(value any) string {
	switch value.(type) {
	case string:
		return "a text"
	case bool:
		return "a boolean"
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	}
	return "a number"
}

package easemob_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

// The group and the chat room of the fixture.
const (
	groupID = "66021836783617"
	roomID  = "66213271109633"
)

// groupFixture has both with the same people: ann owns them, bob is an admin, cat is on
// the allow list and muted, dan is a member, eve is blocked, and fay is nobody.
var groupFixture = `{"users":[{"username":"ann"},{"username":"bob"},{"username":"cat"},{"username":"dan"},{"username":"eve"},{"username":"fay"}],
	"groups":[` + fixtureOf(groupID, "team", "") + `],
	"chatrooms":[` + fixtureOf(roomID, "lobby", `,"attributes":{"seat":{"value":"1","owner":"dan","auto_delete":true}}`) + `],
	"super_admins":["bob"]}`

func fixtureOf(id, name, more string) string {
	return `{"id":"` + id + `","name":"` + name + `","description":"d","owner":"ann","created":1542356598609,"modified":1542356598700,
		"members":["bob","cat",{"username":"dan","joined":1542356599000,"attributes":{"nick":"D"}}],
		"admins":["bob"],"allow_list":["cat"],"block_list":["eve"],"mute_list":{"cat":4638873600000}` + more + `}`
}

// answerOf is what a call is answered with: data, or an error with its text.
type answerOf struct {
	status int
	// data is compared with the data of the answer. "<id>" stands for any id and "<ms>"
	// for any time.
	data        string
	error, text string
}

func good(data string) answerOf { return answerOf{status: 200, data: data} }
func bad(status int, code, text string) answerOf {
	return answerOf{status: status, error: code, text: text}
}
func missingGroup(id string) answerOf {
	return bad(404, "resource_not_found", "grpID "+id+" does not exist!")
}
func missingUser(name string) answerOf {
	return bad(404, "resource_not_found", "username "+name+" doesn't exist!")
}
func noMembers(status int, code, names string) answerOf {
	return bad(status, code, "users ["+names+"] are not members of this group!")
}
func forbidden(text string) answerOf { return bad(403, "forbidden_op", text) }
func alreadyIn(name, id string) answerOf {
	return forbidden("can not join this group, reason:user: " + name + " already in group: " + id + "\n")
}
func invalid(text string) answerOf { return bad(400, "invalid_parameter", text) }
func outcome(key, id, action, name string, ok bool) string {
	if ok {
		return fmt.Sprintf(`{"result":true,"action":"%s","user":"%s","%s":"%s"}`, action, name, key, id)
	}
	return fmt.Sprintf(`{"result":false,"action":"%s","user":"%s","%s":"%s","reason":"user: %s doesn't exist in group: %s"}`, action, name, key, id, name, id)
}

var onOwner = forbidden("forbidden operation on group owner!")

// groupCase is one row of the sheet: a call, what it is answered with, and what the
// same call is answered with once more.
type groupCase struct {
	title  string
	before string // calls that succeed, one per line: "METHOD path body"
	call   string
	want   answerOf
	again  *answerOf
	// settings are switches before the calls.
	settings string
}

func andAgain(a answerOf) *answerOf { return &a }

// run sends the call of each case to an emulator with the fixture.
func runGroupCases(t *testing.T, era int, cases []groupCase) {
	t.Helper()
	server := serve(t, emulator.Options{EasemobEra: era})
	for _, test := range cases {
		t.Run(fmt.Sprintf("%d %s", era, test.title), func(t *testing.T) {
			s := server.in(t)
			s.restore(groupFixture)
			if test.settings != "" {
				s.Want(204, "PUT", "/_emulator/settings", `{"easemob":`+test.settings+`}`)
			}
			for line := range strings.Lines(test.before) {
				if method, path, body := splitCall(line); method != "" {
					s.Want(200, method, appPath+path, body)
				}
			}
			s.check(test.call, test.want)
			if test.again != nil {
				s.check(test.call, *test.again)
			}
		})
	}
}

func splitCall(line string) (method, path, body string) {
	parts := append(strings.SplitN(strings.TrimSpace(line), " ", 3), "", "")
	return parts[0], parts[1], parts[2]
}

// check sends a call, "METHOD path body", and compares its answer.
func (s *server) check(call string, want answerOf) {
	s.T.Helper()
	method, path, body := splitCall(call)
	answer := s.Call(method, appPath+path, body)
	if answer.Status != want.status {
		s.T.Fatalf("%s: got %d %s, want %d", call, answer.Status, answer.Body, want.status)
	}
	var reply struct {
		Error       string          `json:"error"`
		Description string          `json:"error_description"`
		Data        json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal([]byte(answer.Body), &reply); err != nil {
		s.T.Fatal(err)
	}
	if want.status != 200 {
		if reply.Error != want.error || reply.Description != want.text {
			s.T.Errorf("%s: got %q %q, want %q %q", call, reply.Error, reply.Description, want.error, want.text)
		}
		return
	}
	if len(reply.Data) == 0 {
		s.T.Fatalf("%s: no data in %s", call, answer.Body)
	}
	wanted := emulatortest.Parse(s.T, want.data)
	if diff := cmp.Diff(wanted, anyIDs(emulatortest.Parse(s.T, string(reply.Data)), wanted)); diff != "" {
		s.T.Errorf("%s: data (-want +got):\n%s", call, diff)
	}
}

// anyIDs replaces the ids and times that want does not fix.
func anyIDs(got, want any) any {
	switch got := got.(type) {
	case map[string]any:
		wanted, _ := want.(map[string]any)
		for key := range got {
			got[key] = anyIDs(got[key], wanted[key])
		}
	case []any:
		wanted, _ := want.([]any)
		for i := range min(len(got), len(wanted)) {
			got[i] = anyIDs(got[i], wanted[i])
		}
	case string:
		if want == "<id>" && len(got) >= 14 && strings.Trim(got, "0123456789") == "" {
			return want
		}
	case json.Number:
		if n, err := got.Int64(); want == "<ms>" && err == nil && n > 1e12 {
			return want
		}
	}
	return got
}

func namesBody(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf(`"u%d"`, i)
	}
	return `{"usernames":[` + strings.Join(names, ",") + `]}`
}

func namesPath(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("u%d", i)
	}
	return strings.Join(names, ",")
}

const someGroup = `"public":true,"maxusers":300,"owner":"ann","members":["bob"]`

// TestGroups covers section 2 of what is known of the platform: groups themselves.
func TestGroups(t *testing.T) {
	long := strings.Repeat("x", 129)
	path := "/chatgroups/" + groupID
	detail := func(members, owner string) string {
		return `{"id":"` + groupID + `","name":"team","description":"d","membersonly":false,"allowinvites":false,"maxusers":200,"owner":"` + owner + `",
			"created":1542356598609,"custom":"","affiliations_count":4,"affiliations":[` + members + `,{"owner":"` + owner + `"}],
			"public":true,"mute":false,"disabled":false}`
	}
	plain := detail(`{"member":"bob"},{"member":"cat"},{"member":"dan"}`, "ann")
	both := []groupCase{
		{
			title: "create", call: `POST /chatgroups {"groupname":"g","description":"d",` + someGroup + `}`,
			want: good(`{"groupid":"<id>"}`), again: andAgain(good(`{"groupid":"<id>"}`)),
		},
		{title: "create with the aliases", call: `POST /chatgroups {"groupname":"g","desc":"d","members_only":true,"need_verify":true,"scale":"normal",` + someGroup + `}`, want: good(`{"groupid":"<id>"}`)},
		{title: "create with an id", call: `POST /chatgroups {"groupid":"own7","groupname":"g","description":"d",` + someGroup + `}`, want: good(`{"groupid":"own7"}`), again: andAgain(bad(400, "illegal_argument", "group ID own7 already exists!"))},
		{title: "create with a bad id", call: `POST /chatgroups {"groupid":"Own","groupname":"g","description":"d",` + someGroup + `}`, want: invalid("group ID Own is not legal")},
		{title: "create without public", call: `POST /chatgroups {"groupname":"g","description":"d","owner":"ann"}`, want: invalid("group must contain public field!")},
		{title: "create without owner", call: `POST /chatgroups {"groupname":"g","description":"d","public":true}`, want: invalid("owner must be provided")},
		{title: "create for nobody", call: `POST /chatgroups {"groupname":"g","description":"d","public":true,"owner":"zoe"}`, want: missingUser("zoe")},
		{title: "create with nobody", call: `POST /chatgroups {"groupname":"g","description":"d","public":true,"owner":"ann","members":["bob","zoe"]}`, want: missingUser("zoe")},
		{title: "create with a long name", call: `POST /chatgroups {"groupname":"` + long + `","description":"d",` + someGroup + `}`, want: bad(403, "exceed_limit", "title cannot exceed to 128")},
		{title: "create with a long description", call: `POST /chatgroups {"groupname":"g","description":"` + strings.Repeat("x", 513) + `",` + someGroup + `}`, want: bad(403, "exceed_limit", "desc cannot exceed to 512")},
		{title: "create with a long avatar", call: `POST /chatgroups {"groupname":"g","description":"d","avatar":"` + strings.Repeat("x", 1025) + `",` + someGroup + `}`, want: invalid("avatar length is too big")},
		{title: "create with too many for it", call: `POST /chatgroups {"groupname":"g","description":"d","public":true,"maxusers":2,"owner":"ann","members":["bob","cat"]}`, want: bad(403, "exceed_limit", "members size is greater than max user size !")},
		{title: "create past the plan", call: `POST /chatgroups {"groupname":"g","description":"d","public":true,"maxusers":3001,"owner":"ann"}`, want: bad(403, "exceed_limit", "maxUsers cannot exceed 3000")},
		{title: "create with no room", call: `POST /chatgroups {"groupname":"g","description":"d","public":true,"maxusers":0,"owner":"ann"}`, want: invalid("maxusers must be positive")},
		{title: "create one too many", settings: `{"max_groups":1}`, call: `POST /chatgroups {"groupname":"g","description":"d",` + someGroup + `}`, want: bad(403, "exceed_limit", "appKey:chat-demo#testapp has create too many groups!")},
		{title: "create for somebody in too many", settings: `{"max_joined":1}`, call: `POST /chatgroups {"groupname":"g","description":"d","public":true,"owner":"bob"}`, want: bad(403, "exceed_limit", "user bob has joined too many groups!")},
		{title: "create with a field of another type", call: `POST /chatgroups {"groupname":7}`, want: invalid("groupname is not legal")},

		{title: "detail", call: "GET " + path, want: good("[" + plain + "]")},
		{title: "details, one missing", call: "GET " + path + ",1", want: good("[" + plain + "]")},
		{title: "details, escaped", call: "GET " + path + "%2C1", want: good("[" + plain + "]")},
		{title: "details, all missing", call: "GET /chatgroups/1,2", want: bad(404, "service_resource_not_found", "do not find this group:1,2")},
		{title: "detail of nothing", call: "GET /chatgroups/1", want: bad(404, "service_resource_not_found", "do not find this group:1")},
		{title: "detail of a chat room", call: "GET /chatgroups/" + roomID, want: bad(404, "service_resource_not_found", "do not find this group:"+roomID)},
		{title: "details of 101", call: "GET /chatgroups/" + namesPath(101), want: invalid("group ids more than max limit : 100")},

		{title: "list with a bad limit", call: "GET /chatgroups?limit=0", want: invalid("limit [0] is not legal")},
		{title: "list with a bad cursor", call: "GET /chatgroups?cursor=x", want: invalid("cursor [x] is not legal")},

		{title: "joined", call: "GET /users/dan/joined_chatgroups?pagesize=10&pagenum=1", want: good(`[{"groupid":"` + groupID + `","groupname":"team"}]`)},
		{title: "joined, behind the end", call: "GET /users/dan/joined_chatgroups?pagenum=2", want: good(`[]`)},
		{title: "joined by the owner", call: "GET /users/ann/joined_chatgroups", want: good(`[{"groupid":"` + groupID + `","groupname":"team"}]`)},
		{title: "joined by nobody", call: "GET /users/zoe/joined_chatgroups", want: missingUser("zoe")},
		{title: "joined with a bad page", call: "GET /users/dan/joined_chatgroups?pagenum=0", want: invalid("pagenum [0] is not legal")},
		{title: "is joined", call: "GET " + path + "/user/dan/is_joined", want: good("true")},
		{title: "is joined, the owner", call: "GET " + path + "/user/ann/is_joined", want: good("true")},
		{title: "is not joined", call: "GET " + path + "/user/eve/is_joined", want: good("false")},
		{title: "is joined, nothing", call: "GET /chatgroups/1/user/ann/is_joined", want: missingGroup("1")},

		{
			title: "change everything",
			call: "PUT " + path + ` {"groupname":"n","description":"e","maxusers":4,"membersonly":true,"allowinvites":true,"public":false,"custom":"c",
				"avatar":"https://a","invite_need_confirm":false,"need_verify":true,"scale":"large"}`,
			want:  good(`{"groupname":true,"description":true,"maxusers":true,"membersonly":true,"allowinvites":true,"public":true,"custom":true,"avatar":true,"invite_need_confirm":true,"need_verify":true,"scale":true}`),
			again: andAgain(good(`{"groupname":true,"description":true,"maxusers":true,"membersonly":true,"allowinvites":true,"public":true,"custom":true,"avatar":true,"invite_need_confirm":true,"need_verify":true,"scale":true}`)),
		},
		{title: "change the name by its other name", call: "PUT " + path + ` {"name":"n"}`, want: good(`{"name":true}`)},
		{title: "change nothing", call: "PUT /chatgroups/1" + ` {"groupname":"n"}`, want: missingGroup("1")},
		{title: "change an unknown field", call: "PUT " + path + ` {"groupname":"n","groupid":"1","color":"red"}`, want: invalid("some of [color, groupid] are not valid fields")},
		{title: "change the owner with more", call: "PUT " + path + ` {"newowner":"bob","groupname":"n"}`, want: invalid("some of [newowner] are not valid fields")},
		{title: "change the members", call: "PUT " + path + ` {"members":["eve"]}`, want: invalid("some of [members] are not valid fields")},
		{title: "change no field", call: "PUT " + path + ` {}`, want: invalid("some of [] are not valid fields")},
		{title: "change to another type", call: "PUT " + path + ` {"public":"yes"}`, want: invalid("public is not legal")},
		{title: "change to a name with a slash", call: "PUT " + path + ` {"groupname":"a/b"}`, want: invalid("groupname must not contain /")},
		{title: "change to fewer than are in it", call: "PUT " + path + ` {"maxusers":3}`, want: forbidden("current user count is larger than the maxUsers that you want to update !")},
		{title: "change to a long name", call: "PUT " + path + ` {"groupname":"` + long + `"}`, want: bad(403, "exceed_limit", "title cannot exceed to 128")},

		{
			title: "transfer", call: "PUT " + path + ` {"newowner":"dan"}`, want: good(`{"newowner":true}`),
			again: andAgain(forbidden("new owner and old owner are the same")),
		},
		{title: "transferred", before: "PUT " + path + ` {"newowner":"dan"}`, call: "GET " + path, want: good("[" + detail(`{"member":"bob"},{"member":"cat"},{"member":"ann"}`, "dan") + "]")},
		{title: "transfer to a stranger", call: "PUT " + path + ` {"newowner":"fay"}`, want: forbidden("user: fay doesn't exist in group: " + groupID)},
		{title: "transfer to nobody", call: "PUT " + path + ` {"newowner":"zoe"}`, want: missingUser("zoe")},
		{title: "transfer to nothing", call: "PUT " + path + ` {"newowner":""}`, want: invalid("newowner must be provided")},
		{title: "transfer of nothing", call: `PUT /chatgroups/1 {"newowner":"bob"}`, want: missingGroup("1")},

		{title: "delete", call: "DELETE " + path, want: good(`{"success":true,"groupid":"` + groupID + `"}`), again: andAgain(missingGroup(groupID))},
		{title: "disable", call: "POST " + path + "/disable", want: good(`{"disabled":true}`), again: andAgain(good(`{"disabled":true}`))},
		{title: "enable", call: "POST " + path + "/enable", want: good(`{"disabled":false}`), again: andAgain(good(`{"disabled":false}`))},
		{title: "disable nothing", call: "POST /chatgroups/1/disable", want: missingGroup("1")},
		{title: "enable nothing", call: "POST /chatgroups/1/enable", want: missingGroup("1")},
		{title: "change a disabled one", before: "POST " + path + "/disable", call: "PUT " + path + ` {"groupname":"n"}`, want: forbidden("group " + groupID + " is disabled!")},
		{title: "add to a disabled one", before: "POST " + path + "/disable", call: "POST " + path + "/users/fay", want: forbidden("group " + groupID + " is disabled!")},
		{title: "delete a disabled one", before: "POST " + path + "/disable", call: "DELETE " + path, want: good(`{"success":true,"groupid":"` + groupID + `"}`)},
	}
	runGroupCases(t, 2018, both)
	runGroupCases(t, 2025, both)

	listed := func(more string) string {
		return `[{"groupid":"` + groupID + `","groupname":"team","owner":"chat-demo#testapp_ann","affiliations":4,"type":"group",` + more + `}]`
	}
	runGroupCases(t, 2018, []groupCase{
		{title: "create without name", call: `POST /chatgroups {"description":"d","public":true,"owner":"ann"}`, want: invalid("groupname must be provided")},
		{title: "create without description", call: `POST /chatgroups {"groupname":"g","public":true,"owner":"ann"}`, want: invalid("description must be provided")},
		{title: "create with 101 members", call: `POST /chatgroups {"groupname":"g","description":"d","public":true,"owner":"ann","members":[` + strings.Repeat(`"bob",`, 100) + `"bob"]}`, want: invalid("members number more than max limit : 100")},
		{title: "list", call: "GET /chatgroups?limit=5", want: good(listed(`"last_modified":"1542356598700"`))},
	})
	runGroupCases(t, 2025, []groupCase{
		{title: "create with little", call: `POST /chatgroups {"public":true,"owner":"ann"}`, want: good(`{"groupid":"<id>"}`)},
		{title: "create with 101 members", call: `POST /chatgroups {"public":true,"owner":"ann","members":[` + strings.Repeat(`"bob",`, 100) + `"bob"]}`, want: good(`{"groupid":"<id>"}`)},
		{title: "list", call: "GET /chatgroups?limit=5", want: good(listed(`"lastModified":"1542356598700","created":"1542356598609"`))},
	})
}

// TestGroupFields covers what a new group is and what a change makes of it.
func TestGroupFields(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.restore(groupFixture)
	create := func(fields string) map[string]any {
		t.Helper()
		answer := s.Want(200, "POST", appPath+"/chatgroups", `{"groupname":"a/b 名","description":"d","owner":"ANN",`+fields+`}`)
		id := emulatortest.Parse(t, answer.Body).(map[string]any)["data"].(map[string]any)["groupid"].(string)
		return s.detail("/chatgroups/" + id)
	}
	expect := func(got map[string]any, want map[string]any) {
		t.Helper()
		for key, value := range want {
			if diff := cmp.Diff(value, got[key]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", key, diff)
			}
		}
	}
	usual := map[string]any{"name": "a/b 名", "owner": "ann", "maxusers": json.Number("200"), "custom": "", "allowinvites": false,
		"public": true, "membersonly": false, "affiliations_count": json.Number("1")}
	expect(create(`"public":true`), usual)
	expect(create(`"public":true,"allowinvites":true,"members":["Ann","Bob","bob"]`), map[string]any{"allowinvites": false, "affiliations_count": json.Number("2")})
	private := create(`"public":false,"allowinvites":true,"custom":"c","avatar":"https://a"`)
	expect(private, map[string]any{"allowinvites": true, "public": false, "membersonly": true, "custom": "c", "avatar": "https://a"})
	open := create(`"public":true,"membersonly":true`)
	expect(open, map[string]any{"membersonly": true})
	path := "/chatgroups/" + open["id"].(string)
	s.Want(200, "PUT", appPath+path, `{"allowinvites":true,"membersonly":false,"description":"","avatar":"x"}`)
	changed := s.detail(path)
	expect(changed, map[string]any{"allowinvites": true, "membersonly": false, "description": "", "avatar": "x", "name": "a/b 名"})
	if open["created"] != changed["created"] {
		t.Error("a change moved the time of creation")
	}
	// The time of the last change is in the list of groups, which has the newest first.
	modified := func() string {
		t.Helper()
		return emulatortest.Parse(t, s.data("/chatgroups?limit=1")).([]any)[0].(map[string]any)["last_modified"].(string)
	}
	before := modified()
	s.Advance("1h")
	if got := modified(); got != before {
		t.Errorf("the time of the last change moved from %s to %s without one", before, got)
	}
	s.Want(200, "PUT", appPath+path, `{"custom":"x"}`)
	if got := modified(); got <= before {
		t.Errorf("a change left the time of the last change at %s", got)
	}
	// A change that is refused in part is refused as a whole.
	s.Want(403, "PUT", appPath+path, `{"description":"lost","maxusers":9999}`)
	expect(s.detail(path), map[string]any{"description": "", "maxusers": json.Number("200")})
}

// detail returns the details of a group or chat room.
func (s *server) detail(path string) map[string]any {
	s.T.Helper()
	return emulatortest.Parse(s.T, s.data(path)).([]any)[0].(map[string]any)
}

// TestGroupEnvelope compares whole answers.
func TestGroupEnvelope(t *testing.T) {
	for era, want := range map[int]string{
		2018: `{"action":"get","application":"8be024f0-e978-11e8-b697-5d598d5f8402","params":{"pagesize":["1"],"pagenum":["2"]},
			"uri":"URL/chatgroups/` + groupID + `/users","entities":[],"data":[{"member":"bob"}],"timestamp":0,"duration":0,
			"organization":"chat-demo","applicationName":"testapp","count":1}`,
		2025: `{"action":"get","application":"8be024f0-e978-11e8-b697-5d598d5f8402","properties":{},
			"uri":"URL/chatgroups/` + groupID + `/users","entities":[],"data":[{"member":"bob"}],"timestamp":0,"duration":0,
			"organization":"chat-demo","applicationName":"testapp","count":1}`,
	} {
		s := serve(t, emulator.Options{EasemobEra: era})
		s.restore(groupFixture)
		got := emulatortest.Parse(t, s.Want(200, "GET", appPath+"/chatgroups/"+groupID+"/users?pagesize=1&pagenum=2", "").Body).(map[string]any)
		for _, key := range []string{"timestamp", "duration"} {
			if _, ok := got[key].(json.Number); ok {
				got[key] = json.Number("0")
			}
		}
		if diff := cmp.Diff(emulatortest.Parse(t, strings.ReplaceAll(want, "URL", s.URL+appPath)), any(got)); diff != "" {
			t.Errorf("%d (-want +got):\n%s", era, diff)
		}
		failure := emulatortest.Parse(t, s.Want(404, "DELETE", appPath+"/chatgroups/1", "").Body).(map[string]any)
		exception, named := failure["exception"]
		if era == 2018 && exception != "com.easemob.group.exception.ResourceNotFoundException" || era == 2025 && named {
			t.Errorf("%d: the exception is %v", era, exception)
		}
	}
}

// TestGroupPaging covers the list of all groups while groups come and go.
func TestGroupPaging(t *testing.T) {
	for _, kind := range []struct{ path, body, id string }{
		{"/chatgroups", `{"groupname":"%s","description":"","public":true,"owner":"ann"}`, "groupid"},
		{"/chatrooms", `{"name":"%s","description":"","owner":"ann"}`, "id"},
	} {
		t.Run(kind.path, func(t *testing.T) {
			s := serve(t, emulator.Options{})
			s.Register("ann")
			ids := map[string]string{}
			create := func(name string) {
				t.Helper()
				answer := s.Want(200, "POST", appPath+kind.path, fmt.Sprintf(kind.body, name))
				ids[name] = emulatortest.Parse(t, answer.Body).(map[string]any)["data"].(map[string]any)[kind.id].(string)
			}
			for i := range 6 {
				create(fmt.Sprintf("g%d", i))
			}
			walk := func(limit int, meanwhile func(page int)) (all []string) {
				t.Helper()
				cursor := ""
				for page := 0; ; page++ {
					var reply struct {
						Data   []map[string]any
						Cursor string
						Count  int
					}
					answer := s.Want(200, "GET", fmt.Sprintf("%s%s?limit=%d&cursor=%s", appPath, kind.path, limit, cursor), "")
					if err := json.Unmarshal([]byte(answer.Body), &reply); err != nil {
						t.Fatal(err)
					}
					if len(reply.Data) == 0 || reply.Count != len(reply.Data) {
						t.Errorf("page %d is %s", page, answer.Body)
					}
					for _, item := range reply.Data {
						name, _ := item["groupname"].(string)
						if name == "" {
							name, _ = item["name"].(string)
						}
						all = append(all, name)
					}
					if cursor = reply.Cursor; cursor == "" {
						return all
					}
					meanwhile(page)
				}
			}
			still := func(int) {}
			for _, limit := range []int{1, 2, 3, 6, 7, 5000} {
				if got, want := walk(limit, still), []string{"g5", "g4", "g3", "g2", "g1", "g0"}; !slices.Equal(got, want) {
					t.Errorf("pages of %d hold %v, want %v", limit, got, want)
				}
			}
			// The cursor of the first page points to g3, which goes; what comes is not shown.
			got := walk(2, func(page int) {
				if page == 0 {
					s.Want(200, "DELETE", appPath+kind.path+"/"+ids["g3"], "")
					create("new")
				}
			})
			if want := []string{"g5", "g4", "g2", "g1", "g0"}; !slices.Equal(got, want) {
				t.Errorf("pages hold %v, want %v", got, want)
			}
		})
	}
}

// TestGroupsOfUser covers the newer list of what a user is in.
func TestGroupsOfUser(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.restore(groupFixture)
	for range 6 {
		s.Want(200, "POST", appPath+"/chatgroups", `{"groupname":"g","description":"","public":false,"owner":"bob"}`)
	}
	var first, second struct {
		Entities []map[string]any
		Total    int
		Data     *any
	}
	for path, into := range map[string]any{"/chatgroups/user/bob": &first, "/chatgroups/user/bob?pagesize=5&pagenum=1": &second} {
		if err := json.Unmarshal([]byte(s.Want(200, "GET", appPath+path, "").Body), into); err != nil {
			t.Fatal(err)
		}
	}
	if len(first.Entities) != 5 || len(second.Entities) != 2 || first.Total != 7 || first.Data != nil {
		t.Errorf("the pages have %d and %d of %d groups", len(first.Entities), len(second.Entities), first.Total)
	}
	want := map[string]any{"groupId": groupID, "id": groupID, "name": "team", "owner": "ann", "description": "d", "disabled": false, "public": true,
		"allowinvites": false, "membersonly": false, "maxusers": 200.0, "created": 1542356598609.0}
	if diff := cmp.Diff(want, second.Entities[1]); diff != "" {
		t.Errorf("the oldest (-want +got):\n%s", diff)
	}
	s.check("GET /chatgroups/user/zoe", missingUser("zoe"))
	s.check("GET /chatgroups/user/bob?pagenum=-1", invalid("pagenum [-1] is not legal"))
}

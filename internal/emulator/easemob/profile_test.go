package easemob_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

func asForm(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }

// describes sends a call that fails with the status and with nothing but a description.
func (s *server) describes(status int, description, method, path, body string, edits ...func(*http.Request)) {
	s.T.Helper()
	answer := s.Want(status, method, appPath+path, body, edits...)
	var failure map[string]any
	if err := json.Unmarshal([]byte(answer.Body), &failure); err != nil {
		s.T.Fatal(err)
	}
	if failure["desc"] != description || len(failure) != 3 || failure["duration"] == nil || failure["timestamp"] == nil {
		s.T.Errorf("%s %s: got %s, want the desc %q", method, path, answer.Body, description)
	}
}

// TestUserAttributes covers section 5 of what is known of the platform.
func TestUserAttributes(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann", "bob")
	put := func(body, want string) {
		t.Helper()
		answer := s.Want(200, "PUT", appPath+"/metadata/user/ann", body, asForm)
		reply := emulatortest.Parse(t, answer.Body).(map[string]any)
		if diff := cmp.Diff(emulatortest.Parse(t, want), reply["data"]); diff != "" || len(reply) != 3 {
			t.Errorf("%s: got %s (-want +got):\n%s", body, answer.Body, diff)
		}
	}
	put("nickname=Ann&avatarurl="+url.QueryEscape("https://a/b?c=d&e"), `{"nickname":"Ann","avatarurl":"https://a/b?c=d&e"}`)
	put("ext=%7B%22a%22%3A1%7D&gender=2", `{"ext":"{\"a\":1}","gender":"2"}`)
	put("ext=%7B%22a%22%3A1%7D&gender=2", `{"ext":"{\"a\":1}","gender":"2"}`)
	s.check("GET /metadata/user/ANN", good(`{"nickname":"Ann","avatarurl":"https://a/b?c=d&e","ext":"{\"a\":1}","gender":"2"}`))
	put("gender=&region=%E6%B7%B1", `{"gender":"","region":"深"}`)
	s.check("GET /metadata/user/ann", good(`{"nickname":"Ann","avatarurl":"https://a/b?c=d&e","ext":"{\"a\":1}","region":"深"}`))
	s.check(`POST /metadata/user/get {"targets":["ann","bob","zoe"],"properties":["nickname","gender"]}`, good(`{"ann":{"nickname":"Ann"},"bob":{},"zoe":{}}`))
	size := len("nickname") + len("Ann") + len("avatarurl") + len("https://a/b?c=d&e") + len("ext") + len(`{"a":1}`) + len("region") + len("深")
	s.check("GET /metadata/user/capacity", good(fmt.Sprint(size)))
	if user := s.User("ann"); user["nickname"] != nil {
		t.Errorf("the push nickname became %v", user["nickname"]) // two stores
	}

	// What is not there reads as nothing.
	s.check("GET /metadata/user/bob", good(`{}`))
	s.check("GET /metadata/user/zoe", good(`{}`))
	for range 2 {
		s.check("DELETE /metadata/user/ann", good(`true`))
	}
	s.check("DELETE /metadata/user/zoe", good(`true`))
	s.check("GET /metadata/user/ann", good(`{}`))
	s.check("GET /metadata/user/capacity", good(`0`))

	// Errors.
	s.describes(404, "Not Found", "PUT", "/metadata/user/zoe", "nickname=Z", asForm)
	s.describes(400, "metadata is null", "PUT", "/metadata/user/ann", "", asForm)
	s.describes(415, "Unsupported Media Type", "PUT", "/metadata/user/ann", `{"nickname":"A"}`)
	s.describes(415, "Unsupported Media Type", "PUT", "/metadata/user/ann", "nickname=A", func(r *http.Request) { r.Header.Del("Content-Type") })
	s.describes(400, "unexpected end of JSON input", "POST", "/metadata/user/get", `{"targets":`)
	s.describes(400, "targets is not legal", "POST", "/metadata/user/get", `{"targets":"ann"}`)
	put("sign="+strings.Repeat("x", 2044), `{"sign":"`+strings.Repeat("x", 2044)+`"}`) // 2 KB with its key
	s.describes(403, "size of metadata for this single user exceeds the user defined limit, 2048Bytes", "PUT", "/metadata/user/ann", "a=b", asForm)
	s.describes(413, "the request body exceeds 16 KB", "PUT", "/metadata/user/ann", "a="+strings.Repeat("x", 16<<10), asForm)
	s.describes(403, "exceed allowed batch size 100", "POST", "/metadata/user/get", `{"targets":["x"`+strings.Repeat(`,"x"`, 100)+`],"properties":["a"]}`)
	s.describes(400, "targets is null", "POST", "/metadata/user/get", `{"properties":["a"]}`)
	s.describes(400, "properties is null", "POST", "/metadata/user/get", `{"targets":["ann"]}`)
	for _, call := range []string{"GET /metadata/user/ann", "DELETE /metadata/user/ann", "POST /metadata/user/get", "GET /metadata/user/capacity"} {
		method, path, body := splitCall(call)
		for _, token := range []string{"", brokenToken, strangeToken} {
			s.describes(401, "unauthorized", method, path, body, emulatortest.Bearer(token))
		}
	}
	login := s.Want(200, "POST", appPath+"/token", `{"grant_type":"password","username":"ann","password":"1"}`)
	asAnn := emulatortest.Bearer(emulatortest.Parse(t, login.Body).(map[string]any)["access_token"].(string))
	s.Want(200, "PUT", appPath+"/metadata/user/ann", "sign=", asForm, asAnn)
	s.describes(401, "unauthorized", "PUT", "/metadata/user/bob", "sign=x", asForm, asAnn)
	s.describes(401, "unauthorized", "GET", "/metadata/user/capacity", "", asAnn)

	// The attributes go with their user.
	s.Want(200, "PUT", appPath+"/metadata/user/ann", "sign=x", asForm)
	s.Want(200, "DELETE", appPath+"/users/ann", "")
	s.Register("ann")
	s.check("GET /metadata/user/ann", good(`{}`))

	newer := serve(t, emulator.Options{EasemobEra: 2025})
	newer.Register("ann")
	newer.fails(404, "metadata_error", "Not Found", "PUT", appPath+"/metadata/user/zoe", "nickname=Z", asForm)
	newer.fails(415, "web_application", "Unsupported Media Type", "PUT", appPath+"/metadata/user/ann", `{"nickname":"A"}`)
	newer.fails(400, "json_parse", "", "POST", appPath+"/metadata/user/get", `{"targets":`)
	newer.fails(400, "BAD_REQUEST", "exceed allowed batch size 100", "POST", appPath+"/metadata/user/get", `{"targets":["x"`+strings.Repeat(`,"x"`, 100)+`],"properties":["a"]}`)
	newer.fails(403, "FORBIDDEN", "2048Bytes", "PUT", appPath+"/metadata/user/ann", "sign="+strings.Repeat("x", 2045), asForm)
	newer.fails(401, "unauthorized", "Unable to authenticate (OAuth)", "GET", appPath+"/metadata/user/ann", "", emulatortest.Bearer(""))
}

// TestRemarks covers section 6 of what is known of the platform.
func TestRemarks(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann", "bob", "cat", "dan")
	for _, name := range []string{"bob", "cat", "dan"} {
		s.Want(200, "POST", appPath+"/users/ann/contacts/users/"+name, "")
	}
	for range 2 {
		answer := s.Want(200, "PUT", appPath+"/user/ANN/contacts/users/Cat", `{"remark":"C 猫"}`)
		reply := emulatortest.Parse(t, answer.Body).(map[string]any)
		if reply["action"] != "put" || reply["status"] != "ok" || reply["uri"] != s.URL+appPath+"/user/ANN/contacts/users/Cat" || len(reply) != 5 {
			t.Errorf("got %s", answer.Body)
		}
	}
	s.check("GET /user/ann/contacts?needReturnRemark=true", good(`{"contacts":[{"username":"dan","remark":null},{"username":"cat","remark":"C 猫"},{"username":"bob","remark":null}]}`))
	s.check("GET /user/cat/contacts?needReturnRemark=true", good(`{"contacts":[{"username":"ann","remark":null}]}`)) // one direction
	s.check("GET /user/ann/contacts?limit=50", good(`{"contacts":[{"username":"dan"},{"username":"cat"},{"username":"bob"}]}`))
	if got := s.data("/users/ann/contacts/users"); got != `["dan","cat","bob"]` {
		t.Errorf("the names are %s", got)
	}
	s.Want(200, "POST", appPath+"/users/cat/contacts/users/ann", "") // once more changes nothing
	s.check("GET /user/ann/contacts?limit=2&needReturnRemark=true", good(`{"contacts":[{"username":"dan","remark":null},{"username":"cat","remark":"C 猫"}]}`))
	if got := s.keys("GET", "/user/ann/contacts?limit=2", ""); got != "action count cursor data duration entities params timestamp uri" {
		t.Errorf("a page has the keys %s", got)
	}

	s.Want(200, "PUT", appPath+"/user/ann/contacts/users/cat", `{"remark":""}`)
	s.check("GET /user/ann/contacts?limit=2&needReturnRemark=true", good(`{"contacts":[{"username":"dan","remark":null},{"username":"cat","remark":null}]}`))
	s.Want(200, "PUT", appPath+"/user/ann/contacts/users/cat", `{"remark":"x"}`)
	s.Want(200, "DELETE", appPath+"/users/cat/contacts/users/ann", "") // a remark goes with its contact
	s.Want(200, "POST", appPath+"/users/ann/contacts/users/cat", "")
	s.check("GET /user/ann/contacts?limit=1&needReturnRemark=true", good(`{"contacts":[{"username":"cat","remark":null}]}`))

	s.Register("eve")
	s.fails(400, "illegal_argument", "updateRemark they are not friends, please add as a friend first.", "PUT", appPath+"/user/ann/contacts/users/eve", `{"remark":"x"}`)
	s.fails(404, "service_resource_not_found", "", "PUT", appPath+"/user/ann/contacts/users/zoe", `{"remark":"x"}`)
	s.fails(404, "service_resource_not_found", "", "PUT", appPath+"/user/zoe/contacts/users/ann", `{"remark":"x"}`)
	s.fails(400, "illegal_argument", "100 characters", "PUT", appPath+"/user/ann/contacts/users/bob", `{"remark":"`+strings.Repeat("猫", 101)+`"}`)
	s.fails(400, "illegal_argument", "remark is required", "PUT", appPath+"/user/ann/contacts/users/bob", `{}`)
	s.fails(404, "service_resource_not_found", "", "GET", appPath+"/user/zoe/contacts", "")
	s.fails(400, "illegal_argument", "getContacts | page size more than max limit : 50", "GET", appPath+"/user/ann/contacts?limit=51", "")
	s.fails(400, "illegal_argument", "limit [0]", "GET", appPath+"/user/ann/contacts?limit=0", "")
	s.fails(400, "illegal_argument", "cursor [x]", "GET", appPath+"/user/ann/contacts?cursor=x", "")
	s.fails(401, "unauthorized", "applications:get:", "GET", appPath+"/user/ann/contacts", "", emulatortest.Bearer(""))
}

// TestContactPages covers the paged list while contacts come and go.
func TestContactPages(t *testing.T) {
	s := serve(t, emulator.Options{})
	var users, names []string
	for i := range 60 {
		name := fmt.Sprintf("u%02d", i)
		users = append(users, `{"username":"`+name+`"}`)
		names = append(names, name)
	}
	s.restore(`{"users":[{"username":"ann"},{"username":"new"},` + strings.Join(users, ",") + `],"contacts":{"ann":["` + strings.Join(names, `","`) + `"]}}`)
	walk := func(limit int, meanwhile func(page int)) (all []string) {
		t.Helper()
		cursor := ""
		for page := 0; ; page++ {
			var reply struct {
				Data   struct{ Contacts []struct{ Username string } }
				Cursor string
				Count  int
			}
			answer := s.Want(200, "GET", fmt.Sprintf("%s/user/ann/contacts?limit=%d&cursor=%s", appPath, limit, cursor), "")
			if err := json.Unmarshal([]byte(answer.Body), &reply); err != nil {
				t.Fatal(err)
			}
			if reply.Count != len(reply.Data.Contacts) || reply.Count == 0 {
				t.Fatalf("page %d is %s", page, answer.Body)
			}
			for _, contact := range reply.Data.Contacts {
				all = append(all, contact.Username)
			}
			if cursor = reply.Cursor; cursor == "" {
				return all
			}
			meanwhile(page)
		}
	}
	for _, limit := range []int{7, 20, 50} {
		if got := walk(limit, func(int) {}); !slices.Equal(got, names) {
			t.Errorf("pages of %d hold %v", limit, got)
		}
	}
	got := walk(20, func(page int) {
		if page == 0 {
			s.Want(200, "DELETE", appPath+"/users/ann/contacts/users/u20", "") // that the cursor points to
			s.Want(200, "POST", appPath+"/users/ann/contacts/users/new", "")
		}
	})
	if want := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == "u20" }); !slices.Equal(got, want) {
		t.Errorf("pages hold %v", got)
	}
}

// TestImportContacts covers the call that adds several contacts.
func TestImportContacts(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.Register("ann", "bob", "cat")
	const call = `POST /users/ann/contacts/import {"usernames":["bob","Cat","zoe"]}`
	for range 2 {
		s.check(call, good(`{"success":["bob","cat"],"NotExistFailed":["zoe"],"maxLimitFailed":[],"UnKnowFailed":[]}`))
	}
	if got := s.data("/users/ann/contacts/users"); got != `["cat","bob"]` {
		t.Errorf("the contacts are %s", got)
	}
	s.fails(404, "service_resource_not_found", "", "POST", appPath+"/users/zoe/contacts/import", `{"usernames":["bob"]}`)
	s.fails(400, "illegal_argument", "max limit : 10", "POST", appPath+"/users/ann/contacts/import", namesBody(11))
	s.fails(400, "illegal_argument", "usernames is required", "POST", appPath+"/users/ann/contacts/import", `{}`)
}

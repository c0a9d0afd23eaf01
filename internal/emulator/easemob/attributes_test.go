package easemob_test

import (
	"fmt"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
)

// TestMemberAttributes covers the attributes of the members of groups.
func TestMemberAttributes(t *testing.T) {
	path := "/metadata/chatgroup/" + groupID
	stranger := bad(404, "MetadataException", "user not in group")
	value := strings.Repeat("v", 512)
	var most []string
	for i := range 7 {
		most = append(most, fmt.Sprintf(`"k%d":"%s"`, i, value))
	}
	cases := []groupCase{
		{title: "set", call: "PUT " + path + `/user/bob {"metaData":{"a":"1","b":"2"}}`, want: good(`{"a":"1","b":"2"}`), again: andAgain(good(`{"a":"1","b":"2"}`))},
		{title: "get", call: "GET " + path + "/user/dan", want: good(`{"nick":"D"}`)},
		{title: "get of a member who has none", call: "GET " + path + "/user/bob", want: good(`{}`)},
		{title: "set others", before: "PUT " + path + `/user/dan {"metaData":{"a":"1"}}`, call: "GET " + path + "/user/dan", want: good(`{"nick":"D","a":"1"}`)},
		{title: "remove one", before: "PUT " + path + `/user/dan {"metaData":{"nick":"","x":""}}`, call: "GET " + path + "/user/dan", want: good(`{}`)},
		{title: "of the owner", before: "PUT " + path + `/user/ann {"metaData":{"a":"1"}}`, call: "GET " + path + "/user/ann", want: good(`{"a":"1"}`)},
		{title: "of an owner who hands over", before: "PUT " + path + `/user/ann {"metaData":{"a":"1"}}` + "\nPUT /chatgroups/" + groupID + ` {"newowner":"dan"}`, call: "POST " + path + `/get {"targets":["ann","dan"],"properties":[]}`, want: good(`{"ann":{"a":"1"},"dan":{"nick":"D"}}`)},
		{title: "of who left", before: "DELETE /chatgroups/" + groupID + "/users/dan\nPOST /chatgroups/" + groupID + "/users/dan", call: "GET " + path + "/user/dan", want: good(`{}`)},
		{title: "get of a stranger", call: "GET " + path + "/user/fay", want: stranger},
		{title: "set of a stranger", call: "PUT " + path + `/user/fay {"metaData":{"a":"1"}}`, want: stranger},
		{title: "set of nobody", call: "PUT " + path + `/user/zoe {"metaData":{"a":"1"}}`, want: stranger},
		{title: "set in a disabled group", before: "POST /chatgroups/" + groupID + "/disable", call: "PUT " + path + `/user/bob {"metaData":{"a":"1"}}`, want: forbidden("group " + groupID + " is disabled!")},
		{title: "get in a disabled group", before: "POST /chatgroups/" + groupID + "/disable", call: "GET " + path + "/user/dan", want: good(`{"nick":"D"}`)},
		{title: "set in nothing", call: `PUT /metadata/chatgroup/1/user/bob {"metaData":{"a":"1"}}`, want: missingGroup("1")},
		{title: "set nothing", call: "PUT " + path + `/user/bob {}`, want: bad(400, "metadata_error", "metaData is null")},
		{title: "set a long key", call: "PUT " + path + `/user/bob {"metaData":{"` + strings.Repeat("k", 17) + `":"1"}}`, want: bad(400, "metadata_error", "exceeds chatgroup user metadata single key limit")},
		{title: "set a long value", call: "PUT " + path + `/user/bob {"metaData":{"a":"v` + value + `"}}`, want: bad(400, "metadata_error", "exceeds chatgroup user metadata single value limit")},
		{title: "set too much", before: "PUT " + path + `/user/bob {"metaData":{` + strings.Join(most, ",") + `}}`, call: "PUT " + path + `/user/bob {"metaData":{"z":"` + value + `"}}`, want: bad(400, "metadata_error", "exceeds chatgroup user metadata total limit")},
		{title: "set a number", call: "PUT " + path + `/user/bob {"metaData":{"a":1}}`, want: invalid("metaData is not legal")},
		{title: "get several", call: "POST " + path + `/get {"targets":["dan","bob","fay"],"properties":["nick"]}`, want: good(`{"dan":{"nick":"D"},"bob":{},"fay":{}}`)},
		{title: "get others of several", call: "POST " + path + `/get {"targets":["dan"],"properties":["a"]}`, want: good(`{"dan":{}}`)},
		{title: "get of 11", call: "POST " + path + `/get {"targets":["a","b","c","d","e","f","g","h","i","j","k"]}`, want: bad(400, "metadata_error", "query param reaches limit.")},
		{title: "get of none", call: "POST " + path + `/get {}`, want: bad(400, "metadata_error", "targets is null")},
		{title: "get several of nothing", call: `POST /metadata/chatgroup/1/get {"targets":["dan"]}`, want: missingGroup("1")},
	}
	runGroupCases(t, 2018, cases)
	runGroupCases(t, 2025, cases)
}

// TestRoomAttributes covers the attributes of chat rooms, whose keys belong to users.
func TestRoomAttributes(t *testing.T) {
	path := "/metadata/chatroom/" + roomID
	long := strings.Repeat("k", 129)
	eleven := `"1":"","2":"","3":"","4":"","5":"","6":"","7":"","8":"","9":"","10":"","11":""`
	done := func(success, failed string) answerOf {
		return good(`{"successKeys":[` + success + `],"errorKeys":{` + failed + `}}`)
	}
	stranger := bad(401, "MetadataException", "user is not in chatroom")
	cases := []groupCase{
		{title: "set", call: "PUT " + path + `/user/bob {"metaData":{"b":"2","a":"1"},"autoDelete":"DELETE"}`, want: done(`"a","b"`, ""), again: andAgain(done(`"a","b"`, ""))},
		{title: "get", call: "POST " + path + ` {"keys":["seat","none"]}`, want: good(`{"seat":"1"}`)},
		{title: "get all", before: "PUT " + path + `/user/bob {"metaData":{"a":"1"}}`, call: "POST " + path, want: good(`{"seat":"1","a":"1"}`)},
		{title: "set some, others fail", call: "PUT " + path + `/user/bob {"metaData":{"a":"1","seat":"2","` + long + `":"1","a b":"1"}}`, want: done(`"a"`,
			`"seat":"others are not allowed to be set","`+long+`":"properties key '`+long+`' is exceeding maximum limit 128","a b":"properties key 'a b' is not legal"`)},
		{title: "set a long value", call: "PUT " + path + `/user/bob {"metaData":{"a":"` + strings.Repeat("v", 4097) + `"}}`, want: done("", `"a":"properties value of 'a' is exceeding maximum limit 4096"`)},
		{title: "set by force", call: "PUT " + path + `/user/bob/forced {"metaData":{"seat":"2"}}`, want: done(`"seat"`, "")},
		{title: "set 11", call: "PUT " + path + `/user/bob {"metaData":{` + eleven + `}}`, want: bad(400, "metadata_error", "exceed allowed batch size 10")},
		{title: "set nothing", call: "PUT " + path + `/user/bob {}`, want: bad(400, "metadata_error", "metaData is null")},
		{title: "set with another end", call: "PUT " + path + `/user/bob {"metaData":{"a":"1"},"autoDelete":"NEVER"}`, want: bad(400, "metadata_error", "autoDelete is not legal")},
		{title: "set by a stranger", call: "PUT " + path + `/user/fay {"metaData":{"a":"1"}}`, want: stranger},
		{title: "set in nothing", call: `PUT /metadata/chatroom/1/user/bob {"metaData":{"a":"1"}}`, want: missingGroup("1")},
		{title: "delete", call: "DELETE " + path + `/user/dan {"keys":["seat"]}`, want: done(`"seat"`, ""), again: andAgain(done("", `"seat":"properties key 'seat' does not exist"`))},
		{title: "delete one of others", call: "DELETE " + path + `/user/bob {"keys":["seat"]}`, want: done("", `"seat":"others are not allowed to be set"`)},
		{title: "delete by force", call: "DELETE " + path + `/user/bob/forced {"keys":["seat"]}`, want: done(`"seat"`, "")},
		{title: "delete 11", call: "DELETE " + path + `/user/bob {"keys":["1","2","3","4","5","6","7","8","9","10","11"]}`, want: bad(400, "metadata_error", "exceed allowed batch size 10")},
		{title: "delete by a stranger", call: "DELETE " + path + `/user/fay {"keys":["seat"]}`, want: stranger},
		{title: "a key goes with its user", before: "DELETE /chatrooms/" + roomID + "/users/dan", call: "POST " + path, want: good(`{}`)},
		{title: "a key stays without its user", before: "PUT " + path + `/user/dan {"metaData":{"stay":"1"},"autoDelete":"NO_DELETE"}` + "\nDELETE /chatrooms/" + roomID + "/users/dan", call: "POST " + path, want: good(`{"stay":"1"}`)},
		{title: "get of nothing", call: "POST /metadata/chatroom/1", want: missingGroup("1")},
	}
	runGroupCases(t, 2018, cases)
	runGroupCases(t, 2025, cases)

	s := serve(t, emulator.Options{})
	s.restore(groupFixture)
	for i := range 10 {
		var keys []string
		for j := range 10 {
			keys = append(keys, fmt.Sprintf(`"k%d":"1"`, 10*i+j))
		}
		s.Want(200, "PUT", appPath+path+"/user/bob", `{"metaData":{`+strings.Join(keys, ",")+`}}`)
	}
	s.check("PUT "+path+`/user/bob {"metaData":{"one-more":"1"}}`, done("", `"one-more":"properties are exceeding maximum limit 100"`))
}

// TestAttributeEnvelopes covers that answers about attributes hold little else.
func TestAttributeEnvelopes(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.restore(groupFixture)
	for call, want := range map[string]string{
		"GET /metadata/chatgroup/" + groupID + "/user/dan":                           "data duration timestamp",
		"POST /metadata/chatroom/" + roomID:                                          "action data duration timestamp uri",
		"DELETE /metadata/chatroom/" + roomID + `/user/dan {"keys":["seat"]}`:        "action data duration status timestamp uri",
		"PUT /metadata/chatroom/" + roomID + `/user/dan {"metaData":{"seat":"2"}}`:   "action data duration timestamp uri",
		"PUT /metadata/chatgroup/" + groupID + `/user/dan {"metaData":{"nick":"E"}}`: "data duration timestamp",
	} {
		method, path, body := splitCall(call)
		if got := s.keys(method, path, body); got != want {
			t.Errorf("%s has the keys %s, want %s", call, got, want)
		}
	}
}

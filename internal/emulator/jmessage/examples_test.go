package jmessage_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator/emulatortest"
)

// sampleState holds what the document's examples are about, so that they are
// answered as printed. Names of the document that are too short for its own rule
// ("cai", "yi", "tom") are lengthened.
const sampleState = `{
  "applications": {
    "4f7aef34fb361292c566a1cd": {
      "users": [
        {"username": "javen", "nickname": "hello", "avatar": "/avatar", "birthday": "1990-01-24 00:00:00", "gender": 0,
         "signature": "orz", "region": "shenzhen", "address": "shenzhen",
         "mtime": "2015-01-01 00:00:00", "ctime": "2015-01-01 00:00:00", "extras": {"key": "value"},
         "friends": [{"username": "user_caiyh"}]},
        {"username": "caiyh", "devices": [{"platform": "a", "login": true, "online": false}]},
        {"username": "caiyh01"},
        {"username": "Rauly", "devices": [{"platform": "a", "login": false, "online": false}]},
        {"username": "fang"}, {"username": "ppppp"},
        {"username": "user_caiyh", "blacklist": ["javen"],
         "friends": [{"username": "javen", "note_name": "= =", "others": "test"}]},
        {"username": "USER1"}, {"username": "USER2"},
        {"username": "user01"}, {"username": "user02"},
        {"username": "username1"}, {"username": "username2"},
        {"username": "test1"}, {"username": "test2"}, {"username": "test3"}, {"username": "test4"},
        {"username": "name3"}, {"username": "name4"},
        {"username": "tommy"}, {"username": "eddie"}, {"username": "annie"}, {"username": "liming"},
        {"username": "xiaoming"}, {"username": "135380113231"},
        {"username": "13538013231", "mtime": "2017-10-30 17:24:17", "ctime": "2017-10-30 17:24:17"},
        {"username": "xia_12", "mtime": "2017-02-08 17:56:04", "ctime": "2017-02-08 17:56:04"}
      ],
      "groups": [
        {"gid": 110000101, "name": "one", "owner": "tommy",
         "members": [{"username": "tommy"}, {"username": "test3"}, {"username": "test4"}, {"username": "name3"}, {"username": "name4"}]},
        {"gid": 1000001111, "name": "two", "owner": "tommy", "members": [{"username": "tommy"}, {"username": "username1"}, {"username": "username2"}]}
      ],
      "chatrooms": [
        {"id": 10000001, "name": "test", "description": "test", "owner": "xiaoming", "ctime": "2017-11-27 18:38:25",
         "members": [{"username": "xiaoming"}, {"username": "tommy"}]},
        {"id": 10000002, "name": "test", "description": "test", "owner": "xiaoming", "ctime": "2017-11-27 18:38:25",
         "members": [{"username": "xiaoming"}, {"username": "annie"}]},
        {"id": 100000, "name": "members", "owner": "13538013231",
         "members": [{"username": "13538013231", "room_ctime": "2017-11-17 08:57:54"}, {"username": "xia_12", "room_ctime": "2017-11-16 19:13:07"}]},
        {"id": 111000001, "name": "old", "owner": "liming",
         "members": [{"username": "liming"}, {"username": "135380113231"}, {"username": "caiyh"}, {"username": "name3"}, {"username": "name4"}]}
      ],
      "sensitive_words": [{"name": "first"}, {"name": "second"}, {"name": "fuck", "itime": "1970-01-17 16:49:11"}],
      "sensitive_word_filter": true,
      "sdk_registration": false
    },
    "a1b2c3d4e5f6a7b8c9d0e1f2": {
      "users": [
        {"username": "caicai", "nickname": "hello", "mtime": "2015-01-01 00:00:00", "ctime": "2015-01-01 00:00:00"},
        {"username": "yiyi", "nickname": "hello", "mtime": "2015-01-01 00:00:00", "ctime": "2015-01-01 00:00:00"},
        {"username": "huang", "nickname": "hello", "mtime": "2015-01-01 00:00:00", "ctime": "2015-01-01 00:00:00"}
      ]
    },
    "dcf71ef5082057832bd44fbd": {
      "master_secret": "demo-master-secret-00000",
      "users": [
        {"username": "owner"},
        {"username": "javen", "nickname": "hello", "avatar": "/avatar", "birthday": "1990-01-24 00:00:00", "gender": 0,
         "signature": "orz", "region": "shenzhen", "address": "shenzhen",
         "mtime": "2015-01-01 00:00:00", "ctime": "2015-01-01 00:00:00"}
      ],
      "groups": [
        {"gid": 12345, "name": "jpush", "desc": "push", "owner": "owner",
         "mtime": "2014-07-01 00:00:00", "ctime": "2014-06-05 00:00:00",
         "members": [{"username": "javen"}, {"username": "owner"}]}
      ]
    }
  }
}`

// javen is the profile most examples print.
const javen = `"username": "javen", "nickname": "hello", "avatar": "/avatar", "birthday": "1990-01-24 00:00:00", "gender": 0,
	"signature": "orz", "region": "shenzhen", "address": "shenzhen"`

const javenTimes = `"mtime": "2015-01-01 00:00:00", "ctime": "2015-01-01 00:00:00"`

const sampleGroup = `{"gid": 12345, "name": "jpush", "desc": "push", "appkey": "dcf71ef5082057832bd44fbd",
	"MaxMemberCount": 500, "mtime": "2014-07-01 00:00:00", "ctime": "2014-06-05 00:00:00"}`

func sampleRoom(id string) string {
	return `{"id": ` + id + `, "owner_username": "xiaoming", "max_member_count": 10000,
		"appkey": "4f7aef34fb361292c566a1cd", "name": "test", "description": "test",
		"total_member_count": 2, "ctime": "2017-11-27 18:38:25"}`
}

// TestExamples sends every example of the document. One without a wanted
// body has to be answered with none.
func TestExamples(t *testing.T) {
	for _, example := range []struct {
		title  string
		app    string   // firstKey unless told otherwise
		before []string // "METHOD path body", calls that succeed
		method string
		path   string
		body   string
		status int
		want   string
	}{
		{
			title: "注册用户", method: "POST", path: "/v1/users/", body: `[{"username": "dev_fang", "password": "password"}]`,
			status: 201, want: `[{"username": "dev_fang"}]`,
		},
		{
			title: "注册用户: 899001", method: "POST", path: "/v1/users/", status: 201,
			body: `[{"username": "dev_fang", "password": "password"}, {"username": "javen", "password": "password"}]`,
			want: `[{"username": "dev_fang"}, {"username": "javen", "error": {"code": 899001, "message": "User exist"}}]`,
		},
		{
			title: "获取用户信息", method: "GET", path: "/v1/users/javen",
			status: 200, want: `{` + javen + `,` + javenTimes + `, "extras": {"key": "value"}}`,
		},
		{
			title: "获取用户信息: unset keys are absent", method: "GET", path: "/v1/users/fang",
			status: 200, want: `{"username": "fang", "mtime": "<time>", "ctime": "<time>"}`,
		},
		{
			title: "更新用户信息", method: "PUT", path: "/v1/users/javen", body: `{"nickname": "Hello JMessage"}`, status: 204,
		},
		{
			title: "用户在线状态查询", method: "GET", path: "/v1/users/caiyh/userstat",
			status: 200, want: `{"login": true, "online": false}`,
		},
		{
			title: "用户在线状态查询: 899003", method: "GET", path: "/v1/users/_no/userstat",
			status: 400, want: `{"error": {"code": 899003, "message": "parameter invalid"}}`,
		},
		{
			title: "用户在线状态查询: 899002", method: "GET", path: "/v1/users/nobody/userstat",
			status: 403, want: `{"error": {"code": 899002, "message": "No such user"}}`,
		},
		{
			// The example asks for USER1 and USER2 and is answered for others.
			title: "批量用户在线状态查询", method: "POST", path: "/v1/users/userstat", body: `["caiyh01", "Rauly"]`, status: 200,
			want: `[{"devices": [], "username": "caiyh01"},
				{"devices": [{"login": false, "online": false, "platform": "a"}], "username": "Rauly"}]`,
		},
		{
			title: "批量用户在线状态查询: 899003", method: "POST", path: "/v1/users/userstat", body: `["caiyh01", "no"]`,
			status: 400, want: `{"error": {"code": 899003, "message": "parameter invalid"}}`,
		},
		{
			title: "批量用户在线状态查询: 899002", method: "POST", path: "/v1/users/userstat", body: `["caiyh01", "nobody"]`,
			status: 403, want: `{"error": {"code": 899002, "message": "No such user"}}`,
		},
		{
			title: "批量用户在线状态查询 v2", before: []string{"DELETE /v1/users/caiyh01"},
			method: "POST", path: statesV2, body: `["caiyh01", "Rauly"]`, status: 200,
			want: `[{"devices": [], "username": "caiyh01", "statuscode": 1, "statusmsg": "no_exist"},
				{"devices": [{"login": false, "online": false, "platform": "a"}], "username": "Rauly", "statuscode": 0}]`,
		},
		{
			title: "批量用户在线状态查询 v2: 899003", method: "POST", path: statesV2, body: `["no"]`,
			status: 400, want: `{"error": {"code": 899003, "message": "parameter invalid"}}`,
		},
		{
			title: "修改密码", method: "PUT", path: "/v1/users/javen/password", body: `{"new_password": "654321"}`, status: 204,
		},
		{title: "删除用户", method: "DELETE", path: "/v1/users/javen", status: 204},
		{title: "批量删除用户", method: "DELETE", path: "/v1/users/", body: `["USER1", "USER2"]`, status: 200},
		{title: "添加黑名单", method: "PUT", path: "/v1/users/javen/blacklist", body: `["test1", "test2"]`, status: 204},
		{
			title: "移除黑名单", before: []string{`PUT /v1/users/javen/blacklist ["test1", "test2"]`},
			method: "DELETE", path: "/v1/users/javen/blacklist", body: `["test1", "test2"]`, status: 204,
		},
		{
			// Printed with PUT in its request header and with "avatar" = "/avatar".
			title: "黑名单列表", method: "GET", path: "/v1/users/user_caiyh/blacklist",
			status: 200, want: `[{` + javen + `,` + javenTimes + `}]`,
		},
		{
			// Printed with the count 100 and three of its items.
			title: "获取用户列表", app: secondKey, method: "GET", path: "/v1/users/?start=0&count=100", status: 200,
			want: `{"total": 3, "start": 0, "count": 3, "users": [
				{"username": "caicai", "nickname": "hello", ` + javenTimes + `},
				{"username": "yiyi", "nickname": "hello", ` + javenTimes + `},
				{"username": "huang", "nickname": "hello", ` + javenTimes + `}]}`,
		},
		{
			title:  "免打扰设置",
			before: []string{`POST /v1/users/javen/nodisturb {"group": {"add": [1000001111]}, "global": 1}`},
			method: "POST", path: "/v1/users/javen/nodisturb", status: 204,
			body: `{"single": {"add": ["username1", "username2"]}, "group": {"add": [110000101], "remove": [1000001111]}, "global": 0}`,
		},
		{
			title: "免打扰设置: 899003", method: "POST", path: "/v1/users/_no/nodisturb", body: `{"global": 1}`,
			status: 400, want: `{"error": {"code": 899003, "message": "parameter invalid"}}`,
		},
		{
			title: "免打扰设置: 899002", method: "POST", path: "/v1/users/nobody/nodisturb", body: `{"global": 1}`,
			status: 403, want: `{"error": {"code": 899002, "message": "No such user"}}`,
		},
		{
			title: "免打扰设置: 899051", method: "POST", path: "/v1/users/javen/nodisturb", body: `{"group": {"add": [7]}}`,
			status: 403, want: `{"error": {"code": 899051, "message": "<string>"}}`,
		},
		{
			title:  "免打扰设置: 899052",
			before: []string{`POST /v1/users/javen/nodisturb {"group": {"add": [110000101]}}`},
			method: "POST", path: "/v1/users/javen/nodisturb", body: `{"group": {"add": [110000101]}}`,
			status: 403, want: `{"error": {"code": 899052, "message": "<string>"}}`,
		},
		{
			// Printed as 99053 here, and in full with the cross-app call.
			title: "免打扰设置: 899053", method: "POST", path: "/v1/users/javen/nodisturb", body: `{"group": {"remove": [110000101]}}`,
			status: 403, want: `{"error": {"code": 899053, "message": "<string>"}}`,
		},
		{title: "禁用用户", method: "PUT", path: "/v1/users/javen/forbidden?disable=true", status: 204},
		{
			title: "发送消息: text", method: "POST", path: "/v1/messages", status: 201,
			body: `{"version": 1, "target_type": "single", "target_id": "javen", "from_type": "user", "from_id": "fang",
				"msg_type": "text", "msg_body": {"extras": {}, "text": "Hello, JMessage!"}}`,
			want: `{"msg_id": 43143728109, "msg_ctime": "<number>"}`,
		},
		{
			title: "发送消息: image", method: "POST", path: "/v1/messages", status: 201,
			body: `{"version": 1, "target_type": "single", "target_id": "javen", "from_type": "user", "from_id": "fang",
				"msg_type": "image", "msg_body": {"media_id": "qiniu/image/CE0ACD035CBF71F8", "media_crc32": 2778919613,
				"width": 3840, "height": 2160, "fsize": 3328738, "format": "jpg"}}`,
			want: `{"msg_id": 43143728109, "msg_ctime": "<number>"}`,
		},
		{
			// Printed with a semicolon after fsize.
			title: "发送消息: voice", method: "POST", path: "/v1/messages", status: 201,
			body: `{"version": 1, "target_type": "single", "target_id": "ppppp", "from_type": "user", "from_id": "user_caiyh",
				"msg_type": "voice", "msg_body": {"media_id": "qiniu/voice/j/A96B61EB3AF0E5CDE66D377DEA4F76B8",
				"media_crc32": 1882116055, "hash": "FoYn15bAGRUM9gZCAkvf9dolVH7h", "fsize": 12344, "duration": 6}}`,
			want: `{"msg_id": 43143728109, "msg_ctime": "<number>"}`,
		},
		{
			// Printed with the msg_type voice.
			title: "发送消息: custom", method: "POST", path: "/v1/messages", status: 201,
			body: `{"version": 1, "target_type": "single", "target_id": "ppppp", "from_type": "user", "from_id": "user_caiyh",
				"msg_type": "custom", "msg_body": {"define": "yourself"}}`,
			want: `{"msg_id": 43143728109, "msg_ctime": "<number>"}`,
		},
		{
			title: "发送消息: 899003", method: "POST", path: "/v1/messages", body: `{"version": 1}`,
			status: 400, want: `{"error": {"code": 899003, "message": "parameter invalid"}}`,
		},
		{
			title: "发送消息: 899002", method: "POST", path: "/v1/messages", status: 403,
			body: `{"version": 1, "target_type": "single", "target_id": "nobody", "from_type": "user", "from_id": "fang",
				"msg_type": "text", "msg_body": {"text": "Hello"}}`,
			want: `{"error": {"code": 899002, "message": "No such user"}}`,
		},
		{
			title: "发送消息: 899016", method: "POST", path: "/v1/messages", status: 403,
			body: `{"version": 1, "target_type": "single", "target_id": "javen", "from_type": "admin", "from_id": "fang",
				"msg_type": "text", "msg_body": {"text": "Hello"}}`,
			want: `{"error": {"code": 899016, "message": "No authority to send message"}}`,
		},
		{
			title: "消息撤回",
			before: []string{`POST /v1/messages {"version": 1, "target_type": "single", "target_id": "javen", "from_type": "user",
				"from_id": "fang", "msg_type": "text", "msg_body": {"text": "Hello"}}`},
			method: "POST", path: "/v1/messages/fang/43143728109/retract", status: 204,
		},
		{
			title: "消息撤回: 855003", method: "POST", path: "/v1/messages/fang/43143728109/retract",
			status: 403, want: `{"error": {"code": 855003, "message": "<string>"}}`,
		},
		{
			// The sample has a number for an owner and an = after MaxMemberCount. Members as it shows them not at all.
			title: "创建群组", method: "POST", path: "/v1/groups/", status: 201,
			body: `{"owner_username": "tommy", "name": "群聊天室", "members_username": ["eddie", "annie"], "flag": 1, "desc": "运动"}`,
			want: `{"gid": "<number>", "owner_username": "tommy", "name": "群聊天室", "members_username": ["eddie", "annie"],
				"desc": "运动", "MaxMemberCount": 500}`,
		},
		{title: "获取群组详情", app: sampleKey, method: "GET", path: "/v1/groups/12345", status: 200, want: sampleGroup},
		{title: "更新群组信息", app: sampleKey, method: "PUT", path: "/v1/groups/12345", body: `{"name": "new"}`, status: 204},
		{title: "删除群组", app: sampleKey, method: "DELETE", path: "/v1/groups/12345", status: 204},
		{
			title: "更新群组成员", method: "POST", path: "/v1/groups/110000101/members",
			body: `{"add": ["test1", "test2"], "remove": ["test3", "test4"]}`, status: 204,
		},
		{title: "添加群组成员 V2", method: "POST", path: "/v2/groups/110000101/addMembers", body: `["test1", "test2"]`, status: 204},
		{title: "删除群组成员 V2", method: "POST", path: "/v2/groups/110000101/delMembers", body: `["test3", "test4"]`, status: 204},
		{
			title: "获取群组成员列表", app: sampleKey, method: "GET", path: "/v1/groups/12345/members/",
			status: 200, want: `[{` + javen + `, "flag": 0}, {"username": "owner", "flag": 1}]`,
		},
		{
			title: "获取某用户的群组列表", app: sampleKey, method: "GET", path: "/v1/users/javen/groups/",
			status: 200, want: `[` + sampleGroup + `]`,
		},
		{
			title: "获取当前应用的群组列表", app: sampleKey, method: "GET", path: "/v1/groups/?start=0&count=1",
			status: 200, want: `{"total": 1, "start": 0, "count": 1, "groups": [` + sampleGroup + `]}`,
		},
		{
			title:  "群消息屏蔽",
			before: []string{`POST /v1/users/javen/groupsShield {"add": [1000001111]}`},
			method: "POST", path: "/v1/users/javen/groupsShield", body: `{"add": [110000101], "remove": [1000001111]}`, status: 204,
		},
		{
			title: "群成员禁言", method: "PUT", path: "/groups/messages/1000001111/silence?status=true",
			body: `["username1", "username2"]`, status: 204,
		},
		{title: "移交群主", method: "PUT", path: "/groups/owner/1000001111", body: `{"username": "username1"}`, status: 204},
		{
			title:  "移交群主: 跨应用",
			before: []string{`POST /v1/cross/groups/1000001111/members [{"appkey": "` + sampleKey + `", "add": ["javen"]}]`},
			method: "PUT", path: "/groups/owner/1000001111", body: `{"appkey": "` + sampleKey + `", "username": "javen"}`, status: 204,
		},
		{
			title: "移交群主: 899003", method: "PUT", path: "/groups/owner/1000001111", body: `{}`,
			status: 400, want: `{"error": {"code": 899003, "message": "parameter invalid"}}`,
		},
		{
			title: "移交群主: 899006", method: "PUT", path: "/groups/owner/7", body: `{"username": "username1"}`,
			status: 403, want: `{"error": {"code": 899006, "message": "Group id invalid"}}`,
		},
		{title: "添加好友", method: "POST", path: "/v1/users/javen/friends", body: `["user01", "user02"]`, status: 201},
		{
			title: "添加好友: 899003", method: "POST", path: "/v1/users/javen/friends", body: `{}`,
			status: 400, want: `{"error": {"code": 899003, "message": "parameter invalid"}}`,
		},
		{
			title: "添加好友: 899002", method: "POST", path: "/v1/users/javen/friends", body: `["nobody"]`,
			status: 403, want: `{"error": {"code": 899002, "message": "No such user"}}`,
		},
		{
			title: "添加好友: 899070", method: "POST", path: "/v1/users/javen/friends", body: `["user_caiyh"]`,
			status: 403, want: `{"error": {"code": 899070, "message": ""}}`,
		},
		{title: "删除好友", method: "DELETE", path: "/v1/users/javen/friends", body: `["user01", "user02"]`, status: 204},
		{
			title: "删除好友: 899003", method: "DELETE", path: "/v1/users/javen/friends",
			status: 400, want: `{"error": {"code": 899003, "message": "parameter invalid"}}`,
		},
		{
			title: "删除好友: 899002", method: "DELETE", path: "/v1/users/javen/friends", body: `["nobody"]`,
			status: 403, want: `{"error": {"code": 899002, "message": "No such user"}}`,
		},
		{
			// Printed with line breaks and curly quotation marks in its keys.
			title: "更新好友备注", before: []string{`POST /v1/users/javen/friends ["user01"]`},
			method: "PUT", path: "/v1/users/javen/friends", status: 204,
			body: `[{"note_name": "new note name", "others": "好友备注文档", "username": "user01"}]`,
		},
		{
			title: "更新好友备注: 899003", method: "PUT", path: "/v1/users/javen/friends", body: `[{"note_name": "new"}]`,
			status: 400, want: `{"error": {"code": 899003, "message": "parameter invalid"}}`,
		},
		{
			title: "更新好友备注: 899002", method: "PUT", path: "/v1/users/javen/friends", body: `[{"username": "nobody"}]`,
			status: 403, want: `{"error": {"code": 899002, "message": "No such user"}}`,
		},
		{
			title: "获取好友列表", method: "GET", path: "/v1/users/user_caiyh/friends", status: 200,
			want: `[{` + javen + `,` + javenTimes + `, "note_name": "= =", "others": "test", "appkey": "4f7aef34fb361292c566a1cd"}]`,
		},
		{
			title: "获取好友列表: 899003", method: "GET", path: "/v1/users/_no/friends",
			status: 400, want: `{"error": {"code": 899003, "message": "parameter invalid"}}`,
		},
		{
			title: "获取好友列表: 899002", method: "GET", path: "/v1/users/nobody/friends",
			status: 403, want: `{"error": {"code": 899002, "message": "No such user"}}`,
		},
		{
			// The space in the app key is printed.
			title: "跨应用管理群组成员", method: "POST", path: "/v1/cross/groups/110000101/members", status: 204,
			body: `[{"appkey": " 4f7aef34fb361292c566a1cd", "add": ["test1", "test2"], "remove": ["name3", "name4"]}]`,
		},
		{
			title: "跨应用管理群组成员: 899003", method: "POST", path: "/v1/cross/groups/110000101/members", status: 400,
			body: `[{"appkey": "4f7aef34fb361292c566a1cd"}]`, want: `{"error": {"code": 899003, "message": "parameter invalid"}}`,
		},
		{
			title: "跨应用管理群组成员: 899002", method: "POST", path: "/v1/cross/groups/110000101/members", status: 403,
			body: `[{"appkey": "a1b2c3d4e5f6a7b8c9d0e1f2", "add": ["javen"]}]`, want: `{"error": {"code": 899002, "message": "No such user"}}`,
		},
		{
			title: "跨应用管理群组成员: 899014", method: "POST", path: "/v1/cross/groups/110000101/members", status: 403,
			body: `[{"appkey": "a1b2c3d4e5f6a7b8c9d0e1f2", "remove": ["huang"]}]`, want: `{"error": {"code": 899014, "message": "<string>"}}`,
		},
		{
			title: "跨应用管理群组成员: 899011", method: "POST", path: "/v1/cross/groups/110000101/members", status: 400,
			body: `[{"appkey": "4f7aef34fb361292c566a1cd", "add": ["test3"]}]`, want: `{"error": {"code": 899011, "message": "Repeat to add the members"}}`,
		},
		{
			title: "跨应用获取群组成员列表", app: sampleKey, method: "GET", path: "/v1/cross/groups/12345/members/", status: 200,
			want: `[{` + javen + `, "flag": 0, "appkey": "dcf71ef5082057832bd44fbd"},
				{"username": "owner", "flag": 1, "appkey": "dcf71ef5082057832bd44fbd"}]`,
		},
		{
			// Printed with two app keys in one object.
			title: "跨应用获取用户群组", app: sampleKey, method: "GET", path: "/v1/cross/users/javen/groups", status: 200,
			want: strings.ReplaceAll(`[`+sampleGroup+`]`, "MaxMemberCount", "max_member_count"),
		},
		{
			title: "跨应用添加黑名单", method: "PUT", path: "/v1/cross/users/javen/blacklist", status: 204,
			body: `[{"appkey": "4f7aef34fb361292c566a1cd", "usernames": ["test1", "test2"]}]`,
		},
		{
			title:  "跨应用移除黑名单",
			before: []string{`PUT /v1/cross/users/javen/blacklist [{"appkey": "4f7aef34fb361292c566a1cd", "usernames": ["test1", "test2"]}]`},
			method: "DELETE", path: "/v1/cross/users/javen/blacklist", status: 204,
			body: `[{"appkey": "4f7aef34fb361292c566a1cd", "usernames": ["test1", "test2"]}]`,
		},
		{
			title: "跨应用黑名单列表", method: "GET", path: "/v1/cross/users/user_caiyh/blacklist", status: 200,
			want: `[{` + javen + `,` + javenTimes + `, "appkey": "4f7aef34fb361292c566a1cd"}]`,
		},
		{
			title:  "跨应用免打扰设置",
			before: []string{`POST /v1/users/javen/nodisturb {"group": {"add": [1000001111]}}`},
			method: "POST", path: "/v1/cross/users/javen/nodisturb", status: 204,
			body: `[{"appkey": "4f7aef34fb361292c566a1cd", "single": {"add": ["username1", "username2"]},
				"group": {"add": [110000101], "remove": [1000001111]}}]`,
		},
		{
			title: "跨应用免打扰设置: 899003", method: "POST", path: "/v1/cross/users/javen/nodisturb", body: `[{"single": {}}]`,
			status: 400, want: `{"error": {"code": 899003, "message": "parameter invalid"}}`,
		},
		{
			title: "跨应用免打扰设置: 899002", method: "POST", path: "/v1/cross/users/nobody/nodisturb", body: `[]`,
			status: 403, want: `{"error": {"code": 899002, "message": "No such user"}}`,
		},
		{
			title: "跨应用免打扰设置: 899051", method: "POST", path: "/v1/cross/users/javen/nodisturb",
			body:   `[{"appkey": "a1b2c3d4e5f6a7b8c9d0e1f2", "group": {"add": [110000101]}}]`,
			status: 403, want: `{"error": {"code": 899051, "message": "<string>"}}`,
		},
		{
			title:  "跨应用免打扰设置: 899052",
			before: []string{`POST /v1/users/javen/nodisturb {"group": {"add": [1000001111]}}`},
			method: "POST", path: "/v1/cross/users/javen/nodisturb", body: `[{"appkey": "` + firstKey + `", "group": {"add": [1000001111]}}]`,
			status: 403, want: `{"error": {"code": 899052, "message": "<string>"}}`,
		},
		{
			title: "跨应用免打扰设置: 899053", method: "POST", path: "/v1/cross/users/javen/nodisturb",
			body:   `[{"appkey": "` + firstKey + `", "group": {"remove": [1000001111]}}]`,
			status: 403, want: `{"error": {"code": 899053, "message": "<string>"}}`,
		},
		{
			title: "跨应用添加好友", method: "POST", path: "/v1/cross/users/javen/friends", status: 201,
			body: `{"appkey": "4f7aef34fb361292c566a1cd", "users": ["user01", "user02"]}`,
		},
		{
			title: "跨应用删除好友", method: "DELETE", path: "/v1/cross/users/javen/friends", status: 204,
			body: `{"appkey": "4f7aef34fb361292c566a1cd", "users": ["user01", "user02"]}`,
		},
		{
			// Printed with line breaks and curly quotation marks in its keys.
			title: "跨应用更新好友备注", before: []string{`POST /v1/users/javen/friends ["user01"]`},
			method: "PUT", path: "/v1/cross/users/javen/friends", status: 204,
			body: `[{"note_name": "new note name", "others": "好友备注文档", "username": "user01", "appkey": "4f7aef34fb361292c566a1cd"}]`,
		},
		{
			title: "跨应用管理聊天室成员", method: "POST", path: "/cross/chatroom/111000001/members", status: 204,
			body: `[{"appkey": " 4f7aef34fb361292c566a1cd", "add": ["test1", "test2"], "remove": ["name3", "name4"]}]`,
		},
		{title: "添加敏感词", method: "POST", path: "/v1/sensitiveword", body: `["FUCK"]`, status: 204},
		{
			title: "修改敏感词", before: []string{`DELETE /v1/sensitiveword {"word": "fuck"}`, `POST /v1/sensitiveword ["FUCK"]`},
			method: "PUT", path: "/v1/sensitiveword", body: `{"new_word": "fuck", "old_word": "FUCK"}`, status: 204,
		},
		{title: "删除敏感词", method: "DELETE", path: "/v1/sensitiveword", body: `{"word": "fuck"}`, status: 204},
		{
			title: "获取敏感词列表", method: "GET", path: "/v1/sensitiveword?start=2&count=1", status: 200,
			want: `{"start": 2, "count": 1, "words": [{"name": "fuck", "itime": "1970-01-17 16:49:11"}], "total": 3}`,
		},
		{title: "更新敏感词功能状态", method: "PUT", path: "/v1/sensitiveword/status?status=0", status: 204},
		{title: "获取敏感词功能状态", method: "GET", path: "/v1/sensitiveword/status", status: 200, want: `{"status": 1}`},
		{
			title: "创建聊天室", method: "POST", path: "/v1/chatroom/", status: 201,
			body: `{"owner_username": "liming", "name": "测试聊天室", "description": "测试", "members_username": []}`,
			want: `{"chatroom_id": "<number>"}`,
		},
		{
			title: "获取聊天室详情", method: "POST", path: "/v1/chatroom/batch", body: `[10000001,10000002]`,
			status: 200, want: `[` + sampleRoom("10000001") + `,` + sampleRoom("10000002") + `]`,
		},
		{
			title: "获取用户聊天室列表", method: "GET", path: "/v1/users/xiaoming/chatroom",
			status: 200, want: `[` + sampleRoom("10000001") + `,` + sampleRoom("10000002") + `]`,
		},
		{
			// Printed without a quotation mark before total_member_count.
			title: "获取应用下聊天室列表", before: []string{"DELETE /v1/chatroom/100000", "DELETE /v1/chatroom/10000002", "DELETE /v1/chatroom/111000001"},
			method: "GET", path: "/v1/chatroom?start=0&count=10",
			status: 200, want: `{"total": 1, "rooms": [` + sampleRoom("10000001") + `], "start": 0, "count": 1}`,
		},
		{
			title: "更新聊天室信息", method: "PUT", path: "/v1/chatroom/111000001", status: 204,
			body: `{"owner_username": "135380113231", "name": "中国人", "description": "说什么来这"}`,
		},
		{title: "删除聊天室", method: "DELETE", path: "/v1/chatroom/100000", status: 204},
		{title: "修改用户禁言状态", method: "PUT", path: "/v1/chatroom/111000001/forbidden/caiyh?status=1", status: 204},
		{
			title: "获取聊天室成员列表", method: "GET", path: "/v1/chatroom/100000/members?start=0&count=2", status: 200,
			want: `{"total": 2, "users": [
				{"username": "13538013231", "flag": 0, "room_ctime": "2017-11-17 08:57:54", "mtime": "2017-10-30 17:24:17", "ctime": "2017-10-30 17:24:17"},
				{"username": "xia_12", "flag": 0, "room_ctime": "2017-11-16 19:13:07", "mtime": "2017-02-08 17:56:04", "ctime": "2017-02-08 17:56:04"}],
				"count": 2, "start": 0}`,
		},
		{title: "添加聊天室成员", method: "PUT", path: "/v1/chatroom/100000/members", body: `["test1"]`, status: 204},
		{title: "移除聊天室成员", method: "DELETE", path: "/v1/chatroom/100000/members", body: `["xia_12"]`, status: 204},
		{title: "设置 SDK-API 用户注册开关", method: "PUT", path: "/v1/sdkregister/status?status=0", status: 204},
		{title: "获得 SDK-API 用户注册开关", method: "GET", path: "/sdkregister/status", status: 200, want: `{"status": 0}`},
	} {
		t.Run(example.title, func(t *testing.T) {
			t.Parallel()
			server := serve(t)
			server.restore(sampleState)
			if example.app != "" {
				server = server.as(example.app)
			}
			for _, call := range example.before {
				parts := append(strings.SplitN(call, " ", 3), "")
				if answer := server.Call(parts[0], parts[1], parts[2]); answer.Status >= 300 {
					t.Fatalf("%s: status %d: %s", call, answer.Status, answer.Body)
				}
			}
			answer := server.Want(example.status, example.method, example.path, example.body)
			if got, want := answer.Header.Get("Content-Type"), "application/json; charset=UTF-8"; got != want {
				t.Errorf("Content-Type %q, want %q", got, want)
			}
			for _, name := range []string{"X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"} {
				if answer.Header.Get(name) == "" {
					t.Errorf("no %s", name)
				}
			}
			if example.want == "" {
				if answer.Body != "" {
					t.Errorf("body %q, want none", answer.Body)
				}
				return
			}
			same(t, answer.Body, example.want)
		})
	}
}

// TestAuthentication holds the document's last example and its kin.
func TestAuthentication(t *testing.T) {
	server := serve(t)
	server.restore(`{"applications": {"` + sampleKey + `": {"master_secret": "another-secret"}}}`)
	const missing = `{"error": {"code": 899007, "message": "Missing authen info"}}`
	const failed = `{"error": {"code": 899008, "message": "Basic authentication failed"}}`
	for _, test := range []struct {
		title string
		edit  func(*http.Request)
		want  string
	}{
		{"wrong secret", func(r *http.Request) { r.SetBasicAuth(firstKey, "wrong") }, failed},
		{"secret of another application", func(r *http.Request) { r.SetBasicAuth(firstKey, "another-secret") }, failed},
		{"wrong key", func(r *http.Request) { r.SetBasicAuth("000000000000000000000000", masterSecret) }, failed},
		{"secret in other case", func(r *http.Request) { r.SetBasicAuth(firstKey, strings.ToUpper(masterSecret)) }, failed},
		{"no secret", func(r *http.Request) { r.SetBasicAuth(firstKey, "") }, failed},
		{"another scheme", func(r *http.Request) { r.Header.Set("Authorization", "Bearer token") }, failed},
		{"not base64", func(r *http.Request) { r.Header.Set("Authorization", "Basic ???") }, failed},
		{"none", func(r *http.Request) { r.Header.Del("Authorization") }, missing},
	} {
		t.Run(test.title, func(t *testing.T) {
			answer := server.in(t).Call("POST", "/v1/users", `[{"username": "anna", "password": "password"}]`, test.edit)
			if answer.Status != http.StatusUnauthorized {
				t.Errorf("status %d, want 401", answer.Status)
			}
			same(t, answer.Body, test.want)
			if answer.Header.Get("X-Rate-Limit-Limit") != "600" {
				t.Error("no rate limit in the headers")
			}
		})
	}
	if users := server.hidden("users"); len(users) != 0 {
		t.Errorf("registered %v", users)
	}
	server.as(strings.ToUpper(firstKey)).register("anna") // the key's case does not matter
	server.Want(200, "GET", "/v1/users/anna", "")
}

// fileForm returns a form with one file and its content type.
func fileForm(t *testing.T, field, name string, data []byte) (string, func(*http.Request)) {
	t.Helper()
	var form bytes.Buffer
	writer := multipart.NewWriter(&form)
	if err := writer.WriteField("note", "not a file"); err != nil {
		t.Fatal(err)
	}
	part, err := writer.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return form.String(), func(r *http.Request) { r.Header.Set("Content-Type", writer.FormDataContentType()) }
}

// picture returns a small JPEG.
func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var data bytes.Buffer
	if err := jpeg.Encode(&data, image.NewGray(image.Rect(0, 0, width, height)), nil); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

// TestMedia holds the document's examples of "媒体文件下载与上传".
func TestMedia(t *testing.T) {
	picture := picture(t, 72, 128)
	bitmap := append([]byte("BM"), make([]byte, 52)...)
	bitmap[18], bitmap[22] = 16, 9
	for _, test := range []struct {
		title, kind, field, name string
		data                     []byte
		status                   int
		want                     string
	}{
		{
			"图片", "image", "filename", "test.jpg", picture, 200,
			`{"media_id": "<string>", "media_crc32": "<number>", "width": 72, "height": 128, "format": "jpg", "fsize": "<number>"}`,
		},
		{
			"图片: bmp, field named after the type", "image", "image", "test.bmp", bitmap, 200,
			`{"media_id": "<string>", "media_crc32": "<number>", "width": 16, "height": 9, "format": "bmp", "fsize": 54}`,
		},
		{
			"文件", "file", "filename", "0839d1c0-48e9-4032-9333-f3691a7d9e48.dmp", []byte("dump"), 200,
			`{"media_id": "<string>", "media_crc32": "<number>", "fname": "0839d1c0-48e9-4032-9333-f3691a7d9e48.dmp", "fsize": 4, "hash": "<string>"}`,
		},
		{
			"语音", "voice", "filename", "test.m4a", []byte("sound"), 200,
			`{"media_id": "<string>", "media_crc32": "<number>", "hash": "<string>", "format": "m4a", "fsize": 5}`,
		},
		{"no picture", "image", "filename", "test.jpg", []byte("text"), 400, `{"error": {"code": 899003, "message": "<string>"}}`},
		{"no such type", "video", "filename", "test.mp4", []byte("film"), 400, `{"error": {"code": 899003, "message": "<string>"}}`},
		{"empty", "file", "filename", "test.txt", nil, 400, `{"error": {"code": 899003, "message": "<string>"}}`},
		{"too large", "file", "filename", "test.bin", make([]byte, 8<<20+1), 400, `{"error": {"code": 899003, "message": "<string>"}}`},
	} {
		t.Run(test.title, func(t *testing.T) {
			server := serve(t)
			form, edit := fileForm(t, test.field, test.name, test.data)
			answer := server.Call("POST", "/v1/resource?type="+test.kind, form, edit)
			if answer.Status != test.status {
				t.Fatalf("status %d, want %d: %s", answer.Status, test.status, answer.Body)
			}
			same(t, answer.Body, test.want)
			if test.status != http.StatusOK {
				return
			}
			media, _ := emulatortest.Parse(t, answer.Body).(map[string]any)
			id, _ := media["media_id"].(string)
			if !strings.HasPrefix(id, "qiniu/"+test.kind+"/") {
				t.Errorf("media_id %q", id)
			}
			for _, path := range []string{id, strings.ReplaceAll(id, "/", "%2F")} {
				server.reads("/v1/resource?mediaId="+path, `{"url": "<string>"}`)
			}
			server.as(secondKey).fails(400, 899003, "GET", "/v1/resource?mediaId="+id, "")
		})
	}
	t.Run("no form", func(t *testing.T) {
		serve(t).fails(400, 899003, "POST", "/v1/resource?type=image", string(picture))
	})
}

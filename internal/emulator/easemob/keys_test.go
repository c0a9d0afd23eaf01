package easemob_test

import (
	"testing"

	"terraform-provider-chat/internal/emulator"
)

// TestKeysAreCaseSensitive covers that a key in another case is one that nobody knows.
func TestKeysAreCaseSensitive(t *testing.T) {
	s := serve(t, emulator.Options{})
	s.restore(`{"users":[{"username":"ann"},{"username":"bob"}],"groups":[{"id":"1","owner":"ann","members":["bob"]}],
		"push_labels":[{"name":"l","description":"","createdAt":1}],
		"push_templates":[{"name":"t","createAt":1,"updateAt":1,"title_pattern":"old","content_pattern":"c"}]}`)
	s.fails(400, "illegal_argument", "Entity user requires a property named username", "POST", appPath+"/users", `{"UserName":"eve","password":"1"}`)
	s.fails(400, "illegal_argument", "usernames is required", "POST", appPath+"/users/ann/blocks/users", `{"Usernames":["bob"]}`)
	s.fails(400, "invalid_parameter", "group must contain public field!", "POST", appPath+"/chatgroups",
		`{"groupname":"g","description":"d","Public":true,"owner":"ann"}`)
	s.fails(400, "illegal_argument", "parameters is invalid : name", "POST", appPath+"/push/label", `{"Name":"x"}`)
	s.fails(400, "illegal_argument", "parameters is invalid : usernames", "POST", appPath+"/push/label/l/user", `{"UserNames":["bob"]}`)
	s.fails(400, "illegal_argument", "parameters is invalid : translationLanguage", "PUT", appPath+"/users/ann/notification/language", `{"translationlanguage":"EU"}`)
	s.fails(400, "illegal_argument", "parameters is invalid : templateName", "PUT", appPath+"/users/ann/notification/template", `{"templatename":"t"}`)
	s.fails(400, "illegal_argument", "parameters is invalid : name", "POST", appPath+"/notification/template", `{"Name":"x","title_pattern":"t","content_pattern":"c"}`)
	s.check(`PUT /users/ann/notification/user/bob {"Type":"NONE"}`, good(`{}`))
	s.check(`PUT /notification/template/t {"Title_pattern":"new"}`,
		good(`{"name":"t","createAt":1,"updateAt":"<ms>","title_pattern":"old","content_pattern":"c"}`))
	s.fails(400, "json_parse", "", "POST", appPath+"/users", `{"username":"eve","password":"1"} {}`)
	s.fails(400, "json_parse", "", "POST", appPath+"/chatgroups", `{`)
}

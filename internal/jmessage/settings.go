package jmessage

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"terraform-provider-chat/internal/chat"
	"terraform-provider-chat/internal/rest"
)

// appSettings implements chat.AppSettings.
type appSettings struct{ *client }

// switches are the names of the settings in errors, and their paths: "获取敏感词功能状态",
// "更新敏感词功能状态", "获得 SDK-API 用户注册开关" and "设置 SDK-API 用户注册开关".
var switches = map[chat.AppSetting]struct {
	name string
	path []string
}{
	chat.SensitiveWordFilter: {"the filter of sensitive words", []string{"v1", "sensitiveword", "status"}},
	chat.SDKRegistration:     {"registration through the SDKs", []string{"v1", "sdkregister", "status"}},
}

// Get implements chat.AppSettings.
func (c appSettings) Get(ctx context.Context, setting chat.AppSetting) (bool, error) {
	req := rest.Request{
		Op:     fmt.Sprintf("read whether %s is on", switches[setting].name),
		Method: http.MethodGet, Path: switches[setting].path,
	}
	var answer struct {
		Status *int `json:"status"`
	}
	res, err := c.exchange(ctx, req, &answer)
	if err != nil {
		return false, err
	}
	if answer.Status == nil {
		return false, unusable(res, req, "the answer does not hold it")
	}
	return *answer.Status == 1, nil
}

// Set implements chat.AppSettings.
func (c appSettings) Set(ctx context.Context, setting chat.AppSetting, on bool) error {
	verb, status := "turn off ", "0"
	if on {
		verb, status = "turn on ", "1"
	}
	return c.write(ctx, rest.Request{
		Op:     verb + switches[setting].name,
		Method: http.MethodPut, Path: switches[setting].path, Query: url.Values{"status": {status}},
	})
}

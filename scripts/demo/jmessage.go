package main

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
)

// The emulator's application of JMessage.
const (
	jmessageAppKey = "4f7aef34fb361292c566a1cd"
	jmessageSecret = "demo-master-secret-00000"
)

type jmessage struct {
	baseURL string
}

func (*jmessage) title() string { return "JMessage" }

func (j *jmessage) environment() []string {
	return []string{
		"JMESSAGE_BASE_URL=" + j.baseURL,
		"JMESSAGE_APP_KEY=" + jmessageAppKey,
		"JMESSAGE_MASTER_SECRET=" + jmessageSecret,
	}
}

func (j *jmessage) rename(ctx context.Context, username, nickname string) error {
	return j.change(ctx, http.MethodPut, "/v1/users/"+username, map[string]string{"nickname": nickname})
}

func (j *jmessage) deactivate(ctx context.Context, username string) error {
	if err := j.change(ctx, http.MethodPut, "/v1/users/"+username+"/forbidden?disable=true", nil); err != nil {
		return err
	}
	say("(JMessage does not return which users are disabled, so no plan can find this change.)")
	return nil
}

func (j *jmessage) remove(ctx context.Context, username string) error {
	return j.change(ctx, http.MethodDelete, "/v1/users/"+username, nil)
}

func (j *jmessage) expel(ctx context.Context, group, username string) error {
	groups, err := j.groups(ctx)
	if err != nil {
		return err
	}
	return j.change(ctx, http.MethodPost, "/v1/groups/"+groups[group]+"/members", map[string][]string{"remove": {username}})
}

func (j *jmessage) groups(ctx context.Context) (map[string]string, error) {
	var page struct {
		Groups []struct {
			ID   int64  `json:"gid"`
			Name string `json:"name"`
		} `json:"groups"`
	}
	if err := j.request(http.MethodGet, "/v1/groups?start=0&count=50", nil).send(ctx, &page); err != nil {
		return nil, err
	}
	ids := map[string]string{}
	for _, group := range page.Groups {
		ids[group.Name] = strconv.FormatInt(group.ID, 10)
	}
	return ids, nil
}

func (j *jmessage) usernames(ctx context.Context) ([]string, error) {
	var page struct {
		Users []struct {
			Username string `json:"username"`
		} `json:"users"`
	}
	if err := j.request(http.MethodGet, "/v1/users?start=0&count=100", nil).send(ctx, &page); err != nil {
		return nil, err
	}
	names := make([]string, len(page.Users))
	for i, user := range page.Users {
		names[i] = user.Username
	}
	return names, nil
}

func (j *jmessage) change(ctx context.Context, method, path string, body any) error {
	return j.request(method, path, body).show(ctx, path)
}

func (j *jmessage) request(method, path string, body any) request {
	credentials := base64.StdEncoding.EncodeToString([]byte(jmessageAppKey + ":" + jmessageSecret))
	return request{method: method, url: j.baseURL + path, body: body, authorization: "Basic " + credentials}
}

package main

import (
	"context"
	"net/http"
)

// The emulator's application of the Chat Platform API.
const (
	easemobAppKey   = "chat-demo#testapp"
	easemobAppPath  = "/chat-demo/testapp"
	easemobClientID = "demo-client-id"
	easemobSecret   = "demo-client-secret" //nolint:gosec // everybody knows it
)

type easemob struct {
	baseURL string
	token   string
}

func (*easemob) title() string { return "the Chat Platform API (Easemob)" }

func (e *easemob) environment() []string {
	return []string{
		"EASEMOB_BASE_URL=" + e.baseURL,
		"EASEMOB_APP_KEY=" + easemobAppKey,
		"EASEMOB_CLIENT_ID=" + easemobClientID,
		"EASEMOB_CLIENT_SECRET=" + easemobSecret,
	}
}

func (e *easemob) rename(ctx context.Context, username, nickname string) error {
	return e.change(ctx, http.MethodPut, "/users/"+username, map[string]string{"nickname": nickname})
}

func (e *easemob) deactivate(ctx context.Context, username string) error {
	return e.change(ctx, http.MethodPost, "/users/"+username+"/deactivate", nil)
}

func (e *easemob) remove(ctx context.Context, username string) error {
	return e.change(ctx, http.MethodDelete, "/users/"+username, nil)
}

func (e *easemob) expel(ctx context.Context, group, username string) error {
	groups, err := e.groups(ctx)
	if err != nil {
		return err
	}
	return e.change(ctx, http.MethodDelete, "/chatgroups/"+groups[group]+"/users/"+username, nil)
}

func (e *easemob) groups(ctx context.Context) (map[string]string, error) {
	r, err := e.request(ctx, http.MethodGet, "/chatgroups?limit=100", nil)
	if err != nil {
		return nil, err
	}
	var page struct {
		Data []struct {
			ID   string `json:"groupid"`
			Name string `json:"groupname"`
		} `json:"data"`
	}
	if err := r.send(ctx, &page); err != nil {
		return nil, err
	}
	ids := map[string]string{}
	for _, group := range page.Data {
		ids[group.Name] = group.ID
	}
	return ids, nil
}

func (e *easemob) usernames(ctx context.Context) ([]string, error) {
	r, err := e.request(ctx, http.MethodGet, "/users?limit=100", nil)
	if err != nil {
		return nil, err
	}
	var page struct {
		Entities []struct {
			Username string `json:"username"`
		} `json:"entities"`
	}
	if err := r.send(ctx, &page); err != nil {
		return nil, err
	}
	names := make([]string, len(page.Entities))
	for i, user := range page.Entities {
		names[i] = user.Username
	}
	return names, nil
}

func (e *easemob) change(ctx context.Context, method, path string, body any) error {
	r, err := e.request(ctx, method, path, body)
	if err != nil {
		return err
	}
	return r.show(ctx, easemobAppPath+path)
}

// request fetches a token first, once.
func (e *easemob) request(ctx context.Context, method, path string, body any) (request, error) {
	if e.token == "" {
		login := request{method: http.MethodPost, url: e.baseURL + easemobAppPath + "/token", body: map[string]string{
			"grant_type": "client_credentials", "client_id": easemobClientID, "client_secret": easemobSecret,
		}}
		var answer struct {
			AccessToken string `json:"access_token"`
		}
		if err := login.send(ctx, &answer); err != nil {
			return request{}, err
		}
		e.token = answer.AccessToken
	}
	return request{method: method, url: e.baseURL + easemobAppPath + path, body: body, authorization: "Bearer " + e.token}, nil
}

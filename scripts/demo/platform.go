package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// platform is an emulated application: how the provider reaches it, and what an
// administrator does to it without Terraform.
type platform interface {
	title() string
	// environment is what configures the provider.
	environment() []string
	rename(ctx context.Context, username, nickname string) error
	deactivate(ctx context.Context, username string) error
	remove(ctx context.Context, username string) error
	usernames(ctx context.Context) ([]string, error)
}

// easemob is the emulator's application of the Chat Platform API.
type easemob struct {
	baseURL string
	token   string
}

func newEasemob(baseURL string) *easemob { return &easemob{baseURL: baseURL} }

func (*easemob) title() string { return "the Chat Platform API (Easemob)" }

func (e *easemob) environment() []string {
	return []string{
		"EASEMOB_BASE_URL=" + e.baseURL,
		"EASEMOB_APP_KEY=chat-demo#testapp",
		"EASEMOB_CLIENT_ID=demo-client-id",
		"EASEMOB_CLIENT_SECRET=demo-client-secret",
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

func (e *easemob) usernames(ctx context.Context) ([]string, error) {
	var page struct {
		Entities []struct{ Username string }
	}
	if err := e.call(ctx, http.MethodGet, "/users?limit=100", nil, &page); err != nil {
		return nil, err
	}
	var names []string
	for _, user := range page.Entities {
		names = append(names, user.Username)
	}
	return names, nil
}

// change is a call that is shown to whoever watches.
func (e *easemob) change(ctx context.Context, method, path string, body any) error {
	if err := e.call(ctx, method, path, body, nil); err != nil {
		return err
	}
	shown := method + " /chat-demo/testapp" + path
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		shown += " " + string(text)
	}
	say("%s", shown)
	return nil
}

func (e *easemob) call(ctx context.Context, method, path string, body, answer any) error {
	if e.token == "" && path != "/token" {
		var got struct {
			AccessToken string `json:"access_token"`
		}
		credentials := map[string]string{ //nolint:gosec // everybody knows the emulator's
			"grant_type": "client_credentials", "client_id": "demo-client-id", "client_secret": "demo-client-secret",
		}
		if err := e.call(ctx, http.MethodPost, "/token", credentials, &got); err != nil {
			return err
		}
		e.token = got.AccessToken
	}
	var payload bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&payload).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, e.baseURL+"/chat-demo/testapp"+path, &payload)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if e.token != "" {
		req.Header.Set("Authorization", "Bearer "+e.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end below, or of no interest
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(answer)
}

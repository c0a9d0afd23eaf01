package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
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
	// expel removes a user from a group.
	expel(ctx context.Context, group, username string) error
	// usernames returns the names of all users of the application.
	usernames(ctx context.Context) ([]string, error)
	// groups returns the ids of all groups of the application, by their names.
	groups(ctx context.Context) (map[string]string, error)
}

// platforms are the platforms that the demo can show, at the emulator's address.
var platforms = map[string]func(baseURL string) platform{
	"easemob":  func(baseURL string) platform { return &easemob{baseURL: baseURL} },
	"jmessage": func(baseURL string) platform { return &jmessage{baseURL: baseURL} },
}

// request is one call of a platform's API.
type request struct {
	method, url   string
	body          any
	authorization string
}

// send makes the call and decodes the answer, unless that is nil.
func (r request) send(ctx context.Context, answer any) error {
	var payload bytes.Buffer
	if r.body != nil {
		if err := json.NewEncoder(&payload).Encode(r.body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, r.method, r.url, &payload)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if r.authorization != "" {
		req.Header.Set("Authorization", r.authorization)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(resp.Body)
	if err := resp.Body.Close(); err != nil {
		return err
	}
	switch {
	case err != nil:
		return err
	case resp.StatusCode/100 != 2:
		return fmt.Errorf("%s %s: %s: %s", r.method, r.url, resp.Status, raw)
	case answer == nil:
		return nil
	}
	return json.Unmarshal(raw, answer)
}

// show makes the call and shows it, as the path that an administrator would type.
func (r request) show(ctx context.Context, path string) error {
	if err := r.send(ctx, nil); err != nil {
		return err
	}
	shown := r.method + " " + path
	if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return err
		}
		shown += " " + string(text)
	}
	say("%s", shown)
	return nil
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"terraform-provider-chat/scripts/internal/local"
)

// emulator is one that runs as a process of its own.
type emulator struct {
	url  string
	stop func() error
}

func startEmulator(ctx context.Context, binary string, s scenario) (*emulator, error) {
	url, stop, err := local.StartEmulator(ctx, binary,
		"-latency", fmt.Sprintf("%dms", s.LatencyMS), "-rps", fmt.Sprint(s.Limit))
	if err != nil {
		return nil, err
	}
	return &emulator{url: url, stop: stop}, nil
}

// populate puts the users into the application.
func (e *emulator) populate(ctx context.Context, p platform, usernames []string) error {
	if len(usernames) == 0 {
		return nil
	}
	return e.control(ctx, http.MethodPut, "state", p.state(usernames), nil)
}

// counted is what the emulator was asked.
type counted struct {
	// Requests is how many calls there were, Throttled how many came too fast.
	Requests  int `json:"requests"`
	Throttled int `json:"throttled"`
	// Kinds is how many calls there were of each kind.
	Kinds map[string]int `json:"kinds"`
}

func (e *emulator) forget(ctx context.Context) error {
	return e.control(ctx, http.MethodDelete, "requests", nil, nil)
}

func (e *emulator) count(ctx context.Context) (counted, error) {
	var answer struct {
		Total     int            `json:"total"`
		Throttled int            `json:"throttled"`
		Routes    map[string]int `json:"routes"`
	}
	if err := e.control(ctx, http.MethodGet, "requests", nil, &answer); err != nil {
		return counted{}, err
	}
	c := counted{Requests: answer.Total, Throttled: answer.Throttled, Kinds: map[string]int{}}
	for route, n := range answer.Routes {
		c.Kinds[kindOf(route)] += n
	}
	return c, nil
}

// byKind says how many calls there were of each kind, the most first.
func (c counted) byKind() string {
	kinds := slices.SortedFunc(maps.Keys(c.Kinds), func(a, b string) int {
		if c.Kinds[a] != c.Kinds[b] {
			return c.Kinds[b] - c.Kinds[a]
		}
		return strings.Compare(a, b)
	})
	parts := make([]string, len(kinds))
	for i, kind := range kinds {
		parts[i] = thousand(c.Kinds[kind]) + " " + kind
	}
	return strings.Join(parts, ", ")
}

// Kinds of calls that bars are about.
const (
	register     = "register"
	readContacts = "list contacts"
	writeMembers = "write members"
	readUsers    = "list users"
)

// kinds tell the routes of both platforms apart. The first that matches names the kind.
var kinds = []struct {
	route *regexp.Regexp
	kind  string
}{
	{regexp.MustCompile(`^POST .*/token$`), "token"},
	{regexp.MustCompile(`^GET .*/(contacts/users|friends)$`), readContacts},
	{regexp.MustCompile(`^POST .*/(contacts/users/\{\w+\}|friends)$`), "add contacts"},
	{regexp.MustCompile(`^DELETE .*/(contacts/users/\{\w+\}|friends)$`), "remove contacts"},
	{regexp.MustCompile(`^(POST|DELETE) .*groups/\{\w+\}/(users|members)(/\{\w+\})?$`), writeMembers},
	{regexp.MustCompile(`^GET .*groups/\{\w+\}/(users|members)$`), "list members"},
	{regexp.MustCompile(`^GET .*groups/\{\w+\}$`), "read groups"},
	{regexp.MustCompile(`^POST .*groups$`), "create group"},
	{regexp.MustCompile(`^DELETE .*groups/\{\w+\}$`), "delete group"},
	{regexp.MustCompile(`^POST .*/users$`), register},
	{regexp.MustCompile(`^GET .*/users$`), readUsers},
	{regexp.MustCompile(`^GET .*/users/\{\w+\}$`), "read user"},
	{regexp.MustCompile(`^PUT .*/users/\{\w+\}$`), "update user"},
	{regexp.MustCompile(`^DELETE .*/users(/\{\w+\})?$`), "delete users"},
}

func kindOf(route string) string {
	for _, k := range kinds {
		if k.route.MatchString(route) {
			return k.kind
		}
	}
	return route
}

// control makes one of the emulator's own calls and decodes the answer, unless that is nil.
func (e *emulator) control(ctx context.Context, method, call string, body, answer any) error {
	var payload bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&payload).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, e.url+"/_emulator/"+call, &payload)
	if err != nil {
		return err
	}
	req.Header.Set("X-Emulator-Control", "bench")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	switch {
	case resp.StatusCode/100 != 2:
		return fmt.Errorf("the emulator's %s %s: %s: %s", method, call, resp.Status, text)
	case answer == nil:
		return nil
	}
	return json.Unmarshal(text, answer)
}

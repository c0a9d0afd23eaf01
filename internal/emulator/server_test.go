package emulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

const appPath = emulatortest.EasemobPath

func TestControlRefusals(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	for _, test := range []struct {
		status             int
		method, path, body string
	}{
		{404, "GET", "/_emulator/other", ""},
		{404, "GET", "/_emulator/reset", ""},
		{400, "POST", "/_emulator/clock", `{}`},
		{400, "POST", "/_emulator/clock", `{"advance":"soon"}`},
		{400, "POST", "/_emulator/clock", `{"advance":"-1s"}`},
		{400, "POST", "/_emulator/clock", `x`},
		{400, "POST", "/_emulator/clock", `{"advance":"1s"} {"advance":"1s"}`},
		{400, "PUT", "/_emulator/state", `{"easemob":{}} {"jmessage":5}`},
		{400, "PUT", "/_emulator/state", `{"easemob":{}}]`},
		{400, "PUT", "/_emulator/settings", `{"easemob":{}} x`},
		{400, "PUT", "/_emulator/limits", `{"rps":1} {"rps":2}`},
		{400, "PUT", "/_emulator/faults", `[] []`},
		{400, "PUT", "/_emulator/limits", `x`},
		{400, "PUT", "/_emulator/limits", `{"latency":5}`},
		{400, "PUT", "/_emulator/limits", `{"latency":"-5ms"}`},
		{400, "PUT", "/_emulator/limits", `{"rps":-1}`},
		{400, "PUT", "/_emulator/limits", `{"rps":1e300}`},
		{400, "PUT", "/_emulator/limits", `{"rps":1000000001}`},
		{400, "PUT", "/_emulator/limits", `{"rate":1}`},
		{400, "PUT", "/_emulator/faults", `{}`},
		{400, "PUT", "/_emulator/faults", `[{"state":500}]`},
		{400, "PUT", "/_emulator/faults", `[{}]`},
		{400, "PUT", "/_emulator/faults", `[{"status":42}]`},
		{400, "PUT", "/_emulator/faults", `[{"status":500,"path":"("}]`},
		{400, "PUT", "/_emulator/faults", `[{"status":500,"when":"during"}]`},
		{400, "PUT", "/_emulator/faults", `[{"status":500,"delay":"long"}]`},
	} {
		answer := s.Want(test.status, test.method, test.path, test.body)
		if sentence, _ := emulatortest.Parse(t, answer.Body).(map[string]any)["error"].(string); !strings.HasSuffix(sentence, ".") {
			t.Errorf("%s %s %s: got %s, want a sentence", test.method, test.path, test.body, answer.Body)
		}
	}
	if total := s.Counts().Total; total != 1 {
		t.Errorf("%d calls were counted, want the token alone", total)
	}
}

func TestRouting(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	for path, platform := range map[string]string{
		"/v1/users/":                         "jmessage",
		"/v2/users/ann/userstat":             "jmessage",
		"/users/ann":                         "jmessage",
		"/groups/messages/1":                 "jmessage",
		"/cross/users/ann/friends":           "jmessage",
		"/chat-demo/testapp/users":           "easemob",
		"/another/v1/users":                  "easemob",
		"/chat-demo/testapp/users/v1/status": "easemob",
		"/":                                  "easemob",
	} {
		got := "jmessage"
		if body := s.Call("GET", path, "").Body; strings.Contains(body, `"error_description"`) || strings.Contains(body, `"action"`) {
			got = "easemob"
		}
		if got != platform {
			t.Errorf("%s went to %s, want %s", path, got, platform)
		}
	}
}

func TestCounts(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	s.Register("ann", "bob")
	s.Want(404, "GET", appPath+"/users/zoe", "")
	s.Want(200, "GET", appPath+"/users?limit=2", "")
	s.Want(200, "POST", appPath+"/users/ann/contacts/users/bob", "")
	s.Want(500, "GET", appPath+"/what/ever", "")
	s.Want(404, "GET", "/other/app/users", "")
	counts := s.Counts()
	want := map[string]int{
		"POST /{org}/{app}/token":                                     1,
		"POST /{org}/{app}/users":                                     2,
		"GET /{org}/{app}/users/{username}":                           1,
		"GET /{org}/{app}/users":                                      2,
		"POST /{org}/{app}/users/{username}/contacts/users/{contact}": 1,
		"GET /{org}/{app}/*":                                          1,
	}
	if diff := cmp.Diff(want, counts.Routes); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
	if counts.Total != 8 || counts.Tokens != 1 || counts.Throttled != 0 {
		t.Errorf("got %+v, want 8 calls, 1 of them for a token", counts)
	}
	s.Want(204, "DELETE", "/_emulator/requests", "")
	if body := s.Want(200, "GET", "/_emulator/requests", "").Body; strings.TrimSpace(body) != `{"total":0,"throttled":0,"tokens":0,"routes":{}}` {
		t.Errorf("after they were cleared the counts are %s", body)
	}
}

func TestReset(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	before := s.Want(200, "GET", "/_emulator/state", "").Body
	s.Register("ann")
	s.Want(204, "POST", "/_emulator/clock", `{"advance":"24h"}`)
	s.Want(204, "PUT", "/_emulator/faults", `[{"status":500,"times":-1}]`)
	s.Want(204, "POST", "/_emulator/reset", "")
	if total := s.Counts().Total; total != 0 {
		t.Errorf("%d calls are counted", total)
	}
	without := func(state string) any {
		document := emulatortest.Parse(t, state).(map[string]any)
		delete(document["easemob"].(map[string]any)["application"].(map[string]any), "token_key")
		return document
	}
	if diff := cmp.Diff(without(before), without(s.Want(200, "GET", "/_emulator/state", "").Body)); diff != "" {
		t.Errorf("the state (-start +now):\n%s", diff)
	}
	s.Login(appPath) // no fault
	if ahead := time.Until(emulatedTime(t, s)); ahead > time.Hour {
		t.Errorf("the clock is still %v ahead", ahead)
	}
}

// emulatedTime is the emulated time.
func emulatedTime(t *testing.T, s *emulatortest.Easemob) time.Time {
	t.Helper()
	var clock struct{ Now time.Time }
	if err := json.Unmarshal([]byte(s.Want(200, "GET", "/_emulator/clock", "").Body), &clock); err != nil {
		t.Fatal(err)
	}
	return clock.Now
}

func TestStateOfOnePlatform(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	s.Register("ann")
	var state map[string]json.RawMessage
	if err := json.Unmarshal([]byte(s.Want(200, "GET", "/_emulator/state", "").Body), &state); err != nil {
		t.Fatal(err)
	}
	s.Want(204, "PUT", "/_emulator/state", `{"jmessage":`+string(state["jmessage"])+`}`)
	s.Want(200, "GET", appPath+"/users/ann", "")
	s.Want(204, "PUT", "/_emulator/state", `{"easemob":{}}`)
	s.Want(404, "GET", appPath+"/users/ann", "")
	s.Want(204, "PUT", "/_emulator/state", `{}`)
}

// TestClockEnds covers that the emulated time does not wrap.
func TestClockEnds(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	end := time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC)
	s.Advance(end.Sub(emulatedTime(t, s)).Truncate(time.Hour).String())
	for _, advance := range []string{"2h", "8760h", "2562047h"} {
		answer := s.Want(400, "POST", "/_emulator/clock", `{"advance":"`+advance+`"}`)
		if !strings.Contains(answer.Body, "2262") {
			t.Errorf("%s: got %s, want the end", advance, answer.Body)
		}
	}
	if now := emulatedTime(t, s); now.Year() != 2261 || end.Sub(now) > 2*time.Hour {
		t.Errorf("it is %s", now)
	}
	s.Login(appPath) // the token has expired
	s.Register("ann")
}

func TestClockIsInAnswers(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{RPS: 1})
	s.Want(204, "POST", "/_emulator/clock", `{"advance":"48h"}`)
	for _, path := range []string{appPath + "/users", appPath + "/users", "/v1/users/"} { // the second is throttled
		answer := s.Call("GET", path, "")
		date, err := http.ParseTime(answer.Header.Get("Date"))
		if ahead := time.Until(date); err != nil || ahead < 47*time.Hour {
			t.Errorf("the Date of %s is %v ahead, %v", path, ahead, err)
		}
	}
	s.Want(204, "POST", "/_emulator/clock", `{"advance":"1s"}`)
	s.Register("ann")
	s.Want(204, "POST", "/_emulator/clock", `{"advance":"1s"}`)
	created := time.UnixMilli(int64(s.User("ann")["created"].(float64)))
	if ahead := time.Until(created); ahead < 47*time.Hour {
		t.Errorf("a user was created %v ahead", ahead)
	}
}

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		name, fault string
		status      int    // 0 where the connection ends
		body        string // contained in the answer
		header      map[string]string
		applied     bool
	}{
		{"status before", `{"status":503}`, 503, "", map[string]string{"Content-Type": "application/json"}, false},
		{"body before", `{"body":"<html>","content_type":"text/html","status":502}`, 502, "<html>", map[string]string{"Content-Type": "text/html"}, false},
		{"body alone before", `{"body":""}`, 200, "", nil, false},
		{"header", `{"status":429,"headers":{"Retry-After":"7"}}`, 429, "", map[string]string{"Retry-After": "7"}, false},
		{"delay before", `{"delay":"1ms"}`, 200, `"action":"post"`, nil, true},
		{"drop before", `{"drop":true}`, 0, "", nil, false},
		{"status after", `{"when":"after","status":500}`, 500, "", nil, true},
		{"body after", `{"when":"after","body":"{\"cut"}`, 200, `{"cut`, nil, true},
		{"delay after", `{"when":"after","delay":"1ms"}`, 200, `"action":"post"`, map[string]string{"Content-Type": "application/json;charset=UTF-8"}, true},
		{"drop after", `{"when":"after","drop":true}`, 0, "", nil, true},
		{"cut short", `{"when":"after","drop":true,"body":"{\"act"}`, 0, "", nil, true},
		{"other method", `{"method":"PUT","status":500}`, 200, `"action":"post"`, nil, true},
		{"other path", `{"path":"/users/","status":500}`, 200, `"action":"post"`, nil, true},
		{"fitting", `{"method":"POST","path":"^/[^/]+/testapp/users$","status":500}`, 500, "", nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := emulatortest.StartEasemob(t, emulator.Options{})
			s.Want(204, "PUT", "/_emulator/faults", "["+test.fault+"]")
			answer, err := s.Try("POST", appPath+"/users", `{"username":"ann","password":"1"}`)
			if (test.status == 0) != (err != nil) {
				t.Fatalf("got %v %v, want status %d", answer, err, test.status)
			}
			if test.status != 0 && (answer.Status != test.status || !strings.Contains(answer.Body, test.body)) {
				t.Errorf("got %d %q, want %d with %q", answer.Status, answer.Body, test.status, test.body)
			}
			for name, want := range test.header {
				if got := answer.Header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			s.Want(204, "PUT", "/_emulator/faults", "[]")
			if applied := len(s.Entities("GET", appPath+"/users", "")) == 1; applied != test.applied {
				t.Errorf("the call took effect: %v, want %v", applied, test.applied)
			}
		})
	}
}

func TestFaultIsCutShort(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	s.Want(204, "PUT", "/_emulator/faults", `[{"drop":true,"body":"{\"act"}]`)
	request, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+appPath+"/users", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if closeErr := response.Body.Close(); closeErr != nil {
		t.Error(closeErr)
	}
	if string(body) != `{"act` || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q and %v, want the body and its end missing", body, err)
	}
}

func TestFaultTimes(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	statuses := func(n int) (got []int) {
		for range n {
			got = append(got, s.Call("GET", appPath+"/users", "").Status)
		}
		return got
	}
	for _, test := range []struct {
		faults string
		want   []int
	}{
		{`[{"status":500}]`, []int{500, 200, 200, 200}},
		{`[{"status":500,"times":2}]`, []int{500, 500, 200, 200}},
		{`[{"status":500,"times":-1}]`, []int{500, 500, 500, 500}},
		{`[{"status":500,"times":2},{"status":503}]`, []int{500, 500, 503, 200}},
		{`[{"status":500,"method":"POST"},{"status":503}]`, []int{503, 200, 200, 200}},
	} {
		s.Want(204, "PUT", "/_emulator/faults", test.faults)
		if diff := cmp.Diff(test.want, statuses(4)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.faults, diff)
		}
	}
}

func TestFaultsAreTakenOnce(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	s.Want(204, "PUT", "/_emulator/faults", `[{"status":500,"times":10},{"status":503,"times":10}]`)
	got := map[int]int{}
	var mu sync.Mutex
	var calls sync.WaitGroup
	for range 40 {
		calls.Go(func() {
			answer, err := s.Try("GET", appPath+"/users", "")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			got[answer.Status]++
		})
	}
	calls.Wait()
	if diff := cmp.Diff(map[int]int{200: 20, 500: 10, 503: 10}, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// TestTime looks at what waits, in a bubble where time passes at once.
func TestTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := emulator.New(emulator.Options{Latency: time.Second, RPS: 2.5})
		call := func(method, path, body string) (status int, took time.Duration) {
			t.Helper()
			start := time.Now()
			recorder := httptest.NewRecorder()
			request := httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, strings.NewReader(body))
			request.Header.Set("X-Emulator-Control", "test")
			server.ServeHTTP(recorder, request)
			return recorder.Code, time.Since(start)
		}
		want := func(status int, took time.Duration, method, path, body string) {
			t.Helper()
			if gotStatus, gotTook := call(method, path, body); gotStatus != status || gotTook != took {
				t.Errorf("%s %s: got %d after %v, want %d after %v", method, path, gotStatus, gotTook, status, took)
			}
		}
		const users = "/chat-demo/testapp/users"
		want(204, 0, "PUT", "/_emulator/faults", `[{"method":"PUT","delay":"2s","status":500},{"method":"PATCH","when":"after","delay":"3s"}]`)
		want(401, time.Second, "GET", users, "")
		want(500, 3*time.Second, "PUT", users, "")
		want(405, 4*time.Second, "PATCH", users, "")

		// The limit is 2.5 calls per second, and 3 at once; each application has its own.
		burst := func(path string, n int) map[int]int {
			statuses := map[int]int{}
			var mu sync.Mutex
			var calls sync.WaitGroup
			for range n {
				calls.Go(func() {
					status, _ := call("GET", path, "")
					mu.Lock()
					defer mu.Unlock()
					statuses[status]++
				})
			}
			calls.Wait()
			return statuses
		}
		time.Sleep(10 * time.Second) // of the bubble: the limit is full
		if diff := cmp.Diff(map[int]int{401: 3, 429: 7}, burst(users, 10)); diff != "" {
			t.Errorf("10 calls at once (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[int]int{404: 3, 429: 1}, burst("/other/app/users", 4)); diff != "" {
			t.Errorf("4 calls at once of another application (-want +got):\n%s", diff)
		}
		time.Sleep(10 * time.Second)
		statuses := map[int]int{}
		for range 5 {
			for status, n := range burst(users, 4) {
				statuses[status] += n
			}
			time.Sleep(time.Second) // and one of latency: 5 calls are allowed anew, of which 3 fit
		}
		if diff := cmp.Diff(map[int]int{401: 15, 429: 5}, statuses); diff != "" {
			t.Errorf("4 calls every 2 seconds (-want +got):\n%s", diff)
		}
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), "GET", "http://localhost/_emulator/requests", nil))
		if !strings.Contains(recorder.Body.String(), `"throttled":13,`) {
			t.Errorf("the counts are %s, want 13 throttled", recorder.Body)
		}
	})
}

func TestThrottled(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{RPS: 0.001}) // one call, and that was for the token
	answer := s.Want(429, "GET", appPath+"/users", "")
	if !strings.Contains(answer.Body, `"error":"reach_limit"`) || !strings.Contains(answer.Body, "This request has reached api limit") {
		t.Errorf("got %s", answer.Body)
	}
	s.Want(204, "PUT", "/_emulator/faults", `[{"status":500}]`)
	s.Want(429, "GET", appPath+"/users", "")
	s.Want(204, "POST", "/_emulator/clock", `{"advance":"20m"}`)
	s.Want(500, "GET", appPath+"/users", "") // what is throttled uses no fault up
	if counts := s.Counts(); counts.Throttled != 2 || counts.Total != 4 {
		t.Errorf("got %+v, want 2 of 4 throttled", counts)
	}
}

func TestLatencyEndsWithTheCaller(t *testing.T) {
	server := httptest.NewServer(emulator.New(emulator.Options{Latency: time.Hour}))
	defer server.Close() // waits for the call to end
	patience, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(patience, "GET", server.URL+appPath+"/users", nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := http.DefaultClient.Do(request); err == nil {
		t.Errorf("got %s, want no answer", response.Status)
		_ = response.Body.Close()
	}
}

func TestManyCallers(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{RPS: 1e6})
	const callers, rounds = 16, 8
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			name, other := fmt.Sprintf("user%d", i), fmt.Sprintf("user%d", (i+1)%callers)
			for range rounds {
				for _, call := range [][3]string{
					{"POST", appPath + "/users", `[{"username":"` + name + `","password":"1"},{"username":"` + other + `","password":"1"}]`},
					{"PUT", appPath + "/users/" + name, `{"nickname":"` + other + `"}`},
					{"PUT", appPath + "/users/" + name + "/password", `{"newpassword":"2"}`},
					{"POST", appPath + "/token", `{"grant_type":"password","username":"` + name + `","password":"2"}`},
					{"POST", appPath + "/users/" + name + "/contacts/users/" + other, ""},
					{"POST", appPath + "/users/" + name + "/blocks/users", `{"usernames":["` + other + `"]}`},
					{"GET", appPath + "/users?limit=100", ""},
					{"GET", appPath + "/users/" + other + "/contacts/users", ""},
					{"POST", appPath + "/users/" + other + "/deactivate", ""},
					{"GET", "/_emulator/state", ""},
					{"GET", "/_emulator/requests", ""},
					{"PUT", "/_emulator/faults", `[{"path":"` + name + `","status":503}]`},
					{"DELETE", appPath + "/users/" + other, ""},
				} {
					if answer, err := s.Try(call[0], call[1], call[2]); err != nil || answer.Status == 500 {
						t.Errorf("%s %s: %d %s %v", call[0], call[1], answer.Status, answer.Body, err)
					}
				}
			}
		})
	}
	all.Wait()
	s.Want(204, "PUT", "/_emulator/faults", "[]")
	for _, user := range s.Entities("GET", appPath+"/users?limit=100", "") {
		for _, list := range []string{"contacts", "blocks"} {
			var reply struct{ Data []string }
			answer := s.Want(200, "GET", fmt.Sprintf("%s/users/%s/%s/users", appPath, user["username"], list), "")
			if err := json.Unmarshal([]byte(answer.Body), &reply); err != nil {
				t.Fatal(err)
			}
			for _, other := range reply.Data {
				s.Want(200, "GET", appPath+"/users/"+other, "")
			}
		}
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/emulator"
)

// registration is a call that takes effect once.
var registration = map[*platform]struct {
	path, body string
	header     http.Header
}{
	easemob: {"/chat-demo/testapp/users", `{"username":"anna","password":"canary-1"}`, http.Header{}},
	jmessage: {"/v1/users", `[{"username":"anna","password":"canary-1"}]`,
		http.Header{"Authorization": {"Basic " + jmessage.secrets[len(jmessage.secrets)-1]}}},
}

func onEachPlatform(t *testing.T, test func(t *testing.T, p *platform)) {
	t.Helper()
	for _, p := range []*platform{easemob, jmessage} {
		t.Run(p.name, func(t *testing.T) { test(t, p) })
	}
}

// newEmulated serves an emulator until the test ends.
func newEmulated(t *testing.T, p *platform) *emulated {
	t.Helper()
	e, err := serve(p, emulator.New(emulator.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func (e *emulated) loaded(t *testing.T) document {
	t.Helper()
	d, err := e.load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// holds reports whether a user is in an emulator.
func holds(next http.Handler, username string) bool {
	recorder := httptest.NewRecorder()
	next.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "http://localhost/_emulator/state", nil))
	return strings.Contains(recorder.Body.String(), `"username":"`+username+`"`)
}

// ask makes a call and reports whether it was answered to the end.
func ask(x *proxy, r *http.Request) (recorder *httptest.ResponseRecorder, complete bool) {
	recorder = httptest.NewRecorder()
	defer func() { complete = recover() == nil }()
	x.ServeHTTP(recorder, r)
	return recorder, true
}

// Every fault does what its name says, and cannot be taken for success without effect.
func TestFaults(t *testing.T) {
	onEachPlatform(t, func(t *testing.T, p *platform) {
		for _, f := range faults {
			t.Run(f.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					next := emulator.New(emulator.Options{})
					x := newProxy(p, next)
					x.decide = func(phase, string, string, int) *fault { return f }
					ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
					defer cancel()
					call := registration[p]
					r := httptest.NewRequestWithContext(ctx, http.MethodPost, call.path, strings.NewReader(call.body))
					r.Header = call.header.Clone()
					start := time.Now()
					recorder, complete := ask(x, r)
					took := time.Since(start)
					if _, broken, log := x.quiet(); broken != 1 || len(log) != 1 || !strings.HasSuffix(log[0], ": "+f.name) {
						t.Errorf("%d calls were broken, the log is %q", broken, log)
					}
					if there := holds(next, "anna"); there != f.effect {
						t.Errorf("the user was registered: %t", there)
					}
					body := recorder.Body.Bytes()
					success := complete && recorder.Code/100 == 2 && json.Valid(body)
					if want := f.name == "slow answer"; success != want || success && (took < time.Second || took > 2*time.Second) {
						t.Errorf("a success: %t, but the answer after %s is %d %q", success, took, recorder.Code, body)
					}
					switch f.name {
					case "429 with Retry-After: 0":
						if recorder.Header().Get("Retry-After") != "0" {
							t.Errorf("the header is %v", recorder.Header())
						}
					case "500 after the effect":
						if !bytes.Contains(body, []byte("canary-1")) {
							t.Errorf("the error does not quote the call: %s", body)
						}
					case "cut short":
						if announced, err := strconv.Atoi(recorder.Header().Get("Content-Length")); err != nil || len(body) == 0 || announced <= len(body) {
							t.Errorf("%d bytes came, announced were %d", len(body), announced)
						}
					}
				})
			})
		}
	})
}

// A call without an answer's body is not broken by leaving the body out.
func TestFaults_withoutBody(t *testing.T) {
	for _, f := range faults {
		if f.name != "cut short" && f.name != "empty answer" {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			x := newProxy(jmessage, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
			x.decide = func(phase, string, string, int) *fault { return f }
			if _, complete := ask(x, httptest.NewRequest(http.MethodPut, "/v1/users/anna", nil)); complete {
				t.Error("the connection was not broken")
			}
		})
	}
}

// What goes wrong depends on seed, step, command and call, and on nothing else.
func TestDecide(t *testing.T) {
	broken, kinds, same := 0, map[string]int{}, 0
	const calls = 20_000
	for i := range calls {
		p := phase{seed: 7, step: i % 10, command: i % 3, share: 0.2}
		method, path, nth := http.MethodGet, fmt.Sprintf("/users/%d", i), 1+i%4
		f := p.decide(method, path, nth)
		if f != p.decide(method, path, nth) {
			t.Fatal("it was decided in another way the second time")
		}
		if f != nil {
			broken++
			kinds[f.name]++
		}
		if p.seed++; p.decide(method, path, nth) == f {
			same++
		}
	}
	if broken < calls*18/100 || broken > calls*22/100 {
		t.Errorf("%d of %d calls were broken", broken, calls)
	}
	if same > calls*80/100 {
		t.Errorf("another seed decided %d of %d calls in the same way", same, calls)
	}
	for _, f := range faults {
		if kinds[f.name] == 0 {
			t.Errorf("%s never happened", f.name)
		}
	}
	if f := (phase{seed: 7}).decide(http.MethodGet, "/users", 1); f != nil {
		t.Errorf("a phase without faults had %s", f.name)
	}
}

func TestMoment(t *testing.T) {
	tests := map[string]struct {
		moment moment
		// there reports whether the second user exists when the moment comes, and later.
		during, later bool
		answered      bool
	}{
		"interrupted before": {moment{call: 2, writes: true}, false, true, true},
		"interrupted after":  {moment{call: 2, writes: true, after: true}, true, true, true},
		"killed before":      {moment{call: 2, writes: true, kill: true}, false, false, false},
		"killed after":       {moment{call: 2, writes: true, after: true, kill: true}, true, true, false},
		"third call":         {moment{call: 3}, false, true, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				next := emulator.New(emulator.Options{})
				x := newProxy(easemob, next)
				m, acted := test.moment, 0
				m.act = func() {
					acted++
					if holds(next, "second") != test.during {
						t.Errorf("when the moment came the user existed: %t", !test.during)
					}
				}
				x.begin(phase{}, &m)
				send := func(method, body string) bool {
					_, answered := ask(x, httptest.NewRequest(method, "/chat-demo/testapp/users", strings.NewReader(body)))
					return answered
				}
				send(http.MethodPost, `{"username":"first","password":"1"}`)
				send(http.MethodGet, "")
				answered := send(http.MethodPost, `{"username":"second","password":"1"}`)
				send(http.MethodPost, `{"username":"third","password":"1"}`)
				if acted != 1 || !m.reached {
					t.Errorf("the moment came %d times", acted)
				}
				if answered != test.answered || holds(next, "second") != test.later || !holds(next, "third") {
					t.Errorf("answered: %t, the user exists: %t", answered, holds(next, "second"))
				}
				if _, _, log := x.quiet(); len(log) != 4 || !strings.Contains(log[2], m.String()) {
					t.Errorf("the log is %q", log)
				}
			})
		})
	}
}

// Nobody takes the platform's state while a call of a dead process may change it.
func TestProxy_quiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newProxy(easemob, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Minute) }))
		go x.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/chat-demo/testapp/users", nil))
		synctest.Wait()
		start := time.Now()
		if calls, _, log := x.quiet(); calls != 1 || len(log) != 1 || time.Since(start) != time.Minute {
			t.Errorf("after %s there were %d calls and the log %q", time.Since(start), calls, log)
		}
	})
}

func TestProxy_tokens(t *testing.T) {
	e := newEmulated(t, easemob)
	resp, err := http.Post(e.url+"/chat-demo/testapp/token", "application/json",
		strings.NewReader(`{"grant_type":"client_credentials","client_id":"demo-client-id","client_secret":"demo-client-secret"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var issued struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&issued); err != nil {
		t.Fatal(err)
	}
	if secrets := e.proxy.secrets(); len(secrets) != 1 || secrets[0] != issued.Token || issued.Token == "" {
		t.Errorf("the tokens are %q", secrets)
	}
	if n := e.proxy.beyondTokens(); n != 0 {
		t.Errorf("%d calls did not ask for a token", n)
	}
}

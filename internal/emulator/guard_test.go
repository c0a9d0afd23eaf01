package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

// TestControlHosts covers that a foreign name which leads to the emulator is refused.
func TestControlHosts(t *testing.T) {
	const own, foreign, address, added = 1, 2, 4, 8
	hosts := map[string]int{
		"127.0.0.1:7420": own, "127.0.0.1": own, "127.9.9.9": own, "[::1]:7420": own, "[::1]": own,
		"localhost": own, "localhost:7420": own, "LocalHost.": own,
		"evil.example": foreign, "evil.example:7420": foreign, "localhost.evil.example": foreign, "127.0.0.1.nip.io": foreign,
		"": foreign, ":7420": foreign, "notlocalhost": foreign,
		"192.0.2.1:7420": address, "[2001:db8::1]": address, "0.0.0.0:7420": address,
		"chat.test": added, "CHAT.test:80": added,
	}
	for _, test := range []struct {
		options emulator.Options
		served  int
	}{
		{emulator.Options{}, own},
		{emulator.Options{AnyAddress: true}, own | address},
		{emulator.Options{Hosts: []string{"chat.test"}}, own | added},
	} {
		server := emulator.New(test.options)
		for host, kind := range hosts {
			for _, path := range []string{"/_emulator/", "/_emulator/state", "/_emulator/events"} {
				request := httptest.NewRequestWithContext(t.Context(), "HEAD", path, nil)
				if path == "/_emulator/events" && test.served&kind != 0 {
					continue // has no end
				}
				request.Host = host
				recorder := httptest.NewRecorder()
				server.ServeHTTP(recorder, request)
				if served := recorder.Code == 200; served != (test.served&kind != 0) || !served && recorder.Code != 403 {
					t.Errorf("%s%s with %+v: got %d", host, path, test.options, recorder.Code)
				}
			}
		}
	}
}

// TestControlHeader covers that a page of another origin changes nothing: a browser asks
// before it sends the header, and gets no leave.
func TestControlHeader(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	s.Register("ann")
	before := s.State("easemob")
	without := func(r *http.Request) { r.Header.Del("X-Emulator-Control") }
	for _, call := range [][3]string{
		{"POST", "reset", ""}, {"DELETE", "requests", ""}, {"PUT", "faults", `[{"status":500,"times":-1}]`},
		{"PUT", "state", `{"easemob":{}}`}, {"PUT", "settings", `{"easemob":{"max_groups":1}}`},
		{"PUT", "limits", `{"latency":"1h"}`}, {"POST", "clock", `{"advance":"1h"}`}, {"OPTIONS", "reset", ""},
	} {
		answer := s.Want(403, call[0], "/_emulator/"+call[1], call[2], without)
		if !strings.Contains(answer.Body, "X-Emulator-Control") {
			t.Errorf("%s %s: got %s, want the name of the header", call[0], call[1], answer.Body)
		}
		for name := range answer.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s %s: the answer has %s", call[0], call[1], name)
			}
		}
	}
	if after := s.State("easemob"); after != before {
		t.Errorf("the state was %s and is %s", before, after)
	}
	s.Want(200, "GET", appPath+"/users/ann", "") // no fault, no latency
	preflight := s.Call("OPTIONS", "/_emulator/reset", "")
	if preflight.Status < 400 || preflight.Header.Get("Access-Control-Allow-Headers") != "" {
		t.Errorf("the preflight got %d %v", preflight.Status, preflight.Header)
	}
}

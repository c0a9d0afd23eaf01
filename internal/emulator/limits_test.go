package emulator_test

import (
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

func TestLimits(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{RPS: 1000})
	want := func(limits string) {
		t.Helper()
		if body := s.Want(200, "GET", "/_emulator/limits", "").Body; strings.TrimSpace(body) != limits {
			t.Errorf("the limits are %s, want %s", body, limits)
		}
	}
	want(`{"latency":"0s","rps":1000}`)
	s.Want(204, "PUT", "/_emulator/limits", `{"rps":0.001}`)
	s.Want(200, "GET", appPath+"/users", "")
	s.Want(429, "GET", appPath+"/users", "")
	s.Want(204, "PUT", "/_emulator/limits", `{"latency":"1ms"}`) // leaves the other alone
	want(`{"latency":"1ms","rps":0.001}`)
	s.Want(204, "PUT", "/_emulator/limits", `{"latency":"0s","rps":0}`)
	for range 5 {
		s.Want(200, "GET", appPath+"/users", "")
	}
	s.Want(204, "POST", "/_emulator/reset", "")
	want(`{"latency":"0s","rps":1000}`)
}

func TestFaultsAreListed(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	s.Want(204, "PUT", "/_emulator/faults", `[{"method":"GET","path":"/users","status":500,"times":3},{"drop":true,"method":"PUT"}]`)
	s.Want(500, "GET", appPath+"/users", "")
	const left = `[{"method":"GET","path":"/users","status":500,"times":2},{"method":"PUT","drop":true,"times":1}]`
	if body := s.Want(200, "GET", "/_emulator/faults", "").Body; strings.TrimSpace(body) != left {
		t.Errorf("the faults are %s, want %s", body, left)
	}
	s.Want(204, "PUT", "/_emulator/faults", left) // they can be put back
}

func TestSeed(t *testing.T) {
	server := emulator.New(emulator.Options{})
	if err := server.Seed([]byte(`{"easemob":{"users":[{"username":"ann","uuid":"11111111-2222-1333-8444-555555555555","created":1}]}}`)); err != nil {
		t.Fatal(err)
	}
	s := emulatortest.Serve(t, server)
	s.Login(appPath)
	for range 2 {
		s.Want(200, "GET", appPath+"/users/ann", "")
		s.Want(200, "DELETE", appPath+"/users/ann", "")
		s.Want(404, "GET", appPath+"/users/ann", "")
		s.Want(204, "POST", "/_emulator/reset", "")
		s.Login(appPath)
	}
	for _, document := range []string{``, `x`, `[]`, `{"easemob":{}} trailing`, `{"other":{}}`, `{"easemob":{"users":[{}]}}`, `{"jmessage":{"last_gid":"x"}}`} {
		if err := server.Seed([]byte(document)); err == nil {
			t.Errorf("%q is a seed", document)
		}
		if err := server.Restore([]byte(document)); err == nil {
			t.Errorf("%q is a state", document)
		}
	}
	s.Want(204, "POST", "/_emulator/reset", "") // the seed that was refused is not used
	s.Login(appPath)
	s.Want(200, "GET", appPath+"/users/ann", "")
}

func TestChanges(t *testing.T) {
	server := emulator.New(emulator.Options{})
	s := emulatortest.Serve(t, server)
	s.Login(appPath)
	for _, test := range []struct {
		changes            bool
		method, path, body string
	}{
		{false, "GET", appPath + "/users", ""},
		{false, "GET", "/_emulator/state", ""},
		{false, "DELETE", "/_emulator/requests", ""},
		{true, "POST", appPath + "/users", `{"username":"ann","password":"1"}`},
		{true, "GET", appPath + "/users/ann/disconnect", ""},
		{false, "GET", appPath + "/users/ann/status", ""},
		{true, "PUT", "/v1/sdkregister/status?status=0", ""},
		{false, "GET", "/v1/sdkregister/status", ""},
		{true, "PUT", "/_emulator/state", `{"easemob":{}}`},
		{true, "PUT", "/_emulator/settings", `{"easemob":{"max_groups":1}}`},
		{true, "POST", "/_emulator/reset", ""},
	} {
		before := server.Changes()
		s.Call(test.method, test.path, test.body)
		if changed := server.Changes() != before; changed != test.changes {
			t.Errorf("%s %s is a change: %v", test.method, test.path, changed)
		}
	}
}

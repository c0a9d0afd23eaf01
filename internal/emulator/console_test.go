package emulator_test

import (
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator"
	"terraform-provider-chat/internal/emulator/emulatortest"
)

// TestConsoleIsServed covers the page and its parts; what it does is tested in a browser.
func TestConsoleIsServed(t *testing.T) {
	s := emulatortest.StartEasemob(t, emulator.Options{})
	page := s.Want(200, "GET", "/_emulator", "") // is redirected
	for path, contentType := range map[string]string{
		"/_emulator/": "text/html", "/_emulator/console.css": "text/css", "/_emulator/console.js": "text/javascript",
	} {
		answer := s.Want(200, "GET", path, "")
		if got := answer.Header.Get("Content-Type"); !strings.HasPrefix(got, contentType) || len(answer.Body) < 1000 {
			t.Errorf("%s has %d bytes of %s", path, len(answer.Body), got)
		}
		policy := answer.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("the policy of %s is %q, without %s", path, policy, part)
			}
		}
		if strings.Contains(answer.Body, "http://") && strings.Contains(strings.ReplaceAll(answer.Body, "http://www.w3.org/2000/svg", ""), "http://") ||
			strings.Contains(answer.Body, "https://") {
			t.Errorf("%s names another address", path)
		}
	}
	for _, inline := range []string{"<style", " style=", " onclick=", "<script>"} {
		if strings.Contains(page.Body, inline) {
			t.Errorf("the page has %s, which its policy forbids", inline)
		}
	}
}

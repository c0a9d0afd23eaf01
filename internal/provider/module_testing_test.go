package provider_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// The example of a tested module passes its own tests, cleans up, and has really met the
// faults that one of them injects. It fails if the module is wrong.
func TestAccExamples_moduleTests(t *testing.T) {
	t.Parallel()
	w := guideWorld(t, "easemob")
	skipBelow(t, tfversion.Version1_11_0)
	skipOn(t, "OpenTofu", ">= 1.0", "no condition may refer to an earlier run of the test")
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("needs curl")
	}
	g := readGuide(t, "module-testing")
	s := g.session(t, "module-testing", w)
	g.skip("go install ./internal/emulator/cmd/chat-emulator", "chat-emulator")
	s.follow("terraform init", 0)
	if out := s.follow("terraform test", 0); !strings.Contains(out, "5 passed, 0 failed.") {
		t.Errorf("not all tests passed:\n%s", out)
	}
	if n := w.emulator.requests().Routes["POST /{org}/{app}/users/{username}/contacts/users/{contact}"]; n < 3 {
		t.Errorf("contacts were added %d times, want three times for one that fails twice", n)
	}
	var left []any
	w.emulator.call("GET", "/faults", nil, &left)
	if len(left) != 0 {
		t.Errorf("these faults did not happen: %v", left)
	}
	if !w.gone("alice") || !w.gone("bruno") || !w.gone("chiara") {
		t.Error("the tests left users behind")
	}
	s.follow("terraform test -filter=tests/faults.tftest.hcl", 0)
	g.done()

	s.edit("main.tf", func(text string) string {
		return strings.Replace(text, "chat_user.member[var.on_duty].id", `chat_user.member[keys(var.members)[0]].id`, 1)
	})
	if out := s.also("terraform test", 1); !strings.Contains(out, "The contacts do not follow the person on duty.") && !strings.Contains(out, "owner") {
		t.Errorf("the tests do not say what is wrong:\n%s", out)
	}
}

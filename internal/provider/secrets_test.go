package provider_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// No password, secret or token is in a log, the output, a plan or, if it is write-only,
// the state: at the most detailed log level, for every kind of call, whether it succeeds
// or fails.
func TestAccSecrets_areInNoLogAndNoOutput(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	c := newCLI(t, "", environmentOf(w))
	trace := filepath.Join(c.dir, "trace.log")
	c.env = append(c.env, "TF_LOG=TRACE", "TF_LOG_PATH="+trace)
	// declare writes a configuration whose passwords end with a word.
	declare := func(word string, version int) {
		c.write("main.tf", requireChat+fmt.Sprintf(`
resource "chat_user" "alice" {
  username = "alice"
  password = "canary-state-%[1]s"
  nickname = "Alice %[1]s"
}

resource "chat_user" "bob" {
  username            = "bob"
  password_wo         = "canary-wo-%[1]s"
  password_wo_version = %[2]d
}

resource "chat_contact" "c" {
  owner   = chat_user.alice.id
  contact = chat_user.bob.id
}

resource "chat_block" "b" {
  owner   = chat_user.bob.id
  blocked = chat_user.alice.id
}

data "chat_user_status" "s" {
  usernames = [chat_user.alice.id, chat_user.bob.id]
}
`, word, version))
	}
	var printed strings.Builder
	declare("one", 1)
	printed.WriteString(c.apply())
	declare("two", 2)
	// Failures whose text quotes the password, as the platform's answers to duplicates do.
	var faults []fault
	for name, password := range map[string]string{"alice": "canary-state-two", "bob": "canary-wo-two"} {
		path := "/" + name + "/password$"
		faults = append(faults,
			fault{Method: "PUT", Path: path, Status: 500, Body: "<html>" + password + "</html>", ContentType: "text/html"},
			fault{Method: "PUT", Path: path, Status: 400, Body: fmt.Sprintf(`{"error":"illegal_argument","error_description":"refused: %s"}`, password)})
	}
	w.emulator.faults(faults...)
	out, code := c.try("apply", "-auto-approve", "-no-color")
	if code == 0 || !strings.Contains(out, "illegal_argument") {
		t.Errorf("want an error for the refused change, got exit code %d\n%s", code, out)
	}
	printed.WriteString(out)
	printed.WriteString(c.run("plan", "-out=plan", "-no-color"))
	printed.WriteString(c.run("apply", "-no-color", "plan"))
	printed.WriteString(c.destroy())

	log, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(log, []byte("/chat-demo/testapp/users")) {
		t.Error("the log does not contain the requests: is it on?")
	}
	// Every token of the emulator begins with YWMt, as the platform's do.
	for _, secret := range []string{"canary-state-one", "canary-state-two", "canary-wo-one", "canary-wo-two", easemobClientSecret, "YWMt"} {
		if bytes.Contains(log, []byte(secret)) {
			t.Errorf("%q is in the log", secret)
		}
		if strings.Contains(printed.String(), secret) {
			t.Errorf("%q is in the output", secret)
		}
	}
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		state, err := os.ReadFile(filepath.Join(c.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(state, []byte("canary-wo")) {
			t.Errorf("a write-only password is in %s", name)
		}
	}
}

package provider_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// emulatorProgram is the built emulator in a folder, as a reader of its guide has it.
type emulatorProgram struct {
	t           *testing.T
	binary, dir string
	guide       *guide
	url         string
	stop        func()
}

// start runs a command of the guide, on a free port.
func (e *emulatorProgram) start(line string) {
	e.t.Helper()
	if e.stop != nil {
		e.stop()
	}
	args := strings.Fields(e.guide.take(line).line)[1:]
	cmd := exec.Command(e.binary, append(args, "-listen", "127.0.0.1:0")...)
	cmd.Dir = e.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		e.t.Fatal(err)
	}
	e.stop = func() {
		e.stop = nil
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			e.t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			e.t.Errorf("%s: %v\n%s", line, err, stderr.String())
		}
	}
	first, err := bufio.NewReader(stdout).ReadString('\n')
	var ready bool
	if e.url, ready = strings.CutPrefix(strings.TrimSpace(first), "listening on "); !ready || err != nil {
		e.t.Fatalf("%s: the first line is %q, %v", line, first, err)
	}
}

// shell runs the next command of the guide that begins with a text, against the emulator.
func (e *emulatorProgram) shell(begins string) string {
	e.t.Helper()
	for _, c := range e.guide.open {
		if strings.HasPrefix(c.line, begins) {
			e.guide.take(c.line)
			cmd := exec.Command("sh", "-c", strings.ReplaceAll(c.line, "curl -s", "curl -sSf"))
			cmd.Args[2] = strings.ReplaceAll(cmd.Args[2], "http://127.0.0.1:7420", e.url)
			cmd.Dir = e.dir
			out, err := cmd.CombinedOutput()
			if err != nil {
				e.t.Errorf("%s: %v\n%s", c.line, err, out)
			}
			return string(out)
		}
	}
	e.t.Fatalf("the guide has no command that begins with %q any more; left are %v", begins, e.guide.open)
	return ""
}

func (e *emulatorProgram) usernames() (names []string) {
	e.t.Helper()
	var state struct {
		Easemob struct{ Users []struct{ Username string } }
	}
	(&control{e.t, e.url}).call("GET", "/state", nil, &state)
	for _, user := range state.Easemob.Users {
		names = append(names, user.Username)
	}
	return names
}

func TestGuide_emulator(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(program); err != nil || runtime.GOOS == "windows" {
			t.Skip("needs " + program)
		}
	}
	g := readGuide(t, "emulator")
	e := &emulatorProgram{t: t, binary: filepath.Join(t.TempDir(), "chat-emulator"), dir: t.TempDir(), guide: g}
	install := strings.Fields(g.take("go install ./internal/emulator/cmd/chat-emulator").line)
	build := exec.Command(install[0], install[1:]...)
	build.Dir, build.Env = repository, append(os.Environ(), "GOBIN="+filepath.Dir(e.binary))
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Cleanup(func() {
		if e.stop != nil {
			e.stop()
		}
	})

	help, err := exec.Command(e.binary, "-h").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	for _, option := range regexp.MustCompile(`(?m)^  (-[a-z-]+)`).FindAllStringSubmatch(string(help), -1) {
		if !strings.Contains(g.text, "`"+option[1]) {
			t.Errorf("the guide does not have the option %s", option[1])
		}
	}

	e.start("chat-emulator")
	part := []byte(g.block("json", "users"))
	var seed any
	if err := json.Unmarshal(part, &seed); err != nil {
		t.Fatal(err)
	}
	admin := &control{t, e.url}
	admin.call("PUT", "/state", seed, nil)
	e.shell("curl -s http://127.0.0.1:7420/_emulator/state -o seed.json")
	e.start("chat-emulator -seed seed.json")
	if names := e.usernames(); strings.Join(names, " ") != "alice bob" {
		t.Errorf("the seed has %v", names)
	}
	admin.url = e.url
	e.shell("curl -s -X PUT")
	var limits struct {
		Latency string
		RPS     float64
	}
	admin.call("GET", "/limits", nil, &limits)
	if limits.Latency != "150ms" || limits.RPS != 5 {
		t.Errorf("the limits are %+v", limits)
	}
	if out := e.shell("curl -s http://127.0.0.1:7420/_emulator/requests"); !strings.Contains(out, `"routes"`) {
		t.Errorf("the counts are %s", out)
	}
	admin.call("PUT", "/state", map[string]any{"easemob": map[string]any{}}, nil)
	e.shell("curl -s -X POST")
	if names := e.usernames(); strings.Join(names, " ") != "alice bob" {
		t.Errorf("a reset returns to %v", names)
	}
	e.shell("curl -s -X PUT")
	var faults []any
	admin.call("GET", "/faults", nil, &faults)
	if len(faults) != 2 {
		t.Errorf("the faults are %v", faults)
	}

	e.start("chat-emulator -data staging.json")
	(&control{t, e.url}).call("PUT", "/state", seed, nil)
	g.open = append(g.open, command{line: "chat-emulator -data staging.json"}) // once more
	e.start("chat-emulator -data staging.json")
	if names := e.usernames(); strings.Join(names, " ") != "alice bob" {
		t.Errorf("after a restart the emulator has %v", names)
	}
	g.done()
}

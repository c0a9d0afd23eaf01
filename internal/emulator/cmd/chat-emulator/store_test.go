package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"terraform-provider-chat/internal/emulator"
)

// withUser is a state that has a user.
func withUser(name string) string {
	return `{"easemob":{"users":[{"username":"` + name + `","password":"secret"}]}}`
}

// control makes a control call.
func control(t *testing.T, e http.Handler, method, path, body string) string {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, "http://localhost/_emulator/"+path, strings.NewReader(body))
	request.Header.Set("X-Emulator-Control", "test")
	recorder := httptest.NewRecorder()
	e.ServeHTTP(recorder, request)
	if recorder.Code >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}

// names returns the users in a state document.
func names(t *testing.T, state string) string {
	t.Helper()
	var document struct {
		Easemob struct {
			Users []struct{ Username, Password string }
		}
	}
	if err := json.Unmarshal([]byte(state), &document); err != nil {
		t.Fatalf("%v in %s", err, state)
	}
	var all []string
	for _, user := range document.Easemob.Users {
		all = append(all, user.Username)
	}
	return strings.Join(all, " ")
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestStore covers when the file is written: after changes, and at the end.
func TestStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state.json")
		held := emulator.New(emulator.Options{})
		data, err := openStore(path, held)
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, read(t, path)); got != "" {
			t.Errorf("at first the file has %q", got)
		}
		var stderr bytes.Buffer
		finish := data.keep(&stderr)
		control(t, held, "PUT", "state", withUser("ann"))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := names(t, read(t, path)); got != "ann" {
			t.Errorf("after a change the file has %q", got)
		}

		write(t, path, "marked")
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := read(t, path); got != "marked" {
			t.Errorf("without a change the file was written: %s", got)
		}

		control(t, held, "PUT", "state", withUser("bob"))
		if err := finish(); err != nil {
			t.Fatal(err)
		}
		if got := names(t, read(t, path)); got != "bob" || stderr.Len() != 0 {
			t.Errorf("at the end the file has %q, and %q was printed", got, stderr.String())
		}
		again := emulator.New(emulator.Options{})
		if _, err := openStore(path, again); err != nil {
			t.Fatal(err)
		}
		if got := control(t, again, "GET", "state", ""); got != control(t, held, "GET", "state", "") {
			t.Errorf("the next emulator holds %s", got)
		}
		if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 2 || files[1].Name() != "state.json.lock" {
			t.Errorf("the folder has %v, %v", files, err)
		}
		if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("the file with the passwords is %v, %v", info.Mode(), err)
		}
	})
}

// TestStoreFailure covers a file that cannot be written while the emulator runs.
func TestStoreFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "folder")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, "state.json")
		held := emulator.New(emulator.Options{})
		data, err := openStore(path, held)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		var stderr bytes.Buffer
		finish := data.keep(&stderr)
		control(t, held, "PUT", "state", withUser("ann"))
		time.Sleep(time.Minute)
		synctest.Wait()
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := names(t, read(t, path)); got != "ann" {
			t.Errorf("the file has %q", got)
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		control(t, held, "PUT", "state", withUser("bob"))
		if err := finish(); err == nil {
			t.Error("at the end nothing was saved, and there is no error")
		}
		if got := strings.Count(stderr.String(), "-data "+path); got == 0 || got > 60 {
			t.Errorf("%d problems were printed: %s", got, stderr.String())
		}
	})
}

func TestStoreRefusals(t *testing.T) {
	for _, text := range []string{"", "x", "[]", `{"easemob":{"users":[{"username":"ann"}`, withUser("ann") + "}", `{"easemob":{"userz":[]}}`} {
		path := filepath.Join(t.TempDir(), "state.json")
		write(t, path, text)
		err := run(t.Context(), []string{"-listen", "127.0.0.1:0", "-data", path}, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "-data "+path) {
			t.Errorf("%q: got %v", text, err)
		}
		if got := read(t, path); got != text {
			t.Errorf("%q became %q", text, got)
		}
		if err := run(t.Context(), []string{"-listen", "127.0.0.1:0", "-seed", path}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "-seed "+path) {
			t.Errorf("as a seed %q: got %v", text, err)
		}
	}
	for _, option := range []string{"-data", "-seed"} {
		path := filepath.Join(t.TempDir(), "missing", "state.json")
		if err := run(t.Context(), []string{"-listen", "127.0.0.1:0", option, path}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), option) {
			t.Errorf("%s without its folder: got %v", option, err)
		}
	}
}

// TestSeedAndData covers both files together: the data is what was, the seed is what a
// reset returns to.
func TestSeedAndData(t *testing.T) {
	folder := t.TempDir()
	data, seed := filepath.Join(folder, "data.json"), filepath.Join(folder, "seed.json")
	write(t, seed, withUser("ann"))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	start := func() {
		t.Helper()
		if err := run(ended, []string{"-listen", "127.0.0.1:0", "-data", data, "-seed", seed}, io.Discard, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	start()
	if got := names(t, read(t, data)); got != "ann" {
		t.Errorf("the first start has %q", got)
	}
	write(t, data, withUser("bob"))
	start()
	if got := names(t, read(t, data)); got != "bob" {
		t.Errorf("the next start has %q", got)
	}
}

// TestStoreFollowsLinks covers that what a link leads to is written.
func TestStoreFollowsLinks(t *testing.T) {
	folder := t.TempDir()
	target, link := filepath.Join(folder, "target.json"), filepath.Join(folder, "link.json")
	write(t, target, withUser("ann"))
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	held := emulator.New(emulator.Options{})
	data, err := openStore(link, held)
	if err != nil {
		t.Fatal(err)
	}
	control(t, held, "PUT", "state", withUser("bob"))
	if err := data.save(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, read(t, target)); got != "bob" {
		t.Errorf("the target has %q", got)
	}
}

// TestStoreIsUsedOnce covers two emulators with the same file: the second is refused, and
// may have it when the first has ended, in whatever way.
func TestStoreIsUsedOnce(t *testing.T) {
	folder := t.TempDir()
	path, link := filepath.Join(folder, "state.json"), filepath.Join(folder, "link.json")
	write(t, path, withUser("ann"))
	first := startCommand(t, "-data", path)
	paths := []string{path}
	if os.Symlink(path, link) == nil {
		paths = append(paths, link)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, path := range paths {
		err := run(ended, []string{"-listen", "127.0.0.1:0", "-data", path}, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "-data "+path+": another emulator uses it") {
			t.Errorf("-data %s: got %v", path, err)
		}
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err == nil {
		t.Error("a process that was killed ended well")
	}
	for range 2 {
		if err := run(ended, []string{"-listen", "127.0.0.1:0", "-data", path}, io.Discard, io.Discard); err != nil {
			t.Error(err)
		}
	}
}

// startCommand starts the program in a process of its own and waits until it is ready.
func startCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], append([]string{"-listen", "127.0.0.1:0"}, args...)...) // #nosec G204 G702 -- this very program
	command.Env = append(os.Environ(), "CHAT_EMULATOR_UNDER_TEST=1")
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatalf("the first line is %q, %v", line, err)
	}
	return command
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestMain is the command itself where a test started it.
func TestMain(m *testing.M) {
	if os.Getenv("CHAT_EMULATOR_UNDER_TEST") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestCommand(t *testing.T) {
	for _, end := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(end.String(), func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data.json")
			command := exec.CommandContext(t.Context(), os.Args[0], "-listen", "127.0.0.1:0", "-data", data) // #nosec G204 G702 -- this very program
			command.Env = append(os.Environ(), "CHAT_EMULATOR_UNDER_TEST=1")
			var stderr bytes.Buffer
			command.Stderr = &stderr
			stdout, err := command.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			reader := bufio.NewReader(stdout)
			line, err := reader.ReadString('\n')
			address, ready := strings.CutPrefix(strings.TrimSpace(line), "listening on http://127.0.0.1:")
			if err != nil || !ready || address == "0" {
				t.Fatalf("the first line is %q, %v", line, err)
			}
			request, err := http.NewRequestWithContext(t.Context(), "POST", "http://127.0.0.1:"+address+"/chat-demo/testapp/token",
				strings.NewReader(`{"grant_type":"client_credentials","client_id":"demo-client-id","client_secret":"demo-client-secret"}`))
			if err != nil {
				t.Fatal(err)
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			if closeErr := response.Body.Close(); err != nil || closeErr != nil {
				t.Fatal(err, closeErr)
			}
			if !strings.Contains(string(body), `"expires_in":5184000`) {
				t.Errorf("the token is %s, want one of 1440 hours", body)
			}
			events, err := http.Get("http://127.0.0.1:" + address + "/_emulator/events") // does not hold up the end
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = events.Body.Close() }()
			change, err := http.NewRequestWithContext(t.Context(), "PUT", "http://127.0.0.1:"+address+"/_emulator/state", strings.NewReader(withUser("ann")))
			if err != nil {
				t.Fatal(err)
			}
			change.Header.Set("X-Emulator-Control", "test")
			changed, err := http.DefaultClient.Do(change)
			if err != nil || changed.StatusCode != 204 {
				t.Fatal(changed, err)
			}
			_ = changed.Body.Close()
			if err := command.Process.Signal(end); err != nil {
				t.Fatal(err)
			}
			rest, err := io.ReadAll(reader)
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Wait(); err != nil || len(rest) != 0 || stderr.Len() != 0 {
				t.Errorf("it ended with %v, printed %q and %q, want nothing more than the line", err, rest, stderr.String())
			}
			if got := names(t, read(t, data)); got != "ann" {
				t.Errorf("the file of its data has %q", got)
			}
		})
	}
}

func TestArguments(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		args string
		want string // in the error; empty for none
	}{
		{"-listen 127.0.0.1:0 -latency 5ms -rps 2.5 -token-ttl 1h", ""},
		{"-listen 127.0.0.1:0 -app easemob=org#one -app easemob=org#two -app jmessage=a1b2c3d4e5f6a7b8c9d0e1f2", ""},
		{"-app org#one", "-app"},
		{"-listen 127.0.0.1:0 -easemob-era 2025", ""},
		{"-easemob-era 2020", "-easemob-era"},
		{"-listen [::1]:nonsense", "-listen"},
		{"-listen 0.0.0.0:0", "-allow-remote"},
		{"-listen :0", "-allow-remote"},
		{"-listen 0.0.0.0:0 -allow-remote", ""},
		{"-latency -1s", "-latency"},
		{"-rps -1", "-rps"},
		{"-rps 1e300", "-rps"},
		{"-rps NaN", "-rps"},
		{"-rps +Inf", "-rps"},
		{"-token-ttl 0s", "-token-ttl"},
		{"-listen 127.0.0.1:0 -allow-remote -host chat.test -host other.test", ""},
		{"more", "more"},
		{"-unknown", "chat-emulator -h"},
	} {
		t.Run(test.args, func(t *testing.T) {
			var stdout bytes.Buffer
			err := run(ended, strings.Fields(test.args), &stdout, io.Discard)
			if test.want == "" {
				if err != nil || !strings.HasPrefix(stdout.String(), "listening on http://") {
					t.Errorf("got %v and %q", err, stdout.String())
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || stdout.Len() != 0 {
				t.Errorf("got %v and %q, want an error about %s", err, stdout.String(), test.want)
			}
		})
	}
	if err := run(ended, []string{"-listen", "127.0.0.1:0"}, brokenPipe{}, io.Discard); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v where the line could not be printed", err)
	}
}

// TestHelp covers that the help names every option and fits a terminal.
func TestHelp(t *testing.T) {
	for _, argument := range []string{"-h", "-help", "--help"} {
		var stdout bytes.Buffer
		if err := run(t.Context(), []string{argument}, &stdout, io.Discard); err != nil {
			t.Fatal(err)
		}
		help := stdout.String()
		new(settings).flags().VisitAll(func(f *flag.Flag) {
			if !strings.Contains(help, "\n  -"+f.Name) {
				t.Errorf("%s does not name -%s:\n%s", argument, f.Name, help)
			}
		})
		for line := range strings.Lines(help) {
			if len(line) > 81 {
				t.Errorf("%d characters are in the line %q", len(line), line)
			}
		}
		if text := strings.Join(strings.Fields(help), " "); !strings.Contains(text, "Defaults to 127.0.0.1:7420.") || strings.Contains(text, "0s.") {
			t.Errorf("the help is\n%s", help)
		}
	}
}

func TestVersion(t *testing.T) {
	version, commit = "1.2.3", "abcdef"
	t.Cleanup(func() { version, commit = "dev", "" })
	var stdout bytes.Buffer
	if err := run(t.Context(), []string{"-version"}, &stdout, io.Discard); err != nil || stdout.String() != "chat-emulator 1.2.3 abcdef\n" {
		t.Errorf("got %q, %v", stdout.String(), err)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Package local builds and runs programs for the scripts of this repository.
package local

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Exe is how the names of programs end.
var Exe = map[string]string{"windows": ".exe"}[runtime.GOOS]

// Signals ask a script to end. SIGPIPE is the end of whoever reads its output: there is
// still something to clean up then.
var Signals = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE}

// Main runs a script whose context ends at a signal. It ends the process with status 130
// if that happened, and with status 1 if the script failed. The title, such as "The
// demo", begins the message.
func Main(title string, signals []os.Signal, script func(ctx context.Context) error) {
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	err := script(ctx)
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case interrupted:
		fmt.Fprintln(os.Stderr, "\nInterrupted; everything is cleaned up.")
		os.Exit(130)
	case err != nil:
		fmt.Fprintf(os.Stderr, "\n%s failed: %v\n", title, err)
		os.Exit(1)
	}
}

// Command is a process that is asked to end when ctx does, and made to some
// seconds later.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // built here, or named by the person who runs the script
	isolate(cmd)
	cmd.Cancel = func() error { return terminate(cmd.Process) }
	cmd.WaitDelay = 20 * time.Second
	return cmd
}

// Build builds a package, such as ./internal/emulator/cmd/chat-emulator, of the
// module in the directory.
func Build(ctx context.Context, dir, output, pkg string) error {
	cmd := Command(ctx, "go", "build", "-o", output, pkg)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build %s: %w", pkg, err)
	}
	return nil
}

// StartEmulator returns the address of a running emulator and what ends it.
func StartEmulator(ctx context.Context, binary string, args ...string) (baseURL string, stop func() error, err error) {
	// It outlives an interrupted Terraform, which would go on trying to reach it.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	cmd := Command(ctx, binary, append([]string{"-listen", "127.0.0.1:0"}, args...)...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		cancel()
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		cancel()
		return "", nil, err
	}
	stop = func() error {
		cancel()
		if err := cmd.Wait(); err != nil && !errors.Is(err, context.Canceled) {
			return fmt.Errorf("emulator: %w", err)
		}
		return nil
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	baseURL, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ok {
		return "", nil, errors.Join(fmt.Errorf("the emulator did not say where it listens, but %q", line), err, stop())
	}
	return baseURL, stop, nil
}

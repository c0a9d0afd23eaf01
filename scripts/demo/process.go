package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

var exe = map[string]string{"windows": ".exe"}[runtime.GOOS]

// command is a process that is asked to end when ctx does, and made to some
// seconds later.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // built here, or named by the person who runs the demo
	isolate(cmd)
	cmd.Cancel = func() error { return terminate(cmd.Process) }
	cmd.WaitDelay = 20 * time.Second
	return cmd
}

func build(ctx context.Context, output, pkg string) error {
	cmd := command(ctx, "go", "build", "-o", output, pkg)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build %s: %w", pkg, err)
	}
	return nil
}

// startEmulator returns the address of a running emulator and what ends it.
func startEmulator(ctx context.Context, binary string) (baseURL string, stop func() error, err error) {
	// It outlives an interrupted Terraform, which would go on trying to reach it.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	cmd := command(ctx, binary, "-listen", "127.0.0.1:0")
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

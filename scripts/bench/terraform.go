package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"terraform-provider-chat/scripts/internal/local"
)

// terraform runs Terraform or OpenTofu with a provider that was built here.
type terraform struct {
	binary string
	// version is "Terraform v1.11.4", or OpenTofu's.
	version string
	// ours and baseline are the configurations of the command line that find the
	// provider, and the provider with bulk off.
	ours, baseline string
}

var versionLine = regexp.MustCompile(`(Terraform|OpenTofu) v\S+`)

// newTerraform builds both providers below dir. The address is host/namespace/name.
func newTerraform(ctx context.Context, binary, dir, address string) (*terraform, error) {
	if err := local.CheckAddress(address); err != nil {
		return nil, err
	}
	output, err := local.Command(ctx, binary, "version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s version: %w", binary, err)
	}
	t := &terraform{binary: binary, version: string(versionLine.Find(output))}
	for _, provider := range []struct {
		name, pkg string
		config    *string
	}{
		{"ours", ".", &t.ours},
		{"baseline", "./scripts/bench/baseline", &t.baseline},
	} {
		home := filepath.Join(dir, provider.name)
		if err := local.Build(ctx, ".", filepath.Join(home, "terraform-provider-"+path.Base(address)+local.Exe), provider.pkg); err != nil {
			return nil, err
		}
		*provider.config = filepath.Join(dir, provider.name+".tfrc")
		if err := local.WriteOverride(*provider.config, address, home); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// workspace is a configuration and its state.
type workspace struct {
	terraform *terraform
	dir       string
	env       []string
}

// open makes a workspace below dir for a scenario.
func (t *terraform) open(dir string, s scenario, env []string) (*workspace, error) {
	config := t.ours
	if s.Single {
		config = t.baseline
	}
	files, err := s.files()
	if err != nil {
		return nil, err
	}
	dir, err = os.MkdirTemp(dir, "workspace-")
	if err != nil {
		return nil, err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return nil, err
		}
	}
	// Nothing of the caller's environment may reach into the measurement.
	return &workspace{terraform: t, dir: dir, env: append(local.Environment(config), env...)}, nil
}

func (w *workspace) close() error { return os.RemoveAll(w.dir) }

// failure is a command of Terraform that ended with an error.
type failure struct {
	command string
	output  []byte
	err     error
}

func (f *failure) Error() string { return fmt.Sprintf("%s: %v\n%s", f.command, f.err, f.excerpt()) }

func (f *failure) Unwrap() error { return f.err }

// excerpt is the end of the output: it may hold thousands of lines.
func (f *failure) excerpt() []byte {
	const most = 3000
	return f.output[max(0, len(f.output)-most):]
}

// run runs one command, such as "apply", and returns how long the process took and the most
// memory that it or the provider had, in MB.
func (w *workspace) run(ctx context.Context, args ...string) (took time.Duration, memoryMB int, err error) {
	cmd := local.Command(ctx, w.terraform.binary, append(args, "-no-color")...)
	cmd.Dir, cmd.Env = w.dir, w.env
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	start := time.Now()
	err = cmd.Run()
	took = time.Since(start)
	if ctx.Err() != nil {
		if cmd.Process != nil {
			local.Sweep(cmd.Process)
		}
		return 0, 0, ctx.Err()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return 0, 0, &failure{command: strings.Join(cmd.Args[1:], " "), output: output.Bytes(), err: err}
	}
	return took, peakMemory(cmd.ProcessState), err
}

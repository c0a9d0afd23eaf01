package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"terraform-provider-chat/scripts/internal/local"
)

// commandLimit is when a command of Terraform is taken to hang.
const commandLimit = 3 * time.Minute

// terraform runs the real command line in a folder of its own.
type terraform struct {
	binary string
	dir    string
	// root is the folder.
	root *os.Root
	env  []string
	// extra is more of the environment, for what comes next.
	extra []string

	mu      sync.Mutex
	running *os.Process
	count   int
}

// newTerraform makes the folder. config is the command line's own configuration.
func newTerraform(binary, config, dir string, env []string) (*terraform, error) {
	if err := os.MkdirAll(filepath.Join(dir, outputFolder), 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &terraform{binary: binary, dir: dir, root: root, env: append(local.Environment(config), env...)}, nil
}

func (t *terraform) close() error { return t.root.Close() }

// result is how a command ended.
type result struct {
	command string
	// code is -1 for one that was killed.
	code        int
	output, log []byte
	// hung reports whether it had to be ended.
	hung bool
}

// run runs one command. Its output and its log, as talkative as can be, stay in the
// folder until forget.
func (t *terraform) run(ctx context.Context, args ...string) (*result, error) {
	limited, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	t.count++
	name := filepath.Join(outputFolder, fmt.Sprintf("%03d-%s", t.count, args[0]))
	if args[0] != "state" {
		args = slices.Insert(args, 1, "-no-color") // options come before arguments
	}
	cmd := local.Command(limited, t.binary, args...)
	cmd.Dir, cmd.Env = t.dir, slices.Concat(t.env, t.extra, []string{"TF_LOG=TRACE", "TF_LOG_PATH=" + filepath.Join(t.dir, name+".log")})
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	t.mu.Lock()
	err := cmd.Start()
	t.running = cmd.Process
	t.mu.Unlock()
	if err == nil {
		if err = cmd.Wait(); limited.Err() != nil {
			local.Sweep(cmd.Process)
		}
	}
	t.mu.Lock()
	t.running = nil
	t.mu.Unlock()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && !errors.As(err, &exit) && limited.Err() == nil && !errors.Is(err, exec.ErrWaitDelay):
		return nil, err
	}
	r := &result{
		command: strings.Join(cmd.Args[1:], " "), code: cmd.ProcessState.ExitCode(), output: output.Bytes(),
		hung: limited.Err() != nil || errors.Is(err, exec.ErrWaitDelay),
	}
	err = t.write(name+".txt", fmt.Sprintf("$ terraform %s\n%s", r.command, r.output))
	if err == nil {
		r.log, err = t.read(name + ".log")
	}
	return r, err
}

// interrupt is Ctrl-C.
func (t *terraform) interrupt() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running != nil {
		_ = t.running.Signal(os.Interrupt) // it may have ended by itself
	}
}

// kill ends Terraform and its providers at once.
func (t *terraform) kill() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running != nil {
		local.Sweep(t.running)
	}
}

// forget removes the outputs and logs so far.
func (t *terraform) forget() error {
	return errors.Join(t.root.RemoveAll(outputFolder), t.root.Mkdir(outputFolder, 0o700))
}

func (t *terraform) write(name, text string) error {
	return t.root.WriteFile(name, []byte(text), 0o600)
}

// read returns a file of the folder, empty if there is none.
func (t *terraform) read(name string) ([]byte, error) {
	data, err := t.root.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

func (t *terraform) remove(name string) error {
	err := t.root.Remove(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// The files of the folder.
const (
	configFile    = "main.tf"
	variablesFile = "terraform.tfvars.json"
	importsFile   = "imports.tf"
	stateFile     = "terraform.tfstate"
	backupFile    = "terraform.tfstate.backup"
	planFile      = "saved.tfplan"
	callsFile     = "calls.log"
	outputFolder  = "output"
)

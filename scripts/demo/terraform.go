package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"terraform-provider-chat/scripts/internal/local"
)

// version is what the demo's build of the provider calls itself.
const version = "0.1.0"

// changesFound is the exit code of plan -detailed-exitcode if there are changes.
const changesFound = 2

// cli runs Terraform or OpenTofu on a copy of the example.
type cli struct {
	binary string
	// name is what the binary is called on screen.
	name string
	dir  string
	// env is the environment, application the part of it that names the application.
	env, application []string
}

// newCLI builds the provider into a mirror below dir, where only this command line
// finds it, and copies the example beside it.
func newCLI(ctx context.Context, binary, dir, address string) (*cli, error) {
	what, err := exec.CommandContext(ctx, binary, "version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s version: %w", binary, err)
	}
	c := &cli{binary: binary, name: "terraform", dir: filepath.Join(dir, "example")}
	if bytes.Contains(what, []byte("OpenTofu v")) {
		// The same source = "chat/chat" means another registry there.
		c.name = "tofu"
		address = strings.Replace(address, "registry.terraform.io/", "registry.opentofu.org/", 1)
	}

	mirror := filepath.Join(dir, "mirror")
	provider := filepath.Join(mirror, filepath.FromSlash(address), version, runtime.GOOS+"_"+runtime.GOARCH,
		fmt.Sprintf("terraform-provider-%s_v%s%s", address[strings.LastIndex(address, "/")+1:], version, local.Exe))
	if err := local.Build(ctx, ".", provider, "."); err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "terraform.rc")
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(mirror))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	if err := os.CopyFS(c.dir, os.DirFS(example)); err != nil {
		return nil, err
	}

	// Nothing of the caller's environment may reach into the demo, least of all the
	// address of a real application.
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		switch {
		case strings.HasPrefix(name, "EASEMOB_"), strings.HasPrefix(name, "JMESSAGE_"):
		case strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "TF_LOG"):
		default:
			c.env = append(c.env, variable)
		}
	}
	c.env = append(c.env,
		"TF_CLI_CONFIG_FILE="+config,
		"TF_IN_AUTOMATION=1",
		"TF_INPUT=0",
		"TF_VAR_initial_password="+rand.Text(),
	)
	return c, nil
}

// use makes an application the one that the example is about. What is left in another
// one is forgotten: a state belongs to one application.
func (c *cli) use(application []string) error {
	c.application = application
	if err := os.Remove(filepath.Join(c.dir, "terraform.tfstate")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (c *cli) init(ctx context.Context) error {
	_, _, err := c.run(ctx, false, "init")
	return err
}

// applyPlan plans, shows how much, and applies what was planned.
func (c *cli) applyPlan(ctx context.Context, name string, args ...string) error {
	_, output, err := c.run(ctx, false, append([]string{"plan", "-out=" + name}, args...)...)
	if err != nil {
		return err
	}
	say("%s", summary.Find(output))
	return c.apply(ctx, name)
}

var summary = regexp.MustCompile(`(?m)^Plan: .*$`)

// apply applies the plan of that name.
func (c *cli) apply(ctx context.Context, name string) error {
	_, _, err := c.run(ctx, true, "apply", name)
	return err
}

func (c *cli) wantNoChanges(ctx context.Context) error {
	code, _, err := c.run(ctx, true, "plan", "-detailed-exitcode")
	if err == nil && code == changesFound {
		return errors.New("there are changes, but there should be none")
	}
	return err
}

// wantChanges plans, and keeps the plan under the name.
func (c *cli) wantChanges(ctx context.Context, name string) error {
	code, _, err := c.run(ctx, true, "plan", "-detailed-exitcode", "-out="+name)
	if err == nil && code != changesFound {
		return errors.New("there are no changes, but there should be some")
	}
	return err
}

// run runs one command. Its output is shown as it comes, less its progress, or, unless the command
// fails, only returned. An exit code of changesFound is not an error.
func (c *cli) run(ctx context.Context, visible bool, args ...string) (int, []byte, error) {
	say("$ %s %s", c.name, strings.Join(args, " "))
	cmd := local.Command(ctx, c.binary, args...)
	cmd.Dir, cmd.Env = c.dir, slices.Concat(c.env, c.application)
	var output bytes.Buffer
	screen := &calmWriter{w: os.Stdout}
	if visible {
		cmd.Stdout, cmd.Stderr = screen, os.Stderr
	} else {
		cmd.Stdout, cmd.Stderr = &output, &output
	}
	if !visible || !colors {
		// Terraform takes options before arguments only.
		cmd.Args = slices.Insert(cmd.Args, 2, "-no-color")
	}
	err := errors.Join(cmd.Run(), screen.flush())
	if ctx.Err() != nil {
		if cmd.Process != nil {
			local.Sweep(cmd.Process)
		}
		return 0, nil, ctx.Err()
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, nil, err
	}
	code := cmd.ProcessState.ExitCode()
	if err != nil && code != changesFound {
		fmt.Print(output.String())
		return code, nil, fmt.Errorf("%s %s: %w", c.name, args[0], err)
	}
	return code, output.Bytes(), nil
}

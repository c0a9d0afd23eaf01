// Command chaos tests the provider under many failures. It runs Terraform on both
// emulated platforms, through a proxy that breaks a fifth of all calls, while a simulated
// administrator changes the application and while Terraform is interrupted and killed.
// After every command, no account may be lost, no account of others may have been
// changed, and no secret may be in any output. After a few applies without faults,
// everything has to be as declared.
//
// The steps are chosen at random from a seed. The same seed repeats a run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"terraform-provider-chat/scripts/internal/local"
)

// options are the flags.
type options struct {
	address, terraform string
	platforms          []*platform
	seed               uint64
	faults             float64
	steps              int
	duration           time.Duration
	verbose            bool
}

func main() {
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(2)
	}
	// Not local.Signals: a SIGPIPE is also what a killed caller of the emulator causes.
	local.Main("The run", []os.Signal{os.Interrupt, syscall.SIGTERM}, func(ctx context.Context) error { return chaos(ctx, o) })
}

// parse reads the command line.
func parse(args []string) (*options, error) {
	var o options
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	flags.StringVar(&o.address, "address", "registry.terraform.io/chat/chat", "the provider's source `address`")
	flags.StringVar(&o.terraform, "terraform", "terraform", "the Terraform or OpenTofu `binary` to run")
	names := flags.String("platform", "easemob,jmessage", "the `platforms` to run on at the same time")
	flags.Uint64Var(&o.seed, "seed", 0, "the `number` from which the steps are chosen; random by default")
	flags.Float64Var(&o.faults, "faults", 0.2, "the `share` of calls that fail")
	flags.IntVar(&o.steps, "steps", 0, "the number of steps on each platform; by default, as many as -duration allows")
	flags.DurationVar(&o.duration, "duration", 0, "the time after which no new step begins; 3m by default, or no limit if -steps is set")
	flags.BoolVar(&o.verbose, "v", false, "print every command of Terraform")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if err := local.CheckAddress(o.address); err != nil {
		return nil, err
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.faults < 0 || o.faults > 1:
		return nil, errors.New("-faults must be between 0 and 1")
	case o.steps < 0:
		return nil, errors.New("-steps must not be negative")
	case o.duration < 0:
		return nil, errors.New("-duration must not be negative")
	}
	for name := range strings.SplitSeq(*names, ",") {
		p := platforms[name]
		if p == nil {
			return nil, fmt.Errorf("-platform must be easemob, jmessage or both with a comma between, got %q", name)
		}
		o.platforms = append(o.platforms, p)
	}
	if o.duration == 0 && o.steps == 0 {
		o.duration = 3 * time.Minute
	}
	if o.seed == 0 {
		o.seed = 1 + rand.Uint64N(999_999) //nolint:gosec // any number will do
	}
	return &o, nil
}

// chaos builds the provider and runs the platforms side by side. What a failed run
// leaves is kept.
func chaos(ctx context.Context, o *options) error {
	dir, err := os.MkdirTemp("", "chat-chaos-")
	if err != nil {
		return err
	}
	home, config := filepath.Join(dir, "provider"), filepath.Join(dir, "terraform.rc")
	name := o.address[strings.LastIndex(o.address, "/")+1:]
	err = errors.Join(
		local.Build(ctx, ".", filepath.Join(home, "terraform-provider-"+name+local.Exe), "."),
		local.WriteOverride(config, o.address, home),
	)
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	fmt.Printf("The seed is %d.\n", o.seed)
	var until time.Time
	if o.duration > 0 {
		until = time.Now().Add(o.duration)
	}

	var (
		wait    sync.WaitGroup
		results = make([]error, len(o.platforms))
	)
	for i, p := range o.platforms {
		wait.Go(func() {
			folder := filepath.Join(dir, p.name)
			results[i] = onPlatform(ctx, o, p, until, func(env []string) (*terraform, error) {
				return newTerraform(o.terraform, config, folder, env)
			})
			if results[i] == nil || ctx.Err() != nil {
				results[i] = errors.Join(results[i], os.RemoveAll(folder))
				return
			}
			results[i] = fmt.Errorf("%w\nKept in %s: the configuration, the state, %s, and %s/ with what Terraform said",
				results[i], folder, callsFile, outputFolder)
		})
	}
	wait.Wait()
	if err := errors.Join(results...); err != nil && ctx.Err() == nil {
		return err
	}
	return os.RemoveAll(dir)
}

// onPlatform runs on one platform.
func onPlatform(ctx context.Context, o *options, p *platform, until time.Time, newTerraform func([]string) (*terraform, error)) (err error) {
	r, err := newRun(ctx, p, o.seed, o.faults, newTerraform)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	r.say = func(format string, args ...any) { fmt.Printf("%-8s  %s\n", p.name, fmt.Sprintf(format, args...)) }
	if o.verbose {
		r.detail = r.say
	}
	if err := r.all(ctx, o.steps, until); err != nil {
		return fmt.Errorf("on %s, %w\n\nRepeat it with: make chaos CHAOSARGS='%s'", p.name, err, r.repeat())
	}
	return nil
}

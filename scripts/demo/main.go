// Command demo shows the provider on an emulated platform: it seeds an application,
// changes it outside of Terraform, finds and repairs the changes with Terraform, and
// destroys everything. It builds and writes only in a temporary directory, and leaves
// nothing behind. With -keep, the emulator and what was seeded stay until Ctrl-C.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"terraform-provider-chat/scripts/internal/local"
)

// example is the configuration that is applied.
const example = "examples/seed-staging"

func main() {
	address := flag.String("address", "", "the provider's source `address`")
	terraform := flag.String("terraform", "terraform", "the Terraform or OpenTofu `binary` to run")
	keep := flag.Bool("keep", false, "leave the emulator running at the end, and what was seeded in it, until Ctrl-C")
	names := flag.String("platforms", "easemob,jmessage", "the `platforms` to show, one after the other")
	flag.Parse()

	local.Main("The demo", local.Signals, func(ctx context.Context) error {
		return run(ctx, *address, *terraform, strings.Split(*names, ","), *keep)
	})
}

func run(ctx context.Context, address, terraform string, names []string, keep bool) (err error) {
	for _, name := range names {
		if platforms[name] == nil {
			return fmt.Errorf("-platforms must be easemob, jmessage or both with a comma between, got %q", name)
		}
	}
	if err := local.CheckAddress(address); err != nil {
		return err
	}
	start := time.Now()
	dir, err := os.MkdirTemp("", "chat-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	heading("Build the provider and the emulator")
	cli, err := newCLI(ctx, terraform, dir, address)
	if err != nil {
		return err
	}
	emulatorBinary := filepath.Join(dir, "chat-emulator"+local.Exe)
	if err := local.Build(ctx, ".", emulatorBinary, "./internal/emulator/cmd/chat-emulator"); err != nil {
		return err
	}
	say("Built in %s.", time.Since(start).Round(time.Second))
	start = time.Now()

	heading("Start the emulator")
	baseURL, stop, err := local.StartEmulator(ctx, emulatorBinary)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	say("It emulates both platforms at %s.", baseURL)
	say("Its console, %s/_emulator/, shows its data and every call as it happens.", baseURL)
	for _, name := range names {
		platform := platforms[name](baseURL)
		if err := cli.use(platform.environment()); err != nil {
			return err
		}
		if err := show(ctx, cli, platform, keep); err != nil {
			return err
		}
	}
	if !keep {
		say("\nEverything is deleted. The demonstration took %s.", time.Since(start).Round(time.Second))
		return nil
	}
	heading("Look around")
	say("The emulator is still running, with the seeded data: %s/_emulator/", baseURL)
	for _, name := range names {
		say("\n%s:", platforms[name](baseURL).title())
		for _, variable := range platforms[name](baseURL).environment() {
			name, value, _ := strings.Cut(variable, "=")
			say("  export %s='%s'", name, value)
		}
	}
	say("\nPress Ctrl-C to end it.")
	<-ctx.Done()
	return nil
}

// show is the demo itself. What it seeds is destroyed at the end, unless it is to be kept.
func show(ctx context.Context, cli *cli, platform platform, keep bool) error {
	heading("Seed an empty application of " + platform.title() + " from " + example)
	if err := cli.init(ctx); err != nil {
		return err
	}
	if err := cli.applyPlan(ctx, "seed"); err != nil {
		return err
	}

	heading("Plan again: no changes")
	if err := cli.wantNoChanges(ctx); err != nil {
		return err
	}

	heading("An administrator changes users and a group through the REST API")
	if err := platform.rename(ctx, "alice", "Alice (on leave)"); err != nil {
		return err
	}
	if err := platform.deactivate(ctx, "bruno"); err != nil {
		return err
	}
	if err := platform.remove(ctx, "emeka"); err != nil {
		return err
	}
	if err := platform.expel(ctx, "Team", "chiara"); err != nil {
		return err
	}

	heading("Plan: Terraform finds what changed")
	if err := cli.wantChanges(ctx, "repair"); err != nil {
		return err
	}

	heading("Apply: repaired")
	if err := cli.apply(ctx, "repair"); err != nil {
		return err
	}
	if err := cli.wantNoChanges(ctx); err != nil {
		return err
	}

	if keep {
		return nil
	}
	heading("Destroy")
	if err := cli.applyPlan(ctx, "destroy", "-destroy"); err != nil {
		return err
	}
	left, err := platform.usernames(ctx)
	if err != nil {
		return err
	}
	groups, err := platform.groups(ctx)
	if err != nil {
		return err
	}
	if len(left)+len(groups) > 0 {
		return fmt.Errorf("after the destroy, the application still has the users %v and the groups %v", left, groups)
	}
	return nil
}

// Command bench measures what the provider costs, against an emulated platform and
// with Terraform itself: time and requests of apply, plan and destroy, beside the
// same number of terraform_data, which is what Terraform needs when nothing is to be
// done, and beside the provider with its bulk calls off.
//
// It works in a temporary directory. A run of the whole selection draws
// assets/benchmark.svg, and writes a short table into README.md and all measurements
// into BENCHMARK.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"terraform-provider-chat/scripts/internal/local"
)

// settings are the options of the command line.
type settings struct {
	address, terraform, out string
	times                   int
	publish                 bool
	scenarios               []scenario
}

func main() {
	s, err := parse()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	local.Main("The benchmark", local.Signals, func(ctx context.Context) error { return run(ctx, s) })
}

// parse reads the command line.
func parse() (*settings, error) {
	var s settings
	flag.StringVar(&s.address, "address", "", "the provider's source `address`")
	flag.StringVar(&s.terraform, "terraform", "terraform", "the Terraform or OpenTofu `binary` to run")
	flag.StringVar(&s.out, "out", "", "the `file` to write the results to, as JSON")
	flag.IntVar(&s.times, "times", 1, "how many times to measure each scenario; the fastest result counts")
	flag.BoolVar(&s.publish, "publish", false, "write the plot, README.md and BENCHMARK.md, also for a selection")
	quick := flag.Bool("quick", false, "measure a small selection, which takes some minutes")
	full := flag.Bool("full", false, "measure all combinations, which takes some hours")

	d := dimensions{
		platforms: allPlatforms, kinds: []string{each, many, contacts, floor}, ns: []int{100},
		latencies: []int{0, usual}, limits: []int{0}, baseline: true,
	}
	selected := false
	dimension := func(name, usage string, set func(value string) error) {
		flag.Func(name, usage+" (selects what is measured)", func(value string) error {
			selected = true
			return set(value)
		})
	}
	dimension("n", "the `numbers` of users, contacts or instances, such as 100,500", func(value string) (err error) {
		d.ns, err = numbers(value, 1)
		return err
	})
	dimension("latencies", "the platform's latencies in `milliseconds`, such as 0,30", func(value string) (err error) {
		d.latencies, err = numbers(value, 0)
		return err
	})
	dimension("limits", "the platform's limits in `calls` per second, such as 0,10; 0 means no limit", func(value string) (err error) {
		d.limits, err = numbers(value, 0)
		return err
	})
	dimension("platforms", "the `platforms`: easemob, jmessage", func(value string) (err error) {
		d.platforms, err = words(value, allPlatforms)
		return err
	})
	dimension("kinds", "the `kinds` of resources: user, users, file, contacts, members (of groups), team (all members of a group), crowd (50 users among 100,000), terraform_data", func(value string) (err error) {
		d.kinds, err = words(value, allKinds)
		return err
	})
	dimension("baseline", "`true` or false: also measure with bulk calls and read-ahead off", func(value string) (err error) {
		d.baseline, err = strconv.ParseBool(value)
		return err
	})
	flag.Parse()
	switch {
	case flag.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q", flag.Arg(0))
	case s.times < 1:
		return nil, errors.New("-times must be at least 1")
	case *full && (*quick || selected):
		return nil, errors.New("-full measures all combinations and cannot be used with -quick or options that select some")
	case *full:
		s.scenarios, s.publish = everything(), true
	case *quick || selected:
		s.scenarios = d.combine()
	default:
		s.scenarios, s.publish = whole(), true
	}
	return &s, nil
}

func run(ctx context.Context, s *settings) (err error) {
	dir, err := os.MkdirTemp("", "chat-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	start := time.Now()
	tf, err := newTerraform(ctx, s.terraform, dir, s.address)
	if err != nil {
		return err
	}
	b := &bench{dir: dir, emulator: filepath.Join(dir, "chat-emulator"+local.Exe), terraform: tf}
	if err := local.Build(ctx, ".", b.emulator, "./internal/emulator/cmd/chat-emulator"); err != nil {
		return err
	}
	plotter := filepath.Join(dir, "plot"+local.Exe)
	if s.publish {
		if err := local.Build(ctx, "tools", plotter, "./plot"); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "Built in %s. There are %d scenarios to measure.\n", time.Since(start).Round(time.Second), len(s.scenarios))

	r := &results{Machine: machine(tf.version)}
	if r.Measurements, err = b.all(ctx, s.scenarios, s.times); err != nil {
		return err
	}
	saved := filepath.Join(dir, "results.json")
	if s.out != "" {
		saved = s.out
	}
	if err := r.save(saved); err != nil {
		return err
	}
	fmt.Printf("%s.\n\n%s\n%s", r.Machine, r.table(), r.bars())
	if s.publish {
		if err := publish(ctx, r, plotter, saved); err != nil {
			return err
		}
	}
	if n := r.failures(); n > 0 {
		return fmt.Errorf("%d of %d scenarios could not be measured; what they said is above", n, len(r.Measurements))
	}
	return nil
}

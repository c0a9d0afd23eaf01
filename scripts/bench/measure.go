package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// operations are what is measured of each scenario, in this order.
var operations = []struct {
	name string
	args []string
}{
	{"apply", []string{"apply", "-auto-approve"}},
	// What was just applied must leave nothing to do: with changes the exit code is 2.
	{"plan", []string{"plan", "-detailed-exitcode"}},
	{"destroy", []string{"destroy", "-auto-approve"}},
}

// operation is what one command of Terraform cost.
type operation struct {
	Seconds float64 `json:"seconds"`
	// MemoryMB is the most that Terraform or the provider had in memory, whichever had more.
	// 0 if the system does not say.
	MemoryMB int `json:"memory_mb,omitempty"`
	counted
}

// measurement is a scenario and what its operations cost, by their names.
type measurement struct {
	scenario
	Operations map[string]operation `json:"operations,omitempty"`
	// Failure is why there are none.
	Failure string `json:"failure,omitempty"`
}

// String is one line about the measurement.
func (m measurement) String() string {
	if m.Failure != "" {
		return m.title() + ": " + m.Failure
	}
	text := m.title() + ":"
	for i, op := range operations {
		if _, done := m.Operations[op.name]; !done {
			continue
		}
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(" %s %.1f s", op.name, m.Operations[op.name].Seconds)
		if m.Kind != floor {
			text += fmt.Sprintf(" (%d requests)", m.Operations[op.name].Requests)
		}
	}
	return text
}

// bench measures.
type bench struct {
	dir       string
	emulator  string
	terraform *terraform
}

// measure measures a scenario so many times; of each operation the fastest counts.
func (b *bench) measure(ctx context.Context, s scenario, times int) (measurement, error) {
	best := measurement{scenario: s, Operations: map[string]operation{}}
	for range times {
		once, err := b.once(ctx, s)
		var failed *failure
		if errors.As(err, &failed) {
			return measurement{scenario: s, Failure: failed.Error()}, nil
		}
		if err != nil {
			return measurement{}, err
		}
		for name, op := range once {
			if before, ok := best.Operations[name]; !ok || op.Seconds < before.Seconds {
				best.Operations[name] = op
			}
		}
	}
	return best, nil
}

// once measures a scenario in an application that nothing was done to before.
func (b *bench) once(ctx context.Context, s scenario) (done map[string]operation, err error) {
	var (
		env []string
		e   *emulator
	)
	if s.Kind != floor {
		if e, err = startEmulator(ctx, b.emulator, s); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, e.stop()) }()
		p := platforms[s.Platform]
		if err := e.populate(ctx, p, s.residents()); err != nil {
			return nil, err
		}
		env = p.environment(e.url)
	}
	w, err := b.terraform.open(b.dir, s, env)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()

	done = map[string]operation{}
	for _, command := range operations {
		if s.Kind == file && command.name == "destroy" {
			continue // as many requests as users, on Easemob
		}
		var op operation
		if e != nil {
			if err := e.forget(ctx); err != nil {
				return nil, err
			}
		}
		took, memory, err := w.run(ctx, command.args...)
		if err != nil {
			return nil, err
		}
		op.Seconds, op.MemoryMB = took.Seconds(), memory
		if e != nil {
			if op.counted, err = e.count(ctx); err != nil {
				return nil, err
			}
		}
		done[command.name] = op
	}
	return done, nil
}

// all measures all scenarios and prints its progress.
func (b *bench) all(ctx context.Context, scenarios []scenario, times int) ([]measurement, error) {
	var done []measurement
	start := time.Now()
	for i, s := range scenarios {
		m, err := b.measure(ctx, s, times)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.title(), err)
		}
		fmt.Fprintf(os.Stderr, "[%d/%d, %s] %s\n", i+1, len(scenarios), time.Since(start).Round(time.Second), m)
		done = append(done, m)
	}
	return done, nil
}

package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"terraform-provider-chat/internal/emulator"
)

// settleLimit is how many applies without faults may be needed until everything is
// as declared.
const settleLimit = 3

// run is a sequence of steps on one platform, in an application of its own.
type run struct {
	seed uint64
	// share is the part of all calls that is broken.
	share     float64
	platform  *platform
	emulated  *emulated
	terraform *terraform
	scene     *scene
	// standing reports whether everything that is declared was created.
	standing bool
	// untouched is what the platform must hold of strangers, whatever is done.
	untouched string
	// steps is how many were begun.
	steps int
	// allCalls and allFaults are those of the commands with faults of all steps.
	allCalls, allFaults, interrupted, killed int
	// say prints a line; detail is nil unless details are wanted.
	say, detail func(format string, args ...any)

	// What follows is about the current step.
	number, command int
	passage         *passage
	// calls and faults are those of the commands with faults.
	calls, faults int
	ends          []string
	// excused are things that the state does not know for a reason, everything if all is set.
	excused    map[string]bool
	excusedAll bool
}

// failure is a check that failed: the provider's fault, or the script's.
type failure struct {
	what string
	// details are what differs, a line each.
	details []string
}

func (f *failure) Error() string {
	return f.what + strings.Join(append([]string{":"}, f.details...), "\n  - ")
}

// newRun starts an emulator with strangers in it.
func newRun(ctx context.Context, p *platform, seed uint64, share float64, newTerraform func(env []string) (*terraform, error)) (*run, error) {
	r := &run{seed: seed, share: share, platform: p, scene: newScene(p, newDraw(seed, p))}
	var err error
	if r.emulated, err = serve(p, emulator.New(emulator.Options{})); err != nil {
		return nil, err
	}
	if r.terraform, err = newTerraform(p.environment(r.emulated.url)); err != nil {
		return nil, errors.Join(err, r.emulated.close())
	}
	d, err := r.emulated.load(ctx)
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	for _, n := range r.scene.nouns {
		n.seed(r.scene, d)
	}
	if err := r.emulated.store(ctx); err != nil {
		return nil, errors.Join(err, r.close())
	}
	for _, n := range r.scene.nouns {
		n.begin(r.scene)
	}
	return r, nil
}

func (r *run) close() error { return errors.Join(r.emulated.close(), r.terraform.close()) }

// repeat is the arguments that repeat the run up to this step.
func (r *run) repeat() string {
	return fmt.Sprintf("-seed %d -platform %s -faults %v -steps %d", r.seed, r.platform.name, r.share, r.steps)
}

// all runs steps until there were enough or it is time, and destroys everything then.
func (r *run) all(ctx context.Context, steps int, until time.Time) error {
	for n := 1; steps == 0 || n <= steps; n++ {
		if !until.IsZero() && time.Now().After(until) {
			break
		}
		r.steps = n
		if err := r.timed(ctx, n, func() (*step, error) { return r.step(ctx) }); err != nil {
			return err
		}
	}
	err := r.timed(ctx, 0, func() (*step, error) {
		st := &step{destroy: true}
		st.say("destroys everything")
		return st, r.perform(ctx, st, r.scene.clone())
	})
	if err == nil {
		r.say("passed: %d steps, %d of %d calls broken, %d times interrupted, %d times killed", r.steps, r.allFaults, r.allCalls, r.interrupted, r.killed)
	}
	return err
}

// timed runs a step and prints its line. The last step has the number 0.
func (r *run) timed(ctx context.Context, number int, run func() (*step, error)) error {
	start := time.Now()
	r.number, r.command, r.calls, r.faults, r.ends = number, 0, 0, 0, nil
	r.excused, r.excusedAll = map[string]bool{}, false
	clear(r.scene.touched)
	st, err := run()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.allCalls, r.allFaults = r.allCalls+r.calls, r.allFaults+r.faults
	if m := st.moment; m != nil && m.reached {
		if m.kill {
			r.killed++
		} else {
			r.interrupted++
		}
	}
	title := fmt.Sprintf("step %d", number)
	if number == 0 {
		title = "last step"
	}
	if st.moment != nil {
		r.ends = append([]string{st.moment.String()}, r.ends...)
	}
	r.say("%s: %s | %s | %d of %d calls broken | %.1fs", title, st, strings.Join(r.ends, ", "), r.faults, r.calls, time.Since(start).Seconds())
	if err != nil {
		return fmt.Errorf("%s: %w", title, err)
	}
	return r.terraform.forget()
}

// step draws a step and does it.
func (r *run) step(ctx context.Context) (*step, error) {
	before := r.scene.clone()
	var st *step
	if r.standing {
		st = r.scene.nextStep()
	} else {
		st = r.scene.create()
	}
	return st, r.perform(ctx, st, before)
}

// perform does a step: commands with faults, then applies without until everything is
// as declared.
func (r *run) perform(ctx context.Context, st *step, before *scene) error {
	r.passage = &passage{before: before}
	if err := r.look(ctx); err != nil {
		return err
	}
	if st.first {
		before.replaceFirst(true)
		if err := r.prepare(ctx, before); err != nil {
			return err
		}
	}
	if !st.late {
		if err := r.disturb(ctx, st.disturb); err != nil {
			return err
		}
	}
	if err := r.configure(st.adopt && !st.squat); err != nil {
		return err
	}
	if err := r.forget(ctx, st.forget); err != nil {
		return err
	}
	if st.elsewhere {
		if err := r.elsewhere(ctx); err != nil {
			return err
		}
	}
	for i := range st.commands {
		if err := r.broken(ctx, st, i == 0); err != nil {
			return err
		}
	}
	if st.squat {
		if err := r.refused(ctx); err != nil {
			return err
		}
		if !st.adopt {
			st.revert = true
		}
	}
	if st.revert {
		tried := r.scene
		r.scene = before.clone()
		r.passage.tried = append(r.passage.tried, tried)
	}
	return r.settle(ctx, st)
}

// prepare applies a configuration that changes nothing but create_before_destroy:
// Terraform fails with a cycle if that is not in the state when something is
// destroyed.
func (r *run) prepare(ctx context.Context, s *scene) error {
	if err := r.write(s, false); err != nil {
		return err
	}
	result, err := r.do(ctx, false, nil, "apply", "-auto-approve")
	if err == nil && result.code != 0 {
		err = fmt.Errorf("an apply that changes nothing ended with exit code %d:\n%s", result.code, excerpt(result.output))
	}
	return err
}

// disturb lets somebody else do something, which is to stay.
func (r *run) disturb(ctx context.Context, changes []func(document)) error {
	if len(changes) == 0 {
		return nil
	}
	d, err := r.emulated.load(ctx)
	if err != nil {
		return err
	}
	for _, change := range changes {
		change(d)
	}
	if err := r.emulated.store(ctx); err != nil {
		return err
	}
	if err := r.emulated.pass(ctx); err != nil {
		return err
	}
	return r.look(ctx)
}

// look takes what the platform holds for what it held before Terraform ran.
func (r *run) look(ctx context.Context) error {
	d, err := r.emulated.load(ctx)
	if err != nil {
		return err
	}
	r.passage.was, r.untouched = d, r.scene.foreign(d)
	return nil
}

// configure writes the configuration. With adopt it takes over whatever has a name
// that it declares.
func (r *run) configure(adopt bool) error {
	if adopt {
		for thing := range r.scene.declared() {
			r.excused[thing] = r.excused[thing] || r.scene.strangers[thing] // it was there before
		}
		r.scene.takeOver()
		r.untouched = r.scene.foreign(r.passage.was)
	}
	return r.write(r.scene, adopt)
}

func (r *run) write(s *scene, adopt bool) error {
	config, values := s.write(adopt)
	err := errors.Join(
		r.terraform.write(configFile, config),
		r.terraform.write(variablesFile, encode(values)),
	)
	for _, n := range s.nouns {
		if n, ok := n.(hasFiles); ok {
			for name, content := range n.files() {
				err = errors.Join(err, r.terraform.write(name, content))
			}
		}
	}
	return err
}

// forget removes instances from the state and writes what imports them.
func (r *run) forget(ctx context.Context, instances []instance) error {
	if len(instances) == 0 {
		return nil
	}
	st, err := r.state()
	if err != nil {
		return err
	}
	args := []string{"state", "rm"}
	var imports strings.Builder
	for _, i := range instances {
		args = append(args, i.address)
		fmt.Fprintf(&imports, "import {\n  to = %s\n  id = %s\n}\n", i.address, hcl(cmp.Or(i.importID, st.id(i.address))))
	}
	result, err := r.terraform.run(ctx, args...)
	if err != nil {
		return err
	}
	if result.code != 0 {
		return fmt.Errorf("terraform %s: exit code %d\n%s", result.command, result.code, result.output)
	}
	if st, err = r.state(); err != nil {
		return err
	}
	for _, thing := range r.unknown(r.passage.was, st) {
		r.excused[thing] = true
	}
	return r.terraform.write(importsFile, imports.String())
}

func (r *run) state() (*state, error) {
	data, err := r.terraform.read(stateFile)
	if err != nil {
		return nil, err
	}
	return parseState(data)
}

// unknown are the things that the state does not know of for no reason.
func (r *run) unknown(d document, st *state) []string {
	return slices.DeleteFunc(r.scene.things(d), func(thing string) bool {
		return r.excused[thing] || r.scene.knows(st, thing)
	})
}

// abandon leaves to somebody else what a killed run made and nobody can find.
func (r *run) abandon(ctx context.Context) error {
	d, err := r.emulated.load(ctx)
	if err != nil {
		return err
	}
	st, err := r.state()
	if err != nil {
		return err
	}
	var wrong []string
	for _, n := range r.scene.nouns {
		wrong = append(wrong, n.abandon(d, r.unknown(d, st))...)
	}
	if len(wrong) > 0 {
		return &failure{what: "after a kill", details: wrong}
	}
	return nil
}

// broken runs a command with faults: the step's own first, then a plain apply.
func (r *run) broken(ctx context.Context, st *step, first bool) error {
	args := []string{"apply", "-auto-approve"}
	if st.destroy {
		args = append(args, "-destroy")
	}
	var m *moment
	if first {
		for _, i := range st.replace {
			args = append(args, "-replace="+i.address)
		}
		if m = st.moment; m != nil {
			m.act = r.terraform.interrupt
			if m.kill {
				m.act = r.terraform.kill
			}
		}
	}
	if first && st.late {
		plan := append([]string{"plan", "-out=" + planFile}, args[2:]...)
		planned, err := r.do(ctx, true, nil, plan...)
		if err != nil {
			return err
		}
		if err := r.disturb(ctx, st.disturb); err != nil {
			return err
		}
		if planned.code == 0 {
			args = []string{"apply", planFile}
		}
	}
	saved, err := r.terraform.read(stateFile)
	if err != nil {
		return err
	}
	result, err := r.do(ctx, true, m, args...)
	if err != nil {
		return err
	}
	if m != nil && m.kill && m.reached {
		// From here on adopt_existing takes over what no state holds.
		r.excusedAll, st.adopt = true, true
		if err := errors.Join(r.repair(saved), r.abandon(ctx)); err != nil {
			return err
		}
		if err := r.configure(true); err != nil {
			return err
		}
	}
	r.ends = append(r.ends, fmt.Sprintf("%s: exit code %d", args[0], result.code))
	return nil
}

// repair puts the state back if Terraform was killed while it wrote it, as one does
// with its backup.
func (r *run) repair(saved []byte) error {
	data, err := r.terraform.read(stateFile)
	if err != nil {
		return err
	}
	if _, err := parseState(data); err == nil && (len(data) > 0 || len(saved) == 0) {
		return nil
	}
	r.ends = append(r.ends, "Terraform lost its own state, put back")
	if len(saved) == 0 {
		return r.terraform.remove(stateFile)
	}
	return r.terraform.write(stateFile, string(saved))
}

// refused checks that a name that somebody else has is not taken without adopt_existing.
func (r *run) refused(ctx context.Context) error {
	result, err := r.do(ctx, false, nil, "apply", "-auto-approve")
	if err != nil {
		return err
	}
	if result.code == 0 {
		return &failure{what: "an apply without adopt_existing succeeded though somebody else has a name that it declares"}
	}
	return nil
}

// elsewhere checks that nothing is read, written or forgotten if the provider is
// configured for another application, which has users of the same names.
func (r *run) elsewhere(ctx context.Context) error {
	other := r.platform.elsewhere
	if _, err := r.emulated.load(ctx); err != nil {
		return err
	}
	d := document{r.platform, other.create(r.emulated.held), r.emulated.held}
	for _, n := range r.scene.nouns {
		n.mirror(r.scene, d)
	}
	if err := r.emulated.store(ctx); err != nil {
		return err
	}
	resources := func() (string, error) {
		data, err := r.terraform.read(stateFile)
		if err != nil {
			return "", err
		}
		var st map[string]any
		err = decode(data, &st)
		return encode(st["resources"]), err
	}
	before, err := resources()
	if err != nil {
		return err
	}
	for _, args := range [][]string{{"plan"}, {"apply", "-auto-approve"}, {"apply", "-auto-approve", "-destroy"}} {
		r.terraform.extra = other.environment
		result, err := r.do(ctx, false, nil, args...)
		r.terraform.extra = nil
		if err != nil {
			return err
		}
		after, err := resources()
		if err != nil {
			return err
		}
		var wrong []string
		if result.code == 0 {
			wrong = append(wrong, "it succeeded")
		}
		for _, key := range []string{r.platform.appKey, other.appKey} {
			if !bytes.Contains(result.output, []byte(key)) {
				wrong = append(wrong, "the error does not name the application "+key)
			}
		}
		if after != before {
			wrong = append(wrong, "the state changed: "+difference(before, after))
		}
		if n := r.emulated.proxy.beyondTokens(); n > 0 {
			wrong = append(wrong, fmt.Sprintf("%d calls were made", n))
		}
		if len(wrong) > 0 {
			return &failure{what: "terraform " + result.command + " for another application than that of the state", details: append(wrong, excerpt(result.output))}
		}
	}
	return nil
}

// settle applies without faults until everything is as declared.
func (r *run) settle(ctx context.Context, st *step) error {
	p := r.passage
	p.destroyed = st.destroy && !st.again
	if err := r.configure(st.adopt || r.scene.needsAdoption(p)); err != nil {
		return err
	}
	args := []string{"apply", "-auto-approve"}
	plan := []string{"plan", "-detailed-exitcode"}
	if p.destroyed {
		args, plan = append(args, "-destroy"), append(plan, "-destroy")
	}
	var wrong []string
	for n := 1; n <= settleLimit; n++ {
		applied, err := r.do(ctx, false, nil, args...)
		if err != nil {
			return err
		}
		wrong = nil
		if applied.code != 0 {
			wrong = append(wrong, fmt.Sprintf("apply %d without faults ended with exit code %d:\n%s", n, applied.code, excerpt(applied.output)))
		}
		if p.is, err = r.emulated.load(ctx); err != nil {
			return err
		}
		different := r.different()
		wrong = append(wrong, different...)
		if applied.code != 0 || len(different) > 0 {
			continue
		}
		planned, err := r.do(ctx, false, nil, plan...)
		if err != nil {
			return err
		}
		if planned.code == 0 {
			r.ends = append(r.ends, fmt.Sprintf("settled by apply %d", n))
			return r.settled(ctx, st)
		}
		wrong = append(wrong, fmt.Sprintf("everything is as declared, but the plan ended with exit code %d:\n%s", planned.code, excerpt(planned.output)))
	}
	return &failure{what: fmt.Sprintf("after %d applies without faults", settleLimit), details: wrong}
}

// different says how what the platform holds is not as declared.
func (r *run) different() []string {
	all := r.scene.differences(r.passage)
	declared := map[string]bool{}
	if !r.passage.destroyed {
		declared = r.scene.placed(r.passage.is)
	}
	left := r.scene.left(r.passage)
	for _, thing := range r.scene.things(r.passage.is) {
		if !declared[thing] && !slices.Contains(left, thing) {
			all = append(all, thing+" exists and is not declared")
		}
	}
	return all
}

// settled ends a step after which everything is as declared.
func (r *run) settled(ctx context.Context, st *step) error {
	r.standing = !r.passage.destroyed
	if left := r.scene.left(r.passage); len(left) > 0 {
		st.say("leaves behind %s", strings.Join(left, ", "))
		for _, thing := range left {
			r.scene.strangers[thing] = true
		}
		if err := r.disturb(ctx, []func(document){func(d document) {
			for _, n := range r.scene.nouns {
				n.cut(r.scene, d, left)
			}
		}}); err != nil {
			return err
		}
	}
	if err := errors.Join(r.terraform.remove(importsFile), r.terraform.remove(planFile)); err != nil || !st.first {
		return err
	}
	r.scene.replaceFirst(false)
	return r.prepare(ctx, r.scene)
}

// do runs one command, with faults or without, and checks what must be true after
// every command.
func (r *run) do(ctx context.Context, broken bool, m *moment, args ...string) (*result, error) {
	if err := r.emulated.pass(ctx); err != nil {
		return nil, err
	}
	r.command++
	during := phase{seed: r.seed, step: r.number, command: r.command}
	if broken {
		during.share = r.share
	}
	proxy := r.emulated.proxy
	proxy.begin(during, m)
	result, err := r.terraform.run(ctx, args...)
	calls, faults, log := proxy.quiet()
	if err != nil {
		return nil, err
	}
	if broken {
		r.calls, r.faults = r.calls+calls, r.faults+faults
	}
	if err := r.note(result, log); err != nil {
		return nil, err
	}
	if r.detail != nil {
		r.detail("step %d: terraform %s: exit code %d, %d of %d calls broken", r.number, result.command, result.code, faults, calls)
	}
	killed := m != nil && m.kill && m.reached
	return result, r.check(ctx, result, killed)
}

// note adds a command to the log of calls.
func (r *run) note(result *result, log []string) error {
	file, err := r.terraform.root.OpenFile(callsFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "step %d, terraform %s: exit code %d\n%s\n\n", r.number, result.command, result.code, strings.Join(log, "\n"))
	return errors.Join(err, file.Close())
}

// excerpt is the part of an output that says what went wrong, or its end.
func excerpt(output []byte) string {
	const most = 3000
	all := string(output)
	if at := strings.Index(all, "Error: "); at >= 0 {
		all = all[at:]
		return all[:min(most, len(all))]
	}
	return all[max(0, len(all)-most):]
}

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// blunders are what Terraform says of a provider that does not keep to the protocol.
var blunders = regexp.MustCompile(`(?i)inconsistent\s+result|inconsistent\s+final\s+plan|produced\s+(an\s+)?(invalid|unexpected)|bug\s+in\s+the\s+provider|plugin\s+did\s+not\s+respond|plugin\s+crash|panic:|goroutine \d+ \[`)

// check checks what must be true after every command, whatever was done to it.
func (r *run) check(ctx context.Context, result *result, killed bool) error {
	var wrong []string
	if result.hung {
		wrong = append(wrong, fmt.Sprintf("it did not end within %s", commandLimit))
	}
	// A provider that was killed did not respond.
	if found := blunders.Find(result.output); found != nil && !killed {
		wrong = append(wrong, fmt.Sprintf("the output says %q:\n%s", found, around(result.output, found)))
	}
	if at := bytes.Index(result.log, []byte("panic: ")); at >= 0 {
		wrong = append(wrong, "the log says "+around(result.log, result.log[at:at+7]))
	}
	secrets := slices.Concat(r.platform.secrets, r.emulated.proxy.secrets())
	wrong = append(wrong, leaks("the output", string(result.output), append(secrets, canary))...)
	wrong = append(wrong, leaks("the log", string(result.log), append(secrets, canary))...)
	states, err := r.stateLeaks(secrets, killed)
	if err != nil {
		return err
	}
	wrong = append(wrong, states...)
	plan, err := r.planLeaks(secrets)
	if err != nil {
		return err
	}
	wrong = append(wrong, plan...)

	d, err := r.emulated.load(ctx)
	if err != nil {
		return err
	}
	if now := r.scene.foreign(d); now != r.untouched {
		wrong = append(wrong, "what belongs to somebody else was touched: "+difference(r.untouched, now))
	}
	if !r.excusedAll && !killed {
		st, err := r.state()
		if err != nil {
			return err
		}
		wrong = append(wrong, r.orphans(d, st)...)
	}
	if len(wrong) > 0 {
		return &failure{what: "after terraform " + result.command, details: wrong}
	}
	return nil
}

// orphans are what the platform has and no state holds.
func (r *run) orphans(d document, st *state) []string {
	var all []string
	for _, thing := range r.unknown(d, st) {
		if !r.wasLeft(thing, d) {
			all = append(all, thing+" exists and the state does not know of it")
		}
	}
	return all
}

// wasLeft reports whether a destroy may have left a thing, as declared.
func (r *run) wasLeft(thing string, d document) bool {
	p := *r.passage
	p.is, p.destroyed = d, true
	return slices.Contains(r.scene.left(&p), thing)
}

// leaks are the secrets in a text.
func leaks(where, text string, secrets []string) []string {
	var all []string
	for _, secret := range secrets {
		if at := strings.Index(text, secret); at >= 0 {
			all = append(all, fmt.Sprintf("%s has the secret %q: ...%s...", where, secret, text[max(0, at-150):min(len(text), at+len(secret)+50)]))
		}
	}
	return all
}

// stateLeaks are the secrets in the state and its backup that do not belong there.
func (r *run) stateLeaks(secrets []string, killed bool) ([]string, error) {
	var all []string
	for _, name := range []string{stateFile, backupFile} {
		data, err := r.terraform.read(name)
		if err != nil {
			return nil, err
		}
		st, err := parseState(data)
		if err != nil && killed {
			continue // Terraform was killed while it wrote it
		}
		if err != nil {
			return nil, err
		}
		open, passwords, err := st.split(data)
		if err != nil {
			return nil, err
		}
		all = append(all, leaks(name, open, append(secrets, canary))...)
		all = append(all, leaks("a password in "+name, passwords, append(secrets, writeOnly))...)
	}
	return all, nil
}

// planLeaks are the secrets in a saved plan that do not belong there.
func (r *run) planLeaks(secrets []string) ([]string, error) {
	data, err := r.terraform.read(planFile)
	if err != nil || len(data) == 0 {
		return nil, err
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var all []string
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(reader)
		if err := errors.Join(err, reader.Close()); err != nil {
			return nil, err
		}
		all = append(all, leaks("the saved plan's "+file.Name, string(content), append(secrets, writeOnly))...)
	}
	return all, nil
}

// around is the part of a text around something in it.
func around(text, found []byte) string {
	at := bytes.Index(text, found)
	return string(text[max(0, at-800):min(len(text), at+800)])
}

// difference shows two long texts where they begin to differ.
func difference(before, now string) string {
	at := 0
	for at < len(before) && at < len(now) && before[at] == now[at] {
		at++
	}
	show := func(s string) string { return s[max(0, at-150):min(len(s), at+150)] }
	return fmt.Sprintf("was\n%s\nis\n%s", show(before), show(now))
}

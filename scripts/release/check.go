package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// check makes a release that is not published, and verifies it.
func check(ctx context.Context, c config, goreleaser string) (err error) {
	if goreleaser == "" {
		return errors.New("-goreleaser must name the program that makes the release")
	}
	for program, from := range map[string]string{"gpg": "GnuPG", "git": "git"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("%s is missing, which signs or describes a release: install %s", program, from)
		}
	}
	fingerprint, home, remove, err := newKey(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	if err := os.Setenv("GNUPGHOME", home); err != nil { // for goreleaser, and to verify
		return err
	}
	// go.mod names the least Go version that builds; a release is built by exactly that one.
	dryRun := command(ctx, goreleaser, "release", "--snapshot", "--skip=publish", "--clean", "--timeout", "60m")
	dryRun.Dir = c.root
	dryRun.Env = append(os.Environ(), "GPG_FINGERPRINT="+fingerprint, "GOTOOLCHAIN="+c.toolchain, "GORELEASER_CURRENT_TAG=v0.0.0")
	if exec.CommandContext(ctx, "git", "-C", c.root, "ls-remote", "--get-url").Run() != nil {
		// Without a remote goreleaser does not name the commit. Nothing is sent there.
		dryRun.Env = append(dryRun.Env, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=remote.origin.url", "GIT_CONFIG_VALUE_0=https://github.com/chat/"+c.Project)
	}
	dryRun.Stdout, dryRun.Stderr = os.Stderr, os.Stderr
	if err := dryRun.Run(); err != nil {
		return fmt.Errorf("goreleaser: %w", err)
	}
	r := release{config: c, dist: filepath.Join(c.root, "dist")}
	if r.version, err = madeVersion(r.dist); err != nil {
		return err
	}
	if err := r.verify(ctx); err != nil {
		return err
	}
	archives, err := r.archives()
	if err != nil {
		return err
	}
	fmt.Printf("All %d archives are right: names, programs, manifest, checksums and signature.\n", len(archives))
	return nil
}

// madeVersion is the version that goreleaser has given to a release.
func madeVersion(dist string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dist, "metadata.json"))
	if err != nil {
		return "", err
	}
	var metadata struct{ Version string }
	return metadata.Version, json.Unmarshal(text, &metadata)
}

// newKey makes a key for one release in a folder of its own.
func newKey(ctx context.Context) (fingerprint, home string, remove func() error, err error) {
	if home, err = os.MkdirTemp("", "chat-release-"); err != nil { // only for us, as GnuPG wants it
		return "", "", nil, err
	}
	remove = func() error {
		stop := exec.Command("gpgconf", "--homedir", home, "--kill", "gpg-agent")
		if out, err := stop.CombinedOutput(); err != nil {
			return fmt.Errorf("gpgconf: %w\n%s", err, out)
		}
		return os.RemoveAll(home)
	}
	create := command(ctx, "gpg", "--homedir", home, "--batch", "--passphrase", "", "--quick-generate-key", "release check <check@localhost>", "rsa3072", "sign", "1d")
	if out, err := create.CombinedOutput(); err != nil {
		return "", "", nil, errors.Join(fmt.Errorf("gpg: %w\n%s", err, out), remove())
	}
	out, err := command(ctx, "gpg", "--homedir", home, "--batch", "--with-colons", "--list-keys").Output()
	if err != nil {
		return "", "", nil, errors.Join(fmt.Errorf("gpg: %w", err), remove())
	}
	for line := range strings.Lines(string(out)) {
		if fields := strings.Split(line, ":"); fields[0] == "fpr" {
			return fields[9], home, remove, nil
		}
	}
	return "", "", nil, errors.Join(fmt.Errorf("gpg does not list the key that it made: %s", out), remove())
}

// command is a process that is asked to end when ctx does.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	return cmd
}

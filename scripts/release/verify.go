package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// release is the files of a release in a folder.
type release struct {
	config
	dist    string
	version string // "1.2.3"
}

// packed is an archive that a release must have.
type packed struct {
	name    string
	program string // the file in it
	main    string // the package that it is built from
	system  system
}

// verify returns everything that is wrong with the release.
func (r release) verify(ctx context.Context) error {
	if r.dist == "" || r.version == "" {
		return errors.New("the folder and the version of the release must be given")
	}
	archives, err := r.archives()
	if err != nil {
		return err
	}
	sums, err := r.fill(r.Checksum.Name, r.version, system{})
	if err != nil {
		return err
	}
	manifest, err := r.fill(r.Checksum.ExtraFiles[0].Name, r.version, system{})
	if err != nil {
		return err
	}
	problems := []error{r.verifyNames(archives), r.verifyManifest(manifest), r.verifySums(sums, manifest, archives)}
	for _, a := range archives {
		if err := r.verifyArchive(ctx, a); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", a.name, err))
		}
	}
	return errors.Join(append(problems, r.verifySignature(ctx, sums))...)
}

// archives returns those that the configuration lists.
func (r release) archives() ([]packed, error) {
	var all []packed
	for _, p := range r.Builds {
		for _, s := range p.systems() {
			name, err := r.fill(r.archivesOf(p)[0].Name, r.version, s)
			if err != nil {
				return nil, err
			}
			file, err := r.fill(p.Binary, r.version, s)
			if err != nil {
				return nil, err
			}
			if s.GOOS == "windows" {
				file += ".exe"
			}
			all = append(all, packed{name + ".zip", file, p.Main, s})
		}
	}
	return all, nil
}

// verifyNames finds archives that are missing or too many.
func (r release) verifyNames(archives []packed) error {
	found, err := filepath.Glob(filepath.Join(r.dist, "*.zip"))
	if err != nil {
		return err
	}
	var problems []error
	for _, file := range found {
		if !slices.ContainsFunc(archives, func(a packed) bool { return a.name == filepath.Base(file) }) {
			problems = append(problems, fmt.Errorf("%s is no archive that .goreleaser.yml lists", filepath.Base(file)))
		}
	}
	return errors.Join(problems...)
}

// readManifest reads the manifest of a release, which goreleaser publishes from its source.
func (r release) readManifest(name string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(r.dist, name))
	if errors.Is(err, os.ErrNotExist) {
		return os.ReadFile(filepath.Join(r.root, r.Checksum.ExtraFiles[0].Glob))
	}
	return text, err
}

func (r release) verifyManifest(name string) error {
	text, err := r.readManifest(name)
	if err != nil {
		return err
	}
	var manifest struct {
		Version  int
		Metadata struct {
			ProtocolVersions []string `json:"protocol_versions"`
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if manifest.Version != 1 || !slices.Equal(manifest.Metadata.ProtocolVersions, []string{"6.0"}) {
		return fmt.Errorf("%s: it must be of version 1 and name protocol 6.0, which main.go serves", name)
	}
	return nil
}

// verifySums compares the checksums with the files. goreleaser 2.15.0 added the
// signature to them after signing, which made it invalid.
func (r release) verifySums(name, manifest string, archives []packed) error {
	text, err := os.ReadFile(filepath.Join(r.dist, name))
	if err != nil {
		return err
	}
	listed := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		sum, file, ok := strings.Cut(lines.Text(), "  ")
		if !ok || listed[file] != "" {
			return fmt.Errorf("%s: the line %q is malformed or there twice", name, lines.Text())
		}
		listed[file] = sum
	}
	var problems []error
	check := func(file string, content []byte, err error) {
		sum := sha256.Sum256(content)
		switch {
		case err != nil:
			problems = append(problems, err)
		case listed[file] == "":
			problems = append(problems, fmt.Errorf("%s does not list %s", name, file))
		case listed[file] != hex.EncodeToString(sum[:]):
			problems = append(problems, fmt.Errorf("%s has another checksum for %s", name, file))
		}
		delete(listed, file)
	}
	for _, a := range archives {
		content, err := os.ReadFile(filepath.Join(r.dist, a.name))
		check(a.name, content, err)
	}
	content, err := r.readManifest(manifest)
	check(manifest, content, err)
	for file := range listed {
		problems = append(problems, fmt.Errorf("%s lists %s, which is no part of a release", name, file))
	}
	return errors.Join(problems...)
}

// verifyArchive looks at the program in an archive: what it was built from, for which
// system and by which Go. It runs the program if it can.
func (r release) verifyArchive(ctx context.Context, a packed) (err error) {
	reader, err := zip.OpenReader(filepath.Join(r.dist, a.name))
	if errors.Is(err, os.ErrNotExist) {
		return nil // the checksums say so
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	var program []byte
	for _, file := range reader.File {
		switch {
		case file.Name == a.program:
			if file.Mode()&0o111 == 0 {
				return fmt.Errorf("%s cannot be executed", file.Name)
			}
			if program, err = content(file); err != nil {
				return err
			}
		case !strings.HasSuffix(file.Name, ".md") && file.Name != "LICENSE":
			return fmt.Errorf("%s does not belong there", file.Name)
		}
	}
	if program == nil {
		return fmt.Errorf("%s is not in it", a.program)
	}
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil {
		return err
	}
	built := map[string]string{}
	for _, setting := range info.Settings {
		built[setting.Key] = setting.Value
	}
	main := path.Join(info.Main.Path, a.main)
	for _, want := range [][3]string{
		{"built by", info.GoVersion, r.toolchain}, {"built from", info.Path, main},
		{"built for", built["GOOS"] + "/" + built["GOARCH"], a.system.String()}, {"built with CGO_ENABLED", built["CGO_ENABLED"], "0"},
		{"built with -trimpath", built["-trimpath"], "true"},
	} {
		if want[1] != want[2] {
			return fmt.Errorf("%s was %s %q, want %q", a.program, want[0], want[1], want[2])
		}
	}
	if a.system != (system{runtime.GOOS, runtime.GOARCH}) {
		return nil
	}
	return r.verifyVersion(ctx, a, program)
}

func content(file *zip.File) ([]byte, error) {
	reader, err := file.Open()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(reader)
	return text, errors.Join(err, reader.Close())
}

// verifyVersion runs a program for its version and commit.
func (r release) verifyVersion(ctx context.Context, a packed, program []byte) (err error) {
	folder, err := os.MkdirTemp("", "chat-release-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	binary := filepath.Join(folder, a.program)
	if err := os.WriteFile(binary, program, 0o700); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, binary, "-version").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s -version: %w\n%s", a.program, err, out)
	}
	words := strings.Fields(string(out))
	if len(words) != 3 || words[1] != r.version || len(words[2]) != 40 {
		return fmt.Errorf("%s -version prints %q, want its name, %s and a commit", a.program, out, r.version)
	}
	return nil
}

// verifySignature asks GnuPG, which must have the key.
func (r release) verifySignature(ctx context.Context, sums string) error {
	sums = filepath.Join(r.dist, sums)
	out, err := exec.CommandContext(ctx, "gpg", "--batch", "--verify", sums+".sig", sums).CombinedOutput()
	if err != nil {
		return fmt.Errorf("the signature of %s: %w\n%s", filepath.Base(sums), err, out)
	}
	return nil
}

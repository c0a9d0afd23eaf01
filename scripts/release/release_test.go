package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// configuration is .goreleaser.yml for a release of this system only.
const configuration = `
project_name: demo
builds:
  - &build
    id: first
    main: .
    binary: "{{ .ProjectName }}_v{{ .Version }}"
    goos: [OS]
    goarch: [ARCH, other]
    ignore: [{goos: OS, goarch: other}]
  - <<: *build
    id: second
    main: ./cmd/second
    binary: second
archives:
  - ids: [first]
    name_template: "{{ .ProjectName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}"
  - ids: [second]
    name_template: "second_{{ .Version }}_{{ .Os }}_{{ .Arch }}"
checksum:
  name_template: "{{ .ProjectName }}_{{ .Version }}_SHA256SUMS"
  extra_files: &manifest
    - glob: manifest.json
      name_template: "{{ .ProjectName }}_{{ .Version }}_manifest.json"
release:
  draft: true
  extra_files: *manifest
`

const source = `package main

import "fmt"

var version, commit string

func main() { fmt.Println("program", version, commit) }
`

// made is a release that can be changed before it is verified.
type made struct {
	t        *testing.T
	root     string
	dist     string
	programs map[string][]byte // by package
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// makeSource writes a module with two programs and builds them.
func makeSource(t *testing.T) *made {
	t.Helper()
	m := &made{t: t, root: t.TempDir(), programs: map[string][]byte{}}
	m.dist = filepath.Join(m.root, "dist")
	write(t, filepath.Join(m.root, ".goreleaser.yml"), []byte(strings.NewReplacer("OS", runtime.GOOS, "ARCH", runtime.GOARCH).Replace(configuration)))
	write(t, filepath.Join(m.root, "go.mod"), []byte("module demo\n\ngo 1.26.0\n\ntoolchain "+runtime.Version()+"\n"))
	write(t, filepath.Join(m.root, "manifest.json"), []byte(`{"version":1,"metadata":{"protocol_versions":["6.0"]}}`))
	for _, folder := range []string{".", "cmd/second"} {
		write(t, filepath.Join(m.root, folder, "main.go"), []byte(source))
		m.programs[folder] = m.build(folder, "-trimpath", "-ldflags", "-X main.version=1.2.3 -X main.commit="+strings.Repeat("a", 40))
	}
	return m
}

func (m *made) build(folder string, args ...string) []byte {
	m.t.Helper()
	binary := filepath.Join(m.t.TempDir(), "program")
	cmd := exec.Command("go", append(append([]string{"build", "-o", binary}, args...), "./"+folder)...)
	cmd.Dir, cmd.Env = m.root, append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("%v\n%s", err, out)
	}
	program, err := os.ReadFile(binary)
	if err != nil {
		m.t.Fatal(err)
	}
	return program
}

// file is an entry of an archive.
type file struct {
	content []byte
	mode    os.FileMode
}

func (m *made) archive(name string, files map[string]file) {
	m.t.Helper()
	var text bytes.Buffer
	writer := zip.NewWriter(&text)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := &zip.FileHeader{Name: name}
		header.SetMode(files[name].mode)
		w, err := writer.CreateHeader(header)
		if err == nil {
			_, err = w.Write(files[name].content)
		}
		if err != nil {
			m.t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		m.t.Fatal(err)
	}
	write(m.t, filepath.Join(m.dist, name), text.Bytes())
}

func (m *made) names() (first, second string) {
	system := runtime.GOOS + "_" + runtime.GOARCH + ".zip"
	return "demo_1.2.3_" + system, "second_1.2.3_" + system
}

func exe(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

// fill writes a release that is right.
func (m *made) fill() {
	m.t.Helper()
	if err := os.RemoveAll(m.dist); err != nil {
		m.t.Fatal(err)
	}
	first, second := m.names()
	m.archive(first, map[string]file{exe("demo_v1.2.3"): {m.programs["."], 0o755}, "LICENSE": {nil, 0o644}, "README.md": {nil, 0o644}})
	m.archive(second, map[string]file{exe("second"): {m.programs["cmd/second"], 0o755}})
}

// sum writes the checksums and signs them.
func (m *made) sum() {
	m.t.Helper()
	first, second := m.names()
	var text strings.Builder
	for name, path := range map[string]string{
		first: filepath.Join(m.dist, first), second: filepath.Join(m.dist, second), "demo_1.2.3_manifest.json": filepath.Join(m.root, "manifest.json"),
	} {
		if content, err := os.ReadFile(path); err == nil {
			fmt.Fprintf(&text, "%x  %s\n", sha256.Sum256(content), name)
		}
	}
	write(m.t, m.sums(), []byte(text.String()))
	m.sign()
}

func (m *made) sums() string { return filepath.Join(m.dist, "demo_1.2.3_SHA256SUMS") }

func (m *made) sign() {
	m.t.Helper()
	_ = os.Remove(m.sums() + ".sig")
	if out, err := exec.Command("gpg", "--batch", "--output", m.sums()+".sig", "--detach-sign", m.sums()).CombinedOutput(); err != nil {
		m.t.Fatalf("%v\n%s", err, out)
	}
}

func (m *made) add(line string) {
	m.t.Helper()
	text, err := os.ReadFile(m.sums())
	if err != nil {
		m.t.Fatal(err)
	}
	write(m.t, m.sums(), append(text, line...))
}

func TestVerify(t *testing.T) {
	if _, err := exec.LookPath("gpg"); err != nil {
		t.Skip("needs gpg: install GnuPG")
	}
	_, home, remove, err := newKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := remove(); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("GNUPGHOME", home)
	m := makeSource(t)
	first, second := m.names()
	main := func(program []byte) map[string]file { return map[string]file{exe("demo_v1.2.3"): {program, 0o755}} }
	signature := strings.Repeat("0", 64) + "  demo_1.2.3_SHA256SUMS.sig\n"
	for name, test := range map[string]struct {
		before, after func() // the checksums are made
		want          string // in the error; empty for none
	}{
		"complete":                         {nil, nil, ""},
		"an archive is missing":            {func() { _ = os.Remove(filepath.Join(m.dist, second)) }, nil, second + ": no such file"},
		"an archive too many":              {func() { m.archive("demo_1.2.3_plan9_mips.zip", nil) }, nil, "demo_1.2.3_plan9_mips.zip is no archive"},
		"an archive that is none":          {func() { write(t, filepath.Join(m.dist, first), []byte("x")) }, nil, "zip"},
		"no program":                       {func() { m.archive(first, nil) }, nil, "demo_v1.2.3"},
		"another name":                     {func() { m.archive(first, map[string]file{exe("demo"): {m.programs["."], 0o755}}) }, nil, "does not belong there"},
		"cannot be executed":               {func() { m.archive(first, map[string]file{exe("demo_v1.2.3"): {m.programs["."], 0o644}}) }, nil, "cannot be executed"},
		"no Go program":                    {func() { m.archive(first, main([]byte("x"))) }, nil, first},
		"another program":                  {func() { m.archive(first, main(m.programs["cmd/second"])) }, nil, `built from "demo/cmd/second"`},
		"another version":                  {func() { m.archive(first, main(m.build(".", "-trimpath"))) }, nil, "want its name, 1.2.3 and a commit"},
		"with paths":                       {func() { m.archive(first, main(m.build("."))) }, nil, "-trimpath"},
		"another checksum":                 {nil, func() { m.archive(first, map[string]file{exe("demo_v1.2.3"): {m.programs["."], 0o700}}) }, "another checksum for " + first},
		"the signature is in the checksum": {nil, func() { m.add(signature); m.sign() }, "lists demo_1.2.3_SHA256SUMS.sig, which is no part"},
		"changed after signing":            {nil, func() { m.add(signature) }, "the signature of demo_1.2.3_SHA256SUMS"},
		"not signed":                       {nil, func() { _ = os.Remove(m.sums() + ".sig") }, "the signature of demo_1.2.3_SHA256SUMS"},
		"another manifest":                 {nil, func() { write(t, filepath.Join(m.dist, "demo_1.2.3_manifest.json"), []byte(`{"version":1}`)) }, "protocol 6.0"},
	} {
		t.Run(name, func(t *testing.T) {
			m.fill()
			if test.before != nil {
				test.before()
			}
			m.sum()
			if test.after != nil {
				test.after()
			}
			err := run(context.Background(), []string{"verify", "-root", m.root, "-dist", m.dist, "-version", "1.2.3"})
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want an error about %q", err, test.want)
			}
		})
	}

	m.fill()
	m.sum()
	c, err := readConfig(m.root)
	if err != nil {
		t.Fatal(err)
	}
	c.toolchain = "go1.0"
	if err := (release{c, m.dist, "1.2.3"}).verify(t.Context()); err == nil || !strings.Contains(err.Error(), "built by") {
		t.Errorf("by another Go: got %v", err)
	}
}

func TestConfig(t *testing.T) {
	module := "module demo\n\ntoolchain go1.26.8\n"
	for name, test := range map[string]struct{ module, old, new, want string }{
		"right":               {module, "", "", ""},
		"no toolchain":        {"module demo\n\ngo 1.26.8\n", "", "", "toolchain"},
		"no project":          {module, "project_name: demo", "", "project_name"},
		"no draft":            {module, "draft: true", "draft: false", "draft"},
		"no manifest":         {module, "  extra_files: *manifest", "", "manifest"},
		"a build left out":    {module, "ids: [second]", "ids: [first]", "archive"},
		"no systems":          {module, "goarch: [ARCH, other]", "goarch: [other]", "systems"},
		"not even YAML":       {module, "builds:", "builds: [", ".goreleaser.yml"},
		"an unknown template": {module, "second_{{ .Version }}", "second_{{ .Tag }}", ""},
	} {
		root := t.TempDir()
		write(t, filepath.Join(root, "go.mod"), []byte(test.module))
		write(t, filepath.Join(root, ".goreleaser.yml"), []byte(strings.Replace(configuration, test.old, test.new, 1)))
		c, err := readConfig(root)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want an error about %q", name, err, test.want)
		}
		if name == "an unknown template" {
			if _, err := (release{config: c, version: "1"}).archives(); err == nil {
				t.Errorf("%s: got no error", name)
			}
		}
	}
}

// The repository's own configuration has what the registry and the checks expect.
func TestConfig_ofTheRepository(t *testing.T) {
	c, err := readConfig(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	r := release{config: c, version: "1.2.3"}
	archives, err := r.archives()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]packed{}
	for _, a := range archives {
		names[a.name] = a
	}
	for name, program := range map[string]string{
		"terraform-provider-chat_1.2.3_linux_amd64.zip":   "terraform-provider-chat_v1.2.3",
		"terraform-provider-chat_1.2.3_windows_arm64.zip": "terraform-provider-chat_v1.2.3.exe",
		"chat-emulator_1.2.3_darwin_arm64.zip":            "chat-emulator",
		"chat-emulator_1.2.3_windows_386.zip":             "chat-emulator.exe",
	} {
		if names[name].program != program {
			t.Errorf("%s holds %q, want %q", name, names[name].program, program)
		}
	}
	if len(archives) != 26 || len(c.systems()) != 13 {
		t.Errorf("there are %d archives for %v", len(archives), c.systems())
	}
	if err := r.verifyManifest("missing"); err != nil {
		t.Error(err)
	}
}

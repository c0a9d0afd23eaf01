package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// config is what the check needs of .goreleaser.yml and go.mod.
type config struct {
	root      string
	toolchain string // "go1.26.8"

	Project  string    `yaml:"project_name"`
	Builds   []program `yaml:"builds"`
	Archives []archive `yaml:"archives"`
	Checksum struct {
		Name       string      `yaml:"name_template"`
		ExtraFiles []extraFile `yaml:"extra_files"`
	} `yaml:"checksum"`
	Release struct {
		Draft      bool        `yaml:"draft"`
		ExtraFiles []extraFile `yaml:"extra_files"`
	} `yaml:"release"`
}

type program struct {
	ID     string   `yaml:"id"`
	Main   string   `yaml:"main"`
	Binary string   `yaml:"binary"`
	GOOS   []string `yaml:"goos"`
	GOARCH []string `yaml:"goarch"`
	Ignore []system `yaml:"ignore"`
}

type archive struct {
	IDs  []string `yaml:"ids"`
	Name string   `yaml:"name_template"`
}

type extraFile struct {
	Glob string `yaml:"glob"`
	Name string `yaml:"name_template"`
}

// system is what a program is built for.
type system struct {
	GOOS   string `yaml:"goos"`
	GOARCH string `yaml:"goarch"`
}

func (s system) String() string { return s.GOOS + "/" + s.GOARCH }

var toolchain = regexp.MustCompile(`(?m)^toolchain (go\S+)$`)

func readConfig(root string) (config, error) {
	c := config{root: root}
	text, err := os.ReadFile(filepath.Join(root, ".goreleaser.yml"))
	if err != nil {
		return c, err
	}
	if err := yaml.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf(".goreleaser.yml: %w", err)
	}
	module, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return c, err
	}
	match := toolchain.FindSubmatch(module)
	if match == nil {
		return c, errors.New("go.mod has no toolchain, which decides the Go version of a release")
	}
	c.toolchain = string(match[1])
	return c, c.check()
}

// check returns an error if the configuration would make another release than the
// registry and the checks expect.
func (c config) check() error {
	switch {
	case c.Project == "":
		return errors.New(".goreleaser.yml: project_name is missing, and would depend on the name of the repository")
	case len(c.Builds) == 0:
		return errors.New(".goreleaser.yml: there are no builds")
	case len(c.Checksum.ExtraFiles) != 1 || !slices.Equal(c.Checksum.ExtraFiles, c.Release.ExtraFiles):
		return errors.New(".goreleaser.yml: the manifest must be an extra file of the checksums and of the release")
	case !c.Release.Draft:
		return errors.New(".goreleaser.yml: release.draft must be set, because a release is verified before it is published")
	}
	for _, b := range c.Builds {
		if len(b.systems()) == 0 || len(c.archivesOf(b)) != 1 {
			return fmt.Errorf(".goreleaser.yml: the build %q must have systems, and be in one archive", b.ID)
		}
	}
	return nil
}

func (p program) systems() []system {
	var all []system
	for _, goos := range p.GOOS {
		for _, goarch := range p.GOARCH {
			if s := (system{goos, goarch}); !slices.Contains(p.Ignore, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// systems returns those that every program is built for.
func (c config) systems() []system {
	common := c.Builds[0].systems()
	for _, p := range c.Builds[1:] {
		own := p.systems()
		common = slices.DeleteFunc(common, func(s system) bool { return !slices.Contains(own, s) })
	}
	return common
}

func (c config) archivesOf(p program) []archive {
	var own []archive
	for _, a := range c.Archives {
		if slices.Contains(a.IDs, p.ID) {
			own = append(own, a)
		}
	}
	return own
}

// fill puts values into a template of goreleaser. It knows those that file names need.
func (c config) fill(template, version string, s system) (string, error) {
	filled := strings.NewReplacer(
		"{{ .ProjectName }}", c.Project, "{{ .Version }}", version, "{{ .Os }}", s.GOOS, "{{ .Arch }}", s.GOARCH,
	).Replace(template)
	if strings.Contains(filled, "{{") {
		return "", fmt.Errorf(".goreleaser.yml: this program does not understand the name %q", template)
	}
	return filled, nil
}

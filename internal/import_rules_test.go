// Package internal_test holds the rules for which package may import which, so that a
// change that breaks one fails a test.
package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// module is the path of this module; the imports of its packages begin with it.
const module = "terraform-provider-chat"

// importRule forbids some files to import some packages. Files, folders and packages are
// written as paths, and a path includes what is below it.
type importRule struct {
	// text is the rule in one sentence.
	text string
	// files are the folders to which the rule applies, except what is in exceptFiles.
	// They are relative to the root of the module, which is ".".
	files, exceptFiles []string
	// forbidden are the packages that must not be imported, except those in exceptPackages.
	forbidden, exceptPackages []string
	// exceptTests exempts test files from the rule.
	exceptTests bool
}

// pluginFramework begins the path of every module of the plugin framework.
const pluginFramework = "github.com/hashicorp/terraform-plugin-"

// internal returns the paths of packages below internal.
func internal(names ...string) []string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = module + "/internal/" + name
	}
	return paths
}

var importRules = []importRule{
	{
		text:           "chat is the vocabulary and imports no other package of this module",
		files:          []string{"internal/chat"},
		forbidden:      []string{module},
		exceptPackages: internal("chat"),
	},
	{
		text:      "a platform's client imports chat and rest only",
		files:     []string{"internal/easemob"},
		forbidden: []string{module}, exceptPackages: internal("easemob", "chat", "rest", "emulator"),
	},
	{
		text:      "a platform's client imports chat and rest only",
		files:     []string{"internal/jmessage"},
		forbidden: []string{module}, exceptPackages: internal("jmessage", "chat", "rest", "emulator"),
	},
	{
		text:      "rest is what the clients share, and imports chat only",
		files:     []string{"internal/rest"},
		forbidden: []string{module}, exceptPackages: internal("rest", "chat", "emulator"),
	},
	{
		text:      "bulk, reconcile and userfile work for every platform and without Terraform: they import chat only",
		files:     []string{"internal/bulk", "internal/reconcile", "internal/userfile"},
		forbidden: []string{module}, exceptPackages: internal("chat"),
		exceptTests: true,
	},
	{
		text:      "bulk, reconcile and userfile are tested without a client and without Terraform",
		files:     []string{"internal/bulk", "internal/reconcile", "internal/userfile"},
		forbidden: internal("easemob", "jmessage", "rest", "provider"),
	},
	{
		text:        "only the programs that serve the provider, and the schema printer, import provider",
		files:       []string{"."},
		exceptFiles: []string{"internal/provider", "internal/schemajson", "main.go", "scripts/bench/baseline"},
		forbidden:   internal("provider"),
	},
	{
		text:        "only provider, the programs that serve it and the schema printer import the plugin framework",
		files:       []string{"."},
		exceptFiles: []string{"internal/provider", "internal/schemajson", "main.go", "scripts/bench/baseline"},
		forbidden:   []string{pluginFramework},
	},
	{
		text:      "terraform-plugin-testing is for the tests of provider",
		files:     []string{"internal/schemajson", "main.go", "scripts/bench/baseline"},
		forbidden: []string{pluginFramework + "testing"},
	},
	{
		text:        "terraform-plugin-testing is for the tests of provider",
		files:       []string{"internal/provider"},
		forbidden:   []string{pluginFramework + "testing"},
		exceptTests: true,
	},
	{
		text:           "the emulator is written a second time from the documents: it imports no package of this module outside internal/emulator",
		files:          []string{"internal/emulator"},
		forbidden:      []string{module},
		exceptPackages: internal("emulator"),
	},
	{
		text:      "an emulated platform does not import the other, nor the server in front of it",
		files:     []string{"internal/emulator/easemob", "internal/emulator/jmessage", "internal/emulator/platform"},
		forbidden: internal("emulator"), exceptPackages: internal("emulator/platform"),
		exceptTests: true,
	},
	{
		text:        "the emulator is for tests and scripts: nothing that the provider consists of imports it",
		files:       []string{"."},
		exceptFiles: []string{"internal/emulator", "scripts"},
		forbidden:   internal("emulator"),
		exceptTests: true,
	},
}

// brokenRules returns the rules that a file breaks by an import. The file is relative to
// the root of the module.
func brokenRules(file, imported string) []string {
	var rules []string
	for _, rule := range importRules {
		if rule.exceptTests && strings.HasSuffix(file, "_test.go") {
			continue
		}
		if anyContains(rule.files, file) && !anyContains(rule.exceptFiles, file) &&
			anyContains(rule.forbidden, imported) && !anyContains(rule.exceptPackages, imported) {
			rules = append(rules, rule.text)
		}
	}
	return rules
}

// anyContains reports whether a path is one of the parents or below one of them. A
// parent that ends with a hyphen is the beginning of a name.
func anyContains(parents []string, path string) bool {
	for _, parent := range parents {
		if parent == "." || path == parent || strings.HasPrefix(path, parent+"/") ||
			strings.HasSuffix(parent, "-") && strings.HasPrefix(path, parent) {
			return true
		}
	}
	return false
}

func TestImports_followTheRules(t *testing.T) {
	t.Parallel()
	root := ".."
	files := 0
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipOtherModules(root, file)
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		files++
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			for _, rule := range brokenRules(relative, imported) {
				t.Errorf("%s imports %s, but %s", relative, imported, rule)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Errorf("only %d Go files were found", files)
	}
}

// skipOtherModules returns fs.SkipDir for a folder that is not part of the module: one
// that is hidden, or the root of another module.
func skipOtherModules(root, folder string) error {
	if folder == root {
		return nil
	}
	if strings.HasPrefix(filepath.Base(folder), ".") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

// A forbidden import of each kind is found, and an allowed one is not.
func TestImportRules_findForbiddenImports(t *testing.T) {
	t.Parallel()
	const (
		frameworkSchema  = "github.com/hashicorp/terraform-plugin-framework/resource/schema"
		frameworkTesting = "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	)
	for _, c := range []struct {
		file, imported string
		// rules is how many rules the import breaks.
		rules int
	}{
		{"internal/chat/user.go", "internal/rest", 1},
		{"internal/chat/user_test.go", "internal/bulk", 1},
		{"internal/chat/user_test.go", "internal/chat", 0},
		{"internal/chat/user.go", "internal/chatter", 1},
		{"internal/easemob/user.go", "internal/chat", 0},
		{"internal/easemob/user.go", "internal/jmessage", 1},
		{"internal/easemob/user.go", "internal/bulk", 1},
		{"internal/easemob/user.go", "internal/reconcile", 1},
		{"internal/easemob/user.go", "internal/provider", 2},
		{"internal/easemob/user.go", "internal/emulator", 1},
		{"internal/easemob/user_test.go", "internal/emulator", 0},
		{"internal/easemob/user_test.go", "internal/bulk", 1},
		{"internal/jmessage/user.go", "internal/rest", 0},
		{"internal/jmessage/user.go", "internal/easemob", 1},
		{"internal/jmessage/user.go", "internal/bulk", 1},
		{"internal/jmessage/user.go", "internal/reconcile", 1},
		{"internal/jmessage/user.go", "internal/provider", 2},
		{"internal/jmessage/user.go", "internal/emulator/jmessage", 1},
		{"internal/rest/do.go", "internal/easemob", 1},
		{"internal/rest/do.go", "internal/chat", 0},
		{"internal/reconcile/run.go", "internal/provider", 3},
		{"internal/reconcile/run.go", "internal/easemob", 2},
		{"internal/reconcile/run.go", "internal/jmessage", 2},
		{"internal/reconcile/run_test.go", "internal/bulk", 0},
		{"internal/reconcile/run_test.go", "internal/easemob", 1},
		{"internal/reconcile/run.go", "internal/bulk", 1},
		{"internal/bulk/users.go", "internal/reconcile", 1},
		{"internal/bulk/users.go", "internal/chat", 0},
		{"internal/userfile/csv.go", "internal/rest", 2},
		{"internal/userfile/csv.go", "internal/chat", 0},
		{"internal/easemob/user.go", "internal/userfile", 1},
		{"internal/rest/do.go", "internal/userfile", 1},
		{"scripts/demo/main.go", "internal/provider", 1},
		{"scripts/bench/baseline/main.go", "internal/provider", 0},
		{"main.go", "internal/provider", 0},
		{"internal/reconcile/run.go", frameworkSchema, 1},
		{"internal/bulk/users.go", "internal/provider", 3},
		{"internal/bulk/users.go", "internal/easemob", 2},
		{"internal/bulk/users.go", "internal/jmessage", 2},
		{"internal/chat/user.go", frameworkSchema, 1},
		{"scripts/demo/main.go", frameworkSchema, 1},
		{"scripts/bench/baseline/main.go", frameworkSchema, 0},
		{"main.go", frameworkSchema, 0},
		{"internal/schemajson/cmd/provider-schema/main.go", frameworkSchema, 0},
		{"internal/provider/user_resource.go", frameworkSchema, 0},
		{"internal/provider/user_resource.go", frameworkTesting, 1},
		{"internal/provider/user_resource_test.go", frameworkTesting, 0},
		{"internal/schemajson/schemajson_test.go", frameworkTesting, 1},
		{"internal/reconcile/run_test.go", frameworkTesting, 1},
		{"internal/provider/provider.go", "internal/emulator", 1},
		{"internal/provider/harness_test.go", "internal/emulator", 0},
		{"internal/emulator/server.go", "internal/emulator/platform", 0},
		{"internal/emulator/server.go", "internal/emulator/easemob", 0},
		{"internal/emulator/easemob/users.go", "internal/emulator/platform", 0},
		{"internal/emulator/easemob/users.go", "internal/emulator/jmessage", 1},
		{"internal/emulator/platform/router.go", "internal/emulator", 1},
		{"internal/emulator/jmessage/users_test.go", "internal/emulator/emulatortest", 0},
		{"internal/emulator/easemob/users.go", "internal/chat", 1},
		{"internal/emulator/easemob/users_test.go", "internal/easemob", 1},
		{"internal/emulator/emulatortest/emulatortest.go", "internal/rest", 1},
		{"scripts/chaos/emulator.go", "internal/emulator", 0},
	} {
		imported := c.imported
		if strings.HasPrefix(imported, "internal/") {
			imported = path.Join(module, imported)
		}
		if rules := brokenRules(c.file, imported); len(rules) != c.rules {
			t.Errorf("%s imports %s: want %d rules broken, got %q", c.file, imported, c.rules, rules)
		}
	}
}

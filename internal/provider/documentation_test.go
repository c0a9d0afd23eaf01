package provider_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
)

// What the documentation says about the provider as a whole, held to the code and to itself.

const repository = "../.."

// documents are all Markdown files that a reader gets to see, by their paths in the
// repository.
func documents(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	read := func(path string) {
		text, err := os.ReadFile(filepath.Join(repository, path))
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.ToSlash(path)] = string(text)
	}
	for _, name := range []string{"README.md", "BENCHMARK.md", "CHANGELOG.md", "CONTRIBUTING.md", "DEVELOPERS.md", "SECURITY.md"} {
		read(name)
	}
	err := fs.WalkDir(os.DirFS(repository), "docs", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".md" {
			read(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	anchor  = regexp.MustCompile(`<a id="([^"]+)">`)
	code    = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
)

// anchors are the places in a document that a link can name.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	for _, match := range heading.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
		words := strings.ReplaceAll(strings.ToLower(match[1]), " ", "-")
		found[regexp.MustCompile(`[^a-z0-9_-]`).ReplaceAllString(words, "")] = true
	}
	for _, match := range anchor.FindAllStringSubmatch(text, -1) {
		found[match[1]] = true
	}
	return found
}

// Every link within the repository leads somewhere.
func TestDocumentation_links(t *testing.T) {
	t.Parallel()
	texts := documents(t)
	for path, text := range texts {
		for _, match := range link.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
			target, place, _ := strings.Cut(match[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			full := path
			if target != "" {
				full = filepath.ToSlash(filepath.Join(filepath.Dir(path), target))
			}
			if _, err := os.Stat(filepath.Join(repository, full)); err != nil {
				t.Errorf("%s links to %s, which does not exist", path, match[1])
				continue
			}
			if place != "" && !anchors(texts[full])[place] {
				t.Errorf("%s links to %s, but there is no such heading", path, match[1])
			}
		}
	}
}

// The index page lists every guide.
func TestDocumentation_guidesAreListed(t *testing.T) {
	t.Parallel()
	texts := documents(t)
	for _, name := range guideNames(t) {
		if !strings.Contains(texts["docs/index.md"], "(guides/"+name+".md)") {
			t.Errorf("templates/index.md.tmpl does not list the guide %s", name)
		}
	}
}

// The README lists every page of the documentation.
func TestDocumentation_pagesAreListed(t *testing.T) {
	t.Parallel()
	texts := documents(t)
	for path := range texts {
		if strings.HasPrefix(path, "docs/") && !strings.Contains(texts["README.md"], "("+path+")") {
			t.Errorf("README.md does not list %s", path)
		}
	}
}

// The page of every resource says in a callout what destroying it does.
func TestDocumentation_everyResourceSaysWhatItDestroys(t *testing.T) {
	t.Parallel()
	for path, text := range documents(t) {
		if strings.HasPrefix(path, "docs/resources/") && !regexp.MustCompile(`(?m)^~> .*Destroying this resource`).MatchString(text) {
			t.Errorf("%s has no callout that says what destroying the resource does: see templates/resources.md.tmpl", path)
		}
	}
}

// Identities are given in imports: what to declare does not apply to them, and they do not
// change.
func TestDocumentation_identitiesAreNotArguments(t *testing.T) {
	t.Parallel()
	found := 0
	for path, text := range documents(t) {
		if !strings.HasPrefix(path, "docs/resources/") {
			continue
		}
		_, identity, _ := strings.Cut(text, "### Identity Schema")
		for line := range strings.Lines(identity) {
			if !strings.HasPrefix(line, "- `") {
				continue
			}
			found++
			if strings.Contains(line, "Changing this") || strings.Contains(line, "Refer to") {
				t.Errorf("%s describes a part of an identity as an argument: %s", path, line)
			}
		}
	}
	if found < 20 {
		t.Errorf("found only %d parts of identities", found)
	}
}

// Examples and documents refer to a managed user by its id: with username, the contacts
// and blocks of a replaced user are missing until the next apply.
func TestDocumentation_usersByID(t *testing.T) {
	t.Parallel()
	texts := documents(t)
	err := fs.WalkDir(os.DirFS(examples), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			text, err := os.ReadFile(filepath.Join(examples, path))
			texts["examples/"+path] = string(text)
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	byName := regexp.MustCompile(`(?:^|[^.\w])chat_user\.\w+(?:\[[^\]]*\])*\.username\b`)
	for path, text := range texts {
		for line := range strings.Lines(text) {
			if byName.MatchString(line) {
				t.Errorf("%s refers to a user by username: %s", path, line)
			}
		}
	}
}

// Every configuration in a document can be parsed.
func TestDocumentation_configurationsParse(t *testing.T) {
	t.Parallel()
	for path, text := range documents(t) {
		for _, block := range fence.FindAllStringSubmatch(text, -1) {
			if block[1] != "terraform" {
				continue
			}
			if _, diags := hclparse.NewParser().ParseHCL([]byte(block[2]), path); diags.HasErrors() {
				t.Errorf("%s: %v\n%s", path, diags.Errs(), block[2])
			}
		}
	}
}

// unclear are phrases that readers had to read twice, with what to write instead.
var unclear = map[string]string{
	"does not tell":         "does not return",
	"tells nobody":          "does not return",
	"shows of itself":       "public profile",
	"throws the user out":   "ends the sessions of the user",
	"done all the same":     "still processed",
	"no request more":       "no extra request",
	"taken as it is":        "changes nothing",
	"Another name replaces": "Changing this forces a new resource",
	" where there is ":      "if there is",
	" where there are ":     "if there are",
	" where none ":          "if none",
	" where it is null":     "if it is null",
	"Only on Easemob":       "Easemob only",
	"Only on JMessage":      "JMessage only",
	"or newer":              "or later",
	"None of it reaches":    "You only notice",
	"hoever ":               "users who",
	"for ever ":             "without end",
	"are to stay":           "should stay",
	"does no harm":          "is harmless",
}

// Pages that users read have none of the phrases that were hard to read.
func TestDocumentation_plainEnglish(t *testing.T) {
	t.Parallel()
	for path, text := range documents(t) {
		if path == "DEVELOPERS.md" {
			continue
		}
		for phrase, instead := range unclear {
			for line := range strings.Lines(text) {
				if strings.Contains(line, phrase) {
					t.Errorf("%s says %q; better: %q\n%s", path, phrase, instead, line)
				}
			}
		}
	}
}

// Troubleshooting explains every error and warning of the provider.
func TestDocumentation_everyDiagnosticIsExplained(t *testing.T) {
	t.Parallel()
	text := documents(t)["docs/guides/troubleshooting.md"]
	var messages []string
	for _, match := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(text, -1) {
		messages = append(messages, match[1])
	}
	summaries := diagnosticSummaries(t)
	if len(summaries) < 50 {
		t.Fatalf("only %d summaries found: does this test still know how diagnostics are made?", len(summaries))
	}
	for summary, where := range summaries {
		pattern := summaryPattern(summary)
		if !slices.ContainsFunc(messages, pattern.MatchString) {
			t.Errorf("templates/guides/troubleshooting.md.tmpl does not explain %q (%s)", summary, where)
		}
	}
}

// Troubleshooting explains every reason that an error of a platform can have.
func TestDocumentation_everyReasonIsExplained(t *testing.T) {
	t.Parallel()
	text := documents(t)["docs/guides/troubleshooting.md"]
	source, err := os.ReadFile("../chat/errors.go")
	if err != nil {
		t.Fatal(err)
	}
	reasons := regexp.MustCompile(`Err\w+ = errors\.New\("([^"]+)"\)`).FindAllStringSubmatch(string(source), -1)
	if len(reasons) < 9 {
		t.Fatalf("only %d reasons found: does this test still know how they are declared?", len(reasons))
	}
	for _, reason := range reasons {
		if !strings.Contains(text, "\n| `"+reason[1]+"` |") {
			t.Errorf("templates/guides/troubleshooting.md.tmpl does not explain the reason %q", reason[1])
		}
	}
}

var verb = regexp.MustCompile(`%(\[\d+\])?[a-z]`)

// summaryPattern matches the messages that a format makes.
func summaryPattern(format string) *regexp.Regexp {
	var b strings.Builder
	rest := format
	for {
		at := verb.FindStringIndex(rest)
		if at == nil {
			return regexp.MustCompile("^" + b.String() + regexp.QuoteMeta(rest) + "$")
		}
		b.WriteString(regexp.QuoteMeta(rest[:at[0]]) + ".+")
		rest = rest[at[1]:]
	}
}

// summaryAt is which argument of a function is the summary of a diagnostic, counted from
// the end if it is negative.
var summaryAt = map[string]int{
	"AddError": 0, "AddWarning": 0, "AddAttributeError": 1, "AddAttributeWarning": 1,
	"addError": -2, "addAttributeError": -2, "addReadError": -2, "fail": 1,
}

// diagnosticSummaries are the summaries, as formats, in the code of this package, with
// where they are.
func diagnosticSummaries(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	summaries := map[string]string{}
	set := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	named := namedTexts(parsed)
	for _, file := range parsed {
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			at, ok := summaryAt[calledName(call)]
			if at < 0 {
				at += len(call.Args)
			}
			if !ok || at < 0 || at >= len(call.Args) {
				return true
			}
			if name, ok := call.Args[at].(*ast.Ident); ok && named[name.Name] == nil {
				return true // the parameter of a helper
			}
			texts := textsOf(call.Args[at], named)
			if len(texts) == 0 {
				t.Errorf("%s: a summary that this test cannot read", set.Position(call.Pos()))
			}
			for _, text := range texts {
				summaries[text] = set.Position(call.Pos()).String()
			}
			return true
		})
	}
	return summaries
}

func calledName(call *ast.CallExpr) string {
	switch called := call.Fun.(type) {
	case *ast.Ident:
		return called.Name
	case *ast.SelectorExpr:
		return called.Sel.Name
	}
	return ""
}

// namedTexts are the texts that constants and variables can have.
func namedTexts(files []*ast.File) map[string][]string {
	named := map[string][]string{}
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			var names []string
			var values []ast.Expr
			switch node := node.(type) {
			case *ast.ValueSpec:
				for _, name := range node.Names {
					names = append(names, name.Name)
				}
				values = node.Values
			case *ast.AssignStmt:
				for _, left := range node.Lhs {
					name, _ := left.(*ast.Ident)
					if name == nil {
						name = &ast.Ident{}
					}
					names = append(names, name.Name)
				}
				values = node.Rhs
			}
			for i, value := range values {
				if len(names) == len(values) && names[i] != "" {
					named[names[i]] = append(named[names[i]], textsOf(value, nil)...)
				}
			}
			return true
		})
	}
	return named
}

// textsOf are the texts, or formats, that an expression can have.
func textsOf(expression ast.Expr, named map[string][]string) []string {
	switch e := expression.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return []string{text}
		}
	case *ast.Ident:
		return named[e.Name]
	case *ast.CallExpr:
		if name := calledName(e); name == "Sprintf" || name == "TrimSpace" {
			return textsOf(e.Args[0], named)
		}
	case *ast.BinaryExpr:
		left, right := textsOf(e.X, named), textsOf(e.Y, named)
		if e.Op != token.ADD || len(left)+len(right) == 0 {
			return nil
		}
		var texts []string
		for _, l := range orAny(left) {
			for _, r := range orAny(right) {
				texts = append(texts, l+r)
			}
		}
		return texts
	}
	return nil
}

// orAny are texts, or a format that can be any text if none is known.
func orAny(texts []string) []string {
	if len(texts) == 0 {
		return []string{"%s"}
	}
	return texts
}

// DEVELOPERS.md names files that exist, and functions and variables that are in them.
func TestDocumentation_developersNamesExist(t *testing.T) {
	t.Parallel()
	sources := map[string]string{}
	err := fs.WalkDir(os.DirFS(repository), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(filepath.Join(repository, path))
		sources["/"+path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// in returns the sources of a file, which is named by the end of its path, or of all.
	in := func(file string) string {
		var texts strings.Builder
		for path, text := range sources {
			if strings.HasSuffix(path, "/"+file) || file == "" {
				texts.WriteString(text)
			}
		}
		return texts.String()
	}
	isThere := func(name, file string) bool {
		last := name[strings.LastIndex(name, ".")+1:]
		return regexp.MustCompile(`\b` + regexp.QuoteMeta(last) + `\b`).MatchString(in(file))
	}
	const (
		file = "`([a-z0-9_/]+\\.go)`"
		name = "`([A-Za-z_.]+)`"
	)
	text := documents(t)["DEVELOPERS.md"]
	found := 0
	for _, match := range regexp.MustCompile(file).FindAllStringSubmatch(text, -1) {
		if found++; in(match[1]) == "" {
			t.Errorf("there is no file %s", match[1])
		}
	}
	for _, match := range regexp.MustCompile("`(Test[A-Za-z]+_[A-Za-z]+)`").FindAllStringSubmatch(text, -1) {
		if found++; !isThere(match[1], "") {
			t.Errorf("there is no test %s", match[1])
		}
	}
	for _, match := range regexp.MustCompile(name+` (?:\(|in )`+file).FindAllStringSubmatch(text, -1) {
		if found++; !isThere(match[1], match[2]) {
			t.Errorf("%s is not in %s", match[1], match[2])
		}
	}
	if found < 50 {
		t.Errorf("found only %d names", found)
	}
}

// The picture of the packages in DEVELOPERS.md shows what imports what.
func TestDocumentation_packages(t *testing.T) {
	t.Parallel()
	const module = "terraform-provider-chat"
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, ".", "./internal/...")
	cmd.Dir = repository
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var imports []string
	for line := range strings.Lines(string(out)) {
		paths := strings.Fields(line)
		for _, path := range paths[1:] {
			if to, ours := strings.CutPrefix(path, module+"/internal/"); ours {
				from := strings.TrimPrefix(paths[0], module)
				imports = append(imports, cmp.Or(strings.TrimPrefix(from, "/internal/"), "main.go")+" imports "+to)
			}
		}
	}

	picture := regexp.MustCompile("(?s)```mermaid\n(.*?)```").FindString(documents(t)["DEVELOPERS.md"])
	labels := map[string]string{}
	named := regexp.MustCompile(`(\w+)\["([^"]+)"\]`)
	for _, match := range named.FindAllStringSubmatch(picture, -1) {
		labels[match[1]] = match[2]
	}
	var drawn []string
	for line := range strings.Lines(named.ReplaceAllString(picture, "$1")) {
		from, to, arrow := strings.Cut(strings.TrimSpace(line), " --> ")
		for target := range strings.SplitSeq(to, " & ") {
			if arrow {
				drawn = append(drawn, labels[from]+" imports "+labels[target])
			}
		}
	}
	slices.Sort(imports)
	slices.Sort(drawn)
	if !slices.Equal(imports, drawn) {
		t.Errorf("the picture of the packages is not true:\n%s\nit shows\n%s", strings.Join(imports, "\n"), strings.Join(drawn, "\n"))
	}
}

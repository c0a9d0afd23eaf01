package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"terraform-provider-chat/internal/emulator/easemob"
	"terraform-provider-chat/internal/emulator/jmessage"
)

// The guide about the platforms' calls has every call of their documents, and says what
// serves it.
func TestDocumentation_platformCalls(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join(repository, "templates/guides/platform-calls.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z]+ /[^`]*)` \\|([^|]*)\\|([^|]*)\\|$").FindAllStringSubmatch(string(guide), -1) {
		listed = append(listed, row[1])
		if strings.TrimSpace(row[2]) == "" || strings.TrimSpace(row[3]) == "" {
			t.Errorf("%s: what it does or what serves it is missing", row[1])
		}
	}
	documented := slices.Concat(easemob.Calls(), jmessage.Calls())
	slices.Sort(documented)
	slices.Sort(listed)
	for _, call := range documented {
		if !slices.Contains(listed, call) {
			t.Errorf("the guide does not list %s", call)
		}
	}
	for i, call := range listed {
		if !slices.Contains(documented, call) {
			t.Errorf("the guide lists %s, which no document has", call)
		}
		if i > 0 && listed[i-1] == call {
			t.Errorf("the guide lists %s twice", call)
		}
	}
}

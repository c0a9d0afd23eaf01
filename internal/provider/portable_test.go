package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// One module creates the same users, contacts, blocks, groups, rooms and members on every
// platform.
func TestAccExamples_portableModuleIsTheSameOnEveryPlatform(t *testing.T) {
	t.Parallel()
	outputs := map[string]map[string]any{}
	for platform := range platformsUnderTest {
		w := emulatorWorld(t, platform)
		c := newCLI(t, filepath.Join(examples, "portable-module"), environmentOf(w))
		c.dir = filepath.Join(c.dir, platform)
		if _, err := os.Stat(c.dir); err != nil {
			t.Fatalf("%s has no root configuration: %v", platform, err)
		}
		c.run("get", "-no-color")
		c.apply()
		c.expectNoChanges()
		var values map[string]struct{ Value any }
		if err := json.Unmarshal([]byte(c.run("output", "-json")), &values); err != nil {
			t.Fatal(err)
		}
		outputs[platform] = map[string]any{}
		for name, output := range values {
			outputs[platform][name] = output.Value
		}
		c.destroy()
	}
	want := map[string]any{
		"groups": map[string]any{"Team": map[string]any{
			"description": "Everybody in the team", "owner": "alice", "members": []any{"bruno", "chiara"},
		}},
		"rooms": map[string]any{"Support": map[string]any{
			"description": "Questions and answers", "owner": "bruno", "members": []any{"alice"},
		}},
		"members": map[string]any{
			"alice":  map[string]any{"nickname": "Alice Archer", "contacts": []any{"bruno", "chiara"}, "blocks": []any{"chiara"}},
			"bruno":  map[string]any{"nickname": "Bruno Baker", "contacts": []any{"alice", "chiara"}, "blocks": []any{}},
			"chiara": map[string]any{"nickname": nil, "contacts": []any{"alice", "bruno"}, "blocks": []any{}},
		},
	}
	if diff := cmp.Diff(want, outputs["easemob"]); diff != "" {
		t.Errorf("the application is not as declared (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(outputs["easemob"], outputs["jmessage"]); diff != "" {
		t.Errorf("the platforms differ (-easemob +jmessage):\n%s", diff)
	}
}

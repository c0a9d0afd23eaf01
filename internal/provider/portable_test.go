package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// One module creates the same users, contacts and blocks on every platform.
func TestAccExamples_portableModuleIsTheSameOnEveryPlatform(t *testing.T) {
	t.Parallel()
	members := map[string]map[string]any{}
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
		var outputs map[string]struct{ Value map[string]any }
		if err := json.Unmarshal([]byte(c.run("output", "-json")), &outputs); err != nil {
			t.Fatal(err)
		}
		members[platform] = outputs["members"].Value
		c.destroy()
	}
	if len(members["easemob"]) != 3 {
		t.Errorf("want three members, got %v", members["easemob"])
	}
	if diff := cmp.Diff(members["easemob"], members["jmessage"]); diff != "" {
		t.Errorf("the platforms differ (-easemob +jmessage):\n%s", diff)
	}
}

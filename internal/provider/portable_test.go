package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// environmentOf is what configures the provider for a world's emulator, and the
// variable that the examples want.
func environmentOf(w *world) map[string]string {
	env := map[string]map[string]string{
		"easemob": {
			"EASEMOB_APP_KEY": easemobAppKey, "EASEMOB_BASE_URL": w.emulator.url,
			"EASEMOB_CLIENT_ID": easemobClientID, "EASEMOB_CLIENT_SECRET": easemobClientSecret,
		},
		"jmessage": {"JMESSAGE_APP_KEY": jmessageAppKey, "JMESSAGE_BASE_URL": w.emulator.url, "JMESSAGE_MASTER_SECRET": jmessageSecret},
	}[w.platform]
	env["TF_VAR_initial_password"] = "pass-1"
	return env
}

// One module seeds either platform, and both end up the same.
func TestAccPortableModule(t *testing.T) {
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
		c.run("apply", "-auto-approve", "-no-color")
		if out, code := c.try("plan", "-detailed-exitcode", "-no-color"); code != 0 {
			t.Errorf("%s is not stable: exit code %d\n%s", platform, code, out)
		}
		var outputs map[string]struct{ Value map[string]any }
		if err := json.Unmarshal([]byte(c.run("output", "-json")), &outputs); err != nil {
			t.Fatal(err)
		}
		members[platform] = outputs["members"].Value
		c.run("destroy", "-auto-approve", "-no-color")
	}
	if len(members["easemob"]) != 3 {
		t.Errorf("want three members, got %v", members["easemob"])
	}
	if diff := cmp.Diff(members["easemob"], members["jmessage"]); diff != "" {
		t.Errorf("the platforms differ (-easemob +jmessage):\n%s", diff)
	}
}

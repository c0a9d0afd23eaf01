package provider_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"terraform-provider-chat/internal/chat"
)

const examples = "../../examples"

// Every example applies as it stands, on an application of its own, and is stable.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(examples + "/*/chat_*/*.tf")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v %v", files, err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimPrefix(file, examples+"/"), func(t *testing.T) {
			t.Parallel()
			w := emulatorWorld(t, "easemob")
			w.prefix = ""
			w.seedImports(string(body))
			step := resource.TestStep{Config: w.config("") + string(body), ConfigVariables: exampleVariables(string(body))}
			again := step
			again.ConfigPlanChecks = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
			w.run(step, again)
		})
	}
}

// seedImports makes what an example with import blocks expects to exist.
func (w *world) seedImports(body string) {
	w.t.Helper()
	if !strings.Contains(body, "import {") {
		return
	}
	ctx := context.Background()
	w.register("alice", "pass-1")
	w.register("bob", "pass-1")
	w.must(w.admin.UpdateUser(ctx, "alice", chat.Settings{Nickname: ptr("Alice")}))
	w.must(only(w.admin.AddContacts(ctx, "alice", []string{"bob"})))
	w.must(only(w.admin.AddBlocks(ctx, "alice", []string{"bob"})))
}

func exampleVariables(body string) config.Variables {
	variables := config.Variables{}
	if strings.Contains(body, `variable "initial_password"`) {
		variables["initial_password"] = config.StringVariable("pass-1")
	}
	return variables
}

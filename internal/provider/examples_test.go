package provider_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-chat/internal/chat"
)

const examples = "../../examples"

// Every example applies as it stands, on an application of its own, and is stable.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{"/*/chat_*/*.tf", "/functions/*/*.tf"} {
		found, err := filepath.Glob(examples + pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no examples in %s: %v", pattern, err)
		}
		files = append(files, found...)
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
			w.runSince(exampleSince(string(body)), step, again)
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
	w.must(w.admin.Users.Update(ctx, "alice", chat.Settings{Nickname: ptr("Alice")}))
	w.must(only(w.admin.Contacts.Add(ctx, "alice", chat.Refs("bob"))))
	w.must(only(w.admin.Blocks.Add(ctx, "alice", chat.Refs("bob"))))
}

// exampleSince is the version of Terraform that knows all that an example uses.
func exampleSince(body string) *version.Version {
	since := tfversion.Version1_0_0
	for sign, known := range map[string]*version.Version{
		"provider::":   tfversion.Version1_8_0,
		"ephemeral \"": tfversion.Version1_10_0,
		"password_wo ": tfversion.Version1_11_0,
		"identity = {": tfversion.Version1_12_0,
		"action \"":    tfversion.Version1_14_0,
	} {
		if strings.Contains(body, sign) && known.GreaterThan(since) {
			since = known
		}
	}
	return since
}

func exampleVariables(body string) config.Variables {
	variables := config.Variables{}
	if strings.Contains(body, `variable "initial_password"`) {
		variables["initial_password"] = config.StringVariable("pass-1")
	}
	return variables
}

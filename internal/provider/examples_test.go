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
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"terraform-provider-chat/internal/chat"
)

// examples is the folder of the examples.
const examples = "../../examples"

// Every example applies as it is, in an application of its own, and plans no change then.
func TestAccExamples_applyAsTheyAre(t *testing.T) {
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
			w := emulatorWorld(t, exampleOn(string(body)))
			w.prefix = ""
			folder, err := filepath.Abs(filepath.Dir(file))
			w.must(err)
			example := w.registerExample(string(body))
			if strings.Contains(example, "${path.module}/logo.png") {
				folder = filepath.Dir(writePicture(t, "logo.png"))
			}
			example = strings.ReplaceAll(example, "${path.module}", filepath.ToSlash(folder))
			step := resource.TestStep{Config: w.config("") + example, ConfigVariables: exampleVariables(example)}
			again := step
			again.ConfigPlanChecks = expectNothing
			w.runSince(exampleSince(example), step, again)
		})
	}
}

// exampleOn is the platform that an example is for: the one that has all that it declares.
func exampleOn(body string) string {
	for _, kind := range jmessageOnly {
		if strings.Contains(body, `"`+kind+`"`) {
			return "jmessage"
		}
	}
	return "easemob"
}

// The ids of the group and the room that examples import and list.
const exampleGroup, exampleRoom = "66016455491585", "66213271109633"

// registerExample makes what an example imports or lists, and returns the example with the
// ids of the group and the room that there are.
func (w *world) registerExample(example string) string {
	w.t.Helper()
	if !strings.Contains(example, "import {") && !strings.Contains(example, "list \"") {
		return example
	}
	ctx := context.Background()
	bob := "bob"
	if w.platform == "jmessage" {
		bob = "robert" // names have at least 4 characters
		w.addWords("spam")
	}
	for _, name := range []string{"alice", bob, "qa-1"} {
		w.register(name, "pass-1")
	}
	w.setNickname("alice", "Alice")
	w.must(chat.Single(w.admin.Contacts.Add(ctx, "alice", chat.Refs(bob))))
	w.must(chat.Single(w.admin.Blocks.Add(ctx, "alice", chat.Refs(bob))))
	w.must(w.admin.Quiet.Set(ctx, "alice", chat.QuietTarget{Contact: chat.Ref{Username: bob}}, true))
	ids := map[string]string{}
	for _, made := range []struct {
		assembly
		name, id string
	}{{assemblies[0], "The team", exampleGroup}, {assemblies[1], "Support", exampleRoom}} {
		group, err := made.groups(w.admin).Create(ctx, chat.NewGroup{Owner: "alice", GroupSettings: chat.GroupSettings{Name: &made.name}})
		w.must(err)
		w.must(chat.Single(made.members(w.admin).Add(ctx, group.ID, chat.Refs(bob))))
		ids[made.id] = group.ID
	}
	return strings.NewReplacer(exampleGroup, ids[exampleGroup], exampleRoom, ids[exampleRoom]).Replace(example)
}

// exampleSince returns the version of Terraform that came with all that an example uses.
func exampleSince(body string) *version.Version {
	since := tfversion.Version1_0_0
	for feature, version := range map[string]*version.Version{
		"provider::":   tfversion.Version1_8_0,
		"ephemeral \"": tfversion.Version1_10_0,
		"password_wo ": tfversion.Version1_11_0,
		"identity = {": tfversion.Version1_12_0,
		"action \"":    tfversion.Version1_14_0,
	} {
		if strings.Contains(body, feature) && version.GreaterThan(since) {
			since = version
		}
	}
	return since
}

// exampleVariables returns the variables that an example needs.
func exampleVariables(body string) config.Variables {
	variables := config.Variables{}
	if strings.Contains(body, `variable "initial_password"`) {
		variables["initial_password"] = config.StringVariable("pass-1")
	}
	return variables
}

// The examples that are root modules with a provider of their own apply as a reader would
// apply them.
func TestAccExamples_rootModulesApplyAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"provider", "seed-staging"} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			c := newCLI(t, filepath.Join(examples, folder), environmentOf(emulatorWorld(t, "easemob")))
			c.apply()
			c.expectNoChanges()
			c.destroy()
		})
	}
}

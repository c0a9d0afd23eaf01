package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"terraform-provider-chat/internal/chat"
)

const settingsAddress = "chat_application_settings.app"

// settings declares settings of the application.
func settings(arguments string) string {
	return fmt.Sprintf(`
resource "chat_application_settings" "app" {
  %s
}
`, arguments)
}

// set changes a setting without Terraform.
func (w *world) set(setting chat.AppSetting, on bool) {
	w.t.Helper()
	w.must(w.admin.Settings.Set(context.Background(), setting, on))
}

// hasSettings checks the settings of the application.
func (w *world) hasSettings(filter, registration bool) func() error {
	return func() error {
		for setting, want := range map[chat.AppSetting]bool{chat.SensitiveWordFilter: filter, chat.SDKRegistration: registration} {
			if on, err := w.admin.Settings.Get(context.Background(), setting); err != nil || on != want {
				return fmt.Errorf("setting %d is %t, not %t: %w", setting, on, want, err)
			}
		}
		return nil
	}
}

func TestAccApplicationSettings_areWrittenAndRepairedAsFarAsDeclared(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.set(chat.SDKRegistration, true)
	filter := w.config(settings("sensitive_word_filter = true"))
	both := w.config(settings("sensitive_word_filter = true\n  sdk_registration = false"))
	expect := func(attribute string, on bool) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(settingsAddress, tfjsonpath.New(attribute), knownvalue.Bool(on))
	}
	w.run(
		// What is omitted is left alone.
		resource.TestStep{
			Config: filter, Check: all(w.hasSettings(true, true)),
			ConfigStateChecks: []statecheck.StateCheck{
				expect("sensitive_word_filter", true), expect("sdk_registration", true),
				statecheck.ExpectKnownValue(settingsAddress, tfjsonpath.New("id"), knownvalue.StringExact(w.appKey)),
			},
		},
		resource.TestStep{Config: filter, ConfigPlanChecks: expectNothing},
		resource.TestStep{PreConfig: func() { w.set(chat.SDKRegistration, false) }, Config: filter, ConfigPlanChecks: expectNothing},
		resource.TestStep{
			PreConfig: func() { w.set(chat.SensitiveWordFilter, false); w.set(chat.SDKRegistration, true) }, Config: filter,
			ConfigPlanChecks: expectAction(settingsAddress, plancheck.ResourceActionUpdate), Check: all(w.hasSettings(true, true)),
		},
		resource.TestStep{Config: both, Check: all(w.hasSettings(true, false))},
		resource.TestStep{Config: both, ResourceName: settingsAddress, ImportState: true, ImportStateId: w.appKey, ImportStateVerify: true},
		resource.TestStep{Config: both, ResourceName: settingsAddress, ImportState: true, ImportStateId: "alice", ExpectError: regexp.MustCompile("Invalid import id")},
		// Nothing is declared any more, and nothing changes.
		resource.TestStep{PreConfig: w.forgetRequests, Config: w.config(settings("")), ConfigPlanChecks: expectNothing, Check: all(w.wrote(0))},
	)
	if err := w.hasSettings(true, false)(); err != nil {
		t.Errorf("after the destroy: %v", err)
	}
}

// A destroy changes nothing, and the plan says so.
func TestAccApplicationSettings_destroyLeavesThemAndSaysSo(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	c := newCLI(t, "", environmentOf(w))
	c.write("main.tf", requireChat+settings("sensitive_word_filter = true"))
	c.apply()
	w.forgetRequests()
	if out := c.run("plan", "-destroy", "-no-color"); !strings.Contains(out, "The settings stay as they are") {
		t.Errorf("no warning:\n%s", out)
	}
	c.destroy()
	for _, check := range []func() error{w.wrote(0), w.hasSettings(true, true)} {
		if err := check(); err != nil {
			t.Error(err)
		}
	}
}

func TestAccLostAnswers_applicationSettings(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	on, off := w.configFewRetries(settings("sensitive_word_filter = true")), w.configFewRetries(settings("sensitive_word_filter = false"))
	failed := regexp.MustCompile(`(?s)Could not set sensitive_word_filter of the application to`)
	refused := fault{Method: http.MethodPut, Path: "/sdkregister/status", Status: 400, Body: `{"error":{"code":899003,"message":"parameter invalid"}}`}
	w.run(
		resource.TestStep{PreConfig: func() { w.emulator.faults(lost("PUT", "/sensitiveword/status")) }, Config: on, ExpectError: failed},
		resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: on, Check: all(w.hasSettings(true, true))},
		resource.TestStep{PreConfig: func() { w.emulator.faults(lost("PUT", "/sensitiveword/status")) }, Config: off, ExpectError: failed},
		resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: on, Check: all(w.hasSettings(true, true))},
		// One of two fails: the other is in the state.
		resource.TestStep{
			PreConfig: func() { w.emulator.faults(refused) }, Config: w.configFewRetries(settings("sensitive_word_filter = false\n  sdk_registration = false")),
			ExpectError: regexp.MustCompile(`(?s)Could not set sdk_registration.*899003`),
		},
		resource.TestStep{Config: w.configFewRetries(settings("sensitive_word_filter = false")), ConfigPlanChecks: expectNothing},
		resource.TestStep{Config: w.configFewRetries(settings("sdk_registration = false")), Check: all(w.hasSettings(false, false))},
	)
}

func TestAccApplicationSettings_dataSourceReadsThem(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "jmessage")
	w.set(chat.SDKRegistration, false)
	expect := func(attribute string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data."+settingsAddress, tfjsonpath.New(attribute), value)
	}
	data := w.config(`
data "chat_application_settings" "app" {}
`)
	w.run(
		resource.TestStep{
			Config: data,
			ConfigStateChecks: []statecheck.StateCheck{
				expect("id", knownvalue.StringExact(w.appKey)), expect("sensitive_word_filter", knownvalue.Bool(false)), expect("sdk_registration", knownvalue.Bool(false)),
			},
		},
		resource.TestStep{
			PreConfig: func() { w.emulator.faults(fault{Method: "GET", Path: "/status$", Status: 401, Body: `{}`, Times: -1}) },
			Config:    data, ExpectError: regexp.MustCompile(`(?s)Could not read the settings of the application.*unauthorized`),
		},
		resource.TestStep{PreConfig: func() { w.emulator.faults() }, Config: data},
	)
}

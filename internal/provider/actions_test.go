package provider_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// seedOnline makes users who are online.
func (w *world) seedOnline(names ...string) {
	w.t.Helper()
	var users []map[string]any
	for _, name := range names {
		users = append(users, map[string]any{"username": w.name(name), "password": "pass-1", "online": true})
	}
	w.emulator.merge("easemob", "users", users)
}

func (w *world) expectOnline(name string, want bool) error {
	if online := w.hidden(name)["online"] == true; online != want {
		return fmt.Errorf("online is %t, not %t", online, want)
	}
	return nil
}

// expectDiagnostics checks that all errors together match, or that there is none
// where nothing is wanted.
func expectDiagnostics(t *testing.T, diagnostics []*tfprotov6.Diagnostic, want string) {
	t.Helper()
	var all strings.Builder
	for _, d := range diagnostics {
		fmt.Fprintf(&all, "%s: %s: %s\n", d.Attribute, d.Summary, d.Detail)
	}
	if got := all.String(); (want == "") != (got == "") || !regexp.MustCompile(want).MatchString(got) {
		t.Errorf("got the diagnostics %q, want %q", got, want)
	}
}

// disconnect plans the action and, where that goes well, invokes it. It returns what the action tells.
func (r *rpc) disconnect(username tftypes.Value) (told []string, planned, invoked []*tfprotov6.Diagnostic) {
	r.t.Helper()
	const name = "chat_disconnect_user"
	config := r.value(r.schemas.ActionSchemas[name].Schema.ValueType(), map[string]tftypes.Value{"username": username})
	server := r.server.(tfprotov6.ActionServer)
	plan, err := server.PlanAction(context.Background(), &tfprotov6.PlanActionRequest{ActionType: name, Config: config})
	if err != nil {
		r.t.Fatal(err)
	}
	if len(plan.Diagnostics) > 0 || !username.IsKnown() {
		return nil, plan.Diagnostics, nil
	}
	stream, err := server.InvokeAction(context.Background(), &tfprotov6.InvokeActionRequest{ActionType: name, Config: config})
	if err != nil {
		r.t.Fatal(err)
	}
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			told = append(told, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			invoked = append(invoked, event.Diagnostics...)
		}
	}
	return told, nil, invoked
}

func TestDisconnectUser(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	w.seedOnline("alice", "bobby")
	w.must(w.expectOnline("alice", true))
	told, planned, invoked := w.rpc().disconnect(str(w.name("alice")))
	expectDiagnostics(t, planned, "")
	expectDiagnostics(t, invoked, "")
	want := []string{
		fmt.Sprintf("Disconnecting user %q...", w.name("alice")),
		fmt.Sprintf("User %q is offline.", w.name("alice")),
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	w.must(w.expectOnline("alice", false))
	w.must(w.expectOnline("bobby", true))
}

func TestDisconnectUser_planned(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		platform string
		username tftypes.Value
		want     string
	}{
		"known":             {"easemob", unknownStr(), ""},
		"illegal name":      {"easemob", str("alice@example.com"), `(?s)AttributeName\("username"\).*Invalid value.*e-mail`},
		"no such platform":  {"jmessage", str("alice"), `JMessage does not support chat_disconnect_user\.`},
		"unknown, and none": {"jmessage", unknownStr(), `JMessage does not support chat_disconnect_user\.`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emulated(t, tt.platform)
			_, planned, invoked := w.rpc().disconnect(tt.username)
			expectDiagnostics(t, planned, tt.want)
			expectDiagnostics(t, invoked, "")
			if n := w.emulator.requests(); n.Total != 0 {
				t.Errorf("planning made %d requests: %v", n.Total, n.Routes)
			}
		})
	}
}

func TestDisconnectUser_fails(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	told, _, invoked := w.rpc().disconnect(str(w.name("nobody")))
	expectDiagnostics(t, invoked, `(?s)AttributeName\("username"\): Could not disconnect user "[^"]*nobody": .*not found.*does not exist`)
	if len(told) != 1 {
		t.Errorf("it told %q, want that it began and no more", told)
	}

	w.emulator.faults(fault{Method: "GET", Path: "/disconnect$", Status: 403, Body: `{"error":"forbidden","error_description":"not today"}`})
	_, _, invoked = w.rpc().disconnect(str(w.name("nobody")))
	expectDiagnostics(t, invoked, `(?s)Could not disconnect user .*not today`)
}

func TestAccDisconnectUser_trigger(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.seedOnline("alice")
	resource.Test(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: w.config(`
action "chat_disconnect_user" "alice" {
  config {
    username = "{@alice}"
  }
}
resource "terraform_data" "policy" {
  input = "new"
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.chat_disconnect_user.alice]
    }
  }
}
`),
			Check: func(*state) error { return w.expectOnline("alice", false) },
		}},
	})
}

package provider_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// registerOnline registers users who are online.
func (w *world) registerOnline(names ...string) {
	w.t.Helper()
	var users []map[string]any
	for _, name := range names {
		users = append(users, map[string]any{"username": w.name(name), "password": "pass-1", "online": true})
	}
	w.emulator.merge("easemob", "users", users)
}

// expectOnline checks whether a user is online.
func (w *world) expectOnline(name string, want bool) error {
	if online := w.hidden(name)["online"] == true; online != want {
		return fmt.Errorf("online is %t, not %t", online, want)
	}
	return nil
}

// disconnect invokes chat_disconnect_user.
func (r *rpc) disconnect(username tftypes.Value) (progress []string, planned, invoked []*tfprotov6.Diagnostic) {
	r.t.Helper()
	return r.invoke("chat_disconnect_user", map[string]tftypes.Value{"username": username})
}

// invoke validates and plans an action and invokes it, unless that has diagnostics or a
// value is unknown. It returns the messages of its progress, and the diagnostics of
// validation and plan, and of the invocation.
func (r *rpc) invoke(name string, values map[string]tftypes.Value) (progress []string, planned, invoked []*tfprotov6.Diagnostic) {
	r.t.Helper()
	config := r.value(r.schemas.ActionSchemas[name].Schema.ValueType(), values)
	server := r.server.(tfprotov6.ActionServer)
	valid, err := server.ValidateActionConfig(context.Background(), &tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: config})
	if err != nil {
		r.t.Fatal(err)
	}
	if len(valid.Diagnostics) > 0 {
		return nil, valid.Diagnostics, nil
	}
	plan, err := server.PlanAction(context.Background(), &tfprotov6.PlanActionRequest{ActionType: name, Config: config})
	if err != nil {
		r.t.Fatal(err)
	}
	if len(plan.Diagnostics) > 0 {
		return nil, plan.Diagnostics, nil
	}
	for _, value := range values {
		if !value.IsKnown() {
			return nil, nil, nil
		}
	}
	stream, err := server.InvokeAction(context.Background(), &tfprotov6.InvokeActionRequest{ActionType: name, Config: config})
	if err != nil {
		r.t.Fatal(err)
	}
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			invoked = append(invoked, event.Diagnostics...)
		}
	}
	return progress, nil, invoked
}

func TestDisconnectUser_disconnectsOneUser(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	w.registerOnline("alice", "bobby")
	w.must(w.expectOnline("alice", true))
	progress, planned, invoked := w.rpc().disconnect(str(w.name("alice")))
	expectDiagnostics(t, planned, "")
	expectDiagnostics(t, invoked, "")
	want := []string{
		fmt.Sprintf("Disconnecting user %q...", w.name("alice")),
		fmt.Sprintf("User %q is offline.", w.name("alice")),
	}
	if diff := cmp.Diff(want, progress); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	w.must(w.expectOnline("alice", false))
	w.must(w.expectOnline("bobby", true))
}

func TestDisconnectUser_planNeedsNoRequest(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		platform string
		username tftypes.Value
		want     string
	}{
		"unknown name":                    {"easemob", unknownStr(), ""},
		"invalid name":                    {"easemob", str("alice@example.com"), `(?s)AttributeName\("username"\).*Invalid value.*is not a valid user`},
		"other platform":                  {"jmessage", str("alice"), `JMessage does not support chat_disconnect_user\.`},
		"other platform and unknown name": {"jmessage", unknownStr(), `JMessage does not support chat_disconnect_user\.`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emulated(t, tt.platform)
			_, planned, invoked := w.rpc().disconnect(tt.username)
			expectDiagnostics(t, planned, tt.want)
			expectDiagnostics(t, invoked, "")
			w.expectNoRequests()
		})
	}
}

func TestDisconnectUser_failuresAreErrors(t *testing.T) {
	t.Parallel()
	w := emulated(t, "easemob")
	progress, _, invoked := w.rpc().disconnect(str(w.name("nobody")))
	expectDiagnostics(t, invoked, `(?s)AttributeName\("username"\): Could not disconnect user "[^"]*nobody": .*not found.*does not exist`)
	if len(progress) != 1 {
		t.Errorf("the progress is %q, want the first message only", progress)
	}

	w.emulator.faults(fault{Method: "GET", Path: "/disconnect$", Status: 403, Body: `{"error":"forbidden","error_description":"not today"}`})
	_, _, invoked = w.rpc().disconnect(str(w.name("nobody")))
	expectDiagnostics(t, invoked, `(?s)Could not disconnect user .*not today`)
}

func TestAccDisconnectUser_isTriggeredByAResource(t *testing.T) {
	t.Parallel()
	w := emulatorWorld(t, "easemob")
	w.registerOnline("alice")
	w.runSince(tfversion.Version1_14_0, resource.TestStep{
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
	})
}

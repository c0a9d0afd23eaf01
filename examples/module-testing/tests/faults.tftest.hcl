# Tests that the result is the same if requests fail.

provider "chat" {
  easemob = {
    app_key       = "chat-demo#testapp"
    client_id     = "demo-client-id"
    client_secret = "demo-client-secret"
  }
}

variables {
  members          = { alice = "Alice", bruno = "Bruno" }
  on_duty          = "alice"
  initial_password = "pass-1"
}

run "inject_faults" {
  module {
    source = "./tests/faults"
  }

  variables {
    faults = [
      # The next user is created, but the response is lost.
      { method = "POST", path = "/users$", when = "after", drop = true },
      # The next two requests for contacts fail.
      { method = "POST", path = "/contacts/", status = 503, times = 2 },
    ]
  }
}

run "create" {
  assert {
    condition     = output.reachable_by == tolist(["bruno"])
    error_message = "The contact is missing."
  }
}

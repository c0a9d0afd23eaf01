# Tests what the module creates, and what it changes if its inputs change. The credentials
# are those of the emulator. No real application accepts them.

provider "chat" {
  easemob = {
    app_key       = "chat-demo#testapp"
    client_id     = "demo-client-id"
    client_secret = "demo-client-secret"
  }
}

variables {
  members          = { alice = "Alice", bruno = "Bruno", chiara = "Chiara" }
  on_duty          = "alice"
  initial_password = "pass-1"
}

run "create" {
  assert {
    condition     = chat_user.member["bruno"].nickname == "Bruno"
    error_message = "The nickname is not the one of the input."
  }

  assert {
    condition     = output.reachable_by == tolist(["bruno", "chiara"])
    error_message = "The others do not have the person on duty as a contact."
  }
}

run "another_person_on_duty" {
  variables {
    on_duty = "bruno"
  }

  assert {
    condition     = output.reachable_by == tolist(["alice", "chiara"])
    error_message = "The contacts do not follow the person on duty."
  }

  assert {
    condition     = chat_user.member["alice"].uuid == run.create.uuids["alice"]
    error_message = "A change of the person on duty replaced a user."
  }
}

run "refuses_upper_case" {
  command = plan

  variables {
    members = { Alice = "Alice" }
    on_duty = "Alice"
  }

  expect_failures = [var.members]
}

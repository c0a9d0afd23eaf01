import {
  to = chat_users.team
  id = "alice,bob"
}

# Imported users need no password.
resource "chat_users" "team" {
  users = {
    alice = { nickname = "Alice", activated = true }
    bob   = { activated = true }
  }
}

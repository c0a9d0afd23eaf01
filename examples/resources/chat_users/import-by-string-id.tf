import {
  to = chat_users.team
  id = "alice,bob"
}

# Imported users need no password. What the platform has and the configuration omits
# is shown as a change to null, which changes nothing on the platform.
resource "chat_users" "team" {
  users = {
    alice = { nickname = "Alice", activated = true }
    bob   = { activated = true }
  }
}

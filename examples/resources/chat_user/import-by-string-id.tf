import {
  to = chat_user.alice
  id = "alice"
}

# An imported user needs no password.
resource "chat_user" "alice" {
  username = "alice"
  nickname = "Alice"
}

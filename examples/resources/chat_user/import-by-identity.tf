import {
  to = chat_user.alice
  identity = {
    username = "alice"
  }
}

# An imported user needs no password.
resource "chat_user" "alice" {
  username = "alice"
  nickname = "Alice"
}

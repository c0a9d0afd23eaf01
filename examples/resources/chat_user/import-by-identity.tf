import {
  to = chat_user.alice
  identity = {
    username = "alice"
  }
}

# Importing needs no password.
resource "chat_user" "alice" {
  username = "alice"
  nickname = "Alice"
}

import {
  to = chat_blocks.alice
  identity = {
    owner = "alice"
  }
}

resource "chat_blocks" "alice" {
  owner     = "alice"
  usernames = ["bob"]
}

import {
  to = chat_blocks.alice
  id = "alice"
}

resource "chat_blocks" "alice" {
  owner     = "alice"
  usernames = ["bob"]
}

import {
  to = chat_room.support
  identity = {
    id = "66213271109633"
  }
}

resource "chat_room" "support" {
  name  = "Support"
  owner = "alice"
}

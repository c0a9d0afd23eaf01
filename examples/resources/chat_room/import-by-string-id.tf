import {
  to = chat_room.support
  id = "66213271109633"
}

resource "chat_room" "support" {
  name  = "Support"
  owner = "alice"
}

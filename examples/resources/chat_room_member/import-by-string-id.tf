import {
  to = chat_room_member.bob
  id = "66213271109633/bob"
}

resource "chat_room_member" "bob" {
  room     = "66213271109633"
  username = "bob"
}

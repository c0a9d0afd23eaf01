import {
  to = chat_room_member.bob
  identity = {
    room     = "66213271109633"
    username = "bob"
  }
}

resource "chat_room_member" "bob" {
  room     = "66213271109633"
  username = "bob"
}

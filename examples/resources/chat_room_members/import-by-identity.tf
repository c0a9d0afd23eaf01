import {
  to = chat_room_members.support
  identity = {
    room = "66213271109633"
  }
}

resource "chat_room_members" "support" {
  room = "66213271109633"
  members = {
    bob = {}
  }
}

list "chat_room_member" "support" {
  provider = chat

  config {
    room = "66213271109633"
  }
}

list "chat_block" "alice" {
  provider = chat

  config {
    owner = "alice"
  }
}

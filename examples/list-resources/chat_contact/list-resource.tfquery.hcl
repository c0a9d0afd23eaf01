list "chat_contact" "alice" {
  provider = chat

  config {
    owner = "alice"
  }
}

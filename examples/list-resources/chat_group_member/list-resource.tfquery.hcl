list "chat_group_member" "team" {
  provider = chat

  config {
    group = "66016455491585"
  }
}

import {
  to = chat_group_members.team
  identity = {
    group = "66016455491585"
  }
}

resource "chat_group_members" "team" {
  group = "66016455491585"
  members = {
    bob = {}
  }
}

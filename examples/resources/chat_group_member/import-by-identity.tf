import {
  to = chat_group_member.bob
  identity = {
    group    = "66016455491585"
    username = "bob"
  }
}

resource "chat_group_member" "bob" {
  group    = "66016455491585"
  username = "bob"
}

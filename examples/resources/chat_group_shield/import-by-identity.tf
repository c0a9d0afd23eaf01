import {
  to = chat_group_shield.robert
  identity = {
    username = "robert"
    group    = "66016455491585"
  }
}

resource "chat_group_shield" "robert" {
  username = "robert"
  group    = "66016455491585"
}

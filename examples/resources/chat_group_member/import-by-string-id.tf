import {
  to = chat_group_member.bob
  id = "66016455491585/bob"
}

resource "chat_group_member" "bob" {
  group    = "66016455491585"
  username = "bob"
}

import {
  to = chat_block.alice_bob
  identity = {
    owner   = "alice"
    blocked = "bob"
  }
}

resource "chat_block" "alice_bob" {
  owner   = "alice"
  blocked = "bob"
}

import {
  to = chat_block.alice_bob
  id = "alice/bob"
}

resource "chat_block" "alice_bob" {
  owner   = "alice"
  blocked = "bob"
}

import {
  to = chat_do_not_disturb.alice_bob
  identity = {
    username = "alice"
    contact  = "bob"
  }
}

resource "chat_do_not_disturb" "alice_bob" {
  username = "alice"
  contact  = "bob"
}

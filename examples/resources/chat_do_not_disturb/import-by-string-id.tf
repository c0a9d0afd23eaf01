import {
  to = chat_do_not_disturb.alice_bob
  id = "alice/contact/bob"
}

resource "chat_do_not_disturb" "alice_bob" {
  username = "alice"
  contact  = "bob"
}

import {
  to = chat_contact.alice_bob
  id = "alice/bob"
}

resource "chat_contact" "alice_bob" {
  owner   = "alice"
  contact = "bob"
}

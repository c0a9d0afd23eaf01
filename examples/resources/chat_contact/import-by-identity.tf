import {
  to = chat_contact.alice_bob
  identity = {
    owner   = "alice"
    contact = "bob"
  }
}

resource "chat_contact" "alice_bob" {
  owner   = "alice"
  contact = "bob"
}

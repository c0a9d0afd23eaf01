import {
  to = chat_contacts.alice
  id = "alice"
}

resource "chat_contacts" "alice" {
  owner = "alice"
  contacts = {
    bob = {}
  }
}

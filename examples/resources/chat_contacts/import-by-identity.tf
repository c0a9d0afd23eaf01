import {
  to = chat_contacts.alice
  identity = {
    owner = "alice"
  }
}

resource "chat_contacts" "alice" {
  owner = "alice"
  contacts = {
    bob = {}
  }
}

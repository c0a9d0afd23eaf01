variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
}

resource "chat_user" "bob" {
  username    = "bob"
  password_wo = var.initial_password
}

resource "chat_contact" "alice_bob" {
  owner   = chat_user.alice.id
  contact = chat_user.bob.id
}

data "chat_contacts" "alice" {
  owner      = chat_user.alice.id
  depends_on = [chat_contact.alice_bob]
}

output "contacts_of_alice" {
  value = data.chat_contacts.alice.usernames
}

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

  note_name = "Bobby"
}

data "chat_contacts" "alice" {
  owner      = chat_user.alice.id
  depends_on = [chat_contact.alice_bob]
}

output "contacts_of_alice" {
  value = data.chat_contacts.alice.usernames
}

output "what_alice_calls_them" {
  value = { for username, contact in data.chat_contacts.alice.contacts : username => contact.note_name }
}

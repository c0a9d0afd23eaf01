variable "initial_password" {
  description = "What new users log in with first."
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
  owner   = chat_user.alice.username
  contact = chat_user.bob.username
}

data "chat_contacts" "alice" {
  owner      = chat_user.alice.username
  depends_on = [chat_contact.alice_bob]
}

output "contacts_of_alice" {
  value = data.chat_contacts.alice.usernames
}

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

# Contacts are mutual: this makes each of them a contact of the other.
resource "chat_contact" "alice_bob" {
  owner   = chat_user.alice.username
  contact = chat_user.bob.username
}

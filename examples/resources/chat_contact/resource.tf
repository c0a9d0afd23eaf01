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

# Contacts are mutual: this makes each of the two a contact of the other. Refer to users by
# id: if one of them is replaced, the contact is created again in the same run.
resource "chat_contact" "alice_bob" {
  owner   = chat_user.alice.id
  contact = chat_user.bob.id
}

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

# All contacts of alice: whoever is not listed is removed by the next apply.
resource "chat_contacts" "alice" {
  owner = chat_user.alice.id
  contacts = {
    (chat_user.bob.id) = {}
  }
}

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

# All contacts of Alice. The next apply removes contacts who are not listed.
resource "chat_contacts" "alice" {
  owner = chat_user.alice.id
  contacts = {
    (chat_user.bob.id) = {}
  }
}

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

# Everybody whom alice blocks: whoever is not listed is removed by the next apply.
resource "chat_blocks" "alice" {
  owner     = chat_user.alice.id
  usernames = [chat_user.bob.id]
}

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

# All users whom Alice blocks. The next apply removes blocks that are not listed.
resource "chat_blocks" "alice" {
  owner     = chat_user.alice.id
  usernames = [chat_user.bob.id]
}

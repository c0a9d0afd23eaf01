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

resource "chat_block" "alice_bob" {
  owner   = chat_user.alice.id
  blocked = chat_user.bob.id
}

data "chat_blocks" "alice" {
  owner      = chat_user.alice.id
  depends_on = [chat_block.alice_bob]
}

output "blocked_by_alice" {
  value = data.chat_blocks.alice.usernames
}

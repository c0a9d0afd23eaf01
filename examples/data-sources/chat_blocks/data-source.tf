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

resource "chat_block" "alice_bob" {
  owner   = chat_user.alice.username
  blocked = chat_user.bob.username
}

data "chat_blocks" "alice" {
  owner      = chat_user.alice.username
  depends_on = [chat_block.alice_bob]
}

output "blocked_by_alice" {
  value = data.chat_blocks.alice.usernames
}

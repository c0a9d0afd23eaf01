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

# Bob's messages no longer reach Alice. The other direction stays open.
resource "chat_block" "alice_bob" {
  owner   = chat_user.alice.username
  blocked = chat_user.bob.username
}

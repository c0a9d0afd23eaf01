variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
}

data "chat_user" "alice" {
  username = chat_user.alice.id
}

output "alice_since" {
  value = data.chat_user.alice.created_at
}

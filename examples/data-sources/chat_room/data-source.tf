variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
}

resource "chat_room" "support" {
  name  = "Support"
  owner = chat_user.alice.id
}

data "chat_room" "support" {
  id = chat_room.support.id
}

output "owner" {
  value = data.chat_room.support.owner
}

variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
}

resource "chat_group" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}

data "chat_group" "team" {
  id = chat_group.team.id
}

output "owner" {
  value = data.chat_group.team.owner
}

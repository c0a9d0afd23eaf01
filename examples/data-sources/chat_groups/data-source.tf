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

# The groups that Alice is in. Without member, all groups of the application.
data "chat_groups" "of_alice" {
  member     = chat_user.alice.id
  depends_on = [chat_group.team]
}

output "ids" {
  value = { for g in data.chat_groups.of_alice.groups : g.name => g.id... }
}

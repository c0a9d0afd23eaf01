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

# All groups of the application. With member, only those that this user is in.
data "chat_groups" "of_alice" {
  member     = chat_user.alice.id
  depends_on = [chat_group.team]
}

output "ids" {
  value = { for g in data.chat_groups.of_alice.groups : g.name => g.id... }
}

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

resource "chat_group" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}

resource "chat_group_member" "bob" {
  group    = chat_group.team.id
  username = chat_user.bob.id
}

data "chat_group_members" "team" {
  group      = chat_group.team.id
  depends_on = [chat_group_member.bob]
}

output "members" {
  value = data.chat_group_members.team.usernames
}

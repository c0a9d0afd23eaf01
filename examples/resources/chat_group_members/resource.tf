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

resource "chat_user" "carol" {
  username    = "carol"
  password_wo = var.initial_password
}

resource "chat_group" "team" {
  name  = "The team"
  owner = chat_user.alice.id
}

# All members except for the owner. The next apply removes members who are not listed.
resource "chat_group_members" "team" {
  group = chat_group.team.id
  members = {
    (chat_user.bob.id)   = {}
    (chat_user.carol.id) = { muted = true }
  }
}

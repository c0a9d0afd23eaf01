variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
}

resource "chat_user" "robert" {
  username    = "robert"
  password_wo = var.initial_password
}

resource "chat_group" "announcements" {
  name  = "Announcements"
  owner = chat_user.alice.id
}

resource "chat_group_member" "robert" {
  group    = chat_group.announcements.id
  username = chat_user.robert.id
}

# Robert is a member of the group and does not get its messages.
resource "chat_group_shield" "robert" {
  username   = chat_user.robert.id
  group      = chat_group.announcements.id
  depends_on = [chat_group_member.robert]
}

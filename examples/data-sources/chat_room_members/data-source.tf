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

resource "chat_room" "support" {
  name  = "Support"
  owner = chat_user.alice.id
}

resource "chat_room_member" "bob" {
  room     = chat_room.support.id
  username = chat_user.bob.id
}

data "chat_room_members" "support" {
  room       = chat_room.support.id
  depends_on = [chat_room_member.bob]
}

output "members" {
  value = data.chat_room_members.support.usernames
}

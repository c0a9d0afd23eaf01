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
  muted    = true
}

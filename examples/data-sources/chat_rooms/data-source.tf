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

# The rooms that Alice is in. Without member, all rooms of the application.
data "chat_rooms" "of_alice" {
  member     = chat_user.alice.id
  depends_on = [chat_room.support]
}

output "ids" {
  value = { for g in data.chat_rooms.of_alice.rooms : g.name => g.id... }
}

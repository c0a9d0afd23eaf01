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

resource "chat_room" "support" {
  name  = "Support"
  owner = chat_user.alice.id
}

# All members except for the owner. The next apply removes members who are not listed.
resource "chat_room_members" "support" {
  room = chat_room.support.id
  members = {
    (chat_user.bob.id)   = {}
    (chat_user.carol.id) = { muted = true }
  }
}

variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
}

# Refer to the owner by id, so that the user is created before the room and deleted after it.
resource "chat_room" "support" {
  name        = "Support"
  description = "Questions and answers"
  owner       = chat_user.alice.id
}

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

# Bob cannot send messages to Alice any more; Alice can still send messages to Bob. Refer to
# users by id: if one of them is replaced, the block is created again in the same run.
resource "chat_block" "alice_bob" {
  owner   = chat_user.alice.id
  blocked = chat_user.bob.id
}

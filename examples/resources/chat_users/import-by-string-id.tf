variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

import {
  to = chat_users.team
  id = "alice,bob"
}

# Importing needs no password, and what is omitted is not changed. Without
# password_wo_version, password_wo is used only for users that have to be created.
resource "chat_users" "team" {
  users = {
    alice = { nickname = "Alice" }
    bob   = {}
  }
  password_wo = var.initial_password
}

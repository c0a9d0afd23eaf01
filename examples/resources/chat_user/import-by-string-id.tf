variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

import {
  to = chat_user.alice
  id = "alice"
}

# Importing needs no password. Without password_wo_version, password_wo is used only if the
# user has to be created again.
resource "chat_user" "alice" {
  username    = "alice"
  nickname    = "Alice"
  password_wo = var.initial_password
}

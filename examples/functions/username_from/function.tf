variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

locals {
  account = "Alice@example.com"
}

# These accounts are compared without case, so that the name is derived from lower case.
resource "chat_user" "alice" {
  username    = provider::chat::username_from(lower(local.account))
  nickname    = local.account
  password_wo = var.initial_password
}

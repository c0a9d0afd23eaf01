variable "initial_password" {
  description = "What new users log in with first."
  type        = string
  ephemeral   = true
}

locals {
  account = "Alice@example.com"
}

# These accounts are compared without case, so the name is derived from one spelling.
resource "chat_user" "alice" {
  username    = provider::chat::username_from(lower(local.account))
  nickname    = local.account
  password_wo = var.initial_password
}

variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

locals {
  account = "Alice@example.com"
}

# In this example, account names that differ only in case are the same account.
resource "chat_user" "alice" {
  username    = provider::chat::username_from(lower(local.account))
  nickname    = local.account
  password_wo = var.initial_password
}

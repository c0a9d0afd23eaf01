terraform {
  required_version = ">= 1.7"

  required_providers {
    chat = {
      source  = "chat/chat"
      version = "~> 0.1.0"
    }
  }
}

provider "chat" {}

# All users of the application, read whenever Terraform plans.
data "chat_users" "all" {}

import {
  for_each = toset(data.chat_users.all.usernames)
  to       = chat_user.all[each.key]
  id       = each.key
}

# Only the name is declared, so nothing is changed.
resource "chat_user" "all" {
  for_each = toset(data.chat_users.all.usernames)
  username = each.key
}

# The names, to be written to a file once all users are imported.
output "usernames" {
  value = sort(data.chat_users.all.usernames)
}

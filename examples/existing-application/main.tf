terraform {
  required_providers {
    chat = {
      source = "chat/chat"
    }
  }
}

provider "chat" {}

# Everybody who is there, read when the plan is made.
data "chat_users" "all" {}

import {
  for_each = toset(data.chat_users.all.usernames)
  to       = chat_user.all[each.key]
  id       = each.key
}

# Nothing but the name is declared, so nothing is changed.
resource "chat_user" "all" {
  for_each = toset(data.chat_users.all.usernames)
  username = each.key
}

# The names as a list, to put into a file and read from there once all are imported.
output "usernames" {
  value = sort(data.chat_users.all.usernames)
}

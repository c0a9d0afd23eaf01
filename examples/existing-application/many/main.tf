terraform {
  required_version = ">= 1.11"

  required_providers {
    chat = {
      source  = "chat/chat"
      version = "~> 0.1.0"
    }
  }
}

provider "chat" {}

variable "initial_password" {
  description = "The password of users that have to be created again."
  type        = string
  ephemeral   = true
}

# All users of the application, read whenever Terraform plans.
data "chat_users" "all" {}

import {
  to = chat_users.all
  id = join(",", data.chat_users.all.usernames)
}

resource "chat_users" "all" {
  users       = { for u in data.chat_users.all.users : u.username => { nickname = u.nickname, activated = u.activated } }
  password_wo = var.initial_password
}

# The users, to be written to a file once they are imported.
output "users" {
  value = chat_users.all.users
}

terraform {
  required_version = ">= 1.11"

  required_providers {
    chat = {
      source  = "chat/chat"
      version = "~> 0.1.0"
    }
  }
}

variable "initial_password" {
  description = "The first password of every user."
  type        = string
  ephemeral   = true
}

locals {
  users = { for row in csvdecode(file("${path.module}/users.csv")) : row.username => row }
}

# Terraform stops managing the single users, and does not delete them.
removed {
  from = chat_user.all

  lifecycle {
    destroy = false
  }
}

import {
  to = chat_users.all
  id = join(",", keys(local.users))
}

# There is no password_wo_version, so no password is set for users who exist.
resource "chat_users" "all" {
  users = { for name, row in local.users : name => {
    nickname  = row.nickname != "" ? row.nickname : null
    activated = tobool(row.activated)
  } }
  password_wo = var.initial_password
}

# References to chat_user become user names. The trigger makes the contacts depend on the
# users, and creates them again if all users are created again.
resource "chat_contact" "support" {
  for_each = toset([for name in keys(local.users) : name if name != "support"])

  owner   = "support"
  contact = each.key

  lifecycle {
    replace_triggered_by = [chat_users.all.id]
  }
}

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

resource "chat_user" "all" {
  for_each = local.users

  username            = each.key
  nickname            = each.value.nickname != "" ? each.value.nickname : null
  activated           = tobool(each.value.activated)
  password_wo         = var.initial_password
  password_wo_version = 1
}

resource "chat_contact" "support" {
  for_each = toset([for name in keys(local.users) : name if name != "support"])

  owner   = chat_user.all["support"].id
  contact = chat_user.all[each.key].id
}

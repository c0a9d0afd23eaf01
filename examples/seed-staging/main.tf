# Seeds the chat application of a staging environment: who is in it comes from
# users.csv, who knows whom from contacts.csv, who blocks whom from blocks.csv.
#
# There is no provider block: the application and its credentials come from the
# environment, so that the same files seed every environment.

terraform {
  required_version = ">= 1.11"

  required_providers {
    chat = {
      source = "chat/chat"
    }
  }
}

variable "initial_password" {
  description = "What every user logs in with first."
  type        = string
  ephemeral   = true
}

locals {
  users    = { for row in csvdecode(file("${path.module}/users.csv")) : row.username => row }
  contacts = { for row in csvdecode(file("${path.module}/contacts.csv")) : "${row.owner}/${row.contact}" => row }
  blocks   = { for row in csvdecode(file("${path.module}/blocks.csv")) : "${row.owner}/${row.blocked}" => row }
}

resource "chat_user" "staff" {
  for_each = local.users

  username            = each.key
  nickname            = each.value.nickname
  activated           = tobool(each.value.activated)
  password_wo         = var.initial_password
  password_wo_version = 1
}

resource "chat_contact" "staff" {
  for_each = local.contacts

  owner   = chat_user.staff[each.value.owner].username
  contact = chat_user.staff[each.value.contact].username
}

resource "chat_block" "staff" {
  for_each = local.blocks

  owner   = chat_user.staff[each.value.owner].username
  blocked = chat_user.staff[each.value.blocked].username
}

# Seeds the chat application of a staging environment: users.csv lists its users,
# contacts.csv who is whose contact, blocks.csv who blocks whom.
#
# There is no provider block: the application and its credentials come from the
# environment, so that the same files seed every environment.

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

  contact_rows = { for row in csvdecode(file("${path.module}/contacts.csv")) : "${row.owner}/${row.contact}" => row }
  block_rows   = { for row in csvdecode(file("${path.module}/blocks.csv")) : "${row.owner}/${row.blocked}" => row }

  # Rows that name a user who is not in users.csv are skipped, with a warning.
  contacts = { for key, row in local.contact_rows : key => row if can(local.users[row.owner]) && can(local.users[row.contact]) }
  blocks   = { for key, row in local.block_rows : key => row if can(local.users[row.owner]) && can(local.users[row.blocked]) }
  skipped  = setsubtract(concat(keys(local.contact_rows), keys(local.block_rows)), concat(keys(local.contacts), keys(local.blocks)))
}

resource "chat_user" "staff" {
  for_each = local.users

  username            = each.key
  nickname            = each.value.nickname
  activated           = tobool(each.value.activated)
  password_wo         = var.initial_password
  password_wo_version = 1
}

# Contacts and blocks refer to users by id: if a user is replaced, its contacts and blocks
# are created again in the same run.
resource "chat_contact" "staff" {
  for_each = local.contacts

  owner   = chat_user.staff[each.value.owner].id
  contact = chat_user.staff[each.value.contact].id
}

resource "chat_block" "staff" {
  for_each = local.blocks

  owner   = chat_user.staff[each.value.owner].id
  blocked = chat_user.staff[each.value.blocked].id
}

check "rows_name_users" {
  assert {
    condition     = length(local.skipped) == 0
    error_message = "Skipped, because they name a user who is not in users.csv: ${join(", ", local.skipped)}."
  }
}

# Seeds the chat application of a staging environment from CSV files:
#
#   users.csv     the users
#   contacts.csv  who is whose contact
#   blocks.csv    who blocks whom
#   chats.csv     groups and chat rooms, with their owners
#   members.csv   who is a member of a group or room
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
  chat_rows    = { for row in csvdecode(file("${path.module}/chats.csv")) : row.name => row }
  member_rows  = { for row in csvdecode(file("${path.module}/members.csv")) : "${row.chat}/${row.username}" => row }

  # Rows that name a user who is not in users.csv, or a chat that is not in chats.csv, are
  # skipped, with a warning.
  contacts = { for key, row in local.contact_rows : key => row if can(local.users[row.owner]) && can(local.users[row.contact]) }
  blocks   = { for key, row in local.block_rows : key => row if can(local.users[row.owner]) && can(local.users[row.blocked]) }
  chats    = { for key, row in local.chat_rows : key => row if can(local.users[row.owner]) }
  members  = { for key, row in local.member_rows : key => row if can(local.users[row.username]) && can(local.chats[row.chat]) }

  skipped = setsubtract(
    concat(keys(local.contact_rows), keys(local.block_rows), keys(local.chat_rows), keys(local.member_rows)),
    concat(keys(local.contacts), keys(local.blocks), keys(local.chats), keys(local.members)),
  )
}

resource "chat_user" "staff" {
  for_each = local.users

  username            = each.key
  nickname            = each.value.nickname
  activated           = tobool(each.value.activated)
  password_wo         = var.initial_password
  password_wo_version = 1
}

# Everything below refers to users by id, so that users are created first and deleted last. If
# a user is replaced, its contacts and blocks are created again in the same run.
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

resource "chat_group" "staff" {
  for_each = { for name, row in local.chats : name => row if row.kind == "group" }

  name        = each.key
  description = each.value.description
  owner       = chat_user.staff[each.value.owner].id
}

# All members except for the owner. The next apply removes members who are not in members.csv.
resource "chat_group_members" "staff" {
  for_each = chat_group.staff

  group   = each.value.id
  members = { for row in local.members : chat_user.staff[row.username].id => {} if row.chat == each.key }
}

resource "chat_room" "staff" {
  for_each = { for name, row in local.chats : name => row if row.kind == "room" }

  name        = each.key
  description = each.value.description
  owner       = chat_user.staff[each.value.owner].id
}

resource "chat_room_members" "staff" {
  for_each = chat_room.staff

  room    = each.value.id
  members = { for row in local.members : chat_user.staff[row.username].id => {} if row.chat == each.key }
}

check "rows_name_users" {
  assert {
    condition     = length(local.skipped) == 0
    error_message = "Skipped, because they name a user who is not in users.csv, or a chat that is not in chats.csv: ${join(", ", local.skipped)}."
  }
}

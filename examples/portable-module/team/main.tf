# A team of chat users who all know each other. Nothing in here depends on the
# platform: names are legal on all of them (4 to 64 of a-z, 0-9, _, . and -), and
# only attributes that every platform has are used.

terraform {
  required_version = ">= 1.11"

  required_providers {
    chat = {
      source = "chat/chat"
    }
  }
}

variable "members" {
  description = "The members by user name, with the name shown to others and whether they may log in."
  type = map(object({
    nickname  = optional(string)
    activated = optional(bool, true)
  }))
}

variable "blocks" {
  description = "Who blocks whom."
  type = list(object({
    owner   = string
    blocked = string
  }))
  default = []
}

variable "initial_password" {
  description = "What every member logs in with first."
  type        = string
  ephemeral   = true
}

locals {
  names = sort(keys(var.members))

  # Contacts are mutual, so each pair is declared once.
  pairs = merge([
    for i, owner in local.names : {
      for contact in slice(local.names, i + 1, length(local.names)) : "${owner}/${contact}" => { owner = owner, contact = contact }
    }
  ]...)
}

resource "chat_user" "member" {
  for_each = var.members

  username            = each.key
  nickname            = each.value.nickname
  activated           = each.value.activated
  password_wo         = var.initial_password
  password_wo_version = 1
}

resource "chat_contact" "member" {
  for_each = local.pairs

  owner   = chat_user.member[each.value.owner].username
  contact = chat_user.member[each.value.contact].username
}

resource "chat_block" "member" {
  for_each = { for b in var.blocks : "${b.owner}/${b.blocked}" => b }

  owner   = chat_user.member[each.value.owner].username
  blocked = chat_user.member[each.value.blocked].username
}

data "chat_contacts" "member" {
  for_each = var.members

  owner      = chat_user.member[each.key].username
  depends_on = [chat_contact.member]
}

data "chat_blocks" "member" {
  for_each = var.members

  owner      = chat_user.member[each.key].username
  depends_on = [chat_block.member]
}

data "chat_user_status" "members" {
  usernames = [for user in chat_user.member : user.username]
}

output "members" {
  description = "The members as the platform knows them."
  value = {
    for name, user in chat_user.member : name => {
      nickname = user.nickname
      contacts = sort(data.chat_contacts.member[name].usernames)
      blocks   = sort(data.chat_blocks.member[name].usernames)
      status   = data.chat_user_status.members.statuses[name]
    }
  }
}

# A team of chat users who all know each other. Nothing in here depends on the
# platform: names are valid on all of them (4 to 64 of a-z, 0-9, _, . and -), and
# only attributes that every platform has are used.

terraform {
  required_version = ">= 1.11"

  required_providers {
    chat = {
      source  = "chat/chat"
      version = "~> 0.1.0"
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
  description = "The first password of every member."
  type        = string
  ephemeral   = true
}

locals {
  names = sort(keys(var.members))

  # Contacts are mutual, so that each pair is declared once.
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

# Contacts and blocks refer to users by id: if a user is replaced, its contacts and blocks
# are created again in the same run.
resource "chat_contact" "member" {
  for_each = local.pairs

  owner   = chat_user.member[each.value.owner].id
  contact = chat_user.member[each.value.contact].id
}

resource "chat_block" "member" {
  for_each = { for b in var.blocks : "${b.owner}/${b.blocked}" => b }

  owner   = chat_user.member[each.value.owner].id
  blocked = chat_user.member[each.value.blocked].id
}

data "chat_contacts" "member" {
  for_each = var.members

  owner      = chat_user.member[each.key].id
  depends_on = [chat_contact.member]
}

data "chat_blocks" "member" {
  for_each = var.members

  owner      = chat_user.member[each.key].id
  depends_on = [chat_block.member]
}

# The contacts and blocks are read from the platform: if somebody adds one that is not
# declared, this output changes, and a plan shows it.
output "members" {
  description = "The members as the platform knows them."
  value = {
    for name, user in chat_user.member : name => {
      nickname = user.nickname
      contacts = sort(data.chat_contacts.member[name].usernames)
      blocks   = sort(data.chat_blocks.member[name].usernames)
    }
  }
}

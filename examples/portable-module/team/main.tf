# A team of chat users who are all contacts of each other, with its groups and chat rooms.
# It does not depend on the platform: names are valid on all of them (4 to 64 of a-z,
# 0-9, _, . and -), and only attributes that every platform has are used.

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

variable "groups" {
  description = "The groups by name, with their owners and other members."
  type = map(object({
    owner       = string
    description = optional(string)
    members     = optional(set(string), [])
  }))
  default = {}
}

variable "rooms" {
  description = "The chat rooms by name, with their owners and other members."
  type = map(object({
    owner       = string
    description = optional(string)
    members     = optional(set(string), [])
  }))
  default = {}
}

variable "initial_password" {
  description = "The first password of every member."
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

# Everything below refers to users by id, so that users are created first and deleted last. If
# a user is replaced, its contacts and blocks are created again in the same run.
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

resource "chat_group" "team" {
  for_each = var.groups

  name        = each.key
  description = each.value.description
  owner       = chat_user.member[each.value.owner].id
}

resource "chat_group_members" "team" {
  for_each = var.groups

  group   = chat_group.team[each.key].id
  members = { for name in each.value.members : chat_user.member[name].id => {} }
}

resource "chat_room" "team" {
  for_each = var.rooms

  name        = each.key
  description = each.value.description
  owner       = chat_user.member[each.value.owner].id
}

resource "chat_room_members" "team" {
  for_each = var.rooms

  room    = chat_room.team[each.key].id
  members = { for name in each.value.members : chat_user.member[name].id => {} }
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

data "chat_group_members" "team" {
  for_each = var.groups

  group      = chat_group.team[each.key].id
  depends_on = [chat_group_members.team]
}

data "chat_room_members" "team" {
  for_each = var.rooms

  room       = chat_room.team[each.key].id
  depends_on = [chat_room_members.team]
}

# The outputs are read from the platform: if somebody adds a contact or block that is not
# declared, they change, and a plan shows it.
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

output "groups" {
  description = "The groups as the platform knows them."
  value = {
    for name, group in chat_group.team : name => {
      description = group.description
      owner       = data.chat_group_members.team[name].owner
      members     = data.chat_group_members.team[name].usernames
    }
  }
}

output "rooms" {
  description = "The chat rooms as the platform knows them."
  value = {
    for name, room in chat_room.team : name => {
      description = room.description
      owner       = data.chat_room_members.team[name].owner
      members     = data.chat_room_members.team[name].usernames
    }
  }
}

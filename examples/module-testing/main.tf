# The module that is tested: a support team. Every member has the person on duty as a contact.

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
  description = "The members by user name, with the name shown to others."
  type        = map(string)

  validation {
    condition     = alltrue([for name in keys(var.members) : can(regex("^[a-z0-9][a-z0-9_.-]{3,63}$", name))])
    error_message = "User names have 4 to 64 of the characters a-z, 0-9, _, . and -, and begin with a letter or digit."
  }
}

variable "on_duty" {
  description = "The member whom the others have as a contact."
  type        = string
}

variable "initial_password" {
  description = "The first password of every member."
  type        = string
  ephemeral   = true
}

resource "chat_user" "member" {
  for_each = var.members

  username            = each.key
  nickname            = each.value
  password_wo         = var.initial_password
  password_wo_version = 1
}

resource "chat_contact" "on_duty" {
  for_each = setsubtract(keys(var.members), [var.on_duty])

  owner   = chat_user.member[each.key].id
  contact = chat_user.member[var.on_duty].id
}

output "reachable_by" {
  description = "The members who have the person on duty as a contact."
  value       = sort([for contact in chat_contact.on_duty : contact.owner])
}

output "uuids" {
  description = "The platform's id of each account, which changes if the user is created again."
  value       = { for name, user in chat_user.member : name => user.uuid }
}

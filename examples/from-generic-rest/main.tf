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
  description = "The password of users that have to be created again."
  type        = string
  ephemeral   = true
}

locals {
  users    = { alice = { nickname = "Alice" }, bruno = { nickname = "Bruno" } }
  contacts = { "alice/bruno" = { owner = "alice", contact = "bruno" } }
}

# For restful, write restful_resource instead of restapi_object.
removed {
  from = restapi_object.user

  lifecycle {
    destroy = false
  }
}

removed {
  from = restapi_object.contact

  lifecycle {
    destroy = false
  }
}

import {
  for_each = local.users
  to       = chat_user.staff[each.key]
  id       = each.key
}

resource "chat_user" "staff" {
  for_each    = local.users
  username    = each.key
  nickname    = each.value.nickname
  password_wo = var.initial_password
}

resource "chat_contact" "staff" {
  for_each = local.contacts
  owner    = chat_user.staff[each.value.owner].id
  contact  = chat_user.staff[each.value.contact].id
}

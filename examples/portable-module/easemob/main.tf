# The team on the Chat Platform API (Easemob).

terraform {
  required_providers {
    chat = {
      source  = "chat/chat"
      version = "~> 0.1.0"
    }
  }
}

# The application and its credentials come from the environment:
# EASEMOB_APP_KEY, EASEMOB_BASE_URL, EASEMOB_CLIENT_ID and EASEMOB_CLIENT_SECRET.
provider "chat" {
  easemob = {}
}

variable "initial_password" {
  description = "The first password of every member."
  type        = string
  ephemeral   = true
}

module "team" {
  source = "../team"

  initial_password = var.initial_password
  members = {
    alice  = { nickname = "Alice Archer" }
    bruno  = { nickname = "Bruno Baker" }
    chiara = { activated = false }
  }
  blocks = [
    { owner = "alice", blocked = "chiara" },
  ]
  groups = {
    Team = { owner = "alice", description = "Everybody in the team", members = ["bruno", "chiara"] }
  }
  rooms = {
    Support = { owner = "bruno", description = "Questions and answers", members = ["alice"] }
  }
}

output "members" {
  description = "The members as the platform knows them."
  value       = module.team.members
}

output "groups" {
  description = "The groups as the platform knows them."
  value       = module.team.groups
}

output "rooms" {
  description = "The chat rooms as the platform knows them."
  value       = module.team.rooms
}

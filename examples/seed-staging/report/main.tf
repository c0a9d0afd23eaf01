# Reports on the application that the parent folder seeds. It manages nothing. The values
# that it reads change all the time, so they are not part of the configuration that is checked
# for drift.

terraform {
  required_providers {
    chat = {
      source  = "chat/chat"
      version = "~> 0.1.0"
    }
  }
}

locals {
  seeded = csvdecode(file("${path.module}/../users.csv"))[*].username
}

data "chat_users" "all" {}

data "chat_user_status" "seeded" {
  usernames = local.seeded
}

output "online" {
  description = "The seeded users who are online."
  value       = sort([for name, status in data.chat_user_status.seeded.statuses : name if status == "online"])
}

output "others" {
  description = "The users of the application who are not in users.csv."
  value       = sort(setsubtract(data.chat_users.all.usernames, local.seeded))
}

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
  # The application of each workspace. A workspace that is not listed is an error.
  app_keys = {
    staging    = "chat-demo#testapp"
    production = "chat-demo#otherapp"
  }
}

# The address and the credentials come from the environment.
provider "chat" {
  easemob = {
    app_key = local.app_keys[terraform.workspace]
  }
}

resource "chat_user" "support" {
  username    = "support"
  password_wo = var.initial_password
}

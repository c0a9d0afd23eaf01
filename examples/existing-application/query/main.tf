terraform {
  required_version = ">= 1.14"

  required_providers {
    chat = {
      source  = "chat/chat"
      version = "~> 0.1.0"
    }
  }
}

provider "chat" {}

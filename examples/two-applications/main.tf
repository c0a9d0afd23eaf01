terraform {
  required_version = ">= 1.11"

  required_providers {
    chat = {
      source  = "chat/chat"
      version = "~> 0.1.0"
    }
  }
}

variable "base_url" {
  description = "The address of the REST API."
  type        = string
  default     = "https://a1.easemob.com"
}

# Ephemeral variables are stored neither in the state nor in a saved plan.
variable "client_ids" {
  description = "The client id of each application."
  type        = map(string)
  ephemeral   = true
}

variable "client_secrets" {
  description = "The client secret of each application."
  type        = map(string)
  ephemeral   = true
}

variable "initial_password" {
  description = "The first password of every user."
  type        = string
  ephemeral   = true
}

provider "chat" {
  easemob = {
    app_key       = "chat-demo#testapp"
    base_url      = var.base_url
    client_id     = var.client_ids["testapp"]
    client_secret = var.client_secrets["testapp"]
  }
}

provider "chat" {
  alias = "other"

  easemob = {
    app_key       = "chat-demo#otherapp"
    base_url      = var.base_url
    client_id     = var.client_ids["otherapp"]
    client_secret = var.client_secrets["otherapp"]
  }
}

resource "chat_user" "support" {
  username    = "support"
  password_wo = var.initial_password
}

resource "chat_user" "support_in_other" {
  provider = chat.other

  username    = "support"
  password_wo = var.initial_password
}

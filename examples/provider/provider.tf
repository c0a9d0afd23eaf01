terraform {
  required_providers {
    chat = {
      source  = "chat/chat"
      version = "~> 0.1.0"
    }
  }
}

# The credentials come from the environment: EASEMOB_CLIENT_ID and EASEMOB_CLIENT_SECRET.
provider "chat" {
  easemob = {
    app_key     = "chat-demo#testapp"
    data_center = "sgp1"
  }
}

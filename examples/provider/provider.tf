terraform {
  required_providers {
    chat = {
      source = "chat/chat"
    }
  }
}

# The application's client id and secret come from the environment:
# EASEMOB_CLIENT_ID and EASEMOB_CLIENT_SECRET.
provider "chat" {
  easemob = {
    app_key     = "chat-demo#testapp"
    data_center = "sgp1"
  }
}

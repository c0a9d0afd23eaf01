import {
  to = chat_application_settings.app
  identity = {
    app_key = "4f7aef34fb361292c566a1cd"
  }
}

resource "chat_application_settings" "app" {}

import {
  to = chat_application_settings.app
  id = "4f7aef34fb361292c566a1cd"
}

resource "chat_application_settings" "app" {}

import {
  to = chat_sensitive_words.all
  identity = {
    app_key = "4f7aef34fb361292c566a1cd"
  }
}

resource "chat_sensitive_words" "all" {
  words = ["spam"]
}

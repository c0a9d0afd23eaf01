import {
  to = chat_sensitive_words.all
  id = "4f7aef34fb361292c566a1cd"
}

resource "chat_sensitive_words" "all" {
  words = ["spam"]
}

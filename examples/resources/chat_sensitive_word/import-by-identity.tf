import {
  to = chat_sensitive_word.spam
  identity = {
    word = "spam"
  }
}

resource "chat_sensitive_word" "spam" {
  word = "spam"
}

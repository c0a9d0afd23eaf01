import {
  to = chat_sensitive_word.spam
  id = "spam"
}

resource "chat_sensitive_word" "spam" {
  word = "spam"
}

# All sensitive words of the application. The next apply removes words that are not listed.
resource "chat_sensitive_words" "all" {
  words = ["casino", "lottery", "spam"]
}

# The filter hides them in messages.
resource "chat_application_settings" "app" {
  sensitive_word_filter = true
}

# Other words of the application are left alone.
resource "chat_sensitive_word" "spam" {
  word = "spam"
}

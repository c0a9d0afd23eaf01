resource "chat_application_settings" "app" {
  sensitive_word_filter = true

  # Only the server registers users.
  sdk_registration = false
}

resource "chat_application_settings" "app" {
  sensitive_word_filter = true

  # Users cannot register themselves through the SDKs.
  sdk_registration = false
}

data "chat_application_settings" "app" {}

output "users_may_register_themselves" {
  value = data.chat_application_settings.app.sdk_registration
}

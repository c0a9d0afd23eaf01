output "organization" {
  value = provider::chat::parse_app_key("chat-demo#testapp").org
}

# All sensitive words of the application, with all attributes
list "chat_sensitive_word" "all" {
  provider         = chat
  include_resource = true
}

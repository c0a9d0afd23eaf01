data "chat_sensitive_words" "all" {}

output "sensitive_words" {
  value = data.chat_sensitive_words.all.words
}
